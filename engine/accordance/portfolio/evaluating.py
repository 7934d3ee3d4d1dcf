"""A portfolio of cases that fit into memory: each checked, then the rules over all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ..check.checker import Checker
from ..check.judging import Assessment
from ..facts.case import Case
from ..strategy.portfolio import PortfolioRule
from .answer import Answering
from .body_files import NOTHING_KEPT, BodyFiles
from .members import Member, Reader
from .providers import Providers, stated_groups


def evaluate(
    checker: Checker,
    cases: Sequence[tuple[Case, Assessment]],
    today: dt.date,
    kept: BodyFiles = NOTHING_KEPT,
    only: Collection[str] | None = None,
) -> dict[str, Any]:
    """What the rules over the portfolio say of cases that were checked on one day. `kept` is what
    the body keeps for them; `only` are the ids of the rules that are asked, None for all."""
    rules = [one for one in checker.strategy.portfolio if only is None or one.id in only]
    names = provider_names(case for case, _ in cases)
    return answering(checker, cases, today, kept, rules).document(names)


def answering(
    checker: Checker,
    cases: Sequence[tuple[Case, Assessment]],
    today: dt.date,
    kept: BodyFiles = NOTHING_KEPT,
    rules: Sequence[PortfolioRule] | None = None,
) -> Answering:
    """What tells the results one by one, of the rules of the strategy or of those given."""
    reader, members = members_of(checker, cases, kept.table, rules)
    return Answering(reader, members, today, kept.exceptions)


def members_of(
    checker: Checker,
    cases: Sequence[tuple[Case, Assessment]],
    table: Mapping[str, str] | None = None,
    rules: Sequence[PortfolioRule] | None = None,
) -> tuple[Reader, list[Member]]:
    """Cases as the rules over the portfolio see them."""
    providers = Providers(table or {}, stated_groups(case.facts for case, _ in cases))
    reader = Reader(checker, providers, rules)
    return reader, [reader.member(case, assessment) for case, assessment in cases]


def provider_names(cases: Iterable[Case]) -> list[str]:
    """The names of all parties but the body's own side."""
    return sorted(
        {
            party["name"]
            for case in cases
            for party in case.facts.get("parties") or ()
            if isinstance(party.get("name"), str) and party.get("ourselves") is not True
        }
    )
