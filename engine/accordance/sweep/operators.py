"""Arithmetic in columns: numbers, texts, dates and durations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Final

import ibis

from ..feel import logic
from . import exact
from .carriers import (
    DAY,
    UNSAID,
    Carrier,
    Column,
    Date,
    Days,
    Known,
    LongTime,
    Number,
    Text,
    Truth,
    all_of,
    chosen,
    holds,
    is_unsaid,
    lifted,
    masked,
    microseconds,
    or_unknown,
)
from .exact import Exact
from .limits import NotRelational

FIRST_DAY: Final = dt.date(1, 1, 1)
LAST_DAY: Final = dt.date(9999, 12, 31)
MOST_DAYS: Final = (LAST_DAY - FIRST_DAY).days
LONGEST_DURATION: Final = microseconds(dt.timedelta.max)
SHORTEST_DURATION: Final = microseconds(dt.timedelta.min)
MOST_MONTHS: Final = 12 * 9999


def calculate(sign: str, left: Carrier, right: Carrier) -> Carrier:
    """`left sign right` for `+ - * /`."""
    if isinstance(left, Known) and isinstance(right, Known):
        return Known(logic.ARITHMETIC[sign](left.value, right.value))
    if is_unsaid(left) or is_unsaid(right):
        return UNSAID
    left, right = lifted(left), lifted(right)
    compute = OPERATIONS.get((type(left), sign, type(right)))
    return UNSAID if compute is None else compute(left, right)


def negative(operand: Carrier) -> Carrier:
    """`-operand`."""
    if isinstance(operand, Known):
        return Known(logic.negative(operand.value))
    if isinstance(operand, Number):
        low = exact.negative(operand.high)
        return Number(low, low if operand.is_exact else exact.negative(operand.low))
    if isinstance(operand, LongTime):
        return LongTime(exact.negative(operand.count))
    if isinstance(operand, Days):
        days = None if operand.days is None else exact.negative(operand.days)
        return Days(exact.negative(operand.count), days)
    return UNSAID


# --- numbers ----------------------------------------------------------------------------------


def _bounds(low: Exact, high: Exact | None = None) -> Number:
    return Number(low, low if high is None else high)


def _add(left: Number, right: Number) -> Carrier:
    low = exact.add(left.low, right.low)
    if left.is_exact and right.is_exact:
        return _bounds(low)
    return _bounds(low, exact.add(left.high, right.high))


def _subtract(left: Number, right: Number) -> Carrier:
    negated = negative(right)
    assert isinstance(negated, Number)
    return _add(left, negated)


def _multiply(left: Number, right: Number) -> Carrier:
    if left.is_exact and right.is_exact:
        return _bounds(exact.multiply(left.low, right.low))
    if left.is_exact:
        left, right = right, left
    found = _scaled(left, right.low)
    if right.is_exact:
        return found
    # Of two numbers with bounds one must turn out to be known.
    other = _scaled(right, left.low)
    return _known_where(_is_one(right), found, _known_where(_is_one(left), other))


def _scaled(number: Number, by: Exact) -> Number:
    return _in_order(exact.multiply(number.low, by), exact.multiply(number.high, by))


def _divide(left: Number, right: Number) -> Carrier:
    low = exact.divide(left.low, right.low)
    if low is None:
        return UNSAID
    if left.is_exact:
        found: Carrier = _bounds(low)
    else:
        high = exact.divide(left.high, right.low)
        assert high is not None
        found = _in_order(low, high)
    return found if right.is_exact else _known_where(_is_one(right), found)


def _is_one(number: Number) -> Carrier:
    """Do the bounds of a number meet?"""
    same = exact.compare("=", number.low, number.high)
    return Known(same) if isinstance(same, bool) else Truth(or_unknown(same))


def _known_where(condition: Carrier, found: Carrier, otherwise: Carrier = UNSAID) -> Carrier:
    if is_unsaid(otherwise):
        return masked(found, holds(condition))
    return chosen(Truth(holds(condition).fill_null(False)), found, otherwise)


def _in_order(one: Exact, other: Exact) -> Number:
    """A number between two ends given in any order."""
    swapped = exact.compare(">", one, other)
    if isinstance(swapped, bool):
        return _bounds(other, one) if swapped else _bounds(one, other)
    numbers, divisors, form = exact.same_form([one, other])

    def pick(first: int) -> Exact:
        a, b = first, 1 - first
        top = swapped.ifelse(numbers[a], numbers[b])
        below = None if divisors is None else swapped.ifelse(divisors[a], divisors[b])
        return exact.in_form(form, top, below)

    return Number(pick(1), pick(0))


# --- texts and dates --------------------------------------------------------------------------


def _join(left: Text, right: Text) -> Carrier:
    return Text(left.value + right.value)


def _between(left: Date, right: Date) -> Carrier:
    days = Exact(left.value.delta(right.value, unit="day").cast("int64"), 0, MOST_DAYS)
    return _of_days(days)


def _of_days(days: Exact) -> Days:
    return Days(exact.multiply(days, exact.constant(DAY)), days)


def _days_later(day: Date, by: Days) -> Carrier:
    """Whole days only; unknown beyond the years 1 to 9999."""
    if by.days is not None:
        return _moved(day, by.days)
    if by.count.constant is not None:
        return UNSAID
    raise NotRelational("a date moved by a duration that may hold hours")


def _moved(day: Date, days: Exact) -> Carrier:
    near = all_of(
        [
            _truth(exact.compare("<=", days, exact.constant(MOST_DAYS))),
            _truth(exact.compare(">=", days, exact.constant(-MOST_DAYS))),
        ]
    )
    # Within these bounds the sum cannot overflow.
    by = ibis.cases((holds(near), days.column)).cast("int64")
    reached = _day_number(day.value) + by
    inside = reached.between(_number_of(FIRST_DAY), _number_of(LAST_DAY))
    safe = ibis.cases((inside, reached)).cast("int32")
    epoch = ibis.literal(dt.date(1970, 1, 1), type="date")
    return Date((epoch + safe.as_interval("D")).cast("date"))


def _truth(given: Column | bool) -> Carrier:
    return Known(given) if isinstance(given, bool) else Truth(given)


def _day_number(day: Column) -> Column:
    return day.delta(ibis.literal(dt.date(1970, 1, 1), type="date"), unit="day").cast("int64")


def _number_of(day: dt.date) -> int:
    return (day - dt.date(1970, 1, 1)).days


def _months_later(day: Date, by: LongTime) -> Carrier:
    """The 31st plus a month is the last day of that month."""
    count = by.count
    near = all_of(
        [
            _truth(exact.compare("<=", count, exact.constant(MOST_MONTHS))),
            _truth(exact.compare(">=", count, exact.constant(-MOST_MONTHS))),
        ]
    )
    months = ibis.cases((holds(near), count.column)).cast("int64")
    value = day.value
    reached = value.year().cast("int64") * 12 + value.month().cast("int64") - 1 + months
    inside = reached.between(12, 12 * 9999 + 11)
    safe = ibis.cases((inside, months)).cast("int32")
    return Date((value + safe.as_interval("M")).cast("date"))


# --- durations --------------------------------------------------------------------------------


def _days(count: Exact, days: Exact | None = None) -> Carrier:
    """A duration in microseconds; unknown where it is longer than one can be."""
    if count.size <= LONGEST_DURATION:
        return Days(count, days)
    inside = all_of(
        [
            _truth(exact.compare("<=", count, exact.constant(LONGEST_DURATION))),
            _truth(exact.compare(">=", count, exact.constant(SHORTEST_DURATION))),
        ]
    )
    return masked(Days(count, days), holds(inside))


def _truncated(count: Exact) -> Exact:
    """The whole part of a number, the rest cut off."""
    if count.per is not None:
        raise NotRelational("a duration multiplied or divided by a quotient")
    if not count.places:
        return count
    column = count.column
    kind = exact.type_for(count.size, 0)
    whole = ibis.cases((column >= 0, column.floor()), (column < 0, column.ceil()))
    return Exact(whole.cast(kind), 0, count.size)


def _times(duration: Days | LongTime, by: Number) -> Carrier:
    count = _truncated(exact.multiply(duration.count, by.low))
    if isinstance(duration, LongTime):
        found: Carrier = LongTime(count)
    else:
        whole = duration.days is not None and not by.low.places and by.low.per is None
        found = _days(count, exact.multiply(duration.days, by.low) if whole else None)  # type: ignore[arg-type]
    return found if by.is_exact else masked(found, holds(_is_one(by)))


def _parted(duration: Days | LongTime, by: Number) -> Carrier:
    if by.low.constant is None or not by.is_exact:
        raise NotRelational("a duration divided by a number that differs from record to record")
    if not by.low.constant:
        return UNSAID
    part = exact.constant(logic.exact(Fraction(1) / by.low.constant))
    return _times(duration, Number(part, part))


def _ratio(left: Days | LongTime, right: Days | LongTime) -> Carrier:
    quotient = exact.divide(left.count, right.count)
    return UNSAID if quotient is None else Number(quotient, quotient)


def _add_days(left: Days, right: Days) -> Carrier:
    whole = left.days is not None and right.days is not None
    days = exact.add(left.days, right.days) if whole else None  # type: ignore[arg-type]
    return _days(exact.add(left.count, right.count), days)


def _add_months(left: LongTime, right: LongTime) -> Carrier:
    return LongTime(exact.add(left.count, right.count))


def _with_opposite(compute: Callable[..., Carrier]) -> Callable[..., Carrier]:
    return lambda left, right: compute(left, negative(right))


def _swapped(compute: Callable[..., Carrier]) -> Callable[..., Carrier]:
    return lambda left, right: compute(right, left)


OPERATIONS: Final[dict[tuple[type, str, type], Callable[..., Carrier]]] = {
    (Number, "+", Number): _add,
    (Number, "-", Number): _subtract,
    (Number, "*", Number): _multiply,
    (Number, "/", Number): _divide,
    (Text, "+", Text): _join,
    (Date, "-", Date): _between,
    (Date, "+", Days): _days_later,
    (Days, "+", Date): _swapped(_days_later),
    (Date, "-", Days): _with_opposite(_days_later),
    (Date, "+", LongTime): _months_later,
    (LongTime, "+", Date): _swapped(_months_later),
    (Date, "-", LongTime): _with_opposite(_months_later),
    (Days, "+", Days): _add_days,
    (Days, "-", Days): _with_opposite(_add_days),
    (LongTime, "+", LongTime): _add_months,
    (LongTime, "-", LongTime): _with_opposite(_add_months),
    (Days, "*", Number): _times,
    (Number, "*", Days): _swapped(_times),
    (LongTime, "*", Number): _times,
    (Number, "*", LongTime): _swapped(_times),
    (Days, "/", Number): _parted,
    (LongTime, "/", Number): _parted,
    (Days, "/", Days): _ratio,
    (LongTime, "/", LongTime): _ratio,
}


def months_between(start: Date, end: Date) -> Carrier:
    """Whole months from one date to another, the rest cut off."""
    one, other = start.value, end.value

    def months(first: Column, last: Column) -> Column:
        years = last.year().cast("int64") - first.year().cast("int64")
        count = years * 12 + last.month().cast("int64") - first.month().cast("int64")
        return count - (last.day() < first.day()).cast("int64")

    forward, backward = months(one, other), -months(other, one)
    count = ibis.cases((other >= one, forward), (other < one, backward)).cast("int64")
    return LongTime(Exact(count, 0, MOST_MONTHS))
