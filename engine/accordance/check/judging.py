"""What the rules say of one case: outcomes from what the network fired, verdict and opinion."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

from ..feel.compiling import Evidence, Frame
from ..feel.values import NONE, UNKNOWN, Value
from ..plan.formula import Formula
from ..plan.outcome import SEVERITY_RANK, Kind, Outcome, kind_of
from ..plan.planning import PlannedRule
from ..strategy.model import PARTNERSHIP, Rule
from .evidence import MAX_REMEMBERED, Basis, EvidenceReader
from .exceptions import LEAD, SEVERITY, Notice
from .network import ALL_MET, COMPLIANT, NOT_APPLICABLE, Firing

_POSITION = re.compile(r"\[\d+\]")


@lru_cache(maxsize=16_384)
def static_path(path: str) -> str:
    """`parties[2].name` as the fact model has it: `parties.name`."""
    return _POSITION.sub("", path) if "[" in path else path


def _static_paths(paths: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(map(static_path, paths)))


class Seen:
    """What was found out of a judgement in earlier cases.

    `below` picks the states of the leaves of its rule; `bases` has what it rests on, and
    `remedies` what would have to change, for each way in which these leaves stood. `at_worst` is
    the judgement if a gap turned out to be a breach, once it was asked for.
    """

    __slots__ = ("at_worst", "bases", "below", "remedies")

    def __init__(self) -> None:
        self.at_worst: Judgement | None = None
        self.below: Callable[[list[Value]], Hashable] | None = None
        self.bases: dict[Hashable, Basis] = {}
        self.remedies: dict[Hashable, tuple[str, ...]] = {}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one rule says; the same object for all cases of which it says the same.

    `severity` is the higher end and `severity_least` the lower end of the severity that a breach
    has; they differ where a condition that raises it is unknown. `unmet` are indices into the
    requirements of the stage.
    """

    rule: Rule
    planned: PlannedRule | None
    """None where the rule has nothing to ask at the stage."""
    outcome: Outcome
    moot: bool
    severity: str
    severity_least: str
    gate: bool
    unmet: tuple[int, ...] = ()
    possible: tuple[str, ...] = ()
    """The severities that a breach may turn out to have, the highest first."""
    accepted_by: dict[str, Value] | None = None
    acceptance_needs: tuple[str, ...] = ()
    """What one must know to tell whether an exception to a breach counts: the lead officer, or the
    severity of the breach."""
    seen: Seen = field(default_factory=Seen, init=False, compare=False, repr=False)

    kind: Kind | None = field(init=False, compare=False, repr=False)
    """Whether it is a finding, and which."""
    item: dict[str, Value] = field(init=False, compare=False, repr=False)
    """The judgement as an item of `results` and of the lists of the tables, less what it rests on
    where that hangs on the case."""
    listed: tuple[str, ...] = field(init=False, compare=False, repr=False)
    """The lists of the tables that it stands in."""

    def __post_init__(self) -> None:
        # Asked for again and again in each case, so that it is not left to properties.
        object.__setattr__(self, "kind", kind_of(self.outcome, self.moot))
        object.__setattr__(self, "item", self._item())
        object.__setattr__(self, "listed", self._listed())

    def _item(self) -> dict[str, Value]:
        item: dict[str, Value] = {
            "rule": self.rule.id,
            "theme": self.rule.theme,
            "outcome": self.outcome.value,
            "severity": self.severity,
            "severity_least": self.severity_least,
            "gate": self.gate,
            "moot": self.moot,
        }
        if self.planned is None:
            item |= {"rests_on": [], "missing": []}
        # That it is no finding is known, and not a gap in what is known.
        return {**item, "kind": NONE if self.kind is None else self.kind.value}

    def _listed(self) -> tuple[str, ...]:
        if self.outcome is Outcome.NOT_APPLICABLE or self.moot:
            return ()
        if self.kind is None:
            lists = ["accepted"] if self.outcome is Outcome.ACCEPTED_EXCEPTION else []
        else:
            lists = ["breaches" if self.kind is Kind.BREACH else "gaps", "findings"]
        return (*lists, *(["serious"] if self.severity in ("critical", "high") else []))

    @property
    def at_worst(self) -> Judgement:
        """The judgement if a gap turned out to be a breach."""
        known = self.seen.at_worst
        if known is None:
            gap = self.kind is Kind.GAP
            known = replace(self, outcome=Outcome.NON_COMPLIANT) if gap else self
            self.seen.at_worst = known
        return known


