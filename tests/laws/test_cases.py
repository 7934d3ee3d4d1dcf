"""The law of the unknown, on every partnership under cases/.

Each test takes facts away from a real case. What was definite may become unknown, never something
else; what stood in the way stays in the way. Derived facts follow: what is taken away is what the
file states, and what was calculated from it goes with it. `make test` takes away a fixed part of
the facts, one at a time; with ACCORDANCE_CROSSCHECK every one, and more of them together.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest

from accordance.check.checker import Checker
from accordance.check.judging import Assessment, Judgement
from accordance.facts.case import Case
from accordance.facts.reading import load_case
from accordance.facts.setting import with_set
from accordance.plan.outcome import Outcome
from accordance.strategy.model import EVIDENCE
from accordance.strategy.reading import load_strategy

from .scale import FACTOR, SEED

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "cases").glob("*/*.facts.yaml"))
PART = 4
"""Without ACCORDANCE_CROSSCHECK one fact in so many is taken away."""
STEPS = 6
KEPT = ("id", "title", "stage", "evidence", "exceptions")
NO = ("do_not_proceed", "undecided")
OPINIONS = ("no_assurance", "limited", "reasonable", "substantial")
UNDECIDED = Outcome.INSUFFICIENT_EVIDENCE


@pytest.fixture(scope="module")
def checker() -> Iterator[Checker]:
    checker = Checker(load_strategy(str(ROOT / "strategy_rules" / "public_body")))
    yield checker
    checker.close()


def stated(case: Case) -> list[str]:
    """The paths of the facts, lists and groups that the file states and that may be unknown."""
    items = set(case.paths.values())
    return [
        path
        for path in case.places
        if path not in case.derived
        and path not in items
        and re.split(r"[.\[]", path)[0] not in KEPT
    ]


def faults(known: Assessment, less: Assessment) -> Iterator[str]:
    """Where knowing less has made something look better, or else."""
    for before, after in zip(known.judgements, less.judgements, strict=True):
        if not may_become(before, after):
            yield f"{before.rule.id} was {before.outcome}, is {after.outcome}"
    if known.verdict in NO and less.verdict not in NO:
        yield f"the verdict was {known.verdict}, is {less.verdict}"
    if known.verdict == "proceed_with_conditions" and less.verdict == "proceed":
        yield "the verdict has lost its conditions"
    if opinion(less) > opinion(known):
        yield f"at worst {known.opinion_at_worst} became {less.opinion_at_worst}"


def opinion(assessment: Assessment) -> int:
    """How good the opinion is at worst; the same for all where the stage has none."""
    worst = assessment.opinion_at_worst
    return OPINIONS.index(worst) if worst else -1


def may_become(before: Judgement, after: Judgement) -> bool:
    """May a rule that says this say that when less is known?"""
    if before.rule.about == EVIDENCE:
        # What is said of the evidence follows the evidence.
        return True
    if before.outcome is UNDECIDED:
        # A gap that no fact can make a breach must not hide behind one that could.
        return not (before.moot is False and after.outcome is not UNDECIDED)
    return after.outcome in (before.outcome, UNDECIDED)


def part_of(text: str) -> int:
    """One of PART numbers, the same in every run."""
    return crc32(text.encode()) % PART


def blind(checker: Checker, case: Case, gone: list[str]) -> Assessment:
    # Lists and groups take what is in them along.
    wholes = tuple(f"{path}{mark}" for path in gone for mark in ".[")
    settings = [f"{path}=" for path in gone if not path.startswith(wholes)]
    return checker.assess(with_set(case, settings), case.as_of)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name.removesuffix(".facts.yaml"))
def test_no_single_fact_hides_a_finding(checker: Checker, path: Path) -> None:
    case = load_case(checker.strategy.model, path=str(path))
    known = checker.assess(case)
    tried = [fact for fact in stated(case) if FACTOR or part_of(f"{case.id} {fact}") == 0]
    broken = {fact: list(faults(known, blind(checker, case, [fact]))) for fact in tried}
    assert tried
    assert {fact: found for fact, found in broken.items() if found} == {}


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name.removesuffix(".facts.yaml"))
def test_the_less_is_known_the_less_is_settled(checker: Checker, path: Path) -> None:
    """Facts are taken away in random order, more and more, down to the bare file."""
    case = load_case(checker.strategy.model, path=str(path))
    for turn in range(max(FACTOR, 1)):
        order = stated(case)
        chance = random.Random(f"{SEED if FACTOR else 0} {turn} {case.id}")
        chance.shuffle(order)
        known, gone = checker.assess(case, case.as_of), list[str]()
        for step in range(STEPS):
            gone = order[: (step + 1) * len(order) // STEPS]
            less = blind(checker, case, gone)
            assert list(faults(known, less)) == [], gone
            known = less
        assert len(gone) == len(order)
