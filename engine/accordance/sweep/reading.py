"""Sources are read into blocks of records, in their order, and their digests taken on the way."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeAlias, cast

from ..facts.importing import Import
from ..facts.model import FactModel
from ..facts.tables.placing import Stated
from ..problem import Place, Problem, Refused
from ..source.tree import plain
from .records import MAX_LINE_BYTES, Block, Lines, Record, Several
from .sources import FILE, LINES, PACKAGE, ROWS, TABLE, Digest, Source, digest_of, unreadable

if TYPE_CHECKING:
    import numpy as np

_Bounds: TypeAlias = "tuple[np.ndarray[Any, Any], np.ndarray[Any, Any], np.ndarray[Any, Any]]"

BLOCK_BYTES: Final = 640 * 1024 * 1024
BLOCK_RECORDS: Final = 100_000
FILES_BYTES: Final = 64 * 1024 * 1024
"""Fact files are held as text and as facts, so that fewer of them fit."""
_PIECE: Final = 4 * 1024 * 1024
_SEARCHED: Final = 1024 * 1024
_BLANK: Final = b" \t\r\x0b\x0c"


class Reader:
    """Reads sources once, from the first to the last. `digests` holds those of a source and of
    the files beside it when its last block was taken; None for a fact file that nobody may read.
    `records` counts what each of them brought."""

    def __init__(self, sources: Sequence[Source], model: FactModel) -> None:
        self.sources = sources
        self.digests: dict[str, Digest | None] = {}
        self.records: dict[str, int] = {}
        self._model = model
        self._next = 0
        self._held: list[Record] = []
        self._held_bytes = 0

    def blocks(self) -> Iterator[Block]:
        """All blocks. Raises Refused where a file cannot be read to its end."""
        packages = [source for source in self.sources if source.kind == PACKAGE]
        for source in self.sources:
            if source.kind in (LINES, ROWS):
                yield from self._let_go()
                yield from self._lines(source) if source.kind == LINES else self._rows(source)
            elif source.kind == FILE:
                self._hold_file(source)
            elif source.kind == TABLE:
                self._hold_table(source)
            elif source == packages[0]:
                # The releases of one process may stand in several packages.
                self._hold_packages(packages)
            if len(self._held) >= BLOCK_RECORDS or self._held_bytes >= FILES_BYTES:
                yield from self._let_go()
        yield from self._let_go()

    def _let_go(self) -> Iterator[Block]:
        held, self._held, self._held_bytes = self._held, [], 0
        for at in range(0, len(held), BLOCK_RECORDS):
            yield Several(held[at : at + BLOCK_RECORDS])

    def _count(self, path: str, records: int) -> None:
        self.records[path] = self.records.get(path, 0) + records

    def _hold(self, path: str, place: Place, digest: bytes, size: int, **said: Any) -> None:
        self._count(path, 1)
        self._held.append(Record(self._next, place, digest, **said))
        self._held_bytes += size
        self._next += 1

    def _refuse(self, path: str, place: Place, problems: Sequence[Problem]) -> None:
        """One reject for a file that holds no cases."""
        said = "\n".join(map(str, problems)).encode()
        self._hold(path, place, hashlib.sha256(said).digest(), 0, problems=tuple(problems))

    # fact files

    def _hold_file(self, source: Source) -> None:
        place = Place(source.path, 1)
        digest = Digest()
        try:
            with open(source.path, "rb") as file:
                data = file.read(MAX_LINE_BYTES + 1)
                digest.update(data)
                while more := file.read(_PIECE):
                    digest.update(more)
        except OSError as error:
            self.digests[source.path] = None
            path = source.path
            self._refuse(path, Place(path), [unreadable(path, error)])
            return
        self.digests[source.path] = digest
        self._hold(source.path, place, digest.raw, len(data), data=data, whole=True)

    # tables and open contracting data

    def _hold_table(self, source: Source) -> None:
        for path in (source.path, *source.companions):
            self.digests[path] = digest_of(path)
        try:
            if source.mapping is not None:
                from ..facts.tables.importing import import_table

                done = import_table(source.path, self._model, source.mapping)
                self._hold_import(done, lambda place: source.path)
            else:
                self._hold_rows(source.path)
        except Refused as refused:
            self._refuse(source.path, Place(source.path), refused.problems)

    def _hold_rows(self, path: str) -> None:
        from ..facts.tables.reading import load_tables

        assembled = load_tables(self._model, path)
        for one in assembled.stated:
            self._hold(path, one.place, _digest_of(one), 4096, stated=one)
        for stray in assembled.strays:
            self._refuse(path, stray.place or Place(path), [stray])

    def _hold_packages(self, packages: Sequence[Source]) -> None:
        """What `accordance import ocds` makes of all packages together; those that cannot be read
        are rejects, and the others are read without them."""
        from ..facts.ocds.importing import import_ocds

        sound = []
        for source in packages:
            self.digests[source.path] = digest_of(source.path)
            try:
                import_ocds([source.path], self._model)
                sound.append(source.path)
            except Refused as refused:
                self._refuse(source.path, Place(source.path), refused.problems)
        if sound:
            self._hold_import(import_ocds(sound, self._model), lambda place: place.file)

    def _hold_import(self, done: Import, file_of: Callable[[Place], str]) -> None:
        for made in done.cases:
            place = _there(made.place)
            digest = hashlib.sha256(made.text.encode()).digest()
            self._hold(file_of(place), place, digest, len(made.text), text=made.text)
        for reject in done.rejects:
            place = _there(reject.place)
            self._refuse(file_of(place), place, reject.problems)

    # lines

    def _lines(self, source: Source) -> Iterator[Block]:
        digest = Digest()
        number = 1
        for data in _buffers(source, digest):
            bounds, after = _cut(data, number)
            for block in _sliced(source.path, data, bounds, self._next):
                self._next += len(block)
                self._count(source.path, len(block))
                yield block
                del block
            number = after
            # Nothing holds these records while the next are read.
            del data, bounds
        self.digests[source.path] = digest

    # rows

    def _rows(self, source: Source) -> Iterator[Block]:
        from .parquet import read_rows

        digest = self.digests[source.path] = digest_of(source.path)
        for rows in read_rows(source.path, self._model, self._next, BLOCK_RECORDS, digest.text):
            self._next += len(rows)
            self._count(source.path, len(rows))
            yield rows


def _there(place: Place | None) -> Place:
    assert place is not None
    return place


def _digest_of(one: Stated) -> bytes:
    """The digest of what a row says."""
    said = json.dumps(plain(one.tree), ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).digest()


class _Hashed:
    """A stream whose digest is taken as it is read."""

    def __init__(self, stream: BinaryIO, digest: Digest) -> None:
        self._stream = stream
        self._digest = digest

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._digest.update(data)
        return data


def _buffers(source: Source, digest: Digest) -> Iterator[bytearray]:
    """The lines of a file in buffers of whole lines; a line that is too long for a record is cut
    off behind what a record may have."""
    buffer = bytearray()
    too_long = False
    for data in _pieces(source, digest):
        if too_long:
            end = data.find(b"\n")
            if end < 0:
                continue
            data, too_long = data[end:], False
        buffer += data
        if len(buffer) < BLOCK_BYTES:
            continue
        end = buffer.rfind(b"\n") + 1
        if end:
            rest = buffer[end:]
            del buffer[end:]
            yield buffer
            buffer = rest
            del rest
        elif len(buffer) > MAX_LINE_BYTES:
            del buffer[MAX_LINE_BYTES + 1 :]
            too_long = True
    if buffer:
        yield buffer


def _pieces(source: Source, digest: Digest) -> Iterator[bytes]:
    try:
        with open(source.path, "rb") as stream:
            hashed = _Hashed(stream, digest)
            packed = source.path.lower().endswith(".gz")
            reader: Any = gzip.GzipFile(fileobj=cast(Any, hashed)) if packed else hashed
            while data := reader.read(_PIECE):
                yield data
            # What follows the packed data belongs to the file too.
            while hashed.read(_PIECE):
                pass
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise Refused(unreadable(source.path, error)) from None


def lines_in(name: str, data: bytearray, first: int = 0) -> list[Lines]:
    """The blocks of a text of lines; the first record has the number `first`."""
    return list(_sliced(name, data, _cut(data, 1)[0], first))


def _sliced(name: str, data: bytearray, bounds: _Bounds, first: int) -> Iterator[Lines]:
    starts, ends, numbers = bounds
    for at in range(0, len(starts), BLOCK_RECORDS):
        part = slice(at, at + BLOCK_RECORDS)
        yield Lines(first + at, name, data, starts[part], ends[part], numbers[part])


def _cut(data: bytearray, number: int) -> tuple[_Bounds, int]:
    """Where the lines of a buffer begin and end that are not blank, and their numbers; the number
    of the line after the last."""
    import numpy as np

    # Piece by piece, so that what is found of one stays in the processor's own memory.
    whole = np.frombuffer(data, dtype=np.uint8)
    ends = np.concatenate(
        [
            np.flatnonzero(whole[at : at + _SEARCHED] == ord("\n")) + at
            for at in range(0, len(whole), _SEARCHED)
        ]
    )
    if not data.endswith(b"\n"):
        ends = np.append(ends, len(data))
    starts = np.append(np.zeros(1, dtype=ends.dtype), ends[:-1] + 1)
    numbers = np.arange(number, number + len(starts), dtype=np.int64)
    filled = ends > starts
    firsts = whole[np.minimum(starts, len(data) - 1)]
    for at in np.flatnonzero(filled & np.isin(firsts, list(_BLANK))).tolist():
        filled[at] = bool(data[starts[at] : ends[at]].strip())
    return (starts[filled], ends[filled], numbers[filled]), number + len(starts)
