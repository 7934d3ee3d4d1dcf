"""What a check report says first, next and last: the order common to all formats.

The order is that of the reader's questions: what is the answer, what blocks, what might, what is
missing, what has to be done by when and by whom, and only then the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from . import Json
from .grounds import one_path, own_title, static
from .wording import (
    MARKS,
    OPINIONS,
    SEVERITIES,
    VERDICTS,
    by_when,
    count,
    listed,
    standing_mark,
    standing_words,
)

_DUE_ORDER: Final = (
    "at once",
    "before decision",
    "before award",
    "before signature",
    "before start",
    "before payment",
)


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing to do, with all the rules that ask for it."""

    by: str
    who: str
    what: str
    rules: tuple[str, ...]
    done_when: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """A fact that is missing; the same fact of several items of a list is asked for once.

    `path` has the positions of all of them (`parties[1,3].vehicle`), `of` their names.
    """

    text: str
    path: str
    of: tuple[str, ...]
    decides: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The results of one report, sorted by what they mean to its reader; no result stands twice.

    `answer` is the verdict, else the opinion, else None; `blocks` stop the commitment, `opens`
    could, `breaches` and `gaps` are the other findings.
    """

    answer: str | None
    mark: str
    headline: str
    summary: tuple[str, ...]
    blocks: tuple[Json, ...]
    opens: tuple[Json, ...]
    breaches: tuple[Json, ...]
    gaps: tuple[Json, ...]
    accepted: tuple[Json, ...]
    compliant: tuple[Json, ...]
    not_applicable: tuple[Json, ...]
    moot: tuple[Json, ...]
    withheld: tuple[Json, ...]
    good: tuple[str, ...]
    deeds: tuple[Deed, ...]
    missing: tuple[Question, ...]
    notices: tuple[Json, ...]


def outline(report: Json) -> Outline:
    """The outline of one check report."""
    results: Sequence[Json] = report["results"]
    verdict, opinion = report.get("verdict"), report.get("opinion")
    blocks: list[Json] = []
    opens: list[Json] = []
    breaches: list[Json] = []
    gaps: list[Json] = []
    for result in _by_severity(results):
        if result["kind"] == "breach":
            if verdict and (result["gate"] or result["severity_least"] == "critical"):
                blocks.append(result)
            elif verdict and result["severity"] == "critical":
                opens.append(result)
            else:
                breaches.append(result)
        elif result["kind"] == "gap":
            if verdict and (result["gate"] or result["severity"] == "critical"):
                opens.append(result)
            else:
                gaps.append(result)
    answer = verdict or opinion
    missing = questions(report.get("missing") or ())
    deeds = _deeds(result for result in (*blocks, *opens, *breaches) if result["kind"] == "breach")
    accepted = _with(results, "accepted_exception")
    return Outline(
        answer=answer,
        mark=MARKS.get(answer or "", "–"),
        headline=VERDICTS.get(verdict or "") or OPINIONS.get(opinion or "") or "Checked",
        summary=tuple(_summary(report, blocks, opens, breaches, gaps, accepted, missing)),
        blocks=tuple(blocks),
        opens=tuple(opens),
        breaches=tuple(breaches),
        gaps=tuple(gaps),
        accepted=accepted,
        compliant=_with(results, "compliant"),
        not_applicable=_with(results, "not_applicable"),
        moot=tuple(result for result in results if result["moot"]),
        withheld=_with(results, "withheld"),
        good=tuple(_good(report.get("good_practice"))),
        deeds=deeds,
        missing=missing,
        notices=tuple(report.get("notices") or ()),
    )


def _with(results: Iterable[Json], outcome: str) -> tuple[Json, ...]:
    return tuple(result for result in results if result["outcome"] == outcome)


def rank(severity: str | None) -> int:
    """The place of a severity, 0 for the highest."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _by_severity(results: Iterable[Json]) -> list[Json]:
    """Breaches before gaps, the most severe first, a gate before others of its severity."""
    return sorted(
        results,
        key=lambda result: (
            result["kind"] != "breach",
            rank(result["severity"]),
            not result["gate"],
        ),
    )


def by_severity(results: Iterable[Json]) -> str:
    """`2 critical, 1 high`, or `none`."""
    tally: dict[str, int] = {}
    for result in results:
        tally[result["severity"]] = tally.get(result["severity"], 0) + 1
    return ", ".join(f"{tally[level]} {level}" for level in SEVERITIES if level in tally) or "none"


def numbers_of(reports: Sequence[Json]) -> dict[str, list[int]]:
    """For several cases side by side: the breaches by severity (where there are any), and the
    gaps."""
    levels: dict[str, tuple[str, ...]] = {
        "Critical": ("critical",),
        "High": ("high",),
        "Medium": ("medium",),
    }
    levels["Lower"] = ("low", "advisory")
    breaches = {
        name: [
            sum(found["kind"] == "breach" and found["severity"] in some for found in one["results"])
            for one in reports
        ]
        for name, some in levels.items()
    }
    gaps = [sum(found["kind"] == "gap" for found in one["results"]) for one in reports]
    return {name: found for name, found in breaches.items() if any(found)} | {"Gaps": gaps}


def _levels(results: Sequence[Json]) -> str:
    """The same in brackets after a number; only `high` where all are."""
    levels = {result["severity"] for result in results}
    return f"({levels.pop() if len(levels) == 1 else by_severity(results)})"


