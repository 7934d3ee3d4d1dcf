"""Why a rule came out as it did, as a colleague would tell it, for the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from . import Json
from .grounds import decisive, fact_lines, not_stated
from .outline import questions
from .paint import GAP, INDENT, Paint, unpainted
from .wording import (
    MARKS,
    OUTCOMES,
    accepted_words,
    asked_of,
    count,
    dates,
    day,
    joined_words,
    listed,
    part_words,
    sentence,
    severity,
)

_MET: Final = {True: "✓ met", False: "✗ not met", None: "? not known"}
_OUTCOME_OF: Final = {True: "compliant", False: "non_compliant", None: "insufficient_evidence"}
_HOLDS: Final = {True: "✓", False: "✗", None: "?"}
"""The words of a part say what is the case: of one that does not hold, its contrary."""
_DEEPEST: Final = 12
"""Levels of a proof that are indented; what lies deeper stands at the same margin."""


def lines(explanation: Json, paint: Paint) -> list[str]:
    """The whole answer to `accordance explain`, as lines."""
    blocks = [
        _heading(explanation, paint),
        _applies(explanation, paint),
        _asks(explanation, paint),
        _serious(explanation, paint),
        _exception(explanation, paint),
        _remedy(explanation, paint),
        _actions(explanation, paint),
        _purpose(explanation, paint),
        _foot(explanation, paint),
    ]
    text: list[str] = []
    for block in blocks:
        if block:
            text += ["", *block] if text else block
    return text


def part_lines(part: Json, paint: Paint, source: str | None = None) -> list[str]:
    """One condition with what it rests on, not indented."""
    return _part(part, paint, 0, _HOLDS[part["state"]], source)


def _heading(explanation: Json, paint: Paint) -> list[str]:
    case, outcome = explanation["case"], explanation["outcome"]
    words = "cannot become a breach" if explanation.get("moot") else OUTCOMES[outcome]
    label = f"{MARKS[outcome]} {words.upper()}"
    if outcome in ("non_compliant", "insufficient_evidence", "accepted_exception"):
        gate = "gate" if explanation.get("gate") else ""
        more = ", ".join(word for word in (severity(explanation), gate) if word)
        label += f" ({more})" if more else ""
    text = [
        paint.strong(line)
        for line in paint.paragraph(f"{explanation['rule']}  {explanation['title']}", 0, 8)
    ]
    text += [paint.dim(line) for line in paint.paragraph(f"{case['title']} · {dates(case)}", 0, 2)]
    text += ["", paint.label(label, outcome)]
    if explanation.get("message"):
        text += paint.paragraph(explanation["message"], INDENT)
    for setting in (explanation.get("what_if") or {}).get("set", ()):
        text += paint.paragraph(f"! what if {setting} (the file does not say so)", INDENT, 2)
    return text


def _applies(explanation: Json, paint: Paint) -> list[str]:
    when, stages = explanation.get("when"), explanation.get("stages")
    stage = explanation["case"].get("stage")
    title = paint.strong("Does the rule apply?") + "  "
    if when is None:
        if explanation["outcome"] == "not_applicable":
            where = f"; it is for {listed(stages)} partnerships" if stages else ""
            return [f"{title}No, not to {_a(stage)} partnership{where}"]
        return [f"{title}Yes, to every {stage or ''} partnership".replace("  p", " p")]
    answer = {True: "Yes", False: "No", None: "Not known"}[when["state"]]
    return [
        title + answer,
        *_part(when, paint, INDENT, _HOLDS[when["state"]], explanation["case"]["source"]),
    ]


def _a(stage: str | None) -> str:
    if not stage:
        return "this"
    return f"an {stage}" if stage[0] in "aeiou" else f"a {stage}"


def _asks(explanation: Json, paint: Paint) -> list[str]:
    asked: Sequence[Json] = explanation.get("require") or ()
    if not asked:
        return []
    text = [paint.strong("What it asks")]
    for part in asked:
        mark = paint.state(_MET[part["state"]], _OUTCOME_OF[part["state"]])
        source = explanation["case"]["source"]
        text += _part(part, paint, INDENT, mark, source, len("? not known"), top=True)
    return text


def _serious(explanation: Json, paint: Paint) -> list[str]:
    steps: Sequence[Json] = explanation.get("severity_when") or ()
    if not steps or explanation["outcome"] in ("not_applicable", "compliant"):
        return []
    text = [paint.strong("How serious") + f"  {severity(explanation)}"]
    for step in steps:
        part = step["part"]
        holds = {True: "Yes,", False: "No,", None: "Not known whether"}[part["state"]]
        text += paint.paragraph(f"{step['level']}? {holds} {part['words']}", INDENT, 2)
        text += _grounds(part, paint, INDENT + 2, explanation["case"]["source"])
    return text


def _part(
    part: Json,
    paint: Paint,
    margin: int,
    mark: str,
    source: str | None,
    column: int = 1,
    top: bool = False,
) -> list[str]:
    """A condition: its mark and words, then its meaning, facts and parts set under the words."""
    inner = margin + column + GAP
    pad = column - len(unpainted(mark))
    head = paint.paragraph(part_words(part), inner)
    first = " " * margin + mark + " " * (pad + GAP) + head[0][inner:]
    return [first, *head[1:], *_grounds(part, paint, inner, source, top)]


def _grounds(
    part: Json, paint: Paint, margin: int, source: str | None, top: bool = False
) -> list[str]:
    """What a condition rests on; at the `top` with all of its parts."""
    if part["kind"] == "not" and part.get("parts"):
        # Its words have said the contrary of what it denies, whose grounds are its own.
        return _grounds(part["parts"][0], paint, margin, source)
    text: list[str] = []
    if part.get("means") and part["means"].casefold() not in part["words"].casefold():
        text += paint.aside(f"meaning: {part['means']}", margin)
    for words in fact_lines(part.get("facts") or (), source):
        text += paint.aside(words, margin)
    for path in not_stated(part):
        text += paint.paragraph(f"not stated: {path}", margin, 2)
    for reason in part.get("reasons") or ():
        text += paint.paragraph(f"cannot be told: {reason}", margin, 2)
    parts: Sequence[Json] = part.get("parts") or ()
    joined = joined_words(parts[0]) if part["kind"] == "definition" and len(parts) == 1 else None
    if joined:
        # The name of the definition has been said; what it joins stands directly below.
        text += paint.aside(f"{joined}:", margin)
        part = parts[0]
    shown, left_out = decisive(part, full=top or paint.page.full)
    deeper = margin if margin < _DEEPEST * (1 + GAP) else margin - 1 - GAP
    for inner in shown:
        text += _part(inner, paint, deeper, _HOLDS[inner["state"]], source)
    if left_out:
        text += paint.aside(f"({left_out})", deeper)
    return text


def _exception(explanation: Json, paint: Paint) -> list[str]:
    exception = explanation.get("exception")
    if not exception:
        return []
    return [
        paint.strong("Accepted exception"),
        *paint.paragraph(sentence(accepted_words(exception)), INDENT),
    ]


def _remedy(explanation: Json, paint: Paint) -> list[str]:
    remedies: Sequence[str] = explanation.get("remedy") or ()
    unknown = questions(explanation.get("missing") or ())
    undecided = explanation["outcome"] == "insufficient_evidence"
    text: list[str] = []
    if unknown and undecided:
        number = paint.dim(f"  ({count(len(unknown), 'fact')})")
        text.append(paint.strong("What would decide it") + number)
        for asked in unknown:
            words = f"? {asked_of(asked.text, asked.of)}"
            text += paint.paragraph(f"{words} ({asked.path})" if asked.text else words, INDENT, 2)
    if remedies:
        text += [""] if text else []
        text.append(paint.strong("It is met if" if undecided else "What would have to change"))
        for remedy in remedies:
            text += paint.paragraph(f"· {remedy}", INDENT, 2)
    return text


def _actions(explanation: Json, paint: Paint) -> list[str]:
    actions: Sequence[Json] = explanation.get("actions") or ()
    if not actions or explanation["outcome"] != "non_compliant":
        return []
    text = [paint.strong("What to do")]
    for action in actions:
        due, due_on = action.get("due"), action.get("due_on")
        when = f"by {day(due_on)} ({due})" if due_on and due != "at once" else due
        who = ", ".join(word for word in (action.get("owner"), when) if word)
        text += paint.paragraph(f"· {action['do']}" + (f" – {who}" if who else ""), INDENT, 2)
        if action.get("done_when"):
            text += paint.paragraph(f"done when: {action['done_when']}", INDENT + 2, 2)
    return text


def _purpose(explanation: Json, paint: Paint) -> list[str]:
    text: list[str] = []
    if explanation.get("because"):
        text += [
            paint.strong("Why there is this rule"),
            *paint.paragraph(explanation["because"], INDENT),
        ]
    if explanation.get("basis"):
        text += [
            paint.dim(line)
            for line in paint.paragraph(f"Basis: {'; '.join(explanation['basis'])}", INDENT)
        ]
    return text


def _foot(explanation: Json, paint: Paint) -> list[str]:
    from .table import foot

    return foot(explanation, paint)
