"""What rules about evidence read, in columns: what the other rules said, which facts that must be
known are stated, and which facts contradict one another.

A result stands in the list once for each outcome that it can have, so that most questions about it
are settled when the plan is made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias

import ibis

from ..facts.deriving import ROUNDED_PLACES
from ..facts.model import FactModel
from ..facts.shapes import Boolean, Group, List, NumberShape, Shape
from ..feel import syntax
from ..feel.printing import to_source
from ..feel.syntax import Node
from ..feel.types import ListType
from ..feel.values import FRACTION_DIGITS
from ..plan.formula import All, Defined, Formula, Leaf, Opposite
from ..plan.formula import Any as AnyOf
from ..plan.planning import PlannedRule
from ..plan.reading import FactsRead, path_node
from . import carriers, exact
from .accepting import OPEN
from .answers import ACCEPTED, COMPLIANT, INSUFFICIENT, MOOT, NON_COMPLIANT, NOT_APPLICABLE
from .carriers import (
    Carrier,
    Column,
    Known,
    Listed,
    Number,
    Text,
    Truth,
    all_of,
    any_of,
    as_column,
    equal,
    holds,
    is_state,
    is_stated,
    lazily,
    lifted,
    opposite,
    settled,
)
from .columns import Reader
from .compiling import Compiler
from .grounds import Grounds
from .items import Item, Items, Joined, Listing, Nested, Unrolled
from .late import Paths
from .tables import at_stage, result_item

if TYPE_CHECKING:
    from .relational import Relation


def evidence_lists(
    relation: Relation, table: ibis.Table, rules: list[PlannedRule]
) -> dict[str, Carrier]:
    """The lists `results`, `mandatory` and `contradictions`."""
    reads = FactsRead(relation.plan)
    read_by = {rule.rule.id: _paths_read(reads, rule) for rule in rules}
    resting = Resting(relation, table)
    results = tuple(item for rule in rules for item in _result(table, rule, resting, reads))
    return {
        "results": Listed(Unrolled(results)),
        "mandatory": Listed(Unrolled(tuple(_mandatory(relation, table, rules, read_by)))),
        "contradictions": Listed(_contradictions(relation, table)),
    }


def _paths_read(reads: FactsRead, rule: PlannedRule) -> tuple[str, ...]:
    formulas = [rule.when, *(one.formula for one in rule.requirements)]
    return tuple(dict.fromkeys(path for one in formulas for path in reads.of_formula(one)))


def _above(path: str, lists: frozenset[str]) -> Iterator[str]:
    """The lists in whose items a fact stands."""
    steps = path.split(".")
    above = (".".join(steps[:count]) for count in range(1, len(steps)))
    return (one for one in above if one in lists)


def _result(
    table: ibis.Table, rule: PlannedRule, resting: Resting, reads: FactsRead
) -> Iterator[Item]:
    """What a rule said: an item for each outcome, of which one is there."""
    excepted = OPEN in table.columns
    # Of a fact of items it is the list that counts where it is empty or unknown.
    read = _paths_read(reads, rule)
    lists = resting.lists
    paths = tuple(dict.fromkeys([*(one for path in read for one in _above(path, lists)), *read]))
    for code in (NOT_APPLICABLE, COMPLIANT, NON_COMPLIANT, INSUFFICIENT, ACCEPTED, MOOT):
        if code == ACCEPTED and not excepted:
            continue

        def listed(missing: bool, code: int = code) -> Carrier:
            names = () if missing and code != INSUFFICIENT else paths
            return Listed(
                Paths(
                    names,
                    lambda path: resting.among(rule, code, path, missing),
                    in_doubt=resting.in_doubt,
                )
            )

        more: dict[str, Callable[[], Carrier]] = {
            "rests_on": lambda listed=listed: listed(False),  # type: ignore[misc]
            "missing": lambda listed=listed: listed(True),  # type: ignore[misc]
        }
        there = table[rule.rule.id] == code
        yield Item(result_item(table, rule, more=more, code=code), there, True)


# --- what results rest on and miss ------------------------------------------------------------


Occurrence: TypeAlias = tuple[Carrier, int, bool | None]
"""A leaf that decides where a condition holds, and its state then."""


class Resting:
    """Says whether a result rests on a fact or misses it, by the rules of `check.judging`."""

    def __init__(self, relation: Relation, table: ibis.Table) -> None:
        self._relation = relation
        self._table = table
        self._found: dict[tuple[object, ...], Carrier] = {}
        self._roots: dict[int, frozenset[str]] = {}
        self.lists = lists_of(relation.plan.strategy.model)

    def in_doubt(self) -> None:
        """What a result rests on or misses could not be said for all records."""
        self._relation.in_doubt = True

    def among(self, rule: PlannedRule, code: int, path: str, missing: bool) -> Carrier:
        """Is a fact among those that a rule rests on (or misses) where it has an outcome?

        While nobody can tell whether an exception counts, what is missing is what that needs; then
        the case is checked singly (see `Relation`).
        """
        # Many conditions ask the same of a fact.
        asked: dict[object, tuple[Carrier, list[Carrier]]] = {}
        for condition, leaf, state in self._decisive(rule, code):
            if not missing or state is None:
                found = self._of_leaf(leaf, state, path, missing)
                key = settled(found) if settled(found) is not None else holds(found).op()
                asked.setdefault(key, (found, []))[1].append(condition)
        return any_of([lazily(any_of(where), found) for found, where in asked.values()])

    def _decisive(self, rule: PlannedRule, code: int) -> Iterator[Occurrence]:
        """The leaves on which a result rests: of all conditions for a pass, of the unmet ones for
        a breach, and of what is not true for a gap."""
        name, table = rule.rule.id, self._table
        asked = [stage for stage in rule.rule.stages if rule.requirements_at(stage)]
        when = Truth(table[f"{name} when"])
        if code == NOT_APPLICABLE:
            for one in self._leaves(rule.when, False):
                yield _given([at_stage(table, asked), is_state(when, False)], one)
            return
        if code in (INSUFFICIENT, MOOT):
            for one in self._leaves(rule.when, None):
                yield _given([is_state(when, None)], one)
        else:
            for one in self._leaves(rule.when, True):
                yield one
        states: tuple[bool | None, ...] = (True,)
        if code in (NON_COMPLIANT, ACCEPTED):
            states = (False,)
        elif code in (INSUFFICIENT, MOOT):
            states = (False, None)
        for place, requirement in enumerate(rule.requirements):
            here = at_stage(table, requirement.stages)
            if set(requirement.stages) >= set(asked):
                here = Known(True)
            for state in states:
                stands = is_state(Truth(table[f"{name} {place}"]), state)
                if code == COMPLIANT:
                    stands = Known(True)
                for one in self._leaves(requirement.formula, state):
                    yield _given([here, stands], one)

    def _leaves(self, formula: Formula, state: bool | None) -> Iterator[Occurrence]:
        """The leaves that decide a formula that stands in a state."""
        if isinstance(formula, Leaf):
            yield Known(True), formula.index, state
        elif isinstance(formula, Defined):
            inner = self._relation.plan.definitions[formula.name].formula
            assert inner is not None
            yield from self._leaves(inner, state)
        elif isinstance(formula, Opposite):
            yield from self._leaves(formula.part, None if state is None else not state)
        elif isinstance(formula, All | AnyOf):
            for part in formula.parts:
                for one in self._leaves(part, state):
                    # All parts stand so where none decides alone.
                    if state is isinstance(formula, All):
                        yield one
                    else:
                        stands = is_state(self._relation.state(self._table, part), state)
                        yield _given([stands], one)

    def _of_leaf(self, index: int, state: bool | None, path: str, missing: bool) -> Carrier:
        key = index, state, path, missing, self._relation.stages.gatherer.guard
        found = self._found.get(key)
        if found is None:
            found = self._found[key] = self._ask(index, state, path, missing)
        return found

    def _ask(self, index: int, state: bool | None, path: str, missing: bool) -> Carrier:
        plan = self._relation.plan
        expression = plan.leaves[index].expression
        if path.split(".")[0] not in self._names_in(index):
            return Known(False)

        def found(compiler: Compiler, _: Reader) -> Carrier:
            grounds = Grounds(compiler, self._meaning, path, missing)
            return grounds.of(expression, None, state)

        nothing = self._relation.nothing
        return self._relation.say(self._table, nothing, found, lambda: to_source(expression), None)

    def _meaning(self, name: str) -> Node:
        return self._relation.plan.definitions[name].definition.expression

    def _names_in(self, index: int) -> frozenset[str]:
        """The names that a leaf reads, through definitions too."""
        names = self._roots.get(index)
        if names is None:
            names = frozenset(self._names(self._relation.plan.leaves[index].expression))
            self._roots[index] = names
        return names

    def _names(self, node: Node) -> Iterator[str]:
        for part in syntax.walk(node):
            if isinstance(part, syntax.Name):
                yield part.name
                if part.name in self._relation.plan.definitions:
                    yield from self._names(self._meaning(part.name))


def _given(conditions: list[Carrier], occurrence: Occurrence) -> Occurrence:
    condition, leaf, state = occurrence
    return all_of([*conditions, condition]), leaf, state


# --- facts that must be known -----------------------------------------------------------------


def _mandatory(
    relation: Relation,
    table: ibis.Table,
    rules: list[PlannedRule],
    read_by: dict[str, tuple[str, ...]],
) -> Iterable[Item]:
    """The facts that must be known at a stage, stage by stage in the owner's order."""
    compiler, _ = relation.compiler(table, relation.nothing)
    for stage, paths in relation.plan.strategy.mandatory.items():
        for path in paths:
            readers = [
                rule
                for rule in rules
                if path in read_by[rule.rule.id] and rule.requirements_at(stage)
            ]
            applying = [Truth(table[rule.rule.id] != NOT_APPLICABLE, True) for rule in readers]
            group = carriers.Group(
                {
                    "path": lambda path=path: Known(path),  # type: ignore[misc]
                    "stated": lambda path=path: _is_path_stated(compiler, path),  # type: ignore[misc]
                    # A fact that no rule reads is asked for its own sake.
                    "needed": lambda of=applying: any_of(list(of)) if of else Known(True),  # type: ignore[misc]
                    "decides": lambda of=applying: _how_many(of),  # type: ignore[misc]
                }
            )
            yield Item(group).narrowed(at_stage(table, [stage]))


