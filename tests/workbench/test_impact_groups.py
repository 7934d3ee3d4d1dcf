"""What a change does to the findings across the portfolio: of which groups, by which edit."""

from __future__ import annotations

import datetime as dt
import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pyarrow")

from accordance.report.impact import rendered
from accordance.report.page import Page
from accordance.strategy.reading import load_strategy
from accordance.workbench.impact import sweeping
from accordance.workbench.impact.assessing import assess
from tests.generating.writing import case_text
from tests.portfolio.random_portfolios import SMALL, TODAY, random_case

PARTY = [{"name": "Acme", "delivers": True}]
CASES: dict[str, dict[str, Any]] = {
    "one": {"officer": "Ann", "form": "contract", "worth": 2, "parties": PARTY, "safe": False},
    "two": {"officer": "Ann", "form": "contract", "worth": 2, "parties": PARTY, "safe": True},
    "three": {
        "officer": "Ben",
        "form": "contract",
        "worth": 1,
        "parties": [{"name": "Bolt", "delivers": True}],
        "safe": True,
    },
}
Changed = Callable[..., dict[str, Any]]


@pytest.fixture
def cases(tmp_path: Path) -> Path:
    path = tmp_path / "cases.ndjson"
    common = {"stage": "established", "critical": False, "ends": "2027-03-31", "distressed": []}
    lines = [
        json.dumps({"id": name, "title": name.title(), **common, **facts})
        for name, facts in CASES.items()
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def changed(tmp_path: Path, cases: Path) -> Changed:
    """`changed({old: new})`: the impact of the small strategy with texts of its files replaced."""

    def assessed(changes: dict[str, str], paths: Path = cases, **options: Any) -> dict[str, Any]:
        folder = tmp_path / "new"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(SMALL, folder)
        for old, new in changes.items():
            where = [path for path in folder.rglob("*.yaml") if old in path.read_text()]
            assert len(where) == 1, old
            where[0].write_text(where[0].read_text().replace(old, new))
        strategies = (load_strategy(str(one), cache=False) for one in (SMALL, folder))
        return assess(*strategies, [str(paths)], TODAY, **options)

    return assessed


def told(document: dict[str, Any]) -> list[tuple[Any, ...]]:
    """For each group what changed, by which edits."""
    names = ("rule", "group", "case", "what", "edits", "together")
    return [tuple(one[name] for name in names) for one in document["portfolio"]["groups"]]


NUMBER = "parameter:most_led"


def test_a_number_names_the_groups_that_it_concerns(changed: Changed) -> None:
    document = changed({"most_led: {value: 1": "most_led: {value: 2"})
    assert told(document) == [("PP-01", "Ann", None, "vanishes", [NUMBER], False)]
    [one] = document["portfolio"]["groups"]
    assert one == {
        "rule": "PP-01",
        "group": "Ann",
        "grouped": True,
        "case": None,
        "what": "vanishes",
        "from": {"kind": "breach", "severity": "low"},
        "to": {"kind": "none", "severity": None},
        "message": "Ann leads 2.",
        "cases": 2,
        "decide": ["one", "two"],
        "edits": [NUMBER],
        "together": False,
    }
    assert document["portfolio"]["rules"] == [
        {
            "rule": "PP-01",
            "title": "Grouped by a text",
            "theme": "Portfolio",
            "appears": 0,
            "vanishes": 1,
            "turns": 0,
            "severity": 0,
            "accepted": 0,
            "edits": [NUMBER],
        }
    ]
    [edit] = document["edits"]
    assert (edit["rules"], edit["groups"], edit["portfolio"]) == ([], 1, ["PP-01"])
    assert document["counts"]["concerned"] == 0
    assert document["counts"]["groups"] == 1
    assert document["rules"] == document["partnerships"] == []


def test_a_rule_over_the_portfolio_that_is_edited(changed: Changed) -> None:
    edit = ["portfolio:PP-01"]
    severity = changed(
        {"severity: low\n    severity_when": "severity: advisory\n    severity_when"}
    )
    assert told(severity) == [("PP-01", "Ann", None, "severity", edit, False)]
    limit = changed({"count(cases) <= most_led": "count(cases) < most_led"})
    assert told(limit) == [("PP-01", "Ben", None, "appears", edit, False)]
    words = changed({"{group} leads {led}": "{led} led by {group}"})
    assert [one["id"] for one in words["edits"]] == edit
    assert told(words) == []


def test_a_figure_that_is_edited(changed: Changed) -> None:
    document = changed({"several: count(cases)": "several: count(cases) * 0"})
    assert told(document) == [
        ("PP-02", "Acme", None, "vanishes", ["portfolio:PP-02"], False),
    ]


def test_a_rule_on_one_partnership_behind_a_group(changed: Changed) -> None:
    """PP-03 asks how many break TT-01."""
    document = changed({"require: [safe]": "require: [safe and worth > 3]"})
    assert told(document) == [("PP-03", None, None, "appears", ["rule:TT-01"], False)]
    assert document["edits"][0]["portfolio"] == ["PP-03"]


def test_a_definition_behind_a_group(changed: Changed) -> None:
    document = changed({"is: parties[delivers]": "is: parties[not(delivers)]"})
    assert told(document) == [
        ("PP-02", "Acme", None, "vanishes", ["definition:providers"], False),
    ]


def test_of_several_edits_the_one_that_does_it_alone_is_named(changed: Changed) -> None:
    document = changed(
        {"most_led: {value: 1": "most_led: {value: 2", "medium: 'some c": "critical: 'some c"}
    )
    assert told(document) == [("PP-01", "Ann", None, "vanishes", [NUMBER], False)]


def test_rules_that_come_go_and_are_renamed(changed: Changed) -> None:
    renamed = changed({"  PP-01:\n": "  PP-11:\n    aliases: [PP-01]\n"})
    assert [(one["id"], one["change"]) for one in renamed["edits"]] == [
        ("portfolio:PP-11", "changed")
    ]
    assert told(renamed) == []
    both = changed({"  PP-01:\n": "  PP-11:\n"})
    assert told(both) == [
        ("PP-11", "Ann", None, "appears", ["portfolio:PP-11"], False),
        ("PP-01", "Ann", None, "vanishes", ["portfolio:PP-01"], False),
    ]


def test_the_spellings_of_providers_hold_for_both(changed: Changed, tmp_path: Path) -> None:
    """With one group for all, PP-02 finds it before and after, and under one name."""
    aliases = tmp_path / "names.yaml"
    aliases.write_text("providers:\n  Whole Group: [Acme, Bolt]\n")
    document = changed(
        {"share_max: {value: 0.75": "share_max: {value: 2"}, named={"aliases": str(aliases)}
    )
    assert told(document) == [
        ("PP-02", "Whole Group", None, "vanishes", ["parameter:share_max"], False)
    ]


def test_columns_and_check_tell_the_same(
    changed: Changed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(12)
    path = tmp_path / "random.ndjson"
    made = (random_case(chance, at) for at in range(50))
    known = [one for one in made if _is_known(one)]
    lines = [" ".join(case_text(one).split()) for one in known]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    edits = {
        "most_led: {value: 1": "most_led: {value: 24",
        "share_max: {value: 0.75": "share_max: {value: 0.3",
        "position >= 0.5": "position >= 0.2",
    }
    by_check = changed(edits, path)
    original = sweeping.sweep

    def by_columns(*args: Any, **options: Any) -> Any:
        return original(*args, **{**options, "engine": "duckdb"})

    monkeypatch.setattr(sweeping, "sweep", by_columns)
    by_duckdb = changed(edits, path)
    assert by_duckdb["portfolio"].pop("told_from") != by_check["portfolio"].pop("told_from")
    assert {one["rule"] for one in by_check["portfolio"]["rules"]} == {"PP-01", "PP-02", "PP-06"}
    assert _without_explanation(by_duckdb) == _without_explanation(by_check)


def _is_known(facts: dict[str, Any]) -> bool:
    """Is everything stated of which a group hangs?"""
    parties = facts.get("parties", ())
    return {"officer", "form", "worth", "parties"} <= facts.keys() and all(
        {"name", "delivers"} <= party.keys() for party in parties
    )


def _without_explanation(document: dict[str, Any]) -> dict[str, Any]:
    """What a gap misses is told more exactly by `check`, and so is who decides."""
    groups = [
        {name: one[name] for name in one if name not in ("message", "decide")}
        for one in document["portfolio"]["groups"]
    ]
    return {**document["portfolio"], "groups": groups}


def test_what_is_told_in_brief_is_compared_as_well(
    changed: Changed, monkeypatch: pytest.MonkeyPatch
) -> None:
    edits = {"count(cases) <= most_led": "count(cases) > most_led"}
    full = changed(edits)
    assert [(one[1], one[3]) for one in told(full)] == [("Ann", "vanishes"), ("Ben", "appears")]
    assert changed(edits, most=0)["portfolio"]["more"] == 2
    for module in ("portfolio.answer", "sweep.group_columns"):
        monkeypatch.setattr(f"accordance.{module}.MOST_RESULTS", 0)
    brief = changed(edits)
    assert told(brief) == told(full)
    assert [one["message"] for one in brief["portfolio"]["groups"]] == [None, None]


def test_what_is_shown(changed: Changed) -> None:
    document = changed({"most_led: {value: 1": "most_led: {value: 2"})
    said = "Across the portfolio 1 finding vanishes."
    for name in ("table", "markdown", "html"):
        text = " ".join(rendered(document, name, Page(100)).replace("\\", "").split())
        for part in (said, "Ann leads 2.", "number most_led", "vanishes (breach, low)"):
            assert part in text, (name, part)
    assert json.loads(rendered(document, "json", Page(100))) == document


def test_without_rules_over_the_portfolio(tmp_path: Path, cases: Path) -> None:
    folder = tmp_path / "none"
    shutil.copytree(SMALL, folder)
    (folder / "rules" / "portfolio.yaml").unlink()
    without, with_them = (load_strategy(str(one), cache=False) for one in (folder, SMALL))
    day = dt.date(2026, 6, 30)
    there = assess(without, with_them, [str(cases)], day)["portfolio"]
    gone = assess(with_them, without, [str(cases)], day)["portfolio"]
    assert {one["what"] for one in there["groups"]} == {"appears"}
    assert {one["what"] for one in gone["groups"]} == {"vanishes"}
    assert [one["group"] for one in there["groups"]] == [one["group"] for one in gone["groups"]]
    none = assess(without, without, [str(cases)], day)["portfolio"]
    assert none == {"rules": [], "groups": [], "more": 0, "told_from": [None, None]}
