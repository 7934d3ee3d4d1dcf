"""`accordance impact`: what a change of the strategy does to partnerships."""

from __future__ import annotations

import datetime as dt
from typing import Any

import click

from . import options
from .counting import Counting, missing_sweep
from .stream import page_for, say, write


@click.command(
    "impact",
    short_help="What a change of the strategy does to partnerships, and which edit does it.",
    epilog="""\b
Examples:
  accordance impact public_body our_council --cases cases/portfolio
  accordance impact HEAD~3 strategy_rules/public_body --cases cases/portfolio
  accordance impact HEAD:our_council our_council --cases register.parquet --output impact.html
""",
)
@click.argument("old")
@click.argument("new")
@options.together(
    click.option(
        "--cases",
        "cases",
        multiple=True,
        required=True,
        metavar="PATH",
        help="The partnerships: what `sweep` reads. May be repeated.",
    ),
    click.option(
        "--aliases",
        metavar="FILE",
        help="The spellings of providers, for both strategies. [default: aliases.yaml beside the "
        "partnerships or in NEW]",
    ),
    click.option(
        "--exceptions",
        metavar="FILE",
        help="Accepted breaches of rules over the portfolio, for both strategies. [default: "
        "exceptions.yaml beside the partnerships or in NEW]",
    ),
    click.option(
        "--as-of",
        type=options.Day(),
        metavar="DATE",
        help="Evaluate all as on this day, with the rules in effect then. [default: today]",
    ),
    click.option(
        "--most",
        type=click.IntRange(0, 100_000),
        default=100,
        show_default=True,
        help="Tell so many partnerships one by one.",
    ),
    click.option(
        "--format",
        "-f",
        "format_name",
        type=click.Choice(["table", "json", "markdown", "html"]),
        help="[default: by the ending of the output file, else table]",
    ),
    options.output,
    click.option(
        "--allow-rejected",
        is_flag=True,
        help="Records that could not be read are no reason for exit code 2.",
    ),
)
def command(
    old: str,
    new: str,
    cases: tuple[str, ...],
    aliases: str | None,
    exceptions: str | None,
    as_of: dt.date | None,
    most: int,
    format_name: str | None,
    output: str | None,
    allow_rejected: bool,
) -> int:
    """Check all cases by the strategies OLD and NEW, and tell what differs: findings that appear,
    vanish or change severity, verdicts and opinions that flip, what the rules over the portfolio
    say of groups of partnerships, and the edits that cause it.

    OLD and NEW are folders, names of strategies, or a folder in a git revision, as in
    HEAD~3:strategy_rules/public_body.

    Exit code: 0 done, 2 a record was rejected, or a file or the call is wrong.
    """
    from ..report.impact import rendered

    name = options.chosen_format(format_name, output, papers=True)
    if as_of is None:
        today = dt.date.today().isoformat()
        say(f"accordance: evaluated as on today, {today}; `--as-of` sets another day")
    named = {"aliases": aliases, "exceptions": exceptions}
    document = document_of(old, new, cases, as_of or dt.date.today(), most, named)
    write(rendered(document, name, page_for(output)), output, name)
    rejected = document["cases"]["rejected"]
    if rejected and not allow_rejected:
        say(
            f"accordance: {rejected:,} records were rejected; `--allow-rejected` takes that for "
            "granted"
        )
        return 2
    return 0


def document_of(
    old: str,
    new: str,
    cases: tuple[str, ...],
    day: dt.date,
    most: int = 100,
    named: dict[str, str | None] | None = None,
) -> dict[str, Any]:
    """The impact of a strategy that takes the place of another, as JSON; `named` are files that
    the body keeps for the rules over the portfolio."""
    try:
        from ..workbench.impact.assessing import assess
    except ImportError as error:
        raise missing_sweep(error, "impact") from None
    from ..workbench.revisions import strategies

    with strategies([old, new]) as (first, second), Counting() as counting:
        try:
            return assess(first, second, cases, day, most=most, named=named, progress=counting)
        except ImportError as error:
            raise missing_sweep(error, "impact") from None
