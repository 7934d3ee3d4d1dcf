"""A sweep in full, straight away and from a stored run: the same, and as each format asks."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import warnings
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from accordance.cli.main import run as main
from accordance.report.overview import overview, overview_of_portfolio
from accordance.sweep.run_reading import open_run
from accordance.sweep.standing import standing
from tests.cli.conftest import Caller

DAY = ("--as-of", "2026-10-01", "--fail-on", "never")
FORMATS = ("html", "xlsx", "csv", "ndjson", "sarif", "oscal")
ROOT = Path(__file__).parents[2]
SMALL = [
    "cases/portfolio/waste-collection.facts.yaml",
    "cases/portfolio/energy-company.facts.yaml",
    "cases/portfolio/internal-audit-consortium.facts.yaml",
]
BAD = '{"id": "BAD", "title": "=1+1", "stage": "new", "exit_plan": {"exist": true}}\n'


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    rejected = tmp_path_factory.mktemp("sources") / "more.ndjson"
    rejected.write_text(BAD, encoding="utf-8")
    return [*SMALL, str(rejected)]


@pytest.fixture(scope="module")
def run(sources: list[str], tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = str(tmp_path_factory.mktemp("runs") / "run")
    quiet = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with contextlib.chdir(ROOT), contextlib.redirect_stdout(quiet):
        assert main(["sweep", *sources, *DAY, "--out", folder, "--allow-rejected"]) == 0
    return folder


def written(call: Caller, path: Path, *args: str) -> bytes:
    done = call(*args, "--output", str(path))
    assert done.code == 0, done.err
    assert done.out == ""
    return path.read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_a_stored_run_says_the_same_as_the_sweep(
    call: Caller, sources: list[str], run: str, tmp_path: Path, name: str
) -> None:
    wanted = ("--format", name)
    swept = written(call, tmp_path / "a", "sweep", *sources, *DAY, "--allow-rejected", *wanted)
    assert written(call, tmp_path / "b", "export", run, *wanted) == swept
    assert swept


def test_each_line_is_what_check_says(call: Caller, run: str, tmp_path: Path) -> None:
    lines = written(call, tmp_path / "cases.ndjson", "export", run).decode().splitlines()
    checked = call("check", *SMALL, *DAY, "--format", "json")
    assert [json.loads(line) for line in lines] == json.loads(checked.out)


def test_the_table_and_the_reports_give_one_heat_map(call: Caller, run: str) -> None:
    reports = json.loads(call("check", *SMALL, *DAY, "--format", "json").out)
    by_check = {case.id: case for case in overview(reports).cases}
    by_table = overview_of_portfolio(standing(open_run(run)))
    assert len(by_table.cases) == by_table.count == len(by_check) == 3
    for case in by_table.cases:
        other = by_check[case.id]
        assert (case.themes, case.breaches, case.gaps) == (
            other.themes,
            other.breaches,
            other.gaps,
        )
        assert (case.verdict, case.opinion, case.source) == (
            other.verdict,
            other.opinion,
            other.source,
        )
    assert by_table.themes == overview(reports).themes


def test_the_worst_come_first_and_the_rest_is_counted(run: str) -> None:
    few = standing(open_run(run), 1)
    (worst,) = few["cases"]
    every = standing(open_run(run), None)["cases"]
    assert worst == every[0] and few["count"] == 3
    tallies = [tuple(case["breaches"].values()) for case in every]
    assert tallies == sorted(tallies, reverse=True)
    assert all(0 <= theme["met"] <= theme["applies"] <= 3 for theme in few["good_practice"])


def test_the_page_shows_what_was_rejected(call: Caller, run: str, tmp_path: Path) -> None:
    page = written(call, tmp_path / "run.html", "export", run).decode()
    assert "Records that could not be read" in page and "more.ndjson:1" in page
    assert "<script" not in page and "http" not in page.replace("http-equiv", "")


def test_a_page_without_a_partnership_shows_no_empty_table(call: Caller, tmp_path: Path) -> None:
    bad = tmp_path / "bad.ndjson"
    bad.write_text(BAD, encoding="utf-8")
    given = ("sweep", str(bad), *DAY, "--allow-rejected")
    page = written(call, tmp_path / "run.html", *given).decode()
    assert "No record could be read, so nothing is said of any partnership." in page
    assert page.count("<table") == 1 and "Good practice" not in page


def test_the_workbook_sums_up_and_lists(call: Caller, run: str, tmp_path: Path) -> None:
    data = written(call, tmp_path / "run.xlsx", "export", run)
    book = openpyxl.load_workbook(io.BytesIO(data))
    assert {"Partnerships", "Heat map", "Summary", "Findings", "Rejected"} <= set(book.sheetnames)
    for sheet in book:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row)


def test_the_workbook_says_of_which_group_and_what_was_accepted(
    call: Caller, tmp_path: Path
) -> None:
    day = ("--as-of", "2026-12-31", "--fail-on", "never")
    data = written(call, tmp_path / "whole.xlsx", "sweep", "cases/portfolio", *day)
    sheet = openpyxl.load_workbook(io.BytesIO(data))["Across the portfolio"]
    rows = [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=3)]
    assert any(
        (row[0], *row[2:4]) == ("DEP-08", "Brackenfold Holdings", "! high")
        and row[5].startswith("Accepted by Cabinet")
        for row in rows
    )
    weak = {row[2] for row in rows if row[0] == "REV-05" and row[3] == "? advisory"}
    assert "Contracts and alliances, NB-2022-014" in weak


def test_a_row_for_each_finding(call: Caller, run: str, tmp_path: Path) -> None:
    text = written(call, tmp_path / "run.csv", "export", run).decode("utf-8-sig")
    found = [row for row in csv.DictReader(io.StringIO(text)) if row["kind"] in ("breach", "gap")]
    stored = open_run(run)
    every = [result for case in stored.cases() for result in stored.findings(case)]
    assert len(found) == len(every) > 20


def test_oscal_is_valid(call: Caller, run: str, tmp_path: Path) -> None:
    document = json.loads(
        written(call, tmp_path / "results.json", "export", run, "--format", "oscal")
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from trestle.oscal.assessment_results import Model

        read: Any = Model(**document)
    results = read.assessment_results.results
    assert [one.title for one in results] == [
        case["title"] for case in open_run(run).cases(["title"])
    ]
    states = {
        finding.target.status.state
        for one in results
        for finding in one.findings
        if finding.target.status.reason == "insufficient-evidence"
    }
    assert len(states) == 1 and "not-satisfied" in str(states)


def test_a_source_that_changed_is_not_told_of(call: Caller, sources: list[str], run: str) -> None:
    Path(sources[-1]).write_text(BAD + BAD.replace("BAD", "B2"), encoding="utf-8")
    done = call("export", run, "--format", "csv")
    Path(sources[-1]).write_text(BAD, encoding="utf-8")
    assert done.code == 2 and "more.ndjson" in done.err and done.out == ""


def test_wrong_calls(call: Caller, run: str) -> None:
    done = call("export", run)
    assert done.code == 2 and "--format" in done.err
    assert call("export", "nowhere", "--format", "csv").code == 2
