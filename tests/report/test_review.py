"""The page of a review: complete, safe, readable by everyone; and the table of its answers."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from accordance.report.page import Page
from accordance.report.review import text
from accordance.report.review_charts import radar, spectrum_chart
from accordance.report.svg import shade
from accordance.review.portfolio_reading import read_portfolio
from accordance.review.reviewing import review
from accordance.review.triangulation import triangulate
from tests.browser.finding import BROWSER, chromium
from tests.review.small import EARLIER, ROOT, case_of, checker, portfolio, strategy, views_of

Json = dict[str, Any]
HOSTILE = '"><script>alert(1)</script>\u202e<b>'
VOID = {"meta", "link", "br", "img", "hr", "input"}


@cache
def whole() -> str:
    before = read_portfolio([str(EARLIER)], strategy().model)
    found = review(checker(), portfolio(), earlier=before.cases)
    return json.dumps(found)


def found() -> Json:
    made: Json = json.loads(whole())
    return made


class Structure(HTMLParser):
    """The ids, links and headings of a page; whether what is opened is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.open: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.add(tag)
        if named.get("id"):
            self.ids.append(str(named["id"]))
        if tag == "a":
            self.links.append(str(named["href"]))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def structure(page: str) -> Structure:
    made = Structure()
    made.feed(page)
    assert made.open == []
    return made


def test_the_page_hangs_together() -> None:
    made = structure(text(found(), "html", Page()))
    assert len(made.ids) == len(set(made.ids))
    assert {link for link in made.links if not link.startswith("#")} == set()
    assert {link[1:] for link in made.links} <= {*made.ids, "content"}
    steps = zip(made.headings, made.headings[1:], strict=False)
    assert all(after - before <= 1 for before, after in steps)
    assert "script" not in made.tags


def test_every_chart_has_its_words() -> None:
    page = text(found(), "html", Page())
    charts = re.findall(r'<svg class="drawn".*?</svg>', page, re.DOTALL)
    assert len(charts) == 6 + sum(
        any(factor["means"] for factor in one["views"]["factors"])
        for one in found()["partnerships"]
    )
    for chart in charts:
        title, words = re.findall(r"<(?:title|desc) [^>]*>([^<]+)<", chart)
        assert title and len(words) > 20


def test_what_the_rules_over_the_portfolio_find_is_told() -> None:
    across = found()["portfolio"]["across"]
    assert {"DEP-08", "REV-09"} <= {one["rule"] for one in across}
    page = text(found(), "html", Page())
    assert "Marrowfield Group" in page[page.index('id="across"') : page.index('id="money"')]


def test_names_from_files_stay_text() -> None:
    facts = views_of(("users", "strategy", 3, 40))
    facts = facts.replace("users", json.dumps(HOSTILE))
    case = case_of(f"summary: {json.dumps(HOSTILE)}\nlead_officer: {json.dumps(HOSTILE)}\n{facts}")
    made = review(checker(), [case])
    page = text(made, "html", Page())
    assert "<script" not in page and "\u202e" not in page
    structure(page)
    for name in ("table", "markdown"):
        assert "\u202e" not in text(made, name, Page())
    assert not re.search(r"(?<!\\)<", text(made, "markdown", Page()))


def test_lightness_keeps_the_order_of_health() -> None:
    def lightness(fill: str) -> float:
        red, green, blue = (int(fill[at : at + 2], 16) for at in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    shades = [lightness(shade(share / 100)[0]) for share in range(0, 101, 5)]
    assert shades == sorted(shades)


def test_a_range_is_drawn_with_both_ends() -> None:
    one = found()
    chart = spectrum_chart(one)
    assert chart is not None
    ranges = [part for part in one["partnerships"] if not part["spectrum"]["definite"]]
    assert ranges, "the portfolio has a partnership whose place is a range"
    assert len(re.findall(r"url\(#place-h\)", chart.svg)) == len(ranges)
    for part in ranges:
        assert re.search(rf"{re.escape(part['title'])}: by the evidence \S+ to ", chart.described)


def test_a_group_that_may_not_be_shown_breaks_its_line() -> None:
    factors = ("strategy", "objectives", "delivery", "measurement", "outcomes")
    views = [("users", factor, 3, 40) for factor in factors[:4]]
    made = review(checker(), [case_of(views_of(*views, ("users", "outcomes", 2, 3)))])
    chart = radar(made["partnerships"][0], 1)
    assert chart is not None
    assert "outcomes: nothing that may be shown" in chart.described.lower()
    whole_lines = [path for path in re.findall(r'<path d="([^"]+)"', chart.svg) if "Z" in path]
    assert len(whole_lines) == 5, "only the rings are closed"


def test_without_spectrum_and_health_the_rest_is_reviewed() -> None:
    from dataclasses import replace

    from accordance.check.checker import Checker

    parameters = dict(strategy().parameters)
    bare = Checker(replace(strategy(), spectrum=None, health=None))
    made = review(bare, portfolio()[:3])
    del parameters["review_respondents_min"]
    assert triangulate(portfolio()[5], replace(strategy(), parameters=parameters)).factors
    del parameters["review_factors"]
    none = replace(strategy(), parameters=parameters, spectrum=None, health=None)
    assert triangulate(portfolio()[5], none).factors == ()
    for name in ("table", "markdown", "html"):
        assert "Review of 3 partnerships" in text(made, name, Page())


# where each question of the article is answered

DOCS = (ROOT / "docs" / "review.md").read_text(encoding="utf-8")
ANSWERS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in DOCS.splitlines()
    if re.match(r"\| [VK]\d+ \|", line)
]


def at(value: Any, path: str) -> list[Any]:
    """What stands at a path such as `partnerships[].views.factors[strategy]`."""
    values = [value]
    for name, key in re.findall(r"([a-z_]+)(?:\[([a-z_]*)\])?", path):
        values = [one[name] for one in values]
        if f"{name}[{key}]" in path:
            values = [item for one in values for item in one]
            if key:
                values = [item for item in values if item["factor"] == key]
    return values


def test_every_question_has_its_answer() -> None:
    assert [row[0] for row in ANSWERS] == [
        *(f"V{number}" for number in range(1, 22)),
        "K1",
        "K2",
    ]


@pytest.mark.parametrize("row", ANSWERS, ids=lambda row: row[0])
def test_the_answer_stands_where_the_docs_say(row: list[str]) -> None:
    _, question, page, path = row
    assert question.endswith("?")
    ids = structure(text(found(), "html", Page())).ids
    places = re.findall(r"`#([a-z]+)`", page)
    assert places and set(places) <= set(ids)
    values = at(found(), path.strip("`"))
    assert any(value not in (None, [], {}) for value in values), f"{path} says nothing"


# in a browser


@pytest.mark.needs("browser")
def test_axe_finds_no_violation(tmp_path: Path) -> None:
    page = tmp_path / "review.html"
    page.write_text(text(found(), "html", Page()), encoding="utf-8")
    profile = tmp_path / "profile"
    profile.mkdir()
    node, browser = shutil.which("node"), chromium()
    assert node and browser
    run = subprocess.run(
        [node, "audit.mjs", browser, str(profile), f"{page}:desktop,phone,print"],
        cwd=BROWSER,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3_000:]
    for one in json.loads(run.stdout):
        assert one["passes"] > 20
        assert one["violations"] == [], one["shown"]
        assert one["width"] <= one["window"], one["shown"]
        assert one["loaded"] == [] and one["said"] == []
