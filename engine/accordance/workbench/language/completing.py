"""What could be written at a place: names and values in expressions, fields, stages, rules."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ...feel.functions import FUNCTIONS
from ...strategy.actions import ACTION_FIELDS, ELSE
from ...strategy.cases import CASE_FIELDS
from ...strategy.cases import FILE_FIELDS as CASE_FILE_FIELDS
from ...strategy.definitions import ABOUT, DEFINITION_FIELDS
from ...strategy.due import EVENTS, MEETINGS
from ...strategy.folder import CASES, HEADER, MODEL, RULES
from ...strategy.header import FIELDS as HEADER_FIELDS
from ...strategy.model import EVIDENCE, OPINIONS, SEVERITIES, STAGES, VERDICTS
from ...strategy.parameters import PARAMETER_FIELDS
from ...strategy.portfolio import CASES as GROUPED
from ...strategy.portfolio import MARKED, PORTFOLIO
from ...strategy.portfolio_reading import RULE_FIELDS as PORTFOLIO_FIELDS
from ...strategy.rules import FILE_FIELDS, REQUIREMENT_FIELDS, RULE_FIELDS
from ...strategy.supplied import EVIDENCE_NAMES, OUTCOMES, RESULT_TYPE, TABLE_NAMES
from ..anatomy import DEFINITION, FACT, OF_ONE_CASE, PARAMETER, RULE
from .context import Context, context_at
from .describing import parameter_names, short
from .session import Session

FUNCTION: Final = "function"
VALUE: Final = "value"
FIELD: Final = "field"

_TYPED: Final = re.compile(r"[A-Za-z_][\w.]*\Z")
_ASKED: Final = re.compile(
    r"([A-Za-z_][\w.]*)\s*(?:=|!=|(?:not\s+)?in\s*\((?:\s*\"[^\"]*\"\s*,)*)\s*(\"[^\"]*)?\Z"
)
_CONTAINS: Final = re.compile(r"list contains\(\s*([A-Za-z_][\w.]*)\s*,\s*(\"[^\"]*)?\Z")
_VARIABLE: Final = re.compile(r"\b(?:some|every|for|,)\s*([A-Za-z_]\w*)\s+in\s+([A-Za-z_][\w.]*)")
_DUE: Final = (
    "30 days",
    "10 working days",
    "6 weeks",
    "3 months",
    *(f"before {event}" for event in EVENTS),
    *(f"at the next {meeting}" for meeting in MEETINGS),
    "at once",
)
_KEYWORDS: Final = (
    *("and", "or", "not()", "in", "between", "some", "every", "satisfies", "true", "false", "null"),
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Something that could stand here: it takes the place of what lies between the offsets."""

    label: str
    kind: str
    start: int
    end: int
    detail: str = ""
    insert: str | None = None


def proposals(session: Session, name: str, offset: int) -> list[Proposal]:
    """What could be written at a place of a file, the likeliest first."""
    text = session.text(name)
    context = context_at(text, offset)
    found = list(_proposed(session, name, context, offset))
    seen: set[str] = set()
    return [one for one in found if not (one.label in seen or seen.add(one.label))]  # type: ignore[func-returns-value]


def _proposed(session: Session, name: str, context: Context, offset: int) -> Iterator[Proposal]:
    if context.is_key:
        yield from _fields(session, name, context, offset)
        return
    keys = context.keys
    about = expression_about(session, name, keys)
    if about is not None:
        yield from in_expression(session, context.typed, offset, about)
        return
    words = _words(session, name, keys)
    if words:
        typed = context.typed.strip().strip("\"'")
        yield from (Proposal(one, VALUE, offset - len(typed), offset) for one in words)
    elif keys and keys[-1] in ("finding", "unmet"):
        yield from _in_message(session, context.typed, offset)
    elif _names_fact(name, keys):
        typed = context.typed.strip()
        start = offset - len(typed)
        for path in sorted(session.names().facts):
            yield Proposal(path, FACT, start, offset, short(session, FACT, path))
    elif name.startswith(f"{CASES}/") and keys[-1:] == ("rule",):
        start = offset - len(context.typed.strip())
        for rule in sorted(session.names().rules):
            yield Proposal(rule, RULE, start, offset, short(session, RULE, rule))


# expressions


