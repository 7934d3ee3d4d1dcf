"""Lists in columns: every item stays, and says whether it is there.

An item's presence is true (it is there), null (it may be there) or false (it is not); None stands
for true in all records. A filter changes presences and a `for` changes values, so that what a
condition does not know is never dropped. Only items that are certain not to be there may be left
out of a column (`shortened`).

INVARIANT: columns that go into a database aggregate hold no null, so that an aggregate never skips
an item. Everything else is said with `some`, `total` and `best` below.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Final, NamedTuple, Protocol, TypeAlias

import ibis

from . import exact
from .carriers import (
    NONE_WORD,
    UNSAID,
    Carrier,
    Column,
    Date,
    Days,
    Group,
    Known,
    Listed,
    LongTime,
    Number,
    Text,
    Truth,
    all_of,
    any_of,
    as_column,
    decided,
    equal,
    holds,
    is_definite,
    is_stated,
    is_unsaid,
    lifted,
    masked,
    opposite,
    or_unknown,
    settled,
)
from .exact import Exact
from .gathering import LARGEST_COUNT, Gatherer, column_name, joined
from .limits import LONGEST_LIST, NotRelational

_inside: list[None] = []
"""The lists of which an item is being looked at: what is asked then may hang on the item."""


ABSENT: Final[Column] = ibis.literal(False)
"""The presence of an item that is there in no record."""


@dataclass(frozen=True, slots=True)
class Item:
    """An item and its presence."""

    value: Carrier
    there: Column | None = None
    definite: bool = False
    """Is the presence never null?"""

    @property
    def presence(self) -> Carrier:
        return Known(True) if self.there is None else Truth(self.there, self.definite)

    def narrowed(self, condition: Carrier) -> Item:
        """The item, there only where a condition holds too."""
        there = all_of([self.presence, condition])
        if settled(there) is False:
            return Item(self.value, ABSENT, True)
        if settled(there) is True:
            return Item(self.value)
        return Item(self.value, holds(there), is_definite(there))


Score: TypeAlias = Callable[[Item], Column]


def each(array: Column, body: Callable[..., Column]) -> Column:
    """A column of lists with the body's value for each item; the body may take the position too."""
    return array.map(_named(body))


def kept(array: Column, body: Callable[..., Column]) -> Column:
    """A column of lists with the items for which the body is true; null counts as not."""
    return array.filter(_named(body))


def _named(body: Callable[..., Column]) -> Callable[..., Column]:
    """The body with parameter names that tell how many lists it stands in, so that what is said
    twice is the same twice."""
    depth = len(_inside)
    names = [f"{letter}{depth}" for letter in "ei"[: len(inspect.signature(body).parameters)]]

    def called(**given: Column) -> Column:
        with _within_a_list():
            return body(*(given[name] for name in names))

    called.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, inspect.Parameter.POSITIONAL_OR_KEYWORD) for name in names]
    )
    return called


@contextmanager
def _within_a_list() -> Iterator[None]:
    _inside.append(None)
    try:
        yield
    finally:
        _inside.pop()


def letting(column: Column, body: Callable[[Column], Column]) -> Column:
    """The body's value, with a column in it that is computed once."""
    return each(ibis.array([column]), body)[0]


