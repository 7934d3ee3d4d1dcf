"""How a strategy tells where a partnership stands: the collaboration spectrum and its health.

Mappings in here are never changed after loading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..feel.syntax import Node
from ..problem import Place


@dataclass(frozen=True, slots=True)
class Criterion:
    """What must hold of one factor at one level; `means` says it in the owner's words."""

    factor: str
    text: str
    expression: Node
    means: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Level:
    """A level of the spectrum. It is reached where its criteria and those of all lower levels
    hold."""

    name: str
    title: str
    means: str | None
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True, slots=True)
class JustifiedRow:
    """The levels between which a target is justified where `when` holds (None: always)."""

    when: Node | None
    when_text: str | None
    lowest: str
    highest: str
    because: str
    place: Place


@dataclass(frozen=True, slots=True)
class Spectrum:
    """The levels from the loosest to the closest, and which of them a partnership may aim at: the
    first row of `justified` that holds says so."""

    levels: tuple[Level, ...]
    justified: tuple[JustifiedRow, ...]

    def position(self, name: str) -> int | None:
        """The place of a level, from 0; None for a word that is no level."""
        names = [level.name for level in self.levels]
        return names.index(name) if name in names else None


@dataclass(frozen=True, slots=True)
class HealthFactor:
    """A factor of the health of a partnership: what it asks, and the rules by which it is
    judged, as prefixes of themes and ids."""

    name: str
    title: str
    means: str | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Health:
    """The factors in the order of reports, what a rule weighs by its severity, and the families of
    forms within which partnerships are compared."""

    factors: tuple[HealthFactor, ...]
    weights: Mapping[str, int]
    families: Mapping[str, tuple[str, ...]]
