"""The forty rules as each engine is told them, in the way its own pages show first.

An engine is made with the rules, and then says of the text of one record (JSON) which rules are
breached: `{"RULE-13": "critical"}`. Where it says that it cannot tell, the severity is UNKNOWN, or
ERROR where it raises an error for that rule alone. An error of the whole record is raised.
"""

from __future__ import annotations

import functools
import importlib.metadata
import itertools
import json
import operator
import platform
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from accordance import __version__
from accordance.facts.case import Case
from benchmarks.peers.conditions import All, Condition, Is, alternatives, written
from benchmarks.peers.rules import FACTS, RULES, Rule, write_strategy

UNKNOWN, ERROR = "unknown", "error"
SEVERITIES = ("low", "medium", "high", "critical")
Breaches = dict[str, str]


class Engine(Protocol):
    """Rules that were made ready."""

    def __init__(self, rules: Sequence[Rule] = RULES) -> None: ...

    def breaches(self, line: str) -> Breaches: ...


def steps(rule: Rule) -> list[tuple[Condition, str]]:
    """A rule for engines that only know `if this, then do that`: for each severity a rule."""
    found: list[tuple[Condition, str]] = [(rule.breach, rule.severity)]
    if rule.critical is not None:
        found.append((All((rule.breach, rule.critical)), "critical"))
    return found


def note(found: Breaches, rule: str, severity: str) -> None:
    """Keep the highest severity that was said of a rule."""
    if SEVERITIES.index(severity) > SEVERITIES.index(found.get(rule, "low")) or rule not in found:
        found[rule] = severity


class PlainPython:
    """A function with an `if` for each rule."""

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        lines = ["def breaches(facts):", "    found = {}"]
        for rule in rules:
            lines.append(f"    if {written(rule.applies, self._leaf, 'and', 'or')}:")
            required = written(All(rule.require), self._leaf, "and", "or")
            lines.append(f"        if not ({required}):")
            severity = repr(rule.severity)
            if rule.critical is not None:
                raised = written(rule.critical, self._leaf, "and", "or")
                severity = f"'critical' if {raised} else {severity}"
            lines.append(f"            found[{rule.id!r}] = {severity}")
        space: dict[str, Any] = {}
        exec("\n".join([*lines, "    return found"]), space)
        self._function: Callable[[dict[str, Any]], Breaches] = space["breaches"]

    @staticmethod
    def _leaf(one: Is) -> str:
        fact = f"facts[{one.fact!r}]"
        if isinstance(one.value, bool):
            return fact if one.value else f"not {fact}"
        return f"{fact} {one.operator} {one.value!r}"

    def breaches(self, line: str) -> Breaches:
        return self._function(json.loads(line))


class ZenExpressions:
    """zen-engine: one decision with an expression node, an expression for each rule."""

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        def severity(rule: Rule) -> str:
            if rule.critical is None:
                return f"'{rule.severity}'"
            raised = written(rule.critical, self._leaf, "and", "or")
            return f"({raised} ? 'critical' : '{rule.severity}')"

        expressions = []
        for rule in rules:
            applies = written(rule.applies, self._leaf, "and", "or")
            required = written(All(rule.require), self._leaf, "and", "or")
            value = f"{applies} and not({required}) ? {severity(rule)} : null"
            expressions.append({"id": rule.id, "key": rule.id, "value": value})
        self._decision = zen_decision("expressionNode", {"expressions": expressions})

    @staticmethod
    def _leaf(one: Is) -> str:
        if isinstance(one.value, bool):
            return one.fact if one.value else f"not({one.fact})"
        value = list(one.value) if isinstance(one.value, tuple) else one.value
        return f"{one.fact} {one.operator} {value}"

    def breaches(self, line: str) -> Breaches:
        result = self._decision.evaluate(line)["result"]
        return {rule: severity for rule, severity in result.items() if severity is not None}


