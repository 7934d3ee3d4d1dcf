"""Messages with placeholders: `{title} depends on one provider, and {unmet}.`

A placeholder names a fact, a parameter or a definition; `{unmet}` stands for what was required
and is not met.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

UNMET = "unmet"

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*", re.ASCII)


def placeholders(text: str) -> Iterator[tuple[str, int]]:
    """The names between braces, each with the offset at which it starts."""
    for match in _PLACEHOLDER.finditer(text):
        yield match[1].strip(), match.start(1) + len(match[1]) - len(match[1].lstrip())


def is_name(text: str) -> bool:
    """Could this be the path of a fact or the name of a parameter or definition?"""
    return _NAME.fullmatch(text) is not None


def stray_brace(text: str) -> int | None:
    """The offset of a brace that has no partner, or None."""
    match = re.search(r"[{}]", _PLACEHOLDER.sub(lambda match: " " * len(match[0]), text))
    return match.start() if match else None


def fill(text: str, value_of: Callable[[str], str]) -> str:
    """The message with every placeholder replaced by what `value_of` says for its name."""
    parts = _parts(text)
    if len(parts) == 1:
        return text
    # What stands between the placeholders, and each second one the name in a placeholder.
    return "".join([value_of(part) if number % 2 else part for number, part in enumerate(parts)])


@lru_cache(maxsize=4096)
def _parts(text: str) -> tuple[str, ...]:
    """A message cut at its placeholders."""
    parts = _PLACEHOLDER.split(text)
    parts[1::2] = [name.strip() for name in parts[1::2]]
    return tuple(parts)
