"""Findings for spreadsheets and other programs: CSV, NDJSON, workbook, SARIF."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import openpyxl
import pytest

from accordance.report import PAPERS, Json, format_named
from accordance.report import csv as csv_report
from accordance.report.findings import COLUMNS, rows
from accordance.report.json import line, write
from accordance.report.overview import ThemeState, overview
from accordance.report.page import Page
from accordance.report.sheets import MOST_TEXT, Cell, Column, Sheet, workbook
from tests.report import samples

FORMULA = "=HYPERLINK(0)"


def read(name: str, reports: list[Json], full: bool = False) -> Any:
    return format_named(name).check(reports, Page(full=full))


def table(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def book(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_each_finding_has_a_row() -> None:
    report = samples.do_not_proceed()
    found = table(read("csv", [report]))
    findings = [one for one in report["results"] if one["kind"]]
    assert findings and list(found[0]) == list(COLUMNS)
    assert [row["rule"] for row in found if row["kind"] != "notice"] == [
        one["rule"]
        for one in report["results"]
        if one["kind"] or one["outcome"] == "accepted_exception"
    ]
    assert sum(row["kind"] == "notice" for row in found) == len(report["notices"])
    everything = table(read("csv", [report], full=True))
    assert len(everything) == len(report["results"]) + len(report["notices"])


def test_a_row_says_what_the_finding_says() -> None:
    report = samples.do_not_proceed()
    result = next(one for one in report["results"] if one["kind"] == "breach" and one["actions"])
    row = next(row for row in rows(report) if row["rule"] == result["rule"])
    assert row["message"] == result["message"]
    assert row["to_do"] == "; ".join(action["do"] for action in result["actions"])
    assert row["by"].split("; ")[0] == (
        result["actions"][0]["due_on"] or result["actions"][0]["due"]
    )
    assert (row["case"], row["id"]) == (report["case"]["id"], result["id"])


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "'="])
def test_no_cell_is_a_formula(start: str) -> None:
    report = samples.do_not_proceed()
    report["case"]["title"] = f"{start}1+1"
    titles = {row["title"] for row in table(read("csv", [report]))}
    assert all(title.startswith(("'", " ")) for title in titles), titles
    for sheet in book(read("xlsx", [report])):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f"
                assert not str(cell.value or "x").startswith(("=", "+", "@", "\t")), cell


def test_one_line_of_json_says_the_same() -> None:
    reports = [samples.do_not_proceed(), samples.proceed()]
    lines = read("ndjson", reports).splitlines()
    assert [json.loads(one) for one in lines] == json.loads(write(reports))
    assert line({"a": [1, {"b": None}], "c": {}}) == '{"a":[1,{"b":null}],"c":{}}\n'


def test_the_same_reports_give_the_same_bytes() -> None:
    for name in PAPERS:
        assert read(name, [samples.undecided()]) == read(name, [samples.undecided()]), name


def test_the_workbook_has_every_finding_and_action() -> None:
    report = samples.do_not_proceed()
    found = book(read("xlsx", [report, samples.proceed()]))
    assert found.sheetnames == [
        "Partnerships",
        "Heat map",
        "Findings",
        "Actions",
        "Missing facts",
        "Every rule",
    ]
    assert found["Findings"].max_row == 2 + len(list(rows(report))) + len(
        list(rows(samples.proceed()))
    )
    deeds = sum(len(one["actions"]) for one in report["results"] if one["kind"] == "breach")
    assert found["Actions"].max_row == 2 + deeds + sum(
        len(one["actions"]) for one in samples.proceed()["results"] if one["kind"] == "breach"
    )
    names = [cell.value for cell in found["Partnerships"]["B"]]
    assert names[2:] == [report["case"]["title"], samples.proceed()["case"]["title"]]


def test_the_heat_map_tells_the_worst_of_a_theme() -> None:
    report = samples.do_not_proceed()
    case = overview([report]).cases[0]
    worst = ("critical", "high", "medium", "low", "advisory")
    for theme, state in case.themes.items():
        found = [
            one["severity"]
            for one in report["results"]
            if one["theme"] == theme and one["kind"] == "breach"
        ]
        assert state.breach == min(found, key=worst.index, default=None)


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        (ThemeState(), ("–", None)),
        (ThemeState(met=True), ("✓ met", "met")),
        (ThemeState(accepted=True, met=True), ("! accepted", "accepted")),
        (ThemeState(gap="high", met=True), ("? high", "unknown")),
        (ThemeState(breach="low", gap="low"), ("✗ low", "low")),
        (ThemeState(breach="low", gap="critical"), ("✗ low ? critical", "low")),
    ],
)
def test_a_state_is_a_word_and_a_symbol(state: ThemeState, shown: tuple[str, str | None]) -> None:
    assert state.shown() == shown


def test_a_gap_is_open_and_an_accepted_breach_is_suppressed() -> None:
    report = samples.do_not_proceed()
    log = json.loads(read("sarif", [report]))
    found = {one["ruleId"]: one for one in log["runs"][0]["results"]}
    for result in report["results"]:
        if result["kind"] == "gap":
            assert found[result["rule"]]["kind"] == "open"
        elif result["kind"] == "breach":
            assert found[result["rule"]]["kind"] == "fail"
            assert found[result["rule"]]["level"] in ("error", "warning", "note")
        elif result["outcome"] == "accepted_exception":
            assert found[result["rule"]]["suppressions"][0]["status"] == "accepted"
        else:
            assert result["rule"] not in found


def test_sheets_keep_digits_and_tell_what_is_cut() -> None:
    rows = [[12345678901234567890, "x" * 40_000, True, None, Cell("bad", "critical")]]
    data = workbook([Sheet("A", [Column(str(number)) for number in range(5)], rows)], "t")
    values = [cell.value for cell in book(data)["A"][2]]
    assert values[0] == "12345678901234567890"
    assert len(values[1]) == MOST_TEXT and values[1].endswith("[...]")
    assert values[2:] == ["yes", None, "bad"]


def test_a_row_of_cells() -> None:
    assert csv_report.line([None, True, 5, 'say "no"', " a", FORMULA, "a\nb"]) == (
        f',yes,5,"say ""no"""," a",\'{FORMULA},a b\n'
    )
