"""What to write instead: the advice for text that the parser does not accept."""

from __future__ import annotations

from ..problem import Code
from .errors import FeelError


def refusal(text: str, position: int, kind: str | None, expected: frozenset[str]) -> FeelError:
    """The error for text that stops being an expression at a position.

    `kind` is the terminal that stands there (None for a character that begins none), `expected`
    the terminals that could have stood there.
    """
    if kind == "$END":
        return FeelError(
            Code.EXPRESSION_SYNTAX, "the expression ends too early", len(text), len(text)
        )
    word = text[position : position + 1]
    return FeelError(
        Code.EXPRESSION_SYNTAX, f"`{word}` is not expected here", position, position + len(word)
    )


def unknown_function(name: str, start: int, end: int) -> FeelError:
    """The error for the call of a function that the language does not have."""
    from difflib import get_close_matches

    from .functions import FUNCTIONS

    close = get_close_matches(name, FUNCTIONS, 1)
    return FeelError(
        Code.EXPRESSION_OUTSIDE_PROFILE,
        f"there is no function `{name}`",
        start,
        end,
        f"did you mean `{close[0]}`?" if close else None,
    )
