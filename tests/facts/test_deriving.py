"""Facts that follow from others."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest

from accordance.facts.case import Contradiction
from tests.facts.small import case

RATIO = "plan.costs.spent / plan.costs.planned"
OVER = "plan.costs.ratio > 1"
SIGNED = "signed_on <= as_of"


@pytest.mark.parametrize(
    ("text", "derived"),
    [
        ("", {}),
        ("plan: {costs: {planned: 4}}", {}),
        (
            "plan: {costs: {planned: 4, spent: 6}}",
            {"plan.costs.ratio": RATIO, "plan.costs.over": OVER},
        ),
        ("plan: {costs: {ratio: 0.5}}", {"plan.costs.over": OVER}),
        # cannot be computed: stays unknown
        ("plan: {costs: {planned: 0, spent: 6}}", {}),
        # stated: stays as stated
        ("plan: {costs: {planned: 4, spent: 6, ratio: 1.5, over: true}}", {}),
        (
            "as_of: 2026-01-31\nparties: [{name: A, signed_on: 2026-01-31}, {name: B}]",
            {"parties[1].signed": SIGNED},
        ),
        # none was ever signed: order against none is false, and false is known
        ("as_of: 2026-01-31\nparties: [{name: A, signed_on: none}]", {"parties[1].signed": SIGNED}),
        # the item does not say so, and nothing outside may answer for it
        ("as_of: 2026-01-31\nparties: [{name: A}]", {}),
        (
            "parties: [{name: A, ourselves: false, checks: [{done_on: 2026-01-01}, {}]}]",
            {"parties[1].checks[1].done": "done_on != null and not(ourselves)"},
        ),
        ("parties: []", {}),
    ],
)
def test_what_is_derived(text: str, derived: dict[str, str]) -> None:
    assert case(text).derived == derived


def test_derived_facts_are_facts() -> None:
    found = case(
        "as_of: 2026-01-31\n"
        "plan: {costs: {planned: 3, spent: 1}}\n"
        "parties: [{name: A, signed_on: 2026-02-01}]\n"
    )
    assert found.facts["plan"]["costs"] == {
        "planned": 3,
        "spent": 1,
        "ratio": Fraction(1, 3),
        "over": False,
    }
    assert found.facts["parties"] == [
        {"name": "A", "signed_on": dt.date(2026, 2, 1), "signed": False}
    ]
    assert "plan.costs.ratio" not in found.places
    assert found.contradictions == ()


def test_the_digest_is_of_what_was_stated() -> None:
    bare = case("plan: {costs: {planned: 4, spent: 6}}")
    full = case("plan: {costs: {planned: 4, spent: 6, ratio: 1.5}}")
    assert bare.facts["plan"]["costs"]["ratio"] == full.facts["plan"]["costs"]["ratio"]
    assert bare.digest != full.digest


@pytest.mark.parametrize(
    ("costs", "contradictions"),
    [
        ("planned: 3, spent: 1, ratio: 0.33", []),
        ("planned: 3, spent: 1, ratio: 0.333333", []),
        ("planned: 3, spent: 1, ratio: 0.3333", []),
        (
            "planned: 3, spent: 1, ratio: 0.3334",
            [("plan.costs.ratio", Fraction(1667, 5000), Fraction(1, 3))],
        ),
        (
            "planned: 3, spent: 1, ratio: 0.3",
            [("plan.costs.ratio", Fraction(3, 10), Fraction(1, 3))],
        ),
        (
            "planned: 1, spent: 1, ratio: 2",
            [
                ("plan.costs.ratio", 2, 1),
            ],
        ),
        ("planned: 4, spent: 6, over: false", [("plan.costs.over", False, True)]),
        (
            "planned: 4, spent: 6, ratio: 0.5, over: true",
            [
                ("plan.costs.ratio", Fraction(1, 2), Fraction(3, 2)),
                ("plan.costs.over", True, False),
            ],
        ),
    ],
)
def test_contradictions(costs: str, contradictions: list[tuple[str, Any, Any]]) -> None:
    found = case(f"plan: {{costs: {{{costs}}}}}").contradictions
    assert list(found) == [Contradiction(*parts) for parts in contradictions]


def test_contradictions_in_lists_name_the_item() -> None:
    found = case(
        "as_of: 2026-01-31\nparties: [{name: A}, {name: B, signed_on: 2026-03-01, signed: true}]"
    )
    assert found.contradictions == (Contradiction("parties[2].signed", True, False),)
