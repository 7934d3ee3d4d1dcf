"""What a rule is made of: its expressions, the definitions they use, the names in its messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..feel.syntax import Name, Node, walk
from ..strategy.message import UNMET, placeholders
from ..strategy.model import Definition, Rule, Strategy


def expressions(rule: Rule) -> Iterator[Node]:
    """The condition of the rule, what it requires, and what raises its severity."""
    if rule.when is not None:
        yield rule.when
    yield from (requirement.expression for requirement in rule.require)
    yield from (step.expression for step in rule.severity_when)


def definitions_used(strategy: Strategy, nodes: Iterable[Node]) -> Iterator[Definition]:
    """The definitions that expressions use, each before those that it uses itself."""
    waiting, seen = list(nodes), set()
    while waiting:
        for part in walk(waiting.pop(0)):
            if isinstance(part, Name) and part.name not in seen:
                definition = strategy.definitions.get(part.name)
                if definition is not None:
                    seen.add(part.name)
                    yield definition
                    waiting.append(definition.expression)


def names_in_messages(rule: Rule) -> list[str]:
    """The facts, parameters and definitions that its messages name."""
    texts = (rule.finding, *(one.unmet for one in rule.require if one.unmet))
    return [name for text in texts for name, _ in placeholders(text) if name != UNMET]
