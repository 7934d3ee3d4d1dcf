"""Random expressions of one kind over the names of a scope.

A condition shrinks to one comparison or one fact. Every expression is well typed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from accordance.feel import syntax as s
from accordance.feel.types import (
    BOOLEAN,
    DATE,
    DAYS,
    MONTHS,
    NUMBER,
    TEXT,
    ContextType,
    ListType,
    NumberType,
    TextType,
    Type,
)
from accordance.feel.values import Months

from .facts import COLOUR, DAYS_OF_NOTE, NUMBERS, STAGES, TEXTS, Draw, choose

SHORT = (
    dt.timedelta(days=30),
    dt.timedelta(days=1),
    dt.timedelta(days=-31),
    dt.timedelta(),
    dt.timedelta(hours=36),
)
LONG = (Months(1), Months(12), Months(-13), Months(0))

Scope: TypeAlias = Mapping[str, Type]
KINDS: dict[str, Callable[[Type], bool]] = {
    "boolean": lambda of: of == BOOLEAN,
    "number": lambda of: isinstance(of, NumberType),
    "text": lambda of: isinstance(of, TextType) and of.values is None,
    "colour": lambda of: isinstance(of, TextType) and of.values == COLOUR.values,
    "stage": lambda of: isinstance(of, TextType) and of.values == STAGES,
    "date": lambda of: of == DATE,
    "days": lambda of: of == DAYS,
    "months": lambda of: of == MONTHS,
}
COMPARABLE = ("number", "text", "date", "days", "months")
"""The kinds that have an order; colours and stages are only equal or not."""
WORDS = ("colour", "stage")
EQUATABLE = (*COMPARABLE, *WORDS)
EQUALITY = ("=", "!=")
ORDER = ("<", "<=", ">", ">=")


def paths(scope: Scope) -> Iterator[tuple[s.Node, Type]]:
    """Every name of a scope, and every fact in its groups."""
    for name, of in scope.items():
        yield from _paths(s.Name(name), of)


def _paths(node: s.Node, of: Type) -> Iterator[tuple[s.Node, Type]]:
    if isinstance(of, ContextType):
        for name, inner in of.fields.items():
            yield from _paths(s.Path(node, name), inner)
    else:
        yield node, of


def expression(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    """An expression of one kind."""
    if kind == "boolean":
        return condition(draw, scope, depth)
    facts = [node for node, of in paths(scope) if KINDS[kind](of)]
    forms = ["fact"] * 3 if facts else ["literal"]
    if depth > 0:
        forms += ["literal", *FORMS[kind]]
    form = choose(draw, forms)
    if form == "fact":
        return choose(draw, facts)
    if form == "literal":
        return literal(draw, kind)
    if form == "if":
        return s.If(
            condition(draw, scope, depth - 1),
            expression(draw, scope, kind, depth - 1),
            expression(draw, scope, kind, depth - 1),
        )
    return WRITERS[form](draw, scope, kind, depth - 1)


FORMS: dict[str, tuple[str, ...]] = {
    "number": (
        "count",
        "count",
        "ratio",
        "arithmetic",
        "aggregate",
        "if",
        "rounding",
        "negative",
        "length",
    ),
    "text": ("if", "letters", "joined", "position"),
    "colour": ("if", "position"),
    "stage": (),
    "date": ("shifted", "today", "aggregate", "if"),
    "days": ("between dates", "negative", "scaled"),
    "months": ("between dates", "negative", "scaled"),
}


STOCK: dict[str, Sequence[Any]] = {
    "boolean": (True, False),
    "number": NUMBERS,
    "text": TEXTS,
    "colour": TEXTS[:3],
    "stage": STAGES,
    "date": DAYS_OF_NOTE,
    "days": SHORT,
    "months": LONG,
}


def literal(draw: Draw, kind: str) -> s.Node:
    return _written(choose(draw, STOCK[kind]))


def _written(value: Any) -> s.Node:
    if isinstance(value, int | Fraction) and value < 0:
        return s.Negate(s.Literal(-value))
    return s.Literal(value)


def _count(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    if depth > 0 and choose(draw, (False, False, False, True)):
        items = list_of(draw, scope, choose(draw, EQUATABLE), depth - 1)
        return s.Call("count", (s.Call("distinct values", (items,)),))
    return s.Call("count", (listing(draw, scope, depth)[0],))


def _arithmetic(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    return s.Arithmetic(
        choose(draw, "+-*/"),
        expression(draw, scope, "number", depth),
        expression(draw, scope, "number", depth),
    )


def _aggregate(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    names = ("sum", "min", "max", "mean") if kind == "number" else ("min", "max")
    name = choose(draw, names)
    if choose(draw, (True, True, False)):
        return s.Call(name, (list_of(draw, scope, kind, depth),))
    return s.Call(name, tuple(expression(draw, scope, kind, depth) for _ in range(2)))


def _rounding(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    number = expression(draw, scope, "number", depth)
    name = choose(draw, ("abs", "floor", "ceiling", "round half up"))
    digits = (s.Literal(choose(draw, (0, 1))),) if name == "round half up" else ()
    return s.Call(name, (number, *digits))


def _negative(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    return s.Negate(expression(draw, scope, kind, depth))


def _length(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    return s.Call("string length", (expression(draw, scope, "text", depth),))


def _letters(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    name = choose(draw, ("upper case", "lower case"))
    return s.Call(name, (expression(draw, scope, "text", depth),))


def _joined(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    return s.Arithmetic(
        "+", expression(draw, scope, "text", depth), expression(draw, scope, "text", depth)
    )


def _position(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    position = choose(draw, (1, 2, -1))
    where = s.Literal(position) if position > 0 else s.Negate(s.Literal(-position))
    return s.Filter(list_of(draw, scope, kind, depth), where)


def _shifted(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    return s.Arithmetic(
        choose(draw, "+-"),
        expression(draw, scope, "date", depth),
        expression(draw, scope, choose(draw, ("days", "months")), depth),
    )


def _today(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    return s.Call("today", ())


def _between_dates(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    first, second = (expression(draw, scope, "date", depth) for _ in range(2))
    if kind == "days":
        return s.Arithmetic("-", first, second)
    return s.Call("years and months duration", (first, second))


def _scaled(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    duration, number = (expression(draw, scope, one, depth) for one in (kind, "number"))
    form = choose(draw, "*/*")
    # A number of durations, or durations by a number.
    turned = form == "*" and choose(draw, (False, True))
    return s.Arithmetic(form, *((number, duration) if turned else (duration, number)))


def _ratio(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    of = choose(draw, ("days", "months"))
    return s.Arithmetic("/", *(expression(draw, scope, of, depth) for _ in range(2)))


WRITERS: dict[str, Callable[[Draw, Scope, str, int], s.Node]] = {
    "count": _count,
    "arithmetic": _arithmetic,
    "aggregate": _aggregate,
    "rounding": _rounding,
    "negative": _negative,
    "length": _length,
    "letters": _letters,
    "joined": _joined,
    "position": _position,
    "shifted": _shifted,
    "today": _today,
    "between dates": _between_dates,
    "scaled": _scaled,
    "ratio": _ratio,
}


# --- lists ------------------------------------------------------------------------------------


def listing(draw: Draw, scope: Scope, depth: int) -> tuple[s.Node, Type]:
    """A list of any items, and the type of an item."""
    known = [(node, of.item) for node, of in paths(scope) if isinstance(of, ListType)]
    if not known:
        kind = choose(draw, ("number", "text"))
        return _written_list(draw, scope, kind, 0), NUMBER if kind == "number" else TEXT
    node, item = choose(draw, known)
    return _perhaps_filtered(draw, scope, node, item, depth), item


def inside(draw: Draw, scope: Scope, item: Type) -> Scope:
    """What the condition of a filter sees; the item's own fields more often than the rest."""
    fields = item.fields if isinstance(item, ContextType) else {}
    return nearer(draw, scope, {**fields, "item": item})


