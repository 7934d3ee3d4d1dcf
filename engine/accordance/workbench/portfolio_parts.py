"""What a rule over the portfolio is made of: its expressions, and the names that these read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..feel.syntax import Name, Node, Path, walk
from ..portfolio.members import over_a_case, over_a_group
from ..strategy.message import UNMET, placeholders
from ..strategy.model import Strategy
from ..strategy.portfolio import CASES, MARKED, PORTFOLIO, RESULT, PortfolioRule, group_names
from .anatomy import DEFINITION, FACT, PARAMETER, RULE
from .references import Names, Resolver, Scopes


@dataclass(frozen=True, slots=True)
class Read:
    """The names that expressions read, each once and in their order: facts by path, definitions,
    parameters, and the rules whose breach they ask for. `results`: do they look at what the check
    of a case came to?"""

    facts: tuple[str, ...]
    definitions: tuple[str, ...]
    parameters: tuple[str, ...]
    rules: tuple[str, ...]
    results: bool


def expressions(rule: PortfolioRule) -> Iterator[Node]:
    """The expressions over one case, then those over a group."""
    yield from (node for _, node in over_a_case(rule))
    yield from over_a_group(rule)


def names_in_messages(rule: PortfolioRule) -> list[str]:
    """The figures, parameters and lists that its messages name."""
    texts = (rule.finding, *(one.unmet for one in rule.require if one.unmet))
    return [name for text in texts for name, _ in placeholders(text) if name != UNMET]


def read_by(strategy: Strategy, rule: PortfolioRule) -> Read:
    """What a rule reads itself; what the definitions read that it uses is not looked into."""
    resolver = Resolver(_names(strategy))
    own = [one.name for one in rule.figures]
    # Facts of these names are hidden by what a group has of its own.
    fields = group_names(strategy.model, strategy.definitions, rule.rank is not None)
    lists = (CASES, MARKED, PORTFOLIO)
    hidden: Scopes = tuple((name, None) for name in (*own, *fields))
    scopes: Scopes = (*hidden, *((name, "") for name in lists))
    for _, node in over_a_case(rule):
        resolver.path_of(node, ())
    for node in over_a_group(rule):
        resolver.path_of(node, scopes)
    return _read(strategy, resolver, expressions(rule))


def read_through(strategy: Strategy, rule: PortfolioRule) -> Read:
    """What a rule reads, itself or through definitions."""
    direct = read_by(strategy, rule)
    resolver = Resolver(_names(strategy))
    waiting, nodes = list(direct.definitions), list(expressions(rule))
    seen: dict[str, None] = {}
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        seen[name] = None
        node = strategy.definitions[name].expression
        nodes.append(node)
        before = len(resolver.found)
        resolver.path_of(node, ())
        waiting += [one.name for one in resolver.found[before:] if one.kind == DEFINITION]
    inner = _read(strategy, resolver, nodes)
    return Read(
        _once(direct.facts, inner.facts),
        tuple(seen),
        _once(direct.parameters, inner.parameters),
        _once(direct.rules, inner.rules),
        inner.results,
    )


def _names(strategy: Strategy) -> Names:
    return Names(
        frozenset((*strategy.model.facts, *strategy.model.groups)),
        {name: one.expression for name, one in strategy.definitions.items()},
        frozenset(strategy.parameters),
        frozenset(rule.id for rule in strategy.rules),
    )


def _read(strategy: Strategy, resolver: Resolver, nodes: Iterable[Node]) -> Read:
    def named(kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one.name for one in resolver.found if one.kind == kind))

    results = any(
        (part.name if isinstance(part, Name) else part.field) == RESULT
        for node in nodes
        for part in walk(node)
        if isinstance(part, Name | Path)
    )
    facts = tuple(path for path in named(FACT) if path in strategy.model.facts)
    return Read(facts, named(DEFINITION), named(PARAMETER), named(RULE), results)


def _once(*names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for some in names for name in some))
