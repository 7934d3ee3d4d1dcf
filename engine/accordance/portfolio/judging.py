"""What a rule over the portfolio says of a group, in three-valued logic.

A case whose group is not known is a possible member of every group, and of one more, which stands
for a group that nobody named. The lists `cases` and `portfolio` carry which items are certain and
which only possible, so that what is said definitely holds whatever the unknown facts turn out to
be. A group that may not exist at all is never broken.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from ..check.exceptions import SEVERITY, Leads
from ..feel import logic
from ..feel.compiling import DEFINED, FACTS, Code, Compiler, Evidence, Frame, Names, new_frame
from ..feel.types import ContextType
from ..feel.values import UNKNOWN, Number, Span, Value
from ..plan.outcome import SEVERITY_RANK, Kind, Outcome, kind_of
from ..strategy.model import Strategy
from ..strategy.portfolio import (
    CASES,
    GROUP,
    MARKED,
    PEERS,
    PORTFOLIO,
    POSITION,
    TITLE,
    PortfolioRule,
    group_names,
)
from .members import Member, listed

if TYPE_CHECKING:
    from .exceptions import Accepting


@dataclass(frozen=True, slots=True)
class GroupCodes:
    """A rule with its expressions over a group ready to be evaluated."""

    rule: PortfolioRule
    figures: Mapping[str, Code]
    when: Code | None
    require: tuple[Code, ...]
    severity_when: tuple[tuple[str, Code], ...]

    @staticmethod
    def of(rule: PortfolioRule, strategy: Strategy, names: Names) -> GroupCodes:
        """The codes of a rule."""
        compiler = Compiler(names_of_group(rule, strategy, names))
        return GroupCodes(
            rule,
            {one.name: compiler.compile(one.expression, None) for one in rule.figures},
            None if rule.when is None else compiler.compile(rule.when, None),
            tuple(compiler.compile(one.expression, None) for one in rule.require),
            tuple(
                (one.level, compiler.compile(one.expression, None)) for one in rule.severity_when
            ),
        )


def names_of_group(rule: PortfolioRule, strategy: Strategy, names: Names) -> Names:
    """What the expressions of a rule over a group may read; `names` are those of a case."""
    fields = group_names(strategy.model, strategy.definitions, rule.rank is not None)
    return Names(
        facts=ContextType(fields=fields),
        definitions={one.name: one.type for one in rule.figures},
        parameters=names.parameters,
    )


@dataclass(frozen=True, slots=True)
class Said:
    """What a rule says, whatever it is said of.

    `possible` are the severities that a breach may turn out to have, the highest first.
    `accepted_by` is the exception to a breach, as JSON has it; `acceptance_needs` is what one must
    know to tell whether an exception counts: who leads, or how severe the breach is.
    """

    outcome: Outcome
    moot: bool
    severity: str
    severity_least: str
    unmet: tuple[int, ...]
    possible: tuple[str, ...]
    accepted_by: Mapping[str, Any] | None = None
    acceptance_needs: tuple[str, ...] = ()


def judge(
    rule: PortfolioRule,
    when: Value,
    require: Sequence[Value],
    steps: Sequence[tuple[str, Value]],
    exists: bool,
) -> Said:
    """What the states of its conditions amount to. `exists` False: perhaps there is no such group,
    so that nothing can be said to be broken."""
    met = logic.conjunction(require)
    unmet: tuple[int, ...] = ()
    if when is False:
        outcome = Outcome.NOT_APPLICABLE
    elif when is True and met is True:
        outcome = Outcome.COMPLIANT
    elif when is True and met is False and exists:
        outcome = Outcome.NON_COMPLIANT
        unmet = tuple(index for index, state in enumerate(require) if state is False)
    else:
        outcome = Outcome.INSUFFICIENT_EVIDENCE
    rank = SEVERITY_RANK.__getitem__
    least = max([rule.severity, *(level for level, state in steps if state is True)], key=rank)
    open_ = {level for level, state in steps if state is UNKNOWN and rank(level) > rank(least)}
    possible = (*sorted(open_, key=rank, reverse=True), least)
    moot = outcome is Outcome.INSUFFICIENT_EVIDENCE and when is UNKNOWN and met is True
    return Said(outcome, moot, possible[0], least, unmet, possible)


def leads_of(rule: PortfolioRule, leads: Iterable[tuple[Value, bool]]) -> Leads:
    """Who leads on what a rule speaks of, from the lead officers and whether it is certain that
    their partnership is meant: those of a group, or with `rank` the one."""
    certain: set[str] = set()
    possible: set[str] = set()
    unknown = False
    for lead, sure in leads:
        if isinstance(lead, str):
            (certain if sure else possible).add(lead.casefold())
        unknown = unknown or lead is UNKNOWN
    of = "the partnership" if rule.rank is not None else "one of the partnerships"
    return Leads(of, frozenset(certain), frozenset(possible - certain), unknown)


def groups_of(rule: PortfolioRule, members: Sequence[Member]) -> list[str | None]:
    """The groups of a rule by name, None last for one that is not known, where there may be one.
    The whole portfolio is None alone."""
    if rule.group_by is None:
        return [None]
    names: set[str] = set()
    open_ = False
    for member in members:
        standing = member.memberships[rule.id]
        names.update(name for name, _ in standing.groups)
        open_ = open_ or standing.anywhere
    return [*sorted(names), *([None] if open_ else [])]


def members_of(
    rule: PortfolioRule, group: str | None, members: Sequence[Member]
) -> tuple[tuple[Member, bool], ...]:
    """The members of a group, and whether each is certain."""
    found = []
    for member in members:
        standing = member.memberships[rule.id]
        within = standing.belongs if rule.group_by is None else standing.of(group)
        if within is not False:
            found.append((member, within is True))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Scene:
    """What the expressions of a rule read of one group."""

    codes: GroupCodes
    today: dt.date
    group: str | None
    cases: tuple[tuple[Member, bool], ...]
    facts: Mapping[str, Value]
    ranking: Ranking

    @staticmethod
    def of(
        codes: GroupCodes, today: dt.date, group: str | None, members: Sequence[Member]
    ) -> Scene:
        """The scene of a group of these members."""
        rule = codes.rule
        cases = members_of(rule, group, members)
        whole = [
            (member, member.memberships[rule.id].belongs is True)
            for member in members
            if member.memberships[rule.id].belongs is not False
        ]
        facts = {
            CASES: listed([(member.item, sure) for member, sure in cases]),
            MARKED: listed(_marked(rule, group, cases)),
            PORTFOLIO: listed([(member.item, sure) for member, sure in whole]),
            **({} if group is None else {GROUP: group}),
        }
        ranked = cases if rule.rank is not None else ()
        ranks = Counter((member.ranks[rule.id], sure) for member, sure in ranked)
        return Scene(codes, today, group, cases, facts, Ranking(ranks))

    def frame(
        self, member: Member | None, sure: bool, paths: Mapping[int, str] | None = None
    ) -> Frame:
        """What the expressions read, of the group or of one member of it; the figures are in it."""
        facts = dict(self.facts)
        if member is not None:
            place = self.ranking.place(member.ranks[self.codes.rule.id], sure)
            facts |= {name: value for name, value in place.items() if value is not UNKNOWN}
            facts[TITLE] = member.case.title
        frame = new_frame(facts, self.today, paths=paths, codes=self.codes.figures)
        for name, code in self.codes.figures.items():
            frame[DEFINED][name] = code.value(frame)
        return frame

    def judgement(self, member: Member | None, sure: bool) -> GroupJudgement:
        """What the rule says; `sure` False: perhaps there is no such group, or the case is not in
        it."""
        codes, frame = self.codes, self.frame(member, sure)
        said = judge(
            codes.rule,
            True if codes.when is None else codes.when.value(frame),
            [code.value(frame) for code in codes.require],
            [(level, code.value(frame)) for level, code in codes.severity_when],
            sure,
        )
        place = (POSITION, PEERS) if member is not None else ()
        figures = {name: frame[FACTS].get(name, UNKNOWN) for name in place} | frame[DEFINED]
        return GroupJudgement(self, member, sure, said, figures)


@dataclass(frozen=True, slots=True, eq=False)
class GroupJudgement:
    """What a rule says of a group, or with `member` of one case in it."""

    scene: Scene
    member: Member | None
    sure: bool
    said: Said
    figures: Mapping[str, Value]

    @property
    def rule(self) -> PortfolioRule:
        """The rule that says it."""
        return self.scene.codes.rule

    @property
    def outcome(self) -> Outcome:
        """What it says."""
        return self.said.outcome

    @property
    def kind(self) -> Kind | None:
        """Whether it is a finding, and which."""
        return kind_of(self.said.outcome, self.said.moot)

    def evidence(self, paths: Mapping[int, str]) -> Evidence:
        """What it rests on: all conditions for a pass, the unmet ones for a breach, accepted or
        not, and what is unknown for a gap."""
        codes, frame = self.scene.codes, self.scene.frame(self.member, self.sure, paths)
        when = [codes.when] if codes.when is not None else []
        if self.outcome is Outcome.NOT_APPLICABLE:
            chosen = when
        elif self.said.unmet:
            chosen = [*when, *(codes.require[index] for index in self.said.unmet)]
            if SEVERITY in self.said.acceptance_needs:
                steps = (code for _, code in codes.severity_when)
                chosen += [code for code in steps if code.value(frame) is UNKNOWN]
        else:
            chosen = [*when, *codes.require]
        found = Evidence()
        for code in chosen:
            state = code.value(frame)
            gap = self.outcome is Outcome.INSUFFICIENT_EVIDENCE and not self.said.unmet
            if gap and state is True:
                continue
            one = Evidence()
            code.evidence(frame, one)
            if state is not UNKNOWN:
                one.missing.clear()
                one.reasons.clear()
            found.add(one)
        return found


def _marked(
    rule: PortfolioRule, group: str | None, cases: Sequence[tuple[Member, bool]]
) -> list[tuple[Value, bool]]:
    """The cases of a group that bear its mark, and whether that is certain."""
    found: list[tuple[Value, bool]] = []
    for member, sure in cases:
        marks = member.memberships[rule.id].marks
        if marks is None:
            continue
        # A group that is not known may be any that the marks name.
        marked = UNKNOWN if group is None and marks.groups else marks.of(group)
        if marked is not False:
            found.append((member.item, sure and marked is True))
    return found


def judgements(
    codes: GroupCodes,
    members: Sequence[Member],
    today: dt.date,
    accepting: Accepting | None = None,
) -> Iterator[GroupJudgement]:
    """What a rule says of every group of a portfolio, in the order of their names; with `rank` of
    every case in them, in the order of the portfolio. `accepting` has the exceptions, if any."""
    for one in _before_exceptions(codes, members, today):
        yield one if accepting is None else _with_exceptions(one, accepting)


def _with_exceptions(one: GroupJudgement, accepting: Accepting) -> GroupJudgement:
    case = None if one.member is None else one.member.case.id
    if not accepting.names(one.rule, one.scene.group, case):
        return one
    about = one.scene.cases if one.member is None else ((one.member, one.sure),)
    leads = leads_of(one.rule, ((each.lead, sure) for each, sure in about))
    said = accepting.judge(one.rule, one.scene.group, case, one.said, leads)
    return replace(one, said=said)


def _before_exceptions(
    codes: GroupCodes, members: Sequence[Member], today: dt.date
) -> Iterator[GroupJudgement]:
    rule = codes.rule
    for group in groups_of(rule, members):
        scene = Scene.of(codes, today, group, members)
        if rule.rank is None:
            exists = rule.group_by is None or any(sure for _, sure in scene.cases)
            yield scene.judgement(None, exists)
        else:
            for member, sure in scene.cases:
                yield scene.judgement(member, sure)


class Ranking:
    """The numbers of a group's members in order: how many there are of each, apart those that are
    certainly in the group and those that may be."""

    def __init__(self, counts: Mapping[tuple[Value, bool], int]) -> None:
        self._total = dict.fromkeys((True, False), 0)
        ends: dict[tuple[bool, int], Counter[Number]] = {
            (on, end): Counter() for on in (True, False) for end in (0, 1)
        }
        for (value, on), count in counts.items():
            self._total[on] += count
            bounds = _bounds(value)
            if bounds is not None:
                for end in (0, 1):
                    ends[on, end][bounds[end]] += count
        self._ends = {key: sorted(counter) for key, counter in ends.items()}
        self._below = {
            key: list(accumulate((ends[key][number] for number in numbers), initial=0))
            for key, numbers in self._ends.items()
        }

    def _less(self, on: bool, end: int, than: Number) -> int:
        """How many have their lower (0) or upper (1) end below a number."""
        return self._below[on, end][bisect_left(self._ends[on, end], than)]

    def place(self, own: Value, sure: bool) -> dict[str, Value]:
        """The place of one of them among the others: `position` is the share of the others whose
        number is as high or higher (0: there is none, it has the highest), `peers` how many there
        are with itself."""
        others = {on: self._total[on] - (on is sure) for on in (True, False)}
        peers = logic.span(1 + others[True], 1 + others[True] + others[False])
        mine = _bounds(own)
        if mine is None or not others[True]:
            # Where perhaps nobody is there to compare with, there is no share.
            return {POSITION: UNKNOWN, PEERS: peers}
        yes, no, open_ = {}, {}, {}
        for on in (True, False):
            # One whose number is known is as high as itself; of another that is open.
            itself = on is sure and mine[0] == mine[1]
            known = self._below[on, 0][-1]
            yes[on] = known - self._less(on, 0, mine[1]) - itself
            no[on] = self._less(on, 1, mine[0])
            open_[on] = others[on] - yes[on] - no[on]
        sum_ = sum(others.values())
        low = Fraction(yes[True], sum_ - yes[False])
        high = Fraction(sum_ - no[True] - no[False], sum_ - no[False])
        return {POSITION: logic.span(logic.exact(low), logic.exact(high)), PEERS: peers}


def _bounds(value: Value) -> tuple[Number, Number] | None:
    if isinstance(value, Span):
        return value.low, value.high
    return (value, value) if logic.is_number(value) else None
