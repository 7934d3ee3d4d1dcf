"""Values as JSON has them and as people say them."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

from ..feel.compiling import Supplied
from ..feel.values import (
    NONE,
    UNKNOWN,
    Months,
    Span,
    Uncertain,
    Value,
    duration_text,
    number_text,
)

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def plain(value: Value) -> Any:
    """A value as JSON has it: a list of groups as how many there are, none as `none`.

    A number that a JSON reader would not get back exactly is given as its decimal text.
    """
    if value is UNKNOWN:
        return None
    if value is NONE:
        return "none"
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else str(value)
    if isinstance(value, Fraction):
        near = float(value)
        return near if Fraction(repr(near)) == value else number_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.timedelta | Months):
        return duration_text(value)
    if isinstance(value, list):
        if value and all(isinstance(item, dict | Supplied) for item in value):
            return f"{len(value)} listed"
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    return str(value)


def spoken(value: Value, unit: str | None = None) -> str:
    """A value as one says it: `yes`, `31 January 2026`, `1,250,000`, `12 months`."""
    if value is UNKNOWN:
        return "not known"
    if value is NONE:
        return "none"
    if isinstance(value, str):
        return value.replace("_", " ") if " " not in value else value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Fraction):
        return _number(value, unit)
    if isinstance(value, dt.date):
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    if isinstance(value, Months):
        return _several(value.count, "month")
    if isinstance(value, dt.timedelta):
        return _several(value.days, "day") if not value.seconds else duration_text(value)
    if isinstance(value, Span):
        return f"between {spoken(value.low, unit)} and {spoken(value.high, unit)}"
    if isinstance(value, Uncertain):
        certain = [spoken(item, unit) for item in value.certain]
        return joined(certain + [f"perhaps {spoken(item, unit)}" for item in value.possible])
    if isinstance(value, list):
        if value and all(isinstance(item, dict | Supplied) for item in value):
            return joined([str(item.get("name", item.get("text", "one more"))) for item in value])
        return joined([spoken(item, unit) for item in value]) or "none"
    return str(value)


def _number(value: int | Fraction, unit: str | None) -> str:
    if unit == "ratio":
        return f"{_digits(round_to(value * 100, 1))}%"
    text = _digits(value)
    if unit == "GBP":
        return f"GBP {text}"
    if unit not in _COUNTED:
        return text
    return f"{text} {_COUNTED[unit] if value == 1 else unit}"


_COUNTED = {
    "months": "month",
    "days": "day",
    "people": "person",
    "levels": "level",
    "FTE": "FTE",
}
"""The units that are said, each with what one of them is called."""


def round_to(value: int | Fraction, places: int) -> int | Fraction:
    """A number rounded half up to so many decimal places."""
    shift = 10**places
    size = Fraction(abs(value) * shift * 2 + 1, 2).__floor__()
    return Fraction(size if value >= 0 else -size, shift)


def _digits(value: int | Fraction) -> str:
    whole, point, digits = number_text(round_to(value, 6)).partition(".")
    sign, whole = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(whole):,}{point}{digits}"


def _several(count: int, noun: str) -> str:
    return f"{count} {noun}" if abs(count) == 1 else f"{count} {noun}s"


def joined(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`; with semicolons where a part holds a comma."""
    if len(parts) < 2:
        return parts[0] if parts else ""
    if any("," in part for part in parts):
        return "; ".join(parts[:-1]) + "; and " + parts[-1]
    return ", ".join(parts[:-1]) + " and " + parts[-1]
