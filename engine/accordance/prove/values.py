"""Values that are not known yet: each part of a value is a condition or a term.

| FEEL                        | here                                                             |
|-----------------------------|------------------------------------------------------------------|
| boolean                     | Truth: is it true, is it false; neither is unknown               |
| number                      | Number: is it known, its least and its greatest value            |
| date, duration              | Moment: days since the year 1, days, or months                   |
| string                      | Word: which of its words it is, or a code for any text at all    |
| list                        | Listing: is it stated; slots that hold an item surely or perhaps |
| context                     | Group: its facts by name                                         |

INVARIANT: `known` and `none` of a scalar exclude each other; neither of them is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from .terms import Bit, Term, Terms


class CannotEncode(Exception):
    """Something that has no constraints here; its text says what."""


@dataclass(frozen=True, slots=True)
class Truth:
    """True, false or (neither) unknown. INVARIANT: never both."""

    yes: Bit
    no: Bit


@dataclass(frozen=True, slots=True)
class Number:
    """A number between `low` and `high`; where they are the same it is known exactly."""

    known: Bit
    low: Term
    high: Term
    none: Bit = False

    @property
    def exact(self) -> bool:
        """Is it always one number?"""
        return self.low is self.high


@dataclass(frozen=True, slots=True)
class Moment:
    """A date (`date`) or a duration (`days`, `months`)."""

    kind: str
    known: Bit
    value: Term
    none: Bit = False


@dataclass(frozen=True, slots=True)
class Word:
    """A text. Either `options` says of each word it can be when it is that word, or `code` is a
    whole number that stands for the text (see `Words`)."""

    known: Bit
    options: Mapping[str, Bit] | None
    code: Term | None = None
    none: Bit = False


class Group(Protocol):
    """Facts under one name."""

    @property
    def names(self) -> frozenset[str]:
        """The names of its facts."""
        ...

    def field(self, name: str) -> Symbol:
        """The fact of that name."""
        ...


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for an item: `there` when it holds one or may hold one, `sure` when it does hold it.

    INVARIANT: what is sure is there.
    """

    item: Symbol
    there: Bit
    sure: Bit


@dataclass(frozen=True, slots=True)
class Listing:
    """A list, in the order of its slots; unknown where it is not `known`."""

    known: Bit
    slots: tuple[Slot, ...]


Scalar: TypeAlias = Number | Moment | Word
Symbol: TypeAlias = Truth | Number | Moment | Word | Listing | Group

UNKNOWN_TRUTH = Truth(False, False)
TRUE = Truth(True, False)
FALSE = Truth(False, True)


class Words:
    """The texts that an encoding knows, each with its code (1, 2, 3 ...). Any other code stands
    for some other text; two different codes stand for two different texts."""

    def __init__(self) -> None:
        self.codes: dict[str, int] = {}
        self.texts: list[str] = []

    def code(self, text: str) -> int:
        known = self.codes.get(text)
        if known is None:
            self.texts.append(text)
            known = self.codes[text] = len(self.texts)
        return known


def coded(terms: Terms, words: Words, word: Word) -> Term:
    """The code of a word, also of one that was given by its options."""
    if word.code is not None:
        return word.code
    code: Term = 0
    for text, bit in (word.options or {}).items():
        code = terms.choose(bit, words.code(text), code, whole=True)
    return code


def guarded(terms: Terms, value: Scalar, bit: Bit) -> Scalar:
    """The value where the condition holds, else unknown."""
    if bit is True:
        return value
    known, none = terms.both(value.known, bit), terms.both(value.none, bit)
    if isinstance(value, Number):
        return Number(known, value.low, value.high)
    if isinstance(value, Moment):
        return Moment(value.kind, known, value.value, none)
    options = value.options
    if options is not None:
        options = {text: terms.both(option, bit) for text, option in options.items()}
    return Word(known, options, value.code, none)


def chosen(terms: Terms, words: Words, cases: Sequence[tuple[Bit, Symbol]]) -> Symbol:
    """The value of the case whose condition holds; unknown where none does.

    INVARIANT: the conditions exclude one another.
    """
    cases = [(bit, value) for bit, value in cases if bit is not False] or list(cases[:1])
    if not cases:
        return UNKNOWN_TRUTH
    values = [value for _, value in cases]
    first = values[0]
    if all(isinstance(value, Truth) for value in values):
        return Truth(
            terms.either(*(terms.both(bit, value.yes) for bit, value in cases)),  # type: ignore[union-attr]
            terms.either(*(terms.both(bit, value.no) for bit, value in cases)),  # type: ignore[union-attr]
        )
    if all(isinstance(value, Listing) for value in values):
        return _chosen_list(terms, cases)
    if not isinstance(first, Number | Moment | Word) or any(
        type(value) is not type(first) for value in values
    ):
        raise CannotEncode("a choice between groups of facts or values of different kinds")
    scalars: list[tuple[Bit, Scalar]] = [(bit, value) for bit, value in cases]  # type: ignore[misc]
    known = terms.either(*(terms.both(bit, value.known) for bit, value in scalars))
    none = terms.either(*(terms.both(bit, value.none) for bit, value in scalars))
    if isinstance(first, Number):
        return _chosen_number(terms, scalars, known)
    if isinstance(first, Moment):
        if any(value.kind != first.kind for _, value in scalars):  # type: ignore[union-attr]
            raise CannotEncode("a choice between a date and a duration")
        value: Term = scalars[-1][1].value  # type: ignore[union-attr]
        for bit, other in reversed(scalars[:-1]):
            value = terms.choose(bit, other.value, value, whole=True)  # type: ignore[union-attr]
        return Moment(first.kind, known, value, none)
    return _chosen_word(terms, words, scalars, known, none)


def _chosen_number(terms: Terms, cases: list[tuple[Bit, Scalar]], known: Bit) -> Number:
    last = cases[-1][1]
    assert isinstance(last, Number)
    low, high = last.low, last.high
    for bit, value in reversed(cases[:-1]):
        assert isinstance(value, Number)
        exact = low is high and value.exact
        low = terms.choose(bit, value.low, low)
        high = low if exact else terms.choose(bit, value.high, high)
    return Number(known, low, high)


def _chosen_word(
    terms: Terms,
    words: Words,
    cases: list[tuple[Bit, Scalar]],
    known: Bit,
    none: Bit,
) -> Word:
    if all(isinstance(value, Word) and value.options is not None for _, value in cases):
        options: dict[str, Bit] = {}
        for bit, value in cases:
            assert isinstance(value, Word) and value.options is not None
            for text, option in value.options.items():
                so_far = options.get(text, False)
                options[text] = terms.either(so_far, terms.both(bit, option))
        return Word(known, options, None, none)
    code: Term = 0
    for bit, value in reversed(cases):
        assert isinstance(value, Word)
        code = terms.choose(bit, coded(terms, words, value), code, whole=True)
    return Word(known, None, code, none)


def _chosen_list(terms: Terms, cases: Sequence[tuple[Bit, Symbol]]) -> Listing:
    slots: list[Slot] = []
    known: list[Bit] = []
    for bit, value in cases:
        assert isinstance(value, Listing)
        known.append(terms.both(bit, value.known))
        slots += [
            Slot(slot.item, terms.both(bit, slot.there), terms.both(bit, slot.sure))
            for slot in value.slots
        ]
    return Listing(terms.either(*known), tuple(slots))
