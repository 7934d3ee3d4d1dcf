"""Where a character of a value stands in the text of the file.

A value may be written in many ways: plain, over several lines, in quotes with escapes, as a block.
Whatever the way, its visible characters follow each other in the file as in the value; between
them lie escapes, line breaks that were folded, and indentation.
"""

from __future__ import annotations

import re

_BLANK = " \t\r\n\x85\u2028\u2029"
_ESCAPE = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r"|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)",
    re.DOTALL,
)
_BLOCK_HEADER = re.compile(r"[|>][-+0-9]*[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n)?")
_LINE_END = re.compile("\r\n|[\r\n\x85\u2028\u2029]")
_FOLD = re.compile(r"\\(?:\r\n|\r|\n)[ \t]*")


def file_offset(written: str, value: str, offset: int) -> int:
    """The offset in `written` (as the file has it) of the character `offset` of `value`."""
    if written == value:
        return offset
    quote = written[:1]
    if quote == '"' or quote == "'":
        if written[1:-1] == value:
            return offset + 1
        at = 1
    elif quote in ("|", ">"):
        header = _BLOCK_HEADER.match(written)
        at = header.end() if header else 0
        quote = ""
    else:
        at = 0
        quote = ""
    end = len(written)
    position = 0
    while position < len(value):
        if quote == '"':
            while fold := _FOLD.match(written, at):
                at = fold.end()
            escape = _ESCAPE.match(written, at)
            if escape:
                if position == offset:
                    return at
                at = escape.end()
                position += 1
                continue
        after = at
        while after < end and written[after] in _BLANK:
            after += 1
        blanks = _blanks(written[at:after]) if quote == '"' else len(value)
        run_start = position
        while position < len(value) and value[position] in _BLANK and position - run_start < blanks:
            position += 1
        if offset < position:
            there = at + offset - run_start
            return there if position - run_start == after - at else min(there, max(after - 1, at))
        at = after
        if position > run_start:
            continue
        if position == offset:
            return min(at, end)
        at += 2 if quote == "'" and written[at : at + 2] == "''" else 1
        position += 1
    return min(at, end)


def _blanks(run: str) -> int:
    """How many blanks of the value a run of blanks in double quotes stands for."""
    breaks = len(_LINE_END.findall(run))
    return len(run) if breaks == 0 else max(1, breaks - 1)
