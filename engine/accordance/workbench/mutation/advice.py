"""A change in words, and the case that would notice it."""

from __future__ import annotations

from .changes import Change
from .variants import Kind


def says(change: Change) -> str:
    """What was changed: "in `when`, `x > 12` became `x >= 12`"."""
    before, after, what = change.before, change.after, change.what
    if change.kind in (Kind.STAGE, Kind.GATE):
        return f"{what} {'lost' if after is None else 'gained'} `{after or before}`"
    if change.kind is Kind.REQUIREMENT:
        return f"{what}, `{before}`, was dropped"
    if change.spot.field in ("severity", "value") or change.kind in (Kind.SEVERITY, Kind.GROUPING):
        if after is None:
            return f"{what}, `{before}`, was dropped"
        return f"{what} became `{after}` instead of `{before}`"
    if after is None:
        return f"in {what}, `{before}` was dropped"
    return f"in {what}, `{before}` became `{after}`"


def advice(change: Change) -> str:
    """What case would notice it."""
    return _ADVICE[change.kind](change)


def _threshold(change: Change) -> str:
    if change.spot.field == "value":
        if change.before is not None and change.before.startswith("["):
            lost = _lost(change.before, change.after or "")
            return f"write a case in which `{lost}` alone decides"
        return (
            f"write a case exactly at {change.before} and one just beyond it, in which nothing"
            " else decides"
        )
    return f"write a case exactly at the threshold of `{change.before}` and one just beyond it"


def _lost(before: str, after: str) -> str:
    kept = set(after.strip("[]").split(", "))
    return next((one for one in before.strip("[]").split(", ") if one not in kept), before)


def _boundary(change: Change) -> str:
    return f"write a case in which both sides of `{change.before}` are equal"


def _truth(change: Change) -> str:
    return f"write a case in which `{change.before}` alone decides, once true and once false"


def _part(change: Change) -> str:
    return f"write a case in which `{change.before}` alone decides"


def _connective(change: Change) -> str:
    return f"write a case in which one part of `{change.before}` holds and another does not"


def _quantifier(change: Change) -> str:
    return "write a case with two items of the list, of which one alone fits"


def _requirement(change: Change) -> str:
    return f"write a case in which `{change.before}` alone is not met"


def _stage(change: Change) -> str:
    stage = change.after or change.before
    if change.after is None:
        return f"write a case at the stage `{stage}` that is not met"
    return f"write a case at the stage `{stage}` that would not be met, and expects not_applicable"


def _severity(change: Change) -> str:
    if change.spot.field == "severity":
        return f"write a breach that states `severity: {change.before}`"
    level = change.spot.entry
    return f"write a breach that states its severity, with the condition of `{level}` alone true"


def _gate(change: Change) -> str:
    stage, there = change.after or change.before, change.after is None
    return f"write a breach at the stage `{stage}` that states `gate: {str(there).lower()}`"


def _calculation(change: Change) -> str:
    return f"write a case in which the result of `{change.before}` decides"


def _grouping(change: Change) -> str:
    if change.spot.field == "by":
        return "write a portfolio with two dates that only this span of time brings together"
    return "write a portfolio with two names that `providers` brings under one group"


_ADVICE = {
    Kind.THRESHOLD: _threshold,
    Kind.BOUNDARY: _boundary,
    Kind.OPERATOR: _truth,
    Kind.NEGATION: _truth,
    Kind.PART: _part,
    Kind.CONNECTIVE: _connective,
    Kind.QUANTIFIER: _quantifier,
    Kind.REQUIREMENT: _requirement,
    Kind.STAGE: _stage,
    Kind.SEVERITY: _severity,
    Kind.GATE: _gate,
    Kind.CALCULATION: _calculation,
    Kind.GROUPING: _grouping,
}
