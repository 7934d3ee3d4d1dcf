"""Random facts that fit a fact model, with all that text may hold."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from accordance.facts.shapes import (
    Boolean,
    Date,
    Group,
    List,
    NumberShape,
    Shape,
    Text,
    stands_for_nothing,
)
from accordance.feel.values import NONE

LETTERS = st.characters(
    codec="utf-8",
    exclude_categories=("Cs", "Cc"),
    exclude_characters="\ufeff\ufffe\uffff",
    include_characters="\t\n\r\x85",
)
AWKWARD = st.sampled_from(
    [
        *("=1+1", "+1", "-1", "@x", "'=x", "''+", "'", '"', '""', "a;b", "a,b", "a\tb", "a\nb"),
        *("7", "007", "1e5", "1.0", "true", "yes", "No", "2026-01-31", "1/2", "_x000D_", "_x41_"),
        *(" x", "x ", "\tx", "a\r\nb", "a: b", "# a", "[a]", "{a}", "- a", "* a", "&a", "!a", "%a"),
        *("id", "sep=;", "null", "~", "on", "0x1F", "12:30", "é", "😀", "a\u2028b", "x" * 200),
    ]
)
TEXTS = AWKWARD | st.text(LETTERS, min_size=1, max_size=12)
DAYS = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
NUMBERS = st.integers(-(10**18) + 1, 10**18 - 1) | st.builds(
    lambda digits, places: _settled(Fraction(digits, 10**places)),
    st.integers(-(10**12), 10**12),
    st.integers(0, 6),
)


def _settled(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def values(shape: Shape) -> st.SearchStrategy[Any]:
    """Values that the fact model admits."""
    if isinstance(shape, Group):
        members = {name: values(member) for name, member in shape.members.items()}
        needed = {name: members.pop(name) for name in shape.required}
        return st.fixed_dictionaries(needed, optional=members).map(_without_empty_groups)
    if isinstance(shape, List):
        return st.lists(
            values(shape.item),
            min_size=shape.fewest,
            max_size=min(3, shape.most or 3),
            unique=shape.unique,
        )
    if isinstance(shape, Boolean):
        return st.booleans()
    if isinstance(shape, NumberShape):
        numbers = NUMBERS if not shape.whole else st.integers(-(10**15), 10**15)
        small = st.sampled_from(
            [0, 1] if shape.whole else [0, 1, Fraction(1, 4), Fraction(-1, 3000)]
        )
        return (small | numbers).filter(lambda value: _fits(value, shape))
    if isinstance(shape, Date):
        return DAYS | st.just(NONE) if shape.may_be_none else DAYS
    assert isinstance(shape, Text)
    if shape.values is not None:
        known: st.SearchStrategy[Any] = st.sampled_from(shape.values)
    elif shape.pattern is not None:
        known = st.from_regex(r"\A[A-Z]{2,4}\Z")
    else:
        known = TEXTS.filter(
            lambda text: not stands_for_nothing(text) and len(text) >= shape.shortest
        )
    return known | st.just(NONE) if shape.may_be_none else known


def _fits(value: int | Fraction, shape: NumberShape) -> bool:
    return (
        (shape.low is None or value >= shape.low)
        and (shape.high is None or value <= shape.high)
        and (shape.above is None or value > shape.above)
        and (shape.below is None or value < shape.below)
        and (value * 10**6) % 1 == 0
    )


def _without_empty_groups(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value != {}}
