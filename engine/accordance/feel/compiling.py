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

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, NamedTuple, TypeAlias

from . import functions, logic, syntax
from .syntax import Node
from .types import ANY, ContextType, ListType, NumberType, Type
from .values import UNKNOWN, Uncertain, Value

Frame: TypeAlias = list[Any]
"""What an evaluation reads: the slots below, then the local variables."""

FACTS: Final = 0  # dict of the facts by name
TODAY: Final = 1  # the evaluation date
DEFINED: Final = 2  # dict: definition -> value, filled stratum by stratum
PATHS: Final = 3  # dict: id(item) -> concrete path of the items of lists
CODES: Final = 4  # dict: definition -> Code, for evidence
SUPPLIED: Final = 5  # dict of lists supplied by the program (`results`)
WORK: Final = 6  # how many more items may be looked at
FOUND: Final = 7  # dict: definition -> Evidence, filled when first asked for
LOCALS: Final = 8  # the first local variable

MAX_LOCALS: Final = 40
MAX_DAYS: Final = 64
MAX_ITEMS_VISITED: Final = 2_000_000
"""An evaluation that looks at more list items than this is refused, not endured."""


class Supplied:
    """An item of a list that the program supplies; the members that `known` does not have are
    computed when an expression asks for them."""

    __slots__ = ("known",)

    def __init__(self, known: dict[str, Value]) -> None:
        self.known = known

    def late(self, name: str) -> Value:
        """A member that is not known beforehand, UNKNOWN where there is none of this name."""
        return UNKNOWN


class TooMuchWork(Exception):
    """An expression looks at more items than MAX_ITEMS_VISITED."""


class Evidence:
    """What a value rests on, in the order it was read.

    `facts`: concrete path -> value; `missing`: concrete paths of unknown facts; `reasons`: why
    something could not be computed.
    """

    __slots__ = ("facts", "missing", "reasons")

    def __init__(self) -> None:
        self.facts: dict[str, Value] = {}
        self.missing: dict[str, None] = {}
        self.reasons: dict[str, None] = {}

    def add(self, other: Evidence) -> None:
        """Take over what another evidence holds."""
        if other.facts:
            self.facts.update(other.facts)
        if other.missing:
            self.missing.update(other.missing)
        if other.reasons:
            self.reasons.update(other.reasons)


@dataclass(slots=True, eq=False, repr=False)
class Code:
    """A compiled expression.

    `locate(frame)` is the concrete path of the fact that the value is, or None where the value is
    computed; `locate_items(frame)` likewise for each item of a list. `names` are the steps to a
    fact that lies in no list.
    """

    value: Callable[[Frame], Value]
    evidence: Callable[[Frame, Evidence], None]
    type: Type = ANY
    locate: Callable[[Frame], str | None] | None = None
    names: tuple[str, ...] | None = None
    locate_items: Callable[[Frame], list[str | None]] | None = None
    daily: bool = False
    """Does the value depend on nothing but the evaluation date?"""
    simple: bool = False
    """Does it rest on the same few facts whatever their values?"""
    origin: tuple[Any, ...] = ()
    """What the value is made of: the kind of expression, and its parts (see generating.py); empty
    where that does not matter."""

    def places(self, frame: Frame) -> list[str | None]:
        """The concrete path of each item of a list, None for an item that is no fact's."""
        if self.locate_items is not None:
            return self.locate_items(frame)
        paths = frame[PATHS]
        return [paths.get(id(item)) for item, _ in functions.pairs_of(self.value(frame)) or ()]


@dataclass(frozen=True, slots=True)
class Names:
    """The names an expression may use; `facts` is None where no fact model is known."""

    facts: ContextType | None = None
    definitions: Mapping[str, Type] = field(default_factory=dict)
    parameters: Mapping[str, Value] = field(default_factory=dict)
    supplied: Mapping[str, Type] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    """Definitions that read no fact, so that there is no evidence to collect from them."""


