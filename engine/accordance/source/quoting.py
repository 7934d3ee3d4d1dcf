"""The user's own words inside a message: in backticks, short, and safe to print on a terminal."""

from __future__ import annotations

from typing import Final

SHOWN_CHARACTERS: Final = 60


def quoted(text: object) -> str:
    """Someone's words in backticks, on one line, cut at 60 characters."""
    words = str(text) if not isinstance(text, str) else text
    if len(words) > SHOWN_CHARACTERS:
        words = words[: SHOWN_CHARACTERS - 1] + "…"
    if not words.isprintable():
        # Control characters could move a terminal's cursor or recolour what follows.
        words = "".join(
            letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
            for letter in words
        )
    return f"`{words}`"


def listed(words: list[str], conjunction: str = "and") -> str:
    """Words in a row as English writes them: `a`, `b` and `c`."""
    shown = [quoted(word) for word in words]
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} {conjunction} {shown[-1]}"


def nearest(word: str, candidates: list[str]) -> str | None:
    """The candidate that someone who wrote `word` probably meant, or None."""
    # Imported here: only a file with a mistake in it pays for it.
    import difflib

    found = difflib.get_close_matches(word[:100], candidates, n=1, cutoff=0.7)
    return found[0] if found else None
