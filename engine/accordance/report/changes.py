"""What differs between two check reports of one case: the answer to "what if"."""

from __future__ import annotations

from . import Json

_ANSWERS = ("verdict", "opinion", "opinion_at_worst")
_STATE = ("outcome", "severity", "severity_least", "gate", "moot")


def changes(before: Json, after: Json) -> Json:
    """Verdicts, opinions, results and open questions that differ, in the report's order."""
    found: Json = {
        name: {"from": before[name], "to": after[name]}
        for name in _ANSWERS
        if before[name] != after[name]
    }
    earlier = {result["rule"]: result for result in before["results"]}
    found["results"] = [
        {
            "rule": result["rule"],
            "title": result["title"],
            "from": {name: earlier[result["rule"]][name] for name in _STATE},
            "to": {name: result[name] for name in _STATE},
        }
        for result in after["results"]
        if any(result[name] != earlier[result["rule"]][name] for name in _STATE)
    ]
    asked, still = _paths(before), _paths(after)
    found["missing_no_more"] = [path for path in asked if path not in still]
    found["newly_missing"] = [path for path in still if path not in asked]
    return found


def _paths(report: Json) -> list[str]:
    return [fact["path"] for fact in report["missing"]]