def new_frame(
    facts: dict[str, Value],
    today: Value = UNKNOWN,
    *,
    defined: dict[str, Value] | None = None,
    paths: Mapping[int, str] | None = None,
    codes: Mapping[str, Code] | None = None,
    supplied: Mapping[str, Value] | None = None,
) -> Frame:
    """A frame for one evaluation (or several, one after the other)."""
    return [
        facts,
        today,
        {} if defined is None else defined,
        paths or {},
        codes or {},
        supplied or {},
        MAX_ITEMS_VISITED,
        {},
        *[UNKNOWN] * MAX_LOCALS,
    ]


def compile_expression(node: Node, names: Names) -> Code:
    """Compile an expression whose names are known to `names`."""
    return Compiler(names).compile(node, None)


class Local(NamedTuple):
    """A local variable, or the item of a filter (then `name` is None), in a chain of scopes."""

    name: str | None
    slot: int
    type: Type
    outer: Local | None
    silent: bool
    """Does it stand for something that is no fact?"""

    @property
    def next_slot(self) -> int:
        # A filter keeps the field names of its items in the slot after the item.
        return self.slot + (1 if self.name is not None else 2)


def _next_slot(scope: Local | None) -> int:
    slot = LOCALS if scope is None else scope.next_slot
    if slot + 2 > LOCALS + MAX_LOCALS:
        raise TooMuchWork("too many variables inside one another")
    return slot


def _no_evidence(frame: Frame, found: Evidence) -> None:
    return None


def is_silent(code: Code) -> bool:
    """Has a compiled expression no evidence to give, since it reads no fact?"""
    return code.evidence is _no_evidence


