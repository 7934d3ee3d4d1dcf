"""Which facts to ask for, in which order, and how an answer is written."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from .model import Fact, FactModel
from .shapes import Boolean, Date, Group, List, NumberShape, Shape, Text

FIRST: Final = ("id", "title", "organisation", "stage", "as_of")
"""What every fact file begins with, as far as the model has it."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question worth asking. `list_path` is the list of groups among whose items the fact
    stands (empty for a fact of the case), `lists_above` the lists that hold that one."""

    fact: Fact
    shape: Shape
    needed: bool
    list_path: str
    lists_above: tuple[str, ...]

    @property
    def title(self) -> str:
        return self.fact.title

    def answer(self, yes: str, no: str) -> str:
        """How an answer is written, where `yes` and `no` are the words for true and false."""
        shape = self.shape
        if isinstance(shape, List) and isinstance(shape.item, Group):
            return "a list; `none` if there are none"
        many = "any of " if isinstance(shape, List) else ""
        one = shape.item if isinstance(shape, List) else shape
        if isinstance(one, Boolean):
            said = f"{yes} or {no}"
        elif isinstance(one, Date):
            said = "YYYY-MM-DD"
        elif isinstance(one, NumberShape):
            unit = self.fact.unit
            said = ("a whole number" if one.whole else "a number") + (f", {unit}" if unit else "")
        elif isinstance(one, Text) and one.values is not None:
            said = many + ", ".join(one.values)
        else:
            said = "texts" if many else "text"
        if self.fact.may_be_none:
            said += ", or none"
        return said


class Questions:
    """The questions of a stage, those that must be answered first. Without a stage, all.

    A fact is asked for when the fact model says so for the stage, when the strategy needs it
    then (`needed`), or when the model does not tie it to stages at all.
    """

    def __init__(
        self, model: FactModel, stage: str | None = None, needed: Collection[str] = ()
    ) -> None:
        self.model = model
        self.stage = stage
        self.needed = frozenset((*model.root.required, *needed))
        self._asked = {path for path, fact in model.facts.items() if self._is_asked(fact)}
        for path in model.lists:
            # A list is asked for when something of its items is.
            if any(one.startswith(f"{path}.") for one in self._asked):
                self._asked.add(path)

    def _is_asked(self, fact: Fact) -> bool:
        if fact.path in self.model.lists:
            return fact.path in self.needed
        return (
            self.stage is None
            or not fact.needed_at
            or self.stage in fact.needed_at
            or fact.path in self.needed
        )

    def all(self) -> Iterator[Question]:
        """Every question, in the order in which to ask."""
        yield from self._below(self.model.root, "", ())

    def members(self, group: Group) -> list[tuple[str, Shape]]:
        """The members of a group that are asked for, the needed ones first."""
        asked = [(name, shape) for name, shape in group.members.items() if self.asks(shape)]
        top = {} if group.path else {name: place for place, name in enumerate(FIRST)}
        return sorted(
            asked, key=lambda one: (top.get(one[0], len(top)), not self.is_needed(one[1]))
        )

    def asks(self, shape: Shape) -> bool:
        if isinstance(shape, Group):
            return any(self.asks(member) for member in shape.members.values())
        return shape.path in self._asked

    def is_needed(self, shape: Shape) -> bool:
        """Is this fact, or one below it, needed?"""
        below = f"{shape.path}."
        return any(path == shape.path or path.startswith(below) for path in self.needed)

    def _below(self, group: Group, list_path: str, lists: tuple[str, ...]) -> Iterator[Question]:
        for _, shape in self.members(group):
            if isinstance(shape, Group):
                yield from self._below(shape, list_path, lists)
                continue
            fact = self.model.facts[shape.path]
            yield Question(fact, shape, self.is_needed(shape), list_path, lists)
            if isinstance(shape, List) and isinstance(shape.item, Group):
                above = (*lists, list_path) if list_path else lists
                yield from self._below(shape.item, shape.path, above)
