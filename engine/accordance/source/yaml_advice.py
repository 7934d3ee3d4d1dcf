"""What libyaml says of a file it cannot read, with advice for the mistakes that people make."""

from __future__ import annotations

import re
from typing import Final

from yaml import YAMLError

from ..problem import Code, Problem
from .text import SourceText

_ADVICE: Final = (
    ("mapping values are not allowed", "put text that holds `: ` in quotes"),
    ("cannot start any token", "indent with spaces, and put text that starts with it in quotes"),
    ("could not find expected ':'", "write `name: value`, with a space after the colon"),
    ("did not find expected key", "check the indentation of this line and the one above"),
    ("did not find expected '-' indicator", "check the indentation of this line"),
    ("unexpected end of stream", "a quote or bracket is not closed"),
    ("did not find expected ',' or", "close the bracket, or put text with brackets in quotes"),
    ("unknown escape character", "write `\\\\` for a backslash, or use single quotes"),
    ("expected alphabetic or numeric character", "put text that starts with `*` or `&` in quotes"),
    ("incompatible YAML document", "leave the `%YAML` line out"),
)
_LINES_ABOVE: Final = 40
"""So far above the place of an error a quote is looked for that is not closed."""
_CURLY: Final = re.compile(r"[:\-\[{,]\s+[“”„‟«»‘’]")
_NO_SPACE_AFTER_HYPHEN: Final = re.compile(r"\s*-[^\s\-]")
_NAME_ALONE: Final = re.compile(r"\s*(?:- +)?[\w.\-\"']+")
_BRACES: Final = re.compile(r"\s*(?:- +)?(?:[\w.\-]+:)?\s+\{[^{}]*\}\s*[^\s,#}\]]")
_OPENED: Final = re.compile(r"""(?:^|[:\-\[{,])\s+(?:"(?:[^"\\]|\\.)*|'(?:[^']|'')*)$""")


def syntax_problem(error: YAMLError, source: SourceText) -> Problem:
    said = str(getattr(error, "problem", None) or error)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if "could not find expected ':'" in said:
        # The name without a colon stands where libyaml began to read it.
        mark = getattr(error, "context_mark", None) or mark
    at = min(mark.index, len(source.text)) if mark else 0
    help = _seen(source.text, at, said)
    if help is None:
        help = next((advice for part, advice in _ADVICE if part in said), None)
    return Problem(Code.SYNTAX, f"this is not valid YAML: {said}", source.place(at), help)


def _seen(text: str, at: int, said: str) -> str | None:
    """What the lines around an error show of its cause."""
    number = text.count("\n", 0, at)
    lines = text.split("\n")[: number + 1]
    start = at - text.rfind("\n", 0, at) - 1
    line = text[at - start :].partition("\n")[0]
    if line.lstrip(" ").startswith("\t"):
        return "indent with spaces instead of tabs"
    if _CURLY.search(line):
        return 'write straight quotes, `"`, instead of curly ones'
    if any(_NO_SPACE_AFTER_HYPHEN.match(one) for one in lines[-2:]):
        return "write a space after the hyphen, as in `- entry`"
    if _BRACES.match(line):
        return "put text that starts with `{` in quotes"
    above = range(max(0, number - _LINES_ABOVE), number)
    opened = next((one for one in reversed(above) if _OPENED.search(lines[one])), None)
    if opened is not None:
        return f"close the quote that opens in line {opened + 1}, or check the indentation here"
    if "mapping values are not allowed" in said and _NAME_ALONE.fullmatch(line[:start]):
        return "this line stands deeper than the one above allows: check the indentation of both"
    return None
