"""The program as the laws ask it: a strategy, plain facts, and what comes out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Protocol

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
def engine(strategy: Strategy) -> Iterator[Judge]:
    """The engine, asked through a fact file, answering in the shape of the oracle."""
    checker = Checker(strategy)

    def judge(facts: dict[str, Value]) -> oracle.Judgement:
        case = load_case(strategy.model, data=case_text(facts).encode(), name="case.json")
        assert case.facts == facts
        answer = checker.check(case, TODAY).to_json()
        return oracle.Judgement(
            results=tuple(
                oracle.Result(**{part.name: result[part.name] for part in fields(oracle.Result)})
                for result in answer["results"]
            ),
            verdict=answer["verdict"],
            opinion=answer["opinion"],
            opinion_at_worst=answer["opinion_at_worst"],
        )

    try:
        yield judge
    finally:
        checker.close()


@contextmanager
def naive(strategy: Strategy) -> Iterator[Judge]:
    """The oracle, asked the same way."""
    yield lambda facts: oracle.judge(strategy, facts, TODAY)
