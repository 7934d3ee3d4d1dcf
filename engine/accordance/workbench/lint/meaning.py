"""Meaning: rules that no partnership meets, messages that say what nobody asked, gates that stop
nothing, deeds that nobody does."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from ...feel.compiling import Code as Compiled
from ...feel.compiling import TooMuchWork, compile_expression, new_frame
from ...feel.syntax import Call, Literal, Node, walk
from ...feel.values import UNKNOWN, Value
from ...plan.planning import names_of
from ...problem import Code, Level
from ...source.quoting import listed, quoted
from ...source.tree import Mapping as Group
from ...source.tree import Scalar
from ...strategy.actions import ELSE
from ...strategy.folder import HEADER
from ...strategy.message import UNMET, placeholders
from ...strategy.model import EVIDENCE, Requirement, Rule, Strategy
from ..anatomy import Named, Span, action_fields, entries, offset_of, text_of, texts_of
from .finding import Finding
from .subject import Subject

_NOBODY: Final = re.compile(
    r"(?i)(?:tb[acd]|n/?a|none|nobody|no one|someone|somebody|anyone|everyone|everybody|all"
    r"|unknown|not known|to be (?:agreed|confirmed|decided|named)|owner|\?+|-+)"
)
_LAW: Final = re.compile(
    r"\b(?:Act|Regulations?|Order|Directive|Measure) (?:\([A-Z][A-Za-z ]*\) )?(?:1[89]|20)\d\d\b"
    r"|\bGDPR\b|\((?:EU|EC)\) (?:No )?\d"
)
_REGIME: Final = "regime"
"""The fact that says which procurement law governs; whoever asks for it asks when."""


def check(subject: Subject) -> Iterator[Finding]:
    """Everything about what rules mean."""
    for rule in subject.body.rules.values():
        if isinstance(rule.node, Group):
            yield from _actions(subject, rule)
            yield from _gate(subject, rule)
    strategy = subject.strategy
    if strategy is None:
        return
    states = states_of(subject)
    for name, known in subject.own_rules.items():
        rule = subject.body.rules[name]
        yield from _messages(subject, rule, known)
        yield from _reach(subject, rule, known, states)
        yield from _law(subject, rule, known)
        if not known.actions and known.severity != "advisory":
            yield subject.found(
                Code.RULE_WITHOUT_ACTION,
                f"{quoted(name)} says what is wrong and not what to do",
                rule.span,
                "add `actions`, each with `do`, `owner` and `due`",
                level=Level.NOTE,
            )
    yield from _untested(subject)
    yield from _header(subject, strategy)
    yield from _facts(subject, strategy)


# actions and gates


def _actions(subject: Subject, rule: Named) -> Iterator[Finding]:
    stages = [one.text for one in texts_of(entries(rule.node).get("stages"))]
    for action in action_fields(rule):
        owner = action.entries.get("owner")
        words = text_of(owner)
        if words is not None and _NOBODY.fullmatch(words):
            assert isinstance(owner, Scalar)
            yield subject.found(
                Code.ACTION_OWNER,
                f"{quoted(words)} is nobody who could do it",
                Span(rule.file, owner.start, owner.end),
                "name one role, such as `Contract owner`",
            )
        due = action.entries.get("due")
        if not isinstance(due, Group) or ELSE in due.entries:
            continue
        missing = [stage for stage in stages if stage not in due.entries]
        if missing:
            start = action.key_starts["due"]
            yield subject.found(
                Code.DUE_STAGE,
                f"the action has no due time at {listed(missing)}",
                Span(rule.file, start, start + 3),
                "add it, or write `else` for the stages that are not named",
            )


def _gate(subject: Subject, rule: Named) -> Iterator[Finding]:
    fields = entries(rule.node)
    gate = fields.get("gate")
    stages = texts_of(gate)
    severity = text_of(fields.get("severity"))
    span = subject.key(rule, "gate")
    raised = list(entries(fields.get("severity_when")))
    if stages and severity in ("low", "advisory") and not raised:
        yield subject.found(
            Code.GATE_SEVERITY,
            f"{quoted(rule.name)} stops a commitment for a breach of severity {quoted(severity)}",
            span,
            "raise `severity`, or take `gate` out",
        )
    if subject.strategy is None:
        return
    verdict = subject.strategy.verdict.stages
    idle = [one.text for one in stages if one.text not in verdict]
    if idle:
        yield subject.found(
            Code.GATE_STAGE,
            f"there is nothing to stop at {listed(idle)}: the verdict is for {listed([*verdict])}",
            span,
            "name only stages that have a verdict",
        )


# messages


def _messages(subject: Subject, rule: Named, known: Rule) -> Iterator[Finding]:
    read = _facts_read(subject, known)
    several = any(len(known_at) > 1 for known_at in _asked_by_stage(known))
    messages = [one for one in subject.body.files[rule.file].messages if one.owner == rule.name]
    for message in messages:
        words = [(word, offset) for word, offset in placeholders(message.scalar.text)]
        for word, offset in words:
            if word in subject_facts(subject) and word not in read and "." in word:
                start = offset_of(message.scalar, offset)
                yield subject.found(
                    Code.MESSAGE_FACT,
                    f"the message names {quoted(word)}, which {quoted(rule.name)} does not read",
                    Span(rule.file, start, start + len(word)),
                    "it may be unknown when the message is shown; name a fact that the rule reads",
                )
        if message.role == "finding" and several and not any(word == UNMET for word, _ in words):
            yield subject.found(
                Code.MESSAGE_UNMET,
                f"{quoted(rule.name)} asks for several things, and its `finding` does not say "
                "which is not met",
                Span(rule.file, message.scalar.start, message.scalar.end),
                "write `{unmet}` where it belongs",
            )


def _asked_by_stage(rule: Rule) -> Iterator[list[Requirement]]:
    for stage in rule.stages:
        yield [one for one in rule.require if one.stages is None or stage in one.stages]


def subject_facts(subject: Subject) -> Mapping[str, object]:
    """The facts of the strategy, those that it takes over too."""
    assert subject.strategy is not None
    return subject.strategy.model.facts


def _facts_read(subject: Subject, rule: Rule) -> set[str]:
    """The paths of the facts that a rule reads, through definitions and derivations too."""
    found: set[str] = set()
    waiting = [rule.id]
    seen: set[str] = set()
    while waiting:
        owner = waiting.pop()
        if owner in seen:
            continue
        seen.add(owner)
        for site in subject.sites.get(owner, ()):
            for one in subject.names_at(site):
                found.add(one.name)
                waiting.append(one.name)
    return found


# which partnerships a rule is for


class States:
    """What a condition is while nothing but some facts is known."""

    def __init__(self, strategy: Strategy) -> None:
        self.names = names_of(strategy)
        self.codes: dict[str, Compiled] = {
            one.name: compile_expression(one.expression, self.names)
            for one in strategy.definitions.values()
        }
        self._defined: dict[tuple[tuple[str, Any], ...], dict[str, Value]] = {}

    def of(self, node: Node, facts: dict[str, Value], today: dt.date | None = None) -> Value:
        """True, false or a value where that follows from the facts alone, else UNKNOWN."""
        key = tuple(sorted(facts.items()))
        defined = self._defined.get(key)
        if defined is None:
            defined = self._defined[key] = {}
            for name, code in self.codes.items():
                defined[name] = self._value(code, facts, defined)
        return self._value(compile_expression(node, self.names), facts, defined)

    def _value(self, code: Compiled, facts: dict[str, Value], defined: dict[str, Value]) -> Value:
        try:
            return code.value(new_frame(dict(facts), UNKNOWN, defined=defined))
        except TooMuchWork:
            return UNKNOWN


def states_of(subject: Subject) -> States:
    """The states of a strategy that was read, made once."""
    known = subject.made.get("states")
    if not isinstance(known, States):
        assert subject.strategy is not None
        known = subject.made["states"] = States(subject.strategy)
    return known


def _reach(subject: Subject, rule: Named, known: Rule, states: States) -> Iterator[Finding]:
    start, end = known.effective_from, known.effective_until
    if known.about == EVIDENCE:
        return
    fixed = {"stage": known.stages[0]} if known.stages else {}
    never = (
        []
        if known.when is None
        else [
            stage
            for stage in known.stages
            if states.of(known.when, {**fixed, "stage": stage}) is False
        ]
    )
    if never and len(never) == len(known.stages):
        yield subject.found(
            Code.RULE_UNREACHABLE,
            f"{quoted(rule.name)} never applies: `when` is false at every stage that it names",
            subject.key(rule, "when"),
            "mend `when`, or name the stages that it is for",
        )
    elif never:
        yield subject.found(
            Code.RULE_UNREACHABLE,
            f"{quoted(rule.name)} never applies at {listed(never)}, since `when` is false there",
            subject.key(rule, "when"),
            "take the stage out of `stages`, or mend `when`",
        )
    if start is not None and end is not None and start == end:
        yield subject.found(
            Code.RULE_UNREACHABLE,
            f"{quoted(rule.name)} is in force for a single day",
            subject.key(rule, "effective"),
            "write the last day on which it holds under `until`",
            level=Level.NOTE,
        )


def _law(subject: Subject, rule: Named, known: Rule) -> Iterator[Finding]:
    """A rule that rests on a law says from when the law holds."""
    laws = [entry for entry in known.basis if _LAW.search(entry)]
    if not laws or known.effective_from is not None or known.effective_until is not None:
        return
    asked = [known.when] if known.when is not None else []
    asked += [one.expression for one in known.require]
    names = subject.reads(asked)
    assert subject.strategy is not None
    parameters = subject.strategy.parameters
    dated = any(
        name == _REGIME or (name in parameters and parameters[name].unit == "date")
        for name in names
    )
    if dated or any(_is_date(part) for node in asked for part in walk(node)):
        return
    yield subject.found(
        Code.LAW_DATE,
        f"{quoted(rule.name)} rests on {quoted(laws[0])} and does not say from when that holds",
        subject.key(rule, "basis"),
        "add `effective: {from: DATE}`, or let `when` compare with a date",
        level=Level.NOTE,
    )


def _is_date(node: Node) -> bool:
    if isinstance(node, Literal):
        return isinstance(node.value, dt.date)
    return isinstance(node, Call) and node.function == "date"


# cases


def _untested(subject: Subject) -> Iterator[Finding]:
    if subject.cases is None or subject.files.keys() != subject.trees.keys():
        return  # a file that cannot be read may hold them
    # A case that could not be read is there all the same.
    tested = {name.text.strip() for part in subject.body.files.values() for name in part.rule_names}
    known_here = {name: subject.body.rules[name] for name in subject.own_rules}
    for name, rule in {**known_here, **subject.body.portfolio}.items():
        if name not in tested:
            yield subject.found(
                Code.RULE_WITHOUT_CASE,
                f"no case in `tests` tries {quoted(name)}",
                rule.span,
                "write one that is met and one that is not",
            )
    strategy = subject.strategy
    assert strategy is not None
    known = {rule.id for rule in (*strategy.rules, *strategy.retired)} | {*subject.body.portfolio}
    known |= {alias for rule in (*strategy.rules, *strategy.retired) for alias in rule.aliases}
    for part in subject.body.files.values():
        cited = {id(entries(case).get("rule")) for case in part.cases}
        for scalar in part.rule_names:
            word = scalar.text.strip()
            if id(scalar) not in cited and word not in known and part.file != HEADER:
                yield subject.found(
                    Code.RULE_UNKNOWN,
                    f"the exception names {quoted(word)}, which is not a rule of this strategy",
                    Span(part.file, scalar.start, scalar.end),
                    "name the rule whose breach is accepted",
                )


# the header and the fact model


def _header(subject: Subject, strategy: Strategy) -> Iterator[Finding]:
    part = subject.body.files.get(HEADER)
    if part is None:
        return
    top = entries(part.root)
    themes = top.get("themes")
    if isinstance(themes, Group):
        used = {rule.theme for rule in (*strategy.rules, *strategy.retired)}
        for prefix, node in themes.entries.items():
            if text_of(node) not in used:
                start = themes.key_starts[prefix]
                yield subject.found(
                    Code.THEME_EMPTY,
                    f"the theme {quoted(text_of(node) or prefix)} has no rule",
                    Span(HEADER, start, start + len(prefix)),
                    "write its rules, or take it out",
                    level=Level.NOTE,
                )
    if strategy.approval is not None and strategy.status != "approved":
        approval = top.get("approval")
        if isinstance(approval, Group) and isinstance(approval.entries.get("digest"), Scalar):
            digest = approval.entries["digest"]
            yield subject.found(
                Code.APPROVAL_OUTDATED,
                "the strategy has changed since it was approved, so every report says DRAFT",
                Span(HEADER, digest.start, digest.start + 1),
                f"have {strategy.digest} approved",
                level=Level.NOTE,
            )
    yield from _mandatory(subject, strategy, top)


def _mandatory(subject: Subject, strategy: Strategy, top: Mapping[str, Any]) -> Iterator[Finding]:
    read: dict[str, set[str]] = {}
    for rule in strategy.rules:
        if rule.about == EVIDENCE:
            continue
        facts = _facts_read(subject, rule)
        for stage in rule.stages:
            read.setdefault(stage, set()).update(facts)
    if any(rule.id not in subject.body.rules for rule in strategy.rules):
        return  # rules that stand elsewhere may read them
    for stage, node in entries(top.get("mandatory")).items():
        for scalar in texts_of(node):
            path = scalar.text.strip()
            inside = any(name.startswith(f"{path}.") for name in read.get(stage, ()))
            if path in strategy.model.facts and path not in read.get(stage, ()) and not inside:
                yield subject.found(
                    Code.MANDATORY_UNREAD,
                    f"no rule for the stage {quoted(stage)} reads {quoted(path)}",
                    Span(HEADER, scalar.start, scalar.end),
                    "take it out: a fact that no rule asks for is never missed",
                    level=Level.NOTE,
                )


def _facts(subject: Subject, strategy: Strategy) -> Iterator[Finding]:
    read = {found.name for site in subject.body.expressions for found in subject.names_at(site)}
    for name, named in subject.body.facts.items():
        fact = strategy.model.facts.get(name)
        if fact is None or fact.question or name not in read or name in strategy.model.lists:
            continue
        yield subject.found(
            Code.FACT_QUESTION,
            f"rules read {quoted(name)}, and nothing says how to ask for it",
            Span(named.file, named.span.start, named.span.start + len(name.rpartition(".")[2])),
            "write the question in `description`",
            level=Level.NOTE,
        )
