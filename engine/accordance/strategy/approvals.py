"""approvals.yaml: who approved which content of a strategy, when, and for how long."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from ..problem import Code, Problem
from ..source.quoting import quoted
from ..source.tree import Located
from .fields import Fields, fields_of
from .model import Approval

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
