"""One group of names put together from several files, each name still knowing where it stood."""

from __future__ import annotations

from ..problem import Place
from .joined import JoinedSource
from .tree import Located, Mapping


class Composition:
    """A group in the making. It stands where `base` stands; names are taken from any group."""

    def __init__(self, base: Mapping) -> None:
        self._joined = JoinedSource(base.source.name)
        self._starts: dict[int, int] = {}
        self._base = base
        self.entries: dict[str, Located] = {}
        self._key_starts: dict[str, int] = {}
        self._start(base)

    def take(self, group: Mapping, name: str, node: Located | None = None) -> None:
        """Take a name of a group with its value, or with `node` instead; a name that was taken
        before keeps its position."""
        self.entries[name] = group.entries[name] if node is None else node
        self._key_starts[name] = group.key_starts[name] + self._start(group)

    def take_all(self, group: Mapping) -> None:
        for name in group.entries:
            self.take(group, name)

    def leave_out(self, name: str) -> None:
        """Take a name away again, where it is there."""
        self.entries.pop(name, None)
        self._key_starts.pop(name, None)

    def place(self, name: str) -> Place:
        """Where a name that was taken stands."""
        return self._joined.place(self._key_starts[name])

    def finished(self) -> Mapping:
        """The group. Its values keep the sources that they have."""
        start = self._start(self._base)
        base = self._base
        return Mapping(
            self.entries, self._key_starts, base.start + start, base.end + start, self._joined
        )

    def _start(self, group: Mapping) -> int:
        key = id(group.source)
        if key not in self._starts:
            # The joined source holds on to each source, so that no id is used twice.
            self._starts[key] = self._joined.add(group.source)
        return self._starts[key]
