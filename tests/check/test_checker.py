"""Outcomes, severities, verdicts, exceptions and notices on small strategies."""

from __future__ import annotations

import datetime as dt
import resource
from pathlib import Path
from typing import Any

import pytest

from accordance.check.driver import EngineFailure
from accordance.check.network import StageNetwork
from accordance.feel import codes
from accordance.problem import Refused
from tests.check.small import TODAY, case, checker, outcomes, rule

UNKNOWN: dict[str, Any] = {}


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"a": False}, "not_applicable"),
        ({"a": False, "b": False, "c": False}, "not_applicable"),
        ({"a": True, "b": True, "c": True}, "compliant"),
        ({"a": True, "b": False, "c": True}, "non_compliant"),
        ({"a": True, "b": False}, "non_compliant"),
        ({"a": True, "b": True}, "insufficient_evidence"),
        ({"a": True}, "insufficient_evidence"),
        ({"b": False, "c": False}, "insufficient_evidence"),
        ({"b": True, "c": True}, "insufficient_evidence"),
        (UNKNOWN, "insufficient_evidence"),
    ],
)
def test_the_table_of_outcomes(tmp_path: Path, facts: dict[str, Any], outcome: str) -> None:
    made = checker(tmp_path / "s", {"TT-01": rule(["b", "c"], when="a")})
    assert outcomes(made, **facts) == {"TT-01": outcome}


def test_moot_where_no_fact_can_make_it_a_breach(tmp_path: Path) -> None:
    made = checker(tmp_path / "s", {"TT-01": rule(["b"], when="a", gate=["new"])})
    document = made.check(case(made, b=True)).to_json()
    (result,) = document["results"]
    assert (result["outcome"], result["moot"]) == ("insufficient_evidence", True)
    assert (result["kind"], result["missing"], result["actions"]) == (None, [], [])
    assert (document["verdict"], document["missing"]) == ("proceed", [])


def test_a_requirement_may_have_its_own_stages(tmp_path: Path) -> None:
    rules = {
        "TT-01": rule(["a", {"is": "b", "stages": ["new"]}]),
        "TT-02": rule([{"is": "b", "stages": ["new"]}], stages=["new"]),
    }
    made = checker(tmp_path / "s", rules)
    assert outcomes(made, a=True)["TT-01"] == "insufficient_evidence"
    assert outcomes(made, a=True, stage="established") == {
        "TT-01": "compliant",
        "TT-02": "not_applicable",
    }


def test_definitions_chain_and_unknown_is_never_false(tmp_path: Path) -> None:
    definitions = {
        "third": "not(second) or c",
        "second": "first and b",
        "first": "a",
        "total": "if n > 1 then 5 else 6",
        "large": "total = 5",
    }
    made = checker(
        tmp_path / "s",
        {"TT-01": rule(["third"]), "TT-02": rule(["not(third)"]), "TT-03": rule(["large"])},
        definitions,
    )
    known = outcomes(made, a=True, b=True, c=False, n=2)
    assert known == {"TT-01": "non_compliant", "TT-02": "compliant", "TT-03": "compliant"}
    unknown = outcomes(made, a=True)
    assert set(unknown.values()) == {"insufficient_evidence"}
    assert outcomes(made, a=False)["TT-01"] == "compliant"


def test_wide_and_deep_conditions_stay_right(tmp_path: Path) -> None:
    """Many ORs inside one AND would fire thousands of times if they were not hoisted."""
    either = " and ".join(f"(n = {i} or n != {i} or a)" for i in range(14))
    wide = " or ".join(f"n = {i}" for i in range(120))
    made = checker(
        tmp_path / "s",
        {"TT-01": rule([either]), "TT-02": rule([wide]), "TT-03": rule([f"not({wide})"])},
    )
    assert outcomes(made, n=7) == {
        "TT-01": "compliant",
        "TT-02": "compliant",
        "TT-03": "non_compliant",
    }
    assert outcomes(made, n=777)["TT-02"] == "non_compliant"
    assert set(outcomes(made).values()) == {"insufficient_evidence"}