def expression_about(session: Session, name: str, keys: Sequence[str]) -> str | None:
    """What an expression that stands under these names may speak of; None where none does."""
    if not keys:
        return None
    last = keys[-1]
    if name == MODEL:
        return "facts" if last == "x-derive" else None
    if name == HEADER:
        if keys[0] in ("verdict", "opinion"):
            return "table" if last == "when" else None
        if last == "when" or "criteria" in keys[:-1]:
            return "partnership"
        return None
    if not name.startswith(f"{RULES}/"):
        return None
    if keys[0] == PORTFOLIO:
        named = last in (*OF_ONE_CASE, "when", "require", "is")
        return PORTFOLIO if named or keys[-2:-1] in (("severity_when",), ("figures",)) else None
    is_one = (
        (keys[0] == "definitions" and last == "is")
        or (keys[0] == "rules" and last in ("when", "require", "is"))
        or (len(keys) > 1 and keys[-2] == "severity_when")
    )
    if not is_one:
        return None
    node = (session.body.rules if keys[0] == "rules" else session.body.definitions).get(
        keys[1] if len(keys) > 1 else ""
    )
    about = getattr(getattr(node, "node", None), "entries", {}).get("about")
    return EVIDENCE if getattr(about, "text", None) == EVIDENCE else "partnership"


def in_expression(session: Session, typed: str, offset: int, about: str) -> Iterator[Proposal]:
    """What could go on an expression of which `typed` stands before the cursor."""
    names = session.names()
    variables = dict(_VARIABLE.findall(typed))
    asked = _ASKED.search(typed) or _CONTAINS.search(typed)
    if asked is not None:
        started = asked[2] or ""
        path = _meant(asked[1], variables, typed, names.facts)
        for value in _values(session, path):
            yield Proposal(f'"{value}"', VALUE, offset - len(started), offset, path)
    if typed.count('"') % 2:
        return  # within a text there are no names
    match = _TYPED.search(typed)
    word = match[0] if match else ""
    start = offset - len(word)
    variable, dot, _ = word.partition(".")
    if dot and variable in variables:
        base = _meant(variables[variable], variables, typed, names.facts)
        for path in _below(names.facts, base):
            label = f"{variable}.{path[len(base) + 1 :]}"
            yield Proposal(label, FACT, start, offset, short(session, FACT, path))
        return
    inside = _filtered(typed, variables, names.facts)
    if inside is not None:
        for path in _below(names.facts, inside):
            member = path[len(inside) + 1 :]
            yield Proposal(member, FACT, start, offset, short(session, FACT, path))
        yield Proposal("item", FACT, start, offset, f"an item of {inside}")
    for variable in variables:
        yield Proposal(variable, VALUE, start, offset, f"one of {variables[variable]}")
    if about == "table":
        for supplied in TABLE_NAMES:
            yield Proposal(supplied, VALUE, start, offset, "results of rules")
        for member in RESULT_TYPE.fields if dot else ():
            yield Proposal(f"{word.partition('.')[0]}.{member}", VALUE, start, offset)
    else:
        lists = _lists(session)
        for path in sorted(names.facts, key=lambda path: (not path.startswith(word), path)):
            # What lies in a list is only reached through its items.
            if not any(path.startswith(f"{one}.") for one in lists):
                yield Proposal(path, FACT, start, offset, short(session, FACT, path))
        for definition in sorted(names.definitions):
            yield Proposal(
                definition, DEFINITION, start, offset, short(session, DEFINITION, definition)
            )
    if about == EVIDENCE:
        for supplied in EVIDENCE_NAMES:
            yield Proposal(supplied, VALUE, start, offset, "supplied by the program")
    if about == PORTFOLIO:
        for supplied in (GROUPED, MARKED, PORTFOLIO):
            yield Proposal(supplied, VALUE, start, offset, "a list of partnerships")
    for parameter in parameter_names(session):
        yield Proposal(parameter, PARAMETER, start, offset, short(session, PARAMETER, parameter))
    if dot:
        return
    for function in FUNCTIONS.values():
        if function.name == "is defined" and about != EVIDENCE:
            continue
        arguments = ", ".join(function.parameters)
        yield Proposal(
            f"{function.name}()", FUNCTION, start, offset, f"{function.name}({arguments})"
        )
    for keyword in _KEYWORDS:
        yield Proposal(keyword, VALUE, start, offset)


def _meant(path: str, variables: dict[str, str], typed: str, facts: frozenset[str]) -> str:
    """The path of the fact that a name in an expression stands for."""
    first, dot, rest = path.partition(".")
    if first in variables:
        inner = {name: source for name, source in variables.items() if name != first}
        return f"{_meant(variables[first], inner, typed, facts)}{dot}{rest}"
    base = _filtered(typed, variables, facts)
    if base is not None and path not in facts and f"{base}.{path}" in facts:
        return f"{base}.{path}"
    return base if base is not None and path == "item" else path


