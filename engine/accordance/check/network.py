"""The plan of one stage as a durable_rules network, and what it fires for a case.

Python gives the network one state for each leaf; the network holds the and/or structure. A boolean
definition has two productions, one for true and one for false, each a positive tree. What fires in
one pass is carried into the facts of the next; where neither fires, the definition is unknown and
is never read as false. A rule has productions for: does not apply, is compliant, asks for nothing
that is not met, and one for each requirement that is not met. What is the same condition in several
rules, or the truth or falsehood of a definition, is one production, which then means several
things.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import prod
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeAlias

from ..feel.compiling import DEFINED, Frame
from ..feel.values import UNKNOWN, Value
from ..plan.formula import (
    TRUE,
    All,
    Constant,
    Defined,
    Formula,
    Leaf,
    Opposite,
    atoms,
)
from ..plan.formula import Any as AnyOf
from ..plan.planning import Plan, PlannedRule
from .driver import Network, Pack, Production, packs, stated
from .expressions import Evaluate, Expressions, LeafPlace

HOIST_ABOVE: Final = 8
"""A production that could fire more often than this gets its larger parts as definitions of their
own, because every true branch of an `or` fires again."""
MAX_TESTS: Final = 24
"""The most parts that one tree has side by side."""


class Firing(NamedTuple):
    """What fired for one rule.

    `status` is NOT_APPLICABLE, COMPLIANT, ALL_MET (nothing it asks for is unmet or unknown, but
    whether it applies is not known) or SILENT; `unmet` are the indices of requirements that are
    not met, `severity` the severity conditions that are true or false, by their index.
    """

    status: int
    unmet: tuple[int, ...] = ()
    severity: tuple[tuple[int, bool], ...] = ()


SILENT, ALL_MET, COMPLIANT, NOT_APPLICABLE = range(4)
UNMET, RAISED, NOT_RAISED = range(4, 7)


class _Pass(NamedTuple):
    """One stratum: values to compute, leaves to evaluate, packs to fire, and the boolean
    definitions that are settled after it."""

    values: tuple[str, ...]
    leaves: tuple[int, ...]
    packs: tuple[Pack, ...]
    settles: tuple[str, ...]


class _Flag(NamedTuple):
    """What a production settles for the passes after it: the text of a property, at its place, and
    the state of a definition, if it is one's."""

    place: int
    text: str
    definition: str | None
    state: bool


_Said: TypeAlias = tuple[tuple[tuple[int, int], ...], _Flag | None]
"""What a production says: the rules, by number, for which it means something, each with its bit;
and the flag that is carried on."""


class _ReadyPack(NamedTuple):
    """A pack ready to be fired: what picks the states of its properties, and what its productions
    say, by their letters."""

    pack: Pack
    chosen: Callable[[list[str]], Iterable[str]]
    said: dict[str, _Said]


class _Step(NamedTuple):
    """A stratum ready to be run."""

    evaluate: Evaluate
    packs: tuple[_ReadyPack, ...]
    settles: tuple[str, ...]


class StageNetwork:
    """The network of the rules about the partnership, or about the evidence, at one stage."""

    def __init__(self, plan: Plan, stage: str, about: str, expressions: Expressions) -> None:
        self.rules: tuple[PlannedRule, ...] = plan.rules_at(stage, about)
        build = _Builder(plan, stage, self.rules)
        self._network = Network(tuple(pack for one in build.passes for pack in one.packs))
        self._passes = build.passes
        self._kinds: list[list[tuple[int, int]]] = [[] for _ in self.rules]
        """What may fire for each rule, in the order of the bits."""
        bits: dict[str, list[tuple[int, int]]] = {}
        for production, meanings in build.meanings.items():
            for rule, kind, index in meanings:
                bit = rule, 1 << len(self._kinds[rule])
                bits.setdefault(production, []).append(bit)
                self._kinds[rule].append((kind, index))
        self._places: dict[str, int] = {}
        flags = {
            production: _Flag(self._place(flag), stated(flag, state), name, state == "T")
            for production, (flag, state, name) in build.flags.items()
        }
        self._said: dict[str, _Said] = {
            production: (tuple(bits.get(production, ())), flags.get(production))
            for production in (*bits, *flags)
        }
        self.prepare(expressions)
        self._unknown = [""] * len(self._places)

    def prepare(self, expressions: Expressions) -> None:
        """Take the expressions as they are compiled now."""
        self._steps = [
            _Step(
                expressions.evaluator(
                    one.values,
                    [
                        LeafPlace(
                            leaf=index,
                            place=self._place(f"p{index}"),
                            true=stated(f"p{index}", "T"),
                            false=stated(f"p{index}", "F"),
                        )
                        for index in one.leaves
                    ],
                ),
                tuple(self._ready(pack) for pack in one.packs),
                one.settles,
            )
            for one in self._passes
        ]

    def _ready(self, pack: Pack) -> _ReadyPack:
        lettered = pack.lettered().items()
        return _ReadyPack(
            pack,
            _chosen([self._place(name) for name in pack.properties]),
            {letter: self._said[production.name] for letter, production in lettered},
        )

    def _place(self, name: str) -> int:
        """Where the state of a property stands."""
        return self._places.setdefault(name, len(self._places))

    def run(self, frame: Frame, leaves: list[Value]) -> list[int]:
        """Fire the network for the case of a frame; what fired for each of `rules`, one bit for
        each of its productions (`firing` says what they mean).

        Enters what is true or false into `leaves`, by index, and the values of the definitions it
        needs into the frame.
        """
        states = self._unknown[:]
        defined = frame[DEFINED]
        fired = [0] * len(self.rules)
        fire = self._network.fire
        for evaluate, to_fire, settles in self._steps:
            evaluate(frame, leaves, states)
            for pack, chosen, said in to_fire:
                for letter in fire(pack, "".join(chosen(states))):
                    bits, flag = said[letter]
                    for rule, bit in bits:
                        fired[rule] |= bit
                    if flag is not None:
                        place, text, definition, state = flag
                        states[place] = text
                        if definition is not None:
                            defined[definition] = state
            for name in settles:
                defined.setdefault(name, UNKNOWN)
        return fired

    def firing(self, rule: int, fired: int) -> Firing:
        """What the bits of a rule, by its number, mean."""
        said = [what for bit, what in enumerate(self._kinds[rule]) if fired >> bit & 1]
        return Firing(
            max((kind for kind, _ in said if kind < UNMET), default=SILENT),
            tuple(sorted(index for kind, index in said if kind == UNMET)),
            tuple(sorted((index, kind == RAISED) for kind, index in said if kind > UNMET)),
        )

    def close(self) -> None:
        """Free the engine's memory."""
        self._network.close()


