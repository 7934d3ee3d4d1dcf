"""What the rules over the portfolio say of groups, in two runs side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

KINDS: Final = ("new", "resolved", "changed")
_STATE: Final = ("outcome", "kind", "severity")
_NOT_LISTED: Final[dict[str, Any]] = dict.fromkeys(_STATE)
"""What a run says of a group that it does not list: no finding, and no accepted breach."""


class Group(NamedTuple):
    """What a rule, named as in the later run, says something of."""

    rule: str
    group: str | None
    case: str | None


def compare_across(
    old: Mapping[str, Any] | None, new: Mapping[str, Any] | None, most: int
) -> dict[str, Any] | None:
    """The findings of groups that came, went or changed; None where neither run has rules over the
    portfolio. A breach that is accepted now is resolved, one that is accepted no longer is new.
    """
    if old is None and new is None:
        return None
    rules = [] if new is None else new["rules"]
    renamed = {alias: rule["rule"] for rule in rules for alias in rule["aliases"]}
    before, after = _states(old, renamed), _states(new, {})
    counts: Counter[str] = Counter()
    changes: list[dict[str, Any]] = []
    for group in dict.fromkeys((*after, *before)):
        was, now = (side.get(group, _NOT_LISTED) for side in (before, after))
        change = _change(was, now)
        if change is not None:
            counts[change] += 1
            changes.append(
                {**group._asdict(), "change": change}
                | {end: {name: one[name] for name in _STATE} for end, one in _ends(was, now)}
                | {"message": (now if now["outcome"] else was).get("message")}
            )
    return {
        "findings": {kind: counts[kind] for kind in KINDS},
        "changes": changes[:most],
        "changes_left_out": max(0, len(changes) - most),
    }


def _states(run: Mapping[str, Any] | None, renamed: Mapping[str, str]) -> dict[Group, Any]:
    """What a run says of the groups that it lists."""
    listed = [] if run is None else [*run["results"], *run["more"]]
    return {
        Group(renamed.get(one["rule"], one["rule"]), one["group"], one["case"]): one
        for one in listed
    }


def _ends(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    return [("from", was), ("to", now)]


def _change(was: Mapping[str, Any], now: Mapping[str, Any]) -> str | None:
    """What became of a finding; None where it is as it was, or there is none."""
    if was["kind"] is None or now["kind"] is None:
        return None if was["kind"] is now["kind"] else "resolved" if was["kind"] else "new"
    same = all(was[name] == now[name] for name in _STATE)
    return None if same else "changed"
