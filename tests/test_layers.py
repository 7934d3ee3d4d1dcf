"""Imports run downward only: a layer knows those below it, and none above."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "engine" / "accordance"
LAYERS = (
    "problem",
    "feel",
    "source",
    "facts",
    "strategy",
    "plan",
    "check",
    "portfolio",
    "review",
    "sweep",
    "prove",
    "workbench",
    "report",
    "cli",
)
"""From the lowest to the highest; a module may import from its own layer and from lower ones."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def imported(text: str, package: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """The layers that a module imports from anywhere in its text, with the line.

    `package` is the folder of the module below `accordance`.
    """
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom):
            names = tuple((node.module or "").split(".")) if node.module else ()
            if node.level:
                base = package[: len(package) - (node.level - 1)]
                targets = [base + names] if base + names else [(one.name,) for one in node.names]
            elif names[:1] == ("accordance",):
                targets = [names[1:]] if names[1:] else [(one.name,) for one in node.names]
            else:
                continue
        elif isinstance(node, ast.Import):
            targets = [
                tuple(one.name.split("."))[1:]
                for one in node.names
                if one.name.split(".")[0] == "accordance"
            ]
        else:
            continue
        for target in targets:
            if target and not target[0].startswith("__"):
                yield target[0], node.lineno


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_downward(path: Path) -> None:
    place = path.relative_to(PACKAGE)
    own = place.with_suffix("").parts[0]
    if own in ("__init__", "__main__"):
        return
    assert own in LAYERS, f"{own} has no place among the layers"
    upward = [
        f"{place}:{line} imports {layer}"
        for layer, line in imported(path.read_text(encoding="utf-8"), place.parent.parts)
        if LAYERS.index(layer) > LAYERS.index(own)
    ]
    assert upward == []


def test_every_form_of_import_is_seen() -> None:
    text = """\
from ..cli import main
from accordance.report import table
import accordance.check.checker
from .. import __version__, plan
def late():
    from ..workbench.trial import run
from .sibling import x
import os
"""
    assert sorted(imported(text, ("feel",))) == [
        ("check", 3),
        ("cli", 1),
        ("feel", 7),
        ("plan", 4),
        ("report", 2),
        ("workbench", 6),
    ]
