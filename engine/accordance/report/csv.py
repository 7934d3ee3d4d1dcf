"""Findings as a table that any spreadsheet opens: one row each, nothing in it a formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from ..facts.tables.cells import defused
from ..feel.values import number_text
from . import Json
from .findings import COLUMNS, rows
from .page import Page
from .text import safe

BYTE_ORDER_MARK: Final = "\ufeff"
"""Begins the table, so that Excel takes it for UTF-8."""
_NEEDS_QUOTES: Final = frozenset('",;')


def check(reports: Sequence[Json], page: Page) -> str:
    return "".join(lines(reports, page.full))


def lines(reports: Iterable[Json], everything: bool = False) -> Iterator[str]:
    """The names of the columns, then the findings of each report."""
    yield BYTE_ORDER_MARK + line(COLUMNS)
    for report in reports:
        for row in rows(report, everything):
            yield line(row.values())


def line(cells: Iterable[Any]) -> str:
    """A row of cells: `yes` or `no`, numbers in plain digits, text defused, nothing for None."""
    return ",".join(map(_cell, cells)) + "\n"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        text = defused(safe(value))
        if _NEEDS_QUOTES.isdisjoint(text) and text == text.strip():
            return text
        return '"' + text.replace('"', '""') + '"'
    return number_text(value)
