from __future__ import annotations

from pathlib import Path

import pytest

from accordance.problem import Refused
from accordance.workbench.trial import _agrees, _flat, strategy_of


@pytest.mark.parametrize(
    ("name", "expected", "got", "agrees"),
    [
        ("outcome", "compliant", "compliant", True),
        ("outcome", "compliant", "non_compliant", False),
        ("severity", "high", None, False),
        ("gate", False, False, True),
        ("message", "no exit plan", "There is no exit plan.", True),
        ("message", "no exit plan", None, False),
        ("missing", ["a.b"], ["a.b"], True),
        ("missing", ["a.b"], ["a.b", "a.c"], False),
        ("missing", [], ["a.b"], False),
    ],
)
def test_agreement(name: str, expected: object, got: object, agrees: bool) -> None:
    assert _agrees(name, expected, got) is agrees


def test_given_facts_have_paths() -> None:
    given = {"stage": "new", "a": {"b": {"c": 1, "d": None}}, "list": [{"x": 1}], "none": {}}
    assert dict(_flat(given)) == {
        "stage": "new",
        "a.b.c": 1,
        "a.b.d": None,
        "list": [{"x": 1}],
        "none": {},
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("s", ("s", None)),
        ("s/tests", ("s", None)),
        ("s/tests/a.yaml", ("s", "tests/a.yaml")),
        ("s/tests/more/b.yaml", ("s", "tests/more/b.yaml")),
    ],
)
def test_the_strategy_of_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, expected: tuple[str, str | None]
) -> None:
    (tmp_path / "s" / "tests" / "more").mkdir(parents=True)
    for name in ("strategy.yaml", "tests/a.yaml", "tests/more/b.yaml"):
        (tmp_path / "s" / name).touch()
    monkeypatch.chdir(tmp_path)
    assert strategy_of(path) == expected
    monkeypatch.chdir(tmp_path / "s" / "tests")
    assert strategy_of("a.yaml") == ("..", "tests/a.yaml")


def test_a_path_outside_of_any_strategy(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    with pytest.raises(Refused, match="these are no cases of a strategy"):
        strategy_of(str(tmp_path / "tests"))
