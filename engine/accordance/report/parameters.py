"""The parameters of a strategy, and what a sheet changes in them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from . import Json, markup
from .edits import headline
from .page import Page
from .paint import Paint
from .wording import count, standing_words

HEAD = ("Parameter", "Value", "Unit", "What it means", "Rules")


def listing(document: Json, format_name: str, page: Page) -> str:
    """`accordance/parameters/1` in a format."""
    if format_name == "json":
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    rows = [
        [
            one["parameter"],
            one["value"],
            one["unit"],
            one["means"],
            ", ".join(one["rules"]) or "–",
        ]
        for one in document["parameters"]
    ]
    strategy = document["strategy"]
    said = f"{strategy['name']} {strategy['version']} ({standing_words(strategy)})"
    if format_name == "markdown":
        lines = ["# Parameters", "", markup.text(said), "", markup.table(list(HEAD), rows)]
        return "\n".join(lines) + "\n"
    paint = Paint(page)
    text: list[str] = []
    for name, value, unit, means, rules in rows:
        shown = (
            value if unit in ("duration", "date", "text", "list", "count") else f"{value} {unit}"
        )
        text += [paint.strong(f"{name} = {shown}")]
        text += paint.paragraph(means, 2) + paint.aside(f"rules: {rules}", 2)
    number = count(len(rows), "parameter")
    text += ["", *paint.aside(f"{number} of {said}", 0)]
    return paint.finish("\n".join(text) + "\n")


def changes(
    document: Json, diff: Sequence[str], warnings: Sequence[str], written: bool, page: Page
) -> str:
    """What a sheet changes: each value, the lines of the file, and what comes with them."""
    paint = Paint(page)
    edits = document["edits"]
    if not edits:
        return "the sheet changes nothing\n"
    text = [line for edit in edits for line in paint.paragraph(f"· {headline(edit)}", 0, 2)]
    text += ["", *(line if len(line) < 400 else line[:399] + "…" for line in diff), ""]
    text += [line for one in warnings for line in paint.paragraph(f"! {one}", 0, 2)]
    verb = "written to" if written else "nothing is written yet: --write puts this into"
    text += paint.aside(f"{verb} {document['file']}", 0)
    return paint.finish("\n".join(text) + "\n")
