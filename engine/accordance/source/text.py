"""The text of one file: read within limits, checked to be text, and its lines counted."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from typing import BinaryIO, Final

from ..problem import Code, Place, Problem, Refused

MAX_FILE_BYTES: Final = 16 * 1024 * 1024

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff]")
_LINE_END = re.compile("\r\n|\r|\n")


class SourceText:
    """The text of one file, and the name under which its user knows it.

    `has_lines` is false for text that is no file, such as an option of the call: its places are
    its name alone.
    """

    __slots__ = ("_line_starts", "has_lines", "name", "text")

    def __init__(self, name: str, text: str, has_lines: bool = True) -> None:
        self.name = name
        self.text = text
        self.has_lines = has_lines
        self._line_starts: list[int] | None = None

    @property
    def extent(self) -> int:
        """One more than the largest offset that means a place here."""
        return len(self.text) + 1

    def place(self, offset: int) -> Place:
        """Line and column (counted from 1, in characters) of an offset into the text."""
        if not self.has_lines:
            return Place(self.name)
        starts = self._line_starts
        if starts is None:
            starts = self._line_starts = [0, *(end.end() for end in _LINE_END.finditer(self.text))]
        line = bisect_right(starts, offset)
        return Place(self.name, line, offset - starts[line - 1] + 1)


def bounded(stream: BinaryIO) -> bytes:
    """The bytes of a stream, at most one more than a file may have (so that too many show)."""
    return stream.read(MAX_FILE_BYTES + 1)


def read_bytes(path: str, name: str) -> bytes:
    """The bytes of a file. Raises Refused when it cannot be read."""
    try:
        if os.path.isdir(path):
            raise Refused(
                Problem(Code.FILE_UNREADABLE, "this is a folder, not a file", Place(name))
            )
        with open(path, "rb") as stream:
            return bounded(stream)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise Refused(
            Problem(Code.FILE_UNREADABLE, f"cannot be read: {reason.lower()}", Place(name))
        ) from None


def decoded(data: bytes, name: str) -> SourceText:
    """The text that bytes hold. Raises Refused when they are too many or no text."""
    if len(data) > MAX_FILE_BYTES:
        raise Refused(
            Problem(
                Code.FILE_TOO_LARGE,
                f"the file is larger than {MAX_FILE_BYTES // 2**20} MB",
                Place(name),
                help="give one partnership, or one theme of rules, a file",
            )
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(_not_utf8(data, error.start, name)) from None
    text = text.removeprefix("\ufeff")
    source = SourceText(name, text)
    odd = _NOT_TEXT.search(text)
    if odd:
        raise Refused(
            Problem(
                Code.FILE_NOT_TEXT,
                f"the file is not plain text: it holds the control character U+{ord(odd[0]):04X}",
                source.place(odd.start()),
                help="save it as text in UTF-8",
            )
        )
    return source


def _not_utf8(data: bytes, start: int, name: str) -> Problem:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        what = "the file is in UTF-16, not UTF-8"
    elif b"\x00" in data[:8192]:
        what = "the file is not text"
    else:
        what = "the file is not in UTF-8"
    before = data[:start].decode("utf-8")
    return Problem(
        Code.FILE_NOT_TEXT,
        what,
        SourceText(name, before).place(len(before)),
        help="save it as text in UTF-8",
    )
