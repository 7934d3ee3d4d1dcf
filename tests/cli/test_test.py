from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Caller

DEPENDENCE = "strategy_rules/public_body/tests/dependence.yaml"


def test_one_file_of_cases(call: Caller) -> None:
    done = call("test", DEPENDENCE, "--format", "json")
    assert (done.code, done.err) == (0, "")
    outcome = json.loads(done.out)
    assert (outcome["schema"], outcome["failed"]) == ("accordance/test/1", 0)
    assert [theme["theme"] for theme in outcome["themes"]] == ["Dependence"]
    assert outcome["passed"] > 5


def test_the_cases_of_one_rule(call: Caller) -> None:
    every = json.loads(call("test", DEPENDENCE, "-f", "json").out)["passed"]
    one = json.loads(call("test", DEPENDENCE, "--rule", "dep-01", "-f", "json").out)["passed"]
    assert 0 < one < every


def test_a_failing_case_is_shown_as_given_expected_got_and_why(
    call: Caller, tmp_path: Path
) -> None:
    folder = tmp_path / "strategy"
    shutil.copytree(ROOT / "strategy_rules" / "public_body", folder)
    cases = folder / "tests" / "dependence.yaml"
    text = cases.read_text(encoding="utf-8")
    wanted = "name: one provider and no exit plan\n  given: {exit_plan: {exists: false}}\n"
    assert wanted in text
    cases.write_text(
        text.replace(f"{wanted}  expect: non_compliant", f"{wanted}  expect: compliant"),
        encoding="utf-8",
    )
    done = call("test", str(cases))
    assert (done.code, done.err) == (1, "")
    start = done.out.split("  why")[0].splitlines()
    assert start[0] == "✗ DEP-01  one provider and no exit plan"
    assert start[1].startswith(f"  {cases}:")
    assert "  given     exit_plan.exists: no" in start
    assert "  expected  met" in start
    assert "  got       breach" in start
    assert "✗  there is no exit plan" in done.out
    assert "1 of " in done.out.splitlines()[-1]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("test", "nowhere"), "nowhere: there is no such file or folder"),
        (("test", "README.md"), "README.md: these are no cases of a strategy"),
        (("test", "--rule", "XYZ-01"), "`XYZ-01` is not a rule of this strategy"),
        (("test", DEPENDENCE, "--strategy", "x"), "name one strategy at a time"),
    ],
)
def test_wrong_calls(call: Caller, args: tuple[str, ...], says: str) -> None:
    done = call(*args)
    assert (done.code, done.out) == (2, "")
    assert says in done.err


def test_a_back_test(call: Caller) -> None:
    done = call("test", "cases/proposals")
    assert (done.code, done.err) == (0, "")
    assert "\n✓ 4 cases: " in done.out
    assert call("test", "cases/proposals", "--rule", "DEP-01").code == 2
