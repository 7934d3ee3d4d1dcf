"""`accordance explain`: why a rule came out as it did."""

from __future__ import annotations

import datetime as dt

import click

from . import options
from .reading import read_case
from .stream import page_for, write


@click.command(
    "explain",
    short_help="Why a rule came out as it did, down to the line of the fact file.",
    epilog="""\b
Examples:
  accordance explain proposal.yaml DEP-01
  accordance explain proposal.yaml DEP-01 --set exit_plan.exists=true
""",
)
@click.argument("case")
@click.argument("rule")
@options.together(
    options.strategy,
    options.as_of,
    options.sets,
    options.format,
    options.everything,
    options.output,
)
def command(
    case: str,
    rule: str,
    strategy: str | None,
    as_of: dt.date | None,
    sets: tuple[str, ...],
    format_name: str | None,
    everything: bool,
    output: str | None,
) -> int:
    """Explain what RULE says of CASE, a file of facts (`-` reads standard input).

    Shows the rule in words, which part holds, which does not and which is not known, by which fact
    on which line, and what would have to change.
    """
    from ..check.checker import Checker
    from ..check.explaining import explain
    from ..report import format_named
    from ..strategy.reading import load_strategy

    checker = Checker(load_strategy(strategy))
    found = read_case(case, checker.strategy.model)
    if sets:
        from ..facts.setting import with_set

        found = with_set(found, list(sets))
    explanation = explain(checker, found, rule, as_of)
    if sets:
        explanation = explanation | {"what_if": {"set": list(sets)}}
    name = options.chosen_format(format_name, output)
    text = format_named(name).explanation(explanation, page_for(output, everything))
    write(text, output, name)
    return 0
