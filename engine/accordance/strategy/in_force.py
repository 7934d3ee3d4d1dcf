"""How a strategy stands on a day: approved and in force, not yet or no longer, or a draft.

It is never written down but computed, from the digest of the content and the approvals on record.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from .model import Approval, Strategy

APPROVED: Final = "approved"
LATER: Final = "approved_later"
EXPIRED: Final = "expired"
DRAFT: Final = "draft"
STATUSES: Final = (APPROVED, LATER, EXPIRED, DRAFT)


class Standing(NamedTuple):
    """How a strategy stands on a day, and the approval that says so: the one in force, to come or
    run out; for a draft the last one on record."""

    status: str
    approval: Approval | None


def standing(strategy: Strategy, day: dt.date) -> Standing:
    """Is a strategy approved, as it is now, on that day?"""
    mine = [one for one in strategy.approvals if one.digest == strategy.digest]
    if not mine:
        last = strategy.approvals[-1] if strategy.approvals else None
        return Standing(DRAFT, last)
    for one in reversed(mine):
        if _in_force(one, day) and not _superseded(strategy, one, day):
            return Standing(APPROVED, one)
    later = [one for one in mine if one.in_force_from > day]
    if later:
        return Standing(LATER, min(later, key=lambda one: one.in_force_from))
    return Standing(EXPIRED, mine[-1])


def in_force(strategy: Strategy, day: dt.date) -> Approval | None:
    """The approval that is in force on a day, of this content or another."""
    found = [one for one in strategy.approvals if _in_force(one, day)]
    return found[-1] if found else None


def _in_force(approval: Approval, day: dt.date) -> bool:
    ends = approval.until
    return approval.in_force_from <= day and (ends is None or day <= ends)


def _superseded(strategy: Strategy, approval: Approval, day: dt.date) -> bool:
    """Has a later approval, of another content, taken its place by then?"""
    position = strategy.approvals.index(approval)
    return any(
        one.digest != approval.digest and one.in_force_from <= day
        for one in strategy.approvals[position + 1 :]
    )
