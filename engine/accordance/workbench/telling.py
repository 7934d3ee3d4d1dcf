"""Rules told one by one, with all that there is to say of each.

A rule has the form `accordance/rule/1`. What it says in words is made from its expressions; its
example is a case of its own that was checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..check.answer import PROGRAM, strategy_stamp
from ..check.naming import fact_of, in_words, value_of
from ..check.prose import plain
from ..feel.printing import to_source
from ..feel.syntax import Name, Node, walk
from ..plan.reading import FactsRead
from ..strategy.message import fill
from ..strategy.model import Definition, Rule
from .catalogue import entry, off
from .example import example
from .rule_parts import definitions_used, expressions, names_in_messages

if TYPE_CHECKING:
    from ..check.checker import Checker
    from ..strategy.cases import RuleCase

SCHEMA: Final = "accordance/rule/1"
TITLE: Final = "title"
ANY_VALUE: Final = "…"
"""Stands in a message for what differs from case to case."""


class Teller:
    """Tells the rules of one strategy, each in the form `accordance/rule/1`."""

    def __init__(self, checker: Checker, cases: Iterable[RuleCase]) -> None:
        self._checker = checker
        self._strategy = checker.strategy
        self._reads = FactsRead(checker.plan)
        self._cases: dict[str, list[RuleCase]] = {}
        for case in cases:
            self._cases.setdefault(case.rule, []).append(case)

    def tell(self, rule: Rule) -> dict[str, Any]:
        """All that there is to say of a rule; `example` is None where no case tries it."""
        cases = self._cases.get(rule.id, [])
        definitions = list(definitions_used(self._strategy, expressions(rule)))
        facts = self._facts(rule)
        shown = {*facts, *names_in_messages(rule)}
        return {
            "schema": SCHEMA,
            "program": PROGRAM,
            "strategy": strategy_stamp(self._strategy),
            **entry(rule),
            "when": None if rule.when is None else self._said(rule.when),
            "require": [
                {
                    **self._said(one.expression),
                    "stages": [
                        stage for stage in rule.stages if one.stages is None or stage in one.stages
                    ],
                    "unmet": self._unmet(one.unmet, one.expression),
                }
                for one in rule.require
            ],
            "severity_when": [
                {"level": step.level, **self._said(step.expression)} for step in rule.severity_when
            ],
            "definitions": [
                {"name": one.name, "means": one.means, **self._said(one.expression)}
                for one in definitions
            ],
            "because": rule.because,
            "excludes": list(rule.excludes),
            "assumes": list(rule.assumes),
            "basis": list(rule.basis),
            "since": rule.since,
            "until": rule.until,
            "off": off(self._checker.strategy, rule),
            "effective_from": _day(rule.effective_from),
            "effective_until": _day(rule.effective_until),
            "jurisdictions": list(rule.jurisdictions),
            "aliases": list(rule.aliases),
            "finding": rule.finding,
            "finding_words": fill(rule.finding, self._known).replace(f"{ANY_VALUE}.", ANY_VALUE),
            "actions": [
                {
                    "do": action.do,
                    "owner": action.owner,
                    "due": {stage: due.text for stage, due in action.due.items()},
                    "done_when": action.done_when,
                }
                for action in rule.actions
            ],
            "parameters": self._parameters(rule, definitions),
            "facts": [self._fact(path) for path in facts],
            "source": rule.place.file,
            "line": rule.place.line,
            "cases": [
                {
                    "name": case.name,
                    "expect": case.expect.outcome,
                    "source": case.place.file,
                    "line": case.place.line,
                }
                for case in cases
            ],
            "example": example(self._checker, rule, cases, shown),
        }

    def _said(self, node: Node) -> dict[str, str]:
        return {"words": in_words(self._strategy, node), "text": to_source(node)}

    def _unmet(self, text: str | None, expression: Node) -> str:
        """What is the case when a requirement is not met, whatever the partnership."""
        if text is None:
            return in_words(self._strategy, expression, negated=True)
        return fill(text, self._known)

    def _known(self, name: str) -> str:
        """What a message says for a name, whatever the partnership."""
        if name == TITLE:
            return "(title)"
        parameter = self._strategy.parameters.get(name)
        return ANY_VALUE if parameter is None else value_of(parameter)

    def _parameters(self, rule: Rule, definitions: Iterable[Definition]) -> list[dict[str, Any]]:
        nodes = [*expressions(rule), *(one.expression for one in definitions)]
        names = [part.name for node in nodes for part in walk(node) if isinstance(part, Name)]
        names += names_in_messages(rule)
        known = self._strategy.parameters
        return [
            {
                "name": name,
                "value": _plain(known[name].value),
                "words": value_of(known[name]),
                "unit": known[name].unit,
                "means": known[name].means,
            }
            for name in dict.fromkeys(names)
            if name in known
        ]

    def _facts(self, rule: Rule) -> list[str]:
        """The paths of the facts that a rule reads, in the order of the fact model."""
        read = {path for node in expressions(rule) for path in self._reads.of(node)}
        if rule.jurisdictions:
            read.add("jurisdiction")
        found = [path for path in self._strategy.model.facts if path in read]
        return [path for path in found if not self._is_only_a_list(path, found)]

    def _is_only_a_list(self, path: str, paths: Sequence[str]) -> bool:
        """A list without a question of its own, whose facts are read too."""
        asked = self._strategy.model.facts[path].question
        return not asked and any(other.startswith(f"{path}.") for other in paths)

    def _fact(self, path: str) -> dict[str, Any]:
        fact = fact_of(self._strategy, path)
        assert fact is not None
        return {
            "path": path,
            "title": fact.title,
            "question": fact.question,
            "unit": fact.unit,
            "values": None if fact.values is None else list(fact.values),
            "derived_from": fact.derive,
            "sensitivity": fact.sensitivity,
        }


def _plain(value: Any) -> Any:
    return plain(list(value) if isinstance(value, tuple) else value)


def _day(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())
