"""A fact file to fill in: every fact that is worth asking for, blank, under its question."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

from ..feel.values import Value
from .asking import Question, Questions
from .shapes import Group, List, Shape
from .yaml_writing import written

_WIDTH: Final = 100
_INTRODUCTION: Final = (
    "Write what is known behind its name; leave blank what is not known.",
    "Where there is none (no plan, no date), write `none`; for a list, `[]`.",
    "Questions marked with ! are needed before a decision.",
)


def template(questions: Questions, heading: str, facts: dict[str, Value] | None = None) -> str:
    """A fact file with a question above every fact, and the facts that are known already."""
    writer = _Writer(questions)
    lines = [f"# {heading}", *(f"# {line}" for line in _INTRODUCTION)]
    lines += writer.group(questions.model.root, facts or {}, "")
    return "\n".join(lines) + "\n"


class _Writer:
    def __init__(self, questions: Questions) -> None:
        self.questions = questions
        self.by_path = {question.fact.path: question for question in questions.all()}

    def group(self, group: Group, facts: dict[str, Value], indent: str) -> Iterator[str]:
        asked = self.questions.members(group)
        known = [(name, shape) for name, shape in group.members.items() if name in facts]
        for name, shape in [*asked, *(one for one in known if one not in asked)]:
            if not indent and not self.is_short(name):
                yield ""
            if isinstance(shape, Group):
                yield f"{indent}{name}:"
                yield from self.group(shape, facts.get(name, {}), f"{indent}  ")
            elif isinstance(shape, List) and isinstance(shape.item, Group):
                yield from self.items(name, shape, facts.get(name), indent)
            else:
                yield from self.question(shape, indent)
                value = facts.get(name)
                yield f"{indent}{name}:" + ("" if value is None else f" {written(value)}")

    def is_short(self, name: str) -> bool:
        """Does this fact stand close to the one above it?"""
        return name in ("title", "organisation", "stage", "as_of")

    def question(self, shape: Shape, indent: str) -> Iterator[str]:
        question = self.by_path.get(shape.path)
        if question is None:
            return
        yield from _comment(_asked(question), indent)

    def items(
        self, name: str, shape: List, values: list[dict[str, Value]] | None, indent: str
    ) -> Iterator[str]:
        assert isinstance(shape.item, Group)
        if values == []:
            yield f"{indent}{name}: []"
            return
        yield f"{indent}{name}:"
        inner = f"{indent}    "
        for value in values or ():
            lines = [line for line in self.group(shape.item, value, inner) if line.strip()]
            first = next(
                (place for place, line in enumerate(lines) if not line.lstrip().startswith("#")),
                None,
            )
            if first is None:
                yield f"{indent}  - {{}}"
                continue
            # The dash belongs before the first name, which a question may stand above.
            lines[first] = f"{indent}  - {lines[first].lstrip()}"
            yield from lines
        if not values:
            yield from _comment(
                "One block for each. Take the # away from the lines below, and copy them for more.",
                f"{indent}  ",
            )
            lines = [line for line in self.group(shape.item, {}, "") if line.strip()]
            yield from self.commented_item(lines, indent)

    def commented_item(self, lines: list[str], indent: str) -> Iterator[str]:
        dash = "- "
        for line in lines:
            if line.lstrip().startswith("#"):
                yield f"{indent}  #   {line}"
            else:
                yield f"{indent}  # {dash}{line}"
                dash = "  "


def _asked(question: Question) -> str:
    mark = "! " if question.needed else ""
    hint = question.answer("true", "false")
    asked = f"{mark}{question.fact.question or question.title}"
    if question.fact.derive is not None:
        hint += "; if blank, worked out from other facts where they are known"
    return f"{asked} ({hint})"


def _comment(text: str, indent: str) -> Iterator[str]:
    for line in textwrap.wrap(text, _WIDTH - len(indent) - 2, break_on_hyphens=False):
        yield f"{indent}# {line}"
