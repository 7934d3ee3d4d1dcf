"""What an import states of one process: facts, each with its evidence, and remarks on the rest."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from ...feel.values import Value, number_text
from ...source.quoting import quoted
from ..model import FactModel
from ..shapes import stands_for_nothing
from .merging import Contradiction, Merged, Told
from .packages import Release, day_and_moment
from .processes import Process


class Unfit(Exception):
    """The process cannot become a case; the message says why."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something in the data that did not become a fact, and why."""

    path: str
    text: str
    release: Release


@dataclass(frozen=True, slots=True)
class Day:
    """A day, and the value that names it."""

    date: dt.date
    told: Told


@dataclass(slots=True)
class Statement:
    """The facts of a process so far, by static path."""

    process: Process
    model: FactModel
    facts: dict[str, Value] = field(default_factory=dict)
    evidence: dict[str, dict[str, Value]] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    @property
    def merged(self) -> Merged:
        return self.process.merged

    @property
    def last(self) -> Release:
        """The latest release, whose day is the day of the facts."""
        return self.process.releases[-1]

    def state(
        self, path: str, value: Value, told: Told | None = None, note: str | None = None
    ) -> None:
        """A fact with its evidence; `told` is what it was taken from, None for the release as a
        whole. What the strategy's fact model has no place for is remarked on."""
        fact = self.model.facts.get(path)
        release = told.release if told else self.last
        if fact is None:
            self.remark(path, "the strategy has no such fact", release)
            return
        words = value if isinstance(value, list) else [value]
        if fact.values is not None and not all(word in fact.values for word in words):
            self.remark(path, f"{quoted(value)} is none of the words of this fact", release)
            return
        self.facts[path] = value
        self.back(path, told, note)

    def back(self, path: str, told: Told | None, note: str | None = None) -> None:
        """The entry of evidence for a fact."""
        release = told.release if told else self.last
        where = f", {told.path}" if told else ""
        entry: dict[str, Value] = {
            "fact": path,
            "reference": f"{self.process.ocid}, release {release.id or 'without id'}{where}",
            "date": release.day,
            "type": "notice",
        }
        if note is not None:
            entry["note"] = note
        self.evidence[path] = entry

    def remark(self, path: str, text: str, release: Release | None = None) -> None:
        if all((one.path, one.text) != (path, text) for one in self.remarks):
            self.remarks.append(Remark(path, text, release or self.last))

    def remark_on(self, told: Told, text: str) -> None:
        self.remark(told.path, text, told.release)

    def report(self, contradiction: Contradiction) -> None:
        said = " and ".join(
            f"{quoted(told.value)} (release {told.release.id or 'without id'})"
            for told in contradiction.told
        )
        last = contradiction.told[-1]
        self.remark(contradiction.path, f"contradicts itself: {said}", last.release)

    def text(self, told: Told | None) -> Told | None:
        """A text that says something; one that only stands for not knowing is remarked on."""
        if told is None or not isinstance(told.value, str):
            return None
        text = told.value.strip()
        if stands_for_nothing(text):
            if text:
                self.remark_on(told, f"{quoted(text)} says nothing")
            return None
        return Told(text, told.path, told.node, told.release)

    def day(self, told: Told | None) -> Day | None:
        """The day that a value names, in its own zone."""
        if told is None:
            return None
        when = day_and_moment(told.value) if isinstance(told.value, str) else None
        if when is None:
            self.remark_on(told, f"{quoted(told.value)} is no date")
            return None
        return Day(when[0], told)

    def nested(self) -> dict[str, Value]:
        """The facts as groups in the order of the fact model, with the list of evidence."""
        order = {path: place for place, path in enumerate(self.model.facts)}
        nested: dict[str, Value] = {}
        for path in order:
            if path in self.facts:
                *groups, name = path.split(".")
                into = nested
                for group in groups:
                    into = into.setdefault(group, {})
                into[name] = self.facts[path]
            elif path == "evidence" and self._knows_evidence():
                nested[path] = sorted(self.evidence.values(), key=lambda one: order[one["fact"]])
        return nested

    def _knows_evidence(self) -> bool:
        names = ("fact", "reference", "date", "type", "note")
        return all(f"evidence.{name}" in self.model.facts for name in names)


def shown(value: Any) -> str:
    """A value of the data in words."""
    return number_text(value) if isinstance(value, int | Fraction) else str(value)
