"""JSON to a located tree, without recursion. Strict: what the standard leaves out is refused."""

from __future__ import annotations

import re
from json.decoder import (  # type: ignore[attr-defined]  # missing in the stubs
    JSONDecodeError,
    scanstring,
)
from typing import Any, Final

from ..problem import Code, Problem, Refused
from .faults import character_fault, stated_twice, too_deep, too_many_values
from .limits import MAX_DEPTH, MAX_VALUES, ProblemList
from .quoting import quoted
from .scalars import Unclear, decimal
from .text import SourceText
from .tree import Located, Mapping, Scalar, Sequence

_TOKEN = re.compile(
    r"""[ \t\r\n]*(?:
      ([\[\]{},:])
    | "([^"\\\x00-\x1f]*)"
    | (-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?(?![0-9.+\w-]))
    | (true|false|null)(?!\w)
    | (")
    )""",
    re.VERBOSE,
)
_SPACE = re.compile(r"[ \t\r\n]*")
_WORD = re.compile(r"[\w.+-]+")
_WORDS: Final = {"true": True, "false": False, "null": None}


def read_json(source: SourceText) -> tuple[Located, ProblemList]:
    """The value of a JSON file, and the problems that leave it readable.

    Raises Refused when it cannot be read at all.
    """
    problems = ProblemList()
    return _read(source, problems), problems


def _read(source: SourceText, problems: ProblemList) -> Located:
    text = source.text
    match_token = _TOKEN.match
    # a frame: the container, the name that waits for its value, the name's offset
    stack: list[list[Any]] = []
    expected = "value"
    position = 0
    count = 0
    while True:
        match = match_token(text, position)
        if match is None:
            raise Refused([*problems, _unexpected(source, position, expected)])
        position = match.end()
        sort = match.lastindex
        start = match.start(sort)  # type: ignore[arg-type]  # one group always matched
        word = match[sort]  # type: ignore[index]
        node: Located
        if sort == 1:
            if word in "{[":
                if not expected.startswith("value"):
                    raise Refused([*problems, _unexpected(source, start, expected)])
                if len(stack) >= MAX_DEPTH:
                    raise Refused([*problems, too_deep(source.place(start))])
                count += 1
                if word == "{":
                    stack.append([Mapping({}, {}, start, start, source), None, 0])
                    expected = "name or `}`"
                else:
                    stack.append([Sequence([], start, start, source), None, 0])
                    expected = "value or `]`"
                continue
            if word == "," and expected.startswith("`,`"):
                expected = "name" if isinstance(stack[-1][0], Mapping) else "value"
                continue
            if word == ":" and expected == "`:`":
                expected = "value"
                continue
            if word not in "]}" or f"or `{word}`" not in expected:
                raise Refused([*problems, _unexpected(source, start, expected)])
            node = stack.pop()[0]
            node.end = position
        elif sort == 2 or sort == 5:
            if sort == 2:
                start -= 1
                if not word.isprintable():
                    _check_characters(word, source, start, problems)
            else:
                word, position = _escaped(source, start, problems)
            if expected.startswith("name"):
                _take_name(stack[-1], word, start, source, problems)
                expected = "`:`"
                continue
            node = Scalar(word, word, False, start, position, source)
            count += 1
        elif sort == 3:
            try:
                value = decimal(word)
            except Unclear as unclear:
                problems.append(
                    Problem(unclear.code, unclear.message, source.place(start), unclear.help)
                )
                value = 0
            node = Scalar(value, word, True, start, position, source)
            count += 1
        else:
            node = Scalar(_WORDS[word], word, True, start, position, source)
            count += 1
        if sort != 1 and not expected.startswith("value"):
            raise Refused([*problems, _unexpected(source, start, expected)])
        if count > MAX_VALUES:
            raise Refused([*problems, too_many_values(source.place(start))])
        if not stack:
            end = _SPACE.match(text, position).end()  # type: ignore[union-attr]  # may be empty
            if end < len(text):
                raise Refused([*problems, _unexpected(source, end, "nothing more")])
            return node
        container, name, name_start = stack[-1]
        if isinstance(container, Mapping):
            if name is not None:
                container.entries[name] = node
                container.key_starts[name] = name_start
            expected = "`,` or `}`"
        else:
            container.items.append(node)
            expected = "`,` or `]`"


def _take_name(
    frame: list[Any], name: str, start: int, source: SourceText, problems: ProblemList
) -> None:
    if name in frame[0].entries:
        first = source.place(frame[0].key_starts[name])
        problems.append(stated_twice(name, first, source.place(start)))
        frame[1] = None
    else:
        frame[1] = name
        frame[2] = start


def _escaped(source: SourceText, start: int, problems: ProblemList) -> tuple[str, int]:
    try:
        word, position = scanstring(source.text, start + 1, True)
    except JSONDecodeError as error:
        unclosed = error.msg.startswith("Unterminated")
        place = source.place(start if unclosed else error.pos)
        if unclosed:
            problem = Problem(Code.SYNTAX, "a text is not closed", place, 'end it with `"`')
        elif "control character" in error.msg:
            problem = Problem(
                Code.SYNTAX,
                "a text holds a line break or another control character",
                place,
                "write a line break as `\\n`",
            )
        else:
            problem = Problem(
                Code.SYNTAX, "a text holds an unknown escape", place, "write `\\\\` for a backslash"
            )
        raise Refused([*problems, problem]) from None
    _check_characters(word, source, start, problems)
    return word, position


def _check_characters(text: str, source: SourceText, start: int, problems: ProblemList) -> None:
    fault = character_fault(text, source.place(start))
    if fault:
        problems.append(fault)


def _unexpected(source: SourceText, position: int, expected: str) -> Problem:
    text = source.text
    position = _SPACE.match(text, position).end()  # type: ignore[union-attr]  # may be empty
    wanted = {"value": "a value", "name": "a name in double quotes"}
    hoped = (
        " ".join(wanted.get(word, word) for word in expected.split(" "))
        if expected != "nothing more"
        else "the end of the file"
    )
    place = source.place(position)
    if position >= len(text):
        if not text.strip():
            return Problem(Code.FILE_EMPTY, "the file is empty", source.place(0))
        return Problem(Code.SYNTAX, f"the JSON ends too early: {hoped} should follow", place)
    word = _WORD.match(text, position)
    found = word[0] if word else text[position]
    return Problem(
        Code.SYNTAX,
        f"this is not valid JSON: {quoted(found)} stands where {hoped} should",
        place,
        _advice(found, expected, text, position),
    )


def _advice(found: str, expected: str, text: str, position: int) -> str | None:
    before = text[:position].rstrip(" \t\r\n")
    if found in ("NaN", "Infinity", "-Infinity"):
        return "leave a fact out when it is not known"
    if found in ("None", "True", "False"):
        return f"write `{ {'None': 'null'}.get(found, found.lower()) }`"
    if found in "]}" and before.endswith(","):
        return "take out the comma before it"
    if found == "'":
        return 'write `"` instead'
    if found in "/#":
        return "JSON has no comments; use YAML for a file with comments"
    if expected.startswith(("name", "value")) and (found[0].isalpha() or found[0] == "_"):
        return f'write it in quotes: `"{found[:40]}"`'
    return None
