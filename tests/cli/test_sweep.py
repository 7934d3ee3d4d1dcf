"""`accordance sweep`: a portfolio on the screen and as a stored run."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Caller

DAY = ("--as-of", "2026-06-30")
FILES = ("outcomes.parquet", "rejected.parquet", "portfolio.json", "manifest.json", "summary.md")


def facts(number: int, **more: Any) -> str:
    return json.dumps(
        {"id": f"P{number}", "title": f"Partnership {number}", "stage": "new", **more}
    )


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """Five records, of which two are wrong."""
    lines = [
        facts(1, as_of="2026-01-31", exit_plan={"exists": False}),
        facts(2),
        "",
        facts(3, exit_plan={"exist": True}),
        facts(4, as_of="2027-01-01"),
        facts(5, dependence={"provider_count": 1}),
    ]
    path = tmp_path / "register.ndjson"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_a_folder_on_the_screen(call: Caller) -> None:
    done = call("sweep", "cases/portfolio", "--as-of", "2026-12-31", "--fail-on", "never")
    assert (done.code, done.err) == (0, "")
    assert "Collaboration strategy of a public body" in done.out
    assert "Every case was checked by `check` itself." in done.out


def test_rejects_have_their_place_and_reason(call: Caller, register: Path) -> None:
    done = call("sweep", str(register), *DAY)
    assert done.code == 2
    assert f"{register}:4:" in done.out and "`exit_plan.exist` is not a fact" in done.out
    assert f"{register}:5:" in done.out and "before the date of the facts" in done.out
    assert "2 records were rejected" in done.err
    allowed = call("sweep", str(register), *DAY, "--allow-rejected", "--fail-on", "critical")
    assert allowed.code in (0, 1)


def test_a_run_is_stored_whole_and_twice_the_same(
    call: Caller, register: Path, tmp_path: Path
) -> None:
    packed = register.with_suffix(".ndjson.gz")
    packed.write_bytes(gzip.compress(register.read_bytes()))
    runs = []
    for name in ("one", "two"):
        done = call("sweep", str(register), *DAY, "--out", str(tmp_path / name))
        assert done.code == 2
        assert sorted(path.name for path in (tmp_path / name).iterdir()) == sorted(
            [*FILES, "run.json"]
        )
        runs.append({file: (tmp_path / name / file).read_bytes() for file in FILES})
    assert runs[0] == runs[1]
    manifest = json.loads(runs[0]["manifest.json"])
    assert manifest["counts"] == {"records": 5, "cases": 3, "rejected": 2}
    assert manifest["evaluated_on"] == "2026-06-30"
    assert not list(tmp_path.glob("*.partial"))


def test_a_place_that_is_taken_is_left_alone(call: Caller, register: Path, tmp_path: Path) -> None:
    done = call("sweep", str(register), *DAY, "--out", str(tmp_path))
    assert done.code == 2 and "there is something of this name already" in done.err


def test_one_reference_for_two_partnerships(call: Caller, tmp_path: Path) -> None:
    path = tmp_path / "twice.ndjson"
    path.write_text("\n".join([facts(1), facts(2), facts(1)]) + "\n", encoding="utf-8")
    done = call("sweep", str(path), *DAY, "--format", "json")
    assert done.code == 2
    assert json.loads(done.out)["counts"] == {"records": 3, "cases": 1, "rejected": 2}


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing.ndjson", "there is no such file"),
        ("register.docx", "there is no such file"),
    ],
)
def test_what_is_no_source(call: Caller, tmp_path: Path, name: str, said: str) -> None:
    done = call("sweep", str(tmp_path / name), *DAY)
    assert done.code == 2 and said in done.err


def test_a_broken_archive(call: Caller, register: Path, tmp_path: Path) -> None:
    path = tmp_path / "register.ndjson.gz"
    path.write_bytes(gzip.compress(register.read_bytes())[:-20])
    done = call("sweep", str(path), *DAY, "--out", str(tmp_path / "run"))
    assert done.code == 2 and "cannot be read" in done.err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--on", "spark"), "`spark` is none of auto, duckdb, check, local-spark, nor an address"),
        (("--on", "spark://host"), "nor an address like spark://HOST:7077"),
        (("--on", "spark://host:7077"), "name by `--shared` one that this machine and they see"),
    ],
)
def test_engines_that_cannot_be_asked(
    call: Caller, register: Path, options: tuple[str, ...], said: str
) -> None:
    done = call("sweep", str(register), *DAY, *options)
    assert (done.code, done.out) == (2, "")
    assert said in " ".join(done.err.split())


def test_spark_that_is_not_installed(
    call: Caller, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "accordance.sweep.spark", raising=False)
    monkeypatch.setitem(sys.modules, "py4j.protocol", None)
    done = call("sweep", str(register), *DAY, "--on", "local-spark")
    assert (done.code, done.out) == (2, "")
    assert "needs pyspark and py4j, which are not installed" in done.err
    assert "pip install 'accordance[spark]'" in done.err
