"""Asking z3: always with the same seed and a limit on its work, so that answers repeat."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

import z3

from ..feel.values import Number as KnownNumber
from .space import Space
from .terms import Bit, Term
from .values import Word

WORK: Final = 20_000_000
"""How much z3 may work on one question, in its own unit (about ten seconds)."""
ROUNDS: Final = 30
"""How often an answer may be asked for anew because it got the calendar wrong."""


END_OF_MONTH: Final = tuple(
    dt.date(year, month, day)
    for year, month, day in (
        *((2026, 1, 28), (2026, 1, 29), (2026, 1, 30), (2026, 1, 31), (2026, 2, 28)),
        *((2026, 3, 1), (2026, 3, 31), (2026, 4, 30), (2028, 2, 28), (2028, 2, 29)),
    )
)
"""The days on which months are most irregular."""


class Undecided(Exception):
    """z3 came to no answer; the text says why."""


class Unsettled(Exception):
    """Every answer got the calendar wrong, as often as it was asked."""


class Many:
    """Many conditions as one number of z3 with a digit for each, so that z3 works through a case
    once and not for each of them."""

    def __init__(self, space: Space, bits: Sequence[Bit]) -> None:
        self.bits = tuple(bits)
        context = space.terms.context
        zero, one = z3.BitVecVal(0, 1, context), z3.BitVecVal(1, 1, context)
        asked = [bit for bit in bits if not isinstance(bit, bool)]
        # The first digit keeps a single condition from standing alone.
        parts = [zero, *(z3.If(bit, one, zero) for bit in asked)]
        self.size = len(parts)
        self.joined = z3.Concat(*parts) if asked else None


class Model:
    """One case of the space, as an answer of z3."""

    def __init__(self, space: Space, model: Any) -> None:
        self.space = space
        self._model = model
        self._others: dict[int, str] = {}

    def holds(self, bit: Bit) -> bool:
        """Is a condition true of the case?"""
        if isinstance(bit, bool):
            return bit
        return bool(z3.is_true(self._model.eval(bit, model_completion=True)))

    def hold(self, many: Many) -> list[bool]:
        """Which of many conditions are true of the case."""
        if many.joined is None:
            return [bool(bit) for bit in many.bits]
        value = self._model.eval(many.joined, model_completion=True).as_long()
        digits = iter(f"{value:0{many.size}b}"[1:])
        return [bit if isinstance(bit, bool) else next(digits) == "1" for bit in many.bits]

    def number(self, term: Term) -> KnownNumber:
        """The number that a term is. Raises Undecided where it is no rational one."""
        if isinstance(term, int | Fraction):
            return term
        value = self._model.eval(term, model_completion=True)
        if z3.is_int_value(value):
            return int(value.as_long())
        if not z3.is_rational_value(value):
            raise Undecided("a number that is not rational")
        found = Fraction(value.numerator_as_long(), value.denominator_as_long())
        return found.numerator if found.denominator == 1 else found

    def text(self, word: Word) -> str:
        """The text that a word is; some other text is called `word 1`, `word 2` ..."""
        if word.options is not None:
            return next(text for text, bit in word.options.items() if self.holds(bit))
        code = int(self.number(word.code))
        texts = self.space.words.texts
        if 1 <= code <= len(texts):
            return texts[code - 1]
        return self._others.setdefault(code, f"word {len(self._others) + 1}")


class Solver:
    """Asks about the cases of one space. What is added for one question is gone after it."""

    def __init__(self, space: Space, more: Iterable[Bit] = (), work: int = WORK) -> None:
        self.space = space
        self.checks = 0
        self._solver = z3.SimpleSolver(ctx=space.terms.context)
        self._solver.set("random_seed", 0)
        self._solver.set("rlimit", work)
        # An interruption is the program's to notice, not an answer that could not be found.
        self._solver.set("ctrl_c", False)
        self._wishes: dict[int, Bit] = {}
        self.add(*space.limits, *space.calendar.limits, *space.text_limits(), *more)

    def add(self, *bits: Bit) -> None:
        """Conditions that hold of every case from now on."""
        for bit in bits:
            if bit is False:
                self._solver.add(z3.BoolVal(False, self.space.terms.context))
            elif bit is not True:
                self._solver.add(bit)

    def possible(self, *bits: Bit) -> bool:
        """Is there a case of which all the conditions hold? Raises Undecided."""
        return self.model(bits) is not None

    def model(self, bits: Sequence[Bit]) -> Model | None:
        """A case of which all the conditions hold; None when there is none. Raises Undecided."""
        with self._asking(bits):
            return self._answer(())

    def fewest(
        self, bits: Sequence[Bit], wishes: Sequence[Bit], first: Sequence[Bit] = ()
    ) -> tuple[Model, Narrower] | None:
        """A case of which all the conditions hold and as many of the wishes as go together (none
        of the others could be added); with a way to settle further things about it.

        Each of `first` is granted, in this order, wherever it can be at all. Raises Undecided.
        """
        asked = list(bits)
        if first and self.model(asked) is None:
            return None
        for wish in first:
            with suppress(Undecided):
                if wish is not True and self.model([*asked, wish]) is not None:
                    asked.append(wish)
        wanted = {
            mark: wish
            for wish in wishes
            if not isinstance(wish, bool) and (mark := self._mark(wish)) is not None
        }
        with self._asking(asked):
            left = dict(wanted)
            while (found := self._answer(tuple(left))) is None:
                core = {one.get_id() for one in self._solver.unsat_core()}
                if not core:
                    return None
                left = {mark: wish for mark, wish in left.items() if mark.get_id() not in core}
            kept = dict(left)
            open_ = {mark: wish for mark, wish in wanted.items() if mark not in kept}
            marks, many = list(open_), Many(self.space, list(open_.values()))
            while open_:
                # What the case grants by itself is granted, without a question of its own.
                for mark, holds in zip(marks, found.hold(many), strict=True):
                    if holds and mark in open_:
                        kept[mark] = open_.pop(mark)
                if not open_:
                    break
                mark = next(iter(open_))
                wish = open_.pop(mark)
                better = self._answer((*kept, mark))
                if better is not None:
                    found = better
                    kept[mark] = wish
            return found, Narrower(tuple(asked), tuple(kept))

    def narrowed(self, narrower: Narrower, *bits: Bit) -> Model | None:
        """The case of `fewest` once more, with further conditions; None where they do not fit."""
        with self._asking((*narrower.bits, *bits)):
            return self._answer(narrower.kept)

    @contextmanager
    def _asking(self, bits: Sequence[Bit]) -> Iterator[None]:
        self._solver.push()
        try:
            self.add(*bits)
            yield
        finally:
            self._solver.pop()

    def _answer(self, assumptions: Sequence[Bit]) -> Model | None:
        try:
            return self._settled(assumptions)
        except Unsettled:
            pass
        # Somewhere among all days the solver loses itself; on a day that is fixed it cannot.
        for day in END_OF_MONTH:
            today = self.space.terms.equals(self.space.today.value, day.toordinal())
            with self._asking([today]), suppress(Unsettled):
                found = self._settled(assumptions)
                if found is not None:
                    return found
        raise Undecided("the calendar could not be settled")

    def _settled(self, assumptions: Sequence[Bit]) -> Model | None:
        for _ in range(ROUNDS):
            self.checks += 1
            answer = self._solver.check(*assumptions)
            if answer == z3.unsat:
                return None
            if answer != z3.sat:
                raise Undecided(f"the solver gave up: {self._solver.reason_unknown()}")
            found = Model(self.space, self._solver.model())
            lemmas = self.space.calendar.lemmas(found.number)
            if not lemmas:
                return found
            self.add(*lemmas)
            # Mostly the days may stay as they are, and only their months were wrong.
            with self._asking(self._same_days(found)):
                settled = self._with_true_months(assumptions)
            if settled is not None:
                return settled
        raise Unsettled

    def _same_days(self, found: Model) -> list[Bit]:
        return [self.space.terms.equals(day, found.number(day)) for day in self.space.days()]

    def _with_true_months(self, assumptions: Sequence[Bit]) -> Model | None:
        """With all days fixed, one month after another falls into its place."""
        for _ in self.space.calendar.shifts:
            self.checks += 1
            if self._solver.check(*assumptions) != z3.sat:
                return None
            found = Model(self.space, self._solver.model())
            lemmas = self.space.calendar.lemmas(found.number)
            if not lemmas:
                return found
            self.add(*lemmas)
        return None

    def _mark(self, wish: Bit) -> Bit:
        """A name for a wish, since only names can be taken back."""
        if isinstance(wish, bool):
            return wish
        mark = self._wishes.get(wish.get_id())
        if mark is None:
            mark = self.space.terms.bit(f"wish {len(self._wishes)}")
            self._wishes[wish.get_id()] = mark
            self.add(self.space.terms.implies(mark, wish))
        return mark


@dataclass(frozen=True, slots=True)
class Narrower:
    """What was asked for a case, and which wishes it was granted."""

    bits: tuple[Bit, ...]
    kept: tuple[Bit, ...]
