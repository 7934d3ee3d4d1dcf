"""What facts, definitions, parameters and conditions are called, whatever the case."""

from __future__ import annotations

from functools import partial

from ..facts.model import Fact
from ..feel import wording
from ..feel.syntax import Node
from ..strategy.model import Parameter, Strategy
from .prose import spoken


def in_words(strategy: Strategy, expression: Node, negated: bool = False) -> str:
    """An expression in plain English; when `negated`, what is the case when it is false."""
    name, question = partial(name_of, strategy), partial(question_of, strategy)
    return wording.in_words(expression, name, negated, question)


def name_of(strategy: Strategy, path: str) -> str | None:
    """The title of a fact or group, the meaning of a definition, the value of a parameter; None
    for a path that leads to none of them."""
    fact = fact_of(strategy, path)
    if fact is not None:
        return fact.title
    definition = strategy.definitions.get(path)
    if definition is not None:
        return definition.means
    parameter = strategy.parameters.get(path)
    return strategy.model.groups.get(path) if parameter is None else value_of(parameter)


def question_of(strategy: Strategy, path: str) -> str | None:
    """The question that a fact answers."""
    fact = fact_of(strategy, path)
    return None if fact is None else fact.question


def fact_of(strategy: Strategy, path: str) -> Fact | None:
    """The fact of a static path, also through a definition that picks items of a list:
    `parties.sector` for `counterparties.sector`."""
    fact = strategy.model.facts.get(path)
    head, dot, rest = path.partition(".")
    if fact is None and dot and head in strategy.definitions:
        items = wording.list_path(strategy.definitions[head].expression)
        # A definition never leads back to itself: circles are refused at load.
        return None if items is None else fact_of(strategy, f"{items}.{rest}")
    return fact


def value_of(parameter: Parameter) -> str:
    """The value of a parameter as one says it."""
    value = parameter.value
    return spoken(list(value) if isinstance(value, tuple) else value, parameter.unit)
