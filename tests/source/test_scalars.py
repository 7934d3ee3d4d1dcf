"""What plain words and numbers mean, and which are refused."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accordance.problem import Code
from accordance.source.scalars import Unclear, decimal, plain_value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("false", False),
        ("0", 0),
        ("-0", 0),
        ("42", 42),
        ("+42", 42),
        ("-7", -7),
        ("0.80", Fraction(4, 5)),
        ("-0.5", Fraction(-1, 2)),
        (".5", Fraction(1, 2)),
        ("5.", 5),
        ("2.0", 2),
        ("1e3", 1000),
        ("25e-2", Fraction(1, 4)),
        ("1.5E+2", 150),
        ("2026-01-31", "2026-01-31"),
        ("2026-13-45", "2026-13-45"),
        ("none", "none"),
        ("nullify", "nullify"),
        ("yes please", "yes please"),
        ("1.2.3", "1.2.3"),
        ("-", "-"),
        (".", "."),
        ("e5", "e5"),
        ("£5", "£5"),
        ("NaN", "NaN"),
        ("07:x", "07:x"),
        ("١٢", "١٢"),  # digits, but not those of a numeral
    ],
)
def test_plain_values(text: str, value: Any) -> None:
    found = plain_value(text)
    assert (found, type(found)) == (value, type(value))


SWITCH_WORDS = (
    "yes",
    "Yes",
    "YES",
    "no",
    "No",
    "NO",
    "on",
    "On",
    "ON",
    "off",
    "OFF",
    "y",
    "Y",
    "n",
    "True",
)


@pytest.mark.parametrize("text", SWITCH_WORDS)
def test_switch_words_are_refused(text: str) -> None:
    with pytest.raises(Unclear) as caught:
        plain_value(text)
    assert caught.value.code is Code.AMBIGUOUS_WORD
    assert f'`"{text}"`' in caught.value.help


@pytest.mark.parametrize("text", ["Null", "NULL"])
def test_other_blanks_are_refused(text: str) -> None:
    with pytest.raises(Unclear) as caught:
        plain_value(text)
    assert caught.value.code is Code.AMBIGUOUS_WORD


@pytest.mark.parametrize(
    "text",
    [
        *("012", "-012", "00", "007.5", "0x1F", "0o17", "0b101", "1_000", "1_000.5", "._5"),
        *("12:30", "1:20:30", "190:20:30.15", ".inf", "-.INF", "+.Inf", ".nan", ".NaN"),
        *("1e99999", "1e-99999", "1e4000", "9" * 1001),
    ],
)
def test_numbers_that_programs_read_differently_are_refused(text: str) -> None:
    with pytest.raises(Unclear) as caught:
        plain_value(text)
    assert caught.value.code is Code.AMBIGUOUS_NUMBER


def test_a_number_too_large_for_a_fact_is_still_a_number_here() -> None:
    assert plain_value("1e400") == 10**400
    assert plain_value("1" + "0" * 400) == 10**400


@settings(deadline=None)
@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, max_value=10**20))
def test_decimals_are_exact(value: Any) -> None:
    assert decimal(f"{value:f}") == Fraction(value)
