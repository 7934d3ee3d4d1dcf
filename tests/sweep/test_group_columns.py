"""The rules over the portfolio told from columns say what `check` and the oracle say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from accordance.check.checker import Checker
from accordance.facts.reading import load_case
from accordance.feel.values import Value
from accordance.strategy.reading import load_strategy
from accordance.sweep.features import Features, schema
from accordance.sweep.group_columns import GroupColumns, columns_read
from accordance.sweep.singly import RowWriter
from tests.generating.writing import case_text
from tests.laws.scale import FACTOR, SEED
from tests.portfolio.oracle import Said
from tests.portfolio.random_portfolios import (
    SMALL,
    TODAY,
    by_engine,
    kept,
    random_exceptions,
    random_portfolio,
)

LISTED = ("non_compliant", "insufficient_evidence", "accepted_exception")
TIMES = 25 * max(FACTOR, 1)
START = SEED if FACTOR else 1_000


@pytest.fixture(scope="module")
def small() -> Iterator[Checker]:
    checker = Checker(load_strategy(str(SMALL), cache=False))
    yield checker
    checker.close()


def by_columns(
    checker: Checker,
    features: Features,
    cases: list[dict[str, Value]],
    exceptions: list[dict[str, Value]],
) -> tuple[dict[str, Counter[str]], list[Said]]:
    """Of how many groups each rule says what, and its findings in the shape of the oracle."""
    import pyarrow as pa

    reader = features.reader(checker)
    rows: list[dict[str, Any]] = []
    for number, facts in enumerate(cases):
        case = load_case(checker.strategy.model, data=case_text(facts).encode(), name="case.json")
        assessment = checker.assess(case, TODAY)
        row = RowWriter(checker.plan).row(case, assessment, number)
        rows.append(row | reader.of(case, assessment))
    names = columns_read(features, checker)
    numbers = [(name, pa.string() if name in ("id", "title") else pa.int64()) for name in names]
    whole = pa.schema([*numbers, *schema(features.columns)])
    table = pa.Table.from_pylist([{name: row[name] for name in whole.names} for row in rows], whole)
    columns = GroupColumns(features, checker, TODAY, kept(exceptions), table)
    try:
        answers = columns.answers()
    finally:
        columns.close()
    indices = {
        rule.id: {
            one.unmet or f"it does not hold that {one.text}": at
            for at, one in enumerate(rule.require)
        }
        for rule in checker.strategy.portfolio
    }
    found = [
        Said(
            one["rule"],
            one["group"],
            one["case"],
            one["outcome"],
            one["moot"],
            one["severity"],
            one["severity_least"],
            tuple(indices[one["rule"]].get(text, -1) for text in one["unmet"]),
        )
        for one in answers.results
    ]
    for one in answers.results:
        assert one["cases"] or one["outcome"] != "non_compliant"
    return {one["rule"]: +Counter(one["groups"]) for one in answers.entries}, found


def test_columns_and_engine_agree(small: Checker) -> None:
    features = Features(small.strategy)
    # One rule is of no form that adds up; `check` tells it.
    assert [rule.id for rule in features.others] == ["PP-03"]
    told_of = set(features.rules)
    findings = 0
    for seed in range(START, START + TIMES):
        cases, exceptions = random_portfolio(seed), random_exceptions(seed)
        told = [one for one in by_engine(small, cases, exceptions) if one.rule in told_of]
        counts = {rule: Counter[str]() for rule in told_of}
        for one in told:
            counts[one.rule]["moot" if one.moot else one.outcome] += 1
        found = [
            one for one in told if (one.outcome in LISTED and not one.moot) or one.rule == "PP-07"
        ]
        told_counts, told_found = by_columns(small, features, cases, exceptions)
        assert told_counts == counts, f"seed {seed}"
        assert [one[:-1] for one in map(as_row, told_found)] == [
            one[:-1] for one in map(as_row, found)
        ], f"seed {seed}"
        findings += len(found)
    assert findings > TIMES


def as_row(said: Said) -> tuple[Any, ...]:
    return (
        said.rule,
        said.group,
        said.case,
        said.outcome,
        said.moot,
        said.severity,
        said.severity_least,
        said.unmet,
    )
