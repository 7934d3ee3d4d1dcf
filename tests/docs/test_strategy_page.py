"""docs/strategy.md is followed to the letter: its changes are made and its commands run, in order.

A `bash` block is run line by line (a comment may state an exit code other than 0), a `diff` block
changes the file that it names, a `yaml` block whose first line names a file is written to it.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGE = DOCS / "strategy.md"
BLOCK = re.compile(r"(?ms)^```([a-z]*)\n(.*?)^```$")
DIGEST = "sha256:..."


class Done(NamedTuple):
    command: str
    code: int
    expected: int
    out: str
    err: str


def follow(page: Path, folder: Path) -> list[Done]:
    """What became of each command of a page, run in a folder."""
    done: list[Done] = []
    for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind == "bash":
            done += (run(line, folder) for line in text.splitlines())
        elif kind == "diff":
            digests = [
                found for one in done for found in re.findall(r"sha256:[0-9a-f]{64}", one.out)
            ]
            change(folder, text.replace(DIGEST, digests[-1] if digests else DIGEST))
        elif kind == "yaml":
            named = re.match(r"# (\S+\.yaml)\n", text)
            assert named, f"the block does not name its file: {text[:60]}"
            (folder / named[1]).write_text(text, encoding="utf-8")
    return done


def run(line: str, folder: Path) -> Done:
    stated = re.search(r"# exit code (\d)", line)
    environment = os.environ | {
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "engine"),
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": "100",
    }
    ran = subprocess.run(
        ["sh", "-c", line],
        cwd=folder,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )
    return Done(line, ran.returncode, int(stated[1]) if stated else 0, ran.stdout, ran.stderr)


def change(folder: Path, diff: str) -> None:
    """Make the change; what it takes out must stand in the file exactly once."""
    first, *lines = diff.splitlines(keepends=True)
    path = folder / first.removeprefix("--- ").strip()
    old = "\n" + "".join(line[1:] for line in lines if line[0] in " -")
    new = "\n" + "".join(line[1:] for line in lines if line[0] in " +")
    text = "\n" + path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name} holds {text.count(old)} times: {old}"
    path.write_text(text.replace(old, new)[1:], encoding="utf-8")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> list[Done]:
    folder = tmp_path_factory.mktemp("council")
    shutil.copytree(ROOT / "strategy_rules", folder / "strategy_rules")
    (folder / "cases").symlink_to(ROOT / "cases")
    command = folder / "bin" / "accordance"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m accordance "$@"\n')
    command.chmod(0o755)
    return follow(PAGE, folder)


def test_every_command_runs(story: list[Done]) -> None:
    assert len(story) > 20
    wrong = [one for one in story if one.code != one.expected]
    assert wrong == [], "\n".join(f"{one.command}\n{one.out}{one.err}" for one in wrong)


def outputs(story: list[Done], command: str) -> list[str]:
    return [one.out for one in story if one.command.partition("#")[0].strip() == command]


def test_the_parameter_is_found_and_its_case_notices(story: list[Done]) -> None:
    [found] = outputs(
        story, "accordance rules --strategy our_strategy --search replacement_months_max"
    )
    assert re.findall(r"[A-Z]+-\d\d", found) == ["DEP-01"]
    [noticed] = outputs(story, "accordance test our_strategy --rule DEP-01")
    assert noticed.count("✗ DEP-01") == 1
    assert "exactly twelve months" in noticed


def test_the_new_rule_is_tested(story: list[Done]) -> None:
    [tested] = outputs(story, "accordance test our_strategy/tests/our_review.yaml")
    assert "6 cases passed" in tested
    [tagged] = outputs(story, 'accordance rules --strategy our_strategy --tag "our own"')
    assert re.findall(r"[A-Z]+-\d\d", tagged) == ["REV-50"]


def test_the_retired_rule_is_shown_as_such(story: list[Done]) -> None:
    [themed] = outputs(story, "accordance rules --strategy our_strategy --theme review")
    assert "retired: REV-07 Good practice is shared (last in version 1.0)" in themed
    assert not re.search(r"(?m)^  REV-07", themed)


def test_the_approval_counts(story: list[Done]) -> None:
    states = [
        re.findall(r"our_council 1\.1 \((\w+)\)", out)
        for out in outputs(story, "accordance lint our_strategy")
    ]
    assert states[-1] == ["approved"]
    assert {"draft"} == {state for found in states[:-1] for state in found}
    assert "DRAFT" not in story[-1].out


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_no_command_of_the_docs_is_left_untried(page: Path) -> None:
    """Examples that are run stand in `sh`, `console` (tests/test_docs.py) or `bash` blocks."""
    for kind, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        if re.search(r"(?m)^(\$ )?accordance ", text):
            assert kind in ({"bash"} if page == PAGE else {"sh", "console"}), text
