"""The law of the unknown, on the oracle and on the engine.

A definite outcome never changes when an unknown fact becomes known, and what is not known never
makes anything look better.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from .engine import engine, naive
from .scale import law
from .trials import Change, losses, revelations

NO = ("do_not_proceed", "undecided")
OPINIONS = ("no_assurance", "limited", "reasonable", "substantial")
SEVERITIES = ("advisory", "low", "medium", "high", "critical")

both = pytest.mark.parametrize("judge_of", [naive, engine])


@both
@law(examples=100)
@given(change=revelations())
def test_a_definite_outcome_stays(judge_of: Any, change: Change) -> None:
    with judge_of(change.strategy) as judge:
        for before, after in change.pairs:
            for first, then in zip(judge(before).results, judge(after).results, strict=True):
                if first.outcome != "insufficient_evidence":
                    assert then.outcome == first.outcome, first
                if first.moot:
                    assert then.outcome in ("compliant", "not_applicable") or then.moot, first
                if then.outcome != "not_applicable":
                    # The range of the severity only ever narrows.
                    assert rank(first.severity_least) <= rank(then.severity_least), first
                    assert rank(then.severity) <= rank(first.severity), first


@both
@law(examples=100)
@given(change=losses())
def test_less_known_never_looks_better(judge_of: Any, change: Change) -> None:
    with judge_of(change.strategy) as judge:
        for before, after in change.pairs:
            known, less = judge(before), judge(after)
            for first, then in zip(known.results, less.results, strict=True):
                if first.outcome == "non_compliant":
                    assert then.kind in ("breach", "gap"), first
            if known.verdict in NO:
                assert less.verdict in NO
            if known.verdict == "proceed_with_conditions":
                assert less.verdict != "proceed"
            if known.opinion_at_worst is not None:
                worst, then_worst = known.opinion_at_worst, less.opinion_at_worst
                assert OPINIONS.index(then_worst) <= OPINIONS.index(worst)


def rank(severity: str) -> int:
    return SEVERITIES.index(severity)
