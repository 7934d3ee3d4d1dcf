"""What is proved of the strategy that comes with the program."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from accordance.prove.investigation import Limits
from accordance.prove.proving import Proof, audit, properties, versions
from accordance.strategy.cases import read_rule_cases
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy

FOLDER = Path(__file__).parents[2] / "strategy_rules" / "public_body"


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    return load_strategy(None)


@pytest.fixture(scope="module")
def proof(strategy: Strategy) -> Proof:
    return audit(strategy, Limits(), cases=read_rule_cases(None, strategy))


def test_no_rule_is_dead_and_no_two_contradict_each_other(proof: Proof) -> None:
    assert proof.is_good
    found = {answer.question.value for answer in proof.answers}
    assert found <= {"implied", "together", "gap"}
    assert [one.says for one in proof.answers if one.verdict == "not_decided"] == []


def test_what_is_found_is_shown_by_a_case_that_was_checked(proof: Proof) -> None:
    assert [answer.says for answer in proof.answers if not answer.shown] == []


@pytest.mark.parametrize(
    "text",
    [
        # A merger, and a partnership required by law, has no exit to plan for.
        'not(verdict = "proceed" and stage = "new" and service.critical and single_provider'
        " and exit_rules_apply and not(exit_plan.exists))",
        'not(verdict = "proceed" and stage = "new" and external_delivery and single_provider'
        " and not(exit_plan.exists))",
        'not(verdict = "proceed" and committing and exit_rules_apply'
        " and not(is defined(exit_plan.exists)))",
        'not(opinion = "substantial" and opinion_at_worst in ("limited", "no_assurance"))',
    ],
)
def test_what_the_gates_promise(strategy: Strategy, text: str) -> None:
    (answer,) = properties(strategy, [text], Limits()).answers
    assert (answer.verdict.value, answer.because) == ("holds", ())


def test_two_years_instead_of_three_are_stricter(strategy: Strategy, tmp_path: Path) -> None:
    folder = tmp_path / "strategy"
    shutil.copytree(FOLDER, folder)
    header = folder / "strategy.yaml"
    text = header.read_text(encoding="utf-8")
    assert text.count("review_max_age: {value: P36M,") == 1
    text = text.replace("review_max_age: {value: P36M,", "review_max_age: {value: P24M,")
    header.write_text(text, encoding="utf-8")
    found = versions(strategy, load_strategy(str(folder), cache=False), Limits())
    changed = [one for one in found.answers if one.verdict != "equivalent"]
    assert [(one.rules, one.verdict.value, len(one.shown)) for one in changed] == [
        (("REV-01",), "stricter", 1)
    ]
