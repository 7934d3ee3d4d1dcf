"""The proof of one outcome: which part of the rule is true, false or unknown, and by which fact."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from ..facts.case import Case
from ..feel.syntax import And, Name, Node, Not, Or
from ..feel.values import UNKNOWN
from ..plan.formula import All, Constant, Defined, Formula, Leaf, Opposite
from ..plan.formula import Any as AnyOf
from ..problem import Code, Problem, Refused
from ..strategy.model import Rule, Strategy
from .answer import PROGRAM, Answer
from .checker import Checker
from .remedy import remedies

SCHEMA: Final = "accordance/explain/1"


def explain(
    checker: Checker, case: Case, rule_id: str, evaluated_on: dt.date | None = None
) -> dict[str, Any]:
    """The proof of what a rule says of a case, in the form `accordance/explain/1`.

    `rule_id` may be an alias. Raises Refused for a rule that the strategy does not have, and as
    `Checker.check` does.
    """
    rule = find_rule(checker, rule_id)
    answer = checker.check(case, evaluated_on)
    found = answer.assessment
    judgement = next(one for one in found.judgements if one.rule.id == rule.id)
    result = answer.result(judgement)
    planned = judgement.planned
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "program": PROGRAM,
        "strategy": answer.strategy_stamp(),
        "case": answer.case_stamp(),
        **{
            name: result[name]
            for name in (
                *("rule", "title", "theme", "outcome", "kind", "moot", "severity"),
                *("severity_least", "gate", "message", "unmet", "because", "basis", "actions"),
            )
        },
        "excludes": list(rule.excludes),
        "assumes": list(rule.assumes),
        "when": None,
        "require": [],
        "severity_when": [],
        "remedy": remedies(answer, judgement),
        "missing": [
            question for question in answer.questions([result]) if rule.id in question["decides"]
        ],
        "exception": result["accepted_by"],
    }
    if planned is not None:
        if rule.when is not None:
            when = planned.when
            # Dates and jurisdictions of the rule stand before its own condition.
            if isinstance(when, All) and not isinstance(rule.when, And):
                when = when.parts[-1]
            document["when"] = _part(answer, when, rule.when)
        document["require"] = [
            _part(answer, one.formula, one.requirement.expression)
            for one in planned.requirements_at(found.stage)
        ]
        document["severity_when"] = [
            {"level": level, "part": _part(answer, formula, step.expression)}
            for (level, formula), step in zip(planned.severity, rule.severity_when, strict=True)
        ]
    return document


def find_rule(checker: Checker, rule_id: str) -> Rule:
    """The rule with an id or alias, whatever its case. Raises Refused when there is none."""
    wanted = rule_id.casefold()
    for rule in checker.strategy.rules:
        if wanted in (rule.id.casefold(), *(alias.casefold() for alias in rule.aliases)):
            return rule
    raise Refused(no_such_rule(checker.strategy, rule_id))


def no_such_rule(strategy: Strategy, rule_id: str) -> Problem:
    """The problem that a strategy does not have a rule of that name."""
    from difflib import get_close_matches

    over_groups = {name for one in strategy.portfolio for name in (one.id, *one.aliases)}
    if rule_id.upper() in over_groups:
        return Problem(
            Code.RULE_UNKNOWN,
            f"`{rule_id.upper()}` is about groups of partnerships, not about one",
            help="`accordance check CASE --with RUN` tells what a stored sweep found by it",
        )
    near = get_close_matches(rule_id.upper(), [rule.id for rule in strategy.rules], n=1)
    return Problem(
        Code.RULE_UNKNOWN,
        f"`{rule_id}` is not a rule of this strategy",
        help=f"did you mean `{near[0]}`?" if near else "`accordance rules` lists the rules",
    )


def _part(answer: Answer, formula: Formula, node: Node) -> dict[str, Any]:
    """One part of a condition with its state, its facts and the parts below it."""
    from ..feel.printing import to_source

    state = answer.state_of(formula)
    parts: list[dict[str, Any]] = []
    kind, means = "leaf", None
    if isinstance(formula, Opposite) and isinstance(node, Not):
        kind, parts = "not", [_part(answer, formula.part, node.operand)]
    elif isinstance(formula, All | AnyOf) and isinstance(node, And | Or):
        kind = "all" if isinstance(formula, All) else "any"
        parts = [
            _part(answer, part, child)
            for part, child in zip(formula.parts, node.parts, strict=True)
        ]
    elif isinstance(formula, Defined) and isinstance(node, Name):
        planned = answer.checker.plan.definitions[formula.name]
        kind, means = "definition", planned.definition.means
        if planned.formula is not None:
            parts = [_part(answer, planned.formula, planned.definition.expression)]
    evidence = answer.assessment.reader.of(formula)
    leaf = isinstance(formula, Leaf | Constant)
    return {
        "kind": kind,
        "text": to_source(node),
        "words": answer.in_words(node, negated=state is False),
        "state": None if state is UNKNOWN else state,
        "facts": [answer.fact(path, value) for path, value in evidence.facts.items()]
        if leaf
        else [],
        "missing": list(evidence.missing) if leaf and state is UNKNOWN else [],
        "reasons": list(evidence.reasons) if leaf and state is UNKNOWN else [],
        "means": means,
        "parts": parts,
    }
