"""The cells of a row find their places among the facts of a case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ...problem import Code, Place, Problem
from ...source.joined import JoinedSource
from ...source.quoting import quoted
from ...source.tree import Located, Mapping, Scalar, Sequence
from ..shapes import Shape
from .cells import value_of
from .columns import Steps, path_of


@dataclass(slots=True)
class Stated:
    """What a row says, with all that belongs to it: the facts of one case, unless something is
    wrong with them. `id` is None where the row has none."""

    id: str | None
    tree: Mapping
    place: Place
    problems: list[Problem] = field(default_factory=list)


class Placer:
    """Makes the tree of a case from cells that name their way to it."""

    def __init__(self, joined: JoinedSource) -> None:
        self.joined = joined
        # lists whose items come from numbered columns, which may stand in any order
        self.numbered: set[int] = set()

    def put(
        self,
        one: Stated,
        group: Mapping,
        steps: Steps,
        cell: Scalar,
        shape: Shape,
        start: int,
        prefix: str = "",
    ) -> None:
        """Puts what a cell says to its place in a group of the case, which stands at `prefix`;
        `start` is where the source of the cell begins in the joined one."""
        path = prefix + path_of(steps)
        node = value_of(cell, shape, path)
        if isinstance(node, Problem):
            one.problems.append(node)
            return
        _shift(node, self.joined, start)
        twin = self.insert(group, steps, node)
        if twin:
            one.problems.append(
                Problem(
                    Code.COLUMN,
                    f"{quoted(path)} is stated twice in this row, and once with {quoted(twin)}",
                    cell.place,
                    "keep one of them",
                )
            )

    def insert(self, root: Mapping, steps: Steps, node: Located) -> str:
        """Puts a node to its place; the path of what is stated there already, or nothing."""
        here: Any = root
        for depth, step in enumerate(steps):
            last = depth == len(steps) - 1
            if isinstance(step, int):
                items = here.items
                while len(items) <= step:
                    items.append(None)
                below = items[step]
            else:
                below = here.entries.get(step)
            if last:
                if below is not None:
                    return path_of(steps)
            else:
                wants_list = isinstance(steps[depth + 1], int)
                if below is None:
                    if wants_list:
                        below = Sequence([], node.start, node.end, node.source)
                        self.numbered.add(id(below))
                    else:
                        below = Mapping({}, {}, node.start, node.end, node.source)
                elif id(below) in self.numbered if wants_list else isinstance(below, Mapping):
                    here = below
                    continue
                else:
                    return path_of(steps[: depth + 1])
            placed = node if last else below
            if isinstance(step, int):
                here.items[step] = placed
            else:
                here.entries[step] = placed
                here.key_starts[step] = node.start
            here = below
        return ""


def _shift(node: Located, joined: JoinedSource, start: int) -> None:
    """Makes a node that was just made from a cell part of the joined source."""
    node.start += start
    node.end += start
    node.source = joined
    if isinstance(node, Sequence):
        for item in node.items:
            _shift(item, joined, start)


def close_lists(node: Located, path: str, one: Stated) -> None:
    """Finds lists with a hole: an item without any cell, and one after it that has some."""
    # INVARIANT: a column's path is no deeper than the fact model, so recursion is safe.
    if isinstance(node, Mapping):
        for name, entry in node.entries.items():
            close_lists(entry, f"{path}.{name}" if path else name, one)
    elif isinstance(node, Sequence):
        items: list[Any] = node.items
        if None in items:
            hole = items.index(None) + 1
            one.problems.append(
                Problem(
                    Code.ROW,
                    f"{quoted(f'{path}[{hole}]')} has no facts, and an item after it has",
                    node.place,
                    f"close the gap, or write `unknown` into a column `{path}[{hole}]`",
                )
            )
            items[:] = [item for item in items if item is not None]
        for position, item in enumerate(items, 1):
            close_lists(item, f"{path}[{position}]", one)
