"""`accordance review`: its formats, its sources, what is wrong with them."""

from __future__ import annotations

import hashlib
import json
import os
import re
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from accordance.review.reviewing import review
from tests.check.test_publication import ENERGY, LEISURE, case, checker, planted
from tests.cli.conftest import ROOT, Caller

PORTFOLIO = "cases/portfolio"


@pytest.fixture
def few(tmp_path: Path) -> str:
    """A folder of four partnerships, for what does not hang on their number."""
    folder = tmp_path / "few"
    folder.mkdir()
    for name in ("energy-company", "ict-service", "home-care-framework", "leisure-partnership"):
        shutil.copy(ROOT / PORTFOLIO / f"{name}.facts.yaml", folder)
    return str(folder)


def test_the_portfolio_on_one_screen(call: Caller) -> None:
    done = call("review", PORTFOLIO)
    assert (done.code, done.err) == (0, "")
    assert len(done.out.splitlines()) <= 50
    assert max(map(len, done.out.splitlines())) <= 100
    for words in ("Review of 20 partnerships", "To decide", "In focus", "Costs and benefits"):
        assert words in done.out


@pytest.mark.parametrize(
    ("name", "start"),
    [("review.json", "{"), ("review.md", "# Review"), ("review.html", "<!DOCTYPE html>")],
)
def test_the_ending_of_the_file_chooses_the_format(
    call: Caller, few: str, tmp_path: Path, name: str, start: str
) -> None:
    file = tmp_path / name
    assert call("review", few, "--output", str(file)).code == 0
    first = file.read_bytes()
    assert first.decode().startswith(start)
    assert call("review", few, "--output", str(file)).code == 0
    assert file.read_bytes() == first


def test_a_workbook(call: Caller, few: str, tmp_path: Path) -> None:
    import openpyxl

    file = tmp_path / "review.xlsx"
    assert call("review", few, "--output", str(file)).code == 0
    first = file.read_bytes()
    assert call("review", few, "--output", str(file)).code == 0
    assert file.read_bytes() == first
    book = openpyxl.load_workbook(file)
    assert book.sheetnames[:4] == ["To decide", "Partnerships", "Health", "Spectrum"]
    assert book["Partnerships"].max_row == 5
    assert not any(
        cell.data_type == "f" for sheet in book for row in sheet.iter_rows() for cell in row
    )


def test_a_workbook_needs_a_file(call: Caller) -> None:
    done = call("review", PORTFOLIO, "--format", "xlsx")
    assert done.code == 2
    assert "name its file by `--output`" in done.err


BAD_VIEWS = """\
id: X
title: X
stage: established
as_of: 2026-06-30
stakeholder_views:
- {group: users, factor: strategy, score: 9, respondents: -4}
- {group: users, factor: delivery, score: 4, respondents: 40}
"""


def test_wrong_views_are_said_and_the_rest_reviewed(call: Caller, tmp_path: Path) -> None:
    (tmp_path / "bad.facts.yaml").write_text(BAD_VIEWS)
    done = call("review", str(tmp_path), "--format", "json")
    assert done.code == 2
    assert re.search(r"bad\.facts\.yaml:6:43: .*9", done.err)
    assert re.search(r"bad\.facts\.yaml:6:59: .*-4", done.err)
    found = json.loads(done.out)
    assert len(found["problems"]) == 2
    factors = found["partnerships"][0]["views"]["factors"]
    assert [len(one["means"]) for one in factors] == [0, 0, 1, 0, 0]
    assert call("review", str(tmp_path), "--allow-rejected").code == 0


def test_what_cannot_be_read_is_said_and_the_rest_reviewed(call: Caller, tmp_path: Path) -> None:
    shutil.copy(ROOT / PORTFOLIO / "energy-company.facts.yaml", tmp_path)
    bad = BAD_VIEWS.replace("title: X", "title: X\nbasis: handshake")
    (tmp_path / "bad.facts.yaml").write_text(bad)
    done = call("review", str(tmp_path), "--format", "json")
    assert done.code == 2
    assert "bad.facts.yaml:3:8: " in done.err
    found = json.loads(done.out)
    assert [one["id"] for one in found["partnerships"]] == ["NB-2016-011"]
    assert len(found["problems"]) == 3


def test_of_two_cases_with_one_reference_neither_counts(call: Caller, tmp_path: Path) -> None:
    for name in ("energy-company", "debt-advice-grant"):
        shutil.copy(ROOT / PORTFOLIO / f"{name}.facts.yaml", tmp_path)
    shutil.copy(tmp_path / "energy-company.facts.yaml", tmp_path / "copy.facts.yaml")
    done = call("review", str(tmp_path), "--format", "json")
    assert done.code == 2
    assert len(re.findall("is the reference of another partnership too", done.err)) == 2
    assert [one["id"] for one in json.loads(done.out)["partnerships"]] == ["NB-2024-021"]


