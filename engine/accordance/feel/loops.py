"""Loops over lists compiled: quantifiers, filters, positions, `for`.

Each keeps the items that are certain apart from those that are only possible.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import functions, logic
from .codes import PATHS, Code, Evidence, Frame, is_silent, item_type, no_evidence, spend
from .types import ANY, ListType
from .values import UNKNOWN, Uncertain, Value


def _pairs(items: Callable[[Frame], Value], frame: Frame) -> functions.Pairs | None:
    pairs = functions.pairs_of(items(frame))
    if pairs:
        spend(frame, len(pairs))
    return pairs


def quantified_code(every: bool, items: Code, slot: int, condition: Code) -> Code:
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
        return Code(value, no_evidence, origin=origin)

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


def filtered_code(base: Code, condition: Code, slot: int) -> Code:
    source, holds = base.value, condition.value
    # A name may be a field of the items or one outside, which only the items can tell.
    loose = item_type(base.type) is ANY

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
        return Code(value, no_evidence, base.type, origin=origin)

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


def positioned_code(base: Code, position: Code) -> Code:
    """`base[number]`: no condition, so that an empty list has no such item either."""
    source, index = base.value, position.value

    def value(frame: Frame) -> Value:
        pairs, given = _pairs(source, frame), index(frame)
        return UNKNOWN if pairs is None else _at(pairs, given)

    def evidence(frame: Frame, found: Evidence) -> None:
        inner = Evidence()
        base.evidence(frame, inner)
        position.evidence(frame, inner)
        if not inner.missing and value(frame) is UNKNOWN:
            inner.reasons["there is no item at this position"] = None
        found.add(inner)

    def locate(frame: Frame) -> str | None:
        path: str | None = frame[PATHS].get(id(value(frame)))
        return path

    return Code(value, evidence, item_type(base.type), locate)


def _at(pairs: functions.Pairs, position: Value) -> Value:
    """The item at a position from 1, or from -1 backwards; unknown outside or where not certain."""
    if type(position) is not int or position == 0 or abs(position) > len(pairs):
        return UNKNOWN
    if not all(sure for _, sure in pairs):
        return UNKNOWN
    return pairs[position - 1 if position > 0 else position][0]


def mapped_code(items: Code, slot: int, result: Code) -> Code:
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

    kind, origin = ListType(item=result.type), ("mapped", items, slot, result, value)
    if is_silent(items) and is_silent(result):
        return Code(value, no_evidence, kind, origin=origin)

    def evidence(frame: Frame, found: Evidence) -> None:
        items.evidence(frame, found)
        for item, _ in functions.pairs_of(source(frame)) or ():
            frame[slot] = item
            result.evidence(frame, found)

    return Code(value, evidence, kind, origin=origin)


def flattened_code(nested: Code) -> Code:
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

    return Code(value, nested.evidence, nested.type, origin=("flattened", nested))
