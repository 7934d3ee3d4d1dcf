"""Expressions over a group, taken apart into aggregates over its cases.

`count(cases[service.critical]) > 1` becomes `~0 > 1`, where `~0` is how many cases of the group
there are of which `service.critical` holds. Over very many cases the aggregates are computed in
columns, and what is left of the expression once for each distinct set of their values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ..feel import syntax
from ..feel.syntax import Node
from ..strategy.model import Strategy
from ..strategy.portfolio import CASES, MARKED, PORTFOLIO, RESULT, PortfolioRule, item_fields

LISTS: Final = (CASES, MARKED, PORTFOLIO)
COUNT, SUM, EVERY, SOME = "count", "sum", "every", "some"


class NotAggregated(Exception):
    """An expression needs the cases themselves, not aggregates over them."""


@dataclass(frozen=True)
class Aggregate:
    """One aggregate over a list: how many cases there are of which `condition` holds (None: all);
    the sum of `value` over these; whether it holds of every case, or of some."""

    kind: str
    over: str
    condition: Node | None
    value: Node | None = None


@dataclass(frozen=True)
class Parts:
    """A rule over a group taken apart. In its expressions nothing but aggregates, figures,
    parameters and `group` is left."""

    aggregates: tuple[Aggregate, ...]
    figures: Mapping[str, Node]
    when: Node | None
    require: tuple[Node, ...]
    severity_when: tuple[tuple[str, Node], ...]
    listed: Mapping[str, tuple[str, Node | None, str]]
    """Figures that only name cases: the list, the condition and the fact, `title` or `id`."""


def aggregate_name(index: int) -> str:
    """The name under which an aggregate stands in what is left of an expression."""
    return f"~{index}"


def take_apart(rule: PortfolioRule, strategy: Strategy) -> Parts:
    """The aggregates of a rule. Raises NotAggregated."""
    taking = _Taking(rule, strategy)
    figures: dict[str, Node] = {}
    listed: dict[str, tuple[str, Node | None, str]] = {}
    for figure in rule.figures:
        named = taking.naming(figure.expression)
        if named is not None:
            listed[figure.name] = named
        else:
            figures[figure.name] = taking.rest(figure.expression)
    taking.hidden = frozenset(listed)
    return Parts(
        when=None if rule.when is None else taking.rest(rule.when),
        require=tuple(taking.rest(one.expression) for one in rule.require),
        severity_when=tuple((one.level, taking.rest(one.expression)) for one in rule.severity_when),
        figures=figures,
        listed=listed,
        aggregates=tuple(taking.found),
    )


class _Taking:
    def __init__(self, rule: PortfolioRule, strategy: Strategy) -> None:
        self.found: dict[Aggregate, int] = {}
        self.hidden: frozenset[str] = frozenset()
        self._fields = frozenset(item_fields(strategy.model, strategy.definitions))
        self._parameters = frozenset(strategy.parameters)

    def _named(self, one: Aggregate) -> Node:
        index = self.found.setdefault(one, len(self.found))
        return syntax.Name(aggregate_name(index))

    def rest(self, node: Node) -> Node:
        """What is left of an expression."""
        made = self._aggregate(node)
        if made is not None:
            return made
        if isinstance(node, syntax.Name):
            if node.name in LISTS or node.name in self.hidden:
                raise NotAggregated
            return node
        if isinstance(node, syntax.Quantified | syntax.For | syntax.Filter):
            raise NotAggregated
        return rebuilt(node, self.rest)

    def _aggregate(self, node: Node) -> Node | None:
        if isinstance(node, syntax.Call) and len(node.arguments) == 1:
            if node.function == "count":
                found = self._source(node.arguments[0])
                return None if found is None else self._named(Aggregate(COUNT, *found))
            if node.function == "sum":
                return self._sum(node.arguments[0])
        if isinstance(node, syntax.Quantified) and len(node.iterators) == 1:
            ((name, source),) = node.iterators
            found = self._source(source)
            if found is not None and found[1] is None:
                condition = self._of_one(node.condition, name)
                kind = EVERY if node.quantifier == "every" else SOME
                return self._named(Aggregate(kind, found[0], condition))
        return None

    def _sum(self, argument: Node) -> Node | None:
        if isinstance(argument, syntax.For) and len(argument.iterators) == 1:
            ((name, source),) = argument.iterators
            found = self._source(source)
            if found is None:
                return None
            return self._named(Aggregate(SUM, *found, self._of_one(argument.result, name)))
        steps: list[str] = []
        node = argument
        while isinstance(node, syntax.Path):
            steps.insert(0, node.field)
            node = node.base
        found = self._source(node)
        if found is None or not steps:
            return None
        value: Node = syntax.Name(steps[0])
        for step in steps[1:]:
            value = syntax.Path(value, step)
        return self._named(Aggregate(SUM, *found, value))

    def naming(self, node: Node) -> tuple[str, Node | None, str] | None:
        """A figure that names cases: `cases[...].title`."""
        if isinstance(node, syntax.Path) and node.field in ("title", "id"):
            found = self._source(node.base)
            if found is not None:
                return (*found, node.field)
        return None

    def _source(self, node: Node) -> tuple[str, Node | None] | None:
        """A list of cases, and the condition by which it is filtered."""
        if isinstance(node, syntax.Name) and node.name in LISTS:
            return node.name, None
        if isinstance(node, syntax.Filter):
            found = self._source(node.base)
            if found is not None:
                condition = self._of_one(node.condition, "item", implicit=True)
                whole = condition if found[1] is None else syntax.And((found[1], condition))
                return found[0], whole
        return None

    def _of_one(self, node: Node, variable: str, implicit: bool = False) -> Node:
        """An expression about an item of a list, as one over that case. Raises NotAggregated where
        it reads what is outside the case."""

        def turned(part: Node, local: frozenset[str]) -> Node:
            if isinstance(part, syntax.Path) and part.base == syntax.Name(variable):
                if variable in local:
                    return rebuilt(part, lambda one: turned(one, local))
                return syntax.Name(part.field)
            if isinstance(part, syntax.Name):
                known = part.name in local or part.name in self._parameters
                if known or (implicit and part.name in self._fields):
                    return part
                raise NotAggregated
            if isinstance(part, syntax.Filter):
                # What a name inside means depends on the items there, so it is let be.
                base = turned(part.base, local)
                return syntax.Filter(base, self._inside(part.condition, local, variable))
            if isinstance(part, syntax.Quantified | syntax.For):
                iterators = []
                inner = local
                for name, source in part.iterators:
                    iterators.append((name, turned(source, inner)))
                    inner = inner | {name}
                if isinstance(part, syntax.For):
                    return syntax.For(tuple(iterators), turned(part.result, inner))
                return syntax.Quantified(
                    part.quantifier, tuple(iterators), turned(part.condition, inner)
                )
            return rebuilt(part, lambda one: turned(one, local))

        return turned(node, frozenset())

    def _inside(self, node: Node, local: frozenset[str], variable: str) -> Node:
        """The condition of a filter inside a case; it may read items, the case and parameters."""
        taken = {*LISTS, "group", variable, *self.hidden} - {"item"}
        if any(isinstance(one, syntax.Name) and one.name in taken for one in syntax.walk(node)):
            raise NotAggregated
        return node


def rebuilt(node: Node, turn: object) -> Node:
    """A node with each of its parts turned into another."""
    assert callable(turn)

    def part(value: object) -> object:
        if isinstance(value, Node):
            return turn(value)
        if isinstance(value, tuple):
            return tuple(part(one) for one in value)
        return value

    return type(node)(*(part(getattr(node, name)) for name in node.FIELDS))


def reads_result(node: Node) -> bool:
    """Does an expression over one case read what its check came to?"""
    return any(isinstance(one, syntax.Name) and one.name == RESULT for one in syntax.walk(node))


def broken_rule(node: Node) -> str | None:
    """The rule of which an expression asks whether the case breaks it, if it is of this form."""
    match node:
        case syntax.Call(
            function="list contains",
            arguments=(
                syntax.Path(base=syntax.Name(name="result"), field="broken"),
                syntax.Literal(value=str() as rule),
            ),
        ):
            return rule
    return None
