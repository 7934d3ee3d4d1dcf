"""The evidence of expressions as Python source, as generating.py has it for their values.

Each part of an expression becomes lines that enter the facts on which it rests, and those that are
missing, just where its closure would. What is a fact is looked up and entered without a call. What
is known of a condition already, that it is true, false or unknown, is handed on to its parts: all
parts of a true `and` are true, and only the true parts of a true `or` are of interest; why
something cannot be computed is asked only where the condition around it is unknown. What is rare is
left to the closures: lists with items that are only possible, kinds of expression that have no
source here. Tests hold the two to each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from . import functions
from .codes import PATHS, Code, Evidence, Frame, is_silent, item_type, kind_known, locals_of
from .compiling import no_result_reason
from .generating import CONDITIONS, MAX_DEPTH, Generator, Text, item_lines, item_opening, item_steps
from .types import ContextType, ListType, is_scalar
from .values import Value, is_whole

_OPENING: Final = ("known, missing = found.facts, found.missing", f"paths = frame[{PATHS}]")


_GIVEN: Final = "state"
"""The value of a condition that was found out elsewhere."""


class Notes(NamedTuple):
    """Lines that enter evidence into `known` and `missing`; lines that say why a value cannot be
    computed, which do nothing where it is known; and the lines that have to stand before them.

    `complete` is a condition for the lines having entered all that they ever can, whatever the
    variables of loops around them; None where that cannot be told.
    """

    lines: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    before: frozenset[str] = frozenset()
    depth: int = 0
    complete: str | None = None

    @property
    def all(self) -> tuple[str, ...]:
        return self.lines + self.doubts


_ALWAYS: Final = "True"
_NOTHING: Final = Notes(complete=_ALWAYS)


class EvidenceWriter:
    """Writes the evidence of expressions that `generator` compiled."""

    def __init__(self, generator: Generator) -> None:
        self._values = generator
        generator.given |= {
            "apply": functions.apply,
            "are_groups": _are_groups,
            "left_of": _left_of,
            "whole": is_whole,
        }

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
        if not _is_condition(code):
            return self._define(self.notes(code))
        value, notes = self._values.write(code), self.notes(code, _GIVEN)
        lines = f"{_GIVEN} = found.state", f"if {_GIVEN} is None:", f"    {_GIVEN} = {value.text}"
        return self._define(_joined((*lines, *notes.all), [value, notes]))

    def notes(self, code: Code, state: str | None = None) -> Notes:
        """The lines for a part of an expression; `state` is how the lines around them call its
        value, where it is a condition and they know whether it is true, false or unknown."""
        if is_silent(code):
            return _NOTHING
        kind, *parts = code.origin or ("called",)
        name = f"_note_{kind.replace(' ', '_')}"
        made: Notes | None = None
        if kind in CONDITIONS:
            made = getattr(self, name)(code, state, *parts)
        elif hasattr(self, name):
            made = getattr(self, name)(code, *parts)
        if made is None or made.depth > MAX_DEPTH:
            return Notes((self._closure(code),))
        return _guarded(made, state) if made.doubts and state is not None else made

    def _closure(self, code: Code) -> str:
        return f"{self._values.bind(code.evidence)}(frame, found)"

    def _define(self, notes: Notes, parameters: str = "frame, found") -> Callable[..., None]:
        return self._values.define(parameters, [*_OPENING, *sorted(notes.before), *notes.all])

    # facts

    def _note_fact(self, code: Code, names: tuple[str, ...]) -> Notes:
        value = self._values.write(code)
        lines = self._fact(value.text, repr(".".join(names)))
        return Notes(lines, before=value.before, complete=_ALWAYS)

    def _fact(self, value: str, path: str) -> tuple[str, ...]:
        one = self._values.new("part")
        return (
            f"if ({one} := {value}) is U:",
            f"    missing[{path}] = None",
            "else:",
            f"    known[{path}] = {one}",
        )

    def _note_local(self, code: Code, slot: int) -> Notes:
        if is_scalar(code.type):
            # Only groups have a path.
            return _NOTHING
        lines = f"if path{slot} is not None:", f"    known[path{slot}] = item{slot}"
        return Notes(lines, before=_located(slot))

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
            *(_inside(f"    if {' or '.join(doubt)}:", inner.all, 2) if inner.all else ()),
            f"    for item, place in zip({group}, {places}):",
            "        if place is not None:",
            *_deeper(self._fact(f"item.get({name!r}, U)", f"place + {'.' + name!r}"), 3),
            *_inside(f"elif {group} is U:", inner.all or ["pass"]),
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
        complete = None if otherwise else _ALWAYS
        return Notes(tuple(lines), before=value.before | _located(slot), complete=complete)

    # operators and functions

    def _note_list(self, code: Code, items: Iterable[Code]) -> Notes:
        parts = [self.notes(item) for item in items]
        return _joined(
            (line for part in parts for line in part.lines),
            parts,
            (line for part in parts for line in part.doubts),
        )

    def _note_flattened(self, code: Code, nested: Code) -> Notes:
        return self.notes(nested)

    def _note_apply(
        self, code: Code, function: Callable[..., Value], operands: Iterable[Code]
    ) -> Notes:
        return self._excused(code, self._note_list(code, operands))

    def _excused(self, code: Code, parts: Notes) -> Notes:
        if code.excuse is None:
            return parts
        excuse = f"{self._values.bind(code.excuse)}(frame, found)"
        return parts._replace(doubts=(*parts.doubts, excuse))

    def _note_call(self, code: Code, function: functions.Function, arguments: list[Code]) -> Notes:
        if function.name == "has value":
            (argument,) = arguments
            # Only a fact that is missing leaves this open.
            if _is_fact(argument):
                return self.notes(argument)
            if _is_item_fact(argument):
                return self._item_fact(argument, [self._closure(code)])
        parts = self._note_list(code, arguments)
        if function.partial:
            # It may have a result although not all is known of its arguments.
            parts = parts._replace(lines=parts.all, doubts=())
        # Where an argument is not known, what it rests on says why.
        given = [self._values.write(one) for one in arguments]
        names = [self._values.new("part") for _ in given]
        named = [f"({name} := {one.text})" for name, one in zip(names, given, strict=True)]
        result = f"apply({self._values.bind(function)}, [{', '.join(named)}])"
        doubt = " and ".join([f"{result} is U", *(f"whole({name})" for name in names)])
        doubts = f"if {doubt}:", f"    found.reasons[{no_result_reason(function.name)!r}] = None"
        return _joined(parts.lines, [parts, *given], (*parts.doubts, *doubts))

    # conditions

    def _note_not(self, code: Code, state: str | None, operand: Code) -> Notes:
        if state is None or not _is_condition(operand):
            return self.notes(operand, None)
        opposite = self._values.new("state")
        inner = self.notes(operand, opposite)
        said = f"{opposite} = False if {state} is True else True if {state} is False else U"
        return _joined((said, *inner.all), [inner])

    def _note_is_none(self, code: Code, state: str | None, operand: Code) -> Notes:
        return self.notes(operand)

    _note_has_value = _note_is_none

    def _note_among(self, code: Code, state: str | None, value: Code, *constants: Value) -> Notes:
        return self.notes(value)

    def _note_compare(
        self, code: Code, state: str | None, sign: str, left: Code, right: Code
    ) -> Notes:
        if code.excuse is None:
            # A fact against a constant: what is not known is the fact.
            return self.notes(left)
        parts = self._note_list(code, (left, right))
        if kind_known(left) is None or kind_known(left) != kind_known(right):
            parts = self._excused(code, parts)
        if not parts.doubts:
            sides = self.notes(left), self.notes(right)
            always = all(one.complete == _ALWAYS for one in sides)
            return parts._replace(complete=_ALWAYS if always else None)
        # Where a comparison is decided, both its sides are known.
        value = self._values.write(code)
        return _guarded(_joined(parts.lines, [value, parts], parts.doubts), state or value.text)

    def _note_connected(
        self, code: Code, state: str | None, decisive: bool, codes: list[Code]
    ) -> Notes:
        values = [self._values.write(one) for one in codes]
        states = [self._values.new("state") for _ in codes]
        parts = [self.notes(*one) for one in zip(codes, states, strict=True)]
        other = not decisive
        seen: tuple[str, ...] = ()
        known = ""
        if state is not None:
            # Where nothing is decisive, no part is.
            known = f"{other} if {state} is {other} else "
        if state not in (None, _GIVEN):
            # It was found out in these lines; where nothing decided it, all parts were looked at.
            seen = tuple(f"{one} if {state} is U else " for one in self._values.write(code).parts)
        lines = [
            f"{one} = {known}{passed}{value.text}"
            for one, passed, value in zip(states, seen or [""] * len(states), values, strict=True)
        ]
        if state is None:
            state = self._values.new("state")
            decided = " or ".join(f"{one} is {decisive}" for one in states)
            rest = " and ".join(f"{one} is {other}" for one in states)
            lines.append(f"{state} = {decisive} if {decided} else {other} if {rest} else U")
        for one, part in zip(states, parts, strict=True):
            if part.all:
                lines += _inside(f"if {one} is {state}:", part.all)
        # Where all parts are in the same state, it is that of the whole, and each has its say.
        always = all(part.complete == _ALWAYS for part in parts)
        made = _joined(lines, [*values, *parts])
        return made._replace(complete=" is ".join(states) if always else None)

    def _note_if(self, code: Code, condition: Code, then: Code, otherwise: Code) -> Notes:
        value, state = self._values.write(condition), self._values.new("state")
        parts = [self.notes(condition, state), self.notes(then), self.notes(otherwise)]
        lines = [f"{state} = {value.text}", *parts[0].all]
        for part, passed in ((parts[1], False), (parts[2], True)):
            if part.all:
                lines += _inside(f"if {state} is not {passed}:", part.all)
        return _joined(lines, [value, *parts])

    # loops: a function of their own, called from the source

    def _note_quantified(
        self,
        code: Code,
        state: str | None,
        every: bool,
        items: Code,
        slot: int,
        condition: Code,
        *_: Any,
    ) -> Notes:
        whole, value = self._values.write(code), self._values.write(condition)
        inner = self.notes(condition, "given")
        lines: list[str] = []
        if inner.all:
            among = "items" if every else self._values.candidates(items, slot, condition)
            if among != "items":
                # Of a true `some` only the items that decide are of interest.
                lines.append(f"among = {among} if state is True else items")
                among = "among"
            given = f"given = {every} if state is {every} else {value.text}"
            entering = _inside("if given is state:", _entering(slot, inner))
            opening = item_opening(slot, value.before | inner.before, [given, *entering])
            lines += _inside(f"for item{slot} in {among}:", [*opening, given, *entering])
        by_items = items.locate is not None
        made = self._looping(code, items, slot, lines, [value, inner], by_items, "state")
        return _joined(_call(made, state or whole.text), [whole])

    def _note_filtered(self, code: Code, items: Code, slot: int, condition: Code, *_: Any) -> Notes:
        inner, by_items = self.notes(condition), items.locate is not None
        lines = self._over_all(items, slot, condition, inner)
        made = self._looping(code, items, slot, lines, [inner], by_items)
        return Notes(_call(made))

    def _note_mapped(self, code: Code, items: Code, slot: int, result: Code, *_: Any) -> Notes:
        inner = self.notes(result)
        lines = self._over_all(items, slot, result, inner)
        return Notes(_call(self._looping(code, items, slot, lines, [inner], False)))

    def _over_all(self, items: Code, slot: int, repeated: Code, inner: Notes) -> list[str]:
        """The evidence that all items give."""
        if not inner.all:
            return []
        entering = _entering(slot, inner)
        entering = *item_opening(slot, inner.before, entering), *entering
        fixed = self._values.is_fixed(items) or items.origin[:1] == ("local",)
        again = fixed and locals_of(repeated, besides=slot)
        if inner.complete is None or not again:
            return _inside(f"for item{slot} in items:", entering)
        # It runs again and again over the same list: what gave all it can is passed over.
        loop = self._values.new("loop")
        lines = list(entering)
        if inner.complete != _ALWAYS:
            lines += f"if not ({inner.complete}):", f"    rest.append(item{slot})"
        return [
            f"left, rest = left_of(found, {loop!r}, items), []",
            *_inside(f"for item{slot} in left:", lines),
            f"found.rest[{loop!r}] = items, rest",
        ]

    def _looping(
        self,
        code: Code,
        items: Code,
        slot: int,
        lines: Iterable[str],
        parts: list[Text | Notes],
        by_items: bool,
        *more: str,
    ) -> str:
        """The name of the function of a loop over a plain list; any other list is left to the
        closure. Where the items are groups and the evidence goes `by_items`, the list itself is
        not named beside them. `more` are parameters beside the usual ones."""
        source, itself = self._values.write(items), self.notes(items)
        # Its doubts do nothing once it is known.
        entered: Iterable[str] = itself.lines
        if by_items and entered:
            groups = isinstance(item_type(items.type), ContextType)
            unless = "" if groups else " or not are_groups(items)"
            entered = _inside(f"if not items{unless}:", entered)
        before = frozenset().union(*(part.before for part in (*parts, source, itself)))
        loop = self._define(
            Notes(
                (
                    f"items = {source.text}",
                    "if items is U:",
                    *_deeper((*itself.all, "return"), 1),
                    "if type(items) is not list:",
                    f"    return {self._closure(code)}",
                    *entered,
                    *lines,
                ),
                before=before - frozenset(item_lines(slot)) - _located(slot),
            ),
            ", ".join(("frame, found", *more)),
        )
        return self._values.bind(loop)


def _call(loop: str, *more: str) -> tuple[str]:
    return (f"{loop}({', '.join(('frame, found', *more))})",)


def _path_line(slot: int) -> str:
    """The line that reads the path of an item. In the order of the alphabet it stands after the
    item."""
    return f"path{slot} = paths.get(id(item{slot}))"


def _located(slot: int) -> frozenset[str]:
    """The lines that read an item and its path."""
    return frozenset((item_lines(slot)[0], _path_line(slot)))


def _entering(slot: int, inner: Notes) -> tuple[str, ...]:
    """The evidence that one item gives, once the item and its facts are at hand."""
    path = _path_line(slot)
    return (path, *inner.all) if path in inner.before else inner.all


def _inside(head: str, lines: Iterable[str], depth: int = 1) -> list[str]:
    return [head, *_deeper(lines, depth)]


def _deeper(lines: Iterable[str], depth: int) -> list[str]:
    return [f"{'    ' * depth}{line}" for line in lines]


def _joined(
    lines: Iterable[str], parts: Iterable[Text | Notes], doubts: Iterable[str] = ()
) -> Notes:
    inside = tuple(parts)
    before = frozenset().union(*(part.before for part in inside))
    depth = 1 + max((part.depth for part in inside), default=0)
    return Notes(tuple(lines), tuple(doubts), before, depth)


def _guarded(notes: Notes, state: str) -> Notes:
    """Notes of a condition, whose doubts are of interest only where it is unknown."""
    doubts = _inside(f"if {state} is U:", notes.doubts)
    return notes._replace(lines=(*notes.lines, *doubts), doubts=(), complete=None)


def _is_condition(code: Code) -> bool:
    return bool(code.origin) and code.origin[0] in CONDITIONS


def _is_fact(code: Code) -> bool:
    return bool(code.origin) and code.origin[0] == "fact"


def _is_item_fact(code: Code) -> bool:
    """Is it a fact of an item of a list, everything on the way to it being a group?"""
    return bool(code.origin) and code.origin[0] == "member" and bool(item_steps(code.origin[1]))


def _are_groups(items: list[Value]) -> bool:
    return set(map(type, items)) <= {dict}


def _left_of(found: Evidence, loop: str, items: list[Value]) -> list[Value]:
    """The items of which a loop may have something left to enter."""
    if found.rest is None:
        found.rest = {}
    ran = found.rest.get(loop)
    return items if ran is None or ran[0] is not items else ran[1]
