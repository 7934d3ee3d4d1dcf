"""The options that several commands share, so that they are called and explained alike."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from ..feel.values import date
from ..report import ENDINGS, FORMATS, PAPERS
from ..report.wording import SEVERITIES

Command = TypeVar("Command", bound=Callable[..., Any])

NEVER: Final = "never"


class Day(click.ParamType[dt.date]):
    """A date, as YYYY-MM-DD."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.date:
        if isinstance(value, dt.date):
            return value
        try:
            return date(value)
        except ValueError as fault:
            self.fail(str(fault), param, ctx)


strategy = click.option(
    "--strategy",
    metavar="FOLDER",
    help="The folder of the strategy to go by. [default: the strategy public_body]",
)
as_of = click.option(
    "--as-of",
    type=Day(),
    metavar="DATE",
    help="Evaluate as on this day. [default: the date of the facts]",
)
sets = click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="PATH=VALUE",
    help="What if this fact were so? Blank or `unknown` takes the fact away. May be repeated.",
)
fail_on = click.option(
    "--fail-on",
    type=click.Choice([*SEVERITIES, NEVER]),
    default="high",
    show_default=True,
    help="Leave with exit code 1 on a breach of this severity or above.",
)
fail_on_gaps = click.option(
    "--fail-on-gaps",
    type=click.Choice([*SEVERITIES, NEVER]),
    default=NEVER,
    show_default=True,
    help="The same for a rule without enough evidence.",
)
output = click.option(
    "--output", "-o", metavar="FILE", help="Write to this file. [default: standard output]"
)
everything = click.option(
    "--all", "everything", is_flag=True, help="Leave nothing out of the table, however long it is."
)
audience = click.option(
    "--audience",
    type=click.Choice(["internal", "public"]),
    default="internal",
    show_default=True,
    help="For the public, withhold facts that are exempt from publication, and what they decide.",
)
format = click.option(
    "--format",
    "-f",
    "format_name",
    type=click.Choice(FORMATS),
    help="[default: by the ending of the output file, else table]",
)


paper = click.option(
    "--format",
    "-f",
    "format_name",
    type=click.Choice([*FORMATS, *PAPERS]),
    help="[default: by the ending of the output file, else table]",
)
PICTURES: Final = ("svg", "dot", "mermaid")
"""The formats of what is drawn."""
picture = click.option(
    "--format",
    "-f",
    "format_name",
    type=click.Choice([*FORMATS, *PICTURES]),
    help="[default: by the ending of the output file, else table; a graph as svg]",
)


def together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Several options as one decorator, in the order in which the help shows them."""

    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def chosen_format(name: str | None, output: str | None, papers: bool = False) -> str:
    """The format that was asked for, by name or by the ending of the output file; `papers` says
    whether the command can write a paper."""
    if name:
        return name
    ending = os.path.splitext(output or "")[1].lower()
    chosen = ENDINGS.get(ending, "table")
    if chosen in PAPERS and not papers:
        raise click.UsageError(f"this command does not write {chosen}; choose another --format")
    return chosen
