"""Facts as an XLSX workbook, and the empty workbook that asks for them.

One sheet holds the cases, one the items of each list, linked by id. Above the names of the columns
stand title and question; words are chosen from a list; dates have the form of dates.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from ...feel.values import Value, number, number_text
from ...problem import Code, Problem, Refused
from ...source.archives import settled
from ...source.quoting import quoted
from ...source.table import column_letters
from ...source.workbook_reader import SIGNIFICANT_DIGITS, import_openpyxl
from ..asking import Question, Questions
from ..model import FactModel
from ..shapes import Boolean, Date, Group, List, NumberShape, Shape, Text
from .cells import NONE, defused, plain_text
from .layout import ID
from .reading import MAIN_SHEET, SHEET_NAME_LENGTH, SHEETS_ASIDE
from .writing import MAIN, Cell, Sheet, cell_text, linked_tables

MAX_TEXT: Final = 32_767
"""As many characters as a cell can hold."""
ROWS_PREPARED: Final = 1_000
"""So many rows offer their words to choose from."""
HEADER_ROWS: Final = 3
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)|\r")
_NEEDED_COLOUR: Final = "FFF2CC"
_PATH_COLOUR: Final = "808080"
_HINT: Final = (
    "Each row of the sheet `partnerships` is one partnership; its facts stand below the names of "
    "the columns in row 3.",
    "Leave a cell empty when the fact is not known. Write `none` where there is none: no plan, no "
    "date, an empty list.",
    "The items of a list (parties, reviews ...) stand on a sheet of their own, one a row; `id` "
    "says to which partnership each belongs.",
    "A column called `parties[n]` says to which party an item belongs: 1 for the first.",
    "Several words in one cell are parted by `;`. Dates are written YYYY-MM-DD.",
    "Columns marked (needed) hold what must be known before a decision.",
    "Do not rename sheets or the names in row 3. Formulas are not read.",
)


def workbook_bytes(
    model: FactModel, questions: Questions, cases: Sequence[dict[str, Value]] = ()
) -> bytes:
    """A workbook that asks the questions and holds the facts of the cases. Raises Refused."""
    openpyxl = import_openpyxl()
    book = openpyxl.Workbook()
    book.remove(book.active)
    book.properties.creator = "Accordance"
    maker = _Maker(book, model, questions)
    for path, sheet in _sheets(model, questions, linked_tables(cases, model)).items():
        maker.add(path, sheet)
    maker.add_aside()
    raw = io.BytesIO()
    book.save(raw)
    return settled(raw.getvalue())


def _sheets(model: FactModel, questions: Questions, stated: dict[str, Sheet]) -> dict[str, Sheet]:
    """The sheets by list, with the columns that are asked for or stated, in the model's order."""
    columns: dict[str, list[str]] = {MAIN: [ID]}
    for question in questions.all():
        table = question.list_path
        if table not in columns:
            columns[table] = [ID, *(f"{one}[n]" for one in question.lists_above)]
        name = question.fact.path.removeprefix(f"{table}.") if table else question.fact.path
        columns[table].append(name)
    made = {}
    for path in (MAIN, *(fact for fact in model.facts if fact in model.lists)):
        asked = list(dict.fromkeys(columns.get(path, ())))
        known = stated.get(path)
        if known is None and not asked:
            continue
        extra = [name for name in known.columns if name not in asked] if known else []
        made[path] = Sheet([*asked, *extra], known.rows if known else [])
    return made


