"""Findings as SARIF, so that a pull request that changes a fact file shows what it breaks.

A breach fails, at the line of the fact that decided it; a gap is open: a question, not a failure.
A breach that someone has accepted is suppressed with their reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from . import Json
from .findings import is_finding, place
from .page import Page
from .sarif import Location, Result, Rule, Run, sarif
from .text import safe, safe_throughout
from .wording import accepted_words, sentence

LEVELS: Final = {
    "critical": "error",
    "high": "error",
    "medium": "warning",
    "low": "note",
    "advisory": "note",
}
"""How SARIF calls a severity; the severity itself stands among the properties."""
NOTICE: Final = "notice"
RELATED: Final = 20
"""So many of the other facts that a finding rests on are named."""


def check(reports: Sequence[Json], page: Page) -> str:
    return text(reports, reports[0]["strategy"]["name"])


def text(reports: Iterable[Json], strategy: str) -> str:
    """The log of the findings of some reports, all by one strategy."""
    rules: dict[str, Rule] = {}
    results: list[Result] = []
    for report in map(safe_throughout, reports):
        for result in report["results"]:
            if is_finding(result):
                rules.setdefault(result["rule"], _rule(result))
                results.append(_result(result, report))
        for result in _notices(report):
            rules.setdefault(result.rule, Rule(result.rule, "Something to note", level="note"))
            results.append(result)
    return sarif(Run(f"check/{safe(strategy)}", [rules[name] for name in sorted(rules)], results))


def _rule(result: Json) -> Rule:
    return Rule(
        id=result["rule"],
        title=result["title"],
        text=result.get("because") or None,
        level="warning",
        tags=(result["theme"], *result.get("basis", ())),
    )


def _result(result: Json, report: Json) -> Result:
    """A finding. Its identity is the case, so that it stays the same one when the file moves."""
    source, line = place(result, report)
    accepted = result["accepted_by"]
    lines = [
        Location(fact["source"], fact["line"], message=fact["title"] or fact["path"])
        for fact in result["facts"]
        if fact["source"] is not None and (fact["source"], fact["line"]) != (source, line)
    ]
    return Result(
        rule=result["rule"],
        message=_message(result),
        level=LEVELS[result["severity"]],
        kind="open" if result["kind"] == "gap" else "fail",
        locations=(Location(source, line or 1),),
        related=tuple(dict.fromkeys(lines))[:RELATED],
        identity=(report["case"]["id"],),
        suppressed=accepted_words(accepted) if accepted else None,
        properties={
            "case": report["case"]["id"],
            "title": report["case"]["title"],
            "stage": report["case"]["stage"],
            "outcome": result["outcome"],
            "severity": result["severity"],
            "severity_least": result["severity_least"],
            "gate": result["gate"],
            "missing": result["missing"],
        },
    )


def _message(result: Json) -> str:
    deeds = " ".join(f"{sentence(action['do'])}." for action in result["actions"])
    said = result["message"]
    return f"{said} To do: {deeds}" if result["kind"] == "breach" and deeds else said


def _notices(report: Json) -> Iterator[Result]:
    case = report["case"]
    for notice in report["notices"]:
        named = [one for one in (notice["rule"], notice["path"]) if one]
        yield Result(
            rule=f"{NOTICE}/{notice['code']}",
            message=sentence(notice["message"]),
            kind="informational",
            locations=(Location(case["source"], 1),),
            identity=(case["id"], *named),
            properties={"case": case["id"], "rule": notice["rule"], "path": notice["path"]},
        )
