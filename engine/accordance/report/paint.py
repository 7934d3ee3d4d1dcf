"""Colour, wrapping and columns for the terminal; without colour it adds nothing to the text."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from textwrap import TextWrapper
from types import ModuleType
from typing import Any, Final

from .page import Page

_COLOURS: Final = {
    "non_compliant": "31",
    "insufficient_evidence": "35",
    "accepted_exception": "33",
    "compliant": "32",
    "not_applicable": "2",
    "do_not_proceed": "31",
    "undecided": "35",
    "proceed_with_conditions": "33",
    "proceed": "32",
    "no_assurance": "31",
    "limited": "31",
    "reasonable": "33",
    "substantial": "32",
    "critical": "1;31",
    "high": "31",
    "medium": "33",
}
"""INVARIANT: green (32) stands for what is known to be met; never for what is not known."""

_METADATA: Final = "importlib.metadata"

INDENT: Final = 2
GAP: Final = 2
"""Spaces before and between the columns of a grid."""

_PLAIN: Final = str.maketrans(
    {
        "✗": "x",
        "✓": "+",
        "–": "-",
        "·": "|",
        "→": "->",
        "─": "-",
        "━": "=",
        "“": '"',
        "”": '"',
        "…": "...",
    }
)


_CODES: Final = re.compile("\x1b\\[[0-9;]*m")


def unpainted(text: str) -> str:
    """The text without its colours."""
    return _CODES.sub("", text)


class Paint:
    """Writes on one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def _in(self, codes: str, text: str) -> str:
        if not self.page.colour or not text:
            return text
        return "\n".join(f"\x1b[{codes}m{line}\x1b[0m" for line in text.split("\n"))

    def strong(self, text: str) -> str:
        return self._in("1", text)

    def dim(self, text: str) -> str:
        return self._in("2", text)

    def state(self, text: str, state: str | None) -> str:
        """Text in the colour of an outcome, verdict or opinion."""
        return self._in(_COLOURS[state], text) if state in _COLOURS else text

    def label(self, text: str, state: str | None) -> str:
        """The one line that a reader must not miss."""
        if not self.page.colour:
            return text
        return self._in(f"1;7;{_COLOURS.get(state or '', '0')}", f" {text} ")

    def room(self, *columns: str) -> int:
        """The characters left for the last column beside columns as wide as these."""
        return self.page.width - INDENT - sum(len(column) + GAP for column in columns)

    def fold(self, text: str, width: int, hyphens: bool = False) -> str:
        """The text broken into lines of at most `width`, at spaces where there are any, and at
        hyphens if asked."""
        wrapper = TextWrapper(max(width, 8), break_on_hyphens=hyphens)
        return "\n".join(wrapper.wrap(text))

    def paragraph(self, text: str, indent: int, hanging: int = 0) -> list[str]:
        """Lines of text, indented; those after the first by `hanging` more. A word that is longer
        than a line stays whole: it is a path or an address, to be copied or clicked."""
        wrapper = TextWrapper(
            self.page.width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hanging),
            break_on_hyphens=False,
            break_long_words=False,
        )
        return wrapper.wrap(text)

    def aside(self, text: str, indent: int) -> list[str]:
        """A paragraph that stands back: where a statement comes from."""
        return [self.dim(line) for line in self.paragraph(text, indent, 2)]

    def grid(self, rows: Sequence[Sequence[str]], head: Sequence[str] = ()) -> list[str]:
        """Rows of folded cells as aligned columns, indented by two."""
        text = _tabulate()(
            rows,
            headers=head,
            tablefmt="simple" if head else "plain",
            disable_numparse=True,
            stralign="left",
        )
        lines = text.split("\n")
        if head:
            lines[:2] = [self.dim(lines[0].rstrip()), self.dim(lines[1].replace("-", "─"))]
        return [(" " * INDENT + line).rstrip() for line in lines]

    def finish(self, text: str) -> str:
        """The finished sheet, in the characters that the page has."""
        return text if self.page.symbols else text.translate(_PLAIN)


def _tabulate() -> Callable[..., str]:
    """The function `tabulate.tabulate`.

    On import, tabulate asks `importlib.metadata` for its own version, and that import takes longer
    than a whole check. Nobody here reads the version, so the question gets a short answer.
    """
    if "tabulate" not in sys.modules and _METADATA not in sys.modules:
        answer = ModuleType(_METADATA)
        answer.__dict__.update(version=lambda name: "unknown", PackageNotFoundError=ImportError)
        sys.modules[_METADATA] = answer
        try:
            import_module("tabulate")
        finally:
            del sys.modules[_METADATA]
    module: Any = import_module("tabulate")
    module.MIN_PADDING = 0  # a column is as wide as what stands in it, not wider for its heading
    function: Callable[..., str] = module.tabulate
    return function
