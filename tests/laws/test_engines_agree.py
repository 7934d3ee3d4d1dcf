"""The network says of every strategy and case what the oracle says.

The oracle works on the strategy in memory. That the same strategy comes out of its files is tested
by itself, so that a broken law points at the one or the other.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, note, reject

from accordance.problem import Code, Refused
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy
from tests.generating.strategies import strategies
from tests.generating.writing import files_of, shown

from .engine import engine, naive
from .scale import law
from .trials import Trial, large_trials, trials


@law(examples=300)
@given(trial=trials(evidence=True))
def test_network_and_oracle_agree(trial: Trial) -> None:
    agree(trial)


@law(examples=60)
@given(trial=trials(derived=True))
def test_they_agree_where_facts_follow_from_others(trial: Trial) -> None:
    agree(trial)


@law(examples=6)
@given(trial=large_trials())
def test_they_agree_on_many_rules(trial: Trial) -> None:
    agree(trial)


def agree(trial: Trial) -> None:
    with engine(trial.strategy) as network, naive(trial.strategy) as oracle:
        for case in trial.cases:
            assert network(case) == oracle(case)


# What the type checker may say of a random expression: that it can never be true, that a word is
# not one of the fact's own, that words have no order. Nothing else is wrong with any of them.
EXPECTED = {Code.EXPRESSION_NEVER, Code.EXPRESSION_VALUE, Code.EXPRESSION_TYPE}


@law(examples=60)
@given(strategy=strategies(evidence=True))
def test_a_strategy_is_read_as_it_was_made(strategy: Strategy) -> None:
    note(shown(strategy))
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files_of(strategy).items():
            file = Path(folder, name)
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
        try:
            found = load_strategy(folder, cache=False)
        except Refused as refused:
            assert {problem.code for problem in refused.problems} <= EXPECTED
            reject()
    assert meaning(found) == meaning(strategy)


def meaning(strategy: Strategy) -> Any:
    """All that outcomes, verdict and opinion depend on."""
    return (
        {name: parameter.value for name, parameter in strategy.parameters.items()},
        {name: definition.expression for name, definition in strategy.definitions.items()},
        [
            (
                rule.id,
                rule.theme,
                set(rule.stages),
                rule.when,
                [(one.expression, one.stages) for one in rule.require],
                rule.severity,
                [(step.level, step.expression) for step in rule.severity_when],
                rule.gate,
                rule.aliases,
                rule.about,
            )
            for rule in strategy.rules
        ],
        dict(strategy.exceptions),
        [
            [(row.answer, row.when) for row in table.rows]
            for table in (strategy.verdict, strategy.opinion)
        ],
        strategy.model.schema,
    )
