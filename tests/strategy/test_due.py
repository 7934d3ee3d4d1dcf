from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accordance.feel.values import NONE
from accordance.strategy.due import Due, due_on, parse_due

SATURDAY = dt.date(2026, 1, 31)
HOLIDAYS = frozenset({dt.date(2026, 2, 2)})


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("30 days", Due("30 days", "after", 30, "days")),
        ("1 day", Due("1 day", "after", 1, "days")),
        ("10 working days", Due("10 working days", "after", 10, "working days")),
        ("1 week", Due("1 week", "after", 1, "weeks")),
        ("6  months", Due("6 months", "after", 6, "months")),
        ("before signature", Due("before signature", "before", event="signature")),
        ("at the next board", Due("at the next board", "next", event="board")),
        ("at once", Due("at once", "at once")),
    ],
)
def test_a_due_time_is_read(text: str, due: Due) -> None:
    assert parse_due(text) == due


@pytest.mark.parametrize(
    "text",
    [
        "",
        "30",
        "days",
        "0 days",
        "-1 days",
        "1 days",
        "2 day",
        "3651 days",
        "٣ days",
        "30 Days",
        "in 30 days",
        "30 days or so",
        "before the signature",
        "before tender",
        "at the next meeting",
        "at the next",
        "immediately",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a due time"):
        parse_due(text)


@pytest.mark.parametrize(
    ("text", "from_day", "day"),
    [
        ("at once", SATURDAY, SATURDAY),
        ("1 day", SATURDAY, dt.date(2026, 2, 1)),
        ("2 weeks", SATURDAY, dt.date(2026, 2, 14)),
        ("1 month", SATURDAY, dt.date(2026, 2, 28)),
        ("1 month", dt.date(2024, 1, 30), dt.date(2024, 2, 29)),
        ("12 months", SATURDAY, dt.date(2027, 1, 31)),
        ("3 months", dt.date(2025, 11, 30), dt.date(2026, 2, 28)),
        # Sunday and the holiday on Monday do not count
        ("1 working day", SATURDAY, dt.date(2026, 2, 3)),
        ("5 working days", dt.date(2026, 1, 30), dt.date(2026, 2, 9)),
        ("before signature", SATURDAY, None),
        ("at the next review", SATURDAY, None),
        ("3650 days", dt.date(9999, 1, 1), None),
        ("600 months", dt.date(9990, 1, 1), None),
        ("10 working days", dt.date(9999, 12, 30), None),
    ],
)
def test_the_day_it_comes_to(text: str, from_day: dt.date, day: dt.date | None) -> None:
    assert due_on(parse_due(text), from_day, {}, HOLIDAYS) == day


@pytest.mark.parametrize(
    ("facts", "day"),
    [
        ({"service": {"start_date": dt.date(2026, 5, 1)}}, dt.date(2026, 4, 30)),
        ({"service": {"start_date": dt.date(2026, 2, 1)}}, SATURDAY),
        ({"service": {"start_date": dt.date(2020, 2, 1)}}, SATURDAY),
        ({"service": {"start_date": dt.date.min}}, None),
        ({"service": {"start_date": NONE}}, None),
        ({"service": {}}, None),
        ({}, None),
    ],
)
def test_before_start_is_the_day_before_the_service_starts(
    facts: dict[str, Any], day: dt.date | None
) -> None:
    assert due_on(parse_due("before start"), SATURDAY, facts, ()) == day


@given(
    st.dates(max_value=dt.date(9000, 1, 1)),
    st.integers(1, 400),
    st.sets(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), max_size=5),
)
def test_a_working_day_is_one_and_none_is_skipped(
    start: dt.date, count: int, holidays: set[dt.date]
) -> None:
    day = due_on(Due("", "after", count, "working days"), start, {}, holidays)
    assert day is not None
    between = [start + dt.timedelta(days=n) for n in range(1, (day - start).days + 1)]
    working = [one for one in between if one.weekday() < 5 and one not in holidays]
    assert (len(working), working[-1]) == (count, day)
