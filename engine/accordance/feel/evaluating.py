"""One expression, evaluated: for tests, for trying things out, and for other programs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from .compiling import Names, compile_expression, new_frame
from .values import UNKNOWN, Span, Uncertain, Value, number, to_decimal


def evaluate(
    text: str, context: Mapping[str, Any] | None = None, today: dt.date | None = None
) -> Any:
    """The value of a FEEL expression over a context of names.

    `context` holds str, bool, int, Decimal, date, timedelta, Months, NONE, lists and dicts of
    these; None and a missing name are unknown. A float is read as the decimal it prints as.
    `today` is what `today()` says (unknown when not given).

    Returns true and false as bool, numbers as Decimal (exact; a quotient that does not end has 34
    digits), text as str, dates as date, durations as timedelta or Months, lists as list, and
    UNKNOWN or NONE. A number of which only the bounds are known, and a list of which some items are
    only possible, is UNKNOWN.

    Raises feel.parsing.FeelError when the text is no expression of the profile, and TypeError when
    the context holds something else.
    """
    from .parsing import parse

    code = compile_expression(parse(text), Names())
    facts = _taken(dict(context or {}))
    return _given(code.value(new_frame(facts, UNKNOWN if today is None else today)))


def _taken(value: Any) -> Value:
    if isinstance(value, Mapping):
        taken = {str(key): _taken(part) for key, part in value.items()}
        return {key: part for key, part in taken.items() if part is not UNKNOWN}
    if isinstance(value, list | tuple):
        return [_taken(part) for part in value]
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        return number(Decimal(repr(value)))
    if isinstance(value, Decimal | int):
        return number(value)
    if isinstance(value, dt.datetime):
        raise TypeError("a date has no time of day; give a date")
    return value


def _given(value: Value) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int | Fraction):
        return to_decimal(value)
    if isinstance(value, list):
        return [_given(part) for part in value]
    if isinstance(value, dict):
        return {key: _given(part) for key, part in value.items()}
    if isinstance(value, Span | Uncertain):
        return UNKNOWN
    return value
