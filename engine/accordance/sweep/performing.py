"""Cases performed again by `check`, and what differs from what the sweep stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..problem import Code, Problem
from . import answers
from .records import Record
from .singly import Rejected, Singly


@dataclass(frozen=True, slots=True)
class Difference:
    """One column of one case that `check` says otherwise."""

    record: Record
    column: str
    stored: Any
    performed: Any

    def problem(self) -> Problem:
        return Problem(
            Code.ENGINE_DISAGREES,
            f"`{self.column}` is {_shown(self.stored)} in the sweep and"
            f" {_shown(self.performed)} by `check`",
            self.record.place,
            "nothing of this sweep is to be relied on; please report it",
        )


def _shown(value: Any) -> str:
    return f"`{value}`"


def differences(
    singly: Singly, sample: Iterable[tuple[Record, Mapping[str, Any]]]
) -> list[Difference]:
    """What `check` says otherwise of records than the rows that were stored for them."""
    found: list[Difference] = []
    for record, stored in sample:
        performed = singly.answer(record)
        if isinstance(performed, Rejected):
            reason = str(performed.problems[0])
            found.append(Difference(record, "record", "taken", f"refused: {reason}"))
            continue
        for column, value in performed.items():
            if column != answers.ROW and stored[column] != value:
                found.append(Difference(record, column, stored[column], value))
    return found
