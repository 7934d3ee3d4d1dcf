"""What a value of the expression language is made of in columns, kind by kind.

`logic.py` of feel says what the operators mean; here the same is said in columns. Unknown is null.
None is the companion `none`, which is true or null: with it a comparison reads
`coalesce(value < other, not none)`, and stays null where nothing is known.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import ibis
import ibis.expr.operations as ops

from ..feel import logic
from ..feel.values import NONE, UNKNOWN, Months, Value
from . import exact
from .exact import Exact
from .limits import NotRelational

if TYPE_CHECKING:
    from .items import Items

Column: TypeAlias = Any
"""An Ibis column expression."""

NONE_WORD: Final = "none"
"""How a text that is none stands in a column of facts."""
DAY: Final = 86_400_000_000
"""Microseconds, in which a duration in days is counted."""


@dataclass(frozen=True, slots=True)
class Known:
    """A value that is the same for all records: `value` as the language has it."""

    value: Value


@dataclass(frozen=True, slots=True)
class Truth:
    """True, false or null; `definite` where it is never null."""

    holds: Column
    definite: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A number between two bounds; they are one object where it is known exactly."""

    low: Exact
    high: Exact

    @property
    def is_exact(self) -> bool:
        return self.low is self.high


@dataclass(frozen=True, slots=True)
class Text:
    value: Column
    none: Column | None = None
    word: Word | None = None
    raw: Column | None = None
    """The column in which a text stands with the word `none` for none, where there is one."""


@dataclass(frozen=True, slots=True)
class Word:
    """How a text that is one of a few words is told by a number that is never null: the numbers
    that stand for each word. Any other number stands for none."""

    code: Column
    words: Mapping[str, tuple[int, ...]]

    def equals(self, word: object) -> Carrier:
        codes = self.words.get(word, ()) if isinstance(word, str) else ()
        return any_of([Truth(self.code == code, True) for code in codes])

    def text(self, may_be_none: bool = False) -> Text:
        pairs = [(code, word) for word, codes in self.words.items() for code in codes]
        value = ibis.cases(*((self.code == code, word) for code, word in pairs)).cast("string")
        none = None
        if may_be_none:
            known = any_of([Truth(self.code == code, True) for code, _ in pairs])
            none = or_unknown(holds(opposite(known)))
        return Text(value, none, self)


@dataclass(frozen=True, slots=True)
class Date:
    value: Column
    none: Column | None = None


@dataclass(frozen=True, slots=True)
class Days:
    """A duration in days and time, in microseconds; `days` where it is of whole days for sure."""

    count: Exact
    days: Exact | None = None


@dataclass(frozen=True, slots=True)
class LongTime:
    """A duration in years and months, in months."""

    count: Exact


@dataclass(frozen=True, slots=True)
class Group:
    """A group of facts. `stated` says whether there is one at all, None where there always is."""

    fields: Mapping[str, Callable[[], Carrier]]
    stated: Callable[[], Column] | None = None

    def field(self, name: str) -> Carrier:
        make = self.fields.get(name)
        return UNSAID if make is None else make()


@dataclass(frozen=True, slots=True)
class Listed:
    """A list; see items.py."""

    items: Items


Carrier: TypeAlias = Known | Truth | Number | Text | Date | Days | LongTime | Group | Listed
UNSAID: Final = Known(UNKNOWN)


def unknown_truth() -> Column:
    return ibis.null("boolean")


def holds(carrier: Carrier) -> Column:
    """A truth as a column; what is no truth is neither true nor false."""
    if isinstance(carrier, Truth):
        return carrier.holds
    if isinstance(carrier, Known) and isinstance(carrier.value, bool):
        return ibis.literal(carrier.value)
    return unknown_truth()


def settled(carrier: Carrier) -> bool | None:
    """True or false where a truth is the same for all records, else None."""
    if isinstance(carrier, Known) and isinstance(carrier.value, bool):
        return carrier.value
    return None


def is_unsaid(carrier: Carrier) -> bool:
    """Is it unknown in all records?"""
    return isinstance(carrier, Known) and carrier.value is UNKNOWN


# --- connectives ------------------------------------------------------------------------------


def opposite(carrier: Carrier) -> Carrier:
    if isinstance(carrier, Known):
        return Known(logic.negation(carrier.value))
    return Truth(_negated(holds(carrier)), is_definite(carrier))


