"""Everything that lint says of a folder, as JSON values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ...problem import Code, Level, Problem
from ...strategy.fields import in_file_order
from ..anatomy import Span
from . import expressions, meaning, order, wording
from .finding import Finding
from .mending import located, text_in
from .subject import Memory, Subject, read_subject
from .suppressing import suppressions, unused

SCHEMA: Final = "accordance/lint/1"
CHECKS: Final = (order.check, meaning.check, expressions.check, wording.check)


@dataclass(frozen=True, slots=True)
class Linted:
    """What lint found: what is shown, what a comment silenced (with its reason), and how many were
    not asked for."""

    subject: Subject
    findings: tuple[Finding, ...]
    suppressed: tuple[tuple[Finding, str], ...]
    unselected: int

    @property
    def worst(self) -> Level | None:
        """The most serious level among what is shown."""
        levels = {finding.problem.level for finding in self.findings}
        return next((level for level in Level if level in levels), None)


def selected(select: Sequence[str], ignore: Sequence[str]) -> frozenset[str]:
    """The codes that begin with one of `select` (all where there is none) and none of `ignore`.

    Raises ValueError with a prefix that no code begins with.
    """
    every = [code.value for code in Code]
    for prefix in (*select, *ignore):
        if not any(code.startswith(prefix) for code in every):
            raise ValueError(prefix)
    return frozenset(
        code
        for code in every
        if (not select or code.startswith(tuple(select)))
        and not code.startswith(tuple(ignore) or "\0")
    )


def lint(
    folder: str | None,
    codes: frozenset[str] | None = None,
    memory: Memory | None = None,
) -> Linted:
    """Look at a strategy folder. Raises Refused where it cannot be read."""
    return lint_subject(read_subject(folder, memory), codes)


def lint_subject(subject: Subject, codes: frozenset[str] | None = None) -> Linted:
    """Look at a strategy that was read."""
    codes = selected((), ()) if codes is None else codes
    found = [located(subject, problem) for problem in subject.problems]
    for check in CHECKS:
        found.extend(check(subject))
    found = _told_once(found)
    comments, faults = suppressions(subject)
    shown: list[Finding] = []
    silenced: list[tuple[Finding, str]] = []
    for finding in found:
        comment = next((one for one in comments if one.covers(finding)), None)
        if comment is None:
            shown.append(finding)
        else:
            comment.used.add(finding.problem.code.value)
            silenced.append((finding, comment.reason))
    shown += faults
    shown += unused(subject, comments, codes, found)
    kept = [one for one in shown if one.problem.code.value in codes]
    return Linted(
        subject,
        _in_order(kept),
        tuple(silenced),
        len(shown) - len(kept),
    )


def _told_once(found: list[Finding]) -> list[Finding]:
    """Without what a sharper problem says of the same place already."""
    never = {one.problem.place for one in found if one.problem.code is Code.EXPRESSION_NEVER}
    return [
        one
        for one in found
        if one.problem.code is not Code.EXPRESSION_CONSTANT or one.problem.place not in never
    ]


def _in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    by_problem: dict[Problem, Finding] = {}
    for finding in findings:
        by_problem.setdefault(finding.problem, finding)
    return tuple(by_problem[problem] for problem in in_file_order(by_problem))


def as_json(linted: Linted) -> dict[str, Any]:
    """The form that every report is rendered from."""
    strategy = linted.subject.strategy
    return {
        "schema": SCHEMA,
        "folder": linted.subject.folder.name,
        "strategy": None
        if strategy is None
        else {
            "name": strategy.name,
            "version": strategy.version,
            "status": strategy.status,
            "digest": strategy.digest,
            "rules": len(strategy.rules),
            "definitions": len(strategy.definitions),
            "parameters": len(strategy.parameters),
            "portfolio": len(strategy.portfolio),
        },
        "problems": [_told(linted.subject, finding, None) for finding in linted.findings],
        "suppressed": [_told(linted.subject, *one) for one in linted.suppressed],
        "unselected": linted.unselected,
    }


def _told(subject: Subject, finding: Finding, reason: str | None) -> dict[str, Any]:
    problem, span = finding.problem, finding.span
    place = problem.place
    source = end = None
    if span is not None and place is not None and place.line is not None:
        lines = text_in(subject, span.file).splitlines()
        source = lines[place.line - 1] if place.line <= len(lines) else ""
        end = _end(subject, span)
    fix = finding.fix
    return {
        "code": problem.code.value,
        "level": problem.level.value,
        "message": problem.message,
        "help": problem.help,
        "file": None if place is None else place.file,
        "line": None if place is None else place.line,
        "column": None if place is None else place.column,
        "end_line": None if end is None else end[0],
        "end_column": None if end is None else end[1],
        "source": source,
        "suppressed": reason,
        "fix": None
        if fix is None
        else {
            "description": fix.description,
            "safe": fix.safe,
            "edits": [
                {
                    "file": subject.folder.shown(edit.span.file),
                    "from": list(_position(subject, edit.span.file, edit.span.start)),
                    "to": list(_position(subject, edit.span.file, edit.span.end)),
                    "text": edit.text,
                }
                for edit in fix.edits
            ],
        },
    }


def _end(subject: Subject, span: Span) -> tuple[int, int]:
    return _position(subject, span.file, span.end)


def _position(subject: Subject, file: str, offset: int) -> tuple[int, int]:
    text = text_in(subject, file)
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1
