from __future__ import annotations

from typing import Any

from accordance.plan.planning import plan
from accordance.strategy.model import Rule, Strategy
from accordance.strategy.reading import load_strategy
from accordance.workbench.graph import graph
from tests.workbench.test_recording import CASES, RULES
from tests.workbench.tried import tried


def rules(strategy: Strategy, *names: str) -> list[Rule]:
    return [rule for rule in strategy.rules if rule.id in names]


def test_one_rule_with_all_that_it_reads(tmp_path: object) -> None:
    strategy = load_strategy()
    found = graph(plan(strategy), rules(strategy, "DEP-01"))
    assert {(node["kind"], node["name"]) for node in found["nodes"]} == {
        ("fact", "continuity.fallback_exists"),
        ("fact", "dependence.provider_count"),
        ("fact", "dependence.substitutability_months"),
        ("fact", "exit_plan.exists"),
        ("fact", "forms"),
        ("fact", "parties"),
        ("fact", "parties.ourselves"),
        ("fact", "parties.sector"),
        ("fact", "service.critical"),
        ("parameter", "replacement_months_max"),
        ("definition", "counterparties"),
        ("definition", "external_delivery"),
        ("definition", "outside_partner"),
        ("definition", "single_provider"),
        ("rule", "DEP-01"),
        ("answer", "verdict"),
        ("answer", "opinion"),
    }
    ends = {(edge["from"], edge["to"]) for edge in found["edges"]}
    assert ("parameter replacement_months_max", "definition single_provider") in ends
    assert ("definition single_provider", "rule DEP-01") in ends
    # What a definition reads the rule does not read itself.
    assert ("fact dependence.provider_count", "rule DEP-01") not in ends
    assert [edge for edge in found["edges"] if edge["gate"]] == [
        {"from": "rule DEP-01", "to": "answer verdict", "gate": True}
    ]
    assert found["title"] == "What DEP-01 reads"
    assert found["description"] == (
        "From left to right: 9 facts, 1 parameter, 4 definitions, 1 rule, Verdict and Opinion. "
        "The rules are DEP-01. A thick line is a gate."
    )


def test_the_whole_from_afar() -> None:
    strategy = load_strategy()
    every = [*strategy.rules, *strategy.portfolio]
    found = graph(plan(strategy), every)
    themes = [node for node in found["nodes"] if node["kind"] == "theme"]
    drawn = [one["rule"] for theme in themes for one in theme["rules"]]
    assert sorted(drawn) == sorted(rule.id for rule in every)
    speaking = {theme["id"] for theme in themes if _over_groups(theme, strategy)}
    to_groups = {edge["from"] for edge in found["edges"] if edge["to"] == "group portfolio"}
    assert to_groups == speaking
    groups = {node["name"] for node in found["nodes"] if node["kind"] == "fact"}
    assert not [name for name in groups if "." in name]
    read = {edge["to"] for edge in found["edges"]}
    assert all(theme["id"] in read for theme in themes)
    known = {node["id"] for node in found["nodes"]}
    assert all(edge["from"] in known and edge["to"] in known for edge in found["edges"])


def _over_groups(theme: dict[str, Any], strategy: Strategy) -> bool:
    own = {one["rule"] for one in theme["rules"]}
    return any(rule.id in own for rule in strategy.portfolio)


def test_rules_over_the_portfolio_lead_to_groups() -> None:
    strategy = load_strategy()
    over = {rule.id: rule for rule in strategy.portfolio}
    found = graph(plan(strategy), [over["DEP-08"], over["REG-05"], over["REV-05"]])
    ends = {(edge["from"], edge["to"]) for edge in found["edges"]}
    assert {
        ("fact value.annual", "rule DEP-08"),
        ("parameter total_share_limit", "rule DEP-08"),
        ("definition providers", "rule DEP-08"),
        ("fact parties.roles", "definition providers"),
        # a rule on one partnership that it asks for by its id, and what all of them came to
        ("rule REG-01", "rule REG-05"),
        ("fact results", "rule REV-05"),
        ("rule REG-05", "group portfolio"),
    } <= ends
    groups = {node["label"]: node["says"] for node in found["nodes"] if node["kind"] == "group"}
    assert groups == {
        "Each provider group by providers.name": "",
        "The whole portfolio": "",
        "Each group by peer_families": "an answer for each partnership",
    }
    assert not [node for node in found["nodes"] if node["kind"] == "answer"]
    assert ", 4 rules, 3 kinds of group. " in found["description"]


def test_rules_about_the_evidence_read_what_the_others_came_to() -> None:
    strategy = load_strategy()
    found = graph(plan(strategy), rules(strategy, "EVD-01"))
    labels = {node["label"] for node in found["nodes"] if node["kind"] == "fact"}
    assert {"What the other rules came to", "What must be known at the stage"} <= labels


def test_the_same_each_time(tmp_path: object) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    small = tried(tmp_path, RULES, CASES)
    first = graph(plan(small.strategy), small.strategy.rules)
    assert first == graph(plan(small.strategy), small.strategy.rules)
