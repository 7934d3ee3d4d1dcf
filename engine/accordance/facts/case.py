"""A case: one partnership, as its fact file states it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..feel.values import Value
from ..problem import Place
from ..source.text import SourceText
from ..source.tree import Mapping as LocatedGroup
from .model import FactModel


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A stated fact and what follows from other facts, which differ; or what another source states,
    which then stands at the place `other`."""

    path: str
    stated: Value
    derived: Value
    other: Place | None = None


class Places(Mapping[str, Place]):
    """Where each fact stands, by concrete path. Lines are counted when they are asked for."""

    __slots__ = ("_elsewhere", "_offsets", "_source")

    def __init__(
        self,
        source: SourceText,
        offsets: dict[str, int],
        elsewhere: dict[str, Place] | None = None,
    ) -> None:
        self._source = source
        self._offsets = offsets
        self._elsewhere = elsewhere or {}

    def __getitem__(self, path: str) -> Place:
        place: Place | None = self.get(path)
        if place is None:
            raise KeyError(path)
        return place

    def get(self, path: str, default: Any = None) -> Any:
        # Asked of every fact that is shown, also of what follows from others and stands nowhere.
        offset = self._offsets.get(path)
        if offset is None:
            return default
        return self._elsewhere.get(path) or self._source.place(offset)

    def __iter__(self) -> Iterator[str]:
        return iter(self._offsets)

    def __len__(self) -> int:
        return len(self._offsets)

    def overlaid(self, elsewhere: dict[str, Place]) -> Places:
        """The places, some of them elsewhere than in the file."""
        known = {path: place for path, place in elsewhere.items() if path in self._offsets}
        return Places(self._source, self._offsets, known)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One partnership on one day.

    `facts` are nested plain values (feel.values); what is unknown has no key. `places` says where
    each fact stands and `paths` where each group of a list stands (by `id` of its dict). `derived`
    names the facts that were not stated but follow from others, with the expression; they are in
    `facts` too. `located` is the tree that the case was read from.
    """

    id: str
    title: str
    stage: str
    as_of: dt.date | None
    facts: dict[str, Value]
    source: str
    places: Mapping[str, Place]
    paths: dict[int, str]
    derived: dict[str, str]
    contradictions: tuple[Contradiction, ...]
    model: FactModel
    located: LocatedGroup

    @property
    def digest(self) -> str:
        """Of what was stated; computed when it is asked for."""
        from .digest import digest_of
        from .stating import stated_facts

        return digest_of(stated_facts(self))
