"""JSON Schemas for editors: the shipped files fit them, broken ones do not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from accordance.report.json import write
from accordance.strategy.reading import load_strategy
from accordance.workbench.schemas import KINDS, schema

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "strategy_rules" / "public_body"
FILES = {
    "strategy": [SHIPPED / "strategy.yaml"],
    "rules": sorted((SHIPPED / "rules").glob("*.yaml")),
    "tests": sorted((SHIPPED / "tests").glob("*.yaml")),
    "facts": sorted((ROOT / "cases").glob("*/*.facts.yaml"))[::8],
}


class Loader(yaml.CSafeLoader):
    """YAML as the YAML language server reads it: a date is text."""


TRUTH = ("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"))
OTHERWISE = ("tag:yaml.org,2002:timestamp", TRUTH[0])
Loader.yaml_implicit_resolvers = {
    letter: [one for one in found if one[0] not in OTHERWISE] + [TRUTH] * (letter in "tf")
    for letter, found in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)


@pytest.fixture(scope="module")
def validators() -> dict[tuple[str, bool], Draft202012Validator]:
    strategy = load_strategy()
    made = {(kind, own): schema(kind, strategy, own=own) for kind in KINDS for own in (True, False)}
    for one in made.values():
        Draft202012Validator.check_schema(one)
        assert one["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        write(one)
    return {key: Draft202012Validator(one) for key, one in made.items()}


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_files_fit(
    kind: str, own: bool, validators: dict[tuple[str, bool], Draft202012Validator]
) -> None:
    assert FILES[kind]
    for path in FILES[kind]:
        faults = [
            f"{path.name} {list(fault.absolute_path)}: {fault.message[:200]}"
            for fault in validators[kind, own].iter_errors(read(path))
        ]
        assert faults == []


RULE = {
    "title": "There is a plan",
    "stages": ["new"],
    "require": ["exit_plan.exists"],
    "severity": "high",
    "finding": "No plan.",
    "because": "Who cannot leave cannot bargain.",
}
HEADER = {"strategy": "a", "title": "A", "version": "1.0", "extends": "b"}
BROKEN = [
    ("rules", {"theme": "Exit", "rules": {"EXT-01": {**RULE, "severty": "high"}}}),
    ("rules", {"theme": "Exit", "rules": {"EXT-01": {**RULE, "severity": "hgh"}}}),
    ("rules", {"theme": "Exit", "rules": {"EXT-1": RULE}}),
    ("rules", {"theme": "Exit", "rules": {"EXT-01": {**RULE, "stages": ["later"]}}}),
    ("rules", {"theme": "Exit", "rules": {"EXT-01": {**RULE, "stages": []}}}),
    ("rules", {"theme": "Exit", "rules": {"EXT-01": {**RULE, "require": "exit_plan.exists"}}}),
    ("rules", {"rules": {"EXT-01": {key: RULE[key] for key in RULE if key != "title"}}}),
    (
        "rules",
        {"rules": {"EXT-01": {**RULE, "actions": [{"do": "It", "owner": "Us", "due": "soon"}]}}},
    ),
    ("rules", {"theme": "Exits"}),
    ("rules", {"definitions": {"a": {"is": "b"}}}),
    ("strategy", {"strategy": "a", "title": "A", "version": "1.0"}),
    ("strategy", {"strategy": "A b", "title": "A", "version": "1.0", "extends": "public_body"}),
    (
        "strategy",
        {
            "strategy": "a",
            "title": "A",
            "version": "1",
            "extends": "b",
            "mandatory": {"new": ["x"]},
        },
    ),
    ("tests", {"theme": "Exit", "cases": [{"rule": "EXT-01", "name": "a"}]}),
    ("tests", {"theme": "Exit", "cases": [{"rule": "EXT-01", "name": "a", "expect": "fine"}]}),
    ("tests", {"theme": "Exit", "base": {"exit_plan": {"exist": True}}, "cases": []}),
    ("tests", {"theme": "Exit", "base": {"exit_plan": {"exists": "maybe"}}, "cases": []}),
    ("facts", {"id": "a", "title": "A"}),
    ("facts", {"id": "a", "title": "A", "stage": "later"}),
]


@pytest.mark.parametrize(("kind", "value"), BROKEN)
def test_what_is_broken_does_not(
    kind: str, value: Any, validators: dict[tuple[str, bool], Draft202012Validator]
) -> None:
    assert not validators[kind, True].is_valid(value)


def test_a_sound_rule_fits(validators: dict[tuple[str, bool], Draft202012Validator]) -> None:
    assert validators["rules", True].is_valid({"theme": "Exit", "rules": {"EXT-01": RULE}})


def test_every_field_is_described(validators: dict[tuple[str, bool], Draft202012Validator]) -> None:
    for kind in ("rules", "strategy"):
        top = validators[kind, False].schema
        assert isinstance(top, dict)
        bare = [name for name, part in top["properties"].items() if "description" not in part]
        assert bare == []
        if kind == "rules":
            [rule] = top["properties"]["rules"]["patternProperties"].values()
            assert [n for n, part in rule["properties"].items() if "description" not in part] == []
