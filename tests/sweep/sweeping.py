"""Sweeps of files in the current folder, and what came out of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from accordance.strategy.model import Strategy
from accordance.sweep.run_reading import Run, open_run
from accordance.sweep.running import Task, run
from accordance.sweep.sources import find_sources
from accordance.sweep.sweeping import Options

TODAY = dt.date(2026, 6, 30)


def facts(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "title": f"Partnership {name}", "stage": "new", **more}


def write_lines(path: str, records: list[Any]) -> None:
    lines = (one if isinstance(one, str) else json.dumps(one) for one in records)
    Path(path).write_text("\n".join(lines) + "\n", encoding="utf-8")


def sweep(
    strategy: Strategy,
    *given: str,
    out: str = "run",
    engine: str = "check",
    mapping: str | None = None,
    combine: bool = False,
    baseline: Run | None = None,
    resume: bool = False,
    progress: Callable[[int], None] = lambda done: None,
    **options: Any,
) -> Run:
    """The run that was stored."""
    task = Task(given, find_sources(given, strategy.model, mapping), mapping, combine, baseline)
    run(strategy, task, Options(TODAY, engine, **options), out, resume, progress)
    return open_run(out)


@dataclass(frozen=True)
class Said:
    """What a run says: of each case by its id where it stands and the outcomes, and the rejects."""

    cases: dict[str, tuple[str, dict[str, int]]]
    rejects: list[str]


def said(stored: Run) -> Said:
    rules = [rule["rule"] for rule in stored.rules]
    cases = {
        row["id"]: (_place(row), {rule: row[rule] for rule in rules}) for row in stored.cases()
    }
    return Said(cases, [f"{_place(row)}: {row['message']}" for row in stored.rejected()])


def _place(row: dict[str, Any]) -> str:
    parts = (row["$source"], row["$line"], row.get("column"))
    return ":".join(str(part) for part in parts if part is not None)
