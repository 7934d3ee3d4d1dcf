"""Random strategies, made in memory: parameters, definitions that use each other, rules.

The verdict and opinion tables are always those of `TABLES`, which say in FEEL what the oracle says
in Python.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from accordance.facts.model import FactModel
from accordance.feel import syntax as s
from accordance.feel.parsing import parse
from accordance.feel.printing import to_source
from accordance.feel.types import (
    BOOLEAN,
    DATE,
    DAYS,
    MONTHS,
    NUMBER,
    TEXT,
    ContextType,
    ListType,
    Type,
)
from accordance.feel.values import Months
from accordance.problem import Place
from accordance.strategy.model import (
    Acceptance,
    Definition,
    Parameter,
    Requirement,
    Rule,
    SeverityStep,
    Strategy,
    Table,
    TableRow,
)

from .expressions import EQUATABLE, condition, expression, list_of, listing, paths
from .facts import (
    COLOUR,
    DAYS_OF_NOTE,
    LONGEST,
    ROLES,
    STAGE,
    STAGES,
    TEXTS,
    Draw,
    choose,
    drawn,
    fact_model,
    readable,
    some_of,
)
from .writing import schema_of

SEVERITIES = ("critical", "high", "medium", "low", "advisory")
PLACE = Place("rules/all.yaml", 1, 1)
THEMES = {"EXT": "Exit", "DEP": "Dependence", "EVD": "Evidence"}
OUTCOMES = ("compliant", "non_compliant", "insufficient_evidence", "not_applicable")
TABLES: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str | None], ...]]] = {
    "verdict": (
        ("new", "renewing"),
        (
            (
                "do_not_proceed",
                'some b in breaches satisfies b.gate or b.severity_least = "critical"',
            ),
            (
                "undecided",
                "(some g in gaps satisfies g.gate)"
                ' or (some f in findings satisfies f.severity = "critical")',
            ),
            (
                "proceed_with_conditions",
                '(some f in findings satisfies f.severity in ("high", "medium"))'
                " or (some a in accepted satisfies a.gate)",
            ),
            ("proceed", None),
        ),
    ),
    "opinion": (
        ("renewing", "established", "exiting"),
        (
            ("no_assurance", 'some b in breaches satisfies b.severity = "critical"'),
            (
                "limited",
                '(some b in breaches satisfies b.severity = "high")'
                ' or count(serious[outcome = "insufficient_evidence"]) * 4 > count(serious)',
            ),
            (
                "reasonable",
                '(some b in breaches satisfies b.severity in ("medium", "low"))'
                ' or (some g in gaps satisfies g.severity in ("critical", "high"))',
            ),
            ("substantial", None),
        ),
    ),
}
PARAMETERS: dict[str, tuple[str, Type, tuple[Any, ...]]] = {
    "limit": ("count", NUMBER, (2, 1, 12)),
    "grace": ("duration", DAYS, (dt.timedelta(days=30), dt.timedelta(days=400))),
    "notice": ("duration", MONTHS, (Months(1), Months(14))),
    "cut_off": ("date", DATE, DAYS_OF_NOTE),
    "allowed": (
        "list",
        ListType(item=COLOUR),
        (list(TEXTS[:2]), list(TEXTS[1:3]), list(TEXTS[:1])),
    ),
}
DEFINITIONS = ("ready", "serious_case", "settled", "ours")
KINDS: dict[str, Type] = {
    "boolean": BOOLEAN,
    "number": NUMBER,
    "text": TEXT,
    "colour": COLOUR,
    "stage": STAGE,
    "date": DATE,
    "days": DAYS,
    "months": MONTHS,
}
ALIAS = "OLD-01"


TEMPLATE = Rule(
    id="EXT-01",
    title="Rule EXT-01",
    theme="Exit",
    stages=STAGES,
    when=None,
    when_text=None,
    require=(),
    severity="high",
    severity_when=(),
    gate=frozenset(),
    finding="{title}: {unmet}.",
    actions=(),
    because="It matters",
    excludes=(),
    assumes=(),
    basis=("Test",),
    since=None,
    until=None,
    effective_from=None,
    effective_until=None,
    jurisdictions=(),
    aliases=(),
    about="partnership",
    tags=(),
    place=PLACE,
)
"""What all random rules have in common."""


def parameters(draw: Draw) -> dict[str, Parameter]:
    names = some_of(draw, sorted(PARAMETERS), 2)
    return {
        name: Parameter(
            name=name,
            value=choose(draw, PARAMETERS[name][2]),
            unit=PARAMETERS[name][0],
            means=f"The {name}",
            place=PLACE,
        )
        for name in names
    }


def definition(draw: Draw, name: str, scope: Mapping[str, Type]) -> Definition:
    kind = choose(draw, ("boolean",) * 4 + ("list", "values", *EQUATABLE))
    if kind == "list":
        node, item = listing(draw, scope, 2)
        of: Type = ListType(item=item)
    elif kind == "values":
        inner = choose(draw, ("boolean", "number", "text", "colour", "date"))
        node, of = list_of(draw, scope, inner, 2), ListType(item=KINDS[inner])
    else:
        node, of = expression(draw, scope, kind, 2), KINDS[kind]
    return Definition(
        name=name,
        means=f"It is {name}",
        text=to_source(node),
        expression=node,
        type=of,
        about="partnership",
        place=PLACE,
    )


def rule(
    draw: Draw,
    rule_id: str,
    aliases: tuple[str, ...],
    scope: Mapping[str, Type],
    about: str = "partnership",
) -> Rule:
    def clause(depth: int = 2) -> s.Node:
        if about == "evidence" and choose(draw, (True, True, False)):
            return on_evidence(draw, scope)
        return condition(draw, scope, depth)

    def among(stages: tuple[str, ...], chances: tuple[bool, ...] = (True, False)) -> frozenset[str]:
        return frozenset(stage for stage in stages if choose(draw, chances))

    stages = choose(draw, (STAGES, STAGES, STAGES[:3], STAGES[1:], STAGES[:1]))
    when = clause() if choose(draw, (False, True)) else None
    require = []
    for position in range(choose(draw, (1, 2, 3))):
        node = clause()
        # The first is asked at every stage: a rule must ask something at each of its stages.
        at = among(stages) if position and choose(draw, (False, True)) else frozenset()
        require.append(
            Requirement(
                text=to_source(node),
                expression=node,
                stages=at or None,
                unmet=None,
                place=PLACE,
            )
        )
    severity = choose(draw, SEVERITIES[1:])
    higher = SEVERITIES[: SEVERITIES.index(severity)]
    steps = [(level, clause(1)) for level in higher if choose(draw, (False, False, True))]
    return replace(
        TEMPLATE,
        id=rule_id,
        title=f"Rule {rule_id}",
        theme=THEMES[rule_id[:3]],
        stages=stages,
        when=when,
        when_text=None if when is None else to_source(when),
        require=tuple(require),
        severity=severity,
        severity_when=tuple(SeverityStep(level, node, to_source(node)) for level, node in steps),
        gate=among(stages, (False, False, True)),
        aliases=aliases,
        about=about,
    )


def on_evidence(draw: Draw, scope: Mapping[str, Type]) -> s.Node:
    """What only a rule about evidence may ask."""
    if choose(draw, (True, False)):
        return s.Call("is defined", (choose(draw, [node for node, _ in paths(scope)]),))
    outcome = choose(draw, OUTCOMES)
    text = choose(
        draw,
        (
            f'count(results[outcome = "{outcome}"]) > {choose(draw, (0, 1))}',
            f'some r in results satisfies r.gate and r.outcome = "{outcome}"',
            'every r in results satisfies not(r.kind = "gap" and r.severity != r.severity_least)',
            'some r in results satisfies r.kind = "breach" and r.severity in ("high", "critical")',
            'every r in results satisfies r.theme = "Exit" or r.moot',
        ),
    )
    return parse(text)


def table(name: str) -> Table:
    stages, rows = TABLES[name]
    return Table(
        stages=stages,
        rows=tuple(
            TableRow(
                answer=answer,
                when=None if when is None else parse(when),
                when_text=when,
                means=None,
                place=PLACE,
            )
            for answer, when in rows
        ),
    )


VERDICT, OPINION = table("verdict"), table("opinion")


def strategy(draw: Draw, evidence: bool = False, derived: bool = False) -> Strategy:
    """A strategy with a fact model of its own; `evidence` adds rules about evidence, `derived` lets
    some facts follow from others."""
    model = fact_model(draw)
    stated = parameters(draw)
    scope: dict[str, Type] = {name: PARAMETERS[name][1] for name in stated}
    scope.update(readable(model))
    definitions: dict[str, Definition] = {}
    for name in DEFINITIONS[: choose(draw, range(len(DEFINITIONS) + 1))]:
        definitions[name] = definition(draw, name, scope)
        scope[name] = definitions[name].type
    ids = ("EXT-01", "EXT-02", "DEP-01", "DEP-02")[: choose(draw, range(1, 5))]
    rules = [rule(draw, name, (ALIAS,) if name == "EXT-01" else (), scope) for name in ids]
    if evidence:
        ids = ("EVD-01", "EVD-02")[: choose(draw, range(3))]
        rules += [rule(draw, name, (), scope, "evidence") for name in ids]
    may_accept = {
        level: Acceptance(approvers=approvers, longest=longest)
        for level, approvers, longest in (
            ("critical", ROLES[1:], Months(12)),
            ("high", ROLES, LONGEST),
            ("medium", ROLES, None),
            ("low", ROLES, None),
        )
        if choose(draw, (True, True, False))
    }
    derivations = _derivations(draw, model) if derived else {}
    return strategy_of(model, stated, definitions, rules, may_accept, derivations)


def _derivations(draw: Draw, model: ContextType) -> dict[str, s.Node]:
    """Some facts of the case, or of the items of a list, that follow from others."""
    found: dict[str, s.Node] = {}
    scope = readable(model)
    places = [("", model)]
    for name, of in scope.items():
        if isinstance(of, ListType) and isinstance(of.item, ContextType):
            places.append((f"{name}.", of.item))
    for prefix, group in places:
        for name, of in group.fields.items():
            kind = {BOOLEAN: "boolean", NUMBER: "number"}.get(of)
            if kind and choose(draw, (False, True)):
                own = (name, prefix.rstrip("."))
                seen = {n: t for n, t in {**scope, **group.fields}.items() if n not in own}
                node = expression(draw, seen, kind, 2)
                # A derivation knows no day of evaluation.
                if not any(isinstance(n, s.Call) and n.function == "today" for n in s.walk(node)):
                    found[prefix + name] = node
    return found


def strategy_of(
    model: ContextType,
    parameters: dict[str, Parameter],
    definitions: dict[str, Definition],
    rules: Sequence[Rule],
    may_accept: dict[str, Acceptance],
    derivations: dict[str, s.Node],
) -> Strategy:
    """A strategy with the tables that all of them have."""
    return Strategy(
        name="random",
        title="A random strategy",
        version="1.0",
        approval=None,
        themes=THEMES,
        parameters=parameters,
        definitions=definitions,
        rules=tuple(rules),
        retired=(),
        mandatory={},
        exceptions=may_accept,
        verdict=VERDICT,
        opinion=OPINION,
        holidays=frozenset(),
        model=FactModel(schema_of(model, derivations), derivations),
        digest="sha256:0",
        source_digest="sha256:0",
        status="draft",
        folder="random",
    )


strategies = drawn(strategy)
