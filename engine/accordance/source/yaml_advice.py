"""What libyaml says of a file it cannot read, with advice for the mistakes that people make."""

from __future__ import annotations

from typing import Final

from yaml import YAMLError

from ..problem import Code, Problem
from .text import SourceText

_ADVICE: Final = (
    ("mapping values are not allowed", "put text that holds `: ` in quotes"),
    ("cannot start any token", "indent with spaces, and put text that starts with it in quotes"),
    ("could not find expected ':'", "write `name: value`"),
    ("did not find expected key", "check the indentation of this line and the one above"),
    ("did not find expected '-' indicator", "check the indentation of this line"),
    ("unexpected end of stream", "a quote or bracket is not closed"),
    ("did not find expected ',' or", "close the bracket, or put text with brackets in quotes"),
    ("unknown escape character", "write `\\\\` for a backslash, or use single quotes"),
    ("expected alphabetic or numeric character", "put text that starts with `*` or `&` in quotes"),
    ("incompatible YAML document", "leave the `%YAML` line out"),
)


def syntax_problem(error: YAMLError, source: SourceText) -> Problem:
    said = str(getattr(error, "problem", None) or error)
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = source.place(min(mark.index, len(source.text))) if mark else source.place(0)
    help = next((advice for part, advice in _ADVICE if part in said), None)
    return Problem(Code.SYNTAX, f"this is not valid YAML: {said}", place, help)
