"""docs/strategy_format.md: its example is a strategy that works, and no field is left out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accordance.check.checker import Checker
from accordance.strategy import (
    actions,
    cases,
    definitions,
    due,
    header,
    portfolio_cases,
    portfolio_reading,
    rules,
)
from accordance.strategy.cases import read_rule_cases
from accordance.strategy.due import parse_due
from accordance.strategy.portfolio_cases import read_portfolio_cases
from accordance.strategy.reading import examine_strategy
from accordance.workbench.portfolio_trial import with_portfolios
from accordance.workbench.trial import run_cases

PAGE = Path(__file__).parents[2] / "docs/strategy_format.md"
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """The folder that the pieces of the page make up."""
    for block in BLOCKS:
        name = re.match(r"# (\S+\.yaml)\n", block)
        if name:
            path = tmp_path / "example" / name[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block)
    return tmp_path / "example"


def test_the_example_is_a_strategy_without_problems(example: Path) -> None:
    reading = examine_strategy(str(example))
    assert [str(problem) for problem in reading.problems] == []
    assert reading.strategy
    assert len(read_rule_cases(str(example), reading.strategy)) == 5
    portfolios = read_portfolio_cases(str(example), reading.strategy)
    done = with_portfolios(run_cases(reading.strategy, ()), Checker(reading.strategy), portfolios)
    assert (done["passed"], done["failed"]) == (2, 0)


def test_the_approval_can_be_added(example: Path) -> None:
    [approval] = [block for block in BLOCKS if block.startswith("approval:")]
    with open(example / "strategy.yaml", "a") as file:
        file.write(approval)
    reading = examine_strategy(str(example))
    assert reading.strategy
    assert reading.strategy.approval
    assert reading.strategy.status == "draft"


def test_every_field_is_explained() -> None:
    fields = {
        *header.FIELDS,
        *rules.RULE_FIELDS,
        *rules.FILE_FIELDS,
        *rules.REQUIREMENT_FIELDS,
        *definitions.DEFINITION_FIELDS,
        *actions.ACTION_FIELDS,
        *cases.CASE_FIELDS,
        *cases.FILE_FIELDS,
        *portfolio_reading.RULE_FIELDS,
        *portfolio_cases.CASE_FIELDS,
    }
    explained = set(re.findall(r"`([a-z_]+)`", PAGE.read_text()))
    in_examples = {word for block in BLOCKS for word in re.findall(r"([a-z_]+):", block)}
    assert fields - explained - in_examples == set()
    assert {*header.FIELDS, *rules.RULE_FIELDS} - explained == set()


def test_every_due_time_of_the_page_is_one() -> None:
    table = PAGE.read_text().partition("| due | |")[2].partition("\n\n")[0]
    shown = [text for row in table.splitlines() for text in re.findall(r"`([^`]+)`", row[:100])]
    kinds = [parse_due(text) for text in shown]
    assert {one.unit for one in kinds if one.unit} == set(due.UNITS)
    assert {one.event for one in kinds if one.event} == {*due.EVENTS, *due.MEETINGS}
