"""A name is changed wherever it stands: in rules, messages, the fact model and cases.

A rule keeps the id that it had under `aliases`: exceptions in fact files, stored sweeps and
approvals name it so, and stand outside of the folder.
"""

from __future__ import annotations

import re
from typing import Final

from ...feel.advice import KEYWORDS
from ...feel.functions import FUNCTIONS
from ...source.tree import Mapping, Scalar
from ...strategy.definitions import NAME
from ...strategy.portfolio_reading import RULE_FIELDS as PORTFOLIO_FIELDS
from ...strategy.rules import RULE_FIELDS, RULE_ID
from ...strategy.supplied import SUPPLIED
from ..anatomy import FACT, RULE, Span, items
from ..lint.finding import Edit
from ..references import Reference
from .session import Session

_ALIASES: Final = "aliases"
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
    found = sorted(edits.values(), key=lambda edit: (edit.span.file, edit.span.start))
    return found + (_alias(session, old, new) if reference.kind == RULE else [])


def _alias(session: Session, old: str, new: str) -> list[Edit]:
    """The edit that puts the former id among the `aliases` of a rule; where the new one is among
    them, in its place. None of a rule that has no field yet."""
    rule = {**session.body.rules, **session.body.portfolio}[old]
    if not isinstance(rule.node, Mapping) or "title" not in rule.node.entries:
        return []
    fields, text = rule.node.entries, session.text(rule.file)
    aliases = items(fields.get(_ALIASES))
    for item in aliases:
        if isinstance(item, Scalar) and item.text.strip() == new:
            return [Edit(Span(rule.file, item.start, item.end), old)]
    if aliases:
        at = aliases[0].start
        flow = text[fields[_ALIASES].start] == "["
        indent = " " * (at - text.rfind("\n", 0, at) - len("\n- "))
        return [Edit(Span(rule.file, at, at), f"{old}, " if flow else f"{old}\n{indent}- ")]
    order = RULE_FIELDS if old in session.body.rules else PORTFOLIO_FIELDS
    before = order[: order.index(_ALIASES)]
    last = [name for name in fields if name in before][-1]
    at = len(text[: fields[last].end].rstrip())
    if text[rule.node.start] == "{":
        return [Edit(Span(rule.file, at, at), f", {_ALIASES}: [{old}]")]
    start = rule.node.key_starts[last]
    indent = " " * (start - text.rfind("\n", 0, start) - 1)
    return [Edit(Span(rule.file, at, at), f"\n{indent}{_ALIASES}: [{old}]")]


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
