"""A whole review: every partnership, then what they say together. Its JSON form is
`accordance/review/1`; every output is rendered from that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..check.answer import PROGRAM, Answer, strategy_stamp
from ..check.checker import Checker
from ..check.judging import Assessment
from ..check.publication import PUBLIC, public_answer
from ..check.small_groups import least_respondents
from ..facts.case import Case
from ..facts.withholding import without_sensitive
from ..feel.values import UNKNOWN
from ..plan.outcome import SEVERITY_RANK
from ..portfolio.body_files import NOTHING_KEPT, BodyFiles
from ..portfolio.evaluating import evaluate
from ..problem import Problem, Refused
from ..strategy.model import OPINIONS, SEVERITIES, VERDICTS
from . import comparing
from .comparing import Member, families_of
from .health import health_of
from .money import Accounts, accounts_json, accounts_of, portfolio_json
from .placing import Placer, spectrum_json
from .ranges import figure
from .skills import skills_of
from .triangulation import Triangulation, triangulate, views_json

Json = dict[str, Any]

SCHEMA: Final = "accordance/review/1"
INTERNAL: Final = "internal"
DECISIONS: Final = 3
Progress = Callable[[Iterable[Case]], Iterable[Case]]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One partnership, reviewed."""

    member: Member
    views: Triangulation
    accounts: Accounts
    assessment: Assessment
    json: Json


def review(
    checker: Checker,
    cases: Sequence[Case],
    evaluated_on: dt.date | None = None,
    *,
    earlier: Sequence[Case] = (),
    earlier_on: dt.date | None = None,
    problems: Iterable[Problem] = (),
    kept: BodyFiles = NOTHING_KEPT,
    audience: str = INTERNAL,
    progress: Progress = lambda cases: cases,
) -> Json:
    """The review of a portfolio, with the trend since an earlier state of it.

    Without a date a portfolio is evaluated on the latest day of its facts. A case that cannot be
    evaluated stands among the problems, and the rest is reviewed without it.
    """
    today = evaluated_on or latest(cases)
    found = list(problems)
    placer = Placer(checker)
    reviewed = list(_each(placer, progress(cases), today, audience, found))
    before: list[Reviewed] = []
    before_on = earlier_on or latest(earlier)
    if earlier:
        before = list(_each(placer, earlier, before_on, audience, found))
    found += [problem for one in reviewed for problem in one.views.problems]
    members = [one.member for one in reviewed]
    strategy = checker.strategy
    across = _across(checker, reviewed, today, kept)
    spectrum, health = strategy.spectrum, strategy.health
    return {
        "schema": SCHEMA,
        "program": PROGRAM,
        "strategy": strategy_stamp(strategy),
        "evaluated_on": today.isoformat(),
        "audience": audience,
        "levels": []
        if spectrum is None
        else [
            {"level": one.name, "title": one.title, "means": one.means} for one in spectrum.levels
        ],
        "factors": []
        if health is None
        else [
            {"factor": one.name, "title": one.title, "means": one.means} for one in health.factors
        ],
        "partnerships": [one.json for one in reviewed],
        "portfolio": _portfolio(checker, reviewed, members) | across,
        "trend": {
            "evaluated_on": before_on.isoformat(),
            **comparing.trend(members, [one.member for one in before]),
        }
        if earlier
        else None,
        "problems": [_problem(one) for one in dict.fromkeys(found)],
        "method": {
            "respondents_least": _plain(least_respondents(strategy)),
            "groups_least": _parameter(checker, "review_groups_min"),
            "gap_limit": _parameter(checker, "perception_gap_max"),
            "weights": {} if health is None else dict(health.weights),
        },
    }


def latest(cases: Iterable[Case]) -> dt.date:
    """The latest day of the facts of cases; today where none is dated."""
    return max((case.as_of for case in cases if case.as_of), default=dt.date.today())


def _each(
    placer: Placer,
    cases: Iterable[Case],
    today: dt.date,
    audience: str,
    problems: list[Problem],
) -> Iterable[Reviewed]:
    for case in cases:
        try:
            yield _reviewed(placer, case, today, audience)
        except Refused as refused:
            problems += refused.problems


