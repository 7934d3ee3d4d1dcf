"""The second implementation of the rules over the portfolio, in the plainest Python there is.

Like tests/oracle.py it shares nothing with the engine but the syntax trees and the values. For
every question it goes through all cases again, and all that it remembers are lists.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from accordance.feel.types import NUMBER, TEXT, ContextType, ListType, Type
from accordance.feel.values import NONE, UNKNOWN, Span, Uncertain, Value
from accordance.strategy.model import Strategy
from accordance.strategy.portfolio import PortfolioRule
from tests import oracle
from tests.oracle import Scope, every, highest

RESULT = ContextType(fields={"broken": ListType(item=TEXT), "breaches": NUMBER, "serious": NUMBER})


@dataclass(frozen=True)
class Said:
    """What a rule says of a group, or of one case in it."""

    rule: str
    group: str | None
    case: str | None
    outcome: str
    moot: bool
    severity: str
    severity_least: str
    unmet: tuple[int, ...]


@dataclass(frozen=True)
class Seen:
    """One case: what rules see of it, and the scope of expressions over it."""

    facts: Mapping[str, Value]
    scope: Scope
    item: Mapping[str, Value]


def judge(
    strategy: Strategy,
    cases: Sequence[Mapping[str, Value]],
    today: dt.date,
    table: Mapping[str, str],
    exceptions: Sequence[Mapping[str, Value]] = (),
) -> list[Said]:
    """What every rule over the portfolio says of these facts of cases."""
    seen = [see(strategy, facts, today) for facts in cases]
    called = groups_of_names(cases, table)
    return [
        said
        for rule in strategy.portfolio
        for said in of_rule(strategy, rule, seen, called, today, exceptions)
    ]


def groups_of_names(
    cases: Sequence[Mapping[str, Value]], table: Mapping[str, str]
) -> dict[str, str]:
    stated: dict[str, set[str]] = {}
    for facts in cases:
        for party in facts.get("parties", []):
            if "name" in party and isinstance(party.get("group"), str):
                group = party["group"]
                stated.setdefault(party["name"], set()).add(table.get(group, group))
    single = {name: groups.copy().pop() for name, groups in stated.items() if len(groups) == 1}
    return {**single, **table}


def see(strategy: Strategy, facts: Mapping[str, Value], today: dt.date) -> Seen:
    judgement = oracle.judge(strategy, facts, today)
    rules = {rule.id: rule for rule in strategy.rules if rule.about != "evidence"}
    broken: list[tuple[str, bool]] = []
    serious: list[tuple[str, bool]] = []
    for result in judgement.results:
        if result.rule in rules and result.kind is not None:
            sure = result.kind == "breach"
            broken.append((result.rule, sure))
            if result.severity in ("high", "critical"):
                least = result.severity_least in ("high", "critical")
                serious.append((result.rule, sure and least))
    came_to = {
        "broken": as_list(broken),
        "breaches": bounds(sum(sure for _, sure in broken), len(broken)),
        "serious": bounds(sum(sure for _, sure in serious), len(serious)),
    }
    whole = oracle.derived(facts, strategy.model)
    scope = Scope(
        facts={**whole, "result": came_to},
        today=today,
        definitions={name: one.expression for name, one in strategy.definitions.items()},
        parameters={name: one.value for name, one in strategy.parameters.items()},
        types={**strategy.model.type.fields, "result": RESULT},
    )
    scope = oracle.infer(scope, [d for d in strategy.definitions.values() if d.about != "evidence"])
    return Seen(whole, scope, {**(scope.inferred or {}), **whole, "result": came_to})


def as_list(pairs: Sequence[tuple[Value, bool]]) -> Value:
    return [one for one, _ in pairs] if all(sure for _, sure in pairs) else Uncertain(tuple(pairs))


def bounds(low: Any, high: Any) -> Value:
    return low if low == high else Span(low, high)


def is_in(
    rule: PortfolioRule, node: Any, case: Seen, group: str | None, called: Mapping[str, str]
) -> Value:
    """Does a text or list of texts over a case name a group? None is a group nobody named."""
    found = oracle.value(node, case.scope)
    if found is UNKNOWN:
        return UNKNOWN
    truths: list[Value] = []
    for item, sure in oracle.items_of(found) or ():
        if item is NONE:
            continue
        name = named(rule, item, called)
        if name is None:
            truths.append(UNKNOWN)
        elif name == group:
            truths.append(True if sure else UNKNOWN)
    return oracle.some(truths)


def names_any(node: Any, case: Seen) -> bool:
    return any(
        item is not NONE for item, _ in oracle.items_of(oracle.value(node, case.scope)) or ()
    )


def named(rule: PortfolioRule, item: Value, called: Mapping[str, str]) -> str | None:
    if item is UNKNOWN:
        return None
    if rule.by is not None:
        return f"{item.year} Q{(item.month + 2) // 3}"
    return called.get(item, item) if rule.providers else item


def of_rule(
    strategy: Strategy,
    rule: PortfolioRule,
    seen: Sequence[Seen],
    called: Mapping[str, str],
    today: dt.date,
    exceptions: Sequence[Mapping[str, Value]],
) -> list[Said]:
    looked_at = [
        (case, True if rule.of is None else oracle.value(rule.of, case.scope)) for case in seen
    ]
    looked_at = [(case, truth) for case, truth in looked_at if truth is not False]
    names: set[str] = set()
    unnamed = False
    for case, _ in looked_at:
        if rule.group_by is None:
            continue
        found = oracle.value(rule.group_by, case.scope)
        if found is UNKNOWN:
            unnamed = True
            continue
        for item, _ in oracle.items_of(found) or ():
            if item is NONE:
                continue
            name = named(rule, item, called)
            unnamed = unnamed or name is None
            names |= set() if name is None else {name}
    groups: list[str | None] = [*sorted(names), *([None] if unnamed else [])]
    if rule.group_by is None:
        groups = [None]
    said: list[Said] = []
    for group in groups:
        members = []
        for case, truth in looked_at:
            within = (
                True if rule.group_by is None else is_in(rule, rule.group_by, case, group, called)
            )
            both = every([truth, within])
            if both is not False:
                members.append((case, both is True))
        whole = [(case.item, truth is True) for case, truth in looked_at]
        marked = []
        for case, sure in members:
            mark: Value = False
            if rule.mark is not None:
                mark = is_in(rule, rule.mark, case, group, called)
                if group is None and mark is False and names_any(rule.mark, case):
                    mark = UNKNOWN
            if mark is not False:
                marked.append((case.item, sure and mark is True))
        lists = {
            "cases": as_list([(case.item, sure) for case, sure in members]),
            "portfolio": as_list(whole),
            "marked": as_list(marked),
            **({} if group is None else {"group": group}),
        }
        if rule.rank is None:
            there = rule.group_by is None or any(sure for _, sure in members)
            granted = [one for one in exceptions if is_about(one, rule, group, None, called)]
            found = ruled(strategy, rule, group, None, lists, there, today)
            said.append(excepted(strategy, found, granted, members, today))
            continue
        for case, sure in members:
            others = [one for one in members if one[0] is not case]
            place = standing(rule, case, others)
            granted = [one for one in exceptions if is_about(one, rule, group, case, called)]
            found = ruled(strategy, rule, group, case, {**lists, **place}, sure, today)
            said.append(excepted(strategy, found, granted, [(case, True)], today))
    return said


def is_about(
    exception: Mapping[str, Value],
    rule: PortfolioRule,
    group: str | None,
    case: Seen | None,
    called: Mapping[str, str],
) -> bool:
    named = exception.get("group")
    if rule.providers:
        named = called.get(str(named), named)
    of = None if case is None else case.facts["id"]
    return exception["rule"] == rule.id and named == group and exception.get("case") == of


def excepted(
    strategy: Strategy,
    said: tuple[Said, list[str]],
    exceptions: Sequence[Mapping[str, Value]],
    members: Sequence[tuple[Seen, bool]],
    today: dt.date,
) -> Said:
    """A breach under an exception is accepted where all that it may turn out to be is: whatever
    its severity, whoever leads on the cases that may be in the group."""
    found, severities = said
    if found.outcome != "non_compliant":
        return found
    worlds = [
        oracle.some(
            every(
                (
                    one["approved_on"] <= today <= one["expires"],
                    may_accept(strategy, severity, one),
                    oracle.opposite(leads_on_one(one["approver"], members)),
                )
            )
            for one in exceptions
        )
        for severity in severities
    ]
    if all(world is False for world in worlds):
        return found
    accepted = all(world is True for world in worlds)
    outcome = "accepted_exception" if accepted else "insufficient_evidence"
    return replace(found, outcome=outcome)


def may_accept(strategy: Strategy, severity: str, exception: Mapping[str, Value]) -> bool:
    acceptance = strategy.exceptions.get(severity)
    if acceptance is None:
        return False
    # Who may is told without regard to capitals.
    roles = tuple(role.lower() for role in acceptance.approvers)
    lower = {**exception, "approver": exception["approver"].lower()}
    return oracle.may_accept(replace(acceptance, approvers=roles), lower)


def leads_on_one(approver: str, members: Sequence[tuple[Seen, bool]]) -> Value:
    truths: list[Value] = []
    for case, sure in members:
        lead = case.facts.get("lead_officer", UNKNOWN)
        own = lead if lead is UNKNOWN else str(lead).lower() == approver.lower()
        truths.append(own if sure or own is False else UNKNOWN)
    return oracle.some(truths)


def standing(
    rule: PortfolioRule, case: Seen, others: Sequence[tuple[Seen, bool]]
) -> dict[str, Value]:
    """`position` and `peers`, by trying every way in which the possible ones may be there."""
    place: dict[str, Value] = {
        "title": case.item["title"],
        "peers": bounds(1 + sum(sure for _, sure in others), 1 + len(others)),
    }
    own = oracle.value(rule.rank, case.scope)
    certain = [one for one in others if one[1]]
    if own is UNKNOWN or not certain:
        return place
    mine = oracle.ends(own)
    shares = []
    possible = [one for one in others if not one[1]]
    for chosen in range(2 ** len(possible)):
        there = certain + [one for at, one in enumerate(possible) if chosen >> at & 1]
        states = [as_high(oracle.value(rule.rank, one.scope), mine) for one, _ in there]
        shares += [
            Fraction(sum(state is True for state in states), len(states)),
            Fraction(sum(state is not False for state in states), len(states)),
        ]
    low, high = min(shares), max(shares)
    whole = [one.numerator if one.denominator == 1 else one for one in (low, high)]
    return {**place, "position": bounds(whole[0], whole[1])}


def as_high(theirs: Value, mine: tuple[Any, Any]) -> Value:
    if theirs is UNKNOWN:
        return UNKNOWN
    low, high = oracle.ends(theirs)
    return True if low >= mine[1] else False if high < mine[0] else UNKNOWN


def ruled(
    strategy: Strategy,
    rule: PortfolioRule,
    group: str | None,
    case: Seen | None,
    facts: Mapping[str, Value],
    there: bool,
    today: dt.date,
) -> tuple[Said, list[str]]:
    """What the rule says, and every severity that a breach may turn out to have."""
    fields: dict[str, Type] = {
        **{name: one.type for name, one in strategy.definitions.items()},
        **strategy.model.type.fields,
        "result": RESULT,
    }
    items = ListType(item=ContextType(fields=fields))
    scope = Scope(
        facts=facts,
        today=today,
        parameters={name: one.value for name, one in strategy.parameters.items()},
        types={"cases": items, "portfolio": items, "marked": items},
        inferred={},
    )
    for figure in rule.figures:
        worth = oracle.value(figure.expression, scope)
        scope = Scope(
            facts=scope.facts,
            today=today,
            parameters=scope.parameters,
            types=scope.types,
            inferred={**(scope.inferred or {}), figure.name: worth},
        )
    applies = True if rule.when is None else oracle.value(rule.when, scope)
    asked = [oracle.value(one.expression, scope) for one in rule.require]
    met = every(asked)
    unmet: tuple[int, ...] = ()
    if applies is False:
        outcome = "not_applicable"
    elif applies is True and met is True:
        outcome = "compliant"
    elif applies is True and met is False and there:
        outcome = "non_compliant"
        unmet = tuple(at for at, truth in enumerate(asked) if truth is False)
    else:
        outcome = "insufficient_evidence"
    steps = [(one.level, oracle.value(one.expression, scope)) for one in rule.severity_when]
    least = highest([rule.severity, *(level for level, truth in steps if truth is True)])
    open_ = [level for level, truth in steps if truth is UNKNOWN]
    possible = [least, *(level for level in open_ if highest([level, least]) != least)]
    said = Said(
        rule.id,
        group,
        None if case is None else str(case.facts["id"]),
        outcome,
        outcome == "insufficient_evidence" and applies is UNKNOWN and met is True,
        highest(possible),
        least,
        unmet,
    )
    return said, possible
