"""`accordance review`: the review of a portfolio, for management and audit."""

from __future__ import annotations

import datetime as dt
import os

import click

from ..problem import Refused
from . import options
from .progress import with_progress
from .stream import page_for, say, write, write_bytes

FORMATS = ("table", "json", "markdown", "html", "xlsx")
ENDINGS = {
    ".json": "json",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "table",
    ".html": "html",
    ".htm": "html",
    ".xlsx": "xlsx",
}


@click.command(
    "review",
    short_help="How all partnerships stand: views, collaboration spectrum, health, comparison.",
    epilog="""\b
Examples:
  accordance review cases/portfolio
  accordance review cases/portfolio --output review.html
  accordance review cases/portfolio --earlier cases/_portfolio_2025
  accordance review cases/portfolio --views survey.csv
""",
)
@click.argument("sources", nargs=-1, required=True, metavar="RUN|PATH...")
@options.together(
    options.strategy,
    click.option(
        "--as-of",
        type=options.Day(),
        metavar="DATE",
        help="Evaluate all as on this day. [default: the latest day of the facts; a sweep's own]",
    ),
    click.option(
        "--earlier", metavar="RUN|PATH", help="Show the trend since this earlier state of it."
    ),
    click.option(
        "--views",
        multiple=True,
        metavar="FILE",
        help="Add the views of a survey (CSV or XLSX). May be repeated.",
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
    click.option(
        "--format",
        "-f",
        "format_name",
        type=click.Choice(FORMATS),
        help="[default: by the ending of the output file, else table]",
    ),
    options.audience,
    options.everything,
    options.output,
    click.option(
        "--allow-rejected",
        is_flag=True,
        help="What could not be read is no reason for exit code 2.",
    ),
)
def command(
    sources: tuple[str, ...],
    strategy: str | None,
    as_of: dt.date | None,
    earlier: str | None,
    views: tuple[str, ...],
    aliases: str | None,
    exceptions: str | None,
    format_name: str | None,
    audience: str,
    everything: bool,
    output: str | None,
    allow_rejected: bool,
) -> int:
    """Review a portfolio of partnerships: a folder of fact files, or the folder of a sweep.

    It sets the views of stakeholders against each other, places every partnership on the
    collaboration spectrum by its evidence, tells its health, compares it with others, and sums up
    costs and benefits. Groups from which too few answered are shown nowhere.

    Exit code: 0 done, 2 something could not be read (the rest is reviewed), or the call is wrong.
    """
    from ..check.checker import Checker
    from ..portfolio.body_files import ALIASES, EXCEPTIONS, find_body_files
    from ..review.portfolio_reading import Portfolio, read_portfolio
    from ..review.reviewing import review
    from ..strategy.reading import load_strategy

    name = _format(format_name, output)
    checker = Checker(load_strategy(strategy))
    model = checker.strategy.model
    portfolio = read_portfolio(sources, model)
    if views:
        from ..review.survey import add_views

        for file in views:
            if not os.path.isfile(file):
                raise click.UsageError(f"there is no survey `{file}`")
            try:
                add_views(portfolio, file, checker.strategy)
            except Refused as refused:
                # A survey that cannot be read takes nothing from the review of the facts.
                portfolio.problems += refused.problems
    named = {ALIASES: aliases, EXCEPTIONS: exceptions}
    before = read_portfolio([earlier], model) if earlier is not None else Portfolio()
    found = review(
        checker,
        portfolio.cases,
        as_of or portfolio.evaluated_on,
        earlier=before.cases,
        earlier_on=before.evaluated_on,
        problems=[*portfolio.problems, *before.problems],
        kept=find_body_files(sources, checker.strategy, portfolio.body_files(named)),
        audience=audience,
        progress=lambda cases: with_progress(list(cases), "reviewing"),
    )
    if name == "xlsx":
        from ..report.review_workbook import workbook

        write_bytes(workbook(found), output)
    else:
        from ..report.review import text

        write(text(found, name, page_for(output, everything)), output, name)
    errors = [one for one in found["problems"] if one["level"] == "error"]
    for one in found["problems"]:
        say(_line(one))
    if errors and not allow_rejected:
        say(
            f"accordance: {len(errors):,} problem{'s' if len(errors) > 1 else ''}; the rest was "
            "reviewed; `--allow-rejected` takes that for granted"
        )
        return 2
    return 0


def _format(name: str | None, output: str | None) -> str:
    chosen = name or ENDINGS.get(os.path.splitext(output or "")[1].lower(), "table")
    if chosen == "xlsx" and output is None:
        raise click.UsageError("a workbook is no text; name its file by `--output`")
    return chosen


def _line(problem: dict[str, str]) -> str:
    """A problem as every command says it."""
    from ..problem import Code, Level, Place, Problem

    place = (
        None
        if problem["file"] is None
        else Place(problem["file"], problem["line"], problem["column"])  # type: ignore[arg-type]
    )
    return str(
        Problem(
            Code(problem["code"]),
            problem["message"],
            place,
            problem["help"],
            Level(problem["level"]),
        )
    )
