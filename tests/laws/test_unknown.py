"""The law of the unknown, on the oracle and on the engine.

A definite outcome never changes when an unknown fact becomes known, and what is not known never
makes anything look better.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from tests.generating.facts import cases, completions, leaves, without
from tests.generating.strategies import ALIAS, strategies
from tests.generating.writing import shown

from .engine import engine, naive
from .scale import law

CASES_EACH = 4
NO = ("do_not_proceed", "undecided")
OPINIONS = ("no_assurance", "limited", "reasonable", "substantial")

both = pytest.mark.parametrize("judge_of", [naive, engine])


@both
@law(examples=100)
@given(data=st.data())
def test_a_definite_outcome_stays(judge_of: Any, data: st.DataObject) -> None:
    strategy = data.draw(strategies())
    rules = [rule.id for rule in strategy.rules]
    with judge_of(strategy) as judge:
        for _ in range(CASES_EACH):
            facts = data.draw(cases(strategy.model.type, [*rules, ALIAS]))
            more = data.draw(completions(facts, strategy.model.type))
            note(shown(strategy, facts))
            note(f"then known: {more}")
            before, after = judge(facts), judge(more)
            for rule in rules:
                first, then = before.result(rule), after.result(rule)
                if first.outcome != "insufficient_evidence":
                    assert then.outcome == first.outcome, rule
                if first.moot:
                    assert then.outcome in ("compliant", "not_applicable") or then.moot, rule
                if then.outcome != "not_applicable":
                    # The range of the severity only ever narrows.
                    assert rank(first.severity_least) <= rank(then.severity_least), rule
                    assert rank(then.severity) <= rank(first.severity), rule


@both
@law(examples=100)
@given(data=st.data())
def test_less_known_never_looks_better(judge_of: Any, data: st.DataObject) -> None:
    strategy = data.draw(strategies())
    rules = [*(rule.id for rule in strategy.rules), ALIAS]
    with judge_of(strategy) as judge:
        for _ in range(CASES_EACH):
            facts = data.draw(cases(strategy.model.type, rules))
            stated = sorted(leaves(facts), key=str)
            if not stated:
                continue
            gone = data.draw(st.sampled_from(stated))
            note(shown(strategy, facts))
            note(f"then unknown: {gone}")
            known, less = judge(facts), judge(without(facts, gone))
            for rule in strategy.rules:
                first, then = known.result(rule.id), less.result(rule.id)
                if first.outcome == "non_compliant":
                    assert then.kind in ("breach", "gap"), rule.id
            if known.verdict in NO:
                assert less.verdict in NO
            if known.verdict == "proceed_with_conditions":
                assert less.verdict != "proceed"
            if known.opinion_at_worst is not None:
                assert less.opinion_at_worst is not None
                assert OPINIONS.index(less.opinion_at_worst) <= OPINIONS.index(
                    known.opinion_at_worst
                )


def rank(severity: str) -> int:
    return ("advisory", "low", "medium", "high", "critical").index(severity)
