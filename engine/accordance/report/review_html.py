"""The review as one HTML file that needs nothing else: for management first, then the evidence."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from . import Json
from .html import css_text
from .review_charts import (
    benefit_chart,
    by_health,
    cost_chart,
    heat_map,
    radar,
    spectrum_chart,
    standing_chart,
    trend_chart,
)
from .review_words import (
    ANSWERS,
    CONFIDENCE,
    answer_code,
    last_review,
    level_title,
    money,
    names_of,
    percent,
    place_words,
    ratio,
    sum_words,
    trend_words,
    views_words,
    widest_gap,
)
from .text import safe_throughout
from .wording import (
    MARKS,
    OUTCOMES,
    accepted_words,
    count,
    day,
    listed,
    program_words,
    sentence,
    severity,
)

if TYPE_CHECKING:
    from jinja2 import Environment

_SURE: Final = ("none", "low", "medium", "high")


def html(review: Json) -> str:
    """The review as a page."""
    review = safe_throughout(review)
    rows = by_health(review["partnerships"])
    charts = {
        chart.name: chart
        for chart in (
            heat_map(review),
            spectrum_chart(review),
            standing_chart(review),
            benefit_chart(review),
            cost_chart(review),
            trend_chart(review),
        )
        if chart is not None
    }
    radars = [radar(one, number) for number, one in enumerate(rows, 1)]
    placed = [one for one in rows if one["spectrum"]]
    standing = review["portfolio"]["standing"]["members"]
    environment = _environment()
    draft = review["strategy"]["status"] != "approved"
    title = f"Review of {count(len(rows), 'partnership')}"
    text: str = (
        environment.overlay()
        .get_template("review.html")
        .render(
            review=review,
            rows=rows,
            draft=draft,
            title=title,
            program=program_words(review["program"]),
            runnings=[_running(review, title, draft)],
            bodies=listed(dict.fromkeys(one["organisation"] or "Body not stated" for one in rows)),
            summary=_summary(review),
            tiles=_tiles(review),
            contents=_contents(review, charts),
            charts=_Charts(charts),
            radars=[one for one in radars if one is not None],
            means={one["factor"]: one["means"] for one in review["factors"]},
            misplaced=[one for one in placed if one["spectrum"]["findings"]],
            unsettled=[one for one in placed if not one["spectrum"]["definite"]],
            lowest=[one for one in standing if one["bottom_quarter"] == "yes"],
            perhaps=[one for one in standing if one["bottom_quarter"] == "possible"],
            views_lead=_views_lead(review),
            money_lead=_money_lead(review),
            skills_lead=_skills_lead(review),
            target=next(
                (one["skills"]["target"] for one in rows if one["skills"]["target"]), "not stated"
            ),
            method=method(review),
        )
    )
    return "\n".join(line.rstrip() for line in text.split("\n") if line.strip()) + "\n"


class _Charts(dict[str, Any]):
    """The charts by name; None for one that has nothing to show."""

    def __missing__(self, name: str) -> None:
        return None


def _running(review: Json, title: str, draft: bool) -> dict[str, str]:
    strategy = review["strategy"]
    digest = str(strategy["digest"] or "").partition(":")[2][:12]
    marks = ["DRAFT – strategy not approved"] if draft else []
    if review["audience"] == "public":
        marks.append("For publication")
    return {
        "name": "",
        "title": title,
        "marking": " · ".join(marks),
        "foot": f"Strategy {strategy['name']} {strategy['version']} ({digest}) · evaluated on "
        f"{day(review['evaluated_on'])}",
    }


def _contents(review: Json, charts: dict[str, Any]) -> list[tuple[str, str]]:
    portfolio = review["portfolio"]
    together = bool(portfolio["across"] or portfolio["accepted"])
    return [
        (name, title)
        for name, title, shown in (
            ("health", "Health, factor by factor", "heat" in charts),
            ("spectrum", "On the collaboration spectrum", "place" in charts),
            ("views", "What people say", True),
            ("comparison", "Partnerships against each other", True),
            ("across", "What no file shows by itself", together),
            ("money", "Costs and benefits", True),
            ("good", "Good practice", True),
            ("focus", "In focus, with owners", True),
            ("trend", "What has changed", review["trend"] is not None),
            ("skills", "Skills of each side", True),
            ("each", "One by one", True),
            ("method", "Method and limits", True),
        )
        if shown
    ]


def _tiles(review: Json) -> list[tuple[str, int]]:
    portfolio = review["portfolio"]
    alone = {
        one["verdict"]
        for one in review["partnerships"]
        if one["opinion"] is None and one["verdict"] is not None
    }
    tiles = [
        (code, portfolio["opinions"][code])
        for code in ("no_assurance", "limited", "reasonable", "substantial")
    ]
    for code in ("do_not_proceed", "undecided", "proceed_with_conditions", "proceed"):
        if code in alone:
            number = sum(
                one["opinion"] is None and one["verdict"] == code for one in review["partnerships"]
            )
            tiles.append((code, number))
    return [(code, number) for code, number in tiles if number]


def _summary(review: Json) -> str:
    portfolio = review["portfolio"]
    opinions = portfolio["opinions"]
    sound = opinions["substantial"] + opinions["reasonable"]
    judged = sum(opinions.values())
    critical = [one for one in review["partnerships"] if one["findings"]["breaches"]["critical"]]
    text = (
        f"{sound} of {judged} running partnerships can be relied on"
        if judged
        else f"{count(portfolio['partnerships'], 'proposal')} stand before a decision"
    )
    if critical:
        text += f"; {len(critical)} of all {portfolio['partnerships']} have a critical finding"
    middle = portfolio["standing"]["median"]
    if middle is not None:
        text += f". Half of them have a health of {percent(middle)} or more"
    if review["trend"] is not None:
        changes = [one["health"]["change"] for one in review["trend"]["partnerships"]]
        better, worse = changes.count("better"), changes.count("worse")
        text += (
            f". Since {day(review['trend']['evaluated_on'])} the health of {better} has risen for "
            f"certain, that of {worse} fallen"
        )
    return f"{text}."


def _views_lead(review: Json) -> str:
    partnerships, least = review["partnerships"], review["method"]["respondents_least"]
    asked = [one for one in partnerships if one["views"]["asked"]]
    whole = [
        one
        for one in asked
        if all(factor["triangulated"] is True for factor in one["views"]["factors"])
    ]
    wide = [one for one in asked if (widest_gap(one) or {"wide": False})["wide"]]
    groups = review["method"]["groups_least"]
    return (
        f"Stakeholders were asked about {len(asked)} of {count(len(partnerships), 'partnership')}. "
        f"On {len(whole)} of them every factor was scored by {groups} groups or more; on "
        f"{len(wide)} two groups lie {review['method']['gap_limit']} points or more apart. The "
        "further out, the better the score; a line that breaks off means that the group may not "
        f"be shown there. Groups of fewer than {least} people, or of unknown size, are nowhere "
        "shown, and play no part in any figure. The number in brackets is how many answered."
    )


def _money_lead(review: Json) -> str:
    found = review["portfolio"]["money"]
    sectors = [
        f"{_sector(one['sector'])} {sum_words(one['bears'])}"
        for one in found["by_sector"]
        if one["bears"]["known"] is not None
    ]
    text = (
        f"Whole-life cost of all: {sum_words(found['whole_life'])}. Benefits in money planned by "
        f"now: {sum_words(found['planned'])}; realised: {sum_words(found['realised'])}."
    )
    if sectors:
        text += f" Who bears the cost, as far as shares are known: {'; '.join(sectors)}."
    return text


def _sector(name: str) -> str:
    from .review_words import SECTORS

    return SECTORS.get(name, name).lower()


def _skills_lead(review: Json) -> str:
    partnerships = review["partnerships"]
    lacking = [one for one in partnerships if one["skills"]["collaboration_not_assessed"]]
    nothing = [one for one in partnerships if one["skills"]["nothing_assessed"]]
    text = (
        "Many bodies assess what a partner can do and what it is worth; few assess whether the two "
        "sides can work together. "
    )
    if lacking:
        text += (
            f"In {count(len(lacking), 'partnership')} a party’s skill to collaborate is not "
            f"assessed though its other skills are: {names_of(lacking, 5)}. "
        )
    if nothing:
        text += (
            f"In {count(len(nothing), 'partnership')} nothing is known of a party’s skills: "
            f"{names_of(nothing, 5)}."
        )
    if not lacking and not nothing:
        text += "Here collaboration is assessed wherever the other skills are."
    return text.strip()


def method(review: Json) -> list[str]:
    """How the figures came about, and what they cannot say."""
    told = review["method"]
    weights = ", ".join(f"{name} {weight}" for name, weight in told["weights"].items())
    return [
        _scope(review),
        "Everything here follows from the fact files and the strategy named below. The same files "
        "and strategy give the same page.",
        "Opinions and findings are those of the check of each partnership on the same day.",
        f"Health: of the rules that apply, the weight of those that are met ({weights}). A rule "
        "that cannot be decided opens a range; a breach that was accepted counts as not met. A "
        "number stands alone only where nothing is open.",
        "Level: the highest of the spectrum whose criteria, and those below it, the facts meet. "
        "What a partnership claims plays no part. Knowing less can widen a range, and never moves "
        "a level that is certain.",
        f"Views: a factor is seen from enough sides where {told['groups_least']} groups or more "
        f"have scored it. Means over several groups are weighed by the answers. Groups of fewer "
        f"than {told['respondents_least']} people, or of unknown size, are left out of every "
        "figure, so that nobody’s answer can be told or worked out.",
        "Comparison: a place, a quarter and a trend are certain only where ranges do not overlap.",
        "Costs and benefits: as stated. What is not stated is not known, and no sum hides it. "
        "Benefits that are not money are never added to money.",
        "Limits: fact files are as good as those who write them; facts without independent "
        "evidence are taken at their word. A review of files does not replace one by people.",
    ]


def _scope(review: Json) -> str:
    """How many partnerships of which kind were looked at."""
    rows = review["partnerships"]
    stages = [
        f"{number} {stage}" for stage, number in review["portfolio"]["stages"].items() if number
    ]
    bases: dict[str, int] = {}
    for one in rows:
        basis = one["basis"] or "of a basis that is not known"
        bases[basis] = bases.get(basis, 0) + 1
    strategic = sum(one["strategic"] is True for one in rows)
    return (
        f"Scope: {count(len(rows), 'partnership')} ({listed(stages)}), {strategic} of them "
        f"strategic; {listed(f'{number} {basis}' for basis, number in sorted(bases.items()))}."
    )


# filters


def _health(one: Json) -> str:
    return "–" if one["health"] is None else percent(one["health"]["overall"]["range"])


def _triangulated(one: Json) -> str:
    views = one["views"]
    if views["asked"] is None:
        return "? not known whether asked"
    if not views["asked"]:
        return "nobody was asked"
    sound = sum(factor["triangulated"] is True for factor in views["factors"])
    return f"{sound} of {len(views['factors'])}"


def _gap(one: Json) -> str:
    widest = widest_gap(one)
    if widest is None:
        return "–"
    mark = " !" if widest["wide"] else ""
    return f"{widest['gap']:.1f} on {widest['title'].lower()}{mark}"


def _confidence(one: Json) -> str:
    """How sure one can be of the factor of which one is least sure."""
    if not one["views"]["asked"]:
        return "–"
    told = (factor["confidence"] for factor in one["views"]["factors"])
    least = min(told, key=_SURE.index, default="none")
    return CONFIDENCE[least]


def _unheard(one: Json) -> str:
    factors = one["views"]["factors"]
    few = dict.fromkeys(name for factor in factors for name in factor["too_few"])
    unknown = dict.fromkeys(name for factor in factors for name in factor["size_unknown"])
    silent = dict.fromkeys(name for factor in factors for name in factor["not_heard"])
    parts = []
    for names, words in ((few, "too few"), (unknown, "size not known"), (silent, "not on all")):
        if names:
            parts.append(f"{listed(names)} ({words})")
    return "; ".join(parts)


def _untold(one: Json) -> bool:
    """Does a finding over the portfolio not name its partnerships by itself?"""
    titles = [place["title"] for place in one["in"]]
    return one["kind"] == "breach" and not any(title in one["message"] for title in titles[:2])


def _reaches(one: Json) -> bool:
    """Does the partnership aim higher than the evidence goes?"""
    return any(finding["code"] == "target_ahead" for finding in one["spectrum"]["findings"])


def _where(problem: Json) -> str:
    parts = (problem["file"], problem["line"], problem["column"])
    return ":".join(str(part) for part in parts if part is not None)


def _names(entries: Any, most: int = 6) -> str:
    return names_of(entries, most)


def _brief(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
    from markupsafe import Markup

    def place(context: Any, spectrum: Json | None) -> str:
        return place_words(spectrum, context["review"])

    def level(context: Any, name: str) -> str:
        return level_title(name, context["review"])

    def level_words(context: Any, spectrum: Json | None) -> str:
        if spectrum is None:
            return ""
        review = context["review"]
        words = f"By the evidence {place_words(spectrum, review).lower()}"
        for name, said in (("claimed", "it sees itself as"), ("target", "it aims at")):
            words += f"; {said} {level_title(spectrum[name], review).lower()}"
        return f"{words}."

    environment = Environment(
        loader=FileSystemLoader(os.path.join(os.path.dirname(__file__), "templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "accepted": accepted_words,
        "brief": _brief,
        "code": answer_code,
        "confidence": _confidence,
        "count": count,
        "css": css_text,
        "day": day,
        # INVARIANT: drawings are made by `svg.Drawing`, which escapes every word in them.
        "drawn": Markup,
        "gap": _gap,
        "health": _health,
        "last_review": last_review,
        "level": pass_context(level),
        "level_words": pass_context(level_words),
        "lower_first": _lower_first,
        "money": money,
        "names": _names,
        "percent": percent,
        "place_of": pass_context(place),
        "ratio": ratio,
        "reaches": _reaches,
        "sentence": sentence,
        "severity": severity,
        "sum": sum_words,
        "trend": trend_words,
        "triangulated": _triangulated,
        "unheard": _unheard,
        "untold": _untold,
        "views": views_words,
        "where": _where,
    }
    environment.globals |= {"answers": ANSWERS, "marks": MARKS, "outcomes": OUTCOMES}
    return environment