def _reviewed(placer: Placer, case: Case, today: dt.date, audience: str) -> Reviewed:
    checker = placer.checker
    strategy = checker.strategy
    if audience == PUBLIC:
        report = public_answer(checker, case, today)
        case = without_sensitive(case)[0]
        answer = checker.check(case, today)
    else:
        answer = checker.check(case, today)
        report = answer.to_json()
    assessment = answer.assessment
    placement = placer.place(case, assessment)
    health = health_of(strategy, assessment)
    views = triangulate(case, strategy)
    accounts = accounts_of(case)
    families = families_of(case, strategy)
    member = Member(case, report, health, placement, families)
    document = {
        **report["case"],
        "families": list(families),
        "basis": _plain(case.facts.get("basis", UNKNOWN)),
        "strategic": _stated(case, "strategic"),
        "critical": _stated(case, "service", "critical"),
        "verdict": report["verdict"],
        "opinion": report["opinion"],
        "opinion_at_worst": report["opinion_at_worst"],
        "withheld": None if report["withheld"] is None else report["withheld"]["rules"],
        "findings": _findings(report),
        "gravest": _gravest(report),
        "missing": [
            {name: one[name] for name in ("path", "title", "question", "of", "decides")}
            for one in report["missing"][:5]
        ],
        "views": views_json(views, strategy),
        "spectrum": _spectrum(placer, answer, placement),
        "health": None if health is None else health.to_json(),
        "skills": skills_of(case, strategy, today),
        "money": accounts_json(accounts, strategy),
        "reviews": _reviews(case),
    }
    return Reviewed(member, views, accounts, assessment, document)


def _spectrum(placer: Placer, answer: Answer, placement: Any) -> Json | None:
    spectrum = placer.checker.strategy.spectrum
    if spectrum is None or placement is None:
        return None
    return spectrum_json(placement, spectrum, answer)


def _stated(case: Case, *steps: str) -> Any:
    value: Any = case.facts
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value if isinstance(value, bool) else None


def _findings(report: Json) -> Json:
    return {
        f"{kind}s" if kind == "gap" else "breaches": {
            severity: sum(
                one["kind"] == kind and one["severity"] == severity for one in report["results"]
            )
            for severity in SEVERITIES
        }
        for kind in ("breach", "gap")
    }


def _gravest(report: Json) -> list[Json]:
    """The three gravest breaches, with what to do."""
    breaches = [one for one in report["results"] if one["kind"] == "breach"]
    breaches.sort(key=lambda one: (-SEVERITY_RANK[one["severity"]], not one["gate"]))
    return [
        {
            "rule": one["rule"],
            "title": one["title"],
            "severity": one["severity"],
            "message": one["message"],
            "do": one["actions"][0]["do"] if one["actions"] else None,
            "owner": one["actions"][0]["owner"] if one["actions"] else None,
            "due_on": one["actions"][0]["due_on"] if one["actions"] else None,
            "due": one["actions"][0]["due"] if one["actions"] else None,
        }
        for one in breaches[:3]
    ]


def _reviews(case: Case) -> Json:
    """When the partnership was last reviewed, how, whether by someone independent, and whether its
    management discussed it."""
    nothing = dict.fromkeys(("last", "independent", "method", "tabled"))
    listed = case.facts.get("reviews")
    if not isinstance(listed, list):
        return {"known": False, **nothing}
    items = [one for one in listed if isinstance(one, dict)]
    dated = [one for one in items if isinstance(one.get("date"), dt.date)]
    if not dated:
        return {"known": True, **nothing}
    last = max(dated, key=lambda one: one["date"])
    independent, method = last.get("independent"), last.get("method")
    tabled = last.get("tabled")
    return {
        "known": True,
        "last": last["date"].isoformat(),
        "independent": independent if isinstance(independent, bool) else None,
        "method": method if isinstance(method, str) else None,
        "tabled": tabled if isinstance(tabled, bool) else None,
    }


# the portfolio


