"""The second implementation: what a strategy says of a case, in the plainest Python there is.

The engines are held to this. It therefore shares nothing with them but the syntax tree and the
values: it walks the tree afresh for every question, takes no short cut and knows no plan. Read it
beside docs/logic.md. Where an engine differs, one of the two is wrong.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from accordance.facts.model import FactModel
from accordance.feel import syntax as s
from accordance.feel.types import ANY, NUMBER, ContextType, ListType, NumberType, Type
from accordance.feel.values import NONE, UNKNOWN, Months, Span, Uncertain, Value
from accordance.feel.values import date as date_of
from accordance.feel.values import duration as duration_of
from accordance.strategy.model import Acceptance, Definition, Rule, Strategy

# --- what an expression sees ------------------------------------------------------------------


@dataclass(frozen=True)
class Scope:
    """What the names of an expression stand for.

    `definitions` are expressions and see no local variable; `inferred` holds the values of those
    that were worked out before. `types` are the groups of the fact model, which say which names an
    item of a list has even where the item does not state them.
    """

    facts: Mapping[str, Value]
    today: Value
    definitions: Mapping[str, s.Node] | None = None
    parameters: Mapping[str, Value] | None = None
    types: Mapping[str, Type] | None = None
    inferred: Mapping[str, Value] | None = None
    local: Mapping[str, Value] | None = None
    local_types: Mapping[str, Type] | None = None

    def outermost(self) -> Scope:
        return replace(self, local=None, local_types=None)

    def bind(self, values: Mapping[str, Value], types: Mapping[str, Type]) -> Scope:
        return replace(
            self,
            local={**(self.local or {}), **values},
            local_types={**(self.local_types or {}), **dict.fromkeys(values, ANY), **types},
        )


Pairs = Sequence[tuple[Value, bool]]
"""The items of a list, each with: is it certain to be there?"""


def evaluate(
    node: s.Node,
    facts: Mapping[str, Value],
    today: dt.date,
    definitions: Mapping[str, s.Node] | None = None,
    parameters: Mapping[str, Value] | None = None,
    types: Mapping[str, Type] | None = None,
) -> Value:
    """The value of an expression over plain facts."""
    return value(node, Scope(facts, today, definitions, parameters, types))


def look_up(name: str, scope: Scope) -> Value:
    if scope.local and name in scope.local:
        return scope.local[name]
    if scope.inferred and name in scope.inferred:
        return scope.inferred[name]
    if scope.definitions and name in scope.definitions:
        return value(scope.definitions[name], scope.outermost())
    if scope.parameters and name in scope.parameters:
        return scope.parameters[name]
    return scope.facts.get(name, UNKNOWN)


def type_of(node: s.Node, scope: Scope) -> Type:
    """Only as much of types as it takes to know the fields of a list's items."""
    match node:
        case s.Name(name=name):
            if scope.local_types and name in scope.local_types:
                return scope.local_types[name]
            if scope.definitions and name in scope.definitions:
                return type_of(scope.definitions[name], scope.outermost())
            return (scope.types or {}).get(name, ANY)
        case s.Path(base=base, field=field):
            found = type_of(base, scope)
            if isinstance(found, ListType):
                return ListType(item=field_type(found.item, field))
            return field_type(found, field)
        case s.Filter(base=base, condition=condition):
            found = type_of(base, scope)
            position = isinstance(type_of(condition, scope), NumberType)
            return item_type(found) if position else found
        case s.If(then=then, otherwise=otherwise):
            found = type_of(then, scope)
            return found if found != ANY else type_of(otherwise, scope)
        case s.ListLiteral(items=items) if items:
            return ListType(item=type_of(items[0], scope))
        case s.For(iterators=iterators, result=result):
            for name, over in iterators:
                scope = scope.bind({name: UNKNOWN}, {name: item_type(type_of(over, scope))})
            return ListType(item=type_of(result, scope))
        case s.Call(function="distinct values", arguments=(argument,)):
            return type_of(argument, scope)
        case s.Call(function="count" | "sum" | "mean" | "string length" | "floor" | "ceiling"):
            return NUMBER
        case s.Negate(operand=operand):
            return type_of(operand, scope)
        case s.Arithmetic(left=left, right=right):
            both = (type_of(left, scope), type_of(right, scope))
            return NUMBER if all(isinstance(one, NumberType) for one in both) else ANY
        case s.Literal(value=literal) if kind(literal) == "number":
            return NUMBER
    return ANY


