from __future__ import annotations

import pytest

from accordance.strategy.message import fill, is_name, placeholders, stray_brace


def test_placeholders_come_with_their_offsets() -> None:
    text = "{title} has { exit_plan.exists } and {}."
    assert list(placeholders(text)) == [("title", 1), ("exit_plan.exists", 14), ("", 38)]


def test_a_message_is_filled_once() -> None:
    values = {"title": "{unmet}", "unmet": "nothing"}
    assert fill("{title}: { unmet }", values.__getitem__) == "{unmet}: nothing"


@pytest.mark.parametrize(
    ("text", "offset"),
    [("{a} and {b}", None), ("{a", 0), ("a}", 1), ("{a} {b {c}", 4), ("{{a}}", 0), ("", None)],
)
def test_a_brace_without_a_partner_is_found(text: str, offset: int | None) -> None:
    assert stray_brace(text) == offset


@pytest.mark.parametrize(
    ("text", "yes"),
    [("title", True), ("exit_plan.exists", True), ("a.b.c", True)]
    + [(text, False) for text in ("", "a.", ".a", "a b", "a:d", "1a", "parties[1]", "é")],
)
def test_what_can_be_a_name(text: str, yes: bool) -> None:
    assert is_name(text) is yes
