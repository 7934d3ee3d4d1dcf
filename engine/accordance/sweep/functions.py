"""The functions of the expression language in columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Final

import ibis

from ..feel import functions as feel
from ..feel import logic
from ..feel.patterns import rewritten
from . import exact, items, operators
from .carriers import (
    UNSAID,
    Carrier,
    Column,
    Date,
    Days,
    Known,
    Listed,
    LongTime,
    Number,
    Text,
    Truth,
    holds,
    is_none,
    is_unsaid,
    lifted,
    masked,
    opposite,
)
from .exact import Exact
from .items import Items, Unrolled
from .limits import NotRelational

ANY_BUT_LINE_FEED: Final = r"[^\n]"
TEXT_END: Final = r"\z"
"""For RE2 and Java; Java's `$` takes a line feed for the end too."""


def call(name: str, arguments: list[Carrier]) -> Carrier:
    """The value of a function for evaluated arguments."""
    function = feel.FUNCTIONS[name]
    if all(isinstance(argument, Known) for argument in arguments):
        return Known(feel.apply(function, [one.value for one in arguments]))  # type: ignore[union-attr]
    if function.variadic and len(arguments) != 1:
        arguments = [Listed(Unrolled.certain(arguments))]
    if not function.partial and any(is_unsaid(one) for one in arguments):
        return UNSAID
    return COMPUTE[name](*arguments)


def items_of(carrier: Carrier) -> Items | None:
    """The items of a list; anything else is a list of one. None where it is never known."""
    if is_unsaid(carrier):
        return None
    carrier = lifted(carrier)
    if isinstance(carrier, Listed):
        return carrier.items
    raise NotRelational("a single value where a list is meant")


def _over(compute: Callable[[Items], Carrier]) -> Callable[[Carrier], Carrier]:
    def over(carrier: Carrier) -> Carrier:
        found = items_of(carrier)
        return UNSAID if found is None else compute(found)

    return over


def _contains(carrier: Carrier, element: Carrier) -> Carrier:
    found = items_of(carrier)
    return UNSAID if found is None else found.contains(element)


def _distinct(found: Items) -> Carrier:
    return Listed(items.distinct(found))


# --- texts ------------------------------------------------------------------------------------


def _on_texts(compute: Callable[..., Carrier]) -> Callable[..., Carrier]:
    def apply(*arguments: Carrier) -> Carrier:
        texts = [lifted(argument) for argument in arguments]
        if not all(isinstance(text, Text) for text in texts):
            return UNSAID
        return compute(*(text.value for text in texts))  # type: ignore[union-attr]

    return apply


def _length(text: Column) -> Carrier:
    count = Exact(text.length().cast("int64"), 0, 2**31)
    return Number(count, count)


def _matches(text: Carrier, pattern: Carrier) -> Carrier:
    if not isinstance(pattern, Known) or not isinstance(pattern.value, str):
        raise NotRelational("a pattern that differs from record to record")
    try:
        form = rewritten(pattern.value, end=TEXT_END, any_character=ANY_BUT_LINE_FEED)
    except ValueError:
        return UNSAID
    text = lifted(text)
    return Truth(text.value.re_search(form)) if isinstance(text, Text) else UNSAID


# --- numbers ----------------------------------------------------------------------------------


def _absolute(carrier: Carrier) -> Carrier:
    carrier = lifted(carrier)
    if isinstance(carrier, Number):
        return _when_known(carrier, exact.absolute_value)
    if isinstance(carrier, LongTime):
        return LongTime(exact.absolute_value(carrier.count))
    if isinstance(carrier, Days):
        days = None if carrier.days is None else exact.absolute_value(carrier.days)
        return Days(exact.absolute_value(carrier.count), days)
    return UNSAID


def _when_known(number: Number, compute: Callable[[Exact], Exact]) -> Carrier:
    """A function of a number; unknown where only its bounds are known."""
    low = compute(number.low)
    found = Number(low, low)
    if number.is_exact:
        return found
    same = exact.compare("=", number.low, number.high)
    return masked(found, same) if not isinstance(same, bool) else found if same else UNSAID


def _rounded_by(compute: Callable[[Exact], Exact]) -> Callable[[Carrier], Carrier]:
    def apply(carrier: Carrier) -> Carrier:
        carrier = lifted(carrier)
        return _when_known(carrier, compute) if isinstance(carrier, Number) else UNSAID

    return apply


