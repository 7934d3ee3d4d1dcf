"""Names and paths compiled: constants, facts, local variables, definitions, supplied lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from . import functions
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
    Code,
    Evidence,
    Frame,
    Supplied,
    TooMuchWork,
    is_silent,
    no_evidence,
    note,
)
from .types import ANY, TEXT, ContextType, ListType, Type
from .values import UNKNOWN, Uncertain, Value

MAX_DAYS: Final = 64
"""Evaluation dates for which a value is remembered."""


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


def next_slot(scope: Local | None) -> int:
    slot = LOCALS if scope is None else scope.next_slot
    if slot + 2 > LOCALS + MAX_LOCALS:
        raise TooMuchWork("too many variables inside one another")
    return slot


class ConstantValue:
    """The value of a literal or a parameter, told apart by its class."""

    __slots__ = ("given",)

    def __init__(self, given: Value) -> None:
        self.given = given

    def __call__(self, frame: Frame) -> Value:
        return self.given


def constant_code(given: Value) -> Code:
    kind: Type = ANY
    if type(given) is list:
        kind = ListType(item=TEXT if given and {*map(type, given)} == {str} else ANY)
    return Code(ConstantValue(given), no_evidence, kind, daily=True, origin=("constant", given))


def once_a_day(value: Callable[[Frame], Value]) -> Callable[[Frame], Value]:
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


def fact_code(names: tuple[str, ...], kind: Type) -> Code:
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
            note(found, path, value(frame))

    return Code(
        value, evidence, kind, lambda frame: path, names, simple=True, origin=("fact", names)
    )


def local_code(scope: Local) -> Code:
    slot = scope.slot
    origin = "local", slot
    if scope.silent:
        return Code(lambda frame: frame[slot], no_evidence, scope.type, origin=origin)

    def locate(frame: Frame) -> str | None:
        path: str | None = frame[PATHS].get(id(frame[slot]))
        return path

    def evidence(frame: Frame, found: Evidence) -> None:
        path = locate(frame)
        if path is not None:
            found.facts[path] = frame[slot]

    return Code(lambda frame: frame[slot], evidence, scope.type, locate, origin=origin)


def definition_code(name: str, kind: Type, silent: bool) -> Code:
    origin = "definition", name
    if silent:
        return Code(lambda frame: frame[DEFINED][name], no_evidence, kind, origin=origin)

    def evidence(frame: Frame, found: Evidence) -> None:
        known = frame[FOUND].get(name)
        if known is None:
            known = Evidence()
            # A frame of its own: its local variables must not meet those of its reader.
            frame[CODES][name].evidence(frame[:], known)
            frame[FOUND][name] = known
        found.add(known)

    return Code(lambda frame: frame[DEFINED][name], evidence, kind, origin=origin)


def supplied_code(name: str, kind: Type) -> Code:
    return Code(
        lambda frame: frame[SUPPLIED].get(name, UNKNOWN),
        no_evidence,
        kind,
        origin=("supplied", name),
    )


def member_code(base: Code, name: str) -> Code:
    """`base.name`, over a list the field of every item."""
    kind: Type = ANY
    owner = base.type
    if isinstance(owner, ListType):
        item = owner.item.fields.get(name, ANY) if isinstance(owner.item, ContextType) else ANY
        kind = ListType(item=item)
    elif isinstance(owner, ContextType):
        kind = owner.fields.get(name, ANY)
        if base.names is not None:
            return fact_code((*base.names, name), kind)
        steps = steps_of(base)
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
                    note(found, f"{place}.{name}", field_of(item, name))
            return
        path = locate(frame)
        if path is None or (group is UNKNOWN and isinstance(owner, ListType)):
            base.evidence(frame, found)
        else:
            note(found, path, value(frame))

    if is_silent(base):
        return Code(value, no_evidence, kind, origin=("member", base, name))

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
    if shape is list:
        return [
            item.get(name, UNKNOWN) if type(item) is dict else field_of(item, name)
            for item in group
        ]
    if isinstance(group, Supplied):
        return group.known[name] if name in group.known else group.late(name)
    if shape is Uncertain:
        return Uncertain(tuple((field_of(item, name), sure) for item, sure in group.pairs))
    return UNKNOWN


def steps_of(code: Code) -> tuple[Any, ...] | None:
    """The slot of a local variable and the steps from it, for groups in groups of an item."""
    if not isinstance(code.type, ContextType) or not code.origin:
        return None
    if code.origin[0] == "local":
        return (code.origin[1],)
    if code.origin[0] == "member":
        outer = steps_of(code.origin[1])
        return None if outer is None else (*outer, code.origin[2])
    return None


def _item_fact(slot: int, names: tuple[str, ...], kind: Type, origin: tuple[Any, ...]) -> Code:
    """A fact of an item of a list; everything on the way to it is a group."""
    steps = "." + ".".join(names)
    only = names[0] if len(names) == 1 else None
    if only is not None:

        def value(frame: Frame) -> Value:
            item = frame[slot]
            return item.get(only, UNKNOWN) if type(item) is dict else field_of(item, only)

    else:

        def value(frame: Frame) -> Value:
            here = frame[slot]
            for name in names:
                here = here.get(name, UNKNOWN) if type(here) is dict else field_of(here, name)
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


def field_of(item: Value, name: str) -> Value:
    if type(item) is dict:
        return item.get(name, UNKNOWN)
    if isinstance(item, Supplied):
        return item.known[name] if name in item.known else item.late(name)
    return UNKNOWN


def field_or_outer(scope: Local, name: str, outer: Code) -> Code:
    """A name inside a filter of items whose fields are not known beforehand: a field of the items
    if any item has it, else the name outside."""
    inner, slot = member_code(local_code(scope), name), scope.slot

    def choose(frame: Frame) -> Code:
        return inner if name in frame[slot + 1] else outer

    return Code(
        lambda frame: choose(frame).value(frame),
        lambda frame, found: choose(frame).evidence(frame, found),
    )