class ZenTable:
    """zen-engine: one decision table that collects, a row for each way to breach a rule."""

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        columns: dict[str, None] = {}
        rows = []
        for rule in rules:
            for condition, severity in steps(rule):
                for number, row in enumerate(alternatives(condition)):
                    cells: dict[str, list[str]] = {}
                    for one in row:
                        cells.setdefault(one.fact, []).append(self._cell(one))
                    columns |= dict.fromkeys(cells)
                    rows.append(
                        {
                            "_id": f"{rule.id}-{severity}-{number}",
                            "rule": f"'{rule.id}'",
                            "severity": f"'{severity}'",
                        }
                        | {fact: " and ".join(dict.fromkeys(said)) for fact, said in cells.items()}
                    )
        fields = [{"id": fact, "name": fact, "field": fact} for fact in columns]
        self._decision = zen_decision(
            "decisionTableNode",
            {
                "hitPolicy": "collect",
                "inputs": fields,
                "outputs": [
                    {"id": "rule", "name": "rule", "field": "rule"},
                    {"id": "severity", "name": "severity", "field": "severity"},
                ],
                "rules": [dict.fromkeys(columns, "") | row for row in rows],
            },
        )

    @staticmethod
    def _cell(one: Is) -> str:
        if isinstance(one.value, bool):
            return "true" if one.value else "false"
        if isinstance(one.value, tuple):
            return f"{one.operator} {list(one.value)}"
        return f"{one.operator} {one.value}"

    def breaches(self, line: str) -> Breaches:
        found: Breaches = {}
        for row in self._decision.evaluate(line)["result"]:
            note(found, row["rule"], row["severity"])
        return found


def zen_decision(kind: str, content: dict[str, Any]) -> Any:
    """A graph of one node between input and output."""
    import zen

    place = {"position": {"x": 0, "y": 0}}
    graph = {
        "nodes": [
            {"id": "in", "name": "in", "type": "inputNode", **place},
            {"id": "rules", "name": "rules", "type": kind, "content": content, **place},
            {"id": "out", "name": "out", "type": "outputNode", **place},
        ],
        "edges": [
            {"id": "first", "sourceId": "in", "targetId": "rules", "type": "edge"},
            {"id": "second", "sourceId": "rules", "targetId": "out", "type": "edge"},
        ],
    }
    return zen.ZenEngine().create_decision(json.dumps(graph))


class Cel:
    """cel: a compiled program for each rule, and one context for all programs of a record."""

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        import cel

        self._context = cel.Context
        self._programs = []
        for rule in rules:
            applies = written(rule.applies, self._leaf, "&&", "||")
            required = written(All(rule.require), self._leaf, "&&", "||")
            raised = None
            if rule.critical is not None:
                raised = cel.compile(written(rule.critical, self._leaf, "&&", "||"))
            program = cel.compile(f"{applies} && !({required})")
            self._programs.append((rule.id, program, rule.severity, raised))

    @staticmethod
    def _leaf(one: Is) -> str:
        if isinstance(one.value, bool):
            return one.fact if one.value else f"!{one.fact}"
        if one.operator == "not in":
            return f"!({one.fact} in {list(one.value)})"
        value = list(one.value) if isinstance(one.value, tuple) else one.value
        return f"{one.fact} {one.operator} {value}"

    def breaches(self, line: str) -> Breaches:
        context = self._context(json.loads(line))
        found = {}
        for rule, program, severity, raised in self._programs:
            try:
                if program.execute(context):
                    critical = raised is not None and raised.execute(context)
                    found[rule] = "critical" if critical else severity
            except (RuntimeError, TypeError, ValueError):
                found[rule] = ERROR
        return found


class BusinessRules:
    """business-rules: a class of variables, a class of actions, and the rules as data."""

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        from business_rules import run_all
        from business_rules.actions import BaseActions, rule_action
        from business_rules.fields import FIELD_TEXT

        class Actions(BaseActions):
            def __init__(self, found: Breaches) -> None:
                self.found = found

            @rule_action(params={"rule": FIELD_TEXT, "severity": FIELD_TEXT})
            def report(self, rule: str, severity: str) -> None:
                note(self.found, rule, severity)

        self._run_all = run_all
        self._actions = Actions
        self._variables = self._class_of_variables()
        self._rules = [
            {
                "conditions": self._said(condition),
                "actions": [{"name": "report", "params": {"rule": rule.id, "severity": severity}}],
            }
            for rule in rules
            for condition, severity in steps(rule)
        ]

    @staticmethod
    def _class_of_variables() -> type:
        from business_rules import variables

        def variable(fact: str, sample: Any) -> Any:
            kind: Any
            if isinstance(sample, bool):
                kind = variables.boolean_rule_variable()
            elif isinstance(sample, str):
                kind = variables.select_rule_variable()
                return kind(lambda self: [self.facts[fact]])
            else:
                kind = variables.numeric_rule_variable()
            return kind(lambda self: self.facts[fact])

        def start(self: Any, facts: dict[str, Any]) -> None:
            self.facts = facts

        members = {fact: variable(fact, values[0]) for fact, values in FACTS.items()}
        return type("Variables", (variables.BaseVariables,), {**members, "__init__": start})

    def _said(self, condition: Condition) -> dict[str, Any]:
        if not isinstance(condition, Is):
            word = "all" if isinstance(condition, All) else "any"
            return {word: [self._said(part) for part in condition.parts]}
        name = condition.fact
        if isinstance(condition.value, bool):
            said = "is_true" if condition.value else "is_false"
            return {"name": name, "operator": said, "value": True}
        if isinstance(condition.value, tuple):
            among = condition.operator == "in"
            said = "contains" if among else "does_not_contain"
            each = [{"name": name, "operator": said, "value": word} for word in condition.value]
            return {"any" if among else "all": each}
        said = {
            "<": "less_than",
            "<=": "less_than_or_equal_to",
            ">": "greater_than",
            ">=": "greater_than_or_equal_to",
        }[condition.operator]
        return {"name": name, "operator": said, "value": condition.value}

    def breaches(self, line: str) -> Breaches:
        found: Breaches = {}
        self._run_all(self._rules, self._variables(json.loads(line)), self._actions(found))
        return found


