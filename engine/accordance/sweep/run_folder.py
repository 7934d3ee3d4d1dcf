"""The folder in which a run is made: beside its place, and renamed when it is whole.

While it is being made the folder is called `NAME.partial` and holds a part for each block of
records, so that a run that was broken off can go on where it stopped. The same input gives the same
bytes, run.json apart.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..problem import Code, Place, Problem, Refused
from .rejects import rejected_table
from .run_files import KEY, OUTCOMES, PART, PARTIAL, REJECTED
from .seals import file_digest, text_of
from .sweeping import Part

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_IN_GROUP: Final = 50_000


@dataclass(frozen=True, slots=True)
class Stored:
    """A part that was written: how many records it has, how they were answered, and the rows that
    may be performed again."""

    index: int
    digest: str
    """Of the records it was made from."""
    records: int
    by_columns: int
    singly: Counter[str]
    rejected: int
    sample: list[int]


class Bench:
    """Parts that are held in memory, for a run that is small and not stored."""

    def __init__(self) -> None:
        self._parts: list[Part] = []

    def stored(self, index: int, digest: str) -> Stored | None:
        """None: nothing was made before."""
        return None

    def store(self, index: int, digest: str, part: Part) -> Stored:
        self._parts.append(part)
        return _stored_of(index, digest, part)

    def table(self, index: int, what: str) -> pa.Table:
        part = self._parts[index]
        return part.rows if what == OUTCOMES else rejected_table(part.rejected)


class Workshop:
    """The folder in which a run is being made."""

    def __init__(self, place: str, key: dict[str, Any], resume: bool = False) -> None:
        self.place = place
        self.folder = place.rstrip("/") + PARTIAL
        if os.path.lexists(place):
            raise _refused(
                place,
                "there is something of this name already",
                "give another `--out`, or take the old one away",
            )
        known = self._known_key()
        if known is None:
            if os.path.exists(self.folder):
                shutil.rmtree(self.folder)
            with _writing(self.folder):
                os.makedirs(self.folder)
                _write(os.path.join(self.folder, KEY), text_of(key))
        elif not resume:
            raise _refused(
                self.folder,
                "a sweep to this place was broken off",
                "go on with it by `--resume`, or take that folder away",
            )
        elif known != key:
            raise _refused(
                self.folder,
                "the sweep that was broken off had other sources, rules or options",
                "sweep as before, or take that folder away",
            )

    def _known_key(self) -> dict[str, Any] | None:
        try:
            with open(os.path.join(self.folder, KEY), encoding="utf-8") as file:
                found: dict[str, Any] = json.load(file)
                return found
        except (OSError, ValueError):
            return None

    def _path(self, index: int, what: str) -> str:
        return os.path.join(self.folder, f"{PART}{index:05d}.{what}")

    def _table_path(self, index: int, what: str) -> str:
        return self._path(index, what.replace(".parquet", ".arrow"))

    def stored(self, index: int, digest: str) -> Stored | None:
        """The part with this number where it was written before, from the same records."""
        try:
            with open(self._path(index, "json"), encoding="utf-8") as file:
                found = json.load(file)
        except (OSError, ValueError):
            return None
        if found["digest"] != digest:
            raise _refused(
                self.folder,
                "the sources have changed since the sweep was broken off",
                "take that folder away and sweep anew",
            )
        return Stored(index, **{**found, "singly": Counter(found["singly"])})

    def store(self, index: int, digest: str, part: Part) -> Stored:
        """Write a part; it counts when its last file stands in its place."""
        with _writing(self.folder):
            _write_part(self._table_path(index, OUTCOMES), part.rows)
            _write_part(self._table_path(index, REJECTED), rejected_table(part.rejected))
            stored = _stored_of(index, digest, part)
            found = {
                "digest": digest,
                "records": stored.records,
                "by_columns": stored.by_columns,
                "singly": dict(sorted(stored.singly.items())),
                "rejected": stored.rejected,
                "sample": stored.sample,
            }
            _write(self._path(index, "json"), text_of(found))
        return stored

    def table(self, index: int, what: str) -> pa.Table:
        """The table of a part."""
        import pyarrow as pa

        with pa.OSFile(self._table_path(index, what)) as file, pa.ipc.open_file(file) as part:
            return part.read_all()

    # the files of the run

    def write_table(self, name: str, tables: Iterable[pa.Table], schema: pa.Schema) -> str:
        """Write a table of the run; gives its digest."""
        path = os.path.join(self.folder, name)
        with _writing(self.folder):
            write_parquet(path, tables, schema)
        return file_digest(path)

    def write(self, name: str, text: str) -> str:
        """Write a text of the run; gives its digest."""
        path = os.path.join(self.folder, name)
        with _writing(self.folder):
            _write(path, text)
        return file_digest(path)

    def deliver(self) -> None:
        """Put the folder in its place, whole, without what was needed on the way."""
        with _writing(self.folder):
            # INVARIANT: the parts go first and the key last, so that what is found after a kill
            # can be resumed, or was delivered.
            for name in sorted(os.listdir(self.folder)):
                if name.startswith(PART):
                    os.unlink(os.path.join(self.folder, name))
            os.unlink(os.path.join(self.folder, KEY))
            _sync(self.folder)
            os.rename(self.folder, self.place)
            _sync(os.path.dirname(os.path.abspath(self.place)))

    def remove(self) -> None:
        """Take the folder away: the run is not to be stored."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _stored_of(index: int, digest: str, part: Part) -> Stored:
    return Stored(
        index=index,
        digest=digest,
        records=part.records,
        by_columns=part.by_columns,
        singly=part.singly,
        rejected=len(part.rejected),
        sample=part.sample,
    )


