"""A portfolio of cases that fit into memory: each checked, then the rules over all of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from ..check.checker import Checker
from ..check.judging import Assessment
from ..facts.case import Case
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
    reader, members = members_of(checker, cases, kept.table)
    if only is not None:
        reader.rules = tuple(rule for rule in reader.rules if rule.id in only)
    answering = Answering(reader, members, today, kept.exceptions)
    return answering.document(provider_names(case for case, _ in cases))


def evaluate_all(
    checker: Checker,
    cases: Sequence[tuple[Case, Assessment]],
    today: dt.date,
    kept: BodyFiles = NOTHING_KEPT,
) -> list[dict[str, Any]]:
    """The results of every rule for every group, findings or not."""
    reader, members = members_of(checker, cases, kept.table)
    return Answering(reader, members, today, kept.exceptions).all()


def members_of(
    checker: Checker,
    cases: Sequence[tuple[Case, Assessment]],
    table: Mapping[str, str] | None = None,
) -> tuple[Reader, list[Member]]:
    """Cases as the rules over the portfolio see them."""
    providers = Providers(table or {}, stated_groups(case.facts for case, _ in cases))
    reader = Reader(checker, providers)
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
