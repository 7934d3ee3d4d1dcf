"""A CSV file to a table. Each cell keeps its line and column, which the csv module would lose."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ..problem import Code, Place, Problem, Refused
from .table import MAX_CELLS, MAX_COLUMNS, Row, Table
from .text import MAX_FILE_BYTES, SourceText, decoded
from .tree import Scalar

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab"}
"""What may part the cells of a row."""

_LINE = re.compile(r"[^\r\n]*")
_LINE_END = re.compile(r"\r\n|\r|\n")
_QUOTED = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"')
_BETWEEN_QUOTES = re.compile(r'"[^"]*(?:""[^"]*)*"?')
_SEPARATOR_LINE = re.compile(r"sep=([,;\t])\r?\n", re.IGNORECASE)
"""Excel writes and reads such a line before the table."""


def read_csv(data: bytes, name: str, delimiter: str | None = None) -> Table:
    """The table of a CSV file; the delimiter is found out from its first line unless given.

    Raises Refused when the file cannot be read at all.
    """
    if len(data) > MAX_FILE_BYTES:
        raise Refused(
            Problem(
                Code.FILE_TOO_LARGE,
                f"the table is larger than {MAX_FILE_BYTES // 2**20} MB",
                Place(name),
                "split it into several",
            )
        )
    source = _text_of(data, name)
    start = 0
    told = _SEPARATOR_LINE.match(source.text)
    if told:
        start = told.end()
    if delimiter is None:
        delimiter = told[1] if told else _delimiter_of(source.text)
    table = Table(name, source, [])
    count = 0
    for row_start, cells in _records(source, start, delimiter):
        count += len(cells)
        if len(cells) > MAX_COLUMNS:
            raise Refused(
                Problem(
                    Code.TOO_MANY_VALUES,
                    f"a row has more than {MAX_COLUMNS:,} cells",
                    source.place(row_start),
                )
            )
        if count > MAX_CELLS:
            raise Refused(
                Problem(
                    Code.TOO_MANY_VALUES,
                    f"the table holds more than {MAX_CELLS:,} cells",
                    source.place(row_start),
                    "split it into several",
                )
            )
        stated = {
            column: Scalar(text, text, False, begin, end, source)
            for column, (text, begin, end) in enumerate(cells)
            if text and not text.isspace()
        }
        if stated:
            table.rows.append(Row(stated, row_start))
    if not table.rows:
        raise Refused(Problem(Code.FILE_EMPTY, "the table is empty", source.place(0)))
    return table


def _text_of(data: bytes, name: str) -> SourceText:
    try:
        return decoded(data, name)
    except Refused as refused:
        (problem,) = refused.problems
        if problem.code is not Code.FILE_NOT_TEXT:
            raise
        raise Refused(
            Problem(
                problem.code,
                problem.message,
                problem.place,
                "save it as CSV in UTF-8 (in Excel: CSV UTF-8), or as a workbook (.xlsx)",
            )
        ) from None


def _delimiter_of(text: str) -> str:
    """The delimiter that the first line has most of, outside quotes."""
    first = _LINE.match(_BETWEEN_QUOTES.sub("", text[: 2**20].lstrip("\r\n")))
    line = first[0] if first else ""
    return max(DELIMITERS, key=line.count)


def _records(
    source: SourceText, position: int, delimiter: str
) -> Iterator[tuple[int, list[tuple[str, int, int]]]]:
    """Where each record starts, and its cells: text, offset and end."""
    text = source.text
    unquoted = re.compile(f"[^{re.escape(delimiter)}\r\n]*")
    while position < len(text):
        start = position
        line = _LINE.match(text, position)
        assert line is not None
        if '"' not in line[0]:
            cells = []
            for cell in line[0].split(delimiter, MAX_COLUMNS):
                cells.append((cell, position, position + len(cell)))
                position += len(cell) + 1
            position = line.end()
        else:
            cells, position = _quoted_record(source, position, delimiter, unquoted)
        yield start, cells
        end = _LINE_END.match(text, position)
        if end:
            position = end.end()


def _quoted_record(
    source: SourceText, position: int, delimiter: str, unquoted: re.Pattern[str]
) -> tuple[list[tuple[str, int, int]], int]:
    """The cells of a record in which a quote stands, and where it ends."""
    text = source.text
    cells = []
    while True:
        if text.startswith('"', position):
            match = _QUOTED.match(text, position)
            if match is None:
                raise Refused(
                    Problem(
                        Code.SYNTAX,
                        "a quoted cell is not closed",
                        source.place(position),
                        'end it with `"`; write a quote inside it twice',
                    )
                )
            cells.append((match[1].replace('""', '"'), position, match.end()))
        else:
            match = unquoted.match(text, position)
            assert match is not None
            cells.append((match[0], position, match.end()))
        position = match.end()
        if text.startswith(delimiter, position):
            position += 1
        elif position >= len(text) or text[position] in "\r\n":
            return cells, position
        else:
            raise Refused(
                Problem(
                    Code.SYNTAX,
                    "text follows the closing quote of a cell",
                    source.place(position),
                    "write a quote inside a quoted cell twice",
                )
            )
