"""Random portfolios of the small strategy, few cases of few facts each."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from accordance.check.checker import Checker
from accordance.facts.reading import load_case
from accordance.feel.values import NONE, Value
from accordance.portfolio.body_files import BodyFiles
from accordance.portfolio.evaluating import members_of
from accordance.portfolio.exceptions import Accepting
from accordance.portfolio.judging import GroupCodes, judgements
from accordance.problem import Place
from accordance.strategy.portfolio_exceptions import GroupException
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
        "lead_officer": some("Ann", "Cid", "Cid", NONE),
        "form": some("contract", "contract", "alliance"),
        "worth": some(1, 2, 3, Fraction(1, 2)),
        "ends": some(dt.date(2027, 3, 31), dt.date(2027, 1, 1), dt.date(2028, 6, 30), NONE),
        "safe": some(True, False),
        "critical": some(True, False),
        "distressed": [name for name in NAMES if chance.random() < 0.2],
        "parties": [random_party(chance) for _ in range(chance.randrange(3))],
    }
    known = {name: value for name, value in facts.items() if chance.random() < 0.87}
    stage = some("new", "established", "established", "exiting")
    return {"id": f"P{number}", "title": f"Partnership {number}", "stage": stage, **known}


def random_party(chance: random.Random) -> dict[str, Value]:
    party: dict[str, Value] = {"name": chance.choice(NAMES), "delivers": chance.random() < 0.7}
    known = {name: value for name, value in party.items() if chance.random() < 0.9}
    if chance.random() < 0.2:
        known["group"] = chance.choice(("Bolt and Cask", "Acme Group"))
    return known


def random_portfolio(seed: int) -> list[dict[str, Value]]:
    """A few cases; the same for the same seed."""
    chance = random.Random(seed)
    return [random_case(chance, number) for number in range(chance.randrange(8))]


def random_exceptions(seed: int) -> list[dict[str, Value]]:
    """Exceptions to the rules of the small strategy; the same for the same seed."""
    chance = random.Random(-seed - 1)
    return [random_exception(chance) for _ in range(chance.randrange(30))]


def random_exception(chance: random.Random) -> dict[str, Value]:
    about = chance.choice(
        (
            {"rule": "PP-01", "group": chance.choice(("Ann", "Ben"))},
            {"rule": "PP-02", "group": chance.choice(("Acme", "Acme Group"))},
            {"rule": "PP-02", "group": "ACME Ltd"},
            {"rule": "PP-02", "group": chance.choice(("Bolt", "Cask"))},
            {"rule": "PP-03"},
            {"rule": "PP-04", "group": chance.choice(("2027 Q1", "2028 Q2"))},
            {"rule": "PP-05", "group": chance.choice((*NAMES, "Acme Group"))},
            {
                "rule": "PP-06",
                "group": chance.choice(("contract", "alliance")),
                "case": f"P{chance.randrange(6)}",
            },
            {"rule": "PP-07"},
            {"rule": "PP-99"},
        )
    )
    approved = chance.choice((dt.date(2026, 1, 31), dt.date(2026, 6, 30), dt.date(2026, 7, 1)))
    lasts = chance.choice((0, 150, 150, 180, 360))
    return {
        **about,
        "reason": "It is a test",
        "approver": chance.choice(("Ann", "Ben", "Board", "board", "Board", "Board")),
        "approved_on": approved,
        "expires": approved + dt.timedelta(days=lasts),
    }


def kept(exceptions: Sequence[Mapping[str, Value]]) -> BodyFiles:
    """What the body of the random portfolios keeps: the table, and these exceptions."""
    entries = (
        GroupException(item, Place("exceptions.yaml", number))
        for number, item in enumerate(exceptions, 1)
    )
    return BodyFiles(TABLE, tuple(entries))


def by_engine(
    checker: Checker,
    cases: list[dict[str, Value]],
    exceptions: Sequence[Mapping[str, Value]] = (),
) -> list[Said]:
    """What the engine says of every group, in the shape of the oracle."""
    loaded = [
        load_case(checker.strategy.model, data=case_text(facts).encode(), name="case.json")
        for facts in cases
    ]
    pairs = [(case, checker.assess(case, TODAY)) for case in loaded]
    reader, members = members_of(checker, pairs, TABLE)
    granted = kept(exceptions).exceptions
    accepting = Accepting(granted, checker.strategy, reader.providers, TODAY)
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
        for one in judgements(
            GroupCodes.of(rule, checker.strategy, checker.names), members, TODAY, accepting
        )
    ]
