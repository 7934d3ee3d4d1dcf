"""The type checker: what an expression gives, and what in it cannot be meant.

It knows the fact model through the types of a `Scope`, and looks for what a reader of the rule
would call a mistake: names that do not exist, things of different kinds compared, values that a
fact can never have. Bounds and enums serve this advice only; they never settle an unknown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ..problem import Code, Level
from .comparing import Doubt, Verdict, compare, compare_item, described, is_any, kind_of, merged
from .naming import Names, missing_field, missing_name
from .printing import to_source
from .syntax import (
    And,
    Arithmetic,
    Between,
    Call,
    Comparison,
    Filter,
    For,
    If,
    In,
    ListLiteral,
    Literal,
    Name,
    Negate,
    Node,
    Not,
    Null,
    Or,
    Path,
    Quantified,
    Range,
    UnaryTest,
    fact_path,
)
from .types import (
    ANY,
    BOOLEAN,
    DATE,
    DAYS,
    MONTHS,
    NULL,
    NUMBER,
    TEXT,
    ContextType,
    ListType,
    NumberType,
    TextType,
    Type,
)
from .values import Months

__all__ = ["Scope", "TypeFault", "check"]


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that an expression may use, with their types.

    `evidence` holds those that are about the evidence: only an expression about the evidence may
    use them.
    """

    names: Mapping[str, Type]
    evidence: frozenset[str] = field(default=frozenset())


@dataclass(frozen=True, slots=True)
class TypeFault:
    """One thing that is wrong with an expression; offsets count characters of its text."""

    code: Code
    message: str
    start: int
    end: int
    help: str | None = None
    level: Level = Level.ERROR


def check(node: Node, scope: Scope, *, evidence: bool = False) -> tuple[Type, list[TypeFault]]:
    """The type of an expression and every fault in it, in the order of the text.

    `evidence` says that the expression is about the evidence. After a fault the type is ANY, so
    that one mistake is reported once.
    """
    checker = _Checker(scope, evidence)
    kind = checker.type_of(node)
    faults = sorted(set(checker.faults), key=lambda fault: (fault.start, fault.end, fault.message))
    return kind, faults


RESULTS: Final = ListType(
    item=ContextType(
        fields={
            "rule": TEXT,
            "theme": TEXT,
            "outcome": TextType(
                values=(
                    "compliant",
                    "non_compliant",
                    "insufficient_evidence",
                    "not_applicable",
                    "accepted_exception",
                )
            ),
            "severity": TextType(values=("critical", "high", "medium", "low", "advisory")),
            "gate": BOOLEAN,
            "rests_on": ListType(item=TEXT),
            "missing": ListType(item=TEXT),
        }
    )
)
"""What earlier strata found, as rules about the evidence see it under the name `results`."""

_DURATIONS: Final = ("days", "months")
_COUNT: Final = NumberType(low=0, whole=True)
_TEXT_FUNCTIONS: Final = frozenset(
    ("contains", "starts with", "ends with", "matches", "string length", "upper case", "lower case")
)


class _Local:
    """A variable, or (without a name) the item of a filter."""

    __slots__ = ("name", "type", "used")

    def __init__(self, name: str | None, kind: Type) -> None:
        self.name = name
        self.type = kind
        self.used = False


