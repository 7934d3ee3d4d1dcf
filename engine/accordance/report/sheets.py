"""Workbooks to read: sheets of rows with a heading that stays in sight, filters, and fills that
repeat what a cell says in words."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, NamedTuple

from ..facts.tables.cells import defused
from ..source.archives import settled
from ..source.workbook_reader import SIGNIFICANT_DIGITS, import_openpyxl
from .text import safe

FILLS: Final = {
    "critical": ("5B0A12", "FFFFFF"),
    "high": ("A8371F", "FFFFFF"),
    "medium": ("EDBB5A", "000000"),
    "low": ("F8EBC9", "000000"),
    "advisory": ("F8EBC9", "000000"),
    "met": ("A5D6B4", "000000"),
    "accepted": ("CFD9F1", "000000"),
    "unknown": ("E3E6E9", "000000"),
}
"""The colours of states, paper and ink; those of the committee paper."""
MOST_ROWS: Final = 1_048_575
"""So many rows fit below the heading of a sheet."""
MOST_TEXT: Final = 32_767
CUT: Final = " [...]"
"""Ends a text that is longer than a cell can hold."""
_NAME_LENGTH: Final = 31
_FACE: Final = "Calibri"
_A4: Final = 9
_LINE: Final = 14.5
_HIGHEST: Final = 409.0
"""The height of a line and the most that a row can have, in points."""
_WIDEST_PRINTED: Final = 280
"""Sheets up to this width, in characters, are printed on one page's width."""
_HEADING: Final = "1F3A5F"


class Cell(NamedTuple):
    """What stands in a cell, and the state that its colour repeats."""

    value: Any
    state: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """The heading of a column and its width in characters."""

    title: str
    width: int = 14


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: rows of values or `Cell`s, one for each column. `note` stands above the headings."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    note: str | None = None


def workbook(sheets: Iterable[Sheet], title: str) -> bytes:
    """The sheets as an XLSX file; the same sheets give the same bytes.

    Texts are defused, so that no cell is a formula; numbers of more digits than a spreadsheet keeps
    are written as text. Raises ImportError where openpyxl is not installed.
    """
    openpyxl = import_openpyxl()
    book = openpyxl.Workbook(write_only=True)
    book.properties.creator = "Accordance"
    book.properties.title = safe(title)
    writer = _Writer(book)
    for sheet in sheets:
        writer.add(sheet)
    raw = io.BytesIO()
    book.save(raw)
    return settled(raw.getvalue())


class _Writer:
    def __init__(self, book: Any) -> None:
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Alignment, Font, PatternFill
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.properties import PageSetupProperties

        self.book = book
        self.cell = WriteOnlyCell
        self.letter = get_column_letter
        self.fit = PageSetupProperties
        self.wrapped = Alignment(wrap_text=True, vertical="top")
        self.bold = Font(name=_FACE, bold=True)
        self.note = Font(name=_FACE, italic=True)
        self.heading = (
            PatternFill("solid", start_color=_HEADING),
            Font(name=_FACE, bold=True, color="FFFFFF"),
        )
        self.fills = {
            state: (PatternFill("solid", start_color=paper), Font(name=_FACE, color=ink))
            for state, (paper, ink) in FILLS.items()
        }

    def add(self, sheet: Sheet) -> None:
        page = self.book.create_sheet(sheet.name[:_NAME_LENGTH])
        top = 1 if sheet.note is None else 2
        for number, column in enumerate(sheet.columns, 1):
            page.column_dimensions[self.letter(number)].width = column.width
        page.freeze_panes = f"A{top + 1}"
        page.print_title_rows = f"{top}:{top}"
        page.page_setup.orientation = "landscape"
        page.page_setup.paperSize = _A4
        page.page_setup.fitToHeight = 0
        page.sheet_properties.pageSetUpPr = self.fit(
            fitToPage=sum(column.width for column in sheet.columns) <= _WIDEST_PRINTED
        )
        if sheet.note is not None:
            page.append([self._plain(page, sheet.note, self.note)])
        widths = [column.width for column in sheet.columns]
        heads = [self._head(page, column.title) for column in sheet.columns]
        page.row_dimensions[top].height = _height(heads, widths)
        page.append(heads)
        last = top
        for row in sheet.rows:
            last += 1
            cells = [self._cell(page, value) for value in row]
            # Not every program makes a row as high as its text when it opens a file.
            page.row_dimensions[last].height = _height(cells, widths)
            page.append(cells)
        page.auto_filter.ref = f"A{top}:{self.letter(len(sheet.columns))}{max(last, top)}"

    def _plain(self, page: Any, text: str, font: Any) -> Any:
        cell = self.cell(page, value=_text(text))
        cell.font = font
        return cell

    def _head(self, page: Any, title: str) -> Any:
        cell = self._plain(page, title, self.bold)
        cell.fill, cell.font = self.heading
        cell.alignment = self.wrapped
        return cell

    def _cell(self, page: Any, given: Any) -> Any:
        value, state = given if isinstance(given, Cell) else (given, None)
        cell = self.cell(page, value=_value(value))
        cell.alignment = self.wrapped
        if isinstance(cell.value, str):
            cell.data_type = "s"
        if state is not None:
            cell.fill, cell.font = self.fills[state]
        return cell


def _height(cells: Sequence[Any], widths: Sequence[int]) -> float:
    """How high a row has to be, in points, for its texts to be seen whole."""
    lines = max(
        -(-len(cell.value) // max(width - 1, 1)) if isinstance(cell.value, str) else 1
        for cell, width in zip(cells, widths, strict=True)
    )
    return min(_LINE * max(lines, 1) + 1, _HIGHEST)


def _value(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return {None: None, True: "yes", False: "no"}[value]
    if isinstance(value, int | Fraction):
        from ..feel.values import number_text

        text = number_text(value)
        if len(text.strip("-").replace(".", "").strip("0")) > SIGNIFICANT_DIGITS:
            return text
        return value if isinstance(value, int) else float(value)
    return _text(value) if isinstance(value, str) else value


def _text(text: str) -> str:
    shown = defused(safe(text))
    return shown if len(shown) <= MOST_TEXT else shown[: MOST_TEXT - len(CUT)] + CUT
