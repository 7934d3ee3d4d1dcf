"""An expression becomes constraints: the walk of `feel.compiling`, over values not known yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ..feel import syntax
from ..feel.syntax import Node
from ..feel.values import Value
from .calculating import Calculator
from .comparing import compared, conjunction, disjunction, equal, is_none, negation
from .functions import Functions, constant
from .listing import at_positions, certain, reversed_listing
from .terms import Bit, Terms
from .values import (
    CannotEncode,
    Group,
    Listing,
    Moment,
    Number,
    Slot,
    Symbol,
    Truth,
    Word,
    Words,
    chosen,
    guarded,
)

MAX_STEPS = 400_000
"""Parts looked at while one expression is written out over the items of its lists."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A local variable, or the item of a filter (then `name` is None), in a chain of scopes."""

    name: str | None
    value: Symbol
    outer: Scope | None


@dataclass(frozen=True, slots=True)
class Picked:
    """The group at a position of a list: each of its facts is looked up when it is asked for."""

    owner: Encoder
    cases: tuple[tuple[Bit, Group], ...]
    names: frozenset[str]

    def field(self, name: str) -> Symbol:
        cases = [(bit, group.field(name)) for bit, group in self.cases]
        return chosen(self.owner.terms, self.owner.words, cases)


@dataclass(frozen=True, slots=True)
class Names:
    """What the names of an expression stand for.

    `definition` gives the value of a definition, or None where there is none of that name.
    """

    facts: Group
    today: Moment
    parameters: Mapping[str, Value]
    definition: Callable[[str], Symbol | None]
    supplied: Mapping[str, Symbol]


