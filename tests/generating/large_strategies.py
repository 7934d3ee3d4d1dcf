"""Random strategies of many rules over a few facts, for the network to find its limits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from accordance.feel import syntax as s
from accordance.feel.printing import to_source
from accordance.feel.types import BOOLEAN, TEXT, ContextType, ListType
from accordance.strategy.model import Definition, Requirement, Rule, Strategy

from .expressions import all_of
from .facts import EXCEPTION, STAGE, Draw, choose
from .strategies import PLACE, SEVERITIES, TEMPLATE, strategy_of


def large_strategy(draw: Draw, rules: int = 40, definitions: int = 12) -> Strategy:
    """Many rules over few facts, all of them true or false: trees of and, or, not, if, and names
    of definitions, for the network to find its limits."""
    model = ContextType(
        fields={
            "id": TEXT,
            "title": TEXT,
            "stage": STAGE,
            "lead_officer": TEXT,
            "exceptions": ListType(item=EXCEPTION),
            **{f"fact_{number}": BOOLEAN for number in range(1, 9)},
        }
    )
    names = [name for name in model.fields if name.startswith("fact_")]
    chain: dict[str, Definition] = {}
    for number in range(1, definitions + 1):
        node = tree(draw, names, 3)
        chain[f"point_{number}"] = Definition(
            name=f"point_{number}",
            means=f"Point {number}",
            text=to_source(node),
            expression=node,
            type=BOOLEAN,
            about="partnership",
            place=PLACE,
        )
        # Twice, so that the later trees lean on the earlier ones.
        names += [f"point_{number}"] * 2
    made = [
        _large_rule(draw, f"EXT-{number:02}", names, choose(draw, SEVERITIES))
        for number in range(1, rules + 1)
    ]
    return strategy_of(model, {}, chain, made, {}, {})


def tree(draw: Draw, names: Sequence[str], depth: int) -> s.Node:
    form = choose(draw, ("name", "not", "and", "or", "and", "or", "if") if depth else ("name",))
    if form == "name":
        return s.Name(choose(draw, names))
    if form == "not":
        return s.Not(tree(draw, names, depth - 1))
    if form == "if":
        return s.If(*(tree(draw, names, depth - 1) for _ in range(3)))
    parts = [tree(draw, names, depth - 1) for _ in range(choose(draw, (2, 3, 4)))]
    return all_of(parts, s.And if form == "and" else s.Or)


def _large_rule(draw: Draw, rule_id: str, names: Sequence[str], severity: str) -> Rule:
    when = tree(draw, names, 2) if choose(draw, (False, True)) else None
    require = [tree(draw, names, choose(draw, (1, 2, 3))) for _ in range(choose(draw, (1, 2)))]
    return replace(
        TEMPLATE,
        id=rule_id,
        title=f"Rule {rule_id}",
        when=when,
        when_text=None if when is None else to_source(when),
        require=tuple(
            Requirement(text=to_source(node), expression=node, stages=None, unmet=None, place=PLACE)
            for node in require
        ),
        severity=severity,
    )