def _negated(column: Column) -> Column:
    return _without_not(column) if isinstance(column.op(), ops.Not) else ~column


def _without_not(column: Column) -> Column:
    """What a `not` is said of; any other column as it is."""
    op = column.op()
    return op.arg.to_expr() if isinstance(op, ops.Not) else column


def is_definite(carrier: Carrier) -> bool:
    """Is a truth never null?"""
    if isinstance(carrier, Truth):
        return carrier.definite
    return settled(carrier) is not None


def all_of(carriers: list[Carrier]) -> Carrier:
    return _connected(carriers, False)


def any_of(carriers: list[Carrier]) -> Carrier:
    return _connected(carriers, True)


def _connected(carriers: list[Carrier], decisive: bool) -> Carrier:
    """`or` (one true part decides) or `and` (one false part decides)."""
    if any(settled(one) is decisive for one in carriers):
        return Known(decisive)
    rest = [one for one in carriers if settled(one) is not (not decisive)]
    if not rest:
        return Known(not decisive)
    if all(is_unsaid(one) for one in rest):
        return UNSAID
    columns = [one.to_expr() for one in dict.fromkeys(holds(one).op() for one in rest)]
    joined = balanced(columns, (lambda a, b: a | b) if decisive else (lambda a, b: a & b))
    return Truth(joined, all(is_definite(one) for one in rest))


def balanced(columns: list[Column], join: Callable[[Column, Column], Column]) -> Column:
    """Columns joined two by two, so that many of them do not become a deep expression."""
    while len(columns) > 1:
        pairs = [columns[at : at + 2] for at in range(0, len(columns), 2)]
        columns = [reduce(join, pair) for pair in pairs]
    return columns[0]


def perhaps() -> Carrier:
    """A truth of which nothing is known."""
    return Truth(unknown_truth())


def is_state(carrier: Carrier, state: bool | None) -> Carrier:
    """Is a truth true, or false, or unknown? Never null."""
    given = settled(carrier)
    if given is not None:
        return Known(given is state)
    if not isinstance(carrier, Truth):
        return Known(state is None)
    if carrier.definite:
        return Known(False) if state is None else carrier if state else opposite(carrier)
    if state is None:
        return Truth(_without_not(carrier.holds).isnull(), True)
    return Truth((carrier.holds if state else _negated(carrier.holds)).fill_null(False), True)


def lazily(condition: Carrier, then: Carrier) -> Carrier:
    """`condition and then`; the second part is computed only for records that need it."""
    if settled(condition) is not None or settled(then) is not None:
        return all_of([condition, then])
    both = is_definite(condition) and is_definite(then)
    if is_definite(condition):
        column = ibis.cases((holds(condition), holds(then)), else_=False)
    else:
        gone = ~holds(condition).fill_null(True)
        column = ibis.cases((gone, False), else_=holds(condition) & holds(then))
    return Truth(column.cast("boolean"), both)


def or_unknown(column: Column) -> Column:
    """True where a column is true, else null."""
    # INVARIANT: nothing here says a column twice, as `nullif` does: one in another would double
    # what is computed with each.
    return column | ibis.null("boolean")


def decided(code: Column) -> Column:
    """What a number says: 2 for true, 1 for unknown, 0 for false."""
    truths = ibis.literal([False, None, True], type="array<boolean>")
    return picked(truths, code + 1)


PICKED: Final = "list_extract"
"""What DuckDB calls the function below."""


@ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator]
    name=PICKED, signature=(("array<boolean>", "int64"), "boolean")
)
def picked(truths: Any, place: Any) -> Any:
    """The item of a list at a place from 1."""


# --- known and none ---------------------------------------------------------------------------


def is_stated(carrier: Carrier) -> Column | bool:
    """Is the value known (none counts as known)? Never null."""
    if isinstance(carrier, Known):
        return carrier.value is not UNKNOWN
    if isinstance(carrier, Truth):
        return carrier.holds.notnull()
    if isinstance(carrier, Number):
        if carrier.low.constant is not None and carrier.high.constant is not None:
            return True
        return carrier.low.column.notnull()
    if isinstance(carrier, Text) and carrier.raw is not None:
        return carrier.raw.notnull()
    if isinstance(carrier, Text | Date):
        there = carrier.value.notnull()
        return there if carrier.none is None else there | carrier.none.notnull()
    if isinstance(carrier, Days | LongTime):
        return carrier.count.constant is not None or carrier.count.column.notnull()
    if isinstance(carrier, Group):
        return True if carrier.stated is None else carrier.stated()
    return carrier.items.known


