"""Where the cursor stands in a YAML text, also where the text is half written: the names that lead
there, and what was typed of the value. By indentation and brackets alone; nothing is parsed."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(r"^(\s*)((?:-\s+)*(?:-$)?)(.*)$")
_KEY = re.compile(r"(\"[^\"]*\"|'[^']*'|[^\s\"'{}\[\],#:][^{}\[\],#:]*):(?:\s+|$)")
_BLOCK = re.compile(r"^[|>][-+0-9]*$")


@dataclass(frozen=True, slots=True)
class Context:
    """`keys` lead to the value; `typed` is what stands of it before the cursor. Where a name is
    being typed, `is_key` holds and `keys` lead to its group."""

    keys: tuple[str, ...]
    typed: str
    is_key: bool


def context_at(text: str, offset: int) -> Context:
    """The context of a place in a text."""
    start = text.rfind("\n", 0, offset) + 1
    lines = text[:start].splitlines()
    match = _LINE.match(text[start:offset])
    assert match is not None  # the pattern fits every line
    indent = len(match[1]) + len(match[2])
    rest = match[3]
    key = _KEY.match(rest)
    if key is not None:
        inner, typed, is_key = _inside(rest[key.end() :])
        keys = [_plain(key[1]), *inner]
        return Context((*_above(lines, indent), *keys), typed, is_key)
    inner, typed, is_key = _inside(rest)
    if inner or is_key:
        return Context((*_above(lines, indent), *inner), typed, is_key)
    above, block = _owner(lines, indent)
    if block is not None:
        return Context(above, f"{block} {rest}".strip() if block else rest, False)
    if match[2]:
        return Context(_above(lines, indent), rest, False)
    return Context(_above(lines, indent), rest, True)


def _inside(rest: str) -> tuple[list[str], str, bool]:
    """Within brackets on the line: the names that lead to the cursor, what was typed, and whether
    a name is being typed."""
    stack: list[tuple[str, str | None]] = []
    at, begin = 0, 0
    opening = True  # a bracket opens a group only where a value begins
    while at < len(rest):
        letter = rest[at]
        if opening and letter in "{[":
            stack.append((letter, None))
            at += 1
            begin = at
            continue
        if letter in "\"'" and opening:
            end = rest.find(letter, at + 1)
            if end < 0:
                break
            at = end + 1
            opening = False
            continue
        if stack and letter in "}]":
            stack.pop()
        elif stack and letter == ",":
            stack[-1] = (stack[-1][0], None)
            begin, opening = at + 1, True
        elif stack and stack[-1][0] == "{" and letter == ":" and rest[at + 1 : at + 2] in ("", " "):
            stack[-1] = ("{", _plain(rest[begin:at]))
            begin, opening = at + 1, True
        elif not letter.isspace():
            opening = False
        at += 1
    keys = [key for _, key in stack if key is not None]
    is_key = bool(stack) and stack[-1][0] == "{" and stack[-1][1] is None
    return keys, rest[begin:].lstrip(), is_key


def _plain(key: str) -> str:
    return key.strip().strip("\"'")


def _indent(line: str) -> tuple[int, str]:
    match = _LINE.match(line)
    assert match is not None
    return len(match[1]) + len(match[2]), match[3]


def _above(lines: list[str], indent: int) -> tuple[str, ...]:
    """The names of the groups around a line with this indent."""
    found: list[str] = []
    for line in reversed(lines):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        here, rest = _indent(line)
        outer = len(line) - len(line.lstrip())
        key = _KEY.match(rest)
        if key is not None and here < indent:
            found.append(_plain(key[1]))
            indent = here
        # A list may stand right below its name, without being indented: `cases:` and `- rule:`.
        if outer < indent:
            indent = outer + (1 if line.lstrip().startswith("-") else 0)
        if indent == 0:
            break
    return tuple(reversed(found))


def _owner(lines: list[str], indent: int) -> tuple[tuple[str, ...], str | None]:
    """Where a line goes on with a text that began above it: the names that lead to the text, and
    what stands of it so far; None where it does not."""
    typed: list[str] = []
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        if not line.strip():
            continue
        here, rest = _indent(line)
        outer = len(line) - len(line.lstrip())
        key = _KEY.match(rest)
        if key is None:
            if line.lstrip().startswith("- ") and outer < indent:
                value = rest.strip()
                if not value:
                    return (), None
                head = [] if _BLOCK.match(value) else [value]
                return _above(lines[:number], here), " ".join([*head, *reversed(typed)])
            typed.append(line.strip())
            continue
        if here >= indent:
            return (), None
        value = rest[key.end() :].strip()
        if not value:
            return (), None
        head = [] if _BLOCK.match(value) else [value]
        keys = (*_above(lines[:number], here), _plain(key[1]))
        return keys, " ".join([*head, *reversed(typed)])
    return (), None
