"""The charts of a review, each drawn as SVG with its words."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin
from typing import Final

from . import Json
from .review_words import (
    TYPES,
    level_title,
    money,
    percent,
    place_words,
    sum_words,
    widest_gap,
)
from .svg import ACCENT, FAINT, INK, LINE, PAPER, SOFT, Chart, Drawing, brief, hatch, shade
from .wording import count, day

WIDE: Final = 760
LABEL: Final = 236
LONGEST_LABEL: Final = 38
ROW: Final = 25
DASHES: Final = ("", "7 3", "2 3", "9 3 2 3", "1 2", "12 4")
FILLS: Final = (INK, PAPER, "#98a1ab", PAPER, INK, "#98a1ab")
MARKERS: Final = ("circle", "square", "triangle", "diamond", "cross", "circle")


def by_health(partnerships: Sequence[Json]) -> list[Json]:
    """The partnerships, the weakest health first; those without one last."""

    def weight(one: Json) -> tuple[bool, float, str]:
        found = one["health"] and one["health"]["overall"]["range"]
        return not found, found["low"] + found["high"] if found else 0, one["id"]

    return sorted(partnerships, key=weight)


# --- health by factor -------------------------------------------------------------------------


def heat_map(review: Json) -> Chart | None:
    """Factor by partnership; what is not known is hatched, as wide as it is."""
    rows = [one for one in by_health(review["partnerships"]) if one["health"]]
    if not rows:
        return None
    heads = [part["title"] for part in rows[0]["health"]["factors"]] + ["Overall"]
    cell = (WIDE - LABEL) / len(heads)
    top = 30
    described = " ".join(
        f"{one['title']}: "
        + ", ".join(f"{part['title'].lower()} {_told(part['range'])}" for part in _parts(one))
        + "."
        for one in rows
    )
    title = "Health by factor"
    height = top + ROW * len(rows) + 2
    drawing = Drawing(
        "heat", WIDE, height, title, f"{count(len(rows), 'partnership')}. {described}"
    )
    for at, head in enumerate(heads):
        drawing.text(
            LABEL + (at + 0.5) * cell, 18, brief(head, 15), anchor="middle", size=12, bold=True
        )
    for at, one in enumerate(rows):
        y = top + at * ROW
        drawing.text(0, y + 16, brief(one["title"], LONGEST_LABEL), size=12)
        for column, part in enumerate(_parts(one)):
            gap = 5 if column == len(heads) - 1 else 0
            _heat_cell(drawing, LABEL + column * cell + gap, y, cell - gap, part["range"])
    legend = [
        (_swatch(fill), words)
        for fill, words in (
            ("#6e1420", "below 35%"),
            ("#a23a24", "35 to 50%"),
            ("#d98a4e", "50 to 65%"),
            ("#f0c67c", "65 to 80%"),
            ("#f7e7bf", "80 to 90%"),
            ("#eef6ec", "90% and more"),
        )
    ]
    legend.append((_hatched_swatch("heat-k"), "the part that is not known"))
    return Chart("heat", title, described, drawing.svg(), True, tuple(legend))


def _parts(one: Json) -> list[Json]:
    return [*one["health"]["factors"], one["health"]["overall"]]


def _told(found: Json | None) -> str:
    return "no rule applies" if found is None else percent(found)


def _heat_cell(drawing: Drawing, x: float, y: float, width: float, found: Json | None) -> None:
    inner, height = width - 3, ROW - 3
    if found is None:
        drawing.rect(x, y, inner, height, PAPER, LINE)
        drawing.text(x + inner / 2, y + 15.5, "–", anchor="middle", size=12, fill=SOFT)
        return
    fill, ink = shade(found["low"])
    drawing.rect(x, y, inner, height, fill, INK, line=0.5)
    open_ = found["high"] - found["low"]
    if open_ > 0:
        strip = max(open_ * inner, 3)
        drawing.rect(x + inner - strip, y, strip, height, drawing.hatched, INK, line=0.5)
    words = percent(found)
    covered = open_ * inner > inner / 2 - 4 * len(words)
    drawing.text(
        x + inner / 2,
        y + 15.5,
        words,
        anchor="middle",
        size=12,
        fill=INK if covered else ink,
        bold=True,
        halo=covered,
    )


def _swatch(fill: str) -> str:
    return (
        '<svg viewBox="0 0 14 12" aria-hidden="true" focusable="false">'
        f'<rect x="1" y="1" width="12" height="10" fill="{fill}" stroke="{INK}"/></svg>'
    )


def _hatched_swatch(name: str) -> str:
    return (
        '<svg viewBox="0 0 14 12" aria-hidden="true" focusable="false">'
        f"<defs>{hatch(name)}</defs>"
        f'<rect x="1" y="1" width="12" height="10" fill="url(#{name}-h)" stroke="{INK}"/></svg>'
    )


def _key(drawn: str) -> str:
    return f'<svg viewBox="0 0 18 12" aria-hidden="true" focusable="false">{drawn}</svg>'


# --- spectrum ---------------------------------------------------------------------------------


def spectrum_chart(review: Json) -> Chart | None:
    """Where the evidence puts each partnership, what it claims, what it aims at."""
    rows = [one for one in by_health(review["partnerships"]) if one["spectrum"]]
    levels = [one["level"] for one in review["levels"]]
    if not rows or not levels:
        return None
    rows.sort(key=lambda one: (levels.index(one["spectrum"]["high"]), one["id"]))
    title = "Claimed, evidenced and aimed at on the collaboration spectrum"
    described = " ".join(_spectrum_words(one, review) for one in rows)
    top, row = 34, 27
    step = (WIDE - LABEL) / len(levels)
    drawing = Drawing("place", WIDE, top + row * len(rows) + 4, title, described)

    def middle(level: str) -> float:
        return LABEL + (levels.index(level) + 0.5) * step

    for at, level in enumerate(levels):
        name = level_title(level, review)
        drawing.text(
            LABEL + (at + 0.5) * step, 18, f"{at + 1} {name}", anchor="middle", size=12, bold=True
        )
        if at:
            x = LABEL + at * step
            drawing.line(x, 26, x, top + row * len(rows), LINE, 0.8, "2 3")
    for at, one in enumerate(rows):
        found, y = one["spectrum"], top + at * row
        drawing.line(0, y + row, WIDE, y + row, FAINT)
        drawing.text(0, y + 17, brief(one["title"], LONGEST_LABEL), size=12)
        justified = found["justified"]
        if justified is not None:
            left = LABEL + levels.index(justified["from"]) * step + 4
            right = LABEL + (levels.index(justified["to"]) + 1) * step - 4
            drawing.rect(left, y + 5, right - left, row - 10, FAINT, radius=4)
        _evidence_bar(drawing, middle(found["low"]), middle(found["high"]), y + row / 2, found)
        shift = 21
        if found["target"] is not None:
            _flag(drawing, middle(found["target"]) + shift, y + row / 2)
        if found["claimed"] is not None:
            _diamond(drawing, middle(found["claimed"]) - shift, y + row / 2)
    legend = (
        (_key(f'<circle cx="9" cy="6" r="5" fill="{ACCENT}"/>'), "by the evidence"),
        (_hatched_swatch("place-k"), "not known: somewhere along the bar"),
        (_key(f'<path d="M9 1L14 6L9 11L4 6Z" fill="#fff" stroke="{INK}"/>'), "what it claims"),
        (_key(f'<path d="M4 1L14 6L4 11Z" fill="{INK}"/>'), "what it aims at"),
        (
            _key(
                f'<rect x="1" y="2" width="16" height="8" rx="3" fill="{FAINT}" stroke="{LINE}"/>'
            ),
            "what form and weight justify",
        ),
    )
    return Chart("place", title, described, drawing.svg(), True, legend)


def _spectrum_words(one: Json, review: Json) -> str:
    found = one["spectrum"]
    words = f"{one['title']}: by the evidence {place_words(found, review)}"
    for name, said in (("claimed", "claims"), ("target", "aims at")):
        words += f", {said} {level_title(found[name], review)}"
    return f"{words}."


def _evidence_bar(drawing: Drawing, x1: float, x2: float, y: float, found: Json) -> None:
    if found["definite"]:
        drawing.circle(x1, y, 7.5, ACCENT, ACCENT)
        return
    drawing.rect(x1 - 7.5, y - 6, x2 - x1 + 15, 12, drawing.hatched, INK, radius=6)
    for x in (x1, x2):
        drawing.circle(x, y, 4, ACCENT, ACCENT)


def _diamond(drawing: Drawing, x: float, y: float) -> None:
    drawing.path(
        ((x, y - 7), (x + 7, y), (x, y + 7), (x - 7, y)), closed=True, fill=PAPER, width=1.5
    )


def _flag(drawing: Drawing, x: float, y: float) -> None:
    drawing.path(((x - 5, y - 7), (x + 8, y), (x - 5, y + 7)), closed=True, fill=INK)


# --- views ------------------------------------------------------------------------------------


def radar(partnership: Json, number: int) -> Chart | None:
    """The means of the groups by factor, from 1 in the middle to 5 at the rim."""
    views = partnership["views"]
    factors = views["factors"]
    groups = [
        group
        for group in views["groups"]
        if any(mean["group"] == group for factor in factors for mean in factor["means"])
    ]
    if not groups or len(factors) < 3:
        return None
    name, title = f"radar{number}", partnership["title"]
    described = "; ".join(
        f"{factor['title']}: "
        + (
            ", ".join(f"{mean['group']} {mean['mean']:.1f}" for mean in factor["means"])
            or "nothing that may be shown"
        )
        for factor in factors
    )
    width, height, middle, rim = 340, 250, (170.0, 132.0), 100.0
    drawing = Drawing(name, width, height, f"Views on {title}", f"{described}.")

    def point(at: int, score: float) -> tuple[float, float]:
        angle = 2 * pi * at / len(factors) - pi / 2
        reach = rim * (score - 1) / 4
        return middle[0] + reach * cos(angle), middle[1] + reach * sin(angle)

    for score in (1, 2, 3, 4, 5):
        ring = [point(at, score) for at in range(len(factors))]
        drawing.path(ring, closed=True, stroke=LINE, width=0.8 if score < 5 else 1.2)
        if score > 1:
            x, y = point(0, score)
            drawing.text(x + 3, y + 4, str(score), size=11, fill=SOFT)
    for at, factor in enumerate(factors):
        drawing.line(*middle, *point(at, 5), LINE, 0.8)
        x, y = point(at, 5.45)
        side = "middle" if abs(x - middle[0]) < 12 else "start" if x > middle[0] else "end"
        drawing.text(x, y + 4, brief(factor["title"], 14), anchor=side, size=12.5, bold=True)
    for index, group in enumerate(groups):
        _polygon(drawing, group, index, factors, point)
    legend = tuple(
        (_key(_legend_line(index)), _group_words(group, views))
        for index, group in enumerate(groups)
    )
    widest = widest_gap(partnership)
    if widest is not None and widest["wide"]:
        legend += (("", f"{widest['gap']:.1f} points apart on {widest['title'].lower()}"),)
    return Chart(name, title, described, drawing.svg(), False, legend)


def _group_words(group: str, views: Json) -> str:
    overall = next((one for one in views["overall"] if one["group"] == group), None)
    return group if overall is None else f"{group} ({overall['respondents']:,})"


def _polygon(
    drawing: Drawing, group: str, index: int, factors: Sequence[Json], point: object
) -> None:
    assert callable(point)
    scores = [
        next((mean["mean"] for mean in factor["means"] if mean["group"] == group), None)
        for factor in factors
    ]
    dash = DASHES[index % len(DASHES)]
    if None not in scores:
        corners = [point(at, score) for at, score in enumerate(scores)]
        drawing.path(corners, closed=True, width=1.8, dash=dash)
    else:
        # Where a group says nothing, or too few of it did, its line is broken.
        for at, score in enumerate(scores):
            then = (at + 1) % len(scores)
            if score is not None and scores[then] is not None:
                drawing.path((point(at, score), point(then, scores[then])), width=1.8, dash=dash)
    for at, score in enumerate(scores):
        if score is not None:
            x, y = point(at, score)
            _marker(drawing, x, y, index)


def _marker(drawing: Drawing, x: float, y: float, index: int) -> None:
    shape, fill = MARKERS[index % len(MARKERS)], FILLS[index % len(FILLS)]
    if shape == "circle":
        drawing.circle(x, y, 3.4, fill)
    elif shape == "square":
        drawing.rect(x - 3.2, y - 3.2, 6.4, 6.4, fill, INK, line=1)
    elif shape == "triangle":
        drawing.path(((x, y - 4), (x + 4, y + 3), (x - 4, y + 3)), closed=True, fill=fill)
    elif shape == "diamond":
        drawing.path(
            ((x, y - 4.4), (x + 4.4, y), (x, y + 4.4), (x - 4.4, y)), closed=True, fill=fill
        )
    else:
        drawing.line(x - 3.5, y - 3.5, x + 3.5, y + 3.5, INK, 1.6)
        drawing.line(x - 3.5, y + 3.5, x + 3.5, y - 3.5, INK, 1.6)


def _legend_line(index: int) -> str:
    drawing = Drawing("k", 18, 12, "", "")
    drawing.line(0, 6, 18, 6, INK, 1.6, DASHES[index % len(DASHES)])
    _marker(drawing, 9, 6, index)
    return "".join(drawing._parts)


# --- standing ---------------------------------------------------------------------------------


def standing_chart(review: Json) -> Chart | None:
    """The health of each partnership against the portfolio's median, by family."""
    standing = review["portfolio"]["standing"]
    families = standing["families"]
    if not families or standing["median"] is None:
        return None
    title = "Health among comparable forms, against the median of the portfolio"
    described = " ".join(
        f"{family['family']}: "
        + "; ".join(f"{one['title']} {percent(one['health'])}" for one in family["members"])
        + "."
        for family in families
    )
    row, head = 22, 24
    size = sum(head + row * len(family["members"]) for family in families)
    height = 26 + size
    drawing = Drawing(
        "standing",
        WIDE,
        height,
        title,
        f"Median of the portfolio: {percent(standing['median'])}. {described}",
    )
    left, right = LABEL + 6, WIDE - 84

    def x_of(share: float) -> float:
        return left + share * (right - left)

    low, high = x_of(standing["median"]["low"]), x_of(standing["median"]["high"])
    drawing.rect(low - 1, 20, high - low + 2, height - 22, "#d5dee8")
    drawing.text((low + high) / 2, 13, "median", anchor="middle", size=11, fill=SOFT)
    for share in (0, 0.25, 0.5, 0.75, 1):
        drawing.line(x_of(share), 20, x_of(share), height - 2, LINE, 0.7, "2 3")
        if abs(x_of(share) - (low + high) / 2) > 34:
            drawing.text(x_of(share), 13, f"{share:.0%}", anchor="middle", size=11, fill=SOFT)
    y = 26.0
    for family in families:
        drawing.text(0, y + 14, family["family"], size=12, bold=True)
        y += head
        for one in family["members"]:
            _range_bar(drawing, one, x_of, y, row)
            y += row
    legend = (
        (_swatch(ACCENT), "certain"),
        (_hatched_swatch("standing-k"), "not known"),
        (_key(f'<path d="M3 2L15 2L9 11Z" fill="{INK}"/>'), "in the bottom quarter of its family"),
        (
            _key(f'<path d="M3 2L15 2L9 11Z" fill="{PAPER}" stroke="{INK}"/>'),
            "perhaps in the bottom quarter",
        ),
    )
    return Chart("standing", title, described, drawing.svg(), True, legend)


