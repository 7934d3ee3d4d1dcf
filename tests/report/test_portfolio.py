"""A sweep on the terminal: what the rules over the portfolio leave open."""

from __future__ import annotations

from typing import Any

from accordance.report.page import Page
from accordance.report.portfolio import text

SEVERITIES = ("critical", "high", "medium", "low", "advisory")
NONE = dict.fromkeys(SEVERITIES, 0)


def rule(name: str, severity: str, breaches: int, gaps: int) -> dict[str, Any]:
    groups = {"non_compliant": breaches, "insufficient_evidence": gaps}
    return {"rule": name, "title": f"Title of {name}", "severity": severity, "groups": groups}


def result(name: str, kind: str, group: str | None, case: str | None = None) -> dict[str, Any]:
    return {
        "rule": name,
        "title": f"Title of {name}",
        "group": group,
        "case": case,
        "kind": kind,
        "severity": "high",
        "message": f"{name} on {group}.",
        "cases": [{"id": "P1", "decides": True}],
        "cases_more": 0,
    }


SUMMARY = {
    "strategy": {"title": "S", "version": "1", "status": "approved", "approval": None},
    "counts": {"cases": 1, "rejected": 0},
    "evaluated_on": "2026-12-31",
    "findings": {"breaches": NONE, "gaps": NONE},
    "verdicts": {},
    "opinions": {},
    "worst_rules": [],
    "rejected": [],
    "engine": {"by_columns": 0},
    "performed_again": {},
}


def across(rules: list[dict[str, Any]], shown: list[dict[str, Any]]) -> str:
    """What the terminal shows of these, below their heading."""
    found = {
        "rules": rules,
        "shown": shown,
        "findings": {
            "breaches": NONE | {"high": sum(one["groups"]["non_compliant"] for one in rules)},
            "gaps": NONE | {"high": sum(one["groups"]["insufficient_evidence"] for one in rules)},
        },
        "accepted": [],
        "notices": [],
        "providers": {"alike": 0},
    }
    shown_text = text(SUMMARY | {"portfolio": found}, [], [], Page(80))
    return shown_text.split("Across the portfolio\n")[1].split("\n\n")[0]


def test_one_open_answer_is_told_in_full() -> None:
    told = across([rule("AA-01", "high", 0, 1)], [result("AA-01", "gap", "Provider")])
    assert told == "  ? open  AA-01  Provider: AA-01 on Provider.\n    P1"


def test_many_open_answers_of_a_rule_are_one_line_however_few_are_listed() -> None:
    told = across(
        [rule("BB-01", "low", 0, 57), rule("AA-01", "high", 0, 200)],
        [
            result("AA-01", "gap", "One"),
            result("AA-01", "gap", "Two", "P2"),
            result("AA-01", "gap", None, "P3"),
            result("AA-01", "gap", "Four"),
        ],
    )
    assert told == (
        "  ? open  AA-01  Title of AA-01: 200 answers are open.\n"
        "    One; Two, P2; P3 and 197 more\n"
        "  ? open  BB-01  Title of BB-01: 57 answers are open."
    )


def test_breaches_come_first_and_those_that_are_left_out_are_counted() -> None:
    told = across(
        [rule("AA-01", "critical", 0, 1), rule("BB-01", "low", 3, 0)],
        [result("BB-01", "breach", "One"), result("AA-01", "gap", None)],
    )
    assert told == (
        "  ✗ high  BB-01  BB-01 on One.\n"
        "    P1\n"
        "  and 2 more breaches: 2 of BB-01\n"
        "  ? open  AA-01  AA-01 on None.\n"
        "    P1"
    )


def test_a_rule_that_is_broken_often_leaves_room_for_the_others() -> None:
    told = across(
        [rule("AA-01", "high", 9, 0), rule("BB-01", "high", 1, 0)],
        [
            *(result("AA-01", "breach", f"G{number}") for number in range(9)),
            result("BB-01", "breach", "One"),
        ],
    )
    assert told.splitlines() == [
        "  ✗ high  AA-01  AA-01 on G0.",
        "    P1",
        "  ✗ high  AA-01  AA-01 on G1.",
        "    P1",
        "  ✗ high  AA-01  AA-01 on G2.",
        "    P1",
        "  ✗ high  BB-01  BB-01 on One.",
        "    P1",
        "  and 6 more breaches: 6 of AA-01",
    ]


def test_where_there_is_no_case_nothing_is_counted() -> None:
    nothing = SUMMARY | {"counts": {"cases": 0, "rejected": 0}}
    assert text(nothing, [], [], Page(80)) == (
        "S 1\n0 partnerships evaluated on 2026-12-31\n\n"
        "There is no record in what was named, so nothing is said of any partnership.\n"
    )
    rejected = {"counts": {"cases": 0, "rejected": 1}, "rejected": [{"problems": 1}]}
    reject = {"place": "a.yaml:1:1", "message": "no facts", "help": None}
    assert text(SUMMARY | rejected, [], [reject], Page(80)) == (
        "S 1\n0 partnerships evaluated on 2026-12-31\n1 record rejected\n\n"
        "No record could be read, so nothing is said of any partnership.\n\n"
        "Rejected\n  a.yaml:1:1: no facts\n"
    )


def case_row(number: int) -> dict[str, Any]:
    tallies = {f"{kind} {one}": 1 for kind in ("breaches", "gaps") for one in SEVERITIES}
    return {
        "id": f"NB-2026-{number:03}",
        "title": "Merger of the Northbridge Levels and Tarn Fen drainage boards",
        "stage": "established",
        "verdict": "do_not_proceed",
        "opinion": "limited",
        **tallies,
    }


def test_cases_are_listed_with_their_references_where_there_is_room() -> None:
    cases = [case_row(number) for number in (1, 2)]
    wide, narrow = (text(SUMMARY, cases, [], Page(width)) for width in (100, 88))
    assert all(len(line) <= 100 for line in wide.splitlines())
    assert all(len(line) <= 88 for line in narrow.splitlines())
    assert "Reference    Case" in wide and "NB-2026-002  Merger of the" in wide
    assert "Reference" not in narrow and "  Merger of the" in narrow
