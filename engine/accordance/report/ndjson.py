"""One line of JSON for each case, for programs that read a case at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from . import Json
from .json import line
from .page import Page


def check(reports: Sequence[Json], page: Page) -> str:
    return "".join(lines(reports))


def lines(reports: Iterable[Json]) -> Iterator[str]:
    """The reports, a line each."""
    return map(line, reports)
