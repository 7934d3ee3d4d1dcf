"""The columns of a table: which fact each of them states.

A column is named by the path of its fact: `exit_plan.exists`, `forms`, `parties[2].name`. Positions
count from 1. In a table that holds the items of one list the path begins at the item: `name`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from ...problem import Code, Place, Problem
from ...source.quoting import quoted
from ...source.tree import Scalar
from ..fault_wording import name_fault
from ..model import FactModel
from ..shapes import Group, List, Shape

Steps: TypeAlias = tuple[str | int, ...]
"""The way to a fact: names, and positions from 0."""

MAX_POSITION: Final = 1_000
"""The highest item that a numbered column may name; a longer list needs a table of its own."""

_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)((?:\[[0-9]{1,6}\])?)", re.ASCII)

MAP_IT: Final = "say in a mapping (`--map`) what it means"
LOOK_UP: Final = "`accordance schema facts` lists them"

Convert: TypeAlias = Callable[[Scalar, Shape], "Scalar | Problem | None"]
"""What a cell means; None where it says that the fact is not known."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `number` counts from 0; `convert` turns the body's own words into
    ours, before the cell is taken as a value of the fact."""

    number: int
    name: str
    steps: Steps
    shape: Shape
    convert: Convert | None = None


def column_of(
    name: str,
    number: int,
    root: Group,
    model: FactModel,
    place: Place,
    mapped: bool = False,
) -> Column | Problem:
    """The column of that name in a table about `root`: a whole case, or an item of a list.
    `mapped` where a mapping says so, and no table."""
    steps: list[str | int] = []
    shape: Shape = root

    def fault(message: str, help: str | None) -> Problem:
        return Problem(Code.COLUMN, f"the column {quoted(name)} {message}", place, help)

    for part in name.strip().split("."):
        match = _STEP.fullmatch(part.strip())
        if not match:
            return fault(
                "is not the path of a fact",
                "write names parted by dots, as in `exit_plan.exists` or `parties[2].name`"
                + ("" if mapped else f", or {MAP_IT}"),
            )
        step, position = match.groups()
        if isinstance(shape, List):
            return fault(
                f"names no item of the list {quoted(shape.path)}",
                f"write `{shape.path}[1].{step}`, or give the list a table of its own",
            )
        if not isinstance(shape, Group):
            return fault(f"goes beyond {quoted(shape.path)}, which is one value", None)
        if step not in shape.members:
            what = f"the column {quoted(name)}"
            otherwise = LOOK_UP if mapped else f"take it out, or {MAP_IT}"
            message, help = name_fault(what, step, shape, model, otherwise)
            return Problem(Code.FACT_UNKNOWN_NAME, message, place, help)
        shape = shape.members[step]
        steps.append(step)
        if position:
            if not isinstance(shape, List):
                return fault(
                    f"counts items, but {quoted(shape.path)} is no list", "leave `[...]` out"
                )
            item = int(position[1:-1])
            if not 1 <= item <= MAX_POSITION:
                return fault(
                    f"names the item {item}",
                    f"positions run from 1 to {MAX_POSITION:,}; "
                    "a longer list needs a table of its own",
                )
            steps.append(item - 1)
            shape = shape.item
    if isinstance(shape, Group) and not isinstance(steps[-1], int):
        first = next(iter(shape.members), "...")
        return fault("is a group of facts", f"name one of them, as in `{shape.path}.{first}`")
    return Column(number, name.strip(), tuple(steps), shape)


def path_of(steps: Steps) -> str:
    """Steps as users write them: `parties[2].name`."""
    path = ""
    for step in steps:
        path += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if path else step
    return path
