"""What was proved of rules: for the terminal, as Markdown and as JSON, from its JSON form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from . import Json, markup
from .page import Page
from .paint import INDENT, Paint
from .text import safe_throughout
from .wording import OUTCOMES, VERDICTS, count, day, program_words, sentence, standing_words

_FAULT, _REMARK, _FINE, _OPEN = "non_compliant", "accepted_exception", "compliant", "undecided"
_MARKS: Final = {_FAULT: "✗", _REMARK: "!", _FINE: "✓", _OPEN: "?"}
_GROUPS: Final = (
    (("never_applies", "never_fails", "never_passes"), "Rules that do nothing", _FAULT),
    (("contradiction",), "Rules that can never both be met", _FAULT),
    (("implied",), "Rules that never fail without another", _REMARK),
    (("together",), "Rules that always fail together", _REMARK),
    (("gap",), "Partnerships that a theme leaves out", _REMARK),
    (("property",), "Properties", _FAULT),
    (("version",), "The new version", _REMARK),
)
_OVERALL: Final = {
    "equivalent": "The new version asks the same of every partnership",
    "stricter": "The new version is stricter",
    "looser": "The new version is looser",
    "neither": "The new version is stricter in some things and looser in others",
    "not_decided": "How the new version stands to the old one is not decided",
}
_WITNESSES_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    answers: tuple[Json, ...]
    state: str


def rendered(document: Json, format_name: str, page: Page) -> str:
    """The document in one of the formats; the text ends with a line break."""
    if format_name == "json":
        from .json import write

        return write(document)
    if format_name == "markdown":
        return _markdown(document)
    paint = Paint(page)
    return paint.finish("\n".join(_lines(safe_throughout(document), paint)) + "\n")


# for the terminal


def _lines(document: Json, paint: Paint) -> list[str]:
    blocks = [_heading(document, paint)]
    full = paint.page.full
    left = None if full else _WITNESSES_SHOWN
    for section in _sections(document):
        lines = [paint.strong(section.title)]
        for answer in section.answers:
            shown = answer["witnesses"] if left is None or left > 0 else []
            lines += _answer(answer, _state(answer, section.state), shown, paint)
            if left is not None:
                left -= len(shown)
        blocks.append(lines)
    if left is not None and left <= 0:
        blocks.append(paint.aside("--all shows a partnership for every answer", 0))
    if document["aside"]:
        lines = [paint.strong("To note")]
        for text in document["aside"]:
            lines += paint.paragraph(f"! {sentence(text)}", INDENT, 2)
        blocks.append(lines)
    blocks.append(_foot(document, paint))
    return [line for block in blocks for line in ("", *block)][1:]


def _heading(document: Json, paint: Paint) -> list[str]:
    lines = []
    for text, state in _summary(document):
        lines += [
            paint.state(line, state) for line in paint.paragraph(f"{_MARKS[state]} {text}", 0, 2)
        ]
    return lines


def _answer(answer: Json, state: str, shown: Sequence[Json], paint: Paint) -> list[str]:
    says = f"{_MARKS[state]} {sentence(answer['says'])}"
    lines = [paint.state(line, state) for line in paint.paragraph(says, INDENT, 2)]
    margin = INDENT + 2
    if answer["property"]:
        lines += paint.paragraph(answer["property"], margin, 2)
    for why in answer["because"]:
        lines += paint.paragraph(why, margin, 2)
    if answer["bound"]:
        lines += paint.aside(_bound(answer), margin)
    for witness in shown:
        lines += paint.aside(f"shown by this partnership, {_said(witness)}:", margin)
        lines += [f"{' ' * (margin + 2)}{line}".rstrip() for line in _text(witness)]
    return lines


def _text(witness: Json) -> list[str]:
    """The facts without the id and the title, which say nothing."""
    lines: list[str] = witness["lines"]
    return [line for line in lines if not line.startswith(("id:", "title:"))]


def _said(witness: Json) -> str:
    """What the checks said of a witness."""
    parts = [f"as checked on {day(witness['evaluated_on'])}"]
    for check in witness["checks"]:
        found = [f"{result['rule']} {_outcome(result)}" for result in check["results"]]
        if not found and check["verdict"]:
            found = [VERDICTS[check["verdict"]].lower()]
        elif check["verdict"] and check["version"] is None and len(witness["checks"]) == 1:
            found.append(f"answer {VERDICTS[check['verdict']].lower()}")
        label = f"{check['version']}: " if check["version"] else ""
        if found:
            parts.append(label + ", ".join(found))
    return "; ".join(parts)


def _outcome(result: Json) -> str:
    if result["moot"]:
        return "cannot become a breach"
    level = f" ({result['severity']})" if result["severity"] else ""
    return OUTCOMES[result["outcome"]] + level


def _foot(document: Json, paint: Paint) -> list[str]:
    return [line for text in _foot_texts(document) for line in paint.aside(text, 0)]


# as Markdown


def _markdown(document: Json) -> str:
    lines = ["# What is proved of the rules"]
    lines.append(
        markup.bullets(f"{_MARKS[state]} {markup.text(text)}" for text, state in _summary(document))
    )
    for section in _sections(document):
        lines.append(f"## {section.title}")
        for answer in section.answers:
            state = _state(answer, section.state)
            lines.append(f"**{_MARKS[state]} {markup.text(sentence(answer['says']))}**")
            asides = [markup.code(answer["property"])] if answer["property"] else []
            asides += [markup.prose(why) for why in answer["because"]]
            asides += [markup.text(_bound(answer))] if answer["bound"] else []
            if asides:
                lines.append(markup.bullets(asides))
            for witness in answer["witnesses"]:
                lines.append(markup.text(f"Shown by this partnership, {_said(witness)}:"))
                lines.append(markup.block("\n".join(_text(witness)), "yaml"))
    if document["aside"]:
        lines += ["## To note", markup.bullets(map(markup.prose, document["aside"]))]
    lines.append("---\n\n" + "  \n".join(map(markup.text, _foot_texts(document))))
    return "\n\n".join(lines) + "\n"


# what both say


def _sections(document: Json) -> Iterable[_Section]:
    for questions, title, state in _GROUPS:
        answers = tuple(
            answer
            for answer in document["answers"]
            if answer["question"] in questions and answer["answer"] != "equivalent"
        )
        if answers:
            yield _Section(title, answers, state)


def _state(answer: Json, found: str) -> str:
    if answer["answer"] == "not_decided":
        return _OPEN
    return _FINE if answer["answer"] == "holds" else found


def _summary(document: Json) -> list[tuple[str, str]]:
    """What came out, in one or two sentences, each with its state."""
    answers, asked = document["answers"], document["asked"]
    if document["kind"] == "properties":
        held = sum(answer["answer"] == "holds" for answer in answers)
        state = _FINE if held == len(answers) else _FAULT
        return [(f"{held} of {count(len(answers), 'property', 'properties')} held", state)]
    if document["kind"] == "versions":
        same = sum(answer["answer"] == "equivalent" for answer in answers)
        overall = document["overall"]
        state = {"equivalent": _FINE, "not_decided": _OPEN}.get(overall, _REMARK)
        rest = count(len(answers) - same, "rule")
        return [(f"{_OVERALL[overall]}: {rest} changed, {same} not", state)]
    scope = f"{count(asked['rules'], 'rule')}, {count(asked['pairs'], 'pair')} of rules"
    faults = [
        answer
        for questions, _, state in _GROUPS
        for answer in answers
        if state == _FAULT and answer["question"] in questions and answer["answer"] == "found"
    ]
    open_ = [answer for answer in answers if answer["answer"] == "not_decided"]
    found = [
        (
            f"{scope}: {count(len(faults), 'fault')}"
            if faults
            else f"{scope}: each can apply, fail and be met, and no two contradict each other",
            _FAULT if faults else _OPEN if open_ else _FINE,
        )
    ]
    if open_:
        found.append((f"{count(len(open_), 'question')} not decided", _OPEN))
    return found


def _bound(answer: Json) -> str:
    lists = ", ".join(f"{path} {number}" for path, number in answer["bound"].items())
    return f"looked at lists of at most so many items: {lists}"


def _foot_texts(document: Json) -> list[str]:
    bound = document["bound"]
    if bound["evaluated_from"] == bound["evaluated_until"]:
        on = f"on {day(bound['evaluated_from'])}"
    else:
        on = f"between {day(bound['evaluated_from'])} and {day(bound['evaluated_until'])}"
    texts = []
    for name, label in (("old", "Old strategy"), ("strategy", "Strategy")):
        strategy = document[name]
        if strategy:
            status = standing_words(strategy)
            digest = (strategy["digest"] or "no digest")[:19]
            texts.append(f"{label} {strategy['name']} {strategy['version']} ({status}), {digest}")
    texts.append(
        f"For every partnership whose facts do not contradict each other, whose dates lie between"
        f" {day(bound['dates_from'])} and {day(bound['dates_until'])}, evaluated {on}; lists of"
        f" unknown length with at most {count(bound['items'], 'item')}, where an answer names no"
        " other number"
    )
    texts.append(program_words(document["program"]))
    return texts
