"""Small changes of rules over the portfolio, tried on small portfolios; what these have seen."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from accordance.check.checker import Checker
from accordance.problem import Refused
from accordance.strategy.portfolio_cases import read_portfolio_cases
from accordance.strategy.reading import load_strategy
from accordance.workbench.mutation.bench import Bench
from accordance.workbench.mutation.mutating import run_changes
from accordance.workbench.parts_seen import parts_seen
from tests.portfolio.random_portfolios import SMALL

RULES = """\
portfolio:
  PP-01:
    title: No officer leads too many
    of: form = "contract"
    group_by: officer
    figures: {led: count(cases)}
    when: led > 1
    require:
      - is: led <= most_led
        unmet: "{led} are led"
      - every c in cases satisfies not(c.risky)
    severity: low
    severity_when: {high: "count(cases[critical]) > 1"}
    finding: "{group}: {unmet}."
    because: It is a test.
  PP-02:
    title: Not all end at once
    group_by: ends
    by: quarter
    require: [count(cases) < 2]
    severity: medium
    finding: "{group}: {unmet}."
    because: It is a test.
"""
CASES = """\
base: {stage: established, as_of: 2026-06-30, officer: Ann, form: contract, safe: true, critical: false, ends: 2027-03-31}
portfolio:
- {rule: PP-01, name: two, given: [{}, {}], group: Ann, expect: compliant}
- {rule: PP-01, name: three, given: [{}, {}, {}], group: Ann, expect: non_compliant, severity: low, unmet: 3 are led}
- {rule: PP-01, name: one, given: [{critical: true, safe: false}], group: Ann, expect: not_applicable}
- {rule: PP-01, name: one of them in another form, given: [{}, {}, {form: alliance}], group: Ann, expect: compliant}
- {rule: PP-01, name: one critical and risky, given: [{}, {critical: true, safe: false}], group: Ann, expect: non_compliant, severity: low}
- {rule: PP-01, name: not known whether it is safe, given: [{}, {critical: true, safe: }], group: Ann, expect: insufficient_evidence}
- {rule: PP-01, name: safe but not critical, given: [{}, {safe: false}], group: Ann, expect: compliant}
- {rule: PP-02, name: one, given: [{}], group: 2027 Q1, expect: compliant, severity: medium}
- {rule: PP-02, name: another quarter, given: [{}, {ends: 2027-06-30}], group: 2027 Q1, expect: compliant}
- {rule: PP-02, name: both ends of a quarter, given: [{}, {ends: 2027-01-01}], group: 2027 Q1, expect: non_compliant, severity: medium}
"""  # noqa: E501
NEED = """\
- {rule: PP-01, name: two critical, given: [{}, {critical: true}, {critical: true}], group: Ann, expect: non_compliant, severity: high}
"""  # noqa: E501


def bench(folder: Path, cases: str = CASES) -> Bench:
    shutil.copytree(SMALL, folder, dirs_exist_ok=True)
    header = (
        (folder / "strategy.yaml").read_text().replace("most_led: {value: 1", "most_led: {value: 2")
    )
    (folder / "strategy.yaml").write_text(header)
    (folder / "rules" / "portfolio.yaml").write_text(RULES)
    (folder / "tests").mkdir()
    (folder / "tests" / "portfolio.yaml").write_text(cases)
    strategy = load_strategy(str(folder), cache=False)
    return Bench(Checker(strategy), (), read_portfolio_cases(str(folder), strategy))


def test_what_no_portfolio_notices(tmp_path: Path) -> None:
    made = bench(tmp_path)
    outcome = run_changes(made, str(tmp_path), made.strategy.portfolio)
    assert [one["says"] for one in outcome["unnoticed"]] == [
        "in `severity_when` high, `count(cases[critical]) > 1` became `count(cases[critical]) > 2`",
        "`severity_when` high, `count(cases[critical]) > 1`, was dropped",
        "`severity_when` high became `critical` instead of `high`",
        "`severity_when` high became `medium` instead of `high`",
    ]
    first = outcome["unnoticed"][0]
    place = f"{tmp_path}/rules/portfolio.yaml"
    assert (first["rules"], first["cases"], first["source"]) == (["PP-01"], 7, place)
    assert (first["line"], first["column"]) == (13, 27)
    assert {one["rule"]: one["cases"] for one in outcome["rules"]} == {"PP-01": 7, "PP-02": 3}
    assert {one["kind"]: one["noticed"] for one in outcome["kinds"]}["grouping"] == 2


def test_the_portfolio_that_is_missing_notices_the_rest(tmp_path: Path) -> None:
    made = bench(tmp_path, CASES + NEED)
    outcome = run_changes(made, str(tmp_path), made.strategy.portfolio)
    assert (outcome["unnoticed"], outcome["score"]) == ([], 1.0)


def test_definitions_and_parameters_are_changed_for_them_too(tmp_path: Path) -> None:
    made = bench(tmp_path)
    outcome = run_changes(made, str(tmp_path), made.strategy.portfolio[:1])
    noticed = outcome["changes"] - len(outcome["unnoticed"])
    assert noticed == outcome["noticed"]
    owners = {one["in"] for one in outcome["unnoticed"]}
    assert owners == {"PP-01"}
    lax = CASES.replace("given: [{}, {}, {}], group: Ann", "given: [{}, {}, {}, {}], group: Ann")
    lax = lax.replace("3 are led", "4 are led")
    outcome = run_changes(
        bench(tmp_path / "lax", lax), str(tmp_path / "lax"), made.strategy.portfolio
    )
    assert "the parameter `most_led` became `3` instead of `2`" in [
        one["says"] for one in outcome["unnoticed"]
    ]


def test_nothing_is_learnt_from_portfolios_that_fail(tmp_path: Path) -> None:
    made = bench(tmp_path, CASES.replace("name: two, given: [{}, {}]", "name: two, given: [{}]"))
    with pytest.raises(Refused, match="the case `two` of PP-01 fails as the rules stand"):
        run_changes(made, str(tmp_path), made.strategy.portfolio)


def test_what_the_portfolios_have_seen(tmp_path: Path) -> None:
    made = bench(tmp_path)
    outcome = parts_seen(made, str(tmp_path), made.strategy.portfolio[:1])
    [rule] = outcome["rules"]
    assert (rule["rule"], rule["cases"]) == ("PP-01", 7)
    assert [(one["part"], *one["seen"].values()) for one in rule["parts"]] == [
        # each partnership of each portfolio
        ("of", 14, 1, 0),
        # the group that is asked about
        ("when", 6, 1, 0),
        # where the rule applies
        ("requirement 1", 5, 1, 0),
        ("requirement 2", 4, 1, 1),
        # where there is a breach
        ("severity_when high", 0, 2, 0),
    ]
    [risky] = outcome["definitions"]
    assert (risky["definition"], risky["cases"]) == ("risky", 7)
    assert tuple(risky["parts"][0]["seen"].values()) == (2, 12, 1)