class Items:
    """A list. `known` says whether the list itself is known, and is never null."""

    known: Column | bool

    def some(self, condition: Callable[[Item], Carrier]) -> Carrier:
        """Kleene `or` of the condition over all items, whatever their presence."""
        raise NotImplementedError

    def total(self, score: Callable[[Item], Exact]) -> Exact:
        """The sum of a number that is never null; 0 for no items."""
        raise NotImplementedError

    def mapped(self, change: Callable[[Item], Item], certain: bool) -> Items:
        """The list with its items changed; `certain` says whether all of them are there then."""
        raise NotImplementedError

    def where(self, condition: Column) -> Items:
        """The same list where a column is true, else an unknown one."""
        raise NotImplementedError

    def table(self) -> Table:
        """The items as one column of lists of groups, presences included."""
        raise NotImplementedError

    @property
    def most(self) -> int:
        """The largest number of items that it can have."""
        raise NotImplementedError

    @property
    def is_certain(self) -> bool:
        """Is every item there in all records?"""
        raise NotImplementedError

    @property
    def is_definite(self) -> bool:
        """Is it known of every item in all records whether it is there?"""
        return self.is_certain

    # what follows from these

    def filtered(self, condition: Callable[[Carrier], Carrier]) -> Items:
        return self.mapped(lambda item: item.narrowed(condition(item.value)), False)

    def changed(self, change: Callable[[Carrier], Carrier]) -> Items:
        """The list with the values of its items changed."""
        return self.mapped(
            lambda item: Item(change(item.value), item.there, item.definite), self.is_certain
        )

    def any_item(self, condition: Callable[[Carrier], Carrier]) -> Carrier:
        """`some x in list satisfies condition`."""
        return self.some_if_known(lambda item: all_of([item.presence, condition(item.value)]))

    def every_item(self, condition: Callable[[Carrier], Carrier]) -> Carrier:
        """`every x in list satisfies condition`."""
        return opposite(
            self.some_if_known(
                lambda item: all_of([item.presence, opposite(condition(item.value))])
            )
        )

    def contains(self, element: Carrier) -> Carrier:
        return self.any_item(lambda item: equal(item, element))

    def some_if_known(self, condition: Callable[[Item], Carrier]) -> Carrier:
        """`some` where the list is known, else unknown."""
        return self.if_known(self.some(condition))

    def if_known(self, carrier: Carrier) -> Carrier:
        """The value where the list is known, else unknown."""
        if self.known is True:
            return carrier
        return masked(carrier, as_column(self.known))

    def count(self) -> Number:
        low = self.total(lambda item: _one_where(item, sure=True))
        if self.is_definite:
            return _if_known_number(self, Number(low, low))
        high = self.total(lambda item: _one_where(item, sure=False))
        return _if_known_number(self, Number(low, high))

    def is_none(self) -> Carrier:
        """An empty list says that there is none; one with only possible items says nothing."""
        if self.is_definite:
            return opposite(self.some_if_known(may_be_there))
        sure, possible = self.some(is_there), self.some(may_be_there)
        return self.if_known(Truth(ibis.cases((holds(sure), False), (~holds(possible), True))))

    def is_settled(self) -> Carrier:
        """Is every item that may be there certain to be there? Never null."""
        if self.is_definite:
            return Known(True)
        return opposite(
            self.some(lambda item: all_of([may_be_there(item), opposite(is_there(item))]))
        )

    def all_known(self) -> Carrier:
        """Is the value of every item that may be there known? Never null."""
        return opposite(
            self.some(lambda item: all_of([may_be_there(item), opposite(_stated(item.value))]))
        )

    def equals(self, other: Items) -> Carrier:
        """`=` between lists: of one length, and equal item by item; unknown where an item is not
        certain."""
        settled = all_of([self.is_settled(), other.is_settled()])
        lengths = equal(self.count(), other.count())
        if {Group} & (_kinds_in(self) | _kinds_in(other)):
            alike: Carrier = all_of([self.is_none(), other.is_none()])
            same = Truth(or_unknown(holds(alike)))
        else:
            same = Truth(holds(_alike(self.table(), other.table())))
        return masked(all_of([lengths, same]), holds(settled))


def _code(carrier: Carrier) -> Column:
    """A truth as a number: 2 for true, 1 for unknown, 0 for false."""
    if is_definite(carrier):
        return (holds(carrier).cast("int8") * 2).cast("int8")
    return (holds(carrier).cast("int8") * 2).cast("int8").fill_null(1)


def is_there(item: Item) -> Carrier:
    """Is an item certain to be there? Never null."""
    if item.there is None or item.definite:
        return item.presence
    return Truth(item.there.fill_null(False), True)


def may_be_there(item: Item) -> Carrier:
    if item.there is None or item.definite:
        return item.presence
    return Truth(item.there.fill_null(True), True)


def _stated(value: Carrier) -> Carrier:
    given = is_stated(value)
    return Known(given) if isinstance(given, bool) else Truth(given, True)


def _one_where(item: Item, sure: bool) -> Exact:
    if item.there is None:
        return exact.ONE
    there = item.there if item.definite else item.there.fill_null(not sure)
    return Exact(there.cast("int64"), 0, 1)


def _if_known_number(items: Items, number: Number) -> Number:
    if items.known is True:
        return number
    given = masked(number, as_column(items.known))
    assert isinstance(given, Number)
    return given


Look: TypeAlias = Callable[[Column], Item]


class Source(NamedTuple):
    """A list that stands in a column: what gathers the questions to it, its path or the name of its
    column, and the table in which the answers stand."""

    gatherer: Gatherer
    path: str
    answers: Callable[[str], Column]


