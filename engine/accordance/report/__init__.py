"""Reports: one module per output format, all rendered from the JSON form of an answer.

Each format module has the functions of `Format`; `format_named` imports the one that is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final, Protocol, TypeAlias, cast

from .page import Page

Json: TypeAlias = dict[str, Any]
"""An answer in its JSON form; its member `schema` says which: `accordance/check/1` and the like."""

FORMATS: Final = ("table", "json", "markdown")
PAPERS: Final = ("html", "csv", "ndjson", "xlsx", "sarif")
"""The formats that only a report of cases has: papers to hand in, and data to read on in other
programs. All are text but `xlsx`."""
_MODULES: Final = {"sarif": "check_sarif"}
"""Where a format has not its own name as its module's."""
ENDINGS: Final = {
    ".json": "json",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "table",
    ".html": "html",
    ".htm": "html",
    ".csv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".xlsx": "xlsx",
    ".sarif": "sarif",
}
"""The format that the ending of an output file asks for."""


class Format(Protocol):
    """What each format module offers; every text ends with a line break."""

    def check(self, reports: Sequence[Json], page: Page) -> str | bytes:
        """The reports of one or more cases; one report stands for itself, several for a list."""

    def explanation(self, explanation: Json, page: Page) -> str:
        """Why one rule came out as it did."""

    def cases(self, outcome: Json, page: Page) -> str:
        """What became of a strategy's rule cases."""

    def catalogue(self, catalogue: Json, page: Page) -> str:
        """A list of rules."""

    def rules(self, rules: Sequence[Json], page: Page) -> str:
        """One or more rules in full."""

    def backtest(self, outcome: Json, page: Page) -> str:
        """What was found in partnerships whose story is known."""


def format_named(name: str) -> Format:
    """The format of that name (one of FORMATS, or of PAPERS, which have `check` alone)."""
    if name not in (*FORMATS, *PAPERS):
        raise ValueError(f"no format is called {name}")
    return cast(Format, import_module(f".{_MODULES.get(name, name)}", __name__))
