"""JSON with positions: strict, and with advice where people go wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accordance.problem import Refused
from accordance.source.reading import read
from accordance.source.tree import Mapping, Sequence, plain


def read_json(text: str) -> Any:
    return read(data=text.encode("utf-8", "surrogatepass"), name="f.json")


TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(JSON, st.sampled_from([None, 1]), st.booleans())
def test_reads_what_json_reads(value: Any, indent: int | None, escaped: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=escaped)
    assert plain(read_json(text)) == value


@settings(deadline=None)
@given(st.text(alphabet='{}[],:"\\ 0123e.-truefalsn\n', max_size=30))
def test_accepts_exactly_what_json_accepts(text: str) -> None:
    try:
        wanted = json.loads(text, object_pairs_hook=list)
    except (ValueError, OverflowError):
        wanted = Refused
    try:
        found: Any = read_json(text)
    except Refused as refused:
        codes = {problem.code.value for problem in refused.problems}
        # what JSON allows and we do not: names stated twice, numbers beyond measure
        assert wanted is Refused or codes <= {"duplicate-key", "ambiguous-number"}
    else:
        assert wanted is not Refused, found


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1:1: the file is empty [file-empty]"),
        (" \n ", "1:1: the file is empty [file-empty]"),
        (
            '{"a": 1, "a": 2}',
            "1:10: `a` is stated twice, first in line 1; keep one of them [duplicate-key]",
        ),
        (
            '{"a": NaN}',
            "1:7: this is not valid JSON: `NaN` stands where a value should; "
            "leave a fact out when it is not known [syntax]",
        ),
        (
            '{"a": -Infinity}',
            "1:7: this is not valid JSON: `-Infinity` stands where a value should; "
            "leave a fact out when it is not known [syntax]",
        ),
        (
            '{"a": None}',
            "1:7: this is not valid JSON: `None` stands where a value should; "
            "write `null` [syntax]",
        ),
        (
            '{"a": 1,}',
            "1:9: this is not valid JSON: `}` stands where a name in double quotes should; "
            "take out the comma before it [syntax]",
        ),
        (
            "{'a': 1}",
            "1:2: this is not valid JSON: `'` stands where a name in double quotes or `}` should; "
            'write `"` instead [syntax]',
        ),
        (
            "{a: 1}",
            "1:2: this is not valid JSON: `a` stands where a name in double quotes or `}` should; "
            'write it in quotes: `"a"` [syntax]',
        ),
        (
            '{"a": 1} // done',
            "1:10: this is not valid JSON: `/` stands where the end of the file should; "
            "JSON has no comments; use YAML for a file with comments [syntax]",
        ),
        (
            '{"a": 012}',
            "1:7: this is not valid JSON: `012` stands where a value should [syntax]",
        ),
        ('{"a": [1, 2', "1:12: the JSON ends too early: `,` or `]` should follow [syntax]"),
        ('["abc', '1:2: a text is not closed; end it with `"` [syntax]'),
        (
            '["a\nb"]',
            "1:4: a text holds a line break or another control character; "
            "write a line break as `\\n` [syntax]",
        ),
        (
            '["\\q"]',
            "1:3: a text holds an unknown escape; write `\\\\` for a backslash [syntax]",
        ),
        (
            '["\\ud800"]',
            "1:2: this text holds the character U+D800, which is no text; take it out [syntax]",
        ),
        (
            '["\\u0000"]',
            "1:2: this text holds the character U+0000, which is no text; take it out [syntax]",
        ),
        (
            "[1e99999]",
            "1:2: `1e99999` is too large or too exact a number; write at most 18 digits before "
            "the decimal point and 6 after it [ambiguous-number]",
        ),
    ],
)
def test_what_is_refused(text: str, problem: str) -> None:
    with pytest.raises(Refused) as caught:
        read_json(text)
    assert [str(found) for found in caught.value.problems] == [f"f.json:{problem}"]


def test_places_of_values_and_names() -> None:
    root = read_json('{\n "a": 1,\n "b": [true, "x"]\n}')
    assert isinstance(root, Mapping)
    items = root.entries["b"]
    assert isinstance(items, Sequence)
    assert {
        "a, name": str(root.key_place("a")),
        "a": str(root.entries["a"].place),
        "b[1]": str(items.items[0].place),
        "b[2]": str(items.items[1].place),
    } == {
        "a, name": "f.json:2:2",
        "a": "f.json:2:7",
        "b[1]": "f.json:3:8",
        "b[2]": "f.json:3:14",
    }
