"""A review for the terminal: one screen for a portfolio of twenty."""

from __future__ import annotations

from typing import Final

from . import Json
from .page import Page
from .paint import INDENT, Paint
from .review_words import (
    answer_code,
    answer_of,
    level_title,
    names_of,
    percent,
    sum_words,
    trend_words,
    widest_gap,
)
from .text import safe_throughout
from .wording import MARKS, accepted_words, by_when, count, day, sentence

MOST: Final = 40
"""So many partnerships are listed one by one."""
SHOWN: Final = 2
NARROW: Final = 90


def table(review: Json, page: Page) -> str:
    """The review as a summary."""
    review = safe_throughout(review)
    paint = Paint(page)
    lines = [*_head(review, paint), ""]
    lines += [*_partnerships(review, paint), ""]
    lines += _sections(review, paint)
    return paint.finish("\n".join(lines) + "\n")


def _head(review: Json, paint: Paint) -> list[str]:
    strategy, portfolio = review["strategy"], review["portfolio"]
    draft = "" if strategy["status"] == "approved" else "  DRAFT"
    said = f"Review of {count(portfolio['partnerships'], 'partnership')}"
    public = "  for publication" if review["audience"] == "public" else ""
    lines = [
        paint.strong(f"{said} on {day(review['evaluated_on'])}{public}"),
        f"{strategy['title']} {strategy['version']}{draft}",
    ]
    if review["problems"]:
        what = count(len(review["problems"]), "problem")
        lines.append(paint.state(f"{what} in what was read; see below", "non_compliant"))
    return lines


def _partnerships(review: Json, paint: Paint) -> list[str]:
    found = sorted(
        review["partnerships"],
        key=lambda one: (
            1 if one["health"] is None or one["health"]["overall"]["range"] is None else 0,
            one["health"]["overall"]["range"]["low"]
            if one["health"] and one["health"]["overall"]["range"]
            else 0,
            one["id"],
        ),
    )
    wide = paint.page.width >= NARROW
    head = ["Partnership", "Opinion", "Health", "Level by evidence", "Claims", "Aims"]
    if wide:
        head.append("Views")
    rows = []
    for one in found[: len(found) if paint.page.full else MOST]:
        spectrum = one["spectrum"] or {"claimed": None, "target": None}
        code = answer_code(one)
        row = [
            one["title"],
            paint.state(f"{MARKS.get(code, '–')} {_short(answer_of(one))}", code),
            _health(one),
            _place(one["spectrum"], review),
            _stated(spectrum["claimed"], review),
            _stated(spectrum["target"], review),
        ]
        if wide:
            row.append(_views(one))
        rows.append(row)
    from .paint import unpainted

    widths = [max(len(unpainted(row[at])) for row in [head, *rows]) for at in range(1, len(head))]
    room = max(18, paint.room(*("x" * width for width in widths)))
    for row in rows:
        row[0] = row[0] if len(row[0]) <= room else row[0][: room - 1].rstrip() + "…"
    lines = paint.grid(rows, head)
    left_out = len(found) - len(rows)
    if left_out:
        lines.append(f"  and {left_out:,} more; `--all` shows them")
    return lines


def _short(answer: str) -> str:
    return answer if answer.startswith("No ") else answer.replace(" assurance", "")


def _health(one: Json) -> str:
    return "–" if one["health"] is None else percent(one["health"]["overall"]["range"])


def _place(spectrum: Json | None, review: Json) -> str:
    """The level by its number and title; of a range the two numbers."""
    if spectrum is None:
        return "–"
    low, high = _stated(spectrum["low"], review), _stated(spectrum["high"], review)
    if low == high:
        return f"{low} {level_title(spectrum['low'], review)}"
    return f"{low} to {high}"


def _stated(level: str | None, review: Json) -> str:
    """The number of a level, the loosest being 1."""
    names = [one["level"] for one in review["levels"]]
    return "?" if level is None else str(names.index(level) + 1)


