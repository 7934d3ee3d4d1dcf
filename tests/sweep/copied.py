"""A sweep by copies of a process that has no threads, which that of the tests has: `python -m
tests.sweep.copied STRATEGY FOLDER OUT`; with `killed` behind, the copies end themselves at once.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from accordance.problem import Refused
from accordance.strategy.reading import load_strategy
from accordance.sweep import workers
from accordance.sweep.singly import Singly
from tests.sweep.sweeping import sweep


def main(strategy: str, folder: str, out: str, *killed: str) -> None:
    workers.WORTH_IT = 10  # type: ignore[misc]
    workers._processors = lambda: 2
    # What a process needs that is no copy.
    workers.Workers._sent = forbidden  # type: ignore[method-assign]
    if killed:
        Singly.answer = dying  # type: ignore[method-assign]
    try:
        sweep(load_strategy(strategy, cache=False), folder, out=out)
    except Refused as refused:
        print(refused)


def forbidden(self: Any) -> Any:
    raise AssertionError("this process could have been copied")


def dying(self: Singly, record: Any) -> Any:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
