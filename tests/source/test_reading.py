"""Which format a file is in, and the words that messages quote."""

from __future__ import annotations

from pathlib import Path

import pytest

from accordance.problem import Refused
from accordance.source.quoting import listed, nearest, quoted
from accordance.source.reading import read, read_leniently
from accordance.source.tree import plain

ONLY_YAML = b"{a: b}"


@pytest.mark.parametrize("file", ["f.yaml", "f.yml", "facts", "f.txt"])
def test_files_are_yaml_by_default(tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_bytes(ONLY_YAML)
    assert plain(read(str(tmp_path / file))) == {"a": "b"}


@pytest.mark.parametrize("file", ["f.json", "F.JSON"])
def test_json_files_are_json(tmp_path: Path, file: str) -> None:
    (tmp_path / file).write_bytes(ONLY_YAML)
    with pytest.raises(Refused, match="not valid JSON"):
        read(str(tmp_path / file))


def test_bytes_are_json_when_they_begin_so() -> None:
    with pytest.raises(Refused, match=r"^standard input:1:2: this is not valid JSON"):
        read(data=b"\n " * 0 + ONLY_YAML)
    assert plain(read(data=b"a: {b: c}")) == {"a": {"b": "c"}}
    assert plain(read(data=b" \n[1]")) == [1]


def test_the_name_is_what_messages_say(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text("a: yes")
    with pytest.raises(Refused, match=r"^cases/f\.yaml:1:4: "):
        read(str(tmp_path / "f.yaml"), name="cases/f.yaml")


def test_lenient_reading_hands_the_problems_over() -> None:
    located, problems = read_leniently(data=b"a: yes\nb: 2\nb: 3\n", name="f.yaml")
    assert plain(located) == {"a": "yes", "b": 2}
    assert [problem.code.value for problem in problems] == ["ambiguous-word", "duplicate-key"]


def test_quoted_words_are_short_and_safe() -> None:
    assert quoted("a b") == "`a b`"
    assert quoted("x" * 61) == f"`{'x' * 59}…`"
    assert quoted("a\x1b[31m\nb") == "`a\\x1b[31m\\nb`"
    assert quoted(3) == "`3`"


def test_words_in_a_row() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "`a`"
    assert listed(["a", "b", "c"], "or") == "`a`, `b` or `c`"


def test_the_nearest_word() -> None:
    assert nearest("exist", ["exists", "triggers"]) == "exists"
    assert nearest("zebra", ["exists", "triggers"]) is None
