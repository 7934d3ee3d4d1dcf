"""What several sources say of one partnership."""

from __future__ import annotations

from typing import Any

import pytest

from accordance.facts.case import Case, Contradiction
from accordance.facts.combining import combine
from accordance.facts.setting import with_set
from accordance.facts.stating import stated_facts
from accordance.facts.withholding import without_sensitive
from accordance.feel.values import NONE
from accordance.problem import Place, Refused
from accordance.source.reading import read
from accordance.source.tree import Mapping
from tests.facts.small import model

FIRST = "id: C-1\ntitle: The partnership\nstage: new\nas_of: 2026-01-31\n"


def combined(*texts: str) -> list[Case]:
    trees = []
    for name, text in zip("abcdef", texts, strict=False):
        tree = read(data=text.encode(), name=f"{name}.yaml")
        assert isinstance(tree, Mapping)
        trees.append(tree)
    return combine(trees, model())


def refusals(*texts: str) -> list[str]:
    with pytest.raises(Refused) as caught:
        combined(*texts)
    return [str(problem) for problem in caught.value.problems]


def test_facts_keep_their_sources() -> None:
    (case,) = combined(
        FIRST + "plan: {exists: true}\nforms: []\n",
        "id: C-1\nplan:\n  months: 6\n  exists:\n",
        "id: C-1\nas_of: 2026-01-31\nparties:\n- name: A\n",
    )
    assert case.facts["plan"] == {"exists": True, "months": 6}
    assert case.facts["parties"] == [{"name": "A"}]
    places = {path: str(case.places[path]) for path in ("title", "plan.months", "parties[1].name")}
    assert places == {
        "title": "a.yaml:2:1",
        "plan.months": "b.yaml:3:3",
        "parties[1].name": "c.yaml:4:3",
    }
    assert (case.source, case.contradictions) == ("a.yaml, b.yaml, c.yaml", ())


def test_partnerships_come_in_the_order_of_their_ids() -> None:
    cases = combined(FIRST, FIRST.replace("C-1", "C-2"), "id: C-1\nrating: weak\n")
    assert [(case.id, case.source, case.facts.get("rating")) for case in cases] == [
        ("C-1", "a.yaml, c.yaml", "weak"),
        ("C-2", "b.yaml", None),
    ]


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("rating: weak", "rating: weak", []),
        ("rating: weak", "rating: strong", [("rating", "weak", "strong", 2, 9)]),
        ("plan: {months: 6}", "plan: {months: 6.0}", []),
        ("plan: {months: 6}", "plan: {months: 9}", [("plan.months", 6, 9, 2, 16)]),
        ("plan: {owner: none}", "plan: {owner: Ann}", [("plan.owner", NONE, "Ann", 2, 15)]),
        ("forms: [alliance, framework]", "forms: [framework, alliance]", []),
        ("forms: [alliance]", "forms: []", [("forms", ["alliance"], [], 2, 8)]),
        ("notes: [a, b]", "notes: [b, a]", [("notes", ["a", "b"], ["b", "a"], 2, 8)]),
        (
            "parties: [{name: A, share: 0.5}, {name: B}]",
            "parties: [{name: B, share: 0.25}, {name: A, share: 1}]",
            [("parties[1].share", "0.5", 1, 2, 52)],
        ),
        (
            "parties: [{name: A}]",
            "parties: [{name: A}, {name: B}]",
            [("parties", [{"name": "A"}], [{"name": "A"}, {"name": "B"}], 2, 10)],
        ),
    ],
)
def test_two_values_for_one_day_contradict_each_other(
    one: str, other: str, found: list[tuple[Any, ...]]
) -> None:
    from fractions import Fraction

    (case,) = combined(FIRST + one + "\n", f"id: C-1\n{other}\n")
    wanted = tuple(
        Contradiction(
            path,
            Fraction(stated) if stated == "0.5" else stated,
            value,
            Place("b.yaml", line, column),
        )
        for path, stated, value, line, column in found
    )
    assert case.contradictions == wanted


