"""Accepted breaches: which exceptions are live, allowed and used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from ..feel import logic
from ..feel.values import UNKNOWN, Value
from ..strategy.model import Rule, Strategy

if TYPE_CHECKING:
    from ..strategy.portfolio import PortfolioRule

LEAD: Final = "lead_officer"
"""Who leads, by role: they cannot approve an exception to their own partnership. While that is not
known, nobody can tell whether an exception counts."""


class NoticeCode(StrEnum):
    """Every kind of notice."""

    EXCEPTION_EXPIRED = "exception_expired"
    EXCEPTION_NOT_YET = "exception_not_yet"
    EXCEPTION_NOT_ALLOWED = "exception_not_allowed"
    EXCEPTION_UNUSED = "exception_unused"
    EXCEPTION_RULE_UNKNOWN = "exception_rule_unknown"
    FACTS_STALE = "facts_stale"
    FACTS_UNDATED = "facts_undated"
    ACTION_OVERDUE = "action_overdue"
    CONTRADICTION = "contradiction"
    DATE_ASSUMED = "date_assumed"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to know that is neither a breach nor a gap."""

    code: NoticeCode
    message: str
    rule: str | None = None
    path: str | None = None


SEVERITY: Final = "severity"
_Why = tuple[NoticeCode, str]
"""Why an exception does not count: the kind of notice, and in words."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What exceptions say of a breach. Where `open_points` are named (the lead officer, or the
    severity of the breach, on which it depends who may accept it), nobody can tell yet."""

    accepted_by: dict[str, Value] | None = None
    open_points: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Leads:
    """Who leads on what an exception is about (`of`), by role and without regard to capitals:
    certainly, or perhaps. `unknown`: somebody leads of whom it is not known who it is."""

    of: str
    certain: frozenset[str] = frozenset()
    possible: frozenset[str] = frozenset()
    unknown: bool = False

    @classmethod
    def of_case(cls, facts: dict[str, Any]) -> Leads:
        """Who leads on one partnership."""
        lead = facts.get(LEAD, UNKNOWN)
        known = frozenset({lead.casefold()} if isinstance(lead, str) else ())
        return cls("the partnership", known, unknown=lead is UNKNOWN)

    def is_own(self, approver: str) -> Value:
        """Would it be an exception to a partnership of one's own? True, false or UNKNOWN."""
        role = approver.casefold()
        if role in self.certain:
            return True
        return UNKNOWN if self.unknown or role in self.possible else False


@dataclass(frozen=True, slots=True)
class Exceptions:
    """The exceptions of one case, each with its concrete path."""

    items: tuple[tuple[str, dict[str, Value]], ...]

    @classmethod
    def of(cls, facts: dict[str, Any]) -> Exceptions:
        listed = facts.get("exceptions") or []
        return cls(
            tuple((f"exceptions[{number}]", item) for number, item in enumerate(listed, start=1))
        )

    def acceptance(
        self,
        rule: Rule,
        severities: tuple[str, ...],
        strategy: Strategy,
        facts: dict[str, Any],
        today: dt.date,
    ) -> Acceptance:
        """Whether an exception accepts a breach of `rule`, which has one of `severities` (the
        highest first; several where the severity hangs on what is unknown)."""
        named = [(path, item) for path, item in self.items if names_rule(item, rule)]
        return acceptance(named, rule, severities, strategy, Leads.of_case(facts), today)

    def notices(self, strategy: Strategy, breached: set[str], today: dt.date) -> list[Notice]:
        """What there is to say of exceptions whatever the breaches: `breached` are the ids of the
        rules that are not complied with, accepted or not."""
        found: list[Notice] = []
        for path, item in self.items:
            rule = next((one for one in strategy.rules if names_rule(item, one)), None)
            if rule is None:
                text = "no rule has this id"
                if any(names_rule(item, one) for one in strategy.portfolio):
                    text = "the rule is about the whole portfolio, which has its own exceptions"
                said: _Why | None = (NoticeCode.EXCEPTION_RULE_UNKNOWN, text)
            else:
                said = out_of_use(item, rule.id in breached, today)
            if said is not None:
                identity = str(item["rule"]) if rule is None else rule.id
                found.append(does_not_count(item, *said, identity, path))
        return found


