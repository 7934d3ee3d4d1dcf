"""Facts as the YAML of a fact file, such that reading it gives the same facts."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from ..feel.values import NONE, Value, number_text
from ..source.scalars import Unclear, plain_value

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9 _./()&+'-]*(?<! )")
"""Text that needs no quotes anywhere in YAML, unless it is one of its words."""
_SHORT: Final = 80


def yaml_text(facts: dict[str, Value]) -> str:
    """A fact file that states these facts, in their order."""
    return "".join(f"{line}\n" for line in _group(facts, ""))


def written(value: Value) -> str:
    """One value as it stands behind its name."""
    if value is NONE:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Fraction):
        return number_text(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, list):
        return f"[{', '.join(written(item) for item in value)}]"
    return _text(value)


def _group(facts: dict[str, Value], indent: str) -> Iterator[str]:
    for name, value in facts.items():
        if isinstance(value, dict):
            if value:
                yield f"{indent}{name}:"
                yield from _group(value, f"{indent}  ")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            yield f"{indent}{name}:"
            for item in value:
                lines = list(_group(item, f"{indent}    ")) or ["{}"]
                yield f"{indent}  - {lines[0].lstrip()}"
                yield from lines[1:]
        elif isinstance(value, list) and len(written(value)) > _SHORT:
            yield f"{indent}{name}:"
            for item in value:
                yield f"{indent}  - {written(item)}"
        else:
            yield f"{indent}{name}: {written(value)}"


def _text(text: str) -> str:
    if _PLAIN.fullmatch(text):
        try:
            if plain_value(text) == text:
                return text
        except Unclear:
            pass
    quoted = json.dumps(text, ensure_ascii=False)
    if quoted.isprintable():
        return quoted
    return "".join(letter if letter.isprintable() else _escape(letter) for letter in quoted)


def _escape(letter: str) -> str:
    code = ord(letter)
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
