"""A portfolio: the sweep against the bare reading of the same file, and its memory.

Every figure is taken in a process of its own, so that the memory is its own too. Ratios are of
times in one run; a machine with other work to do spoils absolute times, and ratios less.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from accordance.facts.model import FactModel
from accordance.facts.shapes import Boolean, Group, List, NumberShape, Shape
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy
from benchmarks.population import ROOT, TODAY, write
from benchmarks.timing import doing, python, row

RECORDS = 50_000
FILES = 1_000


def main(records: int = RECORDS) -> None:
    """Print the figures of the sweep."""
    model = load_strategy(None).model
    with tempfile.TemporaryDirectory(prefix="accordance-bench-") as folder:
        place = Path(folder)
        lines = place / "facts.ndjson"
        with doing("writing the records"):
            write(lines, model, records)
        size = lines.stat().st_size / 2**20
        print(f"sweep, {records:,} records, {size:,.0f} MB of NDJSON, {rules()} rules")
        bare = figure("read_as_is", lines)
        typed = figure("read_typed", lines)
        row("DuckDB reads the file into a table", f"{bare['seconds']:.2f} s")
        row("the same, told what to expect", f"{typed['seconds']:.2f} s")
        made = figure("make_plan", lines)
        row("making the plan, kept for the day", f"{made['seconds']:.2f} s")
        scanned = figure("scan", lines)
        row("every record scanned, facts in columns", f"{scanned['seconds']:.2f} s")
        row("ratio to reading the file", f"{scanned['seconds'] / bare['seconds']:.2f}")
        swept = figure("sweep", lines)
        seconds = swept["seconds"]
        row("sweep, run stored", f"{seconds:.2f} s")
        row("ratio to reading the file", f"{seconds / bare['seconds']:.2f}", "at most 3, aim 2")
        row("cases a second", f"{records / seconds:,.0f}")
        row("memory at most", f"{swept['megabytes']:,.0f} MB", "under 4,096 MB")
        told = swept["said"]
        row("answered in columns", f"{told['by_columns'] / records:.1%}")
        table = place / "facts.parquet"
        figure("write_parquet", lines)
        swept = figure("sweep", table)
        seconds = swept["seconds"]
        row("the same facts in Parquet, cases a second", f"{records / seconds:,.0f}", "50,000")
        files(place)


def rules() -> int:
    return len(load_strategy(None).rules)


def files(place: Path) -> None:
    """Print the figures of many fact files."""
    folder = place / "files"
    folder.mkdir()
    sources = sorted((ROOT / "cases").rglob("*.facts.yaml"))
    for number in range(FILES):
        text = sources[number % len(sources)].read_text(encoding="utf-8")
        kept = [line for line in text.splitlines() if not line.startswith("id:")]
        kept.append(f"id: P{number:04}")
        (folder / f"{number:04}.facts.yaml").write_text("\n".join(kept) + "\n", encoding="utf-8")
    print(f"sweep, {FILES:,} fact files, {len(os.sched_getaffinity(0))} processors")
    bare = figure("load_yaml", folder)
    swept = figure("sweep_files", folder)
    row("CSafeLoader reads them", f"{bare['seconds']:.2f} s")
    row("sweep, run stored", f"{swept['seconds']:.2f} s")
    row("ratio", f"{swept['seconds'] / bare['seconds']:.2f}", "at most 1.5")


def figure(what: str, path: Path) -> dict[str, Any]:
    """What a process of its own says of one of the functions below."""
    with doing(what.replace("_", " ")):
        said = python("-m", "benchmarks.sweep", "--only", what, str(path), cwd=ROOT)
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


# --- in a process of its own ------------------------------------------------------------------


def read_as_is(path: Path) -> Callable[[], Any]:
    import duckdb

    connection = duckdb.connect()
    return lambda: connection.execute(f"CREATE TABLE facts AS FROM read_json('{path}')")


def read_typed(path: Path) -> Callable[[], Any]:
    import duckdb

    connection = duckdb.connect()
    query = f"CREATE TABLE facts AS FROM {typed(load_strategy(None).model, path)}"
    return lambda: connection.execute(query)


def write_parquet(path: Path) -> Callable[[], Any]:
    import duckdb

    connection = duckdb.connect()
    source = typed(load_strategy(None).model, path)
    target = path.with_suffix(".parquet")
    return lambda: connection.execute(f"COPY (FROM {source}) TO '{target}' (FORMAT parquet)")


def typed(model: FactModel, path: Path) -> str:
    columns = ", ".join(f"'{name}': '{kind(one)}'" for name, one in model.root.members.items())
    return f"read_json('{path}', format = 'newline_delimited', columns = {{{columns}}})"


def kind(shape: Shape) -> str:
    """The type of a fact in DuckDB."""
    if isinstance(shape, Group):
        members = (f'"{name}" {kind(one)}' for name, one in shape.members.items())
        return f"STRUCT({', '.join(members)})"
    if isinstance(shape, List):
        return f"{kind(shape.item)}[]"
    if isinstance(shape, NumberShape):
        return "BIGINT" if shape.whole else "DOUBLE"
    return "BOOLEAN" if isinstance(shape, Boolean) else "VARCHAR"


def make_plan(path: Path) -> Callable[[], Any]:
    from accordance.check.checker import Checker
    from accordance.sweep.database import Columns

    plan = Checker(cases_alone()).plan
    return lambda: Columns(plan, TODAY)


def scan(path: Path) -> Callable[[], Any]:
    from accordance.check.checker import Checker
    from accordance.sweep.database import Columns
    from accordance.sweep.reading import Reader
    from accordance.sweep.sources import find_sources

    strategy = cases_alone()
    columns = Columns(Checker(strategy).plan, TODAY)
    sources = find_sources([str(path)], strategy.model)

    def run() -> None:
        for block in Reader(sources, strategy.model).blocks():
            columns.vouch(block.table()[0])

    return run


def sweep(path: Path) -> Callable[[], Any]:
    return swept(path, "duckdb")


def sweep_files(path: Path) -> Callable[[], Any]:
    return swept(path, "check")


def swept(path: Path, engine: str) -> Callable[[], Any]:
    from accordance.sweep.running import Task, run
    from accordance.sweep.sources import find_sources
    from accordance.sweep.sweeping import Options

    strategy = cases_alone()
    task = Task([str(path)], find_sources([str(path)], strategy.model))

    def go() -> dict[str, Any]:
        # Performing a sample again takes the same time however many there are.
        options = Options(TODAY, engine, sample=0)
        engine_said: dict[str, Any] = run(
            strategy, task, options, f"{path}.run-{time.time_ns()}"
        ).manifest["engine"]
        return engine_said

    return go


def cases_alone() -> Strategy:
    """The strategy without its rules over the portfolio."""
    from dataclasses import replace

    return replace(load_strategy(None), portfolio=())


def load_yaml(path: Path) -> Callable[[], Any]:
    import yaml

    def run() -> None:
        for file in sorted(path.iterdir()):
            with file.open("rb") as stream:
                yaml.load(stream, yaml.CSafeLoader)

    return run


def only(what: str, path: Path) -> None:
    """Run one of the functions above and say how long it took."""
    run = globals()[what](path)
    start = time.perf_counter()
    said = run()
    seconds = time.perf_counter() - start
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"seconds": seconds, "megabytes": megabytes}
    print(json.dumps(found | ({"said": said} if isinstance(said, dict) else {})))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sweep")
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument("--only", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        only(given.only[0], Path(given.only[1]))
    else:
        main(given.records)
