"""When an action is due: the grammar of `due`, and the day it comes to.

due = N (days | working days | weeks | months)
    | before (decision | award | signature | start | payment)
    | at the next (board | review)
    | at once
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

UNITS: Final = ("days", "working days", "weeks", "months")
EVENTS: Final = ("decision", "award", "signature", "start", "payment")
MEETINGS: Final = ("board", "review")
MAX_COUNT: Final = 3650
HELP: Final = (
    "write `30 days`, `10 working days`, `6 weeks` or `3 months`, `before` one of "
    "decision, award, signature, start, payment, `at the next board`, `at the next review` "
    "or `at once`"
)

_PERIOD = re.compile(r"([1-9]\d{0,3}) (working day|day|week|month)(s?)", re.ASCII)
_START_DATE = ("service", "start_date")


@dataclass(frozen=True, slots=True)
class Due:
    """A due time as its owner wrote it.

    | kind      | written               | fields                                            |
    |-----------|-----------------------|---------------------------------------------------|
    | `after`   | `10 working days`     | count, unit (days, working days, weeks or months) |
    | `before`  | `before signature`    | event (decision, award, signature, start, payment)|
    | `next`    | `at the next board`   | event (board or review)                           |
    | `at once` | `at once`             |                                                   |
    """

    text: str
    kind: str
    count: int | None = None
    unit: str | None = None
    event: str | None = None


def parse_due(text: str) -> Due:
    """The due time that a text states. Raises ValueError for anything else."""
    words = " ".join(text.split())
    period = _PERIOD.fullmatch(words)
    if period:
        count = int(period[1])
        # `1 day` and `2 days`; `1 days` and `2 day` are slips of the pen, not other meanings.
        if count <= MAX_COUNT and (count == 1) == (not period[3]):
            return Due(words, "after", count=count, unit=f"{period[2]}s")
    elif words == "at once":
        return Due(words, "at once")
    elif words.startswith("before ") and words[7:] in EVENTS:
        return Due(words, "before", event=words[7:])
    elif words.startswith("at the next ") and words[12:] in MEETINGS:
        return Due(words, "next", event=words[12:])
    raise ValueError(f"`{words[:60]}` is not a due time")


def due_on(
    due: Due, evaluated_on: dt.date, facts: Mapping[str, Any], holidays: Collection[dt.date]
) -> dt.date | None:
    """The day on which something is due, or None where no fact gives one.

    A period runs from the evaluation date; a month that lacks the day ends on its last one.
    `before start` is the day before the service starts, or the evaluation date where that day has
    passed already. No fact states the other events, nor the next board or review.
    """
    if due.kind == "at once":
        return evaluated_on
    try:
        if due.kind == "after" and due.count is not None:
            return _after(evaluated_on, due.count, due.unit, holidays)
        if due.event == "start":
            service = facts.get(_START_DATE[0])
            start = service.get(_START_DATE[1]) if isinstance(service, Mapping) else None
            if isinstance(start, dt.date):
                return max(evaluated_on, start - dt.timedelta(days=1))
    except OverflowError:
        pass  # beyond the last day that the calendar has
    return None


def _after(
    day: dt.date, count: int, unit: str | None, holidays: Collection[dt.date]
) -> dt.date | None:
    if unit == "days":
        return day + dt.timedelta(days=count)
    if unit == "weeks":
        return day + dt.timedelta(weeks=count)
    if unit == "months":
        return _months_after(day, count)
    one = dt.timedelta(days=1)
    while count:
        day += one
        if day.weekday() < 5 and day not in holidays:
            count -= 1
    return day


def _months_after(day: dt.date, count: int) -> dt.date | None:
    year, month = divmod(day.year * 12 + day.month - 1 + count, 12)
    if year > dt.MAXYEAR:
        return None
    for last in (day.day, 30, 29, 28):
        if last <= day.day:
            try:
                return dt.date(year, month + 1, last)
            except ValueError:
                continue
    return None
