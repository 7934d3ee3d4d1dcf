"""Rules as Markdown: a list, a page for each in one fixed shape, and all pages of a folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from . import Json, markup
from .expression import laid_out
from .rule_wording import (
    answer,
    applies,
    asked,
    due,
    exclusions,
    expressions,
    gone,
    range_of,
    seriousness,
    title,
    unmet,
)
from .wording import MARKS, OUTCOMES, count, day, listed, standing_mark, standing_words

INDEX: Final = "README.md"
MARK: Final = "<!-- Made by `accordance rules --pages`. Change the rules instead. -->"
"""The first line of every page of a folder."""

_WIDTH: Final = 96


def listing(catalogue: Json) -> str:
    """The rules of a list by theme."""
    over = portfolio_section(catalogue["portfolio"], linked=False)
    return _listing(catalogue, linked=False) + over


def page(rule: Json, sources: Mapping[str, str] | None = None) -> str:
    """The page of one rule. `sources` gives for an entry of its basis where that is explained."""
    lines = [
        f"# {markup.text(title(rule))}",
        f"*{markup.text(_summary(rule))}*",
        "## What it asks",
        markup.text(applies(rule)),
        *_asked(rule),
        "## Why",
        markup.text(rule["because"]),
        *_texts("When it does not apply", exclusions(rule), "It always applies."),
        *_texts("What it assumes", rule["assumes"], "Nothing beyond the facts."),
        *_basis(rule["basis"], sources or {}),
        "## In FEEL",
        *_expressions(rule),
        "## How serious it is",
        markup.bullets(f"**{name}**: {markup.text(words)}" for name, words in seriousness(rule)),
        "## What a breach says",
        f"> {markup.text(rule['finding_words'])}",
        "What is not met is told as:",
        markup.bullets(map(markup.text, unmet(rule))),
        "## What to do about a breach",
        _actions(rule),
        "## Parameters",
        _parameters(rule),
        "## Facts",
        _facts(rule),
        "## Example",
        *_example(rule),
        "## Cases",
        _cases(rule),
    ]
    return "\n\n".join(lines) + "\n"


def pages(
    catalogue: Json, rules: Sequence[Json], sources: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The pages of a folder by file name: an index and one for each rule."""
    found = {INDEX: f"{MARK}\n\n{_listing(catalogue, linked=True)}"}
    for at, rule in enumerate(rules):
        way = [f"[All rules]({INDEX})"]
        way += (
            f"{word}: [{other['rule']}]({_file(other)})"
            for word, near in (("before", at - 1), ("next", at + 1))
            if 0 <= near < len(rules)
            for other in [rules[near]]
        )
        found[_file(rule)] = f"{MARK}\n\n{' · '.join(way)}\n\n{page(rule, sources)}"
    return found


def portfolio_section(rules: Sequence[Json], linked: bool) -> str:
    """The rules over the portfolio, as the end of a list; empty where there are none."""
    if not rules:
        return ""
    rows = [
        [
            markup.Marked(f"[{one['rule']}]({_file(one)})") if linked else one["rule"],
            one["title"],
            one["severity"]
            if one["severity"] == one["severity_most"]
            else f"{one['severity']} to {one['severity_most']}",
        ]
        for one in rules
    ]
    table = markup.table(["Rule", "What it asks", "Severity"], rows)
    return f"\n## Across the portfolio\n\n{table}\n"


def _file(rule: Json) -> str:
    return f"{rule['rule']}.md"


def _listing(catalogue: Json, linked: bool) -> str:
    strategy, rules = catalogue["strategy"], catalogue["rules"]
    status = f" ({standing_words(strategy)})" if standing_mark(strategy) else ""
    lines = [
        f"# Rules: {markup.text(strategy['title'])}",
        f"{count(len(rules), 'rule')} of {markup.text(strategy['name'])} {strategy['version']}"
        + ("." if linked else f"{status}."),
        "Severity is that of a breach: where it reads “high to critical”, the page of the rule says"
        " what raises it. A breach of a gate stops a partnership at the stages named.",
    ]
    for theme in catalogue["themes"]:
        rows = (
            [
                markup.Marked(f"[{rule['rule']}]({_file(rule)})") if linked else rule["rule"],
                rule["title"],
                range_of(rule),
                ", ".join(rule["gate"]),
                ", ".join(rule["stages"]),
            ]
            for rule in rules
            if rule["theme"] == theme["theme"]
        )
        lines += [
            f"## {markup.text(theme['theme'])}",
            markup.table(["Rule", "What it asks", "Severity", "Gate", "Stages"], rows),
        ]
    if catalogue["retired"]:
        kept = (f"{title(rule)} ({gone(rule)})" for rule in catalogue["retired"])
        lines += ["## No longer asked", markup.bullets(map(markup.text, kept))]
    return "\n\n".join(lines) + "\n"


