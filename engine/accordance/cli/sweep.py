"""`accordance sweep`: a whole portfolio in one run."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import sys
from collections.abc import Callable
from contextlib import ExitStack
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from ..problem import Code, Problem, Refused
from . import options, run_formats
from .options import NEVER
from .progress import QUIET_SECONDS
from .stream import page_for, say, write

if TYPE_CHECKING:
    from ..sweep.running import Outcome

_ENDINGS = {".json": "json", ".md": "markdown", ".txt": "table"}
_EXTRAS = {
    "sweep": ("ibis", "duckdb", "numpy", "pyarrow", "sqlglot"),
    "spark": ("pyspark", "py4j"),
}
"""What each extra installs."""


class _Engine(click.ParamType[str]):
    """What computes: a word, or the address of a cluster."""

    name = "engine"
    words = ("auto", "duckdb", "check", "local-spark")

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:
        return f"[{'|'.join(self.words)}|spark://HOST:PORT]"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value in self.words or re.fullmatch(
            r"spark://[^\s:/]+:[0-9]+(,[^\s:/]+:[0-9]+)*", value
        ):
            return value
        words = ", ".join(self.words)
        self.fail(f"`{value}` is none of {words}, nor an address like spark://HOST:7077")


def _size(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value is not None and not re.fullmatch(r"[1-9][0-9]{0,5} ?[MG]i?B", value):
        raise click.BadParameter(f"`{value}` is no size; write it as in 4GB or 500MB")
    return value


@click.command(
    "sweep",
    short_help="A whole portfolio: every outcome of every partnership, stored to be repeated.",
    epilog="""\b