class DurableRules:
    """durable_rules through its own host: the facts of a record are asserted as one fact, rules
    compare them, and the fact is retracted before the next."""

    _numbers = itertools.count()

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        from durable import lang

        self._lang = lang
        self._name = f"partnership{next(self._numbers)}"  # the host is shared by the process
        self._found: Breaches = {}
        with lang.ruleset(self._name):
            for rule in rules:
                for condition, severity in steps(rule):
                    lang.when_all(self._tree(condition))(self._report(rule.id, severity))

    def _report(self, rule: str, severity: str) -> Callable[[Any], None]:
        return lambda context: note(self._found, rule, severity)

    def _tree(self, condition: Condition) -> Any:
        if not isinstance(condition, Is):
            join = operator.and_ if isinstance(condition, All) else operator.or_
            return functools.reduce(join, map(self._tree, condition.parts))
        fact = getattr(self._lang.m, condition.fact)
        if isinstance(condition.value, tuple):
            if condition.operator == "in":
                return functools.reduce(operator.or_, [fact == word for word in condition.value])
            return functools.reduce(operator.and_, [fact != word for word in condition.value])
        compare = {"=": "eq", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}[condition.operator]
        return getattr(operator, compare)(fact, condition.value)

    def breaches(self, line: str) -> Breaches:
        facts = json.loads(line)
        self._found = {}
        try:
            self._lang.assert_fact(self._name, facts)
        except self._lang.engine.MessageNotHandledException:
            return {}  # no rule matched
        self._lang.retract_fact(self._name, facts)
        return self._found


class Network:
    """accordance: `check`, in process, on the text of one record."""

    def __init__(self, rules: Sequence[Rule] = RULES) -> None:
        from accordance.check.checker import Checker
        from accordance.facts.reading import load_case
        from accordance.plan.outcome import Kind
        from accordance.strategy.reading import load_strategy

        with tempfile.TemporaryDirectory(prefix="accordance-bench-") as folder:
            write_strategy(Path(folder), rules)
            self.strategy = load_strategy(folder, cache=False)
        self._checker = Checker(self.strategy)
        self._load = load_case
        self._breach = Kind.BREACH

    def breaches(self, line: str) -> Breaches:
        (found,) = self.assess(self.read([line]))
        return found

    def read(self, lines: Sequence[str]) -> list[Case]:
        model = self.strategy.model
        return [self._load(model, data=line.encode(), name="record.json") for line in lines]

    def assess(self, cases: Sequence[Case]) -> list[Breaches]:
        return [
            {
                judgement.rule.id: judgement.severity if judgement.kind is self._breach else UNKNOWN
                for judgement in self._checker.assess(case).judgements
                if judgement.kind is not None
            }
            for case in cases
        ]


PYTHON, NETWORK, SWEEP = "plain Python", "accordance, check", "accordance, sweep"
ENGINES: dict[str, tuple[type[Engine], str]] = {
    NETWORK: (Network, "accordance"),
    "zen-engine, expressions": (ZenExpressions, "zen-engine"),
    "zen-engine, decision table": (ZenTable, "zen-engine"),
    "cel": (Cel, "common-expression-language"),
    "business-rules": (BusinessRules, "business-rules"),
    "durable_rules, on its own": (DurableRules, "durable-rules"),
    PYTHON: (PlainPython, "python"),
}
"""What a record is given to at a time, with the package that it comes from."""


def version_of(package: str) -> str:
    """Raises PackageNotFoundError where it is not installed."""
    if package == "python":
        return platform.python_version()
    return __version__ if package == "accordance" else importlib.metadata.version(package)
