"""Several partnerships side by side: where each stands, and in which theme."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from . import Json
from .outline import rank, withheld_words
from .wording import MARKS, SEVERITIES, day, program_words

Tally = dict[str, int]
"""How many findings of each severity."""


@dataclass(frozen=True, slots=True)
class ThemeState:
    """What stands worst in a theme: the severity of its worst breach and of its worst gap, and
    whether a breach was accepted or a rule is met; all None and False where nothing applies."""

    breach: str | None = None
    gap: str | None = None
    accepted: bool = False
    met: bool = False

    def shown(self) -> tuple[str, str | None]:
        """In words with a symbol, and as the state that a colour repeats.

        A gap that may be worse than the worst breach is told beside it.
        """
        if self.breach is not None:
            said = f"{MARKS['non_compliant']} {self.breach}"
            if self.gap is not None and rank(self.gap) < rank(self.breach):
                said += f" ? {self.gap}"
            return said, self.breach
        if self.gap is not None:
            return f"{MARKS['insufficient_evidence']} {self.gap}", "unknown"
        if self.accepted:
            return f"{MARKS['accepted_exception']} accepted", "accepted"
        return (f"{MARKS['compliant']} met", "met") if self.met else ("–", None)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one partnership stands."""

    id: str
    title: str
    stage: str
    as_of: str | None
    verdict: str | None
    opinion: str | None
    opinion_at_worst: str | None
    breaches: Tally
    gaps: Tally
    themes: Mapping[str, ThemeState]
    source: str
    line: int | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """Partnerships by one strategy, with its themes in their order.

    `count` is how many there are, of which `cases` may be the worst alone; `withheld` says in words
    what is withheld from publication.
    """

    strategy: Json
    program: str
    evaluated: str
    themes: tuple[str, ...]
    cases: tuple[Standing, ...]
    count: int
    withheld: tuple[str, ...] = ()


def overview(reports: Sequence[Json]) -> Overview:
    """The overview of some reports, in their order."""
    first = reports[0]
    days = sorted({report["case"]["evaluated_on"] for report in reports})
    themes = dict.fromkeys(result["theme"] for result in first["results"])
    return Overview(
        strategy=first["strategy"],
        program=program_words(first.get("program") or "accordance"),
        evaluated=" to ".join(dict.fromkeys((day(days[0]), day(days[-1])))),
        themes=tuple(themes),
        cases=tuple(_standing(report, themes) for report in reports),
        count=len(reports),
        withheld=tuple(dict.fromkeys(_withheld(reports))),
    )


def overview_of_portfolio(portfolio: Json) -> Overview:
    """The overview of a swept portfolio (`accordance/portfolio/1`)."""
    return Overview(
        strategy=portfolio["strategy"],
        program=program_words(portfolio["program"]),
        evaluated=day(portfolio["evaluated_on"]),
        themes=tuple(portfolio["themes"]),
        cases=tuple(
            Standing(
                **{
                    **case,
                    "themes": {
                        theme: ThemeState(**state) for theme, state in case["themes"].items()
                    },
                }
            )
            for case in portfolio["cases"]
        ),
        count=portfolio["count"],
    )


def _withheld(reports: Iterable[Json]) -> Iterator[str]:
    for report in reports:
        if report.get("withheld"):
            yield f"{report['case']['title']}: {withheld_words(report['withheld'])}"


def _standing(report: Json, themes: Iterable[str]) -> Standing:
    case = report["case"]
    tallies: dict[str, Tally] = {kind: dict.fromkeys(SEVERITIES, 0) for kind in ("breach", "gap")}
    by_theme: dict[str, list[Json]] = {theme: [] for theme in themes}
    for result in report["results"]:
        by_theme[result["theme"]].append(result)
        if result["kind"] in tallies:
            tallies[result["kind"]][result["severity"]] += 1
    return Standing(
        id=case["id"],
        title=case["title"],
        stage=case["stage"],
        as_of=case["as_of"],
        verdict=report["verdict"],
        opinion=report["opinion"],
        opinion_at_worst=report["opinion_at_worst"],
        breaches=tallies["breach"],
        gaps=tallies["gap"],
        themes={theme: _state(results) for theme, results in by_theme.items()},
        source=case["source"],
    )


def _state(results: Sequence[Json]) -> ThemeState:
    outcomes = {result["outcome"] for result in results}
    return ThemeState(
        breach=_worst(results, "breach"),
        gap=_worst(results, "gap"),
        accepted="accepted_exception" in outcomes,
        met="compliant" in outcomes,
    )


def _worst(results: Iterable[Json], kind: str) -> str | None:
    found = [result["severity"] for result in results if result["kind"] == kind]
    return min(found, key=rank, default=None)
