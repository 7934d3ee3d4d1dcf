"""The place of each character of a value, however the value is written."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accordance.source.reading import read
from accordance.source.tree import Mapping, Scalar


def marked_places(text: str, name: str = "f.yaml") -> tuple[tuple[int, int], tuple[int, int]]:
    """Line and column of the first `@` in the value `a`, as computed and as the file has it."""
    root = read(data=text.encode(), name=name)
    assert isinstance(root, Mapping)
    scalar = root.entries["a"]
    assert isinstance(scalar, Scalar) and isinstance(scalar.value, str)
    place = scalar.place_of(scalar.value.index("@"))
    before = text[: text.index("@")]
    wanted = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    return (place.line or 0, place.column or 0), wanted


@pytest.mark.parametrize(
    "text",
    [
        "a: one and @ two",
        "a: one and\n   two @ three",
        "a: one\n\n\n   two\n   @ three",
        "a: 'one and @ two'",
        "a: 'it''s ''one'' @ two'",
        "a: 'one\n\n  two''s\n  @ three'",
        'a: "one @ two"',
        'a: "tab\\t quote\\" uni\\u00e9 hex\\x41 @ two"',
        'a: "one \\\n   two @ three"',
        'a: "one\n   two \\\n   \\  three @"',
        'a: "wide \\U0001F600 @"',
        "a: |\n  one\n  two @ three\n",
        "a: |\n  one\n\n    two\n      @ three\n",
        "a: |2-\n    one\n  @ two",
        "a: |  # a remark with | in it\n  one @ two\n",
        "a: >\n  one\n  two\n\n  three @ four\n",
        "a: >-\n  one\n    more\n    @ indented\n",
        "b: 1\na:\n  one\n  @",
        "b: é😀\na: é😀 @",
        "a: one\r\n   two @\r\n",
    ],
)
def test_a_character_is_found_where_it_stands(text: str) -> None:
    found, wanted = marked_places(text)
    assert found == wanted


WORDS = st.lists(st.sampled_from(["a", "it's", 'q"q', "\\", "é", "😀", "\t"]), max_size=6)


@settings(deadline=None)
@given(WORDS, WORDS)
def test_a_character_is_found_in_json_texts(before: list[str], after: list[str]) -> None:
    for escaped in (True, False):
        text = json.dumps({"a": " ".join([*before, "@", *after])}, ensure_ascii=escaped)
        found, wanted = marked_places(text, "f.json")
        assert found == wanted


@settings(deadline=None)
@given(WORDS, WORDS)
def test_every_offset_lies_in_the_value(before: list[str], after: list[str]) -> None:
    text = json.dumps({"a": " ".join([*before, *after])}, ensure_ascii=False)
    root = read(data=text.encode(), name="f.yaml")
    assert isinstance(root, Mapping)
    scalar = root.entries["a"]
    assert isinstance(scalar, Scalar)
    columns = [scalar.place_of(offset).column or 0 for offset in range(len(scalar.text) + 1)]
    assert columns == sorted(columns)
    assert all(scalar.start < column <= scalar.end for column in columns)