def _item_type(kind: Type) -> Type:
    return kind.item if isinstance(kind, ListType) else ANY


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
        return _constant(node.value)

    def _null(self, node: syntax.Null, scope: Local | None) -> Code:
        return _constant(UNKNOWN)

    def _name(self, node: syntax.Name, scope: Local | None) -> Code:
        name = node.name
        while scope is not None:
            if scope.name == name or (scope.name is None and name == "item"):
                return _local(scope)
            if scope.name is None:
                if isinstance(scope.type, ContextType):
                    if name in scope.type.fields:
                        return _member(_local(scope), name)
                elif scope.type is ANY:
                    outer = self._name(node, scope.outer)
                    return _field_or_outer(scope, name, outer)
            scope = scope.outer
        if name in self.names.parameters:
            return _constant(self.names.parameters[name])
        if name in self.names.definitions:
            return _definition(name, self.names.definitions[name], name in self.names.silent)
        if name in self.names.supplied:
            return _supplied(name, self.names.supplied[name])
        kind = ANY if self.names.facts is None else self.names.facts.fields.get(name, ANY)
        return _fact((name,), kind)

    def _path(self, node: syntax.Path, scope: Local | None) -> Code:
        return _member(self.compile(node.base, scope), node.field)

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

        def evidence(frame: Frame, found: Evidence) -> None:
            left.evidence(frame, found)
            right.evidence(frame, found)
            one, other = first(frame), second(frame)
            if operate(one, other) is UNKNOWN:
                reason = logic.why_unknown(node.operator, one, other)
                if reason:
                    found.reasons[reason] = None

        if left.daily and right.daily:
            return Code(_once_a_day(value), evidence, daily=True)
        return Code(value, evidence, origin=("apply", operate, (left, right)))

    def _comparison(self, node: syntax.Comparison, scope: Local | None) -> Code:
        sign = node.operator
        if isinstance(node.right, syntax.Null) or isinstance(node.left, syntax.Null):
            operand = self.compile(
                node.left if isinstance(node.right, syntax.Null) else node.right, scope
            )
            value = operand.value
            if sign not in ("=", "!="):
                return _constant(UNKNOWN)
            ask = logic.is_none if sign == "=" else logic.has_value
            return Code(
                lambda frame: ask(value(frame)),
                operand.evidence,
                simple=operand.simple,
                origin=("is none" if sign == "=" else "has value", operand),
            )
        return _compared(sign, self.compile(node.left, scope), self.compile(node.right, scope))

    def _between(self, node: syntax.Between, scope: Local | None) -> Code:
        value = self.compile(node.value, scope)
        low, high = self.compile(node.low, scope), self.compile(node.high, scope)
        return _conjunction(
            [
                _compared(">=", value, low),
                _compared("<=", value, high),
            ]
        )

    def _in(self, node: syntax.In, scope: Local | None) -> Code:
        value = self.compile(node.value, scope)
        tests = node.tests
        if len(tests) > 1 and all(isinstance(test, syntax.Literal) for test in tests):
            return _membership(value, [test.value for test in tests])  # type: ignore[attr-defined]
        return _disjunction([self._test(value, test, scope) for test in tests])

    def _test(self, value: Code, test: Node, scope: Local | None) -> Code:
        if isinstance(test, syntax.Range):
            low, high = self.compile(test.low, scope), self.compile(test.high, scope)
            above, below = (">" if test.low_open else ">="), ("<" if test.high_open else "<=")
            return _conjunction(
                [
                    _compared(above, value, low),
                    _compared(below, value, high),
                ]
            )
        if isinstance(test, syntax.UnaryTest):
            operand = self.compile(test.operand, scope)
            return _compared(test.operator, value, operand)
        if isinstance(test, syntax.ListLiteral):
            return _disjunction([self._test(value, item, scope) for item in test.items])
        operand = self.compile(test, scope)
        first, second = value.value, operand.value
        contains = functions.FUNCTIONS["list contains"]

        def holds(frame: Frame) -> Value:
            among = second(frame)
            if type(among) is list or type(among) is Uncertain:
                return functions.apply(contains, [among, first(frame)])
            return logic.equal(first(frame), among)

        return Code(holds, _all_of([value, operand]))

    # connectives

    def _and(self, node: syntax.And, scope: Local | None) -> Code:
        return _conjunction([self.compile(part, scope) for part in node.parts])

    def _or(self, node: syntax.Or, scope: Local | None) -> Code:
        return _disjunction([self.compile(part, scope) for part in node.parts])

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
            _all_of(items),
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
            _spend(frame, max(0, last - first))
            return list(range(first, last + 1))

        return Code(value, _all_of([low, high]), ListType())

    def _filter(self, node: syntax.Filter, scope: Local | None) -> Code:
        base = self.compile(node.base, scope)
        slot = _next_slot(scope)
        inner = Local(None, slot, _item_type(base.type), scope, is_silent(base))
        condition = self.repeated(node.condition, inner)
        if isinstance(condition.type, NumberType) or _is_number(node.condition):
            return _positioned(base, condition)
        return _filtered(base, condition, slot)

    def _iterate(
        self, iterators: tuple[tuple[str, Node], ...], scope: Local | None
    ) -> tuple[list[tuple[Code, int]], Local | None]:
        loops = []
        for name, source in iterators:
            items = self.compile(source, scope)
            kind = _item_type(items.type)
            scope = Local(name, _next_slot(scope), kind, scope, is_silent(items))
            loops.append((items, scope.slot))
        return loops, scope

    def _quantified(self, node: syntax.Quantified, scope: Local | None) -> Code:
        loops, inner = self._iterate(node.iterators, scope)
        assert inner is not None
        code = self.repeated(node.condition, inner)
        for items, slot in reversed(loops):
            code = _quantified(node.quantifier == "every", items, slot, code)
        return code

    def _for(self, node: syntax.For, scope: Local | None) -> Code:
        loops, inner = self._iterate(node.iterators, scope)
        assert inner is not None
        code = self.repeated(node.result, inner)
        code = _mapped(*loops[-1], code)
        for items, slot in reversed(loops[:-1]):
            code = _flattened(_mapped(items, slot, code))
        return code

    # functions

    def _call(self, node: syntax.Call, scope: Local | None) -> Code:
        if node.function == "today":
            return Code(lambda frame: frame[TODAY], _no_evidence, daily=True, origin=("today",))
        function = functions.FUNCTIONS[node.function]
        codes = [self.compile(argument, scope) for argument in node.arguments]
        if node.function == "is defined":
            return _defined(codes[0])
        values = [code.value for code in codes]

        value = _applied(function, values)
        gather = _all_of(codes)
        origin: tuple[Any, ...] = "call", function, codes
        if gather is _no_evidence:
            return Code(value, _no_evidence, origin=origin)

        def evidence(frame: Frame, found: Evidence) -> None:
            if value(frame) is not UNKNOWN:
                gather(frame, found)
                return
            inner = Evidence()
            gather(frame, inner)
            if not inner.missing and not inner.reasons:
                inner.reasons[f"`{function.name}` has no result for these values"] = None
            found.add(inner)

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


