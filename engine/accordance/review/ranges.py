"""A figure of which only the bounds may be known."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..check.prose import plain, round_to
from ..feel.values import Number

PLACES = 3
"""Decimal places of a figure in an output."""


@dataclass(frozen=True, slots=True)
class Range:
    """A figure lies from `low` to `high`; where both are the same it is definite."""

    low: Number
    high: Number

    @property
    def definite(self) -> bool:
        return self.low == self.high

    def covers(self, other: Range) -> bool:
        """Does it hold all that the other holds?"""
        return self.low <= other.low and other.high <= self.high

    def to_json(self) -> dict[str, Any]:
        return {"low": figure(self.low), "high": figure(self.high), "definite": self.definite}


def figure(number: Number | None, places: int = PLACES) -> Any:
    """A number as an output has it, rounded half up; None where there is none."""
    return None if number is None else plain(round_to(number, places))


def share(part: int, whole: int) -> Fraction:
    """A part of a whole that is not nothing."""
    return Fraction(part, whole)
