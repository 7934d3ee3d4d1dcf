"""A sound strategy folder, read: the whole of what it says."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from pathlib import Path

import pytest

from accordance.feel.parsing import parse
from accordance.feel.types import BOOLEAN, ContextType, ListType
from accordance.feel.values import Months
from accordance.problem import Code, Place, Refused
from accordance.strategy.due import Due
from accordance.strategy.model import (
    Acceptance,
    Action,
    Approval,
    Definition,
    Parameter,
    Requirement,
    Rule,
    SeverityStep,
    Strategy,
    Table,
    TableRow,
)
from accordance.strategy.reading import examine_strategy, load_strategy

SOUND = Path(__file__).parent / "sound"


@pytest.fixture
def strategy() -> Strategy:
    return load_strategy(str(SOUND))


def place(file: str, line: int, column: int) -> Place:
    return Place(f"{SOUND}/{file}", line, column)


def test_the_header(strategy: Strategy) -> None:
    assert (strategy.name, strategy.title, strategy.version) == (
        "small_body",
        "Collaboration strategy of a small body",
        "1.2",
    )
    assert strategy.approval == Approval(
        "Full Council",
        dt.date(2026, 4, 15),
        "Minute 12",
        f"sha256:{'0' * 64}",
        place("strategy.yaml", 5, 1),
    )
    assert list(strategy.themes.items()) == [
        ("DEP", "Dependence"),
        ("EXT", "Exit"),
        ("EVD", "Evidence"),
    ]
    assert strategy.mandatory == {
        "new": ("service.critical", "parties.name"),
        "renewing": (),
        "established": (),
        "exiting": ("exit_plan.exists",),
    }
    assert strategy.exceptions == {
        "high": Acceptance(("Full Council", "Cabinet"), Months(6)),
        "low": Acceptance(("Cabinet",), None),
    }
    assert strategy.holidays == {dt.date(2026, 1, 1), dt.date(2026, 4, 3)}
    assert strategy.folder == str(SOUND)


def test_the_parameters(strategy: Strategy) -> None:
    values = {name: (one.value, one.unit) for name, one in strategy.parameters.items()}
    assert values == {
        "replacement_months_max": (12, "months"),
        "large_value": (Fraction(1000001, 2), "GBP"),
        "review_age_max": (Months(12), "duration"),
        "law_from": (dt.date(2023, 1, 4), "date"),
        "exit_triggers": (["performance", "divergence"], "list"),
        "contact": ("Monitoring Officer", "text"),
    }
    assert strategy.parameters["contact"] == Parameter(
        "contact", "Monitoring Officer", "text", "Who to ask", place("strategy.yaml", 16, 3)
    )


def test_the_tables(strategy: Strategy) -> None:
    gate = "some b in breaches satisfies b.gate"
    gaps = "count(gaps) > 0"
    assert strategy.verdict == Table(
        ("new", "renewing"),
        (
            TableRow(
                "do_not_proceed",
                parse(gate),
                gate,
                "A gate is broken",
                place("strategy.yaml", 26, 7),
            ),
            TableRow("undecided", parse(gaps), gaps, None, place("strategy.yaml", 27, 7)),
            TableRow("proceed", None, None, None, place("strategy.yaml", 28, 7)),
        ),
    )
    assert strategy.opinion.stages == ("renewing", "established", "exiting")


def test_a_definition_comes_after_those_it_uses(strategy: Strategy) -> None:
    assert list(strategy.definitions) == [
        "open_gates",
        "private_parties",
        "slow_to_replace",
        "single_provider",
    ]
    text = "dependence.provider_count = 1 or slow_to_replace"
    assert strategy.definitions["single_provider"] == Definition(
        "single_provider",
        "One provider delivers the service, or replacing it would take over a year",
        text,
        parse(text),
        BOOLEAN,
        "partnership",
        place("rules/dependence.yaml", 3, 3),
    )
    assert strategy.definitions["open_gates"].about == "evidence"
    private = strategy.definitions["private_parties"].type
    assert isinstance(private, ListType)
    assert isinstance(private.item, ContextType)


def test_rules_stand_by_theme_and_number(strategy: Strategy) -> None:
    assert [rule.id for rule in strategy.rules] == ["DEP-01", "DEP-02", "EXT-01", "EVD-01"]
    assert [rule.id for rule in strategy.retired] == ["EXT-02"]
    assert [rule.about for rule in strategy.rules] == ["partnership"] * 3 + ["evidence"]
    assert strategy.rules[1].stages == ("new", "established")


def test_a_rule_with_every_field(strategy: Strategy) -> None:
    days = Due("30 days", "after", 30, "days")
    signature = Due("before signature", "before", event="signature")
    once = Due("at once", "at once")
    assert strategy.rules[0] == Rule(
        id="DEP-01",
        title="A single provider has an exit plan and a fallback",
        theme="Dependence",
        stages=("new", "renewing", "established"),
        when=parse("single_provider"),
        when_text="single_provider",
        require=(
            Requirement(
                "exit_plan.exists",
                parse("exit_plan.exists"),
                None,
                None,
                place("rules/dependence.yaml", 25, 9),
            ),
            Requirement(
                "continuity.fallback_exists",
                parse("continuity.fallback_exists"),
                frozenset({"new", "established"}),
                "no fallback is arranged within {replacement_months_max} months",
                place("rules/dependence.yaml", 26, 9),
            ),
        ),
        severity="medium",
        severity_when=(
            SeverityStep("critical", parse("service.critical"), "service.critical"),
            SeverityStep(
                "high", parse("dependence.provider_count = 1"), "dependence.provider_count = 1"
            ),
        ),
        gate=frozenset({"new", "renewing"}),
        finding="{title} depends on {dependence.provider_count} provider, and {unmet}.",
        actions=(
            Action(
                "Write the exit plan and arrange a fallback",
                "Contract owner",
                {"new": signature, "renewing": days, "established": days},
                "Exit plan and fallback approved by the joint board",
            ),
            Action(
                "Tell the board",
                "Lead officer",
                {"new": once, "renewing": once, "established": once},
                None,
            ),
        ),
        because="Suppliers can fail and leave the public body in limbo.",
        excludes=("Public bodies that serve themselves.",),
        assumes=("One is one.", "Two are two."),
        basis=("seed R3", "BS 11000 stage 8"),
        since="1.0",
        until="1.2",
        effective_from=dt.date(2011, 4, 5),
        effective_until=dt.date(2030, 12, 31),
        jurisdictions=("scotland",),
        aliases=("DEP-91",),
        about="partnership",
        tags=("supply",),
        place=place("rules/dependence.yaml", 20, 3),
    )


def test_a_rule_is_found_by_the_id_it_had_before(strategy: Strategy) -> None:
    names = ("DEP-01", "DEP-91", "EXT-02", "EXT-99")
    found = {name: strategy.rule(name) for name in names}
    assert {name: rule.id if rule else None for name, rule in found.items()} == {
        "DEP-01": "DEP-01",
        "DEP-91": "DEP-01",
        "EXT-02": "EXT-02",
        "EXT-99": None,
    }


@pytest.mark.parametrize(
    ("version", "retired"),
    [("1.1", []), ("1.1.0", []), ("1.2", ["EXT-02"]), ("1.10", ["DEP-01", "EXT-02"])],
)
def test_a_rule_retires_after_its_last_version(
    version: str, retired: list[str], sound: Path
) -> None:
    header = sound / "strategy.yaml"
    header.write_text(header.read_text().replace('"1.2"', f'"{version}"'))
    assert [rule.id for rule in load_strategy(str(sound)).retired] == retired


def test_a_strategy_is_approved_only_with_the_digest_it_has(sound: Path) -> None:
    header = sound / "strategy.yaml"
    draft = load_strategy(str(sound))
    header.write_text(header.read_text().replace(f"sha256:{'0' * 64}", draft.digest))
    approved = load_strategy(str(sound))
    assert (draft.status, approved.status) == ("draft", "approved")
    # The approval names the digest, so it is no part of it.
    assert approved.digest == draft.digest
    assert approved.source_digest != draft.source_digest
    header.write_text(header.read_text().replace("value: 12,", "value: 13,"))
    assert load_strategy(str(sound)).status == "draft"


def test_versions_may_stand_without_quotes(sound: Path) -> None:
    header = sound / "strategy.yaml"
    header.write_text(header.read_text().replace('"1.2"', "1.20"))
    assert load_strategy(str(sound)).version == "1.20"


def test_the_strategy_that_comes_with_the_program_has_no_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    reading = examine_strategy()
    assert [str(problem) for problem in reading.problems] == []
    assert reading.strategy
    assert reading.strategy.folder == "strategy_rules/public_body"
    assert len(reading.strategy.rules) >= 30


@pytest.mark.parametrize("name", ["nowhere", "a-file"])
def test_a_strategy_that_is_not_there(name: str, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("strategy: small\n")
    with pytest.raises(Refused) as refused:
        load_strategy(str(tmp_path / name))
    assert [problem.code for problem in refused.value.problems] == [Code.STRATEGY_MISSING]


def test_a_thousand_rules_and_a_long_chain_of_definitions(sound: Path) -> None:
    text = (sound / "rules/exit.yaml").read_text().partition("  EXT-02")[0]
    rule = text.partition("rules:\n")[2]
    definitions = "definitions:\n  word_01: {means: First, is: exit_plan.exists}\n" + "".join(
        f"  word_{n:02}: {{means: Next, is: not(word_{n - 1:02})}}\n" for n in range(2, 51)
    )
    rules = "".join(rule.replace("EXT-01", f"EXT-{n:04}") for n in range(1000))
    (sound / "rules/exit.yaml").write_text(f"theme: Exit\n{definitions}rules:\n{rules}")
    strategy = load_strategy(str(sound))
    assert len(strategy.rules) == 1003
    words = [name for name in strategy.definitions if name.startswith("word")]
    assert words == sorted(words)


def test_a_chain_of_definitions_without_end_is_refused(sound: Path) -> None:
    chain = "".join(
        f"  word_{n:04}: {{means: Next, is: not(word_{n + 1:04})}}\n" for n in range(3000)
    )
    (sound / "rules/chain.yaml").write_text(
        f"definitions:\n{chain}  word_3000: {{means: Last, is: exit_plan.exists}}\n"
    )
    with pytest.raises(Refused) as refused:
        load_strategy(str(sound))
    assert [problem.code for problem in refused.value.problems] == [Code.ENGINE_LIMIT]