def _refused(place: str, text: str, help_: str) -> Refused:
    return Refused(Problem(Code.USAGE, text, Place(place), help_))


@contextmanager
def _writing(folder: str) -> Iterator[None]:
    """What goes wrong in writing is said; what was written is there to go on with."""
    try:
        yield
    except OSError as error:
        # pyarrow tells the number only in its words.
        number = error.errno or int((re.search(r"errno (\d+)", str(error)) or [0, 0])[1])
        reason = (os.strerror(number) if number else str(error)).lower()
        raise Refused(
            Problem(
                Code.FILE_UNWRITABLE,
                f"the run cannot be written: {reason}",
                Place(folder),
                "make room, and go on by `--resume`",
            )
        ) from None


def write_parquet(path: str, tables: Iterable[pa.Table], schema: pa.Schema) -> None:
    """Write tables one after the other into one file, in groups of the same size whatever the
    tables they come in; the file stands in its place only when it is whole."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    beside = f"{path}.new"
    # No sizes or names of columns are guessed from the data, so that the same rows give the same
    # bytes.
    with pq.ParquetWriter(beside, schema, compression="zstd", compression_level=1) as writer:
        held: list[pa.Table] = []
        count = 0
        for table in tables:
            held.append(table)
            count += table.num_rows
            while count >= ROWS_IN_GROUP:
                whole = pa.concat_tables(held)
                writer.write_table(whole.slice(0, ROWS_IN_GROUP).combine_chunks())
                held = [whole.slice(ROWS_IN_GROUP)]
                count -= ROWS_IN_GROUP
        if count:
            writer.write_table(pa.concat_tables(held).combine_chunks())
    _sync(beside)
    os.replace(beside, path)


def _write_part(path: str, table: pa.Table) -> None:
    """Write the table of a part: as Arrow has it in memory, which is quicker than Parquet to write
    and to read again."""
    import pyarrow as pa

    beside = f"{path}.new"
    packed = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.OSFile(beside, "wb") as file, pa.ipc.new_file(file, table.schema, options=packed) as to:
        to.write_table(table)
    _sync(beside)
    os.replace(beside, path)


def _write(path: str, text: str) -> None:
    beside = f"{path}.new"
    with open(beside, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _sync(path: str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
