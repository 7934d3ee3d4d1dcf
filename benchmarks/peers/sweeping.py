"""The forty rules through `accordance sweep`: a file of records to a stored run, in DuckDB."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

from accordance.strategy.model import Strategy
from accordance.sweep.run_reading import open_run
from accordance.sweep.running import Task, run
from accordance.sweep.sources import find_sources
from accordance.sweep.sweeping import DUCKDB, Options
from benchmarks.peers.engines import UNKNOWN, Breaches
from benchmarks.peers.rules import AS_OF


class Swept:
    """A file that is swept as often as asked; the last run is kept to be read."""

    def __init__(self, strategy: Strategy, path: Path) -> None:
        self._strategy = strategy
        self._task = Task([str(path)], find_sources([str(path)], strategy.model))
        self._folder = path.with_suffix(".run")

    def run(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        # Performing a sample again takes the same time however many there are.
        options = Options(dt.date.fromisoformat(AS_OF), DUCKDB, sample=0)
        run(self._strategy, self._task, options, str(self._folder))

    def breaches(self) -> list[Breaches]:
        """What the run says of each record."""
        stored = open_run(str(self._folder))
        return [
            {
                result.rule: result.severity if result.kind == "breach" else UNKNOWN
                for result in stored.findings(row)
            }
            for row in stored.cases()
        ]
