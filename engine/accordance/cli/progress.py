"""How far a long run has come: one line on a terminal, nothing in a pipe or in the first second."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sized
from time import monotonic
from typing import Final, TypeVar

Item = TypeVar("Item")

QUIET_SECONDS: Final = 1.0
REDRAW_SECONDS: Final = 0.2


def with_progress(items: Iterable[Item], doing: str) -> Iterator[Item]:
    """The items, while a line such as `checking 120 of 400` counts them."""
    stream = sys.stderr
    if not stream.isatty():
        yield from items
        return
    total = f" of {len(items):,}" if isinstance(items, Sized) else ""
    due = monotonic() + QUIET_SECONDS
    drawn = False
    try:
        for number, item in enumerate(items, 1):
            if monotonic() >= due:
                stream.write(f"\r{doing} {number:,}{total}")
                stream.flush()
                due = monotonic() + REDRAW_SECONDS
                drawn = True
            yield item
    finally:
        if drawn:
            stream.write("\r\x1b[K")
            stream.flush()