def field_type(found: Type, field: str) -> Type:
    return found.fields.get(field, ANY) if isinstance(found, ContextType) else ANY


def item_type(found: Type) -> Type:
    return found.item if isinstance(found, ListType) else found


# --- truth ------------------------------------------------------------------------------------


def every(truths: Iterable[Value]) -> Value:
    """Kleene and: false when one is false, true when all are true, else unknown."""
    truths = list(truths)
    if any(truth is False for truth in truths):
        return False
    return True if all(truth is True for truth in truths) else UNKNOWN


def some(truths: Iterable[Value]) -> Value:
    """Kleene or: true when one is true, false when all are false, else unknown."""
    truths = list(truths)
    if any(truth is True for truth in truths):
        return True
    return False if all(truth is False for truth in truths) else UNKNOWN


def opposite(truth: Value) -> Value:
    return (not truth) if isinstance(truth, bool) else UNKNOWN


def if_there(truth: Value, sure: bool, harmless: bool) -> Value:
    """The part of an item that may not be there: harmless if it is not, so never decisive."""
    return truth if sure or truth is harmless else UNKNOWN


# --- comparison -------------------------------------------------------------------------------


def kind(v: Value) -> str:
    for types, name in (
        (bool, "boolean"),
        ((int, Fraction, Span), "number"),
        (str, "text"),
        (dt.date, "date"),
        (dt.timedelta, "days"),
        (Months, "months"),
        ((list, Uncertain), "list"),
        (Mapping, "context"),
    ):
        if isinstance(v, types):  # type: ignore[arg-type]
            return name
    raise AssertionError(f"not a value: {v!r}")


def ends(v: Value) -> tuple[Any, Any]:
    return (v.low, v.high) if isinstance(v, Span) else (v, v)


def equal(a: Value, b: Value) -> Value:
    if a is UNKNOWN or b is UNKNOWN:
        return UNKNOWN
    if a is NONE or b is NONE:
        return a is b
    if kind(a) != kind(b) or kind(a) == "context":
        return UNKNOWN
    if isinstance(a, Uncertain) or isinstance(b, Uncertain):
        return UNKNOWN
    if isinstance(a, list):
        if len(a) != len(b):
            return False
        return every(equal(x, y) for x, y in zip(a, b, strict=True))
    (a_low, a_high), (b_low, b_high) = ends(a), ends(b)
    if a_high < b_low or b_high < a_low:
        return False
    return True if a_low == a_high == b_low == b_high else UNKNOWN


def is_none(a: Value) -> Value:
    """`a = null`: stated that there is none; an empty list states it too."""
    if isinstance(a, Uncertain):
        return False if any(sure for _, sure in a.pairs) else UNKNOWN
    return a is NONE or a == [] if a is not UNKNOWN else UNKNOWN


def ordered(operator: str, a: Value, b: Value) -> Value:
    if a is UNKNOWN or b is UNKNOWN:
        return UNKNOWN
    if a is NONE or b is NONE:
        return False
    if kind(a) != kind(b) or kind(a) in ("boolean", "list", "context"):
        return UNKNOWN
    readings = {HOLDS[operator](x, y) for x in ends(a) for y in ends(b)}
    return readings.pop() if len(readings) == 1 else UNKNOWN


HOLDS: dict[str, Callable[[Any, Any], bool]] = {
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
}


def compared(operator: str, a: Value, b: Value) -> Value:
    if operator == "=":
        return equal(a, b)
    if operator == "!=":
        return opposite(equal(a, b))
    return ordered(operator, a, b)


def belongs(a: Value, test: s.Node, scope: Scope) -> Value:
    """Does the value pass one test of `in (test, test)`?"""
    match test:
        case s.Range(low=low, high=high, low_open=low_open, high_open=high_open):
            return every(
                (
                    ordered(">" if low_open else ">=", a, value(low, scope)),
                    ordered("<" if high_open else "<=", a, value(high, scope)),
                )
            )
        case s.UnaryTest(operator=operator, operand=operand):
            return compared(operator, a, value(operand, scope))
    against = value(test, scope)
    return member(against, a) if isinstance(against, list | Uncertain) else equal(a, against)


