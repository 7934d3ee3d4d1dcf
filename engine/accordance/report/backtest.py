"""What the back-test found, for the terminal: what was missed or wrong, then every case."""

from __future__ import annotations

from . import Json
from .paint import INDENT, Paint
from .wording import MARKS, OPINIONS, OUTCOMES, VERDICTS, count

_FLAWS = ("missed", "false_alarms", "met_when_blind")


def is_good(outcome: Json) -> bool:
    """Was everything found that was due, nothing that was not, and nothing met when blind?"""
    return not any(case[flaw] for case in outcome["cases"] for flaw in _FLAWS) and not any(
        case["improved_when_blind"] for case in outcome["cases"]
    )


def lines(outcome: Json, paint: Paint) -> list[str]:
    text: list[str] = []
    for case in outcome["cases"]:
        found = flaws(case)
        if found:
            text.append(paint.strong(case["name"]))
            for flaw in found:
                text += paint.paragraph(f"{MARKS['non_compliant']} {flaw}", INDENT, 2)
            text.append("")
    cases = outcome["cases"]
    answers = [answer_words(case) for case in cases]
    room = max(24, paint.room(max(answers, key=len, default=""), "Due", "Found", "False"))
    rows = [
        [
            paint.fold(case["name"], room),
            str(case["due"]),
            str(case["due"] - len(case["missed"])),
            str(len(case["false_alarms"]) or "–"),
            answer,
        ]
        for case, answer in zip(cases, answers, strict=True)
    ]
    if rows:
        text += [*paint.grid(rows, ["Case", "Due", "Found", "False", "Answer"]), ""]
    return text + [
        paint.state(line, _state(outcome)) for line in paint.paragraph(total_words(outcome), 0)
    ]


def flaws(case: Json) -> list[str]:
    """What was wrong in a case, a sentence each."""
    found = []
    for one in case["missed"]:
        why = f": {one['why']}" if one["why"] else ""
        found.append(
            f"{one['rule']} expected {_words(one['expected'])}, got {_words(one['got'])}{why}"
        )
    for one in case["false_alarms"]:
        why = f"; it should not: {one['why']}" if one["why"] else ""
        found.append(f"{one['rule']} found {_words(one['got'])}, {one['message']}{why}")
    for rule in case["met_when_blind"]:
        found.append(f"{rule} is broken as found, and met without what came out later")
    if case["improved_when_blind"]:
        found.append("the verdict turns from no to yes without what came out later")
    return found


def _words(state: Json) -> str:
    words = OUTCOMES[state["outcome"]]
    weighty = state["outcome"] in ("non_compliant", "insufficient_evidence")
    return f"{words} ({state['severity']})" if weighty else words


def answer_words(case: Json) -> str:
    """The verdict or opinion of a case, and that of the blind run where it differs."""

    def words(when: str) -> str:
        verdict, opinion = case[f"verdict{when}"], case[f"opinion{when}"]
        return VERDICTS.get(verdict or "") or OPINIONS.get(opinion or "") or "none"

    found, blind = words(""), words("_when_blind")
    return found if found == blind else f"{found}; blind: {blind.lower()}"


def total_words(outcome: Json) -> str:
    """How many findings were due and found, and how many were false alarms."""
    alarms = outcome["false_alarms"]
    return (
        f"{MARKS[_state(outcome)]} {count(len(outcome['cases']), 'case')}:"
        f" {outcome['found']:,} of {count(outcome['due'], 'finding')} due were found,"
        f" {count(alarms, 'false alarm') if alarms else 'no false alarm'}"
    )


def _state(outcome: Json) -> str:
    return "compliant" if is_good(outcome) else "non_compliant"
