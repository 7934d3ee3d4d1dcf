"""The plan of one stage as a durable_rules network, and what it fires for a case.

Python gives the network one state for each leaf; the network holds the and/or structure. A boolean
definition has two productions, one for true and one for false, each a positive tree. What fires in
one pass is carried into the facts of the next; where neither fires, the definition is unknown and
is never read as false. A rule has productions for: does not apply, is compliant, asks for nothing
that is not met, and one for each requirement that is not met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from ..feel.values import UNKNOWN, Value
from ..plan.formula import (
    TRUE,
    All,
    Any,
    Atom,
    Constant,
    Defined,
    Formula,
    Hoisted,
    Leaf,
    Opposite,
    atoms,
)
from ..plan.planning import Plan, PlannedRule
from .driver import MAX_BRANCHES, Network, Pack, Production, packs

HOIST_ABOVE: Final = 8
"""A production that could fire more often than this gets its larger parts as definitions of their
own, because every true branch of an `or` fires again."""


@dataclass(slots=True)
class RuleFirings:
    """What fired for one rule; requirements and severity conditions by their index."""

    not_applicable: bool = False
    compliant: bool = False
    all_met: bool = False
    unmet: list[int] = field(default_factory=list)
    severity: dict[int, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Pass:
    """One stratum: values to compute, leaves to evaluate, packs to fire, and the boolean
    definitions that are settled after it."""

    values: tuple[str, ...]
    leaves: tuple[int, ...]
    packs: tuple[Pack, ...]
    settles: tuple[str, ...]


class StageNetwork:
    """The network of the rules about the partnership, or about the evidence, at one stage."""

    def __init__(self, plan: Plan, stage: str, about: str) -> None:
        self.rules: tuple[PlannedRule, ...] = plan.rules_at(stage, about)
        build = _Builder(plan, stage, self.rules)
        self._passes = build.passes
        self._flags = build.flags
        self._meaning = build.meaning
        self._network = Network(tuple(pack for one in self._passes for pack in one.packs))

    def run(
        self,
        leaf: Callable[[int], Value],
        value: Callable[[str], Value],
        defined: dict[str, Value],
    ) -> dict[str, RuleFirings]:
        """Fire the network for one case.

        `leaf(index)` evaluates a leaf and `value(name)` a definition that is not boolean; both may
        read `defined`, which is filled in order. Returns what fired by rule id.
        """
        states: dict[str, str] = {}
        firings = {rule.rule.id: RuleFirings() for rule in self.rules}
        network, flags, meaning = self._network, self._flags, self._meaning
        for step in self._passes:
            for name in step.values:
                defined[name] = value(name)
            for index in step.leaves:
                given = leaf(index)
                if given is True:
                    states[f"p{index}"] = "T"
                elif given is False:
                    states[f"p{index}"] = "F"
            for pack in step.packs:
                for fired in network.fire(pack, states):
                    flag = flags.get(fired)
                    if flag is not None:
                        states[flag[0]] = flag[1]
                        if flag[2] is not None:
                            defined[flag[2]] = flag[1] == "T"
                        continue
                    rule, what, index = meaning[fired]
                    found = firings[rule]
                    if what == "unmet":
                        found.unmet.append(index)
                    elif what == "raised":
                        found.severity[index] = True
                    elif what == "not raised":
                        found.severity[index] = False
                    else:
                        setattr(found, what, True)
            for name in step.settles:
                defined.setdefault(name, UNKNOWN)
        for found in firings.values():
            found.unmet.sort()
        return firings

    def close(self) -> None:
        """Free the engine's memory."""
        self._network.close()