class _Constant:
    """The value of a literal or a parameter, told apart by its class."""

    __slots__ = ("given",)

    def __init__(self, given: Value) -> None:
        self.given = given

    def __call__(self, frame: Frame) -> Value:
        return self.given


def _constant(given: Value) -> Code:
    kind = ListType() if type(given) is list else ANY
    return Code(_Constant(given), _no_evidence, kind, daily=True, origin=("constant", given))


def _once_a_day(value: Callable[[Frame], Value]) -> Callable[[Frame], Value]:
    """Remembers the values for the evaluation dates it has met."""
    known: dict[Value, Value] = {}

    def remembered(frame: Frame) -> Value:
        today = frame[TODAY]
        given = known.get(today)
        if given is None:
            if len(known) >= MAX_DAYS:
                known.clear()
            given = known[today] = value(frame)
        return given

    return remembered


def _fact(names: tuple[str, ...], kind: Type) -> Code:
    """A fact by its path; everything on the way to it is a group, never a list."""
    path = ".".join(names)
    if len(names) == 1:
        (only,) = names

        def value(frame: Frame) -> Value:
            return frame[FACTS].get(only, UNKNOWN)

    elif len(names) == 2:
        head, tail = names

        def value(frame: Frame) -> Value:
            group = frame[FACTS].get(head)
            return group.get(tail, UNKNOWN) if group is not None else UNKNOWN

    else:

        def value(frame: Frame) -> Value:
            here = frame[FACTS]
            for name in names:
                here = here.get(name)
                if here is None:
                    return UNKNOWN
            return here

    if len(names) == 2:

        def evidence(frame: Frame, found: Evidence) -> None:
            # As the general form, without a call: nothing is asked for more often.
            group = frame[FACTS].get(head)
            given = group.get(tail, UNKNOWN) if group is not None else UNKNOWN
            if given is UNKNOWN:
                found.missing[path] = None
            else:
                found.facts[path] = given

    else:

        def evidence(frame: Frame, found: Evidence) -> None:
            _note(found, path, value(frame))

    return Code(
        value, evidence, kind, lambda frame: path, names, simple=True, origin=("fact", names)
    )


def _local(scope: Local) -> Code:
    slot = scope.slot
    origin = "local", slot
    if scope.silent:
        return Code(lambda frame: frame[slot], _no_evidence, scope.type, origin=origin)

    def locate(frame: Frame) -> str | None:
        path: str | None = frame[PATHS].get(id(frame[slot]))
        return path

    def evidence(frame: Frame, found: Evidence) -> None:
        path = locate(frame)
        if path is not None:
            found.facts[path] = frame[slot]

    return Code(lambda frame: frame[slot], evidence, scope.type, locate, origin=origin)


def _definition(name: str, kind: Type, silent: bool) -> Code:
    origin = "definition", name
    if silent:
        return Code(lambda frame: frame[DEFINED][name], _no_evidence, kind, origin=origin)

    def evidence(frame: Frame, found: Evidence) -> None:
        known = frame[FOUND].get(name)
        if known is None:
            known = Evidence()
            # A frame of its own: its local variables must not meet those of its reader.
            frame[CODES][name].evidence(frame[:], known)
            frame[FOUND][name] = known
        found.add(known)

    return Code(lambda frame: frame[DEFINED][name], evidence, kind, origin=origin)


def _supplied(name: str, kind: Type) -> Code:
    return Code(
        lambda frame: frame[SUPPLIED].get(name, UNKNOWN),
        _no_evidence,
        kind,
        origin=("supplied", name),
    )


