"""What is the same for all cases at one stage: networks, judgements seen before, who reads what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ..feel.compiling import Code, Frame
from ..feel.values import Value
from ..plan.planning import Plan
from ..strategy.model import EVIDENCE, PARTNERSHIP
from .expressions import Expressions
from .judging import Judgement, judge, not_at_stage
from .network import StageNetwork


class Stratum:
    """The rules about the partnership, or about the evidence, at one stage.

    `positions` are their places among all rules of the strategy.
    """

    def __init__(self, plan: Plan, stage: str, about: str, expressions: Expressions) -> None:
        places = {rule.id: place for place, rule in enumerate(plan.strategy.rules)}
        self.network = StageNetwork(plan, stage, about, expressions)
        self.positions: tuple[int, ...] = tuple(
            places[planned.rule.id] for planned in self.network.rules
        )
        self._stage = stage
        self._known: list[dict[int, Judgement]] = [{} for _ in self.positions]

    def judge(self, frame: Frame, leaves: list[Value], judgements: list[Judgement]) -> None:
        """Enter what each of its rules says of the case of a frame."""
        fired_by_rule = self.network.run(frame, leaves)
        for rule, (fired, place) in enumerate(zip(fired_by_rule, self.positions, strict=True)):
            judgement = self._known[rule].get(fired)
            if judgement is None:
                firing = self.network.firing(rule, fired)
                judgement = judge(self.network.rules[rule], firing, self._stage)
                self._known[rule][fired] = judgement
            judgements[place] = judgement


class AskedFact(NamedTuple):
    """A fact that a stage asks for; `readers` has one bit for the place of each rule that reads
    it."""

    path: str
    code: Code
    readers: int


class Stage:
    """All rules of a strategy at one stage."""

    def __init__(
        self,
        plan: Plan,
        stage: str,
        expressions: Expressions,
        readers: Mapping[str, frozenset[str]],
        compiled: Callable[[str], Code],
    ) -> None:
        strategy = plan.strategy
        self.partnership = Stratum(plan, stage, PARTNERSHIP, expressions)
        self.evidence = Stratum(plan, stage, EVIDENCE, expressions)
        self.before: tuple[Judgement, ...] = tuple(
            not_at_stage(rule, stage) for rule in strategy.rules
        )
        """What is said of each rule until it is judged: that it asks for nothing here."""
        self.about_partnership: tuple[int, ...] = tuple(
            place for place, rule in enumerate(strategy.rules) if rule.about == PARTNERSHIP
        )
        rules = {strategy.rules[place].id: place for place in self.partnership.positions}
        self.mandatory: tuple[AskedFact, ...] = tuple(
            AskedFact(
                path,
                compiled(path),
                sum(1 << rules[name] for name in readers.get(path, ()) if name in rules),
            )
            for path in strategy.mandatory.get(stage, ())
        )

    def prepare(self, expressions: Expressions) -> None:
        """Take the expressions as they are compiled now."""
        self.partnership.network.prepare(expressions)
        self.evidence.network.prepare(expressions)

    def close(self) -> None:
        """Free what the networks hold."""
        self.partnership.network.close()
        self.evidence.network.close()
