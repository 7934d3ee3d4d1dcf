"""Facts written out as YAML, the way a person would write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from json import dumps
from typing import Any, Final

from ..feel.values import number_text

LONGEST: Final = 96
"""A group or list that fits into so many characters stands in one line."""

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.()/'& -]*[A-Za-z0-9_.)]|[A-Za-z]", re.ASCII)
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_WORDS: Final = frozenset(("null", "true", "false", "yes", "no", "on", "off", "y", "n"))


def fact_text(facts: Mapping[str, Any]) -> str:
    """The YAML of a group of facts (text, bool, int, Fraction, None, lists and mappings)."""
    return "".join(line + "\n" for line in _group(facts))


def one_line(value: Any) -> str:
    """A value as it stands behind its name, within one line."""
    return _flow(value)


def _group(facts: Mapping[str, Any]) -> list[str]:
    lines: list[str] = []
    for name, value in facts.items():
        short = f"{name}: {_flow(value)}".rstrip()
        if len(short) <= LONGEST or not isinstance(value, Mapping | list) or not value:
            lines.append(short)
        elif isinstance(value, Mapping):
            lines += [f"{name}:", *(f"  {line}" for line in _group(value))]
        else:
            lines += [f"{name}:", *(f"  {line}" for item in value for line in _item(item))]
    return lines


def _item(value: Any) -> list[str]:
    short = f"- {_flow(value)}"
    if len(short) <= LONGEST - 2 or not isinstance(value, Mapping) or not value:
        return [short]
    first, *rest = _group(value)
    return [f"- {first}", *(f"  {line}" for line in rest)]


def _flow(value: Any) -> str:
    """A value within one line."""
    if isinstance(value, Mapping):
        members = (f"{name}: {_flow(member)}" for name, member in value.items())
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Fraction):
        return number_text(value)
    return _text(str(value))


def _text(text: str) -> str:
    bare = _PLAIN.fullmatch(text) and text.casefold() not in _WORDS
    return text if bare or _DAY.fullmatch(text) else dumps(text, ensure_ascii=False)
