"""What two rules have to do with each other: one that never fails without the other, two that
always fall together, two that can never both be met.

Most pairs are settled without a question of their own. Each answer of the solver is a case, and a
case in which one rule fails and the other does not shows that the one does not imply the other; so
every case found for any reason is held against all pairs. Two rules that share no fact cannot imply
each other, and if they can be met at one stage they can be met together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from ..plan.planning import PlannedRule
from ..strategy.cases import RuleCase
from ..strategy.model import STAGES
from .answers import Answer, Question, Shown, Verdict
from .investigation import LONGER, Inquiry, applies, fails, passes
from .rulings import Ruling
from .single import Alive, lists_read, outermost, shown_by
from .solving import Model, Undecided
from .terms import Bit
from .witness import NotConfirmed, Request, find

STAGE: Final = frozenset(("stage",))
PAIR_WORK: Final = 4_000_000
"""How much z3 may work on one pair with longer lists: there are many pairs."""
Track = Callable[[Sequence[PlannedRule], str], Iterable[PlannedRule]]


@dataclass(slots=True)
class Seen:
    """For each rule, in which of the cases seen so far it fails or is met (one bit a case)."""

    count: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    passed: dict[str, int] = field(default_factory=dict)

    def add(self, inquiry: Inquiry, model: Model) -> None:
        bit = 1 << self.count
        self.count += 1
        for rule, (_, failed, passed) in inquiry.says(model).items():
            if failed:
                self.failed[rule] = self.failed.get(rule, 0) | bit
            if passed:
                self.passed[rule] = self.passed.get(rule, 0) | bit

    def fails_alone(self, one: str, other: str) -> bool:
        """Was there a case in which the one failed and the other did not?"""
        return bool(self.failed.get(one, 0) & ~self.failed.get(other, 0))

    def both_passed(self, one: str, other: str) -> bool:
        return bool(self.passed.get(one, 0) & self.passed.get(other, 0))


class Pairs:
    """The questions about pairs of rules, over one inquiry."""

    def __init__(
        self,
        inquiry: Inquiry,
        alive: Alive,
        chosen: frozenset[str] | None = None,
        cases: Sequence[RuleCase] = (),
    ) -> None:
        self.inquiry = inquiry
        self.alive = alive
        self.chosen = chosen
        """Only pairs with one of these rules are asked about."""
        self.cases = cases
        self.rules = inquiry.subject.rules
        self.seen = Seen()
        for model in alive.models:
            self.seen.add(inquiry, model)

    def answers(self, track: Track) -> list[Answer]:
        """Every pair of which there is something to say, in the order of the rules."""
        implied = list(self._implications(track(self.rules, "comparing")))
        return [*self._told(implied), *self._contradictions(track)]

    def _asked(self, one: PlannedRule, other: PlannedRule) -> bool:
        return self.chosen is None or one.rule.id in self.chosen or other.rule.id in self.chosen

    # one that never fails without the other

    def _implications(
        self, rules: Iterable[PlannedRule]
    ) -> Iterator[tuple[PlannedRule, PlannedRule, Answer | None]]:
        """Pairs of which the first never fails without the second; with the answer where that is
        not decided."""
        can = self.alive.can[Question.NEVER_FAILS]
        # A rule that is never met fails wherever it is not open, which was said already.
        met = self.alive.can[Question.NEVER_PASSES]
        met = met.union(self.alive.longer[Question.NEVER_PASSES])
        facts = self.inquiry.subject.facts_of
        for one in rules:
            if one.rule.id not in can:
                continue
            left = [
                other
                for other in self.rules
                if other is not one
                and other.rule.id in can
                and other.rule.id in met
                and self._asked(one, other)
                and facts(one) & facts(other)
                and not self.seen.fails_alone(one.rule.id, other.rule.id)
            ]
            for other, answer in self._never_without(one, left):
                yield one, other, answer

    def _never_without(
        self, one: PlannedRule, others: list[PlannedRule]
    ) -> Iterator[tuple[PlannedRule, Answer | None]]:
        """The rules that fail whenever the one does."""
        bits = self._fails_without(self.inquiry, one, others)
        try:
            if others and self._found(self.inquiry, bits):
                return
        except Undecided:
            pass
        for other in others:
            if self.seen.fails_alone(one.rule.id, other.rule.id):
                continue
            try:
                if self._found(self.inquiry, self._fails_without(self.inquiry, one, [other])):
                    continue
                if not self._with_longer_lists((one, other), self._asks_without(one, other)):
                    yield other, None
            except Undecided as reason:
                says = f"whether {one.rule.id} ever fails without {other.rule.id} is not decided"
                yield other, self._open(Question.IMPLIED, says, (one, other), reason)

    def _asks_without(
        self, one: PlannedRule, other: PlannedRule
    ) -> Callable[[Inquiry], Sequence[Bit]]:
        return lambda inquiry: self._fails_without(inquiry, one, [other])

    def _fails_without(
        self, inquiry: Inquiry, one: PlannedRule, others: Sequence[PlannedRule]
    ) -> list[Bit]:
        opposite = inquiry.space.terms.opposite
        rulings = inquiry.rulings
        return [
            rulings[one.rule.id].fails,
            *(opposite(rulings[other.rule.id].fails) for other in others),
        ]

    def _found(self, inquiry: Inquiry, bits: Sequence[Bit]) -> bool:
        model = inquiry.solver.model(bits)
        if model is not None and inquiry is self.inquiry:
            self.seen.add(inquiry, model)
        return model is not None

    def _with_longer_lists(
        self, pair: tuple[PlannedRule, PlannedRule], bits: Callable[[Inquiry], Sequence[Bit]]
    ) -> bool:
        """Is there such a case once the lists that the pair reads are longer?"""
        lists = lists_read(self.inquiry, pair)
        for count in LONGER if lists else ():
            if self._found(*self._again(pair, outermost(lists, count), bits)):
                return True
        return False

    def _again(
        self,
        pair: tuple[PlannedRule, PlannedRule],
        longer: Mapping[str, int],
        bits: Callable[[Inquiry], Sequence[Bit]],
    ) -> tuple[Inquiry, Sequence[Bit]]:
        inquiry = Inquiry(
            self.inquiry.subject, self.inquiry.ground.limits, pair, longer, work=PAIR_WORK
        )
        return inquiry, bits(inquiry)

    def _told(
        self, implied: Sequence[tuple[PlannedRule, PlannedRule, Answer | None]]
    ) -> Iterator[Answer]:
        pairs = {(one.rule.id, other.rule.id) for one, other, answer in implied if answer is None}
        for one, other, answer in implied:
            names = one.rule.id, other.rule.id
            if answer is not None:
                yield answer
            elif names[::-1] not in pairs:
                says = f"whenever {names[0]} fails, {names[1]} fails too"
                yield self._answer(Question.IMPLIED, says, (one, other))
            elif self.rules.index(one) < self.rules.index(other):
                says = f"{names[0]} and {names[1]} always fail together"
                yield self._answer(Question.TOGETHER, says, (one, other))

    def _answer(
        self, question: Question, says: str, pair: tuple[PlannedRule, PlannedRule]
    ) -> Answer:
        names = tuple(one.rule.id for one in pair)
        rulings = [self.inquiry.rulings[name] for name in names]
        if question is Question.CONTRADICTION:
            bits = [ruling.applies for ruling in rulings]
            shows, title = applies, f"{names[0]} and {names[1]} both apply"
        else:
            bits = [ruling.fails for ruling in rulings]
            shows, title = fails, f"{names[0]} and {names[1]} both fail"
        request = Request(
            bits,
            title,
            [self.inquiry.subject.checker],
            lambda said: all(shows(said, name) for name in names),
        )
        lists = lists_read(self.inquiry, pair)
        lists |= outermost(lists, LONGER[-1])
        shown: tuple[Shown, ...] = ()
        because: tuple[str, ...] = ()
        try:
            witness = find(self.inquiry.solver, self.inquiry.derivations.exactly, request)
            if witness is not None:
                shown = (Shown(witness, names),)
        except (Undecided, NotConfirmed) as reason:
            because = (f"no case to show it: {reason}",)
        verdict = Verdict.FOUND
        if not shown and question is Question.CONTRADICTION:
            # Perhaps the two never apply together, and then there is nothing to contradict.
            verdict = Verdict.NOT_DECIDED
            says = f"whether {names[0]} and {names[1]} can both be met is not decided"
        return Answer(question, verdict, says, names, None, (), lists, because, shown)

    def _open(
        self,
        question: Question,
        says: str,
        pair: tuple[PlannedRule, PlannedRule],
        reason: Undecided,
    ) -> Answer:
        names = tuple(one.rule.id for one in pair)
        because = (str(reason), *(why for name in names for why in self._ruling(name).obscure))
        return Answer(
            question,
            Verdict.NOT_DECIDED,
            says,
            names,
            items=lists_read(self.inquiry, pair),
            because=because,
        )

    def _ruling(self, rule: str) -> Ruling:
        return self.inquiry.rulings[rule]

    # two that can never both be met

    def _contradictions(self, track: Track) -> Iterator[Answer]:
        can = self.alive.can[Question.NEVER_PASSES]
        longer = self.alive.longer[Question.NEVER_PASSES]
        for stage in STAGES:
            with suppress(Undecided):
                self._see_many_met([self.inquiry.encoding.at_stage(stage)], can)
        facts = self.inquiry.subject.facts_of
        order = {one.rule.id: place for place, one in enumerate(self.rules)}
        for one in track(self.rules, "comparing"):
            for other in self.rules[order[one.rule.id] + 1 :]:
                pair = (one, other)
                names = one.rule.id, other.rule.id
                if not self._asked(*pair) or self.seen.both_passed(*names):
                    continue
                apart = not (facts(one) - STAGE) & (facts(other) - STAGE)
                if any(name in longer for name in names):
                    lists = {**longer.get(names[0], {}), **longer.get(names[1], {})}
                    if (
                        not apart
                        and all(name in can or name in longer for name in names)
                        and not shown_by(self.inquiry.subject, self.cases, names, passes)
                    ):
                        yield from self._contradiction(pair, lists)
                elif all(name in can for name in names):
                    yield from self._contradiction(pair, None)

    def _see_many_met(self, bits: Sequence[Bit], can: set[str]) -> bool:
        """Is there a case of which the conditions hold? Then one in which as many rules are met as
        go together, since it settles many pairs at once."""
        wishes = [self._ruling(one.rule.id).passes for one in self.rules if one.rule.id in can]
        found = self.inquiry.solver.fewest(bits, wishes)
        if found is not None:
            self.seen.add(self.inquiry, found[0])
        return found is not None

    def _contradiction(
        self, pair: tuple[PlannedRule, PlannedRule], longer: Mapping[str, int] | None
    ) -> Iterator[Answer]:
        can = self.alive.can[Question.NEVER_PASSES]
        names = pair[0].rule.id, pair[1].rule.id
        says = f"{names[0]} and {names[1]} can never both be met where both apply"

        def met(inquiry: Inquiry) -> list[Bit]:
            return [inquiry.rulings[name].passes for name in names]

        try:
            both = [self._ruling(name).applies for name in names]
            if not self._found(self.inquiry, both):
                return
            if longer:
                if self._found(*self._again(pair, longer, met)):
                    return
            elif self._see_many_met(met(self.inquiry), can) or self._with_longer_lists(pair, met):
                return
            yield self._answer(Question.CONTRADICTION, says, pair)
        except Undecided as reason:
            question = f"whether {names[0]} and {names[1]} can both be met is not decided"
            yield self._open(Question.CONTRADICTION, question, pair, reason)