def _range_bar(drawing: Drawing, one: Json, x_of: object, y: float, row: float) -> None:
    assert callable(x_of)
    found = one["health"]
    drawing.text(10, y + 15, brief(one["title"], LONGEST_LABEL - 3), size=12)
    drawing.rect(x_of(0), y + 5, x_of(found["low"]) - x_of(0), row - 9, ACCENT)
    if not found["definite"]:
        drawing.rect(
            x_of(found["low"]),
            y + 5,
            x_of(found["high"]) - x_of(found["low"]),
            row - 9,
            drawing.hatched,
            INK,
            line=0.6,
        )
    drawing.text(x_of(1) + 8, y + 15, percent(found), size=12, bold=True)
    if one["bottom_quarter"] != "no":
        x, middle = x_of(1) + 76, y + 10
        fill = INK if one["bottom_quarter"] == "yes" else PAPER
        drawing.path(
            ((x - 5, middle - 4), (x + 5, middle - 4), (x, middle + 5)), closed=True, fill=fill
        )


# --- money ------------------------------------------------------------------------------------


def benefit_chart(review: Json) -> Chart | None:
    """Planned against realised money, by type of benefit."""
    kinds = [
        one
        for one in review["portfolio"]["money"]["by_type"]
        if one["planned"]["known"] or one["realised"]["known"]
    ]
    if not kinds:
        return None
    title = "Benefits in money by now: planned and realised, by type"
    described = "; ".join(
        f"{TYPES.get(one['type'], one['type'])}: planned {sum_words(one['planned'])}, realised "
        f"{sum_words(one['realised'])}"
        for one in kinds
    )
    row, top = 58, 6
    drawing = Drawing("benefit", WIDE, top + row * len(kinds), title, f"{described}.")
    most = max(float(one[name]["known"] or 0) for one in kinds for name in ("planned", "realised"))
    room = WIDE - LABEL - 220
    for at, one in enumerate(kinds):
        y = top + at * row
        drawing.text(0, y + 26, brief(TYPES.get(one["type"], one["type"]), 30), size=13, bold=True)
        for line, (name, fill) in enumerate((("planned", "#cfd6de"), ("realised", ACCENT))):
            known = float(one[name]["known"] or 0)
            width, top_ = known / most * room if most > 0 else 0, y + 3 + line * 23
            drawing.rect(LABEL, top_, max(width, 1), 19, fill, INK, line=0.7)
            x = LABEL + max(width, 1)
            if one[name]["unknown"]:
                drawing.rect(x, top_, 24, 19, drawing.hatched, INK, line=0.7)
                x += 24
            words = f"{name} {money(one[name]['known'])}"
            if one[name]["unknown"]:
                words += f", {one[name]['unknown']} not known"
            drawing.text(x + 6, top_ + 14, words, size=12)
    legend = (
        (_swatch("#cfd6de"), "planned by now"),
        (_swatch(ACCENT), "realised by now"),
        (_hatched_swatch("benefit-k"), "more, of which the amount is not known"),
    )
    return Chart("benefit", title, described, drawing.svg(), True, legend)


