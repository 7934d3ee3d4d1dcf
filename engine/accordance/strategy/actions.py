"""The actions of a rule, and when each is due."""

from __future__ import annotations

from typing import Final

from ..problem import Code
from ..source.quoting import listed, quoted
from ..source.tree import Located, Mapping
from .due import HELP as DUE_HELP
from .due import Due, parse_due
from .fields import Fields, fields_of, suggestion
from .model import Action

ACTION_FIELDS: Final = ("do", "owner", "due", "done_when")
ELSE: Final = "else"
"""In `due`: the stages that it does not name."""


def read_actions(rule: Fields, stages: tuple[str, ...]) -> tuple[Action, ...]:
    """The actions of a rule with these stages."""
    found = []
    for node in rule.items("actions"):
        fields = fields_of(node, "an action", node.place, ACTION_FIELDS, rule.problems)
        if fields is None:
            continue
        fields.require("do", "owner", "due")
        do, owner, done_when = fields.text("do"), fields.text("owner"), fields.text("done_when")
        due = _due(fields, stages)
        if do and owner:
            found.append(Action(do, owner, due, done_when))
    return tuple(found)


def _due(fields: Fields, stages: tuple[str, ...]) -> dict[str, Due]:
    node = fields.get("due")
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        due = _due_text(fields, node)
        return dict.fromkeys(stages, due) if due else {}
    found: dict[str, Due] = {}
    for stage, entry in node.entries.items():
        due = _due_text(fields, entry)
        if stage not in (*stages, ELSE) and stages:
            fields.note(
                Code.STAGE,
                f"{quoted(stage)} is not a stage of the rule",
                node.key_place(stage),
                suggestion(stage, stages) or f"write {listed([*stages, ELSE], 'or')}",
            )
        elif due:
            found[stage] = due
    other = found.get(ELSE)
    return {stage: due for stage in stages if (due := found.get(stage, other)) is not None}


def _due_text(fields: Fields, node: Located) -> Due | None:
    text = fields.text_of(node, "`due`")
    if text is None:
        return None
    try:
        return parse_due(text)
    except ValueError as error:
        fields.note(Code.DUE, str(error), node.place, DUE_HELP)
        return None
