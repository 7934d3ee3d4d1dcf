"""A check report arranged as a committee paper, section by section; no format in it.

Everything comes from the JSON form of an answer, whose text has been made safe before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from . import Json
from .bars import Figure, findings_figure, knowledge_figure
from .grounds import own_title, static
from .outline import Outline, Question, outline, rank
from .paper_wording import IMPLICATIONS, PRIORITIES, decisions_sought, told
from .wording import SEVERITIES, asked_of, by_when, count, day, listed

DECISIONS: Final = 3
NAMES_SHOWN: Final = 2
FACTS_SHOWN: Final = 8
"""How many facts a finding shows; all of them stand in an appendix."""
ITEMS_SHOWN: Final = 6
"""How many items of a list are named where they have the same fact."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A number of the summary."""

    kind: str
    mark: str
    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Decision:
    """One of the things to decide: what it is about, and what there is to choose."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one severity."""

    level: str
    priority: str
    findings: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class UsedFact:
    """A fact that a rule rests on, the evidence for it, and the rules; the same fact of several
    items of a list is one, and `facts` has an entry for each of them."""

    path: str
    title: str
    sensitivity: str | None
    facts: tuple[Json, ...]
    evidence: tuple[Json, ...]
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThemeRow:
    """The numbers of one theme."""

    theme: str
    breaches: dict[str, int]
    unknown: int
    met: int
    accepted: int
    withheld: int
    outside: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How well the facts that were used are backed."""

    facts: int
    with_evidence: int
    independent: int


@dataclass(frozen=True, slots=True)
class Implication:
    heading: str
    writer: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """What the sections of a paper say, in their order."""

    report: Json
    shape: Outline
    draft: bool
    exempt: int
    sought: tuple[str, ...]
    tiles: tuple[Tile, ...]
    decisions: tuple[Decision, ...]
    figures: tuple[Figure, ...]
    standing: Standing
    questions: tuple[Question, ...]
    breaches: tuple[Group, ...]
    gaps: tuple[Group, ...]
    unknown: dict[str, str]
    stops: frozenset[str]
    themes: tuple[ThemeRow, ...]
    used: tuple[UsedFact, ...]
    implications: tuple[Implication, ...]
    overdue: int
    spectrum: str


_OPTIONAL: Final[Json] = {
    "program": "",
    "verdict_means": None,
    "opinion_means": None,
    "evidence": (),
    "good_practice": None,
    "costs_and_benefits": None,
    "follow_up": (),
    "audience": "internal",
    "withheld": None,
    "what_if": None,
}
_OPTIONAL_OF_CASE: Final[Json] = {
    "organisation": None,
    "summary": None,
    "lead_officer": None,
    "forms": None,
}
_OPTIONAL_OF_RESULT: Final[Json] = {"basis": (), "because": "", "rests_on": ()}
"""What a report may lack, and its case, and a result of it."""


def paper(report: Json) -> Paper:
    """The paper of one check report, which must be safe to show (`text.safe_throughout`)."""
    report = _OPTIONAL | report
    report["case"] = _OPTIONAL_OF_CASE | report["case"]
    report["results"] = [
        _OPTIONAL_OF_RESULT | result | {"message": result["message"] or ""}
        for result in report["results"]
    ]
    shape = outline(report)
    results: Sequence[Json] = report["results"]
    breaches = [result for result in results if result["kind"] == "breach"]
    gaps = [result for result in results if result["kind"] == "gap"]
    used = _used(report)
    overdue = sum(bool(action["overdue"]) for action in report["follow_up"])
    conditions = sum(result["severity"] in ("high", "medium") for result in breaches)
    figures = (findings_figure(results), knowledge_figure(results))
    return Paper(
        report=report,
        shape=shape,
        draft=report["strategy"].get("status") != "approved",
        exempt=sum(len(one.facts) for one in used if one.sensitivity),
        sought=tuple(
            decisions_sought(
                report,
                len(shape.blocks),
                len(shape.opens),
                conditions,
                len(shape.deeds),
                len(shape.missing),
            )
        ),
        tiles=tuple(_tiles(shape, breaches, gaps)),
        decisions=tuple(_decisions(shape, overdue))[:DECISIONS],
        figures=tuple(figure for figure in figures if figure is not None),
        standing=_standing(used),
        questions=shape.missing,
        breaches=tuple(_groups(breaches)),
        gaps=tuple(_groups(gaps)),
        unknown={result["rule"]: _unknown(result, report["missing"]) for result in gaps},
        stops=frozenset(result["rule"] for result in shape.blocks),
        themes=tuple(_themes(results)),
        used=used,
        implications=tuple(_implications(results)),
        overdue=overdue,
        spectrum=_spectrum(used),
    )


def _tiles(shape: Outline, breaches: Sequence[Json], gaps: Sequence[Json]) -> Iterable[Tile]:
    def breached(*levels: str) -> int:
        return sum(result["severity"] in levels for result in breaches)

    yield Tile("critical", "✗", "critical", breached("critical"))
    yield Tile("high", "✗", "high", breached("high"))
    yield Tile("medium", "✗", "medium", breached("medium"))
    yield Tile("low", "✗", "low or advisory", breached("low", "advisory"))
    yield Tile("unknown", "?", "not known", len(gaps))
    yield Tile("met", "✓", "met", len(shape.compliant))
    if shape.accepted:
        yield Tile("accepted", "!", "accepted", len(shape.accepted))
    if shape.withheld:
        yield Tile("withheld", "■", "withheld", len(shape.withheld))


def _decisions(shape: Outline, overdue: int) -> Iterable[Decision]:
    """What the reader has to decide, the weightiest first."""
    broken = [
        result
        for result in (*shape.blocks, *shape.opens, *shape.breaches)
        if result["kind"] == "breach"
    ]
    unknown = [result for result in (*shape.opens, *shape.gaps) if result["kind"] == "gap"]
    # What is not known has its place among the three whenever it could turn the answer.
    turning = [result for result in unknown if rank(result["severity"]) <= rank("high")]
    first = 2 if turning or overdue else 3
    undecided = shape.answer == "undecided" and turning
    if undecided:
        yield _about_unknown(shape, turning)
    for result in broken[:first]:
        yield _about_breach(result)
    if turning and not undecided:
        yield _about_unknown(shape, turning)
    if overdue:
        yield Decision(
            "Actions of earlier reviews that are late",
            f"{count(overdue, 'action')} should have been done by now (section 9). Decide on new "
            "dates, or who answers for the delay.",
        )
    for result in broken[first:]:
        yield _about_breach(result)
    for result in shape.accepted:
        exception = result["accepted_by"] or {}
        until = day(exception.get("expires"))
        yield Decision(
            f"{result['rule']} {result['title']}: accepted exception",
            "Decide whether the exception still holds" + (f" until {until}." if until else "."),
        )
    if unknown and not turning:
        yield _about_unknown(shape, unknown)


def _about_breach(result: Json) -> Decision:
    actions = result.get("actions") or ()
    if not actions:
        return Decision(f"{result['rule']} {result['title']}", result["message"])
    action = actions[0]
    due = by_when(action)
    when = f", {due}" if due.startswith(("at ", "before ")) else f", by {due}" if due else ""
    deed = action["do"][:1].lower() + action["do"][1:]
    return Decision(
        f"{result['rule']} {result['title']}",
        f"{result['message']} Decide whether to require the {action['owner']} to {deed}{when}.",
    )


def _about_unknown(shape: Outline, gaps: Sequence[Json]) -> Decision:
    rules = {result["rule"] for result in gaps}
    asked = [one for one in shape.missing if rules.intersection(one.decides)]
    named = [asked_of(one.text, one.of) for one in asked[:2]]
    more = f" and {len(asked) - 2} more" if len(asked) > 2 else ""
    questions = f" First of all: {' '.join(named)}{more and ' –' + more + ' in appendix C.'}"
    return Decision(
        f"{count(len(rules), 'rule')} of weight without enough evidence",
        f"Whether they are met is not known; each could turn out a breach.{questions} Decide who "
        "finds out, and by when.",
    )


def _groups(findings: Iterable[Json]) -> Iterable[Group]:
    """By the severity that counts, the highest first; gates before others."""
    by_level: dict[str, list[Json]] = {}
    for result in findings:
        by_level.setdefault(result["severity"], []).append(result)
    for level in SEVERITIES:
        if level in by_level:
            members = sorted(by_level[level], key=lambda result: not result["gate"])
            yield Group(level, PRIORITIES[level], tuple(members))


def _unknown(result: Json, missing: Iterable[Json]) -> str:
    """What a rule without enough evidence lacks; the same fact of several items once."""
    known = {fact["path"]: fact for fact in missing}
    groups: dict[str, list[str]] = {}
    for path in result["missing"]:
        fact = known.get(path) or {"title": path}
        groups.setdefault(own_title(fact) or path, []).append(str(fact.get("of") or ""))
    words = []
    for title, names in groups.items():
        named = [name for name in dict.fromkeys(names) if name]
        if len(named) > NAMES_SHOWN:
            title += f" ({len(named)} of them)"
        elif named:
            title += f" ({listed(named)})"
        words.append(title)
    words += [str(reason) for reason in result.get("reasons") or ()]
    return "; ".join(words) or result["message"]


def place(fact: Json, source: str | None) -> str:
    """Where a fact stands: the line, with the file where it is not `source`."""
    if fact.get("derived_from"):
        return "follows from other facts"
    line, file = fact.get("line"), fact.get("source")
    if file and file != source:
        return f"{file}, line {line}" if line else str(file)
    return f"line {line}" if line else ""


def shown_facts(facts: Iterable[Json], source: str | None) -> list[str]:
    """The facts that decide a finding, in words; the same fact of several items in one line."""
    groups: dict[tuple[str, str], list[Json]] = {}
    for fact in facts:
        groups.setdefault((static(fact["path"]), own_title(fact)), []).append(fact)
    lines = []
    for (path, title), members in groups.items():
        words = [
            (f"{fact['of']} " if len(members) > 1 and fact.get("of") else "")
            + told(fact["value"], fact.get("unit"))
            + (f" ({where})" if (where := place(fact, source)) else "")
            for fact in members[:ITEMS_SHOWN]
        ]
        if len(members) > ITEMS_SHOWN:
            words.append(f"and {len(members) - ITEMS_SHOWN:,} more")
        whose = f" ({members[0]['of']})" if len(members) == 1 and members[0].get("of") else ""
        lines.append(f"{title or path}{whose}: {', '.join(words)}")
    if len(lines) > FACTS_SHOWN:
        left_out = len(lines) - FACTS_SHOWN
        lines[FACTS_SHOWN:] = [f"and {count(left_out, 'other fact')} (appendix B)"]
    return lines


def _used(report: Json) -> tuple[UsedFact, ...]:
    """Every fact that a result rests on, in the order of the file."""
    backing: dict[str, list[Json]] = {}
    for entry in report["evidence"]:
        if entry["fact"]:
            backing.setdefault(entry["fact"], []).append(entry)
    facts: dict[str, dict[str, Json]] = {}
    rules: dict[str, dict[str, None]] = {}
    for result in report["results"]:
        for fact in result["facts"]:
            path = static(fact["path"])
            if path.startswith(_EVIDENCE):
                continue
            facts.setdefault(path, {}).setdefault(fact["path"], fact)
            rules.setdefault(path, {})[result["rule"]] = None
    used = []
    for path, members in facts.items():
        ordered = tuple(sorted(members.values(), key=_line))
        above = _above(path.replace("[]", ""))
        used.append(
            UsedFact(
                path=path,
                title=own_title(ordered[0]) or path,
                sensitivity=ordered[0].get("sensitivity"),
                facts=ordered,
                evidence=tuple(entry for one in above for entry in backing.get(one, ())),
                rules=tuple(rules[path]),
            )
        )
    return tuple(sorted(used, key=lambda one: _line(one.facts[0])))


_EVIDENCE: Final = "evidence[]."
"""Pieces of evidence have an appendix of their own."""


def _line(fact: Json) -> tuple[bool, int]:
    """By the line of the file; what follows from other facts comes last."""
    return fact.get("line") is None, fact.get("line") or 0


def _above(path: str) -> list[str]:
    steps = path.split(".")
    return [".".join(steps[:end]) for end in range(1, len(steps) + 1)]


def _standing(used: Sequence[UsedFact]) -> Standing:
    return Standing(
        facts=sum(len(one.facts) for one in used),
        with_evidence=sum(len(one.facts) for one in used if one.evidence),
        independent=sum(
            len(one.facts) for one in used if any(entry["independent"] for entry in one.evidence)
        ),
    )


def _spectrum(used: Iterable[UsedFact]) -> str:
    """Where the partnership stands on the collaboration spectrum, where a rule asked for it."""
    known = {one.path: one.facts[0]["value"] for one in used}
    claimed, target = known.get("spectrum.claimed"), known.get("spectrum.target")
    words = []
    if claimed:
        words.append(f"the partners place themselves at “{told(claimed)}”")
    if target:
        words.append(f"they aim at “{told(target)}”")
    return " and ".join(words)


def _themes(results: Sequence[Json]) -> Iterable[ThemeRow]:
    for theme in dict.fromkeys(result["theme"] for result in results):
        own = [result for result in results if result["theme"] == theme]

        def those(outcome: str, own: Sequence[Json] = own) -> int:
            return sum(result["outcome"] == outcome and not result["moot"] for result in own)

        yield ThemeRow(
            theme=theme,
            breaches={
                level: sum(
                    result["kind"] == "breach" and result["severity"] == level for result in own
                )
                for level in SEVERITIES
            },
            unknown=those("insufficient_evidence"),
            met=those("compliant"),
            accepted=those("accepted_exception"),
            withheld=those("withheld"),
            outside=those("not_applicable") + sum(bool(result["moot"]) for result in own),
        )


def _implications(results: Sequence[Json]) -> Iterable[Implication]:
    """The headings under which officers write, with the findings that bear on each."""
    findings = [result for result in results if result["kind"]]
    for heading, writer, facts in IMPLICATIONS:
        yield Implication(
            heading,
            writer,
            tuple(result["rule"] for result in findings if _bears_on(result, facts)),
        )


def _bears_on(result: Json, facts: Sequence[str]) -> bool:
    paths = [*result.get("rests_on", ()), *result["missing"]]
    read = (static(path).replace("[]", "") for path in paths)
    return any(path == fact or path.startswith(f"{fact}.") for path in read for fact in facts)
