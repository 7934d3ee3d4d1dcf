"""An expression becomes two closures: its value, and what that value rests on.

`value(frame)` is fast and says only true, false, a value, NONE or UNKNOWN. `evidence(frame, found)`
walks the same parts once more and collects the facts that decide, the facts that are missing, and
the reasons why something could not be computed. It takes every decision from `value`, so that there
is one meaning only.

What a truth rests on: a true `or` on all its true branches, a false `or` on all branches; `and` is
the mirror image; a quantifier on the items that decide it. What is unknown rests on its unknown
branches.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import functions, logic, syntax
from .codes import (
    CODES,
    DEFINED,
    FACTS,
    FOUND,
    LOCALS,
    MAX_LOCALS,
    PATHS,
    SUPPLIED,
    TODAY,
    WORK,
    Code,
    Evidence,
    Frame,
    Names,
    Supplied,
    TooMuchWork,
    all_of,
    is_silent,
    item_type,
    new_frame,
    no_evidence,
    renewed,
    spend,
)
from .connectives import compared, conjunction_of, disjunction_of, membership
from .loops import filtered_code, flattened_code, mapped_code, positioned_code, quantified_code
from .paths import (
    Local,
    constant_code,
    definition_code,
    fact_code,
    field_or_outer,
    local_code,
    member,
    member_code,
    next_slot,
    once_a_day,
    supplied_code,
)
from .syntax import Node
from .types import ANY, ContextType, ListType, NumberType
from .values import UNKNOWN, Uncertain, Value, is_whole

__all__ = [
    "CODES",
    "DEFINED",
    "FACTS",
    "FOUND",
    "LOCALS",
    "MAX_LOCALS",
    "PATHS",
    "SUPPLIED",
    "TODAY",
    "WORK",
    "Code",
    "Compiler",
    "Evidence",
    "Frame",
    "Local",
    "Names",
    "Supplied",
    "TooMuchWork",
    "compile_expression",
    "is_silent",
    "member",
    "new_frame",
    "renewed",
]


def compile_expression(node: Node, names: Names) -> Code:
    """Compile an expression whose names are known to `names`."""
    return Compiler(names).compile(node, None)


class Compiler:
    """Makes the closures of an expression."""

    def __init__(self, names: Names) -> None:
        self.names = names

    def compile(self, node: Node, scope: Local | None) -> Code:
        code: Code = getattr(self, f"_{type(node).__name__.lower()}")(node, scope)
        return code

    def repeated(self, node: Node, scope: Local) -> Code:
        """Compile what is evaluated once for each item of a list."""
        return self.compile(node, scope)

    # names and paths

    def _literal(self, node: syntax.Literal, scope: Local | None) -> Code:
        return constant_code(node.value)

    def _null(self, node: syntax.Null, scope: Local | None) -> Code:
        return constant_code(UNKNOWN)

    def _name(self, node: syntax.Name, scope: Local | None) -> Code:
        name = node.name
        while scope is not None:
            if scope.name == name or (scope.name is None and name == "item"):
                return local_code(scope)
            if scope.name is None:
                if isinstance(scope.type, ContextType):
                    if name in scope.type.fields:
                        return member_code(local_code(scope), name)
                elif scope.type is ANY:
                    outer = self._name(node, scope.outer)
                    return field_or_outer(scope, name, outer)
            scope = scope.outer
        if name in self.names.parameters:
            return constant_code(self.names.parameters[name])
        if name in self.names.definitions:
            return definition_code(name, self.names.definitions[name], name in self.names.silent)
        if name in self.names.supplied:
            return supplied_code(name, self.names.supplied[name])
        kind = ANY if self.names.facts is None else self.names.facts.fields.get(name, ANY)
        return fact_code((name,), kind)

    def _path(self, node: syntax.Path, scope: Local | None) -> Code:
        return member_code(self.compile(node.base, scope), node.field)

    # operators

    def _negate(self, node: syntax.Negate, scope: Local | None) -> Code:
        operand = self.compile(node.operand, scope)
        value = operand.value
        origin = "apply", logic.negative, (operand,)
        return Code(lambda frame: logic.negative(value(frame)), operand.evidence, origin=origin)

    def _arithmetic(self, node: syntax.Arithmetic, scope: Local | None) -> Code:
        left, right = self.compile(node.left, scope), self.compile(node.right, scope)
        operate, first, second = logic.ARITHMETIC[node.operator], left.value, right.value

        def value(frame: Frame) -> Value:
            return operate(first(frame), second(frame))

        def excuse(frame: Frame, found: Evidence) -> None:
            one, other = first(frame), second(frame)
            if one is not UNKNOWN and other is not UNKNOWN and operate(one, other) is UNKNOWN:
                reason = logic.why_unknown(node.operator, one, other)
                if reason:
                    found.reasons[reason] = None

        def evidence(frame: Frame, found: Evidence) -> None:
            left.evidence(frame, found)
            right.evidence(frame, found)
            excuse(frame, found)

        if left.daily and right.daily:
            return Code(once_a_day(value), evidence, daily=True)
        return Code(value, evidence, origin=("apply", operate, (left, right)), excuse=excuse)

    def _comparison(self, node: syntax.Comparison, scope: Local | None) -> Code:
        sign = node.operator
        if isinstance(node.right, syntax.Null) or isinstance(node.left, syntax.Null):
            operand = self.compile(
                node.left if isinstance(node.right, syntax.Null) else node.right, scope
            )
            value = operand.value
            if sign not in ("=", "!="):
                return constant_code(UNKNOWN)
            ask = logic.is_none if sign == "=" else logic.has_value
            return Code(
                lambda frame: ask(value(frame)),
                operand.evidence,
                simple=operand.simple,
                origin=("is none" if sign == "=" else "has value", operand),
            )
        return compared(sign, self.compile(node.left, scope), self.compile(node.right, scope))

    def _between(self, node: syntax.Between, scope: Local | None) -> Code:
        value = self.compile(node.value, scope)
        low, high = self.compile(node.low, scope), self.compile(node.high, scope)
        return conjunction_of(
            [
                compared(">=", value, low),
                compared("<=", value, high),
            ]
        )

    def _in(self, node: syntax.In, scope: Local | None) -> Code:
        value = self.compile(node.value, scope)
        tests = node.tests
        if len(tests) > 1 and all(isinstance(test, syntax.Literal) for test in tests):
            return membership(value, [test.value for test in tests])  # type: ignore[attr-defined]
        return disjunction_of([self._test(value, test, scope) for test in tests])

    def _test(self, value: Code, test: Node, scope: Local | None) -> Code:
        if isinstance(test, syntax.Range):
            low, high = self.compile(test.low, scope), self.compile(test.high, scope)
            above, below = (">" if test.low_open else ">="), ("<" if test.high_open else "<=")
            return conjunction_of(
                [
                    compared(above, value, low),
                    compared(below, value, high),
                ]
            )
        if isinstance(test, syntax.UnaryTest):
            operand = self.compile(test.operand, scope)
            return compared(test.operator, value, operand)
        if isinstance(test, syntax.ListLiteral):
            return disjunction_of([self._test(value, item, scope) for item in test.items])
        operand = self.compile(test, scope)
        first, second = value.value, operand.value
        contains = functions.FUNCTIONS["list contains"]

        def holds(frame: Frame) -> Value:
            among = second(frame)
            if type(among) is list or type(among) is Uncertain:
                return functions.apply(contains, [among, first(frame)])
            return logic.equal(first(frame), among)

        return Code(holds, all_of([value, operand]))

    # connectives

    def _and(self, node: syntax.And, scope: Local | None) -> Code:
        return conjunction_of([self.compile(part, scope) for part in node.parts])

    def _or(self, node: syntax.Or, scope: Local | None) -> Code:
        return disjunction_of([self.compile(part, scope) for part in node.parts])

    def _not(self, node: syntax.Not, scope: Local | None) -> Code:
        operand = self.compile(node.operand, scope)
        value = operand.value

        def opposite(frame: Frame) -> Value:
            given = value(frame)
            return False if given is True else True if given is False else UNKNOWN

        return Code(opposite, operand.evidence, origin=("not", operand))

    def _if(self, node: syntax.If, scope: Local | None) -> Code:
        condition = self.compile(node.condition, scope)
        then, otherwise = self.compile(node.then, scope), self.compile(node.otherwise, scope)
        decide, first, second = condition.value, then.value, otherwise.value

        def value(frame: Frame) -> Value:
            decided = decide(frame)
            if decided is True:
                return first(frame)
            if decided is False:
                return second(frame)
            one = first(frame)
            return one if logic.equal(one, second(frame)) is True else UNKNOWN

        def evidence(frame: Frame, found: Evidence) -> None:
            condition.evidence(frame, found)
            decided = decide(frame)
            if decided is not False:
                then.evidence(frame, found)
            if decided is not True:
                otherwise.evidence(frame, found)

        kind = then.type if then.type == otherwise.type else ANY
        return Code(value, evidence, kind, origin=("if", condition, then, otherwise))

    # lists

    def _listliteral(self, node: syntax.ListLiteral, scope: Local | None) -> Code:
        items = [self.compile(item, scope) for item in node.items]
        values = [item.value for item in items]
        kind = items[0].type if items else ANY
        return Code(
            lambda frame: [value(frame) for value in values],
            all_of(items),
            ListType(item=kind if all(item.type == kind for item in items) else ANY),
            origin=("list", items),
        )

    def _range(self, node: syntax.Range, scope: Local | None) -> Code:
        low, high = self.compile(node.low, scope), self.compile(node.high, scope)

        def value(frame: Frame) -> Value:
            first, last = low.value(frame), high.value(frame)
            if type(first) is not int or type(last) is not int:
                return UNKNOWN
            first, last = first + node.low_open, last - node.high_open
            spend(frame, max(0, last - first))
            return list(range(first, last + 1))

        return Code(value, all_of([low, high]), ListType())

    def _filter(self, node: syntax.Filter, scope: Local | None) -> Code:
        base = self.compile(node.base, scope)
        slot = next_slot(scope)
        inner = Local(None, slot, item_type(base.type), scope, is_silent(base))
        condition = self.repeated(node.condition, inner)
        if isinstance(condition.type, NumberType) or counts_items(node.condition):
            return positioned_code(base, condition)
        return filtered_code(base, condition, slot)

    def _iterate(
        self, iterators: tuple[tuple[str, Node], ...], scope: Local | None
    ) -> tuple[list[tuple[Code, int]], Local | None]:
        loops = []
        for name, source in iterators:
            items = self.compile(source, scope)
            kind = item_type(items.type)
            scope = Local(name, next_slot(scope), kind, scope, is_silent(items))
            loops.append((items, scope.slot))
        return loops, scope

    def _quantified(self, node: syntax.Quantified, scope: Local | None) -> Code:
        loops, inner = self._iterate(node.iterators, scope)
        assert inner is not None
        code = self.repeated(node.condition, inner)
        for items, slot in reversed(loops):
            code = quantified_code(node.quantifier == "every", items, slot, code)
        return code

    def _for(self, node: syntax.For, scope: Local | None) -> Code:
        loops, inner = self._iterate(node.iterators, scope)
        assert inner is not None
        code = self.repeated(node.result, inner)
        code = mapped_code(*loops[-1], code)
        for items, slot in reversed(loops[:-1]):
            code = flattened_code(mapped_code(items, slot, code))
        return code

    # functions

    def _call(self, node: syntax.Call, scope: Local | None) -> Code:
        if node.function == "today":
            return Code(lambda frame: frame[TODAY], no_evidence, daily=True, origin=("today",))
        function = functions.FUNCTIONS[node.function]
        codes = [self.compile(argument, scope) for argument in node.arguments]
        if node.function == "is defined":
            return defined_code(codes[0])
        values = [code.value for code in codes]

        value = _applied(function, values)
        gather = all_of(codes)
        origin: tuple[Any, ...] = "call", function, codes
        if gather is no_evidence:
            return Code(value, no_evidence, origin=origin)

        def evidence(frame: Frame, found: Evidence) -> None:
            gather(frame, found)
            # Where an argument is not known, what it rests on says why.
            if value(frame) is UNKNOWN and all(is_whole(one(frame)) for one in values):
                found.reasons[no_result_reason(function.name)] = None

        kind = codes[0].type if node.function == "distinct values" else ANY
        return Code(value, evidence, kind, origin=origin)


def _applied(
    function: functions.Function, values: list[Callable[[Frame], Value]]
) -> Callable[[Frame], Value]:
    """The value of a function over its arguments."""
    if function.partial and len(values) == 1:
        apply, (only,) = function.apply, values
        return lambda frame: apply(only(frame))
    if function.partial and len(values) == 2 and not function.variadic:
        apply, (first, second) = function.apply, values
        return lambda frame: apply(first(frame), second(frame))
    return lambda frame: functions.apply(function, [value(frame) for value in values])


def no_result_reason(name: str) -> str:
    """Why the value of a function is not known although its arguments are."""
    return f"`{name}` has no result for these values"


def counts_items(node: Node) -> bool:
    """Is an expression a number by its form?"""
    if isinstance(node, syntax.Literal):
        return logic.is_number(node.value)
    return isinstance(node, syntax.Negate) and counts_items(node.operand)


def defined_code(argument: Code) -> Code:
    """`is defined(path)`: rests on the fact, and what is not stated is no gap here."""

    def evidence(frame: Frame, found: Evidence) -> None:
        inner = Evidence()
        argument.evidence(frame, inner)
        found.facts.update(inner.facts)

    return Code(lambda frame: argument.value(frame) is not UNKNOWN, evidence)
