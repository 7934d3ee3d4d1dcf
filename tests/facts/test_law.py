"""The fast walk and jsonschema hold each other: what one accepts, the other accepts."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
from hypothesis import event, given, settings
from hypothesis import strategies as st

from accordance.facts.accepted_exceptions import are_complete
from accordance.facts.judging import judge
from accordance.facts.schema_judging import instance_of, validator_for
from accordance.facts.shapes import Boolean, Date, Group, List, NumberShape, Reading, Shape, Unfit
from accordance.problem import Code
from accordance.source.reading import read
from accordance.source.tree import Mapping
from tests.facts.small import model

BEYOND_SCHEMA = {
    Code.FACT_PLACEHOLDER,
    Code.FACT_DIGITS,
    Code.EXCEPTION_INCOMPLETE,
    Code.EXCEPTION_DATES,
}
TEXTS = st.sampled_from(
    [
        *("x", "", " ", "none", "None", "TBC", "new", "act", "alliance", "strong", "AB", "abcdef"),
        *("?", "2026-01-31", "2026-02-30", "2025-06-01", "0000-01-01", "20260131", "2026-W05-6"),
    ]
)
# quarters, so that jsonschema's own binary numbers are exact
NUMBERS = st.sampled_from([-3, -1, 0, 1, 2, 10**18, 10**18 - 1, -0.5, -0.25, 0.25, 0.5, 1.25, 3.0])
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
ANYTHING = SCALARS | st.lists(SCALARS, max_size=2) | st.dictionaries(TEXTS, SCALARS, max_size=2)


def fitting(shape: Shape) -> st.SearchStrategy[Any]:
    """Values that are mostly what a shape asks for."""
    return st.one_of(_right(shape), _right(shape), _right(shape), _right(shape), ANYTHING)


def _right(shape: Shape) -> st.SearchStrategy[Any]:
    if isinstance(shape, Group):
        members = {name: fitting(member) for name, member in shape.members.items()}
        some = st.fixed_dictionaries({}, optional=members)
        needed = st.fixed_dictionaries(
            {name: _right(shape.members[name]) for name in shape.required}
        )
        stray = st.dictionaries(st.just("stray"), SCALARS, max_size=1)
        return st.tuples(some, needed, st.just({}) | st.just({}) | stray).map(
            lambda parts: parts[0] | parts[1] | parts[2]
        )
    if isinstance(shape, List):
        return st.lists(fitting(shape.item), max_size=4)
    if isinstance(shape, Boolean):
        return st.booleans()
    if isinstance(shape, NumberShape):
        return NUMBERS
    if isinstance(shape, Date):
        return st.sampled_from(["2026-01-31", "2025-06-01", "none", "2026-02-30"])
    return st.sampled_from([*shape.schema.get("enum", ["x", "ABC", "none"]), "x"])


@settings(max_examples=400, deadline=None)
@given(fitting(model().root).filter(lambda value: isinstance(value, dict)))
def test_the_fast_walk_accepts_what_jsonschema_accepts(value: dict[str, Any]) -> None:
    located = read(data=json.dumps(value).encode(), name="c.json")
    assert isinstance(located, Mapping)
    try:
        facts = model().root.take(located, "", Reading())
        fits = are_complete(facts)
    except Unfit:
        fits = False
    event(f"fits: {fits}")

    # with exact numbers, as files are judged
    instance = instance_of(located, model().root)
    found = judge(located, model())
    ours_valid = validator_for(model()).is_valid(instance)
    codes = {problem.code for problem in found}
    unexplained = [p for p in found if p.message == "the file does not fit the fact model"]
    if fits:
        assert ours_valid
        assert len(found) == len(unexplained) == 1  # nothing was found
    else:
        assert found and not unexplained
        assert not ours_valid or codes <= BEYOND_SCHEMA | {Code.FACT_TYPE}

    # jsonschema as it comes, on what json reads
    stock = jsonschema.Draft202012Validator(
        json.loads(json.dumps(model().schema, default=float)),
        format_checker=jsonschema.FormatChecker(formats=["date"]),
    )
    stock_valid = stock.is_valid(json.loads(json.dumps(_without_blanks(value, model().root))))
    assert stock_valid == ours_valid


def _without_blanks(value: Any, shape: Shape | None) -> Any:
    if isinstance(value, dict):
        members = shape.members if isinstance(shape, Group) else {}
        return {
            name: _without_blanks(part, members.get(name))
            for name, part in value.items()
            if part is not None or name not in members
        }
    if isinstance(value, list):
        item = shape.item if isinstance(shape, List) else None
        return [_without_blanks(part, item) for part in value]
    return value
