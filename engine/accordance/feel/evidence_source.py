"""The evidence of expressions as Python source, as generating.py has it for their values.

Each part of an expression becomes lines that enter the facts on which it rests, and those that are
missing, just where its closure would: what is a fact is looked up and entered without a call, and a
connective asks each of its parts for its value once. What is rare is left to the closures: lists
with items that are only possible, reasons why something cannot be computed, kinds of expression
that have no source here. Tests hold the two to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from . import functions, logic
from .codes import PATHS, Code, Evidence, Frame, is_silent
from .compiling import no_result, no_result_reason
from .generating import MAX_DEPTH, Generator, Text, item_lines, item_steps
from .types import BOOLEAN, DATE, DAYS, MONTHS, ListType, NumberType, TextType, Type
from .values import Value

_OPENING: Final = (
    "known, missing, decided = found.facts, found.missing, found.decided",
    f"paths = frame[{PATHS}]",
)


class Notes(NamedTuple):
    """Lines that enter evidence into `known` and `missing`, and the lines that have to stand
    before them."""

    lines: tuple[str, ...] = ()
    before: frozenset[str] = frozenset()
    depth: int = 0


_NOTHING: Final = Notes()


class EvidenceWriter:
    """Writes the evidence of expressions that `generator` compiled."""

    def __init__(self, generator: Generator) -> None:
        self._values = generator
        generator.given |= {"are_groups": _are_groups, "no_result": no_result}

    def replace(self, code: Code) -> None:
        """Let a whole expression give its evidence from source, which is written when the evidence
        is first asked for. A simple one has little to gain."""
        if is_silent(code) or code.simple:
            return
        closure = code.evidence

        def first(frame: Frame, found: Evidence) -> None:
            # What has no source here is left to the closure, never to this function.
            code.evidence = closure
            code.evidence = self.function(code)
            code.evidence(frame, found)

        code.evidence = first

    def function(self, code: Code) -> Callable[[Frame, Evidence], None]:
        """What enters the evidence of an expression."""
        notes = self.notes(code)
        return self._define([*sorted(notes.before), *notes.lines])

    def notes(self, code: Code) -> Notes:
        """The lines for a part of an expression."""
        if is_silent(code):
            return _NOTHING
        kind, *parts = code.origin or ("called",)
        write = getattr(self, f"_note_{kind.replace(' ', '_')}", None)
        made: Notes | None = None if write is None else write(code, *parts)
        if made is None or made.depth > MAX_DEPTH:
            return Notes((self._closure(code),))
        return made

    def _known(self, code: Code) -> Notes:
        """The lines for a part of which the value is known."""
        if code.origin and code.origin[0] == "call" and not is_silent(code):
            return self._note_list(code, code.origin[2])
        return self.notes(code)

    def _closure(self, code: Code) -> str:
        return f"{self._values.bind(code.evidence)}(frame, found)"

    def _define(self, lines: Iterable[str]) -> Callable[[Frame, Evidence], None]:
        return self._values.define("frame, found", [*_OPENING, *lines])

    # facts

    def _note_fact(self, code: Code, names: tuple[str, ...]) -> Notes:
        value = self._values.write(code)
        return Notes(self._fact(value.text, repr(".".join(names))), value.before)

    def _fact(self, value: str, path: str) -> tuple[str, ...]:
        one = self._values.new("part")
        return (
            f"if ({one} := {value}) is U:",
            f"    missing[{path}] = None",
            "else:",
            f"    known[{path}] = {one}",
        )

    def _note_local(self, code: Code, slot: int) -> Notes:
        if _is_scalar(code.type):
            # Only groups have a path.
            return _NOTHING
        lines = f"if path{slot} is not None:", f"    known[path{slot}] = item{slot}"
        return Notes(lines, frozenset(_item(slot)))

    def _note_member(self, code: Code, base: Code, name: str) -> Notes | None:
        if _is_item_fact(code):
            return self._item_fact(code, ())
        if not isinstance(base.type, ListType) or base.locate_items is not None:
            return None
        items, inner = self._values.write(base), self.notes(base)
        group, places = self._values.new("part"), self._values.new("places")
        doubt = [f"not {group}", f"None in {places}"] if base.locate is not None else ["True"]
        lines = (
            f"if type({group} := {items.text}) is list:",
            f"    {places} = [paths.get(id(item)) for item in {group}]",
            *(_inside(f"    if {' or '.join(doubt)}:", inner.lines, 2) if inner.lines else ()),
            f"    for item, place in zip({group}, {places}):",
            "        if place is not None:",
            *_deeper(self._fact(f"item.get({name!r}, U)", f"place + {'.' + name!r}"), 3),
            *_inside(f"elif {group} is U:", inner.lines or ["pass"]),
            "else:",
            f"    {self._closure(code)}",
        )
        return _joined(lines, [items, inner])

    def _item_fact(self, code: Code, otherwise: Iterable[str]) -> Notes:
        """A fact of an item of a list; `otherwise` is what is to be done for an item that is no
        fact's."""
        _, base, name = code.origin
        slot, *names = *(item_steps(base) or ()), name
        value = self._values.write(code)
        path = f"path{slot} + {'.' + '.'.join(names)!r}"
        lines = _inside(f"if path{slot} is not None:", self._fact(value.text, path))
        if otherwise:
            lines += _inside("else:", otherwise)
        return Notes(tuple(lines), value.before | frozenset(_item(slot)))

    # operators and functions

    def _note_not(self, code: Code, operand: Code) -> Notes:
        return self.notes(operand)

    _note_is_none = _note_has_value = _note_flattened = _note_not

    def _note_among(self, code: Code, value: Code, *constants: Value) -> Notes:
        return self.notes(value)

    def _note_list(self, code: Code, items: Iterable[Code]) -> Notes:
        parts = [self.notes(item) for item in items]
        return _joined([line for part in parts for line in part.lines], parts)

    def _note_apply(
        self, code: Code, function: Callable[..., Value], operands: Iterable[Code]
    ) -> Notes:
        return self._excused(code, self._note_list(code, operands))

    def _note_compare(self, code: Code, sign: str, left: Code, right: Code) -> Notes:
        if code.excuse is None:
            # A fact against a constant: what is not known is the fact.
            return self.notes(left)
        parts = self._note_list(code, (left, right))
        alike = _kind(left) is not None and _kind(left) == _kind(right)
        return parts if alike else self._excused(code, parts)

    def _excused(self, code: Code, parts: Notes) -> Notes:
        if code.excuse is None:
            return parts
        value = self._values.write(code)
        excuse = f"    {self._values.bind(code.excuse)}(frame, found)"
        return _joined(
            (*parts.lines, f"if not decided and {value.text} is U:", excuse), [value, parts]
        )

    def _note_call(
        self, code: Code, function: functions.Function, arguments: list[Code]
    ) -> Notes | None:
        if function.name == "has value":
            (argument,) = arguments
            # Only a fact that is missing leaves this open.
            if argument.origin and argument.origin[0] == "fact":
                return self.notes(argument)
            if _is_item_fact(argument):
                return self._item_fact(argument, [self._closure(code)])
        value, parts = self._values.write(code), self._note_list(code, arguments)
        facts = [one for one in arguments if one.origin and one.origin[0] == "fact"]
        if all(one in facts or one.daily for one in arguments):
            # Where a fact is missing, nothing else needs to be said.
            known = [f"{self._values.write(one).text} is not U" for one in facts]
            reason = f"found.reasons[{no_result_reason(function.name)!r}] = None"
            doubt = " and ".join(["not decided", *known, f"{value.text} is U"])
            return _joined((*parts.lines, f"if {doubt}:", f"    {reason}"), [value, parts])
        gather = self._values.bind(self._define([*sorted(parts.before), *parts.lines]))
        unknown = f"no_result({gather}, {function.name!r}, frame, found)"
        lines = [f"if not decided and {value.text} is U:", f"    {unknown}"]
        if parts.lines:
            lines += _inside("else:", parts.lines)
        return _joined(lines, [value, parts])

    def _note_connected(self, code: Code, decisive: bool, codes: list[Code]) -> Notes:
        values = [self._values.write(one) for one in codes]
        notes = [self.notes(one) for one in codes]
        states, chosen = [self._values.new("part") for _ in codes], self._values.new("chosen")
        other = not decisive
        decided = " or ".join(f"{state} is {decisive}" for state in states)
        rest = " and ".join(f"{state} is {other}" for state in states)
        lines = [f"{state} = {value.text}" for state, value in zip(states, values, strict=True)]
        lines.append(f"{chosen} = {decisive} if {decided} else {other} if {rest} else U")
        for state, part in zip(states, notes, strict=True):
            if part.lines:
                lines += _inside(f"if {state} is {chosen}:", part.lines)
        return _joined(lines, [*values, *notes])

    def _note_if(self, code: Code, condition: Code, then: Code, otherwise: Code) -> Notes:
        value, state = self._values.write(condition), self._values.new("part")
        parts = [self.notes(condition), self.notes(then), self.notes(otherwise)]
        lines = [*parts[0].lines, f"{state} = {value.text}"]
        for part, passed in ((parts[1], False), (parts[2], True)):
            if part.lines:
                lines += _inside(f"if {state} is not {passed}:", part.lines)
        return _joined(lines, [value, *parts])

    # loops: a function of their own, called from the source

    def _note_quantified(
        self, code: Code, every: bool, items: Code, slot: int, condition: Code, *_: Any
    ) -> Notes:
        value, inner = self._values.write(condition), self.notes(condition)
        lines: list[str] = []
        if inner.lines:
            lines = [
                f"chosen, states = {every}, []",
                f"for item{slot} in items:",
                f"    frame[{slot}] = item{slot}",
                f"    {item_lines(slot)[1]}",
                f"    if (given := {value.text}) is {not every}:",
                f"        chosen = {not every}",
                f"    elif given is not {every}:",
                "        given = U",
                f"        if chosen is {every}:",
                "            chosen = U",
                "    states.append(given)",
                f"for item{slot}, given in zip(items, states):",
                "    if given is chosen:",
                *_deeper(_entering(slot, inner), 2),
            ]
        return self._looping(code, items, slot, lines, [value, inner], items.locate is not None)

    def _note_filtered(self, code: Code, items: Code, slot: int, condition: Code, *_: Any) -> Notes:
        inner = self.notes(condition)
        lines = _over_all(slot, inner)
        return self._looping(code, items, slot, lines, [inner], items.locate is not None)

    def _note_mapped(self, code: Code, items: Code, slot: int, result: Code, *_: Any) -> Notes:
        inner = self.notes(result)
        return self._looping(code, items, slot, _over_all(slot, inner), [inner], False)

    def _looping(
        self,
        code: Code,
        items: Code,
        slot: int,
        lines: Iterable[str],
        parts: list[Text | Notes],
        by_items: bool,
    ) -> Notes:
        """A loop over a plain list; any other list is left to the closure. Where the items are
        groups and the evidence goes `by_items`, the list itself is not named beside them."""
        source, itself = self._values.write(items), self.notes(items)
        entered: Iterable[str] = self._known(items).lines
        if by_items and entered:
            entered = _inside("if not items or not are_groups(items):", entered)
        before = frozenset().union(*(part.before for part in (*parts, source, itself)))
        loop = self._define(
            [
                *sorted(before - frozenset(_item(slot))),
                f"items = {source.text}",
                "if items is U:",
                *_deeper((*itself.lines, "return"), 1),
                "if type(items) is not list:",
                f"    return {self._closure(code)}",
                *entered,
                *lines,
            ]
        )
        return Notes((f"{self._values.bind(loop)}(frame, found)",))


