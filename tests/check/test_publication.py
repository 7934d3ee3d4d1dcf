"""What may be published depends on no fact that is exempt from publication."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from accordance.check.checker import Checker
from accordance.check.publication import public_answer, public_settings
from accordance.facts.case import Case
from accordance.facts.model import shapes
from accordance.facts.reading import load_case
from accordance.facts.setting import with_set
from accordance.strategy.model import EVIDENCE
from accordance.strategy.reading import load_strategy

CASES = Path(__file__).parents[2] / "cases"
ENERGY = CASES / "portfolio" / "energy-company.facts.yaml"
LEISURE = CASES / "portfolio" / "leisure-partnership.facts.yaml"
OUTSOURCING = CASES / "proposals" / "revenues-benefits-outsourcing.facts.yaml"
Json = dict[str, Any]


@cache
def checker() -> Checker:
    return Checker(load_strategy(None))


def case(path: Path) -> Case:
    return load_case(checker().strategy.model, path=str(path))


def planted(path: Path, variant: int) -> Case:
    """The case with every sensitive fact stated: values of its own for each variant."""
    found = case(path)
    model = found.model
    settings = []
    for number, shape in enumerate(shapes(model.root)):
        kind = shape.schema["type"]
        if shape.path in model.sensitivities and kind not in ("array", "object"):
            place = shape.path
            for above in sorted(model.lists, key=len, reverse=True):
                if place.startswith(f"{above}."):
                    place = f"{above}[1]{place.removeprefix(above)}"
            settings.append(f"{place}={value(shape.schema, number, variant)}")
    return with_set(found, settings)


def value(schema: Json, number: int, variant: int) -> str:
    if "enum" in schema:
        return str(schema["enum"][variant % len(schema["enum"])])
    if "anyOf" in schema:
        return dt.date(1991 + variant, 1, 1 + number % 28).isoformat()
    if schema["type"] == "boolean":
        return "true" if variant else "false"
    if schema["type"] == "integer":
        return f"7{variant}{number:03}"
    if schema["type"] == "number":
        return f"0.{90 + variant}7{number:03}"
    return f"sentinel{variant}{number}"


@pytest.mark.parametrize("path", [ENERGY, LEISURE, OUTSOURCING], ids=lambda path: path.stem)
def test_sensitive_values_change_nothing_but_the_answer(path: Path) -> None:
    about_evidence = {rule.id for rule in checker().strategy.rules if rule.about == EVIDENCE}
    seen = []
    for variant in (0, 1):
        document = public_answer(checker(), planted(path, variant))
        for name in ("verdict", "opinion", "opinion_at_worst", "verdict_means", "opinion_means"):
            del document[name]
        document["results"] = [
            one for one in document["results"] if one["rule"] not in about_evidence
        ]
        del document["good_practice"]
        seen.append(document)
    assert seen[0] == seen[1]
    assert seen[0]["withheld"]["facts"] > 5


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for member in value.values():
            yield from texts(member)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    elif value is not None:
        yield str(value)


def test_the_answer_is_that_of_the_full_check() -> None:
    found = case(ENERGY)
    full, public = checker().check(found).to_json(), public_answer(checker(), found)
    assert public["opinion"] == full["opinion"]
    assert public["audience"] == "public" and full["audience"] == "internal"
    assert full["withheld"] is None
    assert public["withheld"]["facts"] == len(public["withheld"]["listed"])
    assert "21000000" in "\n".join(texts(full))
    assert "21000000" not in "\n".join(texts(public))
    told = {one["rule"]: one["outcome"] for one in public["results"]}
    assert {rule for rule, outcome in told.items() if outcome == "withheld"} == {
        "BC-03",
        "SEL-02",
        "DEP-05",
        "REP-04",
    }
    for one in full["results"]:
        assert told[one["rule"]] in ("withheld", one["outcome"])


def test_a_rule_without_exempt_facts_is_told_in_full() -> None:
    found = case(ENERGY)
    full, public = checker().check(found).to_json(), public_answer(checker(), found)
    told = {one["rule"]: one for one in public["results"]}
    for rule in ("BC-08", "GOV-07", "FRM-06"):
        assert told[rule] == next(one for one in full["results"] if one["rule"] == rule)


def test_evidence_of_an_exempt_fact_is_nameless() -> None:
    found = with_set(
        case(ENERGY),
        ["evidence[7]={fact: parties.financial, reference: Rating letter, note: gone bad}"],
    )
    entry = public_answer(checker(), found)["evidence"][6]
    assert (entry["reference"], entry["note"], entry["withheld"]) == (None, None, True)


def test_an_earlier_action_on_a_withheld_rule_is_not_told() -> None:
    found = with_set(
        case(ENERGY), ["actions[3]={rule: DEP-05, do: Prepare for insolvency, due_on: 2026-01-05}"]
    )
    full, public = checker().check(found).to_json(), public_answer(checker(), found)
    assert full["follow_up"][2]["do"] == "Prepare for insolvency"
    assert public["follow_up"][2]["do"] is None
    assert any("insolvency" in notice["message"] for notice in full["notices"])
    assert "Prepare for insolvency" not in "\n".join(texts(public))
    assert not any("insolvency" in notice["message"] for notice in public["notices"])


def test_what_if_values_of_exempt_facts_are_withheld() -> None:
    said = public_settings(
        checker(),
        [
            "parties[2].financial.net_assets=-5",
            "parties=[{name: A, financial: {net_assets: -5}}]",
            "exit_plan.exists=true",
        ],
    )
    assert said == [
        "parties[2].financial.net_assets (value withheld)",
        "parties (value withheld)",
        "exit_plan.exists=true",
    ]
