"""What was asked and what came out, in the form `accordance/prove/1`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ..check.judging import Assessment
from ..plan.outcome import Outcome
from .investigation import judgement_of
from .witness import Witness, jsonable


class Question(StrEnum):
    """Every question that can be asked."""

    NEVER_APPLIES = "never_applies"
    NEVER_FAILS = "never_fails"
    NEVER_PASSES = "never_passes"
    IMPLIED = "implied"
    TOGETHER = "together"
    CONTRADICTION = "contradiction"
    GAP = "gap"
    PROPERTY = "property"
    VERSION = "version"


class Verdict(StrEnum):
    """Every answer. `found` is that of the questions which look for something; `holds` and `fails`
    those of a property; the rest say how a new version of a rule stands to the old one."""

    FOUND = "found"
    NOT_DECIDED = "not_decided"
    HOLDS = "holds"
    FAILS = "fails"
    EQUIVALENT = "equivalent"
    STRICTER = "stricter"
    LOOSER = "looser"
    NEITHER = "neither"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Shown:
    """A witness, and what the check of one strategy said of some of its rules."""

    witness: Witness
    rules: tuple[str, ...]
    versions: tuple[str, ...] = ("",)
    """What the strategies are called, in the order of the witness's assessments."""
    renamed: dict[str, str] = field(default_factory=dict)
    """What a rule is called in the first version, where that is another name."""

    def to_json(self) -> dict[str, Any]:
        witness = self.witness
        return {
            "facts": jsonable(witness.facts),
            "lines": witness.text.splitlines(),
            "evaluated_on": witness.evaluated_on.isoformat(),
            "checks": [
                {
                    "version": version or None,
                    "verdict": said.verdict,
                    "opinion": said.opinion,
                    "results": [
                        result
                        for rule in self.rules
                        if (result := _result(said, self._name(rule, version)))
                    ],
                }
                for version, said in zip(self.versions, witness.assessments, strict=True)
            ],
        }

    def _name(self, rule: str, version: str) -> str:
        return self.renamed.get(rule, rule) if version == "old" else rule


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. `items` says for each list of unknown length that matters how many items were
    looked at; where it is empty the answer holds whatever the lists."""

    question: Question
    verdict: Verdict
    says: str
    rules: tuple[str, ...] = ()
    theme: str | None = None
    stages: tuple[str, ...] = ()
    items: dict[str, int] = field(default_factory=dict)
    because: tuple[str, ...] = ()
    shown: tuple[Shown, ...] = ()
    subject: str | None = None
    """The property, as it was asked."""

    def to_json(self) -> dict[str, Any]:
        return {
            "question": self.question.value,
            "answer": self.verdict.value,
            "says": self.says,
            "rules": list(self.rules),
            "theme": self.theme,
            "stages": list(self.stages),
            "property": self.subject,
            "bound": dict(sorted(self.items.items())),
            "because": list(self.because),
            "witnesses": [shown.to_json() for shown in self.shown],
        }


def _result(said: Assessment, rule: str) -> dict[str, Any] | None:
    if all(one.rule.id != rule for one in said.judgements):
        return None
    judgement = judgement_of(said, rule)
    return {
        "rule": rule,
        "outcome": judgement.outcome.value,
        "moot": judgement.moot,
        "severity": judgement.severity
        if judgement.outcome not in (Outcome.NOT_APPLICABLE, Outcome.COMPLIANT)
        else None,
        "gate": judgement.gate,
    }


def one_of(names: Sequence[str]) -> str:
    """Names joined for a sentence: `a, b or c`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} or {names[-1]}"
