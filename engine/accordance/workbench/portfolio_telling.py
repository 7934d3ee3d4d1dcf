"""A rule over the portfolio told in full, for its page and for the list of rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..strategy.model import SEVERITIES, Strategy
from ..strategy.portfolio import PORTFOLIO, PortfolioRule
from ..strategy.portfolio_cases import PortfolioCase
from .portfolio_parts import names_in_messages, read_through


def tell(
    strategy: Strategy, rule: PortfolioRule, cases: Sequence[PortfolioCase] = ()
) -> dict[str, Any]:
    """What a rule says, in plain JSON values."""
    read = read_through(strategy, rule)
    named = {*read.parameters, *names_in_messages(rule)}
    return {
        **entry(rule),
        "of": rule.of_text,
        "group_by": rule.group_text,
        "by": rule.by,
        "provider_groups": rule.providers,
        "mark": rule.mark_text,
        "rank": rule.rank_text,
        "figures": [
            {"name": one.name, "is": one.text, "means": one.means, "unit": one.unit}
            for one in rule.figures
        ],
        "when": rule.when_text,
        "require": [{"is": one.text, "unmet": one.unmet} for one in rule.require],
        "severity_when": {step.level: step.text for step in rule.severity_when},
        "finding": rule.finding,
        "actions": [
            {
                "do": one.do,
                "owner": one.owner,
                "due": None if PORTFOLIO not in one.due else one.due[PORTFOLIO].text,
                "done_when": one.done_when,
            }
            for one in rule.actions
        ],
        "because": rule.because,
        "excludes": list(rule.excludes),
        "assumes": list(rule.assumes),
        "basis": list(rule.basis),
        "parameters": {
            name: one.means for name, one in strategy.parameters.items() if name in named
        },
        "facts": [path for path in strategy.model.facts if path in read.facts],
        "cases": [
            {"name": case.name, "expect": case.expect.outcome}
            for case in cases
            if case.rule == rule.id
        ],
    }


def entry(rule: PortfolioRule) -> dict[str, Any]:
    """A rule as the list of rules has it."""
    levels = [rule.severity, *(step.level for step in rule.severity_when)]
    return {
        "rule": rule.id,
        "title": rule.title,
        "theme": rule.theme,
        "severity": rule.severity,
        "severity_most": min(levels, key=SEVERITIES.index),
        "gate": [],
        "stages": [],
        "about": PORTFOLIO,
        "tags": list(rule.tags),
    }
