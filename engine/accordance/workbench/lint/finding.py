"""One thing that lint says: the problem, the region of the file, and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass

from ...problem import Problem
from ..anatomy import Span


@dataclass(frozen=True, slots=True)
class Edit:
    """Text to put in the place of a region; an empty region inserts."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A way to mend something. A `safe` one changes nothing that the strategy says, or only what
    can be meant in no other way; the others are offered, and a person decides."""

    description: str
    edits: tuple[Edit, ...]
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem with the region of the file that it is about; `file` is the name within the
    folder, None where the problem lies outside of it."""

    problem: Problem
    file: str | None = None
    span: Span | None = None
    fix: Fix | None = None
