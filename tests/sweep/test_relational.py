"""The relational plan says of every case what the oracle and the checker say."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from accordance.check.checker import Checker
from accordance.facts.reading import load_case
from accordance.plan.outcome import Outcome
from accordance.problem import Refused
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy
from accordance.sweep import answers
from tests import oracle
from tests.generating.facts import TODAY
from tests.laws.scale import law
from tests.laws.trials import Trial, trials
from tests.sweep.relation import Swept, stated

CASES = Path(__file__).parents[2] / "cases"


@pytest.fixture(autouse=True)
def libraries_may_warn() -> Iterator[None]:
    """What the libraries below warn of is theirs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def said(row: dict[str, Any], rule: str) -> tuple[int, str, str]:
    """What the plan says of a rule: outcome, severity, least severity."""
    severity, least = row[answers.severity_column(rule)], row[answers.least_column(rule)]
    return row[rule], answers.SEVERITY_WORDS[severity], answers.SEVERITY_WORDS[least]


def code(outcome: str, moot: bool) -> int:
    return answers.MOOT if moot else answers.OUTCOMES[Outcome(outcome)]


def swept(strategy: Strategy) -> Swept | None:
    """The plan, or None where it refuses an expression by name."""
    try:
        return Swept(strategy, TODAY)
    except Refused:
        return None


@law(examples=30)
@given(trial=trials(evidence=True, derived=True))
def test_the_plan_and_the_oracle_agree(trial: Trial) -> None:
    plan = swept(trial.strategy)
    if plan is None:
        return
    cases = [facts for facts in trial.cases if not facts.get("as_of", TODAY) > TODAY]
    try:
        for facts, row in zip(cases, plan.rows(cases) if cases else (), strict=True):
            expected = oracle.judge(trial.strategy, facts, TODAY)
            if not row[answers.SURE]:
                continue
            for result in expected.results:
                assert said(row, result.rule) == (
                    code(result.outcome, result.moot),
                    result.severity,
                    result.severity_least,
                ), result.rule
            assert (row["verdict"], row["opinion"], row["opinion_at_worst"]) == (
                expected.verdict,
                expected.opinion,
                expected.opinion_at_worst,
            )
    finally:
        plan.close()


def test_the_shipped_strategy_on_every_case_of_the_project() -> None:
    strategy = load_strategy(None)
    checker = Checker(strategy)
    files = sorted(CASES.rglob("*.facts.yaml"))
    cases = [load_case(strategy.model, str(path)) for path in files]
    today = max(case.as_of for case in cases if case.as_of is not None)
    plan = Swept(strategy, today)
    sure = 0
    for case, row in zip(cases, plan.rows([stated(case) for case in cases]), strict=True):
        if not row[answers.SURE]:
            continue
        sure += 1
        found = checker.assess(case, today)
        for judgement in found.judgements:
            assert said(row, judgement.rule.id) == (
                code(judgement.outcome, judgement.moot),
                judgement.severity,
                judgement.severity_least,
            ), f"{case.id} {judgement.rule.id}"
        assert (row["verdict"], row["opinion"], row["opinion_at_worst"]) == (
            found.verdict,
            found.opinion,
            found.opinion_at_worst,
        )
    assert sure > 0.95 * len(cases)
    plan.close()
    checker.close()
