"""Each question about one rule or two, on strategies whose answer is plain to see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accordance.check.checker import Checker
from accordance.facts.reading import load_case
from accordance.prove.answers import Answer
from accordance.prove.investigation import Limits, fails
from accordance.prove.proving import audit, properties
from accordance.strategy.cases import read_rule_cases
from accordance.strategy.model import Strategy
from tests.check.small import rule
from tests.prove.small import ALL_STAGES, audited, said, strategy


def facts_of(answer: Answer) -> dict[str, Any]:
    """What the witness of an answer states beside what every case states."""
    (shown,) = answer.shown
    aside = ("id", "title", "stage", "as_of")
    return {name: value for name, value in shown.witness.facts.items() if name not in aside}


def confirmed(answer: Answer, made: Strategy) -> bool:
    """Does a check of the fact file find that all rules of the answer fail?"""
    (shown,) = answer.shown
    case = load_case(made.model, data=shown.witness.text.encode(), name="witness.yaml")
    assessment = Checker(made).assess(case, shown.witness.evaluated_on)
    return all(fails(assessment, name) for name in answer.rules)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"TT-01": ["a"]}, []),
        (
            {"TT-01": rule(["b"], when="a and not(a)", stages=ALL_STAGES)},
            [("never_applies", "found", ("TT-01",))],
        ),
        ({"TT-01": ["a or not(a)"]}, [("never_fails", "found", ("TT-01",))]),
        ({"TT-01": ["n > 5", "n < 3"]}, [("never_passes", "found", ("TT-01",))]),
        # Numbers are exact: two thirds and a third are one.
        ({"TT-01": ["n / 3 + n / 3 != n - n / 3"]}, [("never_passes", "found", ("TT-01",))]),
        # A stage at which nothing is asked is none at which it could fail.
        (
            {"TT-01": rule(["a"], when='stage = "exiting"', stages=["new"])},
            [("never_applies", "found", ("TT-01",))],
        ),
        # None is a value of its own: neither before nor after a day.
        (
            {"TT-01": rule(["day > today()", "day <= today()"], stages=ALL_STAGES)},
            [("never_passes", "found", ("TT-01",))],
        ),
        ({"TT-01": ["day > today() or day <= today()"]}, []),
    ],
)
def test_rules_that_do_nothing(tmp_path: Path, rules: dict[str, Any], expected: list[Any]) -> None:
    assert said(audited(strategy(tmp_path, rules))) == expected


def test_a_rule_implied_by_another(tmp_path: Path) -> None:
    made = strategy(tmp_path, {"TT-01": ["a"], "TT-02": ["a", "b"], "TT-03": ["c"]})
    (answer,) = audited(made)
    assert said([answer]) == [("implied", "found", ("TT-01", "TT-02"))]
    assert answer.says == "whenever TT-01 fails, TT-02 fails too"
    assert facts_of(answer) == {"a": False}
    assert confirmed(answer, made)


def test_rules_that_always_fail_together(tmp_path: Path) -> None:
    made = strategy(tmp_path, {"TT-01": ["not(a and b)"], "TT-02": ["not(a) or not(b)"]})
    (answer,) = audited(made)
    assert said([answer]) == [("together", "found", ("TT-01", "TT-02"))]
    assert facts_of(answer) == {"a": True, "b": True}
    assert confirmed(answer, made)


def test_rules_that_contradict_each_other(tmp_path: Path) -> None:
    made = strategy(
        tmp_path,
        {
            "TT-01": rule(["n >= 5"], when="a", stages=ALL_STAGES),
            "TT-02": rule(["n < 5"], when="b", stages=ALL_STAGES),
            "TT-03": rule(["n < 5"], when="not(a)", stages=ALL_STAGES),
        },
    )
    answers = audited(made)
    assert said(answers) == [("contradiction", "found", ("TT-01", "TT-02"))]
    assert facts_of(answers[0]) == {"a": True, "b": True}


def test_unknown_is_a_state_of_its_own(tmp_path: Path) -> None:
    """In classical logic the two rules would always fail together."""
    made = strategy(tmp_path, {"TT-01": ["b"], "TT-02": ["b and (a or not(a))", "c"]})
    assert said(audited(made)) == [("implied", "found", ("TT-01", "TT-02"))]
    proof = properties(made, ["a or not(a)", "is defined(a)"], Limits())
    assert [one.verdict.value for one in proof.answers] == ["holds", "fails"]
    assert facts_of(proof.answers[1]) == {}


def test_months_are_those_of_the_calendar(tmp_path: Path) -> None:
    made = strategy(
        tmp_path,
        {
            "TT-01": ['day >= today() - duration("P12M")'],
            "TT-02": ['day >= today() - duration("P24M")'],
            "TT-03": ['day < today() - duration("P12M")', 'day > today() - duration("P360D")'],
        },
    )
    assert said(audited(made)) == [
        ("never_passes", "found", ("TT-03",)),
        ("implied", "found", ("TT-02", "TT-01")),
    ]


def test_the_end_of_a_month_is_met(tmp_path: Path) -> None:
    """Only from the 29th on is a month later, less a month, another day."""
    made = strategy(tmp_path, {"TT-01": ["a"]})
    text = 'today() + duration("P1M") - duration("P1M") = today()'
    (answer,) = properties(made, [text], Limits()).answers
    assert answer.verdict.value == "fails"
    assert answer.shown[0].witness.evaluated_on.day >= 29


def test_lists_are_tried_longer_before_a_rule_is_called_dead(tmp_path: Path) -> None:
    made = strategy(tmp_path, {"TT-01": ["count(items) >= 5"], "TT-02": ["count(items) < 40"]})
    answers = audited(made)
    assert said(answers) == [("never_fails", "found", ("TT-02",))]
    assert answers[0].items == {"items": 16}


def test_possible_items_count_as_such(tmp_path: Path) -> None:
    """With one item in order and one that may be, nobody can tell whether one is."""
    made = strategy(tmp_path, {"TT-01": ["a"]})
    texts = [
        "count(items[ok]) != 1 or (every i in items satisfies is defined(i.ok))",
        "count(items[ok]) < 1 or (some i in items satisfies i.ok)",
    ]
    answers = properties(made, texts, Limits()).answers
    assert [one.verdict.value for one in answers] == ["holds", "holds"]


def test_what_has_no_constraints_is_named_and_not_guessed(tmp_path: Path) -> None:
    made = strategy(tmp_path, {"TT-01": ['starts with(lead_officer, "Chief")']})
    answers = audited(made)
    assert said(answers) == [
        ("never_fails", "not_decided", ("TT-01",)),
        ("never_passes", "not_decided", ("TT-01",)),
    ]
    assert answers[0].because == ("`starts with` of a free text",)


def test_a_case_of_the_owner_decides_what_the_solver_cannot(tmp_path: Path) -> None:
    made = strategy(tmp_path, {"TT-01": ['starts with(lead_officer, "Chief")']})
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "theme.yaml").write_text(
        "theme: Theme\n"
        "base: {stage: new, as_of: 2026-01-31}\n"
        "cases:\n"
        "- {rule: TT-01, name: met, given: {lead_officer: Chief}, expect: compliant}\n"
        "- {rule: TT-01, name: not met, given: {lead_officer: Clerk}, expect: non_compliant}\n"
    )
    cases = read_rule_cases(str(tmp_path), made)
    assert said(audited(made, cases=cases)) == []


def test_facts_that_follow_from_others(tmp_path: Path) -> None:
    number = {"title": "A number", "description": "How many?", "type": "number", "minimum": 0}
    facts = {
        "part": number,
        "whole": number,
        "share": {**number, "x-derive": "part / whole"},
    }
    made = strategy(
        tmp_path,
        {"TT-01": ["share >= 0.5"], "TT-02": rule(["part * 4 > whole"], stages=ALL_STAGES)},
        facts=facts,
    )
    # Not the other way round: the share may be stated while its parts are not known.
    texts = [
        "whole = 0 or share < 0.3 or part * 4 > whole",
        "whole = 0 or share > 0.2 or part * 4 < whole",
    ]
    proof = properties(made, texts, Limits())
    assert [one.verdict.value for one in proof.answers] == ["holds", "holds"]
    (answer,) = properties(made, ["share < 0.5"], Limits()).answers
    assert facts_of(answer) == {"share": 1}


def test_a_partnership_that_a_theme_leaves_out(tmp_path: Path) -> None:
    made = strategy(
        tmp_path,
        {
            "TT-01": rule(["b"], when="a", stages=["new"]),
            "TT-02": rule(["b"], when="not(c)", stages=["new", "established"]),
            "TT-03": rule(["b"], stages=["exiting"]),
        },
    )
    (answer,) = [one for one in audit(made, Limits()).answers if one.question == "gap"]
    assert answer.stages == ("new", "established")
    assert facts_of(answer) == {"a": False, "c": True}


def test_only_what_concerns_one_rule(tmp_path: Path) -> None:
    made = strategy(
        tmp_path, {"TT-01": ["a"], "TT-02": ["a", "b"], "TT-03": ["b", "c"], "TT-04": ["c"]}
    )
    assert said(audited(made, rules=["TT-04"])) == [("implied", "found", ("TT-04", "TT-03"))]


def test_answers_repeat(tmp_path: Path) -> None:
    made = strategy(tmp_path, {"TT-01": ["a", "n > 3"], "TT-02": ["a", "n > 2", "day < today()"]})
    assert audit(made, Limits()).document == audit(made, Limits()).document
