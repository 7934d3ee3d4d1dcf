"""`accordance test`: the rules' own cases, what they have seen, and what they would not notice."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import click

from ..problem import Code, Problem, Refused
from . import options
from .progress import with_progress
from .stream import page_for, say, write

if TYPE_CHECKING:
    from ..strategy.cases import RuleCase
    from ..strategy.model import Rule, Strategy
    from ..strategy.portfolio_cases import PortfolioCase
    from ..workbench.mutation.bench import Bench
    from ..workbench.mutation.changes import AnyRule
    from ..workbench.mutation.mutating import Look

JUNIT: Final = "junit"
ENOUGH: Final = 95.0
"""Per cent of the changes that cases must notice."""


class _Chosen(NamedTuple):
    """What a call is about: a strategy folder (None: the one that comes with the program), files
    of cases in it, and rules."""

    folder: str | None
    files: tuple[str, ...]
    rules: tuple[str, ...]


@click.command(
    "test",
    short_help="Run the rules' own cases: given, expected, got and why.",
    epilog="""\b
Examples:
  accordance test
  accordance test DEP-01 EXT-01
  accordance test our_strategy/tests/exit.yaml
  accordance test our_strategy --rule DEP-01 --coverage
  accordance test our_strategy --mutate
  accordance test our_strategy --record cases/clinic.facts.yaml DEP-01
  accordance test cases/backtest
