"""`accordance compare`: which findings came, went and changed between two runs, and why."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Caller

ROOT = Path(__file__).parents[2]
BASE = {
    "stage": "new",
    "as_of": "2026-01-31",
    "forms": ["single_supplier_contract"],
    "basis": "contractual",
    "service": {"critical": False},
    "dependence": {"provider_count": 1},
    "parties": [
        {"name": "Northbridge Borough Council", "ourselves": True, "sector": "public"},
        {"name": "Clearway Ltd", "ourselves": False, "sector": "private"},
    ],
}
COVERED = {"exit_plan": {"exists": True}, "continuity": {"fallback_exists": True}}
BARE = {"exit_plan": {"exists": False}, "continuity": {"fallback_exists": False}}


def record(name: str, **more: Any) -> str:
    return json.dumps({"id": name, "title": f"Partnership {name}", **BASE, **more})


OLD = [record("A", **COVERED), record("B", **BARE), record("C", **BARE), record("GONE")]
NEW = [record("A", **BARE), record("B", **COVERED), record("C", **BARE), record("COME")]


class Runs:
    """Sweeps small portfolios into folders of their own."""

    def __init__(self, call: Caller, folder: Path) -> None:
        self.call = call
        self.folder = folder

    def sweep(self, name: str, records: list[str], *more: str, day: str = "2026-01-31") -> str:
        source = self.folder / f"{name}.ndjson"
        source.write_text("\n".join(records) + "\n", encoding="utf-8")
        run = str(self.folder / name)
        done = self.call("sweep", str(source), "--out", run, "--as-of", day, *more)
        assert done.code in (0, 1), done.err
        return run

    def compared(self, old: str, new: str) -> dict[str, Any]:
        done = self.call("compare", old, new, "--format", "json", "--fail-on", "never")
        assert (done.code, done.err) == (0, "")
        found: dict[str, Any] = json.loads(done.out)
        return found


@pytest.fixture
def runs(call: Caller, tmp_path: Path) -> Runs:
    return Runs(call, tmp_path)


def of(found: dict[str, Any], rule: str) -> list[tuple[str, str, str, str, list[str]]]:
    return [
        (one["case"], one["change"], one["from"]["outcome"], one["to"]["outcome"], one["because"])
        for one in found["changes"]
        if one["rule"] == rule
    ]


def test_what_came_and_what_went(runs: Runs) -> None:
    found = runs.compared(runs.sweep("old", OLD), runs.sweep("new", NEW))
    assert of(found, "DEP-01") == [
        ("A", "new", "compliant", "non_compliant", ["facts"]),
        ("B", "resolved", "non_compliant", "compliant", ["facts"]),
    ]
    assert found["cases"] == {
        "in_both": 3,
        "with_other_facts": 2,
        "added": {"count": 1, "cases": [{"id": "COME", "title": "Partnership COME"}]},
        "removed": {"count": 1, "cases": [{"id": "GONE", "title": "Partnership GONE"}]},
    }
    assert {one["case"] for one in found["changes"]} == {"A", "B"}
    counted = dict.fromkeys(("new", "resolved", "changed"), 0)
    for one in found["changes"]:
        counted[one["change"]] += 1
    assert found["findings"] == counted and found["changes_left_out"] == 0


def test_nothing_changed(runs: Runs) -> None:
    found = runs.compared(runs.sweep("old", OLD), runs.sweep("again", OLD))
    assert (found["rules"], found["changes"], found["verdict"]) == ([], [], [])
    done = runs.call("compare", str(runs.folder / "old"), str(runs.folder / "again"))
    assert done.code == 0 and "No finding is new, changed or resolved." in done.out


def test_the_day_alone_can_change_a_finding(runs: Runs) -> None:
    plan = {"exists": True, "jointly_agreed": True, "reviewed_on": "2025-06-30"}
    records = [record("A", exit_plan=plan, stage="established")]
    old = runs.sweep("old", records)
    found = runs.compared(old, runs.sweep("later", records, day="2027-01-31"))
    assert found["cases"]["with_other_facts"] == 0
    assert of(found, "EXT-01") == [("A", "new", "compliant", "non_compliant", ["date"])]
    assert all(one["because"] == ["date"] for one in found["changes"])


def test_another_rule_is_told_from_other_facts(runs: Runs) -> None:
    strategy = runs.folder / "stricter"
    shutil.copytree(ROOT / "strategy_rules/public_body", strategy)
    rules = strategy / "rules/dependence.yaml"
    text = rules.read_text(encoding="utf-8")
    start = text.index("  DEP-01:")
    at = text.index("severity: high", start)
    rules.write_text(text[:at] + "severity: medium" + text[at + 14 :], encoding="utf-8")
    new = runs.sweep("stricter-run", OLD, "--strategy", str(strategy))
    found = runs.compared(runs.sweep("old", OLD), new)
    changed = {rule["rule"] for rule in found["rules"] if rule["asks_something_else"]}
    assert "DEP-01" in changed
    told = [one for one in found["changes"] if one["rule"] == "DEP-01"]
    assert told and all(one["because"] == ["rule"] for one in told)
    assert {(one["from"]["severity"], one["to"]["severity"]) for one in told} == {
        ("high", "medium")
    }


def test_the_exit_code_tells_a_new_breach(runs: Runs) -> None:
    old, new = runs.sweep("old", OLD), runs.sweep("new", NEW)
    assert runs.call("compare", old, new).code == 1
    assert runs.call("compare", old, new, "--fail-on", "never").code == 0
    assert runs.call("compare", old, old).code == 0


def test_a_row_for_each_change(runs: Runs) -> None:
    old, new = runs.sweep("old", OLD), runs.sweep("new", NEW)
    out = str(runs.folder / "changes.csv")
    assert runs.call("compare", old, new, "--output", out).code == 1
    text = Path(out).read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    found = runs.compared(old, new)
    assert [(row["case"], row["rule"], row["change"]) for row in rows] == [
        (one["case"], one["rule"], one["change"]) for one in found["changes"]
    ]
    page = runs.call("compare", old, new, "--format", "markdown").out
    assert "## New findings" in page and "its facts changed" in page


def test_a_run_that_was_changed_is_not_compared(runs: Runs) -> None:
    old, new = runs.sweep("old", OLD), runs.sweep("new", NEW)
    table = Path(new) / "outcomes.parquet"
    data = bytearray(table.read_bytes())
    data[len(data) // 2] ^= 1
    table.write_bytes(data)
    done = runs.call("compare", old, new)
    assert done.code == 2 and "outcomes.parquet" in done.err
    assert "not as it was written" in done.err


@pytest.mark.parametrize("name", ["nowhere", "cases"])
def test_what_is_no_run(call: Caller, name: str) -> None:
    done = call("compare", name, name)
    assert done.code == 2 and name in done.err
