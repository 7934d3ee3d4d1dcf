"""Timing: the best of several tries, in seconds, and how a figure is printed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path


def best_of(
    tries: int, run: Callable[[], object], clock: Callable[[], float] = time.perf_counter
) -> float:
    """The shortest time of several tries, by the wall clock unless another is given; the others
    were disturbed."""
    shortest = float("inf")
    for _ in range(tries):
        start = clock()
        run()
        shortest = min(shortest, clock() - start)
    return shortest


def python(*arguments: str, codes: Sequence[int] = (0,), cwd: Path | None = None) -> str:
    """What this Python prints in a process of its own, run from the folder `cwd` or this one; its
    exit code must be among `codes`."""
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, encoding="utf-8", check=False, cwd=cwd
    )
    if done.returncode not in codes:
        raise SystemExit(done.stderr or f"exit code {done.returncode}")
    return done.stdout


@contextmanager
def doing(what: str) -> Iterator[None]:
    """Say on a terminal what is being measured, for as long as it lasts."""
    if not sys.stderr.isatty():
        yield
        return
    print(f"  ... {what}", end="", file=sys.stderr, flush=True)
    try:
        yield
    finally:
        print("\r\x1b[2K", end="", file=sys.stderr, flush=True)


def row(what: str, measured: str, figure: str = "") -> None:
    """A line of the report: what, what was measured, the figure to reach."""
    print(f"  {what:<58} {measured:>18}   {figure}")
