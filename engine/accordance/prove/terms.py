"""Constraints as terms: what is constant is computed here, the rest becomes a term of z3.

A `Bit` is true, false or a condition of z3. A `Term` is an exact number or an arithmetic term of
z3: real for the numbers of FEEL, whole for dates (days since the year 1) and durations.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, TypeAlias

import z3
from z3 import z3core

Bit: TypeAlias = Any
Term: TypeAlias = Any


class Terms:
    """Makes the terms of one z3 context. INVARIANT: the same calls in the same order give the same
    terms, so that answers repeat."""

    def __init__(self) -> None:
        self.context = z3.Context()
        self._reference = self.context.ref()
        self._reals: dict[int | Fraction, Any] = {}
        self._wholes: dict[int, Any] = {}
        self._quotients: dict[int, Any] = {}
        """The terms that are a quotient by what is not fixed, or a choice with one in it."""
        self._comparisons: dict[tuple[str, int, int], tuple[Any, Any, Bit]] = {}

    # unknowns

    def bit(self, name: str) -> Bit:
        """A condition that may be true or false."""
        return z3.Bool(name, self.context)

    def whole(self, name: str) -> Term:
        """A whole number, for dates, durations and the codes of words."""
        return z3.Int(name, self.context)

    def real(self, name: str) -> Term:
        """A number of FEEL."""
        return z3.Real(name, self.context)

    def whole_real(self, name: str) -> Term:
        """A number of FEEL that is whole."""
        return z3.ToReal(z3.Int(name, self.context))

    # conditions

    def both(self, *bits: Bit) -> Bit:
        """`and` of any number of conditions."""
        return self._joined(bits, True, z3core.Z3_mk_and)

    def either(self, *bits: Bit) -> Bit:
        """`or` of any number of conditions."""
        return self._joined(bits, False, z3core.Z3_mk_or)

    def _joined(self, bits: Iterable[Bit], neutral: bool, make: Any) -> Bit:
        kept: dict[int, Any] = {}
        for bit in bits:
            if bit is neutral:
                continue
            if isinstance(bit, bool):
                return not neutral
            kept[bit.get_id()] = bit
        if not kept:
            return neutral
        if len(kept) == 1:
            return next(iter(kept.values()))
        asts = (z3.Ast * len(kept))(*(bit.as_ast() for bit in kept.values()))
        return z3.BoolRef(make(self._reference, len(kept), asts), self.context)

    def opposite(self, bit: Bit) -> Bit:
        if isinstance(bit, bool):
            return not bit
        if bit.decl().kind() == z3.Z3_OP_NOT:
            return bit.arg(0)
        return z3.BoolRef(z3core.Z3_mk_not(self._reference, bit.as_ast()), self.context)

    def implies(self, bit: Bit, other: Bit) -> Bit:
        if other is True or bit is False:
            return True
        return self.either(self.opposite(bit), other)

    def same(self, bit: Bit, other: Bit) -> Bit:
        """Are two conditions both true or both false?"""
        if bit is True or bit is False:
            return other if bit else self.opposite(other)
        if other is True or other is False:
            return bit if other else self.opposite(bit)
        return z3.BoolRef(
            z3core.Z3_mk_eq(self._reference, bit.as_ast(), other.as_ast()), self.context
        )

    def choose(self, bit: Bit, one: Any, other: Any, whole: bool = False) -> Any:
        """`one` where the condition holds, else `other`: two bits or two terms of one sort
        (`whole` says which where both are constants)."""
        if bit is True or one is other:
            return one
        if bit is False:
            return other
        if _is_bit(one) and _is_bit(other):
            return self.either(self.both(bit, one), self.both(self.opposite(bit), other))
        if _constant(one) and _constant(other):
            if one == other:
                return one
            one = self.integer(int(one)) if whole else self.number(one)
        one, other = self._aligned(one, other)
        made = z3.If(bit, one, other)
        if self._holds_quotient(one) or self._holds_quotient(other):
            self._quotients[made.get_id()] = made
        return made

    def _holds_quotient(self, term: Term) -> bool:
        return bool(self._quotients) and not _constant(term) and term.get_id() in self._quotients

    # numbers

    def equals(self, one: Term, other: Term) -> Bit:
        return self._compared("=", one, other)

    def less(self, one: Term, other: Term) -> Bit:
        return self._compared("<", one, other)

    def at_most(self, one: Term, other: Term) -> Bit:
        return self._compared("<=", one, other)

    def compare(self, sign: str, one: Term, other: Term) -> Bit:
        """`one sign other` for `= < <= > >=`."""
        if sign == ">":
            return self._compared("<", other, one)
        if sign == ">=":
            return self._compared("<=", other, one)
        return self._compared(sign, one, other)

    def _compared(self, sign: str, one: Term, other: Term) -> Bit:
        if one is other:
            return sign != "<"
        if _constant(one) and _constant(other):
            return one == other if sign == "=" else one < other if sign == "<" else one <= other
        for quotient, bound, turned in ((one, other, False), (other, one, True)):
            if self._holds_quotient(quotient):
                found = self._by_parts(sign, quotient, bound, turned)
                if found is not None:
                    return found
        one, other = self._aligned(one, other)
        # The same two are compared again and again; the key is good while the terms are kept.
        key = sign, one.get_id(), other.get_id()
        known = self._comparisons.get(key)
        if known is None:
            bit = one == other if sign == "=" else one < other if sign == "<" else one <= other
            known = self._comparisons[key] = one, other, bit
        return known[2]

    def _by_parts(self, sign: str, term: Term, bound: Term, turned: bool) -> Bit | None:
        """The comparison of a quotient as a multiplication, and of a choice as one of comparisons:
        both stay linear where the bound is a constant."""
        kind = term.decl().kind()
        if kind == z3.Z3_OP_ITE:
            parts = [
                self._compared(sign, bound, _plain(part))
                if turned
                else self._compared(sign, _plain(part), bound)
                for part in (term.arg(1), term.arg(2))
            ]
            return self.choose(term.arg(0), parts[0], parts[1])
        if not _constant(bound):
            return None
        above, below = term.arg(0), term.arg(1)
        scaled = self.times(below, bound)
        straight = (
            self._compared(sign, scaled, above) if turned else self._compared(sign, above, scaled)
        )
        if sign == "=":
            return straight
        reverse = (
            self._compared(sign, above, scaled) if turned else self._compared(sign, scaled, above)
        )
        return self.choose(self.less(0, below), straight, reverse)

    def plus(self, one: Term, other: Term) -> Term:
        if _constant(one) and _constant(other):
            return one + other
        if _constant(one) and one == 0:
            return other
        if _constant(other) and other == 0:
            return one
        one, other = self._aligned(one, other)
        return one + other

    def minus(self, one: Term, other: Term) -> Term:
        if _constant(one) and _constant(other):
            return one - other
        if _constant(other) and other == 0:
            return one
        one, other = self._aligned(one, other)
        return one - other

    def times(self, one: Term, other: Term) -> Term:
        if _constant(one) and _constant(other):
            return one * other
        for factor, term in ((one, other), (other, one)):
            if _constant(factor) and factor in (0, 1):
                return term if factor else 0
        one, other = self._aligned(one, other)
        return one * other

    def over(self, one: Term, other: Term) -> Term:
        """A real quotient; the divisor is not zero wherever it is read."""
        if _constant(other):
            if other == 0:
                return 0
            if _constant(one):
                return Fraction(one) / other
            return self.times(one, Fraction(1) / other)
        one, other = self._aligned(one, other)
        made = one / other
        self._quotients[made.get_id()] = made
        return made

    def as_real(self, term: Term) -> Term:
        """A whole number as a number of FEEL."""
        return term if _constant(term) or not term.is_int() else z3.ToReal(term)

    def floor(self, term: Term) -> Term:
        if _constant(term):
            return term.__floor__()
        return z3.ToReal(z3.ToInt(term))

    def least(self, one: Term, other: Term, whole: bool = False) -> Term:
        return one if one is other else self.choose(self.at_most(one, other), one, other, whole)

    def most(self, one: Term, other: Term, whole: bool = False) -> Term:
        return one if one is other else self.choose(self.at_most(one, other), other, one, whole)

    def _aligned(self, one: Term, other: Term) -> tuple[Any, Any]:
        """Two terms as terms of z3 of one sort."""
        if _constant(one):
            return self._as(one, other), other
        if _constant(other):
            return one, self._as(other, one)
        if one.is_int() != other.is_int():
            return tuple(z3.ToReal(term) if term.is_int() else term for term in (one, other))
        return one, other

    def _as(self, value: int | Fraction, like: Any) -> Any:
        if isinstance(like, int | Fraction) or not like.is_int():
            return self.number(value)
        return self.integer(int(value))

    def number(self, value: int | Fraction) -> Any:
        """The constant of sort real."""
        known = self._reals.get(value)
        if known is None:
            known = self._reals[value] = z3.RealVal(str(value), self.context)
        return known

    def integer(self, value: int) -> Any:
        """The constant of sort whole number."""
        known = self._wholes.get(value)
        if known is None:
            known = self._wholes[value] = z3.IntVal(value, self.context)
        return known


def _is_bit(one: Any) -> bool:
    return isinstance(one, bool | z3.BoolRef)


def _constant(term: Term) -> bool:
    return isinstance(term, int | Fraction)


def _plain(term: Any) -> Term:
    """The number that a term is, where it is one."""
    if z3.is_rational_value(term):
        value = Fraction(term.numerator_as_long(), term.denominator_as_long())
        return value.numerator if value.denominator == 1 else value
    return term
