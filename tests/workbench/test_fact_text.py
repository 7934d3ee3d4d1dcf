"""Facts written as YAML are read back as the same facts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accordance.source.reading import read
from accordance.source.tree import plain
from accordance.workbench.fact_text import LONGEST, fact_text

NAMES = st.from_regex(r"[a-z][a-z_]{0,9}", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"]), min_size=1) | (
    st.sampled_from(["yes", "No", "null", "none", "2026-01-31", "12", "1e3", "a: b", "# a", "- a"])
)
VALUES = (
    st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.fractions().map(lambda one: Fraction(round(one * 1000), 1000))
    | TEXTS
)
FACTS = st.dictionaries(
    NAMES,
    st.recursive(
        VALUES,
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
        max_leaves=6,
    ),
)


@settings(max_examples=40)
@given(FACTS)
def test_what_is_written_is_read_back(facts: dict[str, Any]) -> None:
    text = fact_text(facts)
    assert plain(read(data=text.encode(), name="facts.yaml")) == facts if facts else text == ""


@pytest.mark.parametrize(
    ("facts", "text"),
    [
        ({"stage": "new", "as_of": "2026-01-31"}, "stage: new\nas_of: 2026-01-31\n"),
        ({"exit_plan": {"exists": False}}, "exit_plan: {exists: false}\n"),
        ({"forms": ["grant", "x"], "share": Fraction(1, 4)}, "forms: [grant, x]\nshare: 0.25\n"),
        ({"a": None, "b": {"c": None, "d": 1}}, "a:\nb: {c: , d: 1}\n"),
        ({"name": "yes", "other": "Clearway Ltd."}, 'name: "yes"\nother: Clearway Ltd.\n'),
    ],
)
def test_it_reads_like_a_file_that_a_person_wrote(facts: dict[str, Any], text: str) -> None:
    assert fact_text(facts) == text


def test_what_is_long_stands_in_several_lines() -> None:
    party = {"name": "Northbridge Borough Council", "sector": "public", "role": "x" * LONGEST}
    assert fact_text({"parties": [party, {"name": "B"}]}) == (
        "parties:\n"
        "  - name: Northbridge Borough Council\n"
        "    sector: public\n"
        f"    role: {'x' * LONGEST}\n"
        "  - {name: B}\n"
    )
