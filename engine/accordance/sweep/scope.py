"""Values with their types, and the local variables of an expression."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from ..feel import syntax
from ..feel.types import ANY, ContextType, ListType, Type
from .carriers import Carrier


class Made(NamedTuple):
    """A value in columns, and the type that `feel.compiling` knows of it."""

    carrier: Carrier
    type: Type


@dataclass(frozen=True, slots=True)
class Local:
    """A local variable, or the item of a filter (then `name` is None), in a chain of scopes."""

    name: str | None
    carrier: Carrier
    type: Type
    outer: Local | None
    path: str | None = None
    """Where it stands among the facts, where that was asked for (see grounds.py)."""


def item_type(kind: Type) -> Type:
    return kind.item if isinstance(kind, ListType) else ANY


def local_named(node: syntax.Name, scope: Local | None) -> Local | None:
    """The local variable that a name stands for, or the item of which it is a field."""
    while scope is not None:
        if scope.name == node.name or (scope.name is None and node.name == "item"):
            return scope
        fields = scope.type.fields if isinstance(scope.type, ContextType) else {}
        if scope.name is None and node.name in fields:
            return scope
        scope = scope.outer
    return None
