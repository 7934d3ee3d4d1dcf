from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from accordance.feel.parsing import parse
from accordance.feel.printing import to_source
from accordance.feel.values import Months, Value
from accordance.workbench.mutation.variants import condition_variants, neighbours, variants


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("a", ["not(a)"]),
        ("not(a)", ["a", "not(not(a))"]),
        ("x > 12", ["x >= 12", "x <= 12", "x > 11", "x > 13"]),
        ("x <= 0.25", ["x < 0.25", "x > 0.25", "x <= 0.24", "x <= 0.26"]),
        ("x = 1", ["x != 1", "x = 0", "x = 2"]),
        ("x != null", ["x = null"]),
        ("a and b", ["a or b", "b", "a", "not(a) and b", "a and not(b)"]),
        (
            "a or (b and c)",
            [
                "a and b and c",
                "b and c",
                "a",
                "not(a) or (b and c)",
                "a or b or c",
                "a or c",
                "a or b",
                "a or (not(b) and c)",
                "a or (b and not(c))",
            ],
        ),
        (
            'x in ("p", "q")',
            ['not(x in ("p", "q"))', 'x in "q"', 'x in "p"'],
        ),
        (
            "x between 1 and y",
            [
                "x in (1..y]",
                "x in [1..y)",
                "x between 0 and y",
                "x between 2 and y",
            ],
        ),
        ("x in [1..y]", ["not(x in [1..y])", "x in (1..y]", "x in [1..y)", "x in [0..y]",
         "x in [2..y]"]),
        (
            "some i in list satisfies i.open",
            ["every i in list satisfies i.open", "some i in list satisfies not(i.open)"],
        ),
        ("count(list[open]) > 0", [
            "count(list[open]) >= 0",
            "count(list[open]) <= 0",
            "count(list[not(open)]) > 0",
            "count(list[open]) > 1",
        ]),
        ("list[1]", ["not(list[1])", "list[0]", "list[2]"]),
        ("d >= today() - m", ["d > today() - m", "d < today() - m", "d >= today() + m"]),
        ("min(x, y) < z", ["min(x, y) <= z", "min(x, y) >= z", "max(x, y) < z"]),
        ("if a then b else true", ["if not(a) then b else true", "if a then b else false"]),
    ],
)  # fmt: skip
def test_the_changes_of_a_condition(text: str, changed: list[str]) -> None:
    found = [to_source(one.node) for one in condition_variants(parse(text))]
    assert found == changed
    # Each is an expression as its owner could have written it.
    assert [parse(one) for one in found] == [one.node for one in condition_variants(parse(text))]


def test_what_is_no_condition_is_not_negated() -> None:
    assert [to_source(one.node) for one in variants(parse("list[open].name"))] == [
        "list[not(open)].name"
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a and x > 12", [("a and x > 12", "a or x > 12"), ("a", None), ("x > 12", None),
         ("a", "not(a)"), ("x > 12", "x >= 12"), ("x > 12", "x <= 12"), ("x > 12", "x > 11"),
         ("x > 12", "x > 13")]),
        ('x in ("p", "q")', [('x in ("p", "q")', 'not(x in ("p", "q"))'), ('"p"', None),
         ('"q"', None)]),
    ],
)  # fmt: skip
def test_a_change_is_shown_with_the_comparison_around_it(
    text: str, shown: list[tuple[str, str | None]]
) -> None:
    assert [
        (to_source(one.before), None if one.after is None else to_source(one.after))
        for one in condition_variants(parse(text))
    ] == shown


@pytest.mark.parametrize(
    ("value", "near"),
    [
        (12, [11, 13]),
        (0, [1]),
        (-1, [-2, 0]),
        (Fraction(1, 4), [Fraction(24, 100), Fraction(26, 100)]),
        (Fraction(9, 10), [Fraction(8, 10), 1]),
        (Months(36), [Months(35), Months(37)]),
        (dt.timedelta(days=30), [dt.timedelta(days=29), dt.timedelta(days=31)]),
        (dt.timedelta(), [dt.timedelta(days=1)]),
        (dt.date(2023, 1, 4), [dt.date(2023, 1, 3), dt.date(2023, 1, 5)]),
        (True, [False]),
        (("a", "b"), [("b",), ("a",)]),
        (("a",), []),
        ("text", []),
    ],
)
def test_the_values_beside_a_threshold(value: Value, near: list[Value]) -> None:
    assert neighbours(value) == near
