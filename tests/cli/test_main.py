"""How every command begins and ends: help, colour, pipes, interruptions, faults."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from accordance import __version__
from accordance.cli import main, stream
from accordance.report.page import Page
from tests.cli.conftest import ROOT, Caller

LEGAL = "cases/proposals/shared-legal-service.facts.yaml"


ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT / "engine"), "PYTHONIOENCODING": "utf-8"}


def test_help_groups_the_commands_by_reader(call: Caller) -> None:
    done = call("--help")
    assert done.code == 0
    sections = re.findall(r"(?m)^(\S.*):$|^  ([a-z]+)  ", done.out)
    assert [title or name for title, name in sections] == [
        *("Options", "Procurement officer", "check", "explain", "new"),
        *("Policy owner", "rules", "lint", "test", "prove", "parameters", "impact", "publish"),
        *("schema", "lsp"),
        *("Auditor", "sweep", "verify", "compare", "review", "export", "import"),
    ]


@pytest.mark.parametrize("name", [name for names in main.COMMANDS.values() for name in names])
def test_every_command_has_a_page(call: Caller, name: str) -> None:
    done = call(name, "--help")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Usage: accordance {name} ")
    assert "Exit code" in done.out or name == "explain"


def test_version(call: Caller) -> None:
    assert call("--version").out == f"accordance {__version__}\n"


def test_an_interruption_ends_quietly(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*args: object, **more: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("accordance.strategy.reading.load_strategy", interrupted)
    assert call("check", LEGAL) == (130, "", "\naccordance: interrupted\n")


def test_a_fault_of_the_program_is_no_traceback(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: object, **more: object) -> None:
        raise ZeroDivisionError("what\x1b[2J")

    monkeypatch.setattr("accordance.strategy.reading.load_strategy", broken)
    monkeypatch.delenv("ACCORDANCE_DEBUG")
    done = call("check", LEGAL)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(
        "accordance: a fault in the program, nothing was decided: ZeroDivisionError: what\\x1b[2J\n"
    )


def test_an_engine_that_is_not_installed_is_named(
    call: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*args: object, **more: object) -> None:
        raise ImportError("undefined symbol: PyEval_CallObject", name="durable_rules_engine")

    monkeypatch.setattr("accordance.strategy.reading.load_strategy", missing)
    done = call("check", LEGAL)
    assert done.code == 2
    assert "CPPFLAGS=-DPyEval_CallObject=PyObject_CallObject pip install" in done.err


def test_a_reader_that_leaves_is_no_error() -> None:
    command = f"{sys.executable} -m accordance check {LEGAL} --fail-on never"
    done = subprocess.run(
        ["sh", "-c", f"({command}; echo code $? >&2) | true"],
        cwd=ROOT,
        env=ENVIRONMENT,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.stdout, done.stderr) == (b"", b"code 0\n")


def test_check_imports_nothing_heavy_when_nothing_is_wrong() -> None:
    heavy = ("lark", "jsonschema", "jinja2", "importlib.metadata")
    code = (
        "import sys\n"
        "from accordance.cli.main import run\n"
        f"code = run(['check', {LEGAL!r}, '--fail-on', 'never'])\n"
        f"print(code, [name for name in {heavy!r} if name in sys.modules], file=sys.stderr)\n"
    )
    for _ in range(2):  # the first may read the strategy, the second finds it in the cache
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=ENVIRONMENT,
            capture_output=True,
            check=False,
            timeout=60,
        )
    assert done.stderr == b"0 []\n"


@pytest.mark.parametrize(
    ("environment", "colour"),
    [
        ({}, True),
        ({"NO_COLOR": "1"}, False),
        ({"NO_COLOR": ""}, True),
        ({"TERM": "dumb"}, False),
    ],
)
def test_colour_only_on_a_terminal_that_wants_it(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], colour: bool
) -> None:
    class Terminal:
        encoding = "utf-8"

        def __init__(self, is_one: bool) -> None:
            self.is_one = is_one

        def isatty(self) -> bool:
            return self.is_one

    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "90")
    monkeypatch.setattr(sys, "stdout", Terminal(True))
    assert stream.page_for(None) == Page(90, colour=colour)
    monkeypatch.setattr(sys, "stdout", Terminal(False))
    assert stream.page_for(None) == Page(90)
    assert stream.page_for("report.txt") == Page(100)


def test_a_character_set_without_symbols() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "accordance", "check", LEGAL, "--fail-on", "never"],
        cwd=ROOT,
        env=ENVIRONMENT | {"PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    done.stdout.decode("ascii")
