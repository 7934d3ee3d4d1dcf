"""The program as the laws ask it: a strategy, plain facts, and what comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any, Protocol

from accordance.check.checker import Checker
from accordance.facts.reading import load_case
from accordance.feel.values import Value
from accordance.strategy.model import Strategy
from tests import oracle
from tests.generating.facts import TODAY
from tests.generating.writing import case_text


class Judge(Protocol):
    def __call__(self, facts: dict[str, Value]) -> oracle.Judgement: ...


@contextmanager
def answers(strategy: Strategy) -> Iterator[Callable[[dict[str, Value]], dict[str, Any]]]:
    """The engine, asked through a fact file."""
    checker = Checker(strategy)

    def answer(facts: dict[str, Value]) -> dict[str, Any]:
        case = load_case(strategy.model, data=case_text(facts).encode(), name="case.json")
        assert case.facts == oracle.derived(facts, strategy.model)
        found: dict[str, Any] = checker.check(case, TODAY).to_json()
        return found

    try:
        yield answer
    finally:
        checker.close()


@contextmanager
def engine(strategy: Strategy) -> Iterator[Judge]:
    """The engine, answering in the shape of the oracle."""
    with answers(strategy) as answer:
        yield lambda facts: judgement_of(answer(facts))


def judgement_of(answer: dict[str, Any]) -> oracle.Judgement:
    return oracle.Judgement(
        results=tuple(
            oracle.Result(**{part.name: result[part.name] for part in fields(oracle.Result)})
            for result in answer["results"]
        ),
        verdict=answer["verdict"],
        opinion=answer["opinion"],
        opinion_at_worst=answer["opinion_at_worst"],
    )


@contextmanager
def naive(strategy: Strategy) -> Iterator[Judge]:
    """The oracle, asked the same way."""
    yield lambda facts: oracle.judge(strategy, facts, TODAY)
