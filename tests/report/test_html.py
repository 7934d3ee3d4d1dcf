from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from accordance.check.checker import Checker
from accordance.facts.reading import load_case
from accordance.facts.setting import with_set
from accordance.report.changes import changes
from accordance.report.html import CONTENTS, check, css_text
from accordance.report.page import Page
from accordance.strategy.reading import load_strategy
from tests.report import samples

Json = dict[str, Any]
ROOT = Path(__file__).parents[2]
CASES = ROOT / "cases"


class Document(HTMLParser):
    """The elements of a page with their attributes, and the text of each element with an id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.declared: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        found = dict(attrs)
        if found.get("id"):
            self.ids.append(str(found["id"]))
        for name in ("href", "src", "action", "data", "poster", "srcset", "xlink:href"):
            if name in found:
                self.links.append(str(found[name]))

    def handle_decl(self, decl: str) -> None:
        self.declared.append(decl)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@cache
def checker() -> Checker:
    return Checker(load_strategy(None))


@cache
def real(name: str) -> Json:
    case = load_case(checker().strategy.model, path=str(CASES / f"{name}.facts.yaml"))
    return checker().check(case).to_json()


def page(*reports: Json) -> str:
    return check(reports, Page())


REPORTS: dict[str, Callable[[], Json]] = {
    "terrible": lambda: real("portfolio/energy-company"),
    "undecided": lambda: real("backtest/orbis-2015-t1-2015"),
    "good": lambda: real("portfolio/leisure-partnership"),
    "stopped": lambda: real("proposals/revenues-benefits-outsourcing"),
    "accepted": lambda: real("portfolio/highways-alliance"),
    "do not proceed": samples.do_not_proceed,
    "proceed": samples.proceed,
}


@pytest.mark.parametrize("name", REPORTS)
def test_the_sections_come_in_the_order_of_a_committee_paper(name: str) -> None:
    text = page(REPORTS[name]())
    found = re.findall(r'<h2 id="section-(\w+)"[^>]*>([^<]*)</h2>', text)
    assert found == [(number, f"{number} {words}") for number, words in CONTENTS]


@pytest.mark.parametrize("name", REPORTS)
def test_the_page_needs_nothing_else(name: str) -> None:
    text = page(REPORTS[name]())
    document = Document(text)
    assert document.declared == ["DOCTYPE html"]
    assert {tag for tag, _ in document.tags}.isdisjoint(
        ("script", "link", "img", "iframe", "object", "embed", "base", "form")
    )
    assert all(link.startswith("#") for link in document.links)
    assert all(inside.startswith("#") for inside in re.findall(r"url\(([^)]*)\)", text))
    assert "@import" not in text
    assert "default-src 'none'" in text
    assert not any(name.startswith("on") for _, names in document.tags for name in names)


@pytest.mark.parametrize("name", REPORTS)
def test_names_are_unique_and_every_link_has_its_end(name: str) -> None:
    document = Document(page(REPORTS[name]()))
    assert len(document.ids) == len(set(document.ids))
    assert {link[1:] for link in document.links} <= set(document.ids)


def test_several_cases_share_a_document() -> None:
    document = Document(page(samples.do_not_proceed(), samples.undecided(), samples.proceed()))
    assert len(document.ids) == len(set(document.ids))
    assert {link[1:] for link in document.links} <= set(document.ids)
    assert document.text.startswith("3 partnerships")


def test_the_summary_says_what_there_is_to_decide() -> None:
    text = page(real("portfolio/waste-collection"))
    summary = text[text.index('id="section-2"') : text.index('id="section-3"')]
    words = Document(summary).text
    assert "✗ Do not proceed" in words and "✗ No assurance" in words
    assert "Three things to decide" in words
    assert summary.count("<li><b>") == 3
    assert "Confirmed or changed by (name, role, date)" in words


def test_every_breach_has_its_finding_and_a_response_to_fill_in() -> None:
    report = real("portfolio/energy-company")
    text = page(report)
    breaches = [one["rule"] for one in report["results"] if one["kind"] == "breach"]
    assert sorted(re.findall(r'id="finding-([^"]*)"', text)) == sorted(breaches)
    for heading in ("Criterion", "Condition", "Cause", "Effect", "Recommendation"):
        assert text.count(f"<dt>{heading}</dt>") == len(breaches)
    assert text.count("☐ agreed") == text.count("☐ not agreed") == len(breaches)


def test_every_rule_and_every_missing_fact_is_listed() -> None:
    report = real("backtest/orbis-2015-t1-2015")
    text = page(report)
    assert re.findall(r'<tr role="row" id="rule-([^"]*)"', text) == [
        one["rule"] for one in report["results"]
    ]
    listed = text[text.index('id="section-C"') : text.index('id="section-D"')]
    for fact in report["missing"]:
        assert re.sub(r"\[\d+\]", "", fact["path"]) in re.sub(r"\[[\d,]+\]", "", listed)


def test_the_evidence_behind_a_fact_stands_beside_it() -> None:
    text = page(real("portfolio/energy-company"))
    facts = Document(text[text.index('id="section-B"') : text.index('id="section-C"')]).text
    assert "Funding to date form_terms.funding_to_date GBP 37,600,000 (line 272)" in facts
    assert "Loan ledger of the council (verified by internal audit)" in facts


def test_good_practice_tells_what_someone_independent_has_verified() -> None:
    words = Document(page(real("backtest/hinchingbrooke-2012-t2-2012"))).text
    assert "Service failing: no (NAO press release November 2012 (verified by external" in words
    poor = Document(page(real("portfolio/energy-company"))).text
    assert "Losses continuing: yes (" not in poor.replace("derived", "")


def test_unknown_is_hatched_and_never_green() -> None:
    text = page(real("backtest/orbis-2015-t1-2015"))
    for rectangle in re.findall(r'<rect class="bar k-unknown"[^>]*>', text):
        assert 'fill="url(#knowledge-' in rectangle
    style = text[: text.index("</style>")]
    assert not re.search(r"\.k-unknown\s*\{", style)
    assert re.search(r"\.state\.insufficient_evidence \{ border-style: dashed; \}", style)
    assert re.search(r"\.answer\.open \{[^}]*#4d545c", style)


def test_the_figures_say_in_words_what_they_show() -> None:
    text = page(real("portfolio/energy-company"))
    described = re.findall(r"<desc[^>]*>([^<]*)</desc>", text)
    assert len(described) == 2
    assert "Governance: 6 high and 2 medium" in described[0]
    assert "Register and agreement: 4 met" in described[1]


@pytest.mark.parametrize(("status", "draft"), [("draft", True), ("approved", False)])
def test_draft_stands_on_every_page_of_a_strategy_that_is_not_approved(
    status: str, draft: bool
) -> None:
    report = samples.do_not_proceed()
    report["strategy"] = report["strategy"] | {"status": status}
    text = page(report)
    assert ('class="watermark"' in text) is draft
    running = text[text.index("@page paper1") : text.index("</style>")]
    assert ("DRAFT" in running) is draft
    assert ("DRAFT – the strategy is not approved" in text) is draft


def test_a_withdrawn_approval_is_told() -> None:
    report = samples.proceed()
    approval = {"by": "Full Council", "on": "2026-04-15", "minute": "12", "digest": "sha256:0"}
    report["strategy"] = report["strategy"] | {"status": "draft", "approval": approval}
    assert "Draft: changed since Full Council approved it on 15 April 2026" in page(report)
    report["strategy"] = report["strategy"] | {"status": "approved"}
    assert "Approved by Full Council on 15 April 2026 (12)" in page(report)


def test_a_what_if_says_that_it_is_one() -> None:
    before = real("portfolio/waste-collection")
    after = before | {"what_if": {"set": ["a=b"], "changes": changes(before, before)}}
    assert "WHAT IF – this paper does not rest on the file as it stands" in page(after)


HOSTILE = """</style><script>alert(1)</script><img src=x onerror=alert(1)>"'`&{{ 7*7 }}{% raw %}
\\"; } @import url(//evil) <!-- ]]> \u202e\x1b[2J</title></textarea>"""
CODES = (
    *("outcome", "kind", "severity", "severity_least", "verdict", "opinion", "opinion_at_worst"),
    *("stage", "as_of", "evaluated_on", "due_on", "status", "schema", "audience", "verified_by"),
    *("unit", "path", "rule", "theme"),
)


