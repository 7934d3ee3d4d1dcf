"""What a report says beyond its findings: evidence, good practice, money, earlier actions.

Everything here is read off the facts and the results that are there already; nothing is judged
anew. Facts that the fact model does not have are simply not told of.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from ..facts.model import FactModel
from ..feel.values import UNKNOWN, Value
from ..plan.outcome import Kind, Outcome
from .prose import plain

if TYPE_CHECKING:
    from .answer import Answer

Json = dict[str, Any]

INDEPENDENT: Final = frozenset(("internal_audit", "external_audit", "other_independent"))
"""Who does not depend on the partnership, among those who may have verified a fact."""
MONEY: Final = "GBP"
_RATIOS: Final = (
    "business_case.planned_saving_ratio",
    "benefits_tracking.realised_ratio",
    "resources.committed_ratio",
)
"""Ratios that belong with the sums of money."""
_ENDED: Final = ("done", "risk_accepted")


def evidence(answer: Answer) -> list[Json]:
    """The pieces of evidence of the file, in its order, with the value that each of them backs."""
    entries = []
    for path, item in _items(answer, "evidence"):
        fact = item.get("fact")
        known = answer.case.model.facts.get(fact) if isinstance(fact, str) else None
        verified_by = item.get("verified_by")
        entries.append(
            {
                **_stated(item, ("fact", "reference", "date", "type", "verified_by", "note")),
                "title": None if known is None else known.title,
                "value": None if known is None else _value(answer, known.path),
                "unit": None if known is None else known.unit,
                "independent": verified_by in INDEPENDENT,
                **_place(answer, path),
            }
        )
    return entries


def good_practice(answer: Answer, results: Sequence[Json], entries: Sequence[Json]) -> Json:
    """Where the partnership does well.

    `themes` are those whose applicable rules are all met, with the rules among them that rest on a
    fact that someone independent has verified; `rules` are all rules, of any theme, that are met
    and rest on such a fact, with the evidence; `facts` are further facts that someone independent
    has verified, that speak for the partnership, and on which no breach rests.
    """
    checked: dict[str, list[Json]] = {}
    for entry in entries:
        if entry["independent"] and entry["fact"] is not None:
            checked.setdefault(entry["fact"], []).append(entry)
    rules = []
    for result in results:
        if not checked or result["outcome"] != Outcome.COMPLIANT:
            continue
        behind = dict.fromkeys(
            fact for path in result["rests_on"] for fact in _above(path) if fact in checked
        )
        if behind:
            rules.append(
                {
                    "rule": result["rule"],
                    "title": result["title"],
                    "theme": result["theme"],
                    "evidence": [
                        {key: entry[key] for key in ("fact", "reference", "verified_by")}
                        for fact in behind
                        for entry in checked[fact]
                    ],
                }
            )
    verified = {rule["rule"] for rule in rules}
    by_theme: dict[str, list[Json]] = {}
    for result in results:
        if result["outcome"] != Outcome.NOT_APPLICABLE and not result["moot"]:
            by_theme.setdefault(result["theme"], []).append(result)
    themes = [
        {
            "theme": theme,
            "rules": [result["rule"] for result in members],
            "verified": [result["rule"] for result in members if result["rule"] in verified],
        }
        for theme, members in by_theme.items()
        if all(result["outcome"] == Outcome.COMPLIANT for result in members)
    ]
    facts = [
        {
            key: entry[key]
            for key in ("fact", "title", "value", "unit", "reference", "verified_by", "note")
        }
        for entry in _favourable(answer, results, checked)
    ]
    return {"themes": themes, "rules": rules, "facts": facts}


def _favourable(
    answer: Answer, results: Iterable[Json], checked: dict[str, list[Json]]
) -> Iterable[Json]:
    if not checked:
        return
    told = {
        above
        for result in results
        if result["kind"] == Kind.BREACH or result["outcome"] == Outcome.COMPLIANT
        for path in result["rests_on"]
        for above in _above(path)
    }
    for fact, entries in checked.items():
        value = entries[0]["value"]
        good = isinstance(value, bool) and answer.checker.favourable.get(fact) is value
        if good and fact not in told:
            yield from entries


def costs_and_benefits(answer: Answer, missed: Collection[str]) -> Json:
    """The sums of money and the benefits of the file.

    `money` has every fact outside lists that is a sum of money, and the ratios that belong to it,
    in the order of the fact model: those stated, and with the value None those that are missed.
    """
    model = answer.case.model
    money = []
    for path in _money(model):
        value = answer.lookup(path)[0]
        if value is not UNKNOWN or path in missed:
            money.append(answer.fact(path, value))
    names = (
        *("text", "type", "financial", "baseline", "target", "planned_to_date"),
        *("realised_to_date", "planned_in_first_year", "planned_in_total", "owner"),
    )
    benefits = [
        {**_stated(item, names), **_place(answer, path)}
        for path, item in _items(answer, "benefits")
    ]
    return {"money": money, "benefits": benefits}


def follow_up(answer: Answer, results: Iterable[Json]) -> list[Json]:
    """The actions of earlier reviews, how far they have come, and what the rule says today."""
    today = answer.assessment.evaluated_on
    outcomes = {result["rule"]: result for result in results}
    found = []
    for path, item in _items(answer, "actions"):
        rule = item.get("rule")
        known = answer.checker.strategy.rule(rule) if isinstance(rule, str) else None
        result = None if known is None else outcomes.get(known.id)
        due, status = item.get("due_on"), item.get("status")
        late = isinstance(due, dt.date) and due < today and status not in _ENDED
        found.append(
            {
                **_stated(item, ("rule", "do", "owner", "due_on", "status", "priority")),
                "overdue": late,
                "title": None if known is None else known.title,
                "outcome": None if result is None else result["outcome"],
                **_place(answer, path),
            }
        )
    return found


def _items(answer: Answer, name: str) -> Iterable[tuple[str, dict[str, Value]]]:
    listed = answer.case.facts.get(name)
    if isinstance(listed, list):
        for number, item in enumerate(listed, start=1):
            if isinstance(item, dict):
                yield f"{name}[{number}]", item


def _stated(item: dict[str, Value], names: Iterable[str]) -> Json:
    return {name: plain(item[name]) if name in item else None for name in names}


def _place(answer: Answer, path: str) -> Json:
    place = answer.case.places.get(path)
    return {
        "source": answer.case.source if place is None else place.file,
        "line": None if place is None else place.line,
    }


def _value(answer: Answer, path: str) -> Any:
    value = answer.lookup(path)[0]
    # A list of no values: the items of the list do not state the fact.
    return None if value == [] and _in_list(answer.case.model, path) else plain(value)


@lru_cache(maxsize=8)
def _money(model: FactModel) -> tuple[str, ...]:
    return tuple(
        path
        for path, fact in model.facts.items()
        if (fact.unit == MONEY or path in _RATIOS) and not _in_list(model, path)
    )


def _in_list(model: FactModel, path: str) -> bool:
    """Does the fact belong to the items of a list?"""
    return any(path.startswith(f"{name}.") for name in model.lists)


@lru_cache(maxsize=4096)
def _above(path: str) -> tuple[str, ...]:
    """A static path and those above it: evidence of any of them backs the fact."""
    steps = path.split(".")
    return tuple(".".join(steps[:end]) for end in range(1, len(steps) + 1))
