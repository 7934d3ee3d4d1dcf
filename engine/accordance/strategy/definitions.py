"""The definitions of a strategy: read from the rule files, then put in order and typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from ..feel.syntax import Name, walk
from ..feel.types import Type
from ..problem import Code, Place, Problem
from ..source.quoting import quoted
from ..source.tree import Located
from .expressions import Expression, Expressions
from .fields import Fields, fields_of
from .model import EVIDENCE, PARTNERSHIP, Definition

DEFINITION_FIELDS: Final = ("means", "is", "about")
ABOUT: Final = (PARTNERSHIP, EVIDENCE)
NAME: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
MAX_CHAIN: Final = 50
"""How many definitions may build on one another."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition as it is written, as far as it could be read."""

    name: str
    means: str | None
    expression: Expression | None
    about: str
    place: Place


class Definitions:
    """The definitions of all rule files."""

    def __init__(self, problems: list[Problem], expressions: Expressions) -> None:
        self.problems = problems
        self.expressions = expressions
        self.drafts: dict[str, Draft] = {}

    def read(self, file: Fields) -> None:
        """Add the definitions of one file."""
        for name, node, place in file.members("definitions"):
            if not NAME.fullmatch(name):
                file.note(
                    Code.FIELD_VALUE,
                    f"{quoted(name)} cannot name a definition",
                    place,
                    "use lower-case letters, digits and `_`",
                )
            first = self.drafts.get(name)
            if first:
                file.note(
                    Code.DUPLICATE_ID,
                    f"{quoted(name)} is defined twice, first at {first.place}",
                    place,
                    "rename one of them, or keep one for both",
                )
            else:
                self.drafts[name] = self._draft(name, node, place)

    def _draft(self, name: str, node: Located, place: Place) -> Draft:
        what = f"the definition {quoted(name)}"
        fields = fields_of(node, what, place, DEFINITION_FIELDS, self.problems)
        if fields is None:
            return Draft(name, None, None, PARTNERSHIP, place)
        fields.require("means", "is")
        means = fields.text("means")
        about = fields.choice("about", ABOUT) or PARTNERSHIP
        expression = None
        if fields.get("is") is not None:
            expression = self.expressions.parse(fields.node.entries["is"], "`is`", about)
        return Draft(name, means, expression, about, place)

    def ordered(self, uses: Callable[[Draft], Collection[str]]) -> list[Draft]:
        """The drafts, each after those that it uses. Notes circles and chains that are too long.

        `uses` says which names an expression takes from outside.
        """
        order: list[Draft] = []
        depth: dict[str, int] = {}
        for name in sorted(self.drafts):
            self._place(name, uses, order, depth)
        return order

    def _place(
        self,
        first: str,
        uses: Callable[[Draft], Collection[str]],
        order: list[Draft],
        depth: dict[str, int],
    ) -> None:
        """Put a definition behind those that it uses (no recursion: a chain may be long)."""
        path: list[str] = []
        stack = [(first, False)]
        while stack:
            name, finished = stack.pop()
            draft = self.drafts[name]
            if finished:
                path.pop()
                depth[name] = 1 + max(
                    (depth.get(part, 0) for part in uses(draft) if part in self.drafts), default=0
                )
                if depth[name] == MAX_CHAIN + 1:
                    self._note_chain(draft)
                order.append(draft)
            elif name in path:
                self._note_circle([*path[path.index(name) :], name])
            elif name not in depth:
                path.append(name)
                stack.append((name, True))
                parts = sorted(part for part in uses(draft) if part in self.drafts)
                stack.extend((part, False) for part in reversed(parts))

    def _note_circle(self, names: list[str]) -> None:
        first, second = self.drafts[names[-2]], names[-1]
        shown = names if len(names) <= 8 else [*names[:4], "...", *names[-3:]]
        chain = " -> ".join(quoted(name) if name != "..." else name for name in shown)
        place = first.place
        if first.expression:
            places = [
                first.expression.scalar.place_of(node.start)
                for node in walk(first.expression.node)
                if isinstance(node, Name) and node.name == second
            ]
            place = places[0] if places else place
        self.problems.append(
            Problem(
                Code.CIRCLE,
                f"these definitions run in a circle: {chain}",
                place,
                f"say what {quoted(first.name)} means without {quoted(second)}"
                if first.name != second
                else f"say what {quoted(second)} means without itself",
            )
        )

    def _note_chain(self, draft: Draft) -> None:
        self.problems.append(
            Problem(
                Code.ENGINE_LIMIT,
                f"{quoted(draft.name)} builds on a chain of more than {MAX_CHAIN} definitions",
                draft.place,
                "let it use facts directly",
            )
        )


def definition_of(draft: Draft, type: Type) -> Definition | None:
    """The finished definition; None where the draft is not complete."""
    if draft.expression is None or draft.means is None:
        return None
    return Definition(
        draft.name,
        draft.means,
        draft.expression.text,
        draft.expression.node,
        type,
        draft.about,
        draft.place,
    )
