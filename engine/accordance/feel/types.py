"""The types of the expression language, as the type checker and the fact model use them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .values import Number


@dataclass(frozen=True, slots=True)
class Type:
    """A scalar type by its name: boolean, date, days duration, months duration, any, null."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class NumberType(Type):
    """A number; `low` and `high` are the fact model's bounds, for advice only."""

    name: str = "number"
    low: Number | None = None
    high: Number | None = None
    whole: bool = False
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class TextType(Type):
    """A text; `values` are the enum's, or None for free text."""

    name: str = "text"
    values: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ListType(Type):
    name: str = "list"
    item: Type = Type("any")

    def __str__(self) -> str:
        return f"list of {self.item}"


@dataclass(frozen=True, eq=False)
class ContextType(Type):
    """A group of named facts."""

    name: str = "context"
    fields: Mapping[str, Type] = None  # type: ignore[assignment]  # always given

    def __str__(self) -> str:
        return "group of facts"


BOOLEAN: Final = Type("boolean")
DATE: Final = Type("date")
DAYS: Final = Type("days duration")
MONTHS: Final = Type("months duration")
ANY: Final = Type("any")
NULL: Final = Type("null")
NUMBER: Final = NumberType()
TEXT: Final = TextType()


def is_scalar(kind: Type) -> bool:
    """Is a value of this type a single one: no list, no group?"""
    return isinstance(kind, NumberType | TextType) or kind in (BOOLEAN, DATE, DAYS, MONTHS)
