"""Rules for the terminal: a list by theme, and one rule with all that there is to say of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from . import Json
from .expression import laid_out
from .paint import INDENT, Paint
from .rule_wording import (
    STAGES,
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
from .wording import MARKS, OUTCOMES, count, day, standing_words

_LETTERS = {"new": "N", "renewing": "R", "established": "E", "exiting": "X"}


def listing_lines(catalogue: Json, paint: Paint) -> list[str]:
    """The list, a row for each rule under the name of its theme."""
    rules: Sequence[Json] = catalogue["rules"]
    over: Sequence[Json] = catalogue["portfolio"]
    if not rules and not over and not catalogue["retired"]:
        return ["no rule is like that"]
    levels = max((range_of(rule) for rule in rules), key=len, default="")
    widest = max((rule["rule"] for rule in rules), key=len, default="")
    room = paint.room(widest, levels, *_LETTERS.values())
    ask, gate = ("·", "G") if paint.page.symbols else (".", "G")
    text: list[str] = []
    for theme in catalogue["themes"]:
        rows = [
            [
                rule["rule"],
                paint.state(range_of(rule).ljust(len(levels)), rule["severity_most"]),
                *(
                    gate if stage in rule["gate"] else ask if stage in rule["stages"] else " "
                    for stage in STAGES
                ),
                paint.fold(rule["title"], room),
            ]
            for rule in rules
            if rule["theme"] == theme["theme"]
        ]
        if rows:
            head = ["Rule".ljust(len(widest)), "Severity", *_LETTERS.values(), "What it asks"]
            text += [paint.strong(theme["theme"]), *paint.grid(rows, head), ""]
    if over:
        grid = [
            [rule["rule"], paint.state(range_of(rule), rule["severity_most"]), rule["title"]]
            for rule in over
        ]
        text += [paint.strong("Across the portfolio"), *paint.grid(grid), ""]
    for rule in catalogue["retired"]:
        what = "off" if rule.get("off") else "retired"
        text += paint.aside(f"{what}: {title(rule)} ({gone(rule)})", 0)
    names = ", ".join(f"{letter} {stage}" for stage, letter in _LETTERS.items())
    text += paint.aside(f"{ask} asked, {gate} asked and a gate; {names}", 0)
    number = count(len(rules), "rule")
    some = number if len(rules) == catalogue["of"] else f"{len(rules)} of {catalogue['of']} rules"
    some += f" and {len(over)} over the portfolio" if over else ""
    return [*text, *_strategy(catalogue, paint, some)]


def lines(rule: Json, paint: Paint) -> list[str]:
    """One rule."""
    blocks = [
        [
            *(paint.strong(line) for line in paint.paragraph(title(rule), 0, 8)),
            *paint.aside(rule["theme"], 0),
        ],
        [
            paint.strong("What it asks"),
            *paint.paragraph(applies(rule), INDENT),
            *_asked(asked(rule), paint),
        ],
        _section("Why", [rule["because"]], paint),
        _section("When it does not apply", exclusions(rule), paint, "·"),
        _section("What it assumes", rule["assumes"], paint, "·"),
        _section("Basis", rule["basis"], paint, "·"),
        _serious(rule, paint),
        [
            paint.strong("What a breach says"),
            *paint.paragraph(rule["finding_words"], INDENT),
            *_bullets(unmet(rule), paint),
        ],
        _actions(rule, paint),
        _expressions(rule, paint),
        _parameters(rule, paint),
        _facts(rule, paint),
        _example(rule, paint),
        _cases(rule, paint),
        _strategy(rule, paint, f"{rule['source']}:{rule['line']}"),
    ]
    text: list[str] = []
    for block in blocks:
        if block:
            text += ["", *block] if text else block
    return text


def _bullets(texts: Iterable[str], paint: Paint, mark: str = "·") -> list[str]:
    return [line for text in texts for line in paint.paragraph(f"{mark} {text}", INDENT, 2)]


def _asked(texts: Sequence[str], paint: Paint) -> list[str]:
    if len(texts) == 1:
        return paint.paragraph(f"It asks that {texts[0]}.", INDENT)
    rows = (paint.paragraph(f"{number}. {text}", INDENT, 3) for number, text in enumerate(texts, 1))
    return [" " * INDENT + "It asks that", *(line for row in rows for line in row)]


def _section(head: str, texts: Sequence[str], paint: Paint, mark: str = "") -> list[str]:
    if not texts:
        return []
    body = (
        _bullets(texts, paint, mark)
        if mark
        else [line for text in texts for line in paint.paragraph(text, INDENT)]
    )
    return [paint.strong(head), *body]


def _serious(rule: Json, paint: Paint) -> list[str]:
    rows = seriousness(rule)
    room = paint.room(max((name for name, _ in rows), key=len))
    grid = paint.grid([[name, paint.fold(text, room)] for name, text in rows])
    return [paint.strong("How serious it is"), *grid]


def _actions(rule: Json, paint: Paint) -> list[str]:
    text: list[str] = []
    for action in rule["actions"]:
        text += _bullets([f"{action['do']} – {action['owner']}, {due(action, rule)}"], paint)
        if action["done_when"]:
            text += paint.paragraph(f"done when: {action['done_when']}", INDENT + 2, 2)
    return [paint.strong("What to do about a breach"), *text] if text else []


def _expressions(rule: Json, paint: Paint) -> list[str]:
    text = [paint.strong("In FEEL")]
    for label, source in expressions(rule):
        text += [*paint.paragraph(f"{label}:", INDENT), *_feel(source, paint)]
    for one in rule["definitions"]:
        text += paint.paragraph(f"{one['name']} – {one['means']}:", INDENT, 2)
        text += _feel(one["text"], paint)
    return text


def _feel(source: str, paint: Paint) -> list[str]:
    margin = " " * (INDENT + 4)
    return [paint.dim(margin + line) for line in laid_out(source, paint.page.width - len(margin))]


def _parameters(rule: Json, paint: Paint) -> list[str]:
    rows = rule["parameters"]
    if not rows:
        return []
    names = max((one["name"] for one in rows), key=len)
    values = max((one["words"] for one in rows), key=len)
    room = paint.room(names, values[:30])
    cells = [
        [one["name"], paint.fold(one["words"], 30), paint.fold(one["means"], room)] for one in rows
    ]
    return [paint.strong("Parameters"), *paint.grid(cells)]


def _facts(rule: Json, paint: Paint) -> list[str]:
    text: list[str] = []
    for fact in rule["facts"]:
        text += _bullets([f"{fact['question'] or fact['title']} ({fact['path']})"], paint)
        if fact["derived_from"]:
            text += paint.aside(
                f"follows from {fact['derived_from']} where it is not stated", INDENT + 2
            )
    return [paint.strong("Facts that it reads"), *text] if text else []


def _example(rule: Json, paint: Paint) -> list[str]:
    example = rule["example"]
    if example is None:
        return []
    return [
        paint.strong("Example") + f"  {example['case']}, checked on {day(example['evaluated_on'])}",
        *(paint.dim(" " * (INDENT + 2) + line) for line in example["facts"]),
        " " * INDENT + paint.state(answer(example), example["outcome"]),
        *paint.paragraph(example["message"], INDENT + 2),
    ]


def _cases(rule: Json, paint: Paint) -> list[str]:
    cases = rule["cases"]
    if not cases:
        return [paint.strong("Cases"), " " * INDENT + "no case tries this rule"]
    room = paint.room("not enough evidence ?")
    rows = [
        [
            paint.state(f"{MARKS[case['expect']]} {OUTCOMES[case['expect']]}", case["expect"]),
            paint.fold(case["name"], room),
        ]
        for case in cases
    ]
    return [paint.strong("Cases"), *paint.grid(rows)]


def _strategy(document: Json, paint: Paint, what: str) -> list[str]:
    strategy = document["strategy"]
    status = standing_words(strategy)
    digest = strategy["digest"][:19]
    words = f"{what} · strategy {strategy['name']} {strategy['version']} ({status}), {digest}"
    return paint.aside(words, 0)
