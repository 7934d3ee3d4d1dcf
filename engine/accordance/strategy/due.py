"""When an action is due: the grammar of `due` and the day it comes to."""

from __future__ import annotations

from dataclasses import dataclass


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
