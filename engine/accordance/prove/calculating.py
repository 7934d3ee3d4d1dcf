"""Arithmetic as docs/logic.md has it, over values not known yet."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

from .dates import Calendar
from .terms import Bit, Term, Terms
from .values import CannotEncode, Moment, Number, Symbol

_LAST_ORDINAL = dt.date.max.toordinal()
_SAFE_DAYS = 300_000
"""A shift by so many days stays within the calendar for every date that a fact may have."""
_DATE_AND_DAYS = {("date", "days"), ("days", "date")}


class Calculator:
    """The operators `+ - * /` and the unary minus."""

    def __init__(self, terms: Terms, calendar: Calendar) -> None:
        self.terms = terms
        self.calendar = calendar

    def calculate(self, sign: str, one: Symbol, other: Symbol) -> Symbol:
        """`one sign other`. Raises CannotEncode."""
        if isinstance(one, Number) and isinstance(other, Number):
            return self._numbers(sign, one, other)
        if isinstance(one, Moment) and isinstance(other, Moment):
            return self._moments(sign, one, other)
        if sign == "*" and isinstance(one, Number):
            one, other = other, one
        if sign in "*/" and isinstance(one, Moment) and isinstance(other, Number):
            return self._scaled(sign, one, other)
        raise CannotEncode("texts joined with `+`")

    def negative(self, value: Symbol) -> Symbol:
        """`-value`."""
        minus = self.terms.minus
        if isinstance(value, Number):
            low = minus(0, value.high)
            return Number(value.known, low, low if value.exact else minus(0, value.low))
        if isinstance(value, Moment) and value.kind != "date":
            return Moment(value.kind, value.known, minus(0, value.value))
        raise CannotEncode("the negative of this kind of value")

    # numbers

    def _numbers(self, sign: str, one: Number, other: Number) -> Number:
        terms = self.terms
        known = terms.both(one.known, other.known)
        exact = one.exact and other.exact
        if sign == "+":
            low = terms.plus(one.low, other.low)
            return Number(known, low, low if exact else terms.plus(one.high, other.high))
        if sign == "-":
            low = terms.minus(one.low, other.high)
            return Number(known, low, low if exact else terms.minus(one.high, other.low))
        if sign == "/":
            known = terms.both(known, self.is_exact(other), terms.opposite(self._is_zero(other)))
            ends = [terms.over(one.low, other.low)]
            if not one.exact:
                ends.append(terms.over(one.high, other.low))
        else:
            known = terms.both(known, terms.either(self.is_exact(one), self.is_exact(other)))
            ends = [terms.times(first, second) for first in _ends(one) for second in _ends(other)]
        low = high = ends[0]
        for end in ends[1:]:
            low, high = terms.least(low, end), terms.most(high, end)
        return Number(known, low, low if len(ends) == 1 else high)

    def is_exact(self, value: Number) -> Bit:
        """Is it one number, not only bounds of one?"""
        return True if value.exact else self.terms.equals(value.low, value.high)

    def _is_zero(self, value: Number) -> Bit:
        return self.terms.equals(value.low, 0)

    # dates and durations

    def _moments(self, sign: str, one: Moment, other: Moment) -> Symbol:
        terms = self.terms
        kinds = one.kind, other.kind
        known = terms.both(one.known, other.known)
        if sign == "-" and kinds == ("date", "date"):
            return Moment("days", known, terms.minus(one.value, other.value))
        if sign == "+" and kinds[1] == "date":
            return self._moments("+", other, one)
        if sign in "+-" and kinds[0] == "date" and kinds[1] != "date":
            return self._shifted(sign, one, other, known)
        if sign in "+-" and kinds[0] == kinds[1]:
            make = terms.plus if sign == "+" else terms.minus
            return Moment(one.kind, known, make(one.value, other.value))
        if sign == "/" and kinds[0] == kinds[1] and kinds[0] != "date":
            if not isinstance(other.value, int):
                raise CannotEncode("a duration divided by one that is not fixed")
            if other.value == 0:
                return Number(False, 0, 0)
            share = terms.times(self._as_number(one), Fraction(1, other.value))
            return Number(known, share, share)
        raise CannotEncode(f"a {one.kind} `{sign}` a {other.kind}")

    def _shifted(self, sign: str, day: Moment, by: Moment, known: Bit) -> Moment:
        terms = self.terms
        if by.kind == "months":
            if not isinstance(by.value, int):
                raise CannotEncode("a number of months that is not fixed")
            count = by.value if sign == "+" else -by.value
            return Moment("date", known, self.calendar.shifted(day.value, count))
        value = (terms.plus if sign == "+" else terms.minus)(day.value, by.value)
        if not (isinstance(by.value, int) and abs(by.value) <= _SAFE_DAYS):
            known = terms.both(known, terms.at_most(1, value), terms.at_most(value, _LAST_ORDINAL))
        return Moment("date", known, value)

    def _scaled(self, sign: str, one: Moment, other: Number) -> Moment:
        factor = other.low
        if one.kind == "date" or not other.exact or not isinstance(factor, int | Fraction):
            raise CannotEncode("a duration multiplied by a number that is not fixed")
        if sign == "/":
            if factor == 0:
                return Moment(one.kind, False, 0)
            factor = Fraction(1) / factor
        terms = self.terms
        if isinstance(one.value, int):
            value = self._constant_scaled(one.kind, one.value, Fraction(factor))
        elif Fraction(factor).denominator == 1:
            value = terms.times(one.value, int(factor))
        else:
            raise CannotEncode("a part of a duration")
        return Moment(one.kind, terms.both(one.known, other.known), value)

    def _constant_scaled(self, kind: str, count: int, factor: Fraction) -> int:
        if kind == "months":
            return int(count * factor)
        days = count * factor
        if days.denominator != 1:
            raise CannotEncode("a duration with hours")
        return days.numerator

    def _as_number(self, moment: Moment) -> Term:
        return self.terms.as_real(moment.value)


def _ends(value: Number) -> tuple[Term, ...]:
    return (value.low,) if value.exact else (value.low, value.high)
