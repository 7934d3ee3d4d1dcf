"""How facts stand in columns: one column for each name at the top of the fact model.

| fact      | column                                                              |
|-----------|---------------------------------------------------------------------|
| text      | string; the word `none` where the fact model lets it say so          |
| date      | date, and beside it `name$none`, true where there is none            |
| number    | decimal(24, 6); a 64-bit integer where it is a whole number          |
| true/false| boolean                                                             |
| group     | struct                                                              |
| list      | array                                                               |

Null is unknown everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeAlias

import ibis
import ibis.expr.datatypes as dt

from ..facts.shapes import Boolean, Date, Group, List, NumberShape, Shape, Text
from ..feel.values import FRACTION_DIGITS, INTEGER_DIGITS, Number
from . import carriers
from .carriers import Carrier, Column, Listed, Truth, as_column, is_stated
from .exact import Exact, absolute
from .items import Item, Listing, Source, digits_of, each
from .limits import LONGEST_LIST, NotRelational

NONE_MARK: Final = "$none"
WORDS_MARK: Final = "$words"
FEW: Final = 20
"""Words of which a question to a list of them is asked one by one."""
LARGEST: Final = 10**INTEGER_DIGITS - 1
NUMBER: Final = dt.Decimal(INTEGER_DIGITS + FRACTION_DIGITS, FRACTION_DIGITS)


def column_types(shape: Shape, name: str) -> dict[str, dt.DataType]:
    """The columns (or fields) in which a fact stands, with their types."""
    if isinstance(shape, Date):
        made: dict[str, dt.DataType] = {name: dt.date}
        if shape.may_be_none:
            made[name + NONE_MARK] = dt.boolean
        return made
    return {name: column_type(shape)}


def column_type(shape: Shape) -> dt.DataType:
    if isinstance(shape, Boolean):
        return dt.boolean
    if isinstance(shape, NumberShape):
        return dt.int64 if shape.whole else NUMBER
    if isinstance(shape, List):
        return dt.Array(column_type(shape.item))
    if isinstance(shape, Group):
        return dt.Struct(fields_of(shape))
    return dt.date if isinstance(shape, Date) else dt.string


def fields_of(group: Group) -> dict[str, dt.DataType]:
    """The columns of the facts of a group."""
    made: dict[str, dt.DataType] = {}
    for name, member in group.members.items():
        made |= column_types(member, name)
    return made


class Row(Protocol):
    """A table or a struct: what has columns by name."""

    def __getitem__(self, name: str) -> Any: ...


@dataclass
class Demands:
    """What a record must be like for a plan to answer for it: how large a number may be, by the
    static path of its fact, and which texts must be plain ASCII."""

    numbers: dict[str, int] = field(default_factory=dict)
    letters: set[str] = field(default_factory=set)
    columns: dict[str, int] = field(default_factory=dict)
    """How large a number may be that was calculated on the way, by its column."""

    def add(self, other: Demands) -> None:
        for mine, theirs in ((self.numbers, other.numbers), (self.columns, other.columns)):
            for name, most in theirs.items():
                mine[name] = min(most, mine.get(name, most))
        self.letters |= other.letters


Scope: TypeAlias = tuple[carriers.Group, ...]
"""The items of lists around a fact, from the outermost to its own."""


@dataclass
class Reader:
    """Makes values of columns.

    `most` bounds the numbers it reads; `numbers` and `texts` note what it read, by static path, and
    `columns` what was calculated beforehand.
    `derive` computes a fact that follows from others; it is None where no fact does.
    """

    most: int = LARGEST
    numbers: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    columns: set[str] = field(default_factory=set)
    derive: Callable[[str, Scope], Carrier] | None = None
    derived: Callable[[str, Scope], Carrier] | None = None
    """What follows from other facts, whether or not the fact is stated."""
    derivable: frozenset[str] = frozenset()
    source: Callable[[str], Source] | None = None
    """Where questions to the items of a list are gathered."""

    def fact(self, row: Row, name: str, shape: Shape, scope: Scope = ()) -> Carrier:
        """The value of a fact that stands in a row under a name."""
        stated = self.stated(row, name, shape, scope)
        if self.derive is None or shape.path not in self.derivable:
            return stated
        return filled(stated, self.derive(shape.path, scope), shape)

    def stated(self, row: Row, name: str, shape: Shape, scope: Scope = ()) -> Carrier:
        """The value as stated, whatever follows from other facts."""
        column = row[name]
        if isinstance(shape, Date):
            return carriers.Date(column, row[name + NONE_MARK] if shape.may_be_none else None)
        if isinstance(shape, Group):
            return self.group(column, shape, scope)
        if isinstance(shape, List):
            words = isinstance(shape.item, Text) and not shape.item.may_be_none
            digits = name + WORDS_MARK
            return Listed(
                Listing(
                    column,
                    lambda element: Item(self.item(element, shape.item, scope)),
                    column.notnull(),
                    True,
                    min(LONGEST_LIST, shape.most or LONGEST_LIST),
                    column if words else None,
                    few_words(shape),
                    row[digits] if digits in _names_in(row) else None,
                    None,
                    None if scope or self.source is None else self.source(shape.path),
                )
            )
        return self._scalar(column, shape)

    def _scalar(self, column: Column, shape: Shape) -> Carrier:
        if isinstance(shape, Boolean):
            return Truth(column)
        if isinstance(shape, NumberShape):
            self.numbers.add(shape.path)
            places = 0 if shape.whole else FRACTION_DIGITS
            number = Exact(column, places, size_of(shape, self.most))
            return carriers.Number(number, number)
        if isinstance(shape, Date):
            return carriers.Date(column)
        assert isinstance(shape, Text)
        self.texts.add(shape.path)
        if not shape.may_be_none:
            return carriers.Text(column)
        word = carriers.NONE_WORD
        none = carriers.or_unknown(column == word)
        return carriers.Text(column.nullif(word), none, raw=column)

    def item(self, element: Column, shape: Shape, scope: Scope) -> Carrier:
        """The value of an item of a list."""
        if not isinstance(shape, Group):
            return self._scalar(element, shape)
        fields: dict[str, Callable[[], Carrier]] = {}
        made = carriers.Group(fields)
        fields |= self._fields(element, shape, (*scope, made))
        return made

    def group(self, row: Row, shape: Group, scope: Scope) -> carriers.Group:
        fields = self._fields(row, shape, scope)
        return carriers.Group(fields, lambda: _any_stated(fields))

    def _fields(self, row: Row, shape: Group, scope: Scope) -> dict[str, Callable[[], Carrier]]:
        def maker(name: str, member: Shape) -> Callable[[], Carrier]:
            return lambda: self.fact(row, name, member, scope)

        return {name: maker(name, member) for name, member in shape.members.items()}


def few_words(shape: Shape) -> tuple[str, ...]:
    """The words that may stand in a list, where they are few."""
    item = shape.item if isinstance(shape, List) else None
    if not isinstance(item, Text) or item.may_be_none or item.values is None:
        return ()
    return item.values if len(item.values) <= FEW else ()


def with_words(row: Row, group: Group) -> dict[str, Column]:
    """The facts of a group that hold lists of few words, with a number beside each such list that
    says which words stand in it."""
    made: dict[str, Column] = {}
    for name, shape in group.members.items():
        if few_words(shape):
            made[name + WORDS_MARK] = digits_of(row[name], few_words(shape))
        elif isinstance(shape, Group) and _holds_words(shape):
            made[name] = _enriched(row[name], shape)
        elif isinstance(shape, List) and _holds_words(shape.item):
            made[name] = each(row[name], _enricher(shape.item))
    return made


def _enricher(shape: Shape) -> Callable[[Column], Column]:
    assert isinstance(shape, Group)
    return lambda item: _enriched(item, shape)


def _enriched(row: Column, group: Group) -> Column:
    return ibis.struct({**{name: row[name] for name in row.type().names}, **with_words(row, group)})


def _holds_words(shape: Shape) -> bool:
    if isinstance(shape, Group):
        return any(few_words(one) or _holds_words(one) for one in shape.members.values())
    return isinstance(shape, List) and _holds_words(shape.item)


def _names_in(row: Row) -> tuple[str, ...]:
    names: tuple[str, ...]
    names = row.columns if isinstance(row, ibis.Table) else row.type().names  # type: ignore[attr-defined]
    return names


def _any_stated(fields: Mapping[str, Callable[[], Carrier]]) -> Column:
    stated = [as_column(is_stated(make())) for make in fields.values()]
    return carriers.balanced(stated, lambda a, b: a | b)


def filled(stated: Carrier, derived: Carrier, shape: Shape) -> Carrier:
    """A fact as stated, else as it follows from others where that is a value of the fact."""
    if carriers.is_unsaid(derived):
        return stated
    derived = carriers.lifted(derived)
    if isinstance(stated, Truth):
        if not isinstance(derived, Truth):
            return stated
        return Truth(ibis.coalesce(stated.holds, derived.holds))
    if isinstance(stated, carriers.Number) and isinstance(derived, carriers.Number):
        assert isinstance(shape, NumberShape)
        return _filled_number(stated, fitting_number(derived, shape))
    if isinstance(stated, carriers.Text | carriers.Date) and type(derived) is type(stated):
        fitting = _fitting(derived, shape)
        there = as_column(is_stated(stated))
        value = there.ifelse(stated.value, fitting.value)
        if stated.none is None:
            return type(stated)(value)
        none = fitting.none if fitting.none is not None else carriers.unknown_truth()
        return type(stated)(value, there.ifelse(stated.none, none))
    return stated


def _filled_number(stated: carriers.Number, derived: carriers.Number) -> Carrier:
    there = stated.low.column.notnull()
    number = carriers.pick_number(
        lambda one, other: there.ifelse(one, other), stated.low, derived.low
    )
    return carriers.Number(number, number)


def fitting_number(derived: carriers.Number, shape: NumberShape) -> carriers.Number:
    sure: list[Carrier] = []
    if not derived.is_exact:
        sure.append(
            carriers.equal(
                carriers.Number(derived.low, derived.low),
                carriers.Number(derived.high, derived.high),
            )
        )
    low = derived.low
    if shape.whole and (low.places or low.per is not None):
        raise NotRelational("a whole number that follows from a calculation with decimals")
    number = carriers.Number(low, low)
    if not sure:
        return number
    given = carriers.masked(number, carriers.holds(carriers.all_of(sure)))
    assert isinstance(given, carriers.Number)
    return given


def _fitting(derived: Any, shape: Shape) -> Any:
    """A derived text or date, unknown where it is no value of the fact."""
    if isinstance(shape, Text) and shape.values is not None:
        among = carriers.any_of(
            [carriers.equal(derived, carriers.Known(word)) for word in shape.values]
        )
        word = carriers.masked(derived, carriers.holds(among))
        assert isinstance(word, carriers.Text)
        none = derived.none if shape.may_be_none else None
        return carriers.Text(word.value, none)
    if not getattr(shape, "may_be_none", False):
        return type(derived)(derived.value)
    return derived


def size_of(shape: NumberShape, most: int) -> Number:
    """The largest absolute value that a number may have."""
    low = shape.low if shape.low is not None else shape.above
    high = shape.high if shape.high is not None else shape.below
    if low is None or high is None:
        return most
    return min(most, max(absolute(low), absolute(high)))
