"""What a strategy promises of every partnership, verdict and exceptions included."""

from __future__ import annotations

from pathlib import Path

import pytest

from accordance.problem import Refused
from accordance.prove.answers import Answer
from accordance.prove.investigation import Limits
from accordance.prove.proving import properties
from accordance.strategy.model import Strategy
from tests.check.small import rule
from tests.prove.small import ALL_STAGES, strategy


def asked(made: Strategy, text: str) -> Answer:
    (answer,) = properties(made, [text], Limits()).answers
    return answer


@pytest.fixture
def gated(tmp_path: Path) -> Strategy:
    """A gate that asks for A, a rule of high severity for B, one of low severity for C."""
    return strategy(
        tmp_path,
        {
            "TT-01": rule(["a"], stages=ALL_STAGES, gate=["new"]),
            "TT-02": rule(["b"], stages=ALL_STAGES),
            "TT-03": rule(["c"], stages=ALL_STAGES, severity="low"),
        },
    )


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ('not(verdict = "proceed" and stage = "new" and not(a))', "holds"),
        ('not(verdict = "proceed" and stage = "new" and not(is defined(a)))', "holds"),
        # While nobody knows who leads, no exception counts.
        ('not(verdict = "proceed" and not(b) and not(is defined(lead_officer)))', "holds"),
        # A breach of a gate may be accepted, and then the answer is with conditions.
        ('not(verdict = "proceed_with_conditions" and not(a))', "fails"),
        # An accepted breach that is no gate leaves nothing in the way.
        ('not(verdict = "proceed" and stage = "new" and not(b))', "fails"),
        # Low severity stops nothing.
        ('not(verdict = "proceed" and not(c))', "fails"),
        # Without a verdict at its stage a partnership never has this one.
        ('not(verdict = "proceed" and stage = "established")', "holds"),
        ('not(opinion = "substantial" and not(b))', "fails"),
        ('not(opinion = "substantial" and opinion_at_worst = "no_assurance")', "holds"),
    ],
)
def test_verdicts(gated: Strategy, text: str, verdict: str) -> None:
    answer = asked(gated, text)
    assert (answer.verdict.value, answer.because) == (verdict, ())
    if verdict == "fails":
        (said,) = answer.shown[0].witness.assessments
        assert said.verdict is not None or said.opinion is not None


def test_the_gates_concerned_stand_with_the_witness(gated: Strategy) -> None:
    text = 'not(verdict = "proceed_with_conditions" and stage = "new" and not(a))'
    answer = asked(gated, text)
    (shown,) = answer.shown
    assert shown.rules == ("TT-01",)
    (exception,) = [one for one in shown.witness.facts["exceptions"] if one["rule"] == "TT-01"]
    assert exception["approver"] == "Cabinet"


def test_rules_about_the_evidence_take_part(tmp_path: Path) -> None:
    made = strategy(
        tmp_path,
        {
            "TT-01": rule(["a"], stages=ALL_STAGES, severity="low"),
            "TT-02": rule(
                ["count(mandatory[needed and not(stated)]) = 0"],
                stages=ALL_STAGES,
                about="evidence",
                severity="medium",
            ),
        },
        header={"mandatory": {"new": ["a", "day"]}},
    )
    # What the stage asks for is known, or the answer is with conditions.
    text = 'not(verdict = "proceed" and stage = "new" and not(is defined(day)))'
    assert asked(made, text).verdict.value == "holds"
    assert asked(made, text.replace("is defined(day)", "is defined(n)")).verdict.value == "fails"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a and", "--property:1:6: the expression ends too early"),
        ("nope", "--property:1:1: `nope` is no fact"),
        ("n", "--property:1:1: a property must be true or false, but this is a number"),
        ('verdict = "go"', "--property:1:11: `verdict` is never `go`"),
    ],
)
def test_what_is_no_property_is_refused(gated: Strategy, text: str, message: str) -> None:
    with pytest.raises(Refused) as caught:
        properties(gated, ["a", text], Limits())
    assert str(caught.value.problems[0]).startswith(message)
