"""A sweep whose outcomes are kept for comparing, in a folder that goes with them."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ...portfolio.body_files import NOTHING_KEPT, BodyFiles
from ...problem import Problem, Refused
from ...strategy.coding import decode, encode
from ...strategy.model import Strategy
from ...sweep.run_files import OUTCOMES, PORTFOLIO
from .changes import Read

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[int], None]
REJECTS_SHOWN: Final = 10
MUCH: Final = 1 << 20
"""Cases of so many bytes are worth a second process."""


@dataclass(frozen=True, slots=True)
class Swept:
    """A run: where its outcomes are read, its manifest, the first records that it rejected, and
    what the rules over the portfolio say (None where there are none)."""

    read: Read
    manifest: dict[str, Any]
    rejects: list[dict[str, Any]]
    across: dict[str, Any] | None


def sweep(
    strategy: Strategy,
    paths: Sequence[str],
    day: dt.date,
    place: str,
    *,
    kept: BodyFiles = NOTHING_KEPT,
    engine: str = "auto",
    sample: int = 200,
    threads: int | None = None,
    progress: Progress = lambda done: None,
) -> Swept:
    """Sweep the cases of paths into the new folder `place`; `kept` is what the body keeps for the
    rules over the portfolio. Raises Refused as the sweep does."""
    from ...sweep.running import Task, run
    from ...sweep.sources import find_sources
    from ...sweep.sweeping import Options

    task = Task(paths, find_sources(paths, strategy.model), kept=kept)
    options = Options(day, engine, sample, threads=threads)
    found = run(strategy, task, options, place, progress=progress)
    return _swept(place, found.manifest, found.rejects)


def _swept(place: str, manifest: dict[str, Any], rejects: list[dict[str, Any]]) -> Swept:
    across = None
    path = os.path.join(place, PORTFOLIO)
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            across = json.load(file)
    return Swept(_reader(os.path.join(place, OUTCOMES)), manifest, rejects, across)


def sweep_both(
    old: Strategy,
    new: Strategy,
    paths: Sequence[str],
    day: dt.date,
    folder: str,
    *,
    kept: BodyFiles = NOTHING_KEPT,
    sample: int = 200,
    progress: Progress = lambda done: None,
) -> tuple[Swept, Swept]:
    """Sweep the same cases by two strategies, into `old` and `new` in a folder: at the same time
    where there is much to do and more than one processor, since making the plan of a strategy keeps
    only one of them busy. Raises Refused as the sweep does."""
    places = [os.path.join(folder, name) for name in ("old", "new")]
    if _processors() < 2 or _size(paths) < MUCH:
        first, second = (
            sweep(one, paths, day, place, kept=kept, sample=sample, progress=progress)
            for one, place in zip((old, new), places, strict=True)
        )
        return first, second
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    # A process that has threads, as databases do, must not be copied.
    context = multiprocessing.get_context("spawn")
    sent = json.dumps(encode(old)), old.folder, *(one.folder for one in old.extends)
    with ProcessPoolExecutor(1, context) as pool:
        # The two share the processors between them.
        options: dict[str, Any] = {
            "kept": kept,
            "sample": sample,
            "threads": _processors() // 2,
        }
        other = pool.submit(_apart, sent, list(paths), day, places[0], options)
        second = sweep(new, paths, day, places[1], progress=progress, **options)
        try:
            found = other.result()
        except BrokenProcessPool:
            # It could not be started, or was ended from outside: then one after the other.
            place = os.path.join(folder, "old again")
            again = sweep(old, paths, day, place, kept=kept, sample=sample, progress=progress)
            return again, second
    if isinstance(found, list):
        raise Refused(found)
    return _swept(places[0], *found), second


def _apart(
    sent: tuple[str, ...],
    paths: list[str],
    day: dt.date,
    place: str,
    options: dict[str, Any],
) -> tuple[dict[str, Any], list[dict[str, Any]]] | list[Problem]:
    """The same in another process: what of a run can be sent back, or why there is none."""
    body, *folders = sent
    try:
        strategy = decode(json.loads(body), *folders)
        found = sweep(strategy, paths, day, place, **options)
    except Refused as refused:
        return list(refused.problems)
    return found.manifest, found.rejects


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _size(paths: Sequence[str]) -> int:
    """How many bytes the cases have, at least; what is not there is said by the sweep."""
    total = 0
    for path in paths:
        if os.path.isfile(path):
            total += os.path.getsize(path)
        for parent, _, names in os.walk(path):
            for name in names:
                with suppress(OSError):
                    total += os.path.getsize(os.path.join(parent, name))
    return total


def _reader(path: str) -> Read:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)

    def read(names: Sequence[str]) -> pa.Table:
        return file.read(columns=list(names))

    return read
