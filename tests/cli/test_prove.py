from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Caller
from tests.prove.small import strategy

RULES = {"TT-01": ["a"], "TT-02": ["a", "b"]}


@pytest.fixture
def folder(tmp_path: Path) -> str:
    strategy(tmp_path / "strategy", RULES)
    return str(tmp_path / "strategy")


def test_what_is_found_is_told_with_a_case(call: Caller, folder: str) -> None:
    done = call("prove", folder)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(
        "✓ 2 rules, 1 pair of rules: each can apply, fail and be met, and no two contradict each"
    )
    assert "  ! Whenever TT-01 fails, TT-02 fails too\n" in done.out
    shown = re.search(r"(?m)^      stage: new\n      as_of: 2026-01-31\n      a: false$", done.out)
    assert shown


def test_a_fault_in_the_rules_makes_the_exit_code_1(call: Caller, tmp_path: Path) -> None:
    strategy(tmp_path / "bad", {"TT-01": ["a"], "TT-02": ["not(a)"]})
    done = call("prove", str(tmp_path / "bad"))
    assert done.code == 1
    assert "✗ TT-01 and TT-02 can never both be met where both apply" in done.out


def test_properties(call: Caller, folder: str) -> None:
    done = call("prove", folder, "--property", "a or not(a)", "--property", "a")
    assert done.code == 1
    assert done.out.startswith("✗ 1 of 2 properties held\n")
    assert call("prove", folder, "--property", "a or not(a)").code == 0


def test_two_versions(call: Caller, folder: str, tmp_path: Path) -> None:
    strategy(tmp_path / "new", {**RULES, "TT-01": ["a", "c"]})
    done = call("prove", folder, str(tmp_path / "new"))
    assert done.code == 1
    assert done.out.startswith("! The new version is stricter: 1 rule changed, 1 not\n")
    assert "old: TT-01 met; new: TT-01 breach (high)" in done.out.replace("\n      ", " ")
    assert call("prove", folder, folder).code == 0


def test_json_is_the_canonical_form(call: Caller, folder: str) -> None:
    done = call("prove", folder, "--format", "json", "--items", "1", "--as-of", "2026-05-01")
    document = json.loads(done.out)
    assert document["schema"] == "accordance/prove/1"
    assert document["bound"] == {
        "items": 1,
        "evaluated_from": "2026-05-01",
        "evaluated_until": "2026-05-01",
        "dates_from": "1900-01-01",
        "dates_until": "2199-12-31",
    }
    (answer,) = document["answers"]
    assert answer["question"] == "implied"
    assert answer["witnesses"][0]["facts"] == {
        "id": "witness",
        "title": "TT-01 and TT-02 both fail",
        "stage": "new",
        "as_of": "2026-05-01",
        "a": False,
    }


def test_markdown(call: Caller, folder: str) -> None:
    done = call("prove", folder, "--format", "markdown")
    assert "\n## Rules that never fail without another\n" in done.out
    assert "\n```yaml\nstage: new\nas_of: 2026-01-31\na: false\n```\n" in done.out


def test_witnesses_are_saved_as_rule_cases(call: Caller, folder: str, tmp_path: Path) -> None:
    (tmp_path / "strategy" / "tests").mkdir()
    file = str(tmp_path / "strategy" / "tests" / "proved.yaml")
    done = call("prove", folder, "--rule", "tt-01", "--save-test", file)
    assert (done.code, done.err) == (0, f"wrote {file}\n")
    tested = call("test", folder)
    assert (tested.code, "2 cases passed" in tested.out) == (0, True)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("one", "two", "three"), "name one strategy, or an old and a new version of it"),
        (("one", "two", "--rule", "X"), "two versions are compared without"),
        (("one", "--strategy", "two"), "name the strategy once"),
        (("--rule", "X", "--property", "a"), "ask for a property or for a rule"),
        (("--items", "17"), "17 is not in the range 1<=x<=16"),
        (("--rule", "NO-01"), "`NO-01` is not a rule of this strategy"),
        (("--property", "a +"), "--property:1:4: the expression ends too early"),
        (("nowhere",), "nowhere"),
    ],
)
def test_calls_that_are_wrong(call: Caller, args: tuple[str, ...], message: str) -> None:
    done = call("prove", *args)
    assert (done.code, done.out) == (2, "")
    assert message in done.err


def test_z3_is_named_when_it_is_missing(
    call: Caller, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "z3", None)
    done = call("prove", folder)
    assert (done.code, done.out) == (2, "")
    assert "pip install 'accordance[prove]'" in done.err


PORTFOLIO = """\
portfolio:
  TT-09:
    title: Few at once
    figures: {many: count(cases)}
    require: [many < most]
    severity: low
    finding: "{many} are too many."
    because: It is a test.
"""


@pytest.fixture
def over_groups(tmp_path: Path) -> Callable[[str, int], str]:
    """`over_groups(name, most)`: a strategy with a rule over the portfolio, and its number."""

    def made(name: str, most: int) -> str:
        number = {"most": {"value": most, "unit": "count", "means": "So many are fine"}}
        strategy(tmp_path / name, RULES, header={"parameters": number})
        (tmp_path / name / "rules" / "portfolio.yaml").write_text(PORTFOLIO)
        return str(tmp_path / name)

    return made


def test_rules_over_the_portfolio_are_outside_of_a_proof(
    call: Caller, over_groups: Callable[[str, int], str]
) -> None:
    old, new = over_groups("old", 5), over_groups("new", 3)
    said = "he rules over the portfolio, TT-09, were not asked about"
    for kind in ("table", "markdown"):
        assert said in call("prove", old, "--format", kind).out
    assert said not in call("prove", old, "--rule", "TT-01").out
    done = call("prove", "--strategy", old, "--rule", "tt-09")
    assert (done.code, done.out) == (2, "")
    assert "`tt-09` is a rule over the portfolio, and a proof speaks of one partnership" in done.err
    done = call("prove", old, new)
    assert done.out.startswith("✓ The new version asks the same of every partnership")
    words = " ".join(done.out.split())
    assert "Not compared, though it differs: what the rules over the portfolio TT-09 ask" in words
    assert "Not compared" not in call("prove", old, old).out
