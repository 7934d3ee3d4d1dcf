"""The paper in a real browser: axe finds nothing, nothing is loaded, nothing is too wide."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from accordance.check.publication import public_answer
from accordance.report.html import check
from accordance.report.page import Page
from tests.browser.finding import BROWSER, chromium
from tests.check.test_publication import ENERGY, case, checker
from tests.report import samples
from tests.report.test_html import HOSTILE, planted, real

Json = dict[str, Any]


def papers() -> dict[str, tuple[list[Json], tuple[str, ...]]]:
    """Papers with the ways in which each is looked at; each look at a long one takes seconds."""
    what_if = samples.undecided() | {"what_if": {"set": ["a=b"], "changes": {}}}
    unbroken = HOSTILE.replace(" ", "\u00a0")
    return {
        "public": ([public_answer(checker(), case(ENERGY))], ("desktop",)),
        "several": ([samples.do_not_proceed(), what_if, samples.proceed()], ("phone", "print")),
        "hostile": ([planted(real("portfolio/highways-alliance"), unbroken)], ("phone",)),
    }


@pytest.mark.needs("browser")
def test_axe_finds_no_violation(tmp_path: Path) -> None:
    calls, asked = [], []
    for name, (reports, ways) in papers().items():
        page = tmp_path / f"{name}.html"
        page.write_text(check(reports, Page()), encoding="utf-8")
        calls.append(f"{page}:{','.join(ways)}")
        asked += [(name, way) for way in ways]
    profile = tmp_path / "profile"
    profile.mkdir()
    node, browser = shutil.which("node"), chromium()
    assert node and browser
    run = subprocess.run(
        [node, "audit.mjs", browser, str(profile), *calls],
        cwd=BROWSER,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3_000:]
    seen = json.loads(run.stdout)
    assert [(Path(one["page"]).stem, one["shown"]) for one in seen] == asked
    for one in seen:
        where = f"{Path(one['page']).name} ({one['shown']})"
        assert one["passes"] > 20, f"axe looked at next to nothing of {where}"
        assert one["violations"] == [], where
        assert one["width"] <= one["window"], f"{where} is wider than its window"
        assert one["loaded"] == [] and one["said"] == [], where
