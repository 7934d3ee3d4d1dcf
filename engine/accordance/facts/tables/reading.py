"""A CSV file or a workbook in our own layout becomes cases.

CSV: one row a case; the items of a list stand in numbered columns, or in a file of their own beside
the first (`register.parties.csv` beside `register.csv`). Workbook: the cases stand on the sheet
`partnerships` (or on the only sheet), the items of each list on a sheet called after it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ...problem import Code, Place, Problem, Refused
from ...source.limits import ProblemList
from ...source.quoting import listed, nearest, quoted
from ...source.table import Table
from ...source.text import read_bytes
from ..case import Case
from ..model import FactModel
from ..reading import read_case
from .assembling import Assembled, assemble
from .layout import Layout, columns_of, header_of
from .placing import Stated

CSV_ENDINGS: Final = (".csv", ".tsv")
WORKBOOK_ENDINGS: Final = (".xlsx", ".xlsm")
TABLE_ENDINGS: Final = (*CSV_ENDINGS, *WORKBOOK_ENDINGS)

MAIN_SHEET: Final = "partnerships"
SHEETS_ASIDE: Final = ("guide", "words")
"""Sheets of the template that state no facts."""
SHEET_NAME_LENGTH: Final = 31
"""Longer names are cut, since no spreadsheet has them."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The table of cases, and the tables of the items of lists by the list's path."""

    cases: Table
    lists: dict[str, Table]


def is_table(path: str) -> bool:
    """Is this the name of a file that holds a table?"""
    return path.lower().endswith(TABLE_ENDINGS)


def load_table_cases(model: FactModel, path: str) -> list[Case]:
    """Every case of a CSV file or workbook. Raises Refused with all problems of all rows."""
    return cases_of(load_tables(model, path), model)


def load_tables(model: FactModel, path: str) -> Assembled:
    """The rows of a CSV file or workbook as facts. Raises Refused for what is wrong with it as a
    whole; what is wrong with a row stands beside it."""
    tables = workbook_tables(model, path) if is_workbook(path) else csv_tables(model, path)
    header = header_of(tables.cases)
    columns = columns_of(tables.cases, tables.cases.rows[header], model.root, model)
    assembled = assemble(tables.cases, Layout(columns), header, model, tables.lists)
    refuse_if_empty(assembled, tables.cases)
    return assembled


def refuse_if_empty(assembled: Assembled, table: Table) -> None:
    """Raises Refused for a table without a row."""
    if not assembled.stated and not assembled.strays:
        raise Refused(
            Problem(
                Code.FILE_EMPTY,
                "the table holds no case",
                table.place,
                "write one a row, below the names of the columns",
            )
        )


def is_workbook(path: str) -> bool:
    return path.lower().endswith(WORKBOOK_ENDINGS)


def cases_of(assembled: Assembled, model: FactModel) -> list[Case]:
    """The cases of a table, none of which may be refused. Raises Refused."""
    problems = list(assembled.strays)
    cases = []
    for one in assembled.stated:
        made = case_of(one, model)
        if isinstance(made, Case):
            cases.append(made)
        else:
            problems += made
    if problems:
        raise Refused(problems)
    return cases


def case_of(one: Stated, model: FactModel) -> Case | list[Problem]:
    """The case that a row states, or everything that is wrong with it."""
    try:
        case = read_case(one.tree, model)
    except Refused as refused:
        told = {problem.place for problem in one.problems}
        extra = [problem for problem in refused.problems if problem.place not in told]
        if one.problems:
            # Without what was refused already, a fact may seem to be missing that is there.
            extra = [problem for problem in extra if problem.code is not Code.FACT_MISSING]
        return ProblemList([*one.problems, *extra]).in_order()
    return ProblemList(one.problems).in_order() or case


# files


def csv_tables(model: FactModel, path: str) -> Tables:
    """A CSV file and the files of lists beside it."""
    table = read_csv_file(path)
    folder, name = os.path.split(path)
    stem, ending = os.path.splitext(name)
    lists: dict[str, Table] = {}
    problems = ProblemList()
    for other in sorted(os.listdir(folder or ".")):
        if not (other.startswith(f"{stem}.") and other.lower().endswith(ending.lower())):
            continue
        part = other[len(stem) + 1 : -len(ending)]
        if part in model.lists:
            lists[part] = read_csv_file(os.path.join(folder, other))
        elif part:
            meant = nearest(part, sorted(model.lists))
            if meant is not None:
                problems.append(
                    Problem(
                        Code.FILE_KIND,
                        f"{quoted(part)} is not a list of this strategy",
                        Place(os.path.join(folder, other)),
                        f"did you mean `{stem}.{meant}{ending}`?",
                    )
                )
    problems.refuse_if_any()
    return Tables(table, lists)


def companion_of(path: str, files: Sequence[str], model: FactModel) -> str | None:
    """The file of cases, among those named, to which a CSV file brings the items of a list."""
    stem, ending = os.path.splitext(path)
    if ending.lower() not in CSV_ENDINGS:
        return None
    for path_of_list in model.lists:
        if stem.endswith(f".{path_of_list}"):
            main = stem[: -len(path_of_list) - 1] + ending
            if main in files:
                return main
    return None


def read_csv_file(path: str, delimiter: str | None = None) -> Table:
    from ...source.csv_reader import read_csv

    return read_csv(read_bytes(path, path), path, delimiter)


def workbook_tables(model: FactModel, path: str) -> Tables:
    """The sheets of a workbook in our own layout."""
    return sheets_of(model, read_workbook_file(path), path)


def read_workbook_file(path: str) -> dict[str, Table]:
    from ...source.workbook_reader import read_workbook

    return read_workbook(read_bytes(path, path), path)


def sheets_of(model: FactModel, sheets: dict[str, Table], name: str) -> Tables:
    """Which sheet holds what. Raises Refused."""
    by_sheet = {path[:SHEET_NAME_LENGTH]: path for path in sorted(model.lists)}
    sheets = {title: one for title, one in sheets.items() if title not in SHEETS_ASIDE}
    lists = {by_sheet[title]: one for title, one in sheets.items() if title in by_sheet}
    others = [title for title in sheets if title not in by_sheet]
    if MAIN_SHEET in sheets:
        main = MAIN_SHEET
    elif len(others) == 1:
        main = others[0]
    else:
        has = f"it has {listed(list(sheets))}" if sheets else "all its sheets are empty"
        raise Refused(
            Problem(
                Code.SHEET,
                f"the workbook has no sheet `{MAIN_SHEET}`: {has}",
                Place(name),
                f"call the sheet with one row a case `{MAIN_SHEET}`",
            )
        )
    problems = ProblemList()
    for title in others:
        if title == main:
            continue
        meant = nearest(title, list(by_sheet))
        problems.append(
            Problem(
                Code.SHEET,
                f"the sheet {quoted(title)} is not a list of this strategy",
                sheets[title].place,
                f"did you mean {quoted(meant)}?" if meant else "take it out, or empty it",
            )
        )
    problems.refuse_if_any()
    return Tables(sheets[main], lists)
