"""What a command reads and writes: standard input, files, the terminal and its page."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Final, TextIO

from ..problem import Code, Place, Problem, Refused
from ..report.page import Page
from ..report.text import safe
from ..report.wording import STDIN_NAME
from ..source.text import bounded

STDIN: Final = "-"
WIDTH_WITHOUT_TERMINAL: Final = 100


def say(text: str) -> None:
    """A message for the person at the terminal, on standard error."""
    try:
        print("\n".join(safe(line) for line in text.split("\n")), file=sys.stderr)
    except (BrokenPipeError, ValueError):
        silence()


def silence() -> None:
    """Nobody reads on: let the interpreter find nothing left to write when it ends."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (BrokenPipeError, ValueError):
            try:
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            except (OSError, ValueError):
                continue


def read_stdin() -> bytes:
    """Standard input, at most one byte more than a file may have."""
    stream = sys.stdin
    if stream is None or stream.closed:
        raise Refused(
            Problem(Code.FILE_UNREADABLE, "there is no standard input", Place(STDIN_NAME))
        )
    if stream.isatty():
        say("reading facts from the terminal; end with Ctrl-D")
    return bounded(stream.buffer)


def page_for(output: str | None, full: bool = False) -> Page:
    """The page that a report is written on: the terminal's, or a plain one for a file or pipe."""
    if output is not None:
        return Page(WIDTH_WITHOUT_TERMINAL, full=full)
    stream = sys.stdout
    terminal = stream.isatty()
    width = WIDTH_WITHOUT_TERMINAL
    if terminal or os.environ.get("COLUMNS", "").isdecimal():
        from shutil import get_terminal_size

        width = get_terminal_size((80, 24)).columns
    colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return Page(width, colour, _can_show("✗✓–━", stream), full)


def _can_show(characters: str, stream: TextIO) -> bool:
    try:
        characters.encode(stream.encoding or "ascii")
    except (LookupError, UnicodeEncodeError):
        return False
    return True


def write(text: str, output: str | None, format_name: str = "table") -> None:
    """The text to a file, or to standard output: a table in the terminal's own characters, every
    other format, and every file, as UTF-8.

    When whoever reads standard output has gone, the rest is dropped: what was found still stands
    in the exit code.
    """
    if output is not None and output != STDIN:
        with open(output, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        return
    stream = sys.stdout
    encoding = stream.encoding if format_name == "table" else None
    try:
        stream.flush()
        stream.buffer.write(text.encode(encoding or "utf-8", "replace"))
        stream.flush()
    except BrokenPipeError:
        silence()


def write_lines(lines: Iterable[str], output: str | None) -> None:
    """Text that may be long, piece by piece, to a file or to standard output, as UTF-8."""
    if output is not None and output != STDIN:
        with open(output, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
        return
    stream = sys.stdout
    try:
        stream.flush()
        for line in lines:
            stream.buffer.write(line.encode("utf-8", "replace"))
        stream.flush()
    except BrokenPipeError:
        silence()


def write_bytes(data: bytes, output: str | None) -> None:
    """What is no text (a workbook) to a file, or to standard output where that is asked for."""
    if output is not None and output != STDIN:
        with open(output, "wb") as file:
            file.write(data)
        return
    stream = sys.stdout
    try:
        stream.flush()
        stream.buffer.write(data)
        stream.flush()
    except BrokenPipeError:
        silence()
