"""The health of a partnership by factor: how much of what the rules ask for is there.

Of the rules that a factor names and that apply, the weight of those that are met is set against the
weight of all. A rule that cannot be decided may turn out met, broken or not to apply: the health is
the range that this leaves, never a number that hides it. A rule whose breach is accepted is not
met. Rules about the evidence take no part, since they judge the file, not the partnership.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..check.judging import Assessment, Judgement
from ..plan.outcome import SEVERITY_RANK, Outcome
from ..strategy.model import PARTNERSHIP, Rule, Strategy
from ..strategy.standing import HealthFactor
from .ranges import Range, share

OVERALL: Final = "overall"


@dataclass(frozen=True, slots=True)
class HealthPart:
    """The health of one factor, or overall; `range` is None where no rule certainly applies.

    `met`, `broken` and `open` are ids of rules; `worst` is the severity of the gravest of those
    that are broken.
    """

    factor: str
    title: str
    range: Range | None
    met: tuple[str, ...]
    broken: tuple[str, ...]
    open: tuple[str, ...]
    worst: str | None

    def to_json(self) -> dict[str, Any]:
        return {
            "factor": self.factor,
            "title": self.title,
            "range": None if self.range is None else self.range.to_json(),
            "met": list(self.met),
            "broken": list(self.broken),
            "open": list(self.open),
            "worst": self.worst,
        }


@dataclass(frozen=True, slots=True)
class HealthFound:
    """The health of a partnership by factor, and overall: every rule counts once there."""

    factors: tuple[HealthPart, ...]
    overall: HealthPart

    def to_json(self) -> dict[str, Any]:
        return {
            "factors": [one.to_json() for one in self.factors],
            "overall": self.overall.to_json(),
        }


def health_of(strategy: Strategy, assessment: Assessment) -> HealthFound | None:
    """The health that an assessment shows; None where the strategy tells no factors."""
    health = strategy.health
    if health is None:
        return None
    judged = {one.rule.id: one for one in assessment.judgements}
    named = {one.name: rules_of(strategy, one) for one in health.factors}
    every = dict.fromkeys(rule for rules in named.values() for rule in rules)
    return HealthFound(
        factors=tuple(
            _part(one.name, one.title, [judged[rule] for rule in named[one.name]], health.weights)
            for one in health.factors
        ),
        overall=_part(OVERALL, "Overall", [judged[rule] for rule in every], health.weights),
    )


def rules_of(strategy: Strategy, factor: HealthFactor) -> tuple[str, ...]:
    """The rules that speak for a factor. One that another factor names by its id is that one's."""
    assert strategy.health is not None
    elsewhere = {
        rule for one in strategy.health.factors if one.name != factor.name for rule in one.rules
    }
    return tuple(
        rule.id
        for rule in strategy.rules
        if rule.about == PARTNERSHIP and _speaks_for(rule, factor, elsewhere)
    )


def _speaks_for(rule: Rule, factor: HealthFactor, elsewhere: set[str]) -> bool:
    if rule.id in factor.rules:
        return True
    return rule.id.partition("-")[0] in factor.rules and rule.id not in elsewhere


def _part(
    factor: str, title: str, judgements: Sequence[Judgement], weights: Mapping[str, int]
) -> HealthPart:
    met, broken, undecided, moot = _sorted(judgements)

    def weight(some: Iterable[Judgement]) -> int:
        # INVARIANT: by the severity of the rule itself. What raises it may hang on unknown facts,
        # and then knowing less could move a definite health.
        return sum(weights[one.rule.severity] for one in some)

    certain = weight(met) + weight(broken) + weight(undecided)
    # A moot rule is met or does not apply. An undecided one may turn out not to apply too, but
    # that lies between the two ends.
    extra = weight(moot)
    found = None
    if certain:
        high = share(weight(met) + weight(undecided) + extra, certain + extra)
        found = Range(share(weight(met), certain), high)
    elif extra:
        found = Range(0, 1)
    worst = max((one.severity for one in broken), key=SEVERITY_RANK.__getitem__, default=None)
    return HealthPart(
        factor=factor,
        title=title,
        range=found,
        met=tuple(one.rule.id for one in met),
        broken=tuple(one.rule.id for one in broken),
        open=tuple(one.rule.id for one in undecided),
        worst=worst,
    )


def _sorted(
    judgements: Iterable[Judgement],
) -> tuple[list[Judgement], list[Judgement], list[Judgement], list[Judgement]]:
    """Those met, those broken, those undecided, and those that can only be met or not apply."""
    met: list[Judgement] = []
    broken: list[Judgement] = []
    undecided: list[Judgement] = []
    moot: list[Judgement] = []
    for one in judgements:
        if one.outcome is Outcome.NOT_APPLICABLE:
            continue
        if one.outcome is Outcome.COMPLIANT:
            met.append(one)
        elif one.unmet:
            broken.append(one)
        elif one.moot:
            moot.append(one)
        else:
            undecided.append(one)
    return met, broken, undecided, moot
