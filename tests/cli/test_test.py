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
    assert start[1].rpartition(":")[2].isdecimal()
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


# coverage, mutation, JUnit, recording


def test_a_rule_may_be_named_like_a_path(call: Caller) -> None:
    named = json.loads(call("test", "dep-01", "-f", "json").out)
    assert named["passed"] > 5
    assert {case["rule"] for case in named["cases"]} == {"DEP-01"}
    assert named == json.loads(call("test", "--rule", "DEP-01", "-f", "json").out)


def test_what_the_cases_have_seen(call: Caller) -> None:
    done = call("test", "DEP-01", "--coverage")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("DEP-01  A single provider has an exit plan and a fallback  ")
    assert "requirement 1: exit_plan.exists" in done.out
    assert "· exit" not in done.out
    found = json.loads(call("test", "DEP-01", "--coverage", "-f", "json").out)
    assert (found["schema"], [rule["rule"] for rule in found["rules"]]) == (
        "accordance/parts/1",
        ["DEP-01"],
    )


def test_what_the_cases_would_not_notice(call: Caller, tmp_path: Path) -> None:
    folder = tmp_path / "strategy"
    shutil.copytree(ROOT / "strategy_rules" / "public_body", folder)
    cases = folder / "tests" / "register.yaml"
    text = cases.read_text(encoding="utf-8")
    boundary = "- {rule: REG-03, name: a proposal that starts today and is signed tomorrow"
    assert boundary in text
    without = "".join(line for line in text.splitlines(True) if not line.startswith(boundary))
    cases.write_text(without, encoding="utf-8")
    args = ("test", str(folder), "--rule", "REG-03", "--mutate")
    done = call(*args, "--at-least", "100")
    assert (done.code, done.err) == (1, "")
    said = " ".join(done.out.split())
    assert (
        "? REG-03 in requirement 2, `service.start_date >= today()` became"
        " `service.start_date > today()`"
    ) in said
    assert f"{folder}/rules/register.yaml:" in said
    assert "write a case in which both sides of `service.start_date >= today()` are equal" in said
    again = call(*args, "--at-least", "50", "-f", "json")
    assert again.code == 0
    document = json.loads(again.out)
    assert document["schema"] == "accordance/mutation/1"
    assert document["noticed"] == document["changes"] - len(document["unnoticed"])


def test_junit(call: Caller, tmp_path: Path) -> None:
    file = tmp_path / "cases.xml"
    done = call("test", DEPENDENCE, "--junit", str(file), "-f", "json")
    assert done.code == 0
    total = json.loads(done.out)["passed"]
    text = file.read_text(encoding="utf-8")
    assert f'tests="{total}" failures="0" errors="0"' in text
    assert text.count("<testcase ") == total


def test_a_partnership_becomes_a_case(call: Caller, tmp_path: Path) -> None:
    folder = tmp_path / "strategy"
    shutil.copytree(ROOT / "strategy_rules" / "public_body", folder)
    file = "cases/portfolio/customer-contact-centre.facts.yaml"
    done = call("test", str(folder), "--record", file, "rev-01", "--name", "the contact centre")
    place = f"{folder}/tests/review.yaml:"
    assert (done.code, done.out) == (0, "")
    assert done.err.startswith(place)
    assert done.err.endswith(": REV-01 has the case `the contact centre`: compliant\n")
    again = call("test", str(folder), "--record", file, "REV-01", "--name", "the contact centre")
    assert (again.code, again.out) == (2, "")
    assert "REV-01 has a case `the contact centre` already" in again.err
    named = json.loads(call("test", str(folder), "--rule", "REV-01", "-f", "json").out)
    assert [case["name"] for case in named["cases"]].count("the contact centre") == 1
    assert named["failed"] == 0


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--coverage", "--mutate"), "--coverage and --mutate do not go together"),
        (("--watch", "--record", "x", "DEP-01"), "--watch and --record do not go together"),
        (("--at-least", "90"), "--at-least goes with --mutate"),
        (("--mutate", "--at-least", "101"), "101"),
        (("--name", "x"), "--name goes with --record"),
        (("--mutate", "--junit", "x.xml"), "--junit goes with a plain run of the cases"),
        (("cases/proposals", "--mutate"), "a back-test takes folders of partnerships"),
        (("--mutate", "XYZ-01"), "`XYZ-01` is not a rule of this strategy"),
        (("--record", "nowhere.yaml", "DEP-01"), "nowhere.yaml"),
        (
            ("--record", "cases/proposals/district-merger.facts.yaml", "XY-1"),
            "`XY-1` is not a rule",
        ),
        (("DEP-01", "--record", "x", "DEP-01"), "--record takes a strategy folder"),
    ],
)
def test_wrong_calls_of_the_modes(call: Caller, args: tuple[str, ...], says: str) -> None:
    done = call("test", *args)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
    assert "Traceback" not in done.err


def test_cases_that_tailoring_leaves_out_are_named(call: Caller, tmp_path: Path) -> None:
    header = 'strategy: ours\ntitle: Ours\nversion: "1.0"\nextends: public_body\n'
    (tmp_path / "strategy.yaml").write_text(
        f"{header}tailor: {{parameters: {{review_max_age: P24M}}}}\n"
    )
    done = call("test", str(tmp_path), "REV-01")
    assert "no cases found" in done.out
    assert "what is tailored changes REV-01; their cases in the strategy that is" in done.err
    assert "is tailored" not in call("test", str(tmp_path), "DEP-01").err
    history = call("rules", "--strategy", str(tmp_path), "--history").out
    assert "there is nothing yet to compare it with" in history
