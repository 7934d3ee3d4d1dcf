"""The back-test: partnerships whose story is known, and what a good check had to find in them.

Each case is a pair of files, `NAME.facts.yaml` and `NAME.expected.yaml`. It is checked twice: *as
found*, and *blind*, without the facts that came to light only later (`retrospective`). Blind, a
rule that was broken may lack evidence; it may never be met.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..check.answer import PROGRAM
from ..check.checker import Checker
from ..facts.case import Case
from ..facts.reading import load_case
from ..facts.setting import with_set
from ..plan.outcome import SEVERITY_RANK
from ..problem import Code, Problem, Refused
from ..source.quoting import quoted
from ..source.reading import read
from ..source.tree import Located, Mapping
from ..strategy.fields import Fields, suggestion
from ..strategy.model import SEVERITIES, Strategy

SCHEMA: Final = "accordance/backtest/1"
FACTS: Final = ".facts.yaml"
EXPECTED: Final = ".expected.yaml"

_FIELDS: Final = (
    *("flag", "must_not_flag", "may_flag", "retrospective"),
    *("sources", "dossier", "timepoint", "archetype"),
)
_FLAG_FIELDS: Final = ("rule", "severity_min", "outcome", "why")
_GAP: Final = "insufficient_evidence"
_OUTCOMES: Final = ("non_compliant", _GAP)
_ANSWERS: Final = ("verdict", "opinion")
_NO: Final = ("do_not_proceed", "undecided")
_POSITION: Final = re.compile(r"\[\d+\]")


@dataclass(frozen=True, slots=True)
class Due:
    """A finding that a good check makes: a breach, or where `gap` at least a gap."""

    rule: str
    severity_min: str
    gap: bool
    why: str | None


@dataclass(frozen=True, slots=True)
class Expectations:
    """What is to be found in one case, what must not be, and which facts came out later."""

    due: tuple[Due, ...]
    not_due: tuple[tuple[str, str | None], ...]
    retrospective: tuple[str, ...]


def pairs(path: str) -> list[tuple[str, str]]:
    """The fact files of a folder, by name, with their files of expectations; where it has none,
    those of the folders in it. A fact file is taken by itself. None for any other path."""
    if path.endswith(FACTS):
        expected = path.removesuffix(FACTS) + EXPECTED
        return [(path, expected)] if os.path.isfile(path) and os.path.isfile(expected) else []
    if not os.path.isdir(path):
        return []
    below = [os.path.join(path, name) for name in sorted(os.listdir(path))]
    own = [pair for one in below if one.endswith(FACTS) for pair in pairs(one)]
    return own or [
        pair
        for folder in below
        if os.path.isdir(folder)
        for name in sorted(os.listdir(folder))
        if name.endswith(FACTS)
        for pair in pairs(os.path.join(folder, name))
    ]


def run_backtest(checker: Checker, files: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What became of the cases, in the form `accordance/backtest/1`.

    Raises Refused with the problems of all files that have any.
    """
    cases: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for facts, expected in files:
        try:
            cases.append(_outcome(checker, facts, expected))
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)
    strategy = checker.strategy
    return {
        "schema": SCHEMA,
        "program": PROGRAM,
        "strategy": {
            "name": strategy.name,
            "title": strategy.title,
            "version": strategy.version,
            "digest": strategy.digest,
            "source_digest": strategy.source_digest,
            "status": strategy.status,
        },
        "due": sum(case["due"] for case in cases),
        "found": sum(case["due"] - len(case["missed"]) for case in cases),
        "false_alarms": sum(len(case["false_alarms"]) for case in cases),
        "breaches": sum(case["breaches"] for case in cases),
        "gaps": sum(case["gaps"] for case in cases),
        "retrospective": sum(len(case["retrospective"]) for case in cases),
        "met_when_blind": sum(len(case["met_when_blind"]) for case in cases),
        "answers_changed_when_blind": sum(case["changed_when_blind"] for case in cases),
        "verdicts_improved_when_blind": sum(case["improved_when_blind"] for case in cases),
        "cases": cases,
    }


def _outcome(checker: Checker, facts: str, expected: str) -> dict[str, Any]:
    expectations = read_expectations(expected, checker.strategy)
    case = load_case(checker.strategy.model, path=facts)
    found = checker.check(case).to_json()
    blind = checker.check(_without(case, expectations.retrospective)).to_json()
    results = {result["rule"]: result for result in found["results"]}
    missed = [
        {"rule": due.rule, "expected": _words(due), "got": _got(results[due.rule]), "why": due.why}
        for due in expectations.due
        if not _reached(due, results[due.rule])
    ]
    alarms = [
        {"rule": rule, "got": _got(results[rule]), "message": results[rule]["message"], "why": why}
        for rule, why in expectations.not_due
        if results[rule]["kind"] == "breach"
    ]
    met = [
        result["rule"]
        for result in blind["results"]
        if result["outcome"] == "compliant" and results[result["rule"]]["kind"] == "breach"
    ]
    return {
        "name": os.path.basename(facts).removesuffix(FACTS),
        "source": found["case"]["source"],
        "stage": found["case"]["stage"],
        "due": len(expectations.due),
        "missed": missed,
        "false_alarms": alarms,
        "retrospective": list(expectations.retrospective),
        "met_when_blind": met,
        "verdict": found["verdict"],
        "verdict_when_blind": blind["verdict"],
        "opinion": found["opinion"],
        "opinion_when_blind": blind["opinion"],
        "changed_when_blind": any(found[name] != blind[name] for name in _ANSWERS),
        "improved_when_blind": found["verdict"] in _NO and blind["verdict"] not in _NO,
        "breaches": _count(found, "breach"),
        "gaps": _count(found, "gap"),
        "breaches_when_blind": _count(blind, "breach"),
        "gaps_when_blind": _count(blind, "gap"),
    }