@dataclass(frozen=True, slots=True)
class Listing(Items):
    """A list that stands in a column of lists; `look` says what an element of it is."""

    array: Column
    look: Look
    known: Column | bool = field(default=True)
    is_certain: bool = field(default=True)
    longest: int = field(default=LONGEST_LIST)
    words: Column | None = field(default=None)
    """The items as a column of lists of texts, of which none is null where the list is known."""
    options: tuple[str, ...] = field(default=())
    """The texts that may stand in `words`, where they are few."""
    digits: Column | None = field(default=None)
    """Which of the options stand in the list, one binary digit for each; null where the list is not
    known."""
    form: Packing | None = field(default=None)
    """How `words` stand in a column, where that is not as they are."""
    source: Source | None = field(default=None)
    """Where questions about its items are gathered."""

    @property
    def most(self) -> int:
        return self.longest

    def some(self, condition: Callable[[Item], Carrier]) -> Carrier:
        if self.digits is not None:
            wanted = self._wanted(condition)
            if wanted is not None:
                found = _among_digits(self.digits, wanted).fill_null(False)
                return Truth(found, True) if wanted else Known(False)
        if self.source is not None and not _inside:
            return self._gathered(self.source, condition)
        seen: list[Carrier] = []

        def code(element: Column) -> Column:
            seen.append(condition(self.look(element)))
            return _code(seen[-1])

        codes = each(self.array, code)
        only = seen[-1]
        if settled(only) is False:
            return only
        if settled(only) is True:
            return Truth((self.array.length() > 0).fill_null(False), True)
        if is_definite(only):
            return Truth(largest(codes).fill_null(0) == 2, True)
        # 2 for true, 1 for unknown, 0 for false: the largest decides.
        return Truth(decided(largest(codes).fill_null(0)))

    def _gathered(self, source: Source, condition: Callable[[Item], Carrier]) -> Carrier:
        """The same, asked together with other questions to the list."""
        gatherer, path, answers = source
        with _within_a_list():
            given = condition(self.look(gatherer.element(path, self.array)))
        if settled(given) is False:
            return given
        if settled(given) is True:
            return Truth((self.array.length() > 0).fill_null(False), True)
        place = gatherer.truth(path, self.array, _code(given))
        if place is None:
            return replace(self, source=None).some(condition)
        digits = answers(column_name(place[0]))
        true = (digits & ibis.literal(2 << place[1], type="int64")) != 0
        if is_definite(given):
            return Truth(true, True)
        unknown = (digits & ibis.literal(1 << place[1], type="int64")) != 0
        return Truth(ibis.cases((true, True), (~unknown, False)))

    def some_if_known(self, condition: Callable[[Item], Carrier]) -> Carrier:
        wanted = None if self.digits is None else self._wanted(condition)
        if self.digits is None or wanted is None:
            return Items.some_if_known(self, condition)
        return Truth(_among_digits(self.digits, wanted))

    def _wanted(self, condition: Callable[[Item], Carrier]) -> int | None:
        """The digits of the words of which a condition holds; None where it does not say the same
        of a word in all records."""
        given = [condition(Item(Known(word))) for word in self.options]
        if not all(settled(one) is not None for one in given):
            return None
        return sum(1 << place for place, one in enumerate(given) if settled(one))

    def count(self) -> Number:
        if not self.is_certain:
            return Items.count(self)
        size = Exact(self.array.length().cast("int64").fill_null(0), 0, self.longest)
        return _if_known_number(self, Number(size, size))

    def contains(self, element: Carrier) -> Carrier:
        if self.words is None or not isinstance(element, Known):
            return Items.contains(self, element)
        if not isinstance(element.value, str) or element.value == NONE_WORD:
            return Items.contains(self, element)
        if self.digits is not None:
            if element.value not in self.options:
                return Items.contains(self, element)
            place = self.options.index(element.value)
            return Truth(_among_digits(self.digits, 1 << place))
        return self.if_known(Truth(holding(self.words, element.value)))

    def _counted(self, source: Source, score: Callable[[Item], Exact]) -> Exact | None:
        """A sum of numbers that are 0 or 1, asked together with other questions to the list."""
        gatherer, path, answers = source
        with _within_a_list():
            value = score(self.look(gatherer.element(path, self.array)))
        if value.constant is not None or value.size != 1 or value.places or value.per is not None:
            return None
        if self.longest > LARGEST_COUNT:
            return None
        place = gatherer.count(path, self.array, value.column)
        if place is None:
            return None
        digits = answers(column_name(place[0])) >> ibis.literal(place[1], type="int64")
        mask = ibis.literal(LARGEST_COUNT, type="int64")
        return Exact((digits & mask).cast("int64"), 0, self.longest)

    def total(self, score: Callable[[Item], Exact]) -> Exact:
        if self.source is not None and not _inside:
            found = self._counted(self.source, score)
            if found is not None:
                return found
        forms: list[Exact] = []

        def number(element: Column) -> Column:
            value = score(self.look(element))
            forms.append(value)
            if value.per is not None:
                raise NotRelational("a sum of quotients over a list")
            kind = exact.type_for(value.size * self.longest, value.places)
            return exact.cast(value, value.size * self.longest, value.places).cast(kind)

        scores = each(self.array, number)
        form = forms[-1]
        size = form.size * self.longest
        kind = exact.type_for(size, form.places)
        zero = exact.literal(0, kind)
        return Exact(added(scores).cast(kind).fill_null(zero), form.places, size)

    def mapped(self, change: Callable[[Item], Item], certain: bool) -> Items:
        look = self.look
        return replace(
            self,
            look=lambda element: change(look(element)),
            is_certain=certain,
            words=None,
            digits=None,
        )

    def where(self, condition: Column) -> Items:
        known = condition.fill_null(False) & as_column(self.known)
        digits = None if self.digits is None else ibis.cases((known, self.digits)).cast("int64")
        return replace(self, known=known, digits=digits)

    def shortened(self) -> Column:
        """The column without the items that are certain not to be there."""
        return kept(self.array, lambda element: holds(may_be_there(self.look(element))))

    def read_from(self, source: Source) -> Listing:
        """The same list where `shortened` stands in the column that a source names."""
        array = source.answers(source.path)
        return replace(self, array=array, source=source, words=None, digits=None)

    def table(self) -> Table:
        packing: list[Packing] = []

        def packed(element: Column) -> Column:
            item = self.look(element)
            form = packing_of(item.value)
            packing.append(form)
            return _packed(form, item)

        array = each(self.array, packed)
        return Table(array, packing[-1], self.known, self.is_certain, self.longest)


