"""The cases of rules that stand beside them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from accordance.facts.case import Case
from accordance.problem import Place, Refused
from accordance.strategy.cases import Expectation, RuleCase, read_rule_cases
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy

SOUND = Path(__file__).parent / "sound"
FILE = f"{SOUND}/tests/dependence.yaml"


@pytest.fixture
def strategy() -> Strategy:
    return load_strategy(str(SOUND))


def test_a_case_is_laid_over_the_base(strategy: Strategy) -> None:
    plain, given = read_rule_cases(str(SOUND), strategy)
    assert plain.case.facts == {
        "id": "case",
        "title": "The partnership",
        "stage": "new",
        "as_of": dt.date(2026, 1, 31),
        "dependence": {"provider_count": 1, "substitutability_months": 3},
        "exit_plan": {"exists": True, "triggers": ["notice"]},
        "continuity": {"fallback_exists": True},
    }
    assert given.case.facts == {
        **plain.case.facts,
        "title": "Town Hall Cleaning",
        "dependence": {"provider_count": 1},  # the blank took the months away
        "exit_plan": {"exists": False, "triggers": []},  # the list was replaced
    }


def test_a_case_knows_what_is_expected(strategy: Strategy) -> None:
    plain, given = read_rule_cases(str(SOUND), strategy)
    assert (plain.evaluated_on, plain.given, plain.expect) == (None, {}, Expectation("compliant"))
    assert isinstance(given.case, Case)
    assert given == RuleCase(
        rule="DEP-01",
        name="one provider and no exit plan",
        theme="Dependence",
        given={
            "title": "Town Hall Cleaning",
            "dependence": {"substitutability_months": None},
            "exit_plan": {"exists": False, "triggers": []},
        },
        case=given.case,
        evaluated_on=dt.date(2026, 2, 28),
        expect=Expectation(
            outcome="non_compliant",
            severity="high",
            severity_least="medium",
            gate=True,
            moot=False,
            message="depends on 1 provider",
            unmet="exit plan",
            missing=("service.critical",),
        ),
        place=Place(FILE, 12, 3),
    )


def test_each_fact_keeps_its_own_line(strategy: Strategy) -> None:
    _, given = read_rule_cases(str(SOUND), strategy)
    lines = {
        path: str(given.case.places[path]).removeprefix(f"{FILE}:")
        for path in ("stage", "dependence.provider_count", "exit_plan.exists")
    }
    assert lines == {
        "stage": "3:3",
        "dependence.provider_count": "5:16",
        "exit_plan.exists": "14:91",
    }


def test_a_strategy_may_have_no_cases(sound: Path, strategy: Strategy) -> None:
    (sound / "tests/dependence.yaml").unlink()
    (sound / "tests").rmdir()
    assert read_rule_cases(str(sound), strategy) == ()


def test_the_strategy_that_comes_with_the_program_has_cases() -> None:
    cases = read_rule_cases(None, load_strategy())
    assert len(cases) >= 100
    assert {type(one.case) for one in cases} == {Case}


HEAD = "theme: Dependence\nbase: {stage: new}\ncases:\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n", ["1:1: a file of cases must be a group of fields, but it is a list"]),
        ("cases: []\n", ["1:1: a file of cases lacks the field `theme`"]),
        ("theme: Exits\ncases: []\n", ["1:8: `theme` cannot be `Exits`; did you mean `Exit`?"]),
        (HEAD + "- DEP-01\n", ["4:3: a case must be a group of fields, but it is text"]),
        (
            HEAD + "- {rule: DEP-01, expects: compliant}\n",
            [
                "4:3: a case lacks the field `expect`",
                "4:3: a case lacks the field `name`",
                "4:18: `expects` is not a field of a case; did you mean `expect`?",
            ],
        ),
        (
            HEAD + "- {rule: DEP-03, name: a, expect: pass}\n",
            [
                "4:10: `DEP-03` is not a rule of this strategy; did you mean `DEP-02`?",
                "4:35: `expect` cannot be `pass`; write one of",
            ],
        ),
        (
            HEAD + "- {rule: EXT-01, name: a, expect: compliant}\n",
            ["4:10: `EXT-01` does not belong to the theme `Dependence`; move the case"],
        ),
        (
            HEAD
            + "- {rule: DEP-01, name: a, expect: compliant, on: today, gate: new, severity: bad,"
            " missing: [exit_plan.exist, 'parties[2].name']}\n",
            [
                "4:50: `today` is not a date; write it as YYYY-MM-DD",
                "4:63: `gate` must be `true` or `false`, but it is text",
                "4:78: `severity` cannot be `bad`; write one of",
                "4:93: `exit_plan.exist` is not a fact of this strategy; "
                "did you mean `exit_plan.exists`?",
            ],
        ),
        (
            HEAD + "- {rule: DEP-01, name: a, expect: compliant}\n" * 2,
            ["5:24: DEP-01 has a case `a` already, at"],
        ),
        (
            "theme: Dependence\nbase: {stage: now}\ncases:\n"
            "- {rule: DEP-01, name: a, expect: compliant}\n"
            "- {rule: DEP-01, name: b, expect: compliant, given: {exit_plan: {exist: true}}}\n",
            # what is wrong in the base is said once
            ["2:15: ", "5:66: "],
        ),
    ],
)
def test_problems_have_their_places(
    text: str, expected: list[str], sound: Path, strategy: Strategy
) -> None:
    file = sound / "tests/dependence.yaml"
    file.write_text(text)
    with pytest.raises(Refused) as refused:
        read_rule_cases(str(sound), strategy)
    found = [str(problem).removeprefix(f"{file}:") for problem in refused.value.problems]
    shown = [line[: len(start)] for line, start in zip(found, expected, strict=True)]
    assert shown == expected


def test_problems_of_all_files_come_in_one_run(sound: Path, strategy: Strategy) -> None:
    (sound / "tests/dependence.yaml").write_text("theme: [unclosed")
    (sound / "tests/exit.yaml").write_text("theme: Exits\ncases: []\n")
    (sound / "tests/old.txt").write_text("")
    with pytest.raises(Refused):
        read_rule_cases(str(sound), strategy)
    (sound / "tests/old.txt").unlink()
    with pytest.raises(Refused) as refused:
        read_rule_cases(str(sound), strategy)
    files = [problem.place.file for problem in refused.value.problems if problem.place]
    assert files == [f"{sound}/tests/dependence.yaml", f"{sound}/tests/exit.yaml"]
