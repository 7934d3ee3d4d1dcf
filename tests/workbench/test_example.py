"""Examples of rules: cut down to what matters, and checked as they are shown."""

from __future__ import annotations

import pytest

from accordance.check.checker import Checker
from accordance.facts.reading import read_case
from accordance.source.reading import read
from accordance.strategy.cases import RuleCase, laid_over, read_rule_cases
from accordance.strategy.reading import load_strategy
from accordance.workbench.example import example
from accordance.workbench.telling import Teller


@pytest.fixture(scope="module")
def checker() -> Checker:
    return Checker(load_strategy())


@pytest.fixture(scope="module")
def cases(checker: Checker) -> tuple[RuleCase, ...]:
    return read_rule_cases(None, checker.strategy)


def test_every_example_says_what_the_checker_says_of_what_it_shows(
    checker: Checker, cases: tuple[RuleCase, ...]
) -> None:
    teller = Teller(checker, cases)
    for rule in checker.strategy.rules:
        shown = teller.tell(rule)["example"]
        tree = read(data="\n".join(shown["facts"]).encode(), name="shown.yaml")
        case = read_case(laid_over(None, tree, tree), checker.strategy.model)  # type: ignore[arg-type]
        [tried] = [one for one in cases if (one.rule, one.name) == (rule.id, shown["case"])]
        answer = checker.check(case, tried.evaluated_on).to_json()
        [result] = [one for one in answer["results"] if one["rule"] == rule.id]
        assert {name: shown[name] for name in ("outcome", "severity", "gate", "message")} == {
            name: result[name] for name in ("outcome", "severity", "gate", "message")
        }
        assert shown["outcome"] == tried.expect.outcome


def test_a_breach_is_shown_before_anything_else(
    checker: Checker, cases: tuple[RuleCase, ...]
) -> None:
    rule = checker.strategy.rule("DEP-01")
    assert rule
    own = [one for one in cases if one.rule == rule.id]
    shown = example(checker, rule, own, {"forms"})
    assert shown and shown["case"] == "one provider and no exit plan"
    met = [one for one in own if one.expect.outcome == "compliant"]
    shown = example(checker, rule, met, {"forms"})
    assert shown and shown["outcome"] == "compliant"
    assert example(checker, rule, [], {"forms"}) is None


def test_facts_without_which_the_answer_would_be_another_are_shown(
    checker: Checker, cases: tuple[RuleCase, ...]
) -> None:
    rule = checker.strategy.rule("DEP-01")
    assert rule
    own = [one for one in cases if one.rule == rule.id]
    read_ones = ("forms", "dependence.provider_count", "exit_plan.exists", "service.critical")
    cut = example(checker, rule, own, read_ones)
    assert cut and cut["facts"] == [
        "title: Northbridge Partnership",
        "stage: established",
        "as_of: 2026-01-31",
        "forms: [single_supplier_contract]",
        "service: {critical: false}",
        "dependence: {provider_count: 1}",
        "exit_plan: {exists: false}",
    ]
    too_few = example(checker, rule, own, ("dependence.provider_count",))
    assert too_few and "continuity:" in "\n".join(too_few["facts"])
