"""A name is changed wherever it stands: in rules, messages, the fact model and cases."""

from __future__ import annotations

import re
from typing import Final

from ...feel.advice import KEYWORDS
from ...feel.functions import FUNCTIONS
from ...strategy.definitions import NAME
from ...strategy.rules import RULE_ID
from ...strategy.supplied import SUPPLIED
from ..anatomy import FACT, RULE
from ..lint.finding import Edit
from ..references import Reference
from .session import Session

_FACT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


class Unfit(ValueError):
    """A name that cannot be taken; the text says why."""


def renamed(session: Session, reference: Reference, new: str) -> list[Edit]:
    """The edits that give something another name; for a fact the last part of its path is meant.

    Raises Unfit where the name is taken or no name, or the thing does not stand in this folder.
    """
    new = new.strip()
    old = reference.name.rpartition(".")[2] if reference.kind == FACT else reference.name
    if new == old:
        return []
    _check(session, reference, new)
    same = session.same(reference)
    if not any(one.declares for one in same):
        raise Unfit(f"`{reference.name}` does not stand in this folder")
    if session.disk.keys() - session.parts().keys():
        raise Unfit("a file cannot be read just now, and would be left out")
    edits = {}
    for one in same:
        text = session.text(one.span.file)
        # A name that is written with escapes would not be changed rightly.
        if text[one.span.start : one.span.end] != old:
            raise Unfit(f"`{old}` is written otherwise in {one.span.file}")
        edits[one.span] = Edit(one.span, new)
    return sorted(edits.values(), key=lambda edit: (edit.span.file, edit.span.start))


def _check(session: Session, reference: Reference, new: str) -> None:
    names = session.names()
    if reference.kind == RULE:
        if not RULE_ID.fullmatch(new):
            raise Unfit(f"`{new}` is not the id of a rule: write it as `DEP-01`")
        if new in names.rules:
            raise Unfit(f"there is a rule `{new}` already")
        return
    fits = _FACT if reference.kind == FACT else NAME
    if not fits.fullmatch(new):
        raise Unfit(f"`{new}` is no name: use letters, digits and `_`")
    parent = reference.name.rpartition(".")[0] if reference.kind == FACT else ""
    whole = f"{parent}.{new}" if parent else new
    if whole in names.facts or (
        not parent and (whole in names.definitions or whole in names.parameters)
    ):
        raise Unfit(f"there is a `{whole}` already")
    if not parent and (new in SUPPLIED or new in FUNCTIONS or new in KEYWORDS):
        raise Unfit(f"the expression language has a meaning for `{new}`")
