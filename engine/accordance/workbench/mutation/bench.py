"""Rule cases tried on changed rules, again and again, with as little work as can be.

Of a changed strategy only what reads the change is compiled and evaluated anew; the rest is
remembered from the strategy as it stands. The connectives are Kleene's, as docs/logic.md has them,
and a test holds the judgements to those of the check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import NamedTuple

from ...check.checker import Checker
from ...check.judging import Judgement, judge, not_at_stage
from ...check.network import ALL_MET, COMPLIANT, NOT_APPLICABLE, SILENT, Firing
from ...feel.codes import DEFINED, MAX_ITEMS_VISITED, WORK, Frame, TooMuchWork
from ...feel.compiling import Compiler
from ...feel.syntax import Node
from ...feel.values import UNKNOWN, Value
from ...plan.formula import TRUE
from ...plan.planning import PlannedRule, bounds_of
from ...problem import Refused
from ...strategy.cases import RuleCase
from ...strategy.model import Rule
from ...strategy.portfolio_cases import PortfolioCase
from ..focus import focus, names_in
from ..rule_parts import expressions
from ..trial import failure
from .changes import Change, Edit
from .portfolio_bench import PortfolioBench

Evaluate = Callable[[Frame], Value]


class _Part(NamedTuple):
    """An expression of a rule ready to be evaluated; `as_it_stands` where no change touches it."""

    node: Node
    value: Evaluate
    as_it_stands: bool


class _Prepared(NamedTuple):
    """A rule as changed."""

    planned: PlannedRule
    when: tuple[_Part, ...]
    require: tuple[tuple[frozenset[str], _Part], ...]
    steps: tuple[_Part, ...]


class _Changed(NamedTuple):
    """What a change makes of the definitions: those to be evaluated anew, in their order."""

    names: frozenset[str]
    definitions: tuple[tuple[str, Evaluate], ...]
    compile: Callable[[Node], Evaluate]


class Bench:
    """The cases of a strategy, set up to be tried on changes of its rules; the small portfolios
    among them in a bench of their own.

    Raises Refused where a case cannot be checked at all.
    """

    def __init__(
        self, checker: Checker, cases: Iterable[RuleCase], portfolios: Iterable[PortfolioCase] = ()
    ) -> None:
        self.checker = checker
        self.strategy = checker.strategy
        self.portfolios = PortfolioBench(checker, portfolios)
        self.cases: dict[str, list[RuleCase]] = {}
        for case in cases:
            self.cases.setdefault(case.rule, []).append(case)
        self._compiler = Compiler(checker.names)
        self._frames: dict[int, Frame] = {}
        self._states: dict[tuple[int, int], Value] = {}
        self._values: dict[int, Evaluate] = {}
        self._kept: list[Node] = []
        self._bounds: dict[str, list[Node]] = {}
        self._reads: dict[int, frozenset[str]] = {}
        self._inside: dict[str, frozenset[str]] = {}
        for name, definition in self.strategy.definitions.items():
            self._inside[name] = self._names(definition.expression) | {name}

    def noticed_by(self, change: Change) -> RuleCase | None:
        """The first case that fails once a change is made, or None."""
        changed = self._changed(change.edit)
        doubtful: list[RuleCase] = []
        for name in change.rules:
            if name in self.portfolios.rules:
                continue
            cases = self.cases.get(name, ())
            rule = change.edit.rules.get(name) or self.strategy.rule(name)
            assert rule is not None
            prepared = self._prepare(rule, changed)
            for case in cases:
                if case.case.facts.get("exceptions"):
                    doubtful.append(case)
                    continue
                judgement = self._judge(prepared, changed, case)
                if judgement is None or not _as_expected(judgement, case):
                    return case
                if not _is_bare(case):
                    doubtful.append(case)
        return self._failing(change, doubtful) if doubtful else None

    def judge(self, case: RuleCase) -> Judgement | None:
        """What the rule of a case says of it as it stands, exceptions left aside."""
        changed = self._changed(Edit())
        rule = self.strategy.rule(case.rule)
        assert rule is not None
        return self._judge(self._prepare(rule, changed), changed, case)

    def state(self, node: Node, case: RuleCase) -> Value:
        """Whether a part of a condition is true, false or UNKNOWN in a case, as it stands."""
        value = self._values.get(id(node))
        if value is None:
            value = self._values[id(node)] = self._compiler.compile(node, None).value
            self._kept.append(node)
        return self._state(_Part(node, value, True), case, self._frame(case))

    def confirm(self, change: Change) -> RuleCase | None:
        """As `noticed_by`, but found by the check itself."""
        return self._failing(
            change, [case for name in change.rules for case in self.cases.get(name, ())]
        )

    def _failing(self, change: Change, cases: Iterable[RuleCase]) -> RuleCase | None:
        """The first of some cases that fails a check of the changed strategy, or None."""
        cases = list(cases)
        if not cases:
            return None
        strategy = change.edit.made(focus(self.strategy, {case.rule for case in cases}))
        checker = Checker(strategy)
        try:
            for case in cases:
                try:
                    if failure(checker, case):
                        return case
                except Refused:
                    return case
        finally:
            checker.close()
        return None

    # what a change touches

    def _changed(self, edit: Edit) -> _Changed:
        touched = frozenset((*edit.definitions, *edit.parameters))
        compiler = self._compiler
        if edit.parameters:
            names = self.checker.names
            values = {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in edit.parameters.items()
            }
            compiler = Compiler(replace(names, parameters={**names.parameters, **values}))

        def compiled(node: Node) -> Evaluate:
            return compiler.compile(node, None).value

        anew = []
        for name, definition in self.strategy.definitions.items():
            if touched & self._inside[name]:
                node = edit.definitions.get(name, definition.expression)
                anew.append((name, compiled(node)))
        names_ = touched | {name for name, _ in anew}
        return _Changed(names_, tuple(anew), compiled)

    def _names(self, node: Node) -> frozenset[str]:
        """The names in an expression, through definitions too."""
        known = self._reads.get(id(node))
        if known is None:
            direct = names_in([node])
            known = frozenset(direct.union(*(self._inside.get(one, ()) for one in direct)))
            self._reads[id(node)] = known
            self._kept.append(node)  # so that its identity stays its own
        return known

    def _prepare(self, rule: Rule, changed: _Changed) -> _Prepared:
        original = self.strategy.rule(rule.id)
        assert original is not None
        own = {id(node) for node in (*expressions(original), *self._when(original))}

        def part(node: Node) -> _Part:
            if id(node) not in own or changed.names & self._names(node):
                return _Part(node, changed.compile(node), False)
            value = self._values.get(id(node))
            if value is None:
                value = self._values[id(node)] = self._compiler.compile(node, None).value
            return _Part(node, value, True)

        stages = frozenset(rule.stages)
        return _Prepared(
            # What a judgement says is made of the rule and of the levels of its conditions.
            PlannedRule(rule, TRUE, (), tuple((one.level, TRUE) for one in rule.severity_when), {}),
            tuple(part(node) for node in self._when(rule)),
            tuple(
                (stages if one.stages is None else stages & one.stages, part(one.expression))
                for one in rule.require
            ),
            tuple(part(one.expression) for one in rule.severity_when),
        )

    def _when(self, rule: Rule) -> list[Node]:
        bounds = self._bounds.get(rule.id)
        if bounds is None:
            bounds = self._bounds[rule.id] = bounds_of(rule)
        return [*bounds, *([] if rule.when is None else [rule.when])]

    # one case

    def _judge(self, prepared: _Prepared, changed: _Changed, case: RuleCase) -> Judgement | None:
        """What a changed rule says of a case; None where it takes too long to tell."""
        rule, stage = prepared.planned.rule, case.case.stage
        asked = [part for stages, part in prepared.require if stage in stages]
        if stage not in rule.stages or not asked:
            return not_at_stage(rule, stage)
        frame = self._frame(case)
        if changed.definitions:
            frame = frame[:]
            defined = frame[DEFINED] = dict(frame[DEFINED])
            frame[WORK] = MAX_ITEMS_VISITED
        try:
            for name, value in changed.definitions:
                defined[name] = value(frame)
            when = _all(self._state(part, case, frame) for part in prepared.when)
            required = [self._state(part, case, frame) for part in asked]
            raised = [self._state(part, case, frame) for part in prepared.steps]
        except TooMuchWork:
            return None
        return judge(prepared.planned, _firing(when, required, raised), stage)

    def _state(self, part: _Part, case: RuleCase, frame: Frame) -> Value:
        if not part.as_it_stands:
            frame[WORK] = MAX_ITEMS_VISITED
            return part.value(frame)
        key = id(case), id(part.node)
        if key not in self._states:
            frame[WORK] = MAX_ITEMS_VISITED
            self._states[key] = part.value(frame)
        return self._states[key]

    def _frame(self, case: RuleCase) -> Frame:
        """The case with all definitions evaluated, as the check does it."""
        frame = self._frames.get(id(case))
        if frame is None:
            frame = self.checker.assess(case.case, case.evaluated_on).frame
            for name in self.strategy.definitions:
                frame[WORK] = MAX_ITEMS_VISITED
                self.checker.definition(name, frame)
            self._frames[id(case)] = frame
        return frame


def _all(states: Iterable[Value]) -> Value:
    result: Value = True
    for state in states:
        if state is False:
            return False
        if state is not True:
            result = UNKNOWN
    return result


def _firing(when: Value, required: list[Value], raised: list[Value]) -> Firing:
    """What the network would fire for these states."""
    met = all(state is True for state in required)
    if when is False:
        status = NOT_APPLICABLE
    elif when is True:
        status = COMPLIANT if met else SILENT
    else:
        status = ALL_MET if met else SILENT
    unmet = tuple(index for index, state in enumerate(required) if state is False)
    return Firing(
        status,
        unmet if when is True else (),
        tuple((index, state) for index, state in enumerate(raised) if isinstance(state, bool)),
    )


def _as_expected(judgement: Judgement, case: RuleCase) -> bool:
    """Does a judgement fit what a case expects, its texts left aside?"""
    expect = case.expect
    return (
        expect.outcome == judgement.outcome.value
        and expect.severity in (None, judgement.severity)
        and expect.severity_least in (None, judgement.severity_least)
        and expect.gate in (None, judgement.gate)
        and expect.moot in (None, judgement.moot)
    )


def _is_bare(case: RuleCase) -> bool:
    """Does a case expect nothing of the texts?"""
    expect = case.expect
    return expect.message is None and expect.unmet is None and expect.missing is None
