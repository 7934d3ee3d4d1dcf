"""How much one file may hold, so that hostile input ends in a message and not in a hang."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from ..problem import Problem, Refused

MAX_DEPTH: Final = 40
MAX_VALUES: Final = 500_000
MAX_PROBLEMS: Final = 100


class ProblemList(list[Problem]):
    """The problems found so far. Raises Refused when there are so many that more do not help."""

    def append(self, problem: Problem) -> None:
        super().append(problem)
        if len(self) >= MAX_PROBLEMS:
            raise Refused(self)

    def extend(self, problems: Iterable[Problem]) -> None:
        for problem in problems:
            self.append(problem)

    def refuse_if_any(self) -> None:
        """Raises Refused, with the problems in the order of the file, when there is one."""
        if self:
            raise Refused(self.in_order())

    def in_order(self) -> list[Problem]:
        """The problems in the order of the file."""
        return sorted(self, key=_line_and_column)


def _line_and_column(problem: Problem) -> tuple[int, int]:
    place = problem.place
    return ((place.line or 0), (place.column or 0)) if place else (0, 0)
