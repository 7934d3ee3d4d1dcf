"""`accordance publish`: an approval is recorded."""

from __future__ import annotations

import datetime as dt
import os
from typing import TYPE_CHECKING

import click

from ..problem import Code, Place, Problem, Refused
from . import options
from .stream import page_for, say, write

if TYPE_CHECKING:
    from ..strategy.folder import Folder
    from ..strategy.model import Strategy


@click.command(
    "publish",
    short_help="Record who approved a strategy, and from when to when it is in force.",
    epilog="""\b
Examples:
  accordance publish our_council --author "Head of Policy" --by Cabinet --minute "Minute 12"
  accordance publish our_council --author "Head of Policy" --by Cabinet --from 2026-10-01 \\
    --cases cases/portfolio --against HEAD:our_council
""",
)
@click.argument("folder")
@options.together(
    click.option("--author", required=True, metavar="ROLE", help="Who proposed the strategy."),
    click.option("--by", required=True, metavar="ROLE", help="Who approved it: not its author."),
    click.option(
        "--on", type=options.Day(), metavar="DATE", help="The day of the decision. [default: today]"
    ),
    click.option("--minute", metavar="TEXT", help="The minute or decision that records it."),
    click.option(
        "--from",
        "starts",
        type=options.Day(),
        metavar="DATE",
        help="The first day on which it is in force. [default: the day of the decision]",
    ),
    click.option(
        "--until", type=options.Day(), metavar="DATE", help="The last day on which it is in force."
    ),
    click.option(
        "--cases",
        "cases",
        multiple=True,
        metavar="PATH",
        help="Put beside it what it means for these partnerships, against --against.",
    ),
    click.option(
        "--against",
        metavar="OLD",
        help="The strategy that it replaces: a folder, a name or a git revision.",
    ),
    click.option("--dry-run", is_flag=True, help="Write nothing; show what would be recorded."),
    options.format,
    options.output,
)
def command(
    folder: str,
    author: str,
    by: str,
    on: dt.date | None,
    minute: str | None,
    starts: dt.date | None,
    until: dt.date | None,
    cases: tuple[str, ...],
    against: str | None,
    dry_run: bool,
    format_name: str | None,
    output: str | None,
) -> int:
    """Record that the strategy in FOLDER was approved as it stands.

    Its cases are run first. The approval goes into approvals.yaml, what was approved and what it
    means for partnerships into the folder approvals. A change of the strategy afterwards makes it a
    draft again.

    Exit code: 0 recorded, 1 a case of a rule fails, so nothing was, 2 a file or the call is wrong.
    """
    from ..report.publishing import published
    from ..strategy.folder import locate
    from ..strategy.reading import load_strategy
    from ..workbench import publishing

    if bool(cases) != bool(against):
        raise click.UsageError("the impact needs both: --cases, and the strategy --against")
    name = options.chosen_format(format_name, output)
    if not os.path.isdir(folder):
        locate(folder)  # says what is wrong, unless it is the name of an installed strategy
        raise Refused(
            Problem(
                Code.USAGE,
                "an installed strategy is not approved here",
                Place(folder),
                "make one that extends it: `accordance new strategy NAME`",
            )
        )
    today = dt.date.today()
    form = publishing.Form(author, by, on or today, minute, starts, until)
    place, loaded = locate(folder), load_strategy(folder)
    publishing.publication(loaded, place, form, today)  # a wrong form is said before the cases run
    failed = _failed(folder, loaded)
    if failed:
        say(f"accordance: {failed:,} of its cases fail, so nothing was recorded;")
        say(f"`accordance test {folder}` shows them")
        return 1
    impact = _impact(against, place, cases, form.starts or form.on) if against else None
    made = publishing.publication(loaded, place, form, today, impact)
    if not dry_run:
        publishing.write(made, place)
    write(published(made.document, name, page_for(output), dry_run, folder), output, name)
    return 0


def _failed(folder: str, strategy: Strategy) -> int:
    """How many cases of the strategy's rules fail."""
    from ..strategy.cases import read_rule_cases
    from ..workbench.trial import run_cases

    outcome = run_cases(strategy, read_rule_cases(folder, strategy))
    return int(outcome["failed"])


def _impact(old: str, new: Folder, cases: tuple[str, ...], day: dt.date) -> str:
    from ..report.impact import rendered
    from .impact import document_of

    document = document_of(old, new.path, cases, day)
    return rendered(document, "markdown", page_for("-"))
