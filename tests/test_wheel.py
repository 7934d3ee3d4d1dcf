"""The wheel holds all that the program needs, and works from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel installs (its dependencies are those of the test run)."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        timeout=120,
    )
    (wheel,) = folder.glob("accordance-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(installed: Path, *args: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "accordance", *args],
        cwd=cwd,
        env=os.environ | {"PYTHONPATH": str(installed), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


@pytest.mark.needs("hatchling")
def test_the_strategies_and_all_data_are_in_the_wheel(installed: Path) -> None:
    def files(folder: Path) -> set[str]:
        return {
            str(path.relative_to(folder))
            for path in folder.rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }

    package = installed / "accordance"
    assert files(package / "strategy_rules") == files(ROOT / "strategy_rules")
    shipped = {name for name in files(package) if not name.startswith("strategy_rules/")}
    assert shipped == files(ROOT / "engine" / "accordance")


@pytest.mark.needs("hatchling")
def test_the_installed_command_works_from_any_folder(installed: Path, tmp_path: Path) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text("id: a\ntitle: A partnership\nstage: new\nas_of: 2026-01-31\n")
    done = run(installed, "check", "facts.yaml", cwd=tmp_path)
    assert (done.returncode in (0, 1), done.stderr) == (True, "")
    assert done.stdout.startswith("A partnership\nnew · facts of 31 January 2026")
    assert run(installed, "lint", cwd=tmp_path).returncode == 0
    assert run(installed, "--version", cwd=tmp_path).stdout.startswith("accordance ")