def _summary(rule: Json) -> str:
    parts = [rule["theme"], range_of(rule)]
    parts += ["gate"] if rule["gate"] else []
    parts += [f"retired, last in version {rule['until']}"] if rule["until"] else []
    return " · ".join(parts)


def _texts(head: str, texts: Sequence[str], otherwise: str) -> list[str]:
    return [f"## {head}", markup.bullets(map(markup.text, texts)) if texts else otherwise]


def _basis(basis: Sequence[str], sources: Mapping[str, str]) -> list[str]:
    items = (
        f"[{markup.text(text)}]({sources[text]})" if text in sources else markup.text(text)
        for text in basis
    )
    return ["## Basis", markup.bullets(items) if basis else "None is stated."]


def _asked(rule: Json) -> Iterable[str]:
    """One thing in a sentence, several in a numbered list."""
    things = [markup.text(text) for text in asked(rule)]
    if len(things) == 1:
        return [f"It asks that {things[0]}."]
    rows = "\n".join(f"{number}. {thing}" for number, thing in enumerate(things, 1))
    return ["It asks that", rows]


def _expressions(rule: Json) -> Iterable[str]:
    for label, text in expressions(rule):
        yield f"{label}:"
        yield _feel(text)
    if rule["definitions"]:
        yield "Definitions used:"
    for one in rule["definitions"]:
        yield f"{markup.code(one['name'])} – {markup.text(one['means'])}:"
        yield _feel(one["text"])


def _feel(text: str) -> str:
    return markup.block("\n".join(laid_out(text, _WIDTH)), "feel")


def _actions(rule: Json) -> str:
    rows = (
        [one["do"], one["owner"], due(one, rule), one["done_when"] or ""] for one in rule["actions"]
    )
    head = ["What", "Who", "By when", "Done when"]
    return markup.table(head, rows) if rule["actions"] else "It names no action."


def _parameters(rule: Json) -> str:
    rows = (
        [markup.Code(one["name"]), one["words"], f"{one['means']}."] for one in rule["parameters"]
    )
    return (
        markup.table(["Name", "Value", "What it sets"], rows)
        if rule["parameters"]
        else "It uses none."
    )


def _facts(rule: Json) -> str:
    if not rule["facts"]:
        return "It reads what the other rules said, and which facts are stated."
    rows = [
        [fact["question"] or fact["title"], markup.Code(fact["path"]), _notes(fact)]
        for fact in rule["facts"]
    ]
    head = ["Question", "Fact", "Note"]
    if not any(note for *_, note in rows):
        head, rows = head[:2], [row[:2] for row in rows]
    return markup.table(head, rows)


def _notes(fact: Json) -> markup.Marked:
    parts = []
    if fact["derived_from"]:
        parts.append(markup.prose(f"follows from `{fact['derived_from']}` where it is not stated"))
    if fact["sensitivity"]:
        parts.append(markup.text(f"sensitive ({fact['sensitivity'].replace('_', ' ')})"))
    return markup.Marked("; ".join(parts).replace("|", "\\|"))


def _example(rule: Json) -> list[str]:
    example = rule["example"]
    if example is None:
        return ["No case tries this rule."]
    return [
        f"The case “{markup.text(example['case'])}”, checked on {day(example['evaluated_on'])}:",
        markup.block("\n".join(example["facts"]), "yaml"),
        f"**{answer(example)}**",
        f"> {markup.text(example['message'])}",
    ]


def _cases(rule: Json) -> str:
    if not rule["cases"]:
        return "None."
    rows = (
        [case["name"], f"{MARKS[case['expect']]} {OUTCOMES[case['expect']]}"]
        for case in rule["cases"]
    )
    files = dict.fromkeys(case["source"] for case in rule["cases"])
    names = listed(markup.code(file) for file in files)
    table = markup.table(["Case", "Must come out as"], rows)
    return f"{table}\n\nThe rule stands in {markup.code(rule['source'])}, its cases in {names}."
