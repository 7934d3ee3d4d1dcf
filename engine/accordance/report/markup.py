"""Markdown: text, code and tables, written so that what comes from a file stays text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from .text import safe

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~$&@])")
_START: Final = re.compile(r"^(\s*\d{0,9})([-+=.)])")
_LINK: Final = re.compile(r"(?i)\b(https?|ftp|mailto|www)([:.])")


class Code(str):
    """Text of a cell that is shown as code."""


class Marked(str):
    """Text of a cell that is Markdown already."""


def text(plain: str) -> str:
    """Text that stays text: no markup, no HTML, no link."""
    escaped = _START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", safe(str(plain))))
    return _LINK.sub(r"\1&#8203;\2", escaped)


def prose(sentence: str) -> str:
    """A sentence of the program's own, in which names stand between backticks."""
    pieces = sentence.split("`")
    if len(pieces) % 2 == 0:
        return text(sentence)
    return "".join(code(piece) if at % 2 else text(piece) for at, piece in enumerate(pieces))


def code(plain: str) -> str:
    """A code span; backticks in it are lengthened around."""
    clean = safe(plain)
    ticks = "`" * (max((len(run) for run in re.findall("`+", clean)), default=0) + 1)
    pad = " " if "`" in clean else ""
    return f"{ticks}{pad}{clean}{pad}{ticks}" if clean else ""


def block(plain: str, language: str = "") -> str:
    """A block of code, its lines as they are."""
    lines = [safe(line) for line in plain.rstrip("\n").split("\n")]
    runs = (len(run) for line in lines for run in re.findall("`+", line))
    fence = "`" * max(3, max(runs, default=0) + 1)
    return "\n".join([fence + language, *lines, fence])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; cells are text unless they are `Code` or `Marked`."""
    body = [[_cell(cell) for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def bullets(items: Iterable[str]) -> str:
    """A list of items that are Markdown already."""
    return "\n".join(f"- {item}" for item in items)


def _cell(cell: str) -> str:
    if isinstance(cell, Code):
        return code(cell).replace("|", "\\|")
    return str(cell) if isinstance(cell, Marked) else text(cell)
