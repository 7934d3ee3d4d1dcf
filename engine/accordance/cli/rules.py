"""`accordance rules`: the rules of a strategy, listed, shown and written out as pages."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import click

from ..problem import Refused
from ..report.rule_wording import STAGES
from ..report.wording import SEVERITIES
from . import options
from .stream import page_for, say, write

if TYPE_CHECKING:
    from ..report.page import Page
    from ..strategy.model import Rule, Strategy
    from ..strategy.portfolio import PortfolioRule

SOURCES: Final = "coverage.md"
"""A page beside the folder of pages that explains the entries of a basis, each at an anchor."""


@click.command(
    "rules",
    short_help="List the rules, or show what one asks, why, and how it is tested.",
    epilog="""\b
Examples:
  accordance rules --theme exit --stage new
  accordance rules --gate --severity critical
  accordance rules --search insolvency
  accordance rules DEP-01
  accordance rules --pages docs/rules
  accordance rules DEP-01 --graph --output dep-01.svg
  accordance rules --strategy our_council --diff public_body
  accordance rules --strategy our_council --history
""",
)
@click.argument("rules", nargs=-1, metavar="[RULE]...")
@options.together(
    options.strategy,
    click.option(
        "--theme",
        "themes",
        multiple=True,
        metavar="THEME",
        help="Only the rules of this theme, by its name or the letters of its ids.",
    ),
    click.option(
        "--severity",
        "severities",
        multiple=True,
        type=click.Choice(SEVERITIES),
        help="Only rules whose breach can be of this severity.",
    ),
    click.option(
        "--stage",
        "stages",
        multiple=True,
        type=click.Choice(STAGES),
        help="Only rules that are asked at this stage.",
    ),
    click.option(
        "--gate", "gates", is_flag=True, help="Only gates; with --stage, only gates at that stage."
    ),
    click.option(
        "--tag", "tags", multiple=True, metavar="TAG", help="Only rules that have this tag."
    ),
    click.option(
        "--search",
        "words",
        multiple=True,
        metavar="TEXT",
        help="Only rules in which these words stand, in a text or expression; also the name of a"
        " fact, parameter or definition that they use.",
    ),
    options.picture,
    options.output,
    click.option(
        "--graph",
        "drawn",
        is_flag=True,
        help="Draw what hangs on what: facts, definitions, rules, verdict. SVG where Graphviz is"
        " installed, else Mermaid.",
    ),
    click.option(
        "--pages",
        metavar="FOLDER",
        help="Write a page for each rule, and an index, into this folder (Markdown).",
    ),
    click.option(
        "--diff",
        "other",
        metavar="STRATEGY",
        help="What this strategy changes in that one: a folder, a name or a git revision.",
    ),
    click.option(
        "--history", is_flag=True, help="What was changed between its approvals, and since."
    ),
)
def command(
    rules: tuple[str, ...],
    strategy: str | None,
    themes: tuple[str, ...],
    severities: tuple[str, ...],
    stages: tuple[str, ...],
    gates: bool,
    tags: tuple[str, ...],
    words: tuple[str, ...],
    format_name: str | None,
    output: str | None,
    drawn: bool,
    pages: str | None,
    other: str | None,
    history: bool,
) -> int:
    """List the rules of a strategy, or show each RULE in full.

    Filters of several kinds must all fit; of one kind, given several times, one must (of --search
    all). A rule that is shown comes with an example that was checked just now.

    Exit code: 0 done, 2 a file or the call is wrong.
    """
    from ..report import format_named
    from ..strategy.reading import load_strategy
    from ..workbench.catalogue import Selection, catalogue, choose, choose_over_groups

    filters = (themes, severities, stages, gates, tags, words)
    if rules and any(filters):
        raise click.UsageError("name rules or filter them, not both")
    if pages is not None and (rules or any(filters) or format_name or output):
        raise click.UsageError("--pages writes every rule; leave out what narrows or formats it")
    if (format_name in options.PICTURES) > drawn:
        raise click.UsageError(f"{format_name} goes with --graph")
    if drawn and (pages is not None or other is not None or history):
        raise click.UsageError("--graph draws, and goes with what narrows the rules alone")
    if other is not None or history:
        if rules or any(filters) or pages is not None or (history and other is not None):
            raise click.UsageError("--diff and --history stand alone, with --strategy at most")
        return _changes(strategy, other, options.chosen_format(format_name, output), output)
    loaded = load_strategy(strategy)
    if pages is not None:
        return _write_pages(loaded, strategy, pages)
    selection = Selection(
        themes=tuple(_theme(loaded, one) for one in themes),
        severities=severities,
        stages=stages,
        gates=gates,
        tags=tags,
        words=tuple(word for text in words for word in text.split()),
    )
    over_groups = {rule.id: rule for rule in loaded.portfolio}
    own = [_rule(loaded, one) for one in rules if one.upper() not in over_groups]
    over = [over_groups[one.upper()] for one in rules if one.upper() in over_groups]
    if drawn:
        if not rules:
            own, over = choose(loaded, selection), choose_over_groups(loaded, selection)
        return _draw(loaded, [*own, *over], format_name, output)
    name = options.chosen_format(format_name, output)
    if rules:
        text = _in_full(loaded, strategy, own, over, name, page_for(output))
    else:
        over = choose_over_groups(loaded, selection)
        found = catalogue(loaded, choose(loaded, selection), over)
        text = format_named(name).catalogue(found, page_for(output))
    write(text, output, name)
    return 0


def _in_full(
    strategy: Strategy,
    folder: str | None,
    own: Sequence[Rule],
    over: Sequence[PortfolioRule],
    name: str,
    page: Page,
) -> str:
    """Rules in full, those over the portfolio last."""
    from ..report import format_named
    from ..report.portfolio_rule_page import shown

    told = _told(strategy, folder, own) if own else []
    wanted = {rule.id for rule in over}
    groups = [one for one in _told_of_groups(strategy, folder) if one["rule"] in wanted]
    if name == "json" or not groups:
        return format_named(name).rules([*told, *groups], page)
    before = [format_named(name).rules(told, page)] if told else []
    return "\n".join([*before, shown(groups)])


def _told(strategy: Strategy, folder: str | None, rules: Sequence[Rule]) -> list[dict[str, Any]]:
    from ..check.checker import Checker
    from ..strategy.cases import read_rule_cases
    from ..workbench.telling import Teller

    teller = Teller(Checker(strategy), read_rule_cases(folder, strategy))
    return [teller.tell(rule) for rule in rules]


def _told_of_groups(strategy: Strategy, folder: str | None) -> list[dict[str, Any]]:
    """The rules over the portfolio in full."""
    from ..strategy.portfolio_cases import read_portfolio_cases
    from ..workbench.portfolio_telling import tell

    cases = read_portfolio_cases(folder, strategy)
    return [tell(strategy, rule, cases) for rule in strategy.portfolio]


def _rule(strategy: Strategy, name: str) -> Rule:
    found = strategy.rule(name.upper())
    if found is None:
        from ..check.explaining import no_such_rule

        raise Refused(no_such_rule(strategy, name))
    return found


def _theme(strategy: Strategy, name: str) -> str:
    """The theme of that name, or with those letters, whatever their case."""
    known = {prefix.casefold(): theme for prefix, theme in strategy.themes.items()}
    known |= {theme.casefold(): theme for theme in strategy.themes.values()}
    found = known.get(name.casefold())
    if found is None:
        from difflib import get_close_matches

        near = get_close_matches(name.casefold(), known, n=1)
        every = ", ".join(f"{prefix} {theme}" for prefix, theme in strategy.themes.items())
        advice = f"did you mean `{known[near[0]]}`?" if near else f"the themes are {every}"
        raise click.BadParameter(f"`{name}` is not a theme of this strategy; {advice}")
    return found


def _changes(strategy: str | None, other: str | None, name: str, output: str | None) -> int:
    """What differs from another strategy, or from approval to approval."""
    from ..report import edits
    from ..strategy.folder import locate
    from ..strategy.reading import load_strategy
    from ..workbench import publishing
    from ..workbench.revisions import strategies

    if other is None:
        document = publishing.history(load_strategy(strategy), locate(strategy))
        write(edits.history(document, name, page_for(output)), output, name)
        return 0
    with strategies([other, strategy]) as (old, new):
        document = publishing.difference(old, new)
    write(edits.difference(document, name, page_for(output)), output, name)
    return 0


# the picture


def _draw(
    strategy: Strategy,
    rules: Sequence[Rule | PortfolioRule],
    format_name: str | None,
    output: str | None,
) -> int:
    from ..plan.planning import plan
    from ..report import graph as texts
    from ..report.graphviz import can_draw, svg
    from ..report.json import write as json_text
    from ..workbench.graph import graph

    if not rules:
        raise click.UsageError("no rule fits, so that there is nothing to draw")
    ending = os.path.splitext(output or "")[1].lower()
    name = format_name or texts.ENDINGS.get(ending) or ("json" if ending == ".json" else None)
    if name is None:
        name = "svg" if can_draw() else "mermaid"
        if name == "mermaid":
            say("Graphviz is not installed, so this is Mermaid text")
    if name not in (*options.PICTURES, "json"):
        raise click.UsageError(f"--graph is drawn as {', '.join(options.PICTURES)} or json")
    document = graph(plan(strategy), rules)
    if name == "json":
        text = json_text(document)
    elif name == "mermaid":
        text = texts.mermaid(document)
    else:
        text = texts.dot(document)
        if name == "svg":
            text = svg(text, document["title"], document["description"])
    write(text, output, name)
    return 0


# pages


def _write_pages(strategy: Strategy, folder: str | None, target: str) -> int:
    from ..report.portfolio_rule_page import page
    from ..report.rule_page import INDEX, MARK, pages, portfolio_section
    from ..workbench.catalogue import catalogue

    told = _told(strategy, folder, strategy.rules)
    found = pages(catalogue(strategy, strategy.rules), told, _sources(told, target))
    groups = _told_of_groups(strategy, folder)
    sources = _sources(groups, target)
    head = f"{MARK}\n\n[All rules]({INDEX})\n\n"
    found |= {f"{one['rule']}.md": head + page(one, sources) for one in groups}
    found[INDEX] += portfolio_section(groups, linked=True)
    os.makedirs(target, exist_ok=True)
    gone = [name for name in sorted(os.listdir(target)) if name not in found]
    for name, text in found.items():
        write(text, os.path.join(target, name))
    for name in gone:
        path = os.path.join(target, name)
        # Only what was made here is taken away: the page of a rule that is no more.
        if name.endswith(".md") and _first_line(path) == MARK:
            os.remove(path)
    say(f"{len(found)} pages written to {target}")
    return 0


def _first_line(path: str) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.readline().rstrip("\n")


def _sources(rules: Sequence[dict[str, Any]], target: str) -> dict[str, str]:
    """Where the entries of the basis are explained: at an anchor named like their last word, on
    the page SOURCES beside the folder, where there is one."""
    path = os.path.join(os.path.dirname(os.path.abspath(target)), SOURCES)
    if not os.path.isfile(path):
        return {}
    with open(path, encoding="utf-8") as file:
        anchors = set(re.findall(r'<a id="([a-z0-9]+)"></a>', file.read()))
    entries = {entry for rule in rules for entry in rule["basis"]}
    words = {entry: entry.rpartition(" ")[2].casefold() for entry in entries}
    return {entry: f"../{SOURCES}#{word}" for entry, word in words.items() if word in anchors}