def _portfolio(checker: Checker, reviewed: Sequence[Reviewed], members: Sequence[Member]) -> Json:
    focus = comparing.focus(members)
    frequent = comparing.frequent(members)
    money = portfolio_json([one.accounts for one in reviewed])
    return {
        "partnerships": len(reviewed),
        "stages": _counted(one.json["stage"] for one in reviewed),
        "opinions": _counted((one.json["opinion"] for one in reviewed), OPINIONS),
        "verdicts": _counted((one.json["verdict"] for one in reviewed), VERDICTS),
        "standing": comparing.standing(members),
        "factors": _factor_medians(members),
        "groups": _groups(reviewed),
        "practices": comparing.practices(members, checker.strategy),
        "good_practice": comparing.good_practice(members),
        "frequent": frequent,
        "focus": focus,
        "money": money,
        "decisions": _decisions(reviewed, focus, money)[:DECISIONS],
    }


def _across(
    checker: Checker,
    reviewed: Sequence[Reviewed],
    today: dt.date,
    kept: BodyFiles,
) -> Json:
    """What the rules over the portfolio find, the gravest first, what of it is accepted, and
    providers that are perhaps one under several spellings."""
    pairs = [(one.member.case, one.assessment) for one in reviewed]
    said = evaluate(checker, pairs, today, kept)
    found = [_of_group(one) for one in said["results"] if one["kind"] is not None]
    found.sort(key=lambda one: (one["kind"] != "breach", -SEVERITY_RANK[one["severity"]]))
    return {
        "across": found,
        "accepted": [
            _of_group(one) | {"accepted_by": one["accepted_by"]}
            for one in said["results"]
            if one["accepted_by"] is not None
        ],
        "notices": said["notices"],
        "alike": [one["names"] for one in said["providers"]["alike"]],
    }


def _of_group(one: Json) -> Json:
    """What a rule over the portfolio says, in short."""
    names = ("rule", "title", "group", "case", "kind", "severity", "severity_least", "message")
    titles = {place["id"]: place["title"] for place in one["cases"]}
    action = one["actions"][0] if one["actions"] else {"do": None, "owner": None}
    return {name: one[name] for name in names} | {
        "of": titles.get(one["case"], one["case"]) or one["group"],
        "missing": len(one["missing"]),
        "in": [
            {"id": place["id"], "title": place["title"]}
            for place in one["cases"]
            if place["decides"]
        ],
        "do": action["do"],
        "owner": action["owner"],
        "due": action.get("due_on") or action.get("due"),
    }


def _counted(words: Iterable[str | None], order: Sequence[str] = ()) -> Json:
    found: dict[str, int] = dict.fromkeys(order, 0)
    for word in words:
        if word is not None:
            found[word] = found.get(word, 0) + 1
    return found


def _factor_medians(members: Sequence[Member]) -> list[Json]:
    found: dict[str, list[Any]] = {}
    for member in members:
        for part in member.health.factors if member.health else ():
            found.setdefault(part.factor, []).append(part)
    rows = []
    for factor, parts in found.items():
        middle = comparing.median([one.range for one in parts if one.range is not None])
        rows.append(
            {
                "factor": factor,
                "title": parts[0].title,
                "median": None if middle is None else middle.to_json(),
            }
        )
    return rows


def _groups(reviewed: Sequence[Reviewed]) -> list[Json]:
    """What each group of stakeholders says over all partnerships, weighed by its answers."""
    found: dict[str, list[Any]] = {}
    for one in reviewed:
        for mean in one.views.overall:
            found.setdefault(mean.group, []).append(mean)
    rows = []
    for group, means in found.items():
        answered = sum(one.respondents for one in means)
        total = sum(one.mean * one.respondents for one in means)
        rows.append(
            {
                "group": group,
                "partnerships": len(means),
                "respondents": answered,
                "mean": figure(total / answered, 2),
            }
        )
    return sorted(rows, key=lambda row: (-row["partnerships"], row["group"]))


