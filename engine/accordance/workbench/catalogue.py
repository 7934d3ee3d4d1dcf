"""The rules of a strategy, listed and told one by one, for readers of every kind.

A list has the form `accordance/rules/1`, one rule the form `accordance/rule/1`. What a rule says in
words is made from its expressions; its example is a case of its own that was checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..check.answer import PROGRAM, strategy_stamp
from ..check.naming import fact_of, in_words, value_of
from ..check.prose import plain
from ..feel.printing import to_source
from ..feel.syntax import Name, Node, walk
from ..plan.reading import FactsRead
from ..strategy.message import UNMET, fill, placeholders
from ..strategy.model import SEVERITIES, STAGES, Rule, Strategy
from .example import example

if TYPE_CHECKING:
    from ..check.checker import Checker
    from ..strategy.cases import RuleCase

LIST_SCHEMA: Final = "accordance/rules/1"
RULE_SCHEMA: Final = "accordance/rule/1"
ANY_VALUE: Final = "…"
"""Stands in a message for what differs from case to case."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rules are asked for; what is empty leaves every rule in.

    `severities` are those that a breach can have, `gates` leaves only the rules that are gates (at
    one of `stages`, where any is named); every word of `words` must occur in the rule.
    """

    themes: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    gates: bool = False
    tags: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def holds(self, rule: Rule) -> bool:
        return (
            (not self.themes or rule.theme in self.themes)
            and (not self.severities or not levels(rule).isdisjoint(self.severities))
            and (not self.stages or not self._stages(rule).isdisjoint(self.stages))
            and (not self.gates or bool(rule.gate))
            and (not self.tags or not _folded(rule.tags).isdisjoint(_folded(self.tags)))
            and (not self.words or self._is_said(rule))
        )

    def _stages(self, rule: Rule) -> frozenset[str]:
        return rule.gate if self.gates else frozenset(rule.stages)

    def _is_said(self, rule: Rule) -> bool:
        text = " ".join(_texts(rule)).casefold()
        return all(word.casefold() in text for word in self.words)


def levels(rule: Rule) -> frozenset[str]:
    """The severities that a breach can have."""
    return frozenset((rule.severity, *(step.level for step in rule.severity_when)))


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def _texts(rule: Rule) -> Iterator[str]:
    """Everything that is said in a rule, its expressions included."""
    yield from (rule.id, rule.title, rule.theme, rule.because, rule.finding, rule.when_text or "")
    yield from (*rule.excludes, *rule.assumes, *rule.basis, *rule.tags, *rule.aliases)
    for requirement in rule.require:
        yield from (requirement.text, requirement.unmet or "")
    for action in rule.actions:
        yield from (action.do, action.owner, action.done_when or "")
    yield from (step.text for step in rule.severity_when)


def catalogue(strategy: Strategy, rules: Iterable[Rule]) -> dict[str, Any]:
    """The list of some rules of a strategy, in the form `accordance/rules/1`."""
    chosen = list(rules)
    return {
        "schema": LIST_SCHEMA,
        "program": PROGRAM,
        "strategy": strategy_stamp(strategy),
        "themes": [
            {"prefix": prefix, "theme": name}
            for prefix, name in strategy.themes.items()
            if any(rule.theme == name for rule in chosen)
        ],
        "of": len(strategy.rules),
        "rules": [_entry(rule) for rule in chosen if rule not in strategy.retired],
        "retired": [
            {"rule": rule.id, "title": rule.title, "until": rule.until}
            for rule in chosen
            if rule in strategy.retired
        ],
    }


def _entry(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "title": rule.title,
        "theme": rule.theme,
        "severity": rule.severity,
        "severity_most": min(levels(rule), key=SEVERITIES.index),
        "gate": [stage for stage in STAGES if stage in rule.gate],
        "stages": list(rule.stages),
        "about": rule.about,
        "tags": list(rule.tags),
    }


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
        definitions = list(self._definitions(_expressions(rule)))
        facts = self._facts(rule)
        shown = {*facts, *_named_in_message(rule)}
        return {
            "schema": RULE_SCHEMA,
            "program": PROGRAM,
            "strategy": strategy_stamp(self._strategy),
            **_entry(rule),
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
                {"name": name, "means": one.means, **self._said(one.expression)}
                for name in definitions
                for one in [self._strategy.definitions[name]]
            ],
            "because": rule.because,
            "excludes": list(rule.excludes),
            "assumes": list(rule.assumes),
            "basis": list(rule.basis),
            "since": rule.since,
            "until": rule.until,
            "effective_from": _day(rule.effective_from),
            "effective_until": _day(rule.effective_until),
            "jurisdictions": list(rule.jurisdictions),
            "aliases": list(rule.aliases),
            "finding": rule.finding,
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
        parameter = self._strategy.parameters.get(name)
        return ANY_VALUE if parameter is None else value_of(parameter)

    def _definitions(self, nodes: Iterable[Node]) -> Iterator[str]:
        """The definitions that expressions use, each before those that it uses itself."""
        waiting, seen = list(nodes), set()
        while waiting:
            for part in walk(waiting.pop(0)):
                if isinstance(part, Name) and part.name not in seen:
                    definition = self._strategy.definitions.get(part.name)
                    if definition is not None:
                        seen.add(part.name)
                        yield part.name
                        waiting.append(definition.expression)

    def _parameters(self, rule: Rule, definitions: Sequence[str]) -> list[dict[str, Any]]:
        nodes = [*_expressions(rule)]
        nodes += (self._strategy.definitions[name].expression for name in definitions)
        names = [part.name for node in nodes for part in walk(node) if isinstance(part, Name)]
        names += _named_in_message(rule)
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
        read = {path for node in _expressions(rule) for path in self._reads.of(node)}
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


def _expressions(rule: Rule) -> Iterator[Node]:
    if rule.when is not None:
        yield rule.when
    yield from (requirement.expression for requirement in rule.require)
    yield from (step.expression for step in rule.severity_when)


def _named_in_message(rule: Rule) -> list[str]:
    texts = (rule.finding, *(one.unmet for one in rule.require if one.unmet))
    return [name for text in texts for name, _ in placeholders(text) if name != UNMET]


def _plain(value: Any) -> Any:
    return plain(list(value) if isinstance(value, tuple) else value)


def _day(day: Any) -> str | None:
    return None if day is None else str(day.isoformat())
