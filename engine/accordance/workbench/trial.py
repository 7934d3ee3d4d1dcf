"""The rules' own cases, run: what was given, expected and got, and why."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from ..check.answer import PROGRAM, strategy_stamp
from ..check.checker import Checker
from ..problem import Code, Place, Problem, Refused
from ..strategy.cases import RuleCase
from ..strategy.folder import CASES, HEADER
from ..strategy.model import Strategy
from .focus import focus

SCHEMA: Final = "accordance/test/1"
_EXACT: Final = ("outcome", "severity", "severity_least", "gate", "moot")
Track = Callable[[Sequence[int]], Iterable[int]]
_LEVELS_UP: Final = 2
"""A file of cases lies in the folder `tests` of its strategy, or in a folder of that one."""


def run_cases(strategy: Strategy, cases: Sequence[RuleCase], track: Track = iter) -> dict[str, Any]:
    """What became of the cases, in the form `accordance/test/1`.

    The cases of a rule are checked against that rule and what it reads. `track` sees them go by.
    Raises Refused with the cases that cannot be checked at all.
    """
    failures, problems = _tried(strategy, cases, track)
    if problems:
        raise Refused(problems[case] for case in sorted(problems))
    themes: dict[str, dict[str, Any]] = {}
    for number, case in enumerate(cases):
        theme = themes.setdefault(
            case.theme, {"theme": case.theme, "source": case.place.file, "passed": 0, "failed": 0}
        )
        theme["failed" if number in failures else "passed"] += 1
    return {
        "schema": SCHEMA,
        "program": PROGRAM,
        "strategy": strategy_stamp(strategy),
        "passed": len(cases) - len(failures),
        "failed": len(failures),
        "themes": list(themes.values()),
        "cases": [
            {
                "rule": case.rule,
                "name": case.name,
                "theme": case.theme,
                "source": case.place.file,
                "line": case.place.line,
                "passed": number not in failures,
            }
            for number, case in enumerate(cases)
        ],
        "failures": [failures[number] for number in sorted(failures)],
    }


def _tried(
    strategy: Strategy, cases: Sequence[RuleCase], track: Track
) -> tuple[dict[int, dict[str, Any]], dict[int, Problem]]:
    """The cases that fail and those that cannot be checked, by their number."""
    by_rule: dict[str, list[int]] = {}
    for number, case in enumerate(cases):
        by_rule.setdefault(case.rule, []).append(number)
    order = [number for numbers in by_rule.values() for number in numbers]
    failures: dict[int, dict[str, Any]] = {}
    problems: dict[int, Problem] = {}
    focused = strategy
    checker: Checker | None = None
    rule = None
    for number in track(order):
        case = cases[number]
        if checker is None or case.rule != rule:
            rule = case.rule
            wanted = focus(strategy, {rule})
            if checker is None or wanted is not focused:
                if checker is not None:
                    checker.close()
                focused, checker = wanted, Checker(wanted)
        try:
            found = failure(checker, case)
        except Refused as refused:
            problems[number] = refused.problems[0].at(case.place)
            continue
        if found:
            failures[number] = found
    return failures, problems


def failure(checker: Checker, case: RuleCase) -> dict[str, Any] | None:
    """Where a case does not come out as it should: given, expected, got and why. Raises Refused."""
    answer = checker.check(case.case, case.evaluated_on)
    judgement = next(one for one in answer.assessment.judgements if one.rule.id == case.rule)
    result = answer.result(judgement)
    expected, got = _compared(case, result)
    if all(_agrees(name, value, got[name]) for name, value in expected.items()):
        return None
    from ..check.explaining import explain

    return {
        "rule": case.rule,
        "name": case.name,
        "source": case.place.file,
        "line": case.place.line,
        "given": dict(_flat(case.given)),
        "on": None if case.evaluated_on is None else case.evaluated_on.isoformat(),
        "expected": expected,
        "got": got,
        "why": explain(checker, case.case, case.rule, case.evaluated_on),
    }


def _compared(case: RuleCase, result: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the case asks for, and what the result says of the same things."""
    asked = {name: getattr(case.expect, name) for name in (*_EXACT, "message", "unmet", "missing")}
    expected = {name: value for name, value in asked.items() if value is not None}
    if "missing" in expected:
        expected["missing"] = sorted(expected["missing"])
    got = {name: result[name] for name in expected}
    if "unmet" in got:
        got["unmet"] = "; ".join(got["unmet"])
    if "missing" in got:
        got["missing"] = sorted(got["missing"])
    return expected, got


def _agrees(name: str, expected: Any, got: Any) -> bool:
    """Of texts a part is expected, of everything else the whole."""
    if name in ("message", "unmet"):
        return str(expected) in (got or "")
    return bool(expected == got)


def _flat(value: Mapping[str, Any], path: str = "") -> Iterable[tuple[str, Any]]:
    """Each stated fact with its path; one that the case takes away is None."""
    for name, member in value.items():
        place = f"{path}.{name}" if path else name
        if isinstance(member, Mapping) and member:
            yield from _flat(member, place)
        else:
            yield place, member


def strategy_of(path: str) -> tuple[str, str | None]:
    """The strategy folder that a path belongs to, and the file of cases in it that was named, or
    None for all of them.

    Raises Refused where the path is neither a strategy nor part of the cases of one.
    """
    name = path.replace(os.sep, "/").rstrip("/") or path
    if not os.path.exists(path):
        raise Refused(Problem(Code.FILE_UNREADABLE, "there is no such file or folder", Place(name)))
    if os.path.isfile(os.path.join(path, HEADER)):
        return path, None
    folder, below = os.path.abspath(path), ""
    for up in range(1, _LEVELS_UP + 2):
        folder, last = os.path.split(folder)
        below = f"{last}/{below}" if below else last
        if last == CASES and os.path.isfile(os.path.join(folder, HEADER)):
            shown = os.path.normpath(os.path.join(path, *[os.pardir] * up))
            return shown, None if os.path.isdir(path) else below
    raise Refused(
        Problem(
            Code.USAGE,
            "these are no cases of a strategy",
            Place(name),
            f"name a strategy folder (it holds `{HEADER}`) or a file in its folder `{CASES}`",
        )
    )


def of_file(cases: Sequence[RuleCase], file: str) -> list[RuleCase]:
    """The cases that stand in a file, named by its place in the strategy folder."""
    return [case for case in cases if case.place.file.endswith(f"/{file}")]
