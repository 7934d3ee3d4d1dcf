"""The small changes that can be made to an expression, one at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any, Final

from ...feel.logic import is_number
from ...feel.syntax import (
    And,
    Arithmetic,
    Between,
    Call,
    Comparison,
    Filter,
    If,
    In,
    Literal,
    Node,
    Not,
    Null,
    Or,
    Quantified,
    Range,
    UnaryTest,
)
from ...feel.values import Months, Value, number_text


class Kind(StrEnum):
    """What kind of change it is."""

    THRESHOLD = "threshold"
    BOUNDARY = "boundary"
    OPERATOR = "operator"
    CONNECTIVE = "connective"
    NEGATION = "negation"
    PART = "part"
    QUANTIFIER = "quantifier"
    CALCULATION = "calculation"
    REQUIREMENT = "requirement"
    STAGE = "stage"
    SEVERITY = "severity"
    GATE = "gate"
    GROUPING = "grouping"


@dataclass(frozen=True, slots=True)
class Variant:
    """An expression with one change: `before`, a part of it, became `after`, or was dropped
    (None). `node` is the whole expression as changed."""

    kind: Kind
    node: Node
    before: Node
    after: Node | None


_BOUNDARY: Final = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
_OPPOSITE: Final = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
_ARITHMETIC: Final = {"+": "-", "-": "+", "*": "/", "/": "*"}
_FUNCTIONS: Final = {
    "min": "max",
    "max": "min",
    "all": "any",
    "any": "all",
    "floor": "ceiling",
    "ceiling": "floor",
}
_CONNECTED: Final = (And, Or, Not, Comparison, Between, Quantified, If)
"""Conditions that are changed by a change of what they are made of; any other is negated."""
_TESTS: Final = (Comparison, Between, In)
"""A change of a number is shown with the comparison around it."""


def variants(node: Node) -> Iterator[Variant]:
    """Every change of a condition, or of an expression that is none, in the order of its text."""
    yield from _within(node, condition=False)


def condition_variants(node: Node) -> Iterator[Variant]:
    """Every change of an expression that is true or false."""
    yield from _within(node, condition=True)


def neighbours(value: Value) -> list[Value]:
    """The values next to a threshold: one unit less and more, a unit being 1, the last decimal
    place that is written, a day or a month. Of a list, the list without each of its items."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, list | tuple):
        items = list(value)
        if len(items) < 2:
            return []
        return [type(value)(items[:index] + items[index + 1 :]) for index in range(len(items))]
    if is_number(value):
        unit = _last_place(value)
        found = [_whole(value - unit), _whole(value + unit)]
        return [one for one in found if one >= 0 or value < 0]
    if isinstance(value, Months):
        return [Months(count) for count in (value.count - 1, value.count + 1) if count >= 0]
    day = dt.timedelta(days=1)
    if isinstance(value, dt.timedelta):
        return [one for one in (value - day, value + day) if one >= dt.timedelta()]
    if isinstance(value, dt.date):
        return [value - day, value + day]
    return []


def _last_place(value: int | Fraction) -> Fraction:
    """The worth of the last digit of a number as it is written."""
    decimals = number_text(value).partition(".")[2]
    return Fraction(1, 10 ** len(decimals))


def _whole(value: Fraction) -> int | Fraction:
    return value.numerator if value.denominator == 1 else value


def _within(node: Node, condition: bool) -> Iterator[Variant]:
    """The changes of a node itself, then those of its parts; `condition` says that it must be true
    or false."""
    for kind, after in _own(node, condition):
        yield Variant(kind, after, node, after)
    yield from _shortened(node)
    for part, asks, put in parts_of(node):
        for variant in _within(part, asks):
            whole = put(variant.node)
            if isinstance(node, _TESTS) and variant.after is not None:
                yield Variant(variant.kind, whole, node, whole)
            else:
                yield replace(variant, node=whole)