class Grounds:
    """What the judgements of one stratum rest on, each collected when first asked for."""

    __slots__ = ("_found", "_stage", "reader")

    def __init__(self, stage: str, reader: EvidenceReader) -> None:
        self.reader = reader
        self._stage = stage
        self._found: dict[str, Evidence] = {}

    def of(self, judgement: Judgement) -> Evidence:
        """What a judgement rests on. It is not to be changed."""
        rule = judgement.rule.id
        found = self._found.get(rule)
        if found is None:
            found = self.reader.read(self._basis(judgement))
            if judgement.acceptance_needs:
                found = self._with_open_points(judgement, found)
            self._found[rule] = found
        return found

    def facts_of(self, judgement: Judgement) -> list[str]:
        """The facts on which a judgement rests, by their static paths."""
        facts = None if judgement.acceptance_needs else self._basis(judgement).facts
        return _static_paths(self.of(judgement).facts) if facts is None else facts

    def missing_of(self, judgement: Judgement) -> list[str]:
        """The facts that are missing for a judgement, by their static paths."""
        return _static_paths(self.of(judgement).missing)

    def _basis(self, judgement: Judgement) -> Basis:
        seen = judgement.seen
        if seen.below is None:
            seen.below = self.reader.below(judgement.planned, self._stage)
        states = seen.below(self.reader.leaves)
        basis = seen.bases.get(states)
        if basis is None:
            if len(seen.bases) >= MAX_REMEMBERED:
                seen.bases.clear()
            chosen = decisive_formulas(judgement, self._stage, self.reader.state)
            basis = seen.bases[states] = self.reader.basis(chosen)
        return basis

    def states_below(self, judgement: Judgement) -> Hashable:
        """How the leaves stand on which a judgement may rest: all that there is to know of the
        case for what hangs on the conditions of its rule alone."""
        below = judgement.seen.below
        if below is None:
            below = judgement.seen.below = self.reader.below(judgement.planned, self._stage)
        return below(self.reader.leaves)

    def _with_open_points(self, judgement: Judgement, breach: Evidence) -> Evidence:
        """The evidence of a breach, with what one must know to tell whether an exception counts."""
        found = Evidence()
        found.facts = dict(breach.facts)
        found.reasons = dict(breach.reasons)
        if LEAD in judgement.acceptance_needs:
            found.missing[LEAD] = None
        if SEVERITY in judgement.acceptance_needs and judgement.planned is not None:
            steps = (formula for _, formula in judgement.planned.severity)
            unknown = [one for one in steps if self.reader.state(one) is UNKNOWN]
            found.add(self.reader.of(*unknown))
        return found


@dataclass(slots=True)
class Assessment:
    """A case judged by all rules, in the order of the strategy, before anything is put in words.

    The frame and the grounds are those of the last stratum, the rules about evidence; the rules
    about the partnership have grounds of their own.
    """

    stage: str
    evaluated_on: dt.date
    frame: Frame
    partnership: Grounds
    grounds: Grounds
    judgements: list[Judgement] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    verdict: str | None = None
    opinion: str | None = None
    opinion_at_worst: str | None = None

    @property
    def reader(self) -> EvidenceReader:
        """Reads the states and the evidence of formulas."""
        return self.grounds.reader

    def evidence(self, judgement: Judgement) -> Evidence:
        """What a judgement rests on, collected when first asked for."""
        return self.grounds_of(judgement).of(judgement)

    def grounds_of(self, judgement: Judgement) -> Grounds:
        """The grounds of the stratum of a judgement."""
        return self.partnership if judgement.rule.about == PARTNERSHIP else self.grounds


def judge(planned: PlannedRule, firing: Firing, stage: str) -> Judgement:
    """The judgement that the firings of a rule amount to.

    INVARIANT: what neither fired as not applicable, nor as compliant, nor as unmet is
    insufficient evidence; nothing is concluded from silence.
    """
    if firing.status == NOT_APPLICABLE:
        outcome = Outcome.NOT_APPLICABLE
    elif firing.status == COMPLIANT:
        outcome = Outcome.COMPLIANT
    elif firing.unmet:
        outcome = Outcome.NON_COMPLIANT
    else:
        outcome = Outcome.INSUFFICIENT_EVIDENCE
    possible = severities(planned, dict(firing.severity))
    return Judgement(
        rule=planned.rule,
        planned=planned,
        outcome=outcome,
        moot=outcome is Outcome.INSUFFICIENT_EVIDENCE and firing.status == ALL_MET,
        severity=possible[0],
        severity_least=possible[-1],
        gate=stage in planned.rule.gate,
        unmet=firing.unmet,
        possible=possible,
    )


def severities(planned: PlannedRule, fired: dict[int, bool]) -> tuple[str, ...]:
    """The severities that a breach may turn out to have, from the highest that may be to the
    highest that certainly is."""
    rank = SEVERITY_RANK.__getitem__
    certain = [level for index, (level, _) in enumerate(planned.severity) if fired.get(index)]
    least = max(planned.rule.severity, *certain, key=rank) if certain else planned.rule.severity
    open_steps = {level for index, (level, _) in enumerate(planned.severity) if index not in fired}
    above = [level for level in open_steps if rank(level) > rank(least)]
    return (*sorted(above, key=rank, reverse=True), least)


def possible_severities(judgement: Judgement) -> tuple[str, ...]:
    """The severities that a breach may turn out to have, the highest first."""
    return judgement.possible or (judgement.severity,)


def not_at_stage(rule: Rule, stage: str) -> Judgement:
    """The judgement of a rule that asks for nothing at this stage."""
    return Judgement(
        rule=rule,
        planned=None,
        outcome=Outcome.NOT_APPLICABLE,
        moot=False,
        severity=rule.severity,
        severity_least=rule.severity,
        gate=stage in rule.gate,
    )


def decisive_formulas(
    judgement: Judgement, stage: str, state: Callable[[Formula], Value]
) -> list[Formula]:
    """The conditions on which a judgement rests: all for a pass, the unmet ones for a breach, and
    what is unknown for a gap."""
    planned = judgement.planned
    if planned is None:
        return []
    asked = [one.formula for one in planned.requirements_at(stage)]
    if judgement.outcome is Outcome.NOT_APPLICABLE:
        return [planned.when]
    if judgement.outcome is Outcome.COMPLIANT:
        return [planned.when, *asked]
    if judgement.unmet:
        return [planned.when, *(asked[index] for index in judgement.unmet)]
    return [formula for formula in (planned.when, *asked) if state(formula) is not True]
