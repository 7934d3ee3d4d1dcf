"""The fields of one mapping of a strategy file: taken by name, each problem noted in its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from collections.abc import Sequence as AbstractSequence
from typing import TypeVar

from ..feel import values
from ..problem import Code, Place, Problem
from ..source.quoting import listed, nearest, quoted
from ..source.tree import Located, Mapping, Scalar, Sequence, kind

_Node = TypeVar("_Node", Scalar, Sequence, Mapping)


def suggestion(word: str, candidates: Collection[str]) -> str | None:
    """The advice `did you mean ...?`, or None where nothing comes near."""
    near = nearest(word, list(candidates))
    return f"did you mean {quoted(near)}?" if near else None


def in_file_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems by file, line and column, each of them once."""

    def position(problem: Problem) -> tuple[str, int, int, str]:
        place = problem.place
        if place is None:
            return ("", 0, 0, problem.message)
        return (place.file, place.line or 0, place.column or 0, problem.message)

    return tuple(sorted(dict.fromkeys(problems), key=position))


class Fields:
    """The fields of one thing (`what`, as a message names it) that stands at `place`.

    Fields that are not among `known`, or blank, are problems at once. Reading a field gives None
    (or an empty tuple) where it is left out, blank or wrong; the latter notes a problem.
    """

    def __init__(
        self,
        node: Mapping,
        what: str,
        place: Place,
        known: AbstractSequence[str],
        problems: list[Problem],
    ) -> None:
        self.node = node
        self.what = what
        self.place = place
        self.problems = problems
        for name in node.entries:
            if name not in known:
                self.note(
                    Code.FIELD_UNKNOWN,
                    f"{quoted(name)} is not a field of {what}",
                    node.key_place(name),
                    suggestion(name, known) or f"its fields are {', '.join(known)}",
                )
            elif self.get(name) is None:
                # A blank is more often forgotten than meant: a gate left blank would be no gate.
                self.note(
                    Code.FIELD_MISSING,
                    f"{quoted(name)} of {what} is blank",
                    node.key_place(name),
                    "fill it in, or take it out if it is not needed",
                )

    def note(self, code: Code, message: str, place: Place, help: str | None = None) -> None:
        """Remember a problem."""
        self.problems.append(Problem(code, message, place, help))

    def get(self, name: str) -> Located | None:
        """The value of a field; None where it is left out or blank."""
        node = self.node.entries.get(name)
        if isinstance(node, Scalar) and (node.value is None or not node.text.strip()):
            return None
        return node

    def require(self, *names: str) -> bool:
        """Are all of these fields given? Notes those that are not."""
        complete = True
        for name in names:
            if self.get(name) is None:
                complete = False
                if name not in self.node.entries:
                    self.note(
                        Code.FIELD_MISSING,
                        f"{self.what} lacks the field {quoted(name)}",
                        self.place,
                    )
        return complete

    def text(self, name: str) -> str | None:
        """A text, without white space at its ends."""
        node = self.get(name)
        return None if node is None else self.text_of(node, quoted(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """A text, or a list of texts."""
        node = self.get(name)
        if node is None:
            return ()
        nodes = node.items if isinstance(node, Sequence) else [node]
        found = [self.text_of(item, f"an entry of {quoted(name)}") for item in nodes]
        return tuple(text for text in found if text)

    def version(self, name: str) -> str | None:
        """A version such as `1.0`, in quotes or not."""
        node = self.get(name)
        if node is None:
            return None
        if isinstance(node, Scalar):
            words = node.text.strip()
            parts = words.split(".")
            if len(words) <= 20 and all(part.isascii() and part.isdigit() for part in parts):
                return words
        self.note(
            Code.FIELD_VALUE,
            f"{quoted(name)} is not a version",
            node.place,
            'write numbers with points, in quotes: `"1.0"`',
        )
        return None

    def choice(self, name: str, choices: Collection[str]) -> str | None:
        """One of several words."""
        node = self.get(name)
        return None if node is None else self.choice_of(node, quoted(name), choices)

    def choices(
        self, name: str, choices: AbstractSequence[str], code: Code = Code.FIELD_VALUE
    ) -> tuple[str, ...]:
        """A list of such words, in the order of `choices`."""
        found = [
            self.choice_of(item, f"an entry of {quoted(name)}", choices, code)
            for item in self.distinct(name)
        ]
        return tuple(choice for choice in choices if choice in found)

    def boolean(self, name: str) -> bool | None:
        """`true` or `false`."""
        node = self.get(name)
        if node is None:
            return None
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        self.note(
            Code.FIELD_TYPE,
            f"{quoted(name)} must be `true` or `false`, but it is {kind(node)}",
            node.place,
        )
        return None

    def date(self, name: str) -> dt.date | None:
        """A date."""
        node = self.get(name)
        return None if node is None else self.date_of(node, quoted(name))

    def group(self, name: str) -> Mapping | None:
        """Named values."""
        return self.expect(name, Mapping, "a group of names")

    def members(self, name: str) -> list[tuple[str, Located, Place]]:
        """The named values of a group, each with the place of its name."""
        node = self.group(name)
        if node is None:
            return []
        return [(key, entry, node.key_place(key)) for key, entry in node.entries.items()]

    def part(self, name: str, known: AbstractSequence[str]) -> Fields | None:
        """The fields of a field that is a group itself."""
        node = self.group(name)
        if node is None:
            return None
        return Fields(node, quoted(name), self.node.key_place(name), known, self.problems)

    def items(self, name: str) -> list[Located]:
        """A list of anything."""
        node = self.expect(name, Sequence, "a list")
        return [] if node is None else node.items

    def distinct(self, name: str) -> list[Located]:
        """A list in which no value stands twice."""
        items = self.items(name)
        seen: set[str] = set()
        for item in items:
            if isinstance(item, Scalar):
                if item.text in seen:
                    self.note(
                        Code.FIELD_VALUE,
                        f"{quoted(item.text)} stands twice in {quoted(name)}",
                        item.place,
                        "leave one out",
                    )
                seen.add(item.text)
        return items

    def expect(self, name: str, wanted: type[_Node], words: str) -> _Node | None:
        """A value of one kind, which `words` names."""
        node = self.get(name)
        if node is None or isinstance(node, wanted):
            return node
        self.note(
            Code.FIELD_TYPE,
            f"{quoted(name)} must be {words}, but it is {kind(node)}",
            node.place,
            "write it between `[` and `]`, or each entry in a line of its own after `- `"
            if wanted is Sequence
            else None,
        )
        return None

    def text_of(self, node: Located, what: str) -> str | None:
        """The text that a node is."""
        if isinstance(node, Scalar) and isinstance(node.value, str) and node.text.strip():
            return node.text.strip()
        self.note(
            Code.FIELD_TYPE,
            f"{what} must be text, but it is {kind(node)}",
            node.place,
            _text_help(node),
        )
        return None

    def choice_of(
        self,
        node: Located,
        what: str,
        choices: Collection[str],
        code: Code = Code.FIELD_VALUE,
    ) -> str | None:
        """The word that a node is, when it is one of `choices`."""
        word = self.text_of(node, what)
        if word is None or word in choices:
            return word
        self.note(
            code,
            f"{what} cannot be {quoted(word)}",
            node.place,
            suggestion(word, choices) or f"write one of {listed(list(choices), 'or')}",
        )
        return None

    def date_of(self, node: Located, what: str) -> dt.date | None:
        """The date that a node states."""
        words = self.text_of(node, what)
        if words is None:
            return None
        try:
            return values.date(words)
        except ValueError as error:
            self.note(Code.FIELD_VALUE, str(error), node.place)
            return None

    def duration_of(self, node: Located, what: str) -> dt.timedelta | values.Months | None:
        """The duration that a node states."""
        words = self.text_of(node, what)
        if words is None:
            return None
        try:
            return values.duration(words)
        except ValueError as error:
            self.note(Code.FIELD_VALUE, str(error), node.place)
            return None


def fields_of(
    node: Located,
    what: str,
    place: Place,
    known: AbstractSequence[str],
    problems: list[Problem],
) -> Fields | None:
    """The fields of a node; None, and a problem, where it is no group of fields."""
    if isinstance(node, Mapping):
        return Fields(node, what, place, known, problems)
    problems.append(
        Problem(
            Code.FIELD_TYPE,
            f"{what} must be a group of fields, but it is {kind(node)}",
            node.place,
            f"its fields are {', '.join(known)}",
        )
    )
    return None


def _text_help(node: Located) -> str | None:
    if isinstance(node, Scalar):
        return "write it in quotes" if node.text.strip() else "write something, or leave it out"
    if isinstance(node, Mapping):
        return "put text that holds `: ` or starts with `{` in quotes"
    return None
