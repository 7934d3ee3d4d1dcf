"""YAML with positions: what is read, and what is refused with which words."""

from __future__ import annotations

from typing import Any

import pytest

from accordance.problem import Refused
from accordance.source.reading import read
from accordance.source.tree import Mapping, Scalar, Sequence, plain


def read_yaml(text: str | bytes) -> Any:
    data = text.encode() if isinstance(text, str) else text
    return read(data=data, name="f.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 1\nb: [x, 2, {c: true}]\n", {"a": 1, "b": ["x", 2, {"c": True}]}),
        ("a:\nb: ~\nc: null\nd: ''\n", {"a": None, "b": None, "c": None, "d": ""}),
        ("- 1\n- - 2\n  - 3\n", [1, [2, 3]]),
        ("a: |\n  one\n  two\nb: >-\n  one\n  two\n", {"a": "one\ntwo\n", "b": "one two"}),
        ("on: 1\nno: 2\ny: 3\nTrue: 4\n", {"on": 1, "no": 2, "y": 3, "True": 4}),
        ("'1': a\n\"true\": b\n", {"1": "a", "true": "b"}),
        ("a: &x [1, 2]\nb: *x\n", {"a": [1, 2], "b": [1, 2]}),
        ("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}),
        ("&k a: 1\nb: *k\n", {"a": 1, "b": "a"}),
        ("---\na: 1\n...\n", {"a": 1}),
        ("\ufeffa: 1\n", {"a": 1}),
        ("a: 1\r\nb: 2\r\n", {"a": 1, "b": 2}),
        ("%YAML 1.2\n---\na: 1\n", {"a": 1}),
        ("? a\n: 1\n? b\n", {"a": 1, "b": None}),
        ('a: "caf\\u00e9 \\U0001F600"\n', {"a": "café 😀"}),
        ("just text\n", "just text"),
        ("{}", {}),
        ("a: =\n", {"a": "="}),
        ("a: 'yes'\nb: \"012\"\n", {"a": "yes", "b": "012"}),
    ],
)
def test_what_is_read(text: str, value: Any) -> None:
    assert plain(read_yaml(text)) == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "f.yaml:1:1: the file is empty [file-empty]"),
        ("# nothing\n", "f.yaml:1:1: the file is empty [file-empty]"),
        ("~", "f.yaml:1:1: the file is empty [file-empty]"),
        (
            "a: 1\nb: 2\na: 3\n",
            "f.yaml:3:1: `a` is stated twice, first in line 1; keep one of them [duplicate-key]",
        ),
        (
            "x: {a: 1, 'a': 2}\n",
            "f.yaml:1:11: `a` is stated twice, first in line 1; keep one of them [duplicate-key]",
        ),
        (
            "a: yes\n",
            "f.yaml:1:4: `yes` is text to some programs and true or false to others; "
            'write `true` or `false`, or in quotes if it is text: `"yes"` [ambiguous-word]',
        ),
        (
            "code: 012\n",
            "f.yaml:1:7: `012` is read as different numbers by different programs; "
            "write digits with a decimal point, or in quotes if it is text [ambiguous-number]",
        ),
        (
            "a: !!python/object/apply:os.system [ls]\n",
            "f.yaml:1:4: the tag `!!python/object/apply:os.system` is not read; take it out [tag]",
        ),
        ("a: !local x\n", "f.yaml:1:4: the tag `!local` is not read; take it out [tag]"),
        ("!!map {a: 1}\n", "f.yaml:1:1: the tag `!!map` is not read; take it out [tag]"),
        ("!!str a: 1\n", "f.yaml:1:1: the tag `!!str` is not read; take it out [tag]"),
        (
            "a: &x [1, *x]\n",
            "f.yaml:1:11: `*x` stands inside what it stands for; write the values out [alias]",
        ),
        (
            "a: *x\n",
            "f.yaml:1:4: `*x` stands for nothing: no `&x` comes before it; "
            "put text that starts with `*` in quotes [alias]",
        ),
        (
            "a: &x {b: 1}\nc:\n  <<: *x\n",
            "f.yaml:3:3: merge keys (`<<`) are not read; write the values out [alias]",
        ),
        (
            "a: 1\n---\nb: 2\n",
            "f.yaml:2:1: the file holds several documents, parted by `---`; "
            "give each a file of its own [several-documents]",
        ),
        (
            "a: 1\n---\n",
            "f.yaml:2:1: the file holds several documents, parted by `---`; "
            "give each a file of its own [several-documents]",
        ),
        (
            "1: a\n",
            'f.yaml:1:1: `1` is no text and cannot be a name; write it in quotes: `"1"` '
            "[key-not-text]",
        ),
        (
            "true: a\n",
            "f.yaml:1:1: `true` is no text and cannot be a name; "
            'write it in quotes: `"true"` [key-not-text]',
        ),
        (
            "0x10: a\n",
            "f.yaml:1:1: `0x10` is no text and cannot be a name; "
            'write it in quotes: `"0x10"` [key-not-text]',
        ),
        ("?\n: a\n", "f.yaml:1:2: a name is missing; write `name: value` [key-not-text]"),
        (
            "[a, b]: c\n",
            "f.yaml:1:1: a list or group stands where a name should; "
            "write `name: value`; put text with brackets in quotes [key-not-text]",
        ),
        (
            "a: b: c\n",
            "f.yaml:1:5: this is not valid YAML: mapping values are not allowed in this context; "
            "put text that holds `: ` in quotes [syntax]",
        ),
        (
            'a: "\\x1b[31m"\n',
            "f.yaml:1:4: this text holds the character U+001B, which is no text; "
            "take it out [syntax]",
        ),
        (
            'a: "\\ud800"\n',
            "f.yaml:1:7: this is not valid YAML: found invalid Unicode character escape code "
            "[syntax]",
        ),
    ],
)
def test_what_is_refused(text: str, problem: str) -> None:
    with pytest.raises(Refused) as caught:
        read_yaml(text)
    assert [str(found) for found in caught.value.problems] == [problem]