def _member(base: Code, name: str) -> Code:
    """`base.name`, over a list the field of every item."""
    kind: Type = ANY
    owner = base.type
    if isinstance(owner, ListType):
        item = owner.item.fields.get(name, ANY) if isinstance(owner.item, ContextType) else ANY
        kind = ListType(item=item)
    elif isinstance(owner, ContextType):
        kind = owner.fields.get(name, ANY)
        if base.names is not None:
            return _fact((*base.names, name), kind)
        steps = _steps(base)
        if steps is not None and not is_silent(base):
            return _item_fact(steps[0], (*steps[1:], name), kind, ("member", base, name))
    inner = base.value

    def value(frame: Frame) -> Value:
        return member(inner(frame), name)

    def locate(frame: Frame) -> str | None:
        path = base.locate(frame) if base.locate is not None else None
        return None if path is None else f"{path}.{name}"

    def evidence(frame: Frame, found: Evidence) -> None:
        group = inner(frame)
        if type(group) in (list, Uncertain):
            pairs, places = functions.pairs_of(group) or (), base.places(frame)
            if base.locate is None or not pairs or None in places:
                base.evidence(frame, found)
            for (item, _), place in zip(pairs, places, strict=True):
                if place is not None:
                    _note(found, f"{place}.{name}", _field(item, name))
            return
        path = locate(frame)
        if path is None or (group is UNKNOWN and isinstance(owner, ListType)):
            base.evidence(frame, found)
        else:
            _note(found, path, value(frame))

    if is_silent(base):
        return Code(value, _no_evidence, kind, origin=("member", base, name))

    def locate_items(frame: Frame) -> list[str | None]:
        if type(inner(frame)) in (list, Uncertain):
            return [None if at is None else f"{at}.{name}" for at in base.places(frame)]
        paths = frame[PATHS]
        return [paths.get(id(item)) for item, _ in functions.pairs_of(value(frame)) or ()]

    origin = "member", base, name
    return Code(value, evidence, kind, locate, locate_items=locate_items, origin=origin)


def member(group: Value, name: str) -> Value:
    """A fact of a group, over a list that of every item."""
    shape = type(group)
    if shape is dict:
        return group.get(name, UNKNOWN)
    if isinstance(group, Supplied):
        return group.known[name] if name in group.known else group.late(name)
    if shape is list:
        return [_field(item, name) for item in group]
    if shape is Uncertain:
        return Uncertain(tuple((_field(item, name), sure) for item, sure in group.pairs))
    return UNKNOWN


def _steps(code: Code) -> tuple[Any, ...] | None:
    """The slot of a local variable and the steps from it, for groups in groups of an item."""
    if not isinstance(code.type, ContextType) or not code.origin:
        return None
    if code.origin[0] == "local":
        return (code.origin[1],)
    if code.origin[0] == "member":
        outer = _steps(code.origin[1])
        return None if outer is None else (*outer, code.origin[2])
    return None


def _item_fact(slot: int, names: tuple[str, ...], kind: Type, origin: tuple[Any, ...]) -> Code:
    """A fact of an item of a list; everything on the way to it is a group."""
    steps = "." + ".".join(names)
    only = names[0] if len(names) == 1 else None
    if only is not None:

        def value(frame: Frame) -> Value:
            item = frame[slot]
            return item.get(only, UNKNOWN) if type(item) is dict else _field(item, only)

    else:

        def value(frame: Frame) -> Value:
            here = frame[slot]
            for name in names:
                here = here.get(name, UNKNOWN) if type(here) is dict else _field(here, name)
            return here

    def locate(frame: Frame) -> str | None:
        path = frame[PATHS].get(id(frame[slot]))
        return None if path is None else path + steps

    def evidence(frame: Frame, found: Evidence) -> None:
        item = frame[slot]
        path = frame[PATHS].get(id(item))
        if path is not None:
            given = item.get(only, UNKNOWN) if only is not None else value(frame)
            if given is UNKNOWN:
                found.missing[path + steps] = None
            else:
                found.facts[path + steps] = given

    def locate_items(frame: Frame) -> list[str | None]:
        paths = frame[PATHS]
        return [paths.get(id(item)) for item, _ in functions.pairs_of(value(frame)) or ()]

    return Code(value, evidence, kind, locate, locate_items=locate_items, origin=origin)