Examples:
  accordance sweep cases/
  accordance sweep register.ndjson --as-of 2026-06-30 --out runs/june
  accordance sweep register.csv --map register.mapping.yaml contracts.json
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
    click.option(
        "--map",
        "mapping",
        metavar="FILE",
        help="What the columns of tables mean that have no NAME.mapping.yaml beside them.",
    ),
    click.option(
        "--combine",
        is_flag=True,
        help="Put together what the sources say of one partnership, by its id.",
    ),
    click.option(
        "--baseline",
        metavar="RUN",
        help="Count what changed against this run, and perform it again.",
    ),
    click.option(
        "--aliases",
        metavar="FILE",
        help="The spellings of providers. [default: aliases.yaml in the folder or the strategy]",
    ),
    click.option(
        "--exceptions",
        metavar="FILE",
        help="Accepted breaches of rules over the portfolio. "
        "[default: exceptions.yaml in the folder or the strategy]",
    ),
    click.option("--resume", is_flag=True, help="Go on with a run to --out that was broken off."),
    click.option(
        "--on",
        "engine",
        type=_Engine(),
        default="auto",
        show_default=True,
        help="What computes: columns in DuckDB or Spark, or `check` for each; auto takes `check`"
        " for few records, else DuckDB.",
    ),
    click.option(
        "--shared",
        metavar="FOLDER",
        help="A folder that this machine and the workers of a Spark cluster see.",
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
        "--memory",
        metavar="SIZE",
        callback=_size,
        help="So much memory DuckDB, or Spark on this machine, may use, as in 4GB; what needs more"
        " goes to the disk.",
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
        type=click.Choice(["table", "json", "markdown", *run_formats.FORMATS]),
        help="[default: by the ending of the output file, else table]",
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
    mapping: str | None,
    combine: bool,
    baseline: str | None,
    aliases: str | None,
    exceptions: str | None,
    resume: bool,
    engine: str,
    shared: str | None,
    sample: int,
    seed: int,
    memory: str | None,
    allow_rejected: bool,
    format_name: str | None,
    output: str | None,
    fail_on: str,
    fail_on_gaps: str,
) -> int:
    """Check every partnership of the sources: fact files, files with one record of facts a line
    (.ndjson, .jsonl, also .gz), Parquet, tables (.csv, .xlsx), open contracting data (.json,
    .jsonl), and folders of these.

    With --out the run is stored: outcomes.parquet, rejected.parquet, manifest.json, summary.md.
    Exit code: 0 no breach at or above --fail-on, 1 there is one, 2 a record was rejected, or a
    source or the call is wrong.
    """
    from ..strategy.reading import load_strategy

    name = run_formats.chosen(format_name, output, _ENDINGS) or "table"
    if resume and place is None:
        raise click.UsageError("`--resume` goes on with a stored run; name it by `--out`")
    if engine.startswith("spark://") and shared is None:
        raise click.UsageError(
            f"the workers of {engine} get the facts through a folder; name by `--shared` one that"
            " this machine and they see"
        )
    try:
        from ..portfolio.body_files import ALIASES, EXCEPTIONS, find_body_files
        from ..sweep.run_reading import open_run
        from ..sweep.running import Task, run
        from ..sweep.sources import find_sources
        from ..sweep.sweeping import Options
    except ImportError as error:
        raise missing_extra(error, "sweep") from None
    loaded = load_strategy(strategy)
    today = as_of or dt.date.today()
    if as_of is None:
        say(f"accordance: evaluated as on today, {today.isoformat()}; `--as-of` sets another day")
    made = Options(today, engine, sample, seed, memory=memory, shared=shared)
    task = Task(
        given=sources,
        sources=find_sources(sources, loaded.model, mapping),
        mapping=mapping,
        combine=combine,
        baseline=None if baseline is None else open_run(baseline),
        kept=find_body_files(sources, loaded, {ALIASES: aliases, EXCEPTIONS: exceptions}),
    )
    with ExitStack() as stack:
        if name in run_formats.FORMATS and place is None:
            # What these forms say is read off a stored run.
            aside = stack.enter_context(TemporaryDirectory(prefix="accordance-"))
            place = os.path.join(aside, "run")
        with _Counting() as counting:
            try:
                found = run(loaded, task, made, place, resume, counting)
            except ImportError as error:
                raise missing_extra(error, "sweep") from None
        if name in run_formats.FORMATS:
            run_formats.write_run(open_run(place or ""), loaded, task.sources, name, output)
        else:
            write(_text(found, name, output), output, name)
    rejected = found.manifest["counts"]["rejected"]
    if rejected and not allow_rejected:
        were = "1 record was" if rejected == 1 else f"{rejected:,} records were"
        say(f"accordance: {were} rejected; `--allow-rejected` takes that for granted")
        return 2
    return _exit_code(found.summary, fail_on, fail_on_gaps)


def missing_extra(error: ImportError, command: str) -> Refused:
    """What to install for a command, where that is what is missing."""
    missing = (error.name or "").split(".")[0]
    for extra, packages in _EXTRAS.items():
        if missing in packages:
            said = f"`{command}` needs {' and '.join(packages[:2])}, which are not installed"
            help_ = f"install them with pip install 'accordance[{extra}]'"
            return Refused(Problem(Code.USAGE, said, None, help_))
    raise error


def _text(found: Outcome, format_name: str, output: str | None) -> str:
    if format_name == "json":
        document = {**found.manifest, "summary": found.summary}
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    if format_name == "markdown":
        from ..sweep.summary import markdown

        return markdown(found.summary)
    from ..report.portfolio import MOST_CASES, MOST_REJECTS, text

    cases = found.cases if len(found.cases) <= MOST_CASES else []
    rejects = [run_formats.reject(row) for row in found.rejects[:MOST_REJECTS]]
    return text(found.summary, cases, rejects, page_for(output))


def _exit_code(summary: dict[str, Any], fail_on: str, fail_on_gaps: str) -> int:
    severities = list(summary["findings"]["breaches"])
    several = [summary["findings"]]
    several += [summary["portfolio"]["findings"]] if "portfolio" in summary else []
    for kind, limit in (("breaches", fail_on), ("gaps", fail_on_gaps)):
        if limit != NEVER:
            counted = severities[: severities.index(limit) + 1]
            if any(found[kind][severity] for found in several for severity in counted):
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
