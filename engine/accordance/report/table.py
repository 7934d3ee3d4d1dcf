"""The report for a terminal: what the reader needs first, wrapped to the width of the page.

State is told by word and symbol; colour repeats it where the page has colour. Text that comes from
files is made safe before anything else happens to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote
from textwrap import wrap
from typing import Final

from . import Json
from .outline import Deed, Outline, numbers_of, outline
from .page import Page
from .paint import GAP, INDENT, Paint
from .text import safe_throughout
from .wording import (
    MARKS,
    OPINIONS,
    OUTCOMES,
    SEVERITIES,
    STDIN_NAME,
    VERDICTS,
    accepted_words,
    asked_of,
    count,
    dates,
    program_words,
    sentence,
    standing_words,
)

QUESTIONS_SHOWN: Final = 12
GAPS_SHOWN: Final = 10
DEEDS_SHOWN: Final = 15
"""How many missing facts, rules without evidence and actions get a row, unless all do."""


def check(reports: Sequence[Json], page: Page) -> str:
    paint = Paint(page)
    clean = [safe_throughout(report) for report in reports]
    parts = [_case(report, paint) for report in clean]
    if len(clean) > 1:
        parts.insert(0, _overview(clean, paint))
    heavy = paint.dim(("━" if page.symbols else "=") * page.width)
    return paint.finish(f"\n\n{heavy}\n\n".join(parts) + "\n")


def explanation(explanation: Json, page: Page) -> str:
    from .proof import lines

    paint = Paint(page)
    return paint.finish("\n".join(lines(safe_throughout(explanation), paint)) + "\n")


def cases(outcome: Json, page: Page) -> str:
    from .trial import lines

    paint = Paint(page)
    return paint.finish("\n".join(lines(safe_throughout(outcome), paint)) + "\n")


def backtest(outcome: Json, page: Page) -> str:
    from .backtest import lines

    paint = Paint(page)
    return paint.finish("\n".join(lines(safe_throughout(outcome), paint)) + "\n")


def catalogue(catalogue: Json, page: Page) -> str:
    from .rule_sheet import listing_lines

    paint = Paint(page)
    return paint.finish("\n".join(listing_lines(safe_throughout(catalogue), paint)) + "\n")


def rules(rules: Sequence[Json], page: Page) -> str:
    from .rule_sheet import lines

    paint = Paint(page)
    heavy = paint.dim(("━" if page.symbols else "=") * page.width)
    sheets = ("\n".join(lines(safe_throughout(rule), paint)) for rule in rules)
    return paint.finish(f"\n\n{heavy}\n\n".join(sheets) + "\n")


def _overview(reports: Sequence[Json], paint: Paint) -> str:
    """All cases of the call in one table."""
    numbers = numbers_of(reports)
    narrow = paint.page.width < 100
    labels = [
        paint.fold(f"{shape.mark} {shape.headline}", 16 if narrow else 26)
        for shape in map(outline, reports)
    ]
    widest = max((line for label in labels for line in label.split("\n")), key=len)
    room = paint.room(widest, *numbers)
    rows = []
    for number, (report, label) in enumerate(zip(reports, labels, strict=True)):
        answer = report["verdict"] or report["opinion"]
        rows.append(
            [
                paint.state(label, answer),
                paint.fold(f"{report['case']['title']} · {report['case']['stage']}", room),
                *(str(counts[number] or "–") for counts in numbers.values()),
            ]
        )
    head = ["Answer", "Partnership", *numbers]
    return "\n".join(
        [paint.strong(count(len(reports), "partnership")), "", *paint.grid(rows, head)]
    )


def _case(report: Json, paint: Paint) -> str:
    shape = outline(report)
    breaches = _findings("Other breaches" if shape.blocks else "Breaches", shape.breaches, paint)
    undecided = shape.answer == "undecided"
    open_title = "Why it is undecided" if undecided else "What could block as well"
    few = paint.page.full or len(shape.gaps) <= GAPS_SHOWN
    listed_gaps = shape.gaps if few else ()
    blocks = [
        _heading(report, shape, paint),
        _what_if(report, paint),
        _findings("What blocks", shape.blocks, paint),
        _findings(open_title, shape.opens, paint, messages=False),
        [] if shape.blocks else breaches,
        _missing(shape, paint),
        _deeds(shape, paint),
        breaches if shape.blocks else [],
        _findings("Not enough evidence", listed_gaps, paint, messages=False),
        _findings("Accepted exceptions", shape.accepted, paint),
        _notices(shape, paint),
        _good(shape, paint),
        _rest(shape, () if few else shape.gaps, paint),
        foot(report, paint),
        _hint(report, shape, paint),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _heading(report: Json, shape: Outline, paint: Paint) -> list[str]:
    case = report["case"]
    lines = [
        paint.strong(line) for line in wrap(case["title"] or case["id"] or "", paint.page.width)
    ]
    lines += [paint.dim(line) for line in wrap(dates(case), paint.page.width)]
    lines += ["", paint.label(f"{shape.mark} {shape.headline.upper()}", shape.answer)]
    for text in shape.summary:
        lines += paint.paragraph(sentence(text) + ".", INDENT)
    return lines


def _what_if(report: Json, paint: Paint) -> list[str]:
    what_if = report.get("what_if")
    if not what_if:
        return []
    lines = [paint.strong("What if") + paint.dim("  (the file does not say so)")]
    for text in what_if["set"]:
        lines += paint.paragraph(f"! {text}", INDENT, 2)
    lines += ["", paint.strong("What changes")]
    changes = what_if["changes"]
    rows = []
    for name, words in (
        ("verdict", VERDICTS),
        ("opinion", OPINIONS),
        ("opinion_at_worst", OPINIONS),
    ):
        if name in changes:
            old, new = changes[name]["from"], changes[name]["to"]
            rows.append(
                [
                    sentence(name.replace("_", " ")),
                    f"{words.get(old or '', 'none')} → "
                    + paint.state(
                        f"{MARKS.get(new or '', '–')} {words.get(new or '', 'none')}", new
                    ),
                ]
            )
    for change in changes["results"]:
        rows.append([change["rule"], paint.fold(change["title"], paint.page.width - 12)])
        rows.append(
            [
                "",
                _state_words(change["from"])
                + " → "
                + paint.state(_state_words(change["to"], True), change["to"]["outcome"]),
            ]
        )
    if changes["missing_no_more"]:
        rows.append(
            ["Answered", paint.fold(", ".join(changes["missing_no_more"]), paint.page.width - 14)]
        )
    if changes["newly_missing"]:
        rows.append(
            ["Asked now", paint.fold(", ".join(changes["newly_missing"]), paint.page.width - 14)]
        )
    if not rows:
        return [*lines, " " * INDENT + "nothing: no outcome, verdict or open question"]
    return lines + paint.grid(rows)


def _state_words(state: Json, mark: bool = False) -> str:
    words = OUTCOMES[state["outcome"]]
    if state["severity"] and state["outcome"] in ("non_compliant", "insufficient_evidence"):
        words += f" ({state['severity']})"
    return f"{MARKS[state['outcome']]} {words}" if mark else words


def _findings(
    title: str, results: Sequence[Json], paint: Paint, messages: bool = True
) -> list[str]:
    """Findings, a row each; without `messages` only by the title of their rule."""
    if not results:
        return []
    levels = [_level(result) for result in results]
    rules = [result["rule"] for result in results]
    gate = "gate" if any(result["gate"] for result in results) else ""
    room = paint.room("✗", max(rules, key=len), max(levels, key=len), *([gate] if gate else []))
    rows = []
    for result, level in zip(results, levels, strict=True):
        text = result["message"] if messages or result.get("reasons") else None
        body = paint.fold(text or result["title"], room)
        accepted = result.get("accepted_by")
        if accepted:
            body += "\n" + paint.dim(paint.fold(accepted_words(accepted), room))
        outcome = result["outcome"]
        row = [
            paint.state(MARKS[outcome], outcome),
            paint.state(result["rule"], outcome),
            paint.state(level, result["severity"]),
        ]
        if gate:
            row.append(gate if result["gate"] else "")
        rows.append([*row, body])
    return [paint.strong(title), *paint.grid(rows)]


def _level(result: Json) -> str:
    """The severity that counts, with a question mark where it may turn out lower."""
    top: str = result["severity"]
    return top if result["severity_least"] in (None, top) else f"{top}?"


def _missing(shape: Outline, paint: Paint) -> list[str]:
    if not shape.missing:
        return []
    shown = shape.missing
    if not paint.page.full and len(shown) > QUESTIONS_SHOWN + 2:
        shown = shown[:QUESTIONS_SHOWN]
    number = f"  ({count(len(shape.missing), 'fact')}, the most decisive first)"
    mark = paint.state("?", "insufficient_evidence")
    decides = 16
    room = paint.page.width - INDENT - 1 - decides - 2 * GAP
    wide = paint.page.width >= 110
    left, right = (room * 3 // 5, room * 2 // 5 - GAP) if wide else (room, room)
    rows = []
    for asked in shown:
        question = paint.fold(asked_of(asked.text, asked.of), left)
        path = paint.dim(_path(asked.path, right))
        rules = paint.fold(" ".join(asked.decides), decides)
        if wide:
            rows.append([mark, question or path, path if question else "", rules])
        else:
            rows.append([mark, f"{question}\n{path}" if question else path, rules])
    head = ["", "Question", "Fact", "Decides"] if wide else ["", "Question and fact", "Decides"]
    lines = [paint.strong("What is missing") + paint.dim(number), *paint.grid(rows, head)]
    left_out = len(shape.missing) - len(shown)
    if left_out:
        lines += paint.aside(f"and {count(left_out, 'further fact')}; --all lists them", INDENT)
    return lines


def _path(path: str, room: int) -> str:
    """A path of facts, broken after a dot where it is longer than the room for it."""
    lines = [""]
    for piece in path.replace(".", ".\n").split("\n"):
        if lines[-1] and len(lines[-1]) + len(piece) > room:
            lines.append("")
        lines[-1] += piece
    return "\n".join(lines)


def _deeds(shape: Outline, paint: Paint) -> list[str]:
    if not shape.deeds:
        return []
    shown = _most_urgent(shape, paint.page.full)
    by, who, rules = 16, 18 if paint.page.width < 110 else 24, 8
    room = paint.page.width - INDENT - by - who - rules - 3 * GAP
    rows = [
        [
            paint.fold(deed.by, by),
            paint.fold(deed.who, who),
            paint.fold(deed.what, room),
            paint.fold(" ".join(deed.rules), rules),
        ]
        for deed in shown
    ]
    lines = [paint.strong("What to do"), *paint.grid(rows, ["By", "Who", "What", "Rule"])]
    left_out = len(shape.deeds) - len(shown)
    if left_out:
        lines += paint.aside(f"and {count(left_out, 'further action')}; --all lists them", INDENT)
    return lines


def _most_urgent(shape: Outline, full: bool) -> Sequence[Deed]:
    """All that what blocks asks for, and of the rest what falls due first."""
    if full or len(shape.deeds) <= DEEDS_SHOWN + 2:
        return shape.deeds
    blocking = {result["rule"] for result in shape.blocks}
    needed = [deed for deed in shape.deeds if blocking.intersection(deed.rules)]
    others = [deed for deed in shape.deeds if deed not in needed]
    shown = {*needed, *others[: max(0, DEEDS_SHOWN - len(needed))]}
    return [deed for deed in shape.deeds if deed in shown]


def _notices(shape: Outline, paint: Paint) -> list[str]:
    if not shape.notices:
        return []
    lines = [paint.strong("To note")]
    for notice in shape.notices:
        text = sentence(notice["message"])
        if notice.get("rule") and notice["rule"] not in text:
            text = f"{notice['rule']}: {text}"
        lines += paint.paragraph(f"! {text}", INDENT, 2)
    return lines


def _good(shape: Outline, paint: Paint) -> list[str]:
    if not shape.good:
        return []
    lines = [paint.strong("Good practice")]
    for text in shape.good:
        lines += paint.paragraph(f"{MARKS['compliant']} {sentence(text)}", INDENT, 2)
    return lines


def _rest(shape: Outline, gaps: Sequence[Json], paint: Paint) -> list[str]:
    """The rules without a row of their own, by what became of them."""
    groups: list[tuple[str, str, Sequence[Json]]] = [
        (
            "insufficient_evidence",
            f"without evidence, {level}",
            [result for result in gaps if result["severity"] == level],
        )
        for level in SEVERITIES
    ]
    groups += [
        ("compliant", "met", shape.compliant),
        ("not_applicable", "not applicable", shape.not_applicable),
        ("not_applicable", "cannot become a breach", shape.moot),
        ("withheld", "withheld", shape.withheld),
    ]
    groups = [group for group in groups if group[2]]
    if not groups:
        return []
    labels = [f"{MARKS[state]} {len(results)} {words}" for state, words, results in groups]
    room = paint.room(max(labels, key=len))
    rows = [
        [
            paint.state(label, state),
            paint.dim(paint.fold(" ".join(result["rule"] for result in results), room)),
        ]
        for label, (state, _, results) in zip(labels, groups, strict=True)
    ]
    lines = [paint.strong("The other rules"), *paint.grid(rows)]
    if gaps:
        lines += paint.aside("--all gives each rule without evidence a line", INDENT)
    return lines


def _hint(report: Json, shape: Outline, paint: Paint) -> list[str]:
    """The command that explains the first finding; one line, so that it can be copied."""
    found = (*shape.blocks, *shape.opens, *shape.breaches, *shape.gaps)
    source = report["case"]["source"]
    if not found or not source or source == STDIN_NAME:
        return []
    call = ["accordance", "explain", source, found[0]["rule"]]
    for setting in (report.get("what_if") or {}).get("set", ()):
        call += ["--set", setting]
    return [f"Why? {' '.join(map(quote, call))}"]


def foot(answer: Json, paint: Paint) -> list[str]:
    """By which strategy, program and facts the answer was made."""
    strategy, case = answer["strategy"], answer["case"]
    status = standing_words(strategy)
    name = f"{strategy['name']} {strategy['version']} ({status})"
    parts = [f"Strategy {name}, {_short(strategy['digest'])}"]
    if case.get("source"):
        parts.append(f"Facts {case['source']}, {_short(case['digest'])}")
    if answer.get("program"):
        parts.append(program_words(answer["program"]))
    return [line for part in parts for line in paint.aside(part, 0)]


def _short(digest: str | None) -> str:
    return (digest or "no digest")[:19]