def _floor(number: Exact) -> Exact:
    if number.constant is not None:
        return exact.constant(number.constant.__floor__())
    return _whole(number, lambda column: column.floor())


def _ceiling(number: Exact) -> Exact:
    if number.constant is not None:
        return exact.constant(number.constant.__ceil__())
    return _whole(number, lambda column: column.ceil())


def _whole(number: Exact, step: Callable[[Column], Column]) -> Exact:
    if number.per is not None:
        raise NotRelational("a quotient rounded to a whole number")
    if not number.places:
        return number
    kind = exact.type_for(number.size + 1, 0)
    return Exact(step(number.number).cast(kind), 0, number.size + 1)


def _round_half_up(carrier: Carrier, *given: Carrier) -> Carrier:
    digits = given[0] if given else Known(0)
    if not isinstance(digits, Known) or type(digits.value) is not int:
        raise NotRelational("rounding to a number of digits that differs from record to record")
    places = digits.value
    if abs(places) > feel.ROUNDING_DIGITS:
        return UNSAID
    carrier = lifted(carrier)
    if not isinstance(carrier, Number):
        return UNSAID
    return _when_known(carrier, lambda number: _half_up(number, places))


def _half_up(number: Exact, places: int) -> Exact:
    """Half away from zero."""
    if number.per is not None:
        raise NotRelational("a quotient that is rounded")
    if places >= number.places:
        return number
    shift = exact.constant(logic.exact(Fraction(10) ** places))
    back = exact.constant(logic.exact(Fraction(10) ** -places))
    size = exact.add(
        exact.multiply(exact.absolute_value(number), shift), exact.constant(Fraction(1, 2))
    )
    whole = exact.multiply(_floor(size), back)
    column = whole.column
    signed = ibis.cases((number.column < 0, -column), else_=column).cast(column.type())
    return Exact(signed, whole.places, whole.size)


# --- dates ------------------------------------------------------------------------------------


def _date(first: Carrier, *rest: Carrier) -> Carrier:
    first = lifted(first)
    if rest:
        raise NotRelational("a date made of three numbers")
    if isinstance(first, Date):
        return Date(first.value)
    if isinstance(first, Text):
        return Date(date_in(first.value))
    return UNSAID


def date_in(text: Column) -> Column:
    """The date that a text states as YYYY-MM-DD, null where it states none."""
    day = text.try_cast("date")
    first = ibis.literal(dt.date(1, 1, 1), type="date")
    last = ibis.literal(dt.date(9999, 12, 31), type="date")
    return ibis.cases(((day.cast("string") == text) & (day >= first) & (day <= last), day))


def _duration(text: Carrier) -> Carrier:
    raise NotRelational("a duration made of a text that differs from record to record")


def _months_between(start: Carrier, end: Carrier) -> Carrier:
    one, other = lifted(start), lifted(end)
    if isinstance(one, Date) and isinstance(other, Date):
        return operators.months_between(one, other)
    return UNSAID


COMPUTE: Final[dict[str, Callable[..., Carrier]]] = {
    "count": _over(Items.count),
    "sum": _over(items.summed),
    "min": _over(lambda found: items.extreme(found, True)),
    "max": _over(lambda found: items.extreme(found, False)),
    "mean": _over(items.mean),
    "all": _over(lambda found: found.every_item(lambda item: Truth(holds(item)))),
    "any": _over(lambda found: found.any_item(lambda item: Truth(holds(item)))),
    "list contains": _contains,
    "distinct values": _over(_distinct),
    "string length": _on_texts(_length),
    "contains": _on_texts(lambda text, part: Truth(text.contains(part))),
    "starts with": _on_texts(lambda text, part: Truth(text.startswith(part))),
    "ends with": _on_texts(lambda text, part: Truth(text.endswith(part))),
    "matches": _matches,
    "upper case": _on_texts(lambda text: Text(text.upper())),
    "lower case": _on_texts(lambda text: Text(text.lower())),
    "abs": _absolute,
    "floor": _rounded_by(_floor),
    "ceiling": _rounded_by(_ceiling),
    "round half up": _round_half_up,
    "date": _date,
    "duration": _duration,
    "years and months duration": _months_between,
    "has value": lambda carrier: opposite(is_none(carrier)),
}

CASE_FUNCTIONS: Final = frozenset(("upper case", "lower case"))
"""Engines differ in these beyond ASCII."""
