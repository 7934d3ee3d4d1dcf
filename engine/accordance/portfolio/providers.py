"""The body's providers: under which group each name goes, and which names look alike.

The body keeps a table of aliases in YAML, beside its strategy or given by `--aliases`:

    providers:
      Brackenfold Holdings: [Brackenfold Environment Ltd, Brackenfold Holdings plc]

A name goes under the group that the table gives it, whatever its case and spacing; else under the
group that fact files state for it; else it stands for itself. Where files state two groups for one
name, it stands for itself, and the report says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from itertools import combinations, islice
from typing import TYPE_CHECKING, Any, Final

from ..feel.values import Value
from ..problem import Code, Place, Problem, Refused
from ..source.quoting import quoted

if TYPE_CHECKING:
    from ..source.tree import Located

FILE: Final = "aliases.yaml"
FIELDS: Final = ("providers",)
ALIKE: Final = 0.9
"""From this likeness on (1 is the same) two names may be the same provider."""
MOST_PAIRS: Final = 200
MOST_COMPARED: Final = 50_000
"""So many pairs of names are compared letter by letter."""
_LEGAL: Final = frozenset(
    (
        *("ltd", "limited", "plc", "llp", "lp", "cic", "cio", "inc", "co", "company", "uk"),
        *("group", "holding", "holdings", "the", "and"),
    )
)
_WORDS: Final = re.compile(r"[^\W_]+")


def folded(name: str) -> str:
    """A name without the differences that never matter: case, and how much white space there is."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def bare(name: str) -> str:
    """A name reduced to what tells one provider from another: no legal form, no spaces or signs."""
    words = _WORDS.findall(re.sub(r"\([^)]*\)", " ", folded(name)).replace("'", ""))
    return "".join(word for word in words if word not in _LEGAL) or "".join(words)


@dataclass(frozen=True)
class Providers:
    """Which group each name goes under. `table` has folded names, `stated` the names of fact files
    with the groups that these state for them."""

    table: Mapping[str, str] = field(default_factory=dict)
    stated: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def group(self, name: str) -> str:
        """The group that a name goes under."""
        key = folded(name)
        found = self._groups.get(key)
        if found is None:
            found = self.table.get(key)
            if found is None:
                groups = {self.table.get(folded(one), one) for one in self.stated.get(name, ())}
                found = groups.pop() if len(groups) == 1 else name
            self._groups[key] = found
        return found

    @cached_property
    def _groups(self) -> dict[str, str]:
        return {}

    def report(self, names: Iterable[str]) -> dict[str, Any]:
        """What the names amount to: groups of several names, names with two groups, and pairs that
        look alike although they go under different groups."""
        known = sorted(set(names))
        groups: dict[str, list[str]] = defaultdict(list)
        for name in known:
            groups[self.group(name)].append(name)
        alike, complete = self._alike(known)
        several = {group: found for group, found in groups.items() if len(found) > 1}
        return {
            "groups": [{"group": name, "names": several[name]} for name in sorted(several)],
            "several_groups": [
                {"name": name, "groups": sorted(groups)}
                for name, groups in sorted(self.stated.items())
                if len({self.table.get(folded(one), one) for one in groups}) > 1
                and folded(name) not in self.table
            ],
            "alike": alike,
            "alike_complete": complete,
        }

    def _alike(self, names: list[str]) -> tuple[list[dict[str, Any]], bool]:
        """Pairs of names of different groups that look alike, the likest first, and whether all
        that might be were compared. Only names that share their first letters, or their last ones,
        are compared, and no more than MOST_COMPARED pairs, so that the time stays in bounds."""
        same: dict[str, list[str]] = defaultdict(list)
        for name in names:
            same[bare(name)].append(name)
        found: dict[tuple[str, str], float] = {}
        for sharing in same.values():
            for pair in islice(combinations(sharing, 2), MOST_PAIRS):
                if self.group(pair[0]) != self.group(pair[1]):
                    found[pair] = 1.0
        near: dict[str, list[str]] = defaultdict(list)
        for text in same:
            for key in {f"<{text[:4]}", f"{text[-4:]}>"}:
                near[key].append(text)
        left = MOST_COMPARED
        for sharing in near.values():
            for one, other in combinations(sharing, 2):
                left -= 1
                if left < 0:
                    break
                like = _likeness(one, other)
                first, second = sorted((same[one][0], same[other][0]))
                if like >= ALIKE and self.group(first) != self.group(second):
                    found[first, second] = like
        pairs = sorted((-like, pair) for pair, like in found.items())
        shown = [
            {"names": list(pair), "likeness": round(-like, 2)} for like, pair in pairs[:MOST_PAIRS]
        ]
        return shown, left >= 0 and len(pairs) <= MOST_PAIRS


def _likeness(one: str, other: str) -> float:
    if 2 * min(len(one), len(other)) < ALIKE * (len(one) + len(other)):
        return 0.0
    matcher = SequenceMatcher(None, min(one, other), max(one, other), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= ALIKE else 0.0


def read_table(node: Located) -> dict[str, str]:
    """The table of a file: the group of each name. Raises Refused with all problems."""
    from ..source.tree import Sequence
    from ..strategy.fields import fields_of, in_file_order

    problems: list[Problem] = []
    table: dict[str, str] = {}
    places: dict[str, Place] = {}
    fields = fields_of(node, "a table of aliases", node.place, FIELDS, problems)
    entries = fields.members("providers") if fields is not None else []
    for group, names, place in entries:
        items = [(group, place)]
        if not isinstance(names, Sequence):
            problems.append(
                Problem(
                    Code.FIELD_TYPE,
                    f"the names of {quoted(group)} must be a list",
                    names.place,
                    f"write `{group}: [One name, Another name]`",
                )
            )
        else:
            assert fields is not None
            said = [(fields.text_of(item, "a name"), item.place) for item in names.items]
            items += [(name, where) for name, where in said if name is not None]
        for name, where in items:
            key = folded(name)
            if table.get(key, group) != group:
                problems.append(
                    Problem(
                        Code.DUPLICATE_ID,
                        f"{quoted(name)} goes under {quoted(table[key])} already, at {places[key]}",
                        where,
                        "leave it under one of them",
                    )
                )
            table.setdefault(key, group)
            places.setdefault(key, where)
    if problems:
        raise Refused(in_file_order(problems))
    return table


def load_table(path: str | None, beside: str | None = None) -> dict[str, str]:
    """The table of the file at `path`; else that beside a strategy, if there is one; else none.

    Raises Refused with all problems.
    """
    import os

    from ..source.reading import read

    if path is None:
        path = None if beside is None else os.path.join(beside, FILE)
        if path is None or not os.path.isfile(path):
            return {}
    return read_table(read(path))


def stated_groups(facts: Iterable[Mapping[str, Value]]) -> dict[str, frozenset[str]]:
    """The groups that fact files state for the names of parties."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in facts:
        for party in one.get("parties") or ():
            name, group = party.get("name"), party.get("group")
            if isinstance(name, str) and isinstance(group, str):
                found[name].add(group)
    return {name: frozenset(groups) for name, groups in found.items()}
