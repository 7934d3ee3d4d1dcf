"""Whatever stands in a strategy folder: it is read, or refused with places, and nothing else."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from accordance.problem import Refused
from accordance.source.reading import read
from accordance.source.tree import plain
from accordance.strategy.cases import read_rule_cases
from accordance.strategy.reading import load_strategy

SOUND = Path(__file__).parent / "sound"
FILES = sorted(str(path.relative_to(SOUND)) for path in SOUND.rglob("*.yaml"))
TEXTS = {name: (SOUND / name).read_text() for name in FILES}
TREES: dict[str, Any] = {name: plain(read(str(SOUND / name))) for name in FILES}

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**20), 10**20)
    | st.sampled_from(["", "new", "exit_plan.exists", "{title", "P6M", "2026-02-30", "1.0", "a: b"])
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


def changed(tree: Any, draw: Any) -> Any:
    """A tree in which one value, anywhere, is another, or left out."""
    if isinstance(tree, dict) and tree and draw(st.integers(0, 9)):
        key = draw(st.sampled_from(sorted(tree)))
        part = changed(tree[key], draw)
        rest = {name: value for name, value in tree.items() if name != key}
        return rest if part == "left out" else {**rest, key: part}
    if isinstance(tree, list) and tree and draw(st.integers(0, 9)):
        index = draw(st.integers(0, len(tree) - 1))
        return [*tree[:index], changed(tree[index], draw), *tree[index + 1 :]]
    return draw(VALUES | st.just("left out"))


def read_all(name: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copytree(SOUND, Path(folder) / "copy")
        (copy / name).write_text(text, encoding="utf-8")
        try:
            read_rule_cases(str(copy), load_strategy(str(copy), cache=False))
        except Refused as refused:
            assert refused.problems
            assert all(problem.place for problem in refused.problems)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_value_in_any_place(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    tree = changed(TREES[name], data.draw)
    read_all(name, json.dumps(tree, default=str, ensure_ascii=False))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_damage_to_the_text(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(FILES))
    text = TEXTS[name]
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(start + 40, len(text))))
    odd = st.text(st.sampled_from("{}[]:-,'\"|>&*!%@`#\n\t ae1.<>=()éİ\u2028😀"), max_size=12)
    read_all(name, text[:start] + data.draw(odd) + text[end:])
