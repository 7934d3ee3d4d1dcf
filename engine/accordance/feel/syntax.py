"""The syntax tree of an expression.

Nodes are frozen. `start` and `end` are offsets (in characters) into the text that was parsed; they
take no part in equality, so that two expressions written differently but meaning the same tree
compare equal.

INVARIANT: `And.parts` holds no And and `Or.parts` no Or (nested ones are flattened).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, ClassVar, dataclass_transform

from .values import Months, Number


def _offset(*, default: int, kw_only: bool) -> Any:
    return default


@dataclass_transform(frozen_default=True, field_specifiers=(_offset,))
class _NodeType(type):
    """Makes a frozen class of the fields that a node lists.

    A dataclass would do, but making twenty of them costs more than loading a whole strategy.
    """

    def __new__(mcs, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> _NodeType:
        fields = tuple(body.get("__annotations__", {})) if bases else ()
        defaults = {field: body.pop(field) for field in fields if field in body}
        body["__slots__"] = fields if bases else ("start", "end")
        body.pop("start", None)
        body.pop("end", None)
        body["FIELDS"] = fields
        body["DEFAULTS"] = defaults
        body["__match_args__"] = fields
        return super().__new__(mcs, name, bases, body)


_set = object.__setattr__


class Node(metaclass=_NodeType):
    """A part of an expression. `FIELDS` are the names of what stands in it, in source order."""

    FIELDS: ClassVar[tuple[str, ...]]
    DEFAULTS: ClassVar[dict[str, Any]]
    start: int = _offset(default=0, kw_only=True)
    end: int = _offset(default=0, kw_only=True)

    def __init__(self, *values: Any, start: int = 0, end: int = 0, **named: Any) -> None:
        fields = self.FIELDS
        if named or len(values) != len(fields):
            given = {**self.DEFAULTS, **dict(zip(fields, values, strict=False)), **named}
            if len(values) > len(fields) or given.keys() != set(fields):
                raise TypeError(f"{type(self).__name__} takes {', '.join(fields)}")
            values = tuple(given[field] for field in fields)
        for field, value in zip(fields, values, strict=True):
            _set(self, field, value)
        _set(self, "start", start)
        _set(self, "end", end)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a {type(self).__name__} cannot be changed")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, field) == getattr(other, field) for field in self.FIELDS)

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, field) for field in self.FIELDS)))

    def __repr__(self) -> str:
        values = ", ".join(f"{field}={getattr(self, field)!r}" for field in self.FIELDS)
        return f"{type(self).__name__}({values})"

    def __reduce__(self) -> Any:
        values = tuple(getattr(self, field) for field in self.FIELDS)
        return _again, (type(self), values, self.start, self.end)


def _again(kind: type[Node], values: tuple[Any, ...], start: int, end: int) -> Node:
    return kind(*values, start=start, end=end)


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


class Null(Node):
    """The word `null`: is it none?"""


class Name(Node):
    """A fact, definition, parameter or local variable; `item` inside a filter."""

    name: str


class Path(Node):
    """`base.field`; over a list, the field of every item."""

    base: Node
    field: str


class Negate(Node):
    """Unary minus."""

    operand: Node


class Arithmetic(Node):
    """`left operator right`, operator one of `+ - * /`."""

    operator: str
    left: Node
    right: Node


class Comparison(Node):
    """`left operator right`, operator one of `= != < <= > >=`."""

    operator: str
    left: Node
    right: Node


class Between(Node):
    """`value between low and high`, both ends included."""

    value: Node
    low: Node
    high: Node


class Range(Node):
    """`[low..high]`; an open end is excluded. As a value only in `for`, `some` and `every`."""

    low: Node
    high: Node
    low_open: bool = False
    high_open: bool = False


class UnaryTest(Node):
    """`operator operand` on the right side of `in`, operator one of `= != < <= > >=`."""

    operator: str
    operand: Node


class In(Node):
    """`value in (test, test)`: true when one test holds. A test is a Range, a UnaryTest, or an
    expression: a list means membership, anything else equality."""

    value: Node
    tests: tuple[Node, ...]


class And(Node):
    parts: tuple[Node, ...]


class Or(Node):
    parts: tuple[Node, ...]


class Not(Node):
    operand: Node


class If(Node):
    condition: Node
    then: Node
    otherwise: Node


class For(Node):
    """`for name in list, name in list return result`."""

    iterators: tuple[tuple[str, Node], ...]
    result: Node


class Quantified(Node):
    """`some|every name in list, name in list satisfies condition`."""

    quantifier: str
    iterators: tuple[tuple[str, Node], ...]
    condition: Node


class ListLiteral(Node):
    items: tuple[Node, ...]


class Filter(Node):
    """`base[condition]`; a number instead of a condition is a position, counted from 1."""

    base: Node
    condition: Node


class Call(Node):
    """`function(argument, argument)`; names may hold spaces (`list contains`)."""

    function: str
    arguments: tuple[Node, ...]


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below a node, in source order."""
    for field in node.FIELDS:
        value = getattr(node, field)
        if isinstance(value, Node):
            yield value
        elif type(value) is tuple:
            yield from _nodes(value)


def walk(node: Node) -> Iterator[Node]:
    """A node and all nodes below it."""
    stack = [node]
    while stack:
        here = stack.pop()
        yield here
        stack.extend(reversed(list(children(here))))


def _nodes(values: tuple[Any, ...]) -> Iterator[Node]:
    for value in values:
        if isinstance(value, Node):
            yield value
        elif type(value) is tuple:
            yield from _nodes(value)


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
