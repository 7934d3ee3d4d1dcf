from __future__ import annotations

import pytest

from .scale import FACTOR, SEED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FACTOR:
        terminalreporter.line(
            f"laws tried {FACTOR} times as often as in `make test`, with ACCORDANCE_SEED={SEED}"
        )
