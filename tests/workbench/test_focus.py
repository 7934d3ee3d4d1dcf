from __future__ import annotations

import pytest

from accordance.check.checker import Checker
from accordance.strategy.cases import read_rule_cases
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy
from accordance.workbench.focus import focus


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    return load_strategy()


def test_the_rule_alone_and_what_it_reads(strategy: Strategy) -> None:
    made = focus(strategy, {"DEP-01"})
    assert [rule.id for rule in made.rules] == ["DEP-01"]
    assert set(made.definitions) == {
        *("single_provider", "external_delivery", "outside_partner", "counterparties"),
    }
    order = list(strategy.definitions)
    assert list(made.definitions) == sorted(made.definitions, key=order.index)


def test_what_weighs_the_others_needs_the_whole(strategy: Strategy) -> None:
    assert focus(strategy, {"EVD-01"}) is strategy


def test_a_rule_answers_as_in_the_whole(strategy: Strategy) -> None:
    whole = Checker(strategy)
    cases = [case for case in read_rule_cases(None, strategy) if case.rule.startswith("REV")]
    for rule in dict.fromkeys(case.rule for case in cases):
        alone = Checker(focus(strategy, {rule}))
        for case in (case for case in cases if case.rule == rule):
            results = []
            for checker in (whole, alone):
                answer = checker.check(case.case, case.evaluated_on)
                found = next(
                    one for one in answer.assessment.judgements if one.rule.id == case.rule
                )
                results.append(answer.result(found))
            assert results[0] == results[1], case.name
