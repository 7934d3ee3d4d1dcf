"""Exceptions to rules over the portfolio: how they are written, and which of them count."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accordance.check.checker import Checker
from accordance.facts.reading import load_case
from accordance.feel.values import Value
from accordance.portfolio.body_files import BodyFiles
from accordance.portfolio.evaluating import evaluate
from accordance.problem import Refused
from accordance.source.reading import read
from accordance.strategy.portfolio_cases import read_portfolio_cases
from accordance.strategy.portfolio_exceptions import read_exceptions
from accordance.strategy.reading import load_strategy
from accordance.workbench.portfolio_trial import with_portfolios
from tests.generating.writing import case_text
from tests.portfolio.random_portfolios import SMALL, TABLE, TODAY

GIVEN = """\
  reason: It is a test
  approver: Board
  approved_on: 2026-01-31
  expires: 2026-06-30
"""
WHOLE = f"exceptions:\n- rule: PP-01\n  group: Ann\n{GIVEN}"


@pytest.fixture(scope="module")
def small() -> Iterator[Checker]:
    checker = Checker(load_strategy(str(SMALL), cache=False))
    yield checker
    checker.close()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WHOLE.replace("Ann", "[Ann]"), ["3:10 `group` must be text, but it is a list"]),
        (
            WHOLE.replace("  group: Ann\n", ""),
            ["2:3 PP-01 is about groups, and the exception names none"],
        ),
        (
            WHOLE.replace("PP-01", "PP-06"),
            [
                "2:3 PP-06 is about the partnerships of a group, one by one, "
                "and the exception names none"
            ],
        ),
        (WHOLE.replace("PP-01", "PP-03"), ["3:3 PP-03 is not about groups"]),
        (WHOLE.replace("PP-01", "TT-01"), ["2:9 `TT-01` is a rule about one partnership"]),
        (
            WHOLE.replace("2026-06-30", "2026-01-30"),
            ["7:12 an exception expires on 2026-01-30, before it was approved on 2026-01-31"],
        ),
        (
            WHOLE.replace("2026-06-30", "soon"),
            ["7:12 `soon` is not a date; write it as YYYY-MM-DD"],
        ),
        (
            WHOLE.replace("  approver: Board\n", "  approver:\n  by: Me\n"),
            ["5:3 `approver` of an exception is blank", "6:3 `by` is not a field of an exception"],
        ),
        ("exceptions:\n- PP-01\n", ["2:3 an exception must be a group of fields, but it is text"]),
        (
            "- rule: PP-01\n",
            ["1:1 a file of exceptions must be a group of fields, but it is a list"],
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(small: Checker, text: str, said: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        read_exceptions(read(data=text.encode(), name="exceptions.yaml"), small.strategy)
    assert [
        f"{one.place.line}:{one.place.column} {one.message}"
        for one in refused.value.problems
        if one.place
    ] == said


LED: dict[str, Value] = {"officer": "Ann", "lead_officer": "Cid", "safe": True, "critical": False}
UNLED: dict[str, Value] = {"officer": "Ann", "safe": True, "critical": False}
WEIGHTY: dict[str, Value] = {"officer": "Ann", "lead_officer": "Cid", "safe": True}
PERHAPS: dict[str, Value] = {"lead_officer": "Board", "safe": True, "critical": False}
SURELY: dict[str, Value] = {**LED, "lead_officer": "board"}
HIGH: dict[str, Value] = {**LED, "critical": True}


@pytest.mark.parametrize(
    ("facts", "text", "outcome", "told"),
    [
        ([LED, LED], WHOLE, "accepted_exception", None),
        ([LED, LED], WHOLE.replace("Board", "board"), "accepted_exception", None),
        ([LED], WHOLE, "compliant", "the rule is not breached"),
        ([LED, LED], WHOLE.replace("Ann", "Anne"), "non_compliant", "there is no group `Anne`"),
        (
            [LED, LED],
            WHOLE.replace("PP-01", "PP-99"),
            "non_compliant",
            "no rule over the portfolio has this id",
        ),
        (
            [LED, LED],
            WHOLE.replace("2026-06-30", "2026-06-29"),
            "non_compliant",
            "it expired on 2026-06-29",
        ),
        (
            [LED, LED],
            WHOLE.replace("2026-01-31", "2026-07-01").replace("2026-06-30", "2026-07-02"),
            "non_compliant",
            "it was approved only on 2026-07-01",
        ),
        (
            [LED, LED],
            WHOLE.replace("Board", "Cid"),
            "non_compliant",
            "a breach of severity low is accepted by Board or Ann or Ben, not by Cid",
        ),
        (
            [HIGH, HIGH],
            WHOLE.replace("Board", "Ann"),
            "non_compliant",
            "a breach of severity high is accepted by Board, not by Ann",
        ),
        (
            [HIGH, HIGH],
            WHOLE.replace("2026-06-30", "2026-09-30"),
            "non_compliant",
            "it runs beyond 2026-07-31, the longest that is allowed",
        ),
        (
            [LED, SURELY],
            WHOLE,
            "non_compliant",
            "Board leads on one of the partnerships and cannot approve their own exception",
        ),
        ([LED, UNLED], WHOLE, ["P1 lead_officer"], None),
        ([LED, LED, PERHAPS], WHOLE, ["P2 officer"], None),
        ([WEIGHTY, WEIGHTY], WHOLE.replace("Board", "Ann"), ["P0 critical", "P1 critical"], None),
    ],
)
def test_which_exceptions_count(
    small: Checker,
    facts: list[dict[str, Value]],
    text: str,
    outcome: str | list[str],
    told: str | None,
) -> None:
    """Where a list is expected, these facts would decide whether the exception counts."""
    node = read(data=text.encode(), name="exceptions.yaml")
    found = evaluated(small, facts, BodyFiles(TABLE, read_exceptions(node, small.strategy)))
    groups = [entry["groups"] for entry in found["rules"] if entry["rule"] == "PP-01"]
    results = [one for one in found["results"] if (one["rule"], one["group"]) == ("PP-01", "Ann")]
    if isinstance(outcome, list):
        (result,) = results
        assert result["outcome"] == "insufficient_evidence"
        assert [f"{one['case']} {one['path']}" for one in result["missing"]] == outcome
        assert result["message"].startswith("There is a breach and an exception to it")
    else:
        assert [one["outcome"] for one in results] == [outcome] * (outcome != "compliant")
        assert groups[0][outcome] == 1
    if outcome == "accepted_exception":
        assert results[0]["accepted_by"] | {"approver": "Board"} == {
            "rule": "PP-01",
            "group": "Ann",
            "case": None,
            "reason": "It is a test",
            "approver": "Board",
            "approved_on": "2026-01-31",
            "expires": "2026-06-30",
        }
    notices = [one["message"].partition(" does not count: ")[2] for one in found["notices"]]
    assert notices == ([] if told is None else [told])


def evaluated(checker: Checker, facts: list[dict[str, Value]], kept: BodyFiles) -> dict[str, Any]:
    cases = [
        load_case(
            checker.strategy.model,
            data=case_text(
                {"id": f"P{at}", "title": f"P{at}", "stage": "established", "worth": 1, **one}
            ).encode(),
            name="case.json",
        )
        for at, one in enumerate(facts)
    ]
    return evaluate(checker, [(one, checker.assess(one, TODAY)) for one in cases], TODAY, kept)


def test_small_portfolios_of_a_strategy_have_exceptions_too(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    shutil.copytree(SMALL, folder)
    (folder / "tests").mkdir()
    (folder / "tests" / "portfolio.yaml").write_text(SMALL_PORTFOLIO, encoding="utf-8")
    strategy = load_strategy(str(folder), cache=False)
    cases = read_portfolio_cases(str(folder), strategy)
    checker = Checker(strategy)
    empty: dict[str, Any] = {"passed": 0, "failed": 0, "themes": [], "cases": [], "failures": []}
    tried = with_portfolios(empty, checker, cases)
    checker.close()
    assert [(one["name"], one["passed"]) for one in tried["cases"]] == [
        ("accepted", True),
        ("accepted for another group", False),
    ]


SMALL_PORTFOLIO = """\
base: {stage: established, officer: Ann, lead_officer: Cid, safe: true, critical: false, worth: 1}
portfolio:
- rule: PP-01
  name: accepted
  on: 2026-06-30
  given: [{}, {}]
  group: Ann
  exceptions:
  - {rule: PP-01, group: Ann, reason: A test, approver: Board,
     approved_on: 2026-01-31, expires: 2026-06-30}
  expect: accepted_exception
- rule: PP-01
  name: accepted for another group
  on: 2026-06-30
  given: [{}, {}]
  group: Ann
  exceptions:
  - {rule: PP-01, group: Ben, reason: A test, approver: Board,
     approved_on: 2026-01-31, expires: 2026-06-30}
  expect: accepted_exception
"""
