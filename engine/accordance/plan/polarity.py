"""Which value of a yes-or-no fact speaks for a partnership: what the rules ask for, or what keeps
them from applying. A fact that speaks now one way, now the other, speaks for nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ..feel import syntax
from ..feel.syntax import Node
from ..strategy.model import PARTNERSHIP
from .formula import All, Any, Defined, Formula, Leaf, Opposite
from .planning import Plan


def favourable_values(plan: Plan) -> dict[str, bool]:
    """The favourable value of each fact, by static path, that stands alone as a leaf of a rule
    about the partnership."""
    found: dict[str, set[bool]] = {}
    for planned in plan.rules:
        if planned.rule.about != PARTNERSHIP:
            continue
        wanted = [(one.formula, True) for one in planned.requirements]
        unwanted = [(planned.when, False), *((raised, False) for _, raised in planned.severity)]
        for formula, good in (*wanted, *unwanted):
            for path, value in _facts(plan, formula, good):
                found.setdefault(path, set()).add(value)
    return {path: next(iter(values)) for path, values in found.items() if len(values) == 1}


def _facts(plan: Plan, formula: Formula, good: bool) -> Iterator[tuple[str, bool]]:
    """The facts of a formula that is `good` for the partnership, with their good values."""
    if isinstance(formula, Leaf):
        path = _path(plan.leaves[formula.index].expression)
        if path is not None and path in plan.strategy.model.facts:
            yield path, good
    elif isinstance(formula, Defined):
        inner = plan.definitions[formula.name].formula
        if inner is not None:
            yield from _facts(plan, inner, good)
    elif isinstance(formula, Opposite):
        yield from _facts(plan, formula.part, not good)
    elif isinstance(formula, All | Any):
        for part in formula.parts:
            yield from _facts(plan, part, good)


def _path(node: Node) -> str | None:
    steps: list[str] = []
    while isinstance(node, syntax.Path):
        steps.append(node.field)
        node = node.base
    if not isinstance(node, syntax.Name):
        return None
    return ".".join([node.name, *reversed(steps)])
