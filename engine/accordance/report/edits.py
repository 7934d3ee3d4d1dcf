"""What was changed in a strategy, in words: the difference of two, and the history of one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from . import Json, markup
from .page import Page
from .paint import Paint
from .wording import count, day, standing_words

KINDS: Final = {
    "rule": "rule",
    "parameter": "number",
    "definition": "definition",
    "mandatory": "mandatory facts, stage",
    "exceptions": "who may accept a breach of severity",
    "fact": "fact",
    "verdict": "the verdict table",
    "opinion": "the opinion table",
    "bank_holidays": "bank holidays",
    "themes": "themes",
    "spectrum": "the spectrum",
    "health": "the health of partnerships",
    "portfolio": "portfolio rule",
    "header": "name and version",
    "other": "",
}
_CHANGES: Final = {
    "added": "added",
    "removed": "taken out",
    "changed": "changed",
    "switched_off": "switched off",
    "switched_on": "switched on again",
}
_LABELS: Final = {
    "require": "requirement",
    "severity_when": "severity",
    "gate": "gate at the stage",
    "is": "expression",
    "finding": "message",
    "because": "reason",
    "on": "day",
    "facts": "fact",
    "id": "number",
}
_DURATION: Final = re.compile(r"P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?", re.ASCII)
_UNITLESS: Final = ("duration", "date", "text", "list", "count")


def headline(edit: Json) -> str:
    """One edit in a line: `rule DEP-01: severity high → critical`."""
    what = named(edit)
    fields = edit["fields"]
    if edit["change"] == "changed" and len(fields) == 1:
        return f"{what}: {field_words(fields[0], edit)}"
    if edit["kind"] == "parameter" and edit["change"] in ("added", "removed"):
        value = fields[0]["new"] if edit["change"] == "added" else fields[0]["old"]
        return f"{what} {_CHANGES[edit['change']]}: {_told(value)}{_unit(edit)}"
    if edit["change"] == "switched_off":
        reasons = {one["field"]: one["new"] for one in fields}
        since = f" on {day(reasons['on'])}" if reasons.get("on") else ""
        why = f": {reasons['because']}" if reasons.get("because") else ""
        return f"{what} switched off{since}{why}"
    return f"{what} {_CHANGES[edit['change']]}"


def details(edit: Json) -> list[str]:
    """Each field that was changed, where one line does not say it all."""
    if edit["change"] != "changed" or len(edit["fields"]) < 2:
        return []
    return [field_words(one, edit) for one in edit["fields"]]


def named(edit: Json) -> str:
    """What was changed: `rule DEP-01`, `number exit_notice_months`."""
    kind = KINDS.get(edit["kind"], edit["kind"])
    if edit["kind"] in (
        "rule",
        "parameter",
        "definition",
        "mandatory",
        "exceptions",
        "fact",
        "portfolio",
    ):
        return f"{kind} {edit['name']}"
    return kind or str(edit["name"])


def field_words(field: Json, edit: Json) -> str:
    """How one field was changed."""
    name, _, part = str(field["field"]).partition(".")
    label = _LABELS.get(name, name.replace("_", " "))
    if part:
        label = f"{label} ({part.replace('_', ' ')})"
    old, new = field["old"], field["new"]
    unit = _unit(edit) if name == "value" else ""
    if edit["kind"] == "parameter" and name == "value":
        if edit.get("unit") == "duration":
            old, new = _duration(old), _duration(new)
        return f"{_told(old)} → {_told(new)}{unit}"
    if old is None:
        return f"{label} added: {_told(new)}"
    if new is None:
        return f"{label} taken out: {_told(old)}"
    return f"{label}: {_told(old)} → {_told(new)}"


def _unit(edit: Json) -> str:
    unit = edit.get("unit")
    return "" if not unit or unit in _UNITLESS else f" {unit}"


def _duration(value: Any) -> Any:
    """A duration in words, years as months, since that is how limits are compared."""
    found = _DURATION.fullmatch(str(value))
    if found is None:
        return value
    years, months, days = (int(part or 0) for part in found.groups())
    return count(12 * years + months, "month") if years or months else count(days, "day")


def _told(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        parts = [f"{name} {_told(part)}" for name, part in value.items() if part not in (None, [])]
        return "; ".join(parts) or "nothing"
    if isinstance(value, list):
        return ", ".join(_told(part) for part in value) or "nothing"
    return str(value)


# the difference of two strategies


def difference(document: Json, format_name: str, page: Page) -> str:
    """`accordance/diff/1` in a format."""
    if format_name == "json":
        return _json(document)
    old, new, edits = document["old"], document["new"], document["edits"]
    title = f"{_strategy(old)} → {_strategy(new)}"
    if format_name == "markdown":
        lines = ["# What is changed", "", markup.text(title), ""]
        lines += _markdown(edits) or ["Nothing is changed."]
        return "\n".join(lines) + "\n"
    paint = Paint(page)
    lines = [*map(paint.strong, paint.paragraph(title, 0)), *_plain(edits, paint)]
    lines += ["", *paint.aside(_counted(edits), 0)]
    return paint.finish("\n".join(lines) + "\n")


def _strategy(strategy: Json) -> str:
    return f"{strategy['name']} {strategy['version']} ({standing_words(strategy)})"


def _counted(edits: Sequence[Json]) -> str:
    return count(len(edits), "change") if edits else "nothing is changed"


def _plain(edits: Iterable[Json], paint: Paint, indent: int = 0) -> list[str]:
    lines: list[str] = []
    for edit in edits:
        lines += paint.paragraph(f"· {headline(edit)}", indent, 2)
        for detail in details(edit):
            lines += paint.paragraph(f"– {detail}", indent + 2, 2)
    return lines


def _markdown(edits: Iterable[Json]) -> list[str]:
    lines = []
    for edit in edits:
        lines.append(f"- {markup.text(headline(edit))}")
        lines += [f"  - {markup.text(detail)}" for detail in details(edit)]
    return lines


# the history of one


def history(document: Json, format_name: str, page: Page) -> str:
    """`accordance/history/1` in a format."""
    if format_name == "json":
        return _json(document)
    strategy, approvals = document["strategy"], document["approvals"]
    blocks: list[tuple[str, list[Json] | None, str | None]] = []
    for one in approvals:
        blocks.append((_approval(one), one["edits"], one["note"]))
    if not approvals:
        blocks.append(("Not approved so far", None, "there is nothing yet to compare it with"))
    elif document["since"] is not None:
        blocks.append(("Since then", document["since"], None))
    if format_name == "markdown":
        lines = [f"# History of {markup.text(strategy['title'])}", ""]
        for title, edits, note in blocks:
            lines += [f"## {markup.text(title)}", ""]
            lines += [markup.text(note), ""] if note else []
            lines += (
                [*(_markdown(edits) or ["Nothing was changed."]), ""] if edits is not None else []
            )
        return "\n".join(lines).rstrip("\n") + "\n"
    paint = Paint(page)
    text: list[str] = []
    for title, edits, note in blocks:
        text += map(paint.strong, paint.paragraph(title, 0))
        text += paint.aside(note, 2) if note else []
        if edits is not None:
            text += _plain(edits, paint, 2) or paint.aside("nothing was changed", 2)
        text.append("")
    text += paint.aside(f"strategy {_strategy(strategy)}, {strategy['digest'][:19]}", 0)
    return paint.finish("\n".join(text) + "\n")


def _approval(one: Json) -> str:
    minute = f", {one['minute']}" if one["minute"] else ""
    version = f"Version {one['version']}: " if one["version"] else ""
    until = f" until {day(one['until'])}" if one["until"] else ""
    force = f"in force from {day(one['from'])}{until}"
    author = f", proposed by {one['author']}" if one["author"] else ""
    return f"{version}approved by {one['by']} on {day(one['on'])}{minute}; {force}{author}"


def _json(document: Json) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
