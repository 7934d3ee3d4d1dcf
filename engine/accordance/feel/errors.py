"""An expression that cannot be read: what is wrong, where, and what to write instead."""

from __future__ import annotations

from ..problem import Code


class FeelError(ValueError):
    """Text that is no expression of the language.

    `start` and `end` are offsets in characters of the text; `help` says what to write instead.
    """

    def __init__(
        self, code: Code, message: str, start: int, end: int, help: str | None = None
    ) -> None:
        super().__init__(f"{message}; {help}" if help else message)
        self.code = code
        self.message = message
        self.start = start
        self.end = end
        self.help = help