def _note(found: Evidence, path: str, value: Value) -> None:
    if value is UNKNOWN:
        found.missing[path] = None
    else:
        found.facts[path] = value


def _field(item: Value, name: str) -> Value:
    if type(item) is dict:
        return item.get(name, UNKNOWN)
    if isinstance(item, Supplied):
        return item.known[name] if name in item.known else item.late(name)
    return UNKNOWN


def _field_or_outer(scope: Local, name: str, outer: Code) -> Code:
    """A name inside a filter of items whose fields are not known beforehand: a field of the items
    if any item has it, else the name outside."""
    inner, slot = _member(_local(scope), name), scope.slot

    def choose(frame: Frame) -> Code:
        return inner if name in frame[slot + 1] else outer

    return Code(
        lambda frame: choose(frame).value(frame),
        lambda frame, found: choose(frame).evidence(frame, found),
    )


def _all_of(codes: list[Code]) -> Callable[[Frame, Evidence], None]:
    parts = [code.evidence for code in codes if not is_silent(code)]
    if not parts:
        return _no_evidence

    def evidence(frame: Frame, found: Evidence) -> None:
        for part in parts:
            part(frame, found)

    return evidence


def _comparing(sign: str, left: Code, right: Code) -> Callable[[Frame], Value]:
    if sign == "!=":
        same = _comparing("=", left, right)

        def differ(frame: Frame) -> Value:
            given = same(frame)
            return given if given is UNKNOWN else not given

        return differ
    first, second = left.value, right.value
    if sign == "=":
        compare, general = operator.eq, logic.equal
    else:
        compare, general = logic.COMPARE[sign], partial(logic.order, sign)
    if isinstance(second, _Constant):
        constant, kind = second.given, type(second.given)
        if kind not in logic.ORDERED:
            return lambda frame: general(first(frame), constant)

        def with_constant(frame: Frame) -> Value:
            given = first(frame)
            return compare(given, constant) if type(given) is kind else general(given, constant)

        return with_constant

    def with_other(frame: Frame) -> Value:
        given, other = first(frame), second(frame)
        kind = type(given)
        if kind is type(other) and kind in logic.ORDERED:
            return compare(given, other)
        return general(given, other)

    return with_other


def _compared(sign: str, left: Code, right: Code) -> Code:
    return Code(
        _comparing(sign, left, right),
        _both(sign, left, right),
        simple=left.simple and (right.daily or right.simple),
        origin=("compare", sign, left, right),
    )


def _both(sign: str, left: Code, right: Code) -> Callable[[Frame, Evidence], None]:
    if is_silent(left) and is_silent(right):
        return _no_evidence
    if left.locate is not None and right.daily:
        # A fact against a constant: what is not known is the fact.
        return left.evidence
    first, second = left.value, right.value

    def evidence(frame: Frame, found: Evidence) -> None:
        left.evidence(frame, found)
        right.evidence(frame, found)
        one, other = first(frame), second(frame)
        if one is UNKNOWN or other is UNKNOWN:
            return
        given = logic.equal(one, other) if sign in "!=" else logic.order(sign, one, other)
        if given is UNKNOWN:
            reason = logic.why_unknown(sign, one, other)
            if reason:
                found.reasons[reason] = None

    return evidence


def _membership(value: Code, constants: list[Value]) -> Code:
    """`value in (constant, constant)`."""
    first, equal = value.value, logic.equal
    words = frozenset(constants) if all(type(one) is str for one in constants) else None

    def holds(frame: Frame) -> Value:
        given = first(frame)
        if words is not None and type(given) is str:
            return given in words
        if given is UNKNOWN:
            return UNKNOWN
        return logic.disjunction(equal(given, constant) for constant in constants)

    return Code(
        holds, value.evidence, simple=value.simple, origin=("among", value, words, constants)
    )


def _conjunction(parts: list[Code]) -> Code:
    return _connected(parts, False)


def _disjunction(parts: list[Code]) -> Code:
    return _connected(parts, True)


