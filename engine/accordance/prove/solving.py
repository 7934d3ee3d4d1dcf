"""Asking z3: always with the same seed and a limit on its work, so that answers repeat."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any, Final

import z3

from ..feel.values import Number as KnownNumber
from .space import Space
from .terms import Bit, Term
from .values import Word

WORK: Final = 20_000_000
"""How much z3 may work on one question, in its own unit (about ten seconds)."""
ROUNDS: Final = 60
"""How often an answer may be asked for anew because it got the calendar wrong."""


class Undecided(Exception):
    """z3 came to no answer; the text says why."""


class Model:
    """One case of the space, as an answer of z3."""

    def __init__(self, space: Space, model: Any) -> None:
        self.space = space
        self._model = model

    def holds(self, bit: Bit) -> bool:
        """Is a condition true of the case?"""
        if isinstance(bit, bool):
            return bit
        return bool(z3.is_true(self._model.eval(bit, model_completion=True)))

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
        code = self.number(word.code)
        texts = self.space.words.texts
        return texts[int(code)] if 0 <= code < len(texts) else f"word {abs(code)}"


class Solver:
    """Asks about the cases of one space. What is added for one question is gone after it."""

    def __init__(self, space: Space, more: Iterable[Bit] = (), work: int = WORK) -> None:
        self.space = space
        self._solver = z3.SimpleSolver(ctx=space.terms.context)
        self._solver.set("random_seed", 0)
        self._solver.set("rlimit", work)
        self.add(*space.limits, *space.calendar.limits, *space.text_limits(), *more)
        today = space.today.value
        self.checks = 0
        self._today = today

    def add(self, *bits: Bit) -> None:
        """Conditions that hold of every case from now on."""
        for bit in bits:
            if bit is False:
                self._solver.add(z3.BoolVal(False, self.space.terms.context))
            elif bit is not True:
                self._solver.add(bit)

    def on_day(self, day: int) -> Bit:
        """The condition that this is the evaluation date; its months are worked out beforehand."""
        for shift in self.space.calendar.shifts:
            if shift.until is None and shift.base is self._today:
                self.add(*self.space.calendar.at(shift, day))
        return self.space.terms.equals(self._today, day)

    def model(self, bits: Sequence[Bit]) -> Model | None:
        """A case of which all the conditions hold; None when there is none.

        Raises Undecided.
        """
        if any(bit is False for bit in bits):
            return None
        asked = [bit for bit in bits if bit is not True]
        self._solver.push()
        try:
            for bit in asked:
                self._solver.add(bit)
            for _ in range(ROUNDS):
                self.checks += 1
                answer = self._solver.check()
                if answer == z3.unsat:
                    return None
                if answer != z3.sat:
                    raise Undecided(f"the solver gave up ({self._solver.reason_unknown()})")
                found = Model(self.space, self._solver.model())
                lemmas = self.space.calendar.lemmas(found.number)
                if not lemmas:
                    return found
                for lemma in lemmas:
                    if lemma is not True:
                        self._solver.add(lemma)
            raise Undecided("the calendar could not be settled")
        finally:
            self._solver.pop()

    def possible(self, *bits: Bit) -> bool:
        """Is there a case of which all the conditions hold? Raises Undecided."""
        return self.model(bits) is not None