def as_column(given: Column | bool) -> Column:
    return ibis.literal(given) if isinstance(given, bool) else given


def is_none(carrier: Carrier) -> Carrier:
    """`value = null`."""
    if isinstance(carrier, Known):
        return Known(logic.is_none(carrier.value))
    if isinstance(carrier, Listed):
        return carrier.items.is_none()
    if isinstance(carrier, Text) and carrier.raw is not None:
        return Truth(carrier.raw == NONE_WORD)
    none = carrier.none if isinstance(carrier, Text | Date) else None
    stated = is_stated(carrier)
    if isinstance(stated, bool):
        return Known(False)
    if none is None:
        return Truth(stated.ifelse(False, None).cast("boolean"))
    return Truth(ibis.coalesce(none, carrier.value.notnull().ifelse(False, None).cast("boolean")))  # type: ignore[union-attr]


# --- lifting constants ------------------------------------------------------------------------


def lifted(carrier: Carrier) -> Carrier:
    """A constant in the form of the values that differ from record to record."""
    if not isinstance(carrier, Known):
        return carrier
    value = carrier.value
    if isinstance(value, bool):
        return Truth(ibis.literal(value))
    if logic.is_number(value):
        number = exact.constant(value)
        return Number(number, number)
    if isinstance(value, str):
        return Text(ibis.literal(value))
    if isinstance(value, dt.timedelta):
        return days_of(value)
    if isinstance(value, dt.date):
        return Date(day(value))
    if isinstance(value, Months):
        return LongTime(exact.constant(value.count))
    if isinstance(value, list):
        from .items import Unrolled

        return Listed(Unrolled.certain([Known(item) for item in value]))
    return carrier


def days_of(value: dt.timedelta) -> Days:
    whole = None if value.seconds or value.microseconds else exact.constant(value.days)
    return Days(exact.constant(microseconds(value)), whole)


def day(value: dt.date) -> Column:
    return ibis.literal(value, type="date")


def microseconds(value: dt.timedelta) -> int:
    return (value.days * 86400 + value.seconds) * 10**6 + value.microseconds


# --- comparison -------------------------------------------------------------------------------


def equal(left: Carrier, right: Carrier) -> Carrier:
    """`left = right`."""
    if isinstance(left, Known) and isinstance(right, Known):
        return Known(logic.equal(left.value, right.value))
    if is_unsaid(left) or is_unsaid(right):
        return UNSAID
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Text) and one.word is not None and isinstance(other, Known):
            return one.word.equals(other.value)
        if isinstance(one, Text) and one.raw is not None and _is_word(other):
            return Truth(one.raw == other.value)  # type: ignore[union-attr]
    left, right = lifted(left), lifted(right)
    if type(left) is type(right):
        if isinstance(left, Truth):
            return Truth(exact.same(left.holds, right.holds))  # type: ignore[union-attr]
        if isinstance(left, Number):
            return _equal_numbers(left, right)  # type: ignore[arg-type]
        if isinstance(left, Days | LongTime):
            return _truth(exact.compare("=", left.count, right.count))  # type: ignore[union-attr]
        if isinstance(left, Text | Date):
            same = exact.same(left.value, right.value)  # type: ignore[union-attr]
            return Truth(_with_none(same, left, right, both=True))
        if isinstance(left, Listed):
            return left.items.equals(right.items)  # type: ignore[union-attr]
        return UNSAID
    return Truth(_with_none(unknown_truth(), left, right, both=True))


def _is_word(carrier: Carrier) -> bool:
    """Is it a text that is not the word for none?"""
    value = carrier.value if isinstance(carrier, Known) else None
    return isinstance(value, str) and value != NONE_WORD


