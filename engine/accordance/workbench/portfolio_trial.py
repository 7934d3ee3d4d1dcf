"""The small portfolios of a strategy, run: what a rule over groups of cases said, and should."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ..check.checker import Checker
from ..check.judging import Assessment
from ..facts.case import Case
from ..feel.compiling import Compiler
from ..feel.syntax import Node
from ..feel.values import UNKNOWN, Value
from ..portfolio.answer import Answering
from ..portfolio.body_files import BodyFiles
from ..portfolio.evaluating import answering
from ..portfolio.judging import GroupJudgement, names_of_group
from ..strategy.portfolio import PortfolioRule
from ..strategy.portfolio_cases import PortfolioCase

NO_SUCH_GROUP: Final = "no such group"
NEVER: Final = 10**9
"""A portfolio here has so few partnerships that generating source does not pay (see `Checker`)."""
_EXACT: Final = ("outcome", "severity", "severity_least", "moot")


def with_portfolios(
    outcome: dict[str, Any], checker: Checker, cases: Sequence[PortfolioCase]
) -> dict[str, Any]:
    """What became of a strategy's rule cases, these portfolios among them, in the form
    `accordance/test/1`."""
    entries, failures = [], []
    portfolios = Portfolios(checker)
    themes = {theme["theme"]: dict(theme) for theme in outcome["themes"]}
    for case in cases:
        failure = portfolios.failure(case)
        entries.append(
            {
                "rule": case.rule,
                "name": case.name,
                "theme": case.theme,
                "source": case.place.file,
                "line": case.place.line,
                "passed": failure is None,
            }
        )
        failures += [] if failure is None else [failure]
        fresh = {"theme": case.theme, "source": case.place.file, "passed": 0, "failed": 0}
        theme = themes.setdefault(case.theme, fresh)
        theme["passed" if failure is None else "failed"] += 1
    return {
        **outcome,
        "passed": outcome["passed"] + len(cases) - len(failures),
        "failed": outcome["failed"] + len(failures),
        "themes": list(themes.values()),
        "cases": [*outcome["cases"], *entries],
        "failures": [*outcome["failures"], *failures],
    }


class Portfolios:
    """Small portfolios, their partnerships checked once by a checker, to be tried on rules."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self._checked: dict[int, list[tuple[Case, Assessment]]] = {}
        self._judged: dict[int, GroupJudgement | None] = {}

    def answering(self, case: PortfolioCase, rule: PortfolioRule | None = None) -> Answering:
        """What tells the results of a portfolio, by its rule as it stands or as it is given."""
        pairs = self._checked.get(id(case))
        if pairs is None:
            day = case.evaluated_on
            pairs = [(one, self.checker.assess(one, day)) for one in case.portfolio]
            self._checked[id(case)] = pairs
        rules = [rule or next(one for one in self._rules() if one.id == case.rule)]
        kept = BodyFiles(case.providers, case.exceptions)
        return answering(self.checker, pairs, case.evaluated_on, kept, rules)

    def judgement(self, case: PortfolioCase) -> GroupJudgement | None:
        """What is said of the group that a portfolio asks about; None where there is none."""
        key = id(case)
        if key not in self._judged:
            self._judged[key] = asked(case, self.answering(case).judgements())
        return self._judged[key]

    def of_group(self, node: Node, case: PortfolioCase) -> Value:
        """What a part of an expression over a group comes to, for the group that is asked about;
        UNKNOWN where there is none."""
        judgement = self.judgement(case)
        if judgement is None:
            return UNKNOWN
        names = names_of_group(judgement.rule, self.checker.strategy, self.checker.names)
        frame = judgement.scene.frame(judgement.member, judgement.sure)
        return Compiler(names).compile(node, None).value(frame)

    def of_each(self, node: Node, case: PortfolioCase) -> list[Value]:
        """What an expression over one partnership comes to, for each of a portfolio."""
        told = self.answering(case)
        return [told.reader.value(node, member) for member in told.members]

    def _rules(self) -> Sequence[PortfolioRule]:
        return self.checker.strategy.portfolio

    def fails(self, case: PortfolioCase, rule: PortfolioRule | None = None) -> bool:
        """Does a portfolio come out otherwise than it should? As `failure`, without words where
        they are not needed."""
        judgement = asked(case, self.answering(case, rule).judgements())
        if judgement is None:
            return True
        said, expect = judgement.said, case.expect
        pairs = (
            (expect.outcome, said.outcome.value),
            (expect.severity, said.severity),
            (expect.severity_least, said.severity_least),
            (expect.moot, said.moot),
        )
        if any(wanted is not None and wanted != got for wanted, got in pairs):
            return True
        more = (expect.message, expect.unmet, expect.missing, case.cases)
        return any(one is not None for one in more) and self.failure(case, rule) is not None

    def failure(
        self, case: PortfolioCase, rule: PortfolioRule | None = None
    ) -> dict[str, Any] | None:
        """Where a portfolio does not come out as it should: given, expected and got."""
        told = self.answering(case, rule)
        judgement = asked(case, told.judgements())
        expected = _expected(case)
        if judgement is None:
            got: dict[str, Any] = {"outcome": NO_SUCH_GROUP}
        else:
            got = _got(told.result(judgement), expected)
            if all(_agrees(name, value, got[name]) for name, value in expected.items()):
                return None
        return {
            "rule": case.rule,
            "name": case.name,
            "source": case.place.file,
            "line": case.place.line,
            "given": dict(case.given),
            "on": case.evaluated_on.isoformat(),
            "expected": expected,
            "got": got,
            "why": None,
        }


def asked(case: PortfolioCase, judgements: Iterable[GroupJudgement]) -> GroupJudgement | None:
    """What is said of the group, or of the partnership in it, that a portfolio asks about."""
    return next((one for one in judgements if _is_asked(one, case)), None)


def _is_asked(one: GroupJudgement, case: PortfolioCase) -> bool:
    if (None if one.member is None else one.member.case.id) != case.case:
        return False
    group = one.scene.group
    if case.unnamed:
        return one.rule.group_by is not None and group is None
    # Where a case is in one group only, which one need not be said.
    return (case.group is None and case.case is not None) or group == case.group


def _expected(case: PortfolioCase) -> dict[str, Any]:
    names = (*_EXACT, "message", "unmet")
    asked = {name: getattr(case.expect, name) for name in names}
    found = {name: value for name, value in asked.items() if value is not None}
    if case.expect.missing is not None:
        found["missing"] = sorted(case.expect.missing)
    if case.cases is not None:
        found["cases"] = sorted(case.cases)
    return found


def _got(result: Mapping[str, Any], expected: Mapping[str, Any]) -> dict[str, Any]:
    said = {
        **result,
        "unmet": "; ".join(result["unmet"]),
        "missing": sorted(f"{one['case']} {one['path']}" for one in result["missing"]),
        "cases": sorted(one["id"] for one in result["cases"] if one["certain"]),
    }
    return {name: said[name] for name in expected}


def _agrees(name: str, expected: Any, got: Any) -> bool:
    """Of texts a part is expected, of everything else the whole."""
    if name in ("message", "unmet"):
        return str(expected) in (got or "")
    return bool(expected == got)
