"""A strategy and those that it extends, each with its files: nothing is parsed but the one line
that names the next."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ..problem import Code, Place, Problem, Refused
from ..source.quoting import quoted
from ..source.tree import Mapping, Scalar, kind
from .folder import (
    APPROVALS,
    HEADER,
    MODEL,
    NAME,
    RULES,
    Folder,
    SourceFile,
    locate,
    may_extend,
    named,
    read_strategy_files,
    source_digest,
    unknown_name,
)

EXTENDS: Final = "extends"
TAILOR: Final = "tailor"
MAX_LINKS: Final = 8
"""How many strategies may extend one another in a row."""


@dataclass(frozen=True, slots=True)
class Link:
    """One strategy of a chain: its folder and its files."""

    folder: Folder
    files: tuple[SourceFile, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """A strategy and those that it extends, the nearest first."""

    links: tuple[Link, ...]

    @property
    def own(self) -> Link:
        return self.links[0]

    @property
    def folders(self) -> tuple[str, ...]:
        """The names of the folders, the strategy's own first."""
        return tuple(link.folder.name for link in self.links)

    def digest(self) -> str:
        """The digest of the names and bytes of all files. Whether a strategy that is extended was
        approved says nothing here, so its approvals do not count."""
        files = list(self.own.files)
        for depth, link in enumerate(self.links[1:], 1):
            files += [
                SourceFile(f"{depth}:{file.name}", file.data)
                for file in link.files
                if file.name != APPROVALS
            ]
        return source_digest(files)


def read_chain(folder: str | None) -> Chain:
    """The strategy of a folder or name and those that it extends, as far as their files go.

    Raises Refused where files cannot be read, a strategy to extend is not there, or strategies
    extend each other in a circle.
    """
    place = locate(folder)
    links: list[Link] = []
    paths: list[str] = []
    while True:
        files = read_strategy_files(place)
        links.append(Link(place, tuple(files)))
        paths.append(os.path.realpath(place.path))
        extends = _extends(place, files)
        if extends is None:
            _check_whole(place, files)
            return Chain(tuple(links))
        place = _next(place, extends)
        if os.path.realpath(place.path) in paths:
            raise _circle(links, place, extends)
        if len(links) == MAX_LINKS:
            raise _refused(extends, f"more than {MAX_LINKS} strategies extend one another", None)


def folders_of(folder: str | None) -> list[Folder]:
    """The folders of a strategy and of those that it extends, the nearest first."""
    return [link.folder for link in read_chain(folder).links]


def _extends(folder: Folder, files: Sequence[SourceFile]) -> Scalar | None:
    """The value of `extends`, where the header has it. Raises Refused where it names nothing."""
    [header] = [file for file in files if file.name == HEADER]
    if not may_extend(header.data):
        return None
    from ..source.reading import read

    tree = read(data=header.data, name=folder.shown(HEADER))
    if not isinstance(tree, Mapping) or EXTENDS not in tree.entries:
        return None
    node = tree.entries[EXTENDS]
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.text.strip():
        return node
    raise Refused(
        Problem(
            Code.FIELD_TYPE,
            f"`extends` must name one strategy, but it is {kind(node)}",
            node.place,
            "write a name such as `public_body`, or a path such as `../our_strategy`",
        )
    )


def _check_whole(folder: Folder, files: Sequence[SourceFile]) -> None:
    """A strategy that extends none needs everything. Raises Refused."""
    names = [file.name for file in files]
    if MODEL not in names or not any(name.startswith(f"{RULES}/") for name in names):
        read_strategy_files(folder, whole=True)


def _next(folder: Folder, extends: Scalar) -> Folder:
    """The strategy that one extends: by name, or by its path from the folder of the one."""
    words = extends.text.strip()
    if NAME.fullmatch(words):
        found = named(words)
        if found is None:
            problem = unknown_name(words, extends.place)
            help = f"{problem.help}; a folder is named by its path from here, such as `../{words}`"
            raise Refused(Problem(problem.code, problem.message, problem.place, help))
        return found
    if os.path.isabs(words) or "\\" in words or "\0" in words or ":" in words:
        raise _refused(
            extends,
            f"{quoted(words)} is neither the name of a strategy nor a path from here",
            "write a name such as `public_body`, or a path such as `../our_strategy`",
        )
    path = os.path.normpath(os.path.join(folder.path, words))
    if not os.path.isdir(path):
        raise _refused(
            extends,
            f"the strategy to extend is not there: {quoted(words)} is no folder, seen from here",
            "write a name such as `public_body`, or a path such as `../our_strategy`",
        )
    return Folder(path, os.path.normpath(os.path.join(folder.name, words)).replace(os.sep, "/"))


def _circle(links: Sequence[Link], again: Folder, extends: Scalar) -> Refused:
    first = next(
        index
        for index, link in enumerate(links)
        if os.path.realpath(link.folder.path) == os.path.realpath(again.path)
    )
    names = [link.folder.name for link in links[first:]]
    if len(names) == 1:
        message = "this strategy extends itself"
    else:
        message = "these strategies extend each other in a circle: " + " -> ".join(
            quoted(name) for name in [*names, names[0]]
        )
    return Refused(Problem(Code.CIRCLE, message, extends.place, "name another strategy to extend"))


def _refused(extends: Scalar, message: str, help: str | None) -> Refused:
    place: Place = extends.place
    return Refused(Problem(Code.STRATEGY_MISSING, message, place, help))
