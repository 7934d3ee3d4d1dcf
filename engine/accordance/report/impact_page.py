"""The impact as one self-contained page with its charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from . import Json, impact_groups
from .edits import details, headline
from .html import environment
from .impact import (
    WORDS,
    because,
    change_words,
    edits_by_id,
    flip_words,
    from_to,
    rule_because,
    summary,
    touched_words,
)
from .wording import count, day, listed, program_words, standing_mark

_LABEL, _WIDTH, _ROW, _END = 62, 400, 26, 40
_RULES_DRAWN: Final = 30


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of segment is drawn: its lightness, and whether it is hatched or dark."""

    name: str
    words: str
    fill: str
    dark: bool = False
    hatched: bool = False


CHANGES: Final = (
    Kind("appears", "findings that appear", "#5b0a12", dark=True),
    Kind("turns", "gap to breach or back", "#98a1ab"),
    Kind("severity", "change of severity", "#edbb5a"),
    Kind("vanishes", "findings that vanish", "#ffffff", hatched=True),
)
ANSWERS: Final = {
    "do_not_proceed": Kind("do_not_proceed", WORDS["do_not_proceed"], "#5b0a12", dark=True),
    "undecided": Kind("undecided", WORDS["undecided"], "#ffffff", hatched=True),
    "proceed_with_conditions": Kind("conditions", WORDS["proceed_with_conditions"], "#edbb5a"),
    "proceed": Kind("proceed", WORDS["proceed"], "#d9efe0"),
    "no_assurance": Kind("no_assurance", WORDS["no_assurance"], "#5b0a12", dark=True),
    "limited": Kind("limited", WORDS["limited"], "#d08770"),
    "reasonable": Kind("reasonable", WORDS["reasonable"], "#edbb5a"),
    "substantial": Kind("substantial", WORDS["substantial"], "#d9efe0"),
}


@dataclass(frozen=True, slots=True)
class Part:
    kind: Kind
    number: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    y: int
    parts: tuple[Part, ...]
    total: int
    end: float


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of stacked bars, and in `described` all that it shows, in words."""

    name: str
    title: str
    described: str
    height: int
    rows: tuple[Row, ...]
    kinds: tuple[Kind, ...]


def impact_page(document: Json) -> str:
    """The page; `document` holds no character that a terminal or page could mistake."""
    edits = edits_by_id(document)
    new = document["new"]
    mark = standing_mark(new)
    title = f"What the change means for {count(document['cases']['partnerships'], 'partnership')}"
    running = {
        "name": "",
        "title": title,
        "marking": mark or "",
        "foot": f"{new['name']} {new['version']} ({new['digest'][7:19]})"
        f" · evaluated on {day(document['evaluated_on'])}",
    }
    text: str = (
        environment()
        .get_template("impact.html")
        .render(
            document=document,
            title=title,
            subtitle=from_to(document),
            sentences=summary(document),
            charts=[chart for chart in charts(document) if chart],
            edits=[
                {"head": headline(one), "details": details(one), "rules": touched_words(one)}
                for one in document["edits"]
            ],
            rule_because=lambda rule: rule_because(rule, edits),
            because=lambda change: because(change, edits),
            change_words=change_words,
            flip_words=flip_words,
            group_named=impact_groups.named,
            group_members=impact_groups.members,
            mark=mark,
            program=program_words(document["program"]),
            runnings=[running],
        )
    )
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip()) + "\n"


def charts(document: Json) -> list[Chart | None]:
    """Findings by rule; verdicts and opinions before and after."""
    rules: Sequence[Json] = document["rules"]
    most = sorted(rules, key=lambda one: -sum(one[kind.name] for kind in CHANGES))[:_RULES_DRAWN]
    drawn = [one for one in rules if one in most]
    rows = [(one["rule"], {kind.name: one[kind.name] for kind in CHANGES}) for one in drawn]
    title = "Findings that change, by rule"
    if len(drawn) < len(rules):
        title += f" (the {len(drawn)} with most of {len(rules)})"
    found = [_chart("rules", title, rows, CHANGES)]
    for name in ("verdict", "opinion"):
        answers = document[f"{name}s"]
        kinds = [ANSWERS[one] for one in reversed(answers["before"])]
        both = [
            (label, {ANSWERS[one].name: number for one, number in answers[when].items()})
            for label, when in (("Before", "before"), ("After", "after"))
        ]
        found.append(_chart(name, f"{name.capitalize()}s before and after", both, kinds))
    return found


def _chart(
    name: str, title: str, rows: Sequence[tuple[str, Mapping[str, int]]], kinds: Sequence[Kind]
) -> Chart | None:
    longest = max((sum(numbers.values()) for _, numbers in rows), default=0)
    if not longest:
        return None
    unit = (_WIDTH - _LABEL - _END) / longest
    drawn = []
    for index, (label, numbers) in enumerate(rows):
        x, parts = float(_LABEL), []
        for kind in kinds:
            number = numbers.get(kind.name, 0)
            if number:
                width = round(number * unit, 2)
                parts.append(Part(kind, number, round(x, 2), width))
                x += width
        total = sum(numbers.values())
        drawn.append(Row(label, 4 + index * _ROW, tuple(parts), total, round(x + 6, 2)))
    used = [kind for kind in kinds if any(numbers.get(kind.name) for _, numbers in rows)]
    described = "; ".join(
        f"{label}: "
        + (listed(f"{numbers[k.name]:,} {k.words}" for k in used if numbers.get(k.name)) or "none")
        for label, numbers in rows
    )
    height = 8 + len(rows) * _ROW
    return Chart(name, title, f"{described}.", height, tuple(drawn), tuple(used))
