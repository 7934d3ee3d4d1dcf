"""The small portfolios of a strategy, run: what a rule over groups of cases said, and should."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..check.checker import Checker
from ..portfolio.body_files import BodyFiles
from ..portfolio.evaluating import evaluate_all
from ..strategy.portfolio_cases import PortfolioCase

NO_SUCH_GROUP: Final = "no such group"
_EXACT: Final = ("outcome", "severity", "severity_least", "moot")


def with_portfolios(
    outcome: dict[str, Any], checker: Checker, cases: Sequence[PortfolioCase]
) -> dict[str, Any]:
    """What became of a strategy's rule cases, these portfolios among them, in the form
    `accordance/test/1`."""
    entries, failures = [], []
    themes = {theme["theme"]: dict(theme) for theme in outcome["themes"]}
    for case in cases:
        failure = _failure_of(case, checker)
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


def _failure_of(case: PortfolioCase, checker: Checker) -> dict[str, Any] | None:
    """Where a portfolio does not come out as it should: given, expected and got."""
    pairs = [(one, checker.assess(one, case.evaluated_on)) for one in case.portfolio]
    kept = BodyFiles(case.providers, case.exceptions)
    results = evaluate_all(checker, pairs, case.evaluated_on, kept)
    result = next((one for one in results if _is_asked(one, case)), None)
    expected = _expected(case)
    if result is None:
        got: dict[str, Any] = {"outcome": NO_SUCH_GROUP}
    else:
        got = _got(result, expected)
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


def _is_asked(result: Mapping[str, Any], case: PortfolioCase) -> bool:
    if result["rule"] != case.rule or result["case"] != case.case:
        return False
    if case.unnamed:
        return result["group_known"] is False
    # Where a case is in one group only, which one need not be said.
    return (case.group is None and case.case is not None) or bool(result["group"] == case.group)


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
