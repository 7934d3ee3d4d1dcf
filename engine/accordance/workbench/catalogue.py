"""The rules of a strategy: which of them are asked for, and the list of them.

The list has the form `accordance/rules/1`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from ..check.answer import PROGRAM, strategy_stamp
from ..plan.planning import plan
from ..plan.reading import FactsRead
from ..strategy.model import SEVERITIES, STAGES, Rule, Strategy
from ..strategy.portfolio import PortfolioRule
from .portfolio_telling import entry as over_groups
from .portfolio_telling import tell
from .rule_parts import definitions_used, expressions

SCHEMA: Final = "accordance/rules/1"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules are asked for; what is empty leaves every rule in.

    `severities` are those that a breach can have, `gates` leaves only the rules that are gates (at
    one of `stages`, where any is named); every word of `words` must occur in the rule.
    """

    themes: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    gates: bool = False
    tags: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def holds(self, rule: Rule) -> bool:
        """Does the rule fit, whatever words it holds?"""
        return (
            (not self.themes or rule.theme in self.themes)
            and (not self.severities or not levels(rule).isdisjoint(self.severities))
            and (not self.stages or not self._stages(rule).isdisjoint(self.stages))
            and (not self.gates or bool(rule.gate))
            and (not self.tags or not _folded(rule.tags).isdisjoint(_folded(self.tags)))
        )

    def _stages(self, rule: Rule) -> frozenset[str]:
        return rule.gate if self.gates else frozenset(rule.stages)


def choose(strategy: Strategy, selection: Selection) -> list[Rule]:
    """The rules that are asked for, in the order of the strategy, retired ones last."""
    found = [rule for rule in (*strategy.rules, *strategy.retired) if selection.holds(rule)]
    if not selection.words:
        return found
    reads = FactsRead(plan(strategy))
    words = _folded(selection.words)
    return [
        rule
        for rule in found
        for text in [" ".join(_texts(rule, strategy, reads)).casefold()]
        if all(word in text for word in words)
    ]


def levels(rule: Rule) -> frozenset[str]:
    """The severities that a breach can have."""
    return frozenset((rule.severity, *(step.level for step in rule.severity_when)))


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def _texts(rule: Rule, strategy: Strategy, reads: FactsRead) -> Iterator[str]:
    """What is said in a rule and in the definitions that it uses, and the facts that it reads."""
    yield from (rule.id, rule.title, rule.theme, rule.because, rule.finding, rule.when_text or "")
    yield from (*rule.excludes, *rule.assumes, *rule.basis, *rule.tags, *rule.aliases)
    for requirement in rule.require:
        yield from (requirement.text, requirement.unmet or "")
    for action in rule.actions:
        yield from (action.do, action.owner, action.done_when or "")
    yield from (step.text for step in rule.severity_when)
    for definition in definitions_used(strategy, expressions(rule)):
        yield from (definition.name, definition.means, definition.text)
    for node in expressions(rule):
        yield from reads.of(node)


def choose_over_groups(strategy: Strategy, selection: Selection) -> list[PortfolioRule]:
    """The rules over the portfolio that are asked for. They have no stages and are no gates."""
    if selection.stages or selection.gates:
        return []
    tags, words = _folded(selection.tags), _folded(selection.words)
    return [
        rule
        for rule in strategy.portfolio
        for entry in [over_groups(rule)]
        for text in [" ".join(str(value) for value in tell(strategy, rule).values()).casefold()]
        if (not selection.themes or rule.theme in selection.themes)
        and (
            not selection.severities
            or {rule.severity, entry["severity_most"]} & {*selection.severities}
        )
        and (not tags or not _folded(rule.tags).isdisjoint(tags))
        and all(word in text for word in words)
    ]


def catalogue(
    strategy: Strategy, rules: Iterable[Rule], portfolio: Iterable[PortfolioRule] = ()
) -> dict[str, Any]:
    """The list of some rules of a strategy, in the form `accordance/rules/1`; `portfolio` are those
    over groups of cases."""
    chosen = list(rules)
    return {
        "schema": SCHEMA,
        "program": PROGRAM,
        "strategy": strategy_stamp(strategy),
        "themes": [
            {"prefix": prefix, "theme": name}
            for prefix, name in strategy.themes.items()
            if any(rule.theme == name for rule in chosen)
        ],
        "of": len(strategy.rules),
        "rules": [entry(rule) for rule in chosen if rule not in strategy.retired],
        "portfolio": [over_groups(rule) for rule in portfolio],
        "retired": [
            {"rule": rule.id, "title": rule.title, "until": rule.until, "off": off(strategy, rule)}
            for rule in chosen
            if rule in strategy.retired
        ],
    }


def off(strategy: Strategy, rule: Rule) -> dict[str, str] | None:
    """Why a rule of the strategy that is extended is switched off, and since when."""
    found = strategy.off.get(rule.id)
    return None if found is None else {"because": found.because, "on": found.on.isoformat()}


def entry(rule: Rule) -> dict[str, Any]:
    """A rule as the list has it."""
    return {
        "rule": rule.id,
        "title": rule.title,
        "theme": rule.theme,
        "severity": rule.severity,
        "severity_most": min(levels(rule), key=SEVERITIES.index),
        "gate": [stage for stage in STAGES if stage in rule.gate],
        "stages": list(rule.stages),
        "about": rule.about,
        "tags": list(rule.tags),
    }
