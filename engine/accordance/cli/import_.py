"""`accordance import`: open contracting data, registers and workbooks become fact files."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from . import options
from .stream import say

if TYPE_CHECKING:
    from ..facts.importing import Import

out = click.option(
    "--out",
    metavar="FOLDER",
    required=True,
    help="The new folder for the fact files and the list of rejects.",
)


@click.group(
    "import",
    short_help="Make fact files of open contracting data, a register or a workbook.",
    epilog="""\b
Examples:
  accordance import ocds releases.json --out facts
  accordance import csv register.csv --map mapping.yaml --out facts
  accordance import xlsx portfolio.xlsx --out facts
  accordance import survey survey.csv --out views
""",
)
def command() -> None:
    """Make a fact file of every process or row, and list what could not become one.

    Nothing is lost: what was read stands in a fact file or, with the reason, in rejects.json and
    rejects.md. The folder must be new, and appears whole or not at all.

    Exit code: 0 done, 1 done and something was rejected, 2 a file or the call is wrong.
    """


@command.command("ocds", short_help="Open contracting data: packages of releases or records.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@options.together(out, options.strategy)
def ocds(files: tuple[str, ...], out: str, strategy: str | None) -> int:
    """Make a case of every contracting process of one buyer (open contracting data, OCDS).

    The releases of a process are merged in the order of their dates, across all files. A value of 0
    is not known; competition is never guessed; contradictions are reported and not settled.
    """
    from ..facts.importing import refuse_folder_in_use
    from ..facts.ocds.importing import import_ocds
    from ..strategy.reading import load_strategy

    refuse_folder_in_use(out)
    return _finish(import_ocds(list(dict.fromkeys(files)), load_strategy(strategy).model), out)


def _table(file: str, out: str, strategy: str | None, mapping: str | None) -> int:
    from ..facts.importing import refuse_folder_in_use
    from ..facts.tables.importing import import_table
    from ..strategy.reading import load_strategy

    refuse_folder_in_use(out)
    return _finish(import_table(file, load_strategy(strategy).model, mapping), out)


mapping = click.option(
    "--map",
    "mapping",
    metavar="FILE",
    help="What the columns of the register mean (YAML). [default: they are named after facts]",
)


@command.command("csv", short_help="A table with one partnership a row.")
@click.argument("file")
@options.together(out, mapping, options.strategy)
def csv(file: str, out: str, mapping: str | None, strategy: str | None) -> int:
    """Make a case of every row of a CSV file; commas, semicolons or tabs part its cells."""
    from ..facts.tables.reading import is_workbook

    if is_workbook(file):
        raise click.UsageError(f"`{file}` is a workbook; write `accordance import xlsx`")
    return _table(file, out, strategy, mapping)


@command.command("xlsx", short_help="A workbook with one partnership a row.")
@click.argument("file")
@options.together(out, mapping, options.strategy)
def xlsx(file: str, out: str, mapping: str | None, strategy: str | None) -> int:
    """Make a case of every row of a workbook, such as `accordance new` writes."""
    from ..facts.tables.reading import is_workbook

    if not is_workbook(file):
        raise click.UsageError(f"`{file}` does not end in .xlsx; write `accordance import csv`")
    return _table(file, out, strategy, mapping)


@command.command("survey", short_help="The views of stakeholders, from the export of a survey.")
@click.argument("file")
@options.together(out, options.strategy)
def survey(file: str, out: str, strategy: str | None) -> int:
    """Make a file of views for each partnership of a survey export, CSV or workbook.

    It is put together with the partnership's fact file by `accordance check --combine`. Answers of
    single persons are put together by group.
    """
    from ..facts.importing import refuse_folder_in_use
    from ..review.survey import import_survey
    from ..strategy.reading import load_strategy

    refuse_folder_in_use(out)
    return _finish(import_survey(file, load_strategy(strategy)), out)


def _finish(done: Import, out: str) -> int:
    from ..facts.importing import REJECTS, counted, write_import

    write_import(out, done)
    say(f"{counted(done)}; see {os.path.join(out, REJECTS)}.md")
    return int(bool(done.rejects))
