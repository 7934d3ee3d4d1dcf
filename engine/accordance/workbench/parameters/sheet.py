"""The sheet of parameters: a CSV file or workbook with a row for each, and what comes back."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Final

from ...facts.tables.cells import plain_text
from ...feel import values
from ...feel.values import Value
from ...problem import Code, Place, Problem, Refused
from ...source.quoting import listed, nearest, quoted
from ...source.table import Row, Table
from ...source.tree import Scalar
from ...strategy.model import Parameter, Strategy
from .listing import LIST_SEPARATOR

NAME, VALUE, UNIT = "parameter", "value", "unit"
SHEET: Final = "parameters"
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def read_sheet(data: bytes, name: str, strategy: Strategy) -> dict[str, Value]:
    """The values that a sheet states, by parameter. Raises Refused with every problem in it."""
    table = _table(data, name)
    reader = _Reader(table, strategy)
    found = reader.read()
    if reader.problems:
        raise Refused(reader.problems)
    return found


def _table(data: bytes, name: str) -> Table:
    if name.lower().endswith((".xlsx", ".xlsm")):
        from ...source.workbook_reader import read_workbook

        sheets = read_workbook(data, name)
        if SHEET in sheets:
            return sheets[SHEET]
        if len(sheets) == 1:
            return next(iter(sheets.values()))
        raise Refused(
            Problem(Code.SHEET, f"the workbook has no sheet `{SHEET}`", Place(name), "name it so")
        )
    from ...source.csv_reader import read_csv

    return read_csv(data, name)


class _Reader:
    def __init__(self, table: Table, strategy: Strategy) -> None:
        self.table = table
        self.strategy = strategy
        self.problems: list[Problem] = []
        self.columns: dict[str, int] = {}

    def note(self, code: Code, message: str, place: Place, help: str | None = None) -> None:
        self.problems.append(Problem(code, message, place, help))

    def read(self) -> dict[str, Value]:
        rows = iter(self.table.rows)
        if not any(self._is_heading(row) for row in rows):
            self.note(
                Code.COLUMN,
                f"no row names the columns {listed([NAME, VALUE])}",
                self.table.place,
                "write them above the parameters, as `accordance parameters --output` does",
            )
            return {}
        found: dict[str, Value] = {}
        seen: dict[str, Place] = {}
        for row in rows:
            cell = row.cells.get(self.columns[NAME])
            if cell is None:
                place = self.table.source.place(row.start)
                self.note(Code.ROW, "this row names no parameter", place, "take it out")
                continue
            parameter = self._parameter(cell)
            if parameter is None:
                continue
            if parameter.name in seen:
                self.note(
                    Code.DUPLICATE_ID,
                    f"{quoted(parameter.name)} stands here twice, first at {seen[parameter.name]}",
                    cell.place,
                    "leave one out",
                )
                continue
            seen[parameter.name] = cell.place
            self._check_unit(row, parameter)
            value = self._value(row, cell, parameter)
            if value is not None:
                found[parameter.name] = value
        return found

    def _is_heading(self, row: Row) -> bool:
        names = {cell.text.strip().lower(): column for column, cell in row.cells.items()}
        if NAME not in names or VALUE not in names:
            return False
        self.columns = {name: names[name] for name in (NAME, VALUE, UNIT) if name in names}
        return True

    def _parameter(self, cell: Scalar) -> Parameter | None:
        name = cell.text.strip()
        known = self.strategy.parameters
        if cell.start in self.table.faults:
            self.problems.append(self.table.faults[cell.start])
        elif name not in known:
            meant = nearest(name, list(known))
            self.note(
                Code.FIELD_UNKNOWN,
                f"{quoted(name)} is not a parameter of {quoted(self.strategy.name)}",
                cell.place,
                f"did you mean {quoted(meant)}?" if meant else "parameters are added in YAML",
            )
        return known.get(name)

    def _check_unit(self, row: Row, parameter: Parameter) -> None:
        cell = row.cells.get(self.columns[UNIT]) if UNIT in self.columns else None
        if cell is not None and plain_text(cell.text.strip()) != parameter.unit:
            self.note(
                Code.FIELD_VALUE,
                f"the unit of {quoted(parameter.name)} is {quoted(parameter.unit)}, not "
                f"{quoted(cell.text.strip())}",
                cell.place,
                "a unit is changed in YAML, since rules compare by it",
            )

    def _value(self, row: Row, named: Scalar, parameter: Parameter) -> Value | None:
        cell = row.cells.get(self.columns[VALUE])
        what = quoted(parameter.name)
        if cell is None:
            self.note(
                Code.FIELD_MISSING,
                f"{what} has no value",
                named.place,
                "write it, or take the whole row out: then it stays as it is",
            )
            return None
        fault = self.table.faults.get(cell.start)
        if fault is not None:
            self.problems.append(fault)
            return None
        try:
            return self._typed(cell, parameter)
        except ValueError as error:
            self.note(Code.FIELD_VALUE, f"{what}: {error}", cell.place, _HELP.get(parameter.unit))
            return None

    def _typed(self, cell: Scalar, parameter: Parameter) -> Value:
        """The value of a cell by the parameter's unit; ValueError says what is wrong."""
        text = plain_text(cell.text.strip())
        if parameter.unit == "duration":
            return values.duration(text)
        if parameter.unit == "date":
            return values.date(text)
        if parameter.unit == "text":
            return _text(text)
        if parameter.unit == "list":
            parts = [part.strip() for part in text.split(LIST_SEPARATOR) if part.strip()]
            if not parts:
                raise ValueError("a list needs an entry")
            old: Any = parameter.value
            if all(isinstance(one, str) for one in old):
                return [_text(part) for part in parts]
            return [_number(part) for part in parts]
        value = cell.value
        if isinstance(value, int | Fraction) and not isinstance(value, bool):
            return _within_digits(value)
        return _number(text)


_HELP: Final = {
    "duration": "write P30D, P6M or P5Y",
    "date": "write YYYY-MM-DD",
    "list": f"write the entries with `{LIST_SEPARATOR}` between them",
}


def _number(text: str) -> int | Fraction:
    if not _NUMBER.fullmatch(text) or len(text) > 40:
        comma = text.replace(",", ".", 1)
        meant = f"; did you mean {comma}?" if _NUMBER.fullmatch(comma) else ""
        raise ValueError(f"{quoted(text)} is not a number{meant}")
    return _within_digits(values.number(text))


def _within_digits(value: int | Fraction) -> int | Fraction:
    if values.too_many_digits(value):
        raise ValueError("at most 18 digits before the decimal point and 6 after it are kept")
    return value


def _text(text: str) -> str:
    if text.startswith(_FORMULA):
        raise ValueError(f"{quoted(text)} is what a spreadsheet takes for a formula")
    if not text.isprintable() or not text:
        raise ValueError("this is not one line of text")
    return text
