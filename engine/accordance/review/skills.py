"""The skills of each side: collaboration beside technical, commercial and financial ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

from ..check.prose import plain
from ..facts.case import Case
from ..feel import logic
from ..feel.values import UNKNOWN
from ..strategy.model import Strategy

BUSINESS: Final = ("technical", "commercial", "financial")
COLLABORATION: Final = "collaboration"
SKILLS: Final = (*BUSINESS, COLLABORATION)
TARGET: Final = "skill_target"
AGE: Final = "skills_age_max"


def skills_of(case: Case, strategy: Strategy, today: dt.date) -> dict[str, Any]:
    """What is known of the skills of each party, and which parties lack the assessment of their
    skill to collaborate while the others are assessed."""
    sides = list(_sides(case, strategy, today))
    return {
        "target": _parameter(strategy, TARGET),
        "sides": sides,
        "collaboration_not_assessed": [
            side["party"]
            for side in sides
            if side["skills"][COLLABORATION] is None
            and any(side["skills"][name] is not None for name in BUSINESS)
        ],
        "nothing_assessed": [side["party"] for side in sides if not any(side["skills"].values())],
    }


def _sides(case: Case, strategy: Strategy, today: dt.date) -> Iterator[dict[str, Any]]:
    parties = case.facts.get("parties")
    target = _parameter(strategy, TARGET)
    for number, party in enumerate(parties if isinstance(parties, list) else (), 1):
        if not isinstance(party, dict):
            continue
        known = party.get("skills")
        known = known if isinstance(known, dict) else {}
        skills = {name: plain(known.get(name, UNKNOWN)) for name in SKILLS}
        assessed = known.get("assessed_on")
        yield {
            "party": party.get("name") or f"party {number}",
            "ours": plain(party.get("ourselves", UNKNOWN)),
            "skills": skills,
            "below_target": [
                name
                for name, level in skills.items()
                if level is not None and target is not None and level < target
            ],
            "assessed_on": plain(assessed) if isinstance(assessed, dt.date) else None,
            "out_of_date": _is_old(assessed, strategy, today),
            "development_plan": plain(known.get("development_plan", UNKNOWN)),
        }


def _is_old(assessed: Any, strategy: Strategy, today: dt.date) -> bool | None:
    parameter = strategy.parameters.get(AGE)
    if not isinstance(assessed, dt.date) or parameter is None:
        return None
    oldest = logic.subtract(today, parameter.value)
    return isinstance(oldest, dt.date) and assessed < oldest


def _parameter(strategy: Strategy, name: str) -> Any:
    parameter = strategy.parameters.get(name)
    return None if parameter is None else plain(parameter.value)
