"""Strategies by name: the one that comes with the program, and those of installed packages.

A package offers a strategy in the entry point group `accordance.strategies`. The entry is the
package whose folder holds the strategy, or `package:folder` for a folder in it (with points for
slashes). No code of the package is run: it is only looked up where it lies.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from ..problem import Code, Place, Problem, Refused

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP: Final = "accordance.strategies"


def installed(name: str) -> tuple[str, str] | None:
    """The path of the strategy that an installed package offers under a name, and what a message
    calls it; None where none does. Raises Refused where a package offers it and has it not, or two
    packages do.
    """
    entries = list(dict.fromkeys(_entries(name)))
    if not entries:
        return None
    if len({entry.value for entry in entries}) > 1:
        values = ", ".join(sorted(f"`{entry.value}`" for entry in entries))
        raise _refused(name, f"several installed packages offer it: {values}", "keep one of them")
    path = _folder(entries[0])
    if path is None:
        raise _refused(
            name,
            f"the installed package says that it lies in `{entries[0].value}`, but it does not",
            "install the package again, or ask who keeps it",
        )
    module, _, part = entries[0].value.partition(":")
    return path, "/".join([*module.split("."), *part.split(".")] if part else module.split("."))


def installed_names() -> list[str]:
    """The names under which installed packages offer strategies."""
    from importlib.metadata import entry_points

    return sorted({entry.name for entry in entry_points(group=GROUP)})


def _entries(name: str) -> list[EntryPoint]:
    from importlib.metadata import entry_points

    return [entry for entry in entry_points(group=GROUP) if entry.name == name]


def _folder(entry: EntryPoint) -> str | None:
    """The folder that an entry means, where there is one."""
    from importlib.machinery import PathFinder

    module, _, part = entry.value.partition(":")
    names = [*module.strip().split("."), *(part.strip().split(".") if part else ())]
    if not all(name.isidentifier() for name in names):
        return None
    # Not importlib.util.find_spec, which would import the packages above a module.
    spec = PathFinder.find_spec(names[0])
    for parent in (spec and spec.submodule_search_locations) or ():
        path = os.path.join(parent, *names[1:])
        if os.path.isdir(path):
            return path
    return None


def _refused(name: str, message: str, help: str) -> Refused:
    return Refused(Problem(Code.STRATEGY_MISSING, message, Place(name), help))
