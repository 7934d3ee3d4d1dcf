"""What an answer says beyond its findings."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from accordance.check.annex import good_practice
from accordance.check.checker import Checker
from accordance.facts.reading import load_case
from accordance.facts.setting import with_set
from accordance.plan.polarity import favourable_values
from accordance.strategy.reading import load_strategy

CASES = Path(__file__).parents[2] / "cases"
Json = dict[str, Any]


@cache
def checker() -> Checker:
    return Checker(load_strategy(None))


def answer(name: str, *settings: str) -> Json:
    case = load_case(checker().strategy.model, path=str(CASES / f"{name}.facts.yaml"))
    return checker().check(with_set(case, settings)).to_json()


def result(rule: str, outcome: str, *facts: str, theme: str = "Exit", moot: bool = False) -> Json:
    kind = {"non_compliant": "breach", "insufficient_evidence": "gap"}.get(outcome)
    return {
        "rule": rule,
        "title": f"Title of {rule}",
        "theme": theme,
        "outcome": outcome,
        "kind": None if moot else kind,
        "moot": moot,
        "rests_on": list(facts),
    }


def entry(fact: str, verified_by: str = "internal_audit", value: Any = "text") -> Json:
    return {
        "fact": fact,
        "title": fact,
        "value": value,
        "unit": None,
        "reference": f"Report on {fact}",
        "verified_by": verified_by,
        "note": None,
        "independent": verified_by in ("internal_audit", "external_audit", "other_independent"),
    }


@pytest.mark.parametrize(
    ("results", "themes"),
    [
        ([result("A", "compliant"), result("B", "not_applicable")], [["A"]]),
        ([result("A", "compliant"), result("B", "insufficient_evidence", moot=True)], [["A"]]),
        ([result("A", "compliant"), result("B", "insufficient_evidence")], []),
        ([result("A", "compliant"), result("B", "non_compliant")], []),
        ([result("A", "compliant"), result("B", "accepted_exception")], []),
        ([result("A", "compliant"), result("B", "withheld")], []),
        ([result("A", "not_applicable")], []),
        ([], []),
    ],
)
def test_a_theme_is_good_where_every_rule_that_applies_is_met(
    results: list[Json], themes: list[list[str]]
) -> None:
    class Unasked:
        pass

    found = good_practice(Unasked(), results, [])  # type: ignore[arg-type]
    assert [one["rules"] for one in found["themes"]] == themes
    assert found["rules"] == found["facts"] == []


@pytest.mark.parametrize(
    ("fact", "verified_by", "counts"),
    [
        ("exit_plan.exists", "internal_audit", True),
        ("exit_plan.exists", "external_audit", True),
        ("exit_plan.exists", "other_independent", True),
        ("exit_plan.exists", "lead_officer", False),
        ("exit_plan.exists", "partner", False),
        ("exit_plan.exists", "nobody", False),
        ("exit_plan", "internal_audit", True),
        ("exit_plan.exist", "internal_audit", False),
        ("exit_plan.exists.more", "internal_audit", False),
    ],
)
def test_what_is_verified(fact: str, verified_by: str, counts: bool) -> None:
    results = [result("A", "compliant", "exit_plan.exists")]
    found = good_practice(
        type("Answer", (), {"checker": checker()})(), results, [entry(fact, verified_by)]
    )
    assert bool(found["themes"][0]["verified"]) is counts
    assert [one["rule"] for one in found["rules"]] == (["A"] if counts else [])


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("exit_plan.exists", True),
        ("governance.joint_board", True),
        ("performance.failing", False),
        ("performance.information_unreliable", False),
        ("reputation.integrity_incident", False),
        ("form_terms.losses_continuing", False),
    ],
)
def test_which_value_of_a_fact_speaks_for_a_partnership(path: str, value: bool) -> None:
    assert favourable_values(checker().plan)[path] is value


def test_a_verified_fact_speaks_for_a_partnership_only_with_its_good_value() -> None:
    evidence = "{fact: performance.failing, reference: Audit 7, verified_by: external_audit}"
    good, bad = (
        answer(
            "backtest/orbis-2015-t2-2021",
            f"performance.failing={failing}",
            f"evidence=[{evidence}]",
        )["good_practice"]["facts"]
        for failing in ("false", "true")
    )
    assert [(one["fact"], one["value"], one["reference"]) for one in good] == [
        ("performance.failing", False, "Audit 7")
    ]
    assert bad == []


def test_costs_and_benefits_name_what_is_stated_and_what_is_missed() -> None:
    found = answer("portfolio/waste-collection")["costs_and_benefits"]
    money = {one["path"]: one["value"] for one in found["money"]}
    assert money["value.current"] == 55_500_000
    assert money["costs.exit"] is None
    assert "form_terms.funding_cap" not in money
    assert not any(path.startswith("parties") for path in money)
    assert [one["text"] for one in found["benefits"]] == ["More recycling", "Lower disposal cost"]


def test_follow_up_tells_what_is_late_and_what_the_rule_says_today() -> None:
    late, later = answer("portfolio/energy-company")["follow_up"]
    assert (late["rule"], late["overdue"], late["status"]) == ("FRM-06", True, "open")
    assert (later["rule"], later["overdue"], later["status"]) == ("GOV-07", False, "in_progress")
    assert late["outcome"] == later["outcome"] == "non_compliant"
    assert late["line"] is not None
    done = answer("portfolio/energy-company", "actions[1].status=done")["follow_up"][0]
    assert done["overdue"] is False


def test_evidence_names_the_fact_that_it_backs() -> None:
    entries = {one["fact"]: one for one in answer("portfolio/energy-company")["evidence"]}
    ledger = entries["form_terms.funding_to_date"]
    assert (ledger["title"], ledger["value"], ledger["unit"]) == (
        "Funding to date",
        37_600_000,
        "GBP",
    )
    assert ledger["independent"] is True
    assert entries["parties.distress_events"]["independent"] is False


def test_evidence_may_name_a_fact_that_there_is_not() -> None:
    found = answer("portfolio/energy-company", "evidence=[{fact: no.such, reference: R}]")
    assert found["evidence"] == [
        {
            "fact": "no.such",
            "reference": "R",
            "date": None,
            "type": None,
            "verified_by": None,
            "note": None,
            "title": None,
            "value": None,
            "unit": None,
            "independent": False,
            "source": "--set",
            "line": None,
        }
    ]
