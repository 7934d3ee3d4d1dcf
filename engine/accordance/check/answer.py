"""The full answer for one case, in the documented form: `accordance/check/1`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from .. import __version__
from ..facts.case import Case
from ..feel.compiling import Evidence
from ..feel.values import UNKNOWN, Uncertain, Value
from ..plan.formula import Formula
from ..plan.outcome import SEVERITY_RANK, Kind, Outcome
from ..strategy.due import Due, due_on
from ..strategy.in_force import standing
from ..strategy.message import UNMET, fill
from ..strategy.model import Approval, Table
from . import annex
from .evidence import MAX_REMEMBERED
from .exceptions import LEAD, SEVERITY
from .judging import Assessment, Judgement, static_path
from .prose import joined, plain, spoken
from .remedy import remedies
from .small_groups import WITHHELD, SmallGroups

if TYPE_CHECKING:
    from ..facts.model import Fact
    from ..strategy.model import Strategy
    from .checker import Checker

SCHEMA: Final = "accordance/check/1"
INTERNAL: Final = "internal"
PROGRAM: Final = f"accordance {__version__}"
_LABELS: Final = ("name", "text", "from", "do", "fact", "factor", "group", "rule")
"""The facts by which an item of a list is called, the first that is stated."""


def strategy_stamp(strategy: Strategy, day: dt.date | None = None) -> dict[str, Any]:
    """Which strategy something was made from, and how it stands on a day: approved and in force
    then. Without a day it is asked only whether this very content was ever approved."""
    stands = standing(strategy, day) if day else None
    return {
        "name": strategy.name,
        "title": strategy.title,
        "version": strategy.version,
        "digest": strategy.digest,
        "source_digest": strategy.source_digest,
        "status": stands.status if stands else strategy.status,
        "approval": approval_stamp(stands.approval) if stands and stands.approval else None,
    }


def approval_stamp(approval: Approval) -> dict[str, Any]:
    """Who approved what, when, and for how long."""
    return {
        "by": approval.by,
        "on": approval.on.isoformat(),
        "minute": approval.minute,
        "author": approval.author,
        "version": approval.version,
        "from": approval.in_force_from.isoformat(),
        "until": approval.until.isoformat() if approval.until else None,
        "digest": approval.digest,
    }


_OPEN_POINTS: Final = {LEAD: "the lead officer", SEVERITY: "how severe the breach is"}


def open_exception(needed: list[str]) -> str:
    """The sentence for a breach with an exception of which nobody can tell whether it counts;
    `needed` is what one must know for that."""
    return (
        "There is a breach and an exception to it; whether the exception counts cannot be told "
        f"while {joined(needed)} is not known."
    )


class Answer:
    """What a check says of a case: `assessment` holds the outcomes, `to_json()` the whole."""

    def __init__(self, checker: Checker, case: Case, assessment: Assessment) -> None:
        self.checker = checker
        self.case = case
        self.assessment = assessment
        self._facts: dict[str, dict[str, Any]] = {}
        self._named: dict[str, tuple[Fact | None, str, str | None]] = {}
        """What a path leads to, what that is called, and the item it belongs to."""
        self._labels: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._days: dict[str, str | None] = {}
        self.small_groups = SmallGroups(case, checker.strategy)
        self._has_small_groups = bool(self.small_groups)

    def to_json(self) -> dict[str, Any]:
        """The documented form. A field that does not apply is None."""
        found = self.assessment
        results = [self.result(judgement) for judgement in found.judgements]
        return self.document(results, self.questions(results), self.notices(), annex.evidence(self))

    def document(
        self,
        results: list[dict[str, Any]],
        missing: list[dict[str, Any]],
        notices: list[dict[str, Any]],
        evidence: list[dict[str, Any]],
    ) -> dict[str, Any]:
        """The documented form with these results, questions, notices and pieces of evidence."""
        found = self.assessment
        return {
            "schema": SCHEMA,
            "program": PROGRAM,
            "strategy": self.strategy_stamp(),
            "case": self.case_stamp(),
            "verdict": found.verdict,
            "opinion": found.opinion,
            "opinion_at_worst": found.opinion_at_worst,
            **self.meanings(),
            "results": results,
            "missing": missing,
            "notices": notices,
            "evidence": evidence,
            "good_practice": annex.good_practice(self, results, evidence),
            "costs_and_benefits": annex.costs_and_benefits(self, {one["path"] for one in missing}),
            "follow_up": annex.follow_up(self, results),
            "audience": INTERNAL,
            "withheld": None,
        }

    def meanings(self) -> dict[str, str | None]:
        """What verdict and opinion mean, in the words of the strategy's owner."""
        strategy, found = self.checker.strategy, self.assessment
        return {
            "verdict_means": _means(strategy.verdict, found.verdict),
            "opinion_means": _means(strategy.opinion, found.opinion),
        }

    def notices(self) -> list[dict[str, Any]]:
        """What there is to note beside the results."""
        return [
            {
                "code": notice.code.value,
                "message": notice.message,
                "rule": notice.rule,
                "path": notice.path,
            }
            for notice in self.assessment.notices
        ]

    def strategy_stamp(self) -> dict[str, Any]:
        """Which strategy, in which state, was checked against."""
        return strategy_stamp(self.checker.strategy, self.assessment.evaluated_on)

    def case_stamp(self) -> dict[str, Any]:
        """Which case was checked, of which day and on which day."""
        case = self.case
        return {
            "id": case.id,
            "title": case.title,
            "organisation": case.facts.get("organisation"),
            "summary": plain(case.facts.get("summary", UNKNOWN)),
            "lead_officer": plain(case.facts.get("lead_officer", UNKNOWN)),
            "forms": plain(case.facts.get("forms", UNKNOWN)),
            "stage": case.stage,
            "as_of": None if case.as_of is None else case.as_of.isoformat(),
            "evaluated_on": self.assessment.evaluated_on.isoformat(),
            "source": case.source,
            "digest": self.small_groups.digest,
        }

    def result(self, judgement: Judgement) -> dict[str, Any]:
        """What one rule says, with its explanation."""
        rule, evidence = judgement.rule, self.assessment.evidence(judgement)
        kind = judgement.kind
        unmet = self.unmet(judgement)
        missing = list(evidence.missing) if kind is Kind.GAP else []
        to_do = kind is not None
        accepted = judgement.accepted_by
        return {
            "id": f"{self.case.id}/{rule.id}",
            "rule": rule.id,
            "title": rule.title,
            "theme": rule.theme,
            "outcome": judgement.outcome.value,
            "kind": None if kind is None else kind.value,
            "moot": judgement.moot,
            "severity": judgement.severity,
            "severity_least": judgement.severity_least,
            "gate": judgement.gate,
            "message": self.message(judgement, unmet, evidence),
            "unmet": unmet,
            "missing": missing,
            "reasons": list(evidence.reasons) if kind is Kind.GAP else [],
            "facts": [self.fact(path, value) for path, value in evidence.facts.items()],
            "rests_on": list(dict.fromkeys(map(static_path, evidence.facts))),
            "actions": self.actions(judgement) if to_do else [],
            "remedy": self.remedy(judgement) if kind is Kind.BREACH else [],
            "because": rule.because,
            "basis": list(rule.basis),
            "accepted_by": None
            if accepted is None
            else {name: plain(value) for name, value in accepted.items()},
        }

    # words

    def unmet(self, judgement: Judgement) -> list[str]:
        """The phrases for the requirements that are not met."""
        if judgement.planned is None:
            return []
        asked = judgement.planned.requirements_at(self.assessment.stage)
        return [self.unmet_phrase(asked[index]) for index in judgement.unmet]

    def unmet_phrase(self, planned: Any) -> str:
        """What is the case when a requirement is not met, in the owner's words or ours."""
        own: str | None = planned.requirement.unmet
        if own is not None:
            return fill(own, self._said)
        return self.in_words(planned.requirement.expression, negated=True)

    def in_words(self, expression: Any, negated: bool = False) -> str:
        """An expression in plain English; when `negated`, what is the case when it is false."""
        # Expressions live as long as the strategy, so that their identity will do.
        key = id(expression), negated
        phrase = self.checker.phrases.get(key)
        if phrase is None:
            from .naming import in_words

            phrase = in_words(self.checker.strategy, expression, negated)
            self.checker.phrases[key] = phrase
        return phrase

    def message(self, judgement: Judgement, unmet: list[str], evidence: Evidence) -> str:
        """One sentence for the reader: what is the case, or why it cannot be told."""
        rule = judgement.rule
        if judgement.outcome in (Outcome.NON_COMPLIANT, Outcome.ACCEPTED_EXCEPTION):
            phrase = joined(unmet)
            if rule.finding is None:
                return f"{rule.title}: {phrase}."
            return fill(rule.finding, lambda name: phrase if name == UNMET else self._said(name))
        if judgement.outcome is Outcome.INSUFFICIENT_EVIDENCE:
            if judgement.moot:
                return "Nothing to find out: whatever the missing facts are, this is no breach."
            if judgement.acceptance_needs:
                return open_exception([_OPEN_POINTS[point] for point in judgement.acceptance_needs])
            return self._gap_message(evidence)
        if judgement.outcome is Outcome.COMPLIANT:
            return "All that the rule asks for is there."
        if judgement.planned is None:
            return f"Does not apply at the stage `{self.assessment.stage}`."
        when = rule.when
        if when is None:
            return "Does not apply: outside the rule's dates or jurisdictions."
        return f"Does not apply: {self.in_words(when, negated=True)}."

    def remedy(self, judgement: Judgement) -> list[str]:
        """What would have to change for the rule to pass."""
        if judgement.planned is None:
            return []
        states = self.assessment.grounds_of(judgement).states_below(judgement)
        seen = judgement.seen.remedies
        known = seen.get(states)
        if known is None:
            if len(seen) >= MAX_REMEMBERED:
                seen.clear()
            known = seen[states] = tuple(remedies(self, judgement))
        return list(known)

    def _gap_message(self, evidence: Evidence) -> str:
        parts = []
        if evidence.missing:
            titles = dict.fromkeys(self.title_of(path) for path in evidence.missing)
            parts.append(f"not known: {joined(list(titles))}")
        parts += list(evidence.reasons)
        return f"Cannot be decided yet; {'; '.join(parts) or 'something is not known'}."

    def _said(self, name: str) -> str:
        """What a message says for the name of a fact, definition or parameter."""
        said = self._values.get(name)
        if said is None:
            said = self._values[name] = self._say(name)
        return said

    def _say(self, name: str) -> str:
        if name in self.checker.strategy.definitions and self.small_groups.hides_definition(
            name, self.checker.facts_of_definition
        ):
            return f"(not shown: {self.small_groups.reason})"
        if name not in self.checker.strategy.parameters:
            return self._spoken(name)
        said = self.checker.phrases.get(name)
        if said is None:
            said = self.checker.phrases[name] = self._spoken(name)
        return said

    def _spoken(self, name: str) -> str:
        value, unit = self.lookup(name)
        if isinstance(value, Uncertain) and value.certain:
            # A message says what is the case; what may be the case as well is asked for elsewhere.
            value = value.certain
        return "(not known)" if value is UNKNOWN else spoken(self._titled(value), unit)

    def _titled(self, value: Value) -> Value:
        """A list of paths of facts as the titles of these facts; any other value as it is."""
        if not isinstance(value, list):
            return value
        facts = self.case.model.facts
        for item in value:
            if not isinstance(item, str) or static_path(item) not in facts:
                return value
        return [self.title_of(path) for path in value]

    def lookup(self, name: str) -> tuple[Value, str | None]:
        """The value and unit of a fact, definition or parameter on this case, by its name."""
        strategy = self.checker.strategy
        if name in strategy.parameters:
            parameter = strategy.parameters[name]
            return self.checker.names.parameters[name], parameter.unit
        if name in strategy.definitions:
            return self.checker.definition(name, self.assessment.frame), None
        value: Value = self.case.facts
        for step in name.split("."):
            value = _step(value, step)
        value = self.small_groups.shown(name, value)
        fact = self.case.model.facts.get(name)
        return value, None if fact is None else fact.unit

    def title_of(self, path: str) -> str:
        """What a fact is called, with the name of the item it belongs to."""
        return self._name(path)[1]

    def _name(self, path: str) -> tuple[Fact | None, str, str | None]:
        named = self._named.get(path)
        if named is None:
            fact = self.case.model.facts.get(static_path(path))
            title = path if fact is None else fact.title
            owner = self._owner(path)
            title = f"{title} ({owner})" if owner else title
            named = self._named[path] = fact, title, owner
        return named

    def _owner(self, path: str) -> str | None:
        """The name of the innermost list item on a path, or its position."""
        end = path.rfind("]")
        if end < 0:
            return None
        item = path[: end + 1]
        label = self._labels.get(item)
        if label is None:
            label = self._labels[item] = _label(self.case.facts, item) or item
        return label

    # facts, actions, questions

    def fact(self, path: str, value: Value) -> dict[str, Any]:
        """A fact with the place it stands at."""
        known = self._facts.get(path)
        if known is None:
            known = self._facts[path] = self._fact(path, value)
        return known

    def _fact(self, path: str, value: Value) -> dict[str, Any]:
        place = self.case.places.get(path)
        derived = self.case.derived.get(path)
        fact, title, owner = self._name(path)
        hidden = False
        if self._has_small_groups:
            hidden, value = self.small_groups.hides(path), self.small_groups.shown(path, value)
        entry = {
            "path": path,
            "title": title,
            "of": owner,
            "value": WITHHELD if hidden else plain(value),
            "unit": None if fact is None else fact.unit,
            "source": self.case.source if place is None else place.file,
            "line": None if place is None else place.line,
        }
        if derived is not None:
            entry["derived_from"] = derived
        if hidden:
            entry["withheld"] = self.small_groups.reason
        if fact is not None and fact.sensitivity is not None:
            entry["sensitivity"] = fact.sensitivity
        return entry

    def actions(self, judgement: Judgement) -> list[dict[str, Any]]:
        """The actions of a finding with their due dates; for a gap, to supply what is missing."""
        found = []
        for action in judgement.rule.actions:
            due = action.due.get(self.assessment.stage)
            found.append(
                {
                    "do": action.do,
                    "owner": action.owner,
                    "due": None if due is None else due.text,
                    "due_on": None if due is None else self._due_on(due),
                    "done_when": action.done_when,
                }
            )
        return found

    def _due_on(self, due: Due) -> str | None:
        if due.text not in self._days:
            today, holidays = self.assessment.evaluated_on, self.checker.strategy.holidays
            day = due_on(due, today, self.case.facts, holidays)
            self._days[due.text] = None if day is None else day.isoformat()
        return self._days[due.text]

    def questions(self, results: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """The missing facts, those that decide most of weight first, each with its question."""
        decides: dict[str, list[dict[str, Any]]] = {}
        for result in results:
            for path in result["missing"]:
                decides.setdefault(path, []).append(result)

        questions = []
        for path, rules in decides.items():
            gates = sum([rule["gate"] for rule in rules])
            severity = max([rule["severity"] for rule in rules], key=SEVERITY_RANK.__getitem__)
            weight = -gates, -SEVERITY_RANK[severity], -len(rules), path
            questions.append((weight, severity, [rule["rule"] for rule in rules]))
        questions.sort()
        return [
            self._question(weight[-1], decided, severity, weight[0] != 0)
            for weight, severity, decided in questions
        ]

    def _question(self, path: str, decides: list[str], severity: str, gate: bool) -> dict[str, Any]:
        fact, title, owner = self._name(path)
        return {
            "path": path,
            "title": title,
            "question": fact.question if fact is not None else None,
            "of": owner,
            "decides": decides,
            "severity": severity,
            "gate": gate,
        }

    def state_of(self, formula: Formula) -> Value:
        """Whether a formula is true, false or UNKNOWN on this case."""
        return self.assessment.reader.state(formula)


def _means(table: Table, answer: str | None) -> str | None:
    """What an answer of a table means, in its owner's words."""
    return next((row.means for row in table.rows if row.answer == answer), None)


def _label(facts: Value, item: str) -> str | None:
    """What an item of a list is called, by its concrete path."""
    value = facts
    for step in item.split("."):
        name, _, position = step.partition("[")
        value = value.get(name) if isinstance(value, dict) else None
        if position:
            place = int(position[:-1]) - 1
            value = value[place] if isinstance(value, list) and place < len(value) else None
    if not isinstance(value, dict):
        return None
    return next((value[name] for name in _LABELS if isinstance(value.get(name), str)), None)


def _step(value: Value, name: str) -> Value:
    if isinstance(value, dict):
        return value.get(name, UNKNOWN)
    if isinstance(value, list):
        known = [_step(item, name) for item in value]
        return [item for item in known if item is not UNKNOWN]
    return UNKNOWN
