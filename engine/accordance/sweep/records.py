"""Where the facts of cases come from: files that hold one case, or one a line, or one a row."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Final, cast

from ..problem import Code, Place, Problem, Refused

LINES: Final = "lines"
ROWS: Final = "rows"
FILE: Final = "file"

ENDINGS: Final = {
    ".ndjson": LINES,
    ".jsonl": LINES,
    ".ndjson.gz": LINES,
    ".jsonl.gz": LINES,
    ".parquet": ROWS,
    ".yaml": FILE,
    ".yml": FILE,
    ".json": FILE,
}
NO_FACTS: Final = tuple(
    f".{what}.{ending}" for what in ("expected", "mapping") for ending in ("yaml", "yml", "json")
)
"""Ends of the names of files that stand beside fact files and are none."""

BLOCK_BYTES: Final = 384 * 1024 * 1024
BLOCK_RECORDS: Final = 100_000
MAX_LINE_BYTES: Final = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was asked for: `path` to open it, `name` as reports call it, and its kind."""

    path: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Record:
    """One case: `row` is its number in the whole sweep, `line` its line in its file.

    Either `data` holds its text, or `path` the file that does.
    """

    row: int
    source: int
    line: int
    name: str
    data: bytes | None = None
    path: str | None = None


def find_sources(paths: Sequence[str]) -> list[Source]:
    """The files to read: those named, and in folders all fact files, in the order of their names.

    Raises Refused for what is no source.
    """
    found: list[Source] = []
    problems: list[Problem] = []
    for path in paths:
        if os.path.isdir(path):
            inside = list(_files_in(path))
            if not inside:
                text = "there is no fact file in this folder"
                problems.append(Problem(Code.FILE_UNREADABLE, text, Place(path)))
            found += inside
            continue
        kind = kind_of(path)
        if kind is None:
            ends = ", ".join(f"`{ending}`" for ending in ENDINGS)
            problems.append(
                Problem(
                    Code.FILE_KIND,
                    "this is no source of facts",
                    Place(path),
                    f"give a folder, or a file that ends in one of {ends}",
                )
            )
        elif not os.path.exists(path):
            problems.append(Problem(Code.FILE_UNREADABLE, "there is no such file", Place(path)))
        else:
            found.append(Source(path, path, kind))
    if problems:
        raise Refused(problems)
    names = [os.path.realpath(source.path) for source in found]
    for at, name in enumerate(names):
        if name in names[:at]:
            text = "this file is named twice"
            problems.append(Problem(Code.USAGE, text, Place(found[at].name)))
    if problems:
        raise Refused(problems)
    return found


def kind_of(path: str) -> str | None:
    """What kind of source a file is, by the end of its name; None where it is none."""
    name = os.path.basename(path).lower()
    if name.startswith(".") or name.endswith(NO_FACTS):
        return None
    for ending, kind in ENDINGS.items():
        if name.endswith(ending):
            return kind
    return None


def _files_in(folder: str) -> Iterator[Source]:
    for here, folders, files in os.walk(folder):
        folders.sort()
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in sorted(files):
            path = os.path.join(here, name)
            kind = kind_of(path)
            if kind is not None:
                yield Source(path, path, kind)


class Digest:
    """The digest of a source, taken while it is read."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.size = 0

    def update(self, data: bytes) -> None:
        self._hash.update(data)
        self.size += len(data)

    @property
    def text(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"


class _Hashed:
    """A stream whose digest is taken as it is read."""

    def __init__(self, stream: BinaryIO, digest: Digest) -> None:
        self._stream = stream
        self._digest = digest

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._digest.update(data)
        return data


def digest_of(source: Source) -> Digest:
    """The digest of a whole file. Raises Refused where it cannot be read."""
    digest = Digest()
    for data in _raw(source):
        digest.update(data)
    return digest


def _raw(source: Source) -> Iterator[bytes]:
    try:
        with open(source.path, "rb") as stream:
            while data := stream.read(1 << 20):
                yield data
    except OSError as error:
        raise Refused(_unreadable(source, error)) from None


def records_of(sources: Sequence[Source], digests: list[Digest]) -> Iterator[Record]:
    """All records of all sources in their order. The digest of a source is in `digests` when its
    last record was taken. Raises Refused where a file cannot be read to its end."""
    row = 0
    for number, source in enumerate(sources):
        if source.kind == FILE:
            digests.append(digest_of(source))
            yield Record(row, number, 1, source.name, path=source.path)
            row += 1
            continue
        if source.kind != LINES:
            raise AssertionError(source.kind)
        digest = Digest()
        for line, data in enumerate(_lines_of(source, digest), start=1):
            if data.strip():
                yield Record(row, number, line, source.name, data=data)
            row += 1
        digests.append(digest)


def blocks_of(
    records: Iterable[Record], most_bytes: int = BLOCK_BYTES, most: int = BLOCK_RECORDS
) -> Iterator[list[Record]]:
    """Records in blocks that fit into memory together."""
    block: list[Record] = []
    size = 0
    for record in records:
        block.append(record)
        size += len(record.data or b"")
        if len(block) >= most or size >= most_bytes:
            yield block
            block, size = [], 0
    if block:
        yield block


def _lines_of(source: Source, digest: Digest) -> Iterator[bytes]:
    rest = b""
    for data in _data_of(source, digest):
        pieces = (rest + data).split(b"\n") if rest else data.split(b"\n")
        # Of a line that is too long to be a record, as much is kept as shows that it is.
        rest = pieces.pop()[: MAX_LINE_BYTES + 1]
        yield from pieces
    if rest:
        yield rest


def _data_of(source: Source, digest: Digest) -> Iterator[bytes]:
    try:
        with open(source.path, "rb") as stream:
            hashed = _Hashed(stream, digest)
            packed = source.path.lower().endswith(".gz")
            reader: Any = gzip.GzipFile(fileobj=cast(Any, hashed)) if packed else hashed
            while data := reader.read(1 << 22):
                yield data
            # What follows the packed data belongs to the file too.
            while hashed.read(1 << 20):
                pass
    except (OSError, EOFError, ValueError) as error:
        raise Refused(_unreadable(source, error)) from None


def _unreadable(source: Source, error: Exception) -> Problem:
    reason = getattr(error, "strerror", None) or str(error)
    return Problem(Code.FILE_UNREADABLE, f"cannot be read: {reason.lower()}", Place(source.name))


def placed(problem: Problem, record: Record) -> Problem:
    """A problem of a record, at the record's line of its file."""
    if record.path is not None:
        return problem
    place = problem.place
    column = place.column if place is not None else None
    return replace(problem, place=Place(record.name, record.line, column))
