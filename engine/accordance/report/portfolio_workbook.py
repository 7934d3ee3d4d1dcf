"""The sheets of a sweep that sum up a portfolio: answers, findings, worst rules, good practice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from . import Json
from .portfolio import about
from .portfolio_page import kept_best
from .sheets import Cell, Column, Sheet
from .wording import MARKS, OPINIONS, SEVERITIES, VERDICTS, accepted_words, sentence


def summary_sheets(summary: Json, portfolio: Json, rejects: Sequence[Json]) -> Iterator[Sheet]:
    """The sheets; `summary` is that of the sweep, `portfolio` gives its good practice."""
    yield Sheet(
        "Summary",
        [Column("Of", 22), Column("What", 34), Column("How many", 14)],
        _counts(summary),
    )
    across = summary.get("portfolio")
    if across is not None:
        yield Sheet(
            "Across the portfolio",
            [
                Column("Rule", 10),
                Column("Title", 44),
                Column("Of", 34),
                Column("Severity", 12),
                Column("Found", 90),
                Column("Accepted", 60),
            ],
            (
                [
                    one["rule"],
                    one["title"],
                    about(one) or None,
                    _severity(one),
                    one["message"],
                    _accepted(one),
                ]
                for one in (*across["shown"], *across["accepted"])
            ),
            "What the rules found that look at several partnerships at once.",
        )
    yield Sheet(
        "Worst rules",
        [Column("Rule", 10), Column("Title", 60), Column("Breaches"), Column("Gaps")],
        (
            [rule["rule"], rule["title"], rule["breaches"], rule["gaps"]]
            for rule in summary["worst_rules"]
        ),
    )
    yield Sheet(
        "Good practice",
        [Column("Theme", 30), Column("All met"), Column("Of those it applies to", 22)],
        (
            [one["theme"], one["met"], one["applies"]]
            for one in kept_best(portfolio["good_practice"])
        ),
        "In how many partnerships everything that a theme asks is met.",
    )
    if rejects:
        yield Sheet(
            "Rejected",
            [Column("Where", 40), Column("What is wrong", 70), Column("What to do", 50)],
            ([one["place"], one["message"], one["help"]] for one in rejects),
            "Records that could not be read, and are not counted anywhere else.",
        )


def _accepted(found: Json) -> str | None:
    exception = found.get("accepted_by")
    return None if exception is None else sentence(accepted_words(exception))


def _severity(found: Json) -> Cell:
    if found["kind"] is None:
        return Cell(f"{MARKS['accepted_exception']} {found['severity']}", "accepted")
    if found["kind"] == "breach":
        return Cell(f"{MARKS['non_compliant']} {found['severity']}", found["severity"])
    return Cell(f"{MARKS['insufficient_evidence']} {found['severity']}", "unknown")


def _counts(summary: Json) -> Iterator[list[Any]]:
    counts = summary["counts"]
    for name in ("records", "cases", "rejected"):
        yield ["Records", name, counts[name]]
    for name, words in (("verdicts", VERDICTS), ("opinions", OPINIONS)):
        for code, number in summary[name].items():
            yield [name.capitalize(), f"{MARKS[code]} {words[code]}", number]
    for kind, tally in summary["findings"].items():
        for severity in SEVERITIES:
            yield [kind.capitalize(), severity, tally[severity]]
    again = summary["performed_again"]
    yield ["Performed again", f"cases, seed {again['seed']}", again["cases"]]
    yield ["Performed again", "differences", again["differences"]]
