"""Poisoned files end in one clear message: soon, and without a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accordance.problem import Refused
from accordance.source.limits import MAX_DEPTH, MAX_PROBLEMS, MAX_VALUES
from accordance.source.reading import read
from accordance.source.text import MAX_FILE_BYTES

ALIAS_BOMB = b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"a%d: &a%d [%s]\n" % (level, level, b", ".join([b"*a%d" % (level - 1)] * 10))
    for level in range(1, 10)
)
ALIAS_TOWER = b"a0: &a0 [x]\n" + b"".join(
    b"a%d: &a%d [*a%d]\n" % (level, level, level - 1) for level in range(1, 60)
)
LARGE = MAX_FILE_BYTES - 100


def refusal(data: bytes, name: str = "-") -> list[str]:
    with pytest.raises(Refused) as caught:
        read(data=data, name=name)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"[" * 50_000_000, "-: the file is larger than 16 MB; "),
        (b"\x00\xff" * 10_000_000, "-: the file is larger than 16 MB; "),
        (b"[" * LARGE, "-:1:41: values are nested more than 40 deep"),
        (b'{"a":' * (LARGE // 5), "-:1:201: values are nested more than 40 deep"),
        (b"- " * (LARGE // 2), "-:1:81: values are nested more than 40 deep"),
        (b"? " * (LARGE // 2), "-:1:81: values are nested more than 40 deep"),
        (ALIAS_BOMB, "-:6:25: the file holds more than 500,000 values"),
        (ALIAS_TOWER, "-:40:12: values are nested more than 40 deep"),
        (b"\xff\xfea\x00:\x00", "-:1:1: the file is in UTF-16, not UTF-8"),
        (b"a: 1\nb: \xe9t\xe9\n", "-:2:4: the file is not in UTF-8"),
        (b"PK\x03\x04\x14\x00\x06\x00\xff\xff", "-:1:9: the file is not text"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "-:1:1: the file is not text"),
        (b"a: 1\nb: x\x00y\n", "-:2:5: the file is not plain text: it holds the control"),
        (b"a: \x1b[31mred\n", "-:1:4: the file is not plain text: it holds the control"),
        (b"\xed\xa0\x80", "-:1:1: the file is not in UTF-8"),
        (b"!" * 1000, "-:1:1: the tag `!!"),
    ],
    ids=range(16),
)
def test_one_message(data: bytes, message: str) -> None:
    (found,) = refusal(data)
    assert found.startswith(message)
    assert len(found) < 250
    assert found.isprintable()


def test_yaml_brackets_nest_no_deeper_than_the_limit() -> None:
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    read(data=deepest, name="f.yaml")
    read(data=deepest, name="f.json")
    for name in ("f.yaml", "f.json"):
        (found,) = refusal(b"[" + deepest + b"]", name)
        assert "nested more than 40 deep" in found


def test_the_number_of_values_is_bounded_in_both_formats() -> None:
    many = b"[" + b"1," * MAX_VALUES + b"1]"
    for name in ("f.yaml", "f.json"):
        (found,) = refusal(many, name)
        assert "more than 500,000 values" in found


def test_a_file_full_of_mistakes_gives_no_endless_list() -> None:
    assert len(refusal(b"a: yes\n" * 1000)) == MAX_PROBLEMS


def test_what_cannot_be_opened(tmp_path: Path) -> None:
    for path, message in [
        (str(tmp_path), "f: this is a folder, not a file [file-unreadable]"),
        (str(tmp_path / "gone"), "f: cannot be read: no such file or directory"),
        ("\x00", "f: cannot be read: embedded null byte [file-unreadable]"),
    ]:
        with pytest.raises(Refused) as caught:
            read(path, name="f")
        assert str(caught.value).startswith(message)


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from(["f.yaml", "f.json", "-"]))
def test_any_bytes_are_read_or_refused(data: bytes, name: str) -> None:
    try:
        read(data=data, name=name)
    except Refused as refused:
        assert refused.problems
        assert all(str(problem).isprintable() for problem in refused.problems)


@settings(deadline=None)
@given(st.text(alphabet="ab:-?!&*<>|'\"[]{},#%@`\\ \n\t~0.e", max_size=60))
def test_any_yaml_is_read_or_refused(text: str) -> None:
    try:
        read(data=text.encode(), name="f.yaml")
    except Refused as refused:
        assert refused.problems
