"""Which changes of a strategy no rule case noticed, as its owner reads it."""

from __future__ import annotations

from typing import Final

from . import Json, markup
from .json import write
from .page import Page
from .paint import INDENT, Paint
from .text import safe_throughout
from .wording import MARKS, count

HEAD: Final = ("Kind of change", "Made", "Noticed")
RULES_NAMED: Final = 3


def render(outcome: Json, name: str, page: Page) -> str:
    """The outcome in the format of that name."""
    if name == "json":
        return write(outcome)
    if name == "markdown":
        return markdown(outcome)
    paint = Paint(page)
    return paint.finish("\n".join(lines(safe_throughout(outcome), paint)) + "\n")


def lines(outcome: Json, paint: Paint) -> list[str]:
    """For the terminal: each change that went unnoticed, then how many of which kind."""
    text: list[str] = []
    for change in outcome["unnoticed"]:
        title = f"{MARKS['insufficient_evidence']} {read_by(change)}  {change['says']}"
        text += [
            paint.state(line, "insufficient_evidence") for line in paint.paragraph(title, 0, 2)
        ]
        text += paint.aside(where(change), INDENT)
        text += paint.paragraph(f"{passed(change)}: {change['advice']}", INDENT, 2)
        text += [*_solver(change, paint), ""]
    for change in outcome["same"]:
        title = f"{MARKS['not_applicable']} {read_by(change)}  {change['says']}"
        text += [paint.dim(line) for line in paint.paragraph(title, 0, 2)]
        text += paint.aside(where(change), INDENT)
        text += [*_solver(change, paint), ""]
    if outcome["kinds"]:
        text += [*paint.grid(rows(outcome), HEAD), ""]
    state = "insufficient_evidence" if outcome["unnoticed"] else "compliant"
    strategy = outcome["strategy"]
    name = paint.dim(f"  (strategy {strategy['name']} {strategy['version']})")
    return [*text, paint.state(f"{MARKS[state]} {total(outcome)}", state) + name]


def _solver(change: Json, paint: Paint) -> list[str]:
    """What the solver said, with the partnership that it found."""
    said = change["solver"]
    if said is None:
        return []
    text = paint.paragraph(said["says"], INDENT, 2)
    if said["witness"] is not None:
        text += [" " * (2 * INDENT) + line for line in said["witness"]["lines"]]
    return text


def markdown(outcome: Json) -> str:
    """As Markdown."""
    parts = ["# What no rule case noticed", markup.text(total(outcome))]
    if outcome["kinds"]:
        parts.append(markup.table(HEAD, rows(outcome)))
    for change in outcome["unnoticed"]:
        parts.append(f"## {markup.text(read_by(change))}: {markup.prose(change['says'])}")
        parts.append(
            markup.bullets(
                [
                    markup.code(where(change)),
                    markup.prose(f"{passed(change)}: {change['advice']}"),
                    *([markup.prose(change["solver"]["says"])] if change["solver"] else []),
                ]
            )
        )
    return "\n\n".join(parts) + "\n"


def read_by(change: Json) -> str:
    """The rules that read what was changed, the first few by name."""
    rules = change["rules"]
    named = ", ".join(rules[:RULES_NAMED])
    return named if len(rules) <= RULES_NAMED else f"{named} and {len(rules) - RULES_NAMED} more"


def where(change: Json) -> str:
    """The place that was changed."""
    place = (change["source"], change["line"], change["column"])
    return ":".join(str(one) for one in place if one is not None)


def passed(change: Json) -> str:
    """That the cases held all the same."""
    if not change["cases"]:
        return "there is no case"
    return (
        "the one case still passed"
        if change["cases"] == 1
        else (f"all {change['cases']:,} cases still passed")
    )


def rows(outcome: Json) -> list[list[str]]:
    """A row for each kind, under HEAD."""
    return [[one["kind"], f"{one['changes']:,}", f"{one['noticed']:,}"] for one in outcome["kinds"]]


def total(outcome: Json) -> str:
    """The score in words."""
    if not outcome["changes"]:
        return "no change was made: these rules have nothing to change"
    share = outcome["score"] * 100
    same = len(outcome["same"])
    left_out = f"; {count(same, 'change')} made no difference" if same else ""
    return (
        f"{outcome['noticed']:,} of {count(outcome['changes'], 'change')} noticed "
        f"({share:.1f} %){left_out}"
    )