def member(items: Value, a: Value) -> Value:
    pairs = items_of(items)
    if pairs is None:
        return UNKNOWN
    return some(if_there(equal(item, a), sure, False) for item, sure in pairs)


# --- numbers, dates, durations ----------------------------------------------------------------


def plain(number: Any) -> Any:
    """A whole fraction as an int."""
    whole = isinstance(number, Fraction) and number.denominator == 1
    return number.numerator if whole else number


def spread(corners: Iterable[Any]) -> Value:
    found = [plain(corner) for corner in corners]
    low, high = min(found), max(found)
    return low if low == high else Span(low, high)


def calculated(operator: str, a: Value, b: Value) -> Value:
    """`a operator b`; what cannot be computed is unknown."""
    if a is UNKNOWN or b is UNKNOWN or a is NONE or b is NONE:
        return UNKNOWN
    kinds = (kind(a), operator, kind(b))
    spans = isinstance(a, Span) or isinstance(b, Span)
    if kinds not in OPERATIONS or (spans and {kinds[0], kinds[2]} != {"number"}):
        return UNKNOWN
    try:
        return OPERATIONS[kinds](a, b)
    except (OverflowError, ZeroDivisionError):
        return UNKNOWN


def times(a: Value, b: Value) -> Value:
    if isinstance(a, Span) and isinstance(b, Span):
        return UNKNOWN
    return spread(x * y for x in ends(a) for y in ends(b))


def divided(a: Value, b: Value) -> Value:
    if isinstance(b, Span):
        return UNKNOWN
    return spread(Fraction(x) / b for x in ends(a))


def of_days(count: Fraction) -> dt.timedelta:
    """A duration of so many microseconds, the rest cut off."""
    return dt.timedelta(microseconds=math.trunc(count))


def microseconds(a: dt.timedelta) -> int:
    return a // dt.timedelta(microseconds=1)


def days_later(day: dt.date, by: dt.timedelta) -> Value:
    """A date has no time of day: it moves by whole days."""
    return day + by if by % dt.timedelta(days=1) == dt.timedelta() else UNKNOWN


