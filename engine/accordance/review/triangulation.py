"""What the groups of stakeholders say of a partnership, set against each other by factor.

Every figure is made from the views that may be shown (`check.small_groups`) and from no others, so
that no sum and no difference of figures gives away what a small group said. The rules REV-02 and
REV-03 read the same views.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from ..check.small_groups import VIEWS, is_shown, least_respondents
from ..facts.case import Case
from ..feel.values import UNKNOWN, Number, Value
from ..problem import Code, Level, Place, Problem
from ..strategy.model import Strategy
from .ranges import figure

FACTORS: Final = "review_factors"
GROUPS_LEAST: Final = "review_groups_min"
GROUPS_LEAST_WITHOUT: Final = 3
GAP: Final = "perception_gap_max"
GAP_SERIOUS: Final = "perception_gap_serious"
SURE_FROM: Final = 10
"""Fewer answers than this from one group leave its mean uncertain."""
SCALE: Final = (1, 5)


@dataclass(frozen=True, slots=True)
class GroupMean:
    """What one group says on one factor: the mean of its surveys, and how many answered."""

    group: str
    mean: Fraction
    respondents: int


@dataclass(frozen=True, slots=True)
class FactorViews:
    """What all groups say on one factor.

    `means` has the groups that may be shown, in the order of the file. `too_few` are the groups
    from which too few answered, `size_unknown` those of which it is not known how many did,
    `silent` those that were asked about other factors only. `mean` weighs the groups by their
    answers; `gap` is the distance of the highest from the lowest mean. `triangulated` is None where
    it hangs on what is not known.
    """

    factor: str
    means: tuple[GroupMean, ...]
    too_few: tuple[str, ...]
    size_unknown: tuple[str, ...]
    silent: tuple[str, ...]
    mean: Fraction | None
    gap: Fraction | None
    triangulated: bool | None
    confidence: str

    @property
    def respondents(self) -> int:
        """How many answered in the groups that are shown."""
        return sum(one.respondents for one in self.means)


@dataclass(frozen=True, slots=True)
class Triangulation:
    """The views on one partnership; `asked` is None where it is not known whether anybody was
    asked. `groups` are all groups by name, `overall` their means over all factors."""

    asked: bool | None
    factors: tuple[FactorViews, ...]
    groups: tuple[str, ...]
    overall: tuple[GroupMean, ...]
    problems: tuple[Problem, ...]

    def factor(self, name: str) -> FactorViews:
        return next(one for one in self.factors if one.factor == name)


@dataclass(frozen=True, slots=True)
class _View:
    group: str
    factor: str
    score: Number | None
    respondents: int | None
    date: dt.date | None
    place: Place
    shown: bool


def factors_of(strategy: Strategy) -> tuple[str, ...]:
    """The factors of the review, in the order of the strategy."""
    parameter = strategy.parameters.get(FACTORS)
    if parameter is not None and isinstance(parameter.value, list | tuple):
        return tuple(str(one) for one in parameter.value)
    return tuple(one.name for one in strategy.health.factors) if strategy.health else ()


def titles_of(strategy: Strategy) -> dict[str, str]:
    """What each factor is called."""
    named = {one.name: one.title for one in strategy.health.factors} if strategy.health else {}
    return {
        name: named.get(name) or name.replace("_", " ").capitalize()
        for name in factors_of(strategy)
    }


def triangulate(case: Case, strategy: Strategy) -> Triangulation:
    """The views on a partnership, by factor and group."""
    factors = factors_of(strategy)
    listed = case.facts.get(VIEWS, UNKNOWN)
    if not isinstance(listed, list):
        unknown = tuple(_factor(factor, (), (), strategy, known=False) for factor in factors)
        return Triangulation(None, unknown, (), (), ())
    problems: list[Problem] = []
    views = list(_views(case, listed, factors, strategy, problems))
    groups = tuple(dict.fromkeys(view.group for view in views))
    return Triangulation(
        asked=bool(listed),
        factors=tuple(
            _factor(factor, [one for one in views if one.factor == factor], groups, strategy)
            for factor in factors
        ),
        groups=groups,
        overall=tuple(_overall(views, groups)),
        problems=tuple(problems),
    )


def _views(
    case: Case,
    listed: Sequence[Value],
    factors: Sequence[str],
    strategy: Strategy,
    problems: list[Problem],
) -> Iterable[_View]:
    """The views that can be used; what is wrong with the others is added to `problems`."""
    least = least_respondents(strategy)
    met: dict[tuple[str, str, dt.date | None], Place] = {}
    for number, item in enumerate(listed, 1):
        if not isinstance(item, dict):
            continue
        path = f"{VIEWS}[{number}]"
        place = case.places.get(f"{path}.group") or case.places.get(path) or Place(case.source)
        group, factor = item.get("group"), item.get("factor")
        if not isinstance(group, str) or not isinstance(factor, str):
            lacks = "group" if not isinstance(group, str) else "factor"
            problems.append(
                Problem(
                    Code.SURVEY,
                    f"a view without a {lacks} cannot be used",
                    place,
                    f"state its `{lacks}`",
                    Level.WARNING,
                )
            )
            continue
        if factor not in factors:
            from ..source.quoting import listed as named
            from ..source.quoting import nearest

            near = nearest(factor, list(factors))
            problems.append(
                Problem(
                    Code.SURVEY,
                    f"`{factor}` is not a factor of the review, and its views are left out",
                    case.places.get(f"{path}.factor") or place,
                    f"did you mean `{near}`?"
                    if near
                    else f"its factors are {named(list(factors))}",
                    Level.WARNING,
                )
            )
            continue
        date = item.get("date")
        day = date if isinstance(date, dt.date) else None
        before = met.setdefault((group, factor, day), place)
        if before is not place:
            when = f" on {day.isoformat()}" if day else ""
            problems.append(
                Problem(
                    Code.SURVEY,
                    f"`{group}` scores `{factor}` twice{when}, first at {before}",
                    place,
                    "keep one of them, or give each survey its date",
                    Level.WARNING,
                )
            )
        score, answered = item.get("score"), item.get("respondents")
        yield _View(
            group=group,
            factor=factor,
            score=score if isinstance(score, int | Fraction) else None,
            respondents=answered if isinstance(answered, int) else None,
            date=day,
            place=place,
            shown=is_shown(item, least),
        )


def _factor(
    factor: str,
    views: Sequence[_View],
    groups: Sequence[str],
    strategy: Strategy,
    known: bool = True,
) -> FactorViews:
    means = tuple(_means(views))
    shown = {view.group for view in views if view.shown}
    rest = [view for view in views if view.group not in shown]
    unknown = {view.group for view in views if view.respondents is None}
    few = {view.group for view in rest} - unknown
    least = _number(strategy, GROUPS_LEAST, GROUPS_LEAST_WITHOUT)
    triangulated: bool | None = len(shown) >= least
    if not triangulated and (not known or len(shown | unknown) >= least):
        triangulated = None
    levels = [one.mean for one in means]
    answered = sum(one.respondents for one in means)
    return FactorViews(
        factor=factor,
        means=means,
        too_few=tuple(name for name in groups if name in few),
        size_unknown=tuple(name for name in groups if name in unknown),
        silent=tuple(name for name in groups if name not in shown and name not in few | unknown),
        mean=sum((one.mean * one.respondents for one in means), Fraction(0)) / answered
        if answered
        else None,
        gap=max(levels) - min(levels) if len(levels) > 1 else None,
        triangulated=triangulated,
        confidence=_confidence(means, triangulated, bool(few or unknown)),
    )


def _means(views: Sequence[_View]) -> Iterable[GroupMean]:
    """Each group that may be shown, and whose scores are known."""
    by_group: dict[str, list[_View]] = {}
    for view in views:
        if view.shown:
            by_group.setdefault(view.group, []).append(view)
    # A survey of unknown size may count or not, and so the mean of its group is not known.
    unsure = {view.group for view in views if view.respondents is None}
    for group, own in by_group.items():
        if group in unsure:
            continue
        scores = [view.score for view in own]
        if None not in scores:
            total = sum((Fraction(one) for one in scores if one is not None), Fraction(0))
            answered = sum(view.respondents or 0 for view in own)
            yield GroupMean(group, total / len(scores), answered)


def _overall(views: Sequence[_View], groups: Sequence[str]) -> Iterable[GroupMean]:
    """The mean of each group over all factors, weighed by its answers."""
    for group in groups:
        own = [
            mean
            for factor in dict.fromkeys(view.factor for view in views)
            for mean in _means([v for v in views if v.factor == factor and v.group == group])
        ]
        answered = sum(one.respondents for one in own)
        if answered:
            total = sum((one.mean * one.respondents for one in own), Fraction(0))
            most = max(one.respondents for one in own)
            yield GroupMean(group, total / answered, most)


def _confidence(means: Sequence[GroupMean], triangulated: bool | None, others: bool) -> str:
    """How sure one can be: `none`, `low`, `medium` or `high`."""
    if not means:
        return "none"
    if not triangulated:
        return "low"
    if others or any(one.respondents < SURE_FROM for one in means):
        return "medium"
    return "high"


def _number(strategy: Strategy, name: str, without: int) -> Any:
    parameter = strategy.parameters.get(name)
    return without if parameter is None else parameter.value


def views_json(found: Triangulation, strategy: Strategy) -> dict[str, Any]:
    """The views on a partnership as an output has them."""
    titles = titles_of(strategy)
    wide = _number(strategy, GAP, 2)
    return {
        "asked": found.asked,
        "groups": list(found.groups),
        "overall": [_mean_json(one) for one in found.overall],
        "factors": [
            {
                "factor": one.factor,
                "title": titles.get(one.factor, one.factor),
                "means": [_mean_json(mean) for mean in one.means],
                "mean": figure(one.mean, 2),
                "gap": figure(one.gap, 2),
                "wide": None if one.gap is None else one.gap >= wide,
                "respondents": one.respondents,
                "triangulated": one.triangulated,
                "confidence": one.confidence,
                "too_few": list(one.too_few),
                "size_unknown": list(one.size_unknown),
                "not_heard": list(one.silent),
            }
            for one in found.factors
        ],
    }


def _mean_json(one: GroupMean) -> dict[str, Any]:
    return {"group": one.group, "mean": figure(one.mean, 2), "respondents": one.respondents}