def _item(slot: int) -> tuple[str, str, str]:
    """The lines that read an item, its facts and its path, in the order of the alphabet."""
    return *item_lines(slot), f"path{slot} = paths.get(id(item{slot}))"


def _entering(slot: int, inner: Notes) -> tuple[str, ...]:
    """The evidence that one item gives."""
    return f"frame[{slot}] = item{slot}", *_item(slot)[1:], *inner.lines


def _over_all(slot: int, inner: Notes) -> list[str]:
    """The evidence that all items give."""
    if not inner.lines:
        return []
    return _inside(f"for item{slot} in items:", _entering(slot, inner))


def _inside(head: str, lines: Iterable[str], depth: int = 1) -> list[str]:
    return [head, *_deeper(lines, depth)]


def _deeper(lines: Iterable[str], depth: int) -> list[str]:
    return [f"{'    ' * depth}{line}" for line in lines]


def _joined(lines: Iterable[str], parts: Iterable[Text | Notes]) -> Notes:
    inside = tuple(parts)
    before = frozenset().union(*(part.before for part in inside))
    return Notes(tuple(lines), before, 1 + max((part.depth for part in inside), default=0))


def _is_item_fact(code: Code) -> bool:
    """Is it a fact of an item of a list, everything on the way to it being a group?"""
    return bool(code.origin) and code.origin[0] == "member" and bool(item_steps(code.origin[1]))


def _is_scalar(kind: Type) -> bool:
    return isinstance(kind, NumberType | TextType) or kind in (BOOLEAN, DATE, DAYS, MONTHS)


def _kind(code: Code) -> str | None:
    """The kind of an expression whose values can always be told apart and put in order."""
    if code.origin and code.origin[0] == "constant":
        kind = logic.kind_of(code.origin[1])
        return kind if kind in ("number", "text", "date") else None
    if isinstance(code.type, NumberType):
        return "number"
    if isinstance(code.type, TextType):
        return "text"
    return "date" if code.type == DATE else None


def _are_groups(items: list[Value]) -> bool:
    return set(map(type, items)) <= {dict}
