"""Two versions of a strategy: stricter, looser, neither or the same, with a case to show it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accordance.problem import Refused
from accordance.prove.investigation import Limits
from accordance.prove.proving import Proof, versions
from accordance.prove.saving import save
from accordance.strategy.cases import read_rule_cases
from accordance.workbench.trial import run_cases
from tests.check.small import rule
from tests.prove.small import ALL_STAGES, strategy

AGE = {"age": {"value": "P36M", "unit": "duration", "means": "How old it may be"}}
YOUNGER = {"age": {"value": "P24M", "unit": "duration", "means": "How old it may be"}}


def compared(folder: Path, old: Any, new: Any, **more: Any) -> Proof:
    """What two versions of a few rules have to do with each other."""
    made = [
        strategy(folder / name, rules, **{key: value[place] for key, value in more.items()})
        for place, (name, rules) in enumerate((("old", old), ("new", new)))
    ]
    return versions(*made, Limits())


def verdicts(proof: Proof) -> list[tuple[str, str]]:
    return [(one.rules[0], one.verdict.value) for one in proof.answers]


@pytest.mark.parametrize(
    ("old", "new", "verdict"),
    [
        (["a"], ["a"], "equivalent"),
        (["not(a or b)"], ["not(a) and not(b)"], "equivalent"),
        (["a"], ["a", "b"], "stricter"),
        (["a and b"], ["b"], "looser"),
        (["a"], ["b"], "neither"),
        (["n >= 2"], ["n > 2"], "stricter"),
        # It asks for a fact more, though none of its values would be a breach.
        (["b"], ["b and (a or not(a))"], "stricter"),
        # Less known: a rule that cannot be told is worse than one that is met.
        (["count(items) >= 1"], ["count(items[ok]) >= 1"], "stricter"),
        (["count(items) >= 3"], ["count(items) >= 2"], "looser"),
        (
            rule(["a"], stages=ALL_STAGES),
            rule(["a"], stages=ALL_STAGES, severity="critical"),
            "stricter",
        ),
        (
            rule(["a"], stages=ALL_STAGES),
            rule(["a"], stages=ALL_STAGES, severity_when={"critical": "b"}),
            "stricter",
        ),
        (
            rule(["a"], stages=ALL_STAGES, gate=["new"]),
            rule(["a"], stages=ALL_STAGES),
            "looser",
        ),
        (rule(["a"], stages=["new"]), rule(["a"], stages=["exiting"]), "neither"),
        (rule(["a"], when="b", stages=ALL_STAGES), rule(["a"], stages=ALL_STAGES), "stricter"),
    ],
)
def test_one_rule(tmp_path: Path, old: Any, new: Any, verdict: str) -> None:
    proof = compared(tmp_path, {"TT-01": old}, {"TT-01": new})
    assert verdicts(proof) == [("TT-01", verdict)]
    assert proof.document["overall"] == verdict
    assert proof.is_good == (verdict == "equivalent")
    shown = {"equivalent": 0, "neither": 2}.get(verdict, 1)
    assert len(proof.answers[0].shown) == shown


def test_a_shorter_time_is_stricter_and_says_why(tmp_path: Path) -> None:
    rules = {"TT-01": ["day >= today() - age"], "TT-02": ["a"]}
    proof = compared(tmp_path, rules, rules, header=({"parameters": AGE}, {"parameters": YOUNGER}))
    assert verdicts(proof) == [("TT-01", "stricter"), ("TT-02", "equivalent")]
    answer = proof.answers[0]
    assert answer.because == ("changed: age: 36 months → 24 months",)
    checks = answer.shown[0].to_json()["checks"]
    assert [one["results"][0]["outcome"] for one in checks] == ["compliant", "non_compliant"]


def test_rules_that_come_go_and_are_renamed(tmp_path: Path) -> None:
    proof = compared(
        tmp_path,
        {"TT-01": ["a"], "TT-02": ["b"]},
        {"TT-03": rule(["a"], stages=ALL_STAGES, aliases=["TT-01"]), "TT-04": ["c"]},
    )
    assert verdicts(proof) == [
        ("TT-03", "equivalent"),
        ("TT-04", "added"),
        ("TT-02", "removed"),
    ]
    assert proof.document["overall"] == "neither"


def test_what_is_not_compared_is_said(tmp_path: Path) -> None:
    rules = {"TT-01": ["a"]}
    number = {"title": "A number", "description": "How many?", "type": "number"}
    proof = compared(tmp_path, rules, rules, facts=({}, {"more": number}))
    assert proof.document["aside"] == ["not compared, though it differs: the fact model"]


def test_a_fact_of_another_type_leaves_the_question_open(tmp_path: Path) -> None:
    truth = {"title": "It", "description": "Is it?", "type": "boolean"}
    text = {"title": "It", "description": "Is it?", "type": "string", "enum": ["yes it is", "no"]}
    proof = compared(
        tmp_path,
        {"TT-01": ["it"]},
        {"TT-01": ['it = "yes it is"']},
        facts=({"it": truth}, {"it": text}),
    )
    assert verdicts(proof) == [("TT-01", "not_decided")]
    assert "the fact `it`, which the two versions type apart" in proof.answers[0].because


def test_witnesses_become_rule_cases_that_pass(tmp_path: Path) -> None:
    rules = {"TT-01": ["day >= today() - age", "n < 3"], "TT-02": ["a"]}
    proof = compared(
        tmp_path,
        rules,
        rules | {"TT-02": ["a", "b"]},
        header=({"parameters": AGE}, {"parameters": YOUNGER}),
    )
    folder = tmp_path / "new"
    made = strategy(
        tmp_path / "again", rules | {"TT-02": ["a", "b"]}, header={"parameters": YOUNGER}
    )
    (folder / "tests").mkdir()
    (file,) = save(proof.answers, made, str(folder / "tests" / "proved.yaml"))
    assert file.endswith("proved.yaml")
    cases = read_rule_cases(str(folder), made)
    assert [(one.rule, one.name) for one in cases] == [
        ("TT-01", "TT-01 is stricter"),
        ("TT-02", "TT-02 is stricter"),
    ]
    assert run_cases(made, cases)["failed"] == 0
    with pytest.raises(Refused, match="is there already"):
        save(proof.answers, made, file)
    with pytest.raises(Refused, match="there is no witness to save"):
        save(proof.answers[2:], made, str(folder / "none.yaml"))
