"""The page of a sweep: where a portfolio stands, on one page to read and to print."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from . import Json
from .bars import Figure, stacked
from .html import environment
from .overview import overview_of_portfolio
from .portfolio import EMPTY, NOTHING, about
from .text import safe_throughout
from .wording import MARKS, OPINIONS, VERDICTS, count, standing_mark

MOST_REJECTS: Final = 40
_DRAWN: Final = ("critical", "high", "medium", "low")
_GOOD: Final = {
    "proceed": "met",
    "proceed_with_conditions": "medium",
    "undecided": "unknown",
    "do_not_proceed": "breach",
    "substantial": "met",
    "reasonable": "medium",
    "limited": "high",
    "no_assurance": "breach",
}
"""The pattern in which each answer is drawn."""


def portfolio_page(summary: Json, portfolio: Json, rejects: Sequence[Json]) -> str:
    """The page; `summary` is that of the sweep, `portfolio` the standing of its cases (the worst of
    them, where there are many), `rejects` the first records that could not be read."""
    summary, portfolio = safe_throughout(summary), safe_throughout(portfolio)
    found = overview_of_portfolio(portfolio)
    strategy = found.strategy
    mark = standing_mark(strategy)
    title = f"{count(found.count, 'partnership')} on {found.evaluated}"
    running = {
        "name": "",
        "title": title,
        "marking": mark or "",
        "foot": f"{strategy['name']} {strategy['version']} ({strategy['digest'][7:19]})"
        f" · {found.program}",
    }
    text: str = (
        environment()
        .get_template("portfolio.html")
        .render(
            title=title,
            found=found,
            summary=summary,
            mark=mark,
            program=found.program,
            runnings=[running],
            figures=[one for one in _figures(summary) if one is not None],
            answers=[
                *_answers(summary, "verdict", VERDICTS),
                *_answers(summary, "opinion", OPINIONS),
            ],
            good=kept_best(portfolio["good_practice"]),
            across=summary.get("portfolio"),
            rejects=safe_throughout(list(rejects[:MOST_REJECTS])),
            answered=_answered,
            about=about,
            nothing=NOTHING if rejects else EMPTY,
        )
    )
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip()) + "\n"


def _figures(summary: Json) -> list[Figure | None]:
    findings = summary["findings"]
    by_severity = {
        kind.capitalize(): {
            **{level: tally[level] for level in _DRAWN[:-1]},
            "low": tally["low"] + tally["advisory"],
        }
        for kind, tally in findings.items()
    }
    rules = {
        rule["rule"]: {"breach": rule["breaches"], "unknown": rule["gaps"]}
        for rule in summary["worst_rules"]
    }
    return [
        stacked("severities", "Findings by severity", by_severity, _DRAWN, "kind"),
        stacked("rules", "Rules most often broken", rules, ("breach", "unknown"), "rule"),
    ]


def _answers(summary: Json, name: str, words: dict[str, str]) -> list[dict[str, Any]]:
    counted = summary[f"{name}s"]
    total = sum(counted.values())
    return [
        {
            "of": name.capitalize(),
            "mark": MARKS[code],
            "words": words[code],
            "number": number,
            "share": round(100 * number / total, 1) if total else 0,
            "kind": _GOOD[code],
        }
        for code, number in counted.items()
        if total
    ]


def kept_best(themes: Sequence[Json]) -> list[Json]:
    """The themes, best kept first."""
    applied = [theme for theme in themes if theme["applies"]]
    return sorted(applied, key=lambda one: (-one["met"] / one["applies"], one["theme"]))


def _answered(code: str | None) -> str:
    words = VERDICTS | OPINIONS
    return "–" if code is None else f"{MARKS[code]} {words[code]}"