def cost_chart(review: Json) -> Chart | None:
    """What each partnership costs over its whole life, as far as it is known."""
    rows = sorted(
        review["partnerships"],
        key=lambda one: (-float(one["money"]["whole_life"]["known"] or 0), one["id"]),
    )
    if not any(one["money"]["whole_life"]["known"] for one in rows):
        return None
    title = "Cost over the whole life, by partnership"
    described = "; ".join(
        f"{one['title']}: {sum_words(one['money']['whole_life'])}" for one in rows
    )
    row, top = 23, 4
    drawing = Drawing("cost", WIDE, top + row * len(rows), title, f"{described}.")
    most = max(float(one["money"]["whole_life"]["known"] or 0) for one in rows)
    room = WIDE - LABEL - 190
    for at, one in enumerate(rows):
        found, y = one["money"]["whole_life"], top + at * row
        known = float(found["known"] or 0)
        drawing.text(0, y + 15, brief(one["title"], LONGEST_LABEL), size=12)
        width = known / most * room
        if known:
            drawing.rect(LABEL, y + 3, max(width, 1), row - 7, ACCENT, INK, line=0.6)
        x = LABEL + width
        if not found["complete"]:
            drawing.rect(x, y + 3, 26, row - 7, drawing.hatched, INK, line=0.6)
            x += 26
        words = money(found["known"])
        if found["unknown"] and found["known"] is not None:
            words = f"at least {words}, {found['unknown']} of {found['parts']} parts not known"
        drawing.text(x + 6, y + 15, words, size=12)
    legend = (
        (_swatch(ACCENT), "known"),
        (_hatched_swatch("cost-k"), "more, of which the amount is not known"),
    )
    return Chart("cost", title, described, drawing.svg(), True, legend)


