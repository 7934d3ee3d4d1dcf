"""Values as people say them."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from accordance.check.prose import joined, spoken
from accordance.feel.values import NONE, UNKNOWN, Months, Span, Uncertain, Value


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (UNKNOWN, None, "not known"),
        (NONE, "levels", "none"),
        (True, None, "yes"),
        (False, None, "no"),
        ("police_body", None, "police body"),
        ("Under_score in a sentence", None, "Under_score in a sentence"),
        (dt.date(2026, 1, 31), None, "31 January 2026"),
        (1, "levels", "1 level"),
        (2, "levels", "2 levels"),
        (0, "months", "0 months"),
        (1, "people", "1 person"),
        (Fraction(3, 2), "FTE", "1.5 FTE"),
        (1, "count", "1"),
        (1_250_000, "GBP", "GBP 1,250,000"),
        (Fraction(1, 8), "ratio", "12.5%"),
        (Months(1), None, "1 month"),
        (dt.timedelta(days=30), None, "30 days"),
        (Span(1, 2), "levels", "between 1 level and 2 levels"),
        (Uncertain((("a", True), ("b", False))), None, "a and perhaps b"),
        (["a", "b", "c"], None, "a, b and c"),
        ([], None, "none"),
        ([{"name": "A"}, {"text": "B"}, {}], None, "A, B and one more"),
    ],
)
def test_spoken(value: Value, unit: str | None, said: str) -> None:
    assert spoken(value, unit) == said


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ([], ""),
        (["a"], "a"),
        (["a", "b"], "a and b"),
        (["a, b", "c", "d"], "a, b; c; and d"),
    ],
)
def test_joined(parts: list[str], said: str) -> None:
    assert joined(parts) == said
