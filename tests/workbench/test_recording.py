from __future__ import annotations

import json
from pathlib import Path

import pytest

from accordance.check.checker import Checker
from accordance.facts.case import Case
from accordance.facts.reading import load_case
from accordance.problem import Refused
from accordance.workbench.recording import record
from accordance.workbench.trial import run_cases
from tests.workbench.tried import Tried, read, tried

RULES = """\
definitions:
  closed_sites:
    means: The sites that are closed
    is: sites[not(open)].name
rules:
  TT-01:
    title: Many people need a plan
    stages: [new, renewing, established]
    when: people > 12
    require: [plan]
    severity: high
    gate: [new]
    finding: "{title} has {people} people and no plan."
    because: Many people need a plan.
  TT-02:
    title: Every site is open
    stages: [established]
    require: [every s in sites satisfies s.open]
    severity: low
    finding: "In {title} sites are closed: {closed_sites}."
    because: A closed site serves nobody.
"""
CASES = """\
# What must hold, case by case.
base:
  stage: established   # while it runs
  as_of: 2026-01-31
  people: 20
  plan: true
  sites: [{name: North, open: true}]
cases:

# plans
- {rule: TT-01, name: with a plan, expect: compliant}   # the ordinary case

# sites
- rule: TT-02
  name: all open
  expect: compliant
"""


@pytest.fixture
def small(tmp_path: Path) -> Tried:
    return tried(tmp_path, RULES, CASES)


def partnership(made: Tried, **facts: object) -> Case:
    stated = {"id": "c1", "title": "Corner Shop", "stage": "established", "as_of": "2026-01-31"}
    data = json.dumps({**stated, **facts}).encode()
    return load_case(made.strategy.model, data=data, name="corner.json")


def recorded(made: Tried, rule: str, name: str | None = None, **facts: object) -> list[str]:
    """The lines that a record adds to the file; all others must stay as they were."""
    file = Path(made.folder) / "tests" / "theme.yaml"
    before = file.read_text().splitlines()
    found = made.strategy.rule(rule)
    assert found is not None
    done = record(Checker(made.strategy), made.folder, partnership(made, **facts), found, name)
    after = file.read_text().splitlines()
    start = next(
        index for index, line in enumerate(after) if index >= len(before) or line != before[index]
    )
    added = after[start : start + len(after) - len(before)]
    assert after[:start] + after[start + len(added) :] == before
    assert done.place.line == start + 1
    assert run_cases(*read(Path(made.folder))[1:])["failed"] == 0
    return added


def test_a_breach_with_the_facts_that_the_rule_reads(small: Tried) -> None:
    assert recorded(small, "TT-01", people=13, plan=False, share=0.5, agreed=True) == [
        "- rule: TT-01",
        "  name: Corner Shop",
        "  given: {people: 13, plan: false}",
        "  expect: non_compliant",
        "  severity: high",
        "  gate: false",
    ]


def test_what_the_file_says_already_is_not_said_again(small: Tried) -> None:
    assert recorded(small, "TT-01", "as it stands", people=20, plan=True) == [
        "- rule: TT-01",
        "  name: as it stands",
        "  expect: compliant",
    ]


def test_what_the_partnership_does_not_state_is_taken_away(small: Tried) -> None:
    assert recorded(small, "TT-01", stage="new", people=13) == [
        "- rule: TT-01",
        "  name: Corner Shop",
        "  given: {stage: new, people: 13, plan: }",
        "  expect: insufficient_evidence",
        "  severity: high",
        "  missing: [plan]",
    ]


def test_a_list_and_a_message_at_the_end_of_the_file(small: Tried) -> None:
    sites = [{"name": "South", "open": False}, {"name": "East: shore", "open": True}]
    assert recorded(small, "TT-02", "the shop: two sites", sites=sites, people=3) == [
        "- rule: TT-02",
        '  name: "the shop: two sites"',
        '  given: {sites: [{name: South, open: false}, {name: "East: shore", open: true}]}',
        "  expect: non_compliant",
        "  severity: low",
        "  gate: false",
    ]


def test_the_first_case_of_a_theme_makes_its_file(tmp_path: Path) -> None:
    made = tried(tmp_path, RULES, CASES)
    (tmp_path / "tests" / "theme.yaml").unlink()
    found = made.strategy.rule("TT-01")
    assert found is not None
    facts = partnership(made, people=13, plan=True)
    record(Checker(made.strategy), made.folder, facts, found)
    assert (tmp_path / "tests" / "tt.yaml").read_text() == (
        "theme: Theme\ncases:\n- rule: TT-01\n  name: Corner Shop\n"
        "  given: {stage: established, as_of: 2026-01-31, people: 13, plan: true}\n"
        "  expect: compliant\n"
    )
    assert run_cases(*read(tmp_path)[1:])["passed"] == 1


def test_line_ends_stay_as_they_are(tmp_path: Path) -> None:
    made = tried(tmp_path, RULES, CASES)
    file = tmp_path / "tests" / "theme.yaml"
    file.write_bytes(CASES.replace("\n", "\r\n").join(["theme: Theme\r\n", ""]).encode())
    rule = made.strategy.rule("TT-02")
    assert rule is not None
    record(Checker(made.strategy), made.folder, partnership(made, sites=[]), rule)
    assert file.read_bytes().count(b"\n") == file.read_bytes().count(b"\r\n")
    assert b"\r\n  name: Corner Shop\r\n" in file.read_bytes()


def test_a_name_is_given_once(small: Tried) -> None:
    recorded(small, "TT-01", people=13)
    file = Path(small.folder) / "tests" / "theme.yaml"
    before = file.read_bytes()
    with pytest.raises(Refused, match="TT-01 has a case `Corner Shop` already"):
        recorded(small, "TT-01", people=14)
    assert file.read_bytes() == before
    recorded(small, "TT-02", sites=[])  # of another rule it may be


def test_cases_in_brackets_take_no_more(small: Tried) -> None:
    file = Path(small.folder) / "tests" / "theme.yaml"
    file.write_text("theme: Theme\ncases: [{rule: TT-01, name: with a plan, expect: compliant}]\n")
    with pytest.raises(Refused, match=r"theme.yaml:2:8: the cases of this file stand in `\[...\]`"):
        recorded(small, "TT-01", people=13)
