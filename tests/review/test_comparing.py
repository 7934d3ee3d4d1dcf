"""Partnerships against each other: medians, places and quarters of ranges, practices, the trend."""

from __future__ import annotations

import datetime as dt
import itertools
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accordance.review.comparing import (
    CERTAIN,
    NO,
    POSSIBLE,
    Field,
    median,
)
from accordance.review.ranges import Range
from accordance.review.reviewing import review
from tests.laws.scale import law
from tests.review.small import EARLIER, checker, portfolio, strategy


def exact(*numbers: int) -> list[Range]:
    return [Range(number, number) for number in numbers]


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([], None),
        (exact(3), Range(3, 3)),
        (exact(1, 9, 5), Range(5, 5)),
        (exact(1, 4), Range(Fraction(5, 2), Fraction(5, 2))),
        ([Range(1, 4), Range(2, 2), Range(3, 9)], Range(2, 4)),
    ],
)
def test_the_median_of_ranges(ranges: list[Range], expected: Range | None) -> None:
    assert median(ranges) == expected


@pytest.mark.parametrize(
    ("own", "others", "place"),
    [
        (Range(5, 5), exact(1, 9), (2, 2)),
        (Range(1, 9), exact(3, 6), (1, 3)),
        (Range(4, 6), [Range(5, 7), Range(1, 3)], (1, 2)),
        (Range(5, 5), exact(5, 5), (1, 3)),
    ],
)
def test_a_place_is_the_best_and_the_worst_that_may_be(
    own: Range, others: list[Range], place: tuple[int, int]
) -> None:
    assert Field([own, *others]).position(own) == place


@pytest.mark.parametrize(
    ("own", "others", "answer"),
    [
        (Range(1, 1), exact(2, 3), NO),
        (Range(1, 1), exact(2, 3, 4), CERTAIN),
        (Range(2, 2), exact(1, 3, 4), NO),
        (Range(1, 3), exact(2, 4, 5), POSSIBLE),
        (Range(1, 1), exact(1, 3, 4), NO),
        (Range(1, 1), exact(1, 3, 4, 5, 6, 7, 8), CERTAIN),
    ],
)
def test_the_bottom_quarter(own: Range, others: list[Range], answer: str) -> None:
    assert Field([own, *others]).in_bottom_quarter(own) == answer


RANGES = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 3)).map(lambda one: Range(one[0], sum(one))),
    min_size=4,
    max_size=5,
)


@law(60)
@given(RANGES)
def test_what_is_certain_of_ranges_holds_for_all_that_they_may_be(ranges: list[Range]) -> None:
    field = Field(ranges)
    best, worst = field.position(ranges[0])
    said = field.in_bottom_quarter(ranges[0])
    middle = median(ranges)
    assert middle is not None
    for numbers in itertools.product(*(range(int(one.low), int(one.high) + 1) for one in ranges)):
        settled_field, mine = Field(exact(*numbers)), exact(numbers[0])[0]
        here = settled_field.position(mine)
        assert best <= here[0] <= here[1] <= worst
        answer = settled_field.in_bottom_quarter(mine)
        assert answer != POSSIBLE
        ties = any(number == numbers[0] for number in numbers[1:])
        if said != POSSIBLE and not ties:
            assert answer == said
        settled = median(exact(*numbers))
        assert settled is not None and middle.covers(settled)


# the portfolio

FOUND = review(checker(), portfolio())


def test_only_like_is_compared_with_like() -> None:
    assert strategy().health is not None
    forms = strategy().health.families
    by_id = {case.id: case for case in portfolio()}
    for family in FOUND["portfolio"]["standing"]["families"]:
        for member in family["members"]:
            own = by_id[member["id"]].facts["forms"]
            assert set(own) & set(forms[family["family"]])


def test_practices_are_had_by_the_best_and_lacked_by_others() -> None:
    found = FOUND["portfolio"]["practices"]
    assert found
    outcomes = {
        case.id: {one.rule.id: one.outcome for one in checker().assess(case, TODAY).judgements}
        for case in portfolio()
    }
    for one in found:
        assert all(outcomes[place["id"]][one["rule"]] == "compliant" for place in one["have"])
        assert all(outcomes[place["id"]][one["rule"]] == "non_compliant" for place in one["lack"])


TODAY = max(case.as_of for case in portfolio() if case.as_of)


def test_the_most_frequent_findings_come_first() -> None:
    counts = [one["breaches"] for one in FOUND["portfolio"]["frequent"]]
    assert counts == sorted(counts, reverse=True)
    assert all(
        one["breaches"] + one["gaps"] <= one["applies"] for one in FOUND["portfolio"]["frequent"]
    )


def test_focus_has_owners_and_the_gravest_first() -> None:
    focus = FOUND["portfolio"]["focus"]
    assert focus[0]["severity"] == "critical"
    assert all(one["owner"] and one["do"] and one["due"] for one in focus)


def test_three_things_to_decide() -> None:
    assert len(FOUND["portfolio"]["decisions"]) == 3


def test_the_trend_since_an_earlier_state() -> None:
    from accordance.review.portfolio_reading import read_portfolio

    before = read_portfolio([str(EARLIER)], strategy().model)
    found = review(checker(), portfolio(), earlier=before.cases)["trend"]
    assert found is not None
    now, then = {case.id for case in portfolio()}, {case.id for case in before.cases}
    assert {one["id"] for one in found["joined"]} == now - then
    assert {one["id"] for one in found["left"]} == then - now
    assert {one["id"] for one in found["partnerships"]} == now & then
    for one in found["partnerships"]:
        health = one["health"]
        better = health["now"]["low"] > health["before"]["high"]
        assert (health["change"] == "better") == better
        assert not set(one["closed"]) & {*one["opened"], *one["still_open"]}


def test_against_itself_nothing_has_changed() -> None:
    found = review(checker(), portfolio(), earlier=portfolio())["trend"]
    assert {one["health"]["change"] for one in found["partnerships"]} == {"same"}
    assert all(not one["closed"] and not one["opened"] for one in found["partnerships"])


def test_the_same_facts_give_the_same_review() -> None:
    assert review(checker(), portfolio()) == FOUND


def test_a_case_of_a_later_day_is_a_problem_and_the_rest_is_reviewed() -> None:
    found = review(checker(), portfolio(), dt.date(2026, 6, 1))
    late = [case for case in portfolio() if case.as_of and case.as_of > dt.date(2026, 6, 1)]
    assert late
    assert len(found["partnerships"]) == len(portfolio()) - len(late)
    assert {one["code"] for one in found["problems"]} == {"evaluation-before-facts"}
