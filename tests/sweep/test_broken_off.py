"""A sweep that is killed leaves no half run, and goes on to the same bytes."""

from __future__ import annotations

import errno
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from accordance.problem import Code, Refused
from accordance.strategy.model import Strategy
from accordance.sweep import reading, run_folder
from tests.sweep.broken_off import BLOCK
from tests.sweep.sweeping import facts, sweep, write_lines

ROOT = Path(__file__).parents[2]
SAME = ("outcomes.parquet", "rejected.parquet", "manifest.json", "summary.md")
RECORDS = 8 * BLOCK + 7
SEED = 20260630


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BLOCK_RECORDS", BLOCK)


def write_register() -> str:
    """Records of which some are rejected, and two have one id."""
    chance = random.Random(SEED)
    records: list[Any] = []
    for number in range(RECORDS):
        name = "P7" if number == 150 else f"P{number}"
        more = {"a": chance.random() < 0.5, "n": chance.randrange(20), "c": None}
        records.append(facts(name, **more) if chance.random() < 0.95 else {"id": name, "x": 1})
    write_lines("r.ndjson", records)
    return "r.ndjson"


def bytes_of(folder: str) -> dict[str, bytes]:
    return {name: (Path(folder) / name).read_bytes() for name in SAME}


def test_killed_at_any_moment(workplace: Path, small: Strategy) -> None:
    source = write_register()
    sweep(small, source, out="whole")
    whole = bytes_of("whole")
    chance = random.Random(SEED)
    # The key, 3 files for each of 9 parts, 5 of the run; all but the 5 taken away, and the folder
    # renamed: 62 steps.
    moments = [f"step{step}" for step in [*chance.sample(range(60), 6), 60, 61]]
    moments += [str(chance.randrange(50, 500)) for _ in range(4)]
    subprocess.run(
        [sys.executable, "-m", "tests.sweep.broken_off", small.folder, source, "out", *moments],
        env=os.environ | {"PYTHONPATH": f"{ROOT / 'engine'}{os.pathsep}{ROOT}"},
        check=True,
        timeout=120,
    )
    killed = 0
    for moment in moments:
        out = f"out-{moment}"
        if not os.path.exists(out):
            killed += 1
            sweep(small, source, out=out, resume=True)
        assert bytes_of(out) == whole, moment
        assert not os.path.exists(f"{out}.partial")
        assert sorted(os.listdir(out)) == sorted([*SAME, "run.json"])
    assert killed >= 8


def interrupted(small: Strategy, source: str, after: int) -> None:
    def stop(done: int) -> None:
        if done >= after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(small, source, progress=stop)


def test_what_was_done_is_not_done_again(
    workplace: Path, small: Strategy, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_register()
    interrupted(small, source, 4 * BLOCK)
    stored: list[int] = []
    store = run_folder.Workshop.store

    def noting(self: Any, index: int, *rest: Any) -> Any:
        stored.append(index)
        return store(self, index, *rest)

    monkeypatch.setattr(run_folder.Workshop, "store", noting)
    sweep(small, source, resume=True)
    assert stored == list(range(4, 9))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({}, "a sweep to this place was broken off"),
        ({"resume": True, "seed": 7}, "had other sources, rules or options"),
    ],
)
def test_only_the_same_sweep_goes_on(
    workplace: Path, small: Strategy, change: dict[str, Any], said: str
) -> None:
    source = write_register()
    interrupted(small, source, BLOCK)
    with pytest.raises(Refused, match=said):
        sweep(small, source, **change)


def test_sources_that_changed_meanwhile(workplace: Path, small: Strategy) -> None:
    source = write_register()
    interrupted(small, source, 2 * BLOCK)
    text = Path(source).read_text(encoding="utf-8")
    Path(source).write_text(text.replace("Partnership P3", "Partnership X3"), encoding="utf-8")
    with pytest.raises(Refused, match="the sources have changed"):
        sweep(small, source, resume=True)
    assert not os.path.exists("run")


def test_no_room_for_the_run(workplace: Path, small: Strategy) -> None:
    source = write_register()
    sweep(small, source, out="whole")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3_000, hard))
    try:
        with pytest.raises(Refused) as refused:
            sweep(small, source)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, handler)
    (problem,) = refused.value.problems
    assert problem.code is Code.FILE_UNWRITABLE
    assert problem.message == f"the run cannot be written: {os.strerror(errno.EFBIG).lower()}"
    assert not os.path.exists("run")
    # When there is room, nothing has to be done twice.
    sweep(small, source, resume=os.path.exists("run.partial"))
    assert bytes_of("run") == bytes_of("whole")


def test_a_place_where_nobody_may_write(workplace: Path, small: Strategy) -> None:
    source = write_register()
    Path("file").write_text("")
    with pytest.raises(Refused, match="the run cannot be written: not a directory"):
        sweep(small, source, out="file/run")
    shutil.rmtree("file", ignore_errors=True)


def test_a_database_without_room_says_so(workplace: Path, small: Strategy) -> None:
    source = write_register()
    with pytest.raises(Refused, match="the database broke off: Out of Memory") as refused:
        sweep(small, source, engine="duckdb", memory="100kB")
    [problem] = refused.value.problems
    assert problem.code is Code.ENGINE_LIMIT
    assert "--memory" in str(problem.help)
    assert not Path("run").exists()
