"""A compiled expression has the value that the oracle gives it, and its text is read back as it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from accordance import feel
from accordance.feel.compiling import Names, compile_expression, new_frame
from accordance.feel.parsing import parse
from accordance.feel.printing import to_source
from accordance.feel.values import UNKNOWN, Span, Uncertain, Value, to_decimal
from tests import oracle
from tests.generating.expressions import expressions
from tests.generating.facts import ITEM_FACTS, TODAY, cases, fact_models, readable

from .scale import law

CASES_EACH = 3


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


@law(examples=700)
@given(data=st.data())
def test_over_a_fact_model(data: st.DataObject) -> None:
    model = data.draw(fact_models())
    node = data.draw(expressions(readable(model)))
    note(to_source(node))
    code = compile_expression(node, Names(facts=model))
    for _ in range(CASES_EACH):
        facts = data.draw(cases(model))
        note(str(facts))
        expected = oracle.evaluate(node, facts, TODAY, types=model.fields)
        assert strictly(code.value(new_frame(facts, TODAY))) == strictly(expected)


@law(examples=300)
@given(data=st.data())
def test_over_a_plain_context(data: st.DataObject) -> None:
    # Without a fact model nobody knows which facts an item leaves out, so that a name must not
    # mean an item's fact here and a fact of the case there.
    model = data.draw(fact_models(item_facts=ITEM_FACTS))
    node = data.draw(expressions(readable(model)))
    text = to_source(node)
    note(text)
    assert parse(text) == node
    for _ in range(CASES_EACH):
        facts = data.draw(cases(model))
        note(str(facts))
        expected = given_out(oracle.evaluate(node, facts, TODAY))
        assert strictly(feel.evaluate(text, facts, TODAY)) == strictly(expected)
