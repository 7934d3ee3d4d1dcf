"""Exact numbers in columns: a decimal, or a decimal over another, each with the size it can have.

INVARIANT: no operation rounds and none overflows. The digits that a result can need are counted
when the plan is made, and where they are more than the database has, TooWide is raised.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

from ..feel.logic import COMPARE, exact
from ..feel.values import Number, to_decimal
from .limits import DIGITS, TooWide

SMALL_DIGITS: Final = 18
"""Whole numbers of so many digits are 64-bit integers, which are faster than decimals."""


@dataclass(frozen=True, slots=True)
class Exact:
    """`number / per`, where `per` is positive, or 1 where it is None.

    `places` are the decimals of `number`, `size` the largest absolute value that it can have.
    Null where the number is not known; then `number` is null. A constant has its value in
    `constant`, and no column.
    """

    number: Any
    places: int
    size: Number
    per: Exact | None = None
    constant: Number | None = None

    @property
    def column(self) -> Any:
        """The numerator as a column, of the smallest type that holds it."""
        if self.constant is None:
            return self.number
        numerator = self.constant
        return literal(numerator, type_for(self.size, self.places))

    @property
    def value(self) -> Number:
        assert self.constant is not None
        return self.constant


ONE: Final = Exact(None, 0, 1, None, 1)


def constant(value: Number) -> Exact:
    """A number that is known when the plan is made."""
    decimals = places_of(value)
    if decimals is not None:
        return Exact(None, decimals, absolute(value), None, value)
    below = Fraction(value).denominator
    numerator = Fraction(value).numerator
    return Exact(
        literal(numerator, type_for(abs(numerator), 0)), 0, abs(numerator), constant(below)
    )


def absolute(value: Number) -> Number:
    return -value if value < 0 else value


def places_of(value: Number) -> int | None:
    """The decimals of a number; None where they do not end (or are too many)."""
    if isinstance(value, int):
        return 0
    for places in range(1, DIGITS + 1):
        if (value * 10**places).denominator == 1:
            return places
    return None


def literal(value: Number, kind: dt.DataType) -> Any:
    """A constant column of a type."""
    if kind.is_integer():
        return ibis.literal(int(value), type=kind)
    return ibis.literal(Decimal(value) if isinstance(value, int) else to_decimal(value), type=kind)


def type_for(size: Number, places: int) -> dt.DataType:
    """The type that holds numbers up to a size, with so many decimals. Raises TooWide."""
    digits = len(str(int(size)))
    if places == 0 and digits <= SMALL_DIGITS:
        return dt.int64
    if digits + places > DIGITS:
        raise TooWide
    return dt.Decimal(SMALL_DIGITS if digits + places <= SMALL_DIGITS else DIGITS, places)


def cast(value: Exact, size: Number, places: int) -> Any:
    """The numerator as a column of the type for a size and decimals no smaller than its own."""
    kind = type_for(size, places)
    if value.constant is not None:
        return literal(value.constant, kind)
    return value.number.cast(kind)


def add(left: Exact, right: Exact) -> Exact:
    if left.constant is not None and right.constant is not None:
        return constant(exact(left.constant + right.constant))
    if left.per is not None or right.per is not None:
        return over(
            add(_times_per(left, right), _times_per(right, left)), _product_per(left, right)
        )
    size, places = left.size + right.size, max(left.places, right.places)
    kind = type_for(size, places)
    total = cast(left, size, places) + cast(right, size, places)
    return Exact(total.cast(kind), places, size)


def negative(value: Exact) -> Exact:
    if value.constant is not None:
        return constant(-value.constant)
    return Exact((-value.number).cast(value.number.type()), value.places, value.size, value.per)


def absolute_value(number: Exact) -> Exact:
    if number.constant is not None:
        return constant(absolute(number.constant))
    column = number.number.abs().cast(number.number.type())
    return Exact(column, number.places, number.size, number.per)


def multiply(left: Exact, right: Exact) -> Exact:
    if left.constant is not None and right.constant is not None:
        return constant(exact(left.constant * right.constant))
    for one, other in ((left, right), (right, left)):
        if one.constant == 1:
            return other
        if one.constant == 0:
            # Null where the other is not known.
            return Exact(other.number.notnull().ifelse(0, None).cast("int64"), 0, 0)
    if left.per is not None or right.per is not None:
        top = multiply(_top(left), _top(right))
        return over(top, _product_per(left, right))
    size, places = left.size * right.size, left.places + right.places
    kind = type_for(size, places)
    if kind.is_integer():
        return Exact(left.column * right.column, 0, size)
    wide = dt.Decimal(DIGITS, left.places), dt.Decimal(DIGITS, right.places)
    product = left.column.cast(wide[0]) * right.column.cast(wide[1])
    return Exact(product.cast(kind), places, size)


def divide(left: Exact, right: Exact) -> Exact | None:
    """The quotient; null where the divisor is 0. None where it is 0 in every case."""
    if right.constant is not None:
        if right.constant == 0:
            return None
        return multiply(left, constant(exact(Fraction(1) / right.constant)))
    # left / (n / d) = left * d / n, with the sign above and null for a divisor of 0
    top = left if right.per is None else multiply(left, right.per)
    whole = top.column
    signed = ibis.cases((right.number > 0, whole), (right.number < 0, -whole)).cast(whole.type())
    upper = Exact(signed, top.places, top.size)
    size = right.number.abs().cast(right.number.type())
    below = Exact(size, right.places, right.size)
    return over(upper, below if top.per is None else multiply(top.per, below))


def over(top: Exact, per: Exact) -> Exact:
    """`top / per` for a positive `per`."""
    if per.constant is not None:
        if top.constant is not None:
            return constant(exact(Fraction(top.constant) / per.constant))
        share = exact(Fraction(1) / per.constant)
        if places_of(share) is not None:
            return multiply(top, constant(share))
    return Exact(top.column, top.places, top.size, per)


def _top(value: Exact) -> Exact:
    if value.constant is not None:
        return value
    return Exact(value.number, value.places, value.size)


def _per(value: Exact) -> Exact:
    return value.per if value.per is not None else ONE


def _times_per(value: Exact, other: Exact) -> Exact:
    return multiply(_top(value), _per(other))


def _product_per(left: Exact, right: Exact) -> Exact:
    return multiply(_per(left), _per(right))


def same(left: Any, right: Any) -> Any:
    """Are two columns equal? Ibis takes `null = column` for the question whether it is null."""
    return ibis.null("boolean") if _is_null(left) or _is_null(right) else left == right


def _is_null(column: Any) -> bool:
    op = column.op() if isinstance(column, ibis.Value) else None
    while isinstance(op, ops.Cast):
        op = op.arg
    return isinstance(op, ops.Literal) and op.value is None


SIGNS: Final[dict[str, Callable[[Any, Any], Any]]] = {**COMPARE, "=": same}


def compare(sign: str, left: Exact, right: Exact) -> Any:
    """`left sign right` as a true, false or null column, or as a constant bool."""
    holds = SIGNS[sign]
    if left.constant is not None and right.constant is not None:
        return bool(holds(left.constant, right.constant))
    if left.per is not None or right.per is not None:
        return compare(sign, _times_per(left, right), _times_per(right, left))
    size, places = max(left.size, right.size), max(left.places, right.places)
    for one, other in ((left, right), (right, left)):
        # A constant takes the type of the column where it can, so that the column is not cast.
        if one.constant is not None and one.places <= other.places:
            kind = other.number.type()
            room = DIGITS if kind.is_integer() else kind.precision - kind.scale
            if len(str(int(one.size))) <= min(room, SMALL_DIGITS if kind.is_integer() else room):
                given = literal(one.constant, kind)
                pair = (given, other.number) if one is left else (other.number, given)
                return holds(*pair)
    return holds(cast(left, size, places), cast(right, size, places))


def same_form(values: list[Exact]) -> tuple[list[Any], list[Any] | None, Exact]:
    """Numbers of different forms as columns of one type: numerators, divisors where one has any,
    and a number that stands for the form (its size and places)."""
    tops, pers = [_top(value) for value in values], [_per(value) for value in values]
    size, places = max(top.size for top in tops), max(top.places for top in tops)
    numerators = [cast(top, size, places) for top in tops]
    if all(value.per is None for value in values):
        return numerators, None, Exact(None, places, size)
    below_size, below_places = max(per.size for per in pers), max(per.places for per in pers)
    divisors = [cast(per, below_size, below_places) for per in pers]
    return (
        numerators,
        divisors,
        Exact(None, places, size, Exact(None, below_places, below_size)),
    )


def in_form(form: Exact, numerator: Any, divisor: Any = None) -> Exact:
    """A number made of columns that have the form of another."""
    if form.per is None or divisor is None:
        return Exact(numerator, form.places, form.size)
    per = Exact(divisor, form.per.places, form.per.size)
    return Exact(numerator, form.places, form.size, per)
