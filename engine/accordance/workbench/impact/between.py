"""Strategies between an old and a new one: the old with one edit of the new applied."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ...feel.syntax import Name, walk
from ...strategy.model import Strategy
from ..edits import ADDED, CHANGED, REMOVED, SWITCHED_OFF, SWITCHED_ON, Edit


def with_edit(old: Strategy, new: Strategy, edit: Edit) -> Strategy | None:
    """The old strategy with one edit applied, and with the definitions, parameters and facts that
    the new one added, since the edit may use them. None where that makes no strategy: the edit
    cannot be applied without others."""
    parameters = {**new.parameters, **old.parameters}
    definitions = {**new.definitions, **old.definitions}
    rules = {rule.id: rule for rule in old.rules}
    theirs = {rule.id: rule for rule in new.rules}
    portfolio = {rule.id: rule for rule in old.portfolio}
    mandatory = dict(old.mandatory)
    exceptions = dict(old.exceptions)
    made: dict[str, Any] = {}
    if edit.kind == "parameter" and edit.change == CHANGED:
        parameters[edit.name] = new.parameters[edit.name]
    elif edit.kind == "definition" and edit.change == CHANGED:
        definitions[edit.name] = new.definitions[edit.name]
    elif edit.kind == "rule" and edit.change in (CHANGED, ADDED, SWITCHED_ON):
        if edit.name not in theirs or (edit.name not in rules and edit.change == CHANGED):
            return None
        rules[edit.name] = theirs[edit.name]
    elif edit.kind == "rule" and edit.change in (REMOVED, SWITCHED_OFF):
        rules.pop(edit.name, None)
    elif edit.kind == "portfolio":
        now = next((rule for rule in new.portfolio if rule.id == edit.name), None)
        if edit.name not in portfolio and edit.change == CHANGED:
            return None
        portfolio.pop(edit.name, None)
        if now is not None:
            portfolio[edit.name] = now
    elif edit.kind == "mandatory":
        mandatory[edit.name] = new.mandatory.get(edit.name, ())
    elif edit.kind == "exceptions" and edit.name in new.exceptions:
        exceptions[edit.name] = new.exceptions[edit.name]
    elif edit.kind in ("verdict", "opinion"):
        made[edit.kind] = getattr(new, edit.kind)
    elif edit.kind == "fact" and edit.change != REMOVED:
        made["model"] = new.model
    else:
        return None
    ordered = _ordered(definitions)
    if ordered is None:
        return None
    order = {rule.id: at for at, rule in enumerate((*new.rules, *old.rules))}
    chosen = sorted(rules.values(), key=lambda rule: order[rule.id])
    added = any(name not in old.model.facts for name in new.model.facts)
    return replace(
        old,
        themes={**old.themes, **{k: v for k, v in new.themes.items() if k not in old.themes}},
        parameters=parameters,
        definitions=ordered,
        rules=tuple(chosen),
        portfolio=tuple(portfolio.values()),
        mandatory=mandatory,
        exceptions=exceptions,
        # Nobody may take it for the old strategy, nor read it from that one's folder.
        digest=f"{old.digest}+{edit.id}",
        folder=f"{old.folder} with {edit.id}",
        **({"model": new.model} if added else {}) | made,
    )


def _ordered(definitions: dict[str, Any]) -> dict[str, Any] | None:
    """Definitions, each after those that it uses; None where they run in a circle."""
    waiting = dict(definitions)
    done: dict[str, Any] = {}
    while waiting:
        ready = [
            name
            for name, one in waiting.items()
            if not any(
                isinstance(part, Name) and part.name in waiting and part.name != name
                for part in walk(one.expression)
            )
        ]
        if not ready:
            return None
        for name in ready:
            done[name] = waiting.pop(name)
    return done
