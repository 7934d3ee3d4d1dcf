"""Watching the files of a strategy: which of them changed, and which rules that touches."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from ..problem import Refused
from ..strategy.chain import folders_of
from ..strategy.folder import CASES, HEADER, MODEL, RULES, Folder, locate
from ..strategy.model import Rule, Strategy
from .focus import names_in
from .rule_parts import expressions, names_in_messages

PAUSE: Final = 0.4
"""Seconds between two looks."""

Stamp = tuple[int, int]


def stamps(folder: str | None) -> dict[str, Stamp]:
    """When each file of a strategy folder was last changed, and its size, by its path in there;
    the files of a strategy that it extends by their own paths."""
    found: dict[str, Stamp] = {}
    for far, place in enumerate(_folders(folder)):
        root = place.path
        for name in (HEADER, MODEL, *_listed(root, RULES), *_listed(root, CASES)):
            try:
                state = os.stat(os.path.join(root, name))
            except OSError:
                continue
            found[place.shown(name) if far else name] = state.st_mtime_ns, state.st_size
    return found


def _folders(folder: str | None) -> list[Folder]:
    """The folders of a strategy, the nearest first; while it cannot be read, its own alone."""
    try:
        return folders_of(folder)
    except Refused:
        pass
    try:
        return [locate(folder)]
    except Refused:
        return []


def _listed(root: str, part: str) -> list[str]:
    try:
        names = sorted(os.listdir(os.path.join(root, part)))
    except OSError:
        return []
    return [f"{part}/{name}" for name in names if not name.startswith(".")]


def changes(folder: str | None, wait: Callable[[float], None]) -> Iterator[frozenset[str]]:
    """The files that changed, came or went, each time that some did; waits in between, without
    end."""
    before = stamps(folder)
    while True:
        wait(PAUSE)
        now = stamps(folder)
        if now == before:
            continue
        # An editor may write several files, or one in several goes: take what has come to rest.
        while True:
            wait(PAUSE / 4)
            later = stamps(folder)
            if later == now:
                break
            now = later
        yield frozenset(
            name for name in now.keys() | before.keys() if now.get(name) != before.get(name)
        )
        before = now


def touched(old: Strategy, new: Strategy) -> frozenset[str]:
    """The rules of the new strategy that may answer otherwise than in the old one: they differ, or
    what they read does."""
    if old.model.owner_schema != new.model.owner_schema or old.mandatory != new.mandatory:
        return frozenset(rule.id for rule in new.rules)
    changed = _differing(
        {name: (one.value, one.unit) for name, one in old.parameters.items()},
        {name: (one.value, one.unit) for name, one in new.parameters.items()},
    )
    changed |= _differing(
        {name: (one.expression, one.about) for name, one in old.definitions.items()},
        {name: (one.expression, one.about) for name, one in new.definitions.items()},
    )
    for name, definition in new.definitions.items():  # each comes after those that it uses
        if changed & names_in([definition.expression]):
            changed.add(name)
    before = {rule.id: rule for rule in old.rules}
    found = {
        rule.id
        for rule in new.rules
        if not _is_same(before.get(rule.id), rule)
        or changed & (names_in(expressions(rule)) | set(names_in_messages(rule)))
    }
    if found or old.exceptions != new.exceptions:
        # What other rules came to is what rules about the evidence weigh.
        found |= {rule.id for rule in new.rules if rule.about == "evidence"}
    return frozenset(found)


def _differing(old: Mapping[str, object], new: Mapping[str, object]) -> set[str]:
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def _is_same(old: Rule | None, new: Rule) -> bool:
    """The same rule, wherever it stands?"""
    if old is None:
        return False
    return _placeless(old) == _placeless(new)


def _placeless(rule: Rule) -> Rule:
    place = rule.place
    return replace(
        rule,
        place=replace(place, file="", line=None, column=None),
        require=tuple(
            replace(one, place=replace(one.place, file="", line=None, column=None))
            for one in rule.require
        ),
    )
