"""Facts in Parquet: one row a case, columns named by the paths of facts or nested like them.

A null says nothing, as a blank does. A column that is no fact refuses the file; what is wrong with
the values of a row stays with the row.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias

from ..facts.fault_wording import name_fault
from ..facts.model import FactModel
from ..facts.shapes import Group, List, Shape
from ..problem import Code, Place, Problem, Refused
from ..source.limits import ProblemList
from ..source.quoting import quoted
from .records import Record
from .sources import unreadable

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

Layout: TypeAlias = "dict[str, int | Layout]"
"""By the name of a fact the number of its column, or the facts of a group in columns of their
own."""


@dataclass(frozen=True, slots=True)
class RowsLayout:
    """Where the facts of a file stand: `schema` has the types of the columns."""

    columns: Layout
    schema: pa.Schema


class Rows:
    """Records that are rows of a Parquet file."""

    def __init__(
        self,
        first: int,
        path: str,
        numbers: np.ndarray[Any, Any],
        table: pa.Table,
        layout: RowsLayout,
        file_digest: str,
    ) -> None:
        self.first = first
        self.rows = table
        self.layout = layout
        self._path = path
        self._numbers = numbers
        self._file_digest = file_digest
        said = f"{first} {path} {file_digest}\n".encode() + numbers.tobytes()
        self.digest = f"sha256:{hashlib.sha256(said).hexdigest()}"

    def __len__(self) -> int:
        return int(self.rows.num_rows)

    def __iter__(self) -> Iterator[Record]:
        for at in range(len(self)):
            yield self.record(self.first + at)

    def record(self, row: int) -> Record:
        at = row - self.first
        (values,) = self.rows.slice(at, 1).to_pylist()
        text = _written(_nested(self.layout.columns, list(values.values())))
        place = Place(self._path, int(self._numbers[at]))
        return Record(row, place, self._digests[at], text=text)

    @cached_property
    def _digests(self) -> list[bytes]:
        return self.places()[2].to_pylist()  # type: ignore[no-any-return]

    def places(self) -> tuple[pa.Array, pa.Array, pa.Array]:
        import duckdb
        import numpy as np
        import pyarrow as pa

        # Columns have no text that a digest could be of; this hash tells rows apart.
        with duckdb.connect() as connection:
            connection.register("rows", self.rows)
            found = connection.sql("SELECT hash(rows) FROM rows").fetchnumpy()
        hashes = np.ascontiguousarray(next(iter(found.values())).astype(">u8"))
        width = hashes.dtype.itemsize
        digests = pa.Array.from_buffers(pa.binary(width), len(self), [None, pa.py_buffer(hashes)])
        names = pa.array([self._path], pa.string()).take(pa.array([0] * len(self), pa.int32()))
        return names, pa.array(self._numbers, pa.int64()), digests.cast(pa.binary())

    def ids(self) -> list[Any]:
        """What the column of the references says of each row."""
        column = self.layout.columns.get("id")
        if not isinstance(column, int):
            return [None] * len(self)
        return self.rows[column].to_pylist()  # type: ignore[no-any-return]

    def without(self, rows: frozenset[int], first: int) -> Rows:
        import numpy as np
        import pyarrow as pa

        kept = np.array([self.first + at not in rows for at in range(len(self))], dtype=bool)
        return Rows(
            first,
            self._path,
            self._numbers[kept],
            self.rows.filter(pa.array(kept)),
            self.layout,
            self._file_digest,
        )


def read_rows(
    path: str, model: FactModel, first: int, most: int, file_digest: str
) -> Iterator[Rows]:
    """The rows of a file, at most so many at once; the first has the number `first`. Raises Refused
    where the file cannot be read, or has a column that is no fact."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            layout = _layout_of(file.schema_arrow, path, model)
            number = 1
            for batch in file.iter_batches(most):
                table = pa.Table.from_batches([batch])
                # Columns are known by their number, since names may stand there twice.
                table = table.rename_columns([f"c{at}" for at in range(table.num_columns)])
                table = _widened(table)
                form = RowsLayout(layout, table.schema)
                numbers = np.arange(number, number + table.num_rows, dtype=np.int64)
                rows = Rows(first, path, numbers, table, form, file_digest)
                yield rows
                first += len(rows)
                number += len(rows)
    except (OSError, pa.ArrowException) as error:
        said = str(error).split("\n")[0][:200].rstrip(".")
        problem = unreadable(path, ValueError(f"this is no whole Parquet file ({said})"))
        raise Refused(problem) from None