def order(sign: str, left: Carrier, right: Carrier) -> Carrier:
    """`left sign right` for `< <= > >=`."""
    if isinstance(left, Known) and isinstance(right, Known):
        return Known(logic.order(sign, left.value, right.value))
    if is_unsaid(left) or is_unsaid(right):
        return UNSAID
    left, right = lifted(left), lifted(right)
    if type(left) is type(right):
        if isinstance(left, Number):
            return _order_numbers(sign, left, right)  # type: ignore[arg-type]
        if isinstance(left, Days | LongTime):
            return _truth(exact.compare(sign, left.count, right.count))  # type: ignore[union-attr]
        if isinstance(left, Text | Date):
            given = exact.SIGNS[sign](left.value, right.value)  # type: ignore[union-attr]
            return Truth(_with_none(given, left, right, both=False))
        return UNSAID
    return Truth(_with_none(unknown_truth(), left, right, both=False))


def _truth(given: Column | bool) -> Carrier:
    return Known(given) if isinstance(given, bool) else Truth(given)


def none_of(carrier: Carrier) -> Column | None:
    """True where the value is none, else null; None where it never is."""
    if isinstance(carrier, Known):
        return ibis.literal(True) if carrier.value is NONE else None
    return carrier.none if isinstance(carrier, Text | Date) else None


def _with_none(given: Column, left: Carrier, right: Carrier, both: bool) -> Column:
    """A comparison that may meet none: with what is known it is false; none and none is `both`."""
    first, second = none_of(left), none_of(right)
    if first is None and second is None:
        return given
    if second is None:
        return ibis.coalesce(given, _false_where(first, is_stated(right)))
    if first is None:
        return ibis.coalesce(given, _false_where(second, is_stated(left)))
    together = (first & second).ifelse(both, None).cast("boolean")
    alone = (first & as_column(is_stated(right))) | (second & as_column(is_stated(left)))
    return ibis.coalesce(given, together, alone.ifelse(False, None).cast("boolean"))


def _false_where(none: Column, stated: Column | bool) -> Column:
    if stated is True:
        return ~none
    return ~(none & or_unknown(stated))


def _equal_numbers(left: Number, right: Number) -> Carrier:
    if left.is_exact and right.is_exact:
        return _truth(exact.compare("=", left.low, right.low))
    apart = as_column(exact.compare("<", left.high, right.low)) | as_column(
        exact.compare("<", right.high, left.low)
    )
    # Certain on both sides where the bounds meet.
    meet = all_of(
        [
            _truth(exact.compare("=", left.low, left.high)),
            _truth(exact.compare("=", right.low, right.high)),
            _truth(exact.compare("=", left.low, right.low)),
        ]
    )
    return Truth(ibis.cases((apart, False), (holds(meet), True)))


def _order_numbers(sign: str, left: Number, right: Number) -> Carrier:
    one = exact.compare(sign, left.low, right.high)
    if left.is_exact and right.is_exact:
        return _truth(one)
    other = exact.compare(sign, left.high, right.low)
    one, other = as_column(one), as_column(other)
    # The stricter of both implies the other.
    certain, possible = (other, one) if sign in ("<", "<=") else (one, other)
    return Truth(ibis.cases((certain, True), (~possible, False)))


def compare(sign: str, left: Carrier, right: Carrier) -> Carrier:
    """`left sign right` for any of the six signs."""
    if sign == "=":
        return equal(left, right)
    if sign == "!=":
        return opposite(equal(left, right))
    return order(sign, left, right)


# --- if ---------------------------------------------------------------------------------------


def chosen(condition: Carrier, then: Carrier, otherwise: Carrier) -> Carrier:
    """`if condition then a else b`; while the condition is unknown, both where they are equal."""
    decided = settled(condition)
    if decided is not None:
        return then if decided else otherwise
    same = equal(then, otherwise)
    if is_unsaid(condition):
        return _only_where(same, then)
    decide = holds(condition)
    if is_unsaid(then) and is_unsaid(otherwise):
        return UNSAID
    one, other = lifted(then), lifted(otherwise)
    if is_unsaid(one) or is_unsaid(other):
        if is_unsaid(one):
            return _only_where(opposite(condition), other)
        return _only_where(condition, one)
    if type(one) is not type(other):
        raise NotRelational("`if` with values of two kinds")
    equals = holds(same)

    def pick(first: Column, second: Column) -> Column:
        return ibis.cases((decide, first), (~decide, second), (equals, first)).cast(first.type())

    if isinstance(one, Truth):
        return Truth(pick(one.holds, other.holds))  # type: ignore[union-attr]
    if isinstance(one, Text | Date):
        nones = [none_of(one), none_of(other)]
        none = None
        if any(given is not None for given in nones):
            none = pick(*(unknown_truth() if given is None else given for given in nones))
        return type(one)(pick(one.value, other.value), none)  # type: ignore[union-attr]
    if isinstance(one, Number):
        low = pick_number(pick, one.low, other.low)  # type: ignore[union-attr]
        if one.is_exact and other.is_exact:  # type: ignore[union-attr]
            return Number(low, low)
        return Number(low, pick_number(pick, one.high, other.high))  # type: ignore[union-attr]
    if isinstance(one, Days | LongTime):
        count = pick_number(pick, one.count, other.count)  # type: ignore[union-attr]
        if isinstance(one, LongTime):
            return LongTime(count)
        whole = one.days, other.days  # type: ignore[union-attr]
        days = None if None in whole else pick_number(pick, *whole)  # type: ignore[arg-type]
        return Days(count, days)
    if isinstance(one, Listed):
        from .items import either

        return Listed(either(decide, equals, one.items, other.items))  # type: ignore[union-attr]
    raise NotRelational("`if` between groups of facts")


