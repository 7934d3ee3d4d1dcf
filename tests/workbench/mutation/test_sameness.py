from __future__ import annotations

from pathlib import Path

import pytest

from accordance.feel.parsing import parse
from accordance.workbench.mutation.changes import Changes
from accordance.workbench.mutation.sameness import Sameness
from accordance.workbench.mutation.variants import condition_variants
from tests.workbench.tried import CASES, PARAMETERS, RULE, Tried, tried


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Tried:
    return tried(tmp_path_factory.mktemp("small"), RULE, CASES, PARAMETERS)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("people > 11", "people >= 12", True),
        ("people < 12", "people <= 11", True),
        ("people > 11", "people >= 11", False),
        ("people >= 0", "people > -1", True),
        ("people = 0", "people <= 0", True),
        ("people != 0", "people > 0", True),
        ("people = 1", "people <= 1", False),
        ("share > 0", "share >= 1", False),
        ("share <= 1", "share <= 2", True),
        ("share >= 0", "share >= -1", True),
        ("count(sites) > 0", "count(sites) >= 1", True),
        ("count(sites) = 0", "count(sites) < 1", True),
        ("reviewed_on = null", "not(reviewed_on != null)", True),
        ("not(not(plan))", "plan", True),
        ("plan and plan", "plan", True),
        ("plan and agreed", "agreed and plan", False),
        # A fact of an item may be called like one of the partnership.
        ("some s in sites satisfies people > 11", "some s in sites satisfies people >= 12", False),
    ],
)
def test_what_is_the_same_whatever_the_partnership(
    small: Tried, one: str, other: str, same: bool
) -> None:
    key = Sameness(small.strategy).key
    assert (key(parse(one)) == key(parse(other))) is same


def test_a_change_that_is_none_is_not_made(tmp_path: Path) -> None:
    rule = RULE.replace("reviewed_on >= today() - review_age_max", "people >= 1 and share <= 1")
    small = tried(tmp_path, rule, CASES, "{}")
    made = Changes(small.strategy)
    node = small.strategy.rules[0].require[0].expression
    every = [one.node for one in condition_variants(node)]
    kept = [one.after for one in made.all(small.strategy.rules) if one.spot.field == "require"]
    # `people > 1` is `people >= 2`; `share <= 2` always holds, as `share <= 1` does.
    assert len(every) == 11
    assert kept == [
        "people >= 1 or share <= 1",
        None,
        None,
        "people > 1",
        "people < 1",
        "people >= 0",
        "share < 1",
        "share > 1",
        "share <= 0",
    ]
