"""The canonical source of an expression, and that it says the same tree."""

from __future__ import annotations

import pytest
from hypothesis import given

from accordance.feel.parsing import parse
from accordance.feel.printing import to_source
from accordance.feel.syntax import Node
from tests.feel.trees import trees


@given(trees())
def test_what_is_printed_is_read_as_the_same_tree(tree: Node) -> None:
    assert parse(to_source(tree)) == tree


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("a  and(b)", "a and b"),
        ("a or b and c", "a or (b and c)"),
        ("(a or b) and c", "(a or b) and c"),
        ("a and (b and c)", "a and b and c"),
        ("1 - (2 - 3)", "1 - (2 - 3)"),
        ("(1 - 2) - 3", "1 - 2 - 3"),
        ("-(5)", "-(5)"),
        ("- 5", "-5"),
        ("(a + b).c", "(a + b).c"),
        ('@"P12M" < date("2026-01-31") - d', 'duration("P1Y") < date("2026-01-31") - d'),
        ("date(2026, 1, 31)", 'date("2026-01-31")'),
        ("x in ]1..2[", "x in (1..2)"),
        ("x in (1)", "x in 1"),
        ("x in (< 5)", "x in < 5"),
        ("x in [1..(xs[1])]", "x in [1..(xs[1])]"),
        ("for i in [1..5] return i", "for i in 1..5 return i"),
        ("for i in (1..5] return i", "for i in (1..5] return i"),
        ("a and some x in xs satisfies x", "a and (some x in xs satisfies x)"),
        ("if a then b else if c then d else e", "if a then b else if c then d else e"),
        ("list   contains(a,b)", "list contains(a, b)"),
        ('"\\u00e9\\u0007\\"\\\\"', '"é\\u0007\\"\\\\"'),
        (".5 + 1.50", "0.5 + 1.5"),
    ],
)
def test_canonical_source(written: str, canonical: str) -> None:
    assert to_source(parse(written)) == canonical
