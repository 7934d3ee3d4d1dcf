"""Witnesses as rule cases, in the owner's format (docs/strategy_format.md)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any, Final

from ..check.judging import Assessment
from ..problem import Code, Place, Problem, Refused
from ..strategy.model import Strategy
from .answers import Answer, Question, Shown
from .investigation import judgement_of
from .space import AS_OF
from .witness import fact_file

OPTION: Final = "--save-test"
_SUPPLIED: Final = ("id", "title")


def save(answers: Iterable[Answer], strategy: Strategy, path: str) -> list[str]:
    """Write the witnesses as rule cases: to one file, or to one for each theme in a folder that is
    there. Returns the files. Raises Refused."""
    themes: dict[str, list[dict[str, Any]]] = {}
    for answer in answers:
        for shown in answer.shown:
            for theme, case in _cases(answer, shown, strategy):
                named = themes.setdefault(theme, [])
                case["name"] = _unlike(case, named)
                named.append(case)
    if not themes:
        raise _refusal("there is no witness to save", "ask for something that has one")
    order = [theme for theme in strategy.themes.values() if theme in themes]
    if os.path.isdir(path):
        files = {os.path.join(path, f"proved_{_slug(theme)}.yaml"): theme for theme in order}
    elif len(order) == 1:
        files = {path: order[0]}
    else:
        raise _refusal(
            f"the witnesses are cases of {len(order)} themes, and a file of cases has one",
            "name a folder that is there; each theme gets a file in it",
        )
    for file in files:
        if os.path.exists(file):
            raise _refusal(f"`{file}` is there already", "name another file, or take it away")
    for file, theme in files.items():
        with open(file, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(fact_file({"theme": theme, "cases": themes[theme]}))
    return list(files)


def _cases(
    answer: Answer, shown: Shown, strategy: Strategy
) -> Iterable[tuple[str, dict[str, Any]]]:
    said: Assessment = shown.witness.assessments[-1]
    names: Sequence[str] = shown.rules or answer.rules
    for name in names:
        rule = strategy.rule(name)
        if rule is None:
            continue
        judgement = judgement_of(said, rule.id)
        facts = {key: value for key, value in shown.witness.facts.items() if key not in _SUPPLIED}
        case: dict[str, Any] = {"rule": rule.id, "name": _name(answer), "given": facts}
        if facts.get(AS_OF) != shown.witness.evaluated_on:
            case["on"] = shown.witness.evaluated_on
        case["expect"] = judgement.outcome.value
        if judgement.moot:
            case["moot"] = True
        yield rule.theme, case


def _name(answer: Answer) -> str:
    if answer.question is Question.PROPERTY:
        return f"the property fails: {answer.subject}"
    return answer.says


def _unlike(case: dict[str, Any], others: Sequence[dict[str, Any]]) -> str:
    """The name of a case, told apart from other cases of its rule."""
    name = str(case["name"])
    same = sum(
        1 for one in others if one["rule"] == case["rule"] and str(one["name"]).startswith(name)
    )
    return f"{name} ({same + 1})" if same else name


def _slug(theme: str) -> str:
    return "".join(letter if letter.isalnum() else "_" for letter in theme.lower()).strip("_")


def _refusal(message: str, help: str) -> Refused:
    return Refused(Problem(Code.USAGE, message, Place(OPTION), help))
