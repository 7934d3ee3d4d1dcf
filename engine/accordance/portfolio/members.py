"""One case as rules over the portfolio see it: what it is, what its check came to, and to which
groups it belongs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ..check.exceptions import LEAD
from ..feel.compiling import DEFINED, Code, Compiler, Evidence, Names, new_frame
from ..feel.functions import pairs_of
from ..feel.syntax import Name, Node, Path, walk
from ..feel.values import NONE, UNKNOWN, Uncertain, Value
from ..plan.outcome import SEVERITY_RANK, Kind, Outcome
from ..strategy.model import EVIDENCE, Strategy
from ..strategy.portfolio import RESULT, RESULT_TYPE, PortfolioRule
from .providers import Providers

if TYPE_CHECKING:
    from ..check.checker import Checker
    from ..check.judging import Assessment, Judgement
    from ..facts.case import Case

SERIOUS: Final = SEVERITY_RANK["high"]


@dataclass(frozen=True, slots=True)
class Membership:
    """How a case stands to a rule: whether the rule looks at it (true, or UNKNOWN: possibly), the
    groups it is in, each with whether that is certain, and whether it may be in any other too."""

    belongs: Value
    groups: tuple[tuple[str, bool], ...]
    anywhere: bool
    marks: Membership | None = None

    def of(self, group: str | None) -> Value:
        """Is the case in a group: true, false, or UNKNOWN? None is a group that is not known."""
        for name, sure in self.groups:
            if name == group:
                return self.belongs if sure else UNKNOWN
        return UNKNOWN if self.anywhere else False


NOWHERE: Final = Membership(False, (), False)


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A case and what was found out about it; `item` is what it is in the list `cases`."""

    case: Case
    assessment: Assessment
    item: dict[str, Value]
    memberships: Mapping[str, Membership]
    ranks: Mapping[str, Value]
    """What the rules with `rank` order it by, by their ids."""

    @property
    def lead(self) -> Value:
        """Who leads on it, by role."""
        return self.case.facts.get(LEAD, UNKNOWN)


class Reader:
    """Makes members of cases that were checked, for the rules of the strategy or those given."""

    def __init__(
        self,
        checker: Checker,
        providers: Providers,
        rules: Sequence[PortfolioRule] | None = None,
    ) -> None:
        strategy = checker.strategy
        self.checker = checker
        self.providers = providers
        self.rules = strategy.portfolio if rules is None else tuple(rules)
        self._used = definitions_read(strategy)
        names = checker.names
        supplied = {**names.supplied, RESULT: RESULT_TYPE}
        self._compiler = Compiler(
            Names(names.facts, names.definitions, names.parameters, supplied, names.silent)
        )
        self._codes: dict[tuple[str, str], Code] = {
            (rule.id, part): self._compiler.compile(node, None)
            for rule in self.rules
            for part, node in over_a_case(rule)
        }

    def member(self, case: Case, assessment: Assessment) -> Member:
        """A case as rules over the portfolio see it."""
        result = result_of(assessment.judgements)
        frame = self._frame(case, assessment, result)
        item = {name: self.checker.definition(name, assessment.frame) for name in self._used}
        item |= {**case.facts, RESULT: result}
        memberships: dict[str, Membership] = {}
        ranks: dict[str, Value] = {}
        for rule in self.rules:
            of, group_by = self._codes.get((rule.id, "of")), self._codes.get((rule.id, "group_by"))
            belongs = True if of is None else of.value(frame)
            value = None if group_by is None else group_by.value(frame)
            standing = membership(rule, belongs, value, self.providers)
            mark = self._codes.get((rule.id, "mark"))
            if mark is not None and belongs is not False:
                marks = membership(rule, belongs, mark.value(frame), self.providers)
                standing = replace(standing, marks=marks)
            memberships[rule.id] = standing
            if rule.rank is not None:
                ranks[rule.id] = self._codes[rule.id, "rank"].value(frame)
        return Member(case, assessment, item, memberships, ranks)

    def value(self, node: Node, member: Member) -> Value:
        """What an expression over one case comes to."""
        frame = self._frame(member.case, member.assessment, member.item[RESULT])
        return self._compiler.compile(node, None).value(frame)

    def _frame(self, case: Case, assessment: Assessment, result: Value) -> list[Value]:
        for name in self._used:
            self.checker.definition(name, assessment.frame)
        return new_frame(
            case.facts,
            assessment.evaluated_on,
            defined=assessment.frame[DEFINED],
            paths=case.paths,
            codes=self.checker.expressions.definitions,
            supplied={RESULT: result},
        )

    def doubts(self, rule: PortfolioRule, member: Member) -> Evidence:
        """The facts that would tell whether a case belongs to a rule, and to which group."""
        found = Evidence()
        standing = member.memberships[rule.id]
        frame = self._frame(member.case, member.assessment, member.item[RESULT])
        of, group_by = self._codes.get((rule.id, "of")), self._codes.get((rule.id, "group_by"))
        if of is not None and standing.belongs is UNKNOWN:
            of.evidence(frame, found)
        if group_by is not None and (
            standing.anywhere or not all(sure for _, sure in standing.groups)
        ):
            group_by.evidence(frame, found)
        mark, marks = self._codes.get((rule.id, "mark")), standing.marks
        if (
            mark is not None
            and marks is not None
            and (marks.anywhere or not all(sure for _, sure in marks.groups))
        ):
            mark.evidence(frame, found)
        return found


