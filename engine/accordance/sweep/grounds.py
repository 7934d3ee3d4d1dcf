"""What conditions rest on and miss, in columns: for one fact at a time, whether it is among them.

`feel.compiling` collects the facts of a condition record by record; here the same is asked of one
fact, for all records at once. Where a condition reads facts in a way that cannot be followed so,
the answer is null: neither there nor not there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from ..feel import syntax
from ..feel.syntax import Node
from ..feel.types import ANY as ANY_TYPE
from ..feel.types import ContextType, ListType, NumberType, Type
from .carriers import (
    Carrier,
    Known,
    Truth,
    all_of,
    any_of,
    as_column,
    compare,
    is_state,
    is_stated,
    lazily,
    lifted,
    opposite,
    perhaps,
    settled,
)
from .compiling import Compiler
from .functions import items_of
from .items import Item, Items, is_there, may_be_there
from .scope import Local, Made, item_type, local_named

State: TypeAlias = bool | Literal["known", "any"] | None
"""How a value is known to stand where it is looked at: true, false, unknown (None), KNOWN for
anything but unknown, ANY where nothing is said."""
KNOWN: Final = "known"
ANY: Final = "any"

NO_PLACE: Final = ""
"""In the place of a path: the items of this list are no facts."""
NOT_THERE: Final = Known(False)


@dataclass(frozen=True, slots=True)
class Grounds:
    """Says whether one fact (a static path) is among those on which expressions rest, or among
    those that they miss."""

    compiler: Compiler
    meaning: Callable[[str], Node]
    """The expression of a definition."""
    path: str
    missing: bool

    def of(self, node: Node, scope: Local | None, state: State) -> Carrier:
        """Is the fact among those of an expression whose value stands in a state? Never null
        where that can be told."""
        kind = type(node).__name__.lower()
        found: Carrier = getattr(self, f"_{kind}")(node, scope, state)
        return found

    def _nothing(self, node: Node, scope: Local | None, state: State) -> Carrier:
        return NOT_THERE

    _literal = _null = _nothing

    def _every(self, nodes: tuple[Node, ...], scope: Local | None, state: State = ANY) -> Carrier:
        return any_of([self.of(node, scope, state) for node in nodes])

    # names and paths

    def _name(self, node: syntax.Name, scope: Local | None, state: State) -> Carrier:
        local = local_named(node, scope)
        if local is not None:
            if local.name is None and node.name != "item":
                return self._of_item(local, node.name, node, scope, state)
            return self._of_local(local)
        names = self.compiler.names
        if node.name in names.parameters:
            return NOT_THERE
        if node.name in names.definitions:
            return self.of(self.meaning(node.name), None, state)
        if node.name in names.supplied:
            return NOT_THERE
        return self._of_fact(node.name, node, scope, state)

    def _path(self, node: syntax.Path, scope: Local | None, state: State) -> Carrier:
        fact = self._fact_path(node, scope)
        if fact is not None:
            return self._of_fact(fact, node, scope, state)
        if self._is_list(node.base, scope):
            return self._of_members(node, scope)
        steps, base = [node.field], node.base
        while isinstance(base, syntax.Path):
            if self._is_list(base.base, scope):
                return perhaps()
            steps.insert(0, base.field)
            base = base.base
        local = local_named(base, scope) if isinstance(base, syntax.Name) else None
        if local is None or not isinstance(base, syntax.Name):
            return perhaps()
        if local.name is None and base.name != "item":
            steps.insert(0, base.name)
        return self._of_item(local, ".".join(steps), node, scope, state)

    def _of_fact(self, path: str, node: Node, scope: Local | None, state: State) -> Carrier:
        return self._noted(node, scope, state) if path == self.path else NOT_THERE

    def _noted(self, node: Node, scope: Local | None, state: State) -> Carrier:
        """A fact is rested on where it is stated, and missed where it is not."""
        if state != ANY:
            return Known((state is None) is self.missing)
        return self._stated(self.compiler.carrier(node, scope))

    def _stated(self, carrier: Carrier) -> Carrier:
        given = is_stated(carrier)
        stated: Carrier = Known(given) if isinstance(given, bool) else Truth(given, True)
        return opposite(stated) if self.missing else stated

    def _of_local(self, local: Local) -> Carrier:
        """An item as a whole is rested on as its list."""
        if local.path is None:
            return perhaps()
        if local.path == NO_PLACE or self.missing or local.path != self.path:
            return NOT_THERE
        return perhaps()

    def _of_item(
        self, local: Local, steps: str, node: Node, scope: Local | None, state: State
    ) -> Carrier:
        if local.path is None:
            return perhaps()
        if local.path == NO_PLACE or f"{local.path}.{steps}" != self.path:
            return NOT_THERE
        return self._noted(node, scope, state)

    def _of_members(self, node: syntax.Path, scope: Local | None) -> Carrier:
        """A fact of every item of a list."""
        place = self._place_of_members(node.base, scope)
        if place is None:
            return perhaps()
        base = self.of(node.base, scope, ANY)
        items = items_of(self.compiler.carrier(node.base, scope))
        if place == NO_PLACE or items is None:
            return base
        if self._is_located(node.base, scope):
            base = all_of([_has_nothing(items), base])
        if f"{place}.{node.field}" != self.path:
            return base

        def noted(item: Item) -> Carrier:
            field = getattr(item.value, "field", None)
            return perhaps() if field is None else self._stated(field(node.field))

        return any_of([base, among(items, may_be_there, noted)])

    # operators

    def _negate(self, node: syntax.Negate, scope: Local | None, state: State) -> Carrier:
        return self.of(node.operand, scope, _of_operand(state))

    def _arithmetic(self, node: syntax.Arithmetic, scope: Local | None, state: State) -> Carrier:
        return self._every((node.left, node.right), scope, _of_operand(state))

    def _comparison(self, node: syntax.Comparison, scope: Local | None, state: State) -> Carrier:
        null = isinstance(node.left, syntax.Null) or isinstance(node.right, syntax.Null)
        if null and node.operator not in ("=", "!="):
            return NOT_THERE
        return self._every((node.left, node.right), scope, _of_operand(state))

    def _between(self, node: syntax.Between, scope: Local | None, state: State) -> Carrier:
        return self._connected(
            [
                self._compared(">=", node.value, node.low, scope),
                self._compared("<=", node.value, node.high, scope),
            ],
            False,
            state,
        )

    def _in(self, node: syntax.In, scope: Local | None, state: State) -> Carrier:
        tests = node.tests
        if len(tests) > 1 and all(isinstance(test, syntax.Literal) for test in tests):
            return self.of(node.value, scope, _of_operand(state))
        return self._connected([self._test(node.value, one, scope) for one in tests], True, state)

    def _test(self, value: Node, test: Node, scope: Local | None) -> Part:
        if isinstance(test, syntax.Range):
            above, below = (">" if test.low_open else ">="), ("<" if test.high_open else "<=")
            ends = [
                self._compared(above, value, test.low, scope),
                self._compared(below, value, test.high, scope),
            ]
            return Part(
                lambda: all_of([one.value() for one in ends]),
                lambda state: self._connected(ends, False, state),
            )
        if isinstance(test, syntax.UnaryTest):
            return self._compared(test.operator, value, test.operand, scope)
        if isinstance(test, syntax.ListLiteral):
            tests = [self._test(value, item, scope) for item in test.items]
            return Part(
                lambda: any_of([one.value() for one in tests]),
                lambda state: self._connected(tests, True, state),
            )
        return Part(
            lambda: self.compiler.carrier(syntax.In(value, (test,)), scope),
            lambda state: self._every((value, test), scope),
        )

    def _compared(self, sign: str, left: Node, right: Node, scope: Local | None) -> Part:
        def value() -> Carrier:
            sides = self.compiler.carrier(left, scope), self.compiler.carrier(right, scope)
            return compare(sign, *sides)

        return Part(value, lambda state: self._every((left, right), scope, _of_operand(state)))

    # connectives

    def _and(self, node: syntax.And, scope: Local | None, state: State) -> Carrier:
        return self._connected([self._part(one, scope) for one in node.parts], False, state)

    def _or(self, node: syntax.Or, scope: Local | None, state: State) -> Carrier:
        return self._connected([self._part(one, scope) for one in node.parts], True, state)

    def _part(self, node: Node, scope: Local | None) -> Part:
        return Part(
            lambda: self.compiler.carrier(node, scope),
            lambda state: self.of(node, scope, state),
        )

    def _connected(self, parts: list[Part], decisive: bool, state: State) -> Carrier:
        """`or` (one true part decides) or `and` (one false part decides)."""
        if len(parts) == 1:
            return parts[0].found(state)
        if isinstance(state, str):
            join = any_of if decisive else all_of
            return self._in_each_state(
                join([part.value() for part in parts]),
                lambda one: self._connected(parts, decisive, one),
            )
        found: list[Carrier] = []
        for part in parts:
            here = part.found(state)
            if settled(here) is False:
                continue
            if state is not (not decisive):
                here = lazily(is_state(part.value(), state), here)
            found.append(here)
        return any_of(found)

    def _in_each_state(self, value: Carrier, found: Callable[[State], Carrier]) -> Carrier:
        made: list[Carrier] = []
        for state in (True, False, None):
            here = found(state)
            if settled(here) is not False:
                made.append(lazily(is_state(value, state), here))
        return any_of(made)

    def _not(self, node: syntax.Not, scope: Local | None, state: State) -> Carrier:
        return self.of(node.operand, scope, (not state) if isinstance(state, bool) else state)

    def _if(self, node: syntax.If, scope: Local | None, state: State) -> Carrier:
        condition = self.compiler.carrier(node.condition, scope)
        return any_of(
            [
                self.of(node.condition, scope, ANY),
                all_of([opposite(is_state(condition, False)), self.of(node.then, scope, ANY)]),
                all_of([opposite(is_state(condition, True)), self.of(node.otherwise, scope, ANY)]),
            ]
        )

    # lists

    def _listliteral(self, node: syntax.ListLiteral, scope: Local | None, state: State) -> Carrier:
        return self._every(node.items, scope)

    def _range(self, node: syntax.Range, scope: Local | None, state: State) -> Carrier:
        return self._every((node.low, node.high), scope)

    def _call(self, node: syntax.Call, scope: Local | None, state: State) -> Carrier:
        if node.function == "is defined" and self.missing:
            return NOT_THERE
        return self._every(node.arguments, scope)

    def _filter(self, node: syntax.Filter, scope: Local | None, state: State) -> Carrier:
        base = self.of(node.base, scope, ANY)
        made = self.compiler.compile(node.base, scope)
        items, kind = items_of(made.carrier), item_type(made.type)
        if items is None:
            return base
        place = self._place(node.base, scope)
        if place is None or kind is ANY_TYPE:
            return perhaps()
        if _is_position(node.condition):
            return any_of([base, self.of(node.condition, scope, ANY)])
        if place != NO_PLACE and self._is_located(node.base, scope):
            base = all_of([_has_nothing(items), base])
        numbers: list[bool] = []

        def inside(item: Item) -> Carrier:
            local = Local(None, item.value, kind, scope, place)
            condition = self.compiler.compile(node.condition, local)
            numbers.append(isinstance(condition.type, NumberType) or not _is_truth(condition))
            return self.of(node.condition, local, ANY)

        below = among(items, may_be_there, inside)
        return perhaps() if any(numbers) else any_of([base, below])

    def _for(self, node: syntax.For, scope: Local | None, state: State) -> Carrier:
        return self._collected(node, 0, scope)

    def _collected(self, node: syntax.For, at: int, scope: Local | None) -> Carrier:
        if at == len(node.iterators):
            return self.of(node.result, scope, ANY)
        name, source = node.iterators[at]
        base = self.of(source, scope, ANY)
        made = self.compiler.compile(source, scope)
        items, kind = items_of(made.carrier), item_type(made.type)
        place = self._place(source, scope)
        if items is None:
            return base
        if place is None:
            return perhaps()

        def inside(item: Item) -> Carrier:
            return self._collected(node, at + 1, Local(name, item.value, kind, scope, place))

        return any_of([base, among(items, may_be_there, inside)])

    def _quantified(self, node: syntax.Quantified, scope: Local | None, state: State) -> Carrier:
        return self._over(node, 0, scope, state)

    def _over(self, node: syntax.Quantified, at: int, scope: Local | None, state: State) -> Carrier:
        if at == len(node.iterators):
            return self.of(node.condition, scope, state)
        if isinstance(state, str):
            return self._in_each_state(
                self.compiler.quantify(node, at, scope),
                lambda one: self._over(node, at, scope, one),
            )
        name, source = node.iterators[at]
        base = self.of(source, scope, ANY)
        made = self.compiler.compile(source, scope)
        items, kind = items_of(made.carrier), item_type(made.type)
        if items is None:
            return base
        place = self._place(source, scope)
        if place is None:
            return perhaps()
        if place != NO_PLACE and self._is_located(source, scope):
            base = all_of([_has_nothing(items), base])
        decisive = node.quantifier == "some"

        def local(item: Item) -> Local:
            return Local(name, item.value, kind, scope, place)

        def given(item: Item) -> Carrier:
            return self.compiler.quantify(node, at + 1, local(item))

        def chosen(item: Item) -> Carrier:
            if state is decisive:
                return all_of([is_there(item), is_state(given(item), decisive)])
            if state is None:
                other = is_state(given(item), not decisive)
                return all_of([may_be_there(item), opposite(other)])
            return may_be_there(item)

        def inside(item: Item) -> Carrier:
            # An item that is only possible may be undecided though the condition holds for it.
            within: State = ANY if state is None and item.there is not None else state
            return self._over(node, at + 1, local(item), within)

        return any_of([base, among(items, chosen, inside)])

    # where lists come from

    def _is_list(self, node: Node, scope: Local | None) -> bool:
        return isinstance(self.compiler.compile(node, scope).type, ListType)

    def _fact_path(self, node: Node, scope: Local | None) -> str | None:
        """The path of a fact that lies in no list."""
        steps: list[str] = []
        while isinstance(node, syntax.Path):
            steps.append(node.field)
            node = node.base
        names = self.compiler.names
        if not isinstance(node, syntax.Name) or local_named(node, scope) is not None:
            return None
        if node.name in names.parameters or node.name in names.definitions:
            return None
        if node.name in names.supplied:
            return None
        fields = {} if names.facts is None else names.facts.fields
        kind: Type = fields.get(node.name, ANY_TYPE)
        for name in reversed(steps):
            if not isinstance(kind, ContextType):
                return None
            kind = kind.fields.get(name, ANY_TYPE)
        return ".".join([node.name, *reversed(steps)])

    def _is_located(self, node: Node, scope: Local | None) -> bool:
        """Is a list one of facts as they stand, and not made of others?"""
        if isinstance(node, syntax.Name):
            return node.name not in self.compiler.names.definitions or (
                local_named(node, scope) is not None
            )
        return isinstance(node, syntax.Path)

    def _place_of_members(self, node: Node, scope: Local | None) -> str | None:
        """The path below which the facts of the items of a list stand."""
        if isinstance(node, syntax.Path) and self._is_list(node.base, scope):
            place = self._place_of_members(node.base, scope)
            return f"{place}.{node.field}" if place else place
        return self._place(node, scope)

    def _place(self, node: Node, scope: Local | None) -> str | None:
        """The path that the items of a list have, NO_PLACE where they have none; None where that
        cannot be told."""
        kind = item_type(self.compiler.compile(node, scope).type)
        if kind is not ANY_TYPE and not isinstance(kind, ContextType):
            return NO_PLACE
        if isinstance(node, syntax.Filter):
            return self._place(node.base, scope)
        fact = self._fact_path(node, scope)
        if fact is not None:
            return fact
        if isinstance(node, syntax.Name):
            local = local_named(node, scope)
            if local is None:
                if node.name in self.compiler.names.definitions:
                    return self._place(self.meaning(node.name), None)
                return NO_PLACE if node.name in self.compiler.names.supplied else None
            if local.name is None and node.name != "item" and local.path:
                return f"{local.path}.{node.name}"
            return None
        if isinstance(node, syntax.Path) and isinstance(node.base, syntax.Name):
            local = local_named(node.base, scope)
            plain = local is not None and (local.name is not None or node.base.name == "item")
            if local is not None and plain and local.path:
                return f"{local.path}.{node.field}"
        return None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a condition: its value, and whether the fact is among its own."""

    value: Callable[[], Carrier]
    found: Callable[[State], Carrier]


def among(
    items: Items, chosen: Callable[[Item], Carrier], found: Callable[[Item], Carrier]
) -> Carrier:
    """Is a fact among those of the items that are chosen? A list that is not known has none."""

    def of_item(item: Item) -> Carrier:
        here = found(item)
        return NOT_THERE if settled(here) is False else all_of([chosen(item), here])

    inside = items.some(of_item)
    if items.known is True or settled(inside) is False:
        return inside
    return all_of([Truth(as_column(items.known), True), inside])


def _has_nothing(items: Items) -> Carrier:
    """Is a list empty or unknown?"""
    empty = opposite(items.some(may_be_there))
    if items.known is True:
        return empty
    return any_of([empty, Truth(~as_column(items.known), True)])


def _of_operand(state: State) -> State:
    """What is decided was decided between values that are known."""
    return KNOWN if isinstance(state, bool) or state == KNOWN else ANY


def _is_position(node: Node) -> bool:
    if isinstance(node, syntax.Literal):
        return not isinstance(node.value, bool)
    return isinstance(node, syntax.Negate)


def _is_truth(made: Made) -> bool:
    return isinstance(lifted(made.carrier), Truth | Known)