def months_later(day: dt.date, count: int) -> Value:
    years, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if not 1 <= years <= 9999:
        return UNKNOWN
    for last in (day.day, 30, 29, 28):
        try:
            return dt.date(years, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError


def months_between(start: dt.date, end: dt.date) -> Months:
    """Whole months from start to end, the rest cut off."""
    if end < start:
        return Months(-months_between(end, start).count)
    months = (end.year - start.year) * 12 + end.month - start.month
    return Months(months if end.day >= start.day else months - 1)


OPERATIONS: dict[tuple[str, str, str], Callable[[Any, Any], Value]] = {
    ("number", "+", "number"): lambda a, b: spread(
        x + y for x, y in zip(ends(a), ends(b), strict=True)
    ),
    ("number", "-", "number"): lambda a, b: spread(
        x - y for x, y in zip(ends(a), reversed(ends(b)), strict=True)
    ),
    ("number", "*", "number"): times,
    ("number", "/", "number"): divided,
    ("text", "+", "text"): lambda a, b: a + b,
    ("date", "-", "date"): lambda a, b: a - b,
    ("date", "+", "days"): days_later,
    ("days", "+", "date"): lambda a, b: days_later(b, a),
    ("date", "-", "days"): lambda a, b: days_later(a, -b),
    ("date", "+", "months"): lambda a, b: months_later(a, b.count),
    ("months", "+", "date"): lambda a, b: months_later(b, a.count),
    ("date", "-", "months"): lambda a, b: months_later(a, -b.count),
    ("days", "+", "days"): lambda a, b: a + b,
    ("days", "-", "days"): lambda a, b: a - b,
    ("months", "+", "months"): lambda a, b: Months(a.count + b.count),
    ("months", "-", "months"): lambda a, b: Months(a.count - b.count),
    ("days", "*", "number"): lambda a, b: of_days(microseconds(a) * Fraction(b)),
    ("number", "*", "days"): lambda a, b: of_days(microseconds(b) * Fraction(a)),
    ("days", "/", "number"): lambda a, b: of_days(microseconds(a) / Fraction(b)),
    ("days", "/", "days"): lambda a, b: plain(Fraction(microseconds(a), microseconds(b))),
    ("months", "*", "number"): lambda a, b: Months(math.trunc(a.count * Fraction(b))),
    ("number", "*", "months"): lambda a, b: Months(math.trunc(b.count * Fraction(a))),
    ("months", "/", "number"): lambda a, b: Months(math.trunc(a.count / Fraction(b))),
    ("months", "/", "months"): lambda a, b: plain(Fraction(a.count, b.count)),
}


# --- lists ------------------------------------------------------------------------------------


def items_of(v: Value) -> Pairs | None:
    """The items of a list, None where it is not known which; anything else is a list of one."""
    if v is UNKNOWN or v is NONE:
        return None
    if isinstance(v, Uncertain):
        return v.pairs
    return [(item, True) for item in v] if isinstance(v, list) else [(v, True)]


def list_of(pairs: Pairs) -> Value:
    if all(sure for _, sure in pairs):
        return [item for item, _ in pairs]
    return Uncertain(tuple(pairs))


def field_of(v: Value, field: str) -> Value:
    if isinstance(v, list | Uncertain):
        pairs = items_of(v)
        assert pairs is not None
        return list_of([(field_of(item, field), sure) for item, sure in pairs])
    return v.get(field, UNKNOWN) if isinstance(v, Mapping) else UNKNOWN


def item_scope(base: s.Node, item: Value, items: Pairs, scope: Scope) -> Scope:
    """Inside a filter: `item`, and the fields of the item, stated or not."""
    found = item_type(type_of(base, scope))
    if isinstance(found, ContextType):
        types = dict(found.fields)
    else:
        types = {name: ANY for other, _ in items if isinstance(other, Mapping) for name in other}
    values = {name: field_of(item, name) for name in types}
    return scope.bind({**values, "item": item}, {**types, "item": found})


def is_position(node: s.Filter, pairs: Pairs, scope: Scope) -> bool:
    """`xs[2]`, `xs[-1]` and `xs[n]` count items, also while the number is unknown."""
    found = type_of(node.condition, item_scope(node.base, UNKNOWN, pairs, scope))
    if found == ANY:
        return is_number(value(node.condition, scope))
    return isinstance(found, NumberType)


def filtered(node: s.Filter, scope: Scope) -> Value:
    pairs = items_of(value(node.base, scope))
    if pairs is None:
        return UNKNOWN
    if is_position(node, pairs, scope):
        return at_position(pairs, value(node.condition, scope))
    kept = []
    for item, sure in pairs:
        truth = value(node.condition, item_scope(node.base, item, pairs, scope))
        if truth is not False:
            kept.append((item, sure and truth is True))
    return list_of(kept)


def at_position(pairs: Pairs, position: Value) -> Value:
    if not isinstance(position, int) or not all(sure for _, sure in pairs):
        return UNKNOWN
    index = position - 1 if position > 0 else len(pairs) + position
    return pairs[index][0] if position != 0 and 0 <= index < len(pairs) else UNKNOWN


def range_items(node: s.Range, scope: Scope) -> Value:
    """The whole numbers of a range, upwards or downwards."""
    low, high = value(node.low, scope), value(node.high, scope)
    if type(low) is not int or type(high) is not int:
        return UNKNOWN
    step = 1 if low <= high else -1
    numbers = list(range(low, high + step, step))
    return numbers[1 if node.low_open else 0 : len(numbers) - (1 if node.high_open else 0)]


def quantified(
    quantifier: str, iterators: Sequence[tuple[str, s.Node]], condition: s.Node, scope: Scope
) -> Value:
    """`some a in as, b in bs` is some a in as of which some b in bs."""
    if not iterators:
        return value(condition, scope)
    (name, over), *rest = iterators
    pairs = items_of(value(over, scope))
    if pairs is None:
        return UNKNOWN
    harmless = quantifier == "every"
    found = item_type(type_of(over, scope))
    return (every if harmless else some)(
        if_there(
            quantified(quantifier, rest, condition, scope.bind({name: item}, {name: found})),
            sure,
            harmless,
        )
        for item, sure in pairs
    )


def collected(
    iterators: Sequence[tuple[str, s.Node]], result: s.Node, scope: Scope
) -> Pairs | None:
    if not iterators:
        return [(value(result, scope), True)]
    (name, over), *rest = iterators
    pairs = items_of(value(over, scope))
    if pairs is None:
        return None
    found = item_type(type_of(over, scope))
    parts = [
        (collected(rest, result, scope.bind({name: item}, {name: found})), sure)
        for item, sure in pairs
    ]
    if any(part is None for part, _ in parts):
        return None
    return [(item, sure and inner) for part, sure in parts for item, inner in part or ()]


# --- functions --------------------------------------------------------------------------------


def is_number(item: Value) -> bool:
    return item is not UNKNOWN and item is not NONE and kind(item) == "number"


def settled(pairs: Pairs) -> bool:
    """Is every item certain, and its value known to the end?"""
    return all(sure and item is not UNKNOWN and not isinstance(item, Span) for item, sure in pairs)


def count(pairs: Pairs) -> Value:
    return spread((sum(sure for _, sure in pairs), len(pairs)))


def total(pairs: Pairs) -> Value:
    """An item that may not be there adds nothing at one end."""
    if not all(is_number(item) for item, _ in pairs) or not any(sure for _, sure in pairs):
        return UNKNOWN
    lows = [ends(item)[0] if sure else min(ends(item)[0], 0) for item, sure in pairs]
    highs = [ends(item)[1] if sure else max(ends(item)[1], 0) for item, sure in pairs]
    return spread((sum(lows), sum(highs)))


def extreme(pick: Callable[[list[Any]], Any], pairs: Pairs) -> Value:
    """The least or the greatest item; of numbers also where some are only possible."""
    items = [item for item, _ in pairs]
    certain = [item for item, sure in pairs if sure]
    if not certain or any(item is UNKNOWN or item is NONE for item in items):
        return UNKNOWN
    kinds = {kind(item) for item in items}
    if kinds & {"boolean", "list", "context"} or len(kinds) > 1:
        return UNKNOWN
    if any(isinstance(item, Span) for item in items):
        return UNKNOWN
    if len(certain) == len(items):
        return pick(items)
    return spread((pick(items), pick(certain))) if kinds == {"number"} else UNKNOWN


def mean(pairs: Pairs) -> Value:
    if not pairs or not settled(pairs) or not all(is_number(item) for item, _ in pairs):
        return UNKNOWN
    return plain(Fraction(sum(item for item, _ in pairs)) / len(pairs))


def distinct(pairs: Pairs) -> Value:
    if not settled(pairs):
        return UNKNOWN
    kept: list[Value] = []
    for item, _ in pairs:
        if not any(equal(item, other) is True for other in kept):
            kept.append(item)
    return kept


LIST_FUNCTIONS: dict[str, Callable[[Pairs], Value]] = {
    "count": count,
    "sum": total,
    "min": lambda pairs: extreme(min, pairs),
    "max": lambda pairs: extreme(max, pairs),
    "mean": mean,
    "all": lambda pairs: every(if_there(item, sure, True) for item, sure in pairs),
    "any": lambda pairs: some(if_there(item, sure, False) for item, sure in pairs),
    "distinct values": distinct,
}


def rounded_half_up(number: Any, digits: Any = 0) -> Value:
    """Half away from zero."""
    if not isinstance(digits, int):
        return UNKNOWN
    scaled = abs(Fraction(number)) * Fraction(10) ** digits
    nearest = Fraction(math.floor(scaled + Fraction(1, 2))) / Fraction(10) ** digits
    return plain(-nearest if number < 0 else nearest)


def absolute(v: Value) -> Value:
    if kind(v) == "months":
        return Months(abs(v.count))
    return abs(v) if kind(v) in ("number", "days") else UNKNOWN


def as_date(*parts: Any) -> Value:
    try:
        if len(parts) == 3:
            return dt.date(*parts)
        return parts[0] if isinstance(parts[0], dt.date) else date_of(parts[0])
    except (ValueError, TypeError, OverflowError):
        return UNKNOWN


def as_duration(v: Value) -> Value:
    try:
        return duration_of(v) if isinstance(v, str) else v
    except ValueError:
        return UNKNOWN


FUNCTIONS: dict[str, tuple[tuple[str, ...], Callable[..., Value]]] = {
    "string length": (("text",), len),
    "contains": (("text", "text"), lambda text, part: part in text),
    "starts with": (("text", "text"), lambda text, part: text.startswith(part)),
    "ends with": (("text", "text"), lambda text, part: text.endswith(part)),
    "matches": (("text", "text"), lambda text, form: re.search(form, text) is not None),
    "upper case": (("text",), str.upper),
    "lower case": (("text",), str.lower),
    "abs": (("number|days|months",), absolute),
    "floor": (("number",), math.floor),
    "ceiling": (("number",), math.ceil),
    "round half up": (("number", "number"), rounded_half_up),
    "date": (("text|date|number", "number", "number"), as_date),
    "duration": (("text|days|months",), as_duration),
    "years and months duration": (("date", "date"), months_between),
}


def called(node: s.Call, scope: Scope) -> Value:
    arguments = [value(argument, scope) for argument in node.arguments]
    match node.function, arguments:
        case "today", []:
            return scope.today
        case "is defined", [argument]:
            return argument is not UNKNOWN
        case "has value", [argument]:
            return opposite(is_none(argument))
        case "list contains", [items, element]:
            return member(items, element)
        case name, _ if name in LIST_FUNCTIONS:
            of = arguments[0] if len(arguments) == 1 else arguments
            pairs = items_of(of)
            return UNKNOWN if pairs is None else LIST_FUNCTIONS[name](pairs)
    kinds, function = FUNCTIONS[node.function]
    for argument, allowed in zip(arguments, kinds, strict=False):
        if argument is UNKNOWN or argument is NONE or isinstance(argument, Span):
            return UNKNOWN
        if kind(argument) not in allowed.split("|"):
            return UNKNOWN
    return function(*arguments)


# --- expressions ------------------------------------------------------------------------------


def value(node: s.Node, scope: Scope) -> Value:
    """The value of an expression."""
    match node:
        case s.Literal(value=literal):
            return literal
        case s.Name(name=name):
            return look_up(name, scope)
        case s.Path(base=base, field=field):
            return field_of(value(base, scope), field)
        case s.Negate(operand=operand):
            found = value(operand, scope)
            if isinstance(found, Months):
                return Months(-found.count)
            if isinstance(found, dt.timedelta):
                return calculated("*", found, -1)
            return calculated("-", 0, found)
        case s.Arithmetic(operator=operator, left=left, right=right):
            return calculated(operator, value(left, scope), value(right, scope))
        case s.Comparison(operator=operator, left=left, right=s.Null()):
            truth = is_none(value(left, scope))
            return truth if operator == "=" else opposite(truth)
        case s.Comparison(operator=operator, left=left, right=right):
            return compared(operator, value(left, scope), value(right, scope))
        case s.Between(value=tested, low=low, high=high):
            found = value(tested, scope)
            return every(
                (ordered(">=", found, value(low, scope)), ordered("<=", found, value(high, scope)))
            )
        case s.In(value=tested, tests=tests):
            found = value(tested, scope)
            return some([belongs(found, test, scope) for test in tests])
        case s.And(parts=parts):
            return every([value(part, scope) for part in parts])
        case s.Or(parts=parts):
            return some([value(part, scope) for part in parts])
        case s.Not(operand=operand):
            return opposite(value(operand, scope))
        case s.If(condition=condition, then=then, otherwise=otherwise):
            truth = value(condition, scope)
            a, b = value(then, scope), value(otherwise, scope)
            if isinstance(truth, bool):
                return a if truth else b
            return a if equal(a, b) is True else UNKNOWN
        case s.For(iterators=iterators, result=result):
            pairs = collected(iterators, result, scope)
            return UNKNOWN if pairs is None else list_of(pairs)
        case s.Quantified(quantifier=quantifier, iterators=iterators, condition=condition):
            return quantified(quantifier, iterators, condition, scope)
        case s.ListLiteral(items=items):
            return [value(item, scope) for item in items]
        case s.Range():
            return range_items(node, scope)
        case s.Filter():
            return filtered(node, scope)
        case s.Call():
            return called(node, scope)
    raise AssertionError(f"no such expression: {node!r}")


# --- rules ------------------------------------------------------------------------------------

SEVERITIES = ("critical", "high", "medium", "low", "advisory")
DECIDING = ("new", "renewing")
ASSURING = ("renewing", "established", "exiting")


@dataclass(frozen=True)
class Result:
    """What one rule says of one case; the severities are those that a breach has or would have."""

    rule: str
    outcome: str
    kind: str | None
    moot: bool
    severity: str
    severity_least: str
    gate: bool


@dataclass(frozen=True)
class Judgement:
    results: tuple[Result, ...]
    verdict: str | None
    opinion: str | None
    opinion_at_worst: str | None

    def result(self, rule: str) -> Result:
        return next(result for result in self.results if result.rule == rule)


def derived(facts: Mapping[str, Value], model: FactModel) -> dict[str, Value]:
    """The facts, and what follows from them by the `x-derive` of the model."""
    found = dict(facts)
    for _ in model.derivations:  # one may build on another, in any order
        for path, node in model.derivations.items():
            scope = Scope(found, today=UNKNOWN, types=model.type.fields)
            found = with_derived(found, path.split("."), node, scope, model.type)
    return found


def with_derived(
    group: Mapping[str, Value], steps: Sequence[str], node: s.Node, scope: Scope, of: ContextType
) -> dict[str, Value]:
    """The group with the fact at the end of the steps, if it is not stated and can be told."""
    first, *rest = steps
    inner = of.fields[first]
    if not rest:
        told = value(node, scope) if first not in group else group[first]
        definite = told is not UNKNOWN and not isinstance(told, Span | Uncertain)
        return {**group, first: told} if definite else {**group}
    if isinstance(inner, ContextType):
        part = with_derived(group.get(first, {}), rest, node, scope, inner)
        return {**group, first: part} if part else {**group}
    if first not in group:
        return {**group}
    items = []
    for item in group[first]:
        # Inside a list an expression sees the facts of the item, stated or not, before all others.
        fields = inner.item.fields
        own = {name: item.get(name, UNKNOWN) for name in fields}
        seen = replace(scope, facts={**scope.facts, **own}, types={**(scope.types or {}), **fields})
        items.append(with_derived(item, rest, node, seen, inner.item))
    return {**group, first: items}


def judge(strategy: Strategy, facts: Mapping[str, Value], evaluated_on: dt.date) -> Judgement:
    """What a strategy says of a case on a day."""
    facts = derived(facts, strategy.model)
    scope = Scope(
        facts=facts,
        today=evaluated_on,
        definitions={name: d.expression for name, d in strategy.definitions.items()},
        parameters={name: p.value for name, p in strategy.parameters.items()},
        types=strategy.model.type.fields,
    )
    scope = infer(scope, (d for d in strategy.definitions.values() if d.about != "evidence"))
    about_case = [rule for rule in strategy.rules if rule.about != "evidence"]
    said = {rule.id: result_of(rule, strategy, scope) for rule in about_case}
    # Rules about evidence see what all other rules said, and never each other.
    seen = replace(scope, facts={**facts, "results": [as_item(said[r.id], r) for r in about_case]})
    seen = infer(seen, (d for d in strategy.definitions.values() if d.about == "evidence"))
    results = tuple(
        said[rule.id] if rule.id in said else result_of(rule, strategy, seen)
        for rule in strategy.rules
    )
    stage = facts["stage"]
    now, worst = opinion(results), opinion([at_worst(result) for result in results])
    if now == "substantial" and worst in ("limited", "no_assurance"):
        now = "reasonable"
    return Judgement(
        results=results,
        verdict=verdict(results) if stage in DECIDING else None,
        opinion=now if stage in ASSURING else None,
        opinion_at_worst=worst if stage in ASSURING else None,
    )


def infer(scope: Scope, definitions: Iterable[Definition]) -> Scope:
    """The scope with definitions worked out; each comes after those that it uses."""
    for definition in definitions:
        found = value(definition.expression, scope)
        scope = replace(scope, inferred={**(scope.inferred or {}), definition.name: found})
    return scope


def result_of(rule: Rule, strategy: Strategy, scope: Scope) -> Result:
    stage = scope.facts["stage"]
    asked = [
        requirement
        for requirement in rule.require
        if requirement.stages is None or stage in requirement.stages
    ]
    met = every(value(requirement.expression, scope) for requirement in asked)
    applies = rule.when is None or value(rule.when, scope)
    severities = possible_severities(rule, scope)
    if stage not in rule.stages or not asked:
        applies, severities = False, [rule.severity]

    if applies is False:
        outcome = "not_applicable"
    elif applies is True and met is True:
        outcome = "compliant"
    elif applies is True and met is False:
        exception = accepted(rule, severities, strategy, scope)
        outcome = "non_compliant" if exception is False else "insufficient_evidence"
        outcome = "accepted_exception" if exception is True else outcome
    else:
        outcome = "insufficient_evidence"
    moot = outcome == "insufficient_evidence" and met is True
    return Result(
        rule=rule.id,
        outcome=outcome,
        kind=kind_of_finding(outcome, moot),
        moot=moot,
        severity=highest(severities),
        severity_least=min(severities, key=rank),
        gate=stage in rule.gate,
    )


def as_item(result: Result, rule: Rule) -> dict[str, Value]:
    """A result as rules about evidence see it (less what it rests on and lacks)."""
    return {
        "rule": result.rule,
        "theme": rule.theme,
        "outcome": result.outcome,
        "kind": result.kind or NONE,
        "severity": result.severity,
        "severity_least": result.severity_least,
        "gate": result.gate,
        "moot": result.moot,
    }


def rank(severity: str) -> int:
    return -SEVERITIES.index(severity)


def highest(severities: Iterable[str]) -> str:
    return max(severities, key=rank)


def possible_severities(rule: Rule, scope: Scope) -> list[str]:
    """Every severity that a breach may turn out to have."""
    raised = [(step.level, value(step.expression, scope)) for step in rule.severity_when]
    least = highest([rule.severity, *(level for level, truth in raised if truth is True)])
    unknown = [level for level, truth in raised if truth is UNKNOWN]
    return [least, *(level for level in unknown if rank(level) > rank(least))]


def kind_of_finding(outcome: str, moot: bool) -> str | None:
    if outcome == "non_compliant":
        return "breach"
    return "gap" if outcome == "insufficient_evidence" and not moot else None


def accepted(rule: Rule, severities: Sequence[str], strategy: Strategy, scope: Scope) -> Value:
    """Is there a live exception, by a role that may, for no longer than it may?

    Nobody accepts their own, and who may depends on the severity: while the lead officer or the
    severity is unknown it can be unknown.
    """
    lead_officer = scope.facts.get("lead_officer", UNKNOWN)
    return some(
        every(
            (
                exception["rule"] in (rule.id, *rule.aliases),
                exception["approved_on"] <= scope.today <= exception["expires"],
                agreed(may_accept(strategy.exceptions.get(s), exception) for s in severities),
                opposite(equal(exception["approver"], lead_officer)),
            )
        )
        for exception in scope.facts.get("exceptions", [])
    )


def agreed(truths: Iterable[bool]) -> Value:
    found = set(truths)
    return found.pop() if len(found) == 1 else UNKNOWN


def may_accept(acceptance: Acceptance | None, exception: Mapping[str, Value]) -> bool:
    if acceptance is None or exception["approver"] not in acceptance.approvers:
        return False
    if acceptance.longest is None:
        return True
    last = calculated("+", exception["approved_on"], acceptance.longest)
    return last is UNKNOWN or exception["expires"] <= last


# --- verdict and opinion: the words of the design, not the tables of strategy.yaml ------------


def verdict(results: Sequence[Result]) -> str:
    breaches = [r for r in results if r.kind == "breach"]
    gaps = [r for r in results if r.kind == "gap"]
    accepted = [r for r in results if r.outcome == "accepted_exception"]
    if any(b.gate or b.severity_least == "critical" for b in breaches):
        return "do_not_proceed"
    if any(g.gate for g in gaps) or any(f.severity == "critical" for f in breaches + gaps):
        return "undecided"
    if any(f.severity in ("high", "medium") for f in breaches + gaps):
        return "proceed_with_conditions"
    return "proceed_with_conditions" if any(a.gate for a in accepted) else "proceed"


def opinion(results: Sequence[Result]) -> str:
    severities = {r.severity for r in results if r.kind == "breach"}
    serious = [
        r
        for r in results
        if r.severity in ("critical", "high") and r.outcome != "not_applicable" and not r.moot
    ]
    if "critical" in severities:
        return "no_assurance"
    if "high" in severities or 4 * sum(r.kind == "gap" for r in serious) > len(serious):
        return "limited"
    return "reasonable" if severities & {"medium", "low"} else "substantial"


def at_worst(result: Result) -> Result:
    if result.kind != "gap":
        return result
    return replace(result, kind="breach", outcome="non_compliant")
