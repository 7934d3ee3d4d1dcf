"""What a small group said is in no output, and no output depends on it."""

from __future__ import annotations

import io
import json
import re
import zipfile
from pathlib import Path

import pytest

from accordance.check.explaining import explain
from accordance.check.publication import public_answer
from accordance.cli.main import run
from accordance.facts.case import Case
from accordance.facts.reading import load_case
from accordance.report import format_named
from accordance.report.page import Page
from accordance.report.review import text
from accordance.report.review_workbook import workbook
from accordance.review.reviewing import review
from tests.review.small import PORTFOLIO, checker, strategy

LEISURE = PORTFOLIO / "leisure-partnership.facts.yaml"
RULES = ("REV-02", "REV-03", "EVD-02")
SMALL = "trustees, factor: strategy, score: 1.37, respondents: 3"
OTHER = "trustees, factor: strategy, score: 4.91, respondents: 4"
UNSIZED = "trustees, factor: strategy, score: 1.37"
UNSIZED_OTHER = "trustees, factor: strategy, score: 4.91"


def text_with(view: str) -> str:
    """A real case with one more view, and evidence for the scores."""
    facts = LEISURE.read_text(encoding="utf-8")
    facts = facts.replace("stakeholder_views:\n", f"stakeholder_views:\n  - {{group: {view}}}\n", 1)
    piece = "  - {fact: stakeholder_views.score, type: dataset, verified_by: internal_audit}\n"
    return facts.replace("\nevidence:\n", f"\nevidence:\n{piece}", 1)


def case_with(view: str) -> Case:
    data = text_with(view).encode()
    return load_case(strategy().model, data=data, name="case.yaml")


def outputs(case: Case) -> dict[str, str]:
    """Everything that any command says of a case, its digest apart."""
    page = Page(120, full=True)
    report = checker().check(case).to_json()
    found = {"check": json.dumps(report, sort_keys=True)}
    for name in ("table", "markdown", "html", "json", "csv", "ndjson", "sarif"):
        found[f"check {name}"] = format_named(name).check([report], page)
    found["public"] = json.dumps(public_answer(checker(), case), sort_keys=True)
    for rule in RULES:
        explanation = explain(checker(), case, rule)
        found[f"explain {rule}"] = json.dumps(explanation, sort_keys=True)
        found[f"explain {rule} table"] = format_named("table").explanation(explanation, page)
    reviewed = review(checker(), [case], earlier=[case])
    for name in ("table", "markdown", "html", "json"):
        found[f"review {name}"] = text(reviewed, name, page)
    with zipfile.ZipFile(io.BytesIO(workbook(reviewed))) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets"):
                found[f"review {name}"] = archive.read(name).decode("utf-8")
    # The digest seals all facts, shown or not; nothing can be read from it.
    return {name: re.sub(r"(sha256:)?[0-9a-f]{12,64}", "", said) for name, said in found.items()}


@pytest.mark.parametrize(("view", "other"), [(SMALL, OTHER), (UNSIZED, UNSIZED_OTHER)])
def test_no_output_depends_on_what_a_small_group_said(view: str, other: str) -> None:
    one, two = outputs(case_with(view)), outputs(case_with(other))
    assert one.keys() == two.keys()
    for name, said in one.items():
        assert said == two[name], f"{name} tells them apart"


def test_the_score_is_written_nowhere() -> None:
    for name, said in outputs(case_with(SMALL)).items():
        assert not re.search(r"1[.,]37", said), name


def test_a_large_group_is_shown_with_its_number() -> None:
    shown = outputs(case_with(SMALL.replace("respondents: 3", "respondents: 31")))
    for name in ("check", "explain REV-03", "review json", "review html"):
        assert re.search(r"1\.37", shown[name]), name


def test_that_a_small_group_was_asked_is_told() -> None:
    found = json.loads(outputs(case_with(SMALL))["review json"])
    factor = found["partnerships"][0]["views"]["factors"][0]
    assert factor["too_few"] == ["trustees"]
    facts = {
        fact["path"]: fact
        for result in checker().check(case_with(SMALL)).to_json()["results"]
        for fact in result["facts"]
    }
    answered = facts["stakeholder_views[1].respondents"]
    assert (answered["value"], answered["withheld"]) == (
        "withheld",
        "fewer than 5 people, or an unknown number, answered",
    )


def test_a_sweep_says_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = []
    for view in (SMALL, OTHER):
        place = tmp_path / "case.facts.yaml"
        place.write_text(text_with(view), encoding="utf-8")
        folder = str(strategy().folder)
        call = ["sweep", str(place), "--strategy", folder, "--as-of", "2026-09-30", "--on", "check"]
        assert run([*call, "--format", "json", "--fail-on", "never"]) == 0
        said.append(json.loads(capsys.readouterr().out)["summary"])
    assert said[0]["counts"]["cases"] == 1
    assert said[0] == said[1]