def _filtered(typed: str, variables: dict[str, str], facts: frozenset[str]) -> str | None:
    """The list whose filter the cursor stands in, if any."""
    depth = 0
    for at in range(len(typed) - 1, -1, -1):
        if typed[at] == "]":
            depth += 1
        elif typed[at] == "[":
            if depth == 0:
                match = _TYPED.search(typed[:at])
                if match is None:
                    return None
                path = _meant(match[0], variables, typed[:at], facts)
                return path if path in facts else None
            depth -= 1
    return None


def _below(facts: frozenset[str], base: str) -> list[str]:
    return sorted(path for path in facts if path.startswith(f"{base}."))


def _lists(session: Session) -> frozenset[str]:
    return frozenset() if session.model is None else session.model.lists


def _values(session: Session, path: str) -> Sequence[str]:
    if session.model is None:
        return ()
    fact = session.model.facts.get(path)
    return () if fact is None or fact.values is None else fact.values


# messages, fields and words


def _in_message(session: Session, typed: str, offset: int) -> Iterator[Proposal]:
    opened = re.search(r"\{([\w.]*)\Z", typed)
    if opened is None:
        return
    start = offset - len(opened[1])
    names = session.names()
    yield Proposal("unmet", VALUE, start, offset, "what is not met")
    for kind, every in ((FACT, names.facts), (DEFINITION, names.definitions)):
        for one in sorted(every):
            yield Proposal(one, kind, start, offset, short(session, kind, one))
    for one in parameter_names(session):
        yield Proposal(one, PARAMETER, start, offset, short(session, PARAMETER, one))


def _names_fact(name: str, keys: Sequence[str]) -> bool:
    if name == HEADER:
        return keys[:1] == ("mandatory",)
    return name.startswith(f"{CASES}/") and keys[-1:] == ("missing",)


def _fields(session: Session, name: str, context: Context, offset: int) -> Iterator[Proposal]:
    start = offset - len(context.typed)
    keys = context.keys
    for place in ("given", "base"):
        if name.startswith(f"{CASES}/") and place in keys:
            base = ".".join(keys[keys.index(place) + 1 :])
            prefix = f"{base}." if base else ""
            for path in sorted(session.names().facts):
                rest = path[len(prefix) :]
                if path.startswith(prefix) and rest and "." not in rest:
                    yield Proposal(
                        rest, FIELD, start, offset, short(session, FACT, path), f"{rest}: "
                    )
            return
    for field in _known_fields(name, keys):
        yield Proposal(field, FIELD, start, offset, insert=f"{field}: ")


def _known_fields(name: str, keys: Sequence[str]) -> Sequence[str]:
    if name == HEADER:
        if not keys:
            return HEADER_FIELDS
        if keys[0] == "parameters" and len(keys) == 2:
            return PARAMETER_FIELDS
        return STAGES if keys == ("mandatory",) else ()
    if name.startswith(f"{CASES}/"):
        return CASE_FILE_FIELDS if not keys else CASE_FIELDS if keys == ("cases",) else ()
    if not name.startswith(f"{RULES}/"):
        return ()
    if not keys:
        return FILE_FIELDS
    if keys[0] == "definitions":
        return DEFINITION_FIELDS if len(keys) == 2 else ()
    if keys[0] == PORTFOLIO and len(keys) == 2:
        return PORTFOLIO_FIELDS
    return {
        "actions": ACTION_FIELDS,
        "require": REQUIREMENT_FIELDS,
        "severity_when": SEVERITIES,
        "effective": ("from", "until"),
        "due": (*STAGES, ELSE),
    }.get(keys[-1], RULE_FIELDS if len(keys) == 2 else ())


def _words(session: Session, name: str, keys: Sequence[str]) -> Sequence[str]:
    """The words among which the value of a field is."""
    if not keys:
        return ()
    last = keys[-1]
    if name.startswith(f"{CASES}/"):
        for place in ("given", "base"):
            if place in keys:
                path = ".".join(keys[keys.index(place) + 1 :])
                fact = None if session.model is None else session.model.facts.get(path)
                if fact is not None and str(fact.type) == "boolean":
                    return ("true", "false")
                return _values(session, path)
        if last in ("severity", "severity_least"):
            return SEVERITIES
        if last == "expect":
            return OUTCOMES
        if last in ("gate", "moot"):
            return ("true", "false")
    if last == "theme":
        return list(session.themes.values())
    if last in ("stages", "gate"):
        return STAGES
    if name == HEADER:
        tables = {"verdict": VERDICTS, "opinion": OPINIONS}
        if keys[0] in tables and last == "is":
            return tables[keys[0]]
        return ("duration", "date", "text", "list") if last == "unit" else ()
    if last == "severity":
        return SEVERITIES
    if last == "about":
        return ABOUT
    return _DUE if "due" in keys[-2:] else ()
