from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accordance.report.json import check, write
from accordance.report.page import Page
from tests.report import samples


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        (10400, "10400"),
        (10**17, "100000000000000000"),
        (Fraction(4, 5), "0.8"),
        (Fraction(1, 3), "0." + "3" * 34),
        (Decimal("1E+3"), "1000"),
        (1e-07, "0.0000001"),
        (0.1, "0.1"),
        (dt.date(2026, 1, 31), '"2026-01-31"'),
        ("é “ü”", '"é “ü”"'),
        ('a"\\\n', '"a\\"\\\\\\n"'),
        ("\x1b\x7f\x9b\u2028\u202e\ud800", '"\\u001b\\u007f\\u009b\\u2028\\u202e\\ud800"'),
        ([], "[]"),
        ({}, "{}"),
        (
            {"b": 1, "a": [1, {"c": None}]},
            '{\n  "b": 1,\n  "a": [\n    1,\n    {\n      "c": null\n    }\n  ]\n}',
        ),
    ],
)
def test_write(value: Any, text: str) -> None:
    assert write(value) == text + "\n"


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(TypeError, match="set has no JSON form"):
        write({1})


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_any_value_reads_back_the_same(value: Any) -> None:
    assert json.loads(write(value)) == value


def test_one_case_stands_for_itself_and_several_are_a_list() -> None:
    one, two = samples.proceed(), samples.undecided()
    assert json.loads(check([one], Page())) == one
    assert json.loads(check([one, two], Page())) == [one, two]


def test_members_keep_the_documented_order() -> None:
    text = check([samples.do_not_proceed()], Page())
    names = ("schema", "strategy", "case", "verdict", "results", "missing")
    places = [text.index(f'\n  "{name}":') for name in names]
    assert places == sorted(places)
