"""What the relational plan can hold, and how it says that something lies beyond."""

from __future__ import annotations

from typing import Final

DIGITS: Final = 38
"""Decimal digits that a number of the database holds."""
LONGEST_LIST: Final = 200
"""Items of a list up to which the relational plan answers; longer ones are checked singly."""
NUMBER_LIMITS: Final = tuple(10**power for power in (18, 15, 12, 9, 6, 3))
"""How large a fact may be for the relational plan to calculate with it, tried in this order."""


class TooWide(Exception):
    """A calculation could need more digits than DIGITS."""


class NotRelational(Exception):
    """An expression that cannot be said in columns; the message says what it is."""


class NotCompiled(Exception):
    """A column that a database has no words for; the reason is in its own words."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason
