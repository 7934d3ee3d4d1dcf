"""Which parts of each rule its cases have seen true, false and unknown: `accordance/parts/1`.

A part is counted where it mattered: a requirement where the rule applies or may apply, a condition
of the severity where there is a breach. Of a rule over the portfolio, what it says of a group is
counted for the group that a small portfolio asks about, and what it says of one partnership for
each of a portfolio. (Which rules cover which statement of the source article is
another question: workbench/coverage.py.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..check.answer import PROGRAM, strategy_stamp
from ..feel.printing import to_source
from ..feel.syntax import And, Name, Node, Not, Or
from ..feel.values import UNKNOWN, Value
from ..plan.outcome import Outcome
from ..plan.reading import FactsRead
from ..strategy.cases import RuleCase
from ..strategy.model import Definition, Rule
from ..strategy.portfolio import PortfolioRule
from ..strategy.portfolio_cases import PortfolioCase
from .mutation.bench import Bench
from .mutation.changes import AnyRule, readers
from .places import Places

SCHEMA: Final = "accordance/parts/1"
STATES: Final = ("true", "false", "unknown")
ALWAYS_STATED: Final = frozenset(("id", "title", "stage"))
"""What every fact file states: what rests on nothing else is never unknown."""

Track = Callable[[Sequence[AnyRule]], Iterable[AnyRule]]


@dataclass(frozen=True, slots=True)
class _Look:
    """Where a part is looked at: what it came to in each case, and whether it can be unknown."""

    states: Callable[[Node], Sequence[Value]]
    can_be_unknown: Callable[[Node], bool]


def parts_seen(
    bench: Bench, folder: str | None, rules: Sequence[AnyRule], track: Track = iter
) -> dict[str, Any]:
    """What the cases of these rules saw of each part of them, and of the definitions they read."""
    strategy = bench.strategy
    counter = _Counter(bench, Places(folder, strategy))
    told = [
        counter.rule(rule) if isinstance(rule, Rule) else counter.group_rule(rule)
        for rule in track(rules)
    ]
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
            parts.append(self._part("when", rule.when, self._in(asked), (rule.id, "when", None)))
        for index, one in enumerate(rule.require):
            here = [case for case in applies if one.stages is None or case.case.stage in one.stages]
            name = "requirement" if len(rule.require) == 1 else f"requirement {index + 1}"
            spot = rule.id, "require", index
            parts.append(self._part(name, one.expression, self._in(here), spot))
        parts += self._steps(rule, self._in(breaches))
        return _told(rule, len(cases), parts)

    def group_rule(self, rule: PortfolioRule) -> dict[str, Any]:
        """The same of a rule over the portfolio."""
        portfolios = self._bench.portfolios.as_it_stands
        cases = self._bench.portfolios.cases.get(rule.id, [])
        judged = [(case, portfolios.judgement(case)) for case in cases]
        groups = [(case, one) for case, one in judged if one is not None]
        applies = [case for case, one in groups if one.outcome is not Outcome.NOT_APPLICABLE]
        breaches = [case for case, one in groups if one.outcome is Outcome.NON_COMPLIANT]
        parts = []
        if rule.of is not None:
            parts.append(self._part("of", rule.of, self._of_each(cases), (rule.id, "of", None)))
        if rule.when is not None:
            look = self._of_group([case for case, _ in groups])
            parts.append(self._part("when", rule.when, look, (rule.id, "when", None)))
        for index, one in enumerate(rule.require):
            name = "requirement" if len(rule.require) == 1 else f"requirement {index + 1}"
            spot = rule.id, "require", index
            parts.append(self._part(name, one.expression, self._of_group(applies), spot))
        parts += self._steps(rule, self._of_group(breaches))
        return _told(rule, len(cases), parts)

    def _steps(self, rule: AnyRule, look: _Look) -> list[dict[str, Any]]:
        return [
            self._part(
                f"severity_when {step.level}",
                step.expression,
                look,
                (rule.id, "severity_when", step.level),
            )
            for step in rule.severity_when
        ]

    # where a part is looked at

    def _in(self, cases: Sequence[RuleCase]) -> _Look:
        return _Look(
            lambda node: [self._bench.state(node, case) for case in cases], self._can_be_unknown
        )

    def _of_group(self, cases: Sequence[PortfolioCase]) -> _Look:
        portfolios = self._bench.portfolios.as_it_stands
        # It may always be unknown which partnerships are in a group.
        return _Look(
            lambda node: [portfolios.of_group(node, case) for case in cases], lambda node: True
        )

    def _of_each(self, cases: Sequence[PortfolioCase]) -> _Look:
        portfolios = self._bench.portfolios.as_it_stands
        return _Look(
            lambda node: [state for case in cases for state in portfolios.of_each(node, case)],
            self._can_be_unknown,
        )

    def definition(self, one: Definition, rules: Sequence[str]) -> dict[str, Any]:
        cases = [case for name in rules for case in self._bench.cases.get(name, ())]
        groups = [case for name in rules for case in self._bench.portfolios.cases.get(name, ())]
        looks = self._in(cases), self._of_each(groups)
        place = one.place

        def states(node: Node) -> list[Value]:
            return [state for each in looks for state in each.states(node)]

        look = _Look(states, self._can_be_unknown)
        return {
            "definition": one.name,
            "means": one.means,
            "source": place.file,
            "line": place.line,
            "cases": len(cases) + len(groups),
            "parts": [self._part("is", one.expression, look, (one.name, "is", None))],
        }

    def _is_not(self, judgement: Any, outcome: Outcome) -> bool:
        return judgement is not None and judgement.outcome is not outcome

    def _part(
        self, name: str, node: Node, look: _Look, spot: tuple[str, str, Any]
    ) -> dict[str, Any]:
        states = look.states(node)
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
                "unknown": _count(states, UNKNOWN) if look.can_be_unknown(node) else None,
            },
            "parts": [self._part(name, part, look, spot) for part in below],
        }

    def _can_be_unknown(self, node: Node) -> bool:
        if isinstance(node, Name) and node.name in self._bench.strategy.definitions:
            node = self._bench.strategy.definitions[node.name].expression
        return not ALWAYS_STATED.issuperset(self._reads.of(node))


def _told(rule: AnyRule, cases: int, parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "title": rule.title,
        "theme": rule.theme,
        "source": rule.place.file,
        "line": rule.place.line,
        "cases": cases,
        "parts": parts,
    }


def _count(states: Sequence[Value], state: Value) -> int:
    return sum(1 for one in states if one is state)
