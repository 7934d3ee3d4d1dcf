"""What a case states itself, without what was derived from it, and in the model's order."""

from __future__ import annotations

from ..feel.values import Value
from .case import Case
from .shapes import Group, List, Shape


def stated_facts(case: Case) -> dict[str, Value]:
    """The facts of a case less those that follow from others, as new groups and lists."""
    facts: dict[str, Value] = _stated(case.facts, "", case.derived)
    return facts


def _stated(value: Value, path: str, derived: dict[str, str]) -> Value:
    # INVARIANT: facts are no deeper than the fact model, so recursion is safe.
    if isinstance(value, list):
        return [_stated(item, f"{path}[{number}]", derived) for number, item in enumerate(value, 1)]
    if not isinstance(value, dict):
        return value
    kept = {}
    for name, part in value.items():
        here = f"{path}.{name}" if path else name
        if here in derived:
            continue
        one = _stated(part, here, derived)
        if one != {}:
            kept[name] = one
    return kept


def in_order(value: Value, shape: Shape) -> Value:
    """The same facts in the order of the fact model."""
    if isinstance(shape, List):
        return [in_order(item, shape.item) for item in value]
    if not isinstance(shape, Group):
        return value
    return {
        name: in_order(value[name], member)
        for name, member in shape.members.items()
        if name in value
    }
