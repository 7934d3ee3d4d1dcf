"""What hangs on what: facts, parameters, definitions, rules, verdict (`accordance/graph/1`).

One or a few rules are drawn with every fact, parameter and definition that they read. More are
drawn from afar: the groups of facts, the definitions that several themes share, and the themes with
their rules.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from ..check.answer import PROGRAM, strategy_stamp
from ..check.naming import value_of
from ..feel.syntax import Node
from ..plan.planning import Plan
from ..plan.reading import FactsRead
from ..strategy.model import Rule
from ..strategy.supplied import EVIDENCE_NAMES
from .focus import names_in
from .rule_parts import definitions_used, expressions

SCHEMA: Final = "accordance/graph/1"
CLOSE_UP: Final = 12
"""So many rules are drawn with all that they read."""
FACT, PARAMETER, DEFINITION, RULE, THEME, ANSWER = (
    "fact",
    "parameter",
    "definition",
    "rule",
    "theme",
    "answer",
)
_ANSWERS: Final = {"verdict": "Verdict", "opinion": "Opinion"}
_SUPPLIED: Final = {
    "results": "What the other rules came to",
    "mandatory": "What must be known at the stage",
    "contradictions": "Facts that contradict each other",
}


def graph(plan: Plan, rules: Sequence[Rule]) -> dict[str, Any]:
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

    def description(self, rules: Sequence[Rule]) -> str:
        """The picture in a sentence, for those who do not see it."""
        parts = []
        for kind in (FACT, PARAMETER, DEFINITION, RULE, THEME):
            number = sum(1 for node in self.nodes.values() if node["kind"] == kind)
            if number:
                parts.append(f"{number} {kind}{'' if number == 1 else 's'}")
        answers = [node["label"] for node in self.nodes.values() if node["kind"] == ANSWER]
        return (
            f"From left to right: {', '.join(parts)}, {' and '.join(answers)}. "
            f"The rules are {', '.join(rule.id for rule in rules)}. "
            "A thick line is a gate."
        )

    # one or a few rules

    def close_up(self, rules: Sequence[Rule]) -> None:
        used = list(definitions_used(self._strategy, _all_expressions(rules)))
        for definition in reversed(used):  # each after those that it uses
            name = self._definition(definition.name)
            self._reads([definition.expression], name)
        for rule in rules:
            name = self._node(RULE, rule.id, rule.id, rule.title)
            self._reads(list(expressions(rule)), name)
            self._weighs(rule, name)

    def _reads(self, nodes: Sequence[Node], reader: str) -> None:
        for path in dict.fromkeys(path for node in nodes for path in self._direct.of(node)):
            self._edge(self._fact(path), reader)
        for name in sorted(names_in(nodes)):
            if name in self._strategy.parameters:
                parameter = self._strategy.parameters[name]
                value = value_of(parameter)
                self._edge(self._node(PARAMETER, name, value, parameter.means), reader)
            elif name in self._strategy.definitions:
                self._edge(self._definition(name), reader)
            elif name in EVIDENCE_NAMES:
                self._edge(self._node(FACT, name, _SUPPLIED.get(name, name), ""), reader)

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

    def from_afar(self, rules: Sequence[Rule]) -> None:
        readers: dict[str, set[str]] = {}
        for rule in rules:
            for one in definitions_used(self._strategy, expressions(rule)):
                readers.setdefault(one.name, set()).add(rule.theme)
        shared = {name for name, themes in readers.items() if len(themes) > 1}
        for name in self._strategy.definitions:
            if name in shared:
                self._reads_afar([self._strategy.definitions[name].expression], name, shared)
        for theme in dict.fromkeys(rule.theme for rule in rules):
            own = [rule for rule in rules if rule.theme == theme]
            name = self._node(THEME, theme, theme, "")
            self.nodes[name]["rules"] = [
                {"rule": rule.id, "title": rule.title, "gate": bool(rule.gate)} for rule in own
            ]
            self._reads_afar(list(_all_expressions(own)), name, shared)
            for rule in own:
                self._weighs(rule, name)

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


def _all_expressions(rules: Iterable[Rule]) -> Iterable[Node]:
    return (node for rule in rules for node in expressions(rule))
