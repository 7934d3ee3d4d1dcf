"""The figures of a paper: bars of counted rules, drawn so that grey print and small screens do.

A figure is geometry and words; the template draws it. Every segment carries its number, every kind
of segment differs by lightness or pattern, and `described` says in words all that the bars show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from . import Json
from .wording import count, listed

WIDTH: Final = 360
_LABEL: Final = 148
_BAR: Final = 13
_ROW: Final = 19
_TOP: Final = 4
_WIDEST_RULE: Final = 26

LEGENDS: Final = {
    "critical": "critical",
    "high": "high",
    "medium": "medium",
    "low": "low or advisory",
    "met": "met",
    "accepted": "accepted exception",
    "breach": "breach",
    "unknown": "not known",
    "withheld": "withheld",
}


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a bar: how many rules of one kind."""

    kind: str
    number: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """The bar of one theme."""

    label: str
    y: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart of stacked bars; `kinds` are those that occur, with their words for the legend."""

    name: str
    title: str
    described: str
    height: int
    bars: tuple[Bar, ...]
    kinds: tuple[tuple[str, str], ...]


def findings_figure(results: Sequence[Json]) -> Figure | None:
    """Breaches by theme and severity; None where there is no breach."""
    tallies: dict[str, dict[str, int]] = {}
    for result in results:
        if result["kind"] == "breach":
            level = result["severity"]
            kind = level if level in ("critical", "high", "medium") else "low"
            _add(tallies, result["theme"], kind)
    kinds = ("critical", "high", "medium", "low")
    return stacked("findings", "Breaches by theme and severity", tallies, kinds)


def knowledge_figure(results: Sequence[Json]) -> Figure | None:
    """Of the rules that apply, how many are met, broken or not known, by theme."""
    named = {
        "compliant": "met",
        "accepted_exception": "accepted",
        "non_compliant": "breach",
        "insufficient_evidence": "unknown",
        "withheld": "withheld",
    }
    tallies: dict[str, dict[str, int]] = {}
    for result in results:
        kind = named.get(result["outcome"])
        if kind is not None and not result["moot"]:
            _add(tallies, result["theme"], kind)
    kinds = ("met", "accepted", "breach", "unknown", "withheld")
    return stacked("knowledge", "What is known of the rules that apply", tallies, kinds)


def _add(tallies: dict[str, dict[str, int]], theme: str, kind: str) -> None:
    tally = tallies.setdefault(theme, {})
    tally[kind] = tally.get(kind, 0) + 1


def stacked(
    name: str,
    title: str,
    tallies: Mapping[str, Mapping[str, int]],
    kinds: Iterable[str],
    things: str = "theme",
) -> Figure | None:
    """Bars of counted things, stacked by kind (of LEGENDS), `things` what a bar stands for; None
    where there is nothing to count."""
    if not any(sum(tally.values()) for tally in tallies.values()):
        return None
    used = [kind for kind in kinds if any(tally.get(kind) for tally in tallies.values())]
    longest = max(sum(tally.values()) for tally in tallies.values())
    unit = min((WIDTH - _LABEL - 4) / longest, _WIDEST_RULE)
    bars = []
    for row, (label, tally) in enumerate(tallies.items()):
        segments, x = [], float(_LABEL)
        for kind in used:
            if tally.get(kind):
                width = round(tally[kind] * unit, 2)
                segments.append(Segment(kind, tally[kind], round(x, 2), width))
                x += width
        bars.append(Bar(label, _TOP + row * _ROW, tuple(segments)))
    described = "; ".join(
        f"{label}: "
        + listed(f"{tally[kind]:,} {LEGENDS[kind]}" for kind in used if tally.get(kind))
        for label, tally in tallies.items()
    )
    return Figure(
        name=name,
        title=title,
        described=f"{count(len(tallies), things)}. {described}.",
        height=2 * _TOP + len(tallies) * _ROW,
        bars=tuple(bars),
        kinds=tuple((kind, LEGENDS[kind]) for kind in used),
    )
