"""Every code of lint: its example triggers it, the mended one does not, and its page says so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import accordance
from accordance.problem import Code
from accordance.workbench.lint.diagnostics import GROUPS, diagnostics, pages
from accordance.workbench.lint.examples import files, findings

DOCS = Path(__file__).parents[3] / "docs" / "lint"
TABLE = diagnostics()
PACKAGE = Path(accordance.__file__).parent
READERS = ("feel", "strategy", "workbench/lint", "source/yaml_reader.py", "source/faults.py")
"""What reads a strategy folder, or looks at what was read."""


def codes_of(example: str, *, bad: bool) -> list[str]:
    found, _ = findings(files(TABLE[example].example, bad=bad))
    return [one.problem.code.value for one in found]


def test_the_small_strategy_has_no_problem() -> None:
    assert findings(files(None, bad=False))[0] == []


@pytest.mark.parametrize("code", [code for code, one in TABLE.items() if one.example])
def test_the_example_shows_the_code_and_the_mended_one_does_not(code: str) -> None:
    one = TABLE[code]
    assert one.example is not None
    found, _ = findings(files(one.example, bad=True))
    hits = [each for each in found if each.problem.code.value == code]
    assert one.level in {each.problem.level.value for each in hits}
    assert {each.problem.code.value for each in found} <= {code, *one.example.also}
    assert set(codes_of(code, bad=False)) <= set(one.example.also) - {code}


def test_the_table_is_closed() -> None:
    assert len(TABLE) >= 35
    texts = [
        path.read_text("utf-8")
        for name in READERS
        for path in ([PACKAGE / name] if name.endswith(".py") else (PACKAGE / name).rglob("*.py"))
    ]
    named = {Code[name].value for text in texts for name in re.findall(r"Code\.([A-Z_]+)", text)}
    assert named - TABLE.keys() == set()
    assert {one.group for one in TABLE.values()} == set(GROUPS)
    assert [code for code, one in TABLE.items() if not (one.example or one.shown)] == []


def test_the_pages_are_those_of_the_table() -> None:
    made = pages()
    assert sorted(path.name for path in DOCS.glob("*.md")) == sorted(made)
    stale = [name for name, text in made.items() if (DOCS / name).read_text("utf-8") != text]
    assert stale == [], "run `make docs`"