def _how_many(truths: list[Truth]) -> Carrier:
    items = Unrolled(tuple(Item(Known(True), truth.holds, True) for truth in truths))
    return items.count()


def _is_path_stated(compiler: Compiler, path: str) -> Carrier:
    """Is a fact stated: over a list, for every item of it? Never null."""
    first, *rest = path.split(".")
    carrier: Carrier = compiler.carrier(path_node(first))
    parts: list[Carrier] = []
    for name in rest:
        if isinstance(carrier, Listed):
            carrier = _inside(carrier.items, name)
            continue
        assert isinstance(carrier, carriers.Group)
        carrier = carrier.field(name)
    if isinstance(carrier, Listed) and rest and _through_list(compiler, path):
        parts.append(carrier.items.all_known())
    parts.append(_truth(is_stated(carrier)))
    return all_of(parts)


def _inside(items: Items, name: str) -> Listed:
    """A fact of every item of a list."""

    def field(item: Carrier) -> Carrier:
        return item.field(name) if isinstance(item, carriers.Group) else carriers.UNSAID

    return Listed(items.changed(field))


def _through_list(compiler: Compiler, path: str) -> bool:
    from ..feel.types import ContextType, Type

    kind: Type | None = compiler.names.facts
    for name in path.split("."):
        if isinstance(kind, ListType):
            return True
        assert isinstance(kind, ContextType)
        kind = kind.fields[name]
    return False


