"""The parameters as a sheet to fill in; every text is defused, so that no cell is a formula."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..facts.tables.writing import Sheet as Table
from ..facts.tables.writing import csv_text
from ..feel.values import number
from . import Json
from .sheets import Column, Sheet, workbook

COLUMNS = {"parameter": 30, "value": 24, "unit": 14, "means": 60, "rules": 30}
NOTE = (
    "Change only the column value. Durations are written P30D, P6M or P5Y, dates YYYY-MM-DD, lists"
    " with ; between their entries."
)
_TYPED = ("duration", "date", "text", "list")


def as_csv(document: Json) -> str:
    return csv_text(Table(list(COLUMNS), [_row(one) for one in document["parameters"]]))


def as_workbook(document: Json) -> bytes:
    """Raises Refused where openpyxl is not installed."""
    rows = [tuple(_row(one).values()) for one in document["parameters"]]
    columns = [Column(name, width) for name, width in COLUMNS.items()]
    strategy = document["strategy"]
    title = f"Parameters of {strategy['name']} {strategy['version']}"
    return workbook([Sheet("parameters", columns, rows, NOTE)], title)


def _row(one: Json) -> dict[str, Any]:
    value: Any = one["value"]
    if one["unit"] not in _TYPED:
        value = number(value)
        assert isinstance(value, int | Fraction)
    return {
        "parameter": one["parameter"],
        "value": value,
        "unit": one["unit"],
        "means": one["means"],
        "rules": "; ".join(one["rules"]),
    }
