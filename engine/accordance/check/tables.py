"""Verdict and opinion: the tables of strategy.yaml over what the rules said."""

from __future__ import annotations

from collections.abc import Iterable

from ..feel.compiling import Code, Names, compile_expression, new_frame
from ..feel.values import Value
from ..plan.outcome import Kind, Outcome
from ..strategy.model import Table
from .judging import Judgement


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
    breaches: list[Value] = []
    gaps: list[Value] = []
    findings: list[Value] = []
    accepted: list[Value] = []
    serious: list[Value] = []
    for judgement in judgements:
        outcome, kind = judgement.outcome, judgement.kind
        if outcome is Outcome.NOT_APPLICABLE or judgement.moot:
            continue
        item = judgement.item
        if kind is Kind.BREACH:
            breaches.append(item)
            findings.append(item)
        elif kind is Kind.GAP:
            gaps.append(item)
            findings.append(item)
        elif outcome is Outcome.ACCEPTED_EXCEPTION:
            accepted.append(item)
        if judgement.severity in ("critical", "high"):
            serious.append(item)
    return {
        "breaches": breaches,
        "gaps": gaps,
        "findings": findings,
        "accepted": accepted,
        "serious": serious,
    }
