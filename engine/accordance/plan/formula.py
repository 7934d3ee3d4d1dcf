"""The and/or skeleton of a condition over its leaves.

A leaf is a part of a condition that is evaluated as a whole: a comparison, a quantifier, a boolean
fact. Everything above the leaves is `and`, `or`, `not` and references to boolean definitions, and
that is all an engine has to combine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from ..feel import logic
from ..feel.values import Value


@dataclass(frozen=True, slots=True)
class Leaf:
    """The leaf with this number in the plan."""

    index: int


@dataclass(frozen=True, slots=True)
class Defined:
    """A boolean definition by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Constant:
    """The literal true or false."""

    value: bool


@dataclass(frozen=True, slots=True)
class All:
    """`and`."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """`or`."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True, slots=True)
class Opposite:
    """`not`."""

    part: Formula


Atom: TypeAlias = Leaf | Defined
Formula: TypeAlias = Atom | Constant | All | Any | Opposite

TRUE = Constant(True)


def atoms(formula: Formula) -> Iterator[Atom]:
    """The leaves and definitions that a formula names, in order, repeats included."""
    if isinstance(formula, Leaf | Defined):
        yield formula
    elif isinstance(formula, All | Any):
        for part in formula.parts:
            yield from atoms(part)
    elif isinstance(formula, Opposite):
        yield from atoms(formula.part)


def state(formula: Formula, of: Callable[[Atom], Value]) -> Value:
    """Whether a formula is true, false or UNKNOWN, given the states of its atoms."""
    if isinstance(formula, Leaf | Defined):
        return of(formula)
    if isinstance(formula, Constant):
        return formula.value
    if isinstance(formula, Opposite):
        return logic.negation(state(formula.part, of))
    parts = (state(part, of) for part in formula.parts)
    return logic.conjunction(parts) if isinstance(formula, All) else logic.disjunction(parts)