def _connected(parts: list[Code], decisive: bool) -> Code:
    """`or` (one true part decides) or `and` (one false part decides)."""
    if len(parts) == 1:
        return parts[0]
    values = [part.value for part in parts]
    other = not decisive

    def value(frame: Frame) -> Value:
        result: Value = other
        for part in values:
            given = part(frame)
            if given is decisive:
                return decisive
            if given is not other:
                result = UNKNOWN
        return result

    origin = "connected", decisive, parts
    if all(is_silent(part) for part in parts):
        return Code(value, _no_evidence, origin=origin)

    def evidence(frame: Frame, found: Evidence) -> None:
        states = []
        chosen: Value = other
        for part in values:
            given = part(frame)
            states.append(given)
            if given is decisive:
                chosen = decisive
            elif given is not other and chosen is other:
                chosen = UNKNOWN
        for code, given in zip(parts, states, strict=True):
            if given is chosen or (chosen is UNKNOWN and given is not other):
                code.evidence(frame, found)

    return Code(value, evidence, origin=origin)


def _spend(frame: Frame, items: int) -> None:
    frame[WORK] -= items
    if frame[WORK] < 0:
        raise TooMuchWork("looks at too many list items")


def _pairs(items: Callable[[Frame], Value], frame: Frame) -> functions.Pairs | None:
    pairs = functions.pairs_of(items(frame))
    if pairs:
        _spend(frame, len(pairs))
    return pairs


def _quantified(every: bool, items: Code, slot: int, condition: Code) -> Code:
    """`every` (one false item decides) or `some` (one true item decides)."""
    decisive = not every
    source, holds = items.value, condition.value

    def weigh(frame: Frame, item: Value, sure: bool) -> Value:
        frame[slot] = item
        given = holds(frame)
        if given is every or (sure and given is decisive):
            return given
        return UNKNOWN

    def value(frame: Frame) -> Value:
        pairs = _pairs(source, frame)
        if pairs is None:
            return UNKNOWN
        result: Value = every
        for item, sure in pairs:
            given = weigh(frame, item, sure)
            if given is decisive:
                return decisive
            if given is UNKNOWN:
                result = UNKNOWN
        return result

    origin = "quantified", every, items, slot, condition, value
    if is_silent(items) and is_silent(condition):
        return Code(value, _no_evidence, origin=origin)

    def evidence(frame: Frame, found: Evidence) -> None:
        pairs = functions.pairs_of(source(frame))
        if not pairs or items.locate is None or not _are_groups(pairs):
            items.evidence(frame, found)
        if not pairs:
            return
        states = []
        chosen: Value = every
        for item, sure in pairs:
            frame[slot] = item
            given = holds(frame)
            if given is decisive and sure:
                chosen = decisive
            elif given is not every:
                given = UNKNOWN
                if chosen is every:
                    chosen = UNKNOWN
            states.append(given)
        for (item, _), given in zip(pairs, states, strict=True):
            if given is chosen:
                frame[slot] = item
                condition.evidence(frame, found)

    return Code(value, evidence, origin=origin)


def _are_groups(pairs: functions.Pairs) -> bool:
    return {type(item) for item, _ in pairs} <= {dict}


def _filtered(base: Code, condition: Code, slot: int) -> Code:
    source, holds = base.value, condition.value
    # A name may be a field of the items or one outside, which only the items can tell.
    loose = _item_type(base.type) is ANY

    def keys(pairs: functions.Pairs) -> set[str]:
        return {key for item, _ in pairs if type(item) is dict for key in item}

    def value(frame: Frame) -> Value:
        pairs = _pairs(source, frame)
        if pairs is None:
            return UNKNOWN
        if not pairs:
            # A position is one of no item, whatever the list.
            frame[slot], frame[slot + 1] = UNKNOWN, set()
            return UNKNOWN if logic.is_number(holds(frame)) else []
        if loose:
            frame[slot + 1] = keys(pairs)
        kept: list[tuple[Value, bool]] = []
        certain = True
        for item, sure in pairs:
            frame[slot] = item
            given = holds(frame)
            if logic.is_number(given):
                return _at(pairs, given)
            if given is False:
                continue
            sure = sure and given is True
            certain = certain and sure
            kept.append((item, sure))
        if certain:
            return [item for item, _ in kept]
        return Uncertain(tuple(kept))

    origin: tuple[Any, ...] = ("filtered", base, slot, condition, value) if not loose else ()
    if is_silent(base) and is_silent(condition):
        return Code(value, _no_evidence, base.type, origin=origin)

    def evidence(frame: Frame, found: Evidence) -> None:
        pairs = functions.pairs_of(source(frame))
        if not pairs or base.locate is None or not _are_groups(pairs):
            base.evidence(frame, found)
        if loose:
            frame[slot + 1] = keys(pairs or ())
        for item, _ in pairs or ():
            frame[slot] = item
            condition.evidence(frame, found)

    return Code(value, evidence, base.type, origin=origin)


