from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Caller


@pytest.fixture
def strategy(tmp_path: Path) -> Path:
    """A copy of the shipped strategy, to be broken."""
    folder = tmp_path / "strategy"
    shutil.copytree(ROOT / "strategy_rules" / "public_body", folder)
    return folder


def test_the_shipped_strategy_is_clean(call: Caller) -> None:
    done = call("lint")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("✓ public_body ")
    assert done.out.endswith("; nothing is wrong\n")


def test_the_digest_that_an_approval_names_is_said(call: Caller, strategy: Path) -> None:
    done = call("lint", str(strategy))
    digest = next(line.strip() for line in done.out.splitlines() if "sha256:" in line)
    header = strategy / "strategy.yaml"
    text = header.read_text(encoding="utf-8")
    header.write_text(f"{text}\napproval: {{by: Cabinet, on: 2026-04-15, digest: '{digest}'}}\n")
    assert call("lint", str(strategy)).out.startswith("✓ public_body 1.0 (approved)\n")


def test_every_problem_stands_in_a_line_with_its_place(call: Caller, strategy: Path) -> None:
    rules = strategy / "rules" / "dependence.yaml"
    text = rules.read_text(encoding="utf-8")
    assert text.count("exit_plan.exists") and text.count("severity: high")
    broken = text.replace("exit_plan.exists", "exit_plan.exist", 1)
    rules.write_text(broken.replace("severity: high", "severity: huge", 1), encoding="utf-8")
    done = call("lint", str(strategy))
    assert (done.code, done.err) == (1, "")
    lines = done.out.splitlines()
    assert lines[-1] == f"{len(lines) - 1} problems"
    shown = {line.split(":")[0].rsplit("/", 1)[-1] for line in lines[:-1]}
    assert shown == {"dependence.yaml"}
    assert "did you mean `exit_plan.exists`?" in done.out
    assert "`huge`" in done.out


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("lint", "nowhere"), "nowhere: there is no folder and no installed strategy `nowhere`"),
        (("lint", "README.md"), "README.md: the strategy is a file, not a folder"),
        (("lint", "docs", "--strategy", "docs"), "name the strategy once"),
    ],
)
def test_nothing_to_read(call: Caller, args: tuple[str, ...], says: str) -> None:
    done = call(*args)
    assert (done.code, done.out) == (2, "")
    assert says in done.err
