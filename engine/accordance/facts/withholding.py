"""A case without the facts that are exempt from publication.

The fact model marks them (`x-sensitivity`); what is marked covers all that lies below it. Where a
list is marked, the list as a whole is one fact, so that not even the number of its items is told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..feel.values import Value
from .case import Case
from .deriving import derive


@dataclass(frozen=True, slots=True)
class Withheld:
    """A stated fact, list or group of facts that is left out: its concrete path, and why."""

    path: str
    sensitivity: str


def without_sensitive(case: Case) -> tuple[Case, tuple[Withheld, ...]]:
    """The case as if its sensitive facts were unknown, and which those are, in the file's order.

    What is derived is derived anew from the facts that are left, and the digest is of those.
    """
    copy = _Copy(case)
    facts = dict(copy.members(case.facts, "", ""))
    # A sensitive fact that follows from public ones is withheld all the same.
    derivers = [one for one in case.model.derivers if one.path not in copy.sensitivities]
    derived, contradictions = derive(tuple(derivers), facts, copy.paths)
    disputed = tuple(
        one
        for one in case.contradictions
        if one.other and not any(_covers(part.path, one.path) for part in copy.withheld)
    )
    public = replace(
        case,
        facts=facts,
        paths=copy.paths,
        derived=derived,
        contradictions=contradictions + disputed,
    )
    return public, tuple(copy.withheld)


def _covers(withheld: str, path: str) -> bool:
    """Does a path that is withheld hold this one, or is it held by it?"""
    return path == withheld or any(
        longer.startswith((f"{shorter}.", f"{shorter}["))
        for longer, shorter in ((path, withheld), (withheld, path))
    )


class _Copy:
    def __init__(self, case: Case) -> None:
        self.sensitivities = case.model.sensitivities
        self.derived = case.derived
        self.paths: dict[int, str] = {}
        self.withheld: list[Withheld] = []

    def members(
        self, group: dict[str, Value], path: str, static: str
    ) -> Iterator[tuple[str, Value]]:
        """The members of a group that are stated and may be told."""
        for name, value in group.items():
            here = f"{path}.{name}" if path else name
            below = f"{static}.{name}" if static else name
            sensitivity = self.sensitivities.get(below)
            if sensitivity is not None:
                self.withheld.append(Withheld(here, sensitivity))
            elif here not in self.derived:
                # INVARIANT: facts are no deeper than the fact model, so recursion is safe.
                yield name, self.copied(value, here, below)

    def copied(self, value: Value, path: str, static: str) -> Value:
        if isinstance(value, dict):
            return dict(self.members(value, path, static))
        if isinstance(value, list):
            return [self.item(item, f"{path}[{n}]", static) for n, item in enumerate(value, 1)]
        return value

    def item(self, item: Value, path: str, static: str) -> Value:
        copied = self.copied(item, path, static)
        if isinstance(copied, dict):
            self.paths[id(copied)] = path
        return copied