def _is_number(node: Node) -> bool:
    """Is an expression a number by its form?"""
    if isinstance(node, syntax.Literal):
        return logic.is_number(node.value)
    return isinstance(node, syntax.Negate) and _is_number(node.operand)


def _positioned(base: Code, position: Code) -> Code:
    """`base[number]`: no condition, so that an empty list has no such item either."""
    source, index = base.value, position.value

    def value(frame: Frame) -> Value:
        pairs, given = _pairs(source, frame), index(frame)
        return UNKNOWN if pairs is None else _at(pairs, given)

    def evidence(frame: Frame, found: Evidence) -> None:
        base.evidence(frame, found)
        position.evidence(frame, found)
        if not found.missing and value(frame) is UNKNOWN:
            found.reasons["there is no item at this position"] = None

    def locate(frame: Frame) -> str | None:
        path: str | None = frame[PATHS].get(id(value(frame)))
        return path

    return Code(value, evidence, _item_type(base.type), locate)


def _at(pairs: functions.Pairs, position: Value) -> Value:
    """The item at a position from 1, or from -1 backwards; unknown outside or where not certain."""
    if type(position) is not int or position == 0 or abs(position) > len(pairs):
        return UNKNOWN
    if not all(sure for _, sure in pairs):
        return UNKNOWN
    return pairs[position - 1 if position > 0 else position][0]


def _mapped(items: Code, slot: int, result: Code) -> Code:
    source, compute = items.value, result.value

    def value(frame: Frame) -> Value:
        pairs = _pairs(source, frame)
        if pairs is None:
            return UNKNOWN
        made: list[tuple[Value, bool]] = []
        for item, sure in pairs:
            frame[slot] = item
            made.append((compute(frame), sure))
        if all(sure for _, sure in made):
            return [item for item, _ in made]
        return Uncertain(tuple(made))

    if is_silent(items) and is_silent(result):
        return Code(value, _no_evidence, ListType(item=result.type))

    def evidence(frame: Frame, found: Evidence) -> None:
        items.evidence(frame, found)
        for item, _ in functions.pairs_of(source(frame)) or ():
            frame[slot] = item
            result.evidence(frame, found)

    return Code(value, evidence, ListType(item=result.type))


def _flattened(nested: Code) -> Code:
    """A list of lists as one list; an inner list that is not known makes all unknown."""
    inner = nested.value

    def value(frame: Frame) -> Value:
        outer = functions.pairs_of(inner(frame))
        if outer is None:
            return UNKNOWN
        made: list[tuple[Value, bool]] = []
        for part, sure in outer:
            pairs = functions.pairs_of(part)
            if pairs is None:
                return UNKNOWN
            made.extend((item, sure and certain) for item, certain in pairs)
        if all(sure for _, sure in made):
            return [item for item, _ in made]
        return Uncertain(tuple(made))

    return Code(value, nested.evidence, nested.type)


def _defined(argument: Code) -> Code:
    """`is defined(path)`: rests on the fact, and what is not stated is no gap here."""

    def evidence(frame: Frame, found: Evidence) -> None:
        inner = Evidence()
        argument.evidence(frame, inner)
        found.facts.update(inner.facts)

    return Code(lambda frame: argument.value(frame) is not UNKNOWN, evidence)
