"""Expressions laid out for reading."""

from __future__ import annotations

import re
from typing import Final

_WORD: Final = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^\s"])+')
_OPENS: Final = frozenset(("and", "or", "satisfies", "then", "else", "return"))
"""Words that a new line may begin with."""


def laid_out(text: str, width: int) -> list[str]:
    """An expression in lines of at most `width`, as far as it has places at which it may be
    broken; what follows the first line is set in by two."""
    lines, line = [], ""
    for piece in _pieces(text, width - 2):
        if line and len(line) + 1 + len(piece) > width:
            lines.append(line)
            line = "  " + piece
        else:
            line = f"{line} {piece}" if line else piece
    return [*lines, line]


def _pieces(text: str, width: int) -> list[str]:
    """The expression cut before the words at which it may be broken, and where that is not enough
    after commas; never within a text."""
    pieces: list[list[str]] = [[]]
    for word in _WORD.findall(text):
        if word in _OPENS and pieces[-1]:
            pieces.append([])
        pieces[-1].append(word)
    found: list[str] = []
    for words in pieces:
        whole = " ".join(words)
        found += [whole] if len(whole) <= width else _after_commas(words)
    return found


def _after_commas(words: list[str]) -> list[str]:
    pieces: list[list[str]] = [[]]
    for word in words:
        pieces[-1].append(word)
        if word.endswith(","):
            pieces.append([])
    return [" ".join(piece) for piece in pieces if piece]
