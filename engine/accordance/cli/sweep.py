"""`accordance sweep`: a whole portfolio in one run."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from ..problem import Code, Problem, Refused
from . import options
from .options import NEVER
from .progress import QUIET_SECONDS
from .stream import page_for, say, write

if TYPE_CHECKING:
    from ..sweep.running import Outcome

_MISSING = "`sweep` needs ibis and duckdb, which are not installed"
_INSTALL = "install them with pip install 'accordance[sweep]'"


@click.command(
    "sweep",
    short_help="A whole portfolio: every outcome of every partnership, stored to be repeated.",
    epilog="""\b
Examples:
  accordance sweep cases/
  accordance sweep register.ndjson --as-of 2026-06-30 --out runs/june
  accordance sweep exports/*.ndjson.gz --out runs/june --resume
""",
)
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@options.together(
    options.strategy,
    click.option(
        "--as-of",
        type=options.Day(),
        metavar="DATE",
        help="Evaluate all as on this day. [default: today]",
    ),
    click.option("--out", "place", metavar="FOLDER", help="Store the run in this new folder."),
    click.option("--resume", is_flag=True, help="Go on with a run to --out that was broken off."),
    click.option(
        "--on",
        "engine",
        type=click.Choice(["auto", "duckdb", "check"]),
        default="auto",
        show_default=True,
        help="What computes: columns in DuckDB, or `check` for each; auto takes `check` for few.",
    ),
    click.option(
        "--sample",
        type=click.IntRange(0, 100_000),
        default=200,
        show_default=True,
        help="Perform so many cases again by `check`; any difference ends the run.",
    ),
    click.option(
        "--seed", type=int, default=0, show_default=True, help="What the sample depends on."
    ),
    click.option(
        "--allow-rejected",
        is_flag=True,
        help="Records that could not be read are no reason for exit code 2.",
    ),
    click.option(
        "--format",
        "-f",
        "format_name",
        type=click.Choice(["table", "json", "markdown"]),
        default="table",
        show_default=True,
    ),
    options.output,
    options.fail_on,
    options.fail_on_gaps,
)
def command(
    sources: tuple[str, ...],
    strategy: str | None,
    as_of: dt.date | None,
    place: str | None,
    resume: bool,
    engine: str,
    sample: int,
    seed: int,
    allow_rejected: bool,
    format_name: str,
    output: str | None,
    fail_on: str,
    fail_on_gaps: str,
) -> int:
    """Check every partnership of the sources: folders of fact files, and files with one record of
    facts a line (.ndjson, .jsonl, also .gz).

    With --out the run is stored: outcomes.parquet, rejected.parquet, manifest.json, summary.md.
    Exit code: 0 no breach at or above --fail-on, 1 there is one, 2 a record was rejected, or a
    source or the call is wrong.
    """
    from ..strategy.reading import load_strategy

    if resume and place is None:
        raise click.UsageError("`--resume` goes on with a stored run; name it by `--out`")
    try:
        from ..sweep.records import find_sources
        from ..sweep.running import run
        from ..sweep.sweeping import Options
    except ImportError as error:
        raise _missing(error) from None
    loaded = load_strategy(strategy)
    today = as_of or dt.date.today()
    if as_of is None:
        say(f"accordance: evaluated as on today, {today.isoformat()}; `--as-of` sets another day")
    made = Options(today, engine, sample, seed)
    with _Counting() as counting:
        try:
            found = run(loaded, find_sources(sources), made, place, resume, counting)
        except ImportError as error:
            raise _missing(error) from None
    write(_text(found, format_name, output), output, format_name)
    if found.manifest["counts"]["rejected"] and not allow_rejected:
        say(
            f"accordance: {found.manifest['counts']['rejected']:,} records were rejected; "
            "`--allow-rejected` takes that for granted"
        )
        return 2
    return _exit_code(found.summary, fail_on, fail_on_gaps)


def _missing(error: ImportError) -> Refused:
    if (error.name or "").split(".")[0] not in ("ibis", "duckdb", "pyarrow", "sqlglot"):
        raise error
    return Refused(Problem(Code.USAGE, _MISSING, None, _INSTALL))


def _text(found: Outcome, format_name: str, output: str | None) -> str:
    if format_name == "json":
        document = {**found.manifest, "summary": found.summary}
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    if format_name == "markdown":
        from ..sweep.summary import markdown

        return markdown(found.summary)
    from ..report.portfolio import MOST_CASES, MOST_REJECTS, text

    cases = found.rows.to_pylist() if found.rows.num_rows <= MOST_CASES else []
    rejects = [_reject(row) for row in found.rejected.slice(0, MOST_REJECTS).to_pylist()]
    return text(found.summary, cases, rejects, page_for(output))


def _reject(row: dict[str, Any]) -> dict[str, Any]:
    place = ":".join(str(one) for one in (row["$source"], row["$line"], row["column"]) if one)
    return {"place": place, "message": row["message"], "help": row["help"]}


def _exit_code(summary: dict[str, Any], fail_on: str, fail_on_gaps: str) -> int:
    severities = list(summary["findings"]["breaches"])
    for kind, limit in (("breaches", fail_on), ("gaps", fail_on_gaps)):
        if limit != NEVER:
            counted = severities[: severities.index(limit) + 1]
            if any(summary["findings"][kind][severity] for severity in counted):
                return 1
    return 0


class _Counting:
    """How many records are done, on a terminal and after the first second."""

    def __init__(self) -> None:
        self._stream = sys.stderr
        self._due = monotonic() + QUIET_SECONDS
        self._drawn = False

    def __enter__(self) -> Callable[[int], None]:
        return self._show

    def _show(self, done: int) -> None:
        if self._stream.isatty() and monotonic() >= self._due:
            self._stream.write(f"\rsweeping: {done:,} records")
            self._stream.flush()
            self._drawn = True

    def __exit__(self, *details: object) -> None:
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
