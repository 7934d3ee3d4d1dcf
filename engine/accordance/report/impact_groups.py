"""What a change does to the findings across the portfolio, in words."""

from __future__ import annotations

from typing import Final

from . import Json
from .wording import count, listed

_NUMBERED: Final = (
    ("appears", "appears", "appear"),
    ("vanishes", "vanishes", "vanish"),
    ("turns", "turns from gap to breach or back", "turn from gap to breach or back"),
    ("severity", "changes severity", "change severity"),
    ("accepted", "is accepted, or no longer", "are accepted, or no longer"),
)


def summary(portfolio: Json) -> str | None:
    """What becomes of the findings in a sentence; None where nothing does."""
    found: dict[str, int] = {}
    for rule in portfolio["rules"]:
        for name, *_ in _NUMBERED:
            found[name] = found.get(name, 0) + rule[name]
    parts = [
        f"{count(found[name], 'finding')} {one if found[name] == 1 else many}"
        for name, one, many in _NUMBERED
        if found.get(name)
    ]
    return f"Across the portfolio {listed(parts)}." if parts else None


def named(one: Json) -> str:
    """The group, or the partnership in it, of which something else is said."""
    group = one["group"]
    if group is None:
        group = "a group that is not known" if one["grouped"] else "the whole portfolio"
    return group if one["case"] is None else f"{one['case']} among {group}"


def members(one: Json) -> str:
    """How many partnerships are in the group, and those that decide."""
    if one["cases"] is None:
        return ""
    told = count(one["cases"], "partnership")
    if one["case"] is not None or not one["decide"]:
        return told
    more = "" if one["cases"] <= len(one["decide"]) else " and others"
    return f"{told}: {', '.join(one['decide'])}{more}"
