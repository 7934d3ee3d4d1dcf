"""Accepted breaches: which exceptions are live, allowed and used."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from ..feel import logic
from ..feel.values import UNKNOWN, Value
from ..strategy.model import Rule, Strategy

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


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What exceptions say of a breach. Where `open_points` are named (the lead officer, or the
    severity of the breach, on which it depends who may accept it), nobody can tell yet."""

    accepted_by: dict[str, Value] | None = None
    open_points: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()


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
        live = [
            (path, item)
            for path, item in self.items
            if _names(item, rule) and not _out_of_time(item, today)
        ]
        accepted: list[dict[str, Value] | None] = []
        notices: list[Notice] = []
        for severity in severities:
            chosen = None
            for path, item in live:
                objection = _objection(item, severity, strategy, facts)
                if objection is None:
                    chosen = item
                    break
                if severity == severities[0]:
                    text = f"the exception to {rule.id} does not count: {objection}"
                    notices.append(Notice(NoticeCode.EXCEPTION_NOT_ALLOWED, text, rule.id, path))
            accepted.append(chosen)
        if not any(accepted):
            return Acceptance(notices=tuple(notices))
        open_points = [LEAD] if LEAD not in facts else []
        if not all(accepted):
            open_points.append(SEVERITY)
        return Acceptance(accepted[0], tuple(open_points))

    def notices(self, strategy: Strategy, breached: set[str], today: dt.date) -> list[Notice]:
        """What there is to say of exceptions whatever the breaches: `breached` are the ids of the
        rules that are not complied with, accepted or not."""
        found: list[Notice] = []
        for path, item in self.items:
            rule = next((one for one in strategy.rules if _names(item, one)), None)
            name = item["rule"]
            expires, approved = item["expires"], item["approved_on"]
            if rule is None:
                code, text = NoticeCode.EXCEPTION_RULE_UNKNOWN, "no rule has this id"
            elif today > expires:
                code, text = NoticeCode.EXCEPTION_EXPIRED, f"it expired on {expires.isoformat()}"
            elif today < approved:
                code, text = (
                    NoticeCode.EXCEPTION_NOT_YET,
                    f"it was approved only on {approved.isoformat()}",
                )
            elif rule.id not in breached:
                code, text = NoticeCode.EXCEPTION_UNUSED, "the rule is not breached"
            else:
                continue
            identity = name if rule is None else rule.id
            found.append(
                Notice(code, f"the exception to {name} does not count: {text}", identity, path)
            )
        return found


def _names(item: dict[str, Value], rule: Rule) -> bool:
    return item["rule"] == rule.id or item["rule"] in rule.aliases


def _out_of_time(item: dict[str, Value], today: dt.date) -> bool:
    return not item["approved_on"] <= today <= item["expires"]


def _objection(
    item: dict[str, Value], severity: str, strategy: Strategy, facts: dict[str, Any]
) -> str | None:
    acceptance = strategy.exceptions.get(severity)
    approver = str(item["approver"])
    if acceptance is None:
        return f"a breach of severity {severity} cannot be accepted"
    if approver.casefold() not in {role.casefold() for role in acceptance.approvers}:
        roles = " or ".join(acceptance.approvers)
        return f"a breach of severity {severity} is accepted by {roles}, not by {approver}"
    lead = facts.get(LEAD)
    if isinstance(lead, str) and lead.casefold() == approver.casefold():
        return f"{approver} leads on the partnership and cannot approve their own exception"
    if acceptance.longest is not None:
        last = logic.add(item["approved_on"], acceptance.longest)
        if last is not UNKNOWN and item["expires"] > last:
            return f"it runs beyond {last.isoformat()}, the longest that is allowed"
    return None
