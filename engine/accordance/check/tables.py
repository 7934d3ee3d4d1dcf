"""Verdict and opinion: the tables of strategy.yaml over what the rules said."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ..feel import syntax
from ..feel.compiling import SUPPLIED, Code, Names, compile_expression, new_frame
from ..feel.values import Value
from ..strategy.model import Table, TableRow
from ..strategy.supplied import TABLE_NAMES
from .judging import Judgement


class _Row(NamedTuple):
    """A row ready to be asked: its answer, its condition and the lists that this reads."""

    answer: str
    code: Code | None
    reads: tuple[str, ...]


class CompiledTable:
    """A table ready to be asked. Its rows stand from the worst answer to the best."""

    def __init__(self, table: Table, names: Names) -> None:
        self._stages = table.stages
        self._rows = [_compiled(row, names) for row in table.rows]

    def answer(self, stage: str, judgements: Sequence[Judgement]) -> str | None:
        """The answer of the first row that holds of some judgements; None where the table is not
        for this stage.

        A row that cannot be decided is taken to hold, since no answer may be better than shown.
        """
        if stage not in self._stages:
            return None
        lists: dict[str, Value] = {}
        frame = new_frame({})
        frame[SUPPLIED] = lists
        for answer, code, reads in self._rows:
            for name in reads:
                if name not in lists:
                    lists[name] = [one.item for one in judgements if name in one.listed]
            if code is None or code.value(frame) is not False:
                return answer
        return None


def _compiled(row: TableRow, names: Names) -> _Row:
    if row.when is None:
        return _Row(row.answer, None, ())
    named = {part.name for part in syntax.walk(row.when) if isinstance(part, syntax.Name)}
    reads = tuple(name for name in TABLE_NAMES if name in named)
    return _Row(row.answer, compile_expression(row.when, names), reads)
