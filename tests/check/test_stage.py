"""Judging case after case: what is remembered between cases, and what is not held on to."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest

from accordance.check.checker import Checker
from accordance.check.network import (
    ALL_MET,
    COMPLIANT,
    NOT_APPLICABLE,
    SILENT,
    Firing,
    StageNetwork,
)
from accordance.facts.reading import load_case
from accordance.feel.codes import new_frame
from accordance.feel.values import UNKNOWN
from accordance.strategy.model import PARTNERSHIP
from accordance.strategy.reading import load_strategy
from tests.check.small import case, checker, rule

CASE = Path(__file__).parents[2] / "cases/portfolio/energy-company.facts.yaml"

RULE = rule(["a", "b"], when="c", severity_when={"critical": "n > 3"})


@pytest.mark.parametrize(
    ("facts", "firing"),
    [
        ({}, Firing(SILENT)),
        ({"a": True, "b": True}, Firing(ALL_MET)),
        ({"a": True, "b": True, "c": True}, Firing(COMPLIANT)),
        ({"c": False, "n": 4}, Firing(NOT_APPLICABLE, (), ((0, True),))),
        ({"a": False, "b": False, "c": True}, Firing(SILENT, (0, 1), ())),
        ({"b": False, "c": True, "n": 3}, Firing(SILENT, (1,), ((0, False),))),
    ],
)
def test_what_fired_for_a_rule(tmp_path: Path, facts: dict[str, Any], firing: Firing) -> None:
    made = checker(tmp_path / "s", {"TT-01": RULE})
    network = StageNetwork(made.plan, "new", PARTNERSHIP, made.expressions)
    frame = new_frame(case(made, **facts).facts)
    (fired,) = network.run(frame, [UNKNOWN] * len(made.plan.leaves))
    assert network.firing(0, fired) == firing
    network.close()


def test_the_same_firings_are_the_same_judgement(tmp_path: Path) -> None:
    made = checker(tmp_path / "s", {"TT-01": RULE})
    first, again = (made.assess(case(made, a=True, b=True, c=True)) for _ in range(2))
    other = made.assess(case(made, a=True, b=False, c=True))
    assert first.judgements[0] is again.judgements[0]
    assert first.judgements[0] is not other.judgements[0]
    made.close()


def test_a_case_that_was_checked_is_freed_at_once() -> None:
    strategy = load_strategy(None)
    made, given = Checker(strategy), load_case(strategy.model, str(CASE))
    made.check(given).to_json()
    gc.collect()
    gc.disable()
    try:
        made.check(given).to_json()
        assert gc.collect() == 0
    finally:
        gc.enable()
        made.close()
