"""The pages that `make docs` writes are those of the strategy and the program as they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from accordance.cli.main import run
from accordance.feel.truth_tables import replace_tables
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy
from accordance.workbench.coverage import statements, with_rules

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
SEED = ROOT.parent / "shared" / "domain" / "seed.md"
ADVICE = "write them anew with `make docs`, and read what changed"


@pytest.fixture(scope="module")
def strategy() -> Strategy:
    return load_strategy()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The rule pages as they would be written now."""
    folder = tmp_path_factory.mktemp("docs")
    (folder / "coverage.md").write_text((DOCS / "coverage.md").read_text(encoding="utf-8"))
    assert run(["rules", "--pages", str(folder / "rules")]) == 0
    return folder / "rules"


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


def test_the_rule_pages_are_up_to_date(made: Path) -> None:
    new, old = texts(made), texts(DOCS / "rules")
    stale = [name for name in sorted({*new, *old}) if new.get(name) != old.get(name)]
    assert stale == [], f"pages of docs/rules are out of date; {ADVICE}"


def test_there_is_a_page_for_every_rule(made: Path, strategy: Strategy) -> None:
    index = (made / "README.md").read_text(encoding="utf-8")
    rules = [one.id for one in (*strategy.rules, *strategy.portfolio)]
    assert sorted(texts(made)) == sorted(["README.md", *(f"{one}.md" for one in rules)])
    assert re.findall(r"(?m)^\| \[(\S+)\]\(\1\.md\)", index) == rules
    heads = [*strategy.themes.values(), "Across the portfolio"]
    assert re.findall(r"(?m)^## (.+)$", index) == heads


def test_all_pages_have_one_shape(made: Path) -> None:
    heads = {tuple(re.findall(r"(?m)^## (.+)$", text)) for text in texts(made).values()} - {
        tuple(re.findall(r"(?m)^## (.+)$", (made / "README.md").read_text(encoding="utf-8")))
    }
    assert heads == {
        (
            "What it asks",
            "Why",
            "When it does not apply",
            "What it assumes",
            "Basis",
            "In FEEL",
            "How serious it is",
            "What a breach says",
            "What to do about a breach",
            "Parameters",
            "Facts",
            "Example",
            "Cases",
        )
    }


def test_every_statement_of_a_basis_leads_to_the_page_that_explains_it(
    made: Path, strategy: Strategy
) -> None:
    for rule in strategy.rules:
        text = (made / f"{rule.id}.md").read_text(encoding="utf-8")
        for entry in rule.basis:
            if entry.startswith("seed "):
                assert f"[{entry}](../coverage.md#{entry[5:].lower()})" in text


def test_the_truth_tables_are_up_to_date() -> None:
    page = (DOCS / "logic.md").read_text(encoding="utf-8")
    assert replace_tables(page) == page, f"docs/logic.md is out of date; {ADVICE}"


# coverage


@pytest.fixture(scope="module")
def coverage() -> str:
    return (DOCS / "coverage.md").read_text(encoding="utf-8")


def rows(page: str) -> Iterator[tuple[str, str, list[str], str]]:
    for row in re.finditer(r"(?m)^\| <a id=\"(\w+)\"></a>(\w+) \| (.+) \| (.*) \| (.+) \|$", page):
        assert row[1] == row[2].lower()
        yield row[2], row[3], re.findall(r"\[([A-Z]+-\d+)\]\(rules/\1\.md\)", row[4]), row[5]


def test_the_rules_of_the_coverage_are_up_to_date(coverage: str, strategy: Strategy) -> None:
    rules = (*strategy.rules, *strategy.portfolio)
    assert with_rules(coverage, rules) == coverage, ADVICE


def test_every_statement_is_covered_by_a_rule_or_by_something_else(
    coverage: str, strategy: Strategy
) -> None:
    known = {rule.id for rule in (*strategy.rules, *strategy.portfolio)}
    found = list(rows(coverage))
    assert len(found) == 72
    assert [name for name, *_ in found] == statements(coverage)
    for name, says, rules, how in found:
        assert says and how, name
        assert set(rules) <= known
        assert rules or not how.startswith("planned"), f"{name} is covered by nothing yet"


def test_no_statement_of_the_source_is_left_out(coverage: str) -> None:
    if not SEED.exists():
        pytest.skip("the list of statements is not here")
    ids = []
    for first, letter, last in re.findall(
        r"(?m)^- \*\*([A-Z]\d+[a-z]?)(?:-([A-Z])(\d+))?\*\*", SEED.read_text(encoding="utf-8")
    ):
        several = [f"{letter}{n}" for n in range(int(first[1:]), int(last) + 1)] if letter else []
        ids += several or [first]
    assert len(ids) == 72
    assert sorted(statements(coverage)) == sorted(ids)


def test_a_basis_that_is_not_on_the_page_is_noticed(coverage: str, strategy: Strategy) -> None:
    page = coverage.replace('<a id="r3"></a>R3', '<a id="r33"></a>R33')
    with pytest.raises(ValueError, match="is based on seed R3, which is not on the page"):
        with_rules(page, strategy.rules)
