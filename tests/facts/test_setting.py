"""What if: facts set from the call."""

from __future__ import annotations

from typing import Any

import pytest

from accordance.facts.setting import with_set
from accordance.feel.values import NONE
from accordance.problem import Refused
from tests.facts.small import case

FILE = """\
as_of: 2026-01-31
forms: [alliance]
plan:
  exists: false
  costs: {planned: 4, spent: 6}
parties:
- {name: A, share: 0.5}
- {name: B, checks: [{done_on: 2026-01-01}]}
"""


def at(facts: Any, *steps: str | int) -> Any:
    for step in steps:
        facts = facts[step]
    return facts


@pytest.mark.parametrize(
    ("setting", "steps", "value"),
    [
        ("plan.exists=true", ("plan", "exists"), True),
        (" plan.exists = true ", ("plan", "exists"), True),
        ("plan.owner=none", ("plan", "owner"), NONE),
        ("plan.owner=Board: sub-group # 3", ("plan", "owner"), "Board: sub-group # 3"),
        ('plan.owner="12"', ("plan", "owner"), "12"),
        ("plan.owner=a=b", ("plan", "owner"), "a=b"),
        ("plan.months=6", ("plan", "months"), 6),
        ("regime=unknown", ("regime",), "unknown"),  # a value of its own
        ("forms=[framework, alliance]", ("forms",), ["framework", "alliance"]),
        ("forms=[]", ("forms",), []),
        ("forms[2]=framework", ("forms",), ["alliance", "framework"]),
        ("parties[2].name=C", ("parties", 1, "name"), "C"),
        ("parties[3].name=C", ("parties", 2), {"name": "C"}),
        ("parties[3]={name: C, share: 0}", ("parties", 2), {"name": "C", "share": 0}),
        ("parties[2].checks[1].done_on=none", ("parties", 1, "checks", 0, "done_on"), NONE),
        ("plan={exists: true}", ("plan",), {"exists": True}),
        ("notes[1]=first", ("notes",), ["first"]),
        ("stage=exiting", ("stage",), "exiting"),
    ],
)
def test_setting(setting: str, steps: tuple[str | int, ...], value: Any) -> None:
    before = case(FILE)
    after = with_set(before, [setting])
    assert at(after.facts, *steps) == value
    assert after.digest != before.digest
    path = setting.split("=")[0].strip()
    path = {"forms[2]": "forms", "notes[1]": "notes"}.get(path, path)
    assert str(after.places[path]) == "--set"
    assert {str(place) for place in before.places.values()} >= {
        str(place) for place in after.places.values()
    } - {"--set"}
    # the case that was given is untouched
    assert case(FILE).facts == before.facts
    assert case(FILE).digest == before.digest


@pytest.mark.parametrize("nothing", ["", "unknown", "null", "~"])
def test_taking_away(nothing: str) -> None:
    after = with_set(case(FILE), [f"plan.exists={nothing}", f"forms={nothing}"])
    assert "exists" not in after.facts["plan"]
    assert "forms" not in after.facts
    assert "plan.exists" not in after.places


def test_what_is_derived_is_derived_anew() -> None:
    before = case(FILE)
    assert before.facts["plan"]["costs"]["over"] is True
    after = with_set(before, ["plan.costs.spent=2"])
    assert after.facts["plan"]["costs"]["over"] is False
    gone = with_set(before, ["plan.costs.spent="])
    assert gone.facts["plan"]["costs"] == {"planned": 4}
    assert gone.derived == {}


def test_settings_follow_one_another() -> None:
    after = with_set(case(FILE), ["parties=[]", "parties[1].name=Z", "parties[1].share=1"])
    assert after.facts["parties"] == [{"name": "Z", "share": 1}]
    again = with_set(after, ["parties[1].share=0"])
    assert again.facts["parties"] == [{"name": "Z", "share": 0}]
    assert str(again.places["parties[1].name"]) == "--set"


def test_groups_and_items_that_the_call_makes_come_from_the_call() -> None:
    after = with_set(case("forms: [alliance]"), ["plan.costs.spent=1", "parties[1].name=A"])
    assert {path: str(place) for path, place in after.places.items()} == {
        "id": "c.yaml:1:1",
        "title": "c.yaml:2:1",
        "stage": "c.yaml:3:1",
        "forms": "c.yaml:4:1",
        "plan": "--set",
        "plan.costs": "--set",
        "plan.costs.spent": "--set",
        "parties": "--set",
        "parties[1]": "--set",
        "parties[1].name": "--set",
    }