def nearer(draw: Draw, scope: Scope, near: Scope) -> Scope:
    return near if choose(draw, (True, True, False)) else {**scope, **near}


def list_of(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    """A list of items of one kind: a list of values, a projection, a `for`, or one written out."""
    found = [of for of in paths(scope) if isinstance(of[1], ListType)]
    values = [(node, of.item) for node, of in found if KINDS[kind](of.item)]
    groups = [
        (node, of.item, name)
        for node, of in found
        if isinstance(of.item, ContextType)
        for name, inner in of.item.fields.items()
        if KINDS[kind](inner)
    ]
    forms = [form for form, there in (("values", values), ("field", groups)) if there]
    form = choose(draw, [*forms, *forms, "for", "written"])
    if form == "values":
        node, item = choose(draw, values)
        return _perhaps_filtered(draw, scope, node, item, depth)
    if form == "field":
        node, item, name = choose(draw, groups)
        return s.Path(_perhaps_filtered(draw, scope, node, item, depth), name)
    if form == "for" and depth > 0:
        node, item = listing(draw, scope, depth - 1)
        seen = nearer(draw, scope, {"each": item})
        return s.For((("each", node),), expression(draw, seen, kind, depth - 1))
    return _written_list(draw, scope, kind, depth)


def _perhaps_filtered(draw: Draw, scope: Scope, node: s.Node, item: Type, depth: int) -> s.Node:
    if depth > 0 and choose(draw, (False, True, True)):
        return s.Filter(node, condition(draw, inside(draw, scope, item), depth - 1))
    return node


def _written_list(draw: Draw, scope: Scope, kind: str, depth: int) -> s.Node:
    count = choose(draw, range(1, 4))
    return s.ListLiteral(
        tuple(expression(draw, scope, kind, max(depth - 1, 0)) for _ in range(count))
    )


# --- conditions -------------------------------------------------------------------------------


def condition(draw: Draw, scope: Scope, depth: int) -> s.Node:
    """A boolean expression."""
    facts = [node for node, of in paths(scope) if of == BOOLEAN]
    forms = ["comparison", *(["fact"] * 2 if facts else []), "none"]
    if depth > 0:
        forms += ["list"] * 3 + ["quantified"] * 2
        forms += ["and", "or", "not", "in", "between", "if", "equal", "text"]
    form = choose(draw, forms)
    if form == "fact":
        return choose(draw, facts)
    return CONDITIONS[form](draw, scope, max(depth - 1, 0))


def _comparison(draw: Draw, scope: Scope, depth: int) -> s.Node:
    kinds = [kind for kind in EQUATABLE if any(KINDS[kind](of) for _, of in paths(scope))]
    kind = choose(draw, kinds or ["number"])
    operator = choose(draw, EQUALITY if kind in WORDS else (*ORDER, *EQUALITY))
    left = expression(draw, scope, kind, depth)
    if choose(draw, (False, True)):
        return s.Comparison(operator, left, expression(draw, scope, kind, depth))
    return s.Comparison(operator, left, literal(draw, kind))


def _none(draw: Draw, scope: Scope, depth: int) -> s.Node:
    found = [node for node, of in paths(scope) if _may_be_none(of)]
    if not found:
        return _comparison(draw, scope, depth)
    what = choose(draw, found)
    form = choose(draw, ("has value", *EQUALITY))
    if form == "has value":
        return s.Call("has value", (what,))
    return s.Comparison(form, what, s.Null())


def _may_be_none(of: Type) -> bool:
    return of == DATE or isinstance(of, ListType | TextType)


def _equal(draw: Draw, scope: Scope, depth: int) -> s.Node:
    return s.Comparison(
        choose(draw, EQUALITY),
        condition(draw, scope, depth),
        condition(draw, scope, depth),
    )


def all_of(parts: Sequence[s.Node], kind: type[s.And] | type[s.Or]) -> s.Node:
    """The parts under one `and` or `or`, none of the same directly below another."""
    flat: list[s.Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else (part,)
    return kind(tuple(flat))


def _and(draw: Draw, scope: Scope, depth: int) -> s.Node:
    return all_of([condition(draw, scope, depth) for _ in range(choose(draw, range(2, 4)))], s.And)


def _or(draw: Draw, scope: Scope, depth: int) -> s.Node:
    return all_of([condition(draw, scope, depth) for _ in range(choose(draw, range(2, 4)))], s.Or)


def _not(draw: Draw, scope: Scope, depth: int) -> s.Node:
    return s.Not(condition(draw, scope, depth))


def _if(draw: Draw, scope: Scope, depth: int) -> s.Node:
    return s.If(*(condition(draw, scope, depth) for _ in range(3)))


def _between(draw: Draw, scope: Scope, depth: int) -> s.Node:
    kind = choose(draw, COMPARABLE)
    return s.Between(*(expression(draw, scope, kind, depth) for _ in range(3)))


def _in(draw: Draw, scope: Scope, depth: int) -> s.Node:
    kind = choose(draw, EQUATABLE)
    forms = ("literal", "list", "value") if kind in WORDS else ("literal", "range", "list", "value")
    tests: list[s.Node] = []
    for _ in range(choose(draw, (1, 2))):
        form = choose(draw, (*forms, "unary"))
        if form == "literal":
            tests.append(literal(draw, kind))
        elif form == "range":
            tests.append(_range(draw, scope, kind))
        elif form == "unary":
            operator = choose(draw, EQUALITY if kind in WORDS else (*ORDER, *EQUALITY))
            tests.append(s.UnaryTest(operator, expression(draw, scope, kind, depth)))
        elif form == "list":
            tests.append(list_of(draw, scope, kind, depth))
        else:
            tests.append(expression(draw, scope, kind, depth))
    return s.In(expression(draw, scope, kind, depth), tuple(tests))


def _range(draw: Draw, scope: Scope, kind: str) -> s.Range:
    """A range that is not plainly empty."""
    low, high = literal(draw, kind), expression(draw, scope, kind, 0)
    if not isinstance(high, s.Name | s.Path):
        values = sorted(STOCK[kind])
        low, high = _written(values[0]), _written(values[-1])
    return s.Range(low, high, choose(draw, (False, True)), choose(draw, (False, True)))


def _quantified(draw: Draw, scope: Scope, depth: int) -> s.Node:
    iterators: list[tuple[str, s.Node]] = []
    near: dict[str, Type] = {}
    for name in ("x", "y")[: choose(draw, (1, 1, 1, 2))]:
        node, item = listing(draw, scope, depth)
        iterators.append((name, node))
        near[name] = item
        scope = {**scope, name: item}
    word = choose(draw, ("some", "every"))
    return s.Quantified(word, tuple(iterators), condition(draw, nearer(draw, scope, near), depth))


def _list(draw: Draw, scope: Scope, depth: int) -> s.Node:
    forms = ("count", "weighed", "counts", "aggregate", "list contains", "all", "any", "none")
    form = choose(draw, (*forms[:3], *forms))
    if form == "counts":
        counts = (_count(draw, scope, "number", depth) for _ in range(2))
        return s.Comparison(choose(draw, (*EQUALITY, *ORDER)), *counts)
    if form == "weighed":
        return _weighed(draw, scope)
    if form == "count":
        operator = choose(draw, (*ORDER, *EQUALITY))
        number = s.Literal(choose(draw, (1, 2, 0)))
        return s.Comparison(operator, _count(draw, scope, "number", depth), number)
    if form == "aggregate":
        operator = choose(draw, (*ORDER, *EQUALITY))
        aggregate = _aggregate(draw, scope, "number", depth)
        return s.Comparison(operator, aggregate, literal(draw, "number"))
    if form == "list contains":
        kind = choose(draw, EQUATABLE)
        items = list_of(draw, scope, kind, depth)
        return s.Call("list contains", (items, expression(draw, scope, kind, depth)))
    if form == "none":
        node, _ = listing(draw, scope, depth)
        if choose(draw, (False, True)):
            return s.Call("has value", (node,))
        return s.Comparison(choose(draw, EQUALITY), node, s.Null())
    return s.Call(form, (list_of(draw, scope, "boolean", depth),))


def _weighed(draw: Draw, scope: Scope) -> s.Node:
    """A figure over the items for which a fact of theirs is true: some certain, some possible."""
    found = [
        (node, yes, figure)
        for node, of in paths(scope)
        if isinstance(of, ListType) and isinstance(of.item, ContextType)
        for yes, first in of.item.fields.items()
        if KINDS["boolean"](first)
        for figure, second in of.item.fields.items()
        if KINDS["number"](second)
    ]
    if not found:
        return s.Comparison(">", _count(draw, scope, "number", 0), s.Literal(0))
    node, yes, figure = choose(draw, found)
    chosen = s.Path(s.Filter(node, s.Name(yes)), figure)
    name = choose(draw, ("sum", "min", "max", "mean"))
    operator = choose(draw, (*ORDER, *EQUALITY))
    return s.Comparison(operator, s.Call(name, (chosen,)), literal(draw, "number"))


def _text(draw: Draw, scope: Scope, depth: int) -> s.Node:
    name = choose(draw, ("contains", "starts with", "ends with", "matches"))
    part = choose(draw, ("e", "re", "red", "R", ""))
    if name == "matches":
        part = choose(draw, ("e", "^r", "d$", "[gb].*e"))
    return s.Call(name, (expression(draw, scope, "text", depth), s.Literal(part)))


CONDITIONS: dict[str, Callable[[Draw, Scope, int], s.Node]] = {
    "comparison": _comparison,
    "none": _none,
    "equal": _equal,
    "and": _and,
    "or": _or,
    "not": _not,
    "if": _if,
    "between": _between,
    "in": _in,
    "quantified": _quantified,
    "list": _list,
    "text": _text,
}


def any_expression(draw: Draw, scope: Scope, depth: int = 3) -> s.Node:
    """An expression of any kind."""
    kind = choose(draw, (*["boolean"] * 8, *EQUATABLE, *["list"] * 3))
    if kind == "list":
        if choose(draw, (False, True)):
            return listing(draw, scope, depth)[0]
        return list_of(draw, scope, choose(draw, ("boolean", *EQUATABLE)), depth)
    return expression(draw, scope, kind, depth)
