"""Costs and benefits of partnerships, and who bears and gains them.

What is not stated is unknown and counted as that: a sum with unknown parts is a least sum, and says
how many parts it lacks. Benefits that are no money are never added to money.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from ..facts.case import Case
from ..feel.values import Number
from ..strategy.model import Strategy
from .ranges import figure

PARTS: Final = ("set_up", "running", "client_side", "exit")
"""What the whole life of a partnership costs."""
SHARE_GAP: Final = "share_gap_max"
OTHER: Final = "other"


@dataclass(frozen=True, slots=True)
class Sum:
    """What is known of a sum, and how many parts of it are not."""

    known: Number
    parts: int
    unknown: int

    @property
    def complete(self) -> bool:
        return self.unknown == 0 and self.parts > 0

    def to_json(self) -> dict[str, Any]:
        return {
            "known": None if self.unknown == self.parts else figure(self.known, 2),
            "parts": self.parts,
            "unknown": self.unknown,
            "complete": self.complete,
        }


def sum_of(amounts: Iterable[Number | None]) -> Sum:
    """The sum of amounts, some of which may not be known (None)."""
    listed = list(amounts)
    known = [one for one in listed if one is not None]
    return Sum(sum(known, Fraction(0)), len(listed), len(listed) - len(known))


@dataclass(frozen=True, slots=True)
class Benefit:
    """One benefit; `planned` and `realised` are to date."""

    kind: str
    money: bool | None
    planned: Number | None
    realised: Number | None


@dataclass(frozen=True, slots=True)
class Bearing:
    """The share of cost that a party bears and of benefit that it gains."""

    party: str
    sector: str | None
    ours: bool | None
    cost: Number | None
    benefit: Number | None


@dataclass(frozen=True, slots=True)
class Accounts:
    """Costs and benefits of one partnership. `listed` is None where it is not known which benefits
    there are; `ratio` is the stated share of the benefits realised."""

    costs: dict[str, Number | None]
    value: Number | None
    benefits: tuple[Benefit, ...]
    listed: bool | None
    ratio: Number | None
    bearing: tuple[Bearing, ...]

    @property
    def whole_life(self) -> Sum:
        return sum_of(self.costs.values())


def accounts_of(case: Case) -> Accounts:
    """Costs and benefits as the facts state them."""
    costs = _group(case, "costs")
    value = _group(case, "value")
    benefits = case.facts.get("benefits")
    parties = case.facts.get("parties")
    return Accounts(
        costs={name: _number(costs.get(name)) for name in PARTS},
        value=_number(value.get("current", value.get("approved"))),
        benefits=tuple(_benefits(_items(benefits))),
        listed=isinstance(benefits, list) or None,
        ratio=_number(_group(case, "benefits_tracking").get("realised_ratio")),
        bearing=tuple(_bearing(_items(parties))),
    )


def _items(listed: Any) -> list[dict[str, Any]]:
    """The groups of facts in a list; another fact model may have other things there."""
    found = listed if isinstance(listed, list) else []
    return [item for item in found if isinstance(item, dict)]


def _benefits(items: Iterable[dict[str, Any]]) -> Iterator[Benefit]:
    for item in items:
        money = item.get("financial")
        yield Benefit(
            kind=item.get("type") or OTHER,
            money=money if isinstance(money, bool) else None,
            planned=_number(item.get("planned_to_date")),
            realised=_number(item.get("realised_to_date")),
        )


def _bearing(items: Iterable[dict[str, Any]]) -> Iterator[Bearing]:
    for number, item in enumerate(items, 1):
        ours = item.get("ourselves")
        yield Bearing(
            party=item.get("name") or f"party {number}",
            sector=item.get("sector"),
            ours=ours if isinstance(ours, bool) else None,
            cost=_number(item.get("cost_share")),
            benefit=_number(item.get("benefit_share")),
        )


def _group(case: Case, name: str) -> dict[str, Any]:
    found = case.facts.get(name)
    return found if isinstance(found, dict) else {}


def _number(value: Any) -> Number | None:
    return value if isinstance(value, int | Fraction) and not isinstance(value, bool) else None


# one partnership


def accounts_json(found: Accounts, strategy: Strategy) -> dict[str, Any]:
    """The costs and benefits of a partnership as an output has them."""
    planned = sum_of(one.planned for one in found.benefits if one.money)
    realised = sum_of(one.realised for one in found.benefits if one.money)
    whole = found.whole_life
    return {
        "costs": {name: figure(amount, 2) for name, amount in found.costs.items()},
        "whole_life": whole.to_json(),
        "value": figure(found.value, 2),
        "benefits_known": found.listed,
        "planned": planned.to_json(),
        "realised": realised.to_json(),
        "realised_ratio": figure(realised_ratio(found)),
        "by_type": [_kind_json(kind, own) for kind, own in by_kind(found.benefits)],
        "bearing": [_bearing_json(one, whole, strategy) for one in found.bearing],
    }


def realised_ratio(found: Accounts) -> Fraction | None:
    """The share of the planned money that has been realised: from the benefits where all their
    amounts are known, else as stated; None where neither is known."""
    planned = sum_of(one.planned for one in found.benefits if one.money)
    realised = sum_of(one.realised for one in found.benefits if one.money)
    if planned.complete and realised.complete and planned.known > 0:
        return Fraction(realised.known) / Fraction(planned.known)
    return None if found.ratio is None else Fraction(found.ratio)


def by_kind(benefits: Sequence[Benefit]) -> list[tuple[str, list[Benefit]]]:
    """The benefits by their type, in the order in which the types first occur."""
    kinds: dict[str, list[Benefit]] = {}
    for one in benefits:
        kinds.setdefault(one.kind, []).append(one)
    return list(kinds.items())


def _kind_json(kind: str, own: Sequence[Benefit]) -> dict[str, Any]:
    other = [one for one in own if not one.money]
    measured = [
        Fraction(one.realised) / Fraction(one.planned)
        for one in other
        if one.planned and one.realised is not None
    ]
    return {
        "type": kind,
        "benefits": len(own),
        "planned": sum_of(one.planned for one in own if one.money).to_json(),
        "realised": sum_of(one.realised for one in own if one.money).to_json(),
        "not_money": len(other),
        "not_money_measured": len(measured),
        "not_money_on_plan": sum(ratio >= 1 for ratio in measured),
    }


def _bearing_json(one: Bearing, whole: Sum, strategy: Strategy) -> dict[str, Any]:
    limit = strategy.parameters.get(SHARE_GAP)
    uneven = None
    if one.cost is not None and one.benefit is not None and limit is not None:
        uneven = abs(one.cost - one.benefit) > limit.value
    bears = one.cost * whole.known if one.cost is not None and whole.complete else None
    return {
        "party": one.party,
        "sector": one.sector,
        "ours": one.ours,
        "cost_share": figure(one.cost),
        "benefit_share": figure(one.benefit),
        "bears": figure(bears, 2),
        "uneven": uneven,
    }


# the portfolio


def portfolio_json(all_accounts: Sequence[Accounts]) -> dict[str, Any]:
    """Costs and benefits of all partnerships in sum."""
    benefits = [one for accounts in all_accounts for one in accounts.benefits]
    costs = {
        name: sum_of(accounts.costs[name] for accounts in all_accounts).to_json() for name in PARTS
    }
    return {
        "partnerships": len(all_accounts),
        "costs": costs,
        "whole_life": sum_of(
            accounts.whole_life.known if accounts.whole_life.complete else None
            for accounts in all_accounts
        ).to_json(),
        "value": sum_of(accounts.value for accounts in all_accounts).to_json(),
        "planned": sum_of(one.planned for one in benefits if one.money).to_json(),
        "realised": sum_of(one.realised for one in benefits if one.money).to_json(),
        "benefits_not_known": sum(accounts.listed is None for accounts in all_accounts),
        "by_type": [_kind_json(kind, own) for kind, own in by_kind(benefits)],
        "by_sector": _by_sector(all_accounts),
    }


def _by_sector(all_accounts: Sequence[Accounts]) -> list[dict[str, Any]]:
    """Who bears the costs, by sector, over the partnerships where costs and shares are known; and
    how many there are in which the sector's share is not."""
    amounts: dict[str, list[Number | None]] = {}
    for accounts in all_accounts:
        whole = accounts.whole_life
        for sector in dict.fromkeys(one.sector or "not known" for one in accounts.bearing):
            shares = [one.cost for one in accounts.bearing if (one.sector or "not known") == sector]
            known = whole.complete and None not in shares
            total = sum((one for one in shares if one is not None), Fraction(0))
            amounts.setdefault(sector, []).append(total * whole.known if known else None)
    return [
        {"sector": sector, "bears": sum_of(each).to_json()}
        for sector, each in sorted(amounts.items())
    ]
