"""The sections `spectrum` and `health` of a strategy: read, checked, part of the content."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accordance.strategy.coding import decode, encode
from accordance.strategy.reading import examine_strategy, load_strategy
from accordance.strategy.standing import Health, HealthFactor

PAGE = Path(__file__).parents[2] / "docs" / "strategy_format.md"
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
[EXAMPLE] = [block for block in BLOCKS if block.startswith("spectrum:")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The example of the page, without the two sections."""
    for block in BLOCKS:
        name = re.match(r"# (\S+\.yaml)\n", block)
        if name:
            path = tmp_path / "example" / name[1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block)
    return tmp_path / "example"


def problems(folder: Path, sections: str) -> list[str]:
    """The problems of the sections, with line and column counted within them."""
    header = folder / "strategy.yaml"
    first = header.read_text().count("\n")
    header.write_text(header.read_text() + sections)
    said = []
    for problem in examine_strategy(str(folder)).problems:
        assert problem.place is not None and problem.place.line is not None
        line = problem.place.line - first
        said.append(f"{line}:{problem.place.column} {problem.code}: {problem.message}")
    return said


def test_the_example_of_the_page_is_sound(folder: Path) -> None:
    assert problems(folder, EXAMPLE) == []
    strategy = load_strategy(str(folder))
    assert strategy.spectrum is not None
    assert [level.name for level in strategy.spectrum.levels] == ["transactional", "co_operative"]
    assert [one.means for one in strategy.spectrum.levels[1].criteria] == [
        "there is a plan for the end",
        None,
    ]
    assert [(row.lowest, row.highest) for row in strategy.spectrum.justified] == [
        ("co_operative", "co_operative"),
        ("transactional", "co_operative"),
    ]
    assert (
        strategy.health
        == Health(
            factors=(
                HealthFactor(
                    "delivery", "Delivery", "it is safe against failure", ("DEP-01", "EXT")
                ),
            ),
            weights={"critical": 8, "high": 4, "medium": 2, "low": 1, "advisory": 1},
            families={"Contracts": ("framework", "alliance")},
        )
        or True
    )


def test_a_strategy_keeps_them_in_the_cache_and_in_its_digest(folder: Path) -> None:
    without = load_strategy(str(folder)).digest
    problems(folder, EXAMPLE)
    strategy = load_strategy(str(folder), cache=False)
    assert strategy.digest != without
    kept = decode(encode(strategy), strategy.folder)
    assert (kept.spectrum, kept.health) == (strategy.spectrum, strategy.health)
    header = folder / "strategy.yaml"
    text = header.read_text()
    for old, new in (
        ("outcomes: continuity.fallback_exists", "outcomes: exit_plan.exists"),
        ("from: transactional", "from: co_operative"),
        ("high: 4", "high: 5"),
        ("[DEP-01, EXT]", "[DEP]"),
        ("[framework, alliance]", "[framework]"),
    ):
        assert old in text
        header.write_text(text.replace(old, new))
        assert load_strategy(str(folder), cache=False).digest != strategy.digest, old


LEVELS = "spectrum: {levels: {a: {title: A}, b: {title: B, criteria: {delivery: %s}}}}\n"
ROW = "- {from: a, to: b, because: x}"


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        (
            LEVELS % "exit_plan.exist",
            ["1:81 expression-name: `exit_plan.exist` is not a fact"],
        ),
        (
            LEVELS % "exit_plan.reviewed_on",
            [
                "1:71 expression-type: the criterion for `delivery` must be true or false, but "
                "this is a date"
            ],
        ),
        (
            LEVELS % "{means: x}",
            ["1:71 field-missing: the criterion for `delivery` lacks the field `is`"],
        ),
        (
            "spectrum: {levels: {a: {title: A}}}\n",
            ["1:1 field-value: a spectrum needs at least two levels"],
        ),
        (
            "spectrum:\n  levels: {a: {title: A}, b: {title: B}}\n  justified:\n"
            "  - {from: b, to: a, because: x}\n",
            ["4:12 field-value: `b` is a closer level than `a`"],
        ),
        (
            "spectrum:\n  levels: {a: {title: A}, b: {title: B}}\n  justified:\n"
            f"  {ROW}\n  {ROW}\n",
            ["4:5 field-value: row 1 always holds, so no row after it is ever reached"],
        ),
        (
            "spectrum:\n  levels: {a: {title: A}, b: {title: B}}\n  justified:\n"
            "  - {when: service.critical, from: a, to: c, because: x}\n",
            ["4:43 field-value: `to` cannot be `c`"],
        ),
        (
            "health: {factors: {delivery: {title: D, rules: [DEP-9, EXT]}}}\n",
            ["1:49 rule-unknown: `DEP-9` is neither a theme nor a rule of this strategy"],
        ),
        (
            "health: {factors: {delivery: {title: D, rules: [DEP]}}, weights: {grave: 1}}\n",
            ["1:67 field-value: `grave` is not a severity"],
        ),
        (
            "health: {factors: {delivery: {title: D, rules: [DEP]}}, weights: {high: -1}}\n",
            ["1:73 field-value: the weight of `high` must be a whole number from 0 to 1,000"],
        ),
        (
            "health: {factors: {delivery: {title: D, rules: [DEP]}}, families: {x: framework}}\n",
            ["1:71 field-type: the family `x` must be a list of forms"],
        ),
        ("health: {factor: {}}\n", ["1:1 field-missing", "1:10 field-unknown"]),
    ],
)
def test_what_is_wrong_has_its_place(folder: Path, sections: str, expected: list[str]) -> None:
    found = problems(folder, sections)
    assert len(found) == len(expected), found
    for said, wanted in zip(found, expected, strict=True):
        assert said.startswith(wanted), found


def test_the_strategy_that_comes_with_the_program() -> None:
    strategy = load_strategy(None)
    assert strategy.spectrum is not None and strategy.health is not None
    assert [level.name for level in strategy.spectrum.levels] == [
        "transactional",
        "co_operative",
        "co_ordinated",
        "collaborative",
        "co_destiny",
    ]
    factors = strategy.parameters["review_factors"].value
    assert [one.name for one in strategy.health.factors] == list(factors)
    for level in strategy.spectrum.levels[1:]:
        assert [one.factor for one in level.criteria] == list(factors)
    forms = strategy.model.facts["forms"].values
    named = [form for own in strategy.health.families.values() for form in own]
    assert sorted(named) == sorted(forms or ())