def test_matched_items_are_completed() -> None:
    (case,) = combined(
        FIRST + "parties: [{name: A}, {name: B}]\n",
        "id: C-1\nparties: [{name: B, ourselves: true}, {name: A, share: 0}]\n",
    )
    assert stated_facts(case)["parties"] == [
        {"name": "A", "share": 0},
        {"name": "B", "ourselves": True},
    ]


def test_exceptions_add_up() -> None:
    exception = (
        "exceptions: [{rule: %s, reason: r, approver: a, approved_on: 2026-01-01,"
        " expires: 2026-12-31}]\n"
    )
    (case,) = combined(
        FIRST + exception % "R-1", "id: C-1\n" + exception % "R-2", "id: C-1\n" + exception % "R-1"
    )
    assert [one["rule"] for one in case.facts["exceptions"]] == ["R-1", "R-2"]
    assert case.contradictions == ()


def test_derived_and_stated_contradictions_stand_together() -> None:
    (case,) = combined(
        FIRST + "plan: {costs: {planned: 2, spent: 1, ratio: 3}}\n",
        "id: C-1\nplan: {costs: {spent: 5}}\n",
    )
    assert [(one.path, one.other) for one in case.contradictions] == [
        ("plan.costs.ratio", None),
        ("plan.costs.spent", Place("b.yaml", 2, 23)),
    ]


def test_setting_a_fact_settles_it() -> None:
    (case,) = combined(
        FIRST + "rating: weak\nplan: {months: 1}\n", "id: C-1\nrating: strong\nplan: {months: 2}\n"
    )
    assert [one.path for one in case.contradictions] == ["rating", "plan.months"]
    found = with_set(case, ["rating=strong"])
    assert [one.path for one in found.contradictions] == ["plan.months"]
    assert str(found.places["plan.months"]) == "a.yaml:6:8"


def test_contradictions_of_sensitive_facts_are_withheld() -> None:
    (case,) = combined(
        FIRST + "plan: {owner: A, months: 1}\n", "id: C-1\nplan: {owner: B, months: 2}\n"
    )
    assert [one.path for one in without_sensitive(case)[0].contradictions] == ["plan.months"]


@pytest.mark.parametrize(
    ("texts", "problems"),
    [
        (
            (FIRST, "id: C-1\nas_of: 2026-02-28\n"),
            [
                "b.yaml:2:8: the facts of `C-1` are of `2026-02-28` here and of `2026-01-31` in"
                " a.yaml:4:8; put together facts of one day only [sources-differ]"
            ],
        ),
        (
            (FIRST, "title: x\n"),
            ["b.yaml:1:1: `id` is not stated; sources are put together by it [fact-missing]"],
        ),
        (
            ("id: C-1\ntitle: A\n", "id: C-1\nrating: weak\n"),
            ["a.yaml:1:1: `stage` is not stated; a fact file needs it [fact-missing]"],
        ),
        (
            (FIRST + "rating: weak\n", "id: C-1\nrating: good\n"),
            ["b.yaml:2:9: `rating` cannot be `good`; it is stated in a.yaml:5:9 too [fact-value]"],
        ),
        (
            (FIRST, "id: C-1\nratng: weak\n"),
            [
                "b.yaml:2:1: `ratng` is not a fact of this strategy; did you mean `rating`?"
                " [fact-unknown-name]"
            ],
        ),
        (
            (FIRST + "plan: {exists: true}\n", "id: C-1\nplan: yes or no\n"),
            [
                "b.yaml:2:7: `plan` cannot be `yes or no`; it is stated in a.yaml:5:7 too"
                " [fact-value]"
            ],
        ),
    ],
)
def test_what_cannot_be_put_together(texts: tuple[str, ...], problems: list[str]) -> None:
    assert refusals(*texts) == problems
