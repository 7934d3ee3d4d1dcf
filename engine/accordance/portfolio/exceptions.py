"""Accepted breaches of rules over the portfolio: which exceptions are live, allowed and used.

Who may accept a breach, and for how long, is what the strategy says of its severity, as for one
partnership. Nobody accepts what they lead on themselves: of a group, one of its partnerships.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..check.exceptions import (
    Notice,
    NoticeCode,
    acceptance,
    does_not_count,
    names_rule,
    out_of_use,
)
from ..check.prose import plain
from ..feel.values import Value
from ..plan.outcome import Outcome
from ..source.quoting import quoted
from ..strategy.model import Strategy
from ..strategy.portfolio import PortfolioRule
from ..strategy.portfolio_exceptions import ENTRY, GroupException
from .providers import Providers

if TYPE_CHECKING:
    from ..check.exceptions import Leads
    from .judging import Said

About = tuple[str, str | None, str | None]
"""What a result is about: the rule, the group and the case in it."""


class Accepting:
    """Applies the exceptions to what the rules say, and tells at last which did not count."""

    def __init__(
        self,
        entries: Iterable[GroupException],
        strategy: Strategy,
        providers: Providers,
        today: dt.date,
    ) -> None:
        self._strategy = strategy
        self._today = today
        self._entries: list[tuple[GroupException, PortfolioRule | None, About]] = []
        self._by_about: dict[About, list[tuple[str, dict[str, Value]]]] = {}
        self._met: set[About] = set()
        self._breached: set[About] = set()
        self._objections: dict[str, Notice] = {}
        for at, entry in enumerate(entries):
            item = dict(entry.item)
            rule = next((one for one in strategy.portfolio if names_rule(item, one)), None)
            group = item.get("group")
            if rule is not None and rule.providers and group is not None:
                group = providers.group(group)
            about = (item["rule"] if rule is None else rule.id, group, item.get("case"))
            self._entries.append((entry, rule, about))
            self._by_about.setdefault(about, []).append((str(at), item))

    def abouts(self, rule: PortfolioRule) -> list[About]:
        """What the exceptions to a rule are about."""
        return [about for about in self._by_about if about[0] == rule.id]

    def meet(self, about: About) -> None:
        """Note that there is what an exception is about."""
        self._met.add(about)

    def names(self, rule: PortfolioRule, group: str | None, case: str | None) -> bool:
        """Is there an exception, of whatever worth, to what a rule says of this?"""
        return (rule.id, group, case) in self._by_about

    def approvers(self, rule: PortfolioRule, group: str | None, case: str | None) -> frozenset[str]:
        """Who approved exceptions to it, by role and without regard to capitals."""
        items = self._by_about.get((rule.id, group, case), ())
        return frozenset(str(item["approver"]).casefold() for _, item in items)

    def judge(
        self, rule: PortfolioRule, group: str | None, case: str | None, said: Said, leads: Leads
    ) -> Said:
        """What is said once exceptions are taken into account. While nobody can tell whether one
        counts, the outcome is not known either."""
        about = rule.id, group, case
        items = self._by_about.get(about)
        if items is None:
            return said
        self.meet(about)
        if said.outcome is not Outcome.NON_COMPLIANT:
            return said
        self._breached.add(about)
        found = acceptance(items, rule, said.possible, self._strategy, leads, self._today)
        self._objections |= {str(one.path): one for one in found.notices}
        if found.open_points:
            return replace(
                said,
                outcome=Outcome.INSUFFICIENT_EVIDENCE,
                acceptance_needs=found.open_points,
            )
        if found.accepted_by is None:
            return said
        return replace(
            said, outcome=Outcome.ACCEPTED_EXCEPTION, accepted_by=accepted(found.accepted_by)
        )

    def notices(self) -> list[dict[str, Any]]:
        """The exceptions that do not count and why, in their order."""
        found = []
        for at, (entry, rule, about) in enumerate(self._entries):
            one = self._objections.get(str(at)) or self._idle(dict(entry.item), rule, about)
            if one is not None:
                found.append(
                    {
                        "code": one.code.value,
                        "message": one.message,
                        "rule": one.rule,
                        "group": about[1],
                        "case": about[2],
                        "source": entry.place.file,
                        "line": entry.place.line,
                    }
                )
        return found

    def _idle(
        self, item: dict[str, Value], rule: PortfolioRule | None, about: About
    ) -> Notice | None:
        if rule is None:
            code, why = NoticeCode.EXCEPTION_RULE_UNKNOWN, "no rule over the portfolio has this id"
            return does_not_count(item, code, why, item["rule"], "")
        said = out_of_use(item, about in self._breached, self._today)
        if said is None:
            return None
        code, why = said
        if code is NoticeCode.EXCEPTION_UNUSED and about not in self._met:
            of = f"group {quoted(about[1])}" if about[1] is not None else "portfolio"
            why = (
                f"it says nothing of {quoted(about[2])} in the {of}"
                if about[2]
                else (f"there is no {of}")
            )
        return does_not_count(item, code, why, rule.id, "")


def accepted(item: Mapping[str, Value]) -> dict[str, Any]:
    """An exception as JSON has it."""
    return {name: plain(item[name]) if name in item else None for name in ENTRY}
