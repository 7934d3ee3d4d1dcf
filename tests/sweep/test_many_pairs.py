"""The relational plan, the network and the oracle on as many pairs of strategy and case as time
allows; and what becomes known changes nothing that columns said for certain.

A plan takes half a second to make, so each is asked of many cases, most of which differ in one
fact.
"""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from accordance.facts.reading import load_case
from accordance.problem import Refused
from accordance.strategy.model import Strategy
from accordance.sweep import answers
from accordance.sweep.singly import RowWriter
from tests import oracle
from tests.generating.facts import TODAY, case, choose, completed, leaves, leaving_out, without
from tests.generating.strategies import strategy
from tests.generating.writing import case_text
from tests.laws.engine import Checker
from tests.laws.scale import FACTOR, SEED
from tests.laws.trials import Facts, Trial, rules_of
from tests.sweep.relation import Swept, stated

START = SEED if FACTOR else 0
STRATEGIES = 85 * FACTOR or 4
CASES = 120 if FACTOR else 60
"""With the factor of `make crosscheck`, 10, over 100,000 pairs."""
DEFINITE = (answers.COMPLIANT, answers.NON_COMPLIANT, answers.NOT_APPLICABLE)


@pytest.fixture(autouse=True)
def libraries_may_warn() -> Iterator[None]:
    """What the libraries below warn of is theirs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def test_plan_network_and_oracle_agree(capsys: pytest.CaptureFixture[str]) -> None:
    pairs = sure = 0
    for number in range(STRATEGIES):
        more, certain = agreeing(number)
        pairs, sure = pairs + more, sure + certain
    with capsys.disabled():
        print(f"\n{pairs} pairs of strategy and case, {sure} of them in columns, seed {START}")
    assert pairs > 30 * STRATEGIES
    assert sure > 0.9 * pairs


def agreeing(number: int) -> tuple[int, int]:
    """How many pairs with the strategy of a number agree, and how many of them in columns."""
    draw = random.Random(f"{START}/plan/{number}").randrange
    made = strategy(draw, evidence=number % 2 == 0, derived=number % 3 == 0)
    given = list(many_cases(draw, made))
    rows = swept(made, given)
    if rows is None:
        return 0, 0
    sure = 0
    checker = Checker(made)
    for facts, row in zip(given, rows, strict=True):
        read = load_case(made.model, data=case_text(facts).encode(), name="case.json")
        performed = RowWriter(checker.plan).row(read, checker.assess(read, TODAY), row[answers.ROW])
        expected = oracle.judge(made, facts, TODAY)
        if row[answers.SURE]:
            sure += 1
            differing = {key for key, one in performed.items() if row.get(key, one) != one}
            assert not differing, (sorted(differing), Trial(made, (facts,)))
        said = {one.rule: (one.outcome, one.severity) for one in expected.results}
        found = {
            rule: (answers.OUTCOME_WORDS[performed[rule]].split(" ")[0], severity(row, rule))
            for rule in said
        }
        if row[answers.SURE]:
            assert found == said, Trial(made, (facts,))
        assert performed["verdict"] == expected.verdict, Trial(made, (facts,))
    checker.close()
    return len(given), sure


def test_what_becomes_known_changes_no_definite_outcome() -> None:
    steps = 0
    for number in range(max(STRATEGIES // 2, 1)):
        draw = random.Random(f"{START}/known/{number}").randrange
        made = strategy(draw, derived=True)
        follows = made.model.derivations
        before = [leaving_out(one, follows) for one in many_cases(draw, made, CASES // 2)]
        after = [leaving_out(completed(draw, one, made.model.type), follows) for one in before]
        rows = swept(made, [*before, *after])
        if rows is None:
            continue
        for facts, less, more in zip(before, rows, rows[len(before) :], strict=False):
            if not (less[answers.SURE] and more[answers.SURE]):
                continue
            for rule in made.rules:
                steps += 1
                if rule.about == "partnership" and less[rule.id] in DEFINITE:
                    assert more[rule.id] == less[rule.id], (rule.id, Trial(made, (facts,)))
    assert steps > 0


def severity(row: dict[str, Any], rule: str) -> str:
    word: str = answers.SEVERITY_WORDS[row[answers.severity_column(rule)]]
    return word


def swept(made: Strategy, given: list[Facts]) -> list[dict[str, Any]] | None:
    """What the plan says of cases; None where it refuses an expression by name."""
    try:
        plan = Swept(made, TODAY)
    except Refused as refused:
        assert "cannot be swept" in str(refused)
        return None
    try:
        read = [
            load_case(made.model, data=case_text(facts).encode(), name="case.json")
            for facts in given
        ]
        return plan.rows([stated(one) for one in read])
    finally:
        plan.close()


def many_cases(draw: Any, made: Strategy, count: int = CASES) -> Iterator[Facts]:
    """Cases of a strategy; after each a few that lack one of its facts."""
    left = count
    while left > 0:
        facts = case(draw, made.model.type, rules_of(made))
        if facts.get("as_of", TODAY) > TODAY:
            continue
        yield facts
        left -= 1
        known = list(leaves(facts))
        for _ in range(min(3, left, len(known))):
            yield without(facts, choose(draw, known))
            left -= 1
