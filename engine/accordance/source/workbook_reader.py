"""An XLSX workbook to tables, one for each sheet.

Formulas are not worked out and not believed: what a program stored as their result may be old.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
from fractions import Fraction
from typing import Any, Final

from ..feel.values import Number, number, number_text
from ..problem import Code, Place, Problem, Refused
from .quoting import quoted
from .table import MAX_COLUMNS, Row, Table, column_letters
from .text import SourceText
from .tree import Scalar
from .workbook_guard import guard, not_a_workbook

REMEDY: Final = "pip install 'accordance[office]'"
SIGNIFICANT_DIGITS: Final = 15
"""As many as a spreadsheet shows; the rest of a binary number is noise."""

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MAX_ROWS: Final = 1_048_576


class SheetSource(SourceText):
    """A sheet as a source: an offset stands for a cell."""

    __slots__ = ("sheet",)

    def __init__(self, file: str, sheet: str) -> None:
        super().__init__(file, "")
        self.sheet = sheet

    @property
    def extent(self) -> int:
        return (_MAX_ROWS + 1) * MAX_COLUMNS

    def place(self, offset: int) -> Place:
        row, column = divmod(offset, MAX_COLUMNS)
        return Place(f"{self.name}, sheet {self.sheet}, cell {column_letters(column)}{row + 1}")


def read_workbook(data: bytes, name: str) -> dict[str, Table]:
    """The tables of a workbook by the name of their sheet, in its order; empty sheets are left
    out. Raises Refused."""
    guard(data, name)
    openpyxl = import_openpyxl()
    try:
        with warnings.catch_warnings():
            # openpyxl warns of what it leaves out (charts, other programs' extensions)
            warnings.simplefilter("ignore")
            workbook = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
            sheets = workbook.worksheets
    except Exception:
        # The library raises whatever it stumbles over in a damaged file.
        raise not_a_workbook(name) from None
    tables = {}
    for sheet in sheets:
        table = _table(sheet, name)
        if table.rows:
            tables[sheet.title] = table
    return tables


def import_openpyxl() -> Any:
    """The library for workbooks. Raises Refused, with what to install, where it is missing."""
    try:
        import openpyxl
    except ImportError:
        raise Refused(
            Problem(Code.USAGE, "workbooks need the package openpyxl", help=f"run {REMEDY}")
        ) from None
    return openpyxl


def _table(sheet: Any, name: str) -> Table:
    source = SheetSource(name, _printable(sheet.title))
    table = Table(f"{name}, sheet {source.sheet}", source, [])
    rows: dict[int, Row] = {}
    # `iter_rows` would make a cell for every place up to the farthest that holds something.
    for (row, column), cell in sorted(sheet._cells.items()):
        start = (row - 1) * MAX_COLUMNS + column - 1
        value, fault = _value(cell, source.place(start))
        if value is None and fault is None:
            continue
        if fault is not None:
            table.faults[start] = fault
        text = value if isinstance(value, str) else _text(value)
        into = rows.setdefault(row, Row({}, (row - 1) * MAX_COLUMNS))
        into.cells[column - 1] = Scalar(value, text, False, start, start + 1, source)
    for area in sheet.merged_cells.ranges:
        start = (area.min_row - 1) * MAX_COLUMNS + area.min_col - 1
        table.faults[start] = Problem(
            Code.CELL,
            f"the cells {area.coord} are merged",
            source.place(start),
            "unmerge them, and write the value into each cell that it holds for",
        )
    table.rows = [rows[row] for row in sorted(rows)]
    return table


def _value(cell: Any, place: Place) -> tuple[bool | Number | str | None, Problem | None]:
    """What a cell says, or why it says nothing."""
    value, kind = cell.value, cell.data_type
    if value is None:
        return None, None
    if kind == "f":
        shown = value if isinstance(value, str) else "a formula"
        return str(shown), Problem(
            Code.CELL,
            f"the cell holds the formula {quoted(shown)}",
            place,
            "copy the cell and paste its value",
        )
    if kind == "e":
        return str(value), Problem(
            Code.CELL, f"the cell shows the error {quoted(value)}", place, "correct it or clear it"
        )
    if isinstance(value, bool):
        return value, None
    if isinstance(value, dt.datetime):
        day = value.time() == dt.time.min
        return (value.date().isoformat() if day else value.isoformat(" ")), None
    if isinstance(value, dt.date):
        return value.isoformat(), None
    if isinstance(value, int):
        return value, None
    if isinstance(value, float):
        try:
            return number(format(value, f".{SIGNIFICANT_DIGITS}g")), None
        except ValueError:
            return str(value), None
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), str(value))
    return (None, None) if not text or text.isspace() else (text, None)


def _text(value: bool | Number | None) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return number_text(value) if isinstance(value, int | Fraction) else ""


def _printable(title: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in title)
