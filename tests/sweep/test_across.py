"""Across the portfolio: a sweep by columns and one by `check` find the same of groups of cases."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from accordance.portfolio.body_files import ALIASES, find_body_files
from accordance.problem import Refused
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy
from accordance.sweep import workers
from accordance.sweep.run_files import MANIFEST, PORTFOLIO
from accordance.sweep.running import Task, run
from accordance.sweep.sources import find_sources
from accordance.sweep.sweeping import Options
from tests.generating.writing import case_text
from tests.portfolio.random_portfolios import SMALL, TODAY, random_case

GIVEN = "reason: A test, approver: Board, approved_on: 2026-01-31, expires: 2026-06-30"
EXCEPTIONS = f"""\
exceptions:
- {{rule: PP-01, group: Ann, {GIVEN}}}
- {{rule: PP-01, group: Zoe, {GIVEN}}}
- {{rule: PP-03, {GIVEN}}}
- {{rule: PP-06, group: alliance, case: P1, {GIVEN}}}
- {{rule: PP-06, group: alliance, case: P99, {GIVEN}}}
- {{rule: PP-07, {GIVEN}}}
"""
TABLE = "providers:\n  Acme Group: [Acme, ACME Ltd]\n"


@pytest.fixture(scope="module")
def small() -> Strategy:
    return load_strategy(str(SMALL), cache=False)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    """Forty random records, of which one is wrong and two have one id, and a table of aliases."""
    chance = random.Random(7)
    cases = [random_case(chance, number) for number in range(40)]
    cases[5]["id"] = cases[6]["id"]
    lines = [" ".join(case_text(facts).split()) for facts in cases]
    lines[9] = '{"id": "P9", "title": "Wrong", "stage": "nowhere"}'
    folder = tmp_path / "register"
    folder.mkdir()
    (folder / "register.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "exceptions.yaml").write_text(EXCEPTIONS, encoding="utf-8")
    (folder / "aliases.yaml").write_text(TABLE, encoding="utf-8")
    return folder


def swept(strategy: Strategy, folder: Path, engine: str, place: Path) -> dict[str, Any]:
    given = [str(folder)]
    kept = find_body_files(given, strategy)
    task = Task(given=given, sources=find_sources(given, strategy.model), kept=kept)
    found = run(strategy, task, Options(TODAY, engine=engine, sample=100), str(place))
    assert found.manifest["counts"] == {"records": 40, "cases": 37, "rejected": 3}
    assert found.manifest["portfolio"]["aliases"]["name"].endswith("register/aliases.yaml")
    document: dict[str, Any] = json.loads((place / PORTFOLIO).read_text(encoding="utf-8"))
    return document


@pytest.mark.usefixtures("libraries_may_warn")
def test_what_other_processes_tell_of_cases(
    small: Strategy, register: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = register / "register.ndjson"
    # A name that is spelt in an unusual way: such a record is checked by itself.
    text = file.read_text(encoding="utf-8").replace('"title"', '"titl\\u0065"')
    file.write_text(text, encoding="utf-8")
    one = swept(small, register, "duckdb", tmp_path / "one")
    monkeypatch.setattr(workers, "WORTH_IT", 1)
    monkeypatch.setattr(workers, "_processors", lambda: 2)
    assert swept(small, register, "duckdb", tmp_path / "two") == one
    manifest = json.loads((tmp_path / "two" / MANIFEST).read_text(encoding="utf-8"))
    assert manifest["engine"]["singly"] == {"text": 40}


def test_columns_and_check_find_the_same(small: Strategy, register: Path, tmp_path: Path) -> None:
    by_columns = swept(small, register, "duckdb", tmp_path / "one")
    by_check = swept(small, register, "check", tmp_path / "two")
    assert by_columns["told_from"]["check"] == ["PP-03"]
    assert by_columns["rules"] == by_check["rules"]
    assert by_columns["providers"] == by_check["providers"]
    names = ("id", "outcome", "severity", "severity_least", "moot", "unmet", "figures", "actions")
    heads = [{name: one[name] for name in names} for one in by_columns["results"]]
    assert heads == [{name: one[name] for name in names} for one in by_check["results"]]
    assert by_columns["notices"] == by_check["notices"] != []
    accepted = [one["accepted_by"] for one in by_columns["results"]]
    assert accepted == [one["accepted_by"] for one in by_check["results"]]
    assert any(accepted)
    assert [_cases(one) for one in by_columns["results"]] == [
        _cases(one) for one in by_check["results"]
    ]
    breaches = [one for one in by_columns["results"] if one["kind"] == "breach"]
    assert [one["message"] for one in breaches] == [
        one["message"] for one in by_check["results"] if one["kind"] == "breach"
    ]


def _cases(result: dict[str, Any]) -> list[tuple[str, bool]]:
    return [(case["id"], case["certain"]) for case in result["cases"]]


@pytest.mark.parametrize("engine", ["duckdb", "check"])
def test_of_many_findings_the_others_are_told_in_brief(
    small: Strategy, register: Path, tmp_path: Path, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = swept(small, register, engine, tmp_path / "whole")
    assert whole["more"] == []
    for module in ("portfolio.answer", "sweep.group_columns"):
        monkeypatch.setattr(f"accordance.{module}.MOST_RESULTS", 2)
    short = swept(small, register, engine, tmp_path / "short")
    assert all(one["results_more"] >= 0 for one in short["rules"])
    assert sum(one["results_more"] for one in short["rules"]) == len(short["more"]) > 0
    names = ("rule", "group", "case", "outcome", "kind", "severity")
    told = [*short["results"], *short["more"]]
    assert sorted(_brief(one, names) for one in told) == sorted(
        _brief(one, names) for one in whole["results"]
    )
    assert all(set(one) == set(names) for one in short["more"])


def _brief(result: dict[str, Any], names: tuple[str, ...]) -> list[str]:
    return [str(result[name]) for name in names]


def test_aliases_that_cannot_be_read(small: Strategy, tmp_path: Path) -> None:
    path = tmp_path / "aliases.yaml"
    path.write_text("providers:\n  One: [Same]\n  Two: [same]\n  Three: Text\nother: 1\n")
    with pytest.raises(Refused) as refused:
        find_body_files([], small, {ALIASES: str(path)})
    places = [
        (problem.place.line, problem.message) for problem in refused.value.problems if problem.place
    ]
    assert places == [
        (3, f"`same` goes under `One` already, at {path}:2:9"),
        (4, "the names of `Three` must be a list"),
        (5, "`other` is not a field of a table of aliases"),
    ]
    with pytest.raises(Refused):
        find_body_files([], small, {ALIASES: str(tmp_path / "missing.yaml")})
