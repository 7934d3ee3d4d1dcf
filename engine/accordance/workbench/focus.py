"""A strategy cut down to some of its rules, which answer as they do in the whole."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from ..feel.syntax import Name, Node, walk
from ..strategy.model import EVIDENCE, Strategy
from .rule_parts import expressions, names_in_messages


def focus(strategy: Strategy, rules: Collection[str]) -> Strategy:
    """The strategy with these rules alone and the definitions that they read; the whole where one
    of them weighs what the others came to."""
    kept = [rule for rule in strategy.rules if rule.id in rules]
    if any(rule.about == EVIDENCE for rule in kept):
        return strategy
    names = {name for rule in kept for name in names_in_messages(rule)}
    for rule in kept:
        names |= names_in(expressions(rule))
    definitions = {}
    # Each definition comes after those that it uses, so from the end all readers are met first.
    for name, definition in reversed(list(strategy.definitions.items())):
        if name in names:
            definitions[name] = definition
            names |= names_in([definition.expression])
    return replace(
        strategy, rules=tuple(kept), definitions=dict(reversed(list(definitions.items())))
    )


def names_in(nodes: Iterable[Node]) -> set[str]:
    """The names that stand in expressions."""
    return {part.name for node in nodes for part in walk(node) if isinstance(part, Name)}