def _decisions(reviewed: Sequence[Reviewed], focus: Sequence[Json], money: Json) -> list[Json]:
    """What management has to decide, the weightiest first: the partnerships that cannot be relied
    on, the grave finding that most of them share, and what is not known."""
    found = []
    worst = [
        one.json
        for one in reviewed
        if one.json["opinion"] == "no_assurance" or one.json["verdict"] == "do_not_proceed"
    ]
    if worst:
        found.append(_about_worst(worst))
    shared = max(focus, key=lambda one: len(one["in"]), default=None)
    if shared is not None and len(shared["in"]) > 1:
        found.append(_about_shared(shared))
    unknown = _about_unknown(reviewed, money)
    if unknown is not None:
        found.append(unknown)
    ahead = [
        one.json
        for one in reviewed
        if any(
            finding["code"] in ("target_above", "target_below", "claims_more")
            for finding in (one.json["spectrum"] or {"findings": ()})["findings"]
        )
    ]
    if ahead:
        found.append(
            {
                "title": f"The level of collaboration of {_many(len(ahead))}",
                "text": "Their claim or target does not fit the evidence, their form or their "
                "weight. Decide whether to change the target or to pay for reaching it.",
                "owner": "Policy owner",
                "in": [{"id": one["id"], "title": one["title"]} for one in ahead],
            }
        )
    return found


def _about_worst(worst: Sequence[Json]) -> Json:
    def weight(one: Json) -> tuple[int, ...]:
        breaches = one["findings"]["breaches"]
        return tuple(-breaches[severity] for severity in SEVERITIES)

    ordered = sorted(worst, key=lambda one: (weight(one), one["id"]))
    first = ordered[0]
    gravest = first["gravest"][0] if first["gravest"] else None
    text = (
        "Each has no assurance or must not proceed. Decide for each whether it is mended by a "
        "date, or ended."
        if len(ordered) > 1
        else "It cannot be relied on as it stands. Decide whether it is mended by a date, or ended."
    )
    if gravest is not None:
        text += f" The gravest: {gravest['message']}"
    return {
        "title": f"The future of {_many(len(ordered))} that cannot be relied on",
        "text": text,
        "owner": gravest["owner"] if gravest else None,
        "in": [{"id": one["id"], "title": one["title"]} for one in ordered],
    }


def _about_shared(shared: Json) -> Json:
    do = shared["do"]
    deed = f": {do[:1].lower()}{do[1:]}" if do else ""
    return {
        "title": f"One answer for {_many(len(shared['in']))} ({shared['rule']})",
        "text": f"“{shared['title']}” holds in none of them ({shared['rule']}, "
        f"{shared['severity']}). Decide whether it is mended once for all{deed}.",
        "owner": shared["owner"],
        "in": [{"id": one["id"], "title": one["title"]} for one in shared["in"]],
    }


def _about_unknown(reviewed: Sequence[Reviewed], money: Json) -> Json | None:
    unknown = [one.json for one in reviewed if not one.json["money"]["whole_life"]["complete"]]
    gaps = [
        one.json
        for one in reviewed
        if sum(one.json["findings"]["gaps"][level] for level in ("critical", "high"))
    ]
    if not unknown and not gaps:
        return None
    words = []
    if unknown:
        words.append(
            f"What {_many(len(unknown))} of {len(reviewed)} cost over their whole life is not known"
        )
    if gaps:
        words.append(f"in {_many(len(gaps))} rules of weight cannot be decided for want of facts")
    return {
        "title": "Costs and facts that are not known",
        "text": f"{'; '.join(words)}. Decide who finds out, and by when.",
        "owner": "Chief finance officer",
        "in": [{"id": one["id"], "title": one["title"]} for one in unknown or gaps],
    }


def _many(number: int) -> str:
    return f"{number} partnership{'' if number == 1 else 's'}"


def _problem(problem: Problem) -> Json:
    place = problem.place
    return {
        "code": problem.code.value,
        "message": problem.message,
        "help": problem.help,
        "file": None if place is None else place.file,
        "line": None if place is None else place.line,
        "column": None if place is None else place.column,
        "level": problem.level.value,
    }


def _parameter(checker: Checker, name: str) -> Any:
    parameter = checker.strategy.parameters.get(name)
    return None if parameter is None else _plain(parameter.value)


def _plain(value: Any) -> Any:
    from ..check.prose import plain

    return plain(value)
