"""The back-test, on a made-up folder that can go wrong in every way, and on the project's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accordance.check.checker import Checker
from accordance.problem import Refused
from accordance.report import json, markdown, table
from accordance.report.backtest import is_good
from accordance.report.page import Page
from accordance.strategy.reading import load_strategy
from accordance.workbench.backtest import pairs, run_backtest

ROOT = Path(__file__).parents[2]
OLYMPICS = "g4s-olympics-2012-t1-scale-up"


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(load_strategy(str(ROOT / "strategy_rules" / "public_body")))


def story(folder: Path, expected: str) -> list[tuple[str, str]]:
    """The Olympics with other expectations."""
    facts = (ROOT / "cases" / "backtest" / f"{OLYMPICS}.facts.yaml").read_text(encoding="utf-8")
    (folder / "story.facts.yaml").write_text(facts, encoding="utf-8")
    (folder / "story.expected.yaml").write_text(expected, encoding="utf-8")
    (folder / "alone.facts.yaml").write_text(facts, encoding="utf-8")
    return pairs(str(folder))


def test_pairs(tmp_path: Path) -> None:
    assert [tuple(Path(one).name for one in pair) for pair in story(tmp_path, "flag: []")] == [
        ("story.facts.yaml", "story.expected.yaml")
    ]
    assert pairs(str(tmp_path / "nowhere")) == []
    story_alone = [(str(tmp_path / "story.facts.yaml"), str(tmp_path / "story.expected.yaml"))]
    assert pairs(str(tmp_path / "story.facts.yaml")) == story_alone
    assert pairs(str(tmp_path / "alone.facts.yaml")) == []


def test_all_folders_of_cases_at_once() -> None:
    folders = ("backtest", "portfolio", "proposals")
    apart = [pair for name in folders for pair in pairs(f"{ROOT}/cases/{name}")]
    assert pairs(f"{ROOT}/cases") == apart
    assert pairs(f"{ROOT}/strategy_rules") == []


@pytest.mark.parametrize(
    ("expected", "missed", "alarms"),
    [
        ("flag: [{rule: REP-01, severity_min: critical}]", [], []),
        ("flag: [{rule: RSK-05, severity_min: critical}]", ["RSK-05"], []),
        ("flag: [{rule: DEP-01, severity_min: high}]", ["DEP-01"], []),
        ("flag: [{rule: DEP-01, outcome: insufficient_evidence}]", [], []),
        ("flag: [{rule: EVD-03, outcome: insufficient_evidence}]", ["EVD-03"], []),
        ("must_not_flag: [{rule: DEP-01}, {rule: REP-01, why: x}]", [], ["REP-01"]),
    ],
)
def test_what_is_missed_and_what_is_a_false_alarm(
    checker: Checker, tmp_path: Path, expected: str, missed: list[str], alarms: list[str]
) -> None:
    outcome = run_backtest(checker, story(tmp_path, expected))
    (case,) = outcome["cases"]
    assert [one["rule"] for one in case["missed"]] == missed
    assert [one["rule"] for one in case["false_alarms"]] == alarms
    assert is_good(outcome) == (not missed and not alarms)
    assert outcome["found"] == outcome["due"] - len(missed)


def test_blind_takes_whole_lists_and_what_lies_in_them(checker: Checker, tmp_path: Path) -> None:
    path = "retrospective: [warnings, warnings.open, reputation]"
    (case,) = run_backtest(checker, story(tmp_path, path))["cases"]
    assert case["breaches"] > case["breaches_when_blind"]
    assert case["changed_when_blind"]


def test_what_may_be_found_counts_for_nothing(checker: Checker, tmp_path: Path) -> None:
    (case,) = run_backtest(checker, story(tmp_path, "may_flag: [REP-01, {rule: EVD-03}]"))["cases"]
    assert (case["due"], case["missed"], case["false_alarms"]) == (0, [], [])


def test_blind_means_without_the_retrospective_facts(checker: Checker, tmp_path: Path) -> None:
    path = "retrospective: [warnings.shared_with_all_partners]"
    (case,) = run_backtest(checker, story(tmp_path, path))["cases"]
    assert (case["verdict"], case["verdict_when_blind"]) == ("do_not_proceed", "undecided")
    assert (case["met_when_blind"], case["improved_when_blind"]) == ([], False)


@pytest.mark.parametrize(
    ("expected", "says"),
    [
        ("[]", "does not hold expectations"),
        ("flags: []", "`flags` is not a field of a file of expectations"),
        ("flag: [DEP-01]", "names its rule"),
        ("flag: [{rule: DEP-99}]", "`DEP-99` is not a rule of this strategy"),
        ("flag: [{rule: DEP-01, severity_min: huge}]", "`huge`"),
        ("retrospective: [exit_plan.exist]", "`exit_plan.exist` is not a fact"),
        ("may_flag: [DEP-99]", "`DEP-99` is not a rule of this strategy"),
        ("may_flag: [{rule: DEP-99}]", "`DEP-99` is not a rule of this strategy"),
        (
            "{flag: [{rule: DEP-01}], must_not_flag: [{rule: DEP-01}]}",
            "DEP-01 is to be found and not to be found",
        ),
    ],
)
def test_expectations_that_cannot_be_read(
    checker: Checker, tmp_path: Path, expected: str, says: str
) -> None:
    with pytest.raises(Refused, match=r"story\.expected\.yaml:1:") as refused:
        run_backtest(checker, story(tmp_path, expected))
    assert says in str(refused.value)


def flawed() -> dict[str, Any]:
    """An outcome with every kind of flaw."""
    state = {"outcome": "insufficient_evidence", "severity": "high"}
    case = {
        "name": "story",
        "source": "story.facts.yaml",
        "stage": "new",
        "due": 2,
        "missed": [
            {
                "rule": "DEP-01",
                "expected": {"outcome": "non_compliant", "severity": "high"},
                "got": state,
                "why": "It failed.",
            }
        ],
        "false_alarms": [
            {"rule": "EXT-01", "got": state, "message": "No \x1b[2J plan.", "why": None}
        ],
        "retrospective": [],
        "met_when_blind": ["REP-01"],
        "verdict": "undecided",
        "verdict_when_blind": "proceed",
        "opinion": None,
        "opinion_when_blind": None,
        "changed_when_blind": True,
        "improved_when_blind": True,
        "breaches": 1,
        "gaps": 2,
        "breaches_when_blind": 0,
        "gaps_when_blind": 3,
    }
    return {
        "due": 2,
        "found": 1,
        "false_alarms": 1,
        "breaches": 1,
        "gaps": 2,
        "retrospective": 1,
        "met_when_blind": 1,
        "answers_changed_when_blind": 1,
        "verdicts_improved_when_blind": 1,
        "cases": [case],
    }


def test_the_table_leads_with_what_went_wrong() -> None:
    assert table.backtest(flawed(), Page(80)) == (
        "story\n"
        "  ✗ DEP-01 expected breach (high), got not enough evidence (high): It failed.\n"
        "  ✗ EXT-01 found not enough evidence (high): No \\x1b[2J plan.\n"
        "  ✗ REP-01 is broken as found, and met without what came out later\n"
        "  ✗ the verdict turns from no to yes without what came out later\n"
        "\n"
        "  Case   Found   False  Breaches  Gaps  Answer\n"
        "  ─────  ──────  ─────  ────────  ────  ──────────────\n"
        "  story  1 of 2  1      1         2     Undecided\n"
        "                                        blind: proceed\n"
        "\n"
        "✗ 1 case: 1 of 2 findings due were found, 1 false alarm\n"
        "  As found: 1 breach and 2 rules without enough evidence.\n"
        "  Blind, without 1 fact that came out later: 1 broken rule is met, 1 verdict\n"
        "  turns from no to yes, 1 answer differs.\n"
    )
    assert "| story | 1 of 2 | 1 | 1 | 2 | Undecided; blind: proceed |" in markdown.backtest(
        flawed(), Page()
    )
    assert json.backtest(flawed(), Page()).startswith("{")


def test_the_project_s_own_back_test(checker: Checker) -> None:
    files = [
        pair
        for name in ("backtest", "portfolio", "proposals")
        for pair in pairs(f"{ROOT}/cases/{name}")
    ]
    outcome = run_backtest(checker, files)
    assert "\n✓ 73 cases: " in table.backtest(outcome, Page(100))
    flaws = ("missed", "false_alarms", "met_when_blind")
    assert [case for case in outcome["cases"] if any(case[flaw] for flaw in flaws)] == []
    assert is_good(outcome)
