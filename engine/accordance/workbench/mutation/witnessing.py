"""A partnership that tells a changed strategy from the one that stands, found by the solver.

What no case notices may be a case that is missing, and then the partnership shown is that case; or
a change that makes no difference, and then what was changed may be superfluous.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...check.judging import Judgement
from ...feel.syntax import Node
from ...prove.answers import Answer, Verdict
from ...prove.investigation import Limits, Subject, judgement_of
from ...prove.versions import Comparison
from ...strategy.model import PARTNERSHIP, Rule, Strategy
from ..focus import focus, names_in
from ..rule_parts import definitions_used, expressions, names_in_messages
from .changes import Change


@dataclass(frozen=True, slots=True)
class Finding:
    """What the solver says of a change: `same` is True where no partnership whatever comes out
    otherwise, in its words either; None where that is not known. `says` puts it in words, and
    `witness` is a partnership that comes out otherwise."""

    same: bool | None
    says: str
    witness: dict[str, Any] | None = None

    def to_json(self) -> dict[str, Any]:
        return {"same": self.same, "says": self.says, "witness": self.witness}


def look(strategy: Strategy, change: Change, limits: Limits | None = None) -> Finding:
    """Ask the solver about one change."""
    rules = [rule for rule in strategy.rules if rule.id in change.rules]
    beyond = len(rules) < len(change.rules)
    answers: list[Answer] = []
    wordy = False
    for rule in rules:
        changed = change.edit.rules.get(rule.id, rule)
        wordy = wordy or _words_hang_on(strategy, change, rule)
        if not _outcome_hangs_on(strategy, change, rule):
            continue
        if rule.about != PARTNERSHIP:
            return Finding(None, "the solver does not look at rules about the evidence")
        answer = _compared(strategy, change, rule)
        if answer is None:
            return Finding(None, "the solver gave no answer")
        if answer.shown:
            return _shown(answer, changed)
        answers.append(answer)
    if beyond:
        return Finding(None, "the solver does not look at rules over the portfolio")
    if not answers:
        return Finding(None, "only the words of a finding hang on it; expect a `message`")
    if any(answer.verdict is not Verdict.EQUIVALENT for answer in answers):
        return Finding(None, "the solver did not decide whether a partnership comes out otherwise")
    bound = {path: count for answer in answers for path, count in answer.items.items()}
    if bound:
        most = ", ".join(f"{path} up to {count}" for path, count in sorted(bound.items()))
        return Finding(None, f"no partnership with short lists comes out otherwise ({most} items)")
    if wordy:
        return Finding(
            None, "no partnership comes out otherwise; at most the words of a finding hang on it"
        )
    return Finding(True, "no partnership comes out otherwise: it may be superfluous")


def _compared(strategy: Strategy, change: Change, rule: Rule) -> Answer | None:
    before = focus(strategy, {rule.id})
    subjects = Subject(before), Subject(change.edit.made(before))
    try:
        comparison = Comparison(*subjects, Limits())
        return next(iter(comparison.answers(lambda rules, doing: rules)), None)
    finally:
        for subject in subjects:
            subject.checker.close()


def _shown(answer: Answer, rule: Rule) -> Finding:
    shown = answer.shown[0]
    before, after = (judgement_of(said, rule.id) for said in shown.witness.assessments)
    stands, changed = _said(before), _said(after)
    return Finding(
        False,
        f"for this partnership {rule.id} says {stands} as it stands, and {changed} when changed",
        {
            "rule": rule.id,
            "lines": shown.witness.text.splitlines(),
            "evaluated_on": shown.witness.evaluated_on.isoformat(),
            "expect": before.outcome.value,
            "changed": after.outcome.value,
        },
    )


def _said(judgement: Judgement) -> str:
    """All of a judgement that a case may expect, the words left aside."""
    parts = [judgement.outcome.value]
    if judgement.kind is not None:
        parts.append(judgement.severity)
        if judgement.severity_least != judgement.severity:
            parts[-1] += f" (at least {judgement.severity_least})"
        parts.append("a gate" if judgement.gate else "no gate")
    return ", ".join(parts)


def _outcome_hangs_on(strategy: Strategy, change: Change, rule: Rule) -> bool:
    """Can the change move what a rule says of a partnership, and not its words alone?"""
    return bool(change.edit.rules) or _reads(strategy, change, list(expressions(rule)))


def _words_hang_on(strategy: Strategy, change: Change, rule: Rule) -> bool:
    """Can the change move the words of a finding while its outcome stays?"""
    several = len(rule.require) > 1
    if change.edit.rules:
        return several and change.spot.field == "require"
    named = set(names_in_messages(rule))
    if named & {*change.edit.definitions, *change.edit.parameters}:
        return True
    nodes = [one.expression for name, one in strategy.definitions.items() if name in named]
    required = [one.expression for one in rule.require] if several else []
    return _reads(strategy, change, [*nodes, *required])


def _reads(strategy: Strategy, change: Change, nodes: list[Node]) -> bool:
    """Do expressions read a definition or parameter that is changed, through definitions too?"""
    names = names_in(nodes)
    for definition in definitions_used(strategy, nodes):
        names |= names_in([definition.expression])
    return bool(names & {*change.edit.definitions, *change.edit.parameters})
