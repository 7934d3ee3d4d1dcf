"""What was recorded of an approval."""

from __future__ import annotations

import json

from . import Json, markup
from .edits import details, headline
from .page import Page
from .paint import Paint
from .wording import count, day


def published(document: Json, format_name: str, page: Page, rehearsed: bool, folder: str) -> str:
    """`accordance/published/1` in a format; `rehearsed` says that nothing was written."""
    if format_name == "json":
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    approval, strategy = document["approval"], document["strategy"]
    minute = f" ({approval['minute']})" if approval["minute"] else ""
    until = f" until {day(approval['until'])}" if approval["until"] else ""
    verb = "would be approved" if rehearsed else "is approved"
    sentences = [
        f"{strategy['title']}, version {strategy['version']}, {verb} by {approval['by']} on"
        f" {day(approval['on'])}{minute}, as proposed by {approval['author']}.",
        f"It is in force from {day(approval['from'])}{until}.",
        f"What was approved has the digest {approval['digest']}.",
    ]
    edits = document["edits"]
    if document["first"]:
        changes = "It is the first approval on record."
    elif edits:
        changes = f"Since the approval before, there {_are(len(edits))}:"
    else:
        changes = "Nothing has changed since the approval before."
    files = [f"{folder.rstrip('/')}/{name}" for name in document["files"]]
    if format_name == "markdown":
        lines = ["# Approval", "", markup.text(" ".join(sentences)), "", markup.text(changes), ""]
        for edit in edits:
            lines.append(f"- {markup.text(headline(edit))}")
            lines += [f"  - {markup.text(detail)}" for detail in details(edit)]
        return "\n".join(lines).rstrip("\n") + "\n"
    paint = Paint(page)
    text = [line for sentence in sentences for line in paint.paragraph(sentence, 0)]
    text += ["", *paint.paragraph(changes, 0)]
    for edit in edits:
        text += paint.paragraph(f"· {headline(edit)}", 2, 2)
        for detail in details(edit):
            text += paint.paragraph(f"– {detail}", 4, 2)
    verb = "would be written" if rehearsed else "written"
    text += ["", *(line for file in files for line in paint.aside(f"{verb}: {file}", 0))]
    return paint.finish("\n".join(text) + "\n")


def _are(number: int) -> str:
    return f"is {count(number, 'change')}" if number == 1 else f"are {count(number, 'change')}"
