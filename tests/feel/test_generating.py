"""Values from generated source, in full: where it goes a way of its own, it says the same."""

from __future__ import annotations

from fractions import Fraction

import pytest

from accordance.feel.codes import Supplied, new_frame
from accordance.feel.compiling import Names, compile_expression
from accordance.feel.generating import Generator
from accordance.feel.parsing import parse
from accordance.feel.types import NUMBER, TEXT, ContextType, ListType
from accordance.feel.values import NONE, UNKNOWN, Uncertain, Value

RESULT = ContextType(fields={"rule": TEXT, "kind": TEXT, "missing": ListType(item=TEXT)})
NAMES = Names(
    facts=ContextType(fields={"a": NUMBER, "b": NUMBER, "owner": TEXT}),
    parameters={"third": Fraction(1, 3)},
    supplied={"results": ListType(item=RESULT)},
)


def value(expression: str, facts: dict[str, Value], results: list[Value]) -> Value:
    """The value of an expression, by closures and from source."""
    tree = parse(expression)
    generator = Generator(NAMES)
    written = generator.function(generator.write(generator.compile(tree, None)))
    closures = compile_expression(tree, NAMES).value
    by_closures, from_source = (
        evaluate(new_frame(facts, supplied={"results": results}))
        for evaluate in (closures, written)
    )
    assert type(by_closures) is type(from_source)
    assert by_closures == from_source
    return from_source


@pytest.mark.parametrize(
    ("expression", "a", "b", "expected"),
    [
        ("a - b >= 2", 5, 3, True),
        ("a - b >= 2", 5, 4, False),
        ("a - b > 2", 5, 3, False),
        ("a - b <= -2", 3, 5, True),
        ("a - b = 2", 5, 3, True),
        ("a - b != 2", 5, 3, False),
        ("a - b <= 0.1", Fraction(8, 10), Fraction(7, 10), True),
        ("a - b < 0.1", Fraction(8, 10), Fraction(7, 10), False),
        ("a - b = third", 1, Fraction(2, 3), True),
        ("a - b >= third", Fraction(1, 2), Fraction(1, 4), False),
        ("a - b >= 2", UNKNOWN, 3, UNKNOWN),
        ("a - b >= 2", 5, UNKNOWN, UNKNOWN),
        ("a - b = 2", NONE, 3, UNKNOWN),
        ("a - (b - 1) >= 2", 5, 4, True),
        # products and mixed numbers
        ("a <= b * third", 2, 6, True),
        ("a <= b * third", Fraction(21, 10), 6, False),
        ("a < b * 1.5", 3, 2, False),
        ("a = b * third", 2, 6, True),
        ("a > b", Fraction(5, 2), 2, True),
        ("a > b", 2, Fraction(5, 2), False),
    ],
)
def test_numbers(expression: str, a: Value, b: Value, expected: Value) -> None:
    facts = {name: given for name, given in (("a", a), ("b", b)) if given is not UNKNOWN}
    assert value(expression, facts, []) == expected


class Late(Supplied):
    """An item of which `missing` is found out when asked for."""

    def late(self, name: str) -> Value:
        return ["x"] if name == "missing" else UNKNOWN


GAP = Late({"rule": "R1", "kind": "gap"})
BREACH = Late({"rule": "R2", "kind": "breach"})
NEITHER = {"rule": "R3", "kind": NONE, "missing": []}
OPEN = Late({"rule": "R4", "kind": UNKNOWN})


@pytest.mark.parametrize(
    ("expression", "results", "expected"),
    [
        ('results[kind = "gap"]', [GAP, BREACH, NEITHER], [GAP]),
        ('results["gap" = kind]', [BREACH, GAP, GAP], [GAP, GAP]),
        ('results[kind = "other"]', [GAP, BREACH, NEITHER], []),
        ('results[kind = "gap"]', [], []),
        ('results[kind = "gap"]', [GAP, OPEN], Uncertain(((GAP, True), (OPEN, False)))),
        ("results[kind = owner]", [GAP, BREACH], [BREACH]),
        ('some r in results satisfies r.kind = "gap" and r.rule = "R2"', [GAP, BREACH], False),
        ('some r in results satisfies r.kind = "gap" and r.rule = "R1"', [BREACH, GAP], True),
        ('some r in results satisfies r.kind = "gap"', [BREACH, OPEN], UNKNOWN),
        (
            'some r in results satisfies r.kind = "gap" and list contains(r.missing, "x")',
            [NEITHER, GAP],
            True,
        ),
        ('every r in results satisfies r.kind = "gap"', [GAP, BREACH], False),
    ],
)
def test_lists_that_the_program_supplies(
    expression: str, results: list[Value], expected: Value
) -> None:
    assert value(expression, {"owner": "breach"}, results) == expected
