"""Verdict and opinion in columns: the tables of strategy.yaml over the columns of outcomes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import ibis

from ..feel.syntax import Node
from ..feel.values import NONE
from ..plan.outcome import SEVERITY_RANK
from ..plan.planning import PlannedRule
from ..strategy.model import STAGES, Table
from . import answers
from .answers import ACCEPTED, INSUFFICIENT, MOOT, NON_COMPLIANT, NOT_APPLICABLE
from .carriers import Carrier, Column, Group, Known, Listed, Truth, Word, balanced, holds
from .items import Item, Unrolled

SERIOUS: Final = SEVERITY_RANK["high"]


def at_stage(table: ibis.Table, stages: Iterable[str]) -> Carrier:
    """Is the case at one of some stages? The same for all cases only where there are none."""
    wanted = stage_column(stages)
    return Known(False) if wanted is None else Truth(table[wanted], True)


def stage_columns(table: ibis.Table) -> dict[str, Column]:
    """Columns that say whether a case is at one of some stages, for any stages."""
    made: dict[str, Column] = {}
    for size in range(1, len(STAGES) + 1):
        for some in itertools.combinations(STAGES, size):
            here = [table["stage"] == stage for stage in some]
            made[f"at {' or '.join(some)}"] = balanced(here, lambda a, b: a | b)
    return made


def stage_column(stages: Iterable[str]) -> str | None:
    """The column that says whether a case is at one of some stages; None for no stage."""
    wanted = set(stages)
    some = [stage for stage in STAGES if stage in wanted]
    return f"at {' or '.join(some)}" if some else None


def answer(table: ibis.Table, given: Table, row: Callable[[Node], Carrier]) -> Column:
    """The answer of the first row that holds; null where the table is not for the stage.

    A row that cannot be decided is taken to hold, since no answer may be better than shown.
    """
    here = holds(at_stage(table, given.stages))
    branches: list[tuple[Column, str]] = []
    last: str | None = None
    for one in given.rows:
        if one.when is None:
            last = one.answer
            break
        held = row(one.when)
        if isinstance(held, Known):
            if held.value is False:
                continue
            last = one.answer
            break
        branches.append((holds(held).fill_null(True), one.answer))
    found = ibis.literal(last, type="string")
    if branches:
        found = ibis.cases(*branches, else_=found)
    return ibis.cases((here, found)).cast("string")


def result_lists(
    table: ibis.Table, rules: Iterable[PlannedRule], at_worst: bool
) -> dict[str, Carrier]:
    """The lists that the tables read: breaches, gaps, findings, accepted, serious.

    `at_worst` takes every gap for a breach.
    """
    lists: dict[str, list[Item]] = {
        name: [] for name in ("breaches", "gaps", "findings", "accepted", "serious")
    }
    for rule in rules:
        code = table[rule.rule.id]
        breach, gap = code == NON_COMPLIANT, code == INSUFFICIENT
        severity = table[answers.severity_column(rule.rule.id)]
        # Critical and high are the two highest numbers.
        serious = (severity >= SERIOUS) & (code != NOT_APPLICABLE) & (code != MOOT)
        item = result_item(table, rule, at_worst)
        lists["findings"].append(Item(item, breach | gap, True))
        if at_worst:
            lists["breaches"].append(Item(item, breach | gap, True))
        else:
            lists["breaches"].append(Item(item, breach, True))
            lists["gaps"].append(Item(item, gap, True))
        lists["accepted"].append(Item(item, code == ACCEPTED, True))
        lists["serious"].append(Item(item, serious, True))
    return {name: Listed(Unrolled(tuple(items))) for name, items in lists.items()}


def result_item(
    table: ibis.Table,
    rule: PlannedRule,
    at_worst: bool = False,
    more: Mapping[str, Callable[[], Carrier]] | None = None,
    code: int | None = None,
) -> Group:
    """What a rule said, as an item of the lists that tables and rules about evidence read; `code`
    is its outcome where that is the same for all records."""
    name = rule.rule.id
    given = table[name] if code is None else None

    def word(words: Mapping[str, tuple[int, ...]], may_be_none: bool = False) -> Carrier:
        if given is not None:
            return Word(given, words).text(may_be_none)
        found = [one for one, codes in words.items() if code in codes]
        return Known(found[0] if found else NONE)

    outcomes: dict[str, tuple[int, ...]] = {
        word: (number,) for word, number in answers.OUTCOMES.items()
    }
    outcomes["insufficient_evidence"] = (INSUFFICIENT, MOOT)
    kinds: dict[str, tuple[int, ...]] = {"breach": (NON_COMPLIANT,), "gap": (INSUFFICIENT,)}
    if at_worst:
        outcomes |= {
            "non_compliant": (NON_COMPLIANT, INSUFFICIENT),
            "insufficient_evidence": (MOOT,),
        }
        kinds = {"breach": (NON_COMPLIANT, INSUFFICIENT)}

    levels = {rule.rule.severity, *(level for level, _ in rule.severity)}

    def severity(column: str) -> Callable[[], Carrier]:
        if len(levels) == 1:
            return lambda: Known(rule.rule.severity)
        words = {one: (rank,) for one, rank in SEVERITY_RANK.items() if one in levels}
        return lambda: Word(table[column], words).text()

    fields: dict[str, Callable[[], Carrier]] = {
        "rule": lambda: Known(name),
        "theme": lambda: Known(rule.rule.theme),
        "outcome": lambda: word(outcomes),
        "severity": severity(answers.severity_column(name)),
        "severity_least": severity(answers.least_column(name)),
        "gate": lambda: at_stage(table, rule.rule.gate),
        "moot": lambda: Known(code == MOOT) if given is None else Truth(given == MOOT, True),
        "kind": lambda: word(kinds, may_be_none=True),
    }
    return Group(fields | dict(more or {}))
