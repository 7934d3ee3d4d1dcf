"""The network says of every strategy and case what the oracle says."""

from __future__ import annotations

from hypothesis import given, note
from hypothesis import strategies as st

from tests.generating.facts import cases
from tests.generating.strategies import ALIAS, strategies
from tests.generating.writing import shown

from .engine import comparable, engine, naive
from .scale import law

CASES_EACH = 8


@law(examples=250)
@given(st.data())
def test_network_and_oracle_agree(data: st.DataObject) -> None:
    strategy = data.draw(strategies())
    rules = [*(rule.id for rule in strategy.rules), ALIAS, "GONE-99"]
    with engine(strategy) as network, naive(strategy) as oracle:
        for _ in range(CASES_EACH):
            facts = data.draw(cases(strategy.model.type, rules))
            note(shown(strategy, facts))
            assert comparable(network(facts)) == comparable(oracle(facts))