def test_a_thousand_rules(tmp_path: Path) -> None:
    rules = {f"TT-{i:04}": rule([f"n > {i} or a", "b"], when=f"n != {i}") for i in range(1000)}
    made = checker(tmp_path / "s", rules)
    found = outcomes(made, n=500, a=False, b=True)
    for i in range(1000):
        expected = "not_applicable" if i == 500 else "compliant" if i < 500 else "non_compliant"
        assert found[f"TT-{i:04}"] == expected


@pytest.mark.parametrize(
    ("facts", "severity", "least"),
    [
        ({"b": True, "c": True}, "critical", "critical"),
        ({"b": True, "c": False}, "high", "high"),
        ({"b": False, "c": False}, "medium", "medium"),
        ({"b": True}, "critical", "high"),
        ({"c": False}, "high", "medium"),
        (UNKNOWN, "critical", "medium"),
    ],
)
def test_severity_is_a_range_while_a_condition_is_unknown(
    tmp_path: Path, facts: dict[str, Any], severity: str, least: str
) -> None:
    raised = {"high": "b", "critical": "c"}
    made = checker(tmp_path / "s", {"TT-01": rule(["a"], severity="medium", severity_when=raised)})
    (result,) = made.check(case(made, a=False, **facts)).to_json()["results"]
    assert (result["severity"], result["severity_least"]) == (severity, least)


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        ({"a": True, "b": True}, "proceed"),
        ({"a": False, "b": True}, "do_not_proceed"),
        ({"b": True}, "undecided"),
        ({"a": True, "b": False}, "proceed_with_conditions"),
        ({"a": True}, "proceed_with_conditions"),
        ({"a": True, "b": False, "c": True}, "do_not_proceed"),
    ],
)
def test_the_verdict_table(tmp_path: Path, facts: dict[str, Any], verdict: str) -> None:
    rules = {
        "TT-01": rule(["a"], gate=["new"]),
        "TT-02": rule(["b"], severity="medium", severity_when={"critical": "c = true"}),
    }
    made = checker(tmp_path / "s", rules)
    given = {"c": False, **facts}
    assert made.assess(case(made, **given)).verdict == verdict


@pytest.mark.parametrize(
    ("facts", "opinion", "worst"),
    [
        ({"a": True, "b": True}, "substantial", "substantial"),
        ({"a": True, "b": False}, "reasonable", "reasonable"),
        ({"a": False, "b": True}, "limited", "limited"),
        ({"b": True}, "limited", "limited"),
        ({"a": True}, "substantial", "reasonable"),
    ],
)
def test_the_opinion_and_the_opinion_at_worst(
    tmp_path: Path, facts: dict[str, Any], opinion: str, worst: str
) -> None:
    made = checker(tmp_path / "s", {"TT-01": rule(["a"]), "TT-02": rule(["b"], severity="medium")})
    found = made.assess(case(made, stage="established", **facts))
    assert (found.verdict, found.opinion, found.opinion_at_worst) == (None, opinion, worst)


def exception(**changed: str) -> dict[str, Any]:
    stated = {
        "rule": "TT-01",
        "reason": "It is being mended",
        "approver": "Cabinet",
        "approved_on": "2026-01-01",
        "expires": "2026-06-30",
    }
    return {"lead_officer": "Director", "exceptions": [{**stated, **changed}]}


