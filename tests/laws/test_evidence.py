"""What an answer says it rests on, and what it says is missing, is all that it hangs on."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from hypothesis import given

from accordance.feel.values import Value
from tests.generating.facts import FIXED

from .engine import answers
from .scale import law
from .trials import Change, Facts, Trial, revelations, trials


@law(examples=60)
@given(trial=trials(exceptions=False))
def test_a_definite_outcome_needs_only_what_it_rests_on(trial: Trial) -> None:
    with answers(trial.strategy) as answer:
        for case in trial.cases:
            for result in answer(case)["results"]:
                if result["outcome"] == "insufficient_evidence":
                    continue
                rests_on = set(result["rests_on"])
                less = kept(case, rests_on.__contains__)
                again = answer(less)["results"]
                outcome = next(one["outcome"] for one in again if one["rule"] == result["rule"])
                assert outcome == result["outcome"], (result["rule"], rests_on, less)


@law(examples=60)
@given(change=revelations(derived=False))
def test_only_what_is_missing_closes_a_gap(change: Change) -> None:
    with answers(change.strategy) as answer:
        for before, after in change.pairs:
            for result in answer(before)["results"]:
                if result["kind"] != "gap":
                    continue
                missing = {static(path) for path in result["missing"]}
                assert missing or result["reasons"]
                more = merged(before, after, missing)
                again = answer(more)["results"]
                kind = next(one["kind"] for one in again if one["rule"] == result["rule"])
                assert kind == "gap", (result["rule"], missing, more)


def static(path: str) -> str:
    return re.sub(r"\[\d+\]", "", path)


def kept(facts: Any, keep: Callable[[str], bool], path: str = "") -> Any:
    """The facts without those that are not to be kept; lists of groups keep all their items."""
    if isinstance(facts, dict):
        found = {}
        for name, part in facts.items():
            here = f"{path}.{name}" if path else name
            found[name] = part if here in FIXED else kept(part, keep, here)
        return {name: part for name, part in found.items() if part is not GONE and part != {}}
    if isinstance(facts, list) and any(isinstance(item, dict) for item in facts):
        return [kept(item, keep, path) for item in facts]
    return facts if keep(path) or facts == [] else GONE


GONE = object()


def merged(before: Facts, after: Facts, missing: set[str], path: str = "") -> Facts:
    """What is known before, and what is known after, save for what is missing."""
    found = dict(before)
    for name, value in after.items():
        here = f"{path}.{name}" if path else name
        known: Value = before.get(name)
        if isinstance(value, dict):
            group = merged(known or {}, value, missing, here)
            found |= {name: group} if group else {}
        elif isinstance(known, list) and known and isinstance(known[0], dict):
            items = zip(known, value, strict=True)
            found[name] = [merged(item, more, missing, here) for item, more in items]
        elif name not in before and here not in missing:
            found[name] = value
    return found
