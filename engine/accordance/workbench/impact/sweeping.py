"""A sweep whose outcomes are kept for comparing, in a folder that goes with them."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ...strategy.model import Strategy
from .changes import Read

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[int], None]
REJECTS_SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Swept:
    """A run: where its outcomes are read, its manifest, and the first records that it rejected."""

    read: Read
    manifest: dict[str, Any]
    rejects: list[dict[str, Any]]


def sweep(
    strategy: Strategy,
    paths: Sequence[str],
    day: dt.date,
    place: str,
    *,
    engine: str = "auto",
    sample: int = 200,
    progress: Progress = lambda done: None,
) -> Swept:
    """Sweep the cases of paths into the new folder `place`. Raises Refused as the sweep does."""
    from ...sweep.run_files import OUTCOMES
    from ...sweep.running import Task, run
    from ...sweep.sources import find_sources
    from ...sweep.sweeping import Options

    task = Task(paths, find_sources(paths, strategy.model))
    found = run(strategy, task, Options(day, engine, sample), place, progress=progress)
    return Swept(_reader(os.path.join(place, OUTCOMES)), found.manifest, found.rejects)


def _reader(path: str) -> Read:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)

    def read(names: Sequence[str]) -> pa.Table:
        return file.read(columns=list(names))

    return read
