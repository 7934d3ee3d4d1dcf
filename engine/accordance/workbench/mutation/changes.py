"""Every small change that can be made to the rules of a strategy, in the order of its rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from ...feel.printing import to_source
from ...feel.syntax import Node
from ...feel.types import BOOLEAN
from ...feel.values import Months, Value, number_text
from ...plan.outcome import SEVERITY_RANK
from ...strategy.model import SEVERITIES, STAGES, Definition, Parameter, Rule, Strategy
from ...strategy.portfolio import SPANS, PortfolioRule
from .. import portfolio_parts
from ..focus import names_in
from ..rule_parts import expressions, names_in_messages
from .sameness import Sameness
from .variants import Kind, Variant, condition_variants, neighbours, variants

AnyRule: TypeAlias = Rule | PortfolioRule
NO_GATE: Final = ("low", "advisory")
"""A rule whose breach is never more severe than this is not made a gate: it could not be one."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What a change replaces in a strategy."""

    rules: Mapping[str, Rule] = field(default_factory=dict)
    portfolio: Mapping[str, PortfolioRule] = field(default_factory=dict)
    definitions: Mapping[str, Node] = field(default_factory=dict)
    parameters: Mapping[str, Value] = field(default_factory=dict)

    def made(self, strategy: Strategy) -> Strategy:
        """The strategy with the change made."""
        return replace(
            strategy,
            rules=tuple(self.rules.get(rule.id, rule) for rule in strategy.rules),
            portfolio=tuple(self.portfolio.get(rule.id, rule) for rule in strategy.portfolio),
            definitions={
                name: replace(one, expression=self.definitions[name])
                if name in self.definitions
                else one
                for name, one in strategy.definitions.items()
            },
            parameters={
                name: replace(one, value=self.parameters[name]) if name in self.parameters else one
                for name, one in strategy.parameters.items()
            },
        )


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in a strategy something stands: of which rule, definition or parameter (`owner`), in
    which field and entry of it, and from which character of an expression on."""

    owner: str
    field: str
    entry: int | str | None = None
    start: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One small change: `before` became `after` in `what` (None: it was not there, or was taken
    away). `rules` are those that read what is changed, those over the portfolio among them."""

    kind: Kind
    spot: Spot
    what: str
    before: str | None
    after: str | None
    edit: Edit
    rules: tuple[str, ...]


