"""Every problem of a strategy folder, with its place: small broken strategies and a table."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from accordance.problem import Problem, Refused
from accordance.strategy.reading import examine_strategy, load_strategy
from accordance.workbench.lint.linting import as_json, lint

BROKEN = Path(__file__).parent / "broken"
EXPECTED: dict[str, list[str]] = yaml.safe_load((BROKEN / "expected.yaml").read_text())


def problems_of(folder: Path) -> list[str]:
    try:
        problems = examine_strategy(str(folder)).problems
    except Refused as refused:
        problems = refused.problems
    return [str(problem).replace(f"{folder}/", "") for problem in problems]


def place_and_code(line: str) -> str:
    found = re.fullmatch(r"(\S+?)(?:: .*)? (\[[a-z-]+\])", line)
    assert found, line
    return f"{found[1]} {found[2]}"


@pytest.mark.parametrize("name", EXPECTED)
def test_every_problem_has_its_place(name: str, overlaid: Callable[[str], Path]) -> None:
    folder = overlaid(name) if name != "base" else BROKEN / "base"
    got = problems_of(folder)
    expected = EXPECTED[name]
    bare = [place_and_code(line) == line for line in expected]
    assert len(got) == len(expected), got
    shown = [place_and_code(line) if short else line for line, short in zip(got, bare, strict=True)]
    assert shown == expected


def test_every_broken_strategy_is_in_the_table() -> None:
    assert sorted(EXPECTED) == sorted(path.name for path in BROKEN.iterdir() if path.is_dir())


def test_problems_of_all_files_come_in_one_run(overlaid: Callable[[str], Path]) -> None:
    folder = overlaid("expression_syntax")
    for name in ("theme_prefix", "circle"):
        shutil.copytree(BROKEN / name, folder, dirs_exist_ok=True)
    names = ("expression_syntax", "circle", "theme_prefix")
    expected = [place_and_code(line) for name in names for line in EXPECTED[name]]
    assert [place_and_code(line) for line in problems_of(folder)] == expected


def test_a_file_that_cannot_be_read_makes_no_name_unknown(
    overlaid: Callable[[str], Path],
) -> None:
    folder = overlaid("file_half_written")
    rule = (BROKEN / "base/rules/exit.yaml").read_text()
    rule = rule.replace("EXT-01", "EXT-02").replace("[exit_plan.exists]", "[defined_elsewhere]")
    (folder / "rules" / "other.yaml").write_text(rule)
    assert [place_and_code(line) for line in problems_of(folder)] == [
        place_and_code(line) for line in EXPECTED["file_half_written"]
    ]


def test_loading_a_broken_strategy_is_refused_with_all_its_problems(
    overlaid: Callable[[str], Path],
) -> None:
    folder = overlaid("parameter_unit")
    with pytest.raises(Refused) as refused:
        load_strategy(str(folder))
    assert len(refused.value.problems) == len(EXPECTED["parameter_unit"])
    assert all(isinstance(problem, Problem) for problem in refused.value.problems)


@pytest.mark.parametrize("name", EXPECTED)
def test_lint_reports_each_at_its_line_and_column(
    name: str, overlaid: Callable[[str], Path]
) -> None:
    folder = overlaid(name) if name != "base" else BROKEN / "base"
    try:
        linted = lint(str(folder))
        told = as_json(linted)
        got = {
            f"{one['file']}:{one['line']}:{one['column']} {one['code']}" for one in told["problems"]
        }
    except Refused as refused:
        got = {f"{one.place} {one.code.value}" for one in refused.problems}
    wanted = {re.sub(r"[\[\]]", "", place_and_code(line)) for line in EXPECTED[name]}
    shown = {re.sub(":None", "", line).replace(f"{folder}/", "") for line in got}
    assert wanted - shown == set()


def test_no_two_defects_share_a_message(overlaid: Callable[[str], Path]) -> None:
    told: dict[str, set[str]] = {}
    for name, lines in EXPECTED.items():
        for line in lines:
            if place_and_code(line) != line:
                told.setdefault(line, set()).add(name)
    shared = {line: names for line, names in told.items() if len(names) > 1}
    assert shared == {
        line: names
        for line, names in shared.items()
        if names == {"no_requirement", "requirement_stage"}
    }
