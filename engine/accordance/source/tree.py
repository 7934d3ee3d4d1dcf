"""What a YAML or JSON file says, and where: scalars, sequences and mappings with their places.

The nodes are not frozen, because a frozen dataclass takes three times as long to make and a file
has thousands of them; nobody changes one after it was read. An alias in YAML makes the same node
stand in several places, so a node does not know its parent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from ..feel.values import Number
from ..problem import Place
from .text import SourceText


@dataclass(slots=True, eq=False)
class Scalar:
    """One value. `text` is what was written (for a quoted value, what the quotes mean); `plain`
    says that it stood without quotes; `start` and `end` are offsets into the file."""

    value: bool | Number | str | None
    text: str
    plain: bool
    start: int
    end: int
    source: SourceText

    @property
    def place(self) -> Place:
        return self.source.place(self.start)

    def place_of(self, offset: int) -> Place:
        """Where the character `offset` of `text` stands in the file, however it is written."""
        from .offsets import file_offset

        return self.source.place(
            file_offset(self.source.text[self.start : self.end], self.text, offset) + self.start
        )


@dataclass(slots=True, eq=False)
class Sequence:
    """A list of values."""

    items: list[Located]
    start: int
    end: int
    source: SourceText

    @property
    def place(self) -> Place:
        return self.source.place(self.start)


@dataclass(slots=True, eq=False)
class Mapping:
    """Named values, in the order of the file; `key_starts` are the offsets of the names."""

    entries: dict[str, Located]
    key_starts: dict[str, int]
    start: int
    end: int
    source: SourceText

    @property
    def place(self) -> Place:
        return self.source.place(self.start)

    @property
    def key_places(self) -> dict[str, Place]:
        return {key: self.source.place(start) for key, start in self.key_starts.items()}

    def key_place(self, key: str) -> Place:
        """Where a name stands."""
        return self.source.place(self.key_starts[key])


Located: TypeAlias = Scalar | Sequence | Mapping


def plain(node: Located) -> Any:
    """The bare values: None, bool, int, Fraction, str, list and dict."""
    # INVARIANT: no tree is deeper than the reader's MAX_DEPTH, so recursion is safe.
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key: plain(entry) for key, entry in node.entries.items()}


def is_blank(node: Located) -> bool:
    """Is this a value that says nothing?"""
    return isinstance(node, Scalar) and node.value is None


def is_text(node: Located) -> bool:
    return isinstance(node, Scalar) and isinstance(node.value, str)


def kind(node: Located) -> str:
    """What a node is, in words for a message."""
    if isinstance(node, Sequence):
        return "a list"
    if isinstance(node, Mapping):
        return "a group of names"
    if node.value is None:
        return "blank"
    if isinstance(node.value, bool):
        return "`true` or `false`"
    return "text" if isinstance(node.value, str) else "a number"
