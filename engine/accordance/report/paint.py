"""Colour, wrapping and columns for the terminal; without colour it adds nothing to the text."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import TextWrapper
from typing import Final

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

    def level(self, text: str, severity: str) -> str:
        """Text in the colour of a severity, the highest of a range."""
        return self.state(text, severity.rsplit(" ", 1)[-1])

    def label(self, text: str, state: str | None) -> str:
        """The one line that a reader must not miss."""
        if not self.page.colour:
            return text
        return self._in(f"1;7;{_COLOURS.get(state or '', '0')}", f" {text} ")

    def room(self, *columns: str) -> int:
        """The characters left for the last column beside columns as wide as these."""
        return self.page.width - INDENT - sum(len(column) + GAP for column in columns)

    def fold(self, text: str, width: int) -> str:
        """The text broken into lines of at most `width`, at spaces where there are any."""
        wrapper = TextWrapper(max(width, 8), break_on_hyphens=False)
        return "\n".join(wrapper.wrap(text))

    def paragraph(self, text: str, indent: int, hanging: int = 0) -> list[str]:
        """Lines of text, indented; those after the first by `hanging` more."""
        wrapper = TextWrapper(
            self.page.width,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hanging),
            break_on_hyphens=False,
        )
        return wrapper.wrap(text)

    def aside(self, text: str, indent: int) -> list[str]:
        """A paragraph that stands back: where a statement comes from."""
        return [self.dim(line) for line in self.paragraph(text, indent, 2)]

    def grid(self, rows: Sequence[Sequence[str]], head: Sequence[str] = ()) -> list[str]:
        """Rows of folded cells as aligned columns, indented by two."""
        from tabulate import tabulate

        text = tabulate(
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
