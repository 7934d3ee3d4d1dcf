"""What a small group said is in no output, and no output depends on it."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from pathlib import Path
from typing import Any

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
from tests.laws.scale import FACTOR, SEED
from tests.review.small import PORTFOLIO, checker, strategy

LEISURE = PORTFOLIO / "leisure-partnership.facts.yaml"
START = SEED if FACTOR else 0
RULES = ("REV-02", "REV-03", "EVD-02")
SMALL = "trustees, factor: strategy, score: 1.37, respondents: 3"
OTHER = "trustees, factor: strategy, score: 4.91, respondents: 4"
UNSIZED = "trustees, factor: strategy, score: 1.37"
UNSIZED_OTHER = "trustees, factor: strategy, score: 4.91"


def text_with(*views: str) -> str:
    """A real case with more views, and evidence for the scores."""
    facts = LEISURE.read_text(encoding="utf-8")
    more = "".join(f"  - {{group: {view}}}\n" for view in views)
    facts = facts.replace("stakeholder_views:\n", f"stakeholder_views:\n{more}", 1)
    piece = "  - {fact: stakeholder_views.score, type: dataset, verified_by: internal_audit}\n"
    return facts.replace("\nevidence:\n", f"\nevidence:\n{piece}", 1)


def case_with(*views: str) -> Case:
    data = text_with(*views).encode()
    return load_case(strategy().model, data=data, name="case.yaml")


def outputs(case: Case) -> dict[str, str]:
    """Everything that any command says of a case."""
    page = Page(120, full=True)
    report = checker().check(case).to_json()
    found = {"check": json.dumps(report, sort_keys=True)}
    for name in ("table", "markdown", "html", "json", "csv", "ndjson", "sarif"):
        found[f"check {name}"] = format_named(name).check([report], page)
    found |= sheets("check", format_named("xlsx").check([report], page))
    found["public"] = json.dumps(public_answer(checker(), case), sort_keys=True)
    for rule in RULES:
        explanation = explain(checker(), case, rule)
        found[f"explain {rule}"] = json.dumps(explanation, sort_keys=True)
        found[f"explain {rule} table"] = format_named("table").explanation(explanation, page)
    reviewed = review(checker(), [case], earlier=[case])
    for name in ("table", "markdown", "html", "json"):
        found[f"review {name}"] = text(reviewed, name, page)
    return found | sheets("review", workbook(reviewed))


def sheets(name: str, data: Any) -> dict[str, str]:
    """The sheets of a workbook, and all words in it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            f"{name} {part}": archive.read(part).decode("utf-8")
            for part in archive.namelist()
            if part.startswith(("xl/worksheets", "xl/sharedStrings"))
        }


@pytest.mark.parametrize(("view", "other"), [(SMALL, OTHER), (UNSIZED, UNSIZED_OTHER)])
def test_no_output_depends_on_what_a_small_group_said(view: str, other: str) -> None:
    one, two = outputs(case_with(view)), outputs(case_with(other))
    assert one.keys() == two.keys()
    for name, said in one.items():
        assert said == two[name], f"{name} tells them apart"


GROUPS = ("trustees", "service_users", "partner_management", "our_management")
FACTORS = ("strategy", "objectives", "delivery", "measurement", "outcomes")


def hidden_views(chance: random.Random) -> list[tuple[str, str, bool]]:
    """Views that no output may show: group, factor, and whether it is told how many answered."""
    return [
        (chance.choice(GROUPS), chance.choice(FACTORS), chance.random() < 0.7)
        for _ in range(chance.randint(1, 4))
    ]


def stated(views: list[tuple[str, str, bool]], chance: random.Random) -> list[str]:
    """The same views with other scores and other numbers of people, all of them too few."""
    made = []
    for group, factor, sized in views:
        score = round(chance.uniform(1, 5), 2)
        size = f", respondents: {chance.randint(1, 4)}" if sized else ""
        made.append(f"{group}, factor: {factor}, score: {score}{size}")
    return made


@pytest.mark.parametrize("seed", range(START, START + 4 * max(FACTOR, 1)))
def test_no_byte_changes_whatever_small_groups_say(seed: int) -> None:
    chance = random.Random(seed)
    views = hidden_views(chance)
    one, two = (outputs(case_with(*stated(views, chance))) for _ in range(2))
    assert one == two


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


def test_a_stored_sweep_and_what_is_made_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two sweeps of what differs in views of small groups alone: all that they write is the same,
    but for the digests of what was read. (By columns every case of these would be performed again
    by `check`, which is asked here at once.)"""
    made = []
    for name, view in (("one", SMALL), ("two", OTHER)):
        folder = tmp_path / name
        folder.mkdir()
        monkeypatch.chdir(folder)
        Path("case.facts.yaml").write_text(text_with(view), encoding="utf-8")
        swept = ["sweep", "case.facts.yaml", "--as-of", "2026-09-30", "--on", "check"]
        assert run([*swept, "--fail-on", "never", "--out", "run"]) == 0
        for ending in ("html", "xlsx", "csv", "ndjson", "sarif"):
            assert run(["export", "run", "--output", f"out.{ending}"]) == 0
        assert run(["review", "run", "--output", "review.json"]) == 0
        made.append(written(folder))
    assert made[0].keys() == made[1].keys()
    for name, said in made[0].items():
        assert said == made[1][name], name

    monkeypatch.chdir(tmp_path)
    compared = ["compare", "one/run", "two/run", "--format", "json", "--output", "c.json"]
    assert run(compared) == 0
    found = json.loads(Path("c.json").read_text("utf-8"))
    assert (found["changes"], found["across"]["changes"]) == ([], [])


def written(folder: Path) -> dict[str, Any]:
    """What stands in the files of a folder, less the facts, who ran it and when, and the digests of
    what was read."""
    from pyarrow import parquet

    found: dict[str, Any] = {}
    for path in sorted(folder.rglob("*.*")):
        if path.name in ("case.facts.yaml", "run.json") or path.is_dir():
            continue
        if path.suffix == ".parquet":
            table = parquet.read_table(path)
            found[path.name] = table.drop_columns(
                [name for name in table.column_names if name == "$digest"]
            ).to_pylist()
        elif path.suffix == ".xlsx":
            found |= sheets(path.name, path.read_bytes())
        else:
            found[path.name] = path.read_text("utf-8")
    manifest = json.loads(found["manifest.json"])
    del manifest["seal"], manifest["files"]["outcomes.parquet"], manifest["sources"][0]["digest"]
    return found | {"manifest.json": manifest}
