"""Many made-up partnerships: the facts of cases/ with a seed's changes, as many as are wanted.

Every record keeps the shape of a real one; switches, numbers and dates are moved and facts left
out, so that outcomes differ from record to record. The same seed gives the same bytes.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from accordance.facts.model import FactModel
from accordance.facts.reading import load_case
from accordance.facts.stating import stated_facts
from accordance.feel.values import NONE

ROOT = Path(__file__).parent.parent
TODAY = dt.date(2026, 12, 31)
LEFT_OUT = 0.05
MOVED = 0.3
LEAST_BYTES = 2_000
"""Files that state little are left out, so that a record is as long as a register's."""


def lines(model: FactModel, count: int, seed: int = 0) -> Iterator[str]:
    """Records of facts, one a line."""
    chance = random.Random(seed)
    patterns = _patterns(model)
    for number in range(count):
        made = _moved(patterns[number % len(patterns)], chance)
        made["id"] = f"P{number:07d}"
        made["title"] = f"Partnership {number:,}"
        yield json.dumps(made, ensure_ascii=False, separators=(",", ":"))


def write(path: Path, model: FactModel, count: int, seed: int = 0) -> None:
    """A file of records, one a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines(model, count, seed):
            file.write(line + "\n")


def _patterns(model: FactModel) -> list[dict[str, Any]]:
    found = []
    for path in sorted((ROOT / "cases").rglob("*.facts.yaml")):
        facts = _plain(stated_facts(load_case(model, str(path))))
        if len(json.dumps(facts)) >= LEAST_BYTES:
            found.append(facts)
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if value is NONE:
        return "none"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, str | bool | int):
        return value
    return float(value)


def _moved(facts: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    """The same facts, some of them otherwise, some not known."""
    made: dict[str, Any] = {}
    for name, value in facts.items():
        if name in ("exceptions", "evidence", "as_of", "stage"):
            made[name] = value
        elif isinstance(value, dict):
            inside = _moved(value, chance)
            if inside:
                made[name] = inside
        elif chance.random() < LEFT_OUT:
            continue
        elif isinstance(value, bool) and chance.random() < MOVED:
            made[name] = not value
        elif type(value) is int and value > 1 and chance.random() < MOVED:
            made[name] = chance.randrange(1, 2 * value)
        else:
            made[name] = value
    return made
