"""Which column of a table states what: the row that names the columns, and what the names mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ...problem import Code, Problem, Refused
from ...source.limits import ProblemList
from ...source.quoting import quoted
from ...source.table import Row, Table
from ...source.tree import Scalar
from ..model import FactModel
from ..shapes import Group, Shape
from .columns import Column, Steps, column_of

ID: Final = "id"
_HEADER_ROWS: Final = 20
"""So many rows of titles may stand above the names of the columns."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column states what, and facts that every row shares (with the way to each)."""

    columns: Sequence[Column]
    shared: Sequence[tuple[Steps, Shape, Scalar]] = ()


def header_of(table: Table) -> int:
    """Where in `rows` the names of the columns stand: the first row that has a column `id`.

    Raises Refused.
    """
    for position, row in enumerate(table.rows[:_HEADER_ROWS]):
        if any(cell.text.strip() == ID for cell in row.cells.values()):
            return position
    raise Refused(
        Problem(
            Code.COLUMN,
            f"no column is called `{ID}`",
            table.place,
            "name each column after its fact; for a register with names of its own, import it with "
            "--map",
        )
    )


def columns_of(
    table: Table, header: Row, root: Group, model: FactModel, known: Sequence[str] = ()
) -> list[Column]:
    """The columns of a table in our own layout; those called as in `known` are left to the caller.

    Raises Refused with every problem of the header.
    """
    problems = ProblemList()
    columns: list[Column] = []
    seen: dict[Steps, str] = {}
    for number, cell in sorted(header.cells.items()):
        name = cell.text.strip()
        if name in known:
            continue
        column = column_of(name, number, root, model, cell.place)
        if isinstance(column, Problem):
            problems.append(column)
        elif column.steps in seen:
            problems.append(
                Problem(
                    Code.COLUMN,
                    f"the column {quoted(name)} stands there twice",
                    cell.place,
                    "keep one of them",
                )
            )
        else:
            seen[column.steps] = name
            columns.append(column)
    problems.refuse_if_any()
    return columns