def pick_number(pick: Callable[[Column, Column], Column], one: Exact, other: Exact) -> Exact:
    """One of two numbers, by a choice that is made for columns."""
    numbers, divisors, form = exact.same_form([one, other])
    return exact.in_form(form, pick(*numbers), None if divisors is None else pick(*divisors))


def _only_where(condition: Carrier, carrier: Carrier) -> Carrier:
    """The value where the condition is true, else unknown."""
    decided = settled(condition)
    if decided is not None:
        return carrier if decided else UNSAID
    if is_unsaid(condition) or is_unsaid(carrier):
        return UNSAID
    return masked(carrier, holds(condition))


def masked(carrier: Carrier, condition: Column) -> Carrier:
    """The value where a column is true, else unknown."""
    carrier = lifted(carrier)

    def keep(column: Column) -> Column:
        return ibis.cases((condition, column)).cast(column.type())

    def number(value: Exact) -> Exact:
        return Exact(keep(value.column), value.places, value.size, value.per)

    if isinstance(carrier, Truth):
        return Truth(keep(carrier.holds))
    if isinstance(carrier, Text | Date):
        none = None if carrier.none is None else keep(carrier.none)
        return type(carrier)(keep(carrier.value), none)
    if isinstance(carrier, Number):
        low = number(carrier.low)
        return Number(low, low if carrier.is_exact else number(carrier.high))
    if isinstance(carrier, Days | LongTime):
        count = number(carrier.count)
        if isinstance(carrier, LongTime):
            return LongTime(count)
        return Days(count, None if carrier.days is None else number(carrier.days))
    if isinstance(carrier, Listed):
        return Listed(carrier.items.where(condition))
    if isinstance(carrier, Group):
        made = {name: _masking(make, condition) for name, make in carrier.fields.items()}
        return Group(made, lambda: condition.fill_null(False) & as_column(is_stated(carrier)))
    return carrier


def _masking(make: Callable[[], Carrier], condition: Column) -> Callable[[], Carrier]:
    return lambda: masked(make(), condition)


def numbers_in(carrier: Carrier) -> list[Exact]:
    """The numbers that a value is made of, divisors included."""
    if isinstance(carrier, Number):
        found = [carrier.low] if carrier.is_exact else [carrier.low, carrier.high]
    elif isinstance(carrier, Days | LongTime):
        found = [carrier.count]
    else:
        found = []
    return [*found, *(number.per for number in found if number.per is not None)]


def narrowed(carrier: Carrier, most: int) -> Carrier:
    """A number taken to be no larger than `most`; null where it is."""

    def narrow(number: Exact) -> Exact:
        if number.constant is not None or number.size <= most:
            return number
        column = number.column
        kept = ibis.cases((column.abs() < most, column))
        per = None if number.per is None else narrow(number.per)
        return Exact(kept.cast(exact.type_for(most, number.places)), number.places, most, per)

    if isinstance(carrier, Number):
        low = narrow(carrier.low)
        return Number(low, low if carrier.is_exact else narrow(carrier.high))
    if isinstance(carrier, LongTime):
        return LongTime(narrow(carrier.count))
    if isinstance(carrier, Days):
        return Days(narrow(carrier.count), None if carrier.days is None else narrow(carrier.days))
    return carrier
