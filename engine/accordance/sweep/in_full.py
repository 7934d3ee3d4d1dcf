"""The cases of a run in full: message, missing facts and actions are not stored, so `check` says
them of each record again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ..check.checker import Checker
from ..feel.values import date
from .answers import ROW
from .singly import case_of_record
from .together import blocks_of

if TYPE_CHECKING:
    from ..strategy.model import Strategy
    from .run_reading import Run
    from .sources import Source


def reports(run: Run, strategy: Strategy, sources: Sequence[Source]) -> Iterator[dict[str, Any]]:
    """The answer of `check`, in its JSON form, to each case of the run, in its order.

    Sources and strategy must be as they were when the run was made. Raises Refused where a record
    can no longer be read.
    """
    checker = Checker(strategy)
    today = date(run.manifest["evaluated_on"])
    rows = {row for table in run.tables([ROW]) for row in table[ROW].to_pylist()}
    combine = run.manifest["combined"] is not None
    for block in blocks_of(sources, strategy.model, combine):
        for record in block:
            if record.row in rows:
                case = case_of_record(record, strategy.model)
                yield checker.check(case, today).to_json()
