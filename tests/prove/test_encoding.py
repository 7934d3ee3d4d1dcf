"""The constraints say of every case what the engine says: true, false or unknown, and the value."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from accordance.facts.model import FactModel
from accordance.feel.compiling import Names as EngineNames
from accordance.feel.compiling import compile_expression, new_frame
from accordance.feel.printing import to_source
from accordance.feel.types import ContextType, ListType, TextType, Type
from accordance.feel.values import NONE, UNKNOWN, Months, Span, Value
from accordance.prove.calculating import Calculator
from accordance.prove.dates import Calendar
from accordance.prove.encoding import Encoder, Names
from accordance.prove.solving import Solver
from accordance.prove.space import Space
from accordance.prove.terms import Terms
from accordance.prove.values import (
    CannotEncode,
    Moment,
    Number,
    Symbol,
    Truth,
    Word,
    Words,
)
from tests.generating.expressions import expression
from tests.generating.facts import TODAY, cases, fact_models, readable, through
from tests.generating.writing import schema_of
from tests.laws.scale import law

KINDS = ("boolean", "boolean", "boolean", "number", "date", "days", "months", "colour", "text")


def settled(facts: Any, of: Type) -> Any:
    """The case with each list of words in the order of the words, and each word once: the space
    has no other."""
    if isinstance(of, ContextType):
        return {name: settled(value, of.fields[name]) for name, value in facts.items()}
    if isinstance(of, ListType):
        if isinstance(of.item, TextType) and of.item.values is not None:
            return [word for word in of.item.values if word in facts]
        return [settled(item, of.item) for item in facts]
    return facts


class Bench:
    """One expression over one space, to be read on many cases."""

    def __init__(self, model: ContextType, node: Any) -> None:
        self.terms, self.words = Terms(), Words()
        self.calendar = Calendar(self.terms)
        self.space = Space(self.terms, self.words, self.calendar, items=3)
        root = self.space.root(FactModel(schema_of(model), {}))
        names = Names(root, self.space.today, {}, lambda name: None, {})
        encoder = Encoder(self.terms, self.words, Calculator(self.terms, self.calendar), names)
        self.value = encoder.encode(node)
        self.solver = Solver(self.space)

    def on(self, facts: dict[str, Value]) -> Value:
        """What the constraints say of a case."""
        today = self.terms.equals(self.space.today.value, TODAY.toordinal())
        found = self.solver.model([*self.space.pinned(facts), today])
        assert found is not None, "the case is not in the space"
        return said(self.value, found)


def said(value: Symbol, model: Any) -> Value:
    if isinstance(value, Truth):
        yes, no = model.holds(value.yes), model.holds(value.no)
        assert not (yes and no)
        return True if yes else False if no else UNKNOWN
    assert isinstance(value, Number | Moment | Word)
    if model.holds(value.none):
        return NONE
    if not model.holds(value.known):
        return UNKNOWN
    if isinstance(value, Number):
        low, high = model.number(value.low), model.number(value.high)
        return low if low == high else Span(low, high)
    if isinstance(value, Word):
        return model.text(value)
    count = model.number(value.value)
    if value.kind == "date":
        return dt.date.fromordinal(count)
    return Months(count) if value.kind == "months" else dt.timedelta(days=count)


def plainly(value: Value) -> Any:
    return (isinstance(value, bool), value)


@law(examples=300)
@given(data=st.data())
def test_constraints_and_engine_agree(data: st.DataObject) -> None:
    model = data.draw(fact_models())
    kind = data.draw(st.sampled_from(KINDS))
    node = expression(through(data.draw), readable(model), kind, 3)
    note(to_source(node))
    try:
        bench = Bench(model, node)
    except CannotEncode as reason:
        note(f"cannot be encoded: {reason}")
        return
    code = compile_expression(node, EngineNames(facts=model))
    for _ in range(3):
        facts = settled(data.draw(cases(model)), model)
        note(str(facts))
        expected = code.value(new_frame(facts, TODAY))
        assert plainly(bench.on(facts)) == plainly(expected)