def over_a_case(rule: PortfolioRule) -> list[tuple[str, Node]]:
    """The expressions of a rule over one case, by their fields."""
    parts = (
        ("of", rule.of),
        ("group_by", rule.group_by),
        ("mark", rule.mark),
        ("rank", rule.rank),
    )
    return [(part, node) for part, node in parts if node is not None]


def over_a_group(rule: PortfolioRule) -> list[Node]:
    """The expressions of a rule over a group."""
    conditions = [rule.when] if rule.when is not None else []
    return [
        *(figure.expression for figure in rule.figures),
        *conditions,
        *(one.expression for one in rule.require),
        *(step.expression for step in rule.severity_when),
    ]


def definitions_read(strategy: Strategy) -> list[str]:
    """The definitions that rules over the portfolio read of a case, in the strategy's order."""
    words: set[str] = set()
    for rule in strategy.portfolio:
        for node in (*over_a_group(rule), *(node for _, node in over_a_case(rule))):
            for part in walk(node):
                if isinstance(part, Name):
                    words.add(part.name)
                elif isinstance(part, Path):
                    words.add(part.field)
    pending = [name for name in strategy.definitions if name in words]
    return [name for name in pending if strategy.definitions[name].about != EVIDENCE]


def membership(
    rule: PortfolioRule, belongs: Value, value: Value, providers: Providers
) -> Membership:
    """How a case stands to a rule: `value` is what its `group_by` came to, None without one."""
    if belongs is False:
        return NOWHERE
    if value is None:
        return Membership(belongs, (), False)
    pairs = pairs_of(value)
    if pairs is None:
        return Membership(belongs, (), value is UNKNOWN)
    anywhere = False
    groups: dict[str, bool] = {}
    for item, sure in pairs:
        if item is NONE:
            continue
        name = group_name(rule, item, providers)
        if name is None:
            anywhere = True
        else:
            groups[name] = groups.get(name, False) or sure
    return Membership(belongs, tuple(groups.items()), anywhere)


def group_name(rule: PortfolioRule, item: Value, providers: Providers) -> str | None:
    """The name of the group that a text or date stands for; None where that is not known."""
    if rule.by is not None:
        return span_name(item, rule.by) if isinstance(item, dt.date) else None
    if not isinstance(item, str):
        return None
    return providers.group(item) if rule.providers else item


def span_name(day: dt.date, by: str) -> str:
    """A month, quarter or year as text: `2027-03`, `2027 Q1`, `2027`."""
    if by == "month":
        return f"{day.year:04d}-{day.month:02d}"
    return f"{day.year:04d}" + (f" Q{(day.month + 2) // 3}" if by == "quarter" else "")


def result_of(judgements: Iterable[Judgement]) -> dict[str, Value]:
    """What a check came to, for rules over the portfolio: gaps are possible breaches."""
    broken: list[tuple[Value, bool]] = []
    serious: list[tuple[Value, bool]] = []
    for one in judgements:
        if one.rule.about == EVIDENCE:
            continue
        sure = one.outcome is Outcome.NON_COMPLIANT
        if not sure and one.kind is not Kind.GAP:
            continue
        broken.append((one.rule.id, sure))
        if SEVERITY_RANK[one.severity] >= SERIOUS:
            serious.append((one.rule.id, sure and SEVERITY_RANK[one.severity_least] >= SERIOUS))
    return {
        "broken": listed(broken),
        "breaches": counted(broken),
        "serious": counted(serious),
    }


def listed(pairs: Sequence[tuple[Value, bool]]) -> Value:
    """A list of which some items may be only possible."""
    if all(sure for _, sure in pairs):
        return [item for item, _ in pairs]
    return Uncertain(tuple(pairs))


def counted(pairs: Sequence[tuple[Value, bool]]) -> Value:
    """How many there are, between the certain and all."""
    from ..feel.logic import span

    return span(sum(1 for _, sure in pairs if sure), len(pairs))