def _own(node: Node, condition: bool) -> Iterator[tuple[Kind, Node]]:
    """What a node itself can become."""
    if isinstance(node, Literal):
        for value in neighbours(node.value):
            kind = Kind.NEGATION if isinstance(value, bool) else Kind.THRESHOLD
            yield kind, with_fields(node, value=value)
    elif isinstance(node, Comparison):
        against_none = isinstance(node.left, Null) or isinstance(node.right, Null)
        if node.operator in _BOUNDARY and not against_none:
            yield Kind.BOUNDARY, with_fields(node, operator=_BOUNDARY[node.operator])
        yield Kind.OPERATOR, with_fields(node, operator=_OPPOSITE[node.operator])
    elif isinstance(node, UnaryTest):
        if node.operator in _BOUNDARY:
            yield Kind.BOUNDARY, with_fields(node, operator=_BOUNDARY[node.operator])
        yield Kind.OPERATOR, with_fields(node, operator=_OPPOSITE[node.operator])
    elif isinstance(node, Between):
        for low_open in (True, False):
            ends = Range(node.low, node.high, low_open, not low_open)
            yield Kind.BOUNDARY, In(node.value, (ends,), start=node.start, end=node.end)
    elif isinstance(node, Range):
        yield Kind.BOUNDARY, with_fields(node, low_open=not node.low_open)
        yield Kind.BOUNDARY, with_fields(node, high_open=not node.high_open)
    elif isinstance(node, And):
        yield Kind.CONNECTIVE, joined(Or, node)
    elif isinstance(node, Or):
        yield Kind.CONNECTIVE, joined(And, node)
    elif isinstance(node, Not):
        yield Kind.NEGATION, node.operand
    elif isinstance(node, Quantified):
        other = "every" if node.quantifier == "some" else "some"
        yield Kind.QUANTIFIER, with_fields(node, quantifier=other)
    elif isinstance(node, Arithmetic):
        yield Kind.CALCULATION, with_fields(node, operator=_ARITHMETIC[node.operator])
    elif isinstance(node, Call) and node.function in _FUNCTIONS:
        yield Kind.CALCULATION, with_fields(node, function=_FUNCTIONS[node.function])
    if condition and not isinstance(node, (*_CONNECTED, Literal)):
        yield Kind.NEGATION, Not(node, start=node.start, end=node.end)


def _shortened(node: Node) -> Iterator[Variant]:
    """A node without one of the parts that stand side by side in it."""
    if isinstance(node, And | Or):
        for index, part in enumerate(node.parts):
            rest = node.parts[:index] + node.parts[index + 1 :]
            whole = rest[0] if len(rest) == 1 else joined(type(node), with_fields(node, parts=rest))
            yield Variant(Kind.PART, whole, part, None)
    elif isinstance(node, In) and len(node.tests) > 1:
        for index in range(len(node.tests)):
            rest = node.tests[:index] + node.tests[index + 1 :]
            yield Variant(Kind.PART, with_fields(node, tests=rest), node.tests[index], None)


def joined(kind: type[And] | type[Or], node: Node) -> Node:
    """The parts of a connective under another one, flattened as they must be."""
    parts: list[Node] = []
    for part in node.parts:  # type: ignore[attr-defined]
        parts += part.parts if isinstance(part, kind) else (part,)
    return kind(tuple(parts), start=node.start, end=node.end)


Put = Callable[[Node], Node]


def parts_of(node: Node) -> Iterator[tuple[Node, bool, Put]]:
    """Each node directly below a node, whether it must be true or false, and what puts another
    in its place."""
    for field in node.FIELDS:
        value = getattr(node, field)
        if isinstance(value, Node):
            yield value, _asks(node, field), _putter(node, field)
        elif type(value) is tuple:
            for index, item in enumerate(value):
                if isinstance(item, Node):
                    yield item, isinstance(node, And | Or), _item_putter(node, field, index)
                elif type(item) is tuple:
                    yield item[1], False, _source_putter(node, field, index)


def _asks(node: Node, field: str) -> bool:
    """Must what stands in this field be true or false?"""
    if isinstance(node, Not):
        return True
    if isinstance(node, Filter):
        # A number as a condition is a position.
        return field == "condition" and not _is_position(node.condition)
    return isinstance(node, Quantified | If) and field == "condition"


def _is_position(node: Node) -> bool:
    return isinstance(node, Literal) and is_number(node.value)


def _putter(node: Node, field: str) -> Put:
    def put(new: Node) -> Node:
        changed: Node = with_fields(node, **{field: new})
        return changed

    return put


def _item_putter(node: Node, field: str, index: int) -> Put:
    def put(new: Node) -> Node:
        items = getattr(node, field)
        whole = with_fields(node, **{field: (*items[:index], new, *items[index + 1 :])})
        return joined(type(whole), whole) if isinstance(whole, And | Or) else whole

    return put


def _source_putter(node: Node, field: str, index: int) -> Put:
    """For the list that an iterator runs over."""

    def put(new: Node) -> Node:
        items = getattr(node, field)
        changed = items[index][0], new
        whole: Node = with_fields(node, **{field: (*items[:index], changed, *items[index + 1 :])})
        return whole

    return put


def with_fields(node: Node, **changed: Any) -> Any:
    """A node with some of its fields changed."""
    values = {field: getattr(node, field) for field in node.FIELDS} | changed
    return type(node)(**values, start=node.start, end=node.end)
