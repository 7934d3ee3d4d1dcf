"""Views set against each other: figures, suppression, and the same figures as the rules read."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accordance.facts.case import Case
from accordance.feel.values import Uncertain
from accordance.review.triangulation import (
    FactorViews,
    GroupMean,
    factors_of,
    titles_of,
    triangulate,
    views_json,
)
from tests.laws.scale import law
from tests.review.small import case_of, checker, strategy, views_of

THREE = (
    ("officers", "strategy", 4, 10),
    ("partner", "strategy", 3, 20),
    ("users", "strategy", 2, 70),
)


def on(factor: str, *views: tuple[object, ...]) -> FactorViews:
    return triangulate(case_of(views_of(*views)), strategy()).factor(factor)


def test_a_factor_seen_from_three_sides() -> None:
    assert on("strategy", *THREE) == FactorViews(
        factor="strategy",
        means=(
            GroupMean("officers", Fraction(4), 10),
            GroupMean("partner", Fraction(3), 20),
            GroupMean("users", Fraction(2), 70),
        ),
        too_few=(),
        size_unknown=(),
        silent=(),
        mean=Fraction(4 * 10 + 3 * 20 + 2 * 70, 100),
        gap=Fraction(2),
        triangulated=True,
        confidence="high",
    )


@pytest.mark.parametrize(
    ("last", "shown", "triangulated", "confidence"),
    [
        (("users", "strategy", 2, 5), 3, True, "medium"),
        (("users", "strategy", 2, 4), 2, False, "low"),
        (("users", "strategy", 2, 0), 2, False, "low"),
        (("users", "strategy", 2, None), 2, None, "low"),
        (("users", "delivery", 2, 50), 2, False, "low"),
        (("officers", "strategy", 2, 50), 2, False, "low"),
        (("users", "strategy", None, 50), 2, True, "high"),
    ],
)
def test_what_counts_as_seen_from_enough_sides(
    last: tuple[object, ...], shown: int, triangulated: bool | None, confidence: str
) -> None:
    found = on("strategy", *THREE[:2], last)
    assert (len(found.means), found.triangulated, found.confidence) == (
        shown,
        triangulated,
        confidence,
    )


def test_small_groups_play_no_part_in_any_figure() -> None:
    small = on("strategy", *THREE, ("chief", "strategy", 1, 1), ("board", "strategy", 5, None))
    whole = on("strategy", *THREE)
    assert (small.means, small.mean, small.gap) == (whole.means, whole.mean, whole.gap)
    assert (small.too_few, small.size_unknown) == (("chief",), ("board",))
    assert small.respondents == 100


def test_who_was_asked_about_other_factors_only() -> None:
    found = on("delivery", *THREE, ("officers", "delivery", 3, 10))
    assert found.silent == ("partner", "users")


@pytest.mark.parametrize(
    ("facts", "asked"), [("", None), ("stakeholder_views: []\n", False), (views_of(*THREE), True)]
)
def test_whether_anybody_was_asked(facts: str, asked: bool | None) -> None:
    found = triangulate(case_of(facts), strategy())
    assert found.asked is asked
    assert [one.triangulated for one in found.factors[1:]] == [None if asked is None else False] * 4


def test_the_overall_mean_of_a_group_weighs_its_answers() -> None:
    views = (("users", "strategy", 2, 10), ("users", "delivery", 4, 30))
    found = triangulate(case_of(views_of(*views)), strategy())
    assert found.overall == (GroupMean("users", Fraction(2 * 10 + 4 * 30, 40), 30),)


def test_problems_have_their_place_and_leave_the_rest_intact() -> None:
    facts = views_of(
        *THREE,
        ("users", "strategie", 2, 70),
        ("users", "strategy", 3, 70),
        (None, "strategy", 3, 70),
    )
    found = triangulate(case_of(facts, "x.yaml"), strategy())
    assert [str(problem).split("; ")[0] for problem in found.problems] == [
        "x.yaml:10:20: `strategie` is not a factor of the review, and its views are left out",
        "x.yaml:11:6: `users` scores `strategy` twice, first at x.yaml:9:6",
        "x.yaml:12:5: a view without a group cannot be used",
    ]
    assert found.factor("strategy").means[0] == GroupMean("officers", Fraction(4), 10)


def test_surveys_of_two_days_are_no_problem() -> None:
    facts = (
        "stakeholder_views:\n"
        "- {group: users, factor: strategy, score: 2, respondents: 30, date: 2025-05-01}\n"
        "- {group: users, factor: strategy, score: 3, respondents: 10, date: 2026-05-01}\n"
    )
    found = triangulate(case_of(facts), strategy())
    assert found.problems == ()
    assert found.factor("strategy").means == (GroupMean("users", Fraction(5, 2), 40),)


def test_factors_come_from_the_strategy() -> None:
    from dataclasses import replace

    own = strategy()
    parameter = own.parameters["review_factors"]
    factors = [*parameter.value, "safeguarding_of_children"]
    parameters = {**own.parameters, "review_factors": replace(parameter, value=factors)}
    extended = replace(own, parameters=parameters)
    assert factors_of(extended)[-1] == "safeguarding_of_children"
    assert titles_of(extended)["safeguarding_of_children"] == "Safeguarding of children"
    views = ("users", "safeguarding_of_children", 4, 50)
    found = triangulate(case_of(views_of(views)), extended)
    assert found.factor("safeguarding_of_children").mean == 4


def test_the_json_form() -> None:
    found = views_json(triangulate(case_of(views_of(*THREE)), strategy()), strategy())
    assert found["factors"][0] == {
        "factor": "strategy",
        "title": "Strategy",
        "means": [
            {"group": "officers", "mean": 4, "respondents": 10},
            {"group": "partner", "mean": 3, "respondents": 20},
            {"group": "users", "mean": 2, "respondents": 70},
        ],
        "mean": 2.4,
        "gap": 2,
        "wide": True,
        "respondents": 100,
        "triangulated": True,
        "confidence": "high",
        "too_few": [],
        "size_unknown": [],
        "not_heard": [],
    }


# the rules read the same figures

VIEWS = st.lists(
    st.tuples(
        st.sampled_from(["officers", "partner", "users", "members"]),
        st.sampled_from(["strategy", "objectives", "delivery", "measurement", "outcomes"]),
        st.one_of(st.none(), st.sampled_from([1, 1.5, 2, 2.5, 3, 3.25, 4, 4.75, 5])),
        st.one_of(st.none(), st.sampled_from([0, 1, 4, 5, 6, 30])),
    ),
    min_size=1,
    max_size=9,
)


def known_means(case: Case) -> list[list[Fraction]]:
    """The certain means of the definition that the rules read, by factor."""
    found = checker().assess(case)
    value = checker().definition("scores_by_factor", found.frame)
    return [
        sorted(
            one
            for one in (means.certain if isinstance(means, Uncertain) else means)
            if isinstance(one, int | Fraction)
        )
        for means in value
    ]


@law(100)
@given(VIEWS)
def test_rules_and_figures_agree(views: list[tuple[object, ...]]) -> None:
    case = case_of(views_of(*views))
    found = triangulate(case, strategy())
    assert [sorted(one.mean for one in factor.means) for factor in found.factors] == known_means(
        case
    )
    outcomes = {one.rule.id: one.outcome for one in checker().assess(case).judgements}
    sound = [factor.triangulated for factor in found.factors]
    if False in sound:
        assert outcomes["REV-02"] == "non_compliant"
    elif None in sound:
        assert outcomes["REV-02"] == "insufficient_evidence"
    else:
        assert outcomes["REV-02"] == "compliant"
    gaps = [factor.gap for factor in found.factors if factor.gap is not None]
    apart = any(gap >= Fraction(3, 2) for gap in gaps)
    assert (outcomes["REV-03"] == "non_compliant") == apart
    unknown = any(factor.size_unknown for factor in found.factors) or any(
        score is None and (size is None or size >= 5) for _, _, score, size in views
    )
    if not apart and not unknown and gaps:
        assert outcomes["REV-03"] == "compliant"
