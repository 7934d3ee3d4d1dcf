"""An expression becomes columns. What each operator means in columns stands in the modules beside.

INVARIANT: what an expression means is what `feel.compiling` computes for it, record by record;
where that cannot be said in columns, NotRelational names the part, and nothing is approximated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field

from ..feel import syntax
from ..feel.compiling import Names
from ..feel.printing import to_source
from ..feel.syntax import Node
from ..feel.types import ANY, ContextType, ListType, Type
from . import carriers, functions, late, operators
from .carriers import (
    UNSAID,
    Carrier,
    Group,
    Known,
    Listed,
    all_of,
    any_of,
    chosen,
    compare,
    is_none,
    lifted,
    opposite,
)
from .functions import items_of
from .items import Items, Nested, Unrolled, at_position
from .limits import NotRelational
from .scope import Local, Made, item_type


@dataclass
class Compiler:
    """Compiles expressions over one table. `fact`, `definition` and `supplied` give the values of
    the names that stand outside the expression; they return None for a name they do not know."""

    names: Names
    today: dt.date
    fact: Callable[[str], Carrier | None]
    definition: Callable[[str], Carrier | None]
    supplied: Mapping[str, Carrier]
    hoisted: Callable[[Node], Carrier | None] | None = None
    """A part that stands in no loop and was computed beforehand."""
    doubts: list[Carrier] = field(default_factory=list)
    """Where it cannot be said what results rest on or miss (see late.py)."""
    only_where: late.OnlyWhere = lambda condition: nullcontext()
    in_doubt: Callable[[], None] = lambda: None
    """Told where that stands in a loop."""
    changes_case: bool = False
    """Did it meet a function in which engines differ beyond ASCII?"""

    def compile(self, node: Node, scope: Local | None = None) -> Made:
        """The value of an expression. Raises NotRelational, TooWide."""
        made: Made = getattr(self, f"_{type(node).__name__.lower()}")(node, scope)
        return made

    def carrier(self, node: Node, scope: Local | None = None) -> Carrier:
        return self.compile(node, scope).carrier

    # names and paths

    def _literal(self, node: syntax.Literal, scope: Local | None) -> Made:
        return _known(node.value)

    def _null(self, node: syntax.Null, scope: Local | None) -> Made:
        return Made(UNSAID, ANY)

    def _name(self, node: syntax.Name, scope: Local | None) -> Made:
        name = node.name
        while scope is not None:
            if scope.name == name or (scope.name is None and name == "item"):
                return Made(scope.carrier, scope.type)
            if scope.name is None:
                if isinstance(scope.type, ContextType):
                    if name in scope.type.fields:
                        return _member(Made(scope.carrier, scope.type), name)
                elif scope.type is ANY and isinstance(scope.carrier, Group):
                    raise NotRelational(
                        f"`{name}` in a filter of items of which the facts are not known beforehand"
                    )
            scope = scope.outer
        if name in self.names.parameters:
            return _known(self.names.parameters[name])
        if name in self.names.definitions:
            given = self.definition(name)
            assert given is not None
            return Made(given, self.names.definitions[name])
        if name in self.supplied:
            return Made(self.supplied[name], self.names.supplied[name])
        kind = ANY if self.names.facts is None else self.names.facts.fields.get(name, ANY)
        return Made(self.fact(name) or UNSAID, kind)

    def _path(self, node: syntax.Path, scope: Local | None) -> Made:
        return _member(self.compile(node.base, scope), node.field)

    # operators

    def _negate(self, node: syntax.Negate, scope: Local | None) -> Made:
        return Made(operators.negative(self.carrier(node.operand, scope)), ANY)

    def _arithmetic(self, node: syntax.Arithmetic, scope: Local | None) -> Made:
        left, right = self.carrier(node.left, scope), self.carrier(node.right, scope)
        return Made(operators.calculate(node.operator, left, right), ANY)

    def _comparison(self, node: syntax.Comparison, scope: Local | None) -> Made:
        sign = node.operator
        if isinstance(node.right, syntax.Null) or isinstance(node.left, syntax.Null):
            operand = node.left if isinstance(node.right, syntax.Null) else node.right
            if sign not in ("=", "!="):
                return Made(UNSAID, ANY)
            none = is_none(self.carrier(operand, scope))
            return Made(none if sign == "=" else opposite(none), ANY)
        left, right = self.carrier(node.left, scope), self.carrier(node.right, scope)
        return Made(compare(sign, left, right), ANY)

    def _between(self, node: syntax.Between, scope: Local | None) -> Made:
        value = self.carrier(node.value, scope)
        low, high = self.carrier(node.low, scope), self.carrier(node.high, scope)
        return Made(all_of([compare(">=", value, low), compare("<=", value, high)]), ANY)

    def _in(self, node: syntax.In, scope: Local | None) -> Made:
        value = self.carrier(node.value, scope)
        return Made(any_of([self._test(value, test, scope) for test in node.tests]), ANY)

    def _test(self, value: Carrier, test: Node, scope: Local | None) -> Carrier:
        if isinstance(test, syntax.Range):
            low, high = self.carrier(test.low, scope), self.carrier(test.high, scope)
            above, below = (">" if test.low_open else ">="), ("<" if test.high_open else "<=")
            return all_of([compare(above, value, low), compare(below, value, high)])
        if isinstance(test, syntax.UnaryTest):
            return compare(test.operator, value, self.carrier(test.operand, scope))
        if isinstance(test, syntax.ListLiteral):
            return any_of([self._test(value, item, scope) for item in test.items])
        among = self.carrier(test, scope)
        if isinstance(lifted(among), Listed):
            return functions.call("list contains", [among, value])
        return carriers.equal(value, among)

    # connectives

    def _and(self, node: syntax.And, scope: Local | None) -> Made:
        return Made(all_of([self.carrier(part, scope) for part in node.parts]), ANY)

    def _or(self, node: syntax.Or, scope: Local | None) -> Made:
        return Made(any_of([self.carrier(part, scope) for part in node.parts]), ANY)

    def _not(self, node: syntax.Not, scope: Local | None) -> Made:
        return Made(opposite(self.carrier(node.operand, scope)), ANY)

    def _if(self, node: syntax.If, scope: Local | None) -> Made:
        condition = self.carrier(node.condition, scope)
        then, otherwise = self.compile(node.then, scope), self.compile(node.otherwise, scope)
        kind = then.type if then.type == otherwise.type else ANY
        return Made(chosen(condition, then.carrier, otherwise.carrier), kind)

    # lists

    def _listliteral(self, node: syntax.ListLiteral, scope: Local | None) -> Made:
        made = [self.compile(item, scope) for item in node.items]
        kind = made[0].type if made else ANY
        item = kind if all(one.type == kind for one in made) else ANY
        return Made(Listed(Unrolled.certain([one.carrier for one in made])), ListType(item=item))

    def _range(self, node: syntax.Range, scope: Local | None) -> Made:
        low, high = self.carrier(node.low, scope), self.carrier(node.high, scope)
        if not isinstance(low, Known) or not isinstance(high, Known):
            raise NotRelational("a range of numbers that differs from record to record")
        first, last = low.value, high.value
        if type(first) is not int or type(last) is not int:
            return Made(UNSAID, ListType())
        numbers = range(first + node.low_open, last - node.high_open + 1)
        return Made(Listed(Unrolled.certain([Known(number) for number in numbers])), ListType())

    def _filter(self, node: syntax.Filter, scope: Local | None) -> Made:
        base = self.compile(node.base, scope)
        found = items_of(base.carrier)
        if found is None:
            return Made(UNSAID, base.type)
        item = item_type(base.type)
        if late.is_of_distinct_items(node):
            over = self.compile(node.condition.iterators[0][1], scope)  # type: ignore[attr-defined]
            asked = self._late_question(node.condition, over, scope)  # type: ignore[arg-type]
            if asked is not None and late.is_of_item(asked):
                return Made(Listed(late.kept(found, asked)), base.type)

        def condition(value: Carrier) -> Carrier:
            return self.carrier(node.condition, Local(None, value, item, scope))

        position = _position(found, condition)
        if position is not None:
            return Made(at_position(found, position), base.type)
        return Made(Listed(found.filtered(condition)), base.type)

    def _quantified(self, node: syntax.Quantified, scope: Local | None) -> Made:
        return Made(self.quantify(node, 0, scope), ANY)

    def quantify(self, node: syntax.Quantified, at: int, scope: Local | None) -> Carrier:
        """A quantifier from one of its variables on."""
        if at == len(node.iterators):
            return self.carrier(node.condition, scope)
        name, source = node.iterators[at]
        over = self.compile(source, scope)
        found = items_of(over.carrier)
        if found is None:
            return UNSAID
        item = item_type(over.type)
        if at == 0:
            asked = self._late_question(node, over, scope)
            if asked is not None:
                return found.if_known(self._late_answer(asked, name, scope))

        def condition(value: Carrier) -> Carrier:
            return self.quantify(node, at + 1, Local(name, value, item, scope))

        quantify = found.every_item if node.quantifier == "every" else found.any_item
        return quantify(condition)

    def _late_question(
        self, node: syntax.Quantified, over: Made, scope: Local | None
    ) -> late.Question | None:
        """A quantifier as a question to what results rest on or miss, where it is one."""
        found = items_of(over.carrier)
        if found is None:
            return None
        name, item = node.iterators[0][0], item_type(over.type)
        return late.question(
            node,
            found,
            lambda part, value: self.carrier(part, Local(name, value, item, scope)),
            self.only_where,
        )

    def _late_answer(self, asked: late.Question, name: str, scope: Local | None) -> Carrier:
        def known(node: Node) -> Carrier:
            found = items_of(self.carrier(node, scope))
            given = False if found is None else found.known
            return Known(given) if isinstance(given, bool) else carriers.Truth(given, True)

        def doubt(condition: Carrier) -> None:
            if scope is None:
                self.doubts.append(condition)
            else:
                self.in_doubt()

        return late.answer(asked, name, lambda node: self.carrier(node, scope), known, doubt)

    def _for(self, node: syntax.For, scope: Local | None) -> Made:
        types: list[Type] = []
        found = self._collect(node, 0, scope, types)
        kind = ListType(item=types[-1] if types else ANY)
        return Made(UNSAID if found is None else Listed(found), kind)

    def _collect(
        self, node: syntax.For, at: int, scope: Local | None, types: list[Type]
    ) -> Items | None:
        name, source = node.iterators[at]
        over = self.compile(source, scope)
        found = items_of(over.carrier)
        if found is None:
            return None
        item = item_type(over.type)

        def inside(value: Carrier) -> Local:
            return Local(name, value, item, scope)

        if at == len(node.iterators) - 1:

            def result(value: Carrier) -> Carrier:
                made = self.compile(node.result, inside(value))
                types.append(made.type)
                return made.carrier

            # Asked once for its type.
            found.some(lambda one: Known(bool(result(one.value) is None)))
            return found.changed(result)

        def inner(value: Carrier) -> Items:
            below = self._collect(node, at + 1, inside(value), types)
            return Unrolled((), False) if below is None else below

        return Nested.of(found, lambda one: inner(one.value))

    # functions

    def _call(self, node: syntax.Call, scope: Local | None) -> Made:
        if node.function == "today":
            return Made(Known(self.today), ANY)
        if node.function == "is defined":
            given = carriers.is_stated(self.carrier(node.arguments[0], scope))
            return Made(Known(given) if isinstance(given, bool) else carriers.Truth(given), ANY)
        if node.function in functions.CASE_FUNCTIONS:
            self.changes_case = True
        if scope is None and self.hoisted is not None:
            ready = self.hoisted(node)
            if ready is not None:
                return Made(ready, ANY)
        arguments = [self.carrier(argument, scope) for argument in node.arguments]
        try:
            return Made(functions.call(node.function, arguments), ANY)
        except NotRelational as error:
            raise NotRelational(f"{error} (in `{to_source(node)}`)") from None


def _known(value: object) -> Made:
    return Made(Known(value), ListType() if type(value) is list else ANY)


def _member(base: Made, name: str) -> Made:
    """`base.name`, over a list the field of every item."""
    kind: Type = ANY
    owner = base.type
    if isinstance(owner, ListType):
        item = owner.item.fields.get(name, ANY) if isinstance(owner.item, ContextType) else ANY
        kind = ListType(item=item)
    elif isinstance(owner, ContextType):
        kind = owner.fields.get(name, ANY)
    carrier = base.carrier
    if isinstance(carrier, Group):
        return Made(carrier.field(name), kind)
    if isinstance(carrier, Listed):
        return Made(Listed(carrier.items.changed(lambda item: _field(item, name))), kind)
    return Made(UNSAID, kind)


def _field(item: Carrier, name: str) -> Carrier:
    return item.field(name) if isinstance(item, Group) else UNSAID


def _position(found: Items, condition: Callable[[Carrier], Carrier]) -> int | None:
    """The position that a filter names, where its condition is a number and not a truth."""
    seen: list[Carrier] = []

    def look(one: object) -> Carrier:
        seen.append(condition(one.value))  # type: ignore[attr-defined]
        return Known(False)

    found.some(look)
    numbers = [one for one in seen if isinstance(lifted(one), carriers.Number)]
    if not numbers:
        return None
    first = numbers[0]
    if not isinstance(first, Known):
        raise NotRelational("a position that differs from record to record")
    return first.value if type(first.value) is int else 0
