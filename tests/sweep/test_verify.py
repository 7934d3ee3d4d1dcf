"""A run is verified: whatever was changed, in the run or in its sources, is found and named."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from accordance.strategy.model import Strategy
from accordance.sweep import run_folder
from accordance.sweep.run_reading import open_run
from accordance.sweep.seals import sealed
from accordance.sweep.verifying import verify
from tests.check.small import checker, rule
from tests.sweep.conftest import RULES
from tests.sweep.sweeping import facts, sweep, write_lines

RUN_FILES = ("outcomes.parquet", "rejected.parquet", "manifest.json", "summary.md", "run.json")
SOURCES = ("f/a.ndjson", "f/b.yaml", "f/c.csv", "f/c.items.csv", "f/d.csv", "f/d.mapping.yaml")


@pytest.fixture
def stored(workplace: Path, small: Strategy) -> str:
    """A run over every kind of source, some of which is rejected."""
    Path("f").mkdir()
    write_lines("f/a.ndjson", [facts(f"A{n}", a=n % 2 == 0, n=n) for n in range(9)] + ["{}"])
    Path("f/b.yaml").write_text(json.dumps(facts("B")), encoding="utf-8")
    Path("f/c.csv").write_text("id,title,stage,n\nC,C,new,5\nD,D,new,x\n", encoding="utf-8")
    Path("f/c.items.csv").write_text("id,name,ok\nC,one,yes\n", encoding="utf-8")
    Path("f/d.csv").write_text("Ref\nE\n", encoding="utf-8")
    Path("f/d.mapping.yaml").write_text(
        "columns: {Ref: [id, title]}\nconstants: {stage: new}\n", encoding="utf-8"
    )
    sweep(small, "f")
    return "run"


def faults(found: dict[str, Any]) -> list[str]:
    return [
        f"{check['check']}: {os.path.relpath(fault['place'].split(':')[0])}"
        for check in found["checks"]
        for fault in check["faults"]
    ]


def test_as_it_was(stored: str, small: Strategy) -> None:
    found = verify(stored, small)
    assert found["verified"] and faults(found) == []
    assert [(check["check"], check["said"]) for check in found["checks"]] == [
        ("files", "5 files of the run"),
        ("sources", "6 swept files"),
        ("strategy", "strategy `small` 1.0"),
        ("performed again", "performed again: 12 cases, 2 rejects (seed 1)"),
    ]
    assert verify(stored, small, digest=found["digest"], seed=99, sample=3)["verified"]
    assert faults(verify(stored, small, digest="sha256:0")) == ["digest: run/manifest.json"]


@pytest.mark.parametrize("name", RUN_FILES)
@pytest.mark.parametrize("at", [0.0, 0.4, 0.999])
def test_one_changed_byte_of_the_run(stored: str, small: Strategy, name: str, at: float) -> None:
    change_byte(Path(stored) / name, at)
    found = verify(stored, small)
    assert not found["verified"]
    assert f"files: run/{name}" in faults(found)


@pytest.mark.parametrize("name", SOURCES)
def test_one_changed_byte_of_a_source(stored: str, small: Strategy, name: str) -> None:
    change_byte(Path(name), 0.5)
    found = verify(stored, small)
    assert not found["verified"]
    assert f"sources: {name}" in faults(found)
    assert not found["checks"][-1]["done"]


def change_byte(path: Path, at: float) -> None:
    data = bytearray(path.read_bytes())
    data[int(len(data) * at)] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("name", [*RUN_FILES[:2], *RUN_FILES[3:], *SOURCES])
def test_a_file_that_is_gone(stored: str, small: Strategy, name: str) -> None:
    path = name if "/" in name else f"{stored}/{name}"
    os.unlink(path)
    found = verify(stored, small)
    assert not found["verified"] and any(path in fault for fault in faults(found))


def test_a_file_that_was_not_swept(stored: str, small: Strategy) -> None:
    shutil.copy("f/b.yaml", "f/z.yaml")
    assert faults(verify(stored, small)) == ["sources: f/z.yaml"]


def test_another_strategy(stored: str, small: Strategy, workplace: Path) -> None:
    other = checker(workplace / "other", {**RULES, "TT-01": rule(["b"])})
    other.close()
    found = verify(stored, other.strategy)
    assert [check["check"] for check in found["checks"] if check["faults"]] == ["strategy"]


@pytest.mark.parametrize("given", ["f", "{here}/f"])
def test_sources_somewhere_else(workplace: Path, small: Strategy, stored: str, given: str) -> None:
    run = sweep(small, given.format(here=workplace), out="again")
    os.makedirs("archive")
    shutil.move("f", "archive/f")
    assert not verify(run.folder, small)["verified"]
    assert verify(os.path.abspath(run.folder), small, root="archive")["verified"]
    change_byte(Path("archive/f/b.yaml"), 0.5)
    found = verify(os.path.abspath(run.folder), small, root="archive")
    assert [check["check"] for check in found["checks"] if check["faults"]] == ["sources"]


def test_outcomes_that_were_made_up(stored: str, small: Strategy) -> None:
    """Whoever also corrects every digest is found by performing again."""
    path = Path(stored) / "outcomes.parquet"
    table = pq.read_table(path)
    rows = table.to_pylist()
    rows[3]["TT-01"] = 1 - rows[3]["TT-01"] % 2
    made_up = type(table).from_pylist(rows, schema=table.schema)
    run_folder.write_parquet(str(path), [made_up], table.schema)
    correct_digests(stored)
    found = verify(stored, small)
    assert [check["check"] for check in found["checks"] if check["faults"]] == ["files"]
    assert faults(found) == ["files: run/summary.md"]


def test_outcomes_that_count_alike(stored: str, small: Strategy) -> None:
    """Nor does it help to keep the counts as they were."""
    path = Path(stored) / "outcomes.parquet"
    table = pq.read_table(path)
    rows = table.to_pylist()
    one, other = rows[0], rows[1]
    assert one["TT-01"] != other["TT-01"]
    one["TT-01"], other["TT-01"] = other["TT-01"], one["TT-01"]
    made_up = type(table).from_pylist(rows, schema=table.schema)
    run_folder.write_parquet(str(path), [made_up], table.schema)
    correct_digests(stored)
    found = verify(stored, small)
    assert [check["check"] for check in found["checks"] if check["faults"]] == ["performed again"]
    assert faults(found) == ["performed again: f/a.ndjson", "performed again: f/a.ndjson"]


def correct_digests(folder: str) -> None:
    run = open_run(folder)
    files = {name: run_folder.file_digest(run.path(name)) for name in run.manifest["files"]}
    manifest = {**run.manifest, "files": files}
    del manifest["seal"]
    Path(run.path("manifest.json")).write_text(sealed(manifest), encoding="utf-8")
