"""Random syntax trees of every shape that the parser can make, with or without a meaning."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeAlias

from hypothesis import strategies as st

from accordance.feel import syntax as s
from accordance.feel.advice import KEYWORDS, OTHER_SPELLINGS
from accordance.feel.functions import FUNCTIONS
from accordance.feel.values import Months, Number

Draw: TypeAlias = Callable[[st.SearchStrategy[Any]], Any]
Part: TypeAlias = Callable[[], s.Node]

MAX_DEPTH = 4


def _decimal(digits: int, places: int) -> Number:
    value = Fraction(digits, 10**places)
    return value.numerator if value.denominator == 1 else value


numbers = st.one_of(
    st.integers(-(10**18) + 1, 10**18 - 1),
    st.builds(_decimal, st.integers(-(10**9), 10**9), st.integers(0, 6)),
)
texts = st.text(st.characters(exclude_categories=("Cs",)), max_size=12)
durations = st.one_of(
    st.builds(Months, st.integers(-5000, 5000)),
    st.builds(dt.timedelta, days=st.integers(-5000, 5000), seconds=st.integers(0, 86399)),
)
values = st.one_of(numbers, texts, st.booleans(), st.dates(), durations)
words = st.one_of(
    st.sampled_from(("a", "b", "exit_plan", "item", "count", "date", "order", "nothing", "état")),
    st.from_regex(r"[^\W\d]\w{0,6}", fullmatch=True),
)
names = words.filter(lambda word: word not in KEYWORDS and word not in OTHER_SPELLINGS)
fields = st.one_of(words, st.sampled_from(sorted(KEYWORDS)))
equality = st.sampled_from(("=", "!="))
signs = st.sampled_from(("=", "!=", "<", "<=", ">", ">="))

# Calls whose arguments are free; a literal argument would fold `date` and `duration`.
_FREE = sorted(set(FUNCTIONS) - {"matches", "date", "duration"})


def _joined(kind: type[s.And] | type[s.Or], draw: Draw, part: Part) -> s.Node:
    parts: list[s.Node] = []
    for _ in range(draw(st.integers(2, 4))):
        node = part()
        parts.extend(node.parts if isinstance(node, kind) else (node,))
    return kind(tuple(parts))


def _range(draw: Draw, part: Part) -> s.Node:
    return s.Range(part(), part(), draw(st.booleans()), draw(st.booleans()))


def _test(draw: Draw, part: Part) -> s.Node:
    kind = draw(st.sampled_from(("value", "range", "unary")))
    if kind == "unary":
        return s.UnaryTest(draw(signs), part())
    return _range(draw, part) if kind == "range" else part()


def _iterators(draw: Draw, part: Part) -> tuple[tuple[str, s.Node], ...]:
    def source() -> s.Node:
        return _range(draw, part) if draw(st.booleans()) else part()

    return tuple((draw(names), source()) for _ in range(draw(st.integers(1, 2))))


def _call(draw: Draw, part: Part) -> s.Node:
    function = FUNCTIONS[draw(st.sampled_from(_FREE))]
    most = len(function.parameters)
    count = draw(st.integers(most - function.optional, 3 if function.variadic else most))
    return s.Call(function.name, tuple(part() for _ in range(count)))


def _made(draw: Draw, part: Part) -> s.Node:
    node = part()
    if isinstance(node, s.Literal):
        return s.Call("matches", (node, s.Literal("^[A-Z]{3}$")))
    return s.Call(draw(st.sampled_from(("date", "duration"))), (node,))


_FORMS: tuple[Callable[[Draw, Part], s.Node], ...] = (
    lambda draw, part: s.Path(part(), draw(fields)),
    lambda draw, part: s.Negate(part()),
    lambda draw, part: s.Arithmetic(draw(st.sampled_from("+-*/")), part(), part()),
    lambda draw, part: s.Comparison(draw(signs), part(), part()),
    lambda draw, part: s.Comparison(draw(equality), part(), s.Null()),
    lambda draw, part: s.Between(part(), part(), part()),
    lambda draw, part: s.In(
        part(), tuple(_test(draw, part) for _ in range(draw(st.integers(1, 3))))
    ),
    lambda draw, part: _joined(s.And, draw, part),
    lambda draw, part: _joined(s.Or, draw, part),
    lambda draw, part: s.Not(part()),
    lambda draw, part: s.If(part(), part(), part()),
    lambda draw, part: s.For(_iterators(draw, part), part()),
    lambda draw, part: s.Quantified(
        draw(st.sampled_from(("some", "every"))), _iterators(draw, part), part()
    ),
    lambda draw, part: s.ListLiteral(tuple(part() for _ in range(draw(st.integers(0, 3))))),
    lambda draw, part: s.Filter(part(), part()),
    _call,
    _made,
)


def _node(draw: Draw, depth: int) -> s.Node:
    if depth == 0 or draw(st.integers(0, 2)) == 0:
        return s.Name(draw(names)) if draw(st.booleans()) else s.Literal(draw(values))
    return draw(st.sampled_from(_FORMS))(draw, lambda: _node(draw, depth - 1))


@st.composite
def trees(draw: Draw) -> s.Node:
    """A syntax tree without positions."""
    return _node(draw, MAX_DEPTH)
