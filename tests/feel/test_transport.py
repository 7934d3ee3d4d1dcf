"""Trees as JSON and back, with their positions."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from accordance.feel.parsing import parse
from accordance.feel.printing import to_source
from accordance.feel.syntax import Node, walk
from accordance.feel.transport import from_json, to_json
from tests.feel.trees import trees


@given(trees())
def test_a_tree_survives_json(tree: Node) -> None:
    placed = parse(to_source(tree))
    back = from_json(json.loads(json.dumps(to_json(placed))))
    assert back == placed
    assert [(node.start, node.end) for node in walk(back)] == [
        (node.start, node.end) for node in walk(placed)
    ]
    assert [type(node) for node in walk(back)] == [type(node) for node in walk(placed)]


def test_true_stays_true_and_one_stays_one() -> None:
    assert from_json(json.loads(json.dumps(to_json(parse("true"))))) == parse("true")
    assert from_json(json.loads(json.dumps(to_json(parse("1"))))) != parse("true")


@pytest.mark.parametrize("data", [[], ["?"], ["no such tag", 0, 1], [["n"], 0, 1, "a"], "n", {}])
def test_other_json_is_refused(data: object) -> None:
    with pytest.raises((ValueError, TypeError, KeyError, IndexError)):
        from_json(data)  # type: ignore[arg-type]
