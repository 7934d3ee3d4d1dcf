"""Text that comes from files, made safe to show: nothing in it can steer a terminal.

Escape sequences, other control characters and the marks that reverse the direction of writing are
shown as what they are (`\\x1b`), line breaks and tabs as a space.
"""

from __future__ import annotations

import re
from typing import Any, Final

_UNSAFE: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)
_SPACE: Final = frozenset("\t\n\v\f\r\x85\u2028\u2029")


def _shown(match: re.Match[str]) -> str:
    character = match[0]
    if character in _SPACE:
        return " "
    code = ord(character)
    return f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}"


def safe(text: str) -> str:
    """The text with everything that could steer a terminal made visible."""
    return _UNSAFE.sub(_shown, text)


def safe_throughout(value: Any) -> Any:
    """The same JSON value with every text in it made safe, names of members included."""
    if isinstance(value, str):
        return safe(value)
    if isinstance(value, dict):
        return {safe(key): safe_throughout(member) for key, member in value.items()}
    if isinstance(value, (list, tuple)):
        return [safe_throughout(item) for item in value]
    return value
