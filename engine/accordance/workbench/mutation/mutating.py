"""Which small changes of a strategy no rule case notices, in the form `accordance/mutation/1`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from ...check.answer import PROGRAM, strategy_stamp
from ...problem import Code, Place, Problem, Refused
from ...strategy.cases import RuleCase
from ...strategy.model import Strategy
from ...strategy.portfolio_cases import PortfolioCase
from ..places import Places
from ..trial import failure
from .advice import advice, says
from .bench import Bench
from .changes import AnyRule, Change, Changes
from .variants import Kind

if TYPE_CHECKING:
    from .witnessing import Finding

SCHEMA: Final = "accordance/mutation/1"
SHOWN_FAILURES: Final = 5

Track = Callable[[Sequence[Change]], Iterable[Change]]
Look = Callable[[Strategy, Change], "Finding"]


def run_changes(
    bench: Bench,
    folder: str | None,
    rules: Sequence[AnyRule],
    track: Track = iter,
    look: Look | None = None,
) -> dict[str, Any]:
    """What became of every change of these rules, and of the definitions and parameters that they
    read.

    `track` sees the changes go by. A change that seems to go unnoticed is made, and its cases are
    checked by the check itself, before that is said. `look` asks the solver about it (see
    witnessing.py); what it proves to be no change does not count. Raises Refused where a case
    fails as the strategy stands, since nothing can be learnt from it then.
    """
    _refuse_failing(bench, rules)
    names = {rule.id for rule in rules}
    changes = [change for change in Changes(bench.strategy).all(rules) if names & set(change.rules)]
    unnoticed: list[tuple[Change, Finding | None]] = []
    same: list[tuple[Change, Finding | None]] = []
    noticed: dict[str, Counter[bool]] = {rule.id: Counter() for rule in rules}
    kinds: dict[Kind, Counter[bool]] = {kind: Counter() for kind in Kind}
    for change in track(changes):
        found = any(
            notice(change) is not None
            for notice in (bench.noticed_by, bench.portfolios.noticed_by, bench.confirm)
        )
        if not found:
            finding = None if look is None else look(bench.strategy, change)
            if finding is not None and finding.same:
                same.append((change, finding))
                continue
            unnoticed.append((change, finding))
        kinds[change.kind][found] += 1
        for name in change.rules:
            if name in noticed:
                noticed[name][found] += 1
    total = len(changes) - len(same)
    places = Places(folder, bench.strategy)
    return {
        "schema": SCHEMA,
        "program": PROGRAM,
        "strategy": strategy_stamp(bench.strategy),
        "changes": total,
        "noticed": total - len(unnoticed),
        "score": round((total - len(unnoticed)) / total, 4) if total else None,
        "kinds": [
            {"kind": kind.value, "changes": found.total(), "noticed": found[True]}
            for kind, found in kinds.items()
            if found.total()
        ],
        "rules": [
            {
                "rule": name,
                "cases": _cases(bench, (name,)),
                "changes": found.total(),
                "noticed": found[True],
            }
            for name, found in noticed.items()
        ],
        "unnoticed": [_told(*one, bench, places) for one in unnoticed],
        "same": [_told(*one, bench, places) for one in same],
    }


def _told(change: Change, finding: Finding | None, bench: Bench, places: Places) -> dict[str, Any]:
    spot = change.spot
    place = places.of(spot.owner, spot.field, spot.entry, spot.start)
    return {
        "kind": change.kind.value,
        "rules": list(change.rules),
        "in": spot.owner,
        "what": change.what,
        "before": change.before,
        "after": change.after,
        "source": place.file,
        "line": place.line,
        "column": place.column,
        "cases": _cases(bench, change.rules),
        "says": says(change),
        "advice": advice(change),
        "solver": None if finding is None else finding.to_json(),
    }


def _cases(bench: Bench, rules: Iterable[str]) -> int:
    """How many cases some rules have."""
    every = bench.cases, bench.portfolios.cases
    return sum(len(cases.get(name, ())) for name in rules for cases in every)


def _refuse_failing(bench: Bench, rules: Sequence[AnyRule]) -> None:
    failing: list[RuleCase | PortfolioCase] = []
    for rule in rules:
        failing += (case for case in bench.cases.get(rule.id, ()) if failure(bench.checker, case))
        portfolios = bench.portfolios.cases.get(rule.id, ())
        failing += (case for case in portfolios if bench.portfolios.as_it_stands.fails(case))
    if failing:
        raise Refused(
            Problem(
                Code.CASE_FORMAT,
                f"the case `{case.name}` of {case.rule} fails as the rules stand",
                Place(case.place.file, case.place.line),
                "mend it first; `accordance test` shows why",
            )
            for case in failing
        )
