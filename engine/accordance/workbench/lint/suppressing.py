"""Comments that silence lint, each with its reason: `# accordance: ignore CODE: reason`.

At the end of a line such a comment is about that line; alone in a line, about the next one that
says something. `ignore-file` is about the whole file. Only warnings and notes can be silenced: an
error makes the strategy unusable, whatever a comment says.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ...problem import Code, Level
from ...source.quoting import nearest, quoted
from ...source.tree import Located, Scalar
from ...source.tree import Mapping as Group
from ..anatomy import Span
from .finding import Edit, Finding, Fix
from .subject import Subject

_COMMENT: Final = re.compile(r"(?m)(?:^|(?<=[ \t]))#[ \t]*accordance:[ \t]*([^\r\n]*)")
_FORM: Final = re.compile(
    r"(ignore|ignore-file)[ \t]+([a-z][a-z0-9-]*(?:[ \t]*,[ \t]*[a-z][a-z0-9-]*)*)(.*)"
)
_HELP: Final = "write `# accordance: ignore CODE: reason`"


@dataclass(slots=True)
class Suppression:
    """One comment: its codes, where it stands, the line it is about (None: the whole file)."""

    codes: tuple[str, ...]
    reason: str
    span: Span
    line: int | None
    used: set[str]

    def covers(self, finding: Finding) -> bool:
        """Does it silence this finding?"""
        code = finding.problem.code.value
        return finding.problem.level is not Level.ERROR and self.names(finding, code)

    def names(self, finding: Finding, code: str) -> bool:
        """Is it about this finding, of this code?"""
        problem = finding.problem
        return (
            finding.file == self.span.file
            and problem.code.value == code
            and code in self.codes
            and (
                self.line is None or (problem.place is not None and problem.place.line == self.line)
            )
        )


def suppressions(subject: Subject) -> tuple[list[Suppression], list[Finding]]:
    """The comments of all files, and what is wrong with them."""
    found: list[Suppression] = []
    faults: list[Finding] = []
    for name, tree in subject.trees.items():
        text = tree.source.text
        if "accordance:" not in text:
            continue
        inside = _Scalars(tree)
        for match in _COMMENT.finditer(text):
            if match.start() in inside:
                continue
            span = Span(name, match.start(), match.end())
            one = _read(subject, match[1].strip(), span, faults)
            if one is not None:
                found.append(one)
    return found, faults


def _read(subject: Subject, words: str, span: Span, faults: list[Finding]) -> Suppression | None:
    match = _FORM.fullmatch(words)
    if match is None:
        faults.append(
            subject.found(
                Code.SUPPRESSION, f"{quoted(words)} is no comment that lint knows", span, _HELP
            )
        )
        return None
    codes = tuple(re.split(r"[ \t]*,[ \t]*", match[2]))
    known = [code.value for code in Code]
    for code in codes:
        if code not in known:
            near = nearest(code, known)
            faults.append(
                subject.found(
                    Code.SUPPRESSION,
                    f"{quoted(code)} is no code of lint",
                    span,
                    f"did you mean {quoted(near)}?"
                    if near
                    else "`accordance lint` shows the codes",
                )
            )
    reason = match[3].strip(" \t:-–")
    if not reason:
        faults.append(
            subject.found(
                Code.SUPPRESSION,
                f"the comment gives no reason for ignoring {', '.join(map(quoted, codes))}",
                span,
                f"{_HELP}: whoever reads it next wants to know why",
            )
        )
    line = None if match[1] == "ignore-file" else _line(subject, span)
    return Suppression(codes, reason, span, line, set())


def _line(subject: Subject, span: Span) -> int:
    """The line that a comment is about."""
    source = subject.text(span.file)
    place = source.place(span.start)
    assert place.line is not None and place.column is not None
    lines = source.text.splitlines()
    if lines[place.line - 1][: place.column - 1].strip():
        return place.line
    for number in range(place.line, len(lines)):
        words = lines[number].strip()
        if words and not words.startswith("#"):
            return number + 1
    return place.line


def unused(
    subject: Subject,
    found: Sequence[Suppression],
    selected: frozenset[str],
    findings: Sequence[Finding],
) -> Iterator[Finding]:
    """The comments that silence nothing, among the codes that were looked for."""
    for one in found:
        idle = [code for code in one.codes if code not in one.used and code in selected]
        if subject.strategy is None:
            # Not everything could be looked for; only what is there and stays is certain.
            idle = [code for code in idle if any(one.names(each, code) for each in findings)]
        if not idle or len(idle) < len(one.codes):
            if not idle:
                continue
            fix = None
        else:
            fix = Fix("take the comment out", (Edit(_whole(subject, one.span), ""),))
        yield subject.found(
            Code.SUPPRESSION_UNUSED,
            f"there is no {', '.join(map(quoted, idle))} here to ignore",
            one.span,
            "take the comment out",
            fix,
        )


def _whole(subject: Subject, span: Span) -> Span:
    """A comment with the white space before it, and with its line where it stands alone."""
    text = subject.text(span.file).text
    start = span.start
    while start and text[start - 1] in " \t":
        start -= 1
    if start == 0 or text[start - 1] == "\n":
        end = text.find("\n", span.end)
        return Span(span.file, start, len(text) if end < 0 else end + 1)
    return Span(span.file, start, span.end)


class _Scalars:
    """The regions of a file that are values, in which a `#` begins no comment."""

    def __init__(self, tree: Located) -> None:
        regions: list[tuple[int, int]] = []
        stack: list[Located] = [tree]
        while stack:
            node = stack.pop()
            if isinstance(node, Scalar):
                written = node.source.text[node.start : node.end]
                # A block ends where its last line ends; what stands behind it is a comment.
                regions.append((node.start, node.start + len(written.rstrip())))
            elif isinstance(node, Group):
                stack.extend(node.entries.values())
            else:
                stack.extend(node.items)
        self.regions = sorted(regions)
        self.starts = [start for start, _ in self.regions]

    def __contains__(self, offset: int) -> bool:
        index = bisect_right(self.starts, offset) - 1
        return index >= 0 and offset < self.regions[index][1]
