"""How many records are done, on a terminal; and what to say where the sweep is not installed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import monotonic

from ..problem import Code, Problem, Refused
from .progress import QUIET_SECONDS


class Counting:
    """Shows how many records are done, on a terminal and after the first second."""

    def __init__(self) -> None:
        self._stream = sys.stderr
        self._due = monotonic() + QUIET_SECONDS
        self._drawn = False

    def __enter__(self) -> Callable[[int], None]:
        return self._show

    def _show(self, done: int) -> None:
        if self._stream.isatty() and monotonic() >= self._due:
            self._stream.write(f"\rsweeping: {done:,} records")
            self._stream.flush()
            self._drawn = True

    def __exit__(self, *details: object) -> None:
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()


def missing_sweep(error: ImportError, command: str) -> Refused:
    """What to say where ibis or duckdb is missing; any other missing module is a fault."""
    if (error.name or "").split(".")[0] not in ("ibis", "duckdb", "pyarrow", "sqlglot"):
        raise error
    return Refused(
        Problem(
            Code.USAGE,
            f"`{command}` needs ibis and duckdb, which are not installed",
            None,
            "install them with pip install 'accordance[sweep]'",
        )
    )
