"""A strategy as JSON values and back, without reading YAML or parsing expressions.

Only for the program's own cache: `decode` trusts that `encode` of the same program wrote what it
reads, and raises ValueError, TypeError, KeyError, IndexError or AttributeError for anything else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from fractions import Fraction
from typing import Any, Final

from ..facts.model import FactModel
from ..feel import transport
from ..feel.syntax import Node
from ..feel.types import ContextType, ListType, NumberType, TextType, Type
from ..feel.values import Months
from ..problem import Place
from .due import Due
from .model import (
    Acceptance,
    Action,
    Approval,
    Definition,
    Extended,
    Parameter,
    Requirement,
    Rule,
    SeverityStep,
    Strategy,
    SwitchedOff,
    Table,
    TableRow,
)
from .portfolio import Figure, PortfolioRule
from .standing import Criterion, Health, HealthFactor, JustifiedRow, Level, Spectrum
from .supplied import MANDATORY_TYPE, RESULT_TYPE

_CLASSES: Final[tuple[type[Any], ...]] = (
    Acceptance,
    Action,
    Approval,
    Definition,
    Due,
    Extended,
    Parameter,
    Requirement,
    Rule,
    SwitchedOff,
    Table,
    TableRow,
    Criterion,
    Health,
    HealthFactor,
    JustifiedRow,
    Level,
    Spectrum,
    Figure,
    PortfolioRule,
)

_INDEX: Final = {kind: index for index, kind in enumerate(_CLASSES)}
_APART: Final = ("model", "folder")
"""The fields of a strategy that are not encoded like the others."""


def encode(strategy: Strategy) -> dict[str, Any]:
    """The JSON form of a strategy. Places are kept relative to its folder, and to those of the
    strategies that it extends."""
    model = strategy.model
    writer = _Writer((strategy.folder, *(one.folder for one in strategy.extends)), model.type)
    return {
        "model": model.to_json(),
        "strategy": {
            one.name: writer.written(getattr(strategy, one.name))
            for one in fields(strategy)
            if one.name not in _APART
        },
    }


def decode(data: dict[str, Any], folder: str, *extended: str) -> Strategy:
    """The strategy of a JSON form, read from a folder of that name, and the names of the folders of
    the strategies that it extends."""
    model = FactModel.from_json(data["model"])
    reader = _Reader((folder, *extended), model.type)
    parts = {name: reader.read(value) for name, value in data["strategy"].items()}
    parts["extends"] = tuple(
        replace(one, folder=name) for one, name in zip(parts["extends"], extended, strict=True)
    )
    return Strategy(model=model, folder=folder, **parts)


class _Writer:
    def __init__(self, folders: tuple[str, ...], facts: ContextType) -> None:
        self._prefixes = tuple(f"{folder.rstrip('/')}/" for folder in folders)
        self._groups = {id(group): path for path, group in _groups(facts).items()}

    def written(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | str):
            return value
        if isinstance(value, Place):
            for index, prefix in enumerate(self._prefixes):
                if value.file.startswith(prefix):
                    name = value.file[len(prefix) :]
                    return ["@", name, value.line, value.column, *([index] if index else ())]
            return ["@", value.file, value.line, value.column]
        if isinstance(value, Node):
            return ["e", transport.to_json(value)]
        if isinstance(value, SeverityStep):
            return ["s", value.level, transport.to_json(value.expression), value.text]
        if isinstance(value, Type):
            return ["T", self._type(value)]
        if isinstance(value, list | tuple | frozenset):
            tag = "[" if isinstance(value, list) else "(" if isinstance(value, tuple) else "{"
            items = sorted(value) if tag == "{" else value
            return [tag, *(self.written(item) for item in items)]
        if isinstance(value, Mapping):
            return [":", *(part for item in value.items() for part in map(self.written, item))]
        if isinstance(value, Fraction):
            return ["n", value.numerator, value.denominator]
        if isinstance(value, dt.date):
            return ["d", value.isoformat()]
        if isinstance(value, dt.timedelta):
            return ["t", value.days, value.seconds]
        if isinstance(value, Months):
            return ["m", value.count]
        index = _INDEX[type(value)]
        return [index, *(self.written(getattr(value, one.name)) for one in fields(value))]

    def _type(self, type: Type) -> Any:
        if isinstance(type, ContextType):
            # A known group stands under its path, since it is large and there anyway.
            path = self._groups.get(id(type))
            if path is not None:
                return ["c", path]
            members = [(name, self._type(one)) for name, one in type.fields.items()]
            return ["g", *(part for member in members for part in member)]
        if isinstance(type, ListType):
            return ["l", self._type(type.item)]
        if isinstance(type, TextType):
            return ["x", *(type.values or ())]
        if isinstance(type, NumberType):
            bounds = [self.written(type.low), self.written(type.high)]
            return ["n", *bounds, type.whole, type.unit]
        return type.name


class _Reader:
    def __init__(self, folders: tuple[str, ...], facts: ContextType) -> None:
        self._prefixes = tuple(f"{folder.rstrip('/')}/" for folder in folders)
        self._groups = _groups(facts)
        self._files: dict[tuple[str, int], str] = {}
        self._readers: Final[dict[str, Callable[[list[Any]], Any]]] = {
            "@": self._place,
            "e": lambda data: transport.from_json(data[1]),
            "s": lambda data: SeverityStep(data[1], transport.from_json(data[2]), data[3]),
            "T": lambda data: self._type(data[1]),
            "[": self._parts,
            "(": lambda data: tuple(self._parts(data)),
            "{": lambda data: frozenset(self._parts(data)),
            ":": self._mapping,
            "n": lambda data: Fraction(data[1], data[2]),
            "d": lambda data: dt.date.fromisoformat(data[1]),
            "t": lambda data: dt.timedelta(data[1], data[2]),
            "m": lambda data: Months(data[1]),
        }

    def read(self, data: Any) -> Any:
        if type(data) is not list:
            return data
        tag = data[0]
        if type(tag) is int:
            return _CLASSES[tag](*self._parts(data))
        return self._readers[tag](data)

    def _parts(self, data: list[Any]) -> list[Any]:
        # Most parts are bare texts: asking here saves a call for each.
        parts = iter(data)
        next(parts)
        return [self.read(part) if type(part) is list else part for part in parts]

    def _place(self, data: list[Any]) -> Place:
        key = data[1], data[4] if len(data) > 4 else 0
        file = self._files.get(key)
        if file is None:
            file = self._files[key] = self._prefixes[key[1]] + key[0]
        return Place(file, data[2], data[3])

    def _mapping(self, data: list[Any]) -> dict[Any, Any]:
        parts = self._parts(data)
        return dict(zip(parts[::2], parts[1::2], strict=True))

    def _type(self, data: Any) -> Type:
        if type(data) is str:
            return Type(data)
        kind = data[0]
        if kind == "c":
            return self._groups[data[1]]
        if kind == "g":
            names, types = data[1::2], data[2::2]
            return ContextType(
                fields={name: self._type(one) for name, one in zip(names, types, strict=True)}
            )
        if kind == "l":
            return ListType(item=self._type(data[1]))
        if kind == "x":
            return TextType(values=tuple(data[1:]) or None)
        low, high, whole, unit = data[1:]
        return NumberType(low=self.read(low), high=self.read(high), whole=whole, unit=unit)


def _groups(facts: ContextType) -> dict[str, ContextType]:
    """Every group of facts by its path, and those that the program supplies by their names."""
    found = {"": facts, "=results": RESULT_TYPE, "=mandatory": MANDATORY_TYPE}
    stack: list[tuple[str, ContextType]] = [("", facts)]
    while stack:
        path, group = stack.pop()
        for name, type in group.fields.items():
            member = type.item if isinstance(type, ListType) else type
            if isinstance(member, ContextType):
                inner = f"{path}.{name}" if path else name
                found[inner] = member
                stack.append((inner, member))
    return found
