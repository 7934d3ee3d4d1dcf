"""The same partnerships from every kind of file: the same outcomes, each with its place."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from accordance.strategy.model import Strategy
from accordance.sweep import workers
from tests.sweep.sweeping import facts, said, sweep, write_lines

CASES = [
    facts(
        "A", as_of="2026-01-31", a=True, n=3, day="2026-02-01", items=[{"name": "x", "ok": True}]
    ),
    facts("B", stage="renewing", a=False, b=True, n=10.5, day="none", items=[]),
    facts("C", a=True, c=False, items=[{"name": "y", "ok": False}, {"name": "z"}]),
]
ENGINES = ("check", "duckdb")
ROOT = Path(__file__).parents[2]


def write_csv() -> str:
    names = ["id", "title", "stage", "as_of", "a", "b", "c", "n", "day"]
    rows = [",".join([*names, "items"])]
    for one in CASES:
        cells = [str(one.get(name, "")) for name in names]
        rows.append(",".join([*cells, "none" if one.get("items") == [] else ""]))
    Path("r.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    items = ["id,name,ok"]
    for one in CASES:
        items += [f"{one['id']},{item['name']},{item.get('ok', '')}" for item in one["items"]]
    Path("r.items.csv").write_text("\n".join(items) + "\n", encoding="utf-8")
    return "r.csv"


def write_parquet() -> str:
    table = pa.table(
        {
            **{name: [one.get(name) for one in CASES] for name in ("id", "title", "stage")},
            "as_of": pa.array([None if "as_of" not in one else "2026-01-31" for one in CASES]),
            **{name: pa.array([one.get(name) for one in CASES], pa.bool_()) for name in "abc"},
            "n": pa.array([one.get("n") for one in CASES], pa.float64()),
            "day": pa.array([one.get("day") for one in CASES], pa.string()),
            "items": pa.array(
                [one["items"] for one in CASES],
                pa.list_(pa.struct([("name", pa.string()), ("ok", pa.bool_())])),
            ),
        }
    )
    pq.write_table(table, "r.parquet")
    return "r.parquet"


def write_files() -> str:
    Path("r").mkdir()
    for one in CASES:
        Path(f"r/{one['id']}.yaml").write_text(json.dumps(one), encoding="utf-8")
    return "r"


def write_ndjson() -> str:
    write_lines("r.ndjson", CASES)
    return "r.ndjson"


def write_packed() -> str:
    write_ndjson()
    Path("r.ndjson.gz").write_bytes(gzip.compress(Path("r.ndjson").read_bytes()))
    return "r.ndjson.gz"


@pytest.mark.usefixtures("libraries_may_warn")
@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_outcomes(workplace: Path, small: Strategy, engine: str) -> None:
    found = {}
    for write in (write_ndjson, write_packed, write_files, write_csv, write_parquet):
        stored = sweep(small, write(), out=f"run-{write.__name__}", engine=engine)
        assert (stored.manifest["engine"]["by_columns"] == 3) is (engine == "duckdb")
        found[write.__name__] = said(stored)
    outcomes = [{name: codes for name, (_, codes) in one.cases.items()} for one in found.values()]
    assert all(one == outcomes[0] for one in outcomes)
    assert len({tuple(codes.values()) for codes in outcomes[0].values()}) == 3
    assert all(one.rejects == [] for one in found.values())
    places = {name: [place for place, _ in one.cases.values()] for name, one in found.items()}
    assert places == {
        "write_ndjson": ["r.ndjson:1", "r.ndjson:2", "r.ndjson:3"],
        "write_packed": ["r.ndjson.gz:1", "r.ndjson.gz:2", "r.ndjson.gz:3"],
        "write_files": ["r/A.yaml:1", "r/B.yaml:1", "r/C.yaml:1"],
        "write_csv": ["r.csv:2", "r.csv:3", "r.csv:4"],
        "write_parquet": ["r.parquet:1", "r.parquet:2", "r.parquet:3"],
    }


def write_many() -> str:
    Path("f").mkdir()
    for number in range(50):
        one = facts(f"P{number}", a=number % 3 == 0, n=number, c=None)
        if number % 7 == 0:
            one["x"] = 1
        Path(f"f/{number:02}.yaml").write_text(json.dumps(one), encoding="utf-8")
    return "f"


def assert_same(one: str, two: str) -> None:
    for name in ("outcomes.parquet", "rejected.parquet", "manifest.json"):
        assert Path(one, name).read_bytes() == Path(two, name).read_bytes()


@pytest.mark.usefixtures("libraries_may_warn")
@pytest.mark.parametrize("engine", ENGINES)
def test_several_processes_say_the_same(
    workplace: Path, small: Strategy, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_many()
    sweep(small, source, out="one", engine=engine)
    monkeypatch.setattr(workers, "WORTH_IT", 10)
    monkeypatch.setattr(workers, "_processors", lambda: 2)
    sweep(small, source, out="two", engine=engine)
    assert_same("one", "two")


def copied(strategy: Strategy, *given: str) -> str:
    """What a sweep by copies of its process says."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.sweep.copied", strategy.folder, *given],
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'engine'}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert not done.stderr
    return done.stdout


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are copied on Linux")
def test_copies_of_the_process_say_the_same(workplace: Path, small: Strategy) -> None:
    source = write_many()
    sweep(small, source, out="one")
    assert copied(small, source, "two") == ""
    assert_same("one", "two")


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are copied on Linux")
def test_a_process_that_is_killed(workplace: Path, small: Strategy) -> None:
    said = copied(small, write_many(), "two", "killed")
    assert said.startswith("one of the processes that check records was ended from outside;")
    assert not list(Path().glob("two*"))


