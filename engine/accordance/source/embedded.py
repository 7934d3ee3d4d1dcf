"""Texts that are part of a file: one line of it, or what was made of something at one place."""

from __future__ import annotations

from ..problem import Place
from .text import SourceText


class LineText(SourceText):
    """One line of a file that holds a value a line."""

    __slots__ = ("line",)

    def __init__(self, name: str, text: str, line: int) -> None:
        super().__init__(name, text)
        self.line = line

    def place(self, offset: int) -> Place:
        return Place(self.name, self.line, offset + 1)


class TextAtPlace(SourceText):
    """A text that no reader has seen, made of what stands at `there`."""

    __slots__ = ("there",)

    def __init__(self, text: str, there: Place) -> None:
        super().__init__(there.file, text)
        self.there = there

    def place(self, offset: int) -> Place:
        return self.there
