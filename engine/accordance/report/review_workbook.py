"""A review as a workbook: every figure of it to sort, filter and chart again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from . import Json
from .review_charts import by_health
from .review_html import method
from .review_words import (
    COSTS,
    SKILLS,
    TYPES,
    answer_code,
    answer_of,
    last_review,
    level_title,
    names_of,
)
from .sheets import Cell, Column, Sheet
from .sheets import workbook as made
from .wording import DRAFT, MARKS, accepted_words, count, day, sentence

_ID: Final = (Column("Reference", 14), Column("Partnership", 40))
NOT_KNOWN: Final = Cell("? not known", "unknown")


def workbook(review: Json) -> bytes:
    """The review as an XLSX file. Raises Refused where openpyxl is not installed."""
    rows = by_health(review["partnerships"])
    return made(_sheets(review, rows), f"Review of {count(len(rows), 'partnership')}")


def _sheets(review: Json, rows: Sequence[Json]) -> Iterator[Sheet]:
    yield _decisions(review)
    yield _partnerships(review, rows)
    yield _health(review, rows)
    yield _criteria(review, rows)
    yield _views(review, rows)
    yield _standing(review)
    yield _practices(review)
    yield _focus(review)
    yield _across(review)
    yield _money(rows)
    yield _benefits(rows)
    yield _shares(rows)
    yield _skills(rows)
    if review["trend"] is not None:
        yield _trend(review["trend"])
    yield Sheet("Method", [Column("Method and limits", 120)], [[one] for one in method(review)])
    if review["problems"]:
        yield _problems(review)


def _decisions(review: Json) -> Sheet:
    strategy = review["strategy"]
    note = f"{strategy['title']}, version {strategy['version']}"
    note += "" if strategy["status"] == "approved" else f" ({DRAFT})"
    note += f". Evaluated on {day(review['evaluated_on'])}. Digest {strategy['digest']}."
    return Sheet(
        "To decide",
        [Column("What", 44), Column("Why and how", 90), Column("Led by", 28), Column("Where", 60)],
        [
            [one["title"], one["text"], one["owner"], names_of(one["in"], 20)]
            for one in review["portfolio"]["decisions"]
        ],
        note,
    )


def _share(found: Json | None, end: str) -> Any:
    return None if found is None else found[end]


def _partnerships(review: Json, rows: Sequence[Json]) -> Sheet:
    columns = [*_ID, Column("Stage"), Column("Forms", 28), Column("Opinion", 24)]
    columns += [Column("Health, least"), Column("Health, most")]
    columns += [Column(name, 16) for name in ("Level, least", "Level, most", "Claimed", "Target")]
    columns += [Column("What does not fit", 60), Column("What would settle it", 50)]
    columns += [Column("Last review", 60)]
    found = []
    for one in rows:
        health = one["health"] and one["health"]["overall"]["range"]
        spectrum = one["spectrum"]
        code = answer_code(one)
        levels = [
            level_title(spectrum[name], review) if spectrum else None
            for name in ("low", "high", "claimed", "target")
        ]
        found.append(
            [
                one["id"],
                one["title"],
                one["stage"],
                ", ".join(one["forms"]) if isinstance(one["forms"], list) else None,
                f"{MARKS.get(code, '–')} {answer_of(one)}",
                _share(health, "low"),
                _share(health, "high"),
                *levels,
                "; ".join(part["message"] for part in spectrum["findings"]) if spectrum else None,
                "; ".join(part["question"] or part["title"] for part in spectrum["settles"])
                if spectrum
                else None,
                last_review(one["reviews"]),
            ]
        )
    return Sheet("Partnerships", columns, found)


def _health(review: Json, rows: Sequence[Json]) -> Sheet:
    columns = [*_ID, Column("Factor", 18), Column("Least"), Column("Most"), Column("Met", 50)]
    columns += [Column("Broken", 50), Column("Not known", 50), Column("Gravest", 12)]
    found = [
        [
            one["id"],
            one["title"],
            part["title"],
            _share(part["range"], "low"),
            _share(part["range"], "high"),
            " ".join(part["met"]),
            " ".join(part["broken"]),
            " ".join(part["open"]),
            Cell(part["worst"], part["worst"]) if part["worst"] else None,
        ]
        for one in rows
        if one["health"]
        for part in (*one["health"]["factors"], one["health"]["overall"])
    ]
    return Sheet("Health", columns, found, "Shares of what the rules ask for, by weight.")


def _criteria(review: Json, rows: Sequence[Json]) -> Sheet:
    states = {
        True: Cell("✓ so", "met"),
        False: Cell("✗ not so", "high"),
        None: NOT_KNOWN,
    }
    return Sheet(
        "Spectrum",
        [*_ID, Column("Level", 18), Column("Factor", 16), Column("Criterion", 60), Column("State")],
        [
            [
                one["id"],
                one["title"],
                level_title(part["level"], review),
                part["factor"],
                part["means"],
                states[part["state"]],
            ]
            for one in rows
            if one["spectrum"]
            for part in one["spectrum"]["criteria"]
        ],
        "Each criterion of each level, and whether the facts meet it.",
    )


def _views(review: Json, rows: Sequence[Json]) -> Sheet:
    found: list[list[Any]] = []
    for one in rows:
        for factor in one["views"]["factors"]:
            head = [one["id"], one["title"], factor["title"]]
            for mean in factor["means"]:
                found.append([*head, mean["group"], mean["mean"], mean["respondents"], None])
            for kind, words in (
                ("too_few", "too few to show"),
                ("size_unknown", "size not known"),
                ("not_heard", "not asked about this"),
            ):
                found += [[*head, group, None, None, words] for group in factor[kind]]
            if factor["means"]:
                sound = {True: "yes", False: "no", None: "not known"}[factor["triangulated"]]
                told = f"gap {factor['gap']}; triangulated: {sound}; sure: {factor['confidence']}"
                found.append([*head, "all shown", factor["mean"], factor["respondents"], told])
    columns = [*_ID, Column("Factor", 18), Column("Group", 24), Column("Mean"), Column("Answers")]
    note = (
        f"Groups of fewer than {review['method']['respondents_least']} people, or of unknown size, "
        "are in no figure."
    )
    return Sheet("Views", [*columns, Column("Note", 50)], found, note)


def _standing(review: Json) -> Sheet:
    standing = review["portfolio"]["standing"]
    columns = [Column("Among", 30), *_ID, Column("Health, least"), Column("Health, most")]
    columns += [Column(name) for name in ("Best place", "Worst place", "Median", "Bottom quarter")]
    groups = [("All", standing["members"])]
    groups += [(one["family"], one["members"]) for one in standing["families"]]
    return Sheet(
        "Comparison",
        columns,
        [
            [
                name,
                one["id"],
                one["title"],
                one["health"]["low"],
                one["health"]["high"],
                one["place"]["best"],
                one["place"]["worst"],
                one["against_median"],
                one["bottom_quarter"],
            ]
            for name, members in groups
            for one in members
        ],
    )


def _practices(review: Json) -> Sheet:
    portfolio = review["portfolio"]
    found = [
        [
            "the best have it",
            one["rule"],
            one["title"],
            names_of(one["have"], 30),
            None,
            names_of(one["lack"], 30),
        ]
        for one in portfolio["practices"]
    ]
    for one in portfolio["good_practice"]:
        evidence = "; ".join(
            dict.fromkeys(piece for place in one["in"] for piece in place["evidence"])
        )
        where = names_of(one["in"], 30)
        found.append(["checked", one["rule"], one["title"], where, evidence, None])
    columns = [Column("Why it stands here", 20), Column("Rule", 10), Column("What", 50)]
    columns += [Column("Who has it", 50), Column("Evidence", 50), Column("Who lacks it", 50)]
    return Sheet("Good practice", columns, found)


def _focus(review: Json) -> Sheet:
    columns = [Column("Rule", 10), Column("Title", 44), Column("Severity", 11), *_ID]
    columns += [Column("Finding", 60), Column("What to do", 50), Column("Who", 28)]
    return Sheet(
        "In focus",
        [*columns, Column("First due", 18)],
        [
            [
                one["rule"],
                one["title"],
                Cell(place["severity"], place["severity"]),
                place["id"],
                place["title"],
                place["message"],
                one["do"],
                one["owner"],
                day(one["due"]),
            ]
            for one in review["portfolio"]["focus"]
            for place in one["in"]
        ],
    )


def _across(review: Json) -> Sheet:
    columns = [Column("Rule", 10), Column("Title", 44), Column("Of", 34), Column("Severity", 11)]
    columns += [Column("What is the case", 80), Column("Where", 50), Column("What to do", 50)]
    return Sheet(
        "Across the portfolio",
        [*columns, Column("Who", 28), Column("Accepted", 50)],
        [
            [
                one["rule"],
                one["title"],
                one["of"],
                NOT_KNOWN if one["kind"] == "gap" else Cell(one["severity"], one["severity"]),
                one["message"],
                names_of(one["in"], 30),
                one["do"],
                one["owner"],
                sentence(accepted_words(one["accepted_by"])) if "accepted_by" in one else None,
            ]
            for one in (*review["portfolio"]["across"], *review["portfolio"]["accepted"])
        ],
    )


def _amount(value: Any) -> Any:
    return NOT_KNOWN if value is None else value


def _money(rows: Sequence[Json]) -> Sheet:
    columns = [*_ID, Column("Agreement, GBP", 16)]
    columns += [Column(f"{name}, GBP", 16) for name in COSTS.values()]
    columns += [Column("Whole life, known, GBP", 18), Column("Parts not known")]
    columns += [Column("Planned by now, GBP", 18), Column("Realised by now, GBP", 18)]
    columns += [Column("Amounts not known", 16), Column("Realised, share", 14)]
    found = []
    for one in rows:
        money = one["money"]
        found.append(
            [
                one["id"],
                one["title"],
                _amount(money["value"]),
                *(_amount(money["costs"][name]) for name in COSTS),
                _amount(money["whole_life"]["known"]),
                money["whole_life"]["unknown"],
                _amount(money["planned"]["known"]),
                _amount(money["realised"]["known"]),
                money["planned"]["unknown"] + money["realised"]["unknown"],
                _amount(money["realised_ratio"]),
            ]
        )
    return Sheet("Costs", columns, found, "Sums are of what is known; the rest is counted.")


def _benefits(rows: Sequence[Json]) -> Sheet:
    columns = [*_ID, Column("Type", 24), Column("Benefits"), Column("Planned by now, GBP", 18)]
    columns += [Column("Realised by now, GBP", 18), Column("Not in money")]
    columns += [Column("Of these measured"), Column("Of these on plan")]
    return Sheet(
        "Benefits",
        columns,
        [
            [
                one["id"],
                one["title"],
                TYPES.get(kind["type"], kind["type"]),
                kind["benefits"],
                _amount(kind["planned"]["known"]) if kind["planned"]["parts"] else "–",
                _amount(kind["realised"]["known"]) if kind["realised"]["parts"] else "–",
                kind["not_money"],
                kind["not_money_measured"],
                kind["not_money_on_plan"],
            ]
            for one in rows
            for kind in one["money"]["by_type"]
        ],
    )


def _shares(rows: Sequence[Json]) -> Sheet:
    columns = [*_ID, Column("Party", 36), Column("Sector"), Column("Share of cost")]
    columns += [Column("Share of benefit"), Column("Bears, GBP", 16), Column("Too uneven")]
    uneven = {True: Cell("yes", "high"), False: "no", None: NOT_KNOWN}
    return Sheet(
        "Who bears and gains",
        columns,
        [
            [
                one["id"],
                one["title"],
                side["party"],
                side["sector"],
                _amount(side["cost_share"]),
                _amount(side["benefit_share"]),
                _amount(side["bears"]),
                uneven[side["uneven"]],
            ]
            for one in rows
            for side in one["money"]["bearing"]
        ],
    )


def _skills(rows: Sequence[Json]) -> Sheet:
    columns = [*_ID, Column("Party", 36), Column("Our side")]
    columns += [Column(name.capitalize()) for name in SKILLS]
    sides = {True: "yes", False: "no", None: NOT_KNOWN}
    return Sheet(
        "Skills",
        [*columns, Column("Assessed on"), Column("Development plan", 16)],
        [
            [
                one["id"],
                one["title"],
                side["party"],
                sides[side["ours"]],
                *(_amount(side["skills"][name]) for name in SKILLS),
                _amount(side["assessed_on"]),
                sides[side["development_plan"]]
                if side["development_plan"] in sides
                else side["development_plan"],
            ]
            for one in rows
            for side in one["skills"]["sides"]
        ],
        "From 1 to 5.",
    )


def _trend(trend: Json) -> Sheet:
    columns = [*_ID]
    columns += [Column(f"Health {when}, {end}", 14) for when in ("then", "now") for end in _ENDS]
    columns += [Column("Change", 14), Column("Opinion then", 18), Column("Opinion now", 18)]
    columns += [Column("Closed", 40), Column("New", 40), Column("Still open", 40)]
    return Sheet(
        "Trend",
        columns,
        [
            [
                one["id"],
                one["title"],
                *(
                    _share(one["health"][when], end)
                    for when in ("before", "now")
                    for end in ("low", "high")
                ),
                (one["health"]["change"] or "–").replace("_", " "),
                (one["opinion"]["before"] or "–").replace("_", " "),
                (one["opinion"]["now"] or "–").replace("_", " "),
                " ".join(one["closed"]),
                " ".join(one["opened"]),
                " ".join(one["still_open"]),
            ]
            for one in trend["partnerships"]
        ],
        f"Since {day(trend['evaluated_on'])}, both judged by the same strategy.",
    )


_ENDS: Final = ("least", "most")


def _problems(review: Json) -> Sheet:
    columns = [Column("File", 50), Column("Line"), Column("Column"), Column("Problem", 80)]
    return Sheet(
        "Problems",
        [*columns, Column("What to do", 60)],
        [
            [one["file"], one["line"], one["column"], one["message"], one["help"]]
            for one in review["problems"]
        ],
    )
