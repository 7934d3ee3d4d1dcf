"""The paper in a real browser: axe finds nothing, nothing is loaded, nothing is too wide."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from accordance.check.publication import public_answer
from accordance.report.html import check
from accordance.report.page import Page
from accordance.report.portfolio_page import portfolio_page
from accordance.strategy.reading import load_strategy
from accordance.sweep.run_reading import open_run
from accordance.sweep.running import Task, run
from accordance.sweep.sources import find_sources
from accordance.sweep.standing import standing, summary_of_run
from accordance.sweep.sweeping import Options
from tests.browser.finding import BROWSER, chromium
from tests.check.test_publication import ENERGY, case, checker
from tests.report import samples
from tests.report.test_html import HOSTILE, planted, real

Json = dict[str, Any]
PORTFOLIO = Path(__file__).parents[2] / "cases/portfolio"


def papers() -> dict[str, tuple[list[Json], tuple[str, ...]]]:
    """Papers with the ways in which each is looked at; each look at a long one takes seconds."""
    what_if = samples.undecided() | {"what_if": {"set": ["a=b"], "changes": {}}}
    unbroken = HOSTILE.replace(" ", "\u00a0")
    return {
        "public": ([public_answer(checker(), case(ENERGY))], ("desktop",)),
        "several": ([samples.do_not_proceed(), what_if, samples.proceed()], ("phone", "print")),
        "hostile": ([planted(real("portfolio/highways-alliance"), unbroken)], ("phone",)),
    }


def portfolio(folder: Path) -> str:
    """The page of a sweep."""
    strategy = load_strategy(None)
    given = [str(PORTFOLIO)]
    task = Task(given=given, sources=find_sources(given, strategy.model))
    run(strategy, task, Options(dt.date(2026, 10, 1)), str(folder))
    swept = open_run(str(folder))
    return portfolio_page(summary_of_run(swept), standing(swept), [])


@pytest.mark.needs("browser")
def test_axe_finds_no_violation(tmp_path: Path) -> None:
    pages = {name: (check(reports, Page()), ways) for name, (reports, ways) in papers().items()}
    pages["portfolio"] = (portfolio(tmp_path / "run"), ("desktop", "phone", "print"))
    calls, asked = [], []
    for name, (text, ways) in pages.items():
        page = tmp_path / f"{name}.html"
        page.write_text(text, encoding="utf-8")
        calls.append(f"{page}:{','.join(ways)}")
        asked += [(name, way) for way in ways]
    profile = tmp_path / "profile"
    profile.mkdir()
    node, browser = shutil.which("node"), chromium()
    assert node and browser
    audit = subprocess.run(
        [node, "audit.mjs", browser, str(profile), *calls],
        cwd=BROWSER,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert audit.returncode == 0, audit.stderr[-3_000:]
    seen = json.loads(audit.stdout)
    assert [(Path(one["page"]).stem, one["shown"]) for one in seen] == asked
    for one in seen:
        where = f"{Path(one['page']).name} ({one['shown']})"
        assert one["passes"] > 20, f"axe looked at next to nothing of {where}"
        assert one["violations"] == [], where
        assert one["width"] <= one["window"], f"{where} is wider than its window"
        assert one["loaded"] == [] and one["said"] == [], where
