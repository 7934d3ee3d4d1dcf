"""What a name means, in Markdown for a hover and in one line for a list."""

from __future__ import annotations

from ...feel.values import Months, duration_text, number_text
from ...strategy.model import Strategy
from ..anatomy import DEFINITION, FACT, PARAMETER, RULE, entries, text_of
from ..references import Reference
from .session import Session

SHOWN_USES = 12


def short(session: Session, kind: str, name: str) -> str:
    """One line about a fact, definition, parameter or rule."""
    if kind == FACT:
        fact = None if session.model is None else session.model.facts.get(name)
        if fact is None:
            return ""
        return f"{fact.title}: {_type(session, name)}"
    if kind == RULE:
        named = session.body.rules.get(name)
        return text_of(entries(None if named is None else named.node).get("title")) or ""
    table = session.body.definitions if kind == DEFINITION else session.body.parameters
    named = table.get(name)
    means = text_of(entries(None if named is None else named.node).get("means"))
    if means is None and session.strategy is not None:
        known = (
            session.strategy.definitions if kind == DEFINITION else session.strategy.parameters
        ).get(name)
        means = known.means if known is not None else None
    return means or ""


def parameter_names(session: Session) -> list[str]:
    return sorted(session.names().parameters)


def described(session: Session, reference: Reference) -> str:
    """What a name means and where it is used, in Markdown."""
    name = reference.name
    lines = {
        FACT: _fact,
        DEFINITION: _definition,
        PARAMETER: _parameter,
        RULE: _rule,
    }[reference.kind](session, name)
    owners = dict.fromkeys(
        one.owner
        for one in session.same(reference)
        if one.owner is not None and not one.declares and one.owner != name
    )
    if owners:
        shown = ", ".join(f"`{owner}`" for owner in list(owners)[:SHOWN_USES])
        more = f" and {len(owners) - SHOWN_USES} more" if len(owners) > SHOWN_USES else ""
        lines.append(f"Used in {shown}{more}")
    elif reference.kind != RULE:
        lines.append("Used nowhere")
    return "\n\n".join(line for line in lines if line)


def _fact(session: Session, name: str) -> list[str]:
    model = session.model
    fact = None if model is None else model.facts.get(name)
    if fact is None:
        title = None if model is None else model.groups.get(name)
        return [f"**{title or name}** · `{name}`", "a group of facts"]
    lines = [f"**{fact.title}** · `{name}`", fact.question, _type(session, name)]
    if fact.values:
        lines.append("One of " + ", ".join(f"`{value}`" for value in fact.values))
    if fact.may_be_none:
        lines.append("May be `none`")
    if fact.derive:
        lines.append(f"Follows from `{fact.derive}` where it is not stated")
    if fact.standard:
        lines.append(f"From {fact.standard}")
    if fact.sensitivity:
        lines.append(f"Withheld from the public: {fact.sensitivity}")
    return lines


def _type(session: Session, name: str) -> str:
    assert session.model is not None
    fact = session.model.facts[name]
    unit = f", in {fact.unit}" if fact.unit else ""
    return f"{fact.type}{unit}"


def _definition(session: Session, name: str) -> list[str]:
    named = session.body.definitions.get(name)
    fields = entries(None if named is None else named.node)
    means, text = text_of(fields.get("means")), text_of(fields.get("is"))
    if named is None and session.strategy is not None and name in session.strategy.definitions:
        known = session.strategy.definitions[name]
        means, text = known.means, known.text
    shown = f"```\n{text}\n```" if text else ""
    return [f"**{name}** · definition", means or "", shown]


def _parameter(session: Session, name: str) -> list[str]:
    known = None if session.strategy is None else session.strategy.parameters.get(name)
    if known is None:
        return [f"**{name}** · parameter"]
    return [f"**{name}** · parameter", f"{_value(known.value)} ({known.unit})", known.means]


def _value(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    if isinstance(value, str):
        return value
    if hasattr(value, "isoformat"):
        return str(value)
    if isinstance(value, Months) or hasattr(value, "days"):
        return duration_text(value)  # type: ignore[arg-type]  # a duration of either kind
    return number_text(value)  # type: ignore[arg-type]  # what is left are numbers


def _rule(session: Session, name: str) -> list[str]:
    strategy: Strategy | None = session.strategy
    rule = None if strategy is None else strategy.rule(name)
    if rule is None:
        return [f"**{name}** · rule"]
    gate = f", gate at {', '.join(sorted(rule.gate))}" if rule.gate else ""
    return [
        f"**{rule.id} {rule.title}**",
        f"{rule.theme} · {rule.severity}{gate} · {', '.join(rule.stages)}",
        rule.because,
    ]
