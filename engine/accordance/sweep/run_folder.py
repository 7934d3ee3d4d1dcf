"""The folder in which a run is stored: written beside its place, and renamed when it is whole.

| file              | holds                                                                     |
|-------------------|---------------------------------------------------------------------------|
| outcomes.parquet  | one row a case: verdict, opinion, counts, and per rule its outcome,        |
|                   | severity and the states of its parts as small numbers                     |
| rejected.parquet  | one row for each problem of a record that could not be read               |
| manifest.json     | what was swept, by which rules and program, and what came out; digests     |
| summary.md        | the same for a reader                                                     |
| run.json          | who ran it, when, and how long it took                                    |

The same input gives the same bytes, run.json apart. While it is being made, the folder is called
`NAME.partial` and holds a part for each block of records, so that a run that was broken off can go
on where it stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..problem import Code, Place, Problem, Refused
from . import answers
from .answers import ROW
from .records import Record
from .singly import Rejected
from .sweeping import Part

if TYPE_CHECKING:
    import pyarrow as pa

OUTCOMES: Final = "outcomes.parquet"
REJECTED: Final = "rejected.parquet"
MANIFEST: Final = "manifest.json"
SUMMARY: Final = "summary.md"
RUN: Final = "run.json"
KEY: Final = "key.json"
PARTIAL: Final = ".partial"
SEAL: Final = "seal"
ROWS_IN_GROUP: Final = 50_000


@dataclass(frozen=True, slots=True)
class Stored:
    """A part that was written: how many records it has, how they were answered, and its sample."""

    index: int
    digest: str
    """Of the records it was made from."""
    records: int
    by_columns: int
    singly: Counter[str]
    rejected: int
    sample: list[tuple[int, Record]]


class Workshop:
    """The folder in which a run is being made."""

    def __init__(self, place: str, key: dict[str, Any], resume: bool) -> None:
        self.place = place
        self.folder = place.rstrip("/") + PARTIAL
        if os.path.lexists(place):
            raise Refused(
                Problem(
                    Code.USAGE,
                    "there is something of this name already",
                    Place(place),
                    "give another `--out`, or take the old one away",
                )
            )
        known = self._known_key()
        if known is None:
            if os.path.exists(self.folder):
                shutil.rmtree(self.folder)
            os.makedirs(self.folder)
            _write(os.path.join(self.folder, KEY), _text_of(key))
        elif not resume:
            raise Refused(
                Problem(
                    Code.USAGE,
                    "a sweep to this place was broken off",
                    Place(self.folder),
                    "go on with it by `--resume`, or take that folder away",
                )
            )
        elif known != key:
            raise Refused(
                Problem(
                    Code.USAGE,
                    "the sweep that was broken off had other sources, rules or options",
                    Place(self.folder),
                    "sweep as before, or take that folder away",
                )
            )

    def _known_key(self) -> dict[str, Any] | None:
        try:
            with open(os.path.join(self.folder, KEY), encoding="utf-8") as file:
                found: dict[str, Any] = json.load(file)
                return found
        except (OSError, ValueError):
            return None

    def _path(self, index: int, what: str) -> str:
        return os.path.join(self.folder, f"part-{index:05d}.{what}")

    def stored(self, index: int, digest: str) -> Stored | None:
        """The part with this number where it was written before, from the same records."""
        try:
            with open(self._path(index, "json"), encoding="utf-8") as file:
                found = json.load(file)
        except (OSError, ValueError):
            return None
        if found["digest"] != digest:
            raise Refused(
                Problem(
                    Code.USAGE,
                    "the sources have changed since the sweep was broken off",
                    Place(self.folder),
                    "take that folder away and sweep anew",
                )
            )
        return _stored_of(index, found)

    def store(self, index: int, digest: str, part: Part) -> Stored:
        """Write a part; it counts when its last file stands in its place."""
        write_parquet(self._path(index, OUTCOMES), [part.rows], part.rows.schema)
        rejected = rejected_table(part.rejected)
        write_parquet(self._path(index, REJECTED), [rejected], rejected.schema)
        sample = [
            {
                "lot": str(lot),
                "row": record.row,
                "source": record.source,
                "line": record.line,
                "name": record.name,
                "path": record.path,
                "text": None if record.data is None else record.data.decode("utf-8"),
            }
            for lot, record in part.sample
        ]
        found = {
            "digest": digest,
            "records": part.records,
            "by_columns": part.by_columns,
            "singly": dict(sorted(part.singly.items())),
            "rejected": len(part.rejected),
            "sample": sample,
        }
        _write(self._path(index, "json"), _text_of(found))
        return _stored_of(index, found)

    def tables(self, parts: Sequence[Stored], what: str) -> Iterator[pa.Table]:
        """The tables of all parts, one after the other."""
        import pyarrow.parquet as pq

        for part in parts:
            yield pq.read_table(self._path(part.index, what))

    def finish(
        self, outcomes: Iterator[pa.Table], rejected: Iterator[pa.Table], schema: pa.Schema
    ) -> dict[str, str]:
        """Write the tables of the run; gives their digests."""
        write_parquet(os.path.join(self.folder, OUTCOMES), outcomes, schema)
        write_parquet(os.path.join(self.folder, REJECTED), rejected, rejected_schema())
        return {name: file_digest(os.path.join(self.folder, name)) for name in (OUTCOMES, REJECTED)}

    def write(self, name: str, text: str) -> str:
        """Write a text of the run; gives its digest."""
        path = os.path.join(self.folder, name)
        _write(path, text)
        return file_digest(path)

    def deliver(self) -> None:
        """Take away what was needed on the way, and put the folder in its place."""
        for name in os.listdir(self.folder):
            if name == KEY or name.startswith("part-"):
                os.unlink(os.path.join(self.folder, name))
        _sync(self.folder)
        os.rename(self.folder, self.place)
        _sync(os.path.dirname(os.path.abspath(self.place)))


def _stored_of(index: int, found: dict[str, Any]) -> Stored:
    return Stored(
        index=index,
        digest=found["digest"],
        records=found["records"],
        by_columns=found["by_columns"],
        singly=Counter(found["singly"]),
        rejected=found["rejected"],
        sample=[
            (
                int(one["lot"]),
                Record(
                    one["row"],
                    one["source"],
                    one["line"],
                    one["name"],
                    None if one["text"] is None else one["text"].encode("utf-8"),
                    one["path"],
                ),
            )
            for one in found["sample"]
        ],
    )


# --- tables -----------------------------------------------------------------------------------


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


def rejected_table(rejected: Sequence[Rejected]) -> pa.Table:
    """One row for each problem."""
    import pyarrow as pa

    rows = [
        {
            ROW: one.record.row,
            answers.SOURCE: one.record.name,
            answers.LINE: one.record.line if problem.place is None else problem.place.line,
            "column": None if problem.place is None else problem.place.column,
            "code": problem.code.value,
            "message": problem.message,
            "help": problem.help,
        }
        for one in rejected
        for problem in one.problems
    ]
    return pa.Table.from_pylist(rows, schema=rejected_schema())


def write_parquet(path: str, tables: Any, schema: pa.Schema) -> None:
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
    os.replace(beside, path)


# --- texts ------------------------------------------------------------------------------------


def sealed(document: dict[str, Any]) -> str:
    """A document as JSON, with a digest of itself."""
    return _text_of({**document, SEAL: seal_of(document)})


def seal_of(document: dict[str, Any]) -> str:
    text = _text_of({name: value for name, value in document.items() if name != SEAL})
    return "sha256:" + hashlib.sha256(text.encode("utf-8")).hexdigest()


def _text_of(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _write(path: str, text: str) -> None:
    beside = f"{path}.new"
    with open(beside, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)


def _sync(folder: str) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_digest(path: str) -> str:
    with open(path, "rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()
