"""What a body keeps beside its fact files for the rules over the portfolio: how its providers are
spelt, and the exceptions that it accepts."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ..strategy.folder import locate
from ..strategy.model import Strategy
from ..strategy.portfolio_exceptions import FILE as EXCEPTIONS_FILE
from ..strategy.portfolio_exceptions import GroupException, read_exceptions
from .providers import FILE as ALIASES_FILE
from .providers import read_table

ALIASES: Final = "aliases"
EXCEPTIONS: Final = "exceptions"
FILES: Final = {ALIASES: ALIASES_FILE, EXCEPTIONS: EXCEPTIONS_FILE}
"""What is kept, and in which file."""


@dataclass(frozen=True, slots=True)
class BodyFiles:
    """The table of aliases, by folded names, and the exceptions; `files` has the name and the
    digest of the file that each was read from, None where there is none."""

    table: Mapping[str, str] = field(default_factory=dict)
    exceptions: tuple[GroupException, ...] = ()
    files: Mapping[str, Mapping[str, str] | None] = field(
        default_factory=lambda: dict.fromkeys(FILES)
    )

    def said(self) -> dict[str, Any]:
        """The files, for the manifest of a run."""
        return {kind: None if one is None else dict(one) for kind, one in self.files.items()}


NOTHING_KEPT: Final = BodyFiles()


def find_body_files(
    given: Sequence[str], strategy: Strategy, named: Mapping[str, str | None] | None = None
) -> BodyFiles:
    """Each of the files that is `named` by its kind; else the one in a folder of facts that is
    `given`; else that beside the strategy.

    Raises Refused with what is wrong in the first that cannot be read.
    """
    from ..source.reading import read

    nodes = {}
    files: dict[str, dict[str, str] | None] = {}
    for kind, name in FILES.items():
        path = (named or {}).get(kind) or _beside(name, given, strategy)
        files[kind] = None
        if path is not None:
            nodes[kind] = read(path)
            files[kind] = {"name": path.replace(os.sep, "/"), "digest": _digest(path)}
    return BodyFiles(
        read_table(nodes[ALIASES]) if ALIASES in nodes else {},
        read_exceptions(nodes[EXCEPTIONS], strategy) if EXCEPTIONS in nodes else (),
        files,
    )


def _beside(name: str, given: Sequence[str], strategy: Strategy) -> str | None:
    folders = [one for one in given if os.path.isdir(one)]
    folders += [locate(strategy.folder).path] if os.path.isdir(strategy.folder) else []
    inside = (os.path.join(folder, name) for folder in folders)
    return next((path for path in inside if os.path.isfile(path)), None)


def _digest(path: str) -> str:
    import hashlib

    with open(path, "rb") as file:
        return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