def _widened(table: pa.Table) -> pa.Table:
    """Small binary numbers as the decimal numbers that they are written as, and dictionaries as
    their words."""
    import pyarrow as pa

    for at, column in enumerate(table.schema):
        kind = column.type
        if pa.types.is_dictionary(kind):
            table = table.set_column(at, column.name, table[at].cast(kind.value_type))
        elif pa.types.is_float32(kind) or pa.types.is_float16(kind):
            written = table[at].cast(pa.float32()).cast(pa.string()).cast(pa.float64())
            table = table.set_column(at, column.name, written)
    return table


def _layout_of(schema: pa.Schema, path: str, model: FactModel) -> Layout:
    problems = ProblemList()
    layout: Layout = {}
    for number, column in enumerate(schema):
        fault = _place_column(layout, number, column, path, model)
        if fault is not None:
            problems.append(fault)
    problems.refuse_if_any()
    return layout


def _place_column(
    layout: Layout, number: int, column: pa.Field, path: str, model: FactModel
) -> Problem | None:
    name = column.name
    shape: Shape = model.root
    into: Layout = layout
    *groups, last = name.split(".")
    for at, step in enumerate([*groups, last]):
        if not isinstance(shape, Group) or step not in shape.members:
            return _unknown(name, step, shape, path, model)
        shape = shape.members[step]
        if at < len(groups):
            below = into.setdefault(step, {})
            if not isinstance(below, dict):
                return _twice(name, path)
            into = below
    if last in into:
        return _twice(name, path)
    into[last] = number
    return _check_nested(column.type, shape, name, path, model)


def _check_nested(
    kind: pa.DataType, shape: Shape, name: str, path: str, model: FactModel
) -> Problem | None:
    import pyarrow as pa

    if isinstance(shape, List) and is_list(kind):
        return _check_nested(kind.value_type, shape.item, name, path, model)
    if isinstance(shape, Group) and pa.types.is_struct(kind):
        for at in range(kind.num_fields):
            field = kind.field(at)
            if field.name not in shape.members:
                return _unknown(f"{name}.{field.name}", field.name, shape, path, model)
            member = shape.members[field.name]
            found = _check_nested(field.type, member, f"{name}.{field.name}", path, model)
            if found is not None:
                return found
    return None


def _unknown(name: str, step: str, shape: Shape, path: str, model: FactModel) -> Problem:
    if not isinstance(shape, Group):
        text = f"the column {quoted(name)} goes beyond {quoted(shape.path)}, which is no group"
        return Problem(Code.COLUMN, text, Place(path), "name columns by the paths of facts")
    what = f"the column {quoted(name)}"
    message, help_ = name_fault(what, step, shape, model, "take it out, or name it after a fact")
    return Problem(Code.FACT_UNKNOWN_NAME, message, Place(path), help_)


def _twice(name: str, path: str) -> Problem:
    text = f"the column {quoted(name)} states what another column states"
    return Problem(Code.COLUMN, text, Place(path), "keep one of them")


def is_list(kind: pa.DataType) -> bool:
    """Is a column of this type one of lists?"""
    import pyarrow as pa

    return bool(
        pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    )


# --- a row as a record ------------------------------------------------------------------------


def _nested(layout: Layout, values: list[Any]) -> dict[str, Any]:
    """The facts of a row as JSON has them."""
    made: dict[str, Any] = {}
    for name, column in layout.items():
        if isinstance(column, dict):
            group = _nested(column, values)
            if group:
                made[name] = group
        elif values[column] is not None:
            made[name] = values[column]
    return made


def _written(value: Any) -> str:
    """A value as JSON, decimal numbers in all their digits."""
    if isinstance(value, dict):
        inside = (f"{json.dumps(name)}:{_written(part)}" for name, part in value.items())
        return "{" + ",".join(inside) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    if isinstance(value, float) and value - value != 0:
        # What is no number is said as the text that it is written as.
        return json.dumps(str(value))
    if value is None or isinstance(value, bool | int | float | str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Decimal) and value.is_finite():
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    if isinstance(value, dt.datetime) and value.time() == dt.time.min:
        value = value.date()
    return json.dumps(str(value), ensure_ascii=False)
