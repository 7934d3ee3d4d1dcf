"""The messages of rules: read at once, their placeholders looked up once all names are known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..feel.types import ContextType, ListType
from ..problem import Code, Place, Problem
from ..source.quoting import quoted
from ..source.tree import Scalar
from .fields import Fields, suggestion
from .message import UNMET, is_name, placeholders, stray_brace

if TYPE_CHECKING:
    from .names import NameTable


@dataclass(frozen=True, slots=True)
class _Placeholder:
    """A name between braces, still to be looked up."""

    name: str
    about: str
    place: Place


class Messages:
    """The messages of all rules."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self._placeholders: list[_Placeholder] = []

    def read(self, fields: Fields, name: str, about: str) -> str:
        """The message in a field, empty where there is none. Only `finding` can hold `{unmet}`."""
        text = fields.text(name)
        node = fields.get(name)
        if text is None or not isinstance(node, Scalar):
            return ""
        stray = stray_brace(node.text)
        if stray is not None:
            fields.note(
                Code.MESSAGE,
                f"{quoted(node.text[stray])} has no partner",
                node.place_of(stray),
                "write a name between `{` and `}`, as in `{title}`",
            )
        for word, offset in placeholders(node.text):
            if word == UNMET and name != UNMET:
                continue
            if word == UNMET or not is_name(word):
                fields.note(
                    Code.MESSAGE,
                    f"{quoted('{' + word + '}')} cannot be filled in here",
                    node.place_of(offset),
                    "write the name of a fact, parameter or definition between the braces",
                )
            else:
                self._placeholders.append(_Placeholder(word, about, node.place_of(offset)))
        return text

    def check(self, names: NameTable) -> None:
        """Check that what stands between braces has a value that can be written out."""
        for one in self._placeholders:
            type = names.type_of(one.name, one.about)
            group = type.item if isinstance(type, ListType) else type
            if type is None and names.complete:
                self._note_unknown(one, names)
            elif isinstance(group, ContextType):
                self._note_group(one, group)

    def _note_unknown(self, one: _Placeholder, names: NameTable) -> None:
        self.problems.append(
            Problem(
                Code.MESSAGE,
                f"{quoted(one.name)} is neither a fact nor a parameter nor a definition",
                one.place,
                suggestion(one.name, [*names.model.facts, *names.types]),
            )
        )

    def _note_group(self, one: _Placeholder, group: ContextType) -> None:
        member = f"{one.name}.{next(iter(group.fields))}"
        self.problems.append(
            Problem(
                Code.MESSAGE,
                f"{quoted(one.name)} is a whole group of facts, which a message cannot say",
                one.place,
                f"name one of its facts, such as {quoted(member)}",
            )
        )
