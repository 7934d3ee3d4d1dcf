"""The syntax tree of an expression.

Nodes are frozen. `start` and `end` are offsets (in characters) into the text that was parsed; they
take no part in equality, so that two expressions written differently but meaning the same tree
compare equal.

INVARIANT: `And.parts` holds no And and `Or.parts` no Or (nested ones are flattened).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any

from .values import Months, Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A part of an expression."""

    start: int = field(default=0, compare=False, repr=False)
    end: int = field(default=0, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, string, boolean, date or duration written out."""

    value: Number | str | bool | dt.date | dt.timedelta | Months

    def __eq__(self, other: object) -> bool:
        # 1 and true are equal in Python, and are not here.
        return (
            isinstance(other, Literal)
            and isinstance(self.value, bool) == isinstance(other.value, bool)
            and self.value == other.value
        )

    def __hash__(self) -> int:
        return hash((type(self.value) is bool, self.value))


@dataclass(frozen=True, slots=True)
class Null(Node):
    """The word `null`: is it none?"""


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A fact, definition, parameter or local variable; `item` inside a filter."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`base.field`; over a list, the field of every item."""

    base: Node
    field: str


@dataclass(frozen=True, slots=True)
class Negate(Node):
    """Unary minus."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`left operator right`, operator one of `+ - * /`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`left operator right`, operator one of `= != < <= > >=`."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`value between low and high`, both ends included."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class Range(Node):
    """`[low..high]`; an open end is excluded. As a value only in `for`, `some` and `every`."""

    low: Node
    high: Node
    low_open: bool = False
    high_open: bool = False


@dataclass(frozen=True, slots=True)
class UnaryTest(Node):
    """`operator operand` on the right side of `in`, operator one of `= != < <= > >=`."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`value in (test, test)`: true when one test holds. A test is a Range, a UnaryTest, or an
    expression: a list means membership, anything else equality."""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class And(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    operand: Node


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for name in list, name in list return result`."""

    iterators: tuple[tuple[str, Node], ...]
    result: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some|every name in list, name in list satisfies condition`."""

    quantifier: str
    iterators: tuple[tuple[str, Node], ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`base[condition]`; a number instead of a condition is a position, counted from 1."""

    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`function(argument, argument)`; names may hold spaces (`list contains`)."""

    function: str
    arguments: tuple[Node, ...]


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below a node, in source order."""
    for part in fields(node):
        yield from _nodes(getattr(node, part.name))


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes below it."""
    stack = [node]
    while stack:
        here = stack.pop()
        yield here
        stack.extend(reversed(list(children(here))))


def _nodes(value: Any) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)


def fact_path(node: Node) -> str | None:
    """The dotted path where a node is a plain path (`exit_plan.exists`), else None."""
    names: list[str] = []
    while isinstance(node, Path):
        names.append(node.field)
        node = node.base
    if not isinstance(node, Name):
        return None
    names.append(node.name)
    return ".".join(reversed(names))
