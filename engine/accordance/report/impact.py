"""The impact of a new strategy: for the terminal, for the minute (Markdown), as a page (HTML)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from . import Json, impact_groups, markup
from .edits import details, headline, named
from .page import Page
from .paint import Paint
from .text import safe_throughout
from .wording import OPINIONS, VERDICTS, count, day, listed, program_words, standing_words

WORDS: Final = {**VERDICTS, **OPINIONS}
HAPPENED: Final = {
    "appears": "appears",
    "vanishes": "vanishes",
    "turns": "becomes another finding",
    "severity": "changes severity",
    "accepted": "is accepted, or no longer",
}
_NUMBERED: Final = (
    ("appears", "finding appears", "findings appear"),
    ("vanishes", "vanishes", "vanish"),
    ("turns", "turns from gap to breach or back", "turn from gap to breach or back"),
    ("severity", "changes severity", "change severity"),
    ("accepted", "accepted breach comes or goes", "accepted breaches come or go"),
)
IN_MINUTE: Final = 25
"""So many partnerships stand in the Markdown, which goes into a minute."""


def rendered(document: Json, format_name: str, page: Page) -> str:
    """`accordance/impact/1` in a format: table, json, markdown or html."""
    if format_name == "json":
        return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    clean = safe_throughout(document)
    if format_name == "html":
        from .impact_page import impact_page

        return impact_page(clean)
    if format_name == "markdown":
        return _markdown(clean)
    return _table(clean, page)


# sentences


def from_to(document: Json) -> str:
    old, new = document["old"], document["new"]
    both = [f"{one['title']} {one['version']} ({standing_words(one)})" for one in (old, new)]
    if both[0] == both[1]:
        both = [f"{one['title']} {one['version']} ({one['digest'][7:19]})" for one in (old, new)]
    return " → ".join(both)


def summary(document: Json) -> list[str]:
    """What comes of the change, in sentences."""
    counts, cases = document["counts"], document["cases"]
    told = [
        f"{count(cases['partnerships'], 'partnership')} evaluated on"
        f" {day(document['evaluated_on'])} by both strategies,"
        f" {counts['concerned']:,} of them concerned."
    ]
    findings = counts["findings"]
    parts = [
        f"{findings[name]:,} {one if findings[name] == 1 else many}"
        for name, one, many in _NUMBERED
        if findings[name]
    ]
    flips = []
    for name in ("verdict", "opinion"):
        number = counts[f"{name}s"]
        if number:
            flips.append(f"{count(number, name)} {'flips' if number == 1 else 'flip'}")
    if parts or flips:
        told.append(f"{listed([*parts, *flips])}.")
    across = impact_groups.summary(document["portfolio"])
    told += [across] if across else []
    if not (parts or flips or across):
        told.append("No finding, verdict or opinion changes.")
    if cases["rejected"]:
        told.append(
            f"{count(cases['rejected'], 'record')} could not be read and "
            f"{'is' if cases['rejected'] == 1 else 'are'} not counted here."
        )
    apart = cases["only_old"] + cases["only_new"]
    if apart:
        told.append(
            f"{count(apart, 'record')} could be read by one of the strategies only and"
            f" {'is' if apart == 1 else 'are'} not compared."
        )
    return told


def reject_words(reject: Json) -> str:
    """Why a record was rejected, and where."""
    place = ":".join(str(part) for part in (reject["source"], reject["line"]) if part)
    advice = f"; {reject['help']}" if reject["help"] else ""
    return f"{place}: {reject['message']}{advice}"


def state_words(state: Json) -> str:
    if state["kind"] == "none":
        return "no finding"
    if state["kind"] == "accepted":
        return f"accepted ({state['severity']})"
    return f"{state['kind']}, {state['severity']}"


def change_words(change: Json) -> str:
    """What became of one rule on one partnership."""
    before, after = change["from"], change["to"]
    if change["what"] == "appears" and before["kind"] == "none":
        return f"appears ({state_words(after)})"
    if change["what"] == "vanishes" and after["kind"] == "none":
        return f"vanishes ({state_words(before)})"
    return f"{state_words(before)} → {state_words(after)}"


def flip_words(flip: Mapping[str, Any]) -> str:
    return f"{word(flip['from'])} → {word(flip['to'])}"


def word(answer: str | None) -> str:
    return "none" if answer is None else WORDS.get(answer, answer)


def because(change: Json, edits: Mapping[str, Json]) -> str:
    """The edits behind a change: `number exit_notice_months`, several `together`."""
    names = [named(edits[one]) for one in change["edits"] if one in edits]
    if not names:
        return "what other rules say"
    return listed(names) + (" together" if change.get("together") else "")


def rule_because(rule: Json, edits: Mapping[str, Json]) -> str:
    if not rule["edits"]:
        return "what other rules say"
    names = []
    for one in rule["edits"]:
        alone = (rule["alone"] or {}).get(one)
        names.append(named(edits[one]) + (f" ({alone:,} alone)" if alone else ""))
    return listed(names)


def edits_by_id(document: Json) -> dict[str, Json]:
    return {edit["id"]: edit for edit in document["edits"]}


def touched_words(edit: Json) -> str:
    """The rules that an edit moved here."""
    return ", ".join((*edit["rules"], *edit["portfolio"])) or "no finding here"


# table


def _table(document: Json, page: Page) -> str:
    paint = Paint(page)
    edits = edits_by_id(document)
    text = [paint.strong(line) for line in paint.paragraph(from_to(document), 0)]
    text += [line for one in summary(document) for line in paint.paragraph(one, 0)]
    text += ["", paint.strong("What was changed, and the rules that it moved")]
    for edit in document["edits"]:
        text += paint.paragraph(f"· {headline(edit)}", 2, 2)
        for detail in details(edit):
            text += paint.paragraph(f"– {detail}", 4, 2)
        text += paint.aside(touched_words(edit), 4)
    if not document["edits"]:
        text += paint.aside("nothing", 2)
    for name in ("verdict", "opinion"):
        flips = document[f"{name}s"]["flips"]
        if flips:
            rows = [[flip_words(one), f"{one['partnerships']:,}"] for one in flips]
            text += ["", *paint.grid(rows, (f"{name.capitalize()}s that flip", "Partnerships"))]
    if document["rules"]:
        rows = [
            [
                rule["rule"],
                *(f"{rule[name]:,}" if rule[name] else "–" for name, *_ in _NUMBERED[:4]),
            ]
            for rule in document["rules"]
        ]
        room = paint.room("Rule", "Appear", "Vanish", "Turn", "Severity")
        for row, rule in zip(rows, document["rules"], strict=True):
            row.append(paint.fold(rule_because(rule, edits), max(24, room)))
        head = ("Rule", "Appear", "Vanish", "Turn", "Severity", "Because of")
        text += ["", *paint.grid(rows, head)]
    if document["partnerships"]:
        text += ["", paint.strong("Partnerships")]
        for one in document["partnerships"]:
            text += _partnership(one, edits, paint)
    if document["more"]:
        text += paint.aside(f"and {document['more']:,} more; --most shows them", 2)
    if document["portfolio"]["groups"]:
        text += ["", paint.strong("Across the portfolio")]
        for one in document["portfolio"]["groups"]:
            text += _group(one, edits, paint)
        if document["portfolio"]["more"]:
            text += paint.aside(f"and {document['portfolio']['more']:,} more; --most shows them", 2)
    if document["cases"]["rejects"]:
        text += ["", paint.strong("Not read")]
        for reject in document["cases"]["rejects"]:
            text += paint.paragraph(reject_words(reject), 2, 2)
    foot = f"old {document['old']['digest'][:19]}, new {document['new']['digest'][:19]}"
    text += ["", *paint.aside(f"{foot}; {program_words(document['program'])}", 0)]
    return paint.finish("\n".join(text) + "\n")


def _partnership(one: Json, edits: Mapping[str, Json], paint: Paint) -> list[str]:
    lines = paint.paragraph(f"{one['title']} ({one['stage']}, {one['id']})", 2, 2)
    for name in ("verdict", "opinion"):
        if one[name]["from"] != one[name]["to"]:
            lines += paint.paragraph(f"{name}: {flip_words(one[name])}", 4, 2)
    for change in one["changes"]:
        words = f"{change['rule']} {change_words(change)} – {because(change, edits)}"
        lines += paint.paragraph(words, 4, 2)
    return lines


def _group(one: Json, edits: Mapping[str, Json], paint: Paint) -> list[str]:
    words = f"{one['rule']} {impact_groups.named(one)}: {change_words(one)}"
    lines = paint.paragraph(f"{words} – {because(one, edits)}", 2, 2)
    lines += paint.paragraph(one["message"], 4) if one["message"] else []
    members = impact_groups.members(one)
    return [*lines, *(paint.aside(members, 4) if members else [])]


# markdown, for a minute


def _markdown(document: Json) -> str:
    edits = edits_by_id(document)
    lines = ["# What the change means for partnerships", "", markup.text(from_to(document)), ""]
    lines += [markup.text(" ".join(summary(document))), "", "## What was changed", ""]
    for edit in document["edits"]:
        lines.append(f"- {markup.text(headline(edit))} – moves {markup.text(touched_words(edit))}")
        lines += [f"  - {markup.text(detail)}" for detail in details(edit)]
    lines += [] if document["edits"] else ["Nothing."]
    for name in ("verdict", "opinion"):
        answers = document[f"{name}s"]
        words = [
            one for one in answers["before"] if answers["before"][one] or answers["after"][one]
        ]
        if words:
            rows = [
                [word(one), f"{answers['before'][one]:,}", f"{answers['after'][one]:,}"]
                for one in words
            ]
            title = f"{name.capitalize()}s"
            lines += ["", f"## {title}", "", markup.table([title[:-1], "Before", "After"], rows)]
    if document["rules"]:
        rows = [
            [
                rule["rule"],
                rule["title"],
                *(f"{rule[name]:,}" for name, *_ in _NUMBERED[:4]),
                rule_because(rule, edits),
            ]
            for rule in document["rules"]
        ]
        head = ["Rule", "What it asks", "Appear", "Vanish", "Turn", "Severity", "Because of"]
        lines += ["", "## Findings by rule", "", markup.table(head, rows)]
    lines += _markdown_partnerships(document, edits)
    lines += _markdown_groups(document["portfolio"], edits)
    lines += [
        "",
        "---",
        "",
        f"Old strategy {markup.code(document['old']['digest'])}  ",
        f"New strategy {markup.code(document['new']['digest'])}  ",
        markup.text(program_words(document["program"])),
    ]
    return "\n".join(lines) + "\n"


def _markdown_partnerships(document: Json, edits: Mapping[str, Json]) -> list[str]:
    shown: Sequence[Json] = document["partnerships"][:IN_MINUTE]
    if not shown:
        return []
    lines = ["", "## Partnerships", ""]
    for one in shown:
        lines.append(f"- {markup.text(one['title'])} ({one['stage']}, {markup.code(one['id'])})")
        lines += [f"  - {markup.text(words)}" for words in told(one, edits)]
    more = document["more"] + len(document["partnerships"]) - len(shown)
    return [*lines, *([f"- and {more:,} more"] if more else [])]


def _markdown_groups(portfolio: Json, edits: Mapping[str, Json]) -> list[str]:
    shown: Sequence[Json] = portfolio["groups"][:IN_MINUTE]
    if not shown:
        return []
    lines = ["", "## Across the portfolio", ""]
    for one in shown:
        words = f"{one['rule']} {impact_groups.named(one)}: {change_words(one)}"
        lines.append(f"- {markup.text(words)} – {markup.text(because(one, edits))}")
        told = [one["message"], impact_groups.members(one)]
        lines += [f"  - {markup.text(words)}" for words in told if words]
    more = portfolio["more"] + len(portfolio["groups"]) - len(shown)
    return [*lines, *([f"- and {more:,} more"] if more else [])]


def told(one: Json, edits: Mapping[str, Json]) -> Iterable[str]:
    """All that changed for one partnership, a line each."""
    for name in ("verdict", "opinion"):
        if one[name]["from"] != one[name]["to"]:
            yield f"{name}: {flip_words(one[name])}"
    for change in one["changes"]:
        yield f"{change['rule']} {change_words(change)} – {because(change, edits)}"
