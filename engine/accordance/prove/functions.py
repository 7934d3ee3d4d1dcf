"""The built-in functions over values not known yet; each does what `feel.functions` does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from ..feel import functions as known_functions
from ..feel.values import Months, Value
from .calculating import Calculator
from .comparing import conjunction, disjunction, equal, is_none, negation, stated
from .listing import certain
from .terms import Bit, Term, Terms
from .values import (
    CannotEncode,
    Listing,
    Moment,
    Number,
    Slot,
    Symbol,
    Truth,
    Word,
    Words,
)

VARIADIC: Final = frozenset(
    name for name, function in known_functions.FUNCTIONS.items() if function.variadic
)
_TEXT_FUNCTIONS: Final = frozenset(
    ("string length", "contains", "starts with", "ends with", "matches", "upper case", "lower case")
)


@dataclass(frozen=True, slots=True)
class Functions:
    """Applies functions by their names."""

    terms: Terms
    words: Words
    calculator: Calculator

    def apply(self, name: str, arguments: list[Symbol]) -> Symbol:
        """The value of a function. Raises CannotEncode."""
        if name in VARIADIC and len(arguments) != 1:
            arguments = [Listing(True, tuple(Slot(one, True, True) for one in arguments))]
        if name in _TEXT_FUNCTIONS:
            return self._on_texts(name, arguments)
        apply = _FUNCTIONS.get(name)
        if apply is None:
            raise CannotEncode(f"the function `{name}`")
        return apply(self, *arguments)

    # of lists

    def count(self, items: Symbol) -> Symbol:
        listing = _list(items)
        terms = self.terms
        low: Term = 0
        high: Term = 0
        exact = all(slot.there is slot.sure for slot in listing.slots)
        for slot in listing.slots:
            low = terms.plus(low, terms.choose(slot.sure, 1, 0))
            high = low if exact else terms.plus(high, terms.choose(slot.there, 1, 0))
        return Number(listing.known, low, high)

    def sum(self, items: Symbol) -> Symbol:
        return self._sum(_list(items))

    def _sum(self, listing: Listing) -> Number:
        terms = self.terms
        known = [listing.known, terms.either(*(slot.sure for slot in listing.slots))]
        low: Term = 0
        high: Term = 0
        exact = True
        for slot in listing.slots:
            item = _number(slot.item)
            known.append(terms.implies(slot.there, item.known))
            exact = exact and item.exact and slot.there is slot.sure
            least, most = item.low, item.high
            if slot.there is not slot.sure:
                least = self._if_sure(slot, least, terms.least(least, 0))
                most = self._if_sure(slot, most, terms.most(most, 0))
            low = terms.plus(low, terms.choose(slot.there, least, 0))
            high = low if exact else terms.plus(high, terms.choose(slot.there, most, 0))
        return Number(terms.both(*known), low, high)

    def _if_sure(self, slot: Slot, one: Term, other: Term) -> Term:
        return self.terms.choose(slot.sure, one, other)

    def mean(self, items: Symbol) -> Symbol:
        listing, terms = _list(items), self.terms
        total = self._sum(listing)
        known = terms.both(total.known, certain(terms, listing), self.calculator.is_exact(total))
        count = self.count(listing)
        assert isinstance(count, Number)
        share: Term = total.low
        for size in range(2, len(listing.slots) + 1):
            part = terms.times(total.low, Fraction(1, size))
            share = terms.choose(terms.equals(count.low, size), part, share)
        return Number(known, share, share)

    def min(self, items: Symbol) -> Symbol:
        return self._extreme(items, "<")

    def max(self, items: Symbol) -> Symbol:
        return self._extreme(items, ">")

    def _extreme(self, items: Symbol, sign: str) -> Symbol:
        listing, terms = _list(items), self.terms
        known = [listing.known, terms.either(*(slot.sure for slot in listing.slots))]
        values: list[Number | Moment] = []
        for slot in listing.slots:
            if not isinstance(slot.item, Number | Moment):
                raise CannotEncode("the first or last of texts")
            values.append(slot.item)
            known.append(terms.implies(slot.there, slot.item.known))
        if not values:
            return Number(False, 0, 0)
        first = values[0]
        if isinstance(first, Moment):
            known.append(certain(terms, listing))
            days = [value.value for value in values if isinstance(value, Moment)]
            best = self._best(sign, [slot.there for slot in listing.slots], days, True)
            return Moment(first.kind, terms.both(*known), best)
        numbers = [value for value in values if isinstance(value, Number)]
        known += [
            terms.implies(slot.there, self.calculator.is_exact(number))
            for slot, number in zip(listing.slots, numbers, strict=True)
        ]
        lows = [number.low for number in numbers]
        every = self._best(sign, [slot.there for slot in listing.slots], lows, False)
        if all(slot.there is slot.sure for slot in listing.slots):
            return Number(terms.both(*known), every, every)
        sure = self._best(sign, [slot.sure for slot in listing.slots], lows, False)
        low, high = (every, sure) if sign == "<" else (sure, every)
        return Number(terms.both(*known), low, high)

    def _best(self, sign: str, there: list[Bit], values: list[Term], whole: bool) -> Term:
        """The least (or greatest) of the values that are there."""
        terms = self.terms
        found, best = there[0], values[0]
        for bit, value in zip(there[1:], values[1:], strict=True):
            better = terms.compare(sign, value, best)
            take = terms.both(bit, terms.either(terms.opposite(found), better))
            best = terms.choose(take, value, best, whole)
            found = terms.either(found, bit)
        return best

    def all(self, items: Symbol) -> Symbol:
        listing, terms = _list(items), self.terms
        parts = [(slot, _truth(slot.item)) for slot in listing.slots]
        return Truth(
            terms.both(listing.known, *(terms.implies(s.there, truth.yes) for s, truth in parts)),
            terms.both(
                listing.known, terms.either(*(terms.both(s.sure, truth.no) for s, truth in parts))
            ),
        )

    def any(self, items: Symbol) -> Symbol:
        listing = _list(items)
        turned = tuple(
            Slot(negation(_truth(slot.item)), slot.there, slot.sure) for slot in listing.slots
        )
        return negation(_truth(self.all(Listing(listing.known, turned))))

    def list_contains(self, items: Symbol, element: Symbol) -> Symbol:
        listing, terms = _list(items), self.terms
        text = _fixed_text(element)
        sure: list[Bit] = []
        absent: list[Bit] = []
        for slot in listing.slots:
            if slot.there is False:
                continue
            if text is not None and _fixed_text(slot.item) not in (None, text):
                continue  # another text, which nothing can make this one
            found = equal(terms, self.words, slot.item, element)
            sure.append(terms.both(slot.sure, found.yes))
            absent.append(terms.implies(slot.there, found.no))
        return Truth(
            terms.both(listing.known, terms.either(*sure)), terms.both(listing.known, *absent)
        )

    def distinct_values(self, items: Symbol) -> Symbol:
        listing, terms = _list(items), self.terms
        known = [listing.known, certain(terms, listing)]
        slots: list[Slot] = []
        for index, slot in enumerate(listing.slots):
            if isinstance(slot.item, Listing) or not isinstance(
                slot.item, Truth | Number | Moment | Word
            ):
                raise CannotEncode("the distinct ones among lists or groups of facts")
            known.append(terms.implies(slot.there, stated(terms, slot.item)))
            if isinstance(slot.item, Number):
                known.append(terms.implies(slot.there, self.calculator.is_exact(slot.item)))
            seen = [
                terms.both(earlier.there, equal(terms, self.words, earlier.item, slot.item).yes)
                for earlier in listing.slots[:index]
            ]
            new = terms.both(slot.there, terms.opposite(terms.either(*seen)))
            slots.append(Slot(slot.item, new, new))
        return Listing(terms.both(*known), tuple(slots))

    # of numbers, dates and durations

    def abs(self, value: Symbol) -> Symbol:
        if isinstance(value, Moment) and value.kind != "date":
            size = self.terms.most(value.value, self.terms.minus(0, value.value), whole=True)
            return Moment(value.kind, value.known, size)
        number = self._one_number(value)
        size = self.terms.most(number.low, self.terms.minus(0, number.low))
        return Number(number.known, size, size)

    def floor(self, value: Symbol) -> Symbol:
        number = self._one_number(value)
        found = self.terms.floor(number.low)
        return Number(number.known, found, found)

    def ceiling(self, value: Symbol) -> Symbol:
        number, terms = self._one_number(value), self.terms
        found = terms.minus(0, terms.floor(terms.minus(0, number.low)))
        return Number(number.known, found, found)

    def round_half_up(self, value: Symbol, scale: Symbol | None = None) -> Symbol:
        digits = 0 if scale is None else self._constant(scale, "digits that are not fixed")
        if not isinstance(digits, int) or abs(digits) > known_functions.ROUNDING_DIGITS:
            return Number(False, 0, 0)
        number, terms = self._one_number(value), self.terms
        shift = Fraction(10) ** digits
        size = terms.most(number.low, terms.minus(0, number.low))
        raised = terms.plus(terms.times(size, shift), Fraction(1, 2))
        whole = terms.times(terms.floor(raised), 1 / shift)
        found = terms.choose(terms.less(number.low, 0), terms.minus(0, whole), whole)
        return Number(number.known, found, found)

    def _one_number(self, value: Symbol) -> Number:
        number = _number(value)
        known = self.terms.both(number.known, self.calculator.is_exact(number))
        return Number(known, number.low, number.low)

    def date(self, *parts: Symbol) -> Symbol:
        if len(parts) == 1 and isinstance(parts[0], Moment) and parts[0].kind == "date":
            return Moment("date", parts[0].known, parts[0].value)
        values = [self._constant(part, "a date put together") for part in parts]
        return constant(known_functions.FUNCTIONS["date"].apply(*values), "date")

    def duration(self, text: Symbol) -> Symbol:
        value = self._constant(text, "a duration that is not fixed")
        return constant(known_functions.FUNCTIONS["duration"].apply(value), "days")

    def months(self, start: Symbol, end: Symbol) -> Symbol:
        if not isinstance(start, Moment) or not isinstance(end, Moment):
            raise CannotEncode("months between values that are no dates")
        months = self.calculator.calendar.months_between(start.value, end.value)
        return Moment("months", self.terms.both(start.known, end.known), months)

    def has_value(self, value: Symbol) -> Symbol:
        return negation(is_none(self.terms, value))

    def is_defined(self, value: Symbol) -> Symbol:
        bit = stated(self.terms, value)
        return Truth(bit, self.terms.opposite(bit))

    def _constant(self, value: Symbol, what: str) -> Value:
        fixed = isinstance(value, Number) and value.known is True and value.exact
        if fixed and isinstance(value.low, int | Fraction):  # type: ignore[union-attr]
            return value.low  # type: ignore[union-attr]
        if isinstance(value, Word) and value.known is True and value.options is not None:
            for text, bit in value.options.items():
                if bit is True:
                    return text
        raise CannotEncode(what)

    # of texts

    def _on_texts(self, name: str, arguments: Sequence[Symbol]) -> Symbol:
        """Worked out for every word that the texts can be."""
        function = known_functions.FUNCTIONS[name]
        terms = self.terms
        known: list[Bit] = []
        combinations: list[tuple[Bit, list[str]]] = [(True, [])]
        for argument in arguments:
            if not isinstance(argument, Word) or argument.options is None:
                raise CannotEncode(f"`{name}` of a free text")
            known.append(argument.known)
            combinations = [
                (terms.both(bit, option), [*texts, text])
                for bit, texts in combinations
                for text, option in argument.options.items()
            ]
        results = [(bit, function.apply(*texts)) for bit, texts in combinations]
        kinds = {type(result) for _, result in results}
        if kinds <= {bool}:
            return Truth(
                terms.either(*(bit for bit, result in results if result is True)),
                terms.either(*(bit for bit, result in results if result is False)),
            )
        if kinds == {int}:
            size: Term = results[-1][1]
            for bit, result in reversed(results[:-1]):
                size = terms.choose(bit, result, size)
            return Number(terms.both(*known), size, size)
        if kinds == {str}:
            options: dict[str, Bit] = {}
            for bit, result in results:
                options[result] = terms.either(options.get(result, False), bit)
            return Word(terms.both(*known), options)
        raise CannotEncode(f"`{name}` of these texts")


def constant(value: Value, kind: str = "") -> Symbol:
    """A value that is known already; `kind` is that of a value which is unknown."""
    if isinstance(value, bool):
        return Truth(value, not value)
    if isinstance(value, int | Fraction):
        return Number(True, value, value)
    if isinstance(value, str):
        return Word(True, {value: True})
    if isinstance(value, dt.date):
        return Moment("date", True, value.toordinal())
    if isinstance(value, Months):
        return Moment("months", True, value.count)
    if isinstance(value, dt.timedelta):
        if value.seconds or value.microseconds:
            raise CannotEncode("a duration with hours")
        return Moment("days", True, value.days)
    if isinstance(value, list | tuple):
        return Listing(True, tuple(Slot(constant(item), True, True) for item in value))
    if kind:
        return Moment(kind, False, 0)
    raise CannotEncode("a value of this kind")


def _fixed_text(value: Symbol) -> str | None:
    """The text that a value always is, where it is one."""
    if not isinstance(value, Word) or value.known is not True or value.options is None:
        return None
    return next(iter(value.options)) if len(value.options) == 1 else None


def _list(value: Symbol) -> Listing:
    if isinstance(value, Listing):
        return value
    raise CannotEncode("a single value taken as a list")


def _number(value: Symbol) -> Number:
    if isinstance(value, Number):
        return value
    raise CannotEncode("a calculation with what is no number")


def _truth(value: Symbol) -> Truth:
    if isinstance(value, Truth):
        return value
    raise CannotEncode("a condition that is neither true nor false")


_FUNCTIONS: Final[dict[str, Callable[..., Symbol]]] = {
    "count": Functions.count,
    "sum": Functions.sum,
    "min": Functions.min,
    "max": Functions.max,
    "mean": Functions.mean,
    "all": Functions.all,
    "any": Functions.any,
    "list contains": Functions.list_contains,
    "distinct values": Functions.distinct_values,
    "abs": Functions.abs,
    "floor": Functions.floor,
    "ceiling": Functions.ceiling,
    "round half up": Functions.round_half_up,
    "date": Functions.date,
    "duration": Functions.duration,
    "years and months duration": Functions.months,
    "has value": Functions.has_value,
    "is defined": Functions.is_defined,
}

__all__ = ["Functions", "conjunction", "constant", "disjunction"]
