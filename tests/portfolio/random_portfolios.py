"""Random portfolios of the small strategy, few cases of few facts each."""

from __future__ import annotations

import datetime as dt
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

from accordance.check.checker import Checker
from accordance.facts.reading import load_case
from accordance.feel.values import NONE, Value
from accordance.portfolio.evaluating import members_of
from accordance.portfolio.judging import GroupCodes, judgements
from tests.generating.writing import case_text
from tests.portfolio.oracle import Said

SMALL = Path(__file__).parent / "small"
TODAY = dt.date(2026, 6, 30)
TABLE = {"acme": "Acme Group", "acme ltd": "Acme Group", "acme group": "Acme Group"}
"""As the engine has it, by folded names."""
NAMES = ("Acme", "ACME Ltd", "Bolt", "Cask")
CALLED = {"Acme": "Acme Group", "ACME Ltd": "Acme Group", "Acme Group": "Acme Group"}
"""The same table by the names that occur."""


def random_case(chance: random.Random, number: int) -> dict[str, Value]:
    """The facts of a case, each of them stated or not."""

    def some(*values: Any) -> Any:
        return chance.choice(values)

    facts: dict[str, Value] = {
        "officer": some("Ann", "Ben"),
        "form": some("contract", "contract", "alliance"),
        "worth": some(1, 2, 3, Fraction(1, 2)),
        "ends": some(dt.date(2027, 3, 31), dt.date(2027, 1, 1), dt.date(2028, 6, 30), NONE),
        "safe": some(True, False),
        "critical": some(True, False),
        "distressed": [name for name in NAMES if chance.random() < 0.2],
        "parties": [random_party(chance) for _ in range(chance.randrange(3))],
    }
    known = {name: value for name, value in facts.items() if chance.random() < 0.8}
    stage = some("new", "established", "established", "exiting")
    return {"id": f"P{number}", "title": f"Partnership {number}", "stage": stage, **known}


def random_party(chance: random.Random) -> dict[str, Value]:
    party: dict[str, Value] = {"name": chance.choice(NAMES), "delivers": chance.random() < 0.7}
    known = {name: value for name, value in party.items() if chance.random() < 0.85}
    if chance.random() < 0.2:
        known["group"] = chance.choice(("Bolt and Cask", "Acme Group"))
    return known


def random_portfolio(seed: int) -> list[dict[str, Value]]:
    """A few cases; the same for the same seed."""
    chance = random.Random(seed)
    return [random_case(chance, number) for number in range(chance.randrange(8))]


def by_engine(checker: Checker, cases: list[dict[str, Value]]) -> list[Said]:
    """What the engine says of every group, in the shape of the oracle."""
    loaded = [
        load_case(checker.strategy.model, data=case_text(facts).encode(), name="case.json")
        for facts in cases
    ]
    pairs = [(case, checker.assess(case, TODAY)) for case in loaded]
    reader, members = members_of(checker, pairs, TABLE)
    return [
        Said(
            one.rule.id,
            one.scene.group,
            None if one.member is None else one.member.case.id,
            one.outcome.value,
            one.said.moot,
            one.said.severity,
            one.said.severity_least,
            one.said.unmet,
        )
        for rule in reader.rules
        for one in judgements(GroupCodes.of(rule, checker.strategy, checker.names), members, TODAY)
    ]
