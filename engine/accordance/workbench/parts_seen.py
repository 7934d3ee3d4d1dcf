"""Which parts of each rule its cases have seen true, false and unknown: `accordance/parts/1`.

A part is counted where it mattered: a requirement where the rule applies or may apply, a condition
of the severity where there is a breach. (Which rules cover which statement of the source article is
another question: workbench/coverage.py.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from ..check.answer import PROGRAM, strategy_stamp
from ..feel.printing import to_source
from ..feel.syntax import And, Name, Node, Not, Or
from ..feel.values import UNKNOWN, Value
from ..plan.outcome import Outcome
from ..plan.reading import FactsRead
from ..strategy.cases import RuleCase
from ..strategy.model import Definition, Rule
from .mutation.bench import Bench
from .mutation.changes import readers
from .places import Places

SCHEMA: Final = "accordance/parts/1"
STATES: Final = ("true", "false", "unknown")
ALWAYS_STATED: Final = frozenset(("id", "title", "stage"))
"""What every fact file states: what rests on nothing else is never unknown."""

Track = Callable[[Sequence[Rule]], Iterable[Rule]]


def parts_seen(
    bench: Bench, folder: str | None, rules: Sequence[Rule], track: Track = iter
) -> dict[str, Any]:
    """What the cases of these rules saw of each part of them, and of the definitions they read."""
    strategy = bench.strategy
    counter = _Counter(bench, Places(folder, strategy))
    told = [counter.rule(rule) for rule in track(rules)]
    names = {rule.id for rule in rules}
    reading = readers(strategy)
    definitions = [
        counter.definition(one, [name for name in reading[one.name] if name in names])
        for one in strategy.definitions.values()
        if one.type.name == "boolean" and names & set(reading[one.name])
    ]
    every = [part for one in (*told, *definitions) for part in flat(one["parts"])]
    return {
        "schema": SCHEMA,
        "program": PROGRAM,
        "strategy": strategy_stamp(strategy),
        "parts": len(every),
        "seen": {
            state: {
                "possible": sum(1 for part in every if part["seen"][state] is not None),
                "seen": sum(1 for part in every if part["seen"][state]),
            }
            for state in STATES
        },
        "rules": told,
        "definitions": definitions,
    }


def flat(parts: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each part with those below it, in order."""
    for part in parts:
        yield part
        yield from flat(part["parts"])


class _Counter:
    def __init__(self, bench: Bench, places: Places) -> None:
        self._bench = bench
        self._places = places
        self._reads = FactsRead(bench.checker.plan)

    def rule(self, rule: Rule) -> dict[str, Any]:
        cases = self._bench.cases.get(rule.id, [])
        asked = [case for case in cases if case.case.stage in rule.stages]
        judged = {id(case): self._bench.judge(case) for case in asked}
        applies = [case for case in asked if self._is_not(judged[id(case)], Outcome.NOT_APPLICABLE)]
        breaches = [
            case for case in asked if not self._is_not(judged[id(case)], Outcome.NON_COMPLIANT)
        ]
        parts = []
        if rule.when is not None:
            parts.append(self._part("when", rule.when, asked, (rule.id, "when", None)))
        for index, one in enumerate(rule.require):
            here = [case for case in applies if one.stages is None or case.case.stage in one.stages]
            name = "requirement" if len(rule.require) == 1 else f"requirement {index + 1}"
            parts.append(self._part(name, one.expression, here, (rule.id, "require", index)))
        for step in rule.severity_when:
            spot = rule.id, "severity_when", step.level
            parts.append(self._part(f"severity_when {step.level}", step.expression, breaches, spot))
        return {
            "rule": rule.id,
            "title": rule.title,
            "theme": rule.theme,
            "source": rule.place.file,
            "line": rule.place.line,
            "cases": len(cases),
            "parts": parts,
        }

    def definition(self, one: Definition, rules: Sequence[str]) -> dict[str, Any]:
        cases = [case for name in rules for case in self._bench.cases.get(name, ())]
        place = one.place
        return {
            "definition": one.name,
            "means": one.means,
            "source": place.file,
            "line": place.line,
            "cases": len(cases),
            "parts": [self._part("is", one.expression, cases, (one.name, "is", None))],
        }

    def _is_not(self, judgement: Any, outcome: Outcome) -> bool:
        return judgement is not None and judgement.outcome is not outcome

    def _part(
        self, name: str, node: Node, cases: Sequence[RuleCase], spot: tuple[str, str, Any]
    ) -> dict[str, Any]:
        states = [self._bench.state(node, case) for case in cases]
        place = self._places.of(*spot, node.start)
        below: tuple[Node, ...] = ()
        if isinstance(node, And | Or):
            below = node.parts
        elif isinstance(node, Not) and isinstance(node.operand, And | Or):
            below = node.operand.parts
        return {
            "part": name,
            "text": to_source(node),
            "source": place.file,
            "line": place.line,
            "column": place.column,
            "seen": {
                "true": _count(states, True),
                "false": _count(states, False),
                "unknown": _count(states, UNKNOWN) if self._can_be_unknown(node) else None,
            },
            "parts": [self._part(name, part, cases, spot) for part in below],
        }

    def _can_be_unknown(self, node: Node) -> bool:
        if isinstance(node, Name) and node.name in self._bench.strategy.definitions:
            node = self._bench.strategy.definitions[node.name].expression
        return not ALWAYS_STATED.issuperset(self._reads.of(node))


def _count(states: Sequence[Value], state: Value) -> int:
    return sum(1 for one in states if one is state)