class _Checker:
    def __init__(self, scope: Scope, evidence: bool) -> None:
        self.scope = scope
        self.evidence = evidence
        self.faults: list[TypeFault] = []
        self.locals: list[_Local] = []

    # reporting

    def fault(
        self,
        code: Code,
        node: Node,
        message: str,
        help: str | None = None,
        level: Level = Level.ERROR,
    ) -> Type:
        self.faults.append(TypeFault(code, message, node.start, node.end, help, level))
        return ANY

    def doubt(self, doubt: Doubt | None) -> None:
        if doubt is None:
            return
        codes = {
            Verdict.KIND: Code.EXPRESSION_TYPE,
            Verdict.VALUE: Code.EXPRESSION_VALUE,
            Verdict.NEVER: Code.EXPRESSION_NEVER,
            Verdict.ALWAYS: Code.EXPRESSION_NEVER,
        }
        level = Level.WARNING if doubt.verdict is Verdict.ALWAYS else Level.ERROR
        self.fault(codes[doubt.verdict], doubt.node, doubt.message, doubt.help, level)

    # what a place asks for

    def condition(self, node: Node) -> None:
        """A part that must be true or false."""
        self.must_hold(node, self.type_of(node))

    def must_hold(self, node: Node, kind: Type) -> None:
        """As `condition`, for a part whose type is known."""
        if is_any(kind) or kind == BOOLEAN:
            return
        source = to_source(node)
        advice = {
            "text": f"compare it, as in `{source} = ...`",
            "number": f"compare it, as in `{source} > 0`",
            "date": f"compare it, or write `has value({source})`",
            "list": f"write `count({source}) > 0`, or `some x in {source} satisfies ...`",
        }.get(kind_of(kind))
        if isinstance(node, Literal) and isinstance(node.value, str):
            advice = f"to compare with several texts, write `... in (..., {source})`"
        if isinstance(kind, ContextType):
            flag = next((name for name in ("exists", *kind.fields) if name in kind.fields), None)
            advice = f"name one of its facts, as in `{source}.{flag}`" if flag else None
        self.fault(
            Code.EXPRESSION_TYPE,
            node,
            f"`{source}` is {described(kind)}, where a condition (true or false) is needed",
            advice,
        )

    def expect(self, node: Node, wanted: tuple[str, ...], what: str) -> Type:
        """A part that must be of one of some kinds; ANY where it is not."""
        kind = self.type_of(node)
        if is_any(kind) or kind_of(kind) in wanted:
            return kind
        return self.fault(
            Code.EXPRESSION_TYPE,
            node,
            f"`{to_source(node)}` is {described(kind)}, where {what} is needed",
        )

    def items(self, node: Node) -> Type:
        """The type of the items of a part that must be a list."""
        kind = self.type_of(node)
        if isinstance(kind, ListType):
            return kind.item
        if not is_any(kind):
            self.fault(
                Code.EXPRESSION_TYPE,
                node,
                f"`{to_source(node)}` is {described(kind)}, where a list is needed",
            )
        return ANY

    # the walk

    def type_of(self, node: Node) -> Type:
        match node:
            case Literal(value=value):
                return _literal(value)
            case Null():
                return NULL
            case Name():
                return self._name(node)
            case Path():
                return self._path(node)
            case Negate(operand=operand):
                return self._negated(self.expect(operand, ("number", *_DURATIONS), "a number"))
            case Arithmetic():
                return self._arithmetic(node)
            case Comparison(operator=sign, left=left, right=right):
                self.doubt(
                    compare(sign, left, self.type_of(left), right, self.type_of(right), node)
                )
                return BOOLEAN
            case Between(value=value, low=low, high=high):
                self._within(value, self.type_of(value), Range(low, high), node)
                return BOOLEAN
            case In():
                return self._in(node)
            case And(parts=parts) | Or(parts=parts):
                for part in parts:
                    self.condition(part)
                return BOOLEAN
            case Not(operand=operand):
                self.condition(operand)
                return BOOLEAN
            case If():
                return self._if(node)
            case For():
                return self._for(node)
            case Quantified():
                return self._quantified(node)
            case ListLiteral(items=items):
                return self._list(node, items)
            case Filter():
                return self._filter(node)
            case Call():
                return self._call(node)
            case Range(low=low, high=high):
                self.expect(low, ("number",), "a number")
                self.expect(high, ("number",), "a number")
                return ListType(item=NumberType(whole=True))
        raise TypeError(f"{type(node).__name__} is no node of the language")

    # names

    def _name(self, node: Name) -> Type:
        for local in reversed(self.locals):
            if local.name == node.name or (local.name is None and node.name == "item"):
                local.used = True
                return local.type
            if local.name is None and isinstance(local.type, ContextType):
                kind = local.type.fields.get(node.name)
                if kind is not None:
                    local.used = True
                    return kind
        kind = self.scope.names.get(node.name)
        if kind is None and node.name == "results":
            if self.evidence:
                return RESULTS
            return self.fault(
                Code.EXPRESSION_EVIDENCE,
                node,
                "`results` may stand only in what is about the evidence",
                "write `about: evidence` beside it",
            )
        if kind is None:
            if any(local.name is None and is_any(local.type) for local in self.locals):
                return ANY  # it may be a field of items that are not known here
            message, help = missing_name(node.name, self._names())
            return self.fault(Code.EXPRESSION_NAME, node, message, help)
        if node.name in self.scope.evidence and not self.evidence:
            self.fault(
                Code.EXPRESSION_EVIDENCE,
                node,
                f"`{node.name}` is about the evidence, not about the partnership",
                "only rules and definitions marked `about: evidence` may use it",
            )
        return kind

    def _names(self) -> Names:
        return Names(self.scope.names, tuple((local.name, local.type) for local in self.locals))

    def _path(self, node: Path) -> Type:
        base = self.type_of(node.base)
        if is_any(base):
            return ANY
        owner = base.item if isinstance(base, ListType) else base
        if isinstance(owner, ContextType):
            kind = owner.fields.get(node.field)
            if kind is not None:
                return ListType(item=kind) if isinstance(base, ListType) else kind
        elif is_any(owner):
            return ANY
        # The fault lies in the last name of the path, which ends where the node ends.
        last = Name(node.field, start=max(node.start, node.end - len(node.field)), end=node.end)
        source = to_source(node)
        if isinstance(owner, ContextType):
            message, help = missing_field(source, node.field, owner, self._names())
            return self.fault(Code.EXPRESSION_NAME, last, message, help)
        return self.fault(
            Code.EXPRESSION_TYPE,
            last,
            f"`{to_source(node.base)}` is {described(base)} and holds no `{node.field}`",
        )

    # operators

    def _negated(self, kind: Type) -> Type:
        if isinstance(kind, NumberType):
            low = None if kind.high is None else -kind.high
            high = None if kind.low is None else -kind.low
            return NumberType(low=low, high=high, whole=kind.whole)
        return kind

    def _arithmetic(self, node: Arithmetic) -> Type:
        left, right = self.type_of(node.left), self.type_of(node.right)
        if is_any(left) or is_any(right):
            return ANY
        kinds = kind_of(left), kind_of(right)
        sign = node.operator
        for side in (node.left, node.right):
            if "date" in kinds and isinstance(side, Literal) and _has_hours(side.value):
                return self.fault(
                    Code.EXPRESSION_VALUE,
                    side,
                    f"a date moves by whole days, and `{to_source(side)}` is none",
                )
        result = _ARITHMETIC.get((sign, *kinds))
        if result is not None:
            if sign == "/" and isinstance(node.right, Literal) and node.right.value == 0:
                return self.fault(Code.EXPRESSION_NEVER, node, "division by zero is never known")
            if result is NUMBER and sign != "/":
                return NumberType(whole=_whole(left) and _whole(right))
            return result
        help = None
        if "number" in kinds and "date" in kinds and sign in "+-":
            number = node.right if kinds[1] == "number" else node.left
            source = to_source(number)
            days = source if source.isdigit() else "30"
            help = f'write the number as a duration, as in `duration("P{days}D")`'
        elif set(kinds) == set(_DURATIONS):
            help = "a month has no fixed number of days; use one kind of duration"
        elif "text" in kinds and "number" in kinds:
            help = "texts and numbers do not go together"
        return self.fault(
            Code.EXPRESSION_TYPE,
            node,
            f"`{sign}` has no meaning between {described(left)} and {described(right)}",
            help,
        )

    def _in(self, node: In) -> Type:
        kind = self.type_of(node.value)
        named: list[str] = []
        for test in node.tests:
            if isinstance(test, Range):
                self._within(node.value, kind, test, test)
            elif isinstance(test, UnaryTest):
                operand = self.type_of(test.operand)
                self.doubt(compare(test.operator, node.value, kind, test.operand, operand, test))
            else:
                named += _texts(test)
                self._one_of(node, kind, test)
        if isinstance(kind, TextType) and kind.values and set(kind.values) <= set(named):
            self.fault(
                Code.EXPRESSION_NEVER,
                node,
                f"`{to_source(node.value)}` can be nothing else, so this is always true",
                f"write `has value({to_source(node.value)})` to ask whether it is stated",
                Level.WARNING,
            )
        repeated = next((text for text in named if named.count(text) > 1), None)
        if repeated is not None:
            self.fault(
                Code.EXPRESSION_VALUE, node, f'`"{repeated}"` stands twice', None, Level.WARNING
            )
        return BOOLEAN

    def _one_of(self, node: In, kind: Type, test: Node) -> None:
        """`value in test`: a list means membership, anything else equality."""
        if isinstance(test, ListLiteral):
            for item in test.items:
                item_kind = self.type_of(item)
                self.doubt(compare_item(node.value, kind, item, item_kind, node))
            return
        tested = self.type_of(test)
        if isinstance(tested, ListType) and not isinstance(kind, ListType):
            self.doubt(compare_item(node.value, kind, test, tested.item, node))
        else:
            self.doubt(compare_item(node.value, kind, test, tested, node))

    def _within(self, value: Node, kind: Type, limits: Range, whole: Node) -> None:
        low, high = self.type_of(limits.low), self.type_of(limits.high)
        above, below = (">" if limits.low_open else ">="), ("<" if limits.high_open else "<=")
        first = compare(above, value, kind, limits.low, low, whole, only_never=True)
        second = compare(below, value, kind, limits.high, high, whole, only_never=True)
        self.doubt(first)
        self.doubt(second)
        if first is not None or second is not None:
            return
        if merged(low, high) is None:
            self.fault(
                Code.EXPRESSION_TYPE,
                whole,
                f"the range runs from {described(low)} to {described(high)}",
                "let both ends be of one kind",
            )
        elif _is_empty(limits):
            self.fault(
                Code.EXPRESSION_NEVER,
                whole,
                "the range is empty, so this is never true",
                "write the lower end first",
            )

    # forms

    def _if(self, node: If) -> Type:
        self.condition(node.condition)
        then, otherwise = self.type_of(node.then), self.type_of(node.otherwise)
        kind = merged(then, otherwise)
        if kind is None:
            return self.fault(
                Code.EXPRESSION_TYPE,
                node.otherwise,
                f"`then` gives {described(then)} and `else` gives {described(otherwise)}",
                "let both give the same kind",
            )
        return kind

    def _iterate(self, node: For | Quantified) -> list[_Local]:
        made: list[_Local] = []
        for name, source in node.iterators:
            item = self.items(source)
            if name == "item":
                self.fault(
                    Code.EXPRESSION_NAME,
                    node,
                    "`item` always means the item of a filter",
                    "choose another name for the variable",
                )
            elif name in self.scope.names or any(local.name == name for local in self.locals):
                self.fault(
                    Code.EXPRESSION_NAME,
                    node,
                    f"the variable `{name}` hides another `{name}`",
                    "choose another name for the variable",
                    Level.WARNING,
                )
            local = _Local(name, item)
            self.locals.append(local)
            made.append(local)
        return made

    def _leave(self, node: Node, made: list[_Local]) -> None:
        for local in made:
            if not local.used:
                self.fault(
                    Code.EXPRESSION_NAME,
                    node,
                    f"the variable `{local.name}` is never used",
                    f"write `{local.name}.` before the facts of an item",
                    Level.WARNING,
                )
        del self.locals[len(self.locals) - len(made) :]

    def _for(self, node: For) -> Type:
        made = self._iterate(node)
        result = self.type_of(node.result)
        self._leave(node, made)
        return ListType(item=result)

    def _quantified(self, node: Quantified) -> Type:
        made = self._iterate(node)
        self.condition(node.condition)
        self._leave(node, made)
        return BOOLEAN

    def _list(self, node: ListLiteral, items: tuple[Node, ...]) -> Type:
        kind: Type = ANY
        for place, item in enumerate(items):
            here = self.type_of(item)
            joined = merged(kind, here) if place else here
            if joined is None:
                self.fault(
                    Code.EXPRESSION_TYPE,
                    item,
                    f"the list holds {described(kind)} and {described(here)}",
                    "let all items be of one kind",
                )
                return ListType(item=ANY)
            kind = joined
        return ListType(item=kind)

    def _filter(self, node: Filter) -> Type:
        item = self.items(node.base)
        local = _Local(None, item)
        self.locals.append(local)
        kind = self.type_of(node.condition)
        if isinstance(kind, NumberType):
            self.locals.pop()
            position = node.condition.value if isinstance(node.condition, Literal) else None
            if position == 0 or kind.low == kind.high == 0:
                return self.fault(
                    Code.EXPRESSION_VALUE, node.condition, "positions are counted from 1"
                )
            if position is not None and not isinstance(position, int):
                return self.fault(
                    Code.EXPRESSION_VALUE, node.condition, "a position is a whole number"
                )
            return item
        self.must_hold(node.condition, kind)
        if not local.used and not is_any(item) and not is_any(kind):
            self.fault(
                Code.EXPRESSION_NAME,
                node.condition,
                "the condition of the filter says nothing about the items",
                "name a fact of the items, or `item`",
                Level.WARNING,
            )
        self.locals.pop()
        return ListType(item=item)

    # functions

    def _call(self, node: Call) -> Type:
        name, arguments = node.function, node.arguments
        if name == "today":
            return DATE
        if name in ("has value", "is defined"):
            return self._asking(node)
        if name in _TEXT_FUNCTIONS:
            for argument in arguments:
                self.expect(argument, ("text",), "a text")
            if name == "string length":
                return _COUNT
            return TEXT if name.endswith("case") else BOOLEAN
        if name in ("sum", "mean", "min", "max", "all", "any"):
            return self._over_items(node)
        if name == "count":
            self.items(arguments[0])
            return _COUNT
        if name == "distinct values":
            return ListType(item=self.items(arguments[0]))
        if name == "list contains":
            item, element = self.items(arguments[0]), self.type_of(arguments[1])
            self.doubt(compare_item(arguments[0], item, arguments[1], element, node))
            return BOOLEAN
        if name == "years and months duration":
            for argument in arguments:
                self.expect(argument, ("date",), "a date")
            return MONTHS
        if name in ("date", "duration"):
            return self._made(node)
        return self._rounded(node)

    def _asking(self, node: Call) -> Type:
        [argument] = node.arguments
        if node.function == "is defined" and not self.evidence:
            self.fault(
                Code.EXPRESSION_EVIDENCE,
                node,
                "`is defined` may stand only in what is about the evidence",
                "an unknown fact already makes a condition unknown; "
                "`has value(...)` asks whether there is one",
            )
        self.type_of(argument)
        if fact_path(argument) is None and not isinstance(argument, Path | Filter):
            self.fault(
                Code.EXPRESSION_TYPE,
                argument,
                f"`{node.function}` asks about a fact, and `{to_source(argument)}` is none",
            )
        return BOOLEAN

    def _over_items(self, node: Call) -> Type:
        """A function that takes one list, or its items as arguments."""
        name = node.function
        if len(node.arguments) == 1:
            kind = self.items(node.arguments[0])
        else:
            listed = self._list(
                ListLiteral(node.arguments, start=node.start, end=node.end), node.arguments
            )
            kind = listed.item if isinstance(listed, ListType) else ANY
        wanted, what, result = {
            "sum": (("number",), "numbers", NUMBER),
            "mean": (("number",), "numbers", NUMBER),
            "all": (("boolean",), "conditions", BOOLEAN),
            "any": (("boolean",), "conditions", BOOLEAN),
        }.get(name, (("number", "text", "date", *_DURATIONS), "numbers, texts or dates", kind))
        if not is_any(kind) and kind_of(kind) not in wanted:
            self.fault(
                Code.EXPRESSION_TYPE,
                node,
                f"`{name}` takes {what}, and these are {described(kind, plural=True)}",
            )
            return result if result is not kind else ANY
        return result

    def _made(self, node: Call) -> Type:
        """`date(text)`, `date(year, month, day)` and `duration(text)` with computed arguments."""
        name = node.function
        if len(node.arguments) == 3:
            for argument in node.arguments:
                self.expect(argument, ("number",), "a number")
            return DATE
        kind = self.type_of(node.arguments[0])
        made = DATE if name == "date" else ANY
        if kind_of(kind) in (("date",) if name == "date" else _DURATIONS):
            source = to_source(node.arguments[0])
            self.fault(
                Code.EXPRESSION_TYPE,
                node,
                f"`{source}` is {described(kind)} already",
                f"write `{source}` alone",
            )
            return kind
        if not is_any(kind) and kind_of(kind) != "text":
            self.fault(
                Code.EXPRESSION_TYPE,
                node.arguments[0],
                f"`{to_source(node.arguments[0])}` is {described(kind)}, where a text is needed",
            )
        return made

    def _rounded(self, node: Call) -> Type:
        """`abs`, `floor`, `ceiling` and `round half up`."""
        wanted = ("number", *_DURATIONS) if node.function == "abs" else ("number",)
        kind = self.expect(node.arguments[0], wanted, "a number")
        for digits in node.arguments[1:]:
            self.expect(digits, ("number",), "a number of digits")
        if not isinstance(kind, NumberType):
            return kind if node.function == "abs" else NUMBER
        if node.function == "abs":
            return NumberType(low=0, whole=kind.whole)
        return NumberType(whole=node.function != "round half up")


