"""Conditions over single facts, in no engine's language, and what is true of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import chain, product
from typing import Any

Value = bool | int | float | str
Facts = Mapping[str, Any]
Truth = bool | None
"""None: nobody knows."""


@dataclass(frozen=True)
class Is:
    """A fact compared with a constant: `= < <= > >=`, or `in` and `not in` with several."""

    fact: str
    operator: str
    value: Value | tuple[str, ...]


@dataclass(frozen=True)
class All:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Some:
    parts: tuple[Condition, ...]


Condition = Is | All | Some


OPPOSITES = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "in": "not in", "not in": "in"}


def opposite(condition: Condition) -> Condition:
    """What holds where the condition does not."""
    if isinstance(condition, All):
        return Some(tuple(map(opposite, condition.parts)))
    if isinstance(condition, Some):
        return All(tuple(map(opposite, condition.parts)))
    if condition.operator == "=":
        return Is(condition.fact, "=", not condition.value)
    return Is(condition.fact, OPPOSITES[condition.operator], condition.value)


def yes(fact: str) -> Is:
    return Is(fact, "=", True)


def no(fact: str) -> Is:
    return Is(fact, "=", False)


def most(fact: str, value: float) -> Is:
    return Is(fact, "<=", value)


def least(fact: str, value: float) -> Is:
    return Is(fact, ">=", value)


def below(fact: str, value: float) -> Is:
    return Is(fact, "<", value)


def above(fact: str, value: float) -> Is:
    return Is(fact, ">", value)


def among(fact: str, *words: str) -> Is:
    return Is(fact, "in", words)


def outside(fact: str, *words: str) -> Is:
    return Is(fact, "not in", words)


def both(*parts: Condition) -> All:
    return All(parts)


def either(*parts: Condition) -> Some:
    return Some(parts)


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: bool(left == right),
    "<": lambda left, right: bool(left < right),
    "<=": lambda left, right: bool(left <= right),
    ">": lambda left, right: bool(left > right),
    ">=": lambda left, right: bool(left >= right),
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
}


def truth(condition: Condition, facts: Facts) -> Truth:
    """True, false, or None where a fact that is absent or null would decide it (Kleene)."""
    if isinstance(condition, Is):
        value = facts.get(condition.fact)
        return None if value is None else COMPARE[condition.operator](value, condition.value)
    deciding = isinstance(condition, Some)
    known = True
    for part in condition.parts:
        found = truth(part, facts)
        if found is deciding:
            return deciding
        known = known and found is not None
    return not deciding if known else None


def written(condition: Condition, leaf: Callable[[Is], str], both: str, either: str) -> str:
    """A condition in a language that has `leaf` for a comparison and words for and and or."""
    if isinstance(condition, Is):
        return leaf(condition)
    word = f" {both if isinstance(condition, All) else either} "
    parts = [written(part, leaf, both, either) for part in condition.parts]
    return parts[0] if len(parts) == 1 else f"({word.join(parts)})"


def alternatives(condition: Condition) -> list[tuple[Is, ...]]:
    """The same as or of ands: each is a row of a decision table."""
    if isinstance(condition, Is):
        return [(condition,)]
    found = [alternatives(part) for part in condition.parts]
    if isinstance(condition, Some):
        return list(chain.from_iterable(found))
    return [tuple(chain.from_iterable(one)) for one in product(*found)]