def _summary(
    report: Json,
    blocks: list[Json],
    opens: list[Json],
    breaches: list[Json],
    gaps: list[Json],
    accepted: Sequence[Json],
    missing: Sequence[Question],
) -> Iterable[str]:
    verdict = report.get("verdict")
    if verdict == "do_not_proceed":
        stop = "rule stops" if len(blocks) == 1 else "rules stop"
        told = f"{len(blocks)} {stop} this commitment"
        yield told if blocks else "what stops this commitment is withheld"
    elif verdict == "undecided":
        yield f"too little is known to say yes or no: {count(len(opens), 'rule')} could stop it"
    elif verdict == "proceed_with_conditions":
        yield "nothing stops it, but what stands below has to be settled"
    elif verdict == "proceed":
        minor = breaches or gaps
        yield "nothing stops it; what is left is minor" if minor else "nothing stands against it"
    every = [*blocks, *opens, *breaches]
    broken = [result for result in every if result["kind"] == "breach"]
    unknown = [result for result in (*opens, *gaps) if result["kind"] == "gap"]
    found = []
    if broken:
        found.append(f"{count(len(broken), 'breach', 'breaches')} {_levels(broken)}")
    if unknown:
        found.append(f"{count(len(unknown), 'rule')} without enough evidence {_levels(unknown)}")
    if accepted:
        found.append(count(len(accepted), "accepted exception"))
    yield listed(found) or "no findings"
    if report.get("withheld"):
        yield withheld_words(report["withheld"])
    mark = standing_mark(report["strategy"])
    if mark == "DRAFT":
        yield "the strategy is a DRAFT, not approved as it stands"
    elif mark:
        yield f"the strategy is {standing_words(report['strategy'])}"
    opinion, worst = report.get("opinion"), report.get("opinion_at_worst")
    if opinion:
        proposed = OPINIONS[opinion].lower()
        if verdict:
            yield f"proposed opinion: {proposed}" + (
                f"; {OPINIONS[worst].lower()} if every gap turned out a breach"
                if worst and worst != opinion
                else ""
            )
        else:
            yield "a proposed opinion, for a person to sign" + (
                f"; {OPINIONS[worst].lower()} if every gap turned out a breach"
                if worst and worst != opinion
                else ""
            )


def _good(practice: Json | None) -> Iterable[str]:
    """What is done well: themes met in full, and what someone independent has verified."""
    if not practice:
        return
    themes: Sequence[Json] = practice["themes"]
    for words, members in (
        ("met in full, on verified facts", [one for one in themes if one["verified"]]),
        ("met in full, on the file's word", [one for one in themes if not one["verified"]]),
    ):
        if members:
            yield f"{words}: {listed(one['theme'] for one in members)}"
    told = {rule for one in themes for rule in one["verified"]}
    others = [one["rule"] for one in practice["rules"] if one["rule"] not in told]
    if others:
        yield f"met on verified facts: {', '.join(others)}"
    for fact in practice["facts"]:
        yield f"verified: {fact['title']} – {'yes' if fact['value'] else 'no'}"


def withheld_words(withheld: Json) -> str:
    """How much a report for the public leaves out, and of what."""
    parts = []
    if withheld["facts"]:
        facts = count(withheld["facts"], "fact")
        kinds = listed(f"{number} {kind}" for kind, number in withheld["kinds"].items())
        parts.append(f"{facts} exempt from publication ({kinds})")
    if withheld["rules"]:
        parts.append(f"the results of {count(withheld['rules'], 'rule')} that rest on them")
    return f"withheld: {listed(parts)}" if parts else "for the public; nothing had to be withheld"


def questions(missing: Iterable[Json]) -> tuple[Question, ...]:
    """The questions in their order, those of the items of one list as one."""
    groups: dict[tuple[str, str], list[Json]] = {}
    for fact in missing:
        text = fact["question"] or own_title(fact)
        groups.setdefault((static(fact["path"]), text), []).append(fact)
    return tuple(
        Question(
            text=text,
            path=one_path([fact["path"] for fact in facts]),
            of=tuple(dict.fromkeys(fact["of"] for fact in facts if fact.get("of"))),
            decides=tuple(dict.fromkeys(rule for fact in facts for rule in fact["decides"])),
        )
        for (_, text), facts in groups.items()
    )


def _deeds(results: Iterable[Json]) -> tuple[Deed, ...]:
    """The actions of the results, the same deed once, in the order in which they fall due."""
    together: dict[tuple[str, str, str], list[str]] = {}
    keys: dict[tuple[str, str, str], tuple[int, str, int]] = {}
    done: dict[tuple[str, str, str], str | None] = {}
    for result in results:
        for action in result.get("actions") or ():
            deed = (by_when(action), action["owner"], action["do"])
            together.setdefault(deed, []).append(result["rule"])
            keys.setdefault(deed, _due_key(action))
            done.setdefault(deed, action.get("done_when"))
    return tuple(
        Deed(*deed, rules=tuple(dict.fromkeys(together[deed])), done_when=done[deed])
        for deed in sorted(together, key=lambda deed: keys[deed])
    )


def _due_key(action: Json) -> tuple[int, str, int]:
    due, due_on = action.get("due") or "", action.get("due_on")
    if due == "at once":
        return (0, "", 0)
    if due_on:
        return (1, due_on, 0)
    if due in _DUE_ORDER:
        return (2, "", _DUE_ORDER.index(due))
    return (3, due, 0)
