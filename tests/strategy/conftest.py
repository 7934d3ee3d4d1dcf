"""Folders of strategies to read, and a cache of their own for each test."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

HERE = Path(__file__).parent
SOUND = HERE / "sound"
BROKEN = HERE / "broken"


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the cache of whoever runs it."""
    monkeypatch.delenv("ACCORDANCE_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "accordance"


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    """A copy of the sound strategy, to be changed."""
    return shutil.copytree(SOUND, tmp_path / "sound")


@pytest.fixture
def overlaid(tmp_path: Path) -> Callable[[str], Path]:
    """The base of the broken strategies with one of them laid over it."""

    def lay(name: str) -> Path:
        folder = shutil.copytree(BROKEN / "base", tmp_path / name)
        return shutil.copytree(BROKEN / name, folder, dirs_exist_ok=True)

    return lay
