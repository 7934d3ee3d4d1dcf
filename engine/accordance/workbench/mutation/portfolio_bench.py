"""Small portfolios tried on changed rules.

A change of a rule over the portfolio leaves what is found of each partnership as it is, so that
they are checked once. For a change of a definition or parameter they are checked anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...check.checker import Checker
from ...problem import Refused
from ...strategy.model import Strategy
from ...strategy.portfolio_cases import PortfolioCase
from ..portfolio_parts import read_through
from ..portfolio_trial import NEVER, Portfolios
from .changes import Change


class PortfolioBench:
    """The small portfolios of a strategy, by their rules."""

    def __init__(self, checker: Checker, cases: Iterable[PortfolioCase]) -> None:
        self.rules = {rule.id: rule for rule in checker.strategy.portfolio}
        self.cases: dict[str, list[PortfolioCase]] = {}
        for case in cases:
            self.cases.setdefault(case.rule, []).append(case)
        self.as_it_stands = Portfolios(checker)

    def noticed_by(self, change: Change) -> PortfolioCase | None:
        """The first portfolio that comes out otherwise once a change is made, or None."""
        cases = [case for name in change.rules for case in self.cases.get(name, ())]
        if not cases:
            return None
        if not change.edit.definitions and not change.edit.parameters:
            return _failing(self.as_it_stands, cases, change)
        strategy = self.as_it_stands.checker.strategy
        asked = dict.fromkeys(case.rule for case in cases)
        checker = Checker(change.edit.made(_narrowed(strategy, list(asked))), NEVER)
        try:
            return _failing(Portfolios(checker), cases, change)
        finally:
            checker.close()


def _failing(
    portfolios: Portfolios, cases: Iterable[PortfolioCase], change: Change
) -> PortfolioCase | None:
    for case in cases:
        try:
            if portfolios.fails(case, change.edit.portfolio.get(case.rule)):
                return case
        except Refused:
            return case
    return None


def _narrowed(strategy: Strategy, names: Sequence[str]) -> Strategy:
    """The strategy with some of its rules over the portfolio, and of the others those alone whose
    results they read."""
    asked = tuple(rule for rule in strategy.portfolio if rule.id in names)
    kept: set[str] = set()
    for rule in asked:
        read = read_through(strategy, rule)
        if read.results:
            kept |= set(read.rules or (one.id for one in strategy.rules))
    rules = tuple(rule for rule in strategy.rules if rule.id in kept)
    return replace(strategy, portfolio=asked, rules=rules)