@dataclass(frozen=True, slots=True)
class Unrolled(Items):
    """A list whose items are known one by one when the plan is made."""

    items: tuple[Item, ...]
    known: Column | bool = field(default=True)

    @classmethod
    def certain(cls, values: Iterable[Carrier]) -> Unrolled:
        return cls(tuple(Item(value) for value in values))

    @property
    def most(self) -> int:
        return len(self.items)

    @property
    def is_certain(self) -> bool:
        return all(item.there is None for item in self.items)

    @property
    def is_definite(self) -> bool:
        return all(item.there is None or item.definite for item in self.items)

    def some(self, condition: Callable[[Item], Carrier]) -> Carrier:
        return any_of([condition(item) for item in self.items])

    def total(self, score: Callable[[Item], Exact]) -> Exact:
        return _together([score(item) for item in self.items])

    def mapped(self, change: Callable[[Item], Item], certain: bool) -> Items:
        changed = (change(item) for item in self.items)
        return Unrolled(tuple(item for item in changed if item.there is not ABSENT), self.known)

    def where(self, condition: Column) -> Items:
        return Unrolled(self.items, condition.fill_null(False) & as_column(self.known))

    def table(self) -> Table:
        form = packing_for([item.value for item in self.items])
        rows = [_packed(form, item) for item in self.items or (Item(UNSAID),)]
        array = ibis.array(rows)
        if not self.items:
            array = kept(array, lambda row: ABSENT)
        return Table(array, form, self.known, self.is_certain, len(self.items))


@dataclass(frozen=True, slots=True)
class Joined(Items):
    """Lists one after the other."""

    parts: tuple[Items, ...]
    known: Column | bool = field(default=True)

    @property
    def most(self) -> int:
        return sum(part.most for part in self.parts)

    @property
    def is_certain(self) -> bool:
        return all(part.is_certain for part in self.parts)

    def some(self, condition: Callable[[Item], Carrier]) -> Carrier:
        return any_of([part.some(condition) for part in self.parts])

    def total(self, score: Callable[[Item], Exact]) -> Exact:
        return _together([part.total(score) for part in self.parts])

    def mapped(self, change: Callable[[Item], Item], certain: bool) -> Items:
        return Joined(tuple(part.mapped(change, certain) for part in self.parts), self.known)

    def where(self, condition: Column) -> Items:
        return Joined(self.parts, condition.fill_null(False) & as_column(self.known))

    def table(self) -> Table:
        tables = [part.table() for part in self.parts]
        form = tables[0].packing
        if any(table.packing.kind != form.kind for table in tables):
            raise NotRelational("a list of items of two kinds")
        form = joint([table.packing for table in tables])
        arrays = [each(table.array, lambda e, t=table: t.repacked(e, form)) for table in tables]
        array = arrays[0]
        for other in arrays[1:]:
            array = array.concat(other)
        certain = all(table.is_certain for table in tables)
        return Table(array, form, self.known, certain, self.most)


@dataclass(frozen=True, slots=True)
class Nested(Items):
    """The lists that stand for the items of another list, one after the other."""

    outer: Items
    inner: Callable[[Item], Items]
    known: Column | bool = field(default=True)

    @classmethod
    def of(cls, outer: Items, inner: Callable[[Item], Items]) -> Nested:
        """An inner list that is not known makes all of it unknown."""

        def lacking(item: Item) -> Carrier:
            known = inner(item).known
            gone = Known(not known) if isinstance(known, bool) else Truth(~known)
            return all_of([may_be_there(item), gone])

        missing = outer.some(lacking)
        complete = holds(opposite(missing))
        if missing == Known(False):
            return cls(outer, inner, outer.known)
        return cls(outer, inner, complete.fill_null(False) & as_column(outer.known))

    @property
    def most(self) -> int:
        return self.outer.most * LONGEST_LIST

    @property
    def is_certain(self) -> bool:
        return False

    def _inner(self, item: Item) -> Items:
        return self.inner(item).mapped(lambda one: one.narrowed(item.presence), False)

    def some(self, condition: Callable[[Item], Carrier]) -> Carrier:
        return self.outer.some(lambda item: self._inner(item).some(condition))

    def total(self, score: Callable[[Item], Exact]) -> Exact:
        return self.outer.total(lambda item: self._inner(item).total(score))

    def mapped(self, change: Callable[[Item], Item], certain: bool) -> Items:
        return Nested(self.outer, lambda item: self.inner(item).mapped(change, certain), self.known)

    def where(self, condition: Column) -> Items:
        return Nested(self.outer, self.inner, condition.fill_null(False) & as_column(self.known))

    def table(self) -> Table:
        raise NotRelational("the position of an item in a list made by two variables")


