"""What hangs on what: facts, parameters, definitions, rules, verdict (`accordance/graph/1`).

A rule over the portfolio leads to no verdict but to the groups of partnerships that it speaks of.

One or a few rules are drawn with every fact, parameter and definition that they read. More are
drawn from afar: the groups of facts, the definitions that several themes share, and the themes with
their rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, TypeAlias

from ..check.answer import PROGRAM, strategy_stamp
from ..check.naming import value_of
from ..feel.syntax import Node
from ..plan.planning import Plan
from ..plan.reading import FactsRead, path_node
from ..strategy.model import Rule
from ..strategy.portfolio import PortfolioRule
from ..strategy.supplied import EVIDENCE_NAMES
from . import portfolio_parts
from .focus import names_in
from .rule_parts import definitions_used, expressions

SCHEMA: Final = "accordance/graph/1"
CLOSE_UP: Final = 12
"""So many rules are drawn with all that they read."""
AnyRule: TypeAlias = Rule | PortfolioRule
FACT, PARAMETER, DEFINITION, RULE, THEME, ANSWER, GROUP = (
    "fact",
    "parameter",
    "definition",
    "rule",
    "theme",
    "answer",
    "group",
)
_ANSWERS: Final = {"verdict": "Verdict", "opinion": "Opinion"}
_SUPPLIED: Final = {
    "results": "What the other rules came to",
    "mandatory": "What must be known at the stage",
    "contradictions": "Facts that contradict each other",
}


def graph(plan: Plan, rules: Sequence[AnyRule]) -> dict[str, Any]:
    """The graph of these rules."""
    drawing = _Drawing(plan)
    near = len(rules) <= CLOSE_UP
    if near:
        drawing.close_up(rules)
    else:
        drawing.from_afar(rules)
    strategy = plan.strategy
    if near:
        title = f"What {' and '.join(rule.id for rule in rules)} read"
        title += "s" if len(rules) == 1 else ""
    else:
        title = f"{strategy.title}: what hangs on what"
    return {
        "schema": SCHEMA,
        "program": PROGRAM,
        "strategy": strategy_stamp(strategy),
        "title": title,
        "description": drawing.description(rules),
        "nodes": list(drawing.nodes.values()),
        "edges": [
            {"from": start, "to": end, "gate": gate} for (start, end), gate in drawing.edges.items()
        ],
    }


class _Drawing:
    def __init__(self, plan: Plan) -> None:
        self._strategy = plan.strategy
        self._direct = FactsRead(plan, through=False)
        self.nodes: dict[str, dict[str, Any]] = {}
        self.edges: dict[tuple[str, str], bool] = {}

    def description(self, rules: Sequence[AnyRule]) -> str:
        """The picture in a sentence, for those who do not see it."""
        parts = []
        for kind in (FACT, PARAMETER, DEFINITION, RULE, THEME, GROUP):
            number = sum(1 for node in self.nodes.values() if node["kind"] == kind)
            if number:
                parts.append(_numbered(number, kind))
        answers = [node["label"] for node in self.nodes.values() if node["kind"] == ANSWER]
        parts += [" and ".join(answers)] if answers else []
        return (
            f"From left to right: {', '.join(parts)}. "
            f"The rules are {', '.join(rule.id for rule in rules)}. "
            "A thick line is a gate."
        )

    # one or a few rules

    def close_up(self, rules: Sequence[AnyRule]) -> None:
        used = list(definitions_used(self._strategy, self._all_expressions(rules)))
        for definition in reversed(used):  # each after those that it uses
            name = self._definition(definition.name)
            self._reads([definition.expression], name)
        for rule in rules:
            name = self._node(RULE, rule.id, rule.id, rule.title)
            if isinstance(rule, Rule):
                self._reads(list(expressions(rule)), name)
                self._weighs(rule, name)
            else:
                self._reads_of_groups(rule, name)
                self._edge(name, self._groups(rule))

    def _reads_of_groups(self, rule: PortfolioRule, reader: str) -> None:
        """What a rule over the portfolio reads of partnerships, and of what their checks found."""
        read = portfolio_parts.read_by(self._strategy, rule)
        for path in read.facts:
            self._edge(self._fact(path), reader)
        for parameter in read.parameters:
            self._edge(self._parameter(parameter), reader)
        for definition in read.definitions:
            self._edge(self._definition(definition), reader)
        for name in read.rules:
            other = self._strategy.rule(name)
            title = "" if other is None else other.title
            self._edge(self._node(RULE, name, name, title), reader)
        if read.results and not read.rules:
            self._edge(self._node(FACT, "results", _SUPPLIED["results"], ""), reader)

    def _groups(self, rule: PortfolioRule) -> str:
        """What a rule over the portfolio speaks of."""
        says = "an answer for each partnership" if rule.rank is not None else ""
        if rule.group_text is None:
            return self._node(GROUP, "portfolio", "The whole portfolio", says)
        what = "provider group" if rule.providers else rule.by or "group"
        label = f"Each {what} by {rule.group_text}"
        return self._node(GROUP, f"{what} {rule.group_text} {says}".strip(), label, says)

    def _reads(self, nodes: Sequence[Node], reader: str) -> None:
        for path in dict.fromkeys(path for node in nodes for path in self._direct.of(node)):
            self._edge(self._fact(path), reader)
        for name in sorted(names_in(nodes)):
            if name in self._strategy.parameters:
                self._edge(self._parameter(name), reader)
            elif name in self._strategy.definitions:
                self._edge(self._definition(name), reader)
            elif name in EVIDENCE_NAMES:
                self._edge(self._node(FACT, name, _SUPPLIED.get(name, name), ""), reader)

    def _parameter(self, name: str) -> str:
        parameter = self._strategy.parameters[name]
        return self._node(PARAMETER, name, value_of(parameter), parameter.means)

    def _definition(self, name: str) -> str:
        return self._node(DEFINITION, name, name, self._strategy.definitions[name].means)

    def _fact(self, path: str) -> str:
        fact = self._strategy.model.facts.get(path)
        return self._node(FACT, path, path, "" if fact is None else fact.title)

    def _weighs(self, rule: Rule, name: str) -> None:
        for answer, label in _ANSWERS.items():
            stages = getattr(self._strategy, answer).stages
            if set(stages) & set(rule.stages):
                gate = answer == "verdict" and bool(rule.gate)
                self._edge(name, self._node(ANSWER, answer, label, ", ".join(stages)), gate)

    # all rules, or many

    def from_afar(self, rules: Sequence[AnyRule]) -> None:
        readers: dict[str, set[str]] = {}
        for rule in rules:
            for one in definitions_used(self._strategy, self._all_expressions([rule])):
                readers.setdefault(one.name, set()).add(rule.theme)
        shared = {name for name, themes in readers.items() if len(themes) > 1}
        for name in self._strategy.definitions:
            if name in shared:
                self._reads_afar([self._strategy.definitions[name].expression], name, shared)
        for theme in dict.fromkeys(rule.theme for rule in rules):
            own = [rule for rule in rules if rule.theme == theme]
            name = self._node(THEME, theme, theme, "")
            self.nodes[name]["rules"] = [
                {"rule": rule.id, "title": rule.title, "gate": bool(_gate(rule))} for rule in own
            ]
            self._reads_afar(list(self._all_expressions(own)), name, shared)
            for rule in own:
                if isinstance(rule, Rule):
                    self._weighs(rule, name)
                else:
                    groups = "Groups of partnerships"
                    self._edge(name, self._node(GROUP, "portfolio", groups, ""))

    def _reads_afar(self, nodes: Sequence[Node], reader: str, shared: set[str]) -> None:
        """As `_reads`, with groups of facts; definitions that are not shared are seen through."""
        if reader in shared:
            reader = self._definition(reader)
        waiting, seen = list(nodes), set[str]()
        while waiting:
            node = waiting.pop(0)
            for path in self._direct.of(node):
                self._edge(self._group(path), reader)
            for name in sorted(names_in([node]) - seen):
                seen.add(name)
                if name in shared:
                    self._edge(self._definition(name), reader)
                elif name in self._strategy.definitions:
                    waiting.append(self._strategy.definitions[name].expression)
                elif name in EVIDENCE_NAMES:
                    self._edge(self._node(FACT, name, _SUPPLIED.get(name, name), ""), reader)

    def _group(self, path: str) -> str:
        first = path.partition(".")[0]
        model = self._strategy.model
        fact = model.facts.get(first)
        title = model.groups.get(first) or (fact.title if fact is not None else "")
        return self._node(FACT, first, first, title)

    # nodes and edges

    def _node(self, kind: str, name: str, label: str, said: str) -> str:
        identity = f"{kind} {name}"
        if identity not in self.nodes:
            self.nodes[identity] = {
                "id": identity,
                "kind": kind,
                "name": name,
                "label": label,
                "says": said,
            }
        return identity

    def _edge(self, start: str, end: str, gate: bool = False) -> None:
        if start != end:
            self.edges[start, end] = self.edges.get((start, end), False) or gate

    def _all_expressions(self, rules: Iterable[AnyRule]) -> Iterable[Node]:
        """The expressions of rules. Of a rule over the portfolio what these read of a partnership,
        each fact and definition as an expression of its own."""
        for rule in rules:
            if isinstance(rule, Rule):
                yield from expressions(rule)
            else:
                read = portfolio_parts.read_by(self._strategy, rule)
                yield from map(path_node, (*read.facts, *read.definitions))


def _numbered(number: int, kind: str) -> str:
    """`2 facts`, `1 kind of group`."""
    one, many = ("kind of group", "kinds of group") if kind == GROUP else (kind, f"{kind}s")
    return f"{number} {one if number == 1 else many}"


def _gate(rule: AnyRule) -> frozenset[str]:
    return rule.gate if isinstance(rule, Rule) else frozenset()
