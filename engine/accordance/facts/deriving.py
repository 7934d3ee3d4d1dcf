"""Facts that follow from others: `x-derive` of the fact model, evaluated when a case is made.

A fact that is not stated takes the derived value where one can be computed; a stated one stays, and
a derived value that differs from it is a contradiction. Derivations may build on one another in any
order: they are repeated until nothing new is found, which ends since a known value never changes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ..feel.compiling import FACTS, Code, Frame, Names, compile_expression, new_frame
from ..feel.syntax import Name, Node, walk
from ..feel.types import ContextType, Type
from ..feel.values import FRACTION_DIGITS, NONE, Number, Value
from .case import Contradiction
from .shapes import Boolean, Date, Group, List, NumberShape, Shape, Text

if TYPE_CHECKING:
    from .model import FactModel

ROUNDED_PLACES: Final = 2
"""A stated number agrees when it is rounded to this many decimals, or to as many as it has."""


@dataclass(frozen=True, slots=True)
class Deriver:
    """One derivation, compiled. `lists` are the steps from list to list down to the group that the
    expression sees, `groups` the steps from there to the group that holds the fact."""

    path: str
    name: str
    lists: tuple[tuple[str, ...], ...]
    groups: tuple[str, ...]
    shape: Shape
    expression: str
    code: Code
    own_names: tuple[frozenset[str], ...]
    sees_outside: bool


def prepare(model: FactModel) -> tuple[Deriver, ...]:
    """The derivers of a model, in the order of its schema."""
    return tuple(_deriver(model, path, node) for path, node in model.derivations.items())


def scope_of(model: FactModel, path: str) -> ContextType:
    """What the derivation of a fact sees: all facts, and over them the facts of its own item."""
    fields: dict[str, Type] = dict(model.type.fields)
    shape: Shape = model.root
    for step in path.split(".")[:-1]:
        assert isinstance(shape, Group)
        shape = shape.members[step]
        if isinstance(shape, List):
            shape = shape.item
            assert isinstance(shape, Group)
            fields |= shape.type.fields
    return ContextType(fields=fields)


def _deriver(model: FactModel, path: str, node: Node) -> Deriver:
    lists: list[tuple[str, ...]] = []
    own_names: list[frozenset[str]] = []
    steps: list[str] = []
    shape: Shape = model.root
    *above, name = path.split(".")
    for step in above:
        assert isinstance(shape, Group)
        shape = shape.members[step]
        steps.append(step)
        if isinstance(shape, List):
            assert isinstance(shape.item, Group)
            shape = shape.item
            lists.append(tuple(steps))
            own_names.append(frozenset(shape.members))
            steps = []
    assert isinstance(shape, Group)
    innermost = own_names[-1] if own_names else frozenset()
    names = {part.name for part in walk(node) if isinstance(part, Name)}
    return Deriver(
        path=path,
        name=name,
        lists=tuple(lists),
        groups=tuple(steps),
        shape=shape.members[name],
        expression=shape.members[name].schema["x-derive"],
        code=compile_expression(node, Names(facts=scope_of(model, path))),
        own_names=tuple(own_names),
        sees_outside=bool(lists) and not names <= innermost,
    )


def derive(
    derivers: tuple[Deriver, ...], facts: dict[str, Value], paths: dict[int, str]
) -> tuple[dict[str, str], tuple[Contradiction, ...]]:
    """Fill in what follows from the facts, and find what contradicts it.

    Adds to `facts`. Returns the expression of each derived fact by concrete path, and the
    contradictions in the order of the model.
    """
    derived: dict[str, str] = {}
    frame = new_frame(facts, paths=paths)
    found_more = True
    while found_more:
        found_more = False
        for deriver in derivers:
            for scope, item, item_path in _scopes(deriver, facts):
                if _stated(deriver, item) is None:
                    value = _evaluate(deriver, frame, scope)
                    if value is not None:
                        _put(deriver, item, value)
                        derived[_concrete(deriver, item_path)] = deriver.expression
                        found_more = True
    contradictions = []
    for deriver in derivers:
        for scope, item, item_path in _scopes(deriver, facts):
            stated, path = _stated(deriver, item), _concrete(deriver, item_path)
            if stated is not None and path not in derived:
                value = _evaluate(deriver, frame, scope)
                if value is not None and not _agree(stated, value):
                    contradictions.append(Contradiction(path, stated, value))
    return derived, tuple(contradictions)


def _scopes(
    deriver: Deriver, facts: dict[str, Value]
) -> Iterator[tuple[dict[str, Value], dict[str, Value], str]]:
    """What each evaluation sees, the item (or all facts) that it is about, and the item's path."""
    here = [(facts, facts, "")]
    for steps, own_names in zip(deriver.lists, deriver.own_names, strict=True):
        below = []
        for scope, item, item_path in here:
            items: Any = item
            for step in steps:
                items = items.get(step) if items is not None else None
            if not items:
                continue
            list_path = ".".join((item_path, *steps) if item_path else steps)
            outside = {}
            if deriver.sees_outside:
                # A fact of the item that is not known must not be read from outside.
                outside = {name: fact for name, fact in scope.items() if name not in own_names}
            for position, entry in enumerate(items, 1):
                seen = outside | entry if outside else entry
                below.append((seen, entry, f"{list_path}[{position}]"))
        here = below
    yield from here


def _concrete(deriver: Deriver, item_path: str) -> str:
    steps = (*deriver.groups, deriver.name)
    return ".".join((item_path, *steps) if item_path else steps)


def _stated(deriver: Deriver, item: dict[str, Value]) -> Value:
    group: Any = item
    for step in deriver.groups:
        group = group.get(step)
        if group is None:
            return None
    return group.get(deriver.name)


def _put(deriver: Deriver, item: dict[str, Value], value: Value) -> None:
    for step in deriver.groups:
        item = item.setdefault(step, {})
    item[deriver.name] = value


def _evaluate(deriver: Deriver, frame: Frame, scope: dict[str, Value]) -> Value:
    """The value, or None where it is not known or no value of this fact."""
    frame[FACTS] = scope
    value = deriver.code.value(frame)
    return value if _fits(deriver.shape, value) else None


def _fits(shape: Shape, value: Value) -> bool:
    if isinstance(shape, Boolean):
        return isinstance(value, bool)
    if isinstance(shape, NumberShape):
        whole = isinstance(value, int) and not isinstance(value, bool)
        return whole or (isinstance(value, Fraction) and not shape.whole)
    if isinstance(shape, Text | Date) and value is NONE:
        return shape.may_be_none
    if isinstance(shape, Date):
        return isinstance(value, dt.date)
    if isinstance(shape, Text):
        return isinstance(value, str) and (shape.values is None or value in shape.values)
    return False


def _agree(stated: Value, derived: Value) -> bool:
    if isinstance(stated, Number) and isinstance(derived, Number):
        return _agree_rounded(Fraction(stated), Fraction(derived))
    return bool(stated == derived)


def _agree_rounded(stated: Fraction, derived: Fraction) -> bool:
    places = ROUNDED_PLACES
    while places < FRACTION_DIGITS and (stated * 10**places).denominator != 1:
        places += 1
    agree: bool = abs(stated - derived) * 2 * 10**places <= 1
    return agree
