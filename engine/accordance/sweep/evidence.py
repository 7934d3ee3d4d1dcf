"""What rules about evidence read, in columns: what the other rules said, which facts that must be
known are stated, and which facts contradict one another.

What a result rests on and what it misses depends on which branches of its conditions decided.
Columns say only which facts it can be: such a path is possible, neither there nor not there. Where
that leaves a rule about evidence undecided, the case is checked singly (`Relation.undecided`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Final

import ibis

from ..check.exceptions import LEAD
from ..facts.deriving import ROUNDED_PLACES
from ..facts.shapes import Boolean, Group, List, NumberShape, Shape
from ..feel.values import FRACTION_DIGITS
from ..plan.planning import PlannedRule
from ..plan.reading import FactsRead, path_node
from . import carriers, exact
from .answers import INSUFFICIENT, NOT_APPLICABLE
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
    is_stated,
    lifted,
    opposite,
)
from .columns import Reader
from .compiling import Compiler
from .items import Item, Items, Joined, Listing, Nested, Unrolled
from .tables import at_stage, result_item

if TYPE_CHECKING:
    from .relational import Relation

LATE: Final = ("rests_on", "missing")


def evidence_lists(
    relation: Relation, table: ibis.Table, rules: list[PlannedRule]
) -> dict[str, Carrier]:
    """The lists `results`, `mandatory` and `contradictions`."""
    reads = FactsRead(relation.plan)
    read_by = {rule.rule.id: _paths_read(reads, rule) for rule in rules}
    return {
        "results": Listed(Unrolled(tuple(_result(table, rule, reads) for rule in rules))),
        "mandatory": Listed(Unrolled(tuple(_mandatory(relation, table, rules, read_by)))),
        "contradictions": Listed(_contradictions(relation, table)),
    }


def _paths_read(reads: FactsRead, rule: PlannedRule) -> tuple[str, ...]:
    formulas = [rule.when, *(one.formula for one in rule.requirements)]
    return tuple(dict.fromkeys(path for one in formulas for path in reads.of_formula(one)))


def _paths_of_severity(reads: FactsRead, rule: PlannedRule) -> tuple[str, ...]:
    return tuple(path for _, formula in rule.severity for path in reads.of_formula(formula))


def _result(table: ibis.Table, rule: PlannedRule, reads: FactsRead) -> Item:
    """What a rule said."""
    paths = _paths_read(reads, rule)
    gap = Truth(table[rule.rule.id] == INSUFFICIENT, True)

    def rests_on() -> Carrier:
        return Listed(Unrolled(tuple(Item(Known(path), _perhaps()) for path in paths)))

    def missing() -> Carrier:
        # While an exception cannot be judged, what is missing is what it needs.
        wanted = dict.fromkeys((*paths, LEAD, *_paths_of_severity(reads, rule)))
        items = (Item(Known(path), _perhaps()).narrowed(gap) for path in wanted)
        return Listed(Unrolled(tuple(items)))

    late: dict[str, Callable[[], Carrier]] = {"rests_on": rests_on, "missing": missing}
    return Item(result_item(table, rule, more=late))


def _perhaps() -> Column:
    return ibis.null("boolean")


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
    from ..feel.types import ContextType, ListType, Type

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


def _contradictions(relation: Relation, table: ibis.Table) -> Items:
    """The paths of stated facts that differ from what follows from other facts."""
    model = relation.plan.strategy.model
    parts: list[Items] = []
    for path in model.derivations:

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