@pytest.mark.parametrize(
    ("given", "outcome", "verdict", "notices"),
    [
        (exception(), "accepted_exception", "proceed_with_conditions", []),
        (exception(rule="TT-98"), "accepted_exception", "proceed_with_conditions", []),
        (exception(expires="2026-01-31"), "accepted_exception", "proceed_with_conditions", []),
        (exception(approved_on="2026-01-31"), "accepted_exception", "proceed_with_conditions", []),
        (exception(expires="2026-01-30"), "non_compliant", "do_not_proceed", ["exception_expired"]),
        (exception(approved_on="2026-02-01"), "non_compliant", "do_not_proceed",
         ["exception_not_yet"]),
        (exception(approver="Porter"), "non_compliant", "do_not_proceed",
         ["exception_not_allowed"]),
        (exception(expires="2026-07-02"), "non_compliant", "do_not_proceed",
         ["exception_not_allowed"]),
        (exception(rule="TT-99"), "non_compliant", "do_not_proceed", ["exception_rule_unknown"]),
        ({**exception(), "lead_officer": "cabinet"}, "non_compliant", "do_not_proceed",
         ["exception_not_allowed"]),
        ({**exception(), "lead_officer": None}, "insufficient_evidence", "undecided", []),
    ],
)  # fmt: skip
def test_exceptions(
    tmp_path: Path, given: dict[str, Any], outcome: str, verdict: str, notices: list[str]
) -> None:
    made = checker(tmp_path / "s", {"TT-01": rule(["a"], gate=["new"], aliases=["TT-98"])})
    found = made.assess(case(made, a=False, **given))
    (judgement,) = found.judgements
    assert (judgement.outcome.value, found.verdict) == (outcome, verdict)
    assert [notice.code.value for notice in found.notices] == notices


def test_only_a_breach_can_be_excepted(tmp_path: Path) -> None:
    made = checker(tmp_path / "s", {"TT-01": rule(["a"])})
    for facts, outcome in (({"a": True}, "compliant"), ({}, "insufficient_evidence")):
        found = made.assess(case(made, **facts, **exception()))
        assert found.judgements[0].outcome.value == outcome
        assert [notice.code.value for notice in found.notices] == ["exception_unused"]


def test_an_acceptance_that_cannot_be_told_names_the_missing_fact(tmp_path: Path) -> None:
    made = checker(tmp_path / "s", {"TT-01": rule(["a"])})
    given = {**exception(), "lead_officer": None}
    (result,) = made.check(case(made, a=False, **given)).to_json()["results"]
    assert result["missing"] == ["lead_officer"]
    assert "exception" in result["message"]


@pytest.mark.parametrize(
    ("c", "outcome"),
    [(True, "non_compliant"), (False, "accepted_exception"), (None, "insufficient_evidence")],
)
def test_who_may_accept_hangs_on_the_severity(tmp_path: Path, c: bool | None, outcome: str) -> None:
    """Cabinet may accept a high breach; a critical one nobody may."""
    made = checker(tmp_path / "s", {"TT-01": rule(["a"], severity_when={"critical": "c"})})
    document = made.check(case(made, a=False, c=c, **exception())).to_json()
    (result,) = document["results"]
    assert result["outcome"] == outcome
    assert result["missing"] == (["c"] if c is None else [])


def test_a_severity_that_a_breach_cannot_have_is_not_asked_about(tmp_path: Path) -> None:
    """Cabinet may accept a high breach; this one is critical or medium, and surely not high."""
    steps = {"critical": "c", "high": "b"}
    made = checker(tmp_path / "s", {"TT-01": rule(["a"], severity="medium", severity_when=steps)})
    (judgement,) = made.assess(case(made, a=False, b=False, **exception())).judgements
    assert (judgement.outcome.value, judgement.possible) == (
        "non_compliant",
        ("critical", "medium"),
    )


def test_evaluation_dates(tmp_path: Path) -> None:
    header = {"parameters": {"facts_age_max": {"value": "P6M", "unit": "duration", "means": "Age"}}}
    made = checker(tmp_path / "s", {"TT-01": rule(["day >= today()"])}, header=header)
    given = case(made, day="2026-02-15")
    assert made.assess(given).evaluated_on == TODAY
    assert made.assess(given).judgements[0].outcome.value == "compliant"
    later = made.assess(given, dt.date(2026, 7, 31))
    assert later.judgements[0].outcome.value == "non_compliant"
    assert [notice.code.value for notice in later.notices] == []
    stale = made.assess(given, dt.date(2026, 8, 1))
    assert [notice.code.value for notice in stale.notices] == ["facts_stale"]
    with pytest.raises(Refused, match="before the date of the facts"):
        made.assess(given, dt.date(2026, 1, 30))
    undated = made.assess(case(made, as_of=None, day="2026-02-15"))
    codes = {notice.code.value for notice in undated.notices}
    assert codes == {"date_assumed", "facts_undated"}