class _Maker:
    def __init__(self, book: Any, model: FactModel, questions: Questions) -> None:
        from openpyxl.styles import Alignment, Font, PatternFill
        from openpyxl.worksheet.datavalidation import DataValidation

        self.book = book
        self.model = model
        self.questions = {question.fact.path: question for question in questions.all()}
        self.bold = Font(bold=True)
        self.grey = Font(color=_PATH_COLOUR, size=9)
        self.needed = PatternFill("solid", start_color=_NEEDED_COLOUR)
        self.wrapped = Alignment(wrap_text=True, vertical="top")
        self.validation = DataValidation
        self.words: list[tuple[str, ...]] = []

    def add(self, path: str, sheet: Sheet) -> None:
        page = self.book.create_sheet(path[:SHEET_NAME_LENGTH] if path else MAIN_SHEET)
        root = self.model.root if path == MAIN else _item(self.model, path)
        for column, name in enumerate(sheet.columns, 1):
            self.head(page, column, name, path, root)
        for row, cells in enumerate(sheet.rows, HEADER_ROWS + 1):
            for column, name in enumerate(sheet.columns, 1):
                if name in cells:
                    self.fill(page.cell(row, column), cells[name])
        page.freeze_panes = page.cell(HEADER_ROWS + 1, 2)
        page.row_dimensions[2].height = 90

    def head(self, page: Any, column: int, name: str, path: str, root: Group) -> None:
        """The three cells above a column, and what its cells may hold."""
        letters = column_letters(column - 1)
        links = path != MAIN and (name == ID or name.endswith("[n]"))
        shape = None if links else _shape(root, name)
        question = self.questions.get(shape.path) if shape is not None else None
        title, text = _title(name, shape, question, self.model)
        top = page.cell(1, column)
        self.put_text(top, title)
        top.font = self.bold
        top.alignment = self.wrapped
        below = page.cell(2, column)
        self.put_text(below, text)
        below.alignment = self.wrapped
        last = page.cell(HEADER_ROWS, column)
        self.put_text(last, name)
        last.font = self.grey
        if question is not None and question.needed:
            for cell in (top, below):
                cell.fill = self.needed
        dimension = page.column_dimensions[letters]
        dimension.width = 28 if isinstance(shape, Text) and shape.values is None else 18
        if isinstance(shape, Date):
            dimension.number_format = "yyyy-mm-dd"
        elif not isinstance(shape, NumberShape | Boolean) and not name.endswith("[n]"):
            dimension.number_format = "@"
        words = _words(shape)
        if words:
            self.offer(page, letters, words)

    def offer(self, page: Any, letters: str, words: tuple[str, ...]) -> None:
        """The words of a column, to choose from; they stand on a sheet of their own, because a
        rule of the spreadsheet itself may have only 255 characters."""
        if words not in self.words:
            self.words.append(words)
        column = column_letters(self.words.index(words))
        rule = self.validation(
            type="list",
            formula1=f"words!${column}$1:${column}${len(words)}",
            allow_blank=True,
            showErrorMessage=True,
            errorTitle="Not one of the words",
            error="Choose one from the list, or leave the cell empty when it is not known.",
        )
        rule.add(f"{letters}{HEADER_ROWS + 1}:{letters}{HEADER_ROWS + ROWS_PREPARED}")
        page.add_data_validation(rule)

    def fill(self, cell: Any, value: Cell) -> None:
        if isinstance(value, bool):
            self.put_text(cell, cell_text(value))
        elif isinstance(value, int | Fraction):
            binary = float(value)
            if number(format(binary, f".{SIGNIFICANT_DIGITS}g")) == value:
                cell.value = int(value) if isinstance(value, int) else binary
            else:
                # A spreadsheet would round it.
                self.put_text(cell, number_text(value))
        elif isinstance(value, dt.date) and value.year >= 1900:
            cell.value = value
            cell.number_format = "yyyy-mm-dd"
        else:
            text = cell_text(value)
            # What defuses a text elsewhere is part of this text, and must not be taken for it.
            self.put_text(cell, defused(text) if plain_text(text) != text else text)

    def put_text(self, cell: Any, text: str) -> None:
        """Text that stays text, whatever it begins with."""
        if len(text) > MAX_TEXT:
            raise Refused(
                Problem(
                    Code.CELL,
                    f"the text {quoted(text)} is longer than a cell can hold",
                    help=f"shorten it to {MAX_TEXT:,} characters",
                )
            )
        cell.value = _ESCAPE.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
        cell.data_type = "s"
        cell.number_format = "@"
        if defused(text) != text:
            cell.quotePrefix = True

    def add_aside(self) -> None:
        """The guide, and the words to choose from."""
        guide, words = SHEETS_ASIDE
        page = self.book.create_sheet(guide)
        page.column_dimensions["A"].width = 100
        for row, line in enumerate(_HINT, 1):
            self.put_text(page.cell(row, 1), line)
            page.cell(row, 1).alignment = self.wrapped
        hidden = self.book.create_sheet(words)
        hidden.sheet_state = "hidden"
        for column, offered in enumerate(self.words, 1):
            for row, word in enumerate(offered, 1):
                self.put_text(hidden.cell(row, column), word)


def _title(
    name: str, shape: Shape | None, question: Question | None, model: FactModel
) -> tuple[str, str]:
    """The two cells above the name of a column."""
    if shape is None and name == ID:
        return "Reference of the partnership", "To which partnership does the row belong?"
    if shape is None:
        of = name.removesuffix("[n]")
        return f"Number in {of}", f"To which item of `{of}` does the row belong (1 for the first)?"
    if question is not None:
        title = question.title + (" (needed)" if question.needed else "")
        text = f"{question.fact.question} ({question.answer('yes', 'no')})".strip()
    else:
        fact = model.facts.get(shape.path)
        title, text = (fact.title, fact.question) if fact is not None else (name, "")
    # Reading finds the names of the columns by the cell `id`, so no title may be that word.
    return "Reference" if title == ID else title, text


def _shape(root: Group, name: str) -> Shape:
    shape: Shape = root
    for step in re.sub(r"\[[0-9n]+\]", "", name).split("."):
        if isinstance(shape, List):
            shape = shape.item
        assert isinstance(shape, Group)
        shape = shape.members[step]
    return shape.item if isinstance(shape, List) and name.endswith("]") else shape


def _item(model: FactModel, path: str) -> Group:
    shape = _shape(model.root, path)
    assert isinstance(shape, List) and isinstance(shape.item, Group)
    return shape.item


def _words(shape: Shape | None) -> tuple[str, ...]:
    """The words that a cell may hold, where they can be listed."""
    if isinstance(shape, Boolean):
        return ("yes", "no")
    if isinstance(shape, Text) and shape.values is not None:
        return (*shape.values, NONE) if shape.may_be_none else shape.values
    if isinstance(shape, List) and isinstance(shape.item, Group):
        return (NONE,)
    return ()
