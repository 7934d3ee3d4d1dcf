"""What several sources say of one partnership, put together by its id.

Every fact keeps the place that it came from. Where two sources say different things of one fact on
the same day, the first that was named counts and the difference is a contradiction of the case
(rule EVD-03 sees it). Facts of different days are not put together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, Final

from ..feel.values import Value
from ..problem import Code, Place, Problem, Refused
from ..source.joined import JoinedSource, moved
from ..source.quoting import quoted
from ..source.tree import Located, Mapping, Scalar, Sequence, is_blank, plain
from .case import Case, Contradiction
from .model import FactModel
from .reading import read_case
from .shapes import Group, List, Reading, Shape, Unfit

ADDED_UP: Final = frozenset(("evidence", "exceptions", "actions"))
"""Lists about the file rather than the partnership: each source adds its items."""


def combine(statements: Iterable[Mapping], model: FactModel) -> list[Case]:
    """The cases that located fact files and rows of tables state together, in the order in which
    their ids are first named. One source alone is read as it is.

    Raises Refused with every problem of all sources.
    """
    by_id: dict[str, list[Mapping]] = {}
    problems: list[Problem] = []
    for statement in statements:
        node = statement.entries.get("id")
        if isinstance(node, Scalar) and isinstance(node.value, str):
            by_id.setdefault(node.value, []).append(statement)
            continue
        place = statement.place if node is None else node.place
        problems.append(
            Problem(
                Code.FACT_MISSING,
                "`id` is not stated",
                place,
                "sources are put together by it",
            )
        )
    cases = []
    for case_id, own in by_id.items():
        try:
            cases.append(
                read_case(own[0], model) if len(own) == 1 else _together(case_id, own, model)
            )
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)
    return cases


def _together(case_id: str, statements: list[Mapping], model: FactModel) -> Case:
    _refuse_two_days(case_id, statements)
    names = list(dict.fromkeys(statement.source.name for statement in statements))
    joined = JoinedSource(", ".join(names))
    starts: dict[int, int] = {}
    trees = []
    for statement in statements:
        start = starts.get(id(statement.source))
        if start is None:
            start = starts[id(statement.source)] = joined.add(statement.source)
        trees.append(moved(statement, joined, start))
    merger = _Merger()
    first = trees[0]
    assert isinstance(first, Mapping)
    for other in trees[1:]:
        assert isinstance(other, Mapping)
        merger.group(first, other, model.root, "")
    try:
        case = read_case(first, model)
    except Refused as refused:
        raise Refused([*merger.problems, *refused.problems]) from None
    if merger.problems:
        raise Refused(merger.problems)
    found = tuple(
        Contradiction(path, _value_at(case, path), value, place)
        for path, value, place in merger.contradictions
    )
    return replace(case, contradictions=case.contradictions + found)


def _refuse_two_days(case_id: str, statements: list[Mapping]) -> None:
    """Raises Refused unless all sources that say of which day their facts are name one day."""
    first: Scalar | None = None
    for statement in statements:
        node = statement.entries.get("as_of")
        if not isinstance(node, Scalar) or node.value is None:
            continue
        if first is not None and node.value != first.value:
            raise Refused(
                Problem(
                    Code.SOURCES_DIFFER,
                    f"the facts of {quoted(case_id)} are of {quoted(node.text)} here and of "
                    f"{quoted(first.text)} in {first.place}",
                    node.place,
                    "put together facts of one day only",
                )
            )
        first = first or node


class _Merger:
    """Adds what one source says to what another said."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.contradictions: list[tuple[str, Value, Place]] = []

    def group(self, known: Mapping, other: Mapping, shape: Group, path: str) -> None:
        # INVARIANT: only what the fact model names is gone into, so recursion is safe.
        for name, entry in other.entries.items():
            here = f"{path}.{name}" if path else name
            member = shape.members.get(name)
            stated = known.entries.get(name)
            if is_blank(entry):
                continue
            if stated is None or is_blank(stated) or member is None:
                known.entries[name] = entry
                known.key_starts[name] = other.key_starts[name]
            elif isinstance(member, Group):
                if isinstance(stated, Mapping) and isinstance(entry, Mapping):
                    self.group(stated, entry, member, here)
                else:
                    self.differ(stated, entry, member, here)
            elif isinstance(member, List):
                self.lists(stated, entry, member, here)
            elif _identity(stated) != _identity(entry):
                self.differ(stated, entry, member, here)

    def lists(self, known: Located, other: Located, shape: List, path: str) -> None:
        if not isinstance(known, Sequence) or not isinstance(other, Sequence):
            self.differ(known, other, shape, path)
            return
        if path in ADDED_UP:
            seen = [_identity(item) for item in known.items]
            known.items += [item for item in other.items if _identity(item) not in seen]
            return
        if _identity(known) == _identity(other):
            return
        if isinstance(shape.item, Group):
            pairs = _paired(known, other, next(iter(shape.item.members)))
            if pairs is not None:
                for position, mine, theirs in pairs:
                    self.group(mine, theirs, shape.item, f"{path}[{position}]")
                return
        elif shape.unique and len(known.items) == len(other.items):
            mine_, theirs_ = map(_identities, (known, other))
            if set(mine_) == set(theirs_):
                return
        self.differ(known, other, shape, path)

    def differ(self, known: Located, other: Located, shape: Shape, path: str) -> None:
        try:
            value = shape.take(other, path, Reading())
        except Unfit:
            # What is not taken over is not judged with the case, and must be right all the same.
            self.problems.append(
                Problem(
                    Code.FACT_VALUE,
                    f"{quoted(path)} cannot be {quoted(plain(other))}",
                    other.place,
                    f"it is stated in {known.place} too",
                )
            )
            return
        self.contradictions.append((path, value, other.place))


def _paired(
    known: Sequence, other: Sequence, key: str
) -> list[tuple[int, Mapping, Mapping]] | None:
    """The items of two lists that are about the same things, with their positions in the first;
    None where the lists are about different things. An item is known by its first fact."""
    theirs: dict[Any, Mapping] = {}
    for item in other.items:
        name = item.entries.get(key) if isinstance(item, Mapping) else None
        if not isinstance(item, Mapping) or not isinstance(name, Scalar) or name.value in theirs:
            return None
        theirs[name.value] = item
    pairs = []
    for position, item in enumerate(known.items, 1):
        name = item.entries.get(key) if isinstance(item, Mapping) else None
        if not isinstance(item, Mapping) or not isinstance(name, Scalar):
            return None
        match = theirs.pop(name.value, None)
        if match is None:
            return None
        pairs.append((position, item, match))
    return None if theirs else pairs


def _identity(node: Located) -> Any:
    """What a value says, such that `true` and 1 differ and blanks say nothing."""
    if isinstance(node, Sequence):
        return ("list", *_identities(node))
    if isinstance(node, Mapping):
        stated = {name: entry for name, entry in node.entries.items() if not is_blank(entry)}
        return ("group", frozenset((name, _identity(entry)) for name, entry in stated.items()))
    return (node.value.__class__ is bool, node.value)


def _identities(node: Sequence) -> list[Any]:
    return [_identity(item) for item in node.items]


def _value_at(case: Case, path: str) -> Value:
    value: Value = case.facts
    for step in path.replace("[", ".[").split("."):
        value = value[int(step[1:-1]) - 1] if step.startswith("[") else value[step]
    return value
