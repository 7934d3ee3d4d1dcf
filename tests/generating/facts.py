"""Random fact models and cases, small enough for a person to read.

Everything is drawn in the order in which it shrinks best: a fact model has few facts, a case states
nothing. Names are taken from a small stock, so that one name means a fact of the case here and a
fact of a list's item there; values are few, so that they meet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from hypothesis import strategies as st

from accordance.feel.types import (
    BOOLEAN,
    DATE,
    NUMBER,
    TEXT,
    ContextType,
    ListType,
    NumberType,
    TextType,
    Type,
)
from accordance.feel.values import NONE, Value

Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]

TODAY = dt.date(2026, 3, 31)
NUMBERS = (1, 0, 2, 3, 12, Fraction(1, 2), Fraction(-3, 2), -1)
TEXTS = ("red", "green", "blue", "Red")
DAYS_OF_NOTE = (
    TODAY,
    dt.date(2026, 1, 31),
    dt.date(2025, 2, 28),
    dt.date(2024, 2, 29),
    dt.date(2027, 12, 1),
)
STAGES = ("new", "renewing", "established", "exiting")
WHOLE = NumberType(whole=True)
COLOUR = TextType(values=TEXTS[:3])
ROLES = ("Director", "Board")
EXCEPTION = ContextType(
    fields={
        "rule": TEXT,
        "reason": TEXT,
        "approver": TEXT,
        "approved_on": DATE,
        "expires": DATE,
    }
)

# --- fact models ------------------------------------------------------------------------------

SCALARS: tuple[Type, ...] = (BOOLEAN, NUMBER, WHOLE, DATE, TEXT, COLOUR)
FACTS = ("open", "owner", "share", "due_on", "rating", "score")
ITEM_FACTS = ("public", "name", "size", "joined")
"""For items whose facts bear other names than those of the case."""
GROUPS = ("plan", "service")
LISTS = ("parties", "reviews")
SCALAR_LISTS = ("colours", "scores")


@st.composite
def scalar_fields(draw: Draw, stock: Sequence[str] = FACTS) -> dict[str, Type]:
    names = draw(st.lists(st.sampled_from(stock), min_size=1, max_size=4, unique=True))
    return {name: draw(st.sampled_from(SCALARS)) for name in names}


@st.composite
def fact_models(draw: Draw, item_facts: Sequence[str] = FACTS) -> ContextType:
    """Facts, groups of facts, lists of groups (once nested), lists of values."""
    fields: dict[str, Type] = {
        "id": TEXT,
        "title": TEXT,
        "stage": TextType(values=STAGES),
        "as_of": DATE,
        "lead_officer": TEXT,
        "exceptions": ListType(item=EXCEPTION),
        **draw(scalar_fields()),
    }
    for name in draw(st.lists(st.sampled_from(LISTS), max_size=2, unique=True)):
        item = draw(scalar_fields(item_facts))
        if draw(st.sampled_from((False, False, True))):
            item["events"] = ListType(item=ContextType(fields=draw(scalar_fields(item_facts))))
        fields[name] = ListType(item=ContextType(fields=item))
    for name in draw(st.lists(st.sampled_from(GROUPS), max_size=2, unique=True)):
        fields[name] = ContextType(fields=draw(scalar_fields()))
    for name in draw(st.lists(st.sampled_from(SCALAR_LISTS), max_size=2, unique=True)):
        fields[name] = ListType(item=COLOUR if name == "colours" else NUMBER)
    return ContextType(fields=fields)


def readable(model: ContextType) -> dict[str, Type]:
    """The facts that a rule may read."""
    aside = ("id", "title", "exceptions")
    return {name: of for name, of in model.fields.items() if name not in aside}


# --- cases ------------------------------------------------------------------------------------

FIXED = ("id", "title", "stage", "exceptions")
"""What every case states: the laws on unknown facts leave it alone."""


def scalars(of: Type) -> st.SearchStrategy[Value]:
    """A known value of a type, none included where a fact of the type may be none."""
    if of == BOOLEAN:
        return st.booleans()
    if isinstance(of, NumberType):
        return st.sampled_from([n for n in NUMBERS if isinstance(n, int) or not of.whole])
    known = (of.values or TEXTS) if isinstance(of, TextType) else DAYS_OF_NOTE
    return st.sampled_from((*known, NONE))


def stated(of: Type, name: str = "") -> st.SearchStrategy[Value]:
    """A value of which parts may be missing; a list has all its items, and none of them is none."""
    if name == "as_of":
        return st.sampled_from([day for day in DAYS_OF_NOTE if day <= TODAY])
    if name == "lead_officer":
        return st.sampled_from(ROLES)
    if isinstance(of, ContextType):
        return facts_of(of)
    if isinstance(of, ListType):
        items = stated(of.item) if isinstance(of.item, ContextType) else scalars(of.item)
        return st.lists(items.filter(lambda item: item is not NONE), max_size=3)
    return scalars(of)


@st.composite
def facts_of(draw: Draw, of: ContextType) -> dict[str, Value]:
    facts: dict[str, Value] = {}
    for name, kind in of.fields.items():
        if name not in FIXED and draw(st.sampled_from((False, True, True, True))):
            facts[name] = draw(stated(kind, name))
            if facts[name] == {}:
                del facts[name]  # a group that states nothing is not stated
    return facts


@st.composite
def cases(draw: Draw, model: ContextType, rules: Sequence[str] = ()) -> dict[str, Value]:
    """The facts of a case, some of them unknown, with exceptions to some of the rules."""
    facts = {
        "id": "case",
        "title": "The partnership",
        "stage": draw(st.sampled_from(STAGES)),
        **draw(facts_of(model)),
    }
    if rules and draw(st.sampled_from((False, False, True))):
        facts["exceptions"] = draw(st.lists(exceptions(rules), min_size=1, max_size=2))
    return facts


@st.composite
def exceptions(draw: Draw, rules: Sequence[str]) -> dict[str, Value]:
    days = st.sampled_from(DAYS_OF_NOTE)
    approved_on, expires = sorted((draw(days), draw(days)))
    return {
        "rule": draw(st.sampled_from(rules)),
        "reason": "Agreed for now",
        "approver": draw(st.sampled_from(ROLES)),
        "approved_on": approved_on,
        "expires": expires,
    }


@st.composite
def completions(draw: Draw, facts: Mapping[str, Value], of: ContextType) -> dict[str, Value]:
    """The same case with some unknown facts known; what was stated stays, no list grows."""
    more: dict[str, Value] = {}
    for name, kind in of.fields.items():
        if name in facts:
            more[name] = draw(_completed(facts[name], kind))
        elif name not in FIXED and draw(st.booleans()):
            more[name] = draw(stated(kind, name))
    return {name: value for name, value in {**facts, **more}.items() if value != {}}


def _completed(value: Value, of: Type) -> st.SearchStrategy[Value]:
    if isinstance(of, ContextType):
        return completions(value, of)
    if isinstance(of, ListType) and isinstance(of.item, ContextType):
        return st.tuples(*(completions(item, of.item) for item in value)).map(list)
    return st.just(value)


def leaves(facts: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each stated fact that may become unknown: scalars, and lists as a whole."""
    if isinstance(facts, dict):
        for name, value in facts.items():
            if path or name not in FIXED:
                if not isinstance(value, dict):
                    yield (*path, name)
                yield from leaves(value, (*path, name))
    elif isinstance(facts, list):
        for position, item in enumerate(facts):
            if isinstance(item, dict):
                yield from leaves(item, (*path, position))


def without(facts: Any, path: Sequence[Any]) -> Any:
    """The same facts with the one at the end of the path unknown."""
    first, *rest = path
    copy = list(facts) if isinstance(facts, list) else dict(facts)
    if rest:
        copy[first] = without(facts[first], rest)
    else:
        del copy[first]
    return copy