class Changes:
    """The changes of one strategy."""

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self._same = Sameness(strategy)
        self._readers = readers(strategy)

    def all(self, rules: Iterable[AnyRule]) -> Iterator[Change]:
        """The changes of rules, and of the definitions and parameters that they read."""
        chosen = list(rules)
        names = {rule.id for rule in chosen}
        for rule in chosen:
            if isinstance(rule, Rule):
                yield from self._of_rule(rule)
            else:
                yield from self._of_group_rule(rule)
        for definition in self.strategy.definitions.values():
            if names & set(self._readers[definition.name]):
                yield from self._of_definition(definition)
        for parameter in self.strategy.parameters.values():
            if names & set(self._readers[parameter.name]):
                yield from self._of_parameter(parameter)

    # expressions

    def _variants(self, node: Node, *, condition: bool = True) -> Iterator[Variant]:
        """The changes of an expression that mean something else, each once."""
        seen = {self._same.key(node)}
        for variant in condition_variants(node) if condition else variants(node):
            key = self._same.key(variant.node)
            if key not in seen:
                seen.add(key)
                yield variant

    def _of_expression(
        self,
        rule: AnyRule,
        spot: Spot,
        what: str,
        node: Node,
        put: Callable[[Node], AnyRule],
        condition: bool = True,
    ) -> Iterator[Change]:
        for variant in self._variants(node, condition=condition):
            yield _said(variant, spot, what, _put(put(variant.node)), (rule.id,))

    def _of_definition(self, definition: Definition) -> Iterator[Change]:
        name = definition.name
        spot, what = Spot(name, "is"), f"the definition `{name}`"
        condition = definition.type == BOOLEAN
        for variant in self._variants(definition.expression, condition=condition):
            edit = Edit(definitions={name: variant.node})
            yield _said(variant, spot, what, edit, self._readers[name])

    def _of_parameter(self, parameter: Parameter) -> Iterator[Change]:
        name = parameter.name
        for value in neighbours(parameter.value):
            yield Change(
                Kind.THRESHOLD,
                Spot(name, "value"),
                f"the parameter `{name}`",
                value_text(parameter.value),
                value_text(value),
                Edit(parameters={name: value}),
                self._readers[name],
            )

    # rules

    def _of_rule(self, rule: Rule) -> Iterator[Change]:
        if rule.when is not None:
            yield from self._of_expression(
                rule,
                Spot(rule.id, "when"),
                "`when`",
                rule.when,
                lambda node: replace(rule, when=node),
            )
        yield from self._of_requirements(rule)
        yield from self._of_steps(rule)
        yield from self._of_stages(rule)
        yield from self._of_severity(rule)
        yield from self._of_gate(rule)

    def _of_group_rule(self, rule: PortfolioRule) -> Iterator[Change]:
        for name in ("of", "group_by", "mark", "rank", "when"):
            node = getattr(rule, name)
            if node is not None:

                def put(node: Node, name: str = name) -> PortfolioRule:
                    changed: dict[str, Any] = {name: node}
                    return replace(rule, **changed)

                is_condition = name in ("of", "when")
                spot, what = Spot(rule.id, name), f"`{name}`"
                yield from self._of_expression(rule, spot, what, node, put, is_condition)
        yield from self._of_figures(rule)
        yield from self._of_requirements(rule)
        yield from self._of_steps(rule)
        yield from self._of_severity(rule)
        yield from self._of_grouping(rule)

    def _of_figures(self, rule: PortfolioRule) -> Iterator[Change]:
        for index, figure in enumerate(rule.figures):

            def put(node: Node, index: int = index) -> PortfolioRule:
                figures = [*rule.figures]
                figures[index] = replace(figures[index], expression=node)
                return replace(rule, figures=tuple(figures))

            spot, what = Spot(rule.id, "figures", figure.name), f"the figure `{figure.name}`"
            is_condition = figure.type == BOOLEAN
            yield from self._of_expression(rule, spot, what, figure.expression, put, is_condition)

    def _of_grouping(self, rule: PortfolioRule) -> Iterator[Change]:
        if rule.by is not None:
            at = SPANS.index(rule.by)
            for span in (*SPANS[max(0, at - 1) : at], *SPANS[at + 1 : at + 2]):
                spot, edit = Spot(rule.id, "by"), _put(replace(rule, by=span))
                yield Change(Kind.GROUPING, spot, "`by`", rule.by, span, edit, (rule.id,))
        if rule.providers:
            spot, edit = Spot(rule.id, "provider_groups"), _put(replace(rule, providers=False))
            what = "`provider_groups`"
            yield Change(Kind.GROUPING, spot, what, "true", "false", edit, (rule.id,))

    def _of_requirements(self, rule: AnyRule) -> Iterator[Change]:
        asked = rule.require
        for index, one in enumerate(asked):
            spot = Spot(rule.id, "require", index)
            what = "the requirement" if len(asked) == 1 else f"requirement {index + 1}"

            def put(node: Node, index: int = index) -> AnyRule:
                changed = replace(asked[index], expression=node)
                return replace(rule, require=(*asked[:index], changed, *asked[index + 1 :]))

            yield from self._of_expression(rule, spot, what, one.expression, put)
            if len(asked) > 1:
                rest = (*asked[:index], *asked[index + 1 :])
                edit = _put(replace(rule, require=rest))
                text = to_source(one.expression)
                yield Change(Kind.REQUIREMENT, spot, what, text, None, edit, (rule.id,))
            if one.stages is None or not isinstance(rule, Rule):
                continue
            for stage in rule.stages:
                stages = one.stages ^ {stage}
                if stages & set(rule.stages):
                    changed = replace(one, stages=stages)
                    require = (*asked[:index], changed, *asked[index + 1 :])
                    yield _toggled(
                        Kind.STAGE,
                        Spot(rule.id, "require", index),
                        f"the stages of {what}",
                        stage,
                        stage in one.stages,
                        replace(rule, require=require),
                    )

    def _of_steps(self, rule: AnyRule) -> Iterator[Change]:
        steps = rule.severity_when
        for index, step in enumerate(steps):
            spot = Spot(rule.id, "severity_when", step.level)
            what = f"`severity_when` {step.level}"
            before, after = steps[:index], steps[index + 1 :]

            def put(node: Node, index: int = index) -> AnyRule:
                changed = steps[index]._replace(expression=node)
                return replace(rule, severity_when=(*steps[:index], changed, *steps[index + 1 :]))

            yield from self._of_expression(rule, spot, what, step.expression, put)
            edit = _put(replace(rule, severity_when=(*before, *after)))
            text = to_source(step.expression)
            yield Change(Kind.SEVERITY, spot, what, text, None, edit, (rule.id,))
            taken = {rule.severity, *(one.level for one in steps)}
            for level in _next(step.level):
                if level not in taken and SEVERITY_RANK[level] > SEVERITY_RANK[rule.severity]:
                    changed = (*before, step._replace(level=level), *after)
                    edit = _put(replace(rule, severity_when=changed))
                    yield Change(Kind.SEVERITY, spot, what, step.level, level, edit, (rule.id,))

    def _of_stages(self, rule: Rule) -> Iterator[Change]:
        for stage in STAGES:
            there = stage in rule.stages
            stages = tuple(one for one in STAGES if (one in rule.stages) != (one == stage))
            # Where nothing is asked at a stage, it is all the same whether the rule names it.
            asks = any(one.stages is None or stage in one.stages for one in rule.require)
            if stages and asks:
                changed = replace(rule, stages=stages)
                spot = Spot(rule.id, "stages")
                yield _toggled(Kind.STAGE, spot, "`stages`", stage, there, changed)

    def _of_severity(self, rule: AnyRule) -> Iterator[Change]:
        for level in _next(rule.severity):
            edit = _put(replace(rule, severity=level))
            spot = Spot(rule.id, "severity")
            yield Change(Kind.SEVERITY, spot, "`severity`", rule.severity, level, edit, (rule.id,))

    def _of_gate(self, rule: Rule) -> Iterator[Change]:
        levels = {rule.severity, *(step.level for step in rule.severity_when)}
        for stage in rule.stages:
            there = stage in rule.gate
            if there or not levels <= set(NO_GATE):
                changed = replace(rule, gate=rule.gate ^ {stage})
                yield _toggled(Kind.GATE, Spot(rule.id, "gate"), "`gate`", stage, there, changed)


