"""Strategy to Plan: each distinct leaf once, the skeletons over them, and the strata.

The strata, from the bottom: derived facts (in the case already), definitions (each after those it
reads), case rules, exceptions, evidence rules, verdict and opinion.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from ..feel import syntax
from ..feel.compiling import Names
from ..feel.syntax import Node
from ..feel.types import BOOLEAN
from ..strategy.model import Definition, Requirement, Rule, Strategy
from ..strategy.supplied import EVIDENCE_NAMES, TABLE_NAMES
from .formula import TRUE, All, Any, Constant, Defined, Formula, Leaf, Opposite, atoms


@dataclass(frozen=True, slots=True)
class PlannedLeaf:
    """A leaf: its expression, the definitions and the facts (static paths) it reads."""

    index: int
    expression: Node
    reads: frozenset[str]
    level: int
    """Definitions of lower levels are known before it is evaluated."""


class PlannedDefinition(NamedTuple):
    """A definition; `formula` is None where its value is not boolean."""

    definition: Definition
    formula: Formula | None
    reads: frozenset[str]
    level: int


class PlannedRequirement(NamedTuple):
    requirement: Requirement
    formula: Formula
    stages: frozenset[str]


class PlannedRule(NamedTuple):
    """A rule over formulas. `when` holds the jurisdictions and dates of the rule too."""

    rule: Rule
    when: Formula
    requirements: tuple[PlannedRequirement, ...]
    severity: tuple[tuple[str, Formula], ...]
    asks: Mapping[str, tuple[PlannedRequirement, ...]]
    """What it asks for at each stage, in the owner's order."""

    def requirements_at(self, stage: str) -> tuple[PlannedRequirement, ...]:
        """What the rule asks for at a stage; empty where the rule is not for it."""
        return self.asks.get(stage, ())


class Plan(NamedTuple):
    """A strategy as every engine reads it. `definitions` are in an order of evaluation."""

    strategy: Strategy
    leaves: tuple[PlannedLeaf, ...]
    definitions: Mapping[str, PlannedDefinition]
    rules: tuple[PlannedRule, ...]
    names: Names

    def rules_at(self, stage: str, about: str) -> tuple[PlannedRule, ...]:
        """The rules of a stratum that have something to ask at a stage."""
        return tuple(
            rule
            for rule in self.rules
            if rule.rule.about == about
            and stage in rule.rule.stages
            and rule.requirements_at(stage)
        )


def plan(strategy: Strategy) -> Plan:
    """The plan of a strategy that was read and checked."""
    return _Planner(strategy).plan()


class _Planner:
    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self.leaves: dict[Node, PlannedLeaf] = {}
        self.by_index: list[PlannedLeaf] = []
        self.definitions: dict[str, PlannedDefinition] = {}

    def plan(self) -> Plan:
        for name in self.strategy.definitions:
            self._define(name)
        rules = tuple(self._rule(rule) for rule in self.strategy.rules)
        return Plan(
            strategy=self.strategy,
            leaves=tuple(self.by_index),
            definitions=self.definitions,
            rules=rules,
            names=names_of(self.strategy),
        )

    def _define(self, name: str) -> PlannedDefinition:
        known = self.definitions.get(name)
        if known is not None:
            return known
        definition = self.strategy.definitions[name]
        reads = self._reads(definition.expression)
        for other in sorted(reads):
            self._define(other)
        if definition.type == BOOLEAN:
            formula = self._formula(definition.expression)
            planned = PlannedDefinition(definition, formula, reads, self._level(formula))
        else:
            planned = PlannedDefinition(definition, None, reads, self._level_after(reads))
        # Entered after everything it reads, so that the order of the mapping is one of evaluation.
        self.definitions[name] = planned
        return planned

    def _rule(self, rule: Rule) -> PlannedRule:
        stages = frozenset(rule.stages)
        conditions = [*bounds_of(rule), *([rule.when] if rule.when is not None else [])]
        when = [self._formula(node) for node in conditions]
        requirements = tuple(
            PlannedRequirement(
                requirement=requirement,
                formula=self._formula(requirement.expression),
                stages=stages if requirement.stages is None else stages & requirement.stages,
            )
            for requirement in rule.require
        )
        return PlannedRule(
            rule=rule,
            when=TRUE if not when else when[0] if len(when) == 1 else All(tuple(when)),
            requirements=requirements,
            asks={
                stage: tuple(one for one in requirements if stage in one.stages)
                for stage in rule.stages
            },
            severity=tuple(
                (step.level, self._formula(step.expression)) for step in rule.severity_when
            ),
        )

    def _formula(self, node: Node) -> Formula:
        if isinstance(node, syntax.And):
            return All(tuple(self._formula(part) for part in node.parts))
        if isinstance(node, syntax.Or):
            return Any(tuple(self._formula(part) for part in node.parts))
        if isinstance(node, syntax.Not):
            return Opposite(self._formula(node.operand))
        if isinstance(node, syntax.Literal) and isinstance(node.value, bool):
            return Constant(node.value)
        if isinstance(node, syntax.Name):
            definition = self.strategy.definitions.get(node.name)
            if definition is not None and definition.type == BOOLEAN:
                self._define(node.name)
                return Defined(node.name)
        leaf = self.leaves.get(node)
        if leaf is None:
            reads = self._reads(node)
            for name in sorted(reads):
                self._define(name)
            leaf = PlannedLeaf(len(self.leaves), node, reads, self._level_after(reads))
            self.leaves[node] = leaf
            self.by_index.append(leaf)
        return Leaf(leaf.index)

    def _reads(self, node: Node) -> frozenset[str]:
        # A local variable cannot have a definition's name: the checker refuses it.
        return frozenset(
            part.name
            for part in syntax.walk(node)
            if isinstance(part, syntax.Name) and part.name in self.strategy.definitions
        )

    def _level_after(self, reads: Iterable[str]) -> int:
        """The first level at which the values of these definitions are known."""
        return max(
            (
                self.definitions[name].level + (self.definitions[name].formula is not None)
                for name in reads
            ),
            default=0,
        )

    def _level(self, formula: Formula) -> int:
        levels = [0]
        for atom in atoms(formula):
            if isinstance(atom, Leaf):
                levels.append(self.by_index[atom.index].level)
            elif isinstance(atom, Defined):
                levels.append(self.definitions[atom.name].level + 1)
        return max(levels)


def bounds_of(rule: Rule) -> list[Node]:
    """The jurisdictions and the dates between which a rule binds, as conditions."""
    today = syntax.Call("today", ())
    bounds: list[Node] = []
    if rule.effective_from is not None:
        bounds.append(syntax.Comparison(">=", today, syntax.Literal(rule.effective_from)))
    if rule.effective_until is not None:
        bounds.append(syntax.Comparison("<=", today, syntax.Literal(rule.effective_until)))
    if rule.jurisdictions:
        tests = tuple(syntax.Literal(place) for place in rule.jurisdictions)
        bounds.append(syntax.In(syntax.Name("jurisdiction"), tests))
    return bounds


def names_of(strategy: Strategy) -> Names:
    """The names that the expressions of a strategy may use."""
    return Names(
        facts=strategy.model.type,
        definitions={name: one.type for name, one in strategy.definitions.items()},
        parameters={
            name: list(one.value) if isinstance(one.value, tuple) else one.value
            for name, one in strategy.parameters.items()
        },
        supplied={**EVIDENCE_NAMES, **TABLE_NAMES},
    )
