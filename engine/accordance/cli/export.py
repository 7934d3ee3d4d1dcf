"""`accordance export`: a stored sweep in full, for other programs and readers."""

from __future__ import annotations

import os

import click

from ..problem import Code, Place, Problem, Refused
from . import options
from .run_formats import FORMATS, chosen
from .stream import STDIN
from .sweep import missing_extra


@click.command(
    "export",
    short_help="A stored sweep in full: spreadsheets, a page, SARIF, OSCAL.",
    epilog="""\b
Examples:
  accordance export runs/june --output june.html
  accordance export runs/june --output findings.csv
  accordance export runs/june --format oscal --output assessment-results.json
""",
)
@click.argument("run", metavar="RUN")
@options.together(
    options.strategy,
    click.option(
        "--sources",
        "root",
        metavar="FOLDER",
        help="Where the swept files are now. [default: where they were]",
    ),
    click.option(
        "--format",
        "-f",
        "format_name",
        type=click.Choice(FORMATS),
        help="[default: by the ending of the output file]",
    ),
    options.output,
)
def command(
    run: str, strategy: str | None, root: str | None, format_name: str | None, output: str | None
) -> int:
    """Write a run of `accordance sweep --out` with its messages, missing facts and actions.

    A run stores outcomes only; what they say in words `check` says of the sources again, so run,
    sources and strategy must be as they were. Exit code: 0 done, 2 something is not as it was, or
    the call is wrong.
    """
    import contextlib

    name = chosen(format_name, output, {})
    if name is None:
        raise click.UsageError(
            f"say what to write: --format {'|'.join(FORMATS)}, or --output with such an ending"
        )
    from ..strategy.reading import load_strategy

    loaded = load_strategy(strategy)
    try:
        from ..sweep.run_reading import open_run
        from ..sweep.verifying import sources_of, verify
        from .run_formats import write_run

        folder = run if root is None else os.path.abspath(run)
        found = verify(folder, loaded, root, sample=0)
        faults = [fault for check in found["checks"] for fault in check["faults"]]
        if faults:
            raise Refused(
                Problem(Code.RUN_CHANGED, f"{fault['place']}: {fault['message']}", Place(run))
                for fault in faults
            )
        target = output
        if root is not None and output not in (None, STDIN):
            target = os.path.abspath(output)
        opened = open_run(folder)
        with contextlib.chdir(root) if root is not None else contextlib.nullcontext():
            sources = sources_of(opened, loaded, root is not None)
            write_run(opened, loaded, sources, name, target)
    except ImportError as error:
        raise missing_extra(error, "export") from None
    return 0
