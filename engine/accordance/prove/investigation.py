"""A strategy made ready for questions, and the questions that concern one rule or two."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from ..check.checker import Checker
from ..check.judging import Assessment, Judgement
from ..plan.outcome import Outcome
from ..plan.planning import Plan, PlannedRule
from ..plan.reading import FactsRead
from ..strategy.model import PARTNERSHIP, Strategy
from .dates import Calendar
from .deriving import Derivations, derivations
from .rulings import Encoding, Ruling
from .solving import WORK, Many, Model, Solver
from .space import DEFAULT_ITEMS, Space
from .terms import Bit, Terms
from .values import Words

LONGER: Final = (4, 8, 16)
"""How many items are tried next where a rule seems dead and reads lists of unknown length."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a question ranges over: how many items a list holds, and the evaluation date (None:
    any of this century)."""

    items: int = DEFAULT_ITEMS
    today: dt.date | None = None


class Ground:
    """The terms that one or more strategies are encoded over."""

    def __init__(self, limits: Limits, longer: Mapping[str, int] | None = None) -> None:
        self.limits = limits
        self.terms = Terms()
        self.words = Words()
        self.calendar = Calendar(self.terms)
        self.space = Space(
            self.terms, self.words, self.calendar, limits.items, longer, limits.today
        )


class Subject:
    """A strategy with what a check and the constraints need of it."""

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self.checker = Checker(strategy)
        self.plan: Plan = self.checker.plan
        self._reads = FactsRead(self.plan)
        self._facts: dict[str, frozenset[str]] = {}

    @property
    def rules(self) -> tuple[PlannedRule, ...]:
        """The rules about the partnership; those about the evidence speak of what is known."""
        return tuple(one for one in self.plan.rules if one.rule.about == PARTNERSHIP)

    @property
    def evidence_rules(self) -> tuple[PlannedRule, ...]:
        return tuple(one for one in self.plan.rules if one.rule.about != PARTNERSHIP)

    def facts_of(self, planned: PlannedRule) -> frozenset[str]:
        """The facts that a rule reads, by static path, and those that they follow from."""
        known = self._facts.get(planned.rule.id)
        if known is None:
            formulas = (planned.when, *(one.formula for one in planned.requirements))
            found = {path for one in formulas for path in self._reads.of_formula(one)}
            known = self._facts[planned.rule.id] = frozenset(self._with_sources(found))
        return known

    def _with_sources(self, paths: set[str]) -> set[str]:
        model = self.strategy.model
        found = set(paths)
        for path, node in model.derivations.items():
            if path in found:
                owner = path.rpartition(".")[0]
                found |= {f"{owner}.{name}" if owner else name for name in self._reads.of(node)}
                found |= set(self._reads.of(node))
        return found


class Inquiry:
    """One strategy over one space, with its solver."""

    def __init__(
        self,
        subject: Subject,
        limits: Limits,
        rules: Iterable[PlannedRule] | None = None,
        longer: Mapping[str, int] | None = None,
        more: Callable[[Encoding], Iterable[Bit]] = lambda encoding: (),
        work: int = WORK,
    ) -> None:
        self.subject = subject
        self.ground = Ground(limits, longer)
        self.space = self.ground.space
        self.encoding = Encoding(subject.plan, self.space)
        chosen = subject.plan.rules if rules is None else rules
        self.rulings: dict[str, Ruling] = {one.rule.id: self.encoding.ruling(one) for one in chosen}
        self._many: Many | None = None
        demands = list(more(self.encoding))
        self.derivations: Derivations = derivations(self.space, subject.strategy.model)
        self.solver = Solver(self.space, [*self.derivations.limits, *demands], work)

    def says(self, model: Model) -> dict[str, tuple[bool, bool, bool]]:
        """Whether each rule applies, fails and passes in one answer of the solver."""
        if self._many is None:
            bits = (
                (ruling.applies, ruling.fails, ruling.passes) for ruling in self.rulings.values()
            )
            self._many = Many(self.space, [bit for three in bits for bit in three])
        states = model.hold(self._many)
        return {
            name: (states[3 * index], states[3 * index + 1], states[3 * index + 2])
            for index, name in enumerate(self.rulings)
        }


def judgement_of(assessment: Assessment, rule: str) -> Judgement:
    """What a check said of one rule."""
    return next(one for one in assessment.judgements if one.rule.id == rule)


FAILED: Final = (Outcome.NON_COMPLIANT, Outcome.ACCEPTED_EXCEPTION)


def fails(assessment: Assessment, rule: str) -> bool:
    """Does a rule fail, whether that was accepted or not?"""
    judgement = judgement_of(assessment, rule)
    return bool(judgement.unmet) or judgement.outcome in FAILED


def passes(assessment: Assessment, rule: str) -> bool:
    return judgement_of(assessment, rule).outcome is Outcome.COMPLIANT


def applies(assessment: Assessment, rule: str) -> bool:
    """Does a rule certainly apply?"""
    judgement = judgement_of(assessment, rule)
    if judgement.planned is None:
        return False
    return assessment.reader.state(judgement.planned.when) is True


def excluded(assessment: Assessment, rule: str) -> bool:
    """Does a rule certainly not apply?"""
    return judgement_of(assessment, rule).outcome is Outcome.NOT_APPLICABLE
