"""What is the same for all cases at one stage: networks, judgements seen before, who reads what."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..feel.compiling import Code, Frame
from ..feel.values import UNKNOWN, Value
from ..plan.outcome import Outcome
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
        self._known: list[dict[int, tuple[Judgement, int]]] = [{} for _ in self.positions]
        """What was said of each rule, by what fired, with one bit for its place if it applies."""

    def judge(self, frame: Frame, leaves: list[Value], judgements: list[Judgement]) -> int:
        """Enter what each of its rules says of the case of a frame; one bit for the place of each
        that applies."""
        applying = 0
        fired_by_rule = self.network.run(frame, leaves)
        rules = zip(self._known, fired_by_rule, self.positions, strict=True)
        for rule, (known, fired, place) in enumerate(rules):
            said = known.get(fired)
            if said is None:
                firing = self.network.firing(rule, fired)
                judgement = judge(self.network.rules[rule], firing, self._stage)
                applies = judgement.outcome is not Outcome.NOT_APPLICABLE
                said = known[fired] = judgement, applies << place
            judgements[place], applies_here = said
            applying |= applies_here
        return applying


class AskedFact:
    """A fact that a stage asks for; `readers` has one bit for the place of each rule that reads
    it."""

    def __init__(self, path: str, code: Code, readers: int) -> None:
        self.path = path
        self.readers = readers
        self._code = code
        self._items: tuple[dict[int, dict[str, Value]], ...] = {}, {}

    def item(self, frame: Frame, applying: int) -> dict[str, Value]:
        """The fact as an item of `mandatory`; `applying` has one bit for the place of each rule
        that applies to the case of a frame. It is the same object for all cases alike."""
        stated, reading = is_stated(self._code, frame), self.readers & applying
        items = self._items[stated]
        item = items.get(reading)
        if item is None:
            item = items[reading] = {
                "path": self.path,
                "stated": stated,
                # A fact that no rule reads is asked for its own sake.
                "needed": self.readers == 0 or reading != 0,
                "decides": reading.bit_count(),
            }
        return item


def is_stated(path: Code, frame: Frame) -> bool:
    """Is a fact stated: over a list, for every item of it?"""
    value = path.value(frame)
    if path.simple or type(value) is not list:
        return value is not UNKNOWN
    return all(item is not UNKNOWN for item in value)


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
