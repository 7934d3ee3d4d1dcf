"""Hostile sources: what `check` refuses is rejected for the same reasons, and nothing vanishes."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from accordance.facts.reading import load_case
from accordance.problem import Refused
from accordance.strategy.model import Strategy
from accordance.sweep import reading
from tests.sweep.sweeping import facts, said, sweep, write_lines

GOOD = json.dumps(facts("GOOD"))


def line(text: str) -> bytes:
    """A record with this in it."""
    return json.dumps(facts("BAD"))[:-1].encode() + f", {text}}}".encode()


BAD = {
    "a name twice": line('"a": true, "a": false'),
    "the id twice": line('"id": "OTHER"'),
    "text for a number": line('"n": "7"'),
    "text for a switch": line('"a": "true"'),
    "a number for a switch": line('"a": 1'),
    "no finite number": line('"n": 1e400'),
    "too many digits": line('"n": 1.0000001'),
    "too large": line('"n": 1234567890123456789'),
    "below the least": line('"n": -1'),
    "NaN": line('"n": NaN'),
    "an unknown name": line('"no_such_fact": 1'),
    "an unknown name within an item": line('"items": [{"nam": "x"}]'),
    "a group for a list": line('"items": {"name": "x"}'),
    "nothing for an item": line('"items": [null]'),
    "a number for an item": line('"items": [5]'),
    "a list for an item": line('"items": [[]]'),
    "a number for a group": line('"items": [{"group": 5}]'),
    "a blank text": line('"lead_officer": " \\t"'),
    "a word for not knowing": line('"lead_officer": "TBC"'),
    "no such day": line('"day": "2026-02-30"'),
    "a day in words": line('"day": "soon"'),
    "facts of the future": line('"as_of": "2027-01-01"'),
    "no such stage": GOOD.replace("new", "old").encode(),
    "no title": b'{"id": "BAD", "stage": "new"}',
    "deep nesting": line('"items": ' + "[" * 50 + "]" * 50),
    "very deep nesting": b"[" * 100_000,
    "NUL": line('"lead_officer": "a\x00b"'),
    "NUL by its code": line('"lead_officer": "a\\u0000b"'),
    "half a character": line('"lead_officer": "\\ud800"'),
    "Latin-1": line('"lead_officer": "Zo\u00eb"').decode().encode("latin-1"),
    "UTF-16": GOOD.encode("utf-16"),
    "a mark in the middle": GOOD.replace("GOOD", "a\ufeff").encode(),
    "a comma too many": line('"items": [],'),
    "half a record": GOOD[:30].encode(),
    "two records on a line": (GOOD + GOOD).encode(),
    "a list": b"[1, 2]",
    "a text": b'"x"',
    "YAML": b"id: BAD",
    "an exception without end": line('"exceptions": [{"rule": "TT-01", "reason": "x"}]'),
}


def by_check(strategy: Strategy, data: bytes) -> list[str]:
    """What `check` says is wrong with a record in a file of its own."""
    from accordance.check.checker import Checker
    from tests.sweep.sweeping import TODAY

    checker = Checker(strategy)
    try:
        checker.assess(load_case(strategy.model, data=data, name="one.json"), TODAY)
    except Refused as refused:
        messages = [problem.message for problem in refused.problems]
        return [one.encode("utf-8", "backslashreplace").decode() for one in messages]
    finally:
        checker.close()
    return []


@pytest.mark.usefixtures("libraries_may_warn")
@pytest.mark.parametrize("engine", ["check", "duckdb"])
def test_the_same_records_with_the_same_reasons(
    workplace: Path, small: Strategy, engine: str
) -> None:
    # A byte order mark, Windows' ends of lines, empty lines, and no end after the last.
    good = [json.dumps(facts(f"G{number}")).encode() for number in range(3)]
    lines = [b"\xef\xbb\xbf" + good[0], *BAD.values(), b"", b" \t", good[1] + b"\r", good[2]]
    Path("r.ndjson").write_bytes(b"\n".join(lines))
    stored = sweep(small, "r.ndjson", engine=engine)
    assert [row["id"] for row in stored.cases(["id"])] == ["G0", "G1", "G2"]
    assert stored.manifest["counts"] == {
        "records": 3 + len(BAD),
        "cases": 3,
        "rejected": len(BAD),
    }
    found: dict[int, list[str]] = {}
    for row in stored.rejected():
        assert row["$source"] == "r.ndjson"
        found.setdefault(row["$line"], []).append(row["message"])
    for number, (what, data) in enumerate(BAD.items(), 2):
        told = by_check(small, data)
        assert told, what
        told = [message.replace("first in line 1", f"first in line {number}") for message in told]
        assert (what, found[number]) == (what, told)


def test_a_line_that_never_ends(
    workplace: Path, small: Strategy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "BLOCK_BYTES", 1 << 25)
    with gzip.open("bomb.ndjson.gz", "wb") as file:
        file.write(GOOD.encode() + b"\n")
        for _ in range(80):
            file.write(b"x" * (1 << 20))
        file.write(b'\n{"id": "X"}\n' + GOOD.replace("GOOD", "LAST").encode() + b"\n")
    assert Path("bomb.ndjson.gz").stat().st_size < 200_000
    stored = sweep(small, "bomb.ndjson.gz")
    found = said(stored)
    assert {name: place for name, (place, _) in found.cases.items()} == {
        "GOOD": "bomb.ndjson.gz:1",
        "LAST": "bomb.ndjson.gz:4",
    }
    assert [reject.split(": ")[0] for reject in found.rejects] == [
        "bomb.ndjson.gz:2",
        "bomb.ndjson.gz:3:1",
    ]


def cut_off(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def packed() -> bytes:
    return gzip.compress("\n".join(json.dumps(facts(f"P{n}")) for n in range(500)).encode())


def parquet() -> bytes:
    table = pa.table({name: ["x"] * 500 for name in ("id", "title", "stage")})
    stream = io.BytesIO()
    pq.write_table(table, stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("cut.ndjson.gz", cut_off(packed()), "compressed file ended before"),
        ("none.ndjson.gz", b"no archive", "not a gzipped file"),
        ("odd.ndjson.gz", packed()[:100] + b"\x00" * 50 + packed()[150:], "error -3 while"),
        ("cut.parquet", cut_off(parquet()), "this is no whole parquet file"),
        ("none.parquet", b"PAR1", "this is no whole parquet file"),
        ("empty.parquet", b"", "this is no whole parquet file"),
    ],
)
def test_what_cannot_be_read_to_its_end(
    workplace: Path, small: Strategy, name: str, data: bytes, reason: str
) -> None:
    Path(name).write_bytes(data)
    with pytest.raises(Refused) as refused:
        sweep(small, name)
    (problem,) = refused.value.problems
    assert str(problem).startswith(f"{name}: cannot be read: {reason}")
    assert list(Path().iterdir()) == [Path(name)]


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


HEAD = ["id", "title", "stage"]


def bomb() -> bytes:
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook({"x": [HEAD]}))) as sound,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file,
    ):
        for name in sound.namelist():
            data = sound.read(name)
            if "sheet1" in name:
                data = data.replace(b"<sheetData>", b"<sheetData>" + b" " * 150_000_000)
            file.writestr(name, data)
    return stream.getvalue()


@pytest.mark.usefixtures("libraries_may_warn")
@pytest.mark.parametrize(
    ("name", "data", "rejected"),
    [
        ("a.csv", b"name,price\nx,1\n", ["no column is called `id`"]),
        ("b.csv", b"id,title,stage,prize\nA,A,new,1\n", ["`prize`"]),
        ("c.csv", b"id,title,stage,n\nA,A,new,x\nB,B,new,1\n", ["`n` is `x`"]),
        ("d.csv", b"\xff\xfeid", ["UTF-16"]),
        ("e.csv", b"", ["the table is empty"]),
        ("f.xlsx", workbook({"one": [HEAD], "two": [HEAD]}), ["no sheet `partnerships`"]),
        ("g.xlsx", workbook({"x": [HEAD, ["A", "=1+1", "new"]]}), ["the formula"]),
        ("h.xlsx", b"PK\x03\x04 and nothing more", ["workbook"]),
        ("i.xlsx", bomb(), ["unpacks to more than"]),
        ("j.json", b'{"releases": [{"ocid": "o"}]}', ["the release has no date"]),
        ("k.json", b'{"releases": [{"ocid": "o"', ["ends"]),
        ("l.yaml", b"id: A\nid: B\n", ["not stated", "`id` is stated twice"]),
        ("m.yaml", b"\x00\x01", ["control character"]),
    ],
)
def test_the_rest_is_swept(
    workplace: Path, small: Strategy, name: str, data: bytes, rejected: list[str]
) -> None:
    Path(name).write_bytes(data)
    write_lines("good.ndjson", [facts("GOOD")])
    stored = sweep(small, "good.ndjson", name)
    assert "GOOD" in {row["id"] for row in stored.cases(["id"])}
    messages = [row["message"] for row in stored.rejected()]
    assert len(messages) == len(rejected), messages
    assert all(part in message for part, message in zip(rejected, messages, strict=True)), messages
    counts = stored.manifest["counts"]
    assert counts["records"] == counts["cases"] + counts["rejected"]
    assert sum(source["records"] for source in stored.sources) == counts["records"]


def test_two_days_for_one_reference(workplace: Path, small: Strategy) -> None:
    records = [facts("A", as_of=f"2026-0{month}-01", a=True) for month in (1, 2)]
    write_lines("r.ndjson", [*records, facts("B"), facts("B")])
    assert said(sweep(small, "r.ndjson", out="apart")).rejects == [
        "r.ndjson:1: `A` is the reference of 1 other record too, first in r.ndjson:2, with the "
        "facts of 2026-02-01",
        "r.ndjson:2: `A` is the reference of 1 other record too, first in r.ndjson:1, with the "
        "facts of 2026-01-01",
        "r.ndjson:3: `B` is the reference of 1 other record too, first in r.ndjson:4",
        "r.ndjson:4: `B` is the reference of 1 other record too, first in r.ndjson:3",
    ]
    found = said(sweep(small, "r.ndjson", combine=True))
    assert list(found.cases) == ["B"]
    (reject,) = found.rejects
    assert "the facts of `A` are of `2026-02-01` here and of `2026-01-01` in r.ndjson:1" in reject


@pytest.mark.parametrize(
    ("columns", "said_"),
    [
        ({"prize": [1]}, "the column `prize`"),
        ({"items.name": ["x"]}, "`items`"),
        ({"items": [[{"nam": "x"}]]}, "did you mean `items.name`?"),
    ],
)
def test_columns_that_are_no_facts(
    workplace: Path, small: Strategy, columns: dict[str, Any], said_: str
) -> None:
    table = pa.table({name: [value] for name, value in facts("A").items()} | columns)
    pq.write_table(table, "r.parquet")
    with pytest.raises(Refused) as refused:
        sweep(small, "r.parquet")
    assert said_ in str(refused.value)


@pytest.mark.usefixtures("libraries_may_warn")
def test_values_of_parquet_that_fit_no_fact(workplace: Path, small: Strategy) -> None:
    """Rows that the scan cannot vouch for are what `check` says of the same record in JSON."""
    rows = 9
    table = pa.table(
        {
            **{name: [f"{name}{n}" for n in range(rows)] for name in ("id", "title")},
            "stage": ["new"] * (rows - 1) + ["old"],
            "n": pa.array([1.5, 0.1, 1e300, float("nan"), -1.0, 7.0, None, 1 / 3, 2.0]),
            "lead_officer": ["x", "tbc", " ", "a\x00b", None, "none", "7", "true", "y"],
            "a": pa.array(["true"] + [None] * (rows - 1), pa.string()),
        }
    )
    pq.write_table(table, "r.parquet")
    by_check_, by_columns = (
        said(sweep(small, "r.parquet", out=engine, engine=engine)) for engine in ("check", "duckdb")
    )
    assert by_check_ == by_columns
    assert set(by_check_.cases) == {"id5", "id6"}
