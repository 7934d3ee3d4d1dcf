"""What each fact may be, and the fast walk that takes a file's values when all of them fit.

A shape takes a located value and gives the value that expressions see, or raises Unfit at the first
thing that does not fit. It says nothing about what is wrong: judging.py does, slowly and in full.
INVARIANT: `take` accepts exactly what jsonschema accepts with `FactModel.schema`, less what
judging.py refuses beyond the schema; tests hold the two to each other.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping as Mappings
from fractions import Fraction
from typing import Any, Final, TypeAlias

from ..feel.types import (
    BOOLEAN,
    DATE,
    ContextType,
    ListType,
    NumberType,
    TextType,
    Type,
)
from ..feel.values import NONE, Number, Value, too_many_digits
from ..source.tree import Located, Mapping, Scalar, Sequence

NEVER_NONE: Final = frozenset(("id", "title", "stage", "organisation"))
"""Facts that every partnership has, so that the word `none` cannot be their value."""

PLACEHOLDERS: Final = frozenset(
    (
        *("tbc", "tbd", "tba", "n/a", "unknown", "not known", "not yet known", "?", "??", "???"),
        *("to be confirmed", "to be decided", "to be determined", "to be announced"),
    )
)
NONE_WORDS: Final = frozenset(("none", "nil"))
_LONGEST_WORD: Final = max(map(len, PLACEHOLDERS))


class Unfit(Exception):
    """Something does not fit the fact model."""


class Reading:
    """What one walk collects beside the values: offsets of facts, and paths of list items."""

    __slots__ = ("offsets", "paths")

    def __init__(self) -> None:
        self.offsets: dict[str, int] = {}
        self.paths: dict[int, str] = {}


def stands_for_nothing(text: str) -> bool:
    """Is this text blank, a word for not knowing, or another spelling of `none`?"""
    if len(text) > _LONGEST_WORD:
        return not text.strip()
    word = text.strip().casefold()
    return not word or word in PLACEHOLDERS or word in NONE_WORDS


class Shape:
    """One fact of the model. `path` is static (`parties.name`); `schema` its part of the schema."""

    __slots__ = ("path", "schema")

    def __init__(self, path: str, schema: dict[str, Any]) -> None:
        self.path = path
        self.schema = schema

    def take(self, node: Located, path: str, reading: Reading) -> Value:
        """The value of a located value. Raises Unfit."""
        raise NotImplementedError

    @property
    def type(self) -> Type:
        """The type that expressions see."""
        raise NotImplementedError


class Text(Shape):
    """Free text, or one of a list of words."""

    __slots__ = ("longest", "may_be_none", "pattern", "shortest", "values")

    def __init__(self, path: str, schema: dict[str, Any], may_be_none: bool) -> None:
        super().__init__(path, schema)
        enum = schema.get("enum")
        self.values = tuple(enum) if enum is not None else None
        self.may_be_none = may_be_none
        self.shortest: int = schema.get("minLength", 1)
        self.longest: int | None = schema.get("maxLength")
        self.pattern = re.compile(schema["pattern"]) if "pattern" in schema else None

    def take(self, node: Located, path: str, reading: Reading) -> Value:
        if node.__class__ is not Scalar:
            raise Unfit
        value = node.value
        if value.__class__ is not str:
            raise Unfit
        if self.values is not None:
            if value in self.values:
                return value
            if value == "none" and self.may_be_none:
                return NONE
            raise Unfit
        if value == "none" and self.may_be_none:
            return NONE
        if (
            stands_for_nothing(value)
            or len(value) < self.shortest
            or (self.longest is not None and len(value) > self.longest)
            or (self.pattern is not None and not self.pattern.search(value))
        ):
            raise Unfit
        return value

    @property
    def type(self) -> Type:
        return TextType(values=self.values)


class Date(Shape):
    """A day, written YYYY-MM-DD."""

    __slots__ = ("may_be_none",)

    def __init__(self, path: str, schema: dict[str, Any], may_be_none: bool) -> None:
        super().__init__(path, schema)
        self.may_be_none = may_be_none

    def take(self, node: Located, path: str, reading: Reading) -> Value:
        if node.__class__ is not Scalar:
            raise Unfit
        value = node.value
        if value.__class__ is not str:
            raise Unfit
        # `fromisoformat` also reads weeks and days without dashes, which are no dates of ours.
        if len(value) == 10 and value[4] == "-" and value[7] == "-":
            try:
                return dt.date.fromisoformat(value)
            except ValueError:
                raise Unfit from None
        if value == "none" and self.may_be_none:
            return NONE
        raise Unfit

    @property
    def type(self) -> Type:
        return DATE


class NumberShape(Shape):
    """A number, or a whole number, within its bounds."""

    __slots__ = ("above", "below", "high", "low", "whole")

    def __init__(self, path: str, schema: dict[str, Any]) -> None:
        super().__init__(path, schema)
        self.whole = schema["type"] == "integer"
        self.low: Number | None = schema.get("minimum")
        self.high: Number | None = schema.get("maximum")
        self.above: Number | None = schema.get("exclusiveMinimum")
        self.below: Number | None = schema.get("exclusiveMaximum")

    def take(self, node: Located, path: str, reading: Reading) -> Value:
        if node.__class__ is not Scalar:
            raise Unfit
        value = node.value
        if (
            (value.__class__ is not int and (value.__class__ is not Fraction or self.whole))
            or (self.low is not None and value < self.low)
            or (self.high is not None and value > self.high)
            or (self.above is not None and value <= self.above)
            or (self.below is not None and value >= self.below)
            or too_many_digits(value)
        ):
            raise Unfit
        return value

    @property
    def type(self) -> Type:
        low = self.low if self.above is None else self.above
        high = self.high if self.below is None else self.below
        return NumberType(low=low, high=high, whole=self.whole, unit=self.schema.get("x-unit"))


class Boolean(Shape):
    """True or false."""

    __slots__ = ()

    def take(self, node: Located, path: str, reading: Reading) -> Value:
        if node.__class__ is not Scalar:
            raise Unfit
        value = node.value
        if value.__class__ is not bool:
            raise Unfit
        return value

    @property
    def type(self) -> Type:
        return BOOLEAN


class List(Shape):
    """A list; what is stated of it is complete."""

    __slots__ = ("fewest", "item", "most", "unique")

    def __init__(self, path: str, schema: dict[str, Any], item: Shape) -> None:
        super().__init__(path, schema)
        self.item = item
        self.unique: bool = schema.get("uniqueItems", False)
        self.fewest: int = schema.get("minItems", 0)
        self.most: int | None = schema.get("maxItems")

    def take(self, node: Located, path: str, reading: Reading) -> Value:
        if node.__class__ is not Sequence:
            raise Unfit
        taken = []
        item = self.item
        take = item.take
        if item.__class__ is Group:
            paths = reading.paths
            for position, entry in enumerate(node.items, 1):
                item_path = f"{path}[{position}]"
                value = take(entry, item_path, reading)
                paths[id(value)] = item_path
                reading.offsets[item_path] = entry.start
                taken.append(value)
        else:
            for position, entry in enumerate(node.items, 1):
                taken.append(take(entry, f"{path}[{position}]", reading))
        if (
            (self.unique and has_twins(taken))
            or len(taken) < self.fewest
            or (self.most is not None and len(taken) > self.most)
        ):
            raise Unfit
        return taken

    @property
    def type(self) -> Type:
        return ListType(item=self.item.type)


class Group(Shape):
    """Facts under one name. What is blank is unknown, and gets no key."""

    __slots__ = ("members", "required")

    def __init__(self, path: str, schema: dict[str, Any], members: dict[str, Shape]) -> None:
        super().__init__(path, schema)
        self.members = members
        self.required: tuple[str, ...] = tuple(schema.get("required", ()))

    def take(self, node: Located, path: str, reading: Reading) -> dict[str, Value]:
        if node.__class__ is not Mapping:
            raise Unfit
        taken: dict[str, Value] = {}
        members = self.members
        offsets = reading.offsets
        key_starts = node.key_starts
        prefix = f"{path}." if path else ""
        for name, entry in node.entries.items():
            member = members.get(name)
            if member is None:
                raise Unfit
            if entry.__class__ is Scalar and entry.value is None:
                continue
            here = prefix + name
            value = member.take(entry, here, reading)
            if member.__class__ is Group and not value:
                continue
            taken[name] = value
            offsets[here] = key_starts[name]
        for name in self.required:
            if name not in taken:
                raise Unfit
        return taken

    @property
    def type(self) -> ContextType:
        return ContextType(fields={name: member.type for name, member in self.members.items()})


AnyShape: TypeAlias = Text | Date | NumberShape | Boolean | List | Group


def admits_none(shape: Shape) -> bool:
    """May the word `none` be the value of this fact?"""
    return isinstance(shape, Text | Date) and shape.may_be_none


def has_twins(values: list[Value]) -> bool:
    """Does a list hold one value twice? (`true` and 1 are two values.)"""
    return len({_identity(value) for value in values}) < len(values)


def _identity(value: Any) -> Any:
    if isinstance(value, list):
        return ("list", *(_identity(item) for item in value))
    if isinstance(value, Mappings):
        return ("group", frozenset((name, _identity(item)) for name, item in value.items()))
    return (value.__class__ is bool, value)


def is_date(schema: Mappings[str, Any]) -> bool:
    """Does a schema ask for a date, or for a date or `none`?"""
    return schema.get("format") == "date" or any(
        choice.get("format") == "date" for choice in schema.get("anyOf", ())
    )


def may_be_none(name: str, path: str, schema: Mappings[str, Any]) -> bool:
    """May the word `none` be the value of this text or date fact?"""
    if is_date(schema):
        return any(choice.get("const") == "none" for choice in schema.get("anyOf", ()))
    if path in NEVER_NONE or not name:
        return False
    return "none" not in schema.get("enum", ())


def shape_of(schema: dict[str, Any], path: str = "", name: str = "") -> Shape:
    """The shape that a part of the schema describes; `name` is empty for the items of a list."""
    sort = schema["type"]
    if sort == "object":
        prefix = f"{path}." if path else ""
        return Group(
            path,
            schema,
            {
                member: shape_of(part, prefix + member, member)
                for member, part in schema["properties"].items()
            },
        )
    if sort == "array":
        return List(path, schema, shape_of(schema["items"], path))
    if sort == "boolean":
        return Boolean(path, schema)
    if sort in ("number", "integer"):
        return NumberShape(path, schema)
    if is_date(schema):
        return Date(path, schema, may_be_none(name, path, schema))
    return Text(path, schema, may_be_none(name, path, schema))