def _truth(given: Column | bool) -> Carrier:
    return Known(given) if isinstance(given, bool) else Truth(given, True)


# --- facts that contradict one another --------------------------------------------------------


def differences(relation: Relation, table: ibis.Table) -> dict[str, Column]:
    """Columns that say whether a stated fact that stands in no list differs from what follows from
    other facts."""
    model = relation.plan.strategy.model
    made: dict[str, Column] = {}
    for path in model.derivations:
        if in_no_list(model, path):

            def differs(compiler: Compiler, reader: Reader, path: str = path) -> Carrier:
                steps = path.split(".")
                found = _differing(compiler, reader, table, model.root, steps, path, ())
                return found.some(lambda item: item.presence)

            text = model.facts[path].derive or path
            carrier = relation.say(table, relation.nothing, differs, lambda text=text: text, None)  # type: ignore[misc]
            made[_differs_column(path)] = holds(carrier).cast("boolean")
    return made


def in_no_list(model: FactModel, path: str) -> bool:
    """Does a fact stand in no list of others?"""
    return not any(_above(path, lists_of(model)))


def lists_of(model: FactModel) -> frozenset[str]:
    """The paths of the facts that are lists."""
    return frozenset(path for path, fact in model.facts.items() if isinstance(fact.type, ListType))


