"""Small cases for tests of the review."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from accordance.check.checker import Checker
from accordance.facts.case import Case
from accordance.facts.reading import load_case
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy

ROOT = Path(__file__).parents[2]
PORTFOLIO = ROOT / "cases" / "portfolio"
EARLIER = ROOT / "cases" / "_portfolio_2025"


@cache
def checker() -> Checker:
    return Checker(load_strategy(str(ROOT / "strategy_rules" / "public_body")))


def strategy() -> Strategy:
    return checker().strategy


@cache
def portfolio() -> tuple[Case, ...]:
    model = strategy().model
    files = sorted(PORTFOLIO.glob("*.facts.yaml"))
    return tuple(load_case(model, path=str(file)) for file in files)


def case_of(facts: str, name: str = "case.yaml") -> Case:
    """The case of a text; id, title, stage and date are supplied."""
    head = "id: X-1\ntitle: Example\nstage: established\nas_of: 2026-06-30\nstrategic: true\n"
    return load_case(strategy().model, data=(head + facts).encode(), name=name)


def views_of(*views: tuple[Any, ...]) -> str:
    """Views as facts: (group, factor, score, respondents), None for what is not stated."""
    lines = ["stakeholder_views:" + ("" if views else " []")]
    for group, factor, score, respondents in views:
        stated = {"group": group, "factor": factor, "score": score, "respondents": respondents}
        inner = ", ".join(f"{name}: {value}" for name, value in stated.items() if value is not None)
        lines.append(f"  - {{{inner}}}")
    return "\n".join(lines) + "\n"
