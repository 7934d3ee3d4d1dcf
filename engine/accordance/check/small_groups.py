"""Views of groups so small that a reader could tell who said what: no output shows them.

A group of fewer respondents than the strategy's `review_respondents_min`, or of an unknown number,
keeps its scores and its number to itself. Nothing that an output does show is made from them:
means, gaps, counts and totals are of the groups that are shown, so that no sum or difference gives
them away. That the group was asked is told.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from ..facts.case import Case
from ..facts.digest import digest_of
from ..facts.stating import stated_facts
from ..feel.values import UNKNOWN, Value
from ..strategy.model import Strategy

if TYPE_CHECKING:
    from collections.abc import Callable

VIEWS: Final = "stakeholder_views"
RESPONDENTS: Final = "respondents"
PROTECTED: Final = ("score", RESPONDENTS)
LEAST: Final = "review_respondents_min"
LEAST_WITHOUT: Final = 5
"""So many must have answered where a strategy says nothing of it."""
WITHHELD: Final = "withheld"


def least_respondents(strategy: Strategy) -> Value:
    """From how many answers on the views of a group are shown."""
    parameter = strategy.parameters.get(LEAST)
    return LEAST_WITHOUT if parameter is None else parameter.value


def is_shown(view: Mapping[str, Value], least: Value) -> bool:
    """Did certainly enough people answer for the view to be shown?"""
    answered = view.get(RESPONDENTS, UNKNOWN)
    return isinstance(answered, int) and answered >= least


class SmallGroups:
    """What must not be shown of one case."""

    def __init__(self, case: Case, strategy: Strategy) -> None:
        self.least = least_respondents(strategy)
        self._case = case
        self._items: frozenset[str] = frozenset(self._hidden())
        self.reason = f"fewer than {self.least} people, or an unknown number, answered"

    def _hidden(self) -> Iterator[str]:
        listed = self._case.facts.get(VIEWS)
        for number, view in enumerate(listed if isinstance(listed, list) else (), 1):
            if isinstance(view, dict) and not is_shown(view, self.least):
                yield f"{VIEWS}[{number}]"

    def __bool__(self) -> bool:
        return bool(self._items)

    @property
    def digest(self) -> str:
        """The digest of what is stated, less what must not be shown of it: who knows all the rest
        could else try scores until the digest fits."""
        if not self._items:
            return self._case.digest
        facts = stated_facts(self._case)
        return digest_of({**facts, VIEWS: self.shown(VIEWS, facts[VIEWS])})

    def hides(self, path: str) -> bool:
        """Must the value of a fact not be shown? `path` is concrete."""
        if not self._items:
            return False
        derivation = self._case.derived.get(path)
        if derivation is not None:
            return VIEWS in derivation
        item, _, name = path.partition("].")
        return name in PROTECTED and f"{item}]" in self._items

    def shown(self, path: str, value: Value) -> Value:
        """The value of a fact, without what must not be shown of it where it is a view, or the
        views, or the scores of all of them; `path` may be static."""
        if not self._items or not path.startswith(VIEWS):
            return value
        views: Any = self._case.facts.get(VIEWS)
        if path.removeprefix(f"{VIEWS}.") in PROTECTED and isinstance(views, list):
            name = path.rpartition(".")[2]
            kept = (view for view in views if is_shown(view, self.least))
            return [view[name] for view in kept if name in view]
        if isinstance(value, dict):
            return value if is_shown(value, self.least) else _without(value)
        if isinstance(value, list) and path == VIEWS:
            return [
                _without(one) if isinstance(one, dict) and not is_shown(one, self.least) else one
                for one in value
            ]
        return value

    def hides_definition(self, name: str, reads: Callable[[str], tuple[str, ...]]) -> bool:
        """Could the value of a definition, or of what a message names, tell what is hidden?"""
        return bool(self._items) and any(
            path == VIEWS or path.startswith(f"{VIEWS}.") for path in reads(name)
        )


def _without(view: dict[str, Value]) -> dict[str, Value]:
    return {name: value for name, value in view.items() if name not in PROTECTED}
