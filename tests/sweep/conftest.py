"""A small strategy to sweep by, in a folder of its own."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy
from tests.check.small import checker, rule

RULES = {
    "TT-01": rule(["a", {"is": "n < 10", "unmet": "there are too many"}], gate=["new"]),
    "TT-02": rule(["b or c"], when="a", severity="medium"),
    "TT-03": rule(["every i in items satisfies i.ok"], severity="low"),
    "TT-04": rule(['day = null or day > date("2026-01-01")']),
}


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Strategy:
    folder = tmp_path_factory.mktemp("strategy") / "small"
    checker(folder, RULES).close()
    return load_strategy(str(folder), cache=False)


@pytest.fixture
def libraries_may_warn() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
