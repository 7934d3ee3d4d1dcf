"""Records that could not be read, as a table: one row for each problem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import answers
from .answers import ROW
from .singly import Rejected

if TYPE_CHECKING:
    import pyarrow as pa


def rejected_schema() -> pa.Schema:
    import pyarrow as pa

    return pa.schema(
        [
            (ROW, pa.int64()),
            (answers.SOURCE, pa.string()),
            (answers.LINE, pa.int64()),
            ("column", pa.int64()),
            ("code", pa.string()),
            ("message", pa.string()),
            ("help", pa.string()),
        ]
    )


def _text(words: str | None) -> str | None:
    """Words as text that every file can hold: half a character of a record may be among them."""
    return None if words is None else words.encode("utf-8", "backslashreplace").decode("utf-8")


def rejected_table(rejected: Sequence[Rejected]) -> pa.Table:
    """The problems of records, each where it is; one that is nowhere stands where its record is."""
    import pyarrow as pa

    rows = []
    for one in rejected:
        for problem in one.problems:
            place = problem.place or one.record.place
            said = (place.file, place.line, place.column)
            told = (problem.code.value, _text(problem.message), _text(problem.help))
            rows.append((one.record.row, *said, *told))
    schema = rejected_schema()
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    arrays = [pa.array(column, one.type) for column, one in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)
