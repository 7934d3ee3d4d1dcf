"""Across the portfolio: the rules over groups of cases, for a whole sweep."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from ..plan.outcome import SEVERITY_RANK, Outcome
from ..portfolio.answer import document, worst
from ..portfolio.body_files import BodyFiles
from ..portfolio.evaluating import evaluate
from ..problem import Code, Place, Problem, Refused
from .records import Block
from .run_files import PORTFOLIO
from .seals import file_digest

if TYPE_CHECKING:
    import pyarrow as pa

    from ..check.judging import Assessment
    from ..facts.case import Case
    from .run_reading import Run
    from .sweeping import Sweep

ACCEPTED: Final = Outcome.ACCEPTED_EXCEPTION.value
MOST_SHOWN: Final = 20
"""So many findings stand in the summary; all of them stand in the file of the run."""


def by_check(
    sweep: Sweep, blocks: Iterable[Block], gone: frozenset[int], kept: BodyFiles
) -> dict[str, Any]:
    """What the rules say, with every record read and checked by `check`; `gone` are the numbers of
    those that are no cases of the run."""
    pairs = list(_checked(sweep, blocks, gone))
    made = evaluate(sweep.checker, pairs, sweep.options.today, kept)
    names = sorted(rule.id for rule in sweep.strategy.portfolio)
    return made | {"told_from": {"columns": [], "check": names}}


def from_columns(
    sweep: Sweep,
    tables: Iterable[pa.Table],
    blocks: Callable[[], Iterable[Block]],
    gone: frozenset[int],
    kept: BodyFiles,
) -> dict[str, Any]:
    """What the rules say, told from the columns of a run; rules of a form that does not
    add up are told by `check`, with every record read again."""
    import pyarrow as pa

    from .group_columns import GroupColumns, columns_read

    features, checker, today = sweep.features, sweep.checker, sweep.options.today
    assert features is not None
    names = [*columns_read(features, checker), *(one.name for one in features.columns)]
    rows = pa.concat_tables([table.select(names) for table in tables])
    told = GroupColumns(features, checker, today, kept, rows)
    try:
        found = told.answers()
        notices = told.accepting.notices()
        report = told.providers.report(found.providers)
    finally:
        told.close()
    others = {rule.id for rule in features.others}
    if others:
        pairs = list(_checked(sweep, blocks(), gone))
        by_check = evaluate(checker, pairs, today, kept, others)
        found.entries += by_check["rules"]
        found.results += by_check["results"]
        found.more += by_check["more"]
        report = by_check["providers"]
        notices = [one for one in notices if one["rule"] not in others]
        notices += [one for one in by_check["notices"] if one["rule"] in others]
        notices.sort(key=lambda one: one["line"])
    order = {rule.id: place for place, rule in enumerate(sweep.strategy.portfolio)}
    for listed in (found.entries, found.results, found.more):
        listed.sort(key=lambda one: order[one["rule"]])
    made = document(checker, today, rows.num_rows, found.entries, found.results, found.more)
    told_from = {"columns": sorted(features.rules), "check": sorted(others)}
    return made | {"notices": notices, "providers": report, "told_from": told_from}


def _checked(
    sweep: Sweep, blocks: Iterable[Block], gone: frozenset[int]
) -> Iterator[tuple[Case, Assessment]]:
    for block in blocks:
        for record in block:
            if record.row not in gone:
                case = sweep.singly.case(record)
                yield case, sweep.singly.assess(case)


def of_case(run: Run, case: str) -> dict[str, Any]:
    """What a stored run found across the portfolio of one case: its own place, and the findings of
    groups in which it is. Raises Refused where the run has none, or was changed since."""
    path = run.path(PORTFOLIO)
    stated = run.manifest.get("files", {}).get(PORTFOLIO)
    if stated is None:
        text = "this run holds nothing about the portfolio as a whole"
        help_ = "sweep again with a strategy that has rules over the portfolio"
        raise Refused(Problem(Code.USAGE, text, Place(run.folder), help_))
    if not os.path.isfile(path) or file_digest(path) != stated:
        text = "this is not what the run wrote there"
        raise Refused(Problem(Code.USAGE, text, Place(path), "sweep again"))
    document = run.portfolio()
    assert document is not None
    results = [
        one
        for one in document["results"]
        if one["case"] == case
        or (one["case"] is None and any(member["id"] == case for member in one["cases"]))
    ]
    return {"run": run.folder, "evaluated_on": document["evaluated_on"], "results": results}


def in_short(document: dict[str, Any]) -> dict[str, Any]:
    """What the summary of a run says of it."""
    results = [one for one in document["results"] if one["kind"] is not None]
    shown = sorted(results, key=_urgency)[:MOST_SHOWN]
    accepted = [one for one in document["results"] if one["outcome"] == ACCEPTED]
    names = ("rule", "title", "group", "case", "kind", "severity", "message", "cases", "cases_more")
    return {
        "rules": document["rules"],
        "findings": worst(results),
        "shown": [{name: one[name] for name in names} for one in shown],
        "accepted": [
            {name: one[name] for name in (*names, "accepted_by")} for one in accepted[:MOST_SHOWN]
        ],
        "accepted_more": max(0, len(accepted) - MOST_SHOWN),
        "notices": document["notices"],
        "providers": {
            name: len(entries)
            for name, entries in document["providers"].items()
            if isinstance(entries, list)
        },
    }


def _urgency(result: dict[str, Any]) -> tuple[bool, int, str]:
    return result["kind"] != "breach", -SEVERITY_RANK[result["severity"]], result["id"]
