"""Timing helpers: the best of several tries, in seconds."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence


def best_of(tries: int, run: Callable[[], object]) -> float:
    """The shortest wall time of several tries; the others were disturbed."""
    shortest = float("inf")
    for _ in range(tries):
        start = time.perf_counter()
        run()
        shortest = min(shortest, time.perf_counter() - start)
    return shortest


def python(*arguments: str, codes: Sequence[int] = (0,)) -> None:
    """Run this Python in a process of its own; its exit code must be among `codes`."""
    done = subprocess.run([sys.executable, *arguments], capture_output=True, check=False)
    if done.returncode not in codes:
        raise SystemExit(done.stderr.decode() or f"exit code {done.returncode}")


def row(what: str, measured: str, figure: str = "") -> None:
    """A line of the report: what, what was measured, the figure to reach."""
    print(f"  {what:<58} {measured:>18}   {figure}")