def planted(value: Any, text: str, name: str = "") -> Any:
    """The report with every text that is not a word of the program's own replaced."""
    if isinstance(value, dict):
        return {key: planted(member, text, key) for key, member in value.items()}
    if isinstance(value, list):
        return [planted(item, text, name) for item in value]
    return text if isinstance(value, str) and name not in CODES else value


def test_hostile_text_stays_text() -> None:
    report = real("portfolio/highways-alliance") | {"verdict_means": "", "opinion_means": ""}
    with_theme = planted(report, HOSTILE)
    for result in with_theme["results"]:
        result["theme"] = HOSTILE
    harmless = planted(report, "x" * len(HOSTILE))
    for result in harmless["results"]:
        result["theme"] = "x" * len(HOSTILE)
    attacked = page(with_theme)
    bad, good = Document(attacked), Document(page(harmless))
    # A name between backticks is shown as code; nothing else about the page may change.
    assert [tag for tag in bad.tags if tag[0] != "code"] == [
        tag for tag in good.tags if tag[0] != "code"
    ]
    assert attacked.count("</style>") == attacked.count("</title>") - text_titles(attacked) == 1
    assert "\x1b" not in attacked and "\u202e" not in attacked
    assert "{{ 7*7 }}" in attacked and "<script>alert" not in attacked


