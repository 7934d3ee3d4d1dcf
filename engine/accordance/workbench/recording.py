"""A partnership as it is becomes a case of a rule, written into the rule's own file of cases.

Only the facts that the rule reads are kept. The file is not written anew: the case is put in behind
the others of its rule, so that comments and layout stay. What is written is read and checked first.
"""

from __future__ import annotations

import os
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from typing import Any, Final

from ..check.checker import Checker
from ..check.exceptions import LEAD
from ..facts.case import Case
from ..plan.outcome import Kind
from ..plan.reading import FactsRead
from ..problem import Code, Place, Problem, Refused
from ..source.reading import read
from ..source.tree import Located, Mapping, Scalar, Sequence, plain
from ..strategy.cases import SUPPLIED_FACTS, RuleCase, cases_of
from ..strategy.folder import CASES, SourceFile, locate, read_case_files
from ..strategy.model import EVIDENCE, Rule, Strategy
from .example import ALWAYS, cut
from .fact_text import fact_text, one_line
from .rule_parts import expressions, names_in_messages
from .trial import failure

_TITLE: Final = "title"


@dataclass(frozen=True, slots=True)
class Recorded:
    """A case that was written: into which file, on which line, and what it expects."""

    path: str
    place: Place
    case: RuleCase


def record(
    checker: Checker,
    folder: str | None,
    case: Case,
    rule: Rule,
    name: str | None = None,
) -> Recorded:
    """Write what a rule says of a case as a case of that rule, and say where.

    `name` is what the case is called; without it by its title. Raises Refused where the rule has a
    case of that name, or its file cannot take one.
    """
    strategy = checker.strategy
    place = locate(folder)
    target = _target(read_case_files(place), place.shown(""), rule, strategy)
    path = os.path.join(place.path, target.name)
    shown = place.shown(target.name)
    name = name or case.title
    tree = read(data=target.data, name=shown)
    assert isinstance(tree, Mapping)
    _refuse_same_name(tree, rule, name)
    judged = _judged(checker, case, rule)
    for whole in (False, True):
        given = _given(checker, case, rule, tree.entries.get("base"), whole)
        text = _case_text(rule, name, given, case, judged)
        data = _inserted(tree, rule, text)
        made = cases_of(read(data=data, name=shown), strategy)
        found = next(one for one in made if (one.rule, one.name) == (rule.id, name))
        if failure(checker, found) is None:
            _write(path, data)
            return Recorded(path, found.place, found)
    raise Refused(
        Problem(
            Code.CASE_FORMAT,
            f"what {rule.id} says of this partnership does not follow from its facts alone",
            Place(case.source),
            f"write the case by hand in {shown}",
        )
    )


def _target(files: list[SourceFile], root: str, rule: Rule, strategy: Strategy) -> SourceFile:
    """The file with cases of the rule, else one of its theme, else a new one."""
    of_theme: list[SourceFile] = []
    for file in files:
        tree = read(data=file.data, name=f"{root.rstrip('/')}/{file.name}")
        if not isinstance(tree, Mapping) or _word(tree.entries.get("theme")) != rule.theme:
            continue
        if any(_word(item.entries.get("rule")) == rule.id for item in _cases(tree)):
            return file
        of_theme.append(file)
    if of_theme:
        return of_theme[0]
    prefix = next(key for key, theme in strategy.themes.items() if theme == rule.theme)
    head = f"theme: {one_line(rule.theme)}\ncases:\n".encode()
    return SourceFile(f"{CASES}/{prefix.lower()}.yaml", head)


def _word(node: Located | None) -> str | None:
    return node.text if isinstance(node, Scalar) else None


def _cases(tree: Mapping) -> list[Mapping]:
    node = tree.entries.get("cases")
    items = node.items if isinstance(node, Sequence) else []
    return [item for item in items if isinstance(item, Mapping)]


def _refuse_same_name(tree: Mapping, rule: Rule, name: str) -> None:
    for item in _cases(tree):
        same = _word(item.entries.get("name")) == name
        if same and _word(item.entries.get("rule")) == rule.id:
            raise Refused(
                Problem(
                    Code.DUPLICATE_ID,
                    f"{rule.id} has a case `{name}` already",
                    item.entries["name"].place,
                    "give this one a name of its own with `--name`",
                )
            )


# what the case says


