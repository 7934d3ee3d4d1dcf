"""Months added to a day that is not known yet.

The calendar is not linear, so a shifted day is a number of its own, kept within a few days of where
it must lie. After each answer of the solver the true day is worked out, and where the answer has
another one the solver is told and asked again: the shift never runs backwards, so what holds of one
day bounds all days before and after it. What is refuted is refuted for every calendar day.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, Final

from ..feel import logic
from ..feel.values import UNKNOWN, Months
from .terms import Bit, Term, Terms
from .values import CannotEncode

FIRST_DAY: Final = dt.date(1900, 1, 1)
LAST_DAY: Final = dt.date(2199, 12, 31)
"""Dates of facts lie between these."""
FIRST_TODAY: Final = dt.date(2000, 1, 1)
LAST_TODAY: Final = dt.date(2099, 12, 31)
"""So does the evaluation date, unless the question fixes it."""

_MONTH: Final = 304369  # the mean length of a month in ten thousandths of a day
_SLACK: Final = 4  # no stretch of whole months is further from the mean than this
LONGEST_MONTHS: Final = 1200


@dataclass(slots=True)
class Shift:
    """`result` is the day `count` months after `base`, as a term; or, with `until`, the whole
    months from `base` to `until`."""

    base: Term
    result: Term
    count: int = 0
    until: Term | None = None


@dataclass(slots=True)
class Calendar:
    """The shifted days of one encoding, and what is known of each without the calendar."""

    terms: Terms
    shifts: list[Shift] = field(default_factory=list)
    limits: list[Bit] = field(default_factory=list)
    _known: dict[tuple[int, int], Shift] = field(default_factory=dict)

    def shifted(self, base: Term, count: int) -> Term:
        """The day so many months after `base`."""
        if abs(count) > LONGEST_MONTHS:
            raise CannotEncode("a duration of more than a hundred years")
        if isinstance(base, int):
            return exact_shift(base, count)
        if count == 0:
            return base
        known = self._known.get((base.get_id(), count))
        if known is None:
            known = self._add(base, count)
        return known.result

    def _add(self, base: Any, count: int) -> Shift:
        terms = self.terms
        made = Shift(base, terms.whole(f"month shift {len(self.shifts)}"), count)
        least, most = count * _MONTH // 10000 - _SLACK, count * _MONTH // 10000 + 1 + _SLACK
        self.limits += [
            terms.at_most(terms.plus(base, least), made.result),
            terms.at_most(made.result, terms.plus(base, most)),
        ]
        for other in self.shifts:
            if other.until is None and other.base.get_id() == base.get_id():
                first, second = sorted((made, other), key=lambda shift: shift.count)
                apart = (second.count - first.count) * _MONTH // 10000 - 2 * _SLACK
                self.limits.append(
                    terms.at_most(terms.plus(first.result, max(1, apart)), second.result)
                )
        self.shifts.append(made)
        self._known[base.get_id(), count] = made
        return made

    def months_between(self, start: Term, end: Term) -> Term:
        """The whole months from one day to another."""
        terms = self.terms
        if isinstance(start, int) and isinstance(end, int):
            return exact_months(start, end)
        made = Shift(start, terms.whole(f"months between {len(self.shifts)}"), until=end)
        days = terms.minus(end, start)
        months = made.result
        # Between a and b lie m whole months: 28 m <= b - a < 31 (m + 1), or the same backwards.
        forwards = terms.both(
            terms.at_most(0, months),
            terms.at_most(terms.times(28, months), days),
            terms.less(days, terms.times(31, terms.plus(months, 1))),
        )
        backwards = terms.both(
            terms.at_most(months, 0),
            terms.at_most(days, terms.times(28, months)),
            terms.less(terms.times(31, terms.minus(months, 1)), days),
        )
        self.limits.append(terms.choose(terms.at_most(0, days), forwards, backwards))
        self.shifts.append(made)
        return months

    def lemmas(self, value: Any) -> list[Bit]:
        """What an answer of the solver got wrong about the calendar, as conditions that always
        hold; `value(term)` is the number that the answer gives a term.
        """
        found: list[Bit] = []
        for shift in self.shifts:
            base, result = value(shift.base), value(shift.result)
            if shift.until is not None:
                until = value(shift.until)
                if result != exact_months(base, until):
                    found += self._months_at(shift, base, until)
            elif result != exact_shift(base, shift.count):
                found += self.at(shift, base)
        return found

    def at(self, shift: Shift, base: int) -> list[Bit]:
        """What the true shift of one day says of all days."""
        terms, true = self.terms, exact_shift(base, shift.count)
        return [
            terms.implies(terms.at_most(shift.base, base), terms.at_most(shift.result, true)),
            terms.implies(terms.at_most(base, shift.base), terms.at_most(true, shift.result)),
        ]

    def _months_at(self, shift: Shift, base: int, until: int) -> list[Bit]:
        terms, true = self.terms, exact_months(base, until)
        assert shift.until is not None
        # An earlier start and a later end never make it fewer months.
        more = terms.both(terms.at_most(shift.base, base), terms.at_most(until, shift.until))
        fewer = terms.both(terms.at_most(base, shift.base), terms.at_most(shift.until, until))
        return [
            terms.implies(more, terms.at_most(true, shift.result)),
            terms.implies(fewer, terms.at_most(shift.result, true)),
        ]


def exact_shift(day: int, count: int) -> int:
    """The day so many months after a day; both as days since the year 1."""
    try:
        found = logic.add(dt.date.fromordinal(day), Months(count))
    except (ValueError, OverflowError):
        found = UNKNOWN
    # Beyond the calendar there is no true day; the solver never needs to go there.
    return day + count * _MONTH // 10000 if found is UNKNOWN else found.toordinal()


def exact_months(start: int, end: int) -> int:
    """The whole months from one day to another."""
    try:
        return logic.months_between(dt.date.fromordinal(start), dt.date.fromordinal(end)).count
    except (ValueError, OverflowError):
        return (end - start) * 10000 // _MONTH
