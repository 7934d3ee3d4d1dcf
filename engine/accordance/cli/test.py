"""`accordance test`: the rules' own cases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from ..problem import Code, Problem, Refused
from . import options
from .progress import with_progress
from .stream import page_for, write

if TYPE_CHECKING:
    from ..strategy.cases import RuleCase
    from ..strategy.model import Strategy


@click.command(
    "test",
    short_help="Run the rules' own cases: given, expected, got and why.",
    epilog="""\b
Examples:
  accordance test
  accordance test our_strategy/tests/exit.yaml
  accordance test our_strategy --rule DEP-01 --rule EXT-01
  accordance test cases/backtest
""",
)
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@options.together(
    options.strategy,
    click.option(
        "--rule",
        "rules",
        multiple=True,
        metavar="RULE",
        help="Only the cases of this rule. May be repeated.",
    ),
    options.format,
    options.output,
)
def command(
    paths: tuple[str, ...],
    strategy: str | None,
    rules: tuple[str, ...],
    format_name: str | None,
    output: str | None,
) -> int:
    """Run the cases that stand beside the rules, in the folder `tests` of a strategy.

    PATH is a strategy folder or a file of cases in one; without it the strategy public_body is
    tested. A folder of partnerships whose story is known (NAME.facts.yaml beside
    NAME.expected.yaml) is a back-test: each is checked as found, and without what came out later.
    Exit code: 0 every case came out as expected, 1 one did not, 2 a file or the call is wrong.
    """
    from ..check.checker import Checker
    from ..report import format_named
    from ..strategy.cases import read_rule_cases
    from ..strategy.reading import load_strategy
    from ..workbench.backtest import pairs
    from ..workbench.trial import of_file, run_cases

    name = options.chosen_format(format_name, output)
    stories = [pair for path in paths for pair in pairs(path)]
    if stories:
        if rules or any(not pairs(path) for path in paths):
            raise click.UsageError("a back-test takes folders of partnerships and no --rule")
        return _backtest(stories, strategy, name, output)
    folder, files = _one_strategy(paths, strategy)
    loaded = load_strategy(folder)
    cases: Sequence[RuleCase] = read_rule_cases(folder, loaded)
    if files:
        cases = [case for file in files for case in of_file(cases, file)]
    if rules:
        cases = _of_rules(cases, rules, loaded)
    outcome = run_cases(Checker(loaded), with_progress(cases, "testing"))
    write(format_named(name).cases(outcome, page_for(output)), output, name)
    return int(outcome["failed"] > 0)


def _backtest(
    stories: Sequence[tuple[str, str]], strategy: str | None, name: str, output: str | None
) -> int:
    from ..check.checker import Checker
    from ..report import format_named
    from ..report.backtest import is_good
    from ..strategy.reading import load_strategy
    from ..workbench.backtest import run_backtest

    checker = Checker(load_strategy(strategy))
    outcome = run_backtest(checker, with_progress(stories, "testing"))
    write(format_named(name).backtest(outcome, page_for(output)), output, name)
    return int(not is_good(outcome))


def _one_strategy(paths: Sequence[str], strategy: str | None) -> tuple[str | None, list[str]]:
    """The strategy folder that the call names, and the files of cases in it (none for all)."""
    from ..workbench.trial import strategy_of

    if not paths:
        return strategy, []
    places = [strategy_of(path) for path in paths]
    folders = dict.fromkeys(folder for folder, _ in places)
    if len(folders) > 1 or strategy is not None:
        raise click.UsageError("name one strategy at a time, by PATH or with --strategy")
    files = [file for _, file in places if file is not None]
    return next(iter(folders)), files if len(files) == len(places) else []


def _of_rules(
    cases: Sequence[RuleCase], rules: Sequence[str], strategy: Strategy
) -> list[RuleCase]:
    known = {rule.id.casefold(): rule.id for rule in strategy.rules}
    unknown = [rule for rule in rules if rule.casefold() not in known]
    if unknown:
        raise Refused(
            Problem(Code.RULE_UNKNOWN, f"`{rule}` is not a rule of this strategy")
            for rule in unknown
        )
    wanted = {known[rule.casefold()] for rule in rules}
    return [case for case in cases if case.rule in wanted]
