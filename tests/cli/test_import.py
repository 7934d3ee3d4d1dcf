"""`accordance import`: folders of fact files, and what could not become one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from accordance.facts import importing
from tests.cli.conftest import Caller

OCDS = "cases/imports/open-contracting.json"
REGISTER = "cases/imports/contract-register.csv"
MAPPING = "cases/imports/contract-register.mapping.yaml"
HOME_CARE = "cases/portfolio/home-care-framework.facts.yaml"
WASTE = "cases/portfolio/waste-collection.facts.yaml"


def test_open_contracting_data(call: Caller, tmp_path: Path) -> None:
    out = tmp_path / "facts"
    done = call("import", "ocds", OCDS, "--out", str(out))
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "8 releases: 3 cases (of 6 releases), 2 rejected; 4 statements not taken over; see "
        f"{out}/rejects.md\n"
    )
    document = json.loads((out / "rejects.json").read_text(encoding="utf-8"))
    assert document["schema"] == "accordance/import/1"
    assert document["counts"] == {
        "releases": 8,
        "cases": 3,
        "rejected": 2,
        "releases_in_cases": 6,
        "releases_rejected": 2,
    }
    assert [one["reasons"] for one in document["rejected"]] == [
        ["its tender is withdrawn"],
        ["its agreement ended on 2025-12-19, before its latest release of 2026-01-22"],
    ]
    files = sorted(path.name for path in out.glob("*.facts.yaml"))
    assert files == sorted(one["file"] for one in document["cases"])
    checked = call("check", *(str(out / name) for name in files), "--fail-on", "never")
    assert (checked.code, checked.err) == (0, "")


def test_a_register(call: Caller, tmp_path: Path) -> None:
    out = tmp_path / "facts"
    done = call("import", "csv", REGISTER, "--map", MAPPING, "--out", str(out))
    assert (done.code, done.out) == (1, "")
    assert done.err == f"6 rows: 5 cases, 1 rejected; see {out}/rejects.md\n"
    page = (out / "rejects.md").read_text(encoding="utf-8")
    assert "| C/2409 |" in page and "a day that does not exist" in page


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_facts_go_out_and_come_back(call: Caller, tmp_path: Path, ending: str) -> None:
    table, out = tmp_path / f"t.{ending}", tmp_path / "facts"
    assert call("new", str(table), "--from", HOME_CARE, "--from", WASTE).code == 0
    done = call("import", ending, str(table), "--out", str(out))
    assert (done.code, done.err) == (0, f"2 rows: 2 cases, 0 rejected; see {out}/rejects.md\n")

    def digests(*files: str) -> list[str]:
        reports = json.loads(call("check", *files, "-f", "json", "--fail-on", "never").out)
        return sorted(report["case"]["digest"] for report in reports)

    made = [str(path) for path in sorted(out.glob("*.facts.yaml"))]
    assert digests(*made) == digests(str(table)) == digests(HOME_CARE, WASTE)


def test_check_reads_tables_and_names_the_cell(call: Caller, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("id,title,stage,exit_plan.exists\nA,B,new,perhaps\n", encoding="utf-8")
    done = call("check", str(table))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"{table}:2:9: `exit_plan.exists` is `perhaps`, neither yes nor no")
    table.write_text("id,title,stage,exit_plan.exists\nA,B,new,no\n", encoding="utf-8")
    report = json.loads(call("check", str(table), "-f", "json", "--fail-on", "never").out)
    (fact,) = {
        (fact["value"], fact["source"], fact["line"])
        for result in report["results"]
        for fact in result["facts"]
        if fact["path"] == "exit_plan.exists"
    }
    assert fact == (False, str(table), 2)


def test_files_of_lists_are_read_with_their_table(call: Caller, tmp_path: Path) -> None:
    table, lists = tmp_path / "t.csv", tmp_path / "t.parties.csv"
    table.write_text("id,title,stage\nA,B,new\n", encoding="utf-8")
    lists.write_text("id,name\nA,Northbridge\n", encoding="utf-8")
    done = call("check", str(table), str(lists), "-f", "json", "--fail-on", "never")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["case"]["id"] == "A"


def test_several_sources_are_put_together(call: Caller, tmp_path: Path) -> None:
    table = tmp_path / "finance.csv"
    table.write_text("id,value.current,service.tier\nNB-2024-004,74900000,gold\n", encoding="utf-8")
    done = call("check", HOME_CARE, str(table), "--combine", "-f", "json", "--fail-on", "never")
    assert (done.code, done.err) == (0, "")
    report = json.loads(done.out)
    (contradiction,) = (one for one in report["results"] if one["rule"] == "EVD-03")
    assert contradiction["outcome"] == "non_compliant"
    notices = [one["message"] for one in report["notices"] if one["code"] == "contradiction"]
    assert notices == [f"`value.current` is stated otherwise in {table}:2:13"]


def test_explain_wants_one_case(call: Caller, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    table.write_text("id,title,stage\nA,B,new\nC,D,new\n", encoding="utf-8")
    done = call("explain", str(table), "DEP-01")
    assert done.code == 2
    assert "the table holds 2 cases, and one is wanted" in done.err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["ocds", "missing.json", "--out", "x"], "missing.json: cannot be read: no such file"),
        (["ocds", REGISTER, "--out", "x"], f"{REGISTER}:1:1: this is not valid JSON"),
        (["csv", "a.xlsx", "--out", "x"], "`a.xlsx` is a workbook; write `accordance import xlsx`"),
        (["xlsx", REGISTER, "--out", "x"], "does not end in .xlsx; write `accordance import csv`"),
        (["csv", REGISTER, "--out", "x"], f"{REGISTER}: no column is called `id`; name each"),
        (["csv", REGISTER, "--out", "cases"], "cases: the folder is not empty; name a new folder"),
        (["csv", REGISTER, "--out", "README.md"], "README.md: this is no folder"),
        (["csv", REGISTER], "missing option '--out'"),
        (["json", REGISTER], "no such command 'json'"),
    ],
)
def test_calls_that_cannot_be_meant(call: Caller, args: list[str], message: str) -> None:
    done = call("import", *args)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert not Path("x").exists()


def test_the_folder_appears_whole_or_not_at_all(
    call: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> str:
        raise OSError(28, "No space left on device", "rejects.md")

    monkeypatch.setattr(importing, "_page", full)
    done = call("import", "ocds", OCDS, "--out", str(tmp_path / "facts"))
    assert (done.code, done.err) == (2, "accordance: rejects.md: no space left on device\n")
    assert list(tmp_path.iterdir()) == []


def test_an_empty_folder_will_do(call: Caller, tmp_path: Path) -> None:
    out = tmp_path / "facts"
    out.mkdir()
    assert call("import", "ocds", OCDS, "--out", str(out)).code == 1
    assert (out / "rejects.md").exists()
