"""The rules over the portfolio: engine and oracle agree, and the law holds."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accordance.check.checker import Checker
from accordance.facts.reading import load_case
from accordance.facts.stating import stated_facts
from accordance.feel.values import Value
from accordance.portfolio.evaluating import members_of
from accordance.portfolio.judging import GroupCodes, judgements
from accordance.portfolio.providers import load_table
from accordance.strategy.reading import load_strategy
from tests.laws.scale import FACTOR, SEED
from tests.portfolio import oracle
from tests.portfolio.oracle import Said
from tests.portfolio.random_portfolios import (
    CALLED,
    SMALL,
    TODAY,
    by_engine,
    random_case,
    random_exceptions,
    random_portfolio,
)

ROOT = Path(__file__).parents[2]
TIMES = 300 * max(FACTOR, 1)
START = SEED if FACTOR else 0
DEFINITE = ("compliant", "non_compliant", "not_applicable", "accepted_exception")


@pytest.fixture(scope="module")
def small() -> Iterator[Checker]:
    checker = Checker(load_strategy(str(SMALL), cache=False))
    yield checker
    checker.close()


def test_engine_and_oracle_agree(small: Checker) -> None:
    met: set[tuple[str, str]] = set()
    for seed in range(START, START + TIMES):
        cases, exceptions = random_portfolio(seed), random_exceptions(seed)
        told = oracle.judge(small.strategy, cases, TODAY, CALLED, exceptions)
        assert by_engine(small, cases, exceptions) == told, f"seed {seed}"
        met |= {(said.rule, said.outcome) for said in told}
    rules = [rule.id for rule in small.strategy.portfolio]
    outcomes = ("compliant", "non_compliant", "insufficient_evidence")
    assert {(rule, outcome) for rule in rules for outcome in outcomes} <= met
    assert len([rule for rule in rules if (rule, "accepted_exception") in met]) >= 5


def test_what_is_definite_stays_so_as_more_is_known(small: Checker) -> None:
    """Facts are added to cases; what was said definitely of a group is said of it still."""
    for seed in range(START, START + TIMES):
        chance = random.Random(seed)
        cases = random_portfolio(seed)
        whole = [{**random_case(chance, number), **case} for number, case in enumerate(cases)]
        for number, case in enumerate(whole):
            case["id"], case["title"] = cases[number]["id"], cases[number]["title"]
            if "parties" not in cases[number]:
                # Under which group a name goes is fixed: it is what the table of aliases says.
                for party in case.get("parties", []):
                    party.pop("group", None)
        exceptions = random_exceptions(seed)
        before = by_engine(small, cases, exceptions)
        after = by_engine(small, whole, exceptions)
        assert faults(before, after) == [], f"seed {seed}"


def faults(before: list[Said], after: list[Said]) -> list[tuple[Said, Said | None]]:
    """What was said definitely and is not said any more. A group that nobody had named may turn
    out to be any other, and a group that was only possible may turn out not to be there."""
    found: list[tuple[Said, Said | None]] = []
    later = {(said.rule, said.group, said.case): said for said in after}
    for said in before:
        now = later.get((said.rule, said.group, said.case))
        if said.outcome not in DEFINITE:
            continue
        if now is None:
            if said.outcome in ("non_compliant", "accepted_exception"):
                found.append((said, now))
        elif now.outcome != said.outcome:
            found.append((said, now))
    known = {(said.rule, said.group, said.case) for said in before}
    for said in after:
        if (said.rule, said.group, said.case) in known or said.group is None:
            continue
        # A group that nobody had named before: what was said of the one without a name holds.
        unnamed = next(
            (
                one
                for one in before
                if (one.rule, one.group, one.case) == (said.rule, None, said.case)
            ),
            None,
        )
        if unnamed is None or (unnamed.outcome in DEFINITE and unnamed.outcome != said.outcome):
            found.append((said, unnamed))
    return found


def test_the_portfolio_of_northbridge_as_the_oracle_has_it() -> None:
    strategy = load_strategy(str(ROOT / "strategy_rules" / "public_body"))
    checker = Checker(strategy)
    folder = ROOT / "cases" / "portfolio"
    table = load_table(str(folder / "aliases.yaml"))
    loaded = [
        load_case(strategy.model, path=str(path)) for path in sorted(folder.glob("*.facts.yaml"))
    ]
    for gone in ("", "lead_officer", "value.annual", "parties", "forms", "service.critical"):
        cases = [without(stated_facts(case), gone) for case in loaded[:: 1 if not gone else 2]]
        cases += [] if not gone else [stated_facts(case) for case in loaded[1::2]]
        told = oracle.judge(strategy, cases, DAY, by_name(table, cases))
        assert by_shipped(checker, cases, table) == told, gone
        assert {said.rule for said in told} == {rule.id for rule in strategy.portfolio}
    checker.close()


DAY = TODAY.replace(month=12, day=31)


def without(facts: dict[str, Value], path: str) -> dict[str, Value]:
    head, _, rest = path.partition(".")
    if not rest:
        return {name: value for name, value in facts.items() if name != head}
    return {**facts, head: without(facts.get(head, {}), rest)}


def by_name(table: dict[str, str], cases: list[dict[str, Value]]) -> dict[str, str]:
    """The table by the names that occur."""
    names = {
        party[key]
        for case in cases
        for party in case.get("parties", [])
        for key in ("name", "group")
        if isinstance(party.get(key), str)
    }
    folded = {name: " ".join(name.casefold().split()) for name in names}
    return {name: table[key] for name, key in folded.items() if key in table}


def by_shipped(
    checker: Checker, cases: list[dict[str, Value]], table: dict[str, str]
) -> list[Said]:
    from tests.generating.writing import case_text

    loaded = [
        load_case(checker.strategy.model, data=case_text(facts).encode(), name="case.json")
        for facts in cases
    ]
    pairs = [(case, checker.assess(case, DAY)) for case in loaded]
    reader, members = members_of(checker, pairs, table)
    found: list[Any] = []
    for rule in reader.rules:
        codes = GroupCodes.of(rule, checker.strategy, checker.names)
        for one in judgements(codes, members, DAY):
            case = None if one.member is None else one.member.case.id
            said = one.said
            found.append(
                Said(
                    rule.id,
                    one.scene.group,
                    case,
                    said.outcome.value,
                    said.moot,
                    said.severity,
                    said.severity_least,
                    said.unmet,
                )
            )
    return found