""",
)
@click.argument("paths", nargs=-1, metavar="[PATH|RULE]...")
@options.together(
    options.strategy,
    click.option(
        "--rule",
        "rules",
        multiple=True,
        metavar="RULE",
        help="Only the cases of this rule. May be repeated.",
    ),
    click.option(
        "--coverage", is_flag=True, help="Which parts of each rule were seen true, false, unknown."
    ),
    click.option(
        "--mutate", is_flag=True, help="Change the rules a little and say what no case noticed."
    ),
    click.option(
        "--at-least",
        type=click.FloatRange(0, 100),
        metavar="PERCENT",
        help=f"With --mutate: leave with exit code 1 if less is noticed. [default: {ENOUGH:g}]",
    ),
    click.option(
        "--witness",
        is_flag=True,
        help="With --mutate: ask the solver for a partnership that would have noticed. Needs the"
        " extra `prove`.",
    ),
    click.option("--watch", is_flag=True, help="Run again what a change of a file touches."),
    click.option(
        "--record",
        nargs=2,
        metavar="CASE RULE",
        help="Write what RULE says of the fact file CASE as a case of the rule.",
    ),
    click.option("--name", metavar="TEXT", help="With --record: what the new case is called."),
    click.option("--junit", metavar="FILE", help="Write the cases as JUnit XML too, to this file."),
    options.format,
    options.output,
)
def command(
    paths: tuple[str, ...],
    strategy: str | None,
    rules: tuple[str, ...],
    coverage: bool,
    mutate: bool,
    at_least: float | None,
    witness: bool,
    watch: bool,
    record: tuple[str, str] | None,
    name: str | None,
    junit: str | None,
    format_name: str | None,
    output: str | None,
) -> int:
    """Run the cases that stand beside the rules, in the folder `tests` of a strategy.

    PATH is a strategy folder or a file of cases in one; without it the strategy public_body is
    tested. A folder of partnerships whose story is known (NAME.facts.yaml beside
    NAME.expected.yaml) is a back-test: each is checked as found, and without what came out later.

    Exit code: 0 every case came out as expected (with --mutate: enough was noticed), 1 not so, 2 a
    file or the call is wrong.
    """
    _refuse_together(coverage=coverage, mutate=mutate, watch=watch, record=record is not None)
    if at_least is not None and not mutate:
        raise click.UsageError("--at-least goes with --mutate")
    if witness and not mutate:
        raise click.UsageError("--witness goes with --mutate")
    if name is not None and record is None:
        raise click.UsageError("--name goes with --record")
    if junit is not None and (coverage or mutate or watch or record):
        raise click.UsageError("--junit goes with a plain run of the cases")
    form = options.chosen_format(format_name, output)
    from ..workbench.backtest import pairs

    stories = [pair for path in paths for pair in pairs(path)]
    if stories:
        if rules or coverage or mutate or watch or record or junit:
            raise click.UsageError("a back-test takes folders of partnerships and no such option")
        if any(not pairs(path) for path in paths):
            raise click.UsageError("a back-test takes folders of partnerships and no --rule")
        return _backtest(stories, strategy, form, output)
    chosen = _chosen(paths, strategy, rules)
    if record is not None:
        return _record(chosen, record, name)
    if mutate:
        return _mutate(chosen, ENOUGH if at_least is None else at_least, witness, form, output)
    if coverage:
        return _coverage(chosen, form, output)
    if watch:
        return _watch(chosen, form, output)
    return _run(chosen, form, output, junit)


def _refuse_together(**modes: bool) -> None:
    asked = [f"--{mode}" for mode, given in modes.items() if given]
    if len(asked) > 1:
        raise click.UsageError(f"{' and '.join(asked)} do not go together")


# the plain run


def _run(chosen: _Chosen, form: str, output: str | None, junit: str | None) -> int:
    loaded, cases = _cases(chosen)
    code = _report(loaded, cases, form, output, junit, _portfolios(chosen, loaded))
    _say_left_out(chosen, loaded)
    return code


def _say_left_out(chosen: _Chosen, loaded: Strategy) -> None:
    """Of which rules the cases of the strategy that is extended do not hold here."""
    from ..strategy.cases import changed_rules
    from ..strategy.portfolio_cases import changed_portfolio_rules

    if not loaded.extends:
        return
    wanted = {name.casefold() for name in chosen.rules}
    changed = changed_rules(loaded) | changed_portfolio_rules(loaded)
    every = [*(rule.id for rule in loaded.rules), *(rule.id for rule in loaded.portfolio)]
    named = [
        name for name in every if name in changed and (not wanted or name.casefold() in wanted)
    ]
    if named:
        say(
            f"accordance: what is tailored changes {', '.join(named)}; their cases in the strategy"
            " that is extended are left out, so write cases of your own"
        )


def _portfolios(chosen: _Chosen, loaded: Strategy) -> list[PortfolioCase]:
    """The small portfolios that are asked for."""
    from ..strategy.portfolio_cases import read_portfolio_cases

    found = list(read_portfolio_cases(chosen.folder, loaded))
    if chosen.files:
        ends = tuple(f"/{file}" for file in chosen.files)
        found = [case for case in found if case.place.file.endswith(ends)]
    wanted = {name.casefold() for name in chosen.rules}
    return [case for case in found if not wanted or case.rule.casefold() in wanted]


def _cases(chosen: _Chosen) -> tuple[Strategy, list[RuleCase]]:
    from ..strategy.cases import read_rule_cases
    from ..strategy.reading import load_strategy

    loaded = load_strategy(chosen.folder)
    return loaded, _asked(chosen, loaded, list(read_rule_cases(chosen.folder, loaded)))


def _asked(chosen: _Chosen, loaded: Strategy, cases: list[RuleCase]) -> list[RuleCase]:
    """The cases that the call is about."""
    from ..workbench.trial import of_file

    if chosen.files:
        cases = [case for file in chosen.files for case in of_file(cases, file)]
    if chosen.rules:
        wanted = {rule.id for rule in _rules(loaded, chosen.rules)}
        cases = [case for case in cases if case.rule in wanted]
    return cases


def _report(
    loaded: Strategy,
    cases: Sequence[RuleCase],
    form: str,
    output: str | None,
    junit: str | None,
    portfolios: Sequence[PortfolioCase] = (),
) -> int:
    from ..report import format_named
    from ..workbench.trial import run_cases

    outcome = run_cases(loaded, cases, lambda order: with_progress(order, "testing"))
    if portfolios:
        from ..check.checker import Checker
        from ..workbench.portfolio_trial import NEVER, with_portfolios

        outcome = with_portfolios(outcome, Checker(loaded, NEVER), portfolios)
    if junit is not None:
        from ..report.junit import cases as junit_text

        write(junit_text(outcome), junit, JUNIT)
    write(format_named(form).cases(outcome, page_for(output)), output, form)
    return int(outcome["failed"] > 0)


def _backtest(
    stories: Sequence[tuple[str, str]], strategy: str | None, form: str, output: str | None
) -> int:
    from ..check.checker import Checker
    from ..report import format_named
    from ..report.backtest import is_good
    from ..strategy.reading import load_strategy
    from ..workbench.backtest import run_backtest

    checker = Checker(load_strategy(strategy))
    outcome = run_backtest(checker, with_progress(stories, "testing"))
    write(format_named(form).backtest(outcome, page_for(output)), output, form)
    return int(not is_good(outcome))


# what the cases have seen, and what they would not notice


def _bench(chosen: _Chosen) -> tuple[Bench, list[AnyRule]]:
    """The cases set up to be tried again and again, and the rules that are asked for, those over
    the portfolio last."""
    from ..check.checker import Checker
    from ..workbench.mutation.bench import Bench

    # A definition is read by other rules too, and it may be theirs that notice a change of it.
    whole = _Chosen(chosen.folder, (), ())
    loaded, cases = _cases(whole)
    portfolios = _portfolios(whole, loaded)
    every: list[AnyRule] = [*loaded.rules, *loaded.portfolio]
    named = {rule.id for rule in every}
    if chosen.rules:
        _rules(loaded, chosen.rules)
        asked = {name.casefold() for name in chosen.rules}
        named = {name for name in named if name.casefold() in asked}
    elif chosen.files:
        named = {case.rule for case in _asked(chosen, loaded, cases)}
        named |= {case.rule for case in _portfolios(chosen, loaded)}
    rules = [rule for rule in every if rule.id in named]
    return Bench(Checker(loaded), cases, portfolios), rules


def _mutate(chosen: _Chosen, at_least: float, witness: bool, form: str, output: str | None) -> int:
    from ..report.mutation import render
    from ..workbench.mutation.mutating import run_changes

    bench, rules = _bench(chosen)
    outcome = run_changes(
        bench,
        chosen.folder,
        rules,
        lambda changes: with_progress(changes, "changing"),
        _solver() if witness else None,
    )
    write(render(outcome, form, page_for(output)), output, form)
    return int(outcome["changes"] > 0 and outcome["noticed"] * 100 < at_least * outcome["changes"])


def _solver() -> Look:
    from importlib.util import find_spec

    if find_spec("z3") is None:
        raise Refused(
            Problem(
                Code.USAGE,
                "`--witness` needs z3, which is not installed",
                help="install it with pip install 'accordance[prove]'",
            )
        )
    from ..workbench.mutation.witnessing import look

    return look


def _coverage(chosen: _Chosen, form: str, output: str | None) -> int:
    from ..report.parts_seen import render
    from ..workbench.parts_seen import parts_seen

    bench, rules = _bench(chosen)
    outcome = parts_seen(
        bench, chosen.folder, rules, lambda found: with_progress(found, "looking at")
    )
    write(render(outcome, form, page_for(output)), output, form)
    return 0


# recording


def _record(chosen: _Chosen, wanted: tuple[str, str], name: str | None) -> int:
    from ..check.checker import Checker
    from ..strategy.reading import load_strategy
    from ..workbench.recording import record
    from .reading import read_case

    if chosen.files or chosen.rules:
        raise click.UsageError("--record takes a strategy folder, a fact file and one rule")
    loaded = load_strategy(chosen.folder)
    file, named = wanted
    rules = _rules(loaded, (named,))
    if not rules:
        raise click.UsageError(
            f"{named} is a rule over the portfolio, and one case is no portfolio"
        )
    (rule,) = rules
    case = read_case(file, loaded.model)
    made = record(Checker(loaded), chosen.folder, case, rule, name)
    say(f"{made.place}: {rule.id} has the case `{made.case.name}`: {made.case.expect.outcome}")
    return 0


# watching


def _watch(chosen: _Chosen, form: str, output: str | None) -> int:
    """Run the cases, then again those that a change of a file touches, until interrupted."""
    from time import sleep

    from ..strategy.folder import CASES
    from ..workbench.watching import changes, touched

    code = 0
    loaded: Strategy | None = None
    try:
        loaded, cases = _cases(chosen)
        code = _report(loaded, cases, form, output, None, _portfolios(chosen, loaded))
    except Refused as refused:
        code = _say(refused)
    say("watching; end with Ctrl-C")
    try:
        for files in changes(chosen.folder, sleep):
            say(f"changed: {', '.join(sorted(files))}")
            try:
                new, cases = _cases(chosen)
                portfolios = _portfolios(chosen, new)
            except Refused as refused:
                code = _say(refused)
                continue
            if loaded is not None and code != 2:
                rules = touched(loaded, new)
                cases = [
                    case
                    for case in cases
                    if case.rule in rules or any(_is_of(case, file) for file in files)
                ]
                if all(file.startswith(f"{CASES}/") for file in files):
                    portfolios = [
                        case for case in portfolios if any(_is_of(case, file) for file in files)
                    ]
            loaded = new
            if not cases and not portfolios:
                say("nothing to run: no rule reads what changed")
                continue
            try:
                code = _report(new, cases, form, output, None, portfolios)
            except Refused as refused:
                code = _say(refused)
    except KeyboardInterrupt:
        say("")
    return code


def _is_of(case: RuleCase | PortfolioCase, file: str) -> bool:
    return f"/{case.place.file}".endswith(f"/{file}")


def _say(refused: Refused) -> int:
    for problem in refused.problems:
        say(str(problem))
    return 2


# what the call names


def _chosen(paths: Sequence[str], strategy: str | None, rules: Sequence[str]) -> _Chosen:
    from ..workbench.trial import strategy_of

    named = [path for path in paths if _is_rule(path)]
    places = [strategy_of(path) for path in paths if path not in named]
    folders = dict.fromkeys(folder for folder, _ in places)
    if len(folders) > 1 or (folders and strategy is not None):
        raise click.UsageError("name one strategy at a time, by PATH or with --strategy")
    files = tuple(file for _, file in places if file is not None)
    return _Chosen(
        next(iter(folders), strategy),
        files if len(files) == len(places) else (),
        (*rules, *named),
    )


def _is_rule(text: str) -> bool:
    """Does an argument look like the id of a rule, and is no file?"""
    prefix, dash, number = text.partition("-")
    return prefix.isalpha() and bool(dash) and number.isdigit() and not os.path.exists(text)


def _rules(strategy: Strategy, names: Sequence[str]) -> list[Rule]:
    known = {rule.id.casefold(): rule for rule in strategy.rules}
    over_groups = {rule.id.casefold() for rule in strategy.portfolio}
    names = [name for name in names if name.casefold() not in over_groups]
    unknown = [name for name in names if name.casefold() not in known]
    if unknown:
        from ..check.explaining import no_such_rule

        raise Refused(no_such_rule(strategy, name) for name in unknown)
    wanted = {known[name.casefold()].id for name in names}
    return [rule for rule in strategy.rules if rule.id in wanted]
