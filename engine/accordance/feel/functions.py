"""The built-in functions: what each takes, gives and means.

A function over an uncertain list (one with items that are only possible, or whose value is not
known) is unknown, except those that carry both readings: `count`, `sum`, `min`, `max`, `all`,
`any`, `list contains`, `has value`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from . import logic
from .logic import NUMBERS, is_number
from .values import NONE, UNKNOWN, Months, Number, Span, Uncertain, Value
from .values import date as read_date
from .values import duration as read_duration

Pairs = Sequence[tuple[Value, bool]]


class Function(NamedTuple):
    """A function: its name, parameter names (the optional ones last) and what it computes."""

    name: str
    parameters: tuple[str, ...]
    apply: Callable[..., Value]
    optional: int = 0
    variadic: bool = False
    """Takes one list, or its items as arguments."""
    partial: bool = False
    """Gets unknown, none and uncertain arguments too, and carries both readings."""


def pairs_of(value: Value) -> Pairs | None:
    """The items of a list and whether each is certain; None when the list itself is not known.

    What is no list counts as a list of one, as in FEEL.
    """
    if type(value) is list:
        return [(item, True) for item in value]
    if type(value) is Uncertain:
        return value.pairs
    if value is UNKNOWN or value is NONE:
        return None
    return [(value, True)]


def _count(items: Value) -> Value:
    if type(items) is list:
        return len(items)
    pairs = pairs_of(items)
    if pairs is None:
        return UNKNOWN
    return logic.span(sum(1 for _, sure in pairs if sure), len(pairs))


def _sum(items: Value) -> Value:
    if type(items) is list and items and NUMBERS.issuperset(map(type, items)):
        return _total(items)
    pairs = pairs_of(items)
    if pairs is None or not any(sure for _, sure in pairs):
        return UNKNOWN
    low: Number = 0
    high: Number = 0
    for item, sure in pairs:
        if type(item) is Span:
            least, most = item.low, item.high
        elif is_number(item):
            least = most = item
        else:
            return UNKNOWN
        low += least if sure else min(least, 0)
        high += most if sure else max(most, 0)
    return logic.span(logic.exact(low), logic.exact(high))


def _total(numbers: list[Number]) -> Number:
    """The sum of numbers, over the one denominator that they have in common."""
    if len(numbers) == 1:
        return numbers[0]
    denominator = lcm(*[one.denominator for one in numbers])
    if denominator == 1:
        return sum(numbers)
    parts = [one.numerator * (denominator // one.denominator) for one in numbers]
    return logic.quotient(sum(parts), denominator)


def _extreme(items: Value, pick: Callable[..., Value]) -> Value:
    pairs = pairs_of(items)
    if pairs is None:
        return UNKNOWN
    sure = [item for item, certain in pairs if certain]
    everything = [item for item, _ in pairs]
    if not sure or any(item is UNKNOWN or item is NONE for item in everything):
        return UNKNOWN
    if all(is_number(item) for item in everything):
        ends = pick(everything), pick(sure)
        return logic.span(min(ends), max(ends))
    kind = type(sure[0])
    if kind not in (str, dt.date, dt.timedelta, Months) or len(sure) != len(everything):
        return UNKNOWN
    return pick(everything) if all(type(item) is kind for item in everything) else UNKNOWN


def _minimum(items: Value) -> Value:
    return _extreme(items, min)


def _maximum(items: Value) -> Value:
    return _extreme(items, max)


def _mean(items: Value) -> Value:
    total = _sum(items)
    if type(total) not in NUMBERS:
        return UNKNOWN
    count = len(items) if type(items) is list else len(pairs_of(items) or ())
    return total if count == 1 else logic.quotient(total.numerator, total.denominator * count)


def _all(items: Value) -> Value:
    pairs = pairs_of(items)
    if pairs is None:
        return UNKNOWN
    return logic.conjunction(_weigh(item, sure, True) for item, sure in pairs)


def _any(items: Value) -> Value:
    pairs = pairs_of(items)
    if pairs is None:
        return UNKNOWN
    return logic.disjunction(_weigh(item, sure, False) for item, sure in pairs)


def _weigh(item: Value, sure: bool, harmless: bool) -> Value:
    """What an item says; one that is only possible decides nothing unless it is harmless."""
    return item if sure or item is harmless else UNKNOWN


def _list_contains(items: Value, element: Value) -> Value:
    if items is UNKNOWN:
        return UNKNOWN
    if type(items) is list and type(element) is str:
        if element in items:
            return True
        for item in items:
            if type(item) is not str and item is not NONE:
                return UNKNOWN
        return False
    if type(items) is Uncertain and type(element) is str:
        found: Value = False
        for item, sure in items.pairs:
            if type(item) is str:
                if item == element:
                    if sure:
                        return True
                    found = UNKNOWN
            elif item is not NONE:
                found = UNKNOWN
        return found
    pairs = pairs_of(items)
    if pairs is None:
        return UNKNOWN
    return logic.disjunction(
        _weigh(logic.equal(item, element), sure, False) for item, sure in pairs
    )


def _distinct_values(items: Value) -> Value:
    if type(items) is list and {*map(type, items)} <= {str}:
        return list(dict.fromkeys(items))
    seen: dict[tuple[str, Value], Value] = {}
    for item, _ in pairs_of(items) or ():
        if type(item) in (dict, list, Uncertain, Span):
            return UNKNOWN
        seen.setdefault((logic.kind_of(item), item), item)
    return list(seen.values())


def _on_text(compute: Callable[..., Value]) -> Callable[..., Value]:
    def apply(*texts: Value) -> Value:
        return compute(*texts) if all(type(text) is str for text in texts) else UNKNOWN

    return apply


MATCHED_CHARACTERS = 1000
"""The longest text that is matched; the time may grow with the cube of the length."""


def _matches(text: Value, pattern: Value) -> Value:
    if type(text) is not str or type(pattern) is not str or len(text) > MATCHED_CHARACTERS:
        return UNKNOWN
    from .patterns import compile_pattern

    try:
        return compile_pattern(pattern).search(text) is not None
    except ValueError:
        return UNKNOWN


def _absolute(value: Value) -> Value:
    if is_number(value) or type(value) is dt.timedelta:
        return abs(value)
    return Months(abs(value.count)) if type(value) is Months else UNKNOWN


def _floor(value: Value) -> Value:
    return value.__floor__() if is_number(value) else UNKNOWN


def _ceiling(value: Value) -> Value:
    return value.__ceil__() if is_number(value) else UNKNOWN


ROUNDING_DIGITS = 18


def _round_half_up(value: Value, digits: Value = 0) -> Value:
    if not is_number(value) or type(digits) is not int or abs(digits) > ROUNDING_DIGITS:
        return UNKNOWN
    shift = Fraction(10) ** digits
    size = (abs(value) * shift + Fraction(1, 2)).__floor__() / shift
    return logic.exact(-size if value < 0 else size)


def _date(first: Value, month: Value = None, day: Value = None) -> Value:
    try:
        if month is None and day is None:
            if type(first) is dt.date:
                return first
            return read_date(first) if type(first) is str else UNKNOWN
        if all(type(part) is int for part in (first, month, day)):
            return dt.date(first, month, day)
    except (ValueError, OverflowError):
        pass
    return UNKNOWN


def _duration(text: Value) -> Value:
    try:
        return read_duration(text) if type(text) is str else UNKNOWN
    except ValueError:
        return UNKNOWN


def _months_between(start: Value, end: Value) -> Value:
    if type(start) is dt.date and type(end) is dt.date:
        return logic.months_between(start, end)
    return UNKNOWN


def _is_defined(value: Value) -> Value:
    return value is not UNKNOWN


def _table(*functions: Function) -> dict[str, Function]:
    return {function.name: function for function in functions}


FUNCTIONS = _table(
    Function("count", ("list",), _count, partial=True),
    Function("sum", ("list",), _sum, variadic=True, partial=True),
    Function("min", ("list",), _minimum, variadic=True, partial=True),
    Function("max", ("list",), _maximum, variadic=True, partial=True),
    Function("mean", ("list",), _mean, variadic=True),
    Function("all", ("list",), _all, variadic=True, partial=True),
    Function("any", ("list",), _any, variadic=True, partial=True),
    Function("list contains", ("list", "element"), _list_contains, partial=True),
    Function("distinct values", ("list",), _distinct_values),
    Function("string length", ("string",), _on_text(len)),
    Function("contains", ("string", "match"), _on_text(lambda text, part: part in text)),
    Function("starts with", ("string", "match"), _on_text(str.startswith)),
    Function("ends with", ("string", "match"), _on_text(str.endswith)),
    Function("matches", ("string", "pattern"), _matches),
    Function("upper case", ("string",), _on_text(str.upper)),
    Function("lower case", ("string",), _on_text(str.lower)),
    Function("abs", ("n",), _absolute),
    Function("floor", ("n",), _floor),
    Function("ceiling", ("n",), _ceiling),
    Function("round half up", ("n", "scale"), _round_half_up, optional=1),
    Function("date", ("from", "month", "day"), _date, optional=2),
    Function("duration", ("from",), _duration),
    Function("years and months duration", ("from", "to"), _months_between),
    Function("today", (), lambda: UNKNOWN),
    Function("has value", ("value",), logic.has_value, partial=True),
    Function("is defined", ("value",), _is_defined, partial=True),
)


def apply(function: Function, arguments: list[Value]) -> Value:
    """The value of a function for evaluated arguments."""
    if function.variadic and len(arguments) != 1:
        arguments = [arguments]
    if function.partial:
        return function.apply(*arguments)
    for argument in arguments:
        kind = type(argument)
        if argument is UNKNOWN or argument is NONE or kind is Span or kind is Uncertain:
            return UNKNOWN
        if kind is list:
            for item in argument:
                if item is UNKNOWN:
                    return UNKNOWN
    return function.apply(*arguments)