def test_setting_nothing_changes_nothing() -> None:
    before = case(FILE)
    after = with_set(before, [])
    assert (after.facts, after.digest) == (before.facts, before.digest)
    assert dict(after.places) == dict(before.places)


def test_setting_what_is_stated_changes_nothing_but_the_place() -> None:
    before = case(FILE)
    assert with_set(before, ["plan.exists=false"]).digest == before.digest


@pytest.mark.parametrize(
    ("settings", "problems"),
    [
        (
            ["plan.exist=true"],
            ["`plan.exist` is not a fact of this strategy; did you mean `plan.exists`? "
             "[fact-unknown-name]"],
        ),
        (
            ["plan.exists"],
            ["`plan.exists` does not set a fact; write a path, `=` and a value, as in "
             "`exit_plan.exists=true` [usage]"],
        ),
        (
            ["plan..exists=1"],
            ["`plan..exists` is not the path of a fact; write names parted by dots, as in "
             "`exit_plan.exists` or `parties[2].name` [fact-path]"],
        ),
        (
            ["plan.exists=yes"],
            ["`plan.exists`: `yes` is text to some programs and true or false to others; write "
             '`true` or `false`, or in quotes if it is text: `"yes"` [ambiguous-word]'],
        ),
        (
            ["plan.exists=3"],
            ["`plan.exists` is `3`, not `true` or `false`; write `true` or `false`, without "
             "quotes [fact-type]"],
        ),
        (
            ["as_of=2026-02-30"],
            ["`as_of` is `2026-02-30`, a day that does not exist; correct the date [fact-date]"],
        ),
        (
            ["parties.name=C"],
            ["`parties` is a list; say which item, as in `parties[1].name` [fact-path]"],
        ),
        (
            ["parties[0].name=C"],
            ["`parties[0].name` counts from 0; count positions from 1 [fact-path]"],
        ),
        (
            ["parties[4].name=C"],
            ["`parties[4].name` lies beyond the end of its list, which has 2 items; write at "
             "most [3], which adds an item [fact-path]"],
        ),
        (
            ["plan[1].exists=true"],
            ["`plan` is not a list; leave the position out [fact-path]"],
        ),
        (["stage.x=1"], ["`stage` is one value and has no `x` [fact-path]"]),
        (["title="], ["`title` is needed and cannot become unknown [fact-path]"]),
        (
            ["parties[1]="],
            ["`parties[1]` cannot become unknown alone; set the whole list anew [fact-path]"],
        ),
        (
            ["parties[1].name="],
            ["`name` is not stated in `parties[1]`; a fact file needs it [fact-missing]"],
        ),
        (
            ["plan.owner=\x1b[31m"],
            ["`plan.owner`: this text holds the character U+001B, which is no text; take it out "
                "[syntax]"],
        ),
        (
            ["plan.owner=\udcff"],
            ["`plan.owner`: this text holds the character U+DCFF, which is no text; take it out "
                "[syntax]"],
        ),
        (
            ["forms=[alliance"],
            ["`forms`: this is not valid YAML: did not find expected ',' or ']'; close the "
             "bracket, or put text with brackets in quotes [syntax]"],
        ),
        (
            ["plan.exist=1", "as_of=x", "stage=old"],
            ["`plan.exist` is not a fact of this strategy; did you mean `plan.exists`? "
             "[fact-unknown-name]",
             "`stage` cannot be `old`; write `new`, `renewing`, `established` or `exiting` "
             "[fact-value]",
             "`as_of` is `x`, which is not a date; write the day as YYYY-MM-DD [fact-date]"],
        ),
    ],
)  # fmt: skip
def test_refusals(settings: list[str], problems: list[str]) -> None:
    with pytest.raises(Refused) as caught:
        with_set(case(FILE), settings)
    found = [str(problem) for problem in caught.value.problems]
    assert [line.partition(": ")[2] for line in found] == problems
    if settings != ["parties[1].name="]:
        assert all(line.startswith("--set: ") for line in found)
