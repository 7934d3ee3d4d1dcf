"""The report as a committee paper: one HTML file that needs nothing else, to read, print or send.

Everything that comes from facts is made safe and escaped; the page has no script, and a policy of
its own forbids it to load anything.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from . import Json
from .outline import Question, withheld_words
from .page import Page
from .paper import Group, Paper, ThemeRow, paper, place, shown_facts
from .paper_wording import (
    GLOSSARY,
    STAGES,
    VERIFIERS,
    approval_words,
    purpose,
    told,
)
from .text import safe_throughout
from .wording import (
    MARKS,
    OPINIONS,
    OUTCOMES,
    VERDICTS,
    accepted_words,
    asked_of,
    by_when,
    count,
    dates,
    day,
    program_words,
    sentence,
    severity,
    standing_mark,
)

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

CONTENTS: Final = (
    ("1", "Purpose and decision sought"),
    ("2", "Summary"),
    ("3", "Scope, strategy and dates"),
    ("4", "Basis of the opinion, and its limits"),
    ("5", "Findings by severity"),
    ("6", "Actions and management response"),
    ("7", "Good practice"),
    ("8", "Costs and benefits"),
    ("9", "Follow-up of earlier actions"),
    ("10", "Implications"),
    ("A", "Every rule, and what came of it"),
    ("B", "Every fact used"),
    ("C", "Missing facts"),
    ("D", "Background papers: the evidence on file"),
    ("E", "Glossary"),
    ("F", "Repeating the check, and changes to this paper"),
)
_TONES: Final = {
    "do_not_proceed": "no",
    "undecided": "open",
    "proceed_with_conditions": "part",
    "proceed": "yes",
    "no_assurance": "no",
    "limited": "no",
    "reasonable": "part",
    "substantial": "yes",
}
_LONGEST_RUNNING_TITLE: Final = 70
_LONG_FINDING: Final = 900
REFERENCES_SHOWN: Final = 4
"""How many pieces of evidence stand beside a fact; all of them stand in an appendix."""


def check(reports: Sequence[Json], page: Page) -> str:
    """The papers of one or more cases in one document."""
    clean = [safe_throughout(report) for report in reports]
    papers = []
    for number, report in enumerate(clean, 1):
        name = f"c{number}-" if len(clean) > 1 else ""
        papers.append({"p": name, "page": f"paper{number}", "paper": paper(report)})
    first = papers[0]["paper"]
    assert isinstance(first, Paper)
    title = f"{first.report['case']['title']}: {first.shape.headline}"
    if len(papers) > 1:
        title = count(len(papers), "partnership")
    text: str = (
        environment()
        .get_template("papers.html")
        .render(
            papers=papers,
            title=title,
            program=program_words(first.report["program"]),
            runnings=_runnings(papers, title),
        )
    )
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip()) + "\n"


def _runnings(papers: Sequence[dict[str, Any]], title: str) -> list[dict[str, str]]:
    """The heads and feet of the pages of each paper, and of an overview before them."""
    each = [_running(one["page"], one["paper"]) for one in papers]
    overview = each[0] | {"name": "", "title": title}
    return [overview, *each] if len(each) > 1 else each


def _running(name: Any, one: Any) -> dict[str, str]:
    """What stands at the head and the foot of every printed page of a paper."""
    report = one.report
    case, strategy = report["case"], report["strategy"]
    marks = []
    if one.draft:
        mark = standing_mark(strategy)
        marks.append("DRAFT – strategy not approved" if mark == "DRAFT" else f"Strategy {mark}")
    if report["audience"] == "public":
        marks.append("For publication")
    elif one.exempt:
        marks.append("Not for publication")
    digest = str(strategy["digest"] or "").partition(":")[2][:12]
    return {
        "name": str(name),
        "title": _brief(case["title"], _LONGEST_RUNNING_TITLE),
        "marking": " · ".join(marks),
        "foot": f"Strategy {strategy['name']} {strategy['version']} ({digest}) · "
        f"evaluated on {day(case['evaluated_on'])}",
    }


@cache
def environment() -> Environment:
    """What renders the pages: their templates, and the words and filters that these use."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(os.path.join(os.path.dirname(__file__), "templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    environment.filters |= {
        "accepted": accepted_words,
        "approval": approval_words,
        "mark": standing_mark,
        "asked": _asked,
        "brief": _brief,
        "by_when": by_when,
        "count": count,
        "counts": _counts,
        "css": css_text,
        "dates": dates,
        "day": day,
        "place": place,
        "is_long": _is_long,
        "lower_first": _lower_first,
        "prose": _prose,
        "program": program_words,
        "purpose": purpose,
        "references": _references,
        "sentence": sentence,
        "severity": severity,
        "sum_of": _sum_of,
        "thousands": "{:,}".format,
        "told": told,
        "told_facts": shown_facts,
        "withheld": withheld_words,
    }
    environment.globals |= {
        "contents": CONTENTS,
        "dict": dict,
        "glossary": GLOSSARY,
        "marks": MARKS,
        "opinions": OPINIONS,
        "outcomes": OUTCOMES,
        "stages": STAGES,
        "tones": _TONES,
        "verdicts": VERDICTS,
        "verifiers": VERIFIERS,
    }
    return environment


def css_text(text: str) -> str:
    """Text for between the quotes of a style sheet: whatever is no letter, digit or blank is
    written as its number (the blank after it belongs to it), so that nothing in it can end the
    text, the sheet or the element."""
    return re.sub(r"[^A-Za-z0-9 ]", lambda match: f"\\{ord(match[0]):x} ", text)


def _counts(row: ThemeRow, withheld: bool) -> list[tuple[str, int]]:
    """The numbers of a theme, each with the head of its column."""
    lower = row.breaches["low"] + row.breaches["advisory"]
    numbers = [
        *((level.capitalize(), row.breaches[level]) for level in ("critical", "high", "medium")),
        ("Low or advisory", lower),
        ("Not known", row.unknown),
        ("Met", row.met),
        ("Accepted", row.accepted),
    ]
    if withheld:
        numbers.append(("Withheld", row.withheld))
    return [*numbers, ("Does not apply", row.outside)]


def _brief(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _asked(question: Question) -> str:
    return asked_of(question.text, question.of)


def _is_long(result: Json) -> bool:
    """Would the finding take more than half a page, so that it may be broken across two?"""
    texts = (
        result["message"],
        *result["remedy"],
        result["because"],
        *shown_facts(result["facts"], None),
    )
    return sum(map(len, texts)) > _LONG_FINDING or len(result["actions"]) > 3


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _prose(text: str) -> Markup:
    """A sentence of the program's own, in which names stand between backticks."""
    from markupsafe import Markup, escape

    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return escape(text)
    return Markup("").join(
        Markup("<code>{}</code>").format(piece) if at % 2 else escape(piece)
        for at, piece in enumerate(pieces)
    )


def _references(entries: Sequence[Json]) -> str:
    """The pieces of evidence behind a fact or rule, each once, with who verified it."""
    words = []
    for entry in entries:
        if entry.get("withheld"):
            words.append("withheld")
            continue
        verified = entry["verified_by"]
        by = f" ({VERIFIERS.get(verified, verified)})" if verified else ""
        words.append(f"{entry['reference'] or 'evidence on file'}{by}")
    each = list(dict.fromkeys(words))
    more = [f"and {len(each) - REFERENCES_SHOWN} more"] if len(each) > REFERENCES_SHOWN else []
    return "; ".join([*each[:REFERENCES_SHOWN], *more])


def _sum_of(groups: Sequence[Group]) -> int:
    return sum(len(group.findings) for group in groups)
