"""Verdict and opinion: the tables of strategy.yaml over what the rules said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from ..feel.compiling import Code, Names, compile_expression, new_frame
from ..feel.values import Value
from ..strategy.model import Table, TableRow
from ..strategy.supplied import TABLE_NAMES
from .judging import Judgement


def lists_of(judgements: Iterable[Judgement], at_worst: bool = False) -> dict[str, Value]:
    """The lists that tables read; `at_worst` those they would read if every gap turned out to be a
    breach."""
    lists: dict[str, Value] = {name: [] for name in TABLE_NAMES}
    for judgement in judgements:
        if judgement.listed:
            said = judgement.at_worst if at_worst else judgement
            for name in said.listed:
                lists[name].append(said.item)
    return lists


class _Row(NamedTuple):
    """A row ready to be asked: its answer and its condition."""

    answer: str
    code: Code | None


class CompiledTable:
    """A table ready to be asked. Its rows stand from the worst answer to the best."""

    def __init__(self, table: Table, names: Names) -> None:
        self._stages = table.stages
        self._rows = [_compiled(row, names) for row in table.rows]

    def answer(self, stage: str, lists: Mapping[str, Value]) -> str | None:
        """The answer of the first row that holds of the lists of some judgements; None where the
        table is not for this stage.

        A row that cannot be decided is taken to hold, since no answer may be better than shown.
        """
        if stage not in self._stages:
            return None
        frame = new_frame({}, supplied=lists)
        for answer, code in self._rows:
            if code is None or code.value(frame) is not False:
                return answer
        return None


def _compiled(row: TableRow, names: Names) -> _Row:
    return _Row(row.answer, None if row.when is None else compile_expression(row.when, names))
