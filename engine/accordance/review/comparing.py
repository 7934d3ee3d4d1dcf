"""Partnerships against each other: only among comparable forms, and never by figures that overlap.

Where a health is a range, an order is certain only between ranges that do not touch. A place in an
order, a quartile and a trend are told as certain, possible or ruled out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from ..facts.case import Case
from ..feel.values import Number
from ..plan.outcome import SEVERITY_RANK
from ..strategy.model import OPINIONS, Strategy
from .health import HealthFound
from .placing import Placement
from .ranges import Range

Json = dict[str, Any]

SMALLEST_GROUP: Final = 4
"""Of fewer partnerships there is no quartile."""
BEST_SHARE: Final = Fraction(1, 3)
MOST_PRACTICES: Final = 8
MOST_FREQUENT: Final = 10
CERTAIN, POSSIBLE, NO = "yes", "possible", "no"


@dataclass(frozen=True, slots=True)
class Member:
    """A partnership as it is compared; `report` is its answer in JSON form."""

    case: Case
    report: Json
    health: HealthFound | None
    placement: Placement | None
    families: tuple[str, ...]

    @property
    def id(self) -> str:
        return self.case.id

    @property
    def title(self) -> str:
        return self.case.title

    @property
    def overall(self) -> Range | None:
        return None if self.health is None else self.health.overall.range


def families_of(case: Case, strategy: Strategy) -> tuple[str, ...]:
    """The families of forms to which a partnership belongs."""
    forms = case.facts.get("forms")
    if strategy.health is None or not isinstance(forms, list):
        return ()
    return tuple(
        name for name, own in strategy.health.families.items() if any(form in own for form in forms)
    )


# medians, orders, quartiles


def median(ranges: Sequence[Range]) -> Range | None:
    """The median of figures of which only bounds are known: between that of the lower ends and
    that of the upper ends."""
    if not ranges:
        return None
    return Range(_middle([one.low for one in ranges]), _middle([one.high for one in ranges]))


def _middle(numbers: Sequence[Number]) -> Number:
    ordered = sorted(numbers)
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return (Fraction(ordered[half - 1]) + ordered[half]) / 2


class Field:
    """Figures among which each has its place."""

    def __init__(self, ranges: Sequence[Range]) -> None:
        self._lows = sorted(one.low for one in ranges)
        self._highs = sorted(one.high for one in ranges)
        self._alike = Counter(ranges)

    def position(self, own: Range) -> tuple[int, int]:
        """The best and the worst place from the top, from 1, that one of the figures may have."""
        ahead = len(self._lows) - bisect_right(self._lows, own.high)
        behind = bisect_left(self._highs, own.low)
        return 1 + ahead, len(self._highs) - behind

    def in_bottom_quarter(self, own: Range) -> str:
        """Does one of the figures lie among the lowest quarter: yes, possible or no? Equal figures
        share the better place."""
        number = len(self._lows)
        if number < SMALLEST_GROUP:
            return NO
        room = number // 4
        # How many certainly lie lower, and how many may: the quarter has room for so many.
        lower = bisect_left(self._highs, own.low)
        perhaps_lower = bisect_left(self._lows, own.high) - (0 if own.definite else 1)
        level = self._alike[own] - 1 if own.definite else 0
        if lower + level >= room:
            return NO
        return CERTAIN if perhaps_lower < room else POSSIBLE


def standing(members: Sequence[Member]) -> Json:
    """Each partnership among all, and among those of its family."""
    known = [(one, one.overall) for one in members if one.overall is not None]
    ranges = [figure for _, figure in known]
    whole = median(ranges)
    return {
        "median": None if whole is None else whole.to_json(),
        "members": _order(known),
        "families": [
            {"family": name, "members": _order(own)}
            for name in dict.fromkeys(name for one in members for name in one.families)
            if (own := [(one, figure) for one, figure in known if name in one.families])
        ],
        "not_comparable": [one.id for one in members if one.overall is None],
    }


def _order(known: Sequence[tuple[Member, Range]]) -> list[Json]:
    rows = []
    ordered = sorted(
        known, key=lambda pair: (-(pair[1].low + pair[1].high), -pair[1].low, pair[0].id)
    )
    middle = median([figure for _, figure in known])
    assert middle is not None or not known
    field = Field([figure for _, figure in known])
    for member, own in ordered:
        best, worst = field.position(own)
        assert middle is not None
        rows.append(
            {
                "id": member.id,
                "title": member.title,
                "health": own.to_json(),
                "place": {"best": best, "worst": worst},
                "against_median": _against(own, middle),
                "bottom_quarter": field.in_bottom_quarter(own),
            }
        )
    return rows


def _against(own: Range, middle: Range) -> str:
    if own.low > middle.high:
        return "above"
    if own.high < middle.low:
        return "below"
    return "level" if own == middle else "overlaps"


# practices and findings


def practices(members: Sequence[Member], strategy: Strategy) -> list[Json]:
    """What the best have that others lack: rules that the best third meets and others break."""
    ranked = sorted(
        (one for one in members if one.overall is not None),
        key=lambda one: (-_low(one), one.id),
    )
    best = ranked[: max(1, int(len(ranked) * BEST_SHARE))]
    rest = ranked[len(best) :]
    if not rest or len(best) < 2:
        return []
    said = {member.id: {one["rule"]: one for one in member.report["results"]} for member in ranked}
    found = []
    for rule in strategy.rules:
        have = [one for one in best if said[one.id][rule.id]["outcome"] == "compliant"]
        asked = [one for one in best if said[one.id][rule.id]["outcome"] != "not_applicable"]
        lack = [one for one in rest if said[one.id][rule.id]["kind"] == "breach"]
        if len(have) < 2 or len(have) * 3 < len(asked) * 2 or len(lack) < 2:
            continue
        found.append(
            {
                "rule": rule.id,
                "title": rule.title,
                "theme": rule.theme,
                "severity": rule.severity,
                "have": [_name(one) for one in have],
                "lack": [_name(one) for one in lack],
            }
        )
    found.sort(
        key=lambda one: (-len(one["lack"]), -SEVERITY_RANK[str(one["severity"])], one["rule"])
    )
    return found[:MOST_PRACTICES]


def _low(member: Member) -> Number:
    assert member.overall is not None
    return member.overall.low


def _name(member: Member) -> Json:
    return {"id": member.id, "title": member.title}


def frequent(members: Sequence[Member]) -> list[Json]:
    """The rules that are broken most often, with how many partnerships they apply to."""
    found = []
    for rule, results in _by_rule(members).items():
        broken = [member for member, result in results if result["kind"] == "breach"]
        open_ = [member for member, result in results if result["kind"] == "gap"]
        applies = [
            member
            for member, result in results
            if result["outcome"] != "not_applicable" and not result["moot"]
        ]
        if broken:
            first = results[0][1]
            found.append(
                {
                    "rule": rule,
                    "title": first["title"],
                    "theme": first["theme"],
                    "severity": _worst(result for _, result in results),
                    "breaches": len(broken),
                    "gaps": len(open_),
                    "applies": len(applies),
                    "in": [_name(member) for member in broken],
                }
            )
    found.sort(key=lambda one: (-one["breaches"], -SEVERITY_RANK[one["severity"]], one["rule"]))
    return found[:MOST_FREQUENT]


def focus(members: Sequence[Member]) -> list[Json]:
    """The critical and high breaches by rule: where, what to do, who answers, by when; the gravest
    and the most frequent first."""
    found = []
    for rule, results in _by_rule(members).items():
        grave = [
            (member, result)
            for member, result in results
            if result["kind"] == "breach" and result["severity"] in ("critical", "high")
        ]
        if not grave:
            continue
        first = grave[0][1]
        actions = first["actions"]
        dates = sorted(
            action["due_on"]
            for _, result in grave
            for action in result["actions"][:1]
            if action["due_on"]
        )
        found.append(
            {
                "rule": rule,
                "title": first["title"],
                "severity": _worst(result for _, result in grave),
                "do": actions[0]["do"] if actions else None,
                "owner": actions[0]["owner"] if actions else None,
                "due": dates[0] if dates else actions[0]["due"] if actions else None,
                "in": [
                    {**_name(member), "severity": result["severity"], "message": result["message"]}
                    for member, result in grave
                ],
            }
        )
    found.sort(key=lambda one: (-SEVERITY_RANK[one["severity"]], -len(one["in"]), one["rule"]))
    return found


def _by_rule(members: Iterable[Member]) -> Mapping[str, list[tuple[Member, Json]]]:
    found: dict[str, list[tuple[Member, Json]]] = {}
    for member in members:
        for result in member.report["results"]:
            found.setdefault(result["rule"], []).append((member, result))
    return found


def _worst(results: Iterable[Json]) -> str:
    return max(
        (str(result["severity"]) for result in results if result["kind"] == "breach"),
        key=SEVERITY_RANK.__getitem__,
    )


def good_practice(members: Sequence[Member]) -> list[Json]:
    """Rules that are met on facts which someone independent has verified, by rule."""
    found: dict[str, Json] = {}
    for member in members:
        for one in member.report["good_practice"]["rules"]:
            entry = found.setdefault(
                one["rule"],
                {"rule": one["rule"], "title": one["title"], "theme": one["theme"], "in": []},
            )
            references = [piece["reference"] for piece in one["evidence"] if piece["reference"]]
            evidence = list(dict.fromkeys(references))
            entry["in"].append({**_name(member), "evidence": evidence})
    # The practice of few is what the others may learn from most.
    return sorted(found.values(), key=lambda one: (len(one["in"]), one["rule"]))


# the trend


def trend(now: Sequence[Member], before: Sequence[Member]) -> Json:
    """What has changed since an earlier review, both judged by the same strategy."""
    earlier = {one.id: one for one in before}
    current = {one.id: one for one in now}
    both = [(earlier[one.id], one) for one in now if one.id in earlier]
    return {
        "median": {
            "before": _median_json(before),
            "now": _median_json(now),
        },
        "joined": [_name(one) for one in now if one.id not in earlier],
        "left": [_name(one) for one in before if one.id not in current],
        "partnerships": [_change(old, new) for old, new in both],
    }


def _median_json(members: Sequence[Member]) -> Json | None:
    found = median([one.overall for one in members if one.overall is not None])
    return None if found is None else found.to_json()


def _change(old: Member, new: Member) -> Json:
    broken = _broken(new)
    were = _broken(old)
    return {
        **_name(new),
        "health": _moved(old.overall, new.overall, lambda one: one.to_json()),
        "level": _moved(_level(old), _level(new), lambda one: {"low": one.low, "high": one.high}),
        "opinion": {
            "before": old.report["opinion"],
            "now": new.report["opinion"],
            "change": _opinion_change(old.report["opinion"], new.report["opinion"]),
        },
        "closed": [rule for rule in were if rule not in broken],
        "opened": [rule for rule in broken if rule not in were],
        "still_open": [rule for rule in broken if rule in were],
    }


def _broken(member: Member) -> list[str]:
    return [one["rule"] for one in member.report["results"] if one["kind"] == "breach"]


def _level(member: Member) -> Range | None:
    placed = member.placement
    return None if placed is None else Range(placed.low, placed.high)


def _moved(old: Range | None, new: Range | None, shown: Callable[[Range], Json]) -> Json:
    change = None
    if old is not None and new is not None:
        if new.low > old.high:
            change = "better"
        elif new.high < old.low:
            change = "worse"
        else:
            change = "same" if new == old else "not_certain"
    return {
        "before": None if old is None else shown(old),
        "now": None if new is None else shown(new),
        "change": change,
    }


def _opinion_change(old: str | None, new: str | None) -> str | None:
    if old is None or new is None:
        return None
    better = OPINIONS.index(old) - OPINIONS.index(new)
    return "better" if better > 0 else "worse" if better < 0 else "same"
