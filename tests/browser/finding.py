"""Where Chromium and the packages of package.json are on this machine, if they are."""

from __future__ import annotations

import shutil
from pathlib import Path

BROWSER = Path(__file__).parent


def chromium() -> str | None:
    """The browser: Debian calls it chromium, others chromium-browser."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def is_complete() -> bool:
    """Is everything here that tests in a browser need?"""
    packages = BROWSER / "node_modules"
    return (
        shutil.which("node") is not None
        and chromium() is not None
        and all((packages / name).is_dir() for name in ("axe-core", "playwright-core"))
    )