MAPPING = """\
header: 1
dates: DD/MM/YYYY
columns:
  Ref: id
  Name: title
  Signed: as_of
  In order?: {fact: a, values: {J: true, N: false}}
constants: {stage: new}
"""


def test_a_register_by_its_mapping(workplace: Path, small: Strategy) -> None:
    rows = ["Ref,Name,Signed,In order?", "A,One,31/01/2026,J", "B,Two,31/02/2026,N", "C,Three,,N"]
    Path("r.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    Path("m.yaml").write_text(MAPPING, encoding="utf-8")
    stored = sweep(small, "r.csv", mapping="m.yaml")
    found = said(stored)
    assert {name: place for name, (place, _) in found.cases.items()} == {
        "A": "r.csv:2",
        "C": "r.csv:4",
    }
    assert found.rejects == ["r.csv:3:7: `as_of` is `31/02/2026`, a day that does not exist"]
    (source,) = stored.sources
    assert [one["name"] for one in source["with"]] == ["m.yaml"]
    assert all(one["digest"].startswith("sha256:") for one in (source, *source["with"]))


def test_several_sources_in_their_order(workplace: Path, small: Strategy) -> None:
    write_lines("a.ndjson", [facts("A1"), "", facts("A2")])
    Path("b.yaml").write_text(json.dumps(facts("B")), encoding="utf-8")
    write_lines("c.ndjson", [facts("C1"), facts("C2")])
    stored = sweep(small, "c.ndjson", "b.yaml", "a.ndjson")
    rows = [(row["$row"], row["id"], row["$line"]) for row in stored.cases()]
    assert rows == [(0, "C1", 1), (1, "C2", 2), (2, "B", 1), (3, "A1", 1), (4, "A2", 3)]
    assert [(one["name"], one["records"]) for one in stored.sources] == [
        ("c.ndjson", 2),
        ("b.yaml", 1),
        ("a.ndjson", 2),
    ]


def combined(**more: Any) -> dict[str, Any]:
    return {"id": "A", **more}


def test_records_put_together_keep_their_sources(workplace: Path, small: Strategy) -> None:
    write_lines("a.ndjson", [facts("B"), combined(title="One", stage="new", a=True, n=3)])
    Path("b.yaml").write_text("id: A\nb: true\nn: 4\n", encoding="utf-8")
    Path("c.csv").write_text("id,day\nA,none\nC,none\n", encoding="utf-8")
    given = ("a.ndjson", "b.yaml", "c.csv")
    apart = sweep(small, *given, out="apart")
    assert apart.manifest["counts"] == {"records": 5, "cases": 2, "rejected": 3}
    stored = sweep(small, *given, combine=True)
    assert stored.manifest["counts"] == {"records": 5, "cases": 2, "rejected": 1}
    assert stored.manifest["combined"] == {"records": 3, "cases": 1}
    found = said(stored)
    place, codes = found.cases["A"]
    assert place == "a.ndjson:2"
    assert codes == {"TT-01": 1, "TT-02": 1, "TT-03": 3, "TT-04": 1}
    assert found.rejects == ["c.csv:3:1: `title` and `stage` are not stated"]