def _together(numbers: list[Exact]) -> Exact:
    """The sum of numbers, two by two, so that many of them do not become a deep expression."""
    if not numbers:
        return exact.constant(0)
    while len(numbers) > 1:
        pairs = [numbers[at : at + 2] for at in range(0, len(numbers), 2)]
        numbers = [exact.add(*pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return numbers[0]


def either(decide: Column, equals: Column, one: Items, other: Items) -> Items:
    """One list where a column is true, another where it is false; while it is unknown, both where
    they are equal."""
    first = decide | (decide.isnull() & equals.fill_null(False))
    first = first.fill_null(False)
    second = (~decide).fill_null(False)

    def narrow(condition: Column) -> Callable[[Item], Item]:
        return lambda item: item.narrowed(Truth(condition, True))

    known = ibis.cases((first, as_column(one.known)), (second, as_column(other.known)), else_=False)
    return Joined((one.mapped(narrow(first), False), other.mapped(narrow(second), False)), known)


# --- items as groups in a column --------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Packing:
    """How values stand in the fields of a group: their kind, and the form of their numbers."""

    kind: type
    names: tuple[str, ...]
    low: Exact | None = None
    high: Exact | None = None
    has_none: bool = False
    inside: Packing | None = None


class _Fields(Protocol):
    def __getitem__(self, name: str) -> Column: ...


def packing_of(value: Carrier) -> Packing:
    return packing_for([value])


def packing_for(values: Sequence[Carrier]) -> Packing:
    """One packing for several values."""
    return joint([_packing(lifted(value)) for value in values if not is_unsaid(value)])


def _packing(value: Carrier) -> Packing:
    if isinstance(value, Truth):
        return Packing(Truth, ("value",))
    if isinstance(value, Text | Date):
        return Packing(type(value), ("value",), has_none=value.none is not None)
    if isinstance(value, Number):
        return Packing(Number, ("low",), low=value.low, high=None if value.is_exact else value.high)
    if isinstance(value, Days):
        return Packing(Days, ("low",), low=value.count, high=value.days)
    if isinstance(value, LongTime):
        return Packing(LongTime, ("low",), low=value.count)
    if isinstance(value, Listed):
        return Packing(Listed, ("list",), inside=value.items.table().packing)
    raise NotRelational("groups of facts taken out of their list")


def joint(packings: Sequence[Packing]) -> Packing:
    """The packing that holds what any of several holds."""
    if not packings:
        return Packing(Truth, ("value",))
    first = packings[0]
    if any(one.kind is not first.kind for one in packings):
        raise NotRelational("a list of items of two kinds")
    if first.kind is Listed:
        inside = joint([one.inside for one in packings if one.inside is not None])
        return Packing(Listed, ("list",), inside=inside)
    low = _joint_form([one.low for one in packings if one.low is not None])
    if first.kind is Days:
        whole = [one.high for one in packings if one.high is not None]
        days = _joint_form(whole) if len(whole) == len(packings) else None
        return Packing(Days, first.names, low, days)
    highs = [one.high or one.low for one in packings if one.low is not None]
    spans = any(one.high is not None for one in packings)
    high = _joint_form([one for one in highs if one is not None]) if spans else None
    return Packing(
        first.kind, first.names, low, high, has_none=any(one.has_none for one in packings)
    )


def _joint_form(values: list[Exact]) -> Exact | None:
    if not values:
        return None
    size, places = max(one.size for one in values), max(one.places for one in values)
    per = None
    if any(one.per is not None for one in values):
        per = _joint_form([one.per if one.per is not None else exact.ONE for one in values])
    return Exact(None, places, size, per)


WORDS: Final = Packing(Listing, ("words",))
"""A list of texts that stands in a column as such."""
NONE_WORDS: Final = Packing(Listing, ("words or none",))
"""The same where the word `none` stands for none."""


def stored(value: Carrier) -> tuple[Column, Packing]:
    """A value as one column, and how it stands in it. Raises NotRelational for groups."""
    if isinstance(value, Listed) and isinstance(value.items, Listing):
        words = value.items.words
        if words is not None and value.items.is_certain:
            column = ibis.cases((as_column(value.items.known), words)).cast(words.type())
            return column, value.items.form or WORDS
    form = packing_of(value)
    return _packed(form, Item(value)), form


def _word(text: Column) -> Item:
    return Item(Text(text))


def _word_or_none(text: Column) -> Item:
    return Item(Text(text.nullif(NONE_WORD), or_unknown(text == NONE_WORD), raw=text))


def loaded(column: Column, form: Packing) -> Carrier:
    """The value that `stored` put into a column."""
    if form is WORDS or form is NONE_WORDS:
        look = _word if form is WORDS else _word_or_none
        known = column.notnull()
        return Listed(Listing(column, look, known, True, words=column, form=form))
    return _unpacked(form, column)


def _packed(form: Packing, item: Item) -> Column:
    fields: dict[str, Column] = {}
    _pack(form, item.value, "", fields)
    fields["there"] = ibis.literal(True) if item.there is None else item.there
    return ibis.struct(fields)


def _pack(form: Packing, value: Carrier, prefix: str, fields: dict[str, Column]) -> None:
    value = lifted(value)
    lost = is_unsaid(value)
    if form.kind in (Truth, Text, Date):
        kind = {Truth: "boolean", Text: "string", Date: "date"}[form.kind]
        given = (
            ibis.null(kind)
            if lost
            else (
                value.holds if isinstance(value, Truth) else value.value  # type: ignore[union-attr]
            )
        )
        fields[prefix + "value"] = given
        if form.has_none:
            none = None if lost else value.none  # type: ignore[union-attr]
            fields[prefix + "none"] = ibis.null("boolean") if none is None else none
        return
    if form.kind is Listed:
        assert form.inside is not None and (lost or isinstance(value, Listed))
        if lost:
            raise NotRelational("a list that may be unknown in a list")
        table = value.items.table()  # type: ignore[union-attr]
        array = each(table.array, lambda e: table.repacked(e, form.inside))  # type: ignore[arg-type]
        fields[prefix + "list"] = ibis.cases((as_column(table.known), array)).cast(array.type())
        return
    assert form.low is not None
    low = high = None
    if isinstance(value, Number):
        low, high = value.low, value.high
    elif isinstance(value, Days):
        low, high = value.count, value.days
    elif isinstance(value, LongTime):
        low = high = value.count
    _pack_number(form.low, low, prefix + "low", fields)
    if form.high is not None:
        _pack_number(form.high, high, prefix + "high", fields)


def _pack_number(form: Exact, value: Exact | None, name: str, fields: dict[str, Column]) -> None:
    kind = exact.type_for(form.size, form.places)
    if value is None:
        fields[name] = ibis.null(kind)
    else:
        top = value if value.per is None else Exact(value.number, value.places, value.size)
        fields[name] = exact.cast(top, form.size, form.places)
    if form.per is not None:
        per = exact.ONE if value is None or value.per is None else value.per
        fields[name + "_per"] = exact.cast(per, form.per.size, form.per.places)


def _unpacked(form: Packing, row: _Fields, prefix: str = "") -> Carrier:
    if form.kind is Truth:
        return Truth(row[prefix + "value"])
    if form.kind in (Text, Date):
        none = row[prefix + "none"] if form.has_none else None
        return form.kind(row[prefix + "value"], none)
    if form.kind is Listed:
        assert form.inside is not None
        array = row[prefix + "list"]
        return Listed(Table(array, form.inside, array.notnull(), False).items())
    assert form.low is not None
    low = _unpacked_number(form.low, row, prefix + "low")
    if form.kind is LongTime:
        return LongTime(low)
    if form.kind is Days:
        whole = None if form.high is None else _unpacked_number(form.high, row, prefix + "high")
        return Days(low, whole)
    high = low if form.high is None else _unpacked_number(form.high, row, prefix + "high")
    return Number(low, high)


def _unpacked_number(form: Exact, row: _Fields, name: str) -> Exact:
    return exact.in_form(form, row[name], row[name + "_per"] if form.per is not None else None)


@dataclass(frozen=True, slots=True)
class Table:
    """Items as a column of lists of groups."""

    array: Column
    packing: Packing
    known: Column | bool
    is_certain: bool
    longest: int = LONGEST_LIST

    def item(self, row: Column) -> Item:
        return Item(_unpacked(self.packing, row), None if self.is_certain else row["there"])

    def items(self) -> Items:
        return Listing(self.array, self.item, self.known, self.is_certain, self.longest)

    def repacked(self, row: Column, form: Packing) -> Column:
        return _packed(form, self.item(row))


def _alike(one: Table, other: Table) -> Carrier:
    """Are two lists of one length equal item by item?"""
    first = one.array if one.is_certain else kept(one.array, _row_may_be_there)
    second = other.array if other.is_certain else kept(other.array, _row_may_be_there)

    def codes(array: Column) -> Column:
        def code(row: Column, at: Column) -> Column:
            same = holds(equal(one.item(row).value, other.item(array[at]).value))
            return (holds(opposite(Truth(same))).cast("int8") * 2).cast("int8").fill_null(1)

        return decided(largest(each(first, code)).fill_null(0))

    return opposite(Truth(letting(second, codes)))


def _row_may_be_there(row: Column) -> Column:
    return row["there"].fill_null(True)


def distinct(items: Items) -> Items:
    """`distinct values(list)`: the first of each, unknown where an item is not known or certain."""
    table = items.table()
    if table.packing.kind is Listed:
        return Unrolled((), ibis.literal(False))
    complete = as_column(items.known) & holds(all_of([items.is_settled(), items.all_known()]))
    known = complete.fill_null(False)
    if table.packing.kind is Text:
        has_none = table.packing.has_none
        words = letting(_words_there(items, has_none), _firsts)
        form = NONE_WORDS if has_none else WORDS
        look = _word_or_none if has_none else _word
        return Listing(words, look, known, True, table.longest, words, form=form)

    def unequal(array: Column) -> Column:
        present = array if table.is_certain else kept(array, lambda row: row["there"])

        def firsts(whole: Column) -> Column:
            def is_first(row: Column, at: Column) -> Column:
                value = table.item(row).value
                before = Listing(
                    whole[:at], lambda other: Item(table.item(other).value), True, True
                )
                return holds(opposite(before.some(lambda one: equal(one.value, value))))

            return kept(whole, is_first)

        return letting(present, firsts)

    return Table(letting(table.array, unequal), table.packing, known, True, table.longest).items()


def _firsts(words: Column) -> Column:
    """The texts of a list without repeats, in their order."""
    return kept(words, lambda word, at: words.index(word) == at)


def _words_there(items: Items, has_none: bool) -> Column:
    """The items that are certain to be there as a list of texts, where each of them is known."""

    def word(item: Item) -> Column:
        value = lifted(item.value)
        if not isinstance(value, Text):
            return ibis.null("string")
        text = value.value.fill_null(NONE_WORD) if has_none else value.value
        return text if item.there is None else ibis.cases((item.there, text))

    if isinstance(items, Listing):
        words = each(items.array, lambda element: word(items.look(element)))
    else:
        table = items.table()
        words = each(table.array, lambda row: word(table.item(row)))
    return words if items.is_certain else kept(words, lambda one: one.notnull())


def at_position(items: Items, position: int) -> Carrier:
    """The item at a position from 1, or from -1 backwards; unknown outside and while it is not
    certain which items there are."""
    if isinstance(items, Unrolled) and items.is_certain:
        place = position - 1 if position > 0 else len(items.items) + position
        if position == 0 or not 0 <= place < len(items.items):
            return UNSAID
        return items.if_known(items.items[place].value)
    if isinstance(items, Listing):
        return _at_in_column(items, position)
    return _at_in_column(items.table().items(), position)  # type: ignore[arg-type]


def _at_in_column(items: Listing, position: int) -> Carrier:
    array = items.array
    if not items.is_certain:
        array = kept(array, lambda e: holds(may_be_there(items.look(e))))
    place = position - 1 if position > 0 else position
    inside = array.length() >= abs(position)
    value = items.look(array[place]).value
    sure = all_of(
        [
            items.is_settled(),
            Truth(inside.fill_null(False)),
            Known(items.known) if isinstance(items.known, bool) else Truth(items.known),
        ]
    )
    if isinstance(value, Group):
        return masked(value, holds(sure))
    return masked(value, holds(sure))


def extreme(items: Items, least: bool) -> Carrier:
    """`min` and `max`."""
    kinds = _kinds_in(items)
    if not kinds or len(kinds) > 1:
        return UNSAID
    (kind,) = kinds
    if kind not in (Number, Text, Date, Days, LongTime):
        return UNSAID
    someone = items.some(is_there)
    sound = all_of([someone, items.all_known(), _no_none(items)])
    if kind is not Number:
        sound = all_of([sound, items.is_settled()])
    else:
        sound = all_of([sound, _no_spans(items)])
    everything = _pick(items, kind, least, sure_only=False)
    if kind is Number and not items.is_certain:
        certain = _pick(items, kind, least, sure_only=True)
        assert isinstance(everything, Number) and isinstance(certain, Number)
        ends = (everything.low, certain.low) if least else (certain.low, everything.low)
        everything = Number(*ends)
    return items.if_known(masked(everything, holds(sound)) if sound != Known(True) else everything)


def _kinds_in(items: Items) -> set[type]:
    found: set[type] = set()

    def look(item: Item) -> Carrier:
        value = lifted(item.value)
        if not is_unsaid(value):
            found.add(type(value))
        return Known(False)

    items.some(look)
    return found


def _no_none(items: Items) -> Carrier:
    def nothing(item: Item) -> Carrier:
        none = item.value.none if isinstance(item.value, Text | Date) else None
        return (
            Known(False)
            if none is None
            else all_of([may_be_there(item), Truth(none.fill_null(False))])
        )

    return opposite(items.some(nothing))


def _no_spans(items: Items) -> Carrier:
    def is_span(item: Item) -> Carrier:
        value = item.value
        if not isinstance(value, Number) or value.is_exact:
            return Known(False)
        same = exact.compare("=", value.low, value.high)
        apart = Known(not same) if isinstance(same, bool) else Truth((~same).fill_null(False))
        return all_of([may_be_there(item), apart])

    return opposite(items.some(is_span))


def _pick(items: Items, kind: type, least: bool, sure_only: bool) -> Carrier:
    table = items.table()
    wanted = is_there if sure_only else may_be_there

    def usable(row: Column) -> Column:
        item = table.item(row)
        return holds(all_of([wanted(item), _stated(item.value)]))

    if kind in (Text, Date):
        values = each(kept(table.array, usable), lambda row: row["value"])
        found = (smallest if least else largest)(values)
        return kind(found)
    assert table.packing.low is not None
    form = table.packing.low
    if form.per is None:
        numbers = each(kept(table.array, usable), lambda row: row["low"])
        number = Exact((smallest if least else largest)(numbers), form.places, form.size)
    else:
        row = letting(kept(table.array, usable), lambda rows: _extreme_row(rows, form, least))
        number = exact.in_form(form, row["low"], row["low_per"])
    if kind is Days:
        if table.packing.high is None:
            return Days(number)
        days = each(kept(table.array, usable), lambda row: row["high"])
        high = table.packing.high
        whole = Exact((smallest if least else largest)(days), high.places, high.size)
        return Days(number, whole)
    return Number(number, number) if kind is Number else LongTime(number)


def _extreme_row(rows: Column, form: Exact, least: bool) -> Column:
    """The first row that no other beats."""

    def number(row: Column) -> Exact:
        return exact.in_form(form, row["low"], row["low_per"])

    def unbeaten(row: Column) -> Column:
        others = Listing(rows, lambda other: Item(Number(number(other), number(other))), True)
        sign = "<" if least else ">"

        def beats(other: Item) -> Carrier:
            assert isinstance(other.value, Number)
            given = exact.compare(sign, other.value.low, number(row))
            return Known(given) if isinstance(given, bool) else Truth(given)

        return holds(opposite(others.some(beats)))

    return kept(rows, unbeaten)[0]


def summed(items: Items) -> Carrier:
    """`sum`: unknown for no certain item, and where an item's value is not known."""
    kinds = _kinds_in(items)
    if kinds != {Number}:
        return UNSAID
    sound = all_of([items.some(is_there), items.all_known()])

    def part(item: Item, high: bool) -> Exact:
        value = lifted(item.value)
        if not isinstance(value, Number):
            return exact.constant(0)
        number = value.high if high else value.low
        if number.constant is not None and item.there is None:
            return number
        if item.there is None:
            return _filled(number)
        bound = _clipped(number, high)
        sure = item.there.fill_null(False)
        gone = ~item.there.fill_null(True)
        zero = exact.literal(0, number.column.type())
        top = (
            ibis.cases((gone, zero), (sure, number.column), else_=bound)
            .cast(number.column.type())
            .fill_null(zero)
        )
        return Exact(top, number.places, number.size, number.per)

    low = items.total(lambda item: part(item, False))
    spans = not items.is_certain or not _all_exact(items)
    high = items.total(lambda item: part(item, True)) if spans else low
    total = Number(low, high)
    return items.if_known(total if sound == Known(True) else masked(total, holds(sound)))


def _all_exact(items: Items) -> bool:
    found: list[bool] = []

    def look(item: Item) -> Carrier:
        found.append(not isinstance(item.value, Number) or item.value.is_exact)
        return Known(False)

    items.some(look)
    return all(found)


def _filled(number: Exact) -> Exact:
    if number.constant is not None:
        return number
    zero = exact.literal(0, number.column.type())
    per = number.per
    if per is not None and per.constant is None:
        per = Exact(per.number.fill_null(exact.literal(1, per.number.type())), per.places, per.size)
    return Exact(number.number.fill_null(zero), number.places, number.size, per)


def _clipped(number: Exact, high: bool) -> Column:
    """What an item that may be there adds at one end: nothing, if that is more."""
    column = number.column
    zero = exact.literal(0, column.type())
    return ibis.cases((column > 0 if high else column < 0, column), else_=zero)


def mean(items: Items) -> Carrier:
    """`mean`: unknown for no item, and where one is not certain or not known."""
    if _kinds_in(items) != {Number}:
        return UNSAID

    def is_open(item: Item) -> Carrier:
        certain = all_of([is_there(item), _stated(item.value), _is_exact(item.value)])
        return all_of([may_be_there(item), opposite(certain)])

    def sure(item: Item) -> Exact:
        value = lifted(item.value)
        if not isinstance(value, Number):
            return exact.constant(0)
        number = _filled(value.low)
        if item.there is None:
            return number
        zero = exact.literal(0, number.column.type())
        there = holds(is_there(item))
        column = ibis.cases((there, number.column), else_=zero).cast(number.column.type())
        return Exact(column, number.places, number.size, number.per)

    total, count = items.total(sure), items.total(lambda item: _one_where(item, sure=True))
    quotient = exact.divide(total, count)
    if quotient is None:
        return UNSAID
    found = Number(quotient, quotient)
    sound = opposite(items.some(is_open))
    return items.if_known(found if sound == Known(True) else masked(found, holds(sound)))


def _is_exact(value: Carrier) -> Carrier:
    """Is a number one and no span? Never null."""
    if not isinstance(value, Number) or value.is_exact:
        return Known(True)
    same = exact.compare("=", value.low, value.high)
    return Known(same) if isinstance(same, bool) else Truth(same.fill_null(True), True)


# --- the aggregates of the database, over columns without null ---------------------------------


def largest(array: Column) -> Column:
    """The largest of a column of lists without null; null for no items."""
    return array.maxs()


def smallest(array: Column) -> Column:
    return array.mins()


def digits_of(words: Column, options: tuple[str, ...]) -> Column:
    """Which of some texts stand in a column of lists of texts, one binary digit for each."""

    def digit(word: Column) -> Column:
        branches = [(word == option, 1 << place) for place, option in enumerate(options)]
        return ibis.cases(*branches, else_=0).cast("int64")

    found = joined(each(words, digit)).fill_null(0)
    return ibis.cases((words.notnull(), found)).cast("int64")


def _among_digits(digits: Column, wanted: int) -> Column:
    return (digits & ibis.literal(wanted, type="int64")) != 0


def holding(words: Column, word: str) -> Column:
    """Does a column of lists of texts without null hold a text? Null for no list."""
    return words.contains(word)


def added(array: Column) -> Column:
    """The sum of a column of lists without null; null for no items."""
    return array.sums()