def _differs_column(path: str) -> str:
    return f"differs {path}"


def _contradictions(relation: Relation, table: ibis.Table) -> Items:
    """The paths of stated facts that differ from what follows from other facts."""
    model = relation.plan.strategy.model
    parts: list[Items] = []
    for path in model.derivations:
        if _differs_column(path) in table.columns:
            differs = Truth(table[_differs_column(path)], True)
            parts.append(Unrolled((Item(Known(path)).narrowed(differs),)))
            continue

        def differing(compiler: Compiler, reader: Reader, path: str = path) -> Carrier:
            steps = path.split(".")
            found = _differing(compiler, reader, table, model.root, steps, path, ())
            # Said once here, so that too large a calculation shows.
            found.some(lambda item: item.presence)
            return Listed(found)

        text = model.facts[path].derive or path
        carrier = relation.say(table, relation.nothing, differing, lambda text=text: text, None)  # type: ignore[misc]
        assert isinstance(carrier, Listed)
        parts.append(carrier.items)
    return Joined(tuple(parts))


def _differing(
    compiler: Compiler,
    reader: Reader,
    row: Column,
    group: Group,
    steps: list[str],
    path: str,
    scope: tuple[carriers.Group, ...],
) -> Items:
    first, *rest = steps
    shape = group.members[first]
    if not rest:
        assert reader.derived is not None
        stated = reader.stated(row, first, shape, scope)
        derived = reader.derived(path, scope)
        differs = opposite(_agree(stated, derived, shape))
        # Unknown on either side is no contradiction.
        certain = Truth(holds(differs).fill_null(False), True)
        return Unrolled((Item(Known(path)).narrowed(certain),))
    if isinstance(shape, Group):
        return _differing(compiler, reader, row[first], shape, rest, path, scope)
    assert isinstance(shape, List) and isinstance(shape.item, Group)
    inner = shape.item

    def of_item(element: Column) -> Items:
        item = reader.item(element, inner, scope)
        assert isinstance(item, carriers.Group)
        return _differing(compiler, reader, element, inner, rest, path, (*scope, item))

    array = row[first]
    listing = Listing(array, lambda element: Item(_Element(element)))  # type: ignore[arg-type]

    def below(item: Item) -> Items:
        assert isinstance(item.value, _Element)
        return of_item(item.value.column)

    # A list that is not known has no items that contradict anything.
    return Nested(listing, below)


class _Element:
    """An item of a list as it stands in its column."""

    def __init__(self, column: Column) -> None:
        self.column = column


def _agree(stated: Carrier, derived: Carrier, shape: Shape) -> Carrier:
    derived = lifted(derived)
    if isinstance(shape, NumberShape):
        if not isinstance(stated, Number) or not isinstance(derived, Number):
            return carriers.UNSAID
        return _agree_rounded(stated.low, derived, shape)
    if isinstance(shape, Boolean) and not isinstance(derived, Truth):
        return carriers.UNSAID
    if isinstance(stated, Text) and shape.path and not isinstance(derived, Text):
        return carriers.UNSAID
    return equal(stated, derived)


def _agree_rounded(stated: exact.Exact, derived: Number, shape: NumberShape) -> Carrier:
    """A stated number agrees when it is the derived one rounded to as many decimals, or to two."""
    from .columns import fitting_number

    gap = exact.absolute_value(
        exact.add(stated, exact.negative(fitting_number(derived, shape).low))
    )
    branches: list[tuple[Column, Column]] = []
    for places in range(ROUNDED_PLACES, FRACTION_DIGITS + 1):
        close = exact.compare("<=", exact.multiply(gap, exact.constant(2 * 10**places)), exact.ONE)
        if places == FRACTION_DIGITS or not stated.places:
            branches.append((ibis.literal(True), as_column(close)))
            break
        kind = stated.column.type()
        cut = stated.column.cast(ibis.expr.datatypes.Decimal(kind.precision, places)).cast(kind)
        branches.append((cut == stated.column, as_column(close)))
    return Truth(ibis.cases(*branches))
