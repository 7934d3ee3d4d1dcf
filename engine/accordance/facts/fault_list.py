"""The problems of a fact file while they are being found."""

from __future__ import annotations

from typing import TypeAlias

from ..problem import Code, Place, Problem
from ..source.limits import ProblemList
from ..source.quoting import quoted

Steps: TypeAlias = tuple[str | int, ...]
"""The way to a value from the top: names, and positions from 0."""


class Faults:
    """The problems found, at most one for each value."""

    def __init__(self) -> None:
        self.problems = ProblemList()
        self.seen: set[Steps] = set()

    def add(self, steps: Steps, code: Code, words: tuple[str, str | None], place: Place) -> None:
        if steps not in self.seen:
            self.seen.add(steps)
            self.problems.append(Problem(code, words[0], place, words[1]))


def path_of(steps: Steps) -> str:
    """The concrete path in backticks, positions from 1 as in expressions: `parties[2].name`."""
    path = ""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step + 1}]"
        else:
            path += f".{step}" if path else step
    return quoted(path)
