"""A review as Markdown, for minutes and repositories."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from . import Json
from .markup import table
from .markup import text as escape
from .review_charts import by_health
from .review_html import method
from .review_words import (
    answer_of,
    last_review,
    level_title,
    money,
    names_of,
    opinions_words,
    percent,
    place_words,
    ratio,
    sum_words,
    trend_words,
    views_words,
)
from .text import safe_throughout
from .wording import accepted_words, count, day, sentence


def markdown(review: Json) -> str:
    """The review as a page of Markdown."""
    review = safe_throughout(review)
    return "\n".join(_lines(review)) + "\n"


def _lines(review: Json) -> Iterable[str]:
    strategy, portfolio = review["strategy"], review["portfolio"]
    rows = by_health(review["partnerships"])
    yield f"# Review of {count(portfolio['partnerships'], 'partnership')}"
    yield ""
    if strategy["status"] != "approved":
        yield "**DRAFT: the strategy is not approved as it stands.**"
        yield ""
    if review["audience"] == "public":
        yield "**For publication: what is exempt is withheld, and shown as not known.**"
        yield ""
    yield (
        f"{escape(strategy['title'])}, version {strategy['version']}, evaluated on "
        f"{day(review['evaluated_on'])}: {opinions_words(review)}."
    )
    yield ""
    yield "## To decide"
    yield ""
    for number, one in enumerate(portfolio["decisions"], 1):
        yield f"{number}. **{escape(one['title'])}.** {escape(one['text'])}"
    yield from _table(
        "Partnerships",
        ("Partnership", "Opinion", "Health", "By the evidence", "Claimed", "Aimed at", "Views"),
        [
            (
                one["title"],
                answer_of(one),
                percent(one["health"]["overall"]["range"]) if one["health"] else "–",
                place_words(one["spectrum"], review),
                level_title(one["spectrum"]["claimed"], review) if one["spectrum"] else "–",
                level_title(one["spectrum"]["target"], review) if one["spectrum"] else "–",
                views_words(one),
            )
            for one in rows
        ],
    )
    yield from _health(review, rows)
    yield from _misfits(rows)
    yield from _views(rows)
    yield from _comparison(portfolio)
    if portfolio["across"]:
        yield from _table(
            "What no file shows by itself",
            ("Finding", "Of", "Severity", "What is the case"),
            [
                (
                    f"{one['rule']} {one['title']}",
                    one["of"] or "all",
                    one["severity"] if one["kind"] == "breach" else "not known",
                    one["message"],
                )
                for one in portfolio["across"]
            ],
        )
    if portfolio["accepted"]:
        yield from _table(
            "Accepted across the portfolio",
            ("Finding", "Of", "What is the case", "Accepted"),
            [
                (
                    f"{one['rule']} {one['title']}",
                    one["of"] or "all",
                    one["message"],
                    sentence(accepted_words(one["accepted_by"])),
                )
                for one in portfolio["accepted"]
            ],
        )
    for notice in portfolio["notices"]:
        yield f"To note: {escape(notice['message'])}."
        yield ""
    yield from _money(portfolio, rows)
    yield from _table(
        "In focus",
        ("Finding", "Severity", "Where", "What to do", "Who", "By when"),
        [
            (
                f"{one['rule']} {one['title']}",
                one["severity"],
                names_of(one["in"], 4),
                one["do"] or "",
                one["owner"] or "not known",
                day(one["due"]),
            )
            for one in portfolio["focus"]
        ],
    )
    if review["trend"] is not None:
        yield from _trend(review["trend"])
    yield from _skills(rows)
    yield from _table(
        "Last reviews",
        ("Partnership", "Last review"),
        [(one["title"], last_review(one["reviews"])) for one in rows],
    )
    yield ""
    yield "## Method and limits"
    yield ""
    for words in method(review):
        yield f"- {words}"
    if review["problems"]:
        yield ""
        yield "## What could not be read or used"
        yield ""
        for one in review["problems"]:
            where = ":".join(
                str(part) for part in (one["file"], one["line"], one["column"]) if part is not None
            )
            yield f"- {escape(where)}: {escape(one['message'])}"


def _health(review: Json, rows: Sequence[Json]) -> Iterable[str]:
    told = [one for one in rows if one["health"]]
    if not told:
        return
    titles = [part["title"] for part in told[0]["health"]["factors"]]
    yield from _table(
        "Health by factor",
        ("Partnership", *titles, "Overall"),
        [
            (
                one["title"],
                *(percent(part["range"]) for part in one["health"]["factors"]),
                percent(one["health"]["overall"]["range"]),
            )
            for one in told
        ],
    )


def _misfits(rows: Sequence[Json]) -> Iterable[str]:
    found = [
        (one["title"], sentence(finding["message"]))
        for one in rows
        if one["spectrum"]
        for finding in one["spectrum"]["findings"]
    ]
    if found:
        yield from _table("Where level, claim and target do not fit", ("Partnership", ""), found)


def _views(rows: Sequence[Json]) -> Iterable[str]:
    found = []
    for one in rows:
        for factor in one["views"]["factors"]:
            if not factor["means"]:
                continue
            means = ", ".join(
                f"{mean['group']} {mean['mean']:.1f} ({mean['respondents']})"
                for mean in factor["means"]
            )
            gap = "–" if factor["gap"] is None else f"{factor['gap']:.1f}"
            found.append((one["title"], factor["title"], means, gap, factor["confidence"]))
    if found:
        yield from _table(
            "What people say",
            ("Partnership", "Factor", "Mean of each group (answers)", "Gap", "How sure"),
            found,
        )


def _comparison(portfolio: Json) -> Iterable[str]:
    standing = portfolio["standing"]
    if standing["median"] is not None:
        yield ""
        yield f"Median health of the portfolio: {percent(standing['median'])}."
    for family in standing["families"]:
        yield from _table(
            family["family"],
            ("Partnership", "Health", "Against the median", "Bottom quarter"),
            [
                (
                    one["title"],
                    percent(one["health"]),
                    one["against_median"],
                    one["bottom_quarter"],
                )
                for one in family["members"]
            ],
            level=3,
        )
    if portfolio["practices"]:
        yield from _table(
            "What the best have that others lack",
            ("Practice", "Who has it", "Who lacks it"),
            [
                (f"{one['rule']} {one['title']}", names_of(one["have"]), names_of(one["lack"]))
                for one in portfolio["practices"]
            ],
        )
    if portfolio["good_practice"]:
        yield from _table(
            "Good practice, checked by someone independent",
            ("What", "Where"),
            [
                (f"{one['rule']} {one['title']}", names_of(one["in"]))
                for one in portfolio["good_practice"]
            ],
        )
    if portfolio["frequent"]:
        yield from _table(
            "Found most often",
            ("Rule", "Severity", "Broken in", "Not known in"),
            [
                (
                    f"{one['rule']} {one['title']}",
                    one["severity"],
                    f"{one['breaches']} of {one['applies']}",
                    str(one["gaps"]),
                )
                for one in portfolio["frequent"]
            ],
        )


def _money(portfolio: Json, rows: Sequence[Json]) -> Iterable[str]:
    found = portfolio["money"]
    yield from _table(
        "Costs and benefits",
        ("Partnership", "Agreement", "Whole-life cost", "Planned by now", "Realised by now", ""),
        [
            *(
                (
                    one["title"],
                    money(one["money"]["value"]),
                    sum_words(one["money"]["whole_life"]),
                    sum_words(one["money"]["planned"]),
                    sum_words(one["money"]["realised"]),
                    ratio(one["money"]["realised_ratio"]),
                )
                for one in rows
            ),
            (
                "All",
                sum_words(found["value"]),
                sum_words(found["whole_life"]),
                sum_words(found["planned"]),
                sum_words(found["realised"]),
                "",
            ),
        ],
    )


def _trend(trend: Json) -> Iterable[str]:
    yield ""
    yield f"## Since {day(trend['evaluated_on'])}"
    yield ""
    yield f"{sentence(trend_words(trend))}."
    yield from _table(
        "",
        ("Partnership", "Health then", "Health now", "", "Closed", "New", "Still open"),
        [
            (
                one["title"],
                percent(one["health"]["before"]),
                percent(one["health"]["now"]),
                (one["health"]["change"] or "–").replace("_", " "),
                str(len(one["closed"])),
                str(len(one["opened"])),
                str(len(one["still_open"])),
            )
            for one in trend["partnerships"]
        ],
    )


def _skills(rows: Sequence[Json]) -> Iterable[str]:
    yield from _table(
        "Skills of each side, 1 to 5",
        ("Partnership", "Party", "Technical", "Commercial", "Financial", "Collaboration"),
        [
            (
                one["title"],
                side["party"],
                *("?" if level is None else str(level) for level in side["skills"].values()),
            )
            for one in rows
            for side in one["skills"]["sides"]
        ],
    )


def _table(
    title: str, head: Sequence[str], rows: Iterable[Sequence[str]], level: int = 2
) -> Iterable[str]:
    yield ""
    if title:
        yield f"{'#' * level} {title}"
        yield ""
    yield table(head, rows)
