"""Costs and benefits: what is not known is counted, never hidden in a sum; and skills by side."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accordance.review.money import accounts_json, accounts_of, portfolio_json, sum_of
from accordance.review.skills import skills_of
from tests.review.small import case_of, strategy

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        ([], (None, 0, 0, False)),
        ([5, 7], (12, 2, 0, True)),
        ([5, None], (5, 2, 1, False)),
        ([None, None], (None, 2, 2, False)),
    ],
)
def test_a_sum_says_how_much_of_it_is_not_known(
    amounts: list[int | None], expected: tuple[int | None, int, int, bool]
) -> None:
    found = sum_of(amounts).to_json()
    assert tuple(found[name] for name in ("known", "parts", "unknown", "complete")) == expected


def accounts(facts: str) -> Json:
    return accounts_json(accounts_of(case_of(facts)), strategy())


def test_nothing_stated_is_nothing_known() -> None:
    found = accounts("")
    assert found["whole_life"] == {"known": None, "parts": 4, "unknown": 4, "complete": False}
    assert (found["value"], found["benefits_known"], found["realised_ratio"]) == (None, None, None)


def test_costs_and_benefits_of_a_partnership() -> None:
    found = accounts(
        "costs: {set_up: 100000, running: 800000, client_side: 60000, exit: 40000}\n"
        "value: {approved: 900000}\n"
        "benefits:\n"
        "- {type: other, financial: true, planned_to_date: 200, realised_to_date: 150}\n"
        "- {type: other, financial: false, planned_to_date: 10, realised_to_date: 12}\n"
        "- {type: expertise, financial: false, planned_to_date: 10}\n"
        "parties:\n"
        "- {name: Us, ourselves: true, sector: public, cost_share: 0.5, benefit_share: 0.62}\n"
        "- {name: Firm, sector: private, cost_share: 0.5, benefit_share: 0.45}\n"
        "- {name: Other}\n"
    )
    assert found["whole_life"] == {"known": 1000000, "parts": 4, "unknown": 0, "complete": True}
    assert (found["planned"]["known"], found["realised"]["known"]) == (200, 150)
    assert found["realised_ratio"] == 0.75
    scale, expertise = found["by_type"]
    assert (scale["benefits"], scale["not_money"], scale["not_money_on_plan"]) == (2, 1, 1)
    assert (expertise["not_money"], expertise["not_money_measured"]) == (1, 0)
    assert [(one["party"], one["bears"], one["uneven"]) for one in found["bearing"]] == [
        ("Us", 500000, True),
        ("Firm", 500000, False),
        ("Other", None, None),
    ]


def test_a_benefit_of_unknown_amount_leaves_the_ratio_unknown() -> None:
    known = "{type: other, financial: true, planned_to_date: 200, realised_to_date: 150}"
    unknown = "{type: other, financial: true, planned_to_date: 100}"
    found = accounts(f"benefits:\n- {known}\n- {unknown}\n")
    assert found["realised"] == {"known": 150, "parts": 2, "unknown": 1, "complete": False}
    assert found["realised_ratio"] is None


def test_the_sum_of_all() -> None:
    whole = "costs: {set_up: 1, running: 2, client_side: 3, exit: 4}\n"
    parties = "parties: [{name: Us, sector: public, cost_share: 0.5}, {name: X, sector: private}]\n"
    found = portfolio_json(
        [accounts_of(case_of(facts)) for facts in (whole + parties, "costs: {running: 9}\n")]
    )
    assert found["whole_life"] == {"known": 10, "parts": 2, "unknown": 1, "complete": False}
    assert found["costs"]["running"]["known"] == 11
    assert found["benefits_not_known"] == 2
    assert [(one["sector"], one["bears"]["known"]) for one in found["by_sector"]] == [
        ("private", None),
        ("public", 5),
    ]


def test_the_skill_to_collaborate_stands_beside_the_others() -> None:
    facts = (
        "parties:\n"
        "- {name: Us, ourselves: true, skills: {technical: 4, commercial: 2, financial: 3,"
        " collaboration: 3, assessed_on: 2023-01-01}}\n"
        "- {name: Firm, skills: {technical: 4}}\n"
        "- {name: Charity}\n"
    )
    found = skills_of(case_of(facts), strategy(), dt.date(2026, 6, 30))
    assert found["collaboration_not_assessed"] == ["Firm"]
    assert found["nothing_assessed"] == ["Charity"]
    us = found["sides"][0]
    assert (us["ours"], us["below_target"], us["out_of_date"]) == (True, ["commercial"], True)
    assert us["skills"] == {"technical": 4, "commercial": 2, "financial": 3, "collaboration": 3}
