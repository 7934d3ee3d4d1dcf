"""What results rest on and miss, in columns, is what the checker collects record by record."""

from __future__ import annotations

import random
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accordance.check.checker import Checker
from accordance.check.judging import static_path
from accordance.facts.case import Case
from accordance.facts.reading import load_case
from accordance.plan.outcome import Kind
from accordance.plan.planning import plan
from accordance.problem import Refused
from accordance.strategy.model import PARTNERSHIP, Strategy
from accordance.strategy.reading import load_strategy
from accordance.sweep import answers
from accordance.sweep.carriers import Group, Known, Listed, holds
from accordance.sweep.dialects import DuckDB
from accordance.sweep.evidence import evidence_lists
from accordance.sweep.items import Unrolled
from accordance.sweep.late import LATE, Paths
from accordance.sweep.relational import Relation
from tests.generating.facts import TODAY
from tests.generating.writing import case_text
from tests.laws.scale import FACTOR, SEED
from tests.laws.trials import trial
from tests.sweep.relation import Facts, stated

CASES = Path(__file__).parents[2] / "cases"
START = SEED if FACTOR else 0
STRATEGIES = 6 * max(FACTOR, 1)

Found = dict[tuple[str, str], tuple[set[str], set[str]]]
"""For each rule and field: the paths, and those of which columns cannot say it."""


@pytest.fixture(autouse=True)
def libraries_may_warn() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class Grounds(Facts):
    """What results rest on and miss, for the rules of a strategy that are asked about."""

    def __init__(self, strategy: Strategy, today: Any, wanted: set[str] | None = None) -> None:
        super().__init__(strategy)
        relation = Relation(plan(strategy), today)
        rules = [rule for rule in relation.plan.rules if rule.rule.about == PARTNERSHIP]
        table = relation.start("facts", DuckDB(), rules)
        lists = evidence_lists(relation, table, rules)
        columns = {answers.ROW: table[answers.ROW]}
        results = lists["results"]
        assert isinstance(results, Listed) and isinstance(results.items, Unrolled)
        for item in results.items.items:
            assert isinstance(item.value, Group)
            rule = item.value.field("rule")
            assert isinstance(rule, Known)
            if wanted is not None and rule.value not in wanted:
                continue
            for field in LATE:
                listed = item.value.field(field)
                assert isinstance(listed, Listed) and isinstance(listed.items, Paths)
                for name in listed.items.names:
                    key = f"{rule.value} {field} {name}"
                    here = holds(item.presence) & holds(listed.items.presence(name))
                    columns[key] = columns[key] | here if key in columns else here
        relation.stages.keep(columns)
        self.sql = relation.stages.sql()

    def found(self, cases: list[dict[str, Any]]) -> list[Found]:
        made: list[Found] = []
        for row in self.answers(self.sql, cases):
            found: Found = {}
            for key, given in row.items():
                if key == answers.ROW:
                    continue
                rule, field, path = key.split(" ")
                there, doubtful = found.setdefault((rule, field), (set(), set()))
                if given is None:
                    doubtful.add(path)
                elif given:
                    there.add(path)
            made.append(found)
        return made


def collected(checker: Checker, case: Case, today: Any) -> dict[tuple[str, str], set[str]]:
    """The same as the checker has it; breaches that may be accepted are left out."""
    assessment = checker.assess(case, today)
    found: dict[tuple[str, str], set[str]] = {}
    for judgement in assessment.judgements:
        if judgement.rule.about != PARTNERSHIP or judgement.acceptance_needs:
            continue
        evidence = assessment.evidence(judgement)
        missing = evidence.missing if judgement.kind is Kind.GAP else ()
        found[judgement.rule.id, "rests_on"] = set(map(static_path, evidence.facts))
        found[judgement.rule.id, "missing"] = set(map(static_path, missing))
    return found


def compared(
    strategy: Strategy, cases: list[Case], today: Any, wanted: set[str] | None = None
) -> tuple[int, int]:
    """How many lists were compared, and how many of them columns leave in doubt."""
    grounds, checker = Grounds(strategy, today, wanted), Checker(strategy)
    lists = doubts = 0
    try:
        by_columns = grounds.found([stated(case) for case in cases])
        for case, columns in zip(cases, by_columns, strict=True):
            for key, paths in collected(checker, case, today).items():
                if wanted is not None and key[0] not in wanted:
                    continue
                there, doubtful = columns.get(key, (set(), set()))
                assert there <= paths <= there | doubtful, (key, case.facts)
                lists, doubts = lists + 1, doubts + bool(doubtful)
    finally:
        grounds.close()
        checker.close()
    return lists, doubts


def test_random_strategies() -> None:
    lists = doubts = 0
    for number in range(STRATEGIES):
        made = trial(random.Random(f"{START}/{number}").randrange, derived=number % 3 == 0)
        model = made.strategy.model
        given = [facts for facts in made.cases if not facts.get("as_of", TODAY) > TODAY]
        cases = [
            load_case(model, data=case_text(facts).encode(), name="case.json") for facts in given
        ]
        try:
            more, unsaid = compared(made.strategy, cases, TODAY)
        except Refused:
            continue
        lists, doubts = lists + more, doubts + unsaid
    assert lists > 20 * STRATEGIES
    assert doubts < 0.1 * lists


def test_the_shipped_strategy() -> None:
    strategy = load_strategy(None)
    files = sorted(CASES.rglob("*.facts.yaml"))
    cases = [load_case(strategy.model, str(path)) for path in files]
    today = max(case.as_of for case in cases if case.as_of is not None)
    wanted = {"REG-01", "SEL-03", "EXT-01"}
    lists, doubts = compared(strategy, cases, today, wanted)
    assert lists > 400 and doubts == 0