def _literal(value: object) -> Type:
    if isinstance(value, bool):
        return BOOLEAN
    if isinstance(value, str):
        return TextType(values=(value,))
    if isinstance(value, dt.date):
        return DATE
    if isinstance(value, dt.timedelta):
        return DAYS
    if isinstance(value, Months):
        return MONTHS
    return NumberType(low=value, high=value, whole=isinstance(value, int))  # type: ignore[arg-type]


def _is_empty(limits: Range) -> bool:
    """Do the ends of a range, both written out, leave nothing between them?"""
    if not isinstance(limits.low, Literal) or not isinstance(limits.high, Literal):
        return False
    low, high = limits.low.value, limits.high.value
    if limits.low_open or limits.high_open:
        return low >= high  # type: ignore[operator]  # of one kind, as compare has found
    return low > high  # type: ignore[operator]


def _whole(kind: Type) -> bool:
    return isinstance(kind, NumberType) and kind.whole


def _has_hours(value: object) -> bool:
    return isinstance(value, dt.timedelta) and bool(value.seconds or value.microseconds)


def _texts(test: Node) -> list[str]:
    tests = test.items if isinstance(test, ListLiteral) else (test,)
    return [one.value for one in tests if isinstance(one, Literal) and isinstance(one.value, str)]


_ARITHMETIC: Final[dict[tuple[str, str, str], Type]] = {
    ("+", "number", "number"): NUMBER,
    ("+", "text", "text"): TEXT,
    ("+", "date", "days"): DATE,
    ("+", "date", "months"): DATE,
    ("+", "days", "date"): DATE,
    ("+", "months", "date"): DATE,
    ("+", "days", "days"): DAYS,
    ("+", "months", "months"): MONTHS,
    ("-", "number", "number"): NUMBER,
    ("-", "date", "date"): DAYS,
    ("-", "date", "days"): DATE,
    ("-", "date", "months"): DATE,
    ("-", "days", "days"): DAYS,
    ("-", "months", "months"): MONTHS,
    ("*", "number", "number"): NUMBER,
    ("*", "days", "number"): DAYS,
    ("*", "months", "number"): MONTHS,
    ("*", "number", "days"): DAYS,
    ("*", "number", "months"): MONTHS,
    ("/", "number", "number"): NUMBER,
    ("/", "days", "number"): DAYS,
    ("/", "months", "number"): MONTHS,
    ("/", "days", "days"): NUMBER,
    ("/", "months", "months"): NUMBER,
}
