"""What tests need of the machine: what it lacks is skipped by name and listed at the end.

With ACCORDANCE_ALL=1 (`make test ALL=1`) a need that is not met is a failure.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from typing import NamedTuple

import pytest

from tests.browser import finding


class Need(NamedTuple):
    """Something that not every machine has: is it here, and if not, how does one get it?"""

    met: Callable[[], bool]
    remedy: str


NEEDS = {
    "hatchling": Need(
        lambda: importlib.util.find_spec("hatchling") is not None, "pip install hatchling"
    ),
    "graphviz": Need(lambda: shutil.which("dot") is not None, "install Graphviz (`dot`)"),
    "browser": Need(finding.is_complete, "tests/browser/install.sh"),
    "spark": Need(
        lambda: (
            importlib.util.find_spec("pyspark") is not None
            and (shutil.which("java") is not None or "JAVA_HOME" in os.environ)
        ),
        "pip install pyspark, and tests/sweep/install_java.sh",
    ),
}


@pytest.fixture(autouse=True, scope="session")
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Strategies are cached in a folder of the test run, not in the user's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


_LEFT_OUT: Counter[str] = Counter()


def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark in item.iter_markers("needs"):
        for name in mark.args:
            if NEEDS[name].met():
                continue
            if os.environ.get("ACCORDANCE_ALL") == "1":
                pytest.fail(f"needs {name}: {NEEDS[name].remedy}", pytrace=False)
            _LEFT_OUT[name] += 1
            pytest.skip(f"needs {name}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _LEFT_OUT:
        terminalreporter.section("left out on this machine")
        for name, tests in sorted(_LEFT_OUT.items()):
            terminalreporter.line(f"{name}: {tests} tests ({NEEDS[name].remedy})")
