"""Records of one partnership from several sources, put together by its id."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ..facts.model import FactModel
from ..problem import Refused
from ..source.tree import Scalar
from .parquet import Rows
from .reading import Reader
from .records import Block, Lines, Record, Several
from .singly import statement_of
from .sources import Source


def blocks_of(sources: Sequence[Source], model: FactModel, combine: bool) -> Iterator[Block]:
    """The blocks of sources, of which nothing more is to be known."""

    def read() -> Iterator[Block]:
        return Reader(sources, model).blocks()

    return together(read, model) if combine else read()


def together(read: Callable[[], Iterator[Block]], model: FactModel) -> Iterator[Block]:
    """The blocks of `read`, which is called twice, less the records whose id others have too;
    these follow behind all others, those of one id as one record. What has no id stays."""
    rows_by_id: dict[str, list[int]] = {}
    for block in read():
        for row, name in enumerate(_ids(block, model), block.first):
            if isinstance(name, str):
                rows_by_id.setdefault(name, []).append(row)
    shared = {name: rows for name, rows in rows_by_id.items() if len(rows) > 1}
    del rows_by_id
    taken = frozenset(row for rows in shared.values() for row in rows)
    parts: dict[int, Record] = {}
    first = 0
    for block in read():
        inside = taken.intersection(range(block.first, block.first + len(block)))
        parts |= {row: block.record(row) for row in inside}
        kept = block.without(inside, first)
        if len(kept):
            yield kept
            first += len(kept)
    whole = [
        _whole(first + at, [parts[row] for row in rows]) for at, rows in enumerate(shared.values())
    ]
    if whole:
        yield Several(whole)


def _whole(row: int, parts: list[Record]) -> Record:
    digest = hashlib.sha256(b"".join(part.digest for part in parts)).digest()
    return Record(row, parts[0].place, digest, parts=tuple(parts))


def _ids(block: Block, model: FactModel) -> Iterator[Any]:
    if isinstance(block, Rows):
        yield from block.ids()
    elif isinstance(block, Lines):
        for record in block:
            yield _id_of_line(record.data or b"")
    else:
        for record in block:
            yield _id_of(record, model)


def _id_of_line(data: bytes) -> Any:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return found.get("id") if isinstance(found, dict) else None


def _id_of(record: Record, model: FactModel) -> Any:
    try:
        node = statement_of(record, model).entries.get("id")
    except Refused:
        return None
    return node.value if isinstance(node, Scalar) else None
