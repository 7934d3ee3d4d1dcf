"""`accordance publish`, `impact`, `rules --diff` and `--history`, as their users call them."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Caller

SHIPPED = ROOT / "strategy_rules" / "public_body"
WHO = ("--author", "Head of Policy", "--by", "Cabinet")
needs_sweep = pytest.mark.skipif(find_spec("duckdb") is None, reason="duckdb is not installed")


@pytest.fixture
def ours(call: Caller, tmp_path: Path) -> Path:
    folder = tmp_path / "ours"
    assert call("new", "strategy", str(folder), "--empty").code == 0
    return folder


def test_an_approval_is_recorded_and_counts(call: Caller, ours: Path) -> None:
    done = call("publish", str(ours), *WHO, "--on", "2026-04-15", "--minute", "Minute 12")
    assert (done.code, done.err) == (0, "")
    words = " ".join(done.out.split())
    assert "approved by Cabinet on 15 April 2026 (Minute 12), as proposed by Head of" in words
    assert f"written: {ours}/approvals.yaml" in words
    assert "ours 1.0 (approved" in call("lint", str(ours)).out
    (ours / "case.yaml").write_text(
        "id: A\ntitle: B\nstage: new\nas_of: 2026-05-01\nlead_officer: C\nexceptions: []\n"
    )
    checked = call("check", str(ours / "case.yaml"), "--strategy", str(ours))
    assert "DRAFT" not in checked.out and "(approved)" in checked.out
    early = (ours / "case.yaml").read_text().replace("2026-05-01", "2026-04-01")
    (ours / "case.yaml").write_text(early)
    checked = call("check", str(ours / "case.yaml"), "--strategy", str(ours), "--format", "json")
    strategy = json.loads(checked.out)["strategy"]
    assert (strategy["status"], strategy["approval"]["from"]) == ("approved_later", "2026-04-15")
    for name in ("table", "markdown", "html"):
        shown = call("check", str(ours / "case.yaml"), "--strategy", str(ours), "--format", name)
        assert "NOT YET IN FORCE" in shown.out, name


def test_a_rehearsal_writes_nothing(call: Caller, ours: Path) -> None:
    done = call("publish", str(ours), *WHO, "--dry-run")
    assert done.code == 0 and "would be written" in done.out
    assert not (ours / "approvals.yaml").exists() and not (ours / "approvals").exists()


def test_a_strategy_whose_cases_fail_is_not_approved(call: Caller, ours: Path) -> None:
    path = ours / "tests/our_own.yaml"
    path.write_text(path.read_text().replace("severity: medium", "severity: high"))
    done = call("publish", str(ours), *WHO)
    assert (done.code, done.out) == (1, "")
    assert "1 of its cases fail, so nothing was recorded" in done.err
    assert not (ours / "approvals.yaml").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--author", "A", "--by", "a"), "`a` is both author and approver"),
        (("--author", "A"), "missing option '--by'"),
        ((*WHO, "--cases", "cases"), "the impact needs both: --cases, and the strategy --against"),
        ((*WHO, "--on", "2999-01-01"), "2999-01-01 lies ahead"),
    ],
)
def test_wrong_approvals(words: tuple[str, ...], message: str, call: Caller, ours: Path) -> None:
    done = call("publish", str(ours), *words)
    assert done.code == 2
    assert message in done.err


def test_an_installed_strategy_is_not_approved_here(call: Caller) -> None:
    done = call("publish", "public_body", *WHO)
    assert done.code == 2
    assert "an installed strategy is not approved here" in done.err


def test_the_history_is_told(call: Caller, ours: Path) -> None:
    assert "Not approved so far" in call("rules", "--strategy", str(ours), "--history").out
    call("publish", str(ours), *WHO, "--on", "2026-04-15")
    header = ours / "strategy.yaml"
    header.write_text(header.read_text().replace("P6M", "P3M").replace('"1.0"', '"1.1"'))
    call("publish", str(ours), *WHO, "--on", "2026-05-15", "--from", "2026-07-01")
    told = call("rules", "--strategy", str(ours), "--history")
    assert told.code == 0
    assert (
        "Version 1.1: approved by Cabinet on 15 May 2026; in force from 1 July 2026,"
        " proposed by Head of\nPolicy\n"
        "  · number facts_age_max: 6 months → 3 months\n"
        "  · name and version: version: 1.0 → 1.1\n"
    ) in told.out
    document = json.loads(
        call("rules", "--strategy", str(ours), "--history", "--format", "json").out
    )
    assert document["since"] is None
    assert [one["version"] for one in document["approvals"]] == ["1.0", "1.1"]


def test_the_difference_is_told(call: Caller, ours: Path, tmp_path: Path) -> None:
    other = str(shutil.copytree(ours, tmp_path / "other"))
    header = ours / "strategy.yaml"
    header.write_text(header.read_text().replace("P6M", "P3M"))
    told = call("rules", "--strategy", str(ours), "--diff", other)
    assert told.code == 0
    assert "· number facts_age_max: 6 months → 3 months\n\n1 change\n" in told.out
    told = call("rules", "--strategy", other, "--diff", other)
    assert told.out.endswith("nothing is changed\n")
    wrong = call("rules", "DEP-01", "--diff", other)
    assert wrong.code == 2 and "--diff and --history stand alone" in wrong.err


# 36 months become 24


@pytest.fixture(scope="module")
def stricter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = shutil.copytree(SHIPPED, tmp_path_factory.mktemp("stricter") / "public_body")
    header = folder / "strategy.yaml"
    text = header.read_text(encoding="utf-8")
    assert text.count("review_max_age: {value: P36M") == 1
    text = text.replace("review_max_age: {value: P36M", "review_max_age: {value: P24M")
    header.write_text(text, encoding="utf-8")
    return folder


@needs_sweep
def test_impact_names_the_partnerships_concerned(
    call: Caller, stricter: Path, tmp_path: Path
) -> None:
    """A strategic partnership that was reviewed 30 months ago, and one 6 months ago."""
    for name, day in (("late", "2024-04-30"), ("recent", "2026-04-30")):
        (tmp_path / f"{name}.facts.yaml").write_text(
            f"id: {name}\ntitle: The {name} one\nstage: established\nas_of: 2026-10-31\n"
            "strategic: true\nservice: {critical: false, start_date: 2020-01-31}\n"
            f"reviews: [{{date: {day}, independent: true}}]\nmajor_change_on: none\n"
        )
    done = call(
        *("impact", "public_body", str(stricter), "--cases", str(tmp_path)),
        *("--as-of", "2026-11-15", "--format", "json"),
    )
    assert done.code == 0, done.err
    document = json.loads(done.out)
    assert document["cases"]["partnerships"] == 2
    assert [edit["id"] for edit in document["edits"]] == ["parameter:review_max_age"]
    [one] = document["partnerships"]
    assert one["id"] == "late"
    assert [(change["rule"], change["what"], change["edits"]) for change in one["changes"]] == [
        ("REV-01", "appears", ["parameter:review_max_age"])
    ]


@pytest.mark.skipif(find_spec("z3") is None, reason="z3 is not installed")
def test_the_proof_says_stricter_with_a_witness(call: Caller, stricter: Path) -> None:
    done = call("prove", str(SHIPPED), str(stricter), "--format", "json")
    document = json.loads(done.out)
    assert document["overall"] == "stricter"
    moved = [one for one in document["answers"] if one["answer"] == "stricter"]
    assert [one["rules"] for one in moved] == [["REV-01"]]
    assert moved[0]["witnesses"]


@needs_sweep
def test_the_impact_stands_beside_the_approval(call: Caller, ours: Path) -> None:
    done = call(
        *("publish", str(ours), *WHO, "--on", "2026-04-15", "--cases", "cases/proposals"),
        *("--against", str(ours)),
    )
    assert done.code == 0, done.err
    text = (ours / "approvals/2026-04-15-1.0.md").read_text()
    assert text.startswith("# What the change means for partnerships\n")


@needs_sweep
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("impact", "public_body", "nowhere", "--cases", "cases/proposals"),
            "`nowhere` is neither",
        ),
        (("impact", "public_body"), "missing argument 'NEW'"),
        (("impact", "public_body", "public_body"), "missing option '--cases'"),
        (("impact", "public_body", "public_body", "--cases", "nowhere"), "nowhere"),
        (
            ("impact", "HEAD~99999:x", "public_body", "--cases", "cases/proposals"),
            "HEAD~99999:x",
        ),
    ],
)
def test_wrong_calls(words: tuple[str, ...], message: str, call: Caller) -> None:
    done = call(*words)
    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert "Traceback" not in done.err
