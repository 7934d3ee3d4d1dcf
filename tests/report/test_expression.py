from __future__ import annotations

import pytest

from accordance.feel.parsing import parse
from accordance.report.expression import laid_out
from accordance.strategy.reading import load_strategy
from accordance.workbench.rule_parts import expressions


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("a and b", 20, ["a and b"]),
        ("aaaa and bbbb or cccc", 13, ["aaaa and bbbb", "  or cccc"]),
        ("some x in xs satisfies x.y = 1", 20, ["some x in xs", "  satisfies x.y = 1"]),
        ('x in ("aaaa", "bbbb", "cccc")', 16, ['x in ("aaaa",', '  "bbbb",', '  "cccc")']),
        ('x = "this and that, or else" and y', 12, ['x = "this and that, or else"', "  and y"]),
        ('x = "a \\" and b" or y', 8, ['x = "a \\" and b"', "  or y"]),
    ],
)
def test_where_lines_break(text: str, width: int, lines: list[str]) -> None:
    assert laid_out(text, width) == lines


def test_what_is_laid_out_is_the_same_expression() -> None:
    for rule in load_strategy().rules:
        texts = [rule.when_text or "true", *(one.text for one in rule.require)]
        for text in texts:
            assert parse("\n".join(laid_out(" ".join(text.split()), 60))) == parse(text)
        assert list(expressions(rule))
