"""The records of sources, in blocks that fit into memory: one record is one case."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol

from ..facts.tables.placing import Stated
from ..problem import Place, Problem
from ..source.text import MAX_FILE_BYTES
from .answers import ROW

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

MAX_LINE_BYTES: Final = MAX_FILE_BYTES
_BATCH: Final = 8_192
"""So many records are handed to a thread of the database at once."""


@dataclass(frozen=True, slots=True)
class Record:
    """One case: `row` is its number in the whole sweep, `place` where it begins, and `digest` that
    of its text as it stands there.

    What it says stands in one of: `data`, the bytes of a line of JSON or, with `whole`, of a fact
    file; `text`, a fact file made of what stands there; `stated`, a row of a table; `parts`, the
    records that are put together. `problems` are why it cannot be a case, known before.
    """

    row: int
    place: Place
    digest: bytes
    data: bytes | None = None
    whole: bool = False
    text: str | None = None
    stated: Stated | None = None
    parts: tuple[Record, ...] = ()
    problems: tuple[Problem, ...] = ()


class Block(Protocol):
    """Records that are swept together; the first has the number `first`."""

    first: int

    @property
    def digest(self) -> str:
        """Of all that was read for them."""

    def __len__(self) -> int: ...

    def record(self, row: int) -> Record:
        """The record with a number of the sweep."""

    def __iter__(self) -> Iterator[Record]: ...

    def places(self) -> tuple[pa.Array, pa.Array, pa.Array]:
        """Of every record the file, the line or none, and the digest."""

    def without(self, rows: frozenset[int], first: int) -> Block:
        """The same without some records, the others numbered anew from `first`."""


class Several:
    """Records that were read one by one."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.first = records[0].row if records else 0
        self._records = list(records)
        digest = hashlib.sha256()
        for record in records:
            digest.update(f"{record.row} {record.place}\n".encode())
            digest.update(record.digest)
        self.digest = f"sha256:{digest.hexdigest()}"

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records)

    def record(self, row: int) -> Record:
        return self._records[row - self.first]

    def without(self, rows: frozenset[int], first: int) -> Several:
        kept = (record for record in self if record.row not in rows)
        return Several([replace(record, row=row) for row, record in enumerate(kept, first)])

    def places(self) -> tuple[pa.Array, pa.Array, pa.Array]:
        import pyarrow as pa

        return (
            pa.array([record.place.file for record in self._records], pa.string()),
            pa.array([record.place.line for record in self._records], pa.int64()),
            pa.array([record.digest for record in self._records], pa.binary(32)),
        )


class Lines:
    """Records that are lines of JSON: `data` holds their text, one after the other, with others
    between them where they are `parted`."""

    def __init__(
        self,
        first: int,
        name: str,
        data: bytearray,
        starts: np.ndarray[Any, Any],
        ends: np.ndarray[Any, Any],
        numbers: np.ndarray[Any, Any],
        parted: bool = False,
    ) -> None:
        self.first = first
        self._name = name
        self._parted = parted
        self._data = data
        self._starts, self._ends, self._numbers = starts, ends, numbers

    def __len__(self) -> int:
        return len(self._starts)

    def __iter__(self) -> Iterator[Record]:
        for at in range(len(self)):
            yield self.record(self.first + at)

    def _bytes(self, at: int) -> memoryview:
        start, end = int(self._starts[at]), int(self._ends[at])
        # Of a line that is too long to be a record, as much is kept as shows that it is.
        return memoryview(self._data)[start : min(end, start + MAX_LINE_BYTES + 1)]

    def record(self, row: int) -> Record:
        at = row - self.first
        place = Place(self._name, int(self._numbers[at]))
        return Record(row, place, self._digests[at], data=bytes(self._bytes(at)))

    def without(self, rows: frozenset[int], first: int) -> Lines:
        import numpy as np

        gone = [row - self.first for row in rows if 0 <= row - self.first < len(self)]
        starts, ends, numbers = (
            np.delete(one, gone) for one in (self._starts, self._ends, self._numbers)
        )
        return Lines(first, self._name, self._data, starts, ends, numbers, parted=True)

    @cached_property
    def _digests(self) -> list[bytes]:
        view, new = memoryview(self._data), hashlib.sha256
        bounds = zip(self._starts.tolist(), self._ends.tolist(), strict=True)
        return [new(view[start:end]).digest() for start, end in bounds]

    @cached_property
    def digest(self) -> str:
        digest = hashlib.sha256(f"{self.first} {self._name}\n".encode())
        digest.update(self._numbers.tobytes())
        digest.update(b"".join(self._digests))
        return f"sha256:{digest.hexdigest()}"

    def places(self) -> tuple[pa.Array, pa.Array, pa.Array]:
        import pyarrow as pa

        digests = pa.py_buffer(b"".join(self._digests))
        names = pa.DictionaryArray.from_arrays(
            pa.array([0] * len(self), pa.int32()), pa.array([self._name], pa.string())
        )
        return (
            names.cast(pa.string()),
            pa.array(self._numbers, pa.int64()),
            pa.Array.from_buffers(pa.binary(32), len(self), [None, digests]),
        )

    def _texts(self) -> pa.Array:
        import numpy as np
        import pyarrow as pa

        if self._parted:
            pieces = (self._bytes(at).tobytes() for at in range(len(self)))
            return pa.array(pieces, pa.binary())
        # A text reaches to where the next one begins: what parts them is blank.
        offsets = np.append(self._starts, self._ends[-1:]).astype(np.int32)
        buffers = [None, pa.py_buffer(offsets), pa.py_buffer(self._data)]
        return pa.Array.from_buffers(pa.binary(), len(self), buffers)

    def table(self) -> tuple[pa.Table, set[int]]:
        """The records as a table of ROW and `line`, and the numbers of those that are left out,
        since they are too long or no text in UTF-8."""
        import numpy as np
        import pyarrow as pa

        rows = np.arange(self.first, self.first + len(self), dtype=np.int64)
        odd = self._ends - self._starts > MAX_LINE_BYTES
        texts = self._texts()
        if not odd.any():
            try:
                return lines_table(rows, texts.cast(pa.string())), set()
            except pa.ArrowInvalid:
                pass
        odd |= np.array([not _is_text(self._bytes(at)) for at in range(len(self))])
        kept = ~odd
        lines = texts.filter(pa.array(kept)).cast(pa.string())
        return lines_table(rows[kept], lines), set(rows[odd].tolist())


def lines_table(rows: Any, texts: Sequence[str] | pa.Array) -> pa.Table:
    """Records as a table of ROW and `line`."""
    import pyarrow as pa

    lines = pa.array(texts, pa.string())
    return in_batches(pa.table({ROW: pa.array(rows, pa.int64()), "line": lines}))


def in_batches(table: pa.Table) -> pa.Table:
    """The same table in pieces, each of which is for one thread of the database."""
    import pyarrow as pa

    return pa.Table.from_batches(table.to_batches(_BATCH), table.schema)


def _is_text(data: memoryview) -> bool:
    try:
        str(data, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def placed(problem: Problem, place: Place) -> Problem:
    """A problem of a line that was read by itself, at its place in the file."""
    column = problem.place.column if problem.place is not None else None
    return replace(problem, place=Place(place.file, place.line, column))
