"""What a rule over the portfolio reads: facts by their paths, whatever list or variable holds the
case, and what stands behind definitions."""

from __future__ import annotations

import pytest

from accordance.strategy.model import Strategy
from accordance.strategy.portfolio import PortfolioRule
from accordance.strategy.reading import load_strategy
from accordance.workbench.portfolio_parts import Read, names_in_messages, read_by, read_through
from tests.portfolio.random_portfolios import SMALL


@pytest.fixture(scope="module")
def small() -> Strategy:
    return load_strategy(str(SMALL), cache=False)


READ = {
    "PP-01": Read(("officer", "critical", "worth"), ("risky",), ("most_led",), (), False),
    "PP-02": Read(
        ("form", "parties.name", "worth", "critical"), ("providers",), ("share_max",), (), False
    ),
    "PP-03": Read(("worth",), (), (), ("TT-01",), True),
    "PP-04": Read(("stage", "ends", "safe"), (), (), (), False),
    "PP-05": Read(("parties.name", "distressed", "safe", "critical"), (), (), (), False),
    "PP-06": Read(("critical", "form"), (), (), (), True),
}


@pytest.mark.parametrize("name", READ)
def test_what_a_rule_reads_itself(small: Strategy, name: str) -> None:
    read = read_by(small, _rule(small, name))
    parties = tuple(path for path in read.facts if path != "parties")
    assert Read(parties, *_rest(read)) == READ[name]


def test_what_a_rule_reads_through_definitions(small: Strategy) -> None:
    assert read_through(small, _rule(small, "PP-01")).facts == (
        "officer",
        "critical",
        "worth",
        "safe",
    )
    read = read_through(small, _rule(small, "PP-02"))
    assert {"parties.name", "parties.delivers"} <= set(read.facts)
    assert read.definitions == ("providers",)


def test_what_its_messages_name(small: Strategy) -> None:
    assert names_in_messages(_rule(small, "PP-02")) == ["group", "share"]


def _rule(strategy: Strategy, name: str) -> PortfolioRule:
    return next(rule for rule in strategy.portfolio if rule.id == name)


def _rest(read: Read) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], bool]:
    return read.definitions, read.parameters, read.rules, read.results
