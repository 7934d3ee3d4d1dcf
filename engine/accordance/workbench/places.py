"""Where in the files of a strategy its fields and expressions stand, to the column.

A strategy that was read keeps the places of its rules only; for more the files are read again.
"""

from __future__ import annotations

from typing import Final

from ..problem import Place, Refused
from ..source.reading import read
from ..source.tree import Located, Mapping, Scalar, Sequence
from ..strategy.chain import folders_of
from ..strategy.folder import HEADER, RULES, Folder, locate, read_strategy_files
from ..strategy.model import Strategy

_EXPRESSION: Final = ("is",)
"""Where a requirement that is a mapping keeps its expression."""


class Places:
    """The places of the fields of a strategy folder (None is the one that comes with the program).

    What cannot be found, since the files changed meanwhile or because it stands in a strategy that
    this one extends, has the place of its rule, definition or parameter as the strategy knows it.
    """

    def __init__(self, folder: str | None, strategy: Strategy) -> None:
        self._owners: dict[str, Mapping] = {}
        self._known: dict[str, Place] = {
            **{name: one.place for name, one in strategy.parameters.items()},
            **{name: one.place for name, one in strategy.definitions.items()},
            **{rule.id: rule.place for rule in strategy.rules},
            **{rule.id: rule.place for rule in strategy.portfolio},
        }
        try:
            places = folders_of(folder) if strategy.extends else [locate(folder)]
            for place in places:  # the nearest first
                # What was tailored further up stands where the strategy says, and not there.
                self._read(place, frozenset() if place is places[0] else strategy.tailored)
        except Refused:
            return

    def _read(self, place: Folder, without: frozenset[str]) -> None:
        for file in read_strategy_files(place):
            if file.name == HEADER or file.name.startswith(f"{RULES}/"):
                try:
                    node = read(data=file.data, name=place.shown(file.name))
                except Refused:
                    continue
                for group in ("parameters", "definitions", "rules", "portfolio"):
                    self._enter(_entry(node, group), without)

    def _enter(self, group: Located | None, without: frozenset[str]) -> None:
        if isinstance(group, Mapping):
            for name, node in group.entries.items():
                if isinstance(node, Mapping) and name not in without:
                    self._owners.setdefault(name, node)

    def of(self, owner: str, field: str, entry: int | str | None = None, offset: int = 0) -> Place:
        """The place of a field (or of an entry of it) of a rule, definition or parameter; where it
        holds an expression, of one character of that."""
        mapping = self._owners.get(owner)
        if mapping is None:
            return self._known[owner]
        node = _entry(mapping, field)
        if node is None:
            return self._known[owner]
        if entry is not None:
            node = _member(node, entry) or node
        if isinstance(node, Mapping):
            node = next((node.entries[one] for one in _EXPRESSION if one in node.entries), node)
        if isinstance(node, Scalar) and 0 < offset <= len(node.text):
            return node.place_of(offset)
        return node.place


def _entry(node: Located, name: str) -> Located | None:
    return node.entries.get(name) if isinstance(node, Mapping) else None


def _member(node: Located, entry: int | str) -> Located | None:
    if isinstance(node, Sequence) and isinstance(entry, int):
        return node.items[entry] if entry < len(node.items) else None
    return _entry(node, entry) if isinstance(entry, str) else None
