"""`accordance compare`: what changed between two sweeps."""

from __future__ import annotations

import os
from typing import Any, Final

import click

from ..problem import Code, Problem, Refused
from ..report.wording import SEVERITIES
from . import options
from .options import NEVER
from .stream import page_for, write

FORMATS: Final = ("table", "json", "markdown", "csv")
_ENDINGS: Final = {".json": "json", ".md": "markdown", ".csv": "csv"}


@click.command(
    "compare",
    short_help="Two sweeps: which findings are new, resolved or changed, and why.",
    epilog="""\b
Examples:
  accordance compare runs/may runs/june
  accordance compare runs/may runs/june --format csv --output changes.csv
""",
)
@click.argument("old")
@click.argument("new")
@options.together(
    click.option(
        "--format",
        "-f",
        "format_name",
        type=click.Choice(FORMATS),
        help="[default: by the ending of the output file, else table]",
    ),
    options.everything,
    options.output,
    click.option(
        "--fail-on",
        type=click.Choice([*SEVERITIES, NEVER]),
        default="high",
        show_default=True,
        help="Leave with exit code 1 on a new breach of this severity or above.",
    ),
)
def command(
    old: str,
    new: str,
    format_name: str | None,
    everything: bool,
    output: str | None,
    fail_on: str,
) -> int:
    """Compare two runs that `accordance sweep --out` stored, OLD and NEW.

    Findings are matched by partnership and rule. Each change says what may have made it: other
    facts, another rule, or the days between. Both runs must be as they were written.
    Exit code: 0 no new breach at or above --fail-on, 1 there is one, 2 a run or the call is wrong.
    """
    from importlib import import_module
    from importlib.util import find_spec

    if find_spec("duckdb") is None or find_spec("pyarrow") is None:
        text = "`compare` needs duckdb, which is not installed"
        raise Refused(Problem(Code.USAGE, text, None, "pip install 'accordance[sweep]'"))
    from ..sweep.comparing import compare
    from ..sweep.run_reading import open_run

    before, after = open_run(old), open_run(new)
    for run in (before, after):
        run.check_files()
    found = compare(before, after)
    name = format_name or _ENDINGS.get(os.path.splitext(output or "")[1].lower(), "table")
    report: Any = import_module("...report.comparison", __name__)
    write(getattr(report, name)(found, page_for(output, everything)), output, name)
    return int(_fails(found, fail_on))


def _fails(found: dict[str, Any], fail_on: str) -> bool:
    """Is there a breach at or above the limit that was none, or a milder one?"""
    if fail_on == NEVER:
        return False
    counted = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    across = found["across"]["changes"] if found["across"] else []
    return any(
        change["to"]["kind"] == "breach"
        and change["to"]["severity"] in counted
        and not (change["from"]["kind"] == "breach" and change["from"]["severity"] in counted)
        for change in (*found["changes"], *across)
    )