def test_a_survey_that_is_not_understood_leaves_the_rest_intact(
    call: Caller, few: str, tmp_path: Path
) -> None:
    survey = tmp_path / "umfrage.csv"
    survey.write_text("Partnerschaft;Gruppe;Faktor;Wert\nNB-2016-011;Bürger;strategy;3\n")
    done = call("review", few, "--views", str(survey), "--format", "json")
    assert done.code == 2
    assert re.search(r"umfrage\.csv:1:1: the headings do not say which column holds", done.err)
    assert len(json.loads(done.out)["partnerships"]) == 4


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("nowhere",), "nowhere: there is no such file"),
        (("README.md",), "README.md: this is no source of facts"),
        (("docs",), "docs: there is no fact file in this folder"),
        ((PORTFOLIO, "--views", "nowhere.csv"), "nowhere.csv"),
        ((PORTFOLIO, "--earlier", "nowhere"), "nowhere: there is no such file"),
    ],
)
def test_a_call_that_is_wrong(call: Caller, args: tuple[str, ...], said: str) -> None:
    done = call("review", *args)
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert "Traceback" not in done.err


def run_folder(tmp_path: Path, digest: str | None = None) -> str:
    """The folder of a sweep over one fact file, as far as a review reads it."""
    facts = f"{PORTFOLIO}/energy-company.facts.yaml"
    own = f"sha256:{hashlib.sha256((ROOT / facts).read_bytes()).hexdigest()}"
    manifest = {
        "schema": "accordance/sweep/1",
        "evaluated_on": "2026-12-31",
        "sources": [{"name": facts, "digest": digest or own}],
    }
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    return str(tmp_path)


def test_the_facts_of_a_sweep_are_taken_anew(call: Caller, tmp_path: Path) -> None:
    done = call("review", run_folder(tmp_path), "--format", "json")
    assert done.code == 0
    found = json.loads(done.out)
    assert found["evaluated_on"] == "2026-12-31"
    assert [one["id"] for one in found["partnerships"]] == ["NB-2016-011"]


def test_facts_that_have_changed_since_the_sweep_are_refused(call: Caller, tmp_path: Path) -> None:
    done = call("review", run_folder(tmp_path, "sha256:00"))
    assert done.code == 2
    assert "these are not the facts that were swept" in done.err


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "other/1"}', "{"])
def test_a_manifest_that_is_none(call: Caller, tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text)
    done = call("review", str(tmp_path))
    assert done.code == 2
    assert "this is not the manifest of a sweep" in done.err


def test_for_the_public_exempt_facts_are_withheld(call: Caller, few: str) -> None:
    internal = json.loads(call("review", few, "--format", "json").out)
    public = json.loads(call("review", few, "--format", "json", "--audience", "public").out)
    for one, other in zip(internal["partnerships"], public["partnerships"], strict=True):
        # The answers are what the report is for; what leads to them may be withheld.
        for name in ("id", "opinion", "verdict"):
            assert one[name] == other[name]
        mine, theirs = one["health"]["overall"]["range"], other["health"]["overall"]["range"]
        assert theirs["low"] <= mine["low"] and mine["high"] <= theirs["high"]


def test_no_public_review_depends_on_an_exempt_fact() -> None:
    """But for the opinions, which are what it is for, and the decisions that follow from them."""
    found = []
    for variant in (0, 1):
        cases = [planted(ENERGY, variant), case(LEISURE)]
        made = review(checker(), cases, audience="public")
        for one in made["partnerships"]:
            for name in ("opinion", "opinion_at_worst", "verdict"):
                del one[name]
        for name in ("opinions", "verdicts", "decisions"):
            del made["portfolio"][name]
        found.append(made)
    assert found[0] == found[1]


def test_twenty_partnerships_are_reviewed_in_time() -> None:
    """The whole process, in time of the processor, which a busy machine does not change."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "accordance", "review", PORTFOLIO, "--format", "html"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT / "engine")},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    # Two seconds are promised; the strategy may have to be read afresh here.
    assert spent < 6


def test_a_strategy_of_another_kind(call: Caller, tmp_path: Path) -> None:
    """One that has other facts, and neither spectrum nor health."""
    page = (ROOT / "docs" / "strategy_format.md").read_text(encoding="utf-8")
    for block in re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        name = re.match(r"# (\S+\.yaml)\n", block)
        if name:
            path = tmp_path / "own" / name[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block)
    cases = tmp_path / "cases"
    cases.mkdir()
    for number in range(5):
        facts = f"id: C-{number}\ntitle: Case {number}\nstage: new\n"
        facts += f"dependence: {{provider_count: {number}}}\n"
        (cases / f"{number}.yaml").write_text(facts)
    for name in ("table", "json", "markdown", "html"):
        done = call("review", str(cases), "--strategy", str(tmp_path / "own"), "--format", name)
        assert done.code == 0, done.err
        assert "Case 4" in done.out
