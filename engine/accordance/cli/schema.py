"""`accordance schema`: JSON Schemas of the files of a strategy."""

from __future__ import annotations

import click

from . import options
from .stream import write

KINDS = ("rules", "strategy", "tests", "facts")


@click.command(
    "schema",
    short_help="JSON Schemas of rule, case and fact files, for editors of YAML.",
    epilog="""\b
Examples:
  accordance schema rules
  accordance schema facts --strategy our_strategy --output facts.schema.json
""",
)
@click.argument("kind", type=click.Choice(KINDS))
@options.together(options.strategy, options.output)
def command(kind: str, strategy: str | None, output: str | None) -> int:
    """Print the JSON Schema (2020-12) of a KIND of file: `rules` (rules/*.yaml), `strategy`
    (strategy.yaml), `tests` (tests/*.yaml) or `facts` (the file of a partnership).

    With --strategy the themes, rules and facts of that strategy are among what a file may name.
    Exit code: 0 done, 2 the strategy or the call is wrong.
    """
    from ..report.json import write as as_json
    from ..strategy.reading import load_strategy
    from ..workbench.schemas import schema

    loaded = load_strategy(strategy)
    write(as_json(schema(kind, loaded, own=strategy is not None)), output, "json")
    return 0
