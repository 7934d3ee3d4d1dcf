"""Equality, order and "is there one", as docs/logic.md has them, over values not known yet."""

from __future__ import annotations

from ..feel import logic
from .listing import at_positions, certain, length_is
from .terms import Bit, Terms
from .values import (
    UNKNOWN_TRUTH,
    CannotEncode,
    Listing,
    Moment,
    Number,
    Scalar,
    Symbol,
    Truth,
    Word,
    Words,
)


def conjunction(terms: Terms, parts: list[Truth]) -> Truth:
    """Strong Kleene `and`."""
    return Truth(
        terms.both(*(part.yes for part in parts)), terms.either(*(part.no for part in parts))
    )


def disjunction(terms: Terms, parts: list[Truth]) -> Truth:
    """Strong Kleene `or`."""
    return Truth(
        terms.either(*(part.yes for part in parts)), terms.both(*(part.no for part in parts))
    )


def negation(part: Truth) -> Truth:
    """Strong Kleene `not`."""
    return Truth(part.no, part.yes)


def stated(terms: Terms, value: Symbol) -> Bit:
    """Is it anything but unknown?"""
    if isinstance(value, Truth):
        return terms.either(value.yes, value.no)
    if isinstance(value, Listing):
        return value.known
    if isinstance(value, Number | Moment | Word):
        return terms.either(value.known, value.none)
    raise CannotEncode("a group of facts taken as one value")


def is_none(terms: Terms, value: Symbol) -> Truth:
    """`value = null`."""
    if isinstance(value, Truth):
        return Truth(False, terms.either(value.yes, value.no))
    if isinstance(value, Listing):
        return Truth(
            terms.both(value.known, *(terms.opposite(slot.there) for slot in value.slots)),
            terms.both(value.known, terms.either(*(slot.sure for slot in value.slots))),
        )
    if isinstance(value, Number | Moment | Word):
        return Truth(value.none, value.known)
    return Truth(False, True)


def compared(terms: Terms, words: Words, sign: str, one: Symbol, other: Symbol) -> Truth:
    """`one sign other`."""
    if sign == "=":
        return equal(terms, words, one, other)
    if sign == "!=":
        return negation(equal(terms, words, one, other))
    return order(terms, sign, one, other)


def equal(terms: Terms, words: Words, one: Symbol, other: Symbol) -> Truth:
    """`one = other`."""
    if isinstance(one, Truth) and isinstance(other, Truth):
        return Truth(
            terms.either(terms.both(one.yes, other.yes), terms.both(one.no, other.no)),
            terms.either(terms.both(one.yes, other.no), terms.both(one.no, other.yes)),
        )
    if isinstance(one, Listing) and isinstance(other, Listing):
        return _equal_lists(terms, words, one, other)
    if isinstance(one, Number) and isinstance(other, Number):
        found = _equal_numbers(terms, one, other)
    elif isinstance(one, Moment) and isinstance(other, Moment) and one.kind == other.kind:
        found = _exactly(terms, terms.equals(one.value, other.value))
    elif isinstance(one, Word) and isinstance(other, Word):
        found = _equal_words(terms, words, one, other)
    else:
        raise CannotEncode("values of different kinds compared")
    return _with_none(terms, found, one, other, equality=True)


def _exactly(terms: Terms, bit: Bit) -> Truth:
    return Truth(bit, terms.opposite(bit))


def _with_none(terms: Terms, found: Truth, one: Scalar, other: Scalar, equality: bool) -> Truth:
    """What holds of two known values, extended to none."""
    known = terms.both(one.known, other.known)
    yes, no = [terms.both(known, found.yes)], [terms.both(known, found.no)]
    for first, second in ((one, other), (other, one)):
        no.append(terms.both(first.none, second.known))
    both_none = terms.both(one.none, other.none)
    if equality:
        yes.append(both_none)
    else:
        no.append(both_none)
    return Truth(terms.either(*yes), terms.either(*no))


def _equal_numbers(terms: Terms, one: Number, other: Number) -> Truth:
    if one.exact and other.exact:
        return _exactly(terms, terms.equals(one.low, other.low))
    apart = terms.either(terms.less(one.high, other.low), terms.less(other.high, one.low))
    same = terms.both(
        terms.equals(one.low, other.low),
        terms.equals(one.low, one.high),
        terms.equals(other.low, other.high),
    )
    return Truth(same, apart)


def _equal_words(terms: Terms, words: Words, one: Word, other: Word) -> Truth:
    if one.options is None and other.options is None:
        return _exactly(terms, terms.equals(one.code, other.code))
    if one.options is None:
        one, other = other, one
    assert one.options is not None
    if other.options is None:
        pairs = (
            terms.both(bit, terms.equals(other.code, words.code(text)))
            for text, bit in one.options.items()
        )
    else:
        pairs = (
            terms.both(bit, other.options[text])
            for text, bit in one.options.items()
            if text in other.options
        )
    return _exactly(terms, terms.either(*pairs))


def _equal_lists(terms: Terms, words: Words, one: Listing, other: Listing) -> Truth:
    known = terms.both(one.known, other.known, certain(terms, one), certain(terms, other))
    firsts, seconds = at_positions(terms, words, one), at_positions(terms, words, other)
    longest = max(len(firsts), len(seconds))
    alike = terms.either(
        *(
            terms.both(length_is(terms, one, count), length_is(terms, other, count))
            for count in range(longest + 1)
        )
    )
    differ = []
    same = []
    for (there, first), (_, second) in zip(firsts, seconds, strict=False):
        found = equal(terms, words, first, second)
        same.append(terms.implies(there, found.yes))
        differ.append(terms.both(there, found.no))
    return Truth(
        terms.both(known, alike, *same),
        terms.both(known, terms.either(terms.opposite(alike), *differ)),
    )


def order(terms: Terms, sign: str, one: Symbol, other: Symbol) -> Truth:
    """`one sign other` for `< <= > >=`."""
    if isinstance(one, Number) and isinstance(other, Number):
        found = _order_numbers(terms, sign, one, other)
    elif isinstance(one, Moment) and isinstance(other, Moment) and one.kind == other.kind:
        found = _exactly(terms, terms.compare(sign, one.value, other.value))
    elif isinstance(one, Word) and isinstance(other, Word):
        found = _order_words(terms, sign, one, other)
    else:
        return UNKNOWN_TRUTH
    return _with_none(terms, found, one, other, equality=False)


def _order_numbers(terms: Terms, sign: str, one: Number, other: Number) -> Truth:
    first = terms.compare(sign, one.low, other.high)
    if one.exact and other.exact:
        return _exactly(terms, first)
    second = terms.compare(sign, one.high, other.low)
    return Truth(
        terms.both(first, second), terms.both(terms.opposite(first), terms.opposite(second))
    )


def _order_words(terms: Terms, sign: str, one: Word, other: Word) -> Truth:
    if one.options is None or other.options is None:
        raise CannotEncode("the order of free texts")
    ahead = logic.COMPARE[sign]
    return _exactly(
        terms,
        terms.either(
            *(
                terms.both(bit, other_bit)
                for text, bit in one.options.items()
                for other_text, other_bit in other.options.items()
                if ahead(text, other_text)
            )
        ),
    )