def _judged(checker: Checker, case: Case, rule: Rule) -> dict[str, Any]:
    """What is written of the outcome: all that a person would look for."""
    answer = checker.check(case)
    judgement = next(one for one in answer.assessment.judgements if one.rule.id == rule.id)
    expect: dict[str, Any] = {"expect": judgement.outcome.value}
    if judgement.kind is not None:
        expect["severity"] = judgement.severity
        if judgement.severity_least != judgement.severity:
            expect["severity_least"] = judgement.severity_least
    if judgement.kind is Kind.BREACH:
        expect["gate"] = judgement.gate
    if judgement.moot:
        expect["moot"] = True
    if judgement.kind is Kind.GAP:
        expect["missing"] = list(answer.result(judgement)["missing"])
    return {"on": answer.assessment.evaluated_on, **expect}


def _given(
    checker: Checker, case: Case, rule: Rule, base: Located | None, whole: bool
) -> dict[str, Any]:
    """The facts of the case that the rule reads, as far as they differ from those of the file."""
    facts = plain(case.located)
    under = plain(base) if isinstance(base, Mapping) else {}
    if whole or rule.about == EVIDENCE:
        kept, beneath = dict(facts), dict(under)
    else:
        reads = FactsRead(checker.plan)
        strategy = checker.strategy
        paths = {path for node in expressions(rule) for path in reads.of(node)}
        paths |= {name for name in names_in_messages(rule) if name in strategy.model.facts}
        for name in names_in_messages(rule):
            if name in strategy.definitions:
                paths |= set(reads.of_definition(name))
        paths |= {one for one in ALWAYS if one != _TITLE}
        if "exceptions" in facts:
            paths |= {"exceptions", LEAD}
        if rule.jurisdictions:
            paths.add("jurisdiction")
        kept, beneath = cut(facts, frozenset(paths)), cut(under, frozenset(paths))
    for name in SUPPLIED_FACTS:
        if not whole:
            kept.pop(name, None)
            beneath.pop(name, None)
    return _over(kept, beneath)


def _over(facts: AbstractMapping[str, Any], base: AbstractMapping[str, Any]) -> dict[str, Any]:
    """What must be given for facts to come out where the base lies beneath."""
    given: dict[str, Any] = {}
    for name, value in facts.items():
        below = base.get(name)
        if isinstance(value, AbstractMapping) and isinstance(below, AbstractMapping):
            inner = _over(value, below)
            if inner:
                given[name] = inner
        elif value != below or type(value) is not type(below):
            given[name] = value
    return given | {name: None for name in base if name not in facts}


def _case_text(
    rule: Rule, name: str, given: dict[str, Any], case: Case, judged: dict[str, Any]
) -> list[str]:
    lines = [f"- rule: {rule.id}", f"  name: {one_line(name)}"]
    if given:
        facts = fact_text({"given": given}).splitlines()
        lines += [f"  {line}" for line in facts]
    rest = dict(judged)
    day = rest.pop("on")
    if case.as_of != day:
        lines.append(f"  on: {day.isoformat()}")
    return lines + [f"  {line}" for line in fact_text(rest).splitlines()]


# the file


def _inserted(tree: Mapping, rule: Rule, lines: list[str]) -> bytes:
    """The file with one more case, behind the last of its rule, else at the end."""
    cases = tree.entries.get("cases")
    text = tree.source.text
    ending = "\r\n" if "\r\n" in text else "\n"
    if isinstance(cases, Sequence) and cases.items:
        if text[cases.start] == "[":
            raise Refused(
                Problem(
                    Code.CASE_FORMAT,
                    "the cases of this file stand in `[...]`, where none can be put in",
                    cases.place,
                    "write them one below the other, each behind a `-`",
                )
            )
        starts = [item.start for item in cases.items]
        of_rule = [
            index
            for index, item in enumerate(cases.items)
            if isinstance(item, Mapping) and _word(item.entries.get("rule")) == rule.id
        ]
        last = of_rule[-1] if of_rule else len(starts) - 1
        limit = starts[last + 1] if last + 1 < len(starts) else len(text)
        at = _end_of(text, starts[last], limit)
        dash = text.rfind("\n", 0, starts[last]) + 1
        indent = text[dash : starts[last]].rpartition("-")[0]
    else:
        at, indent = len(text), ""
    before = text[:at]
    if before and not before.endswith("\n"):
        before += ending
    new = "".join(f"{indent}{line}{ending}" for line in lines)
    return (before + new + text[at:]).encode()


def _end_of(text: str, start: int, limit: int) -> int:
    """Where the line behind a case begins: blank lines and comments below belong to the next."""
    end = at = start
    while at < limit:
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop + 1
        if stop > limit:
            break
        line = text[at:stop].strip()
        if line and not line.startswith("#"):
            end = stop
        at = stop
    return end


def _write(path: str, data: bytes) -> None:
    """Put the file in place as a whole, so that nobody reads half of it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    beside = f"{path}.new"
    with open(beside, "wb") as file:
        file.write(data)
    os.replace(beside, path)
