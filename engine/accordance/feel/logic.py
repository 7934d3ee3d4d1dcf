"""What the operators mean: equality, order, arithmetic and the three-valued connectives.

Every function is total over the values of `values.py`; what cannot be said is UNKNOWN. The tables
in docs/logic.md are made from these functions and are the norm for every engine.

INVARIANT (the law): each function is monotone. Where an argument is UNKNOWN, a Span or an
Uncertain list and the result is definite, the result stays the same whatever the argument turns out
to be.
"""

from __future__ import annotations

import datetime as dt
import operator
from calendar import monthrange
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Any, Final

from .values import NONE, UNKNOWN, Months, Number, Span, Uncertain, Value


def is_number(value: Value) -> bool:
    """Is it a known number (true and false are none)?"""
    kind = type(value)
    return kind is int or kind is Fraction


NUMBERS: Final = frozenset((int, Fraction))
"""The types of known numbers."""


def quotient(numerator: int, denominator: int) -> Number:
    """A quotient of whole numbers, in the one form that numbers have."""
    whole, rest = divmod(numerator, denominator)
    return Fraction(numerator, denominator) if rest else whole


def kind_of(value: Value) -> str:
    """The kind of a known value, for messages and for telling kinds apart."""
    return _KINDS.get(type(value), "value")


_KINDS: dict[type, str] = {
    int: "number",
    Fraction: "number",
    Span: "number",
    str: "text",
    bool: "boolean",
    dt.date: "date",
    dt.timedelta: "days duration",
    Months: "months duration",
    list: "list",
    Uncertain: "list",
    dict: "group of facts",
}


def conjunction(values: Iterable[Value]) -> Value:
    """Strong Kleene `and`: false when one is false, true when all are true, else unknown."""
    result: Value = True
    for value in values:
        if value is False:
            return False
        if value is not True:
            result = UNKNOWN
    return result


def disjunction(values: Iterable[Value]) -> Value:
    """Strong Kleene `or`: true when one is true, false when all are false, else unknown."""
    result: Value = False
    for value in values:
        if value is True:
            return True
        if value is not False:
            result = UNKNOWN
    return result


def negation(value: Value) -> Value:
    """Strong Kleene `not`."""
    if value is True:
        return False
    if value is False:
        return True
    return UNKNOWN


def equal(left: Value, right: Value) -> Value:
    """`left = right`: unknown while either is; none equals only none; two kinds are unknown."""
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    kind = type(left)
    if kind is type(right) and kind in _PLAIN:
        return left == right
    if left is NONE or right is NONE:
        return left is right
    if is_number(left) and is_number(right):
        return left == right
    if kind is Span or type(right) is Span:
        first, second = _bounds(left), _bounds(right)
        if first is None or second is None:
            return UNKNOWN
        return False if first[1] < second[0] or second[1] < first[0] else UNKNOWN
    if kind is list and type(right) is list:
        if len(left) != len(right):
            return False
        return conjunction(equal(one, other) for one, other in zip(left, right, strict=True))
    return UNKNOWN


_PLAIN: Final = frozenset((str, int, bool, dt.date, Fraction, dt.timedelta, Months))
ORDERED: Final = frozenset((str, int, dt.date, Fraction, dt.timedelta, Months))
"""The types whose values have an order; two of one type are compared as they are."""


def is_none(value: Value) -> Value:
    """`value = null`: is it known that there is none? An empty list says that there is none."""
    if value is UNKNOWN:
        return UNKNOWN
    if value is NONE:
        return True
    if type(value) is list:
        return not value
    if type(value) is Uncertain:
        return UNKNOWN if not value.certain else False
    return False


def has_value(value: Value) -> Value:
    """`has value(value)`: known and not none."""
    return negation(is_none(value))


COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def order(sign: str, left: Value, right: Value) -> Value:
    """`left sign right` for `< <= > >=`. Order against none is false; text goes by code point."""
    if left is UNKNOWN or right is UNKNOWN:
        return UNKNOWN
    kind = type(left)
    if kind in NUMBERS and type(right) in NUMBERS:
        first, second = left.numerator * right.denominator, right.numerator * left.denominator
        return COMPARE[sign](first, second)
    if kind is type(right) and kind in ORDERED:
        return COMPARE[sign](left, right)
    if left is NONE or right is NONE:
        return False
    first, second = _bounds(left), _bounds(right)
    if first is None or second is None:
        return UNKNOWN
    compare = COMPARE[sign]
    # A comparison is monotone in both numbers, so the two extreme pairs decide for all between.
    extremes = {compare(first[0], second[1]), compare(first[1], second[0])}
    return extremes.pop() if len(extremes) == 1 else UNKNOWN


def _bounds(value: Value) -> tuple[Number, Number] | None:
    if type(value) is Span:
        return value.low, value.high
    return (value, value) if is_number(value) else None


def span(low: Number, high: Number) -> Number | Span:
    """The number between two bounds; the number itself where they are the same."""
    return low if low == high else Span(low, high)


def exact(value: Number) -> Number:
    """A whole fraction as an int, so that numbers have one form."""
    if type(value) is Fraction and value.denominator == 1:
        return value.numerator
    return value


