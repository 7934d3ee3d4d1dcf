"""A file in YAML or JSON becomes a located tree, or is refused with every problem found in it."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Final

from .limits import ProblemList
from .text import SourceText, decoded, read_bytes
from .tree import Located

KEPT: Final[ContextVar[dict[tuple[str, bytes], Located] | None]] = ContextVar("kept", default=None)
"""The trees of files that were read already, for whoever reads the same ones again and again, such
as an editor: set it to a dict, and bytes that have not changed are not parsed again."""


def read(path: str | None = None, data: bytes | None = None, name: str | None = None) -> Located:
    """Read a file (`path`) or bytes that were read already (`data`, for standard input).

    `name` is what messages call it. A name or path that ends in `.json` is JSON, other files are
    YAML; bytes without a path are JSON when their first character is `{` or `[`.
    Raises Refused.
    """
    kept = KEPT.get()
    if kept is not None and data is not None and name is not None and path is None:
        known = kept.get((name, data))
        if known is not None:
            return known
    located, problems = read_leniently(path, data, name)
    problems.refuse_if_any()
    if kept is not None and data is not None and name is not None and path is None:
        kept[name, data] = located
    return located


def read_leniently(
    path: str | None = None, data: bytes | None = None, name: str | None = None
) -> tuple[Located, ProblemList]:
    """As `read`, but hand over the problems that leave the rest of the file readable (a word that
    could mean two things, a name stated twice), so that the reader's own can be added to them.

    Raises Refused when the file cannot be read at all.
    """
    name = name if name is not None else path or "standard input"
    if data is None:
        if path is None:
            raise ValueError("give a path or data")
        data = read_bytes(path, name)
    source = decoded(data, name)
    if _is_json(path, name, source):
        from .json_reader import read_json

        return read_json(source)
    from .yaml_reader import read_yaml

    return read_yaml(source)


def _is_json(path: str | None, name: str, source: SourceText) -> bool:
    ending = (path or name).lower()
    if ending.endswith(".json"):
        return True
    if path is not None or ending.endswith((".yaml", ".yml")):
        return False
    return source.text.lstrip()[:1] in ("{", "[")