def test_the_answer_in_full(tmp_path: Path) -> None:
    made = checker(
        tmp_path / "s",
        {"TT-01": rule(["a", {"is": "n <= 3", "unmet": "there are {n} of them"}], gate=["new"])},
    )
    document = made.check(case(made, a=False, n=4)).to_json()
    (result,) = document["results"]
    assert document["schema"] == "accordance/check/1"
    assert document["case"]["id"] == "one"
    assert document["case"]["evaluated_on"] == "2026-01-31"
    assert result["id"] == "one/TT-01"
    assert result["unmet"][1] == "there are 4 of them"
    assert result["message"].endswith("there are 4 of them.")
    assert [fact["path"] for fact in result["facts"]] == ["a", "n"]
    assert result["facts"][1]["value"] == 4
    assert result["facts"][1]["line"] == 1
    assert result["actions"] == [
        {
            "do": "Mend it",
            "owner": "Somebody",
            "due": "30 days",
            "due_on": "2026-03-02",
            "done_when": None,
        }
    ]
    assert len(result["remedy"]) == 2


def test_missing_facts_of_groups_inside_lists_are_named(tmp_path: Path) -> None:
    made = checker(
        tmp_path / "s",
        {
            "TT-01": rule(["every i in items satisfies i.group.x"]),
            "TT-02": rule(["count(items[ok]) >= 1"]),
        },
    )
    items = [{"name": "First", "group": {"x": True}}, {"name": "Second"}]
    document = made.check(case(made, items=items)).to_json()
    by_rule = {result["rule"]: result for result in document["results"]}
    assert by_rule["TT-01"]["missing"] == ["items[2].group.x"]
    assert by_rule["TT-02"]["missing"] == ["items[1].ok", "items[2].ok"]
    assert made.stated("items.group.x", made.assess(case(made, items=items)).frame) is False
    first = case(made, items=items[:1])
    assert made.stated("items.group.x", made.assess(first).frame) is True


def test_a_decided_rule_asks_for_nothing(tmp_path: Path) -> None:
    made = checker(tmp_path / "s", {"TT-01": rule(["a or b"]), "TT-02": rule(["a and b"])})
    document = made.check(case(made, a=True)).to_json()
    assert [result["missing"] for result in document["results"]] == [[], ["b"]]
    assert [question["decides"] for question in document["missing"]] == [["TT-02"]]


def test_too_much_work_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codes, "MAX_ITEMS_VISITED", 1000)
    nested = "every x in items satisfies every y in items satisfies x.ok or y.ok"
    made = checker(tmp_path / "s", {"TT-01": rule([nested])})
    many = case(made, items=[{"ok": True}] * 200)
    with pytest.raises(Refused, match="too many list items"):
        made.assess(many)


def test_a_network_that_fails_concludes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: Any) -> None:
        raise EngineFailure("the network failed")

    made = checker(tmp_path / "s", {"TT-01": rule(["a"])})
    with monkeypatch.context() as patch:
        patch.setattr(StageNetwork, "run", fails)
        with pytest.raises(Refused, match="not checked"):
            made.assess(case(made, a=True))
    assert outcomes(made, a=True) == {"TT-01": "compliant"}


def test_checking_again_and_again_does_not_grow(tmp_path: Path) -> None:
    made = checker(
        tmp_path / "s", {f"TT-{i:02}": rule([f"n > {i} or a"], when="b") for i in range(20)}
    )
    given = case(made, n=10, a=False, b=True)
    for _ in range(500):
        made.assess(given)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(3000):
        made.assess(given)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 1024, f"{grown} KiB more after 3,000 checks"


def test_a_remedy_names_only_what_someone_can_bring_about(tmp_path: Path) -> None:
    rules = {
        "TT-01": rule(["fixed or today() < date(2020, 1, 1) or a"]),
        "TT-02": rule(["fixed"]),
    }
    made = checker(tmp_path / "s", rules)
    document = made.check(case(made, fixed=False, a=False)).to_json()
    first, second = (result["remedy"] for result in document["results"])
    assert len(first) == 1 and "either" not in first[0] and "2020" not in first[0]
    assert len(second) == 1  # where nothing can be changed, it still says what would be needed
