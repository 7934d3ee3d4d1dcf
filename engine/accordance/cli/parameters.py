"""`accordance parameters`: the numbers of a strategy, out to a sheet and back in."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import click

from ..report.text import safe
from . import options
from .stream import STDIN, page_for, read_stdin, say, write, write_bytes

if TYPE_CHECKING:
    from ..workbench.parameters.applying import Change


@click.command(
    "parameters",
    short_help="The numbers of a strategy: listed, out to a sheet, and back in.",
    epilog="""\b
Examples:
  accordance parameters
  accordance parameters our_council --output parameters.xlsx
  accordance parameters our_council --apply parameters.xlsx
  accordance parameters our_council --apply parameters.xlsx --write
""",
)
@click.argument("folder", required=False)
@options.together(
    options.strategy,
    click.option(
        "--apply", "sheet", metavar="FILE", help="Show what this sheet (csv, xlsx) would change."
    ),
    click.option("--write", "writing", is_flag=True, help="With --apply: write it."),
    click.option(
        "--format",
        "-f",
        "format_name",
        type=click.Choice(["table", "json", "markdown", "csv", "xlsx"]),
        help="[default: by the ending of the output file, else table]",
    ),
    options.output,
)
def command(
    folder: str | None,
    strategy: str | None,
    sheet: str | None,
    writing: bool,
    format_name: str | None,
    output: str | None,
) -> int:
    """List the parameters of the strategy in FOLDER, or write them to a sheet to be filled in.

    With --apply the sheet is read back: names, units and values are checked, the strategy is
    checked with them, and the lines of strategy.yaml that change are shown. Only --write changes
    the file: the values, and nothing else in it.

    Exit code: 0 done, 2 a file or the call is wrong.
    """
    if folder is not None and strategy is not None:
        raise click.UsageError("name the strategy once, as FOLDER or with --strategy")
    if writing and sheet is None:
        raise click.UsageError("--write goes with --apply FILE")
    name = options.chosen_format(format_name, output, papers=True)
    if name not in ("table", "json", "markdown", "csv", "xlsx"):
        raise click.UsageError(f"parameters are not written as {name}; choose another --output")
    if sheet is not None:
        if name not in ("table", "json"):
            raise click.UsageError("what a sheet changes is shown as table or json")
        return _apply(folder or strategy, sheet, writing, name, output)
    return _list(folder or strategy, name, output)


def _list(folder: str | None, name: str, output: str | None) -> int:
    from ..strategy.reading import load_strategy
    from ..workbench.parameters.listing import parameters

    document = parameters(load_strategy(folder))
    if name in ("csv", "xlsx"):
        from ..report.parameter_sheet import as_csv, as_workbook

        if name == "xlsx":
            if output is None:
                raise click.UsageError("a workbook needs a file: add --output FILE")
            write_bytes(as_workbook(document), output)
        else:
            write(as_csv(document), output, "csv")
    else:
        from ..report.parameters import listing

        write(listing(document, name, page_for(output)), output, name)
    if output is not None and output != STDIN:
        say(f"written to {output}")
    return 0


def _apply(folder: str | None, sheet: str, writing: bool, name: str, output: str | None) -> int:
    from ..report.parameters import changes
    from ..source.text import read_bytes
    from ..strategy.folder import locate
    from ..strategy.reading import load_strategy
    from ..workbench.parameters import applying
    from ..workbench.parameters.sheet import read_sheet

    if folder is None or not os.path.isdir(folder):
        locate(folder)
        raise click.UsageError(
            "values are put into a strategy of your own: name its folder, or start one with"
            " `accordance new strategy NAME`"
        )
    data = read_stdin() if sheet == STDIN else read_bytes(sheet, sheet)
    wanted = read_sheet(data, "standard input" if sheet == STDIN else sheet, load_strategy(folder))
    change = applying.prepared(folder, wanted)
    if writing and change.after != change.before:
        applying.write(change)
    document = _document(change, writing)
    if name == "json":
        write(json.dumps(document, ensure_ascii=False, indent=2) + "\n", output, name)
        return 0
    warnings = [safe(str(one)) for one in change.warnings]
    lines = [safe(line) for line in change.diff()]
    write(changes(document, lines, warnings, writing, page_for(output)), output, name)
    return 0


def _document(change: Change, written: bool) -> dict[str, Any]:
    return {
        "schema": "accordance/parameter-changes/1",
        "file": change.name,
        "written": written,
        "edits": [edit.to_json() for edit in change.edits],
        "diff": change.diff(),
        "warnings": [str(one) for one in change.warnings],
    }
