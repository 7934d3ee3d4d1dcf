"""A strategy folder that is open in an editor, buffers that are not saved included."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from ...facts.model import FactModel
from ...problem import Refused
from ...source.reading import KEPT, read
from ...strategy.chain import EXTENDS, folders_of
from ...strategy.expressions import PARSED
from ...strategy.folder import HEADER, UNSAVED, Folder, locate
from ...strategy.model import Strategy
from ...strategy.reading import load_strategy
from ..anatomy import Anatomy, Body, entries
from ..lint.linting import Linted, lint_subject
from ..lint.subject import Memory, read_files, read_subject
from ..references import Names, Reference, names_of, references, together

MAX_LEVELS = 3
"""How far above a file its strategy is looked for."""


def folder_of(path: str) -> str | None:
    """The strategy folder in which a file lies, or None."""
    place = os.path.dirname(os.path.abspath(path))
    for _ in range(MAX_LEVELS):
        if os.path.isfile(os.path.join(place, HEADER)):
            return place
        place = os.path.dirname(place)
    return None


@dataclass
class Session:
    """One folder. What was parsed is kept, so that a keystroke costs one file and not all."""

    path: str
    folder: Folder = field(init=False)
    buffers: dict[str, str] = field(default_factory=dict)
    """The texts that the editor holds, by name within the folder."""
    disk: dict[str, bytes] = field(default_factory=dict)
    strategy: Strategy | None = None
    """The strategy as it was when it last could be read."""
    _memory: Memory = field(default_factory=Memory)
    _last: dict[str, Anatomy] = field(default_factory=dict)
    _names: Names = field(default_factory=Names)
    _references: dict[str, tuple[Anatomy, Names, tuple[Reference, ...]]] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        self.folder = locate(self.path)
        self.reload()

    def name_of(self, path: str) -> str:
        """The name of a file within the folder."""
        return os.path.relpath(path, self.path).replace(os.sep, "/")

    def path_of(self, name: str) -> str:
        return os.path.join(self.path, *name.split("/"))

    def reload(self) -> None:
        """Read anew what stands on the disk."""
        # Where it cannot be read, looking at it says why; until then what was there stands.
        with suppress(Refused):
            self.disk = {file.name: file.data for file in read_files(self.folder)}

    def text(self, name: str) -> str:
        """The text of a file as the editor or else the disk has it."""
        held = self.buffers.get(name)
        if held is not None:
            return held
        return self.disk.get(name, b"").decode("utf-8", "replace").removeprefix("\ufeff")

    def lint(self) -> Linted:
        """Everything that is wrong now. Raises Refused where the folder cannot be read."""
        held = {
            os.path.realpath(self.path_of(name)): text.encode("utf-8", "replace")
            for name, text in self.buffers.items()
        }
        token = UNSAVED.set(held)
        try:
            linted = lint_subject(read_subject(self.path, self._memory))
        finally:
            UNSAVED.reset(token)
        self._last.update(linted.subject.parts)
        if linted.subject.strategy is not None:
            self.strategy = linted.subject.strategy
        return linted

    # what stands where

    def parts(self) -> dict[str, Anatomy]:
        """The files that can be read, taken apart."""
        found = {}
        tokens = KEPT.set(self._memory.trees), PARSED.set(self._memory.expressions)
        try:
            for name in dict.fromkeys((*self.disk, *self.buffers)):
                data = (
                    self.buffers[name].encode("utf-8", "replace")
                    if name in self.buffers
                    else (self.disk[name])
                )
                try:
                    tree = read(data=data, name=self.folder.shown(name))
                except Refused:
                    continue
                found[name] = self._last[name] = self._memory.part(name, tree)
        finally:
            KEPT.reset(tokens[0])
            PARSED.reset(tokens[1])
        return found

    @property
    def body(self) -> Body:
        """All files as they were when they last could be read."""
        return Body(dict(self._last))

    def names(self) -> Names:
        """The names of the strategy, of what it extends too."""
        names = names_of(self.body)
        extends = EXTENDS in entries(getattr(self._last.get(HEADER), "root", None))
        if extends and self.strategy is None:
            # It was never without a mistake; what it extends is known all the same.
            with suppress(Refused, IndexError):
                self.strategy = load_strategy(folders_of(self.path)[1].path)
        if self.strategy is not None:
            model = self.strategy.model
            # What was read last may hold names that have gone from these files since.
            upstream = Names(
                frozenset((*model.facts, *model.groups)) if extends else frozenset(),
                {
                    one.name: one.expression
                    for one in self.strategy.definitions.values()
                    if not one.place.file.startswith(self.folder.shown(""))
                },
                frozenset(
                    one.name
                    for one in self.strategy.parameters.values()
                    if not one.place.file.startswith(self.folder.shown(""))
                ),
                frozenset(
                    one.id
                    for one in (*self.strategy.rules, *self.strategy.retired)
                    if not one.place.file.startswith(self.folder.shown(""))
                ),
            )
            names = together(names, upstream)
        if names.key != self._names.key:
            self._names = names
        return self._names

    def references(self) -> Iterator[Reference]:
        """Every name that means something, in all files that can be read."""
        parts = self.parts()
        names = self.names()
        for name, part in parts.items():
            known = self._references.get(name)
            if known is None or known[0] is not part or known[1] is not names:
                known = (part, names, tuple(references(part, names)))
                self._references[name] = known
            yield from known[2]

    def reference_at(self, name: str, offset: int) -> Reference | None:
        """The name at a place of a file, the shortest where several reach over it."""
        found = [
            one
            for one in self.references()
            if one.span.file == name and one.span.start <= offset <= one.span.end
        ]
        return min(found, key=lambda one: one.span.end - one.span.start, default=None)

    def same(self, reference: Reference) -> list[Reference]:
        """Every place where the same thing is named."""
        return [
            one
            for one in self.references()
            if (one.kind, one.name) == (reference.kind, reference.name)
        ]

    def extended(self) -> list[str]:
        """The folders of the strategies that this one extends, the nearest first, as far as they
        can be found."""
        if EXTENDS not in entries(getattr(self._last.get(HEADER), "root", None)):
            return []
        try:
            return [folder.path for folder in folders_of(self.path)[1:]]
        except Refused:
            return []

    @property
    def model(self) -> FactModel | None:
        return None if self.strategy is None else self.strategy.model

    @property
    def themes(self) -> Mapping[str, str]:
        return {} if self.strategy is None else self.strategy.themes
