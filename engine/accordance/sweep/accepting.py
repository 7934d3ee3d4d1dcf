"""Accepted breaches in columns: which exceptions are live and allowed, and what they accept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import ibis

from ..check.exceptions import LEAD
from ..facts.accepted_exceptions import EXCEPTION_FACTS
from ..facts.shapes import Group, List
from ..plan.formula import Formula
from ..plan.outcome import SEVERITY_RANK
from ..plan.planning import PlannedRule
from ..strategy.model import Acceptance, Strategy
from . import answers, carriers, operators
from .answers import ACCEPTED, INSUFFICIENT, NON_COMPLIANT
from .carriers import (
    Carrier,
    Column,
    Known,
    Text,
    Truth,
    all_of,
    any_of,
    holds,
    is_state,
    opposite,
)
from .columns import Reader
from .items import each, holding, kept

EXCEPTIONS = "exceptions"
GIVEN = "exceptions given"
"""The column that says whether a case has exceptions at all."""
OPEN = "exceptions open"
"""The column that says whether a breach may be an accepted one, and nobody can tell yet."""


def acceptances(
    strategy: Strategy, table: ibis.Table, reader: Reader, today: dt.date
) -> dict[str, Column] | None:
    """Columns that say what the exceptions of a case accept: for each severity a list of rules,
    and whether it is known who leads. None where there can be no exceptions."""
    root = strategy.model.root
    shape = root.members.get(EXCEPTIONS)
    if not isinstance(shape, List) or not isinstance(shape.item, Group):
        return None
    if not set(EXCEPTION_FACTS) <= set(shape.item.members):
        return None
    lead: Carrier = carriers.UNSAID
    if LEAD in root.members:
        lead = reader.fact(table, LEAD, root.members[LEAD])

    def item(element: Column) -> carriers.Group:
        found = reader.item(element, shape.item, ())
        assert isinstance(found, carriers.Group)
        return found

    def allowed(acceptance: Acceptance | None) -> Callable[[Column], Column]:
        def allows(element: Column) -> Column:
            one = item(element)
            live = all_of(
                [
                    carriers.order("<=", one.field("approved_on"), Known(today)),
                    carriers.order(">=", one.field("expires"), Known(today)),
                ]
            )
            return holds(all_of([live, _allowed(acceptance, one, lead)]))

        return allows

    made: dict[str, Column] = {
        "lead known": carriers.as_column(carriers.is_stated(lead)),
        GIVEN: (table[EXCEPTIONS].length() > 0).fill_null(False),
    }
    for word, rank in SEVERITY_RANK.items():
        acceptance = strategy.exceptions.get(word)
        if acceptance is not None:
            live = kept(table[EXCEPTIONS], allowed(acceptance))
            made[_column(rank)] = each(live, lambda element: _text(item(element).field("rule")))
    return made


def _column(rank: int) -> str:
    return f"accepts {rank}"


def _text(carrier: Carrier) -> Column:
    carrier = carriers.lifted(carrier)
    assert isinstance(carrier, Text)
    return carrier.value


def _allowed(acceptance: Acceptance | None, item: carriers.Group, lead: Carrier) -> Carrier:
    """May this role accept a breach of a severity, for so long, and is it not their own?"""
    if acceptance is None:
        return Known(False)
    approver = Text(_text(item.field("approver")).lower())
    roles = sorted({role.casefold() for role in acceptance.approvers})
    parts = [any_of([carriers.equal(approver, Known(role)) for role in roles])]
    if isinstance(lead, Text):
        own = carriers.equal(Text(lead.value.lower()), approver)
        # While it is not known who leads, or there is nobody, they are not the one.
        parts.append(opposite(Truth(holds(own).fill_null(False))))
    if acceptance.longest is not None:
        last = operators.calculate("+", item.field("approved_on"), Known(acceptance.longest))
        longer = carriers.order(">", item.field("expires"), last)
        parts.append(opposite(Truth(holds(longer).fill_null(False))))
    return all_of(parts)


def accept(
    table: ibis.Table, rules: list[PlannedRule], state: Callable[[Formula], Carrier]
) -> dict[str, Column]:
    """The outcomes of rules once accepted breaches are taken out of them; `state` says whether a
    condition holds.

    Where the severity hangs on what is unknown, each that it may turn out to have must be accepted.
    """
    made: dict[str, Column] = {}
    doubtful: list[Carrier] = []
    for rule in rules:
        name = rule.rule.id
        least = table[answers.least_column(name)]
        levels = {rule.rule.severity, *(level for level, _ in rule.severity)}
        possible: list[Carrier] = []
        accepted: list[Carrier] = []
        for rank in sorted(SEVERITY_RANK[level] for level in levels):
            # What a breach has for certain, or may have by a condition that is unknown.
            unknown = [
                is_state(state(one), None)
                for level, one in rule.severity
                if SEVERITY_RANK[level] == rank
            ]
            above = all_of([Truth(least < rank, True), any_of(unknown)])
            within = any_of([Truth(least == rank, True), above])
            covered = _covered(table, rank, (name, *rule.rule.aliases))
            possible.append(all_of([within, covered]))
            accepted.append(any_of([opposite(within), covered]))
        any_accepted, all_accepted = any_of(possible), all_of(accepted)
        settled = all_of([all_accepted, Truth(table["lead known"], True)])
        breach = (table[name] == NON_COMPLIANT) & table[GIVEN]
        doubtful.append(all_of([Truth(breach, True), any_accepted, opposite(settled)]))
        made[name] = ibis.cases(
            (
                breach,
                ibis.cases(
                    (holds(settled), ACCEPTED),
                    (holds(any_accepted), INSUFFICIENT),
                    else_=NON_COMPLIANT,
                ).cast("int8"),
            ),
            else_=table[name],
        ).cast("int8")
    return made | {OPEN: holds(any_of(doubtful))}


def _covered(table: ibis.Table, rank: int, names: tuple[str, ...]) -> Carrier:
    """Does an exception accept a breach of a rule, at a severity? Never null."""
    if _column(rank) not in table.columns:
        return Known(False)
    # Every exception names its rule.
    rules = table[_column(rank)]
    return any_of([Truth(holding(rules, name).fill_null(False), True) for name in names])
