"""How a register writes dates and numbers, told by a form (`DD/MM/YYYY`) or an example
(`£1,234.56`)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from ...feel.values import Number
from ...source.scalars import Unclear, decimal

MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_TOKEN = re.compile(r"YYYY|YY|MMMM|MMM|MM|M|DD|D|hh|mm|ss|[A-Za-z]+|[^A-Za-z]+")
_PATTERNS: Final = {
    "YYYY": r"(?P<year>\d{4})",
    "MMMM": r"(?P<name>[A-Za-z]{3,9})",
    "MMM": r"(?P<name>[A-Za-z]{3,4})\.?",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{2})",
    "D": r"(?P<day>\d{1,2})",
    "hh": r"\d{1,2}",
    "mm": r"\d{2}",
    "ss": r"\d{2}",
}
_EXAMPLE = re.compile(r"([^\d]*)1([.,' \u00a0\u202f]?)234(?:([.,])56)?([^\d]*)")


class FormFault(ValueError):
    """A form or example that cannot be read; the message says why, `help` what to write."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.help = help


@dataclass(frozen=True, slots=True)
class DateForm:
    """One way to write a day."""

    text: str
    pattern: re.Pattern[str]

    def day(self, text: str) -> dt.date | None:
        """The day that a text names in this form, or None."""
        match = self.pattern.fullmatch(text)
        if not match:
            return None
        parts = match.groupdict()
        month = parts.get("month")
        number = int(month) if month else _month(parts["name"])
        try:
            return dt.date(int(parts["year"]), number, int(parts["day"]))
        except ValueError:
            return None


def date_form(text: str) -> DateForm:
    """The form that a text such as `DD/MM/YYYY` or `D MMM YYYY` describes. Raises FormFault."""
    pattern = ""
    seen = []
    for token in _TOKEN.findall(text):
        if token == "YY":
            raise FormFault("two digits of a year could mean two centuries", "write `YYYY`")
        if token in _PATTERNS:
            seen.append(token[0] if token[0] in "YMD" else token)
            pattern += _PATTERNS[token]
        elif token == "T" or not token.isalpha():
            pattern += re.escape(token)
        else:
            raise FormFault(f"`{token}` is no part of a date", "write it with YYYY, MM and DD")
    if sorted(part for part in seen if part in "YMD") != ["D", "M", "Y"]:
        raise FormFault("a form of dates needs a day, a month and a year", "as in `DD/MM/YYYY`")
    if len(set(seen)) < len(seen):
        raise FormFault("a part of the date stands there twice", "as in `DD/MM/YYYY hh:mm`")
    return DateForm(text, re.compile(pattern, re.ASCII))


def day_in(text: str, forms: Sequence[DateForm]) -> dt.date | None:
    """The day that a text names in one of the forms; YYYY-MM-DD is always one.

    Raises FormFault where two forms read two days.
    """
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            return None
    days = {form.day(text): form.text for form in forms}
    days.pop(None, None)
    if len(days) > 1:
        said = " or ".join(f"{day} ({form})" for day, form in days.items() if day)
        raise FormFault(f"`{text}` could be {said}", "keep one of the forms for this column")
    return next(iter(days), None)


def _month(name: str) -> int:
    """The number of a month; 0, which no date has, for a word that is none."""
    word = name.casefold()
    short = "sep" if word == "sept" else word
    for number, month in enumerate(MONTHS, 1):
        if month == word or month[:3] == short:
            return number
    return 0


@dataclass(frozen=True, slots=True)
class NumberForm:
    """One way to write numbers: what stands before and after, between thousands, and before the
    decimals. A number in percent is a share of 1."""

    before: str
    thousands: str
    point: str
    after: str

    def number(self, text: str) -> Number | None:
        """The number that a text states in this form, or None."""
        text = text.strip()
        negative = False
        if text.startswith("(") and text.endswith(")"):  # as accounts write it
            negative, text = True, text[1:-1]
        elif text[:1] in ("-", "\u2212"):
            negative, text = True, text[1:].lstrip()
        if self.before and text.startswith(self.before):
            text = text[len(self.before) :].lstrip()
        if not negative and text.startswith("-"):
            negative, text = True, text[1:]
        percent = self.after == "%"
        if self.after and text.endswith(self.after):
            text = text[: -len(self.after)].rstrip()
        elif percent:
            percent = False
        whole, point, rest = text.partition(self.point)
        if self.thousands and self.thousands in whole:
            first, *groups = whole.split(self.thousands)
            if not 1 <= len(first) <= 3 or any(len(group) != 3 for group in groups):
                return None
            whole = first + "".join(groups)
        if not (whole + rest).isdecimal() or not (whole + rest).isascii() or (point and not rest):
            return None
        whole = whole.lstrip("0") or "0"
        try:
            value = decimal(f"{whole}.{rest}" if rest else whole)
        except Unclear:
            return None
        if value is None:
            return None
        exact = Fraction(-value if negative else value) / (100 if percent else 1)
        return exact.numerator if exact.denominator == 1 else exact


def number_form(example: str) -> NumberForm:
    """The form in which an example writes 1234.56 (or 1234). Raises FormFault."""
    match = _EXAMPLE.fullmatch(example.strip())
    if not match:
        raise FormFault(
            f"`{example}` does not show how 1234.56 is written",
            "write it as the register would, as in `£1,234.56`",
        )
    before, thousands, point, after = match.groups()
    point = point or ("," if thousands == "." else ".")
    if point == thousands:
        raise FormFault(
            f"`{example}` parts thousands and decimals alike", "as in `1,234.56` or `1.234,56`"
        )
    return NumberForm(before.strip(), thousands, point, after.strip())
