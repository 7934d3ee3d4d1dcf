"""Expressions as Python source, for those that are evaluated on many cases.

A closure for each part of an expression is quick to make, but costs a call each time it is
evaluated. Once a strategy has met a number of cases, its expressions are compiled anew and their
values written as source: each part as a Python expression inside that of the part around it, so
that only whole leaves and loops are functions. What is rare (lists with items that are only
possible, numbers of which only the bounds are known, kinds that do not go together) is left to the
functions of `logic` and `functions`, and what has no source here to its closure. Tests hold the two
to each other and to the oracle. evidence_source.py does the same for what a value rests on.
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from . import functions, logic
from .codes import RECALLED, kind_known, locals_of
from .compiling import (
    DEFINED,
    FACTS,
    SUPPLIED,
    TODAY,
    WORK,
    Code,
    Compiler,
    Frame,
    Local,
    Names,
    Supplied,
    TooMuchWork,
    is_silent,
    member,
)
from .paths import steps_of
from .syntax import Filter, For, Node, Quantified
from .types import ContextType, ListType, is_scalar
from .values import NONE, UNKNOWN, Number, Uncertain, Value

MAX_DEPTH: Final = 20
"""Parts inside one another in one piece of source; Python has a limit too."""

CONDITIONS: Final = frozenset(
    ("compare", "connected", "not", "is none", "has value", "among", "quantified")
)
"""The kinds of expression that are true, false or unknown by their form."""

_SIGNS: Final = {"=": "==", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


class Text(NamedTuple):
    """A value as a Python expression, and the lines that have to stand before it. `parts` are the
    variables that hold the values of its parts once it was found unknown, where it is a connective.
    """

    text: str
    before: frozenset[str] = frozenset()
    depth: int = 0
    parts: tuple[str, ...] = ()


class Generator(Compiler):
    """Compiles expressions so that their values are quick to compute, at the price of being slower
    to make. All that one generator writes shares one namespace."""

    def __init__(self, names: Names) -> None:
        super().__init__(names)
        self.given: dict[str, Any] = {
            "U": UNKNOWN,
            "NONE": NONE,
            "NO_FACTS": {},
            "member": member,
            "equal": logic.equal,
            "order": logic.order,
            "ordered": logic.ORDERED,
            "is_none": logic.is_none,
            "has_value": logic.has_value,
            "Supplied": Supplied,
            "LATE": object(),
            "numbers": logic.NUMBERS,
            "alike": _alike,
            "too_much": _too_much,
            "uncertain": _uncertain,
        }
        self._numbers = 0
        self._loops: dict[tuple[Node, Local], Code] = {}
        # An expression is kept with its source, so that its identity is not given to another.
        self._written: dict[int, tuple[Code, Text]] = {}

    def compile(self, node: Node, scope: Local | None) -> Code:
        if scope is None or not isinstance(node, Quantified | Filter | For):
            return super().compile(node, scope)
        # The same loop inside others alike is the same code, so that what it found is recalled.
        code = self._loops.get((node, scope))
        if code is None:
            code = self._loops[node, scope] = super().compile(node, scope)
        return code

    def repeated(self, node: Node, scope: Local) -> Code:
        # The closures of loops call it for each item of a list that is not plain.
        code = self.compile(node, scope)
        code.value = self.function(self.write(code))
        return code

    def function(self, text: Text) -> Callable[[Frame], Value]:
        """The function of a frame that a piece of source is."""
        return self.define("frame", [*sorted(text.before), f"return {text.text}"])

    def define(self, parameters: str, lines: Iterable[str]) -> Callable[..., Any]:
        """A function with these lines."""
        name = self.new("function")
        body = "\n".join(f"    {line}" for line in lines)
        head = f"def {name}({parameters}):\n"
        if "facts" in body:
            head += f"    facts = frame[{FACTS}]\n"
        source = head + body
        exec(compile(source, "<expressions>", "exec"), self.given)
        made: Callable[..., Any] = self.given.pop(name)
        return made

    def bind(self, value: Any) -> str:
        """What the source calls a value by."""
        if value is True or value is False or type(value) is str:
            return repr(value)
        name = self.new("given")
        self.given[name] = value
        return name

    def new(self, prefix: str) -> str:
        """A name that was not used before."""
        self._numbers += 1
        return f"{prefix}{self._numbers}"

    # the source of each kind of expression

    def write(self, code: Code) -> Text:
        """The value of a compiled expression as source."""
        known = self._written.get(id(code))
        if known is None:
            known = self._written[id(code)] = code, self._write(code)
        return known[1]

    def _write(self, code: Code) -> Text:
        kind, *parts = code.origin or ("called",)
        write = getattr(self, f"_write_{kind.replace(' ', '_')}", None)
        made: Text | None = None
        if write is not None and not (code.daily and kind != "constant" and kind != "today"):
            made = write(*parts)
        if made is None or made.depth > MAX_DEPTH:
            return Text(f"{self.bind(code.value)}(frame)")
        return made

    def _join(self, text: str, parts: Iterable[Text]) -> Text:
        inside = tuple(parts)
        before = frozenset().union(*(part.before for part in inside))
        return Text(text, before, 1 + max((part.depth for part in inside), default=0))

    def _write_constant(self, value: Value) -> Text:
        return Text(self.bind(value))

    def _write_today(self) -> Text:
        return Text(f"frame[{TODAY}]")

    def _write_fact(self, names: tuple[str, ...]) -> Text:
        head, *steps = names
        if not steps:
            return Text(f"facts.get({head!r}, U)")
        if not head.isidentifier():
            return self._steps(f"facts.get({head!r}, NO_FACTS)", steps)
        group = f"group_{head}"
        opening = frozenset((f"{group} = facts.get({head!r}, NO_FACTS)",))
        return self._steps(group, steps)._replace(before=opening)

    def _steps(self, group: str, steps: Sequence[str]) -> Text:
        """The fact that steps lead to from a group of facts."""
        *on_the_way, last = steps
        for step in on_the_way:
            group = f"{group}.get({step!r}, NO_FACTS)"
        return Text(f"{group}.get({last!r}, U)")

    def _write_local(self, slot: int) -> Text:
        return Text(f"item{slot}", frozenset((f"item{slot} = frame[{slot}]",)))

    def _write_definition(self, name: str) -> Text:
        return Text(f"frame[{DEFINED}][{name!r}]")

    def _write_supplied(self, name: str) -> Text:
        return Text(f"frame[{SUPPLIED}].get({name!r}, U)")

    def _write_member(self, base: Code, name: str) -> Text:
        steps = item_steps(base)
        if steps is not None:
            slot, *names = steps
            text = self._steps(f"item{slot}_facts", [*names, name])
            return text._replace(before=frozenset(item_lines(slot)[:2]))
        if base.origin[:1] == ("local",) and isinstance(base.type, ContextType):
            return self._supplied_member(base.origin[1], name)
        inner, one = self.write(base), self.new("part")
        if isinstance(base.type, ListType):
            return self._join(f"member({inner.text}, {name!r})", [inner])
        supplied = f"isinstance({one}, Supplied) and {name!r} in {one}.known"
        return self._join(
            f"({one}.get({name!r}, U) if type({one} := {inner.text}) is dict"
            f" else {one}.known[{name!r}] if {supplied} else member({one}, {name!r}))",
            [inner],
        )

    def _supplied_member(self, slot: int, name: str) -> Text:
        """A member of an item that the program supplies."""
        item, _, known = item_lines(slot)
        one = self.new("part")
        return Text(
            f"({one} if ({one} := item{slot}_known.get({name!r}, LATE)) is not LATE"
            f" else member(item{slot}, {name!r}))",
            frozenset((item, known)),
        )

    def _write_apply(self, function: Callable[..., Value], codes: Sequence[Code]) -> Text:
        """A function that is total over all values."""
        parts = [self.write(code) for code in codes]
        return self._join(f"{self.bind(function)}({', '.join(part.text for part in parts)})", parts)

    def _write_call(self, function: functions.Function, codes: Sequence[Code]) -> Text:
        if function.name == "has value":
            return self._write_has_value(codes[0])
        if function.name == "count":
            inner, one = self.write(codes[0]), self.new("part")
            count = self.bind(function.apply)
            return self._join(
                f"(len({one}) if type({one} := {inner.text}) is list"
                f" else U if {one} is U else {count}({one}))",
                [inner],
            )
        if function.partial and not (function.variadic and len(codes) != 1):
            return self._write_apply(function.apply, codes)
        parts = [self.write(code) for code in codes]
        arguments = ", ".join(part.text for part in parts)
        apply, which = self.bind(functions.apply), self.bind(function)
        return self._join(f"{apply}({which}, [{arguments}])", parts)

    def _write_list(self, codes: Sequence[Code]) -> Text:
        parts = [self.write(code) for code in codes]
        return self._join(f"[{', '.join(part.text for part in parts)}]", parts)

    def _write_is_none(self, operand: Code) -> Text:
        return self._ask(operand, "True", "False", "is_none")

    def _write_has_value(self, operand: Code) -> Text:
        return self._ask(operand, "False", "True", "has_value")

    def _ask(self, operand: Code, none: str, some: str, ask: str) -> Text:
        inner, one = self.write(operand), self.new("part")
        return self._join(
            f"(U if ({one} := {inner.text}) is U else {none} if {one} is NONE"
            f" else {some} if type({one}) is str else {ask}({one}))",
            [inner],
        )

    def _write_compare(self, sign: str, left: Code, right: Code) -> Text:
        if sign == "!=":
            return self._opposite(self._write_compare("=", left, right))
        first, second = self.write(left), self.write(right)
        one, python = self.new("part"), _SIGNS[sign]
        general = "equal(" if sign == "=" else f"order({sign!r}, "
        if sign == "=" and kind_known(left) == kind_known(right) == "text":
            if right.origin[:1] == ("constant",):
                text = f"(U if ({one} := {first.text}) is U else {one} == {second.text})"
                return self._join(text, [first])
            other = self.new("part")
            return self._join(
                f"(U if ({one} := {first.text}) is U or ({other} := {second.text}) is U"
                f" else {one} == {other})",
                [first, second],
            )
        if right.origin and right.origin[0] == "constant":
            other = second.text
            kind = type(right.origin[1])
            if kind not in logic.ORDERED:
                return self._join(f"{general}{first.text}, {other})", [first])
            if left.origin[:2] == ("apply", logic.subtract) and kind in logic.NUMBERS:
                compared = self.bind(_difference(sign, right.origin[1]))
                sides = [self.write(side) for side in left.origin[2]]
                return self._join(f"{compared}({sides[0].text}, {sides[1].text})", sides)
            if kind is Fraction:
                # Of whole numbers: what is compared with a quotient is multiplied out.
                above, below = right.origin[1].as_integer_ratio()
                return self._join(
                    f"({one}.numerator * {below} {python} {above} * {one}.denominator"
                    f" if type({one} := {first.text}) in numbers"
                    f" else U if {one} is U else {general}{one}, {other}))",
                    [first],
                )
            return self._join(
                f"({one} {python} {other} if type({one} := {first.text}) is {self._kind(kind)}"
                f" else U if {one} is U else {general}{one}, {other}))",
                [first],
            )
        other, kind_name = self.new("part"), self.new("part")
        return self._join(
            f"({one} {python} {other} if ({kind_name} := type({one} := {first.text}))"
            f" is type({other} := {second.text}) and {kind_name} in ordered"
            f" else U if {one} is U or {other} is U else {general}{one}, {other}))",
            [first, second],
        )

    def _kind(self, kind: type) -> str:
        return kind.__name__ if kind in (int, str) else self.bind(kind)

    def _write_among(
        self, value: Code, words: frozenset[str] | None, constants: list[Value]
    ) -> Text | None:
        if words is None:
            return None
        inner, one = self.write(value), self.new("part")
        return self._join(
            f"({one} in {self.bind(words)} if type({one} := {inner.text}) is str"
            f" else {self.bind(_among)}({one}, {self.bind(constants)}))",
            [inner],
        )

    def _write_not(self, operand: Code) -> Text:
        return self._opposite(self.write(operand))

    def _opposite(self, inner: Text) -> Text:
        one = self.new("part")
        text = f"(False if ({one} := {inner.text}) is True else True if {one} is False else U)"
        return self._join(text, [inner])

    def _write_connected(self, decisive: bool, codes: Sequence[Code]) -> Text:
        parts = [self.write(code) for code in codes]
        names = [self.new("part") for _ in codes]
        other = not decisive
        decided = " or ".join(
            f"({name} := {part.text}) is {decisive}"
            for name, part in zip(names, parts, strict=True)
        )
        rest = " and ".join(f"{name} is {other}" for name in names)
        made = self._join(f"({decisive} if {decided} else {other} if {rest} else U)", parts)
        return made._replace(parts=tuple(names))

    def _write_if(self, condition: Code, then: Code, otherwise: Code) -> Text:
        parts = [self.write(condition), self.write(then), self.write(otherwise)]
        decide, first, second = (part.text for part in parts)
        state, one = self.new("part"), self.new("part")
        return self._join(
            f"({first} if ({state} := {decide}) is True else {second} if {state} is False"
            f" else {one} if equal({one} := {first}, {second}) is True else U)",
            parts,
        )

    # loops: a function of their own, called from the source

    def _write_quantified(
        self,
        every: bool,
        items: Code,
        slot: int,
        condition: Code,
        general: Callable[[Frame], Value],
    ) -> Text:
        inner = self.write(condition)
        among = "items" if every else self.candidates(items, slot, condition)
        lines = [
            f"result = {every}",
            *_loop(slot, inner, among),
            f"    if given is {not every}:",
            f"        return {not every}",
            f"    if given is not {every}:",
            "        result = U",
            "return result",
        ]
        return self._looping(items, slot, condition, general, lines)

    def _write_filtered(
        self, items: Code, slot: int, condition: Code, general: Callable[[Frame], Value]
    ) -> Text | None:
        inner = self.write(condition)
        # What may be a position picks no item of an empty list, and none is kept for it.
        empty = [] if _is_condition(condition) else ["if not items:", self._left_to(general, 1)]
        lines = [
            *empty,
            "kept, doubts = [], []",
            *_loop(slot, inner, self.candidates(items, slot, condition)),
            "    if given is True:",
            f"        kept.append(item{slot})",
            "    elif given is U:",
            "        doubts.append(len(kept))",
            f"        kept.append(item{slot})",
            "    elif given is not False:",
            # It is a position.
            self._left_to(general, 2),
            "return uncertain(kept, doubts) if doubts else kept",
        ]
        return self._looping(items, slot, condition, general, lines)

    def _write_mapped(
        self, items: Code, slot: int, result: Code, general: Callable[[Frame], Value]
    ) -> Text:
        inner = self.write(result)
        lines = ["made = []", *_loop(slot, inner), "    made.append(given)", "return made"]
        return self._looping(items, slot, result, general, lines)

    def _looping(
        self,
        items: Code,
        slot: int,
        repeated: Code,
        general: Callable[[Frame], Value],
        lines: list[str],
    ) -> Text:
        """A loop over a plain list; any other list is left to the closure."""
        source, inner = self.write(items), self.write(repeated)
        loop = self.define(
            "frame",
            [
                *sorted((source.before | inner.before) - frozenset(item_lines(slot))),
                f"items = {source.text}",
                "if type(items) is not list:",
                "    if items is U:",
                "        return U",
                self._left_to(general, 1),
                f"if (left := frame[{WORK}] - len(items)) < 0:",
                "    too_much()",
                f"frame[{WORK}] = left",
                *lines,
            ],
        )
        around = locals_of(items, repeated, besides=slot)
        if around and all(is_scalar(kind) for kind in around.values()):
            loop = self._recalled(loop, around)
        return Text(f"{self.bind(loop)}(frame)")

    def _recalled(
        self, loop: Callable[[Frame], Value], around: Iterable[int]
    ) -> Callable[[Frame], Value]:
        """A loop inside others that runs once for the same values of the variables around it."""
        name = self.bind(loop)
        values = ", ".join(f"frame[{slot}]" for slot in around)
        lines = (
            f"found = frame[{RECALLED}].get(run := ({name!r}, {values}))",
            "if found is None:",
            f"    found = frame[{RECALLED}][run] = {name}(frame)",
            "return found",
        )
        return self.define("frame", lines)

    def is_fixed(self, items: Code) -> bool:
        """Is a list the same for all that is asked of a case: a fact or a definition?"""
        return items.origin[:1] in (("fact",), ("definition",))

    def candidates(self, items: Code, slot: int, condition: Code) -> str:
        """The source of the items of a list `items` for which a condition can be true or unknown.

        Where it asks that a text of the item be equal to one from outside the loop, these are
        looked up: the loop runs again and again over the same list, which is a fact or definition,
        or it runs over one that the program supplies, which is long and of which others ask alike.
        """
        equality = _equality(condition, slot)
        supplied = items.origin[:1] == ("supplied",)
        if equality is None or not (supplied or self.is_fixed(items)):
            return "items"
        name, other = equality
        if not supplied and not locals_of(other):
            return "items"
        key = f"{self.write(items).text} by {name}"
        return f"alike(frame, items, {key!r}, {name!r}, {self.write(other).text})"

    def _left_to(self, general: Callable[[Frame], Value], depth: int) -> str:
        return f"{'    ' * depth}return {self.bind(general)}(frame)"


def needed_fact(code: Code) -> str | None:
    """The name of a fact, or of a group of facts, without which an expression is unknown; None
    where there is none, or that cannot be told from its form."""
    kind, *parts = code.origin or ("called",)
    if kind == "fact":
        name: str = parts[0][0]
        return name
    needed: Sequence[Code] = ()
    if kind in ("not", "is none", "has value", "member", "among", "filtered", "mapped"):
        needed = parts[:1]
    elif kind == "compare":
        needed = parts[1:]
    elif kind == "quantified":
        needed = parts[1:2]  # its list
    elif kind == "apply":
        needed = parts[1]
    elif kind == "call":
        function, arguments = parts
        if len(arguments) == 1 or not function.variadic:
            # One that weighs what is known of its list needs the list itself.
            needed = arguments[:1] if function.partial else arguments
    return next(filter(None, map(needed_fact, needed)), None)


def item_lines(slot: int) -> tuple[str, str, str]:
    """The lines that read an item of a list, its facts where it is a group of facts, and what is
    known of it where the program supplies it. In the order of the alphabet they stand like this."""
    item = f"item{slot}"
    facts = f"{item} if type({item}) is dict else NO_FACTS"
    return (
        f"{item} = frame[{slot}]",
        f"{item}_facts = {facts}",
        f"{item}_known = {item}.known if isinstance({item}, Supplied) else {facts}",
    )


def item_opening(slot: int, before: frozenset[str], lines: Iterable[str]) -> list[str]:
    """What stands before lines that are done for each item of a list: `before` has what they need,
    and functions that they call find the item in the frame."""
    found = [f"frame[{slot}] = item{slot}"] if any("(frame" in line for line in lines) else []
    return found + [line for line in item_lines(slot)[1:] if line in before]


def item_steps(code: Code) -> tuple[Any, ...] | None:
    """The slot of a local variable and the names that lead to a group of facts of its item."""
    return None if is_silent(code) else steps_of(code)


def _loop(slot: int, inner: Text, among: str = "items") -> list[str]:
    opening = item_opening(slot, inner.before, [inner.text])
    return [
        f"for item{slot} in {among}:",
        *(f"    {line}" for line in opening),
        f"    given = {inner.text}",
    ]


def _is_condition(code: Code) -> bool:
    """Is it true or false by its form, and no number?"""
    return bool(code.origin) and code.origin[0] in CONDITIONS


def _equality(condition: Code, slot: int) -> tuple[str, Code] | None:
    """The name of a text of the item in `slot`, and another text, from outside its loop, that it
    must be equal to for a condition to be true."""
    kind, *parts = condition.origin or ("called",)
    if kind == "connected" and parts[0] is False:
        return next(filter(None, (_equality(part, slot) for part in parts[1])), None)
    if kind != "compare" or parts[0] != "=":
        return None
    for one, other in (parts[1:], parts[:0:-1]):
        around = locals_of(other)
        if (
            (one.origin[:1] == ("member",) and steps_of(one.origin[1]) == (slot,))
            and kind_known(one) == kind_known(other) == "text"
            and around is not None
            and slot not in around
        ):
            return one.origin[2], other
    return None


_ANY_ITEM: Final[dict[Value, list[Value]]] = {}
"""In place of the items by the values of a fact, where some are not known."""
_NOTHING_KNOWN: Final[dict[str, Value]] = {}


def _alike(frame: Frame, items: list[Value], key: str, name: str, wanted: Value) -> list[Value]:
    """The items of a list of which a text is equal to another, or not known; `key` says which list
    and which text of its items."""
    by_text = frame[RECALLED].get(key)
    if by_text is None:
        by_text = defaultdict(list)
        for item in items:
            known = item if type(item) is dict else getattr(item, "known", _NOTHING_KNOWN)
            by_text[known.get(name)].append(item)
        # What has no such text is equal to none; it is not so where the text is not known.
        by_text.pop(NONE, None)
        if not {*map(type, by_text)} <= {str}:
            by_text = _ANY_ITEM
        frame[RECALLED][key] = by_text
    if by_text is _ANY_ITEM or type(wanted) is not str:
        return items
    found: list[Value] = by_text.get(wanted, [])
    return found


def _difference(sign: str, number: Number) -> Callable[[Value, Value], Value]:
    """What compares the difference of two values with a number. Where they are numbers, all is
    multiplied out, so that no fraction has to be made."""
    above, below = number.as_integer_ratio()
    compare = operator.eq if sign == "=" else logic.COMPARE[sign]

    def compared(left: Value, right: Value) -> Value:
        if type(left) in logic.NUMBERS and type(right) in logic.NUMBERS:
            one, one_below = left.as_integer_ratio()
            other, other_below = right.as_integer_ratio()
            difference = one * other_below - other * one_below
            return compare(difference * below, above * one_below * other_below)
        difference = logic.subtract(left, right)
        if sign == "=":
            return logic.equal(difference, number)
        return logic.order(sign, difference, number)

    return compared


def _uncertain(kept: list[Value], doubts: list[int]) -> Uncertain:
    """A list of which the items at the positions `doubts` are only possible."""
    possible = frozenset(doubts)
    return Uncertain(tuple([(item, place not in possible) for place, item in enumerate(kept)]))


def _too_much() -> None:
    raise TooMuchWork("looks at too many list items")


def _among(given: Value, constants: list[Value]) -> Value:
    if given is UNKNOWN:
        return UNKNOWN
    return logic.disjunction(logic.equal(given, constant) for constant in constants)
