from __future__ import annotations

import json
import re

import pytest

from tests.cli.conftest import Caller

OLYMPICS = "cases/backtest/g4s-olympics-2012-t1-scale-up.facts.yaml"


@pytest.mark.parametrize(
    ("rule", "label", "sections"),
    [
        (
            "REP-01",
            "✗ BREACH (critical)",
            ["What it asks", "How serious", "What would have to change", "What to do"],
        ),
        ("DEP-01", "? NOT ENOUGH EVIDENCE (critical, gate)", ["What would decide it"]),
        ("EVD-03", "✓ MET", ["What it asks", "Why there is this rule"]),
        ("LEG-03", "– DOES NOT APPLY", ["Does the rule apply?  No"]),
    ],
)
def test_each_outcome_is_explained(
    call: Caller, rule: str, label: str, sections: list[str]
) -> None:
    done = call("explain", OLYMPICS, rule)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"{rule}  ")
    assert f"\n{label}\n" in done.out
    assert [title for title in sections if f"\n{title}" not in done.out] == []


def test_a_fact_is_shown_with_the_line_it_stands_on(call: Caller) -> None:
    done = call("explain", OLYMPICS, "DEP-01")
    line = re.search(r"\(dependence\.provider_count\): 1 – line (\d+)", done.out)
    assert line is not None
    with open(OLYMPICS, encoding="utf-8") as file:
        assert "provider_count: 1" in file.read().splitlines()[int(line[1]) - 1]


def test_what_if(call: Caller) -> None:
    done = call("explain", OLYMPICS, "dep-01", "--set", "exit_plan.exists=true")
    assert "\n✓ MET\n" in done.out
    assert "! what if exit_plan.exists=true (the file does not say so)" in done.out


def test_json(call: Caller) -> None:
    found = json.loads(call("explain", OLYMPICS, "DEP-01", "--format", "json").out)
    assert (found["schema"], found["rule"], found["outcome"]) == (
        "accordance/explain/1",
        "DEP-01",
        "insufficient_evidence",
    )


def test_markdown(call: Caller) -> None:
    text = call("explain", OLYMPICS, "DEP-01", "--format", "markdown").out
    assert text.startswith("# DEP-01 A single provider has an exit plan and a fallback\n")
    assert "not stated: `exit_plan.exists`" in text


def test_all_leaves_no_part_out(call: Caller) -> None:
    short, full = (
        call("explain", OLYMPICS, "DEP-01").out,
        call("explain", OLYMPICS, "DEP-01", "--all").out,
    )
    assert "other parts without influence here)" in short
    assert "without influence" not in full
    assert "dependence.substitutability_months" in full


def test_a_rule_that_does_not_exist(call: Caller) -> None:
    done = call("explain", OLYMPICS, "DEP-011")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("`DEP-011` is not a rule of this strategy; did you mean `DEP-01`?")


def test_a_rule_over_the_portfolio_is_explained_by_a_sweep(call: Caller) -> None:
    done = call("explain", OLYMPICS, "dep-08")
    assert (done.code, done.out) == (2, "")
    assert "`DEP-08` is about groups of partnerships, not about one" in done.err
    assert "check CASE --with RUN" in done.err
