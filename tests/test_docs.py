"""The examples of README.md and docs/ run, and print what the page says they print.

In a block marked `console`, a line that begins with `$ accordance` is run from the root of the
project and the lines below it are its output (`...` stands for any lines); in a block marked `sh`,
every line that begins with `accordance` has to run. `python -m tests.test_docs` writes the output
of the `console` blocks anew, to be read before it is committed.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from accordance.cli.main import COMMANDS

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
BLOCK = re.compile(r"(?ms)^```(console|sh)\n(.*?)^```$")
WIDTH = 80
FOLLOWED = "strategy.md"
"""Its `bash` blocks make a story, which tests/docs/test_strategy_page.py follows."""


class Example(NamedTuple):
    page: Path
    line: int
    command: str
    output: str | None
    """What the page shows below the command; None where it shows nothing."""


def examples(page: Path) -> Iterator[Example]:
    text = page.read_text(encoding="utf-8")
    for block in BLOCK.finditer(text):
        start = text.count("\n", 0, block.start(2)) + 1
        if block[1] == "sh":
            for number, line in enumerate(block[2].splitlines(), start):
                if line.startswith("accordance"):
                    yield Example(page, number, line, None)
            continue
        for call in re.finditer(r"(?ms)^\$ (accordance[^\n]*)\n(.*?)(?=^\$ |\Z)", block[2]):
            number = start + block[2].count("\n", 0, call.start())
            yield Example(page, number, call[1], call[2] or None)


EXAMPLES = [example for page in PAGES for example in examples(page)]


@pytest.fixture(scope="module")
def workplaces() -> dict[Path, Path]:
    return {}


@pytest.fixture
def workplace(
    example: Example, workplaces: dict[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The folder of the page on which the example stands: pages know nothing of each other."""
    if example.page not in workplaces:
        workplaces[example.page] = make_workplace(tmp_path_factory.mktemp("docs"))
    return workplaces[example.page]


def make_workplace(folder: Path) -> Path:
    """A folder with the project's cases and strategies, and `accordance` as a command."""
    for name in ("cases", "strategy_rules", "docs"):
        (folder / name).symlink_to(ROOT / name)
    command = folder / "bin" / "accordance"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m accordance "$@"\n')
    command.chmod(0o755)
    return folder


def run(command: str, workplace: Path) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "PATH": f"{workplace / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "engine"),
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": str(WIDTH),
    }
    return subprocess.run(
        ["sh", "-c", command],
        cwd=workplace,
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    "example", EXAMPLES, ids=lambda one: f"{one.page.relative_to(ROOT)}:{one.line}"
)
def test_examples_run(example: Example, workplace: Path) -> None:
    done = run(example.command, workplace)
    assert done.returncode in (0, 1), done.stderr
    if example.output is not None:
        shown = "(?:.*\n)*?".join(map(re.escape, re.split(r"(?m)^\.\.\.\n", example.output)))
        assert re.fullmatch(shown, done.stdout), done.stdout


def test_there_are_examples() -> None:
    assert any(example.page.name == "README.md" and example.output for example in EXAMPLES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_are_named_exist(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    named = set(re.findall(r"`accordance ([a-z]+)", text))
    assert named - {name for names in COMMANDS.values() for name in names} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_command_escapes_the_test(page: Path) -> None:
    text = BLOCK.sub("", page.read_text(encoding="utf-8"))
    if page.name == FOLLOWED:
        text = re.sub(r"(?ms)^```bash\n.*?^```$", "", text)
    assert re.findall(r"(?m)^\s*(?:\$ )?accordance [a-z]+ .*", text) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text)
    local = [target for target in targets if not re.match(r"[a-z]+:", target)]
    assert [target for target in local if not (page.parent / target).exists()] == []


def renewed(page: Path, workplace: Path) -> str:
    """The page with the output of its `console` blocks as it is now; what `...` left out stays
    out as far as the lines before and after it are still there."""
    text = page.read_text(encoding="utf-8")
    for example in examples(page):
        if example.output is None:
            continue
        lines = run(example.command, workplace).stdout.splitlines(keepends=True)
        text = text.replace(
            f"$ {example.command}\n{example.output}",
            f"$ {example.command}\n{_shortened(lines, example.output)}",
        )
    return text


def _shortened(lines: list[str], shown: str) -> str:
    """The lines that stand where those that are shown stood: from the first to the last line of
    each part between `...`, or as many as before where the last is no longer there."""
    parts = [part.splitlines(keepends=True) for part in re.split(r"(?m)^\.\.\.\n", shown)]
    kept, at = [], 0
    for number, part in enumerate(parts):
        if not part:
            kept.append("")
            continue
        start = at if number == 0 else lines.index(part[0], at)
        blank = len(part) - len("".join(part).rstrip("\n").splitlines())
        last = part[-1 - blank]
        end = lines.index(last, start) + 1 if last in lines[start:] else start + len(part) - blank
        at = end + blank
        kept.append("".join(lines[start:at]))
    return "...\n".join(kept)


if __name__ == "__main__":
    import tempfile

    for page in PAGES:
        with tempfile.TemporaryDirectory() as folder:
            place = make_workplace(Path(folder))
            page.write_text(renewed(page, place), encoding="utf-8")
