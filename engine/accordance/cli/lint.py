"""`accordance lint`: what is wrong in a strategy."""

from __future__ import annotations

import click

from ..report.text import safe
from . import options
from .stream import page_for, write


@click.command(
    "lint",
    short_help="What is wrong in a strategy, each problem with its file, line and column.",
)
@click.argument("folder", required=False)
@options.together(options.strategy, options.output)
def command(folder: str | None, strategy: str | None, output: str | None) -> int:
    """Read the strategy in FOLDER and say everything that is wrong in it.

    Exit code: 0 nothing is wrong, 1 something is, 2 there is no strategy to read.
    """
    from ..report.wording import count
    from ..strategy.reading import examine_strategy

    if folder is not None and strategy is not None:
        raise click.UsageError("name the strategy once, as FOLDER or with --strategy")
    reading = examine_strategy(folder or strategy)
    lines = [safe(str(problem)) for problem in reading.problems]
    if reading.problems:
        lines.append(count(len(reading.problems), "problem"))
    found = reading.strategy
    if found is not None:
        mark = "✓" if page_for(output).symbols else "+"
        state = "nothing is wrong" if not reading.problems else "no error"
        parts = ", ".join(
            (
                count(len(found.rules), "rule"),
                count(len(found.definitions), "definition"),
                count(len(found.parameters), "parameter"),
            )
        )
        lines.append(f"{mark} {found.name} {found.version} ({found.status})")
        # An approval names this digest, so an owner must be able to copy it from somewhere.
        lines.append(f"  {found.digest}")
        lines.append(f"  {parts}; {state}")
    write("\n".join(lines) + "\n", output)
    return int(found is None)
