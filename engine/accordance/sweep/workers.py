"""Fact files read and checked in several processes, since each takes some thousandths of a second.

A process is given records and gives what `Singly` says of them, in their order; what comes out does
not depend on how many there are.
"""

from __future__ import annotations

import datetime as dt
import gc
import json
import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from threading import Thread
from typing import Final, TypeAlias

from ..check.checker import Checker
from ..problem import Code, Problem, Refused
from ..strategy.coding import decode, encode
from ..strategy.model import Strategy
from .records import Record
from .singly import Answered, Rejected, Singly

WORTH_IT: Final = 300
"""From so many records on other processes pay, which take some tenths of a second to get ready."""
MOST: Final = 8
_AT_ONCE: Final = 20

Said: TypeAlias = "Answered | str | list[Problem]"
"""Of a record its row, or its facts as a line of JSON; or what is wrong with it."""


class Workers:
    """The processes, started when they are first needed. `close()` ends them."""

    def __init__(self, strategy: Strategy, singly: Singly) -> None:
        self._strategy = strategy
        self._singly = singly
        self._pool: ProcessPoolExecutor | None = None

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def wanted(self, records: Sequence[Record]) -> bool:
        """Are there enough records that other processes can read, and other processors?"""
        found = sum(1 for record in records if _can_be_sent(record))
        return found >= WORTH_IT and _processors() > 1

    def answers(self, records: Sequence[Record]) -> Iterator[Said]:
        """The row of each record. They are begun at once, whenever they are asked for."""
        return self._said(_answer, records)

    def lines(self, records: Sequence[Record]) -> Iterator[Said]:
        """The facts of each record as a line of JSON."""
        return self._said(_line, records)

    def _said(
        self, call: Callable[[Sequence[Record]], list[Said]], records: Sequence[Record]
    ) -> Iterator[Said]:
        pool = self._started()
        parts = [records[at : at + _AT_ONCE] for at in range(0, len(records), _AT_ONCE)]
        return _in_order(pool.map(call, parts))

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            many = min(_processors(), MOST)
            if _is_alone():
                context = multiprocessing.get_context("fork")
                self._pool = ProcessPoolExecutor(many, context, _take_over, (self._singly,))
            else:
                self._pool = ProcessPoolExecutor(
                    many, multiprocessing.get_context("spawn"), _set_up, self._sent()
                )
        return self._pool

    def _sent(self) -> tuple[str, tuple[str, ...], dt.date, bool]:
        """What a process needs that is no copy of this one."""
        strategy = self._strategy
        # Its folder need not be found by its name from there, nor still hold what was read.
        folders = (strategy.folder, *(one.folder for one in strategy.extends))
        featured = self._singly.features is not None
        return json.dumps(encode(strategy)), folders, self._singly.today, featured


def _in_order(found: Iterable[list[Said]]) -> Iterator[Said]:
    try:
        for said in found:
            yield from said
    except BrokenProcessPool:
        raise Refused(
            Problem(
                Code.ENGINE_LIMIT,
                "one of the processes that check records was ended from outside",
                None,
                "see that there is enough memory, and sweep again",
            )
        ) from None


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _is_alone() -> bool:
    """Does this process have one thread only? With more, as databases and libraries for numbers
    have, it must not be copied."""
    try:
        return len(os.listdir("/proc/self/task")) == 1
    except OSError:
        return False


def _can_be_sent(record: Record) -> bool:
    """Is the text of a record all that is needed to read it?"""
    return record.data is not None or record.text is not None


# --- in the other process ---------------------------------------------------------------------

_SINGLY: list[Singly] = []
"""Of this process; set once, when it starts."""


def _take_over(singly: Singly) -> None:
    Thread(target=_end_with_parent, daemon=True).start()
    _SINGLY[:] = [singly]
    singly.expect_many()
    # Of what is made for a record next to nothing is waste that only a search would find.
    gc.set_threshold(100_000, 20, 20)


def _end_with_parent() -> None:
    """A process waits for work; when nobody is left who could give it any, it ends."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _set_up(strategy: str, folders: tuple[str, ...], today: dt.date, featured: bool) -> None:
    checker = Checker(decode(json.loads(strategy), *folders))
    singly = Singly(checker, today)
    if featured:
        from .features import Features

        singly.features = Features(checker.strategy).reader(checker)
    _take_over(singly)


def _answer(records: Sequence[Record]) -> list[Said]:
    (singly,) = _SINGLY
    found: list[Said] = []
    for record in records:
        one = singly.answer(record)
        found.append(list(one.problems) if isinstance(one, Rejected) else one)
    return found


def _line(records: Sequence[Record]) -> list[Said]:
    from .sweeping import line_of

    (singly,) = _SINGLY
    found: list[Said] = []
    for record in records:
        try:
            found.append(line_of(singly.case(record)))
        except Refused as refused:
            found.append(list(refused.problems))
    return found