def _chosen(places: list[int]) -> Callable[[list[str]], Iterable[str]]:
    """What picks the states at these places."""
    if not places:
        return lambda states: ()
    if len(places) == 1:
        (only,) = places
        return lambda states: (states[only],)
    return itemgetter(*places)


class _Built(NamedTuple):
    """The positive tree for a condition being true, or being false.

    An empty tree holds always; 0 branches mean that it can never hold. `level` is that of the
    first pass in which all its properties are known.
    """

    tree: dict[str, Any]
    branches: int
    properties: frozenset[str]
    level: int


_ALWAYS = _Built({}, 1, frozenset(), 0)
_NEVER = _Built({}, 0, frozenset(), 0)


class _Builder:
    def __init__(self, plan: Plan, stage: str, rules: tuple[PlannedRule, ...]) -> None:
        self.plan = plan
        self.productions: list[tuple[int, Production]] = []
        # production -> (property, "T" or "F", the definition or None), for what is carried on
        self.flags: dict[str, tuple[str, str, str | None]] = {}
        # production -> (number of the rule, what it means, index of the requirement or condition),
        # for each rule for which it means something
        self.meanings: dict[str, list[tuple[int, int, int]]] = {}
        self.by_tree: dict[str, str] = {}
        """The production that fires where a tree holds."""
        self.definition_index = {name: index for index, name in enumerate(plan.definitions)}
        self.built: dict[tuple[int, bool], tuple[Formula, _Built]] = {}
        self.hoisted: dict[Formula, str] = {}
        self.known_at: dict[str, int] = {}
        """The first pass in which the value of a definition is known."""
        needed = self._needed(stage, rules)
        for name in needed:
            self._define(name)
        for number, rule in enumerate(rules):
            self._rule(number, rule, stage)
        self.passes = self._schedule(needed, stage, rules)

    def _needed(self, stage: str, rules: tuple[PlannedRule, ...]) -> list[str]:
        """The definitions that a stage needs, in an order of evaluation."""
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
                else:
                    for name in self.plan.leaves[atom.index].reads:
                        want(name)
        return [name for name in self.plan.definitions if name in wanted]

    # trees

    def _build(self, node: Formula, wanted: bool) -> _Built:
        """The tree for a condition being true (or false), its larger parts hoisted so that it
        fires only a few times."""
        key = id(node), wanted
        known = self.built.get(key)
        if known is None:
            # The formula is kept too, so that its identity is not given to another.
            known = self.built[key] = node, self._make(node, wanted)
        return known[1]

    def _make(self, node: Formula, wanted: bool) -> _Built:
        if isinstance(node, Leaf):
            level = self._after(self.plan.leaves[node.index].reads)
            return _test(f"p{node.index}", wanted, level)
        if isinstance(node, Defined):
            name = f"d{self.definition_index[node.name]}"
            return _test(name, wanted, self.known_at[node.name])
        if isinstance(node, Opposite):
            return self._build(node.part, not wanted)
        if isinstance(node, Constant):
            return _ALWAYS if node.value is wanted else _NEVER
        nodes = list(node.parts)
        parts = [self._build(part, wanted) for part in nodes]
        conjunction = isinstance(node, All) is wanted
        if conjunction:
            if any(part.branches == 0 for part in parts):
                return _NEVER
        elif any(part.branches and not part.tree for part in parts):
            return _ALWAYS
        useful = [
            (one, part)
            for one, part in zip(nodes, parts, strict=True)
            if part.branches and part.tree
        ]
        if not useful:
            return _ALWAYS if conjunction else _NEVER
        self._narrow(useful, type(node), wanted, conjunction)
        built = [part for _, part in useful]
        counts = [part.branches for part in built]
        if len(built) == 1:
            return built[0]
        return _Built(
            {"$and" if conjunction else "$or": [part.tree for part in built]},
            prod(counts) if conjunction else sum(counts),
            frozenset().union(*(part.properties for part in built)),
            max(part.level for part in built),
        )

    def _narrow(
        self,
        parts: list[tuple[Formula, _Built]],
        kind: type[All] | type[AnyOf],
        wanted: bool,
        conjunction: bool,
    ) -> None:
        """Hoist parts until the whole fires at most HOIST_ABOVE times and stays short."""
        while True:
            counts = [part.branches for _, part in parts]
            if (prod(counts) if conjunction else sum(counts)) <= HOIST_ABOVE:
                if len(parts) <= MAX_TESTS:
                    return
            elif max(counts) > 1:
                widest = counts.index(max(counts))
                node = parts[widest][0]
                parts[widest] = node, self._hoist(node, wanted)
                continue
            size = MAX_TESTS if conjunction else HOIST_ABOVE
            chunk = kind(tuple(node for node, _ in parts[:size]))
            parts[:size] = [(chunk, self._hoist(chunk, wanted))]

    def _hoist(self, node: Formula, wanted: bool) -> _Built:
        """A part of a condition as a definition of its own, whose flag stands in its place."""
        name = self.hoisted.setdefault(node, f"x{len(self.hoisted)}")
        built = self._build(node, wanted)
        self._flag(name, built, wanted, None)
        return _test(name, wanted, built.level + 1)

    # levels: a leaf comes after the definitions it reads, a definition after its leaves

    def _after(self, reads: Iterable[str]) -> int:
        return max((self.known_at[name] for name in reads), default=0)

    # productions

    def _define(self, name: str) -> None:
        planned = self.plan.definitions[name]
        if planned.formula is None:
            self.known_at[name] = self._after(planned.reads)
            return
        flag = f"d{self.definition_index[name]}"
        yes, no = self._build(planned.formula, True), self._build(planned.formula, False)
        self.known_at[name] = max(yes.level, no.level) + 1
        self._flag(flag, yes, True, name)
        self._flag(flag, no, False, name)

    def _flag(self, flag: str, built: _Built, wanted: bool, definition: str | None) -> None:
        state = "T" if wanted else "F"
        production = f"{flag}{state}"
        if production not in self.flags and self._produce(production, built):
            self.flags[production] = flag, state, definition
            self.by_tree[str({flag: state})] = production

    def _rule(self, number: int, rule: PlannedRule, stage: str) -> None:
        asked = tuple(one.formula for one in rule.requirements_at(stage))
        self._outcome(Opposite(rule.when), (number, NOT_APPLICABLE, 0))
        self._outcome(All((rule.when, *asked)), (number, COMPLIANT, 0))
        if rule.when != TRUE:
            self._outcome(All(asked), (number, ALL_MET, 0))
        for index, formula in enumerate(asked):
            self._outcome(All((rule.when, Opposite(formula))), (number, UNMET, index))
        for index, (_, formula) in enumerate(rule.severity):
            self._outcome(formula, (number, RAISED, index))
            self._outcome(Opposite(formula), (number, NOT_RAISED, index))

    def _outcome(self, formula: Formula, meaning: tuple[int, int, int]) -> None:
        built = self._build(formula, True)
        production = self.by_tree.get(str(built.tree))
        if production is None or not built.branches:
            production = f"r{len(self.by_tree)}"
            if not self._produce(production, built):
                return
            self.by_tree[str(built.tree)] = production
        self.meanings.setdefault(production, []).append(meaning)

    def _produce(self, name: str, built: _Built) -> bool:
        if built.branches:
            production = Production(name, built.tree, built.branches, built.properties)
            self.productions.append((built.level, production))
        return built.branches > 0

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
                    leaves[atom.index] = self._after(self.plan.leaves[atom.index].reads)
        values = {
            name: level
            for name, level in self.known_at.items()
            if self.plan.definitions[name].formula is None
        }
        last = max(
            [level for level, _ in self.productions]
            + list(leaves.values())
            + list(self.known_at.values()),
            default=0,
        )
        return tuple(
            _Pass(
                values=tuple(name for name, at in values.items() if at == level),
                leaves=tuple(sorted(index for index, at in leaves.items() if at == level)),
                packs=packs((one for at, one in self.productions if at == level), f"g{level}."),
                settles=tuple(
                    name
                    for name in needed
                    if name not in values and self.known_at[name] == level + 1
                ),
            )
            for level in range(last + 1)
        )


def _test(name: str, wanted: bool, level: int) -> _Built:
    return _Built({name: "T" if wanted else "F"}, 1, frozenset((name,)), level)


def _formulas(stage: str, rules: tuple[PlannedRule, ...]) -> Iterable[Formula]:
    for rule in rules:
        yield rule.when
        for requirement in rule.requirements_at(stage):
            yield requirement.formula
        for _, formula in rule.severity:
            yield formula
