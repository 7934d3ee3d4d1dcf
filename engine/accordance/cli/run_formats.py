"""A stored run in the forms that other programs and readers take."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from ..problem import Place
from .progress import with_progress
from .stream import STDIN, write, write_bytes, write_lines

if TYPE_CHECKING:
    from ..strategy.model import Strategy
    from ..sweep.run_reading import Run
    from ..sweep.sources import Source

FORMATS: Final = ("html", "xlsx", "csv", "ndjson", "sarif", "oscal")
ENDINGS: Final = {
    ".html": "html",
    ".htm": "html",
    ".xlsx": "xlsx",
    ".csv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".sarif": "sarif",
}
MOST_REJECTS: Final = 40


def chosen(name: str | None, output: str | None, others: dict[str, str]) -> str | None:
    """The format that was asked for, by name or by the ending of the output file."""
    ending = os.path.splitext(output or "")[1].lower()
    found = name or ({**ENDINGS, **others}).get(ending)
    if found == "xlsx" and output in (None, STDIN) and sys.stdout.isatty():
        raise click.UsageError("a workbook needs a file: add --output FILE")
    return found


def write_run(
    run: Run, strategy: Strategy, sources: Sequence[Source], name: str, output: str | None
) -> None:
    """Write a run in one of FORMATS; its sources are read again for what is not stored."""
    from ..sweep.in_full import reports
    from ..sweep.standing import standing, summary_of_run

    if name == "html":
        from ..report.portfolio_page import portfolio_page

        rejects = _rejects(run, MOST_REJECTS)
        write(portfolio_page(summary_of_run(run), standing(run), rejects), output, name)
        return
    full: Iterable[dict[str, Any]] = with_progress(reports(run, strategy, sources), "writing")
    if name == "xlsx":
        from ..report import xlsx
        from ..report.overview import overview_of_portfolio
        from ..report.portfolio_workbook import summary_sheets

        found = overview_of_portfolio(standing(run, None))
        more = summary_sheets(summary_of_run(run), standing(run, 0), _rejects(run, None))
        write_bytes(xlsx.whole(found, full, more), output)
    elif name == "csv":
        from ..report import csv

        write_lines(csv.lines(full), output)
    elif name == "ndjson":
        from ..report import ndjson

        write_lines(ndjson.lines(full), output)
    elif name == "sarif":
        from ..report.check_sarif import text

        write(text(full, strategy.name), output, name)
    else:
        from ..report import oscal

        manifest = run.manifest
        write(oscal.text(full, manifest["strategy"], manifest["evaluated_on"]), output, name)


def _rejects(run: Run, most: int | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for row in run.rejected():
        if most is not None and len(found) >= most:
            break
        found.append(reject(row))
    return found


def reject(row: dict[str, Any]) -> dict[str, Any]:
    """A problem of a record that could not be read, with its place in one text."""
    place = Place(row["$source"], row["$line"], row["column"])
    return {"place": str(place), "message": row["message"], "help": row["help"]}
