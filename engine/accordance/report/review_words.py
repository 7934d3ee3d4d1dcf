"""The words of a review, the same in every format."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from . import Json
from .wording import OPINIONS, VERDICTS, count, day, listed

ANSWERS: Final = {**VERDICTS, **OPINIONS}
TYPES: Final = {
    "expertise": "Expertise",
    "joined_up_service": "Joined-up service",
    "economies_of_scale": "Economies of scale",
    "culture_and_learning": "Culture and learning",
    "other": "Other",
}
SECTORS: Final = {
    "public": "Public bodies",
    "private": "Private firms",
    "civil_society": "Civil society",
    "not known": "Sector not known",
}
COSTS: Final = {
    "set_up": "Set-up",
    "running": "Running",
    "client_side": "Managing it",
    "exit": "Ending it",
}
SKILLS: Final = ("technical", "commercial", "financial", "collaboration")
CONFIDENCE: Final = {
    "none": "nothing to show",
    "low": "low: too few groups",
    "medium": "medium: small or missing groups",
    "high": "high",
}
CHANGES: Final = {
    "better": "better",
    "worse": "worse",
    "same": "unchanged",
    "not_certain": "cannot be told",
    None: "–",
}
CHANGE_MARKS: Final = {"better": "▲", "worse": "▼", "same": "=", "not_certain": "?", None: "–"}
NOT_KNOWN: Final = "not known"


def answer_of(partnership: Json) -> str:
    """The opinion of a partnership, or its verdict where it has none."""
    code = partnership["opinion"] or partnership["verdict"]
    return ANSWERS.get(code or "", code or "–")


def answer_code(partnership: Json) -> str:
    return str(partnership["opinion"] or partnership["verdict"] or "")


def percent(found: Json | None) -> str:
    """A share, or the range that it lies in: `64–79%`."""
    if found is None:
        return "–"
    low, high = round_half_up(found["low"] * 100), round_half_up(found["high"] * 100)
    if found["definite"]:
        return f"{low}%"
    return f"{low}–{high}%"


def round_half_up(number: float) -> int:
    return int(number + 0.5)


def ratio(share: float | None) -> str:
    return NOT_KNOWN if share is None else f"{round_half_up(share * 100)}%"


def level_title(name: str | None, review: Json) -> str:
    """What a level is called; `not known` where none is stated."""
    titles = {one["level"]: one["title"] for one in review["levels"]}
    return NOT_KNOWN if name is None else titles.get(name, name)


def place_words(spectrum: Json | None, review: Json) -> str:
    """Where the evidence puts a partnership: a level, or from one to another."""
    if spectrum is None:
        return "–"
    low, high = level_title(spectrum["low"], review), level_title(spectrum["high"], review)
    return low if spectrum["definite"] else f"{low} to {high}"


def money(amount: float | None) -> str:
    """A sum as one reads it: `£1.25m`, `£830k`, `£450`."""
    if amount is None:
        return NOT_KNOWN
    size, sign = abs(float(amount)), "-" if float(amount) < 0 else ""
    for unit, mark in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if size >= unit:
            digits = f"{size / unit:.2f}" if size < 10 * unit else f"{size / unit:.1f}"
            return f"{sign}£{digits.rstrip('0').rstrip('.')}{mark}"
    return f"{sign}£{size:,.0f}"


def sum_words(found: Json) -> str:
    """A sum, or the least that it is, with how many parts are not known."""
    if found["parts"] == 0:
        return "none stated"
    if found["known"] is None:
        return NOT_KNOWN
    if found["complete"]:
        return money(found["known"])
    return f"at least {money(found['known'])} ({found['unknown']} of {found['parts']} not known)"


def names_of(entries: Iterable[Json], most: int = 4) -> str:
    """The titles of partnerships, the first few of them."""
    titles = [one["title"] for one in entries]
    if len(titles) > most + 1:
        return f"{', '.join(titles[:most])} and {len(titles) - most} more"
    return listed(titles)


def last_review(reviews: Json) -> str:
    """When a partnership was last reviewed and how, whether by someone independent, and whether its
    management discussed it."""
    if not reviews["last"]:
        return "none" if reviews["known"] else f"? {NOT_KNOWN}"
    independent = {True: "independent", False: "not independent", None: "independence not known"}
    tabled = {
        True: "discussed by management",
        False: "not discussed by management",
        None: "whether management discussed it is not known",
    }
    how = f" ({reviews['method']})" if reviews["method"] else ""
    parts = [day(reviews["last"]), independent[reviews["independent"]] + how]
    return ", ".join([*parts, tabled[reviews["tabled"]]])


def opinions_words(review: Json) -> str:
    """How many partnerships have which opinion, or which verdict where they have no opinion."""
    found: dict[str, int] = {}
    for one in review["partnerships"]:
        code = answer_code(one)
        found[code] = found.get(code, 0) + 1
    return listed(
        f"{found[code]} {words.lower()}" for code, words in ANSWERS.items() if code in found
    )


def widest_gap(partnership: Json) -> Json | None:
    """The factor on which the groups lie furthest apart."""
    gaps = [one for one in partnership["views"]["factors"] if one["gap"] is not None]
    return max(gaps, key=lambda one: one["gap"], default=None)


def views_words(partnership: Json) -> str:
    """In a word, how far the views on a partnership carry."""
    views = partnership["views"]
    if views["asked"] is None:
        return "not known whether asked"
    if not views["asked"]:
        return "nobody asked"
    factors = views["factors"]
    sound = sum(one["triangulated"] is True for one in factors)
    words = f"{sound} of {len(factors)} factors seen from enough sides"
    widest = widest_gap(partnership)
    if widest is not None and widest["wide"]:
        words += f", gap {widest['gap']:.1f} on {widest['title'].lower()}"
    return words


def trend_words(trend: Json) -> str:
    """The trend in one sentence."""
    changes = [one["health"]["change"] for one in trend["partnerships"]]
    parts = [
        f"{changes.count(code)} {words}"
        for code, words in (("better", "healthier"), ("worse", "less healthy"))
        if code in changes
    ]
    rest = len(changes) - changes.count("better") - changes.count("worse")
    if rest:
        parts.append(f"{rest} unchanged or not to be told")
    before, now = trend["median"]["before"], trend["median"]["now"]
    return (
        f"{listed(parts)}; median health {percent(before)} then, {percent(now)} now; "
        f"{count(len(trend['joined']), 'partnership')} joined, {len(trend['left'])} left"
    )
