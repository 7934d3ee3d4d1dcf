"""Verdict and opinion: the tables of strategy.yaml over what the rules said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from ..feel.compiling import Code, Names, compile_expression, new_frame
from ..feel.values import Value
from ..plan.outcome import Kind, Outcome
from ..strategy.model import Table
from .judging import Judgement, result_item


class CompiledTable:
    """A table ready to be asked. Its rows stand from the worst answer to the best."""

    def __init__(self, table: Table, names: Names) -> None:
        self._stages = table.stages
        self._rows: list[tuple[str, Code | None]] = [
            (row.answer, None if row.when is None else compile_expression(row.when, names))
            for row in table.rows
        ]

    def answer(self, stage: str, lists: dict[str, Value]) -> str | None:
        """The answer of the first row that holds; None where the table is not for this stage.

        A row that cannot be decided is taken to hold, since no answer may be better than shown.
        """
        if stage not in self._stages:
            return None
        frame = new_frame({}, supplied=lists)
        for answer, code in self._rows:
            if code is None or code.value(frame) is not False:
                return answer
        return None


def lists_of(judgements: Iterable[Judgement]) -> dict[str, Value]:
    """The lists that the tables read: breaches, gaps, findings, accepted, serious."""
    lists: dict[str, list[Value]] = {
        name: [] for name in ("breaches", "gaps", "findings", "accepted", "serious")
    }
    for judgement in judgements:
        kind = judgement.kind
        serious = (
            judgement.severity in ("critical", "high")
            and judgement.outcome is not Outcome.NOT_APPLICABLE
            and not judgement.moot
        )
        accepted = judgement.outcome is Outcome.ACCEPTED_EXCEPTION
        if kind is None and not serious and not accepted:
            continue
        item = result_item(judgement)
        if kind is Kind.BREACH:
            lists["breaches"].append(item)
        elif kind is Kind.GAP:
            lists["gaps"].append(item)
        if kind is not None:
            lists["findings"].append(item)
        if accepted:
            lists["accepted"].append(item)
        if serious:
            lists["serious"].append(item)
    return dict(lists)


def at_worst(judgements: Iterable[Judgement]) -> list[Judgement]:
    """The judgements if every gap turned out to be a breach."""
    return [
        replace(judgement, outcome=Outcome.NON_COMPLIANT)
        if judgement.kind is Kind.GAP
        else judgement
        for judgement in judgements
    ]
