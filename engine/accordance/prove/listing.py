"""Lists of slots: how long they are, what stands at a position."""

from __future__ import annotations

from .terms import Bit, Terms
from .values import Listing, Symbol, Words, chosen


def certain(terms: Terms, items: Listing) -> Bit:
    """Is every item that may be there surely there?"""
    return terms.both(
        *(
            terms.implies(slot.there, slot.sure)
            for slot in items.slots
            if slot.there is not slot.sure
        )
    )


def length_is(terms: Terms, items: Listing, count: int) -> Bit:
    """Are exactly so many slots filled?"""
    counted = _counts(terms, items)[-1]
    return counted[count] if count < len(counted) else False


def at_positions(terms: Terms, words: Words, items: Listing) -> list[tuple[Bit, Symbol]]:
    """For each position from the first: is there an item, and which."""
    before = _counts(terms, items)
    found = []
    for position in range(len(items.slots)):
        cases = [
            (terms.both(slot.there, before[index][position]), slot.item)
            for index, slot in enumerate(items.slots)
            if position < len(before[index])
        ]
        found.append((terms.either(*(bit for bit, _ in cases)), chosen(terms, words, cases)))
    return found


def _counts(terms: Terms, items: Listing) -> list[list[Bit]]:
    """For each slot (and the end): are exactly 0, 1, 2 ... of the slots before it filled?"""
    counts: list[list[Bit]] = [[True]]
    for slot in items.slots:
        last = counts[-1]
        empty = terms.opposite(slot.there)
        counts.append(
            [
                terms.either(
                    terms.both(last[count], empty) if count < len(last) else False,
                    terms.both(last[count - 1], slot.there) if count else False,
                )
                for count in range(len(last) + 1)
            ]
        )
    return counts


def reversed_listing(items: Listing) -> Listing:
    """The slots from the last to the first."""
    return Listing(items.known, tuple(reversed(items.slots)))
