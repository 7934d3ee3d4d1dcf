from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from accordance.workbench.watching import changes, stamps, touched
from tests.workbench.test_recording import CASES, RULES
from tests.workbench.tried import Tried, read, tried


@pytest.fixture
def small(tmp_path: Path) -> Tried:
    return tried(tmp_path, RULES, CASES, "limit: {value: 12, unit: count, means: A limit}")


def test_each_change_of_a_file_comes_once(small: Tried) -> None:
    folder = Path(small.folder)
    deeds = iter(
        [
            lambda: (folder / "rules" / "theme.yaml").write_text("theme: Theme"),
            lambda: None,
            lambda: None,
            lambda: (folder / "tests" / "more.yaml").write_text("theme: Theme"),
            lambda: (folder / "tests" / "theme.yaml").unlink(),  # while the other comes to rest
            lambda: None,
            lambda: (folder / "tests" / ".more.yaml.swp").write_text("what an editor leaves"),
            lambda: (folder / "notes.txt").write_text("no part of it"),
        ]
    )

    def wait(seconds: float) -> None:
        deed = next(deeds, None)
        if deed is None:
            raise KeyboardInterrupt
        deed()

    found = []
    with pytest.raises(KeyboardInterrupt):
        for files in changes(str(folder), wait):
            found.append(set(files))
    assert found == [{"rules/theme.yaml"}, {"tests/more.yaml", "tests/theme.yaml"}]


def test_what_is_extended_is_watched_too(tmp_path: Path) -> None:
    theirs = tried(tmp_path / "theirs", RULES, CASES).folder
    folder = tmp_path / "ours"
    (folder / "rules").mkdir(parents=True)
    header = "strategy: ours\ntitle: Ours\nversion: '1.0'\nextends: ../theirs\n"
    (folder / "strategy.yaml").write_text(header)
    assert set(stamps(str(folder))) == {
        "strategy.yaml",
        *(
            f"{theirs}/{name}"
            for name in (
                "strategy.yaml",
                "facts.schema.yaml",
                "rules/theme.yaml",
                "tests/theme.yaml",
            )
        ),
    }


@pytest.mark.parametrize(
    ("file", "old", "new", "rules"),
    [
        ("rules/theme.yaml", "people > 12", "people > 13", {"TT-01"}),
        ("rules/theme.yaml", "has {people} people", "has people", {"TT-01"}),
        ("rules/theme.yaml", "definitions:", "# a remark\ndefinitions:", set()),
        ("rules/theme.yaml", "sites[not(open)]", "sites[open]", {"TT-02"}),
        ("rules/theme.yaml", "people > 12", "people > limit", {"TT-01"}),
        ("strategy.yaml", "value: 12", "value: 13", set()),
        ("facts.schema.yaml", "minimum: 0}", "minimum: 1}", {"TT-01", "TT-02"}),
    ],
)
def test_which_rules_a_change_touches(
    small: Tried, file: str, old: str, new: str, rules: set[str]
) -> None:
    path = Path(small.folder) / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    assert touched(small.strategy, read(Path(small.folder)).strategy) == rules


def test_a_parameter_touches_the_rules_that_read_it(tmp_path: Path) -> None:
    parameters = "limit: {{value: {}, unit: count, means: A limit}}"
    rules = RULES.replace("people > 12", "people > limit")
    old = tried(tmp_path / "old", rules, CASES, parameters.format(12))
    new = tried(tmp_path / "new", rules, CASES, parameters.format(13))
    assert touched(old.strategy, new.strategy) == {"TT-01"}


def test_the_command_runs_again_what_was_touched_until_it_is_interrupted(small: Tried) -> None:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-m", "accordance", "test", small.folder, "--watch"]
    environment = os.environ | {"PYTHONPATH": str(root / "engine"), "PYTHONUNBUFFERED": "1"}
    rules = Path(small.folder) / "rules" / "theme.yaml"
    log = Path(small.folder) / "log.txt"

    def wait_for(text: str, times: int = 1) -> None:
        until = time.monotonic() + 60
        while log.read_text().count(text) < times:
            assert time.monotonic() < until, log.read_text()
            assert process.poll() is None, log.read_text()
            time.sleep(0.05)

    with log.open("w") as output:
        process = subprocess.Popen(command, env=environment, cwd=root, stdout=output, stderr=output)
        try:
            wait_for("watching; end with Ctrl-C")
            assert "2 cases passed" in log.read_text()
            text = rules.read_text()
            rules.write_text(text.replace("people > 12", "people > 20"))
            wait_for("1 of 1 case failed")
            rules.write_text("theme: [")
            wait_for("is not valid YAML")
            rules.write_text(text)
            wait_for("2 cases passed", times=2)
            process.send_signal(signal.SIGINT)
            assert process.wait(timeout=60) == 0
        finally:
            process.kill()
            process.wait()
    assert "Traceback" not in log.read_text()
