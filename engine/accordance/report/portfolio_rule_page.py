"""The page of a rule over the portfolio, in the shape that all rule pages have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from . import Json, markup
from .expression import laid_out
from .wording import count

_WIDTH = 96
_SPANS = {"month": "the month", "quarter": "the quarter", "year": "the year"}


def page(rule: Json, sources: Mapping[str, str]) -> str:
    """The page of one rule. `sources` gives for an entry of its basis where that is explained."""
    lines = [
        f"# {markup.text(rule['rule'] + ' ' + rule['title'])}",
        f"*{markup.text(rule['theme'])} · {markup.text(_severities(rule))} · over the portfolio*",
        "## What it asks",
        markup.text(_groups(rule)),
        "It asks of each case"
        if rule["rank"]
        else "It asks of each group"
        if rule["group_by"]
        else "It asks",
        markup.bullets(_feel(one["is"]) for one in rule["require"]),
        "## Why",
        markup.text(rule["because"]),
        "## When it does not apply",
        markup.bullets(map(markup.text, rule["excludes"]))
        if rule["excludes"]
        else "It always applies.",
        "## What it assumes",
        markup.bullets(map(markup.text, rule["assumes"]))
        if rule["assumes"]
        else "Nothing beyond the facts.",
        "## Basis",
        markup.bullets(_basis(one, sources) for one in rule["basis"]),
        "## In FEEL",
        *_expressions(rule),
        "## How serious it is",
        markup.bullets(_levels(rule)),
        "## What a breach says",
        f"> {markup.text(rule['finding'])}",
        "What is not met is told as:",
        markup.bullets(markup.text(one["unmet"] or one["is"]) for one in rule["require"]),
        "## What to do about a breach",
        markup.bullets(
            markup.text(
                f"{one['do']} ({one['owner']}, {one['due']}). Done when: {one['done_when']}"
            )
            for one in rule["actions"]
        ),
        "## Parameters",
        markup.bullets(
            f"`{name}`: {markup.text(means)}" for name, means in rule["parameters"].items()
        )
        if rule["parameters"]
        else "None.",
        "## Facts",
        markup.bullets(f"`{path}`" for path in rule["facts"]) if rule["facts"] else "None.",
        "## Example",
        "Small portfolios with what the rule says of them stand under Cases.",
        "## Cases",
        f"{count(len(rule['cases']), 'case')}, run by `accordance test`:",
        markup.bullets(
            f"{markup.text(one['name'])}: {one['expect'].replace('_', ' ')}"
            for one in rule["cases"]
        ),
    ]
    return "\n\n".join(line for line in lines if line) + "\n"


def shown(rules: Sequence[Json]) -> str:
    """The pages of rules that were asked for by name."""
    return "\n".join(page(rule, {}) for rule in rules)


def _severities(rule: Json) -> str:
    levels = [rule["severity"], *rule["severity_when"]]
    return levels[0] if len(levels) == 1 else f"{levels[0]} to {levels[1]}"


def _groups(rule: Json) -> str:
    of = "the partnerships that it looks at" if rule["of"] else "all partnerships"
    if not rule["group_by"]:
        return f"It looks at {of} together."
    how = f"by {_SPANS[rule['by']]} of a date" if rule["by"] else "by a text"
    if rule["provider_groups"]:
        how = "by provider, whose names are brought under groups by the table of aliases"
    said = f"It puts {of} into groups {how}."
    if rule["rank"]:
        said += " In each group it compares every partnership with the others."
    return said


def _basis(entry: str, sources: Mapping[str, str]) -> str:
    text = markup.text(entry)
    return f"[{text}]({sources[entry]})" if entry in sources else text


def _feel(text: str) -> str:
    return f"`{' '.join(text.split())}`"


def _expressions(rule: Json) -> list[str]:
    lines: list[str] = []
    parts = [("Of", rule["of"]), ("Grouped by", rule["group_by"]), ("Marked by", rule["mark"])]
    parts += [("Ranked by", rule["rank"])]
    parts += [(f"`{one['name']}`", one["is"]) for one in rule["figures"]]
    parts += [("When", rule["when"])]
    parts += [(f"Requires ({at})", one["is"]) for at, one in enumerate(rule["require"], 1)]
    parts += [(f"A breach is {level} where", text) for level, text in rule["severity_when"].items()]
    for label, text in parts:
        if text is not None:
            lines += [f"{label}:", "```feel\n" + "\n".join(laid_out(text, _WIDTH)) + "\n```"]
    return lines


def _levels(rule: Json) -> list[str]:
    levels = [f"**{rule['severity']}**: a breach is at least this"]
    return levels + [
        f"**{level}**: where {_feel(text)}" for level, text in rule["severity_when"].items()
    ]
