"""The canonical form: JSON, readable, the same bytes for the same answer.

Members keep the order in which the answer documents them; numbers are written exactly, as decimal
text without an exponent; control characters are escaped, other characters stand as they are.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from json.encoder import encode_basestring
from typing import Any, Final

from . import Json
from .page import Page

_ESCAPED: Final = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def check(reports: Sequence[Json], page: Page) -> str:
    return write(reports[0] if len(reports) == 1 else list(reports))


def explanation(explanation: Json, page: Page) -> str:
    return write(explanation)


def cases(outcome: Json, page: Page) -> str:
    return write(outcome)


def backtest(outcome: Json, page: Page) -> str:
    return write(outcome)


def catalogue(catalogue: Json, page: Page) -> str:
    return write(catalogue)


def rules(rules: Sequence[Json], page: Page) -> str:
    return write(rules[0] if len(rules) == 1 else list(rules))


def write(value: Any) -> str:
    """The JSON text of a value, two spaces a level, ending with a line break.

    Takes what answers are made of: mappings, sequences, text, numbers (int, float, Fraction,
    Decimal), booleans, None and dates. Raises TypeError for anything else.
    """
    return _written(value, "\n") + "\n"


def line(value: Any) -> str:
    """The same text on one line, without spaces that carry nothing, ending with a line break."""
    return _written(value, None) + "\n"


def _written(value: Any, margin: str | None) -> str:
    """The text of a value; `margin` begins each of its lines, None puts all on one line."""
    if value is None:
        return "null"
    if value is True:
        return "true"
    if value is False:
        return "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, Mapping):
        if not value:
            return "{}"
        inner, colon = (None, ":") if margin is None else (margin + "  ", ": ")
        members = (f"{_text(key)}{colon}{_written(one, inner)}" for key, one in value.items())
        return "{" + _lines(members, inner) + (margin or "") + "}"
    if isinstance(value, Sequence):
        if not value:
            return "[]"
        inner = None if margin is None else margin + "  "
        return "[" + _lines((_written(one, inner) for one in value), inner) + (margin or "") + "]"
    if isinstance(value, dt.date):
        return _text(value.isoformat())
    return _number(value)


def _lines(members: Iterable[str], margin: str | None) -> str:
    return ",".join(members) if margin is None else margin + ("," + margin).join(members)


def _text(text: str) -> str:
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", encode_basestring(text))


def _number(value: Any) -> str:
    from decimal import Decimal

    from ..feel.values import number, number_text

    if isinstance(value, Fraction):
        return number_text(value)
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return number_text(number(value))
    raise TypeError(f"{type(value).__name__} has no JSON form")