def _said(variant: Variant, spot: Spot, what: str, edit: Edit, rules: tuple[str, ...]) -> Change:
    before = to_source(variant.before)
    after = None if variant.after is None else to_source(variant.after)
    at = replace(spot, start=variant.before.start)
    return Change(variant.kind, at, what, before, after, edit, rules)


def _put(rule: AnyRule) -> Edit:
    """The edit that puts a rule in the place of that of the same id."""
    if isinstance(rule, Rule):
        return Edit(rules={rule.id: rule})
    return Edit(portfolio={rule.id: rule})


def _toggled(kind: Kind, spot: Spot, what: str, entry: str, there: bool, changed: Rule) -> Change:
    """A change that takes an entry out of a list, or puts it in."""
    before, after = (entry, None) if there else (None, entry)
    return Change(kind, spot, what, before, after, Edit(rules={changed.id: changed}), (changed.id,))


def _next(level: str) -> list[str]:
    """The severities above and below."""
    at = SEVERITIES.index(level)
    return [SEVERITIES[one] for one in (at - 1, at + 1) if 0 <= one < len(SEVERITIES)]


def value_text(value: Value) -> str:
    """The value of a parameter as its owner writes it."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(value_text(item) for item in value)}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Months):
        return f"P{value.count}M"
    if isinstance(value, dt.timedelta):
        return f"P{value.days}D"
    return number_text(value)


def readers(strategy: Strategy) -> dict[str, tuple[str, ...]]:
    """The rules that read each definition and each parameter, through definitions too, in the
    order of the strategy, those over the portfolio last. What only a message names is read by its
    rule as well."""
    inside = {name: names_in([one.expression]) for name, one in strategy.definitions.items()}
    for name in strategy.definitions:  # each comes after those that it uses
        for other in list(inside[name]):
            inside[name] |= inside.get(other, set())
    found: dict[str, list[str]] = {name: [] for name in (*inside, *strategy.parameters)}
    for rule in strategy.rules:
        direct = names_in(expressions(rule)) | set(names_in_messages(rule))
        for name in direct.union(*(inside.get(one, set()) for one in direct)):
            if name in found:
                found[name].append(rule.id)
    for group_rule in strategy.portfolio:
        read = portfolio_parts.read_through(strategy, group_rule)
        named = portfolio_parts.names_in_messages(group_rule)
        for name in dict.fromkeys((*read.definitions, *read.parameters, *named)):
            if name in found:
                found[name].append(group_rule.id)
    return {name: tuple(rules) for name, rules in found.items()}
