from __future__ import annotations

from pathlib import Path
from typing import Any

from accordance.workbench.parts_seen import flat, parts_seen
from tests.workbench.tried import Tried, tried

RULES = """\
definitions:
  crowded:
    means: Many people share few sites
    is: people > 12 and count(sites) < 3
rules:
  TT-01:
    title: Many people need a plan
    stages: [new, established]
    when: crowded or stage = "new"
    require:
      - plan
      - {is: not(agreed or share > 0.5), stages: [new], unmet: it is agreed}
    severity: medium
    severity_when: {high: people > 20}
    finding: "{title}: {unmet}."
    because: Many people need a plan.
"""
CASES = """\
base: {stage: established, as_of: 2026-01-31, people: 13, sites: [], plan: true}
cases:
- {rule: TT-01, name: with a plan, expect: compliant}
- {rule: TT-01, name: no plan, given: {plan: false}, expect: non_compliant}
- {rule: TT-01, name: plan unknown, given: {plan: }, expect: insufficient_evidence}
- {rule: TT-01, name: few people and no plan, given: {people: 3, plan: false}, expect: not_applicable}
- {rule: TT-01, name: people unknown, given: {people: }, expect: insufficient_evidence, moot: true}
- {rule: TT-01, name: a proposal, given: {stage: new, agreed: true}, expect: non_compliant}
- {rule: TT-01, name: the end, given: {stage: exiting, plan: false}, expect: not_applicable}
"""  # noqa: E501


def seen(made: Tried) -> dict[str, Any]:
    return parts_seen(made.bench, made.folder, made.strategy.rules)


def rows(parts: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [
        (one["part"], one["text"], one["line"], one["column"], *one["seen"].values())
        for one in flat(parts)
    ]


def test_each_part_is_counted_where_it_mattered(tmp_path: Path) -> None:
    outcome = seen(tried(tmp_path, RULES, CASES))
    (rule,) = outcome["rules"]
    assert (rule["rule"], rule["cases"], rule["line"]) == ("TT-01", 7, 7)
    assert rows(rule["parts"]) == [
        # at a stage of the rule; `stage` is always stated, so that its part is never unknown
        ("when", 'crowded or stage = "new"', 10, 11, 4, 1, 1),
        ("when", "crowded", 10, 11, 4, 1, 1),
        ("when", 'stage = "new"', 10, 22, 1, 5, None),
        # where the rule applies or may apply
        ("requirement 1", "plan", 12, 9, 3, 1, 1),
        ("requirement 2", "not(agreed or share > 0.5)", 13, 14, 0, 1, 0),
        ("requirement 2", "agreed", 13, 18, 1, 0, 0),
        ("requirement 2", "share > 0.5", 13, 28, 0, 0, 1),
        # where there is a breach
        ("severity_when high", "people > 20", 15, 27, 0, 2, 0),
    ]
    (definition,) = outcome["definitions"]
    assert (definition["definition"], definition["cases"]) == ("crowded", 7)
    assert rows(definition["parts"]) == [
        ("is", "people > 12 and count(sites) < 3", 5, 9, 5, 1, 1),
        ("is", "people > 12", 5, 9, 5, 1, 1),
        ("is", "count(sites) < 3", 5, 25, 7, 0, 0),
    ]
    assert outcome["parts"] == 11
    assert outcome["seen"] == {
        "true": {"possible": 11, "seen": 8},
        "false": {"possible": 11, "seen": 8},
        "unknown": {"possible": 10, "seen": 6},
    }


def test_rules_without_cases_have_seen_nothing(tmp_path: Path) -> None:
    outcome = seen(tried(tmp_path, RULES, "cases: []"))
    assert {state: one["seen"] for state, one in outcome["seen"].items()} == {
        "true": 0,
        "false": 0,
        "unknown": 0,
    }
