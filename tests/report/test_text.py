from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accordance.report.text import safe, safe_throughout


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ünïcode – “quoted” 東京", "Ünïcode – “quoted” 東京"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x9b2J", "\\x9b2J"),
        ("bell\x07", "bell\\x07"),
        ("two\nlines\tand a tab\r", "two lines and a tab "),
        ("abc\u202edcba", "abc\\u202edcba"),
        ("zero\u200bwidth", "zero\\u200bwidth"),
        ("lone \ud800", "lone \\ud800"),
        ("tag \U000e0041", "tag \\ue0041"),
    ],
)
def test_safe(text: str, shown: str) -> None:
    assert safe(text) == shown


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    shown = safe(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f]", shown)
    assert safe(shown) == shown
    shown.encode("utf-8")


def test_safe_throughout_reaches_names_and_items() -> None:
    assert safe_throughout({"\x1b": ["\x1b", {"a": "\x1b"}, 1, None, True]}) == {
        "\\x1b": ["\\x1b", {"a": "\\x1b"}, 1, None, True]
    }
