"""A compiled expression has the value that the oracle gives it, and its text is read back as it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given

from accordance import feel
from accordance.feel.compiling import Names, compile_expression, new_frame
from accordance.feel.parsing import parse
from accordance.feel.printing import to_source
from accordance.feel.values import UNKNOWN, Span, Uncertain, Value, to_decimal
from tests import oracle
from tests.generating.facts import ITEM_FACTS, TODAY

from .scale import law
from .trials import Question, questions


@law(examples=1200)
@given(question=questions())
def test_over_a_fact_model(question: Question) -> None:
    node, model = question.expression, question.model
    code = compile_expression(node, Names(facts=model))
    for facts in question.cases:
        expected = oracle.evaluate(node, facts, TODAY, types=model.fields)
        assert strictly(code.value(new_frame(facts, TODAY))) == strictly(expected)


# Without a fact model nobody knows which facts an item leaves out, so that here a name never means
# an item's fact and a fact of the case.
@law(examples=400)
@given(question=questions(ITEM_FACTS))
def test_over_a_plain_context(question: Question) -> None:
    text = to_source(question.expression)
    assert parse(text) == question.expression
    for facts in question.cases:
        expected = given_out(oracle.evaluate(question.expression, facts, TODAY))
        assert strictly(feel.evaluate(text, facts, TODAY)) == strictly(expected)


def strictly(value: Value) -> Any:
    """A value of which true is not 1."""
    if isinstance(value, Uncertain):
        return ("uncertain", *((strictly(item), sure) for item, sure in value.pairs))
    if isinstance(value, list):
        return [strictly(item) for item in value]
    if isinstance(value, dict):
        return {name: strictly(part) for name, part in value.items()}
    return (isinstance(value, bool), value)


def given_out(value: Value) -> Any:
    """A value as `feel.evaluate` gives it out."""
    if isinstance(value, Span | Uncertain):
        return UNKNOWN
    if isinstance(value, list):
        return [given_out(item) for item in value]
    if isinstance(value, dict):
        return {name: given_out(part) for name, part in value.items()}
    if isinstance(value, int | Fraction) and not isinstance(value, bool):
        return to_decimal(value)
    return value
