"""Which parts of the rules their cases saw true, false and unknown, for the reader."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from . import Json, markup
from .json import write
from .page import Page
from .paint import INDENT, Paint
from .text import safe_throughout
from .wording import MARKS, count

HEAD: Final = ("Part", "True", "False", "Unknown")
SUM_HEAD: Final = ("Parts", "can be", "were seen")
_STATES: Final = ("true", "false", "unknown")
FEW: Final = 3
"""So many rules are shown with every part of them."""


def render(outcome: Json, name: str, page: Page) -> str:
    """The outcome in the format of that name."""
    if name == "json":
        return write(outcome)
    if name == "markdown":
        return markdown(outcome)
    paint = Paint(page)
    return paint.finish("\n".join(lines(safe_throughout(outcome), paint)) + "\n")


def lines(outcome: Json, paint: Paint) -> list[str]:
    """For the terminal: every rule of which a part was not seen both true and false, or all where
    few are asked for; then the sums."""
    text: list[str] = []
    few = len(outcome["rules"]) <= FEW
    for owner in (*outcome["rules"], *outcome["definitions"]):
        parts = [part for _, part in walk(owner)]
        if not few and not any(never(part) for part in parts):
            continue
        text.append(paint.strong(f"{title(owner)}  ") + paint.dim(count(owner["cases"], "case")))
        text += paint.aside(f"{owner['source']}:{owner['line']}", INDENT)
        room = max(24, paint.page.width - 36)
        rows = [
            [
                _indented(paint.fold(label(part, depth), room), depth),
                *(cell(part, state) for state in _STATES),
            ]
            for depth, part in walk(owner)
            if few or never(part)
        ]
        text += [*paint.grid(rows, HEAD), ""]
    text += [*paint.grid(sums(outcome), SUM_HEAD), ""]
    unseen = sum(1 for part in _every(outcome) if never(part))
    state = "insufficient_evidence" if unseen else "compliant"
    return [*text, paint.state(f"{MARKS[state]} {total(outcome)}", state)]


def markdown(outcome: Json) -> str:
    """As Markdown, with every part."""
    parts = ["# What the rule cases have seen", markup.text(total(outcome))]
    parts.append(markup.table(SUM_HEAD, sums(outcome)))
    for owner in (*outcome["rules"], *outcome["definitions"]):
        parts.append(f"## {markup.text(title(owner))}")
        rows = (
            [markup.code(label(part, depth)), *(cell(part, state) for state in _STATES)]
            for depth, part in walk(owner)
        )
        parts.append(markup.table(HEAD, rows))
    return "\n\n".join(parts) + "\n"


def walk(owner: Json) -> Iterator[tuple[int, Json]]:
    """The parts of a rule or definition with their depth, in order."""
    stack = [(0, part) for part in reversed(owner["parts"])]
    while stack:
        depth, part = stack.pop()
        yield depth, part
        stack += [(depth + 1, one) for one in reversed(part["parts"])]


def _every(outcome: Json) -> Iterator[Json]:
    for owner in (*outcome["rules"], *outcome["definitions"]):
        for _, part in walk(owner):
            yield part


def never(part: Json) -> list[str]:
    """Of true and false, what a part was never seen to be."""
    return [state for state in ("true", "false") if part["seen"][state] == 0]


def title(owner: Json) -> str:
    """What a rule or definition is called."""
    if "rule" in owner:
        return f"{owner['rule']}  {owner['title']}"
    return f"the definition {owner['definition']}"


def label(part: Json, depth: int) -> str:
    """What a part is: what stands in the rule by its name, what stands below that by its text."""
    return part["text"] if depth else f"{part['part']}: {part['text']}"


def _indented(text: str, depth: int) -> str:
    # Spaces at the start of a cell do not last.
    return "· " * depth + text.replace("\n", "\n" + "  " * depth)


def cell(part: Json, state: str) -> str:
    """How often a part was seen so."""
    seen = part["seen"][state]
    if seen is None:
        return "–"
    return str(seen) if seen else "never"


def sums(outcome: Json) -> list[list[str]]:
    """A row for each state, under SUM_HEAD."""
    return [
        [
            f"{state}",
            f"{outcome['seen'][state]['possible']:,}",
            f"{outcome['seen'][state]['seen']:,}",
        ]
        for state in _STATES
    ]


def total(outcome: Json) -> str:
    """The summary in words."""
    both = sum(1 for part in _every(outcome) if not never(part))
    return (
        f"{both:,} of {count(outcome['parts'], 'part')} seen both true and false, "
        f"{outcome['seen']['unknown']['seen']:,} of {outcome['seen']['unknown']['possible']:,} "
        "unknown"
    )