def add(left: Value, right: Value) -> Value:
    """`left + right`: numbers, texts, durations of one kind, a date and a duration."""
    if type(left) in NUMBERS and type(right) in NUMBERS:
        if type(left) is type(right) is int:
            return left + right
        one, other = left.denominator, right.denominator
        return quotient(left.numerator * other + right.numerator * one, one * other)
    if left is UNKNOWN or right is UNKNOWN or left is NONE or right is NONE:
        return UNKNOWN
    kinds = type(left), type(right)
    if kinds == (str, str):
        return left + right
    if kinds[0] is dt.date:
        return _shift(left, right, 1)
    if kinds[1] is dt.date:
        return _shift(right, left, 1)
    if kinds == (Months, Months):
        return Months(left.count + right.count)
    if kinds == (dt.timedelta, dt.timedelta):
        return _checked(lambda: left + right)
    first, second = _bounds(left), _bounds(right)
    if first is None or second is None:
        return UNKNOWN
    return span(exact(first[0] + second[0]), exact(first[1] + second[1]))


def subtract(left: Value, right: Value) -> Value:
    """`left - right`: numbers, durations of one kind, a date and a duration, two dates."""
    if type(left) in NUMBERS and type(right) in NUMBERS:
        if type(left) is type(right) is int:
            return left - right
        one, other = left.denominator, right.denominator
        return quotient(left.numerator * other - right.numerator * one, one * other)
    if left is UNKNOWN or right is UNKNOWN or left is NONE or right is NONE:
        return UNKNOWN
    kinds = type(left), type(right)
    if kinds == (dt.date, dt.date):
        return left - right
    if kinds[0] is dt.date:
        return _shift(left, right, -1)
    if kinds == (Months, Months):
        return Months(left.count - right.count)
    if kinds == (dt.timedelta, dt.timedelta):
        return _checked(lambda: left - right)
    first, second = _bounds(left), _bounds(right)
    if first is None or second is None:
        return UNKNOWN
    return span(exact(first[0] - second[1]), exact(first[1] - second[0]))


def multiply(left: Value, right: Value) -> Value:
    """`left * right`: numbers, a duration and a number."""
    if type(left) in NUMBERS and type(right) in NUMBERS:
        if type(left) is type(right) is int:
            return left * right
        return quotient(left.numerator * right.numerator, left.denominator * right.denominator)
    if left is UNKNOWN or right is UNKNOWN or left is NONE or right is NONE:
        return UNKNOWN
    if is_number(left):
        left, right = right, left
    if not is_number(right):
        return UNKNOWN
    if type(left) is Span:
        ends = exact(left.low * right), exact(left.high * right)
        return span(min(ends), max(ends))
    if type(left) is Months:
        return Months(int(left.count * right))
    if type(left) is dt.timedelta:
        return _checked(lambda: dt.timedelta(microseconds=int(_microseconds(left) * right)))
    return UNKNOWN


def divide(left: Value, right: Value) -> Value:
    """`left / right`: numbers, a duration and a number, two durations. By 0: unknown."""
    if is_number(left) and is_number(right):
        return exact(Fraction(left) / right) if right else UNKNOWN
    if left is UNKNOWN or right is UNKNOWN or left is NONE or right is NONE:
        return UNKNOWN
    kinds = type(left), type(right)
    if kinds == (Months, Months):
        return exact(Fraction(left.count, right.count)) if right.count else UNKNOWN
    if kinds == (dt.timedelta, dt.timedelta):
        if not right:
            return UNKNOWN
        return exact(Fraction(_microseconds(left), _microseconds(right)))
    if is_number(right) and right:
        return multiply(left, Fraction(1) / right)
    return UNKNOWN


def negative(value: Value) -> Value:
    """`-value`: a number or a duration."""
    if is_number(value):
        return -value
    if type(value) is Span:
        return Span(-value.high, -value.low)
    if type(value) is Months:
        return Months(-value.count)
    if type(value) is dt.timedelta:
        return -value
    return UNKNOWN


ARITHMETIC: dict[str, Callable[[Value, Value], Value]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
}


def why_unknown(sign: str, left: Value, right: Value) -> str | None:
    """Why an operator gave unknown although both sides are stated, or None where one is not."""
    if left is UNKNOWN or right is UNKNOWN:
        return None
    if left is NONE or right is NONE:
        return "there is nothing to calculate with, since a value is `none`"
    if sign == "/" and right == 0:
        return "division by zero"
    if type(left) in (Uncertain, Span) or type(right) in (Uncertain, Span):
        return None
    kinds = kind_of(left), kind_of(right)
    if sign in ("+", "-") and dt.date in (type(left), type(right)):
        return "the date is outside the years 1 to 9999, or the duration holds hours"
    if kinds[0] != kinds[1]:
        return f"a {kinds[0]} and a {kinds[1]} do not go together with `{sign}`"
    return f"`{sign}` has no meaning for a {kinds[0]}"


def months_between(start: dt.date, end: dt.date) -> Months:
    """Whole months from one date to another, counted as the DMN standard does."""
    if end < start:
        return Months(-months_between(end, start).count)
    months = (end.year - start.year) * 12 + end.month - start.month
    return Months(months - (end.day < start.day))


def _shift(day: dt.date, by: Value, sign: int) -> Value:
    try:
        if type(by) is Months:
            year, month = divmod(day.year * 12 + day.month - 1 + sign * by.count, 12)
            if not 1 <= year <= 9999:
                return UNKNOWN
            # The 31st plus a month is the last day of that month.
            return dt.date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        if type(by) is dt.timedelta and not by.seconds and not by.microseconds:
            return day + by if sign > 0 else day - by
    except OverflowError:
        return UNKNOWN
    return UNKNOWN


def _checked(compute: Callable[[], Value]) -> Value:
    try:
        return compute()
    except OverflowError:
        return UNKNOWN


def _microseconds(value: dt.timedelta) -> int:
    return (value.days * 86400 + value.seconds) * 10**6 + value.microseconds
