"""What facts, definitions, parameters and conditions are called without any case."""

from __future__ import annotations

import pytest

from accordance.check.naming import in_words, name_of, question_of
from accordance.feel.parsing import parse
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    return load_strategy()


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("dependence.provider_count", "Providers"),  # a fact
        ("dependence", "Dependence on the provider"),  # a group
        ("counterparties", "Every party but the body that keeps the file"),  # a definition
        ("counterparties.sector", "Sector"),  # a fact of the items that a definition picks
        ("delivering_parties.sector", "Sector"),  # the same through two of them
        ("replacement_months_max", "12 months"),  # a parameter by its value
        ("exit_triggers_core", "performance and divergence"),
        ("nothing", None),
        ("is_merger.nothing", None),
    ],
)
def test_names(strategy: Strategy, path: str, name: str | None) -> None:
    assert name_of(strategy, path) == name


def test_questions(strategy: Strategy) -> None:
    asked = strategy.model.facts["parties.sector"].question
    assert question_of(strategy, "delivering_parties.sector") == asked
    assert question_of(strategy, "delivering_parties") is None


def test_conditions_are_said_in_the_words_of_their_facts(strategy: Strategy) -> None:
    node = parse("exit_plan.exists and dependence.substitutability_months > replacement_months_max")
    assert in_words(strategy, node).startswith("there is an exit plan and ")
    assert "12 months" in in_words(strategy, node)
    assert in_words(strategy, parse("exit_plan.exists"), True) == "there is no exit plan"
