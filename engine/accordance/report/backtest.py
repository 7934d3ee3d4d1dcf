"""What the back-test found, for the terminal: what was missed or wrong, then every case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from . import Json
from .paint import INDENT, Paint
from .wording import MARKS, OPINIONS, OUTCOMES, VERDICTS, count

HEAD: Final = ("Case", "Found", "False", "Breaches", "Gaps", "Answer")
_FLAWS: Final = ("missed", "false_alarms", "met_when_blind")


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
    rows = table(outcome)
    room = max(20, paint.room(*_widest(rows, HEAD)[1:]))
    for row in rows:
        row[0] = paint.fold(row[0], room, hyphens=True)
    if rows:
        text += [*paint.grid(rows, HEAD), ""]
    text += [
        paint.state(line, _state(outcome)) for line in paint.paragraph(total_words(outcome), 0)
    ]
    return text + [line for words in sums(outcome) for line in paint.paragraph(words, INDENT)]


def table(outcome: Json) -> list[list[str]]:
    """A row for each case, under HEAD."""
    return [
        [
            case["name"],
            f"{case['due'] - len(case['missed'])} of {case['due']}" if case["due"] else "–",
            str(len(case["false_alarms"]) or "–"),
            str(case["breaches"]),
            str(case["gaps"]),
            answer_words(case),
        ]
        for case in outcome["cases"]
    ]


def _widest(rows: list[list[str]], head: Sequence[str]) -> list[str]:
    """The widest line of each column."""
    columns = zip(head, *rows, strict=True)
    return [
        max((line for cell in cells for line in cell.split("\n")), key=len) for cells in columns
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
        found.append(f"{one['rule']} found {_words(one['got'])}: {one['message']}{why}")
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
    return found if found == blind else f"{found}\nblind: {blind.lower()}"


def total_words(outcome: Json) -> str:
    """How many findings were due and found, and how many were false alarms."""
    alarms, due = outcome["false_alarms"], outcome["due"]
    verb = "was" if due == 1 else "were"
    return (
        f"{MARKS[_state(outcome)]} {count(len(outcome['cases']), 'case')}:"
        f" {outcome['found']:,} of {count(due, 'finding')} due {verb} found,"
        f" {count(alarms, 'false alarm') if alarms else 'no false alarm'}"
    )


def sums(outcome: Json) -> list[str]:
    """What else there is to say of all cases together."""
    met, changed = outcome["met_when_blind"], outcome["answers_changed_when_blind"]
    improved = outcome["verdicts_improved_when_blind"]
    blind = [
        f"{count(met, 'broken rule')} {'are' if met > 1 else 'is'} met"
        if met
        else "no broken rule is met",
        f"{count(improved, 'verdict')} {'turn' if improved > 1 else 'turns'} from no to yes"
        if improved
        else "no verdict turns from no to yes",
        f"{count(changed, 'answer')} {'differ' if changed > 1 else 'differs'}"
        if changed
        else "no answer differs",
    ]
    found = (
        f"As found: {count(outcome['breaches'], 'breach', 'breaches')} and"
        f" {count(outcome['gaps'], 'rule')} without enough evidence."
    )
    if not outcome["retrospective"]:
        return [found]
    return [
        found,
        f"Blind, without {count(outcome['retrospective'], 'fact')} that came out later:"
        f" {', '.join(blind)}.",
    ]


def _state(outcome: Json) -> str:
    return "compliant" if is_good(outcome) else "non_compliant"
