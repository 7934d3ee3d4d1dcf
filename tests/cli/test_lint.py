from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Caller


@pytest.fixture
def strategy(tmp_path: Path) -> Path:
    """A copy of the shipped strategy, to be broken."""
    folder = tmp_path / "strategy"
    shutil.copytree(ROOT / "strategy_rules" / "public_body", folder)
    return folder


def test_the_shipped_strategy_is_clean(call: Caller) -> None:
    done = call("lint")
    assert (done.code, done.err) == (0, "")
    assert "\n✓ public_body " in done.out
    assert done.out.endswith("; nothing is wrong\n")


def test_the_digest_that_an_approval_names_is_said(call: Caller, strategy: Path) -> None:
    done = call("lint", str(strategy))
    digest = next(line.strip() for line in done.out.splitlines() if "sha256:" in line)
    header = strategy / "strategy.yaml"
    text = header.read_text(encoding="utf-8")
    header.write_text(f"{text}\napproval: {{by: Cabinet, on: 2026-04-15, digest: '{digest}'}}\n")
    assert "\n✓ public_body 1.0 (approved)\n" in call("lint", str(strategy)).out


def test_every_problem_stands_in_a_line_with_its_place(call: Caller, strategy: Path) -> None:
    rules = strategy / "rules" / "dependence.yaml"
    text = rules.read_text(encoding="utf-8")
    assert text.count("exit_plan.exists") and text.count("severity: high")
    broken = text.replace("exit_plan.exists", "exit_plan.exist", 1)
    rules.write_text(broken.replace("severity: high", "severity: huge", 1), encoding="utf-8")
    done = call("lint", str(strategy))
    assert (done.code, done.err) == (1, "")
    lines = done.out.splitlines()
    [total] = [line for line in lines if " problems: " in line]
    heads = [line for line in lines if ": error: " in line]
    assert total == f"{len(heads)} problems: {len(heads)} errors"
    shown = {line.split(":")[0].rsplit("/", 1)[-1] for line in heads}
    assert shown == {"dependence.yaml"}
    at = next(place for place, line in enumerate(lines) if "exit_plan.exist`" in line)
    assert lines[at + 1].rstrip().endswith("exit_plan.exist")
    assert set(lines[at + 2].partition("|")[2].strip()) == {"^"}
    assert "did you mean `exit_plan.exists`?" in done.out
    assert "`huge`" in done.out


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("lint", "nowhere"), "nowhere: there is no folder and no installed strategy `nowhere`"),
        (("lint", "README.md"), "README.md: the strategy is a file, not a folder"),
        (("lint", "docs", "--strategy", "docs"), "name the strategy once"),
    ],
)
def test_nothing_to_read(call: Caller, args: tuple[str, ...], says: str) -> None:
    done = call(*args)
    assert (done.code, done.out) == (2, "")
    assert says in done.err


def test_only_some_codes(call: Caller, strategy: Path) -> None:
    rules = strategy / "rules" / "dependence.yaml"
    text = rules.read_text(encoding="utf-8").replace("gate: [new, renewing]", "gate: [exiting]", 1)
    rules.write_text(text, encoding="utf-8")
    done = call("lint", str(strategy), "--select", "gate", "--fail-on", "never")
    assert done.code == 1  # the rule has no stage `exiting`, so nothing can be used
    assert "of other codes not shown" in done.out
    assert call("lint", "--select", "gat3").err.startswith(
        "accordance lint: `gat3` is no code of lint\n"
    )


def test_a_diff_changes_nothing_and_fix_does(call: Caller, strategy: Path) -> None:
    rules = strategy / "rules" / "dependence.yaml"
    text = rules.read_text(encoding="utf-8")
    broken = text.replace(
        "stages: [new, renewing, established]", "stages: [renewing, new, established]", 1
    )
    assert broken != text
    rules.write_text(broken, encoding="utf-8")
    done = call("lint", str(strategy), "--diff")
    assert done.code == 1
    assert "+    stages: [new, renewing, established]" in done.out.splitlines()
    assert rules.read_text(encoding="utf-8") == broken
    done = call("lint", str(strategy), "--fix")
    assert (done.code, done.err) == (0, "1 problem mended\n")
    assert rules.read_text(encoding="utf-8") == text
    assert call("lint", str(strategy), "--fix").err == "nothing to mend\n"


def test_each_format_says_the_same(call: Caller, strategy: Path, tmp_path: Path) -> None:
    rules = strategy / "rules" / "dependence.yaml"
    text = rules.read_text(encoding="utf-8").replace("severity: high", "severity: huge", 1)
    rules.write_text(text, encoding="utf-8")
    folder = str(strategy)
    [problem] = json.loads(call("lint", folder, "--format", "json", "--select", "field-value").out)[
        "problems"
    ]
    where = (problem["line"], problem["column"], problem["end_column"])
    assert text.splitlines()[where[0] - 1][where[1] - 1 : where[2] - 1] == "huge"
    github = call("lint", folder, "--format", "github", "--select", "field-value").out
    assert github.startswith(
        f"::error file={problem['file']},line={where[0]},endLine={where[0]},col={where[1]},"
        f"endColumn={where[2]},title=accordance field-value::`severity` cannot be `huge`; "
    )
    log = tmp_path / "lint.sarif"
    call("lint", folder, "--output", str(log), "--select", "field-value")
    [run] = json.loads(log.read_text())["runs"]
    [result] = [one for one in run["results"] if not one["suppressions"]]
    assert (result["ruleId"], result["level"]) == ("field-value", "error")
    assert result["locations"][0]["physicalLocation"]["region"]["startColumn"] == where[1]


def test_a_code_is_explained(call: Caller) -> None:
    done = call("lint", "--explain", "gate-severity")
    assert (done.code, done.err) == (0, "")
    assert ": `EXT-01` stops a commitment" in done.out
    wrong = call("lint", "--explain", "gate-severty")
    assert wrong.code == 2
    assert "did you mean `gate-severity`?" in wrong.err
