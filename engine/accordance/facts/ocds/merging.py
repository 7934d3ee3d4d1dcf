"""Releases of one process become one picture of it: later ones replace what earlier ones said, and
each value still knows which release said it.

Lists whose items have ids are merged item by item, others are replaced as a whole. Where one
moment, or one release id, says two things, none of them is chosen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from ...source.tree import Located, Mapping, Scalar, Sequence, plain
from .packages import Release

WHOLE: Final = frozenset(
    ("suppliers", "tenderers", "additionalClassifications", "classifications", "tag", "roles")
)
"""Lists that the standard replaces as a whole, whatever their items hold."""
_OF_THE_RELEASE: Final = frozenset(("ocid", "id", "date", "tag", "initiationType", "language"))


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """A value and the release that said it; `path` is the way to it in the release."""

    value: Any
    path: str
    node: Located
    release: Release


@dataclass(frozen=True, slots=True, eq=False)
class Contradiction:
    """Different values of one thing, said at one moment or under one release id."""

    path: str
    told: tuple[Told, ...]


class Items(dict[str, "Merged"]):
    """The items of a list by their id, in the order in which they were first named."""


Part: TypeAlias = "Told | Contradiction | Items | Merged"


class Merged(dict[str, Part]):
    """Merged values by name."""

    def at(self, *names: str) -> Part | None:
        """What stands at the end of a path, or None."""
        part: Part | None = self
        for name in names:
            part = part.get(name) if isinstance(part, Merged) else None
        return part

    def told(self, *names: str) -> Told | None:
        """The one value at the end of a path; None where there is none, or no single one."""
        part = self.at(*names)
        return part if isinstance(part, Told) else None

    def items_of(self, *names: str) -> Items:
        """The list at the end of a path; empty where there is none."""
        part = self.at(*names)
        return part if isinstance(part, Items) else Items()


def merge(releases: Iterable[Release]) -> Merged:
    """The releases of one process, in the order of their dates."""
    merged = Merged()
    for release in releases:
        # INVARIANT: no tree is deeper than the reader's MAX_DEPTH, so recursion is safe.
        for name, entry in release.node.entries.items():
            if name not in _OF_THE_RELEASE:
                _put(merged, name, entry, release, name)
    return merged


def contradictions(merged: Merged) -> Iterator[Contradiction]:
    """Every contradiction that no later release has settled."""
    for part in merged.values():
        if isinstance(part, Contradiction):
            yield part
        elif isinstance(part, Merged):
            yield from contradictions(part)
        elif isinstance(part, Items):
            for item in part.values():
                yield from contradictions(item)


def _put(into: Merged, name: str, node: Located, release: Release, path: str) -> None:
    known = into.get(name)
    if isinstance(node, Mapping):
        group = known if isinstance(known, Merged) else Merged()
        into[name] = group
        for key, entry in node.entries.items():
            _put(group, key, entry, release, f"{path}.{key}")
        return
    ids = _ids(node) if name not in WHOLE else None
    if ids is not None:
        items = known if isinstance(known, Items) else Items()
        into[name] = items
        for item_id, item in ids:
            merged = items.setdefault(item_id, Merged())
            for key, entry in item.entries.items():
                _put(merged, key, entry, release, f"{path}[{item_id}].{key}")
        return
    if isinstance(node, Scalar) and node.value is None:
        # In a later release null takes a value away.
        into.pop(name, None)
        return
    told = Told(plain(node), path, node, release)
    if isinstance(known, Told) and known.value != told.value and _at_once(known, told):
        into[name] = Contradiction(path, (known, told))
    elif isinstance(known, Contradiction) and _at_once(known.told[-1], told):
        if all(one.value != told.value for one in known.told):
            into[name] = Contradiction(path, (*known.told, told))
    else:
        into[name] = told


def _at_once(first: Told, second: Told) -> bool:
    one, other = first.release, second.release
    return one.moment == other.moment or (one.id == other.id and one.id != "")


def _ids(node: Located) -> list[tuple[str, Mapping]] | None:
    """The items of a list with their ids, or None for what is no such list."""
    if not isinstance(node, Sequence) or not node.items:
        return None
    found = []
    for item in node.items:
        entry = item.entries.get("id") if isinstance(item, Mapping) else None
        if not isinstance(item, Mapping) or not isinstance(entry, Scalar) or not entry.text:
            return None
        found.append((entry.text, item))
    return found
