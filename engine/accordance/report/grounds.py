"""What a part of a condition rests on, in sentences: which parts decide it, by which facts.

A condition that holds because one of several does is explained by those that do; what has no
influence is only counted. Facts and gaps of the items of one list stand together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from . import Json
from .wording import count, listed, value

ITEMS_NAMED: Final = 6
"""How many items of a list are named where they have the same fact."""

_PATH: Final = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_POSITION: Final = re.compile(r"\[(\d+)\]")


def decisive(part: Json, full: bool = False) -> tuple[Sequence[Json], str | None]:
    """The parts that decide a part, and a word on those left out; with `full` all of them."""
    parts: Sequence[Json] = part.get("parts") or ()
    state = part["state"]
    # A true `or` rests on what is true in it, a false `and` on what is false; where neither can be
    # told yet, on what is not known.
    settles = {("any", True): True, ("any", None): None, ("all", False): False, ("all", None): None}
    key = part["kind"], state
    if full or key not in settles:
        return parts, None
    shown = [one for one in parts if one["state"] is settles[key]]
    left_out = len(parts) - len(shown)
    if not left_out or not shown:
        return parts, None
    return shown, f"{count(left_out, 'other part')} without influence here"


def fact_lines(facts: Iterable[Json], source: str | None) -> list[str]:
    """The facts with values and lines, `Title (path): value – line 3`; the same fact of several
    items in one line. The file is named where it is not `source`."""
    groups: dict[tuple[str, str], list[Json]] = {}
    for fact in facts:
        groups.setdefault((static(fact["path"]), own_title(fact)), []).append(fact)
    lines = []
    for (path, title), members in groups.items():
        if len(members) == 1:
            lines.append(fact_words(members[0], source))
            continue
        named = [
            f"{fact.get('of') or _positions([fact['path']])} {value(fact.get('value'))}"
            + (f" ({place})" if (place := _place(fact, source)) else "")
            for fact in members[:ITEMS_NAMED]
        ]
        if len(members) > ITEMS_NAMED:
            named.append(f"and {len(members) - ITEMS_NAMED:,} more")
        lines.append(f"{_label(title, path)}: {', '.join(named)}")
    return lines


def fact_words(fact: Json, source: str | None) -> str:
    """One fact with its title, path, value and line."""
    place = _place(fact, source)
    title = fact.get("title") or ""
    return f"{_label(title, fact['path'])}: {value(fact.get('value'))}" + (
        f" – {place}" if place else ""
    )


def not_stated(part: Json) -> list[str]:
    """The paths of the facts that a part lacks, those of several items as one."""
    if part.get("parts"):
        return []
    groups: dict[str, list[str]] = {}
    for path in part.get("missing") or ():
        groups.setdefault(static(path), []).append(path)
    return [one_path(paths) for paths in groups.values()]


def one_path(paths: Sequence[str]) -> str:
    """One path for the same fact of several items: `parties[1,3].vehicle`."""
    first = paths[0]
    if len(paths) == 1:
        return first
    if len(_POSITION.findall(first)) != 1:
        return f"{first} and {len(paths) - 1} more"
    return _POSITION.sub(f"[{_positions(paths)}]", first)


def static(path: str) -> str:
    """A path without positions: `parties[].vehicle`."""
    return _POSITION.sub("[]", path)


def own_title(fact: Json) -> str:
    """The title of a fact without the item that it belongs to."""
    return (fact.get("title") or "").removesuffix(f" ({fact.get('of')})")


def _positions(paths: Iterable[str]) -> str:
    return ",".join(position for path in paths for position in _POSITION.findall(path))


def _label(title: str, path: str) -> str:
    return f"{title} ({path})" if title else path


def _place(fact: Json, source: str | None) -> str:
    if fact.get("derived_from"):
        facts = dict.fromkeys(_PATH.findall(fact["derived_from"]))
        return f"follows from {listed(facts) or fact['derived_from']}"
    line = fact.get("line")
    if fact.get("source") and fact["source"] != source:
        return f"{fact['source']}:{line}" if line else str(fact["source"])
    return f"line {line}" if line else ""