def _views(one: Json) -> str:
    views = one["views"]
    if not views["asked"]:
        return "?" if views["asked"] is None else "none"
    sound = sum(factor["triangulated"] is True for factor in views["factors"])
    widest = widest_gap(one)
    gap = f", gap {widest['gap']:.1f}" if widest is not None and widest["wide"] else ""
    return f"{sound}/{len(views['factors'])}{gap}"


def _told(text: str, paint: Paint, hanging: int = 2) -> list[str]:
    """A text in one line, or in full where nothing may be shortened."""
    if paint.page.full:
        return paint.paragraph(text, INDENT, hanging)
    room = paint.page.width - INDENT
    shown = text if len(text) <= room else text[: room - 1].rstrip() + "…"
    return [" " * INDENT + shown]


def _sections(review: Json, paint: Paint) -> list[str]:
    portfolio = review["portfolio"]
    lines = [paint.strong("To decide")]
    for number, one in enumerate(portfolio["decisions"], 1):
        text = one["text"] if paint.page.full else names_of(one["in"], 2)
        lines += _told(f"{number}. {one['title']}: {text}", paint, 3)
    if not portfolio["decisions"]:
        lines += paint.paragraph("nothing of weight", INDENT)
    lines.append(paint.strong("In focus"))
    focus = portfolio["focus"]
    for one in focus[: len(focus) if paint.page.full else SHOWN]:
        by = by_when({"due_on": one["due"], "due": one["due"]})
        do = f": {one['do']}" if one["do"] else ""
        who = f" ({one['owner']}{', ' + by if by else ''})" if one["owner"] else ""
        text = f"{one['rule']} {one['severity']}, in {len(one['in'])}{who}{do}"
        lines += _told(text, paint)
    if len(focus) > SHOWN and not paint.page.full:
        lines.append(f"  and {len(focus) - SHOWN} more; `--all` shows them")
    across = [one for one in portfolio["across"] if one["kind"] == "breach"]
    if across:
        lines.append(paint.strong("Across the portfolio"))
    for one in across[: len(across) if paint.page.full else 2]:
        lines += _told(f"{one['rule']} {one['severity']}: {one['message']}", paint)
    if len(across) > 2 and not paint.page.full:
        lines.append(f"  and {len(across) - 2} more; `--all` shows them")
    for one in portfolio["accepted"]:
        text = f"{one['rule']} {accepted_words(one['accepted_by'])}; {one['message']}"
        lines += _told(text, paint)
    for one in portfolio["notices"]:
        lines += _told(sentence(one["message"]), paint)
    lines.append(paint.strong("Good practice"))
    for practice in portfolio["practices"][: len(focus) if paint.page.full else 1]:
        text = (
            f"{practice['rule']} {practice['title']}: {names_of(practice['have'], 2)} have it; "
            f"{len(practice['lack'])} lack it"
        )
        lines += _told(text, paint)
    money = portfolio["money"]
    lines.append(paint.strong("Costs and benefits"))
    text = (
        f"whole-life cost {sum_words(money['whole_life'])}; planned by now "
        f"{sum_words(money['planned'])}; realised {sum_words(money['realised'])}"
    )
    lines += paint.paragraph(text, INDENT, 2)
    if review["trend"] is not None:
        lines.append(paint.strong(f"Since {day(review['trend']['evaluated_on'])}"))
        lines += paint.paragraph(trend_words(review["trend"]), INDENT, 2)
    least = review["method"]["respondents_least"]
    lines += ["", *paint.aside(_limits(review, least), 0)]
    return lines


def _limits(review: Json, least: object) -> str:
    asked = sum(bool(one["views"]["asked"]) for one in review["partnerships"])
    return (
        f"Views of {asked} partnerships; groups of fewer than {least} people, or of unknown size, "
        "are not shown. A range says what is not known. `--output review.html` has the charts and "
        "the method."
    )
