"""Random fact models and cases, small enough for a person to read.

Everything is drawn in the order in which it shrinks best: a fact model has few facts, a case states
nothing. Names are taken from a small stock, so that one name means a fact of the case here and a
fact of a list's item there; values are few, so that they meet.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar

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

Draw: TypeAlias = Callable[[int], int]
"""Gives a number from 0 up to, and without, the one it is given; 0 is the simplest. Either
hypothesis draws it, and makes a broken law small, or a random generator, ten times as fast."""
Option = TypeVar("Option")
Made = TypeVar("Made")

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
STAGE = TextType(values=STAGES)
ROLES = ("Director", "Board")
LONGEST = dt.timedelta(days=400)
"""For how long the breach of a serious rule may be accepted."""
EXCEPTION = ContextType(
    fields={
        "rule": TEXT,
        "reason": TEXT,
        "approver": TEXT,
        "approved_on": DATE,
        "expires": DATE,
    }
)


@functools.cache
def _below(count: int) -> st.SearchStrategy[int]:
    return st.integers(0, count - 1)


def through(draw: Callable[[st.SearchStrategy[int]], int]) -> Draw:
    """A `draw` of hypothesis as these functions take it."""
    return lambda count: draw(_below(count))


def drawn(make: Callable[..., Made]) -> Callable[..., st.SearchStrategy[Made]]:
    """The hypothesis strategy of what a function makes with a `draw`."""

    @st.composite
    def strategy(draw: Any, *arguments: Any, **options: Any) -> Made:
        return make(through(draw), *arguments, **options)

    return strategy


def choose(draw: Draw, options: Sequence[Option]) -> Option:
    """One of the options; the first is the simplest."""
    return options[draw(len(options))]


def some_of(draw: Draw, options: Sequence[Option], most: int) -> list[Option]:
    """Up to so many of the options, none of them twice."""
    left = list(options)
    return [left.pop(left.index(choose(draw, left))) for _ in range(choose(draw, range(most + 1)))]


# --- fact models ------------------------------------------------------------------------------

SCALARS: tuple[Type, ...] = (BOOLEAN, NUMBER, WHOLE, DATE, TEXT, COLOUR)
Stock: TypeAlias = Mapping[str, Type]
FACTS: Stock = {
    "open": BOOLEAN,
    "share": NUMBER,
    "owner": TEXT,
    "due_on": DATE,
    "rating": COLOUR,
    "score": WHOLE,
}
"""Names of facts, and the type that each mostly has."""
ITEM_FACTS: Stock = {"public": BOOLEAN, "size": NUMBER, "name": TEXT, "joined": DATE}
"""For items whose facts bear other names than those of the case."""
GROUPS = ("plan", "service")
LISTS = ("parties", "reviews")
SCALAR_LISTS: dict[str, Type] = {"colours": COLOUR, "scores": NUMBER}


def _fields(draw: Draw, stock: Stock) -> dict[str, Type]:
    # The first two are something to choose by and something to add up: mostly both are there.
    names = list(stock)[: choose(draw, (1, 2, 2, 2))]
    names += some_of(draw, list(stock)[len(names) :], 2)
    return {name: choose(draw, (*[stock[name]] * 6, *SCALARS)) for name in names}


def fact_model(draw: Draw, item_facts: Stock = FACTS) -> ContextType:
    """Facts, groups of facts, lists of groups (once nested), lists of values."""
    fields: dict[str, Type] = {
        "id": TEXT,
        "title": TEXT,
        "stage": STAGE,
        "as_of": DATE,
        "lead_officer": TEXT,
        "exceptions": ListType(item=EXCEPTION),
        **_fields(draw, FACTS),
    }
    # Lists of groups are where certain and possible items come from: most cases have one.
    for name in choose(draw, (LISTS[:1], LISTS, ())):
        item = _fields(draw, item_facts)
        if choose(draw, (False, False, True)):
            item["events"] = ListType(item=ContextType(fields=_fields(draw, item_facts)))
        fields[name] = ListType(item=ContextType(fields=item))
    for name in some_of(draw, GROUPS, 2):
        fields[name] = ContextType(fields=_fields(draw, FACTS))
    for name in some_of(draw, tuple(SCALAR_LISTS), 2):
        fields[name] = ListType(item=SCALAR_LISTS[name])
    return ContextType(fields=fields)


def readable(model: ContextType) -> dict[str, Type]:
    """The facts that a rule may read."""
    aside = ("id", "title", "exceptions")
    return {name: of for name, of in model.fields.items() if name not in aside}


# --- cases ------------------------------------------------------------------------------------

FIXED = ("id", "title", "stage", "exceptions")
"""What every case states: the laws on unknown facts leave it alone."""
PAST = tuple(day for day in DAYS_OF_NOTE if day <= TODAY)


def _stated(draw: Draw, of: Type, name: str = "") -> Value:
    """A value of which parts may be missing; a list has all its items, and none of them is none."""
    if isinstance(of, ContextType):
        return _facts(draw, of)
    if isinstance(of, ListType):
        return [_stated(draw, of.item) for _ in range(choose(draw, range(4)))]
    if name == "as_of":
        return choose(draw, PAST)
    if name == "lead_officer":
        return choose(draw, ROLES)
    if of == BOOLEAN:
        return choose(draw, (False, True))
    if isinstance(of, NumberType):
        return choose(draw, [n for n in NUMBERS if isinstance(n, int) or not of.whole])
    known = (of.values or TEXTS) if isinstance(of, TextType) else DAYS_OF_NOTE
    return choose(draw, (*known, NONE) if name else known)


def _facts(draw: Draw, of: ContextType) -> dict[str, Value]:
    facts: dict[str, Value] = {}
    for name, kind in of.fields.items():
        often = name in ("lead_officer", *LISTS)
        if name not in FIXED and choose(draw, (False, True, True, True, often)):
            facts[name] = _stated(draw, kind, name)
            if facts[name] == {}:
                del facts[name]  # a group that states nothing is not stated
    return facts


def case(draw: Draw, model: ContextType, rules: Sequence[str] = ()) -> dict[str, Value]:
    """The facts of a case, some of them unknown, with exceptions to some of the rules."""
    facts = {
        "id": "case",
        "title": "The partnership",
        "stage": choose(draw, STAGES),
        **_facts(draw, model),
    }
    if rules and choose(draw, (False, True)):
        facts["exceptions"] = [_exception(draw, rules) for _ in range(choose(draw, (1, 2, 3)))]
    return facts


def _exception(draw: Draw, rules: Sequence[str]) -> dict[str, Value]:
    approved_on = choose(draw, PAST)
    expires = choose(draw, [day for day in DAYS_OF_NOTE[::-1] if day >= approved_on])
    if choose(draw, (False, False, True)):
        expires = approved_on + LONGEST + choose(draw, (dt.timedelta(), dt.timedelta(days=1)))
    return {
        "rule": choose(draw, rules),
        "reason": "Agreed for now",
        "approver": choose(draw, ROLES),
        "approved_on": approved_on,
        "expires": expires,
    }


def completed(draw: Draw, value: Value, of: Type) -> Any:
    """The same facts with some unknown ones known; what was stated stays, no list grows."""
    if isinstance(of, ListType) and isinstance(of.item, ContextType):
        return [completed(draw, item, of.item) for item in value]
    if not isinstance(of, ContextType):
        return value
    known = dict(value)
    for name, kind in of.fields.items():
        if name in known:
            known[name] = completed(draw, known[name], kind)
        elif name not in FIXED and choose(draw, (False, True)):
            known[name] = _stated(draw, kind, name)
            if known[name] == {}:
                del known[name]
    return known


fact_models = drawn(fact_model)
cases = drawn(case)


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
        if copy[first] == {} and isinstance(copy, dict):
            del copy[first]
    else:
        del copy[first]
    return copy


def leaving_out(facts: Any, paths: Collection[str], path: str = "") -> Any:
    """The same facts without those of some paths, in every item of a list."""
    if isinstance(facts, list):
        return [leaving_out(item, paths, path) for item in facts]
    if not isinstance(facts, dict):
        return facts
    left = {}
    for name, value in facts.items():
        here = f"{path}.{name}" if path else name
        part = leaving_out(value, paths, here)
        if here not in paths and part != {}:
            left[name] = part
    return left
