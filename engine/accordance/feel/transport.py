"""Syntax trees as JSON, for the strategy cache: compact, and read back without parsing.

A node is the list `[tag, start, end, field, ...]`. `from_json` trusts its input: it reads what
`to_json` wrote, and raises ValueError, TypeError, KeyError or IndexError for anything else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any, Final

from .syntax import (
    And,
    Arithmetic,
    Between,
    Call,
    Comparison,
    Filter,
    For,
    If,
    In,
    ListLiteral,
    Literal,
    Name,
    Negate,
    Node,
    Not,
    Null,
    Or,
    Path,
    Quantified,
    Range,
    UnaryTest,
)
from .values import Months


def to_json(node: Node) -> list[Any]:
    """The JSON form of a tree."""
    tag, fields = _WRITERS[type(node)]
    return [tag, node.start, node.end, *(_written(getattr(node, name)) for name in fields)]


def from_json(data: list[Any]) -> Node:
    """The tree of a JSON form."""
    return _READERS[data[0]](data)


_FIELDS: Final[tuple[tuple[str, type[Node], tuple[str, ...]], ...]] = (
    ("n", Name, ("name",)),
    (".", Path, ("base", "field")),
    ("v", Literal, ("value",)),
    ("c", Comparison, ("operator", "left", "right")),
    ("&", And, ("parts",)),
    ("|", Or, ("parts",)),
    ("!", Not, ("operand",)),
    ("in", In, ("value", "tests")),
    ("0", Null, ()),
    ("-", Negate, ("operand",)),
    ("+", Arithmetic, ("operator", "left", "right")),
    ("b", Between, ("value", "low", "high")),
    ("r", Range, ("low", "high", "low_open", "high_open")),
    ("u", UnaryTest, ("operator", "operand")),
    ("?", If, ("condition", "then", "otherwise")),
    ("for", For, ("iterators", "result")),
    ("q", Quantified, ("quantifier", "iterators", "condition")),
    ("l", ListLiteral, ("items",)),
    ("f", Filter, ("base", "condition")),
    ("()", Call, ("function", "arguments")),
)
_WRITERS: Final = {kind: (tag, fields) for tag, kind, fields in _FIELDS}


def _written(value: Any) -> Any:
    if isinstance(value, Node):
        return to_json(value)
    if isinstance(value, tuple):
        return [_written(part) for part in value]
    if isinstance(value, Fraction):
        return ["n", value.numerator, value.denominator]
    if isinstance(value, dt.date):
        return ["d", value.isoformat()]
    if isinstance(value, Months):
        return ["m", value.count]
    if isinstance(value, dt.timedelta):
        return ["t", value.days, value.seconds]
    return value


def _value(data: Any) -> Any:
    if type(data) is not list:
        return data
    kind = data[0]
    if kind == "n":
        return Fraction(data[1], data[2])
    if kind == "d":
        return dt.date.fromisoformat(data[1])
    if kind == "m":
        return Months(data[1])
    return dt.timedelta(data[1], data[2])


def _node(data: list[Any]) -> Node:
    return _READERS[data[0]](data)


def _all(data: list[list[Any]]) -> tuple[Node, ...]:
    return tuple([_READERS[one[0]](one) for one in data])


def _iterators(data: list[list[Any]]) -> tuple[tuple[str, Node], ...]:
    return tuple([(name, _node(items)) for name, items in data])


# One reader for each kind, written out: this is the inner loop of loading a strategy.
_READERS: Final[dict[str, Callable[[list[Any]], Node]]] = {
    "n": lambda d: Name(d[3], start=d[1], end=d[2]),
    ".": lambda d: Path(_node(d[3]), d[4], start=d[1], end=d[2]),
    "v": lambda d: Literal(_value(d[3]), start=d[1], end=d[2]),
    "c": lambda d: Comparison(d[3], _node(d[4]), _node(d[5]), start=d[1], end=d[2]),
    "&": lambda d: And(_all(d[3]), start=d[1], end=d[2]),
    "|": lambda d: Or(_all(d[3]), start=d[1], end=d[2]),
    "!": lambda d: Not(_node(d[3]), start=d[1], end=d[2]),
    "in": lambda d: In(_node(d[3]), _all(d[4]), start=d[1], end=d[2]),
    "0": lambda d: Null(start=d[1], end=d[2]),
    "-": lambda d: Negate(_node(d[3]), start=d[1], end=d[2]),
    "+": lambda d: Arithmetic(d[3], _node(d[4]), _node(d[5]), start=d[1], end=d[2]),
    "b": lambda d: Between(_node(d[3]), _node(d[4]), _node(d[5]), start=d[1], end=d[2]),
    "r": lambda d: Range(_node(d[3]), _node(d[4]), d[5], d[6], start=d[1], end=d[2]),
    "u": lambda d: UnaryTest(d[3], _node(d[4]), start=d[1], end=d[2]),
    "?": lambda d: If(_node(d[3]), _node(d[4]), _node(d[5]), start=d[1], end=d[2]),
    "for": lambda d: For(_iterators(d[3]), _node(d[4]), start=d[1], end=d[2]),
    "q": lambda d: Quantified(d[3], _iterators(d[4]), _node(d[5]), start=d[1], end=d[2]),
    "l": lambda d: ListLiteral(_all(d[3]), start=d[1], end=d[2]),
    "f": lambda d: Filter(_node(d[3]), _node(d[4]), start=d[1], end=d[2]),
    "()": lambda d: Call(d[3], _all(d[4]), start=d[1], end=d[2]),
}
