from __future__ import annotations

from pathlib import Path

import pytest

from accordance.workbench.mutation.changes import Change, Changes
from accordance.workbench.mutation.mutating import run_changes
from accordance.workbench.mutation.witnessing import look
from tests.workbench.tried import Tried, tried

pytest.importorskip("z3")

RULES = """\
definitions:
  open_sites:
    means: The sites that are open
    is: sites[open].name
rules:
  TT-01:
    title: Few people need no plan
    stages: [established]
    when: people >= 5 or people >= 3
    require:
      - people <= 12 or plan
      - share < 0.5 or agreed
    severity: high
    finding: "{title} has {people} people and no plan; open are {open_sites}."
    because: Many people need a plan.
"""


def change(made: Tried, before: str, after: str | None) -> Change:
    every = Changes(made.strategy).all(made.strategy.rules)
    return next(one for one in every if (one.before, one.after) == (before, after))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Tried:
    return tried(tmp_path_factory.mktemp("small"), RULES, "cases: []")


def test_the_partnership_that_is_missing_as_a_case(small: Tried) -> None:
    found = look(small.strategy, change(small, "people <= 12", "people < 12"))
    assert found.same is False
    assert found.says == (
        "for this partnership TT-01 says compliant as it stands,"
        " and non_compliant, high, no gate when changed"
    )
    assert found.witness is not None
    assert "people: 12" in found.witness["lines"]
    assert (found.witness["rule"], found.witness["expect"], found.witness["changed"]) == (
        "TT-01",
        "compliant",
        "non_compliant",
    )


@pytest.mark.parametrize(
    ("before", "after", "same", "says"),
    [
        # Whoever has five people has three.
        ("people >= 5", None, True, "no partnership comes out otherwise: it may be superfluous"),
        ("open", "not(open)", None, "only the words of a finding hang on it"),
    ],
)
def test_changes_that_make_no_difference(
    small: Tried, before: str, after: str | None, same: bool | None, says: str
) -> None:
    found = look(small.strategy, change(small, before, after))
    assert (found.same, found.witness) == (same, None)
    assert found.says.startswith(says)


def test_what_makes_no_difference_does_not_count(tmp_path: Path) -> None:
    made = tried(tmp_path, RULES, "cases: []")
    plain = run_changes(made.bench, made.folder, made.strategy.rules)
    asked = run_changes(
        made.bench,
        made.folder,
        made.strategy.rules,
        look=lambda strategy, one: look(strategy, one),
    )
    assert plain["same"] == []
    assert {one["says"] for one in asked["same"]} >= {"in `when`, `people >= 5` was dropped"}
    assert asked["changes"] + len(asked["same"]) == plain["changes"]
    assert all(one["solver"]["same"] for one in asked["same"])
    assert not any(one["solver"]["same"] for one in asked["unnoticed"])
