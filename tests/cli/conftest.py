"""Calls of the command line, in process: exit code, standard output and standard error."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from accordance.cli.main import run

ROOT = Path(__file__).parents[2]


class Call(NamedTuple):
    code: int
    out: str
    err: str


Caller = Callable[..., Call]


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Caller:
    """`call("check", "file.yaml", stdin=b"...")`, from the root of the project."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("ACCORDANCE_DEBUG", "1")

    def caller(*args: str, stdin: bytes = b"") -> Call:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), "utf-8"))
        code = run(args)
        out, err = capsys.readouterr()
        return Call(code, out, err)

    return caller
