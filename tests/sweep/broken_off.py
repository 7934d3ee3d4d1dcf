"""Sweeps that are killed: `python -m tests.sweep.broken_off STRATEGY SOURCE OUT MOMENT...`.

Each moment is a run of its own into OUT-MOMENT. A number kills it (SIGKILL) after so many
thousandths of a second; `step` and a number kill it just before a file is put in place, renamed or
taken away, for the so manieth time.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from typing import Any

from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy
from accordance.sweep import reading
from tests.sweep.sweeping import sweep

BLOCK = 25


def main(strategy: str, source: str, out: str, *moments: str) -> None:
    loaded = load_strategy(strategy, cache=False)
    reading.BLOCK_RECORDS = BLOCK  # type: ignore[misc]
    for moment in moments:
        child = os.fork()
        if not child:
            go(loaded, source, f"{out}-{moment}", moment)
        if not moment.startswith("step"):
            time.sleep(int(moment) / 1000)
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def go(strategy: Strategy, source: str, out: str, moment: str) -> None:
    if moment.startswith("step"):
        left = [int(moment.removeprefix("step"))]
        for name in ("replace", "rename", "unlink"):
            setattr(os, name, dying(getattr(os, name), left))
    try:
        sweep(strategy, source, out=out)
    finally:
        os._exit(0)


def dying(call: Callable[..., Any], left: list[int]) -> Callable[..., Any]:
    """The same call, before which the process is killed when its time has come."""

    def once(*args: Any) -> Any:
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args)

    return once


if __name__ == "__main__":
    main(*sys.argv[1:])
