"""Where a contracting process stands: what of it is in force, from when to when, at which stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .merging import Contradiction, Items, Merged, Told
from .statement import Day, Statement, Unfit

OVER: Final = ("cancelled", "unsuccessful", "withdrawn", "terminated")
PENDING: Final = "pending"


@dataclass(frozen=True, slots=True)
class Standing:
    """Awards and contracts in force, the period of the agreement as far as it is known, and the
    stage with what it was taken from."""

    awards: Items
    contracts: Items
    start: Day | None
    end: Day | None
    stage: str
    ground: Told


def standing_of(statement: Statement) -> Standing:
    """Raises Unfit where the process is no partnership that is proposed or running."""
    awards = _in_force(statement, "awards")
    contracts = _in_force(statement, "contracts")
    parts = _parts(statement, awards, contracts)
    start = _limit(statement, parts, "startDate", min)
    end = _limit(statement, parts, "endDate", max)
    if contracts or awards:
        stage, ground = _agreed(statement, awards, contracts, start, end)
    else:
        stage, ground = _proposed(statement)
    return Standing(awards, contracts, start, end, stage, ground)


def anything(items: Iterable[Merged]) -> Told:
    """Some value of an award or contract, to point at it. Raises Unfit where there is none."""
    for item in items:
        told = item.told("status") or _first(item)
        if told is not None:
            return told
    raise Unfit("its awards and contracts say nothing")


def _in_force(statement: Statement, name: str) -> Items:
    """The awards or contracts that are neither called off nor still pending. Raises Unfit."""
    known = statement.merged.items_of(name)
    kept = Items()
    pending = False
    for key, item in known.items():
        status = item.at("status")
        if isinstance(status, Contradiction):
            raise Unfit(f"the data contradicts itself on whether one of its {name} is in force")
        value = status.value if isinstance(status, Told) else None
        if value == PENDING:
            pending = True
        elif value not in OVER:
            kept[key] = item
    if known and not kept and not pending:
        raise Unfit(f"all its {name} were called off or have ended")
    return kept


def _agreed(
    statement: Statement, awards: Items, contracts: Items, start: Day | None, end: Day | None
) -> tuple[str, Told]:
    today = statement.last.day
    if end is not None and end.date < today and not _may_be_extended(statement, awards, contracts):
        raise Unfit(
            f"its agreement ended on {end.date.isoformat()}, before its latest release of "
            f"{today.isoformat()}"
        )
    signed = any(item.told("dateSigned") for item in contracts.values())
    begins_later = start is not None and start.date > today
    ground = anything([*contracts.values(), *awards.values()])
    return ("new" if begins_later and not signed else "established"), ground


def _may_be_extended(statement: Statement, awards: Items, contracts: Items) -> bool:
    """Could an agreement whose end has passed run on, by what the data says of extensions?"""
    for items, period in ((contracts, "period"), (awards, "contractPeriod")):
        for item in items.values():
            latest = statement.day(item.told(period, "maxExtentDate"))
            if latest is not None and latest.date >= statement.last.day:
                return True
    return False


def _proposed(statement: Statement) -> tuple[str, Told]:
    merged, last = statement.merged, statement.last
    status = merged.at("tender", "status")
    if isinstance(status, Contradiction):
        raise Unfit("the data contradicts itself on the status of its tender")
    if isinstance(status, Told) and status.value in OVER:
        raise Unfit(f"its tender is {status.value}")
    if any(tag.endswith(("Cancellation", "Termination")) for tag in last.tags):
        raise Unfit(f"its latest release is a {last.tags[0]}")
    pending = [*merged.items_of("awards").values(), *merged.items_of("contracts").values()]
    if pending:
        return "new", anything(pending)
    if isinstance(status, Told) and status.value == "complete":
        raise Unfit("its tender is over, and the data names no award")
    for name in ("tender", "planning"):
        part = merged.at(name)
        found = _first(part) if isinstance(part, Merged) else None
        if found is not None:
            return "new", status if isinstance(status, Told) else found
    raise Unfit("it says nothing of a tender, an award or a contract")


def _first(part: Merged) -> Told | None:
    for value in part.values():
        found = _first(value) if isinstance(value, Merged) else value
        if isinstance(found, Told):
            return found
    return None


def _parts(statement: Statement, awards: Items, contracts: Items) -> list[Merged]:
    """The periods to go by: those of contracts, else of awards, else of the tender, else of its
    lots."""
    merged = statement.merged
    tender = merged.at("tender")
    for items, name in (
        (contracts.values(), "period"),
        (awards.values(), "contractPeriod"),
        ([tender] if isinstance(tender, Merged) else [], "contractPeriod"),
        (merged.items_of("tender", "lots").values(), "contractPeriod"),
    ):
        periods = [period for item in items if isinstance(period := item.at(name), Merged)]
        if any("startDate" in period or "endDate" in period for period in periods):
            return periods
    return []


def _limit(
    statement: Statement, periods: Sequence[Merged], name: str, choose: Callable[..., Any]
) -> Day | None:
    """The earliest start or the latest end; None where the data contradicts itself on one."""
    if any(isinstance(period.at(name), Contradiction) for period in periods):
        return None
    days = [day for period in periods if (day := statement.day(period.told(name))) is not None]
    chosen: Day | None = choose(days, key=lambda day: day.date) if days else None
    return chosen