@pytest.mark.parametrize(
    ("text", "place", "help"),
    [
        ("a:\n\tb: c\n", "2:1", "indent with spaces instead of tabs"),
        ("a: “b: c”\n", "1:6", 'write straight quotes, `"`, instead of curly ones'),
        ('a: "b\nc: d\ne: "f"\n', "3:5", "close the quote that opens in line 1, or"),
        ("a: {b} is c\n", "1:8", "put text that starts with `{` in quotes"),
        ("a: b\nc d\ne: f\n", "2:1", "write `name: value`, with a space after the colon"),
        ("a: b\nc:d\ne: f\n", "2:1", "write `name: value`, with a space after the colon"),
        ("a:\n  -b: c\n    d: e\n", "3:6", "write a space after the hyphen, as in `- entry`"),
        ("a:\n  b: c\n d: e\n", "3:2", "check the indentation of this line and the one above"),
        ("a:\n  b: c\n    d: e\n", "3:6", "this line stands deeper than the one above allows"),
        ("a: one: two\n", "1:7", "put text that holds `: ` in quotes"),
    ],
)
def test_the_mistakes_that_people_make(text: str, place: str, help: str) -> None:
    with pytest.raises(Refused) as caught:
        read_yaml(text)
    [problem] = caught.value.problems
    assert str(problem.place) == f"f.yaml:{place}"
    assert (problem.help or "").startswith(help)


def test_all_problems_come_in_one_run_in_the_order_of_the_file() -> None:
    with pytest.raises(Refused) as caught:
        read_yaml("? {x: yes}\n: 1\nb: 012\nc: !t 1\nb: 2\n")
    assert [(found.code.value, found.place.line) for found in caught.value.problems] == [
        ("key-not-text", 1),
        ("ambiguous-word", 1),
        ("ambiguous-number", 3),
        ("tag", 4),
        ("duplicate-key", 5),
    ]


def test_places_of_values_and_names() -> None:
    root = read_yaml("a:\n  b: 1\nlist:\n- x\n- {c: 'd'}\n")
    assert isinstance(root, Mapping)
    inner, items = root.entries["a"], root.entries["list"]
    assert isinstance(inner, Mapping) and isinstance(items, Sequence)
    last = items.items[1]
    assert isinstance(last, Mapping)
    assert {
        "a": str(root.key_places["a"]),
        "a.b, name": str(inner.key_place("b")),
        "a.b": str(inner.entries["b"].place),
        "list[1]": str(items.items[0].place),
        "list[2].c": str(last.entries["c"].place),
    } == {
        "a": "f.yaml:1:1",
        "a.b, name": "f.yaml:2:3",
        "a.b": "f.yaml:2:6",
        "list[1]": "f.yaml:4:3",
        "list[2].c": "f.yaml:5:7",
    }


def test_scalars_keep_how_they_were_written() -> None:
    root = read_yaml("a: 0.80\nb: '0.80'\n")
    assert isinstance(root, Mapping)
    first, second = root.entries["a"], root.entries["b"]
    assert isinstance(first, Scalar) and isinstance(second, Scalar)
    assert (first.text, first.plain) == ("0.80", True)
    assert (second.text, second.plain, second.value) == ("0.80", False, "0.80")
