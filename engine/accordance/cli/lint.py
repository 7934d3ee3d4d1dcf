"""`accordance lint`: what is wrong in a strategy."""

from __future__ import annotations

import click

from ..problem import Code, Level, Problem, Refused
from . import options
from .stream import page_for, write

_CANNOT_RUN = frozenset({Code.STRATEGY_MISSING, Code.FILE_UNREADABLE, Code.USAGE})


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
    from ..strategy.reading import load_strategy

    if folder is not None and strategy is not None:
        raise click.UsageError("name the strategy once, as FOLDER or with --strategy")
    try:
        found = load_strategy(folder or strategy, cache=False)
    except Refused as refused:
        if any(problem.code in _CANNOT_RUN for problem in refused.problems):
            raise
        write(_problem_lines(refused.problems), output)
        return int(any(problem.level is Level.ERROR for problem in refused.problems))
    mark = "✓" if page_for(output).symbols else "+"
    counts = ", ".join(
        (
            f"{len(found.rules)} rules",
            f"{len(found.definitions)} definitions",
            f"{len(found.parameters)} parameters",
        )
    )
    write(f"{mark} {found.name} {found.version}: {counts}; nothing is wrong\n", output)
    return 0


def _problem_lines(problems: tuple[Problem, ...]) -> str:
    from ..report.text import safe
    from ..report.wording import count

    lines = [safe(str(problem)) for problem in problems]
    return "\n".join([*lines, count(len(problems), "problem")]) + "\n"