def acceptance(
    items: Iterable[tuple[str, dict[str, Value]]],
    rule: Rule | PortfolioRule,
    severities: Sequence[str],
    strategy: Strategy,
    leads: Leads,
    today: dt.date,
) -> Acceptance:
    """Whether one of these exceptions, which all name what is breached, accepts a breach that has
    one of `severities`, the highest first."""
    live = [(path, item) for path, item in items if not _out_of_time(item, today)]
    accepted: list[dict[str, Value] | None] = []
    notices: list[Notice] = []
    lead_known = True
    for severity in severities:
        chosen = doubtful = None
        for path, item in live:
            objection = _objection(item, severity, strategy, leads)
            if objection is None and leads.is_own(str(item["approver"])) is False:
                chosen = item
                break
            if objection is None:
                doubtful = doubtful or item
            elif severity == severities[0]:
                code = NoticeCode.EXCEPTION_NOT_ALLOWED
                notices.append(does_not_count(item, code, objection, rule.id, path))
        lead_known = lead_known and (chosen is not None or doubtful is None)
        accepted.append(chosen or doubtful)
    if not any(accepted):
        return Acceptance(notices=tuple(notices))
    open_points = [] if lead_known else [LEAD]
    if not all(accepted):
        open_points.append(SEVERITY)
    return Acceptance(accepted[0], tuple(open_points))


def names_rule(item: dict[str, Value], rule: Rule | PortfolioRule) -> bool:
    """Is it to this rule that an exception is?"""
    return item["rule"] == rule.id or item["rule"] in rule.aliases


def out_of_use(item: dict[str, Value], breached: bool, today: dt.date) -> _Why | None:
    """Why an exception says nothing today, whoever approved it; None where it does."""
    expires, approved = item["expires"], item["approved_on"]
    if today > expires:
        return NoticeCode.EXCEPTION_EXPIRED, f"it expired on {expires.isoformat()}"
    if today < approved:
        return NoticeCode.EXCEPTION_NOT_YET, f"it was approved only on {approved.isoformat()}"
    return None if breached else (NoticeCode.EXCEPTION_UNUSED, "the rule is not breached")


def does_not_count(
    item: dict[str, Value], code: NoticeCode, why: str, rule: str, path: str
) -> Notice:
    """The notice that an exception, to a breach of `rule`, does not count."""
    named = [str(item[name]) for name in ("group", "case") if name in item]
    about = f" for {', '.join(named)}" if named else ""
    return Notice(code, f"the exception to {rule}{about} does not count: {why}", rule, path)


def _out_of_time(item: dict[str, Value], today: dt.date) -> bool:
    return not item["approved_on"] <= today <= item["expires"]


def _objection(
    item: dict[str, Value], severity: str, strategy: Strategy, leads: Leads
) -> str | None:
    acceptance = strategy.exceptions.get(severity)
    approver = str(item["approver"])
    if acceptance is None:
        return f"a breach of severity {severity} cannot be accepted"
    if approver.casefold() not in {role.casefold() for role in acceptance.approvers}:
        roles = " or ".join(acceptance.approvers)
        return f"a breach of severity {severity} is accepted by {roles}, not by {approver}"
    if leads.is_own(approver) is True:
        return f"{approver} leads on {leads.of} and cannot approve their own exception"
    if acceptance.longest is not None:
        last = logic.add(item["approved_on"], acceptance.longest)
        if last is not UNKNOWN and item["expires"] > last:
            return f"it runs beyond {last.isoformat()}, the longest that is allowed"
    return None
