"""A table as a file holds it: rows of cells that know where they stand, before anyone reads them.

A cell is a Scalar. In a text file its value is its text; a workbook also has numbers, `true` and
`false`; a date is the text YYYY-MM-DD. An empty cell is not there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ..problem import Place, Problem
from .text import SourceText
from .tree import Scalar

MAX_CELLS: Final = 2_000_000
"""Empty ones included: a wide table with few facts is still read at once."""
MAX_COLUMNS: Final = 16_384
"""As many as a workbook can have."""


@dataclass(slots=True, eq=False)
class Row:
    """The cells of a row by the number of their column, from 0; `start` is where the row begins."""

    cells: dict[int, Scalar]
    start: int


CellFaults: TypeAlias = dict[int, Problem]


@dataclass(slots=True, eq=False)
class Table:
    """The rows of a file or sheet that hold something. `faults` are cells that say nothing usable
    (a formula, an error of the spreadsheet) by their offset: whoever reads such a cell reports it.
    """

    name: str
    source: SourceText
    rows: list[Row]
    faults: CellFaults = field(default_factory=dict)

    @property
    def place(self) -> Place:
        """The table as a whole."""
        return Place(self.name)

    def number_of(self, row: Row) -> int:
        """The line of the file, or the row of the sheet, at which a row begins; from 1."""
        line = self.source.place(row.start).line
        return line if line is not None else row.start // MAX_COLUMNS + 1


def column_letters(column: int) -> str:
    """What a spreadsheet calls a column: A for 0, AA for 26."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters
