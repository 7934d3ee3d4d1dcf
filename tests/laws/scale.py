"""How hard the laws are tried.

`make test` tries a few hundred random examples, the same ones in every run. With
ACCORDANCE_CROSSCHECK=N (`make crosscheck`) each law is tried N times as often, on examples that no
run has seen; the seed is printed, and ACCORDANCE_SEED repeats it.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any, Final

from hypothesis import HealthCheck, Phase, seed, settings

FACTOR: Final = int(os.environ.get("ACCORDANCE_CROSSCHECK") or 0)
SEED: Final = int(os.environ.get("ACCORDANCE_SEED") or random.SystemRandom().randrange(10**9))


def law(examples: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Settings of a test that tries a law on so many examples."""
    chosen = settings(
        max_examples=examples * max(FACTOR, 1),
        derandomize=not FACTOR,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        # The explaining phase tries long to vary what a broken law depends on, and says little.
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )

    def decorate(test: Callable[..., None]) -> Any:
        return chosen(seed(SEED)(test) if FACTOR else test)

    return decorate
