"""Findings one a row, for whoever reads on in a spreadsheet or a program of their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, TypeAlias

from . import Json
from .wording import accepted_words

Row: TypeAlias = dict[str, Any]

COLUMNS: Final = (
    "case",
    "title",
    "stage",
    "as_of",
    "evaluated_on",
    "verdict",
    "opinion",
    "rule",
    "rule_title",
    "theme",
    "outcome",
    "kind",
    "severity",
    "severity_least",
    "gate",
    "message",
    "unmet",
    "missing",
    "to_do",
    "who",
    "by",
    "accepted_by",
    "source",
    "line",
    "id",
)
"""What a row holds. `by` is a date, or words where no date can be told; several values in one
cell are parted by `; `."""

NOTICE: Final = "notice"
JOINT: Final = "; "


def rows(report: Json, everything: bool = False) -> Iterator[Row]:
    """The findings of one report: breaches, gaps, accepted breaches, then notices; `everything`
    adds the rules that are met, do not apply or are withheld."""
    about = _about(report)
    for result in report["results"]:
        if everything or is_finding(result):
            yield about | _result(result, report)
    for notice in report["notices"]:
        yield about | _notice(notice, report)


def is_finding(result: Json) -> bool:
    """Is it a breach or a gap, or a breach that someone has accepted?"""
    return bool(result["kind"]) or result["outcome"] == "accepted_exception"


def place(result: Json, report: Json) -> tuple[str, int | None]:
    """Where to look first: the fact that decided, else the file."""
    for fact in result["facts"]:
        if fact["source"] is not None and fact["line"] is not None:
            return fact["source"], fact["line"]
    return report["case"]["source"], None


def due(action: Json) -> str:
    """The day by which an action is due, else the words that say when."""
    return str(action["due_on"] or action["due"] or "")


def _about(report: Json) -> Row:
    case = report["case"]
    row: Row = dict.fromkeys(COLUMNS)
    return row | {
        "case": case["id"],
        "title": case["title"],
        "stage": case["stage"],
        "as_of": case["as_of"],
        "evaluated_on": case["evaluated_on"],
        "verdict": report["verdict"],
        "opinion": report["opinion"],
    }


def _result(result: Json, report: Json) -> Row:
    source, line = place(result, report)
    actions = result["actions"] if result["kind"] else ()
    return {
        "rule": result["rule"],
        "rule_title": result["title"],
        "theme": result["theme"],
        "outcome": result["outcome"],
        "kind": result["kind"],
        "severity": result["severity"],
        "severity_least": result["severity_least"],
        "gate": result["gate"],
        "message": result["message"],
        "unmet": _joined(result["unmet"]),
        "missing": _joined(result["missing"]),
        "to_do": _joined(action["do"] for action in actions),
        "who": _joined(dict.fromkeys(action["owner"] for action in actions)),
        "by": _joined(dict.fromkeys(due(action) for action in actions)),
        "accepted_by": accepted_words(result["accepted_by"]) if result["accepted_by"] else None,
        "source": source,
        "line": line,
        "id": result["id"],
    }


def _notice(notice: Json, report: Json) -> Row:
    return {
        "rule": notice["rule"],
        "kind": NOTICE,
        "message": notice["message"],
        "source": report["case"]["source"],
        "id": JOINT.join(
            str(part)
            for part in (report["case"]["id"], notice["code"], notice["rule"], notice["path"])
            if part
        ),
    }


def _joined(texts: Iterable[str]) -> str | None:
    return JOINT.join(texts) or None
