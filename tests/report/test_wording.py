from __future__ import annotations

from typing import Any

import pytest

from accordance.report import wording
from accordance.report.grounds import decisive, fact_lines, not_stated
from tests.report.samples import fact, part


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (None, "not stated"),
        (True, "yes"),
        (False, "no"),
        (86000000, "86,000,000"),
        (0.8, "0.8"),
        (1250.5, "1,250.5"),
        (0.73333333, "about 0.7333"),
        ("0.7333333333333333333333333333333333", "about 0.7333"),
        ("2026-01-31", "31 January 2026"),
        ("none", "none"),
        ("strategic_outsource", "strategic_outsource"),
        ("two words", "“two words”"),
        ("", "“”"),
        ([], "none (an empty list)"),
        (["a", "b", "c"], "a, b and c"),
        ({"x": 1, "y": True}, "x 1, y yes"),
        ({}, "nothing stated"),
    ],
)
def test_values(found: Any, said: str) -> None:
    assert wording.value(found) == said


@pytest.mark.parametrize(
    ("as_of", "evaluated_on", "said"),
    [
        ("2026-01-31", "2026-01-31", "facts of 31 January 2026, evaluated on the same day"),
        ("2026-01-31", "2026-02-01", "facts of 31 January 2026 · evaluated on 1 February 2026"),
        (None, "2026-02-01", "facts not dated · evaluated on 1 February 2026"),
    ],
)
def test_both_dates_are_said(as_of: str | None, evaluated_on: str, said: str) -> None:
    found = {"stage": "new", "as_of": as_of, "evaluated_on": evaluated_on}
    assert wording.dates(found) == f"new · {said}"


@pytest.mark.parametrize(
    ("kind", "state", "states", "shown"),
    [
        ("any", True, [True, False, None, True], [0, 3]),
        ("any", False, [False, False], [0, 1]),
        ("any", None, [False, None], [1]),
        ("all", True, [True, True], [0, 1]),
        ("all", False, [True, False, None], [1]),
        ("all", None, [True, None, None], [1, 2]),
        ("not", True, [False], [0]),
        ("definition", True, [True], [0]),
    ],
)
def test_the_parts_that_decide(
    kind: str, state: bool | None, states: list[bool | None], shown: list[int]
) -> None:
    parts = [part("leaf", str(at), str(at), one) for at, one in enumerate(states)]
    whole = part(kind, "", "", state, parts=parts)
    some, left_out = decisive(whole)
    assert [int(one["text"]) for one in some] == shown
    assert (left_out is None) == (len(shown) == len(states))
    assert decisive(whole, full=True) == (parts, None)


def test_the_same_fact_of_several_items_is_one_line() -> None:
    facts = [
        fact(f"parties[{at}].sector", sector, at + 10, f"Sector ({name})") | {"of": name}
        for at, (name, sector) in enumerate([("A", "public"), ("B", "private")], 1)
    ]
    assert fact_lines([*facts, fact("x.y", 1, 3, "Why")], facts[0]["source"]) == [
        "Sector (parties[].sector): A public (line 11), B private (line 12)",
        "Why (x.y): 1 – line 3",
    ]


def test_a_derived_fact_names_what_it_follows_from() -> None:
    derived = fact("r.ratio", 0.5, None, "Ratio") | {"derived_from": "min(r.have / r.need, 1)"}
    assert fact_lines([derived], None) == ["Ratio (r.ratio): 0.5 – follows from r.have and r.need"]


def test_missing_facts_of_several_items_are_one() -> None:
    missing = ["parties[1].a", "parties[3].a", "b", "c[1].d[2].e", "c[2].d[1].e"]
    assert not_stated(part("leaf", "", "", None, missing=missing)) == [
        "parties[1,3].a",
        "b",
        "c[1].d[2].e and 1 more",
    ]
