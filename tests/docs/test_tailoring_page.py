"""The example of docs/tailoring.md is a strategy that works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accordance.strategy.reading import examine_strategy, load_strategy

PAGE = Path(__file__).parents[2] / "docs" / "tailoring.md"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The YAML blocks of the page, each in the file that its first line names."""
    for name, text in re.findall(
        r"(?ms)^```yaml\n# (\S+)\n(.*?)^```$", PAGE.read_text(encoding="utf-8")
    ):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_example_is_read(folder: Path) -> None:
    strategy = load_strategy(str(folder))
    ours = {"replacement_months_max", "facts_age_max", "REV-01", "OBJ-01", "FRM-08", "mandatory"}
    assert strategy.tailored == ours
    rule = strategy.rule("REV-01")
    assert rule and rule.severity == "high"
    assert list(strategy.off) == ["FRM-08"]
    assert {"housing.homes", "service.ward"} <= strategy.model.facts.keys()


def test_only_what_the_example_leaves_for_later_is_unused(folder: Path) -> None:
    problems = examine_strategy(str(folder)).problems
    assert [problem.message for problem in problems] == ["nothing uses the parameter `homes_max`"]
