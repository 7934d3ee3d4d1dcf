"""The fact model: which facts a partnership file may state, and what each of them means."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..feel.syntax import Node
from ..feel.types import ContextType, Type
from ..feel.values import number, number_text
from .shapes import Group, List, Shape, Text, admits_none, may_be_none, shape_of

if TYPE_CHECKING:
    from .deriving import Deriver


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact. `path` is static (`parties.name`); `question` is what to ask for it.

    `values` are the words that a text may be; `derive` says in FEEL how it follows from others, and
    `derivation` is that expression's tree. Inside a list it sees the facts of its own item. What is
    `fixed` says what the partnership is; no action changes it.
    """

    path: str
    title: str
    question: str
    type: Type
    unit: str | None = None
    values: tuple[str, ...] | None = None
    may_be_none: bool = False
    needed_at: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    standard: str | None = None
    derive: str | None = None
    derivation: Node | None = None
    sensitivity: str | None = None
    fixed: bool = False


class FactModel:
    """The facts of a strategy. Make one with `model_reading.read_model` or `from_json`.

    `schema` is the JSON Schema that fact files are held to: the owner's, in which every text that
    may be none admits that word. `derivations` holds the tree of each `x-derive` by path.
    """

    def __init__(self, owner_schema: dict[str, Any], derivations: dict[str, Node]) -> None:
        self.owner_schema = owner_schema
        self.derivations = derivations

    @cached_property
    def root(self) -> Group:
        shape = shape_of(self.owner_schema)
        assert isinstance(shape, Group)
        return shape

    @cached_property
    def type(self) -> ContextType:
        """The type of all facts, for the type checker and the compiler."""
        return self.root.type

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Every fact and every list of groups by static path, in the order of the schema."""
        return {shape.path: self._fact(shape) for shape in shapes(self.root) if _is_fact(shape)}

    @cached_property
    def groups(self) -> dict[str, str]:
        """The title of every group of facts by static path."""
        return {
            shape.path: shape.schema.get("title", shape.path)
            for shape in shapes(self.root)
            if isinstance(shape, Group) and shape.path
        }

    @cached_property
    def lists(self) -> frozenset[str]:
        """The lists whose items are groups of facts, by static path."""
        return frozenset(
            shape.path
            for shape in shapes(self.root)
            if isinstance(shape, List) and isinstance(shape.item, Group)
        )

    @cached_property
    def sensitivities(self) -> dict[str, str]:
        """Why what stands at a path is exempt from publication, by static path; what lies below a
        group or list is as sensitive as that, unless it says otherwise."""
        found: dict[str, str] = {}
        for shape in shapes(self.root):
            said = shape.schema.get("x-sensitivity")
            if said is None and isinstance(shape, List):
                said = shape.schema["items"].get("x-sensitivity")
            own = said or found.get(shape.path.rpartition(".")[0])
            if own is not None:
                found[shape.path] = own
        return found

    @cached_property
    def schema(self) -> dict[str, Any]:
        schema = copy.deepcopy(self.owner_schema)
        _admit_none(schema, "", "")
        return schema

    def _fact(self, shape: Shape) -> Fact:
        schema = shape.schema
        words = shape.item if isinstance(shape, List) else shape
        return Fact(
            path=shape.path,
            title=schema.get("title", shape.path),
            question=schema.get("description", ""),
            type=shape.type,
            unit=schema.get("x-unit"),
            values=words.values if isinstance(words, Text) else None,
            may_be_none=admits_none(shape),
            needed_at=tuple(schema.get("x-needed-at", ())),
            themes=tuple(schema.get("x-themes", ())),
            standard=schema.get("x-standard"),
            derive=schema.get("x-derive"),
            derivation=self.derivations.get(shape.path),
            sensitivity=self.sensitivities.get(shape.path),
            fixed=schema.get("x-fixed") is True,
        )

    @cached_property
    def derivers(self) -> tuple[Deriver, ...]:
        """The derivations, compiled."""
        from .deriving import prepare

        return prepare(self)

    def to_json(self) -> dict[str, Any]:
        """The model as JSON values, syntax trees included."""
        from ..feel.transport import to_json

        fractions: list[list[Any]] = []
        return {
            "schema": _without_fractions(self.owner_schema, [], fractions),
            "fractions": fractions,
            "derivations": {path: to_json(node) for path, node in self.derivations.items()},
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> FactModel:
        """The model that `to_json` wrote. Takes `data` over and may change it."""
        from ..feel.transport import from_json

        schema = data["schema"]
        for steps, text in data["fractions"]:
            part = schema
            for step in steps[:-1]:
                part = part[step]
            part[steps[-1]] = number(text)
        trees = data["derivations"]
        return cls(schema, {path: from_json(tree) for path, tree in trees.items()})


def shapes(shape: Shape) -> Iterator[Shape]:
    """A shape and all shapes below it, in the order of the schema."""
    yield shape
    if isinstance(shape, Group):
        for member in shape.members.values():
            yield from shapes(member)
    elif isinstance(shape, List) and isinstance(shape.item, Group):
        for member in shape.item.members.values():
            yield from shapes(member)


def _is_fact(shape: Shape) -> bool:
    return not isinstance(shape, Group)


def _admit_none(schema: dict[str, Any], path: str, name: str) -> None:
    if schema["type"] == "object":
        prefix = f"{path}." if path else ""
        for member, part in schema["properties"].items():
            _admit_none(part, prefix + member, member)
    elif schema["type"] == "array":
        _admit_none(schema["items"], path, "")
    elif schema["type"] == "string" and may_be_none(name, path, schema):
        if "enum" in schema:
            schema["enum"] = [*schema["enum"], "none"]
        form = {key: schema[key] for key in ("pattern", "minLength", "maxLength") if key in schema}
        fits = form.get("minLength", 0) <= len("none") <= form.get("maxLength", len("none"))
        if "pattern" in form or not fits:
            for key in form:
                del schema[key]
            schema["anyOf"] = [form, {"const": "none"}]


def _without_fractions(value: Any, steps: list[str | int], found: list[list[Any]]) -> Any:
    if isinstance(value, Fraction):
        found.append([steps, number_text(value)])
        return None
    if isinstance(value, dict):
        return {
            name: _without_fractions(part, [*steps, name], found) for name, part in value.items()
        }
    if isinstance(value, list):
        return [
            _without_fractions(part, [*steps, index], found) for index, part in enumerate(value)
        ]
    return value
