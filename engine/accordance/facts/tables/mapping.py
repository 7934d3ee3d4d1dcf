"""A mapping: which column of a body's own register states which fact, and how.

Registers never use our names. A mapping is a YAML file that names columns, words and forms of
dates and numbers; what it does not name is a problem, so that nothing is dropped unseen.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ...feel.values import Number
from ...problem import Code, Place, Problem, Refused
from ...source.joined import JoinedSource
from ...source.limits import ProblemList
from ...source.quoting import nearest, quoted
from ...source.table import Row, Table
from ...source.text import SourceText
from ...source.tree import Scalar
from ..shapes import Date, NumberShape, Shape, Text
from .cells import NONE
from .columns import Column, Steps
from .forms import DateForm, FormFault, NumberForm, day_in
from .layout import Layout


@dataclass(frozen=True, slots=True)
class How:
    """How a column says what it says. `values` gives for each text of the register the value that
    it stands for, or None where it says that the fact is not known."""

    dates: tuple[DateForm, ...] = ()
    numbers: NumberForm | None = None
    unknown: frozenset[str] = frozenset()
    none: frozenset[str] = frozenset()
    values: dict[str, Scalar | None] | None = None

    def convert(self, cell: Scalar, shape: Shape) -> Scalar | Problem | None:
        """The cell in our own words."""
        text = words_of(cell.text)
        folded = text.casefold()
        if folded in self.unknown:
            return None
        if folded in self.none:
            return _at(cell, NONE)
        if self.values is not None:
            if folded not in self.values:
                return Problem(
                    Code.CELL,
                    f"{quoted(text)} is none of the words that the mapping gives for this column",
                    cell.place,
                    "add it under `values`, or under `unknown`",
                )
            known = self.values[folded]
            return None if known is None else _at(cell, known.value)
        if isinstance(shape, Date) and isinstance(cell.value, str):
            try:
                day = day_in(text, self.dates)
            except FormFault as fault:
                return Problem(Code.FACT_DATE, str(fault), cell.place, fault.help)
            return cell if day is None else _at(cell, day.isoformat())
        if isinstance(shape, NumberShape) and self.numbers and isinstance(cell.value, str):
            value = self.numbers.number(text)
            return cell if value is None else _at(cell, value)
        if isinstance(shape, Text) and not isinstance(cell.value, str | bool):
            # A register in a spreadsheet holds many references as numbers.
            return _at(cell, cell.text)
        return _at(cell, text) if isinstance(shape, Text) else cell


@dataclass(frozen=True, slots=True)
class Target:
    """The fact that a column states."""

    steps: Steps
    shape: Shape
    how: How


@dataclass(frozen=True, slots=True)
class Constant:
    """A fact that is the same in every row."""

    steps: Steps
    shape: Shape
    cell: Scalar


@dataclass(slots=True)
class RegisterMapping:
    """What a mapping file says."""

    source: SourceText
    place: Place
    columns: dict[str, list[Target]] = field(default_factory=dict)
    column_places: dict[str, Place] = field(default_factory=dict)
    constants: list[Constant] = field(default_factory=list)
    ignored: frozenset[str] = frozenset()
    ignores_others: bool = False
    header: int | None = None
    sheet: str | None = None
    delimiter: str | None = None

    def header_row(self, table: Table) -> int:
        """Where in the rows of a table the names of its columns stand. Raises Refused."""
        if self.header is None:
            return 0
        for position, row in enumerate(table.rows):
            if table.number_of(row) == self.header:
                return position
        raise Refused(
            Problem(
                Code.REGISTER_MAPPING,
                f"the table has nothing in row {self.header}",
                table.place,
                f"correct `header` in {self.place.file}",
            )
        )

    def layout(self, table: Table, header: Row, joined: JoinedSource) -> Layout:
        """What each column of the table states. Raises Refused for columns that are missing, and
        for those that the mapping does not name."""
        problems = ProblemList()
        numbers: dict[str, int] = {}
        for number, cell in header.cells.items():
            name = words_of(cell.text)
            if name in numbers:
                problems.append(
                    Problem(
                        Code.COLUMN,
                        f"the column {quoted(name)} stands there twice",
                        cell.place,
                        "rename one of them",
                    )
                )
            numbers.setdefault(name, number)
            if name not in self.columns and name not in self.ignored and not self.ignores_others:
                problems.append(
                    Problem(
                        Code.COLUMN,
                        f"the mapping does not name the column {quoted(name)}",
                        cell.place,
                        "map it, or list it under `ignored`",
                    )
                )
        columns = []
        for name, targets in self.columns.items():
            if name not in numbers:
                meant = nearest(name, list(numbers))
                problems.append(
                    Problem(
                        Code.COLUMN,
                        f"the table has no column {quoted(name)}",
                        self.column_places[name],
                        f"did you mean {quoted(meant)}?" if meant else None,
                    )
                )
                continue
            columns += [
                Column(numbers[name], name, target.steps, target.shape, target.how.convert)
                for target in targets
            ]
        problems.refuse_if_any()
        start = joined.add(self.source)
        shared = []
        for constant in self.constants:
            cell = constant.cell
            shifted = replace(cell, start=cell.start + start, end=cell.end + start, source=joined)
            shared.append((constant.steps, constant.shape, shifted))
        return Layout(columns, shared)


def words_of(text: str) -> str:
    """Text without the blanks and line breaks that differ from table to table."""
    return " ".join(text.split())


def _at(cell: Scalar, value: bool | Number | str | None) -> Scalar:
    """A value in the place of a cell."""
    text = value if isinstance(value, str) else cell.text
    return Scalar(value, text, False, cell.start, cell.end, cell.source)