def _count(answer: dict[str, Any], kind: str) -> int:
    return sum(result["kind"] == kind for result in answer["results"])


def _reached(due: Due, result: dict[str, Any]) -> bool:
    kinds = ("breach", "gap") if due.gap else ("breach",)
    if result["kind"] not in kinds:
        return False
    return SEVERITY_RANK[result["severity"]] >= SEVERITY_RANK[due.severity_min]


def _words(due: Due) -> dict[str, Any]:
    return {"outcome": _GAP if due.gap else "non_compliant", "severity": due.severity_min}


def _got(result: dict[str, Any]) -> dict[str, Any]:
    return {"outcome": result["outcome"], "severity": result["severity"]}


def _without(case: Case, paths: Sequence[str]) -> Case:
    """The case without some facts, named by paths that hold for every item of a list."""
    gone = set(paths)
    concrete = [path for path in case.places if _POSITION.sub("", path) in gone]
    # Lists and groups take what is in them along.
    wholes = tuple(f"{path}{mark}" for path in concrete for mark in ".[")
    concrete = [path for path in concrete if not path.startswith(wholes)]
    return with_set(case, [f"{path}=" for path in concrete]) if concrete else case


def read_expectations(path: str, strategy: Strategy) -> Expectations:
    """What a file of expectations says. Raises Refused with all of its problems."""
    node = read(path)
    problems: list[Problem] = []
    if not isinstance(node, Mapping):
        raise Refused(
            Problem(
                Code.CASE_FORMAT,
                "the file does not hold expectations",
                node.place,
                "write `flag:` and `must_not_flag:` with lists of rules",
            )
        )
    fields = Fields(node, "a file of expectations", node.place, _FIELDS, problems)
    due, not_due = [], []
    for item in fields.items("flag"):
        entry = _entry(item, problems)
        rule = _rule(entry, strategy) if entry else None
        if entry and rule:
            severity = entry.choice("severity_min", SEVERITIES) or SEVERITIES[-1]
            gap = entry.choice("outcome", _OUTCOMES) == _GAP
            due.append(Due(rule, severity, gap, entry.text("why")))
    expected = {one.rule for one in due}
    for item in fields.items("must_not_flag"):
        entry = _entry(item, problems)
        rule = _rule(entry, strategy) if entry else None
        if entry and rule:
            not_due.append((rule, entry.text("why")))
            if rule in expected:
                entry.note(
                    Code.CASE_FORMAT,
                    f"{rule} is to be found and not to be found",
                    entry.place,
                    "keep it under `flag` or under `must_not_flag`",
                )
    for item in fields.items("may_flag"):
        if isinstance(item, Mapping):
            entry = _entry(item, problems)
            if entry:
                _rule(entry, strategy)
        else:
            name = fields.text_of(item, "a rule under `may_flag`")
            if name is not None and name not in _ids(strategy):
                _note_unknown(fields, name, item, strategy)
    retrospective = fields.texts("retrospective")
    known = strategy.model.facts
    for name in retrospective:
        if name not in known and name not in strategy.model.groups:
            fields.note(
                Code.FACT_PATH,
                f"{quoted(name)} is not a fact of this strategy",
                node.entries["retrospective"].place,
                suggestion(name, known),
            )
    if problems:
        raise Refused(problems)
    return Expectations(tuple(due), tuple(not_due), retrospective)


def _entry(node: Located, problems: list[Problem]) -> Fields | None:
    if isinstance(node, Mapping):
        return Fields(node, "an expected finding", node.place, _FLAG_FIELDS, problems)
    problems.append(
        Problem(
            Code.CASE_FORMAT,
            "an expected finding names its rule",
            node.place,
            "write `- {rule: DEP-01, why: ...}`",
        )
    )
    return None


def _rule(entry: Fields, strategy: Strategy) -> str | None:
    if not entry.require("rule"):
        return None
    name = entry.text("rule")
    if name is None or name in _ids(strategy):
        return name
    _note_unknown(entry, name, entry.node.entries["rule"], strategy)
    return None


def _note_unknown(fields: Fields, name: str, node: Located, strategy: Strategy) -> None:
    fields.note(
        Code.RULE_UNKNOWN,
        f"{quoted(name)} is not a rule of this strategy",
        node.place,
        suggestion(name, _ids(strategy)),
    )


def _ids(strategy: Strategy) -> list[str]:
    return [rule.id for rule in strategy.rules]
