"""The bench and the check are two ways to one answer."""

from __future__ import annotations

import pytest

from accordance.check.checker import Checker
from accordance.plan.outcome import Outcome
from accordance.strategy.cases import read_rule_cases
from accordance.strategy.reading import load_strategy
from accordance.workbench.focus import focus
from accordance.workbench.mutation.bench import Bench
from accordance.workbench.mutation.changes import Changes
from accordance.workbench.trial import failure


@pytest.fixture(scope="module")
def bench() -> Bench:
    strategy = load_strategy()
    return Bench(Checker(strategy), read_rule_cases(None, strategy))


def test_every_case_of_the_strategy_is_judged_as_the_check_does_it(bench: Bench) -> None:
    tried = 0
    for cases in bench.cases.values():
        for case in cases[::3]:
            if case.case.facts.get("exceptions"):
                continue
            found = bench.judge(case)
            assert found is not None
            whole = bench.checker.assess(case.case, case.evaluated_on)
            expected = next(one for one in whole.judgements if one.rule.id == case.rule)
            assert (found.item, found.unmet) == (expected.item, expected.unmet), case.name
            assert found.outcome is not Outcome.ACCEPTED_EXCEPTION
            tried += 1
    assert tried > 300


def test_what_the_bench_notices_the_check_notices(bench: Bench) -> None:
    changes = list(Changes(bench.strategy).all(bench.strategy.rules))
    for change in changes[::37]:
        case = bench.noticed_by(change)
        if case is None:
            assert bench.confirm(change) is None, change
            continue
        changed = change.edit.made(focus(bench.strategy, {case.rule}))
        assert failure(Checker(changed), case) is not None, (change, case.name)
