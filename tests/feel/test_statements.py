"""Questions of a fact model as statements, and their denial."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from accordance.feel.statements import Statement, statement_of

MODEL = Path(__file__).parents[2] / "strategy_rules" / "public_body" / "facts.schema.yaml"


@pytest.mark.parametrize(
    ("question", "yes", "no"),
    [
        ("Is there an exit plan?", "there is an exit plan", "there is no exit plan"),
        (
            "Is there a fraud, an investigation or an undisclosed interest?",
            "there is a fraud, an investigation or an undisclosed interest",
            "there is no fraud, investigation or undisclosed interest",
        ),
        (
            "Are there remedies for under-performance?",
            "there are remedies for under-performance",
            "there are no remedies for under-performance",
        ),
        (
            "If the provider failed, would there be something to fall back on (mutual aid)?",
            "there would be something to fall back on, if the provider failed",
            "there would be nothing to fall back on, if the provider failed",
        ),
        (
            "Is the equality assessment done?",
            "the equality assessment is done",
            "the equality assessment is not done",
        ),
        (
            "Is the required consultation done and considered?",
            "the required consultation is done and considered",
            "the required consultation is not done and considered",
        ),
        (
            "Was its record on similar collaborations looked at?",
            "its record on similar collaborations was looked at",
            "its record on similar collaborations was not looked at",
        ),
        (
            "Is a formula for sharing cost and benefit agreed?",
            "a formula for sharing cost and benefit is agreed",
            "no formula for sharing cost and benefit is agreed",
        ),
        (
            "Is that formula in dispute?",
            "that formula is in dispute",
            "that formula is not in dispute",
        ),
        (
            "Is the service already being delivered?",
            "the service is already being delivered",
            "the service is not being delivered",
        ),
        (
            "Is anybody receiving the service today?",
            "somebody is receiving the service today",
            "nobody is receiving the service today",
        ),
        (
            "Have all partners signed it?",
            "all partners have signed it",
            "not all partners have signed it",
        ),
        (
            "Did anybody look at its record?",
            "somebody looked at its record",
            "nobody looked at its record",
        ),
        (
            "Does the contract name financial distress triggers?",
            "the contract names financial distress triggers",
            "the contract does not name financial distress triggers",
        ),
        (
            "Does anybody watch and enforce the conditions?",
            "somebody watches and enforces the conditions",
            "nobody watches and enforces the conditions",
        ),
        (
            "Must the partner run the service?",
            "the partner must run the service",
            "the partner need not run the service",
        ),
        ("May the body step in?", "the body may step in", "the body may not step in"),
        ("Can the partner leave?", "the partner can leave", "the partner cannot leave"),
        ("Is it novel?", "it is novel", "it is not novel"),
    ],
)
def test_statement(question: str, yes: str, no: str) -> None:
    statement = statement_of(question)
    assert statement is not None
    assert (statement.said(), statement.said(negated=True)) == (yes, no)


def test_what_the_fact_belongs_to_stands_in_for_the_pronoun() -> None:
    statement = statement_of("On which day was that plan last reviewed? Write `none` if never.")
    assert statement == Statement("that plan", "was", "last reviewed")
    assert statement.said(about="the exit plan") == "the exit plan was last reviewed"
    assert statement.said(about="the risks") == "that plan was last reviewed"


@pytest.mark.parametrize(
    "question",
    [
        "",
        "?",
        "Who pays?",
        "When?",
        "Is it?",
        "Is the service wibbly wobbly?",
        "Did each appoint, and does each appraise?",
        "Has it happened? Or will it?",
        "No question at all",
    ],
)
def test_what_does_not_fit_gives_nothing(question: str) -> None:
    assert statement_of(question) is None


def _questions(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    """The questions of a fact model that are answered by yes, no or a day."""
    for name, fact in schema.get("properties", {}).items():
        here = f"{path}{name}"
        if fact.get("type") == "boolean" or fact.get("format") == "date" or "anyOf" in fact:
            yield here, fact["description"]
        yield from _questions(fact, f"{here}.")
        yield from _questions(fact.get("items", {}), f"{here}.")


def test_every_question_of_the_shipped_fact_model_can_be_said() -> None:
    model = yaml.safe_load(MODEL.read_text("utf-8"))
    asked = dict(_questions(model))
    assert len(asked) > 100
    assert [path for path, question in asked.items() if statement_of(question) is None] == []
