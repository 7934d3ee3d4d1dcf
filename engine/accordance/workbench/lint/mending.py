"""Mending: what can be changed mechanically is changed in the text, by position, so that comments
and layout stay; a file is written whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Mapping
from typing import Final

from ...problem import Code, Place, Problem, Refused
from ...strategy.due import UNITS, parse_due
from ..anatomy import Span
from .finding import Edit, Finding, Fix
from .subject import Subject

_MEANT: Final = re.compile(r"^did you mean `([^`]+)`\?$")
_TOKEN: Final = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|[\w.\-]+|[^\s\w]")
_PATH: Final = re.compile(r"[A-Za-z_][\w.]*\Z")
_FIELDS: Final = (Code.FIELD_UNKNOWN,)
_EXPRESSIONS: Final = (Code.EXPRESSION_NAME, Code.EXPRESSION_VALUE)
_VALUES: Final = (Code.FIELD_VALUE, Code.STAGE, Code.MESSAGE, Code.FACT_PATH, Code.RULE_UNKNOWN)


def located(subject: Subject, problem: Problem) -> Finding:
    """A problem that reading found, with its region and a way to mend it where there is one."""
    place = problem.place
    prefix = subject.folder.shown("")
    if place is None or not place.file.startswith(prefix):
        return Finding(problem)
    file = place.file[len(prefix) :]
    if place.line is None or place.column is None or file not in subject.files:
        return Finding(problem, file)
    text = text_in(subject, file)
    start = _offset(text, place.line, place.column)
    match = _TOKEN.match(text, start)
    span = Span(file, start, match.end() if match else start)
    return Finding(problem, file, span, _fix(problem, text, span))


def text_in(subject: Subject, file: str) -> str:
    if file in subject.trees:
        return subject.text(file).text
    return subject.files[file].decode("utf-8", "replace").removeprefix("\ufeff")


def _offset(text: str, line: int, column: int) -> int:
    start = 0
    for _ in range(line - 1):
        end = text.find("\n", start)
        if end < 0:
            break
        start = end + 1
    return min(start + column - 1, len(text))


def _fix(problem: Problem, text: str, span: Span) -> Fix | None:
    written = text[span.start : span.end]
    if problem.code is Code.DUE:
        return _due(text, span)
    meant = _MEANT.match(problem.help or "")
    if meant is None or not written:
        return None
    word = meant[1]
    if problem.code in _EXPRESSIONS and not word.startswith('"'):
        # A fault in a path stands at its last name; the advice names the whole path.
        found = _PATH.search(text[max(0, span.end - 300) : span.end])
        begin = span.start if found is None else span.end - len(found[0])
        return Fix(f"write `{word}`", (Edit(Span(span.file, begin, span.end), word),), safe=False)
    if problem.code in (*_FIELDS, *_VALUES, *_EXPRESSIONS):
        quote = written[0] if written[0] in "\"'" and not word.startswith('"') else ""
        same = _plain(written) == _plain(word)
        return Fix(f"write `{word}`", (Edit(span, f"{quote}{word}{quote}"),), safe=same)
    return None


def _plain(word: str) -> str:
    """A word without what is easily mixed up in it."""
    return re.sub(r"[\s_\-\"']+", "", word).casefold()


def _due(text: str, span: Span) -> Fix | None:
    """A due time in the words of the grammar, where only one can be meant."""
    end = re.compile(r"[^,}\]\n#]*").match(text, span.start)
    assert end is not None
    written = end[0].rstrip()
    words = " ".join(written.strip("\"'").lower().split())
    words = re.sub(r"^(?:in|within) ", "", words)
    words = re.sub(r"^before the ", "before ", words)
    words = re.sub(r"^(?:at )?(?:the )?next ", "at the next ", words)
    words = {"immediately": "at once", "now": "at once", "at the board": "at the next board"}.get(
        words, words
    )
    counted = re.fullmatch(r"(\d+) ([a-z ]+?)s?", words)
    if counted and f"{counted[2]}s" in UNITS:
        words = f"{counted[1]} {counted[2]}{'' if counted[1] == '1' else 's'}"
    try:
        parse_due(words)
    except ValueError:
        return None
    if not written:
        return None
    return Fix(
        f"write `{words}`", (Edit(Span(span.file, span.start, span.start + len(written)), words),)
    )


# applying


def mended(subject: Subject, findings: Iterable[Finding]) -> tuple[dict[str, str], list[Finding]]:
    """The new text of each file that changes, and the findings that it mends. Of fixes that touch
    the same text one is taken; the others come with the next run."""
    taken: dict[str, list[Edit]] = {}
    done: list[Finding] = []
    for finding in findings:
        if finding.fix is None or not finding.fix.safe:
            continue
        edits = finding.fix.edits
        if any(_meets(edit, other) for edit in edits for other in taken.get(edit.span.file, ())):
            continue
        for edit in edits:
            taken.setdefault(edit.span.file, []).append(edit)
        done.append(finding)
    return {file: applied(text_in(subject, file), edits) for file, edits in taken.items()}, done


def _meets(one: Edit, other: Edit) -> bool:
    return one.span.start <= other.span.end and other.span.start <= one.span.end


def applied(text: str, edits: Iterable[Edit]) -> str:
    """A text with some edits, none of which touches another."""
    for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
        text = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return text


def write_files(subject: Subject, texts: Mapping[str, str]) -> None:
    """Write the new texts, each file as a whole. Raises Refused where a file is no longer as it was
    read, before anything is written."""
    problems = []
    for file in texts:
        path = os.path.join(subject.folder.path, file)
        with open(path, "rb") as stream:
            now = stream.read(len(subject.files[file]) + 1)
        if now != subject.files[file]:
            problems.append(
                Problem(
                    Code.FILE_UNREADABLE,
                    "the file was changed while it was being mended, so nothing was written",
                    Place(subject.folder.shown(file)),
                    "run it again",
                )
            )
    if problems:
        raise Refused(problems)
    for file, text in texts.items():
        mark = b"\xef\xbb\xbf" if subject.files[file].startswith(b"\xef\xbb\xbf") else b""
        _write(os.path.join(subject.folder.path, file), mark + text.encode("utf-8"))


def _write(path: str, data: bytes) -> None:
    path = os.path.realpath(path)
    mode = os.stat(path).st_mode & 0o7777
    handle, unfinished = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".accordance-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(unfinished, mode)
        os.replace(unfinished, path)
    except BaseException:
        os.unlink(unfinished)
        raise
