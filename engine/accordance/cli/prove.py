"""`accordance prove`: questions about the rules themselves."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from ..problem import Code, Problem, Refused
from . import options
from .progress import with_progress
from .stream import page_for, say, write

if TYPE_CHECKING:
    from ..prove.proving import Proof
    from ..strategy.cases import RuleCase
    from ..strategy.model import Strategy

_MISSING = "`prove` needs z3, which is not installed"
_INSTALL = "install it with pip install 'accordance[prove]'"


@click.command(
    "prove",
    short_help="What can be proved of the rules: dead, contradicting, shadowed; two versions.",
    epilog="""\b
Examples:
  accordance prove
  accordance prove our_strategy --rule DEP-01
  accordance prove --property 'not(verdict = "proceed" and not(exit_plan.exists))'
  accordance prove old_strategy new_strategy --save-test new_strategy/tests
  accordance prove HEAD~3 strategy_rules/public_body
""",
)
@click.argument("folders", nargs=-1, metavar="[FOLDER | OLD NEW]")
@options.together(
    options.strategy,
    click.option(
        "--property",
        "properties",
        multiple=True,
        metavar="EXPR",
        help="Does this hold of every partnership? FEEL over facts, definitions, parameters,"
        " verdict and opinion. May be repeated.",
    ),
    click.option(
        "--rule",
        "rules",
        multiple=True,
        metavar="RULE",
        help="Only what concerns this rule. May be repeated.",
    ),
    click.option(
        "--items",
        type=click.IntRange(1, 16),
        default=2,
        show_default=True,
        help="How many items a list of unknown length may hold.",
    ),
    click.option(
        "--as-of",
        type=options.Day(),
        metavar="DATE",
        help="Only for evaluations on this day. [default: any day of this century]",
    ),
    click.option(
        "--save-test",
        "test",
        metavar="FILE",
        help="Write the witnesses as cases of rules: to this file, or into this folder.",
    ),
    options.everything,
    options.format,
    options.output,
)
def command(
    folders: tuple[str, ...],
    strategy: str | None,
    properties: tuple[str, ...],
    rules: tuple[str, ...],
    items: int,
    as_of: dt.date | None,
    test: str | None,
    everything: bool,
    format_name: str | None,
    output: str | None,
) -> int:
    """Ask the rules of a strategy what no single case can show.

    Without a property and with one FOLDER at most: which rules can never apply, fail or be met,
    which never fail without another, which can never both be met, and which partnerships a theme
    leaves out. With OLD and NEW: which rules became stricter or looser. Every case that is shown
    was checked before. Lists hold at most so many items as the answer says. Rules over the
    portfolio are not asked about.

    Exit code: 0 nothing is wrong, every property holds, the versions ask the same; 1 otherwise, or
    a property is not decided; 2 a file or the call is wrong.
    """
    from importlib.util import find_spec

    if len(folders) > 2:
        raise click.UsageError("name one strategy, or an old and a new version of it")
    if len(folders) == 2 and (properties or rules or strategy):
        raise click.UsageError("two versions are compared without --strategy, --rule or --property")
    if folders and strategy is not None:
        raise click.UsageError("name the strategy once, as FOLDER or with --strategy")
    if properties and rules:
        raise click.UsageError("ask for a property or for a rule, not for both")
    if find_spec("z3") is None:
        raise Refused(Problem(Code.USAGE, _MISSING, help=_INSTALL))
    name = options.chosen_format(format_name, output)
    proof, loaded = _proved(folders, strategy, properties, rules, items, as_of)
    from ..report.proving import rendered

    write(rendered(proof.document, name, page_for(output, everything)), output, name)
    if test is not None:
        from ..prove.saving import save

        for file in save(proof.answers, loaded, test):
            say(f"wrote {file}")
    return int(not proof.is_good)


def _proved(
    folders: tuple[str, ...],
    strategy: str | None,
    properties: tuple[str, ...],
    rules: tuple[str, ...],
    items: int,
    as_of: dt.date | None,
) -> tuple[Proof, Strategy]:
    from ..prove import proving
    from ..prove.investigation import Limits
    from ..strategy.reading import load_strategy

    limits = Limits(items, as_of)
    if len(folders) == 2:
        from ..workbench.revisions import strategies

        with strategies(folders) as (old, new):
            return proving.versions(old, new, limits, with_progress), new
    folder = folders[0] if folders else strategy
    loaded = load_strategy(folder)
    if properties:
        return proving.properties(loaded, properties, limits), loaded
    chosen = _known(rules, loaded)
    return proving.audit(loaded, limits, chosen, _cases(folder, loaded), with_progress), loaded


def _known(rules: tuple[str, ...], strategy: Strategy) -> list[str]:
    known = {rule.id.casefold(): rule.id for rule in strategy.rules}
    unknown = [rule for rule in rules if rule.casefold() not in known]
    over_groups = {rule.id.casefold() for rule in strategy.portfolio}
    beyond = [rule for rule in unknown if rule.casefold() in over_groups]
    if beyond:
        raise Refused(
            Problem(
                Code.USAGE,
                f"`{rule}` is a rule over the portfolio, and a proof speaks of one partnership",
                help="try it on small portfolios with `accordance test --mutate`",
            )
            for rule in beyond
        )
    if unknown:
        from ..check.explaining import no_such_rule

        raise Refused(no_such_rule(strategy, rule) for rule in unknown)
    return [known[rule.casefold()] for rule in rules]


def _cases(folder: str | None, strategy: Strategy) -> tuple[RuleCase, ...]:
    """The strategy's own cases; none where they cannot be read, which `accordance test` says."""
    from ..strategy.cases import read_rule_cases

    try:
        return read_rule_cases(folder, strategy)
    except Refused:
        return ()
