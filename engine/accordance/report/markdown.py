"""The report as Markdown (GitHub's dialect), for a paper, a ticket or a wiki.

Text that comes from files is made safe and escaped, so that it cannot become markup or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from . import Json
from .grounds import fact_lines, not_stated
from .outline import numbers_of, outline, questions
from .page import Page
from .text import safe
from .wording import (
    DRAFT,
    MARKS,
    OPINIONS,
    OUTCOMES,
    VERDICTS,
    accepted_words,
    asked_of,
    count,
    dates,
    part_words,
    program_words,
    sentence,
    severity,
    value,
)

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>#|~$&@])")
_START: Final = re.compile(r"^(\s*\d{0,9})([-+=.)])")
_LINK: Final = re.compile(r"(?i)\b(https?|ftp|mailto|www)([:.])")
_HOLDS: Final = {True: "✓", False: "✗", None: "? not known:"}


def check(reports: Sequence[Json], page: Page) -> str:
    parts = [_case(report) for report in reports]
    if len(reports) > 1:
        parts.insert(0, _overview(reports))
    return "\n\n---\n\n".join(parts) + "\n"


def explanation(explanation: Json, page: Page) -> str:
    case = explanation["case"]
    outcome, source = explanation["outcome"], case["source"]
    level = severity(explanation)
    lines = [
        f"# {_text(explanation['rule'])} {_text(explanation['title'])}",
        f"{_text(case['title'])} · {_text(dates(case))}",
        f"**{MARKS[outcome]} {sentence(OUTCOMES[outcome])}{f', {level}' if level else ''}**",
    ]
    if explanation.get("message"):
        lines.append(_text(explanation["message"]))
    if explanation.get("when"):
        lines += ["## Does the rule apply?", "\n".join(_part(explanation["when"], 0, source))]
    if explanation.get("require"):
        asks = [line for part in explanation["require"] for line in _part(part, 0, source)]
        lines += ["## What it asks", "\n".join(asks)]
    if explanation.get("remedy"):
        lines += ["## What would have to change", _bullets(map(_prose, explanation["remedy"]))]
    if explanation.get("missing") and outcome == "insufficient_evidence":
        asked = (
            f"{_text(asked_of(one.text, one.of))} {_code(one.path)}"
            for one in questions(explanation["missing"])
        )
        lines += ["## What would decide it", _bullets(asked)]
    if explanation.get("because"):
        lines += ["## Why there is this rule", _text(explanation["because"])]
    lines.append(_foot(explanation))
    return "\n\n".join(lines) + "\n"


def cases(outcome: Json, page: Page) -> str:
    total = outcome["passed"] + outcome["failed"]
    lines = [
        f"# Rule cases: {outcome['failed']:,} of {count(total, 'case')} failed",
        _table(
            ["Theme", "Cases", "Failed"],
            (
                [t["theme"], str(t["passed"] + t["failed"]), str(t["failed"])]
                for t in outcome["themes"]
            ),
        ),
    ]
    for failure in outcome["failures"]:
        lines += [
            f"## {_text(failure['rule'])} {_text(failure['name'])}",
            _bullets(
                [
                    f"place: {_code(failure['source'] + ':' + str(failure['line']))}",
                    f"given: {_members(failure['given'])}",
                    f"expected: {_members(failure['expected'])}",
                    f"got: {_members(failure['got'])}",
                ]
            ),
        ]
    return "\n\n".join(lines) + "\n"


def _case(report: Json) -> str:
    shape, case = outline(report), report["case"]
    lines = [
        f"# {_text(case['title'] or case['id'] or '')}",
        _text(dates(case)),
        f"**{shape.mark} {shape.headline}**",
        _bullets(_text(sentence(text)) + "." for text in shape.summary),
    ]
    lines += _what_if(report)
    lines += _findings("What blocks", shape.blocks)
    undecided = shape.answer == "undecided"
    lines += _findings(
        "Why it is undecided" if undecided else "What could block as well", shape.opens
    )
    if not shape.blocks:
        lines += _findings("Breaches", shape.breaches)
    if shape.missing:
        rows = (
            [
                asked_of(one.text, one.of),
                _Code(one.path),
                " ".join(one.decides),
            ]
            for one in shape.missing
        )
        lines += ["## What is missing", _table(["Question", "Fact", "Decides"], rows)]
    if shape.deeds:
        rows = (
            [deed.by, deed.who, deed.what, " ".join(deed.rules), deed.done_when or ""]
            for deed in shape.deeds
        )
        lines += ["## What to do", _table(["By", "Who", "What", "Rule", "Done when"], rows)]
    if shape.blocks:
        lines += _findings("Other breaches", shape.breaches)
    lines += _findings("Not enough evidence", shape.gaps)
    lines += _findings("Accepted exceptions", shape.accepted)
    if shape.notices:
        lines += [
            "## To note",
            _bullets(_prose(sentence(notice["message"])) for notice in shape.notices),
        ]
    lines += _every_rule(report["results"])
    lines.append(_foot(report))
    return "\n\n".join(lines)


def _overview(reports: Sequence[Json]) -> str:
    numbers = numbers_of(reports)
    rows = []
    for number, report in enumerate(reports):
        shape = outline(report)
        answer = f"{shape.mark} {shape.headline}"
        counts = (str(found[number]) for found in numbers.values())
        rows.append([answer, report["case"]["title"], report["case"]["stage"] or "", *counts])
    head = ["Answer", "Partnership", "Stage", *numbers]
    return f"# {count(len(reports), 'partnership')}\n\n{_table(head, rows)}"


def _what_if(report: Json) -> list[str]:
    what_if = report.get("what_if")
    if not what_if:
        return []
    lines = ["## What if (the file does not say so)", _bullets(map(_code, what_if["set"]))]
    changed = what_if["changes"]
    rows = []
    for name, words in (
        ("verdict", VERDICTS),
        ("opinion", OPINIONS),
        ("opinion_at_worst", OPINIONS),
    ):
        if name in changed:
            old, new = (words.get(changed[name][end] or "", "none") for end in ("from", "to"))
            rows.append([sentence(name.replace("_", " ")), old, new])
    for change in changed["results"]:
        old, new = (_state(change[end]) for end in ("from", "to"))
        rows.append([f"{change['rule']} {change['title']}", old, new])
    for label, name in (("Answered", "missing_no_more"), ("Asked now", "newly_missing")):
        if changed[name]:
            rows.append([label, "", ", ".join(changed[name])])
    return [*lines, _table(["What changes", "From", "To"], rows) if rows else "Nothing changes."]


def _state(state: Json) -> str:
    level = f" ({state['severity']})" if state["severity"] else ""
    return f"{MARKS[state['outcome']]} {OUTCOMES[state['outcome']]}{level}"


def _findings(title: str, results: Sequence[Json]) -> list[str]:
    rows = []
    for result in results:
        text = result["message"] or result["title"]
        if result.get("accepted_by"):
            text = f"{text} ({accepted_words(result['accepted_by'])})"
        mark = f"{MARKS[result['outcome']]} {result['rule']}"
        rows.append([mark, severity(result), "gate" if result["gate"] else "", text])
    return [f"## {title}", _table(["Rule", "Severity", "", "Finding"], rows)] if rows else []


def _every_rule(results: Sequence[Json]) -> list[str]:
    rows = []
    for result in results:
        words = "cannot become a breach" if result["moot"] else OUTCOMES[result["outcome"]]
        rows.append([result["rule"], result["title"], f"{MARKS[result['outcome']]} {words}"])
    return ["## Every rule", _table(["Rule", "What it asks", "Outcome"], rows)]


def _part(part: Json, depth: int, source: str | None) -> list[str]:
    margin = "  " * depth
    lines = [f"{margin}- {_HOLDS[part['state']]} {_text(part_words(part))}"]
    lines += [
        f"{margin}  - {_text(words)}" for words in fact_lines(part.get("facts") or (), source)
    ]
    lines += [f"{margin}  - not stated: {_code(path)}" for path in not_stated(part)]
    lines += [f"{margin}  - cannot be told: {_text(why)}" for why in part.get("reasons") or ()]
    for inner in part.get("parts") or ():
        lines += _part(inner, depth + 1, source)
    return lines


def _foot(answer: Json) -> str:
    strategy, case = answer["strategy"], answer["case"]
    status = "approved" if strategy.get("status") == "approved" else DRAFT
    name = f"{_text(strategy['name'])} {_text(strategy['version'])} ({status})"
    lines = [f"Strategy {name}, {_code(strategy['digest'] or '')}"]
    if case.get("source"):
        lines.append(f"Facts {_code(case['source'])}, {_code(case['digest'] or '')}")
    if answer.get("program"):
        lines.append(_text(program_words(answer["program"])))
    return "---\n\n" + "  \n".join(lines)


class _Code(str):
    """Text of a cell that is shown as code."""


def _text(text: str) -> str:
    """Text that stays text: no markup, no HTML, no link."""
    plain = _START.sub(r"\1\\\2", _SPECIAL.sub(r"\\\1", safe(str(text))))
    return _LINK.sub(r"\1&#8203;\2", plain)


def _prose(text: str) -> str:
    """A sentence of the program's own, in which names stand between backticks."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return _text(text)
    return "".join(_code(piece) if at % 2 else _text(piece) for at, piece in enumerate(pieces))


def _code(text: str) -> str:
    """A code span; backticks in it are lengthened around."""
    clean = safe(text)
    ticks = "`" * (max((len(run) for run in re.findall("`+", clean)), default=0) + 1)
    pad = " " if "`" in clean else ""
    return f"{ticks}{pad}{clean}{pad}{ticks}" if clean else ""


def _cell(text: str) -> str:
    return _code(text).replace("|", "\\|") if isinstance(text, _Code) else _text(text)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    body = [[_cell(cell) for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *body]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _members(members: dict[str, Any]) -> str:
    return "; ".join(f"{_code(name)} {_text(value(found))}" for name, found in members.items())
