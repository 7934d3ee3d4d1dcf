"""approvals.yaml: who approved which content of a strategy, when, and for how long.

Whether a strategy stands approved is never written down but computed, from the digest of its
content and a day: any change since makes it a draft.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..problem import Code, Problem
from ..source.quoting import quoted
from ..source.tree import Located
from .fields import Fields, fields_of
from .model import Approval

if TYPE_CHECKING:
    from .model import Strategy

APPROVED: Final = "approved"
LATER: Final = "approved_later"
EXPIRED: Final = "expired"
DRAFT: Final = "draft"
STATUSES: Final = (APPROVED, LATER, EXPIRED, DRAFT)

FILE_FIELDS: Final = ("approvals",)
FIELDS: Final = (
    "version",
    "author",
    "by",
    "on",
    "minute",
    "from",
    "until",
    "digest",
    "content",
    "impact",
)
DIGEST: Final = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_FILE = re.compile(r"approvals/[A-Za-z0-9._-]{1,120}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Standing:
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


def read_approvals(node: Located, problems: list[Problem]) -> tuple[Approval, ...]:
    """The approvals of a file, the oldest first."""
    fields = fields_of(node, "the file of approvals", node.place, FILE_FIELDS, problems)
    if fields is None:
        return ()
    fields.require("approvals")
    found: list[Approval] = []
    for item in fields.items("approvals"):
        part = fields_of(item, "an approval", item.place, FIELDS, problems)
        approval = None if part is None else _approval(part)
        if approval is None:
            continue
        if found and approval.on < found[-1].on:
            problems.append(
                Problem(
                    Code.FIELD_VALUE,
                    f"this approval of {approval.on} stands below one of {found[-1].on}",
                    approval.place,
                    "keep the oldest first, and add new ones at the end",
                )
            )
        found.append(approval)
    return tuple(found)


def _approval(part: Fields) -> Approval | None:
    before = len(part.problems)
    complete = part.require("version", "author", "by", "on", "digest")
    author, by, on, digest = (
        part.text("author"),
        part.text("by"),
        part.date("on"),
        part.text("digest"),
    )
    starts, until = part.date("from"), part.date("until")
    version = part.version("version")
    files = {name: part.text(name) for name in ("content", "impact")}
    if digest and not DIGEST.fullmatch(digest):
        part.note(
            Code.FIELD_VALUE,
            f"{quoted(digest)} is not a digest",
            part.node.entries["digest"].place,
            "let `accordance publish` write it",
        )
    for name, file in files.items():
        if file and (not _FILE.fullmatch(file) or ".." in file):
            part.note(
                Code.FIELD_VALUE,
                f"{quoted(name)} names no file in the folder `approvals`",
                part.node.entries[name].place,
                "let `accordance publish` write it",
            )
    if author and by and same_person(author, by):
        part.note(
            Code.FIELD_VALUE,
            f"{quoted(by)} is both author and approver",
            part.place,
            "who proposed the strategy cannot approve it",
        )
    problem = on and dates_problem(on, starts, until)
    if problem:
        part.note(Code.FIELD_VALUE, problem, part.place)
    if not complete or len(part.problems) > before or not (by and on and digest):
        return None
    return Approval(
        by,
        on,
        part.text("minute"),
        digest,
        part.place,
        author=author,
        version=version,
        starts=starts,
        until=until,
        content=files["content"],
        impact=files["impact"],
    )


def same_person(author: str, approver: str) -> bool:
    """Do two names mean the same, whatever their case and spaces?"""
    first, second = ("".join(name.split()).casefold() for name in (author, approver))
    return first == second


def dates_problem(on: dt.date, starts: dt.date | None, until: dt.date | None) -> str | None:
    """What is wrong with the dates of an approval."""
    if starts is not None and starts < on:
        return f"it would be in force from {starts}, before it was approved on {on}"
    if until is not None and until < (starts or on):
        return f"it would end on {until}, before it is in force from {starts or on}"
    return None
