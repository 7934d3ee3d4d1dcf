"""The sheet a report is written on: how wide, in colour or not, with which characters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

NARROWEST: Final = 60
WIDEST: Final = 120


@dataclass(frozen=True, slots=True)
class Page:
    """`width` in characters; `symbols` False where the reader's character set lacks ✗ and ✓;
    `full` where nothing may be shortened, however long the page becomes."""

    width: int = 100
    colour: bool = False
    symbols: bool = True
    full: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "width", max(NARROWEST, min(self.width, WIDEST)))
