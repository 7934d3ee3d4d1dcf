"""What can be wrong with a YAML and a JSON file alike."""

from __future__ import annotations

import re

from ..problem import Code, Place, Problem
from .limits import MAX_DEPTH, MAX_VALUES
from .quoting import quoted

_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def too_deep(place: Place) -> Problem:
    return Problem(Code.TOO_DEEP, f"values are nested more than {MAX_DEPTH} deep", place)


def too_many_values(place: Place) -> Problem:
    return Problem(
        Code.TOO_MANY_VALUES,
        f"the file holds more than {MAX_VALUES:,} values",
        place,
        help="give one partnership a file; an alias counts as all the values it stands for",
    )


def stated_twice(name: str, first: Place, place: Place) -> Problem:
    return Problem(
        Code.DUPLICATE_KEY,
        f"{quoted(name)} is stated twice, first in line {first.line}",
        place,
        "keep one of them",
    )


def character_fault(text: str, place: Place) -> Problem | None:
    """The problem of a text that holds what is no text: control characters, half characters."""
    odd = _NO_TEXT.search(text)
    if not odd:
        return None
    return Problem(
        Code.SYNTAX,
        f"this text holds the character U+{ord(odd[0]):04X}, which is no text",
        place,
        "take it out",
    )
