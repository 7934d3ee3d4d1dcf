from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from accordance.check.checker import Checker
from accordance.feel.values import Months
from accordance.problem import Refused
from accordance.strategy.cases import read_rule_cases
from accordance.strategy.portfolio_cases import read_portfolio_cases
from accordance.strategy.reading import load_strategy
from accordance.workbench.mutation.bench import Bench
from accordance.workbench.mutation.changes import Change, Edit, Spot
from accordance.workbench.mutation.mutating import run_changes
from accordance.workbench.mutation.variants import Kind
from tests.workbench.tried import CASES, PARAMETERS, RULE, tried


def test_what_no_case_notices_is_told_as_its_owner_reads_it(tmp_path: Path) -> None:
    small = tried(
        tmp_path,
        """\
        rules:
          TT-01:
            title: Few people need no plan
            stages: [established]
            require:
              - people <= 12 or plan
            severity: high
            finding: "{title} has {people} people and no plan."
            because: Many people need a plan.
        """,
        """\
        base: {stage: established, as_of: 2026-01-31, plan: false}
        cases:
        - rule: TT-01
          name: thirteen
          given: {people: 13}
          expect: non_compliant
          severity: high
          gate: false
        - {rule: TT-01, name: five, given: {people: 5}, expect: compliant}
        - {rule: TT-01, name: a plan, given: {people: 13, plan: true}, expect: compliant}
        - {rule: TT-01, name: a proposal, given: {stage: new, people: 13}, expect: not_applicable}
        - rule: TT-01
          name: a renewal
          given: {stage: renewing, people: 13}
          expect: not_applicable
        - {rule: TT-01, name: the end, given: {stage: exiting, people: 13}, expect: not_applicable}
        """,
    )
    outcome = run_changes(small.bench, small.folder, small.strategy.rules)
    assert outcome["unnoticed"] == [
        {
            "kind": "boundary",
            "rules": ["TT-01"],
            "in": "TT-01",
            "what": "the requirement",
            "before": "people <= 12",
            "after": "people < 12",
            "source": f"{small.folder}/rules/theme.yaml",
            "line": 7,
            "column": 9,
            "cases": 6,
            "says": "in the requirement, `people <= 12` became `people < 12`",
            "advice": "write a case in which both sides of `people <= 12` are equal",
            "solver": None,
        }
    ]
    assert (outcome["changes"], outcome["noticed"], outcome["score"]) == (13, 12, 0.9231)
    assert outcome["kinds"] == [
        {"kind": "threshold", "changes": 1, "noticed": 1},
        {"kind": "boundary", "changes": 1, "noticed": 0},
        {"kind": "operator", "changes": 1, "noticed": 1},
        {"kind": "connective", "changes": 1, "noticed": 1},
        {"kind": "negation", "changes": 1, "noticed": 1},
        {"kind": "part", "changes": 2, "noticed": 2},
        {"kind": "stage", "changes": 3, "noticed": 3},
        {"kind": "severity", "changes": 2, "noticed": 2},
        {"kind": "gate", "changes": 1, "noticed": 1},
    ]
    assert outcome["rules"] == [{"rule": "TT-01", "cases": 6, "changes": 13, "noticed": 12}]
    assert run_changes(small.bench, small.folder, small.strategy.rules) == outcome


def parameter(name: str, before: str, after: Months) -> Change:
    return Change(
        Kind.THRESHOLD,
        Spot(name, "value"),
        f"the parameter `{name}`",
        before,
        str(after),
        Edit(parameters={name: after}),
        ("TT-01",),
    )


@pytest.mark.parametrize("months", [0, 24, 35, 37])
def test_a_case_on_the_boundary_notices_every_other_value(tmp_path: Path, months: int) -> None:
    small = tried(tmp_path, RULE, CASES, PARAMETERS)
    change = parameter("review_age_max", "P36M", Months(months))
    case = small.bench.noticed_by(change)
    assert case is not None
    assert case.name == ("three years ago to the day" if months < 36 else "a day earlier")


def test_without_the_boundary_case_nobody_notices_that_36_became_24(tmp_path: Path) -> None:
    inside = CASES.replace("2023-01-31", "2025-01-31")
    small = tried(tmp_path, RULE, inside, PARAMETERS)
    assert small.bench.noticed_by(parameter("review_age_max", "P36M", Months(24))) is None
    unnoticed = run_changes(small.bench, small.folder, small.strategy.rules)["unnoticed"]
    assert [one["says"] for one in unnoticed if one["kind"] == "threshold"] == [
        "the parameter `review_age_max` became `P35M` instead of `P36M`"
    ]
    (one,) = (one for one in unnoticed if one["kind"] == "threshold")
    assert (one["line"], one["rules"]) == (
        next(
            number
            for number, line in enumerate(
                (tmp_path / "strategy.yaml").read_text().splitlines(), start=1
            )
            if "value: P36M" in line
        ),
        ["TT-01"],
    )


def test_a_case_that_only_reads_the_message_notices_too(tmp_path: Path) -> None:
    rule = (
        RULE.replace(
            "finding:", 'finding: "{title}: {unmet}; {review_age_max} is the limit."\n    x:'
        ).split("    x:")[0]
        + "    because: Things change.\n"
    )
    cases = """\
    base: {stage: established, as_of: 2026-01-31}
    cases:
    - rule: TT-01
      name: never
      given: {reviewed_on: 2000-01-31}
      expect: non_compliant
      message: 36 months
    """
    small = tried(tmp_path, rule, cases, PARAMETERS)
    assert small.bench.noticed_by(parameter("review_age_max", "P36M", Months(35))) is not None


def test_nothing_is_learnt_from_cases_that_fail(tmp_path: Path) -> None:
    small = tried(tmp_path, RULE, CASES.replace("non_compliant", "compliant"), PARAMETERS)
    with pytest.raises(Refused, match="the case `a day earlier` of TT-01 fails as the rules stand"):
        run_changes(small.bench, small.folder, small.strategy.rules)


def test_a_rule_without_cases_notices_nothing(tmp_path: Path) -> None:
    small = tried(tmp_path, RULE, "cases: []", PARAMETERS)
    outcome = run_changes(small.bench, small.folder, small.strategy.rules)
    assert (outcome["noticed"], outcome["score"]) == (0, 0)
    assert {one["cases"] for one in outcome["unnoticed"]} == {0}


@pytest.fixture(scope="module")
def shipped() -> Bench:
    strategy = load_strategy()
    portfolios = read_portfolio_cases(None, strategy)
    return Bench(Checker(strategy), read_rule_cases(None, strategy), portfolios)


def test_reviews_every_24_months_in_place_of_36_are_noticed(shipped: Bench) -> None:
    change = replace(parameter("review_max_age", "P36M", Months(24)), rules=("REV-01",))
    case = shipped.noticed_by(change)
    assert case is not None
    assert case.name == "reviewed three years ago to the day"


def test_the_cases_of_the_strategy_that_is_shipped_notice_nearly_all(shipped: Bench) -> None:
    strategy = shipped.strategy
    outcome = run_changes(shipped, None, [*strategy.rules, *strategy.portfolio])
    assert outcome["changes"] > 3000
    assert outcome["score"] >= 0.95
    # No rule is left to chance, even where the whole does well.
    poor = [one["rule"] for one in outcome["rules"] if one["noticed"] < 0.6 * one["changes"]]
    assert poor == []