# --- trend ------------------------------------------------------------------------------------


def trend_chart(review: Json) -> Chart | None:
    """Health then and now."""
    trend = review["trend"]
    if trend is None:
        return None
    rows = [
        one
        for one in trend["partnerships"]
        if one["health"]["before"] is not None and one["health"]["now"] is not None
    ]
    if not rows:
        return None
    rows.sort(key=lambda one: (_shift(one), one["id"]))
    then, now = day(trend["evaluated_on"], short=True), day(review["evaluated_on"], short=True)
    title = f"Health on {then} and on {now}"
    described = "; ".join(
        f"{one['title']}: {percent(one['health']['before'])} then, "
        f"{percent(one['health']['now'])} now"
        for one in rows
    )
    row, top = 25, 24
    height = top + row * len(rows)
    drawing = Drawing("trend", WIDE, height, title, f"{described}.")
    left, right = LABEL + 8, WIDE - 112

    def x_of(share: float) -> float:
        return left + share * (right - left)

    for share in (0, 0.25, 0.5, 0.75, 1):
        drawing.line(x_of(share), 18, x_of(share), height, LINE, 0.7, "2 3")
        drawing.text(x_of(share), 13, f"{share:.0%}", anchor="middle", size=11, fill=SOFT)
    for at, one in enumerate(rows):
        y = top + at * row + row / 2
        before, after = one["health"]["before"], one["health"]["now"]
        drawing.text(0, y + 4, brief(one["title"], LONGEST_LABEL), size=12)
        old, new = _centre(before), _centre(after)
        drawing.line(x_of(old), y - 4.5, x_of(new), y + 4.5, INK, 1.2)
        _spread(drawing, x_of(before["low"]), x_of(before["high"]), y - 4.5, PAPER)
        _spread(drawing, x_of(after["low"]), x_of(after["high"]), y + 4.5, ACCENT)
        change = one["health"]["change"]
        mark = {"better": "▲ better", "worse": "▼ worse", "same": "= same"}.get(change, "? open")
        drawing.text(right + 14, y + 4, mark, size=12, bold=change in ("better", "worse"))
    legend = (
        (_key(f'<circle cx="9" cy="6" r="4.5" fill="#fff" stroke="{INK}"/>'), then),
        (_key(f'<circle cx="9" cy="6" r="5" fill="{ACCENT}"/>'), now),
        (
            _key(
                f'<rect x="1" y="3" width="16" height="6" rx="3" fill="{ACCENT}" stroke="{INK}"/>'
            ),
            "a range: not known where in it",
        ),
    )
    return Chart("trend", title, described, drawing.svg(), True, legend)


def _centre(found: Json) -> float:
    return float(found["low"] + found["high"]) / 2


def _shift(one: Json) -> float:
    return _centre(one["health"]["now"]) - _centre(one["health"]["before"])


def _spread(drawing: Drawing, x1: float, x2: float, y: float, fill: str) -> None:
    if x2 - x1 < 2:
        drawing.circle((x1 + x2) / 2, y, 4.5, fill)
    else:
        drawing.rect(x1 - 3, y - 4, x2 - x1 + 6, 8, fill, INK, radius=4, line=1)
