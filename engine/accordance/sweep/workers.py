"""Fact files read and checked in several processes: reading them takes most of the time.

A process is given records and gives what `Singly` says of them, in their order; what comes out does
not depend on how many there are.
"""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any, Final, TypeAlias

from ..check.checker import Checker
from ..problem import Problem, Refused
from ..strategy.coding import decode, encode
from ..strategy.model import Strategy
from .records import Record
from .singly import Answered, Rejected, Singly

WORTH_IT: Final = 300
"""From so many records on other processes pay, which take most of a second to start."""
MOST: Final = 8
_AT_ONCE: Final = 20

Said: TypeAlias = "tuple[Any, ...] | str | list[Problem]"
"""Of a record its row, as the values of its columns in their order, or its facts as a line of JSON;
or what is wrong with it."""


class Workers:
    """The processes, started when they are first needed. `close()` ends them."""

    def __init__(self, strategy: Strategy, today: dt.date) -> None:
        self._strategy = strategy
        self._today = today
        self._pool: ProcessPoolExecutor | None = None

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def wanted(self, records: Sequence[Record]) -> bool:
        """Are there enough records that other processes can read, and other processors?"""
        found = sum(1 for record in records if _can_be_sent(record))
        return found >= WORTH_IT and _processors() > 1

    def answers(self, records: Sequence[Record], columns: Sequence[str]) -> Iterator[Said]:
        """The row of each record."""
        return self._said(_answer, records, columns)

    def lines(self, records: Sequence[Record]) -> Iterator[Said]:
        """The facts of each record as a line of JSON."""
        return self._said(_line, records, ())

    def _said(
        self,
        call: Callable[[Sequence[Record], Sequence[str]], list[Said]],
        records: Sequence[Record],
        columns: Sequence[str],
    ) -> Iterator[Said]:
        pool = self._started()
        parts = [records[at : at + _AT_ONCE] for at in range(0, len(records), _AT_ONCE)]
        for said in pool.map(call, parts, [columns] * len(parts)):
            yield from said

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # A process that has threads, as databases do, must not be copied.
            context = multiprocessing.get_context("spawn")
            strategy = self._strategy
            # Its folder need not be found by its name from here, nor still hold what was read.
            folders = (strategy.folder, *(one.folder for one in strategy.extends))
            given = (json.dumps(encode(strategy)), folders, self._today)
            self._pool = ProcessPoolExecutor(
                min(_processors(), MOST), context, _set_up, initargs=given
            )
        return self._pool


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _can_be_sent(record: Record) -> bool:
    """Is the text of a record all that is needed to read it?"""
    return record.data is not None or record.text is not None


# --- in the other process ---------------------------------------------------------------------

_SINGLY: list[Singly] = []
"""Of this process; set once, when it starts."""


def _set_up(strategy: str, folders: tuple[str, ...], today: dt.date) -> None:
    _SINGLY[:] = [Singly(Checker(decode(json.loads(strategy), *folders)), today)]


def _answer(records: Sequence[Record], columns: Sequence[str]) -> list[Said]:
    (singly,) = _SINGLY
    found: list[Said] = []
    for record in records:
        one: Answered | Rejected = singly.answer(record)
        if isinstance(one, Rejected):
            found.append(list(one.problems))
        else:
            found.append(tuple(one[name] for name in columns))
    return found


def _line(records: Sequence[Record], columns: Sequence[str]) -> list[Said]:
    from .sweeping import line_of

    (singly,) = _SINGLY
    found: list[Said] = []
    for record in records:
        try:
            found.append(line_of(singly.case(record)))
        except Refused as refused:
            found.append(list(refused.problems))
    return found
