"""One case: the whole process against the bare imports, and cases a second in one process."""

from __future__ import annotations

import compileall
import json
from dataclasses import replace
from pathlib import Path

import accordance
from accordance.check.checker import Checker
from accordance.check.expressions import GENERATE_AFTER
from accordance.facts.case import Case
from accordance.facts.reading import load_case
from accordance.plan.outcome import Kind
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy
from benchmarks.timing import best_of, python, row

ROOT = Path(__file__).parent.parent
CASE = "cases/backtest/g4s-olympics-2012-t1-scale-up.facts.yaml"
CORE = ("DEP", "EXT", "REP", "OBJ")
"""With all gates, about thirty rules: dependence, exit, reputation and objectives."""
BARE = "import click, yaml, durable_rules_engine"


def main() -> None:
    """Print the figures of checking."""
    compileall.compile_dir(str(Path(accordance.__file__).parent), quiet=2)
    print("check, whole process")
    bare = best_of(9, lambda: python("-c", BARE))
    check = ("-m", "accordance", "check", str(ROOT / CASE), "--format", "json")
    python(*check, codes=(0, 1))  # fills the cache of the strategy
    whole = best_of(9, lambda: python(*check, codes=(0, 1)))
    row(f'python -c "{BARE}"', f"{bare * 1000:.0f} ms")
    row("accordance check CASE --format json", f"{whole * 1000:.0f} ms", "within 400 ms")
    row("ratio", f"{whole / bare:.2f}", "at most 4")

    print("loading the strategy")
    parsed = best_of(3, lambda: load_strategy(None, cache=False))
    cached = best_of(5, lambda: load_strategy(None))
    strategy = load_strategy(None)
    row(f"{len(strategy.rules)} rules, read and checked", f"{parsed * 1000:.0f} ms")
    row("the same from the cache", f"{cached * 1000:.0f} ms")

    files = sorted((ROOT / "cases").rglob("*.facts.yaml"))
    cases = [load_case(strategy.model, str(path)) for path in files]
    reading = best_of(3, lambda: [load_case(strategy.model, str(path)) for path in files])
    row("reading the fact files", f"{len(cases) / reading:,.0f} files/s")

    core = tuple(rule for rule in strategy.rules if rule.gate or rule.id[:3] in CORE)
    in_process(replace(strategy, rules=core), cases)
    in_process(strategy, cases)


def in_process(strategy: Strategy, cases: list[Case]) -> None:
    """Print how many cases a second one process checks."""
    checker = Checker(strategy)

    def explain_findings() -> None:
        for case in cases:
            answer = checker.check(case)
            for judgement in answer.assessment.judgements:
                if judgement.kind is not None:
                    answer.assessment.evidence(judgement)
                if judgement.kind is Kind.BREACH:
                    answer.result(judgement)

    def write() -> None:
        for case in cases:
            json.dumps(checker.check(case).to_json())

    print(f"check in process, {len(strategy.rules)} rules, the {len(cases)} files of cases/")
    # Source is generated once a number of cases was met: measured is what comes after.
    for _ in range(1 + GENERATE_AFTER // len(cases)):
        write()
    for what, run, figure in (
        ("outcomes, verdict and opinion", lambda: [checker.assess(one) for one in cases], ""),
        (
            "and the evidence of every finding, breaches in words",
            explain_findings,
            "at least 1,000/s",
        ),
        ("and the whole document as JSON text", write, ""),
    ):
        seconds = best_of(5, run)
        row(what, f"{len(cases) / seconds:,.0f} cases/s", figure)
    checker.close()
