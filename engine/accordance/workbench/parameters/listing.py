"""The parameters of a strategy as a list: value, meaning, and the rules that follow it."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any, Final

from ...check.answer import PROGRAM, strategy_stamp
from ...feel.syntax import Name, Node, walk
from ...feel.values import Months, Value, duration_text, number_text
from ...strategy.message import placeholders
from ...strategy.model import Strategy

SCHEMA: Final = "accordance/parameters/1"
LIST_SEPARATOR: Final = ";"


def parameters(strategy: Strategy) -> dict[str, Any]:
    """All parameters in the order of the strategy, in the form `accordance/parameters/1`."""
    followers = _followers(strategy)
    own = f"{strategy.folder.rstrip('/')}/"
    return {
        "schema": SCHEMA,
        "program": PROGRAM,
        "strategy": strategy_stamp(strategy),
        "parameters": [
            {
                "parameter": one.name,
                "value": written(one.value),
                "unit": one.unit,
                "means": one.means,
                "rules": followers.get(one.name, []),
                "own": one.place.file.startswith(own) or one.name in strategy.tailored,
            }
            for one in strategy.parameters.values()
        ],
    }


def written(value: Value) -> str:
    """A value as an owner writes it: `P36M`, `0.8`, `2026-04-01`; a list with `;` between."""
    if isinstance(value, list):
        return f"{LIST_SEPARATOR} ".join(written(part) for part in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Fraction):
        return number_text(value)
    if isinstance(value, Months):
        return f"P{value.count}M"
    if isinstance(value, dt.timedelta):
        return f"P{value.days}D" if not value.seconds else duration_text(value)
    return value.isoformat() if isinstance(value, dt.date) else str(value)


def _followers(strategy: Strategy) -> dict[str, list[str]]:
    """The rules that read each parameter, through definitions too."""
    defined: dict[str, set[str]] = {}
    for name, definition in strategy.definitions.items():  # each after those that it uses
        defined[name] = _names(definition.expression, defined)
    found: dict[str, list[str]] = {}
    for rule in strategy.rules:
        names: set[str] = set()
        nodes = [rule.when, *(one.expression for one in rule.require)]
        for node in (*nodes, *(step.expression for step in rule.severity_when)):
            if node is not None:
                names |= _names(node, defined)
        for text in (rule.finding, *(one.unmet for one in rule.require if one.unmet)):
            names |= {name for name, _ in placeholders(text)}
        for name in names & strategy.parameters.keys():
            found.setdefault(name, []).append(rule.id)
    return found


def _names(node: Node, defined: dict[str, set[str]]) -> set[str]:
    names = {part.name for part in walk(node) if isinstance(part, Name)}
    return names.union(*(defined[name] for name in names if name in defined))
