"""The values of the expression language.

| FEEL                      | Python                                            |
|---------------------------|---------------------------------------------------|
| number                    | int, or Fraction where it is not a whole number   |
| string                    | str                                               |
| boolean                   | bool                                              |
| date                      | datetime.date                                     |
| days and time duration    | datetime.timedelta                                |
| years and months duration | Months                                            |
| list                      | list; Uncertain where some items are only possible|
| context                   | dict (a fact that is not stated has no key)       |
| none (known not to be)    | NONE                                              |
| unknown                   | UNKNOWN                                           |

Numbers are exact: a decimal keeps its digits and a quotient is kept as a fraction, so that
`0.8 - 0.7 <= 0.1` is true and `a / b >= c` means `a >= c * b`.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, TypeAlias

Number: TypeAlias = int | Fraction
Value: TypeAlias = Any
"""Any of the values of the table above."""


class _Unknown:
    """Not stated, or not to be computed: neither yes nor no."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        # INVARIANT: unknown is never read as yes or no by accident.
        raise TypeError("unknown is neither true nor false")

    def __reduce__(self) -> str:
        # A copy is the same object: everything asks `is UNKNOWN`.
        return "UNKNOWN"


class _None:
    """Stated that there is none."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NONE"

    def __bool__(self) -> bool:
        raise TypeError("none is neither true nor false")

    def __reduce__(self) -> str:
        return "NONE"


UNKNOWN: Final = _Unknown()
NONE: Final = _None()


@dataclass(frozen=True, slots=True, order=True)
class Months:
    """A years and months duration, in months (negative when it runs back)."""

    count: int


@dataclass(frozen=True, slots=True)
class Span:
    """A number of which only the bounds are known: `low <= number <= high`, both possible."""

    low: Number
    high: Number


@dataclass(frozen=True, slots=True)
class Uncertain:
    """A list of which some items are only possible: (item, is it certain) in list order."""

    pairs: tuple[tuple[Value, bool], ...]

    @property
    def certain(self) -> list[Value]:
        return [item for item, sure in self.pairs if sure]

    @property
    def possible(self) -> list[Value]:
        return [item for item, sure in self.pairs if not sure]


def is_whole(value: Value) -> bool:
    """Is a value known, and if it is a list every item of it?"""
    if type(value) is list:
        return all(is_whole(item) for item in value)
    return value is not UNKNOWN and type(value) is not Uncertain


_DURATION = re.compile(
    r"(-?)P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,7})D)?(?:T(?=\d)(?:(\d{1,8})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?",
    re.ASCII,
)
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_NUMBER = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,4})?", re.ASCII)

INTEGER_DIGITS: Final = 18
FRACTION_DIGITS: Final = 6


def number(text: str | int | Decimal) -> Number:
    """The exact number that a decimal numeral states. Raises ValueError for anything else."""
    if isinstance(text, int):
        return text
    if isinstance(text, Decimal):
        if not text.is_finite():
            raise ValueError(f"`{text}` is not a number")
        fraction = Fraction(text)
    else:
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"`{text}` is not a number")
        fraction = Fraction(Decimal(text))
    return fraction.numerator if fraction.denominator == 1 else fraction


def too_many_digits(value: Number) -> bool:
    """Has it more than 18 digits before or 6 after the decimal point?"""
    if isinstance(value, int):
        return not -(10**INTEGER_DIGITS) < value < 10**INTEGER_DIGITS
    return abs(value) >= 10**INTEGER_DIGITS or (value * 10**FRACTION_DIGITS).denominator != 1


def date(text: str) -> dt.date:
    """The date that `YYYY-MM-DD` states. Raises ValueError when there is no such day."""
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(f"`{text}` is not a date; write it as YYYY-MM-DD")
    try:
        return dt.date(*(int(part) for part in match.groups()))
    except ValueError:
        raise ValueError(f"`{text}` is a date that does not exist") from None


def duration(text: str) -> dt.timedelta | Months:
    """The duration that ISO 8601 text states: years and months, or days and time, never both.

    Raises ValueError for anything else.
    """
    match = _DURATION.fullmatch(text)
    parts = match.groups()[1:] if match else ()
    if not match or all(part is None for part in parts):
        raise ValueError(f"`{text}` is not a duration; write P30D, P6M or P1Y6M")
    sign = -1 if match[1] else 1
    years, months, days, hours, minutes, seconds = (int(part or 0) for part in parts)
    has_months = parts[0] is not None or parts[1] is not None
    has_days = any(part is not None for part in parts[2:])
    if has_months and has_days:
        raise ValueError(f"`{text}` mixes months and days; write either months or days")
    if has_months:
        return Months(sign * (12 * years + months))
    try:
        return sign * dt.timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    except OverflowError:
        raise ValueError(f"`{text}` is longer than a duration can be") from None


def number_text(value: Number) -> str:
    """The canonical decimal text of a number; a quotient that does not end has 34 digits."""
    if isinstance(value, int):
        return str(value)
    return format(to_decimal(value), "f")


def to_decimal(value: Number) -> Decimal:
    """The decimal of a number: exact where it ends, else 34 significant digits as FEEL has them."""
    if isinstance(value, int):
        return Decimal(value)
    twos = fives = 0
    rest = value.denominator
    while rest % 2 == 0:
        rest //= 2
        twos += 1
    while rest % 5 == 0:
        rest //= 5
        fives += 1
    if rest == 1:
        places = max(twos, fives)
        scaled = value.numerator * 10**places // value.denominator
        sign, digits = (1, -scaled) if scaled < 0 else (0, scaled)
        return Decimal((sign, tuple(int(digit) for digit in str(digits)), -places))
    from decimal import Context

    context = Context(prec=34)
    return context.divide(Decimal(value.numerator), Decimal(value.denominator))


def duration_text(value: dt.timedelta | Months) -> str:
    """The canonical ISO 8601 text of a duration."""
    if isinstance(value, Months):
        sign = "-" if value.count < 0 else ""
        years, months = divmod(abs(value.count), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return f"{sign}P{text}"
    seconds = int(value.total_seconds())
    sign = "-" if seconds < 0 else ""
    days, seconds = divmod(abs(seconds), 86400)
    hours, seconds = divmod(seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    time = "".join(
        f"{count}{unit}" for count, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if count
    )
    if not days and not time:
        return "P0D"
    return f"{sign}P" + (f"{days}D" if days else "") + (f"T{time}" if time else "")