def text_titles(text: str) -> int:
    """The titles of figures."""
    return len(re.findall(r"<title id=", text))


def test_hostile_rule_names_stay_inside_their_attributes() -> None:
    report = samples.do_not_proceed()
    for result in report["results"]:
        result["rule"] = f'{result["rule"]}" onclick="alert(1)'
    assert not any("onclick" in names for _, names in Document(page(report)).tags)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Waste 2026", "Waste 2026"),
        ('a"b', r"a\22 b"),
        ("</style>", r"\3c \2f style\3e "),
        ("\\\n", r"\5c \a "),
        ("£–é", r"\a3 \2013 \e9 "),
    ],
)
def test_text_in_the_style_sheet(text: str, written: str) -> None:
    assert css_text(text) == written


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for member in value.values():
            yield from strings(member)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)
    elif isinstance(value, str):
        yield value


def test_the_same_inputs_give_the_same_bytes() -> None:
    call = [
        *(
            sys.executable,
            "-m",
            "accordance",
            "check",
            "cases/portfolio/waste-collection.facts.yaml",
        ),
        *("--format", "html", "--fail-on", "never"),
    ]
    written = set()
    for seed in ("0", "1"):
        environment = os.environ | {
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": str(ROOT / "engine"),
            "TZ": "Pacific/Auckland" if seed == "1" else "UTC",
        }
        run = subprocess.run(call, cwd=ROOT, env=environment, capture_output=True, check=True)
        written.add(run.stdout)
    assert len(written) == 1
    assert "/work" not in written.pop().decode() or "/work" in str(ROOT)


def test_a_long_text_is_cut_in_the_tables_alone() -> None:
    case = load_case(
        checker().strategy.model, path=str(CASES / "portfolio/waste-collection.facts.yaml")
    )
    long = "word " * 2_000
    report = checker().check(with_set(case, [f"service.name={long.strip()}"])).to_json()
    assert long.strip() in "\n".join(strings(report))
    assert long.strip() not in page(report)
