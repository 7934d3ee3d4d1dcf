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
    kind = type(value)
    if kind is str or kind is bool:
        return value
    if value is UNKNOWN:
        return None
    if value is NONE:
        return "none"
    if kind is int:
        return value if abs(value) < 2**53 else str(value)
    if kind is Fraction:
        near = float(value)
        return (
            near if _has_few_digits(value) or Fraction(repr(near)) == value else number_text(value)
        )
    if kind is dt.date:
        day: dt.date = value
        return day.isoformat()
    if kind is list:
        return f"{len(value)} listed" if _are_groups(value) else [plain(item) for item in value]
    if kind is dt.timedelta or kind is Months:
        return duration_text(value)
    if kind is dict:
        return {name: plain(item) for name, item in value.items()}
    return str(value)


def _has_few_digits(value: Fraction) -> bool:
    """Has it at most 15 digits, which a floating point number always gives back?"""
    numerator, denominator = value.as_integer_ratio()
    millionths, rest = divmod(numerator * 10**6, denominator)
    return rest == 0 and abs(millionths) < 10**15


def spoken(value: Value, unit: str | None = None) -> str:
    """A value as one says it: `yes`, `31 January 2026`, `1,250,000`, `12 months`."""
    kind = type(value)
    if kind is str:
        text: str = value
        return text if " " in text else text.replace("_", " ")
    if value is UNKNOWN:
        return "not known"
    if value is NONE:
        return "none"
    if kind is bool:
        return "yes" if value else "no"
    if kind is int or kind is Fraction:
        return _number(value, unit)
    if kind is dt.date:
        return f"{value.day} {_MONTHS[value.month - 1]} {value.year}"
    if kind is Months:
        return _several(value.count, "month")
    if kind is dt.timedelta:
        return _several(value.days, "day") if not value.seconds else duration_text(value)
    if kind is Span:
        return f"between {spoken(value.low, unit)} and {spoken(value.high, unit)}"
    if kind is Uncertain:
        certain = [spoken(item, unit) for item in value.certain]
        return joined(certain + [f"perhaps {spoken(item, unit)}" for item in value.possible])
    if kind is list:
        if _are_groups(value):
            return joined([str(item.get("name", item.get("text", "one more"))) for item in value])
        return joined([spoken(item, unit) for item in value]) or "none"
    return str(value)


def _are_groups(items: list[Value]) -> bool:
    return bool(items) and all(isinstance(item, _GROUPS) for item in items)


_GROUPS = (dict, Supplied)


def _number(value: int | Fraction, unit: str | None) -> str:
    if unit == "ratio":
        return f"{_digits(value * 100, 1)}%"
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
    return Fraction(_scaled(value, places), 10**places)


def _scaled(value: int | Fraction, places: int) -> int:
    """A number rounded half up to so many decimal places, in units of the last of them."""
    numerator, denominator = value.as_integer_ratio()
    size: int = (2 * abs(numerator) * 10**places + denominator) // (2 * denominator)
    return size if numerator >= 0 else -size


def _digits(value: int | Fraction, places: int = 6) -> str:
    """A number in words and figures as one writes it, with at most so many decimal places."""
    if type(value) is int:
        return f"{value:,}"
    size = _scaled(value, places)
    whole, rest = divmod(abs(size), 10**places)
    digits = f"{rest:0{places}}".rstrip("0")
    return f"{'-' if size < 0 else ''}{whole:,}{'.' if digits else ''}{digits}"


def _several(count: int, noun: str) -> str:
    return f"{count} {noun}" if abs(count) == 1 else f"{count} {noun}s"


def joined(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`; with semicolons where a part holds a comma."""
    if len(parts) < 2:
        return parts[0] if parts else ""
    if any("," in part for part in parts):
        return "; ".join(parts[:-1]) + "; and " + parts[-1]
    return ", ".join(parts[:-1]) + " and " + parts[-1]
