"""Questions to what results rest on and miss, asked fact by fact instead of result by result.

`some r in results satisfies r.gate and list contains(r.rests_on, x)` is asked of a hundred results
of which each can rest on a dozen facts. `or` and `and` of the three-valued logic distribute over
one another, so the same is said by: some fact is x, and some result with a gate rests on it. What
does not hang on the result is then computed once for each fact, and the rest only for the records
in which it matters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from typing import Final, TypeAlias

from ..feel import syntax
from ..feel.syntax import Node
from .carriers import (
    Carrier,
    Column,
    Group,
    Known,
    Listed,
    Truth,
    all_of,
    any_of,
    holds,
    is_definite,
    is_state,
    lazily,
    opposite,
    perhaps,
    settled,
)
from .exact import Exact
from .items import Item, Items, Table, Unrolled
from .limits import NotRelational

LATE: Final = ("rests_on", "missing")
CONTAINS: Final = "list contains"


OnlyWhere: TypeAlias = Callable[[Carrier], AbstractContextManager[None]]
"""Within it what is said matters only for records for which a condition may hold."""


class Paths(Items):
    """Facts by their paths: those that may be in the list, and of each whether it is."""

    def __init__(
        self,
        names: Iterable[str],
        presence: Callable[[str], Carrier],
        known: Column | bool = True,
        in_doubt: Callable[[], None] = lambda: None,
    ) -> None:
        """`in_doubt` is told when it was asked for a path of which that cannot always be said."""
        self.known = known
        self._in_doubt = in_doubt
        self.names = tuple(names)
        self._presence = presence
        self._found: dict[str, Carrier] = {}

    def presence(self, name: str) -> Carrier:
        """Is a path in the list?"""
        found = self.possible(name)
        if not is_definite(found):
            self._in_doubt()
        return found

    def possible(self, name: str) -> Carrier:
        """The same for one who looks after the records in which it cannot be said."""
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = self._presence(name)
        return found

    def unrolled(self) -> Unrolled:
        items = (Item(Known(name)).narrowed(self.presence(name)) for name in self.names)
        return Unrolled(tuple(items), self.known)

    def some(self, condition: Callable[[Item], Carrier]) -> Carrier:
        return self.unrolled().some(condition)

    def total(self, score: Callable[[Item], Exact]) -> Exact:
        return self.unrolled().total(score)

    def mapped(self, change: Callable[[Item], Item], certain: bool) -> Items:
        return self.unrolled().mapped(change, certain)

    def where(self, condition: Column) -> Items:
        return self.unrolled().where(condition)

    def contains(self, element: Carrier) -> Carrier:
        if isinstance(element, Known) and isinstance(element.value, str):
            there = element.value in self.names
            return self.if_known(self.presence(element.value) if there else Known(False))
        return self.unrolled().contains(element)

    def table(self) -> Table:
        raise NotRelational("the order of what a result rests on or misses")

    @property
    def most(self) -> int:
        return len(self.names)

    @property
    def is_certain(self) -> bool:
        return not self.names

    @property
    def is_definite(self) -> bool:
        return self.unrolled().is_definite


class Question:
    """A question of the form above, asked of some results."""

    def __init__(
        self, part: Node, results: list[tuple[Carrier, Paths]], only_where: OnlyWhere
    ) -> None:
        self.part = part
        """The part of the condition that asks what a result rests on or misses."""
        self.only_where = only_where
        self._results = results

    @property
    def names(self) -> tuple[str, ...]:
        """The paths that a result which is meant can have."""
        return tuple(dict.fromkeys(name for _, paths in self._results for name in paths.names))

    def has(self, name: str) -> Carrier:
        """Has a result that is meant this path?"""
        return any_of(
            [
                lazily(meant, paths.possible(name))
                for meant, paths in self._results
                if name in paths.names
            ]
        )

    def meant(self) -> Carrier:
        """Is a result meant at all?"""
        return any_of([meant for meant, _ in self._results])


def question(
    node: syntax.Quantified,
    items: Items,
    holds_for: Callable[[Node, Carrier], Carrier],
    only_where: OnlyWhere,
) -> Question | None:
    """A quantifier as a question of the form above; None for any other. `holds_for` says whether a
    part of its condition holds for an item."""
    if node.quantifier != "some" or len(node.iterators) != 1 or not isinstance(items, Unrolled):
        return None
    name = node.iterators[0][0]
    found = _late_part(node.condition, name)
    if found is None:
        return None
    part, field, others = found
    results: list[tuple[Carrier, Paths]] = []
    for item in items.items:
        given = item.value.field(field) if isinstance(item.value, Group) else None
        if not isinstance(given, Listed) or not isinstance(given.items, Paths):
            return None
        meant = all_of([item.presence, *(holds_for(one, item.value) for one in others)])
        if settled(meant) is not False:
            results.append((meant, given.items))
    return Question(part, results, only_where)


def answer(
    asked: Question,
    name: str,
    value: Callable[[Node], Carrier],
    known: Callable[[Node], Carrier],
    doubt: Callable[[Carrier], None],
) -> Carrier:
    """The answer to a question. `value` gives an expression without the results, `known` whether
    a list is known; `doubt` is told in which records it cannot be said what results have."""
    found: list[Carrier] = []
    for path in asked.names:
        wanted = value(_about(asked.part, name, path))
        if settled(wanted) is not False:
            with asked.only_where(wanted):
                has = asked.has(path)
            found.append(lazily(wanted, has))
            if not is_definite(has):
                possible = opposite(is_state(wanted, False))
                doubt(lazily(possible, is_state(has, None)))
    # A list that is not known leaves the question open, whatever the results rest on.
    for source in _lists(asked.part):
        unknown = opposite(known(source))
        if settled(unknown) is not False:
            found.append(all_of([unknown, perhaps(), asked.meant()]))
    return any_of(found)


def is_of_distinct_items(node: syntax.Filter) -> bool:
    """Is it a filter of the form `distinct values(list)[some r in results satisfies ...]`, in which
    nothing but one part looks at the item?"""
    base, condition = node.base, node.condition
    if not isinstance(base, syntax.Call) or base.function != "distinct values":
        return False
    if not isinstance(condition, syntax.Quantified) or _mentions(condition.iterators[0][1], "item"):
        return False
    return sum(_mentions(part, "item") for part in _parts(condition.condition)) == 1


def kept(items: Items, asked: Question) -> Paths:
    """The items of a list without repeats for which the answer is yes; there are no others than
    the paths that results can have."""

    def presence(name: str) -> Carrier:
        # Where the list is not known, neither is this one.
        there = Truth(holds(items.contains(Known(name))).fill_null(False), True)
        with asked.only_where(there):
            has = asked.has(name)
        return lazily(there, has)

    return Paths(asked.names, presence, items.known)


def is_of_item(asked: Question) -> bool:
    """Is it asked of an item of a filter whether results have it?"""
    part = asked.part
    return isinstance(part, syntax.Call) and part.arguments[1] == syntax.Name("item")


def _parts(node: Node) -> tuple[Node, ...]:
    return node.parts if isinstance(node, syntax.And) else (node,)


def _late_part(condition: Node, name: str) -> tuple[Node, str, list[Node]] | None:
    """The one part of a condition that asks what a result has, which of both, and the others."""
    parts = _parts(condition)
    late = [part for part in parts if _reads_late(part, name)]
    if len(late) != 1:
        return None
    field = _field_asked(late[0], name)
    if field is None:
        return None
    return late[0], field, [part for part in parts if part is not late[0]]


def _field_asked(node: Node, name: str) -> str | None:
    if isinstance(node, syntax.Call) and node.function == CONTAINS:
        paths, element = node.arguments
        if not isinstance(paths, syntax.Path) or paths.base != syntax.Name(name):
            return None
        return None if _mentions(element, name) else paths.field
    if isinstance(node, syntax.Quantified) and node.quantifier == "some":
        if len(node.iterators) != 1 or node.iterators[0][0] == name:
            return None
        if _mentions(node.iterators[0][1], name):
            return None
        found = _late_part(node.condition, name)
        if found is None or not isinstance(found[0], syntax.Call):
            return None
        if any(_mentions(part, name) for part in found[2]):
            return None
        return found[1]
    return None


def _about(node: Node, name: str, path: str) -> Node:
    """The part that asks what a result has, for a result that has one path and no other."""
    if isinstance(node, syntax.Call):
        return syntax.Comparison("=", node.arguments[1], syntax.Literal(path))
    assert isinstance(node, syntax.Quantified)
    parts = _parts(node.condition)
    made = tuple(_about(one, name, path) if _reads_late(one, name) else one for one in parts)
    condition = made[0] if len(made) == 1 else syntax.And(made)
    return syntax.Quantified(node.quantifier, node.iterators, condition)


def _lists(node: Node) -> Iterator[Node]:
    """The lists over which the part that asks goes itself, the outermost alone."""
    if isinstance(node, syntax.Quantified):
        yield node.iterators[0][1]


def _reads_late(node: Node, name: str) -> bool:
    return any(
        isinstance(one, syntax.Path) and one.field in LATE and one.base == syntax.Name(name)
        for one in syntax.walk(node)
    )


def _mentions(node: Node, name: str) -> bool:
    return any(one == syntax.Name(name) for one in syntax.walk(node))