class Encoder:
    """Writes expressions out over one space."""

    def __init__(self, terms: Terms, words: Words, calculator: Calculator, names: Names) -> None:
        self.terms = terms
        self.words = words
        self.calculator = calculator
        self.functions = Functions(terms, words, calculator)
        self.names = names
        self._steps = 0

    def encode(self, node: Node) -> Symbol:
        """The value of an expression. Raises CannotEncode, naming what has no constraints."""
        return self.encode_in(node, None)

    def encode_in(self, node: Node, scope: Scope | None) -> Symbol:
        """The value of an expression that sees an item of a list, and all facts behind it."""
        self._steps = 0
        return self._encode(node, scope)

    def condition(self, node: Node) -> Truth:
        """The truth of an expression."""
        return _truth(self.encode(node))

    def _encode(self, node: Node, scope: Scope | None) -> Symbol:
        self._steps += 1
        if self._steps > MAX_STEPS:
            raise CannotEncode("an expression that is too long when written out over its lists")
        symbol: Symbol = getattr(self, f"_{type(node).__name__.lower()}")(node, scope)
        return symbol

    def _condition(self, node: Node, scope: Scope | None) -> Truth:
        return _truth(self._encode(node, scope))

    # names and paths

    def _literal(self, node: syntax.Literal, scope: Scope | None) -> Symbol:
        return constant(node.value)

    def _name(self, node: syntax.Name, scope: Scope | None) -> Symbol:
        name = node.name
        while scope is not None:
            if scope.name == name or (scope.name is None and name == "item"):
                return scope.value
            if scope.name is None and name in _names_of(scope.value):
                return scope.value.field(name)  # type: ignore[union-attr]
            scope = scope.outer
        if name in self.names.parameters:
            return constant(self.names.parameters[name])
        defined = self.names.definition(name)
        if defined is not None:
            return defined
        if name in self.names.supplied:
            return self.names.supplied[name]
        if name in self.names.facts.names:
            return self.names.facts.field(name)
        raise CannotEncode(f"`{name}`, which only a check can supply")

    def _path(self, node: syntax.Path, scope: Scope | None) -> Symbol:
        return self._member(self._encode(node.base, scope), node.field)

    def _member(self, base: Symbol, name: str) -> Symbol:
        if isinstance(base, Listing):
            return Listing(
                base.known,
                tuple(
                    Slot(self._member(slot.item, name), slot.there, slot.sure)
                    for slot in base.slots
                ),
            )
        if isinstance(base, Truth | Number | Moment | Word):
            raise CannotEncode(f"`.{name}` of a single value")
        return base.field(name)

    # operators

    def _negate(self, node: syntax.Negate, scope: Scope | None) -> Symbol:
        return self.calculator.negative(self._encode(node.operand, scope))

    def _arithmetic(self, node: syntax.Arithmetic, scope: Scope | None) -> Symbol:
        left, right = self._encode(node.left, scope), self._encode(node.right, scope)
        return self.calculator.calculate(node.operator, left, right)

    def _comparison(self, node: syntax.Comparison, scope: Scope | None) -> Symbol:
        if isinstance(node.right, syntax.Null) or isinstance(node.left, syntax.Null):
            operand = node.left if isinstance(node.right, syntax.Null) else node.right
            found = is_none(self.terms, self._encode(operand, scope))
            return found if node.operator == "=" else negation(found)
        left, right = self._encode(node.left, scope), self._encode(node.right, scope)
        return self._compared(node.operator, left, right)

    def _compared(self, sign: str, one: Symbol, other: Symbol) -> Truth:
        return compared(self.terms, self.words, sign, one, other)

    def _between(self, node: syntax.Between, scope: Scope | None) -> Symbol:
        value = self._encode(node.value, scope)
        low, high = self._encode(node.low, scope), self._encode(node.high, scope)
        return conjunction(
            self.terms, [self._compared(">=", value, low), self._compared("<=", value, high)]
        )

    def _in(self, node: syntax.In, scope: Scope | None) -> Symbol:
        value = self._encode(node.value, scope)
        return disjunction(self.terms, [self._test(value, test, scope) for test in node.tests])

    def _test(self, value: Symbol, test: Node, scope: Scope | None) -> Truth:
        if isinstance(test, syntax.Range):
            low, high = self._encode(test.low, scope), self._encode(test.high, scope)
            return conjunction(
                self.terms,
                [
                    self._compared(">" if test.low_open else ">=", value, low),
                    self._compared("<" if test.high_open else "<=", value, high),
                ],
            )
        if isinstance(test, syntax.UnaryTest):
            return self._compared(test.operator, value, self._encode(test.operand, scope))
        if isinstance(test, syntax.ListLiteral):
            parts = [self._test(value, item, scope) for item in test.items]
            return disjunction(self.terms, parts)
        operand = self._encode(test, scope)
        if isinstance(operand, Listing) and not isinstance(value, Listing):
            return _truth(self.functions.list_contains(operand, value))
        return self._compared("=", value, operand)

    # connectives

    def _and(self, node: syntax.And, scope: Scope | None) -> Symbol:
        return conjunction(self.terms, [self._condition(part, scope) for part in node.parts])

    def _or(self, node: syntax.Or, scope: Scope | None) -> Symbol:
        return disjunction(self.terms, [self._condition(part, scope) for part in node.parts])

    def _not(self, node: syntax.Not, scope: Scope | None) -> Symbol:
        return negation(self._condition(node.operand, scope))

    def _if(self, node: syntax.If, scope: Scope | None) -> Symbol:
        decided = self._condition(node.condition, scope)
        then, otherwise = self._encode(node.then, scope), self._encode(node.otherwise, scope)
        cases = [(decided.yes, then), (decided.no, otherwise)]
        terms = self.terms
        if decided.no is not terms.opposite(decided.yes):
            same = equal(terms, self.words, then, otherwise).yes
            open_ = terms.both(terms.opposite(decided.yes), terms.opposite(decided.no), same)
            cases.append((open_, then))
        return chosen(terms, self.words, cases)

    # lists

    def _listliteral(self, node: syntax.ListLiteral, scope: Scope | None) -> Symbol:
        items = (self._encode(item, scope) for item in node.items)
        return Listing(True, tuple(Slot(item, True, True) for item in items))

    def _range(self, node: syntax.Range, scope: Scope | None) -> Symbol:
        ends = []
        for end in (node.low, node.high):
            value = self._encode(end, scope)
            if not isinstance(value, Number) or not isinstance(value.low, int):
                raise CannotEncode("a range of whole numbers whose ends are not fixed")
            ends.append(value.low)
        numbers = range(ends[0] + node.low_open, ends[1] - node.high_open + 1)
        if len(numbers) > 1000:
            raise CannotEncode("a range of more than a thousand numbers")
        return constant(list(numbers))

    def _filter(self, node: syntax.Filter, scope: Scope | None) -> Symbol:
        base = self._listing(node.base, scope)
        if not base.slots and isinstance(node.condition, syntax.Literal | syntax.Negate):
            raise CannotEncode("a position in a list that is always empty")
        terms = self.terms
        slots: list[Slot] = []
        for slot in base.slots:
            kept = self._encode(node.condition, Scope(None, slot.item, scope))
            if isinstance(kept, Number):
                return self._at(base, kept)
            kept = _truth(kept)
            there = terms.both(slot.there, terms.opposite(kept.no))
            sure = terms.both(slot.sure, kept.yes)
            if there is not False:
                slots.append(Slot(slot.item, there, sure))
        return Listing(base.known, tuple(slots))

    def _at(self, base: Listing, position: Number) -> Symbol:
        terms = self.terms
        place = position.low
        if position.known is not True or not position.exact or isinstance(place, Fraction):
            raise CannotEncode("a position that is not fixed")
        if not isinstance(place, int):
            raise CannotEncode("a position that is not fixed")
        if not place:
            raise CannotEncode("the position 0")
        ordered = base if place > 0 else reversed_listing(base)
        sure = terms.both(base.known, certain(terms, base))
        if any(not isinstance(slot.item, Truth | Number | Moment | Word) for slot in base.slots):
            return self._picked(ordered, abs(place), sure)
        found = at_positions(terms, self.words, ordered)
        if abs(place) > len(found):
            raise CannotEncode("a position beyond the items that are looked at")
        there, value = found[abs(place) - 1]
        return self._if_known(terms.both(sure, there), value)

    def _picked(self, base: Listing, place: int, sure: Bit) -> Symbol:
        terms = self.terms
        marks = Listing(
            base.known,
            tuple(
                Slot(constant(index), slot.there, slot.sure)
                for index, slot in enumerate(base.slots)
            ),
        )
        found = at_positions(terms, self.words, marks)
        if place > len(found):
            raise CannotEncode("a position beyond the items that are looked at")
        there, mark = found[place - 1]
        assert isinstance(mark, Number)
        cases = []
        names: frozenset[str] = frozenset()
        for index, slot in enumerate(base.slots):
            if isinstance(slot.item, Listing):
                raise CannotEncode("a position in a list of lists")
            assert not isinstance(slot.item, Truth | Number | Moment | Word)
            bit = terms.both(sure, there, terms.equals(mark.low, index))
            cases.append((bit, slot.item))
            names = slot.item.names
        return Picked(self, tuple(cases), names)

    def _if_known(self, bit: Bit, value: Symbol) -> Symbol:
        if isinstance(value, Truth):
            return Truth(self.terms.both(bit, value.yes), self.terms.both(bit, value.no))
        if isinstance(value, Number | Moment | Word):
            return guarded(self.terms, value, bit)
        raise CannotEncode("a position in a list of lists")

    def _listing(self, node: Node, scope: Scope | None) -> Listing:
        value = self._encode(node, scope)
        if isinstance(value, Listing):
            return value
        raise CannotEncode("a single value taken as a list")

    def _quantified(self, node: syntax.Quantified, scope: Scope | None) -> Symbol:
        every = node.quantifier == "every"
        return self._quantify(every, node.iterators, node.condition, scope)

    def _quantify(
        self,
        every: bool,
        iterators: tuple[tuple[str, Node], ...],
        condition: Node,
        scope: Scope | None,
    ) -> Truth:
        if not iterators:
            return self._condition(condition, scope)
        (name, source), *rest = iterators
        items = self._listing(source, scope)
        terms = self.terms
        decided, harmless = [], []
        for slot in items.slots:
            inner = Scope(name, slot.item, scope)
            found = self._quantify(every, tuple(rest), condition, inner)
            if not every:
                found = negation(found)
            decided.append(terms.both(slot.sure, found.no))
            harmless.append(terms.implies(slot.there, found.yes))
        result = Truth(
            terms.both(items.known, *harmless), terms.both(items.known, terms.either(*decided))
        )
        return result if every else negation(result)

    def _for(self, node: syntax.For, scope: Scope | None) -> Symbol:
        known, slots = self._mapped(node.iterators, node.result, scope)
        return Listing(known, tuple(slots))

    def _mapped(
        self, iterators: tuple[tuple[str, Node], ...], result: Node, scope: Scope | None
    ) -> tuple[Bit, list[Slot]]:
        (name, source), *rest = iterators
        items = self._listing(source, scope)
        terms = self.terms
        known = [items.known]
        slots: list[Slot] = []
        for slot in items.slots:
            inner = Scope(name, slot.item, scope)
            if not rest:
                slots.append(Slot(self._encode(result, inner), slot.there, slot.sure))
                continue
            inner_known, inner_slots = self._mapped(tuple(rest), result, inner)
            known.append(terms.implies(slot.there, inner_known))
            slots += [
                Slot(one.item, terms.both(slot.there, one.there), terms.both(slot.sure, one.sure))
                for one in inner_slots
            ]
        return terms.both(*known), slots

    # functions

    def _call(self, node: syntax.Call, scope: Scope | None) -> Symbol:
        if node.function == "today":
            return self.names.today
        arguments = [self._encode(argument, scope) for argument in node.arguments]
        return self.functions.apply(node.function, arguments)


def _truth(value: Symbol) -> Truth:
    if isinstance(value, Truth):
        return value
    raise CannotEncode("a condition that is neither true nor false")


def _names_of(value: Symbol) -> frozenset[str]:
    if isinstance(value, Truth | Number | Moment | Word | Listing):
        return frozenset()
    return value.names
