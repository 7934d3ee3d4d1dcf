"""What became of a strategy's rule cases, for the terminal: given, expected, got and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from . import Json
from .page import Page
from .paint import INDENT, Paint
from .proof import part_lines
from .wording import MARKS, OUTCOMES, count, day, value

_MARGIN: Final = INDENT + 10


def lines(outcome: Json, paint: Paint) -> list[str]:
    text: list[str] = []
    for failure in outcome["failures"]:
        text += [*_failure(failure, paint), ""]
    return [*text, *_themes(outcome, paint), "", *_total(outcome, paint)]


def lines_of_failure(failure: Json, page: Page) -> list[str]:
    """One failing case, for the page."""
    return _failure(failure, Paint(page))


def _failure(failure: Json, paint: Paint) -> list[str]:
    title = f"{MARKS['non_compliant']} {failure['rule']}  {failure['name']}"
    text = [paint.state(line, "non_compliant") for line in paint.paragraph(title, 0, 2)]
    text += paint.aside(f"{failure['source']}:{failure['line']}", INDENT)
    given = [f"{path}: {value(found)}" for path, found in failure["given"].items()]
    if failure.get("on"):
        given.append(f"evaluated on {day(failure['on'])}")
    text += _labelled("given", given or ["nothing"], paint)
    text += _labelled("expected", _state(failure["expected"]), paint)
    text += _labelled("got", _state(failure["got"]), paint)
    why = failure.get("why")
    if why:
        proof = []
        paint = Paint(replace(paint.page, width=paint.page.width - _MARGIN))
        if why.get("when"):
            proof += ["it applies if:", *part_lines(why["when"], paint, why["case"]["source"])]
        if why.get("require"):
            proof.append("it asks:")
            for part in why["require"]:
                proof += part_lines(part, paint, why["case"]["source"])
        text += _block("why", proof)
    return text


def _state(state: Json) -> list[str]:
    """An expectation, or what was found of the same things."""
    words = []
    for name, found in state.items():
        if name == "outcome":
            words.append(OUTCOMES.get(found, str(found)))
        elif name in ("message", "unmet"):
            words.append(f"{name}: {found or 'none'}")
        else:
            words.append(f"{name.replace('_', ' ')}: {value(found)}")
    return words


def _labelled(label: str, entries: list[str], paint: Paint) -> list[str]:
    margin = _MARGIN
    text = [line for entry in entries for line in paint.paragraph(entry, margin, 2)]
    return _block(label, [line[margin:] for line in text])


def _block(label: str, entries: list[str]) -> list[str]:
    margin = " " * (_MARGIN)
    text = [(margin + entry).rstrip() for entry in entries]
    if text:
        text[0] = " " * INDENT + f"{label:<10}" + text[0][len(margin) :]
    return text


def _themes(outcome: Json, paint: Paint) -> list[str]:
    rows = []
    for theme in outcome["themes"]:
        state = "non_compliant" if theme["failed"] else "compliant"
        rows.append(
            [
                paint.state(f"{MARKS[state]} {theme['theme']}", state),
                str(theme["passed"] + theme["failed"]),
                str(theme["failed"] or ""),
            ]
        )
    return paint.grid(rows, ["Theme", "Cases", "Failed"]) if rows else []


def _total(outcome: Json, paint: Paint) -> list[str]:
    strategy, failed = outcome["strategy"], outcome["failed"]
    total = outcome["passed"] + failed
    state = "non_compliant" if failed else "compliant"
    result = (
        f"{failed:,} of {count(total, 'case')} failed"
        if failed
        else f"{count(total, 'case')} passed"
    )
    if not total:
        state, result = "insufficient_evidence", "no cases found"
    return [
        paint.state(f"{MARKS[state]} {result}", state)
        + paint.dim(f"  (strategy {strategy['name']} {strategy['version']})")
    ]