class _Builder:
    def __init__(self, plan: Plan, stage: str, rules: tuple[PlannedRule, ...]) -> None:
        self.plan = plan
        self.hoisted: dict[Formula, int] = {}
        self.formulas: dict[str, Formula] = {}
        self.productions: list[tuple[int, Production]] = []
        # production -> (property, "T" or "F", the definition or None), for what is carried on
        self.flags: dict[str, tuple[str, str, str | None]] = {}
        self.meaning: dict[str, tuple[str, str, int]] = {}
        self.levels: dict[str, int] = {}
        self.definition_index = {name: index for index, name in enumerate(plan.definitions)}
        needed = self._needed(stage, rules)
        for name in needed:
            formula = plan.definitions[name].formula
            if formula is not None:
                self._flag(f"d{self.definition_index[name]}", formula, name)
        for number, rule in enumerate(rules):
            self._rule(number, rule, stage)
        self.passes = self._schedule(needed, stage, rules)

    # which definitions a stage needs, in an order of evaluation

    def _needed(self, stage: str, rules: tuple[PlannedRule, ...]) -> list[str]:
        wanted: set[str] = set()

        def want(name: str) -> None:
            if name not in wanted:
                wanted.add(name)
                for other in self.plan.definitions[name].reads:
                    want(other)

        for formula in _formulas(stage, rules):
            for atom in atoms(formula):
                if isinstance(atom, Defined):
                    want(atom.name)
                elif isinstance(atom, Leaf):
                    for name in self.plan.leaves[atom.index].reads:
                        want(name)
        return [name for name in self.plan.definitions if name in wanted]

    # levels: a leaf comes after the definitions it reads, a definition after its leaves

    def _level(self, node: Formula) -> int:
        return max((self._atom_level(atom) for atom in atoms(node)), default=0)

    def _atom_level(self, atom: Atom) -> int:
        if isinstance(atom, Leaf):
            return self._after(self.plan.leaves[atom.index].reads)
        if isinstance(atom, Defined):
            return self.levels[f"d{self.definition_index[atom.name]}"] + 1
        return self.levels[f"x{atom.index}"] + 1

    def _after(self, reads: Iterable[str]) -> int:
        return max((self._known_at(name) for name in reads), default=0)

    def _known_at(self, name: str) -> int:
        definition = self.plan.definitions[name]
        if definition.formula is None:
            return self._after(definition.reads)
        return self.levels[f"d{self.definition_index[name]}"] + 1

    # productions

    def _flag(self, flag: str, formula: Formula, name: str | None) -> None:
        formula = self._within_limit(self._within_limit(formula, True), False)
        self.levels[flag] = self._level(formula)
        for wanted, state in ((True, "T"), (False, "F")):
            production = self._produce(f"{flag}{state}", formula, wanted, self.levels[flag])
            if production:
                self.flags[production] = (flag, state, name)

    def _rule(self, number: int, rule: PlannedRule, stage: str) -> None:
        requirements = rule.requirements_at(stage)
        asked = tuple(one.formula for one in requirements)
        self._outcome(f"r{number}n", Opposite(rule.when), rule, "not_applicable", 0)
        self._outcome(f"r{number}c", All((rule.when, *asked)), rule, "compliant", 0)
        if rule.when != TRUE:
            self._outcome(f"r{number}m", All(asked), rule, "all_met", 0)
        for index, formula in enumerate(asked):
            unmet = All((rule.when, Opposite(formula)))
            self._outcome(f"r{number}u{index}", unmet, rule, "unmet", index)
        for index, (_, formula) in enumerate(rule.severity):
            self._outcome(f"r{number}s{index}T", formula, rule, "raised", index)
            self._outcome(f"r{number}s{index}F", Opposite(formula), rule, "not raised", index)

    def _outcome(
        self, name: str, formula: Formula, rule: PlannedRule, what: str, index: int
    ) -> None:
        within = self._within_limit(formula, True)
        production = self._produce(name, within, True, self._level(within))
        if production:
            self.meaning[production] = (rule.rule.id, what, index)

    def _produce(self, name: str, node: Formula, wanted: bool, level: int) -> str | None:
        tree, branches = self._tree(node, wanted)
        if branches == 0:
            return None
        properties = frozenset(self._property(atom) for atom in atoms(node))
        self.productions.append(
            (level, Production(name, tree or {"g": _ANY}, branches, properties))
        )
        return name

    def _property(self, atom: Atom) -> str:
        if isinstance(atom, Leaf):
            return f"p{atom.index}"
        if isinstance(atom, Defined):
            return f"d{self.definition_index[atom.name]}"
        return f"x{atom.index}"

    def _tree(self, node: Formula, wanted: bool) -> tuple[dict[str, object], int]:
        """The positive tree for a condition being true (or false), and how often it can fire.

        An empty tree holds always; 0 branches mean that it can never hold.
        """
        if isinstance(node, Constant):
            return {}, int(node.value is wanted)
        if isinstance(node, Opposite):
            return self._tree(node.part, not wanted)
        if not isinstance(node, All | Any):
            return {self._property(node): "T" if wanted else "F"}, 1
        parts = [self._tree(part, wanted) for part in node.parts]
        if isinstance(node, All) is wanted:
            branches = 1
            for _, count in parts:
                branches *= count
            trees = [tree for tree, _ in parts if tree]
            return ({"$and": trees} if len(trees) > 1 else trees[0] if trees else {}), branches
        possible = [(tree, count) for tree, count in parts if count]
        if any(not tree for tree, _ in possible):
            return {}, 1
        if len(possible) == 1:
            return possible[0]
        return {"$or": [tree for tree, _ in possible]}, sum(count for _, count in possible)

    # keeping productions small

    def _within_limit(self, node: Formula, wanted: bool) -> Formula:
        """The same condition with its larger parts hoisted, so that it fires only a few times."""
        if isinstance(node, Opposite):
            return Opposite(self._within_limit(node.part, not wanted))
        if not isinstance(node, All | Any):
            return node
        kind = type(node)
        parts = [self._within_limit(part, wanted) for part in node.parts]
        while self._tree(kind(tuple(parts)), wanted)[1] > HOIST_ABOVE:
            counts = [self._tree(part, wanted)[1] for part in parts]
            widest = counts.index(max(counts))
            if counts[widest] > 1:
                parts[widest] = self._hoist(parts[widest])
            else:
                chunk = kind(tuple(parts[:HOIST_ABOVE]))
                parts[:HOIST_ABOVE] = [self._hoist(chunk)]
        # A long `and` fires once but has as many tests as parts; keep single trees shallow too.
        while len(parts) > MAX_BRANCHES // 2:
            chunk = kind(tuple(parts[: MAX_BRANCHES // 2]))
            parts[: MAX_BRANCHES // 2] = [self._hoist(chunk)]
        return kind(tuple(parts))

    def _hoist(self, node: Formula) -> Hoisted:
        index = self.hoisted.get(node)
        if index is None:
            index = len(self.hoisted)
            self.hoisted[node] = index
            self._flag(f"x{index}", node, None)
        return Hoisted(index)

    # the passes

    def _schedule(
        self, needed: list[str], stage: str, rules: tuple[PlannedRule, ...]
    ) -> tuple[_Pass, ...]:
        leaves: dict[int, int] = {}
        for formula in [
            *_formulas(stage, rules),
            *(self.plan.definitions[name].formula or TRUE for name in needed),
        ]:
            for atom in atoms(formula):
                if isinstance(atom, Leaf):
                    leaves[atom.index] = self._atom_level(atom)
        values = {
            name: self._known_at(name)
            for name in needed
            if self.plan.definitions[name].formula is None
        }
        last = max(
            [level for level, _ in self.productions]
            + list(leaves.values())
            + list(values.values()),
            default=0,
        )
        return tuple(
            _Pass(
                values=tuple(name for name, at in values.items() if at == level),
                leaves=tuple(sorted(index for index, at in leaves.items() if at == level)),
                packs=tuple(
                    _bound(pack)
                    for pack in packs(
                        (one for at, one in self.productions if at == level), f"g{level}."
                    )
                ),
                settles=tuple(
                    name
                    for name in needed
                    if name not in values
                    and self.levels[f"d{self.definition_index[name]}"] == level
                ),
            )
            for level in range(last + 1)
        )


_ANY: Final = "*"
"""Stands for the pack's own group in a production that always holds."""


def _bound(pack: Pack) -> Pack:
    productions = tuple(
        Production(one.name, {"g": pack.group}, one.branches, one.properties)
        if one.tree == {"g": _ANY}
        else one
        for one in pack.productions
    )
    return Pack(pack.group, productions, pack.properties)


def _formulas(stage: str, rules: tuple[PlannedRule, ...]) -> Iterable[Formula]:
    for rule in rules:
        yield rule.when
        for requirement in rule.requirements_at(stage):
            yield requirement.formula
        for _, formula in rule.severity:
            yield formula
