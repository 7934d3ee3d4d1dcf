"""Comparisons and the three-valued connectives compiled."""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial

from . import logic
from .codes import Code, Evidence, Frame, is_silent, no_evidence
from .paths import ConstantValue
from .values import UNKNOWN, Value


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
    if isinstance(second, ConstantValue):
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


def compared(sign: str, left: Code, right: Code) -> Code:
    value = _comparing(sign, left, right)
    simple = left.simple and (right.daily or right.simple)
    origin = "compare", sign, left, right
    if is_silent(left) and is_silent(right):
        return Code(value, no_evidence, simple=simple, origin=origin)
    if left.locate is not None and right.daily:
        # A fact against a constant: what is not known is the fact.
        return Code(value, left.evidence, simple=simple, origin=origin)
    first, second = left.value, right.value

    def excuse(frame: Frame, found: Evidence) -> None:
        one = first(frame)
        other = UNKNOWN if one is UNKNOWN else second(frame)
        if other is UNKNOWN:
            return
        given = logic.equal(one, other) if sign in "!=" else logic.order(sign, one, other)
        if given is UNKNOWN:
            reason = logic.why_unknown(sign, one, other)
            if reason:
                found.reasons[reason] = None

    def evidence(frame: Frame, found: Evidence) -> None:
        left.evidence(frame, found)
        right.evidence(frame, found)
        excuse(frame, found)

    return Code(value, evidence, simple=simple, origin=origin, excuse=excuse)


def membership(value: Code, constants: list[Value]) -> Code:
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


def conjunction_of(parts: list[Code]) -> Code:
    return _connected(parts, False)


def disjunction_of(parts: list[Code]) -> Code:
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
        return Code(value, no_evidence, origin=origin)

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
