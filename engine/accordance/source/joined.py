"""Several sources behind one: what was put together from them still knows where each part stood."""

from __future__ import annotations

from bisect import bisect_right

from ..problem import Place
from .text import SourceText
from .tree import Located, Mapping, Scalar, Sequence


class JoinedSource(SourceText):
    """Sources laid end to end: an offset into the whole means a place in one of them."""

    __slots__ = ("_starts", "parts")

    def __init__(self, name: str) -> None:
        super().__init__(name, "")
        self.parts: list[SourceText] = []
        self._starts: list[int] = []

    def add(self, source: SourceText) -> int:
        """Take a source in; the offset at which its own offsets begin here."""
        start = self.extent
        self.parts.append(source)
        self._starts.append(start)
        return start

    @property
    def extent(self) -> int:
        return self._starts[-1] + self.parts[-1].extent if self.parts else 0

    def place(self, offset: int) -> Place:
        part = bisect_right(self._starts, offset) - 1
        if part < 0:
            return Place(self.name)
        return self.parts[part].place(offset - self._starts[part])


def moved(node: Located, joined: JoinedSource, start: int) -> Located:
    """A copy of a tree whose source begins at `start` of the joined one."""
    # INVARIANT: no tree is deeper than the reader's MAX_DEPTH, so recursion is safe.
    first, last = node.start + start, node.end + start
    if isinstance(node, Scalar):
        return Scalar(node.value, node.text, node.plain, first, last, joined)
    if isinstance(node, Sequence):
        return Sequence([moved(item, joined, start) for item in node.items], first, last, joined)
    return Mapping(
        {name: moved(entry, joined, start) for name, entry in node.entries.items()},
        {name: offset + start for name, offset in node.key_starts.items()},
        first,
        last,
        joined,
    )
