"""Facts in CSV files and workbooks: what they say, what is wrong with them, and that writing and
reading them changes nothing."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accordance.facts.asking import Questions
from accordance.facts.reading import load_case
from accordance.facts.stating import stated_facts
from accordance.facts.tables.cells import defused, plain_text
from accordance.facts.tables.reading import TABLE_ENDINGS, is_table, load_table_cases
from accordance.facts.tables.workbook import workbook_bytes
from accordance.facts.tables.writing import csv_text, linked_tables, one_table
from accordance.facts.template import template
from accordance.facts.yaml_writing import yaml_text
from accordance.problem import Refused
from accordance.source.workbook_guard import MAX_UNPACKED_BYTES
from tests.facts.shaped import values
from tests.facts.small import model

Facts = dict[str, Any]
HEAD = "id,title,stage,"
ROW = "C-1,The partnership,new,"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read_csv(text: str, **beside: str) -> list[Facts]:
    """The facts of each row of `t.csv`, with the files of lists beside it."""
    Path("t.csv").write_text(text, encoding="utf-8")
    for name, content in beside.items():
        Path(f"t.{name.replace('__', '.')}.csv").write_text(content, encoding="utf-8")
    return [stated_facts(case) for case in load_table_cases(model(), "t.csv")]


def refusals(read: Callable[[], object]) -> list[str]:
    with pytest.raises(Refused) as caught:
        read()
    return [str(problem) for problem in caught.value.problems]


# --- what columns and cells say ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("columns", "cells", "facts"),
    [
        ("plan.exists", "yes", {"plan": {"exists": True}}),
        ("plan.exists", "FALSE", {"plan": {"exists": False}}),
        ("plan.exists", "", {}),
        ("plan.exists", "   ", {}),
        ("plan.months", "12", {"plan": {"months": 12}}),
        ("plan.costs.planned", "-0.50", {"plan": {"costs": {"planned": -0.5}}}),
        ("organisation", "7", {"organisation": "7"}),
        ("organisation", "'=1+1", {"organisation": "=1+1"}),
        ("organisation", "=1+1", {"organisation": "=1+1"}),
        ("organisation", "'quoted'", {"organisation": "'quoted'"}),
        ("as_of", "2026-01-31", {"as_of": "2026-01-31"}),
        ("plan.reviewed_on", "none", {"plan": {"reviewed_on": "NONE"}}),
        ("regime", " unknown ", {"regime": "unknown"}),
        ("forms", "alliance; framework", {"forms": ["alliance", "framework"]}),
        ("forms", "none", {"forms": []}),
        ("forms[2],forms[1]", "alliance,framework", {"forms": ["framework", "alliance"]}),
        ("parties", "none", {"parties": []}),
        (
            "parties[1].name,parties[2].name,parties[2].checks[1].done_on",
            "A,B,2026-01-01",
            {"parties": [{"name": "A"}, {"name": "B", "checks": [{"done_on": "2026-01-01"}]}]},
        ),
        ("parties[1].name,parties[2].name", "A,", {"parties": [{"name": "A"}]}),
        (
            "parties[1].name,parties[1].checks[1]",
            "A,unknown",
            {"parties": [{"name": "A", "checks": [{}]}]},
        ),
    ],
)
def test_cells(place: Path, columns: str, cells: str, facts: Facts) -> None:
    (found,) = read_csv(f"{HEAD}{columns}\n{ROW}{cells}\n")
    stated = {name: value for name, value in found.items() if name not in ("id", "title", "stage")}
    assert _plain(stated) == facts


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, bool | int | str):
        return value
    return str(value) if not hasattr(value, "numerator") else float(value)


@pytest.mark.parametrize(
    "text",
    [
        "id;title;stage;plan.owner\nC-1;A;new;B, C\n",
        "id\ttitle\tstage\tplan.owner\nC-1\tA\tnew\tB, C\n",
        'id,title,stage,plan.owner\r\n"C-1","A",new,"B, C"\r\n\r\n',
        '\ufeffid,title,stage,plan.owner\rC-1,A,new,"B, C"\r',
        "sep=;\nid;title;stage;plan.owner\nC-1;A;new;B, C",
        '"The register; of 2026",,\n,,\n"Reference","Title","Stage","Owner"\n'
        'id,title,stage,plan.owner\nC-1,A,new,"B, C",,,\n',
    ],
    ids=["semicolons", "tabs", "quotes", "bom", "sep", "titles"],
)
def test_forms_of_csv(place: Path, text: str) -> None:
    assert read_csv(text) == [
        {"id": "C-1", "title": "A", "stage": "new", "plan": {"owner": "B, C"}}
    ]


def test_lists_in_files_of_their_own(place: Path) -> None:
    found = read_csv(
        "id,title,stage,parties,notes\nC-1,One,new,,\nC-2,Two,new,none,\nC-3,Three,new,,a;b\n",
        parties="name,id,checks\nA,C-1,\nB,C-3,none\nC,C-1,\n",
        parties__checks="id,parties[n],done_on\nC-1,2,2026-01-01\nC-1,2,\nC-1,1,none\n",
    )
    assert [_plain(facts.get("parties")) for facts in found] == [
        [
            {"name": "A", "checks": [{"done_on": "NONE"}]},
            {"name": "C", "checks": [{"done_on": "2026-01-01"}, {}]},
        ],
        [],
        [{"name": "B", "checks": []}],
    ]
    assert found[2]["notes"] == ["a", "b"]
    places = load_table_cases(model(), "t.csv")[0].places
    assert str(places["parties[2].checks[1].done_on"]) == "t.parties.checks.csv:2:7"
    assert str(places["title"]) == "t.csv:2:5"


# --- what is wrong ----------------------------------------------------------------------------

HEADERS = [
    ("plan.exist", "1:14: the column `plan.exist` is not a fact of this strategy; did you mean"),
    (
        "zebra",
        "1:14: the column `zebra` is not a fact of this strategy; take it out, or say in a "
        "mapping (`--map`) what it means",
    ),
    ("plan", "1:14: the column `plan` is a group of facts; name one of them, as in `plan.exists`"),
    ("parties.name", "1:14: the column `parties.name` names no item of the list `parties`; write"),
    ("parties[0].name", "1:14: the column `parties[0].name` names the item 0; positions run from"),
    ("parties[9999].name", "1:14: the column `parties[9999].name` names the item 9999"),
    ("plan[1].exists", "1:14: the column `plan[1].exists` counts items, but `plan` is no list"),
    ("as_of.day", "1:14: the column `as_of.day` goes beyond `as_of`, which is one value"),
    ("Contract end", "1:14: the column `Contract end` is not the path of a fact; write names"),
    ("title", "1:14: the column `title` stands there twice; keep one of them"),
]


@pytest.mark.parametrize(("column", "message"), HEADERS, ids=[column for column, _ in HEADERS])
def test_columns_that_are_no_facts(place: Path, column: str, message: str) -> None:
    (found,) = refusals(
        lambda: read_csv(f"id,title,stage{',' + column}\n{ROW}x\n".replace(",,", ","))
    )
    assert found.startswith(f"t.csv:1:{message[2:].replace('14:', '16:')}")


CELLS = [
    ("plan.exists", "maybe", "`plan.exists` is `maybe`, neither yes nor no; write `yes` or `no`"),
    ("plan.months", '"1,200"', "`plan.months` is `1,200`, not a whole number; write `1200`"),
    ("plan.months", "twelve", "`plan.months` is `twelve`, not a whole number; write digits"),
    ("plan.months", "1.5", "`plan.months` is `1.5`, not a whole number; round it"),
    ("plan.costs.planned", "1e400000", "`1e400000` is too large or too exact a number"),
    ("plan.costs.planned", "0.12345678", "with more digits than a fact may have"),
    ("plan.costs.planned", "none", "`plan.costs.planned` is `none`, not a number"),
    ("as_of", "31/01/2026", "which is not a date; write `2026-01-31`, year first"),
    ("as_of", "2026-02-30", "a day that does not exist; correct the date"),
    ("rating", "Strong", "`rating` cannot be `Strong`; did you mean `strong`?"),
    ("organisation", "TBC", "which says that it is not known"),
    ("organisation", "none", "`organisation` cannot be none"),
    ("parties", "A and B", "`parties` is a list, and the cell holds `A and B`; write `none` if"),
    ("parties[1]", "A", "`parties[1]` is a whole item, and the cell holds `A`; give its facts"),
    ("parties[2].name", "B", "`parties[1]` has no facts, and an item after it has; close the gap"),
    ("forms,forms[1]", "alliance,alliance", "`forms[1]` is stated twice in this row"),
    ("parties,parties[1].name", "none,A", "`parties[1].name` is stated twice in this row"),
    ("notes", "a;b;c;d", "`notes` has more than 3 items"),
    ("organisation", "A,left over", "`left over` stands in a column without a name"),
]


@pytest.mark.parametrize(("columns", "cells", "message"), CELLS)
def test_cells_that_cannot_be_meant(place: Path, columns: str, cells: str, message: str) -> None:
    (found,) = refusals(lambda: read_csv(f"{HEAD}{columns}\n{ROW}{cells}\n"))
    assert found.startswith("t.csv:2:")
    assert message in found


def test_all_problems_of_all_rows_come_together(place: Path) -> None:
    text = "id,title,stage,plan.exists\nA,,new,maybe\n,B,new,\nA,C,later,\n"
    assert refusals(lambda: read_csv(text)) == [
        "t.csv:2:1: 2 rows have the id `A`; give each partnership one row [duplicate-id]",
        "t.csv:2:8: `plan.exists` is `maybe`, neither yes nor no; write `yes` or `no`, or leave"
        " the cell empty when it is not known [cell]",
        "t.csv:3:1: the row has no `id`; give each case its own [row]",
        "t.csv:4:1: 2 rows have the id `A`; give each partnership one row [duplicate-id]",
        "t.csv:4:5: `stage` cannot be `later`; write `new`, `renewing`, `established` or `exiting`"
        " [fact-value]",
    ]


@pytest.mark.parametrize(
    ("beside", "message"),
    [
        ({"parties": "id,name\nC-2,A\n"}, "t.parties.csv:2:1: no case has the id `C-2`; name the"),
        ({"parties": "id,name\n,A\n"}, "t.parties.csv:2:1: the row has no `id`"),
        ({"parties": "name\nA\n"}, "t.parties.csv: no column is called `id`"),
        ({"parties": "id,nam\nC-1,A\n"}, "t.parties.csv:1:4: the column `nam` is not a fact"),
        ({"partys": "id,name\nC-1,A\n"}, "t.partys.csv: `partys` is not a list of this strategy;"),
        ({"parties__checks": "id,done_on\nC-1,none\n"}, "has no column `parties[n]`"),
        (
            {"parties__checks": "id,parties[n],done_on\nC-1,1,none\n"},
            "t.parties.checks.csv:2:5: the item of `parties` is said to be `1`, and there are 0",
        ),
    ],
)
def test_lists_that_belong_nowhere(place: Path, beside: dict[str, str], message: str) -> None:
    found = refusals(lambda: read_csv("id,title,stage\nC-1,One,new\n", **beside))
    assert len(found) == 1
    assert message in found[0]


HOSTILE_CSV: list[tuple[bytes, str]] = [
    (b"", "t.csv:1:1: the table is empty"),
    (b"\n\n ,,\n", "t.csv:1:1: the table is empty"),
    (b"name,title\nA,B\n", "t.csv: no column is called `id`; name each column after its fact"),
    (b'id,title\n"A,B\n', "t.csv:2:1: a quoted cell is not closed; end it with"),
    (b'id,title\n"A"x,B\n', "t.csv:2:4: text follows the closing quote of a cell"),
    ("id,title\nA,é\n".encode("latin-1"), "t.csv:2:3: the file is not in UTF-8; save it as CSV in"),
    ("id,title\nA,B\n".encode("utf-16"), "t.csv:1:1: the file is in UTF-16, not UTF-8; save it as"),
    (b"PK\x03\x04\x00\x00\xff", "t.csv:1:7: the file is not text; save it as CSV"),
    (b"id\x00\n", "t.csv:1:3: the file is not plain text"),
    (b"," * 3_000_000, "t.csv:1:1: a row has more than 16,384 cells"),
    (b",,,,,,,,,\n" * 1_000_000, "t.csv:200001:1: the table holds more than 2,000,000 cells"),
    (b'"' * 99_999, "t.csv:1:1: a quoted cell is not closed"),
    (b'"' * 100_000 + b"x", "t.csv:1:100001: text follows the closing quote of a cell"),
    (b"x" * (17 * 2**20), "t.csv: the table is larger than 16 MB; split it into several"),
]


@pytest.mark.parametrize(("data", "message"), HOSTILE_CSV, ids=range(len(HOSTILE_CSV)))
def test_hostile_csv(place: Path, data: bytes, message: str) -> None:
    Path("t.csv").write_bytes(data)
    (found,) = refusals(lambda: load_table_cases(model(), "t.csv"))
    assert found.startswith(message)
    assert len(found) < 250 and found.isprintable()


# --- workbooks --------------------------------------------------------------------------------


def write_book(sheets: dict[str, list[list[Any]]], merge: tuple[str, str] | None = None) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    if merge:
        book[merge[0]].merge_cells(merge[1])
    book.save("t.xlsx")


def read_book() -> list[Facts]:
    return [stated_facts(case) for case in load_table_cases(model(), "t.xlsx")]


HEADS = ["id", "title", "stage"]


def test_a_workbook(place: Path) -> None:
    import datetime as dt

    write_book(
        {
            "partnerships": [
                ["Register of partnerships"],
                [*HEADS, "as_of", "plan.exists", "plan.months", "plan.costs.planned", "code"],
                ["C-1", "One", "new", dt.date(2026, 1, 31), True, 12, 0.1 + 0.2, "AB"],
                ["C-2", "Two", "new", dt.datetime(2026, 1, 31), "no", 3.0, 1e15, None],
            ],
            "parties": [["id", "name", "share"], ["C-2", "A", 0.25], ["C-2", "B", None]],
            "Sheet3": [],
        }
    )
    first, second = read_book()
    assert _plain(first) == {
        "id": "C-1",
        "title": "One",
        "stage": "new",
        "as_of": "2026-01-31",
        "code": "AB",
        "plan": {"exists": True, "months": 12, "costs": {"planned": 0.3}},
    }
    assert _plain(second) == {
        "id": "C-2",
        "title": "Two",
        "stage": "new",
        "as_of": "2026-01-31",
        "plan": {"exists": False, "months": 3, "costs": {"planned": 10**15}},
        "parties": [{"name": "A", "share": 0.25}, {"name": "B"}],
    }
    case = load_table_cases(model(), "t.xlsx")[1]
    assert str(case.places["parties[1].share"]) == "t.xlsx, sheet parties, cell C2"
    assert case.source == "t.xlsx"


BOOKS: list[tuple[list[Any], str]] = [
    (["plan.exists", "=1=1"], "cell D2: the cell holds the formula `=1=1`; copy the cell"),
    (["plan.exists", 1], "cell D2: `plan.exists` is `1`, neither yes nor no"),
    (["plan.months", True], "cell D2: `plan.months` is `true`, not a whole number"),
    (["organisation", 1234567], "cell D2: `organisation` is `1234567` as a number or switch, not"),
    (["as_of", 46053], "cell D2: `as_of` is `46053`, not a date; give the cell the form of a date"),
    (["as_of", "31.01.2026"], "cell D2: `as_of` is `31.01.2026`, which is not a date; write"),
    (["plan.exist", True], "cell D1: the column `plan.exist` is not a fact of this strategy"),
    (["plan.costs.planned", "#DIV/0!"], "cell D2: the cell shows the error `#DIV/0!`"),
    ([None, "left over"], "cell D2: `left over` stands in a column without a name"),
]


@pytest.mark.parametrize(("column", "message"), BOOKS, ids=[str(one[0][0]) for one in BOOKS])
def test_cells_of_a_workbook(place: Path, column: list[Any], message: str) -> None:
    write_book({"any name": [[*HEADS, column[0]], ["C-1", "One", "new", column[1]]]})
    (found,) = refusals(read_book)
    assert found.startswith(f"t.xlsx, sheet any name, {message}")


def test_merged_cells(place: Path) -> None:
    write_book({"s": [HEADS, ["C-1", "One", "new"], ["C-2", None, "new"]]}, ("s", "B2:B3"))
    found = refusals(read_book)
    assert found[0] == (
        "t.xlsx, sheet s, cell B2: the cells B2:B3 are merged; unmerge them, and write the value"
        " into each cell that it holds for [cell]"
    )


@pytest.mark.parametrize(
    ("sheets", "message"),
    [
        ({"a": [["x"]], "b": [["y"]]}, "t.xlsx: the workbook has no sheet `partnerships`: it has"),
        ({"a": []}, "t.xlsx: the workbook has no sheet `partnerships`: all its sheets are empty"),
        (
            {"partnerships": [HEADS, ["C-1", "One", "new"]], "partys": [["id"]]},
            "t.xlsx, sheet partys: the sheet `partys` is not a list of this strategy; did you mean",
        ),
        ({"partnerships": [["x"]]}, "t.xlsx, sheet partnerships: no column is called `id`"),
        ({"partnerships": [HEADS]}, "t.xlsx, sheet partnerships: the table holds no case"),
    ],
)
def test_sheets(place: Path, sheets: dict[str, list[list[Any]]], message: str) -> None:
    write_book(sheets)
    (found,) = refusals(read_book)
    assert found.startswith(message)


def _archive(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</worksheet>'
)
LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
TYPES = {"[Content_Types].xml": b"<Types/>"}
MERGED = SHEET % b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
MANY_CELLS = SHEET % (b"<sheetData><row>" + b"<c/>" * 1_100_000 + b"</row></sheetData>")
HOSTILE_BOOKS: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "the file is not a workbook, or it is damaged"),
    "text": (lambda: b"id,title\n", "the file is not a workbook, or it is damaged"),
    "old": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "this is an old Excel file"),
    "other zip": (
        lambda: _archive({"a.txt": b"x"}),
        "the file is not a workbook, or it is damaged",
    ),
    "no sheets": (lambda: _archive(TYPES), "the file is not a workbook, or it is damaged"),
    "not xml": (
        lambda: _archive(TYPES | {"xl/workbook.xml": b"<a><b></a>"}),
        "the file is not a workbook, or it is damaged",
    ),
    "bomb": (
        lambda: _archive(TYPES | {"xl/media/x": b"\0" * (MAX_UNPACKED_BYTES + 1)}),
        "the workbook unpacks to more than 128 MB",
    ),
    "many parts": (
        lambda: _archive(TYPES | {f"x{number}": b"" for number in range(1_001)}),
        "the workbook unpacks to more than 128 MB",
    ),
    "laughs": (
        lambda: _archive(TYPES | {"xl/worksheets/sheet1.xml": LAUGHS}),
        "the workbook holds a document type",
    ),
    "merged": (
        lambda: _archive(TYPES | {"xl/worksheets/sheet1.xml": MERGED}),
        "the workbook unpacks to more than 128 MB or holds more than 1,000,000 cells",
    ),
    "cells": (
        lambda: _archive(TYPES | {"xl/worksheets/sheet1.xml": MANY_CELLS}),
        "the workbook unpacks to more than 128 MB or holds more than 1,000,000 cells",
    ),
    "large": (lambda: b"PK" + b"x" * (17 * 2**20), "the workbook is larger than 16 MB"),
}


@pytest.mark.parametrize("name", HOSTILE_BOOKS)
def test_hostile_workbooks(place: Path, name: str) -> None:
    make, message = HOSTILE_BOOKS[name]
    Path("t.xlsx").write_bytes(make())
    (found,) = refusals(read_book)
    assert found.startswith(f"t.xlsx: {message}")


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_refused_or_read(data: st.DataObject) -> None:
    """Whatever the damage: problems, never a traceback."""
    import tempfile

    whole = workbook_bytes(model(), Questions(model()), [{"id": "A", "title": "B", "stage": "new"}])
    damaged = bytearray(whole[: data.draw(st.integers(0, len(whole)))])
    for _ in range(data.draw(st.integers(0, 3))):
        if damaged:
            damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.xlsx"
        path.write_bytes(bytes(damaged))
        try:
            load_table_cases(model(), str(path))
        except Refused as refused:
            assert refused.problems


# --- there and back ---------------------------------------------------------------------------

CASES = st.lists(
    values(model().root).map(
        lambda facts: {name: value for name, value in facts.items() if name != "exceptions"}
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda facts: facts["id"].strip(),
)
SLOW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def digests(cases: list[Facts]) -> list[str]:
    texts = (yaml_text(facts).encode() for facts in cases)
    return [load_case(model(), data=text, name="c.yaml").digest for text in texts]


@given(CASES)
@SLOW
def test_yaml_and_back(cases: list[Facts]) -> None:
    for facts in cases:
        case = load_case(model(), data=yaml_text(facts).encode(), name="c.yaml")
        assert stated_facts(case) == facts
        filled = template(Questions(model()), "Facts", facts).encode()
        assert load_case(model(), data=filled, name="c.yaml").digest == case.digest


@given(CASES)
@SLOW
def test_csv_and_back(cases: list[Facts]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.csv"
        path.write_text(csv_text(one_table(cases, model())), encoding="utf-8", newline="")
        assert [case.digest for case in load_table_cases(model(), str(path))] == digests(cases)
        path.unlink()
        for list_path, sheet in linked_tables(cases, model()).items():
            name = f"s.{list_path}.csv" if list_path else "s.csv"
            (Path(folder) / name).write_text(csv_text(sheet), encoding="utf-8", newline="")
        found = load_table_cases(model(), str(Path(folder) / "s.csv"))
        assert [case.digest for case in found] == digests(cases)


@given(CASES)
@SLOW
def test_workbook_and_back(cases: list[Facts]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "t.xlsx"
        path.write_bytes(workbook_bytes(model(), Questions(model(), "new"), cases))
        assert [case.digest for case in load_table_cases(model(), str(path))] == digests(cases)


@given(st.text(st.sampled_from("'=+-@a\t")))
def test_defusing_can_be_taken_back(text: str) -> None:
    assert plain_text(defused(text)) == text
    assert defused(text)[:1] not in ("=", "+", "-", "@", "\t")


def test_formulas_leave_as_text(place: Path) -> None:
    import openpyxl

    facts = {"id": "=1+1", "title": "@SUM(A1)", "stage": "new"}
    assert csv_text(one_table([facts], model())).endswith("\n'=1+1,'@SUM(A1),new\n")
    Path("t.xlsx").write_bytes(workbook_bytes(model(), Questions(model()), [facts]))
    cell = openpyxl.load_workbook("t.xlsx")["partnerships"]["A4"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)


def test_endings() -> None:
    assert all(is_table(f"a{ending.upper()}") for ending in TABLE_ENDINGS)
    assert not is_table("a.csv.yaml")
