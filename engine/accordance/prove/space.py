"""The cases that a question ranges over: every fact that the rules read, as an unknown.

A fact is known, none (where its type admits that) or unknown. Lists of groups hold at most so many
items; a list of words holds each of its words at most once. What no rule reads stays unknown:
nothing that is asked depends on it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Final

from ..facts.model import FactModel
from ..facts.shapes import (
    Boolean,
    Date,
    Group,
    List,
    NumberShape,
    Shape,
    Text,
    stands_for_nothing,
)
from ..feel.values import NONE, Value
from .comparing import equal, stated
from .dates import FIRST_DAY, FIRST_TODAY, LAST_DAY, LAST_TODAY, Calendar
from .functions import constant
from .terms import Bit, Term, Terms
from .values import (
    UNKNOWN_TRUTH,
    CannotEncode,
    Listing,
    Moment,
    Number,
    Slot,
    Symbol,
    Truth,
    Word,
    Words,
)

DEFAULT_ITEMS: Final = 2
AS_OF: Final = "as_of"
NAMES: Final = ("id", "title")
"""What every case states and a witness is given."""
_POSITION: Final = re.compile(r"\[\d+\]")
_OF_TYPE: Final = (
    *("type", "enum", "format", "anyOf", "minimum", "maximum", "exclusiveMinimum"),
    *("exclusiveMaximum", "pattern", "minLength", "maxLength", "minItems", "maxItems"),
    "uniqueItems",
)


def static(path: str) -> str:
    """`parties[2].name` as the fact model has it."""
    return _POSITION.sub("", path) if "[" in path else path


@dataclass(frozen=True, slots=True)
class Unknown:
    """One fact of the space; `inside` says when the item that it belongs to is there."""

    path: str
    shape: Shape
    value: Symbol
    stated: Bit
    inside: Bit


@dataclass(frozen=True, slots=True)
class FactGroup:
    """A group of facts of the space; `inside` says when the item that it belongs to is there."""

    space: Space
    shape: Group
    path: str
    inside: Bit = True

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.shape.members)

    def field(self, name: str) -> Symbol:
        shape = self.shape.members.get(name)
        if shape is None:
            return UNKNOWN_TRUTH
        path = f"{self.path}.{name}" if self.path else name
        if isinstance(shape, Group):
            return FactGroup(self.space, shape, path, self.inside)
        return self.space.fact(shape, path, self)


class Space:
    """The unknowns of one or more encodings, made when they are first asked for."""

    def __init__(
        self,
        terms: Terms,
        words: Words,
        calendar: Calendar,
        items: int = DEFAULT_ITEMS,
        longer: Mapping[str, int] | None = None,
        today: dt.date | None = None,
    ) -> None:
        self.terms = terms
        self.words = words
        self.calendar = calendar
        self.items = items
        self.longer = dict(longer or {})
        self.unknowns: dict[str, Unknown] = {}
        self.limits: list[Bit] = []
        self.bounded: dict[str, int] = {}
        """The lists of which only so many items are looked at, by static path."""
        self.words_once: dict[str, None] = {}
        """The lists of words that are not bound to hold each word once, but do so here."""
        self.growing = True
        if today is not None:
            self.today = Moment("date", True, today.toordinal())
        else:
            day = terms.whole("today()")
            self.limits += [
                terms.at_most(FIRST_TODAY.toordinal(), day),
                terms.at_most(day, LAST_TODAY.toordinal()),
            ]
            self.today = Moment("date", True, day)

    def root(self, model: FactModel) -> FactGroup:
        """All facts of a model. The day of the facts is never after the evaluation date."""
        root = FactGroup(self, model.root, "")
        for name in model.root.required:
            if name not in NAMES:
                root.field(name)
        if AS_OF in model.root.members and AS_OF not in self.unknowns:
            as_of = root.field(AS_OF)
            assert isinstance(as_of, Moment)
            terms = self.terms
            self.limits.append(
                terms.implies(as_of.known, terms.at_most(as_of.value, self.today.value))
            )
        return root

    def fact(self, shape: Shape, path: str, owner: FactGroup) -> Symbol:
        """The unknown at a path. Raises CannotEncode where two models disagree about it."""
        known = self.unknowns.get(path)
        if known is not None:
            if known.shape is not shape and not _alike(known.shape, shape):
                raise CannotEncode(f"the fact `{static(path)}`, which the two versions type apart")
            return known.value
        if not self.growing:
            return _nothing(shape)
        value = self._made(shape, path, owner)
        bit = stated(self.terms, value)
        self.unknowns[path] = Unknown(path, shape, value, bit, owner.inside)
        self.limits.append(self.terms.implies(bit, owner.inside))
        self._require(owner, path, bit)
        return value

    def _require(self, owner: FactGroup, path: str, bit: Bit) -> None:
        """A group that states anything states what it has to."""
        prefix = f"{owner.path}." if owner.path else ""
        name = path.removeprefix(prefix)
        if name in owner.shape.required and not owner.path:
            self.limits.append(bit)
        elif name not in owner.shape.required and owner.path:
            for needed in owner.shape.required:
                self.limits.append(self.terms.implies(bit, stated(self.terms, owner.field(needed))))

    def _made(self, shape: Shape, path: str, owner: FactGroup) -> Symbol:
        terms = self.terms
        if isinstance(shape, List):
            return self._list(shape, path, owner)
        if isinstance(shape, Boolean):
            yes, no = terms.bit(f"{path} is true"), terms.bit(f"{path} is false")
            self._at_most_one([yes, no])
            return Truth(yes, no)
        if isinstance(shape, NumberShape):
            return self._number(shape, path)
        if isinstance(shape, Date):
            known, none = terms.bit(f"{path} is known"), self._none(shape, path)
            self._at_most_one([known, none])
            day = terms.whole(path)
            self.limits += [
                terms.at_most(FIRST_DAY.toordinal(), day),
                terms.at_most(day, LAST_DAY.toordinal()),
            ]
            return Moment("date", known, day, none)
        assert isinstance(shape, Text)
        none = self._none(shape, path)
        if shape.values is not None:
            options = {word: terms.bit(f"{path} is {word}") for word in shape.values}
            self._at_most_one([*options.values(), none])
            return Word(terms.either(*options.values()), options, None, none)
        known = terms.bit(f"{path} is known")
        self._at_most_one([known, none])
        return Word(known, None, terms.whole(path), none)

    def _none(self, shape: Text | Date, path: str) -> Bit:
        return self.terms.bit(f"{path} is none") if shape.may_be_none else False

    def _at_most_one(self, bits: list[Bit]) -> None:
        terms = self.terms
        for one, other in combinations([bit for bit in bits if bit is not False], 2):
            self.limits.append(terms.either(terms.opposite(one), terms.opposite(other)))

    def _number(self, shape: NumberShape, path: str) -> Number:
        terms = self.terms
        value = terms.whole_real(path) if shape.whole else terms.real(path)
        if shape.low is not None:
            self.limits.append(terms.at_most(shape.low, value))
        if shape.high is not None:
            self.limits.append(terms.at_most(value, shape.high))
        if shape.above is not None:
            self.limits.append(terms.less(shape.above, value))
        if shape.below is not None:
            self.limits.append(terms.less(value, shape.below))
        return Number(terms.bit(f"{path} is known"), value, value)

    def _list(self, shape: List, path: str, owner: FactGroup) -> Listing:
        terms = self.terms
        known = terms.bit(f"{path} is stated")
        slots: list[Slot] = []
        if isinstance(shape.item, Text) and shape.item.values is not None:
            for word in shape.item.values:
                there = terms.bit(f"{path} holds {word}")
                slots.append(Slot(constant(word), there, there))
                self.limits.append(terms.implies(there, known))
            if not shape.unique:
                self.words_once[static(path)] = None
        else:
            count = self.longer.get(static(path), self.items)
            if shape.most is not None:
                count = min(count, shape.most)
            self.bounded[static(path)] = count
            before = known
            for position in range(1, count + 1):
                item_path = f"{path}[{position}]"
                there = terms.bit(f"{item_path} is there")
                self.limits.append(terms.implies(there, before))
                slots.append(Slot(self._item(shape, item_path, there), there, there))
                before = there
            if shape.unique:
                self._all_different(shape, slots)
        if shape.fewest:
            enough = terms.either(
                *(
                    terms.both(*(slot.there for slot in chosen))
                    for chosen in combinations(slots, min(shape.fewest, len(slots)))
                )
            )
            self.limits.append(terms.implies(known, enough))
        if shape.most is not None and shape.most < len(slots):
            for chosen in combinations(slots, shape.most + 1):
                self.limits.append(terms.either(*(terms.opposite(slot.there) for slot in chosen)))
        return Listing(known, tuple(slots))

    def _item(self, shape: List, path: str, there: Bit) -> Symbol:
        if isinstance(shape.item, Group):
            group = FactGroup(self, shape.item, path, there)
            for name in shape.item.required:
                self.limits.append(self.terms.implies(there, stated(self.terms, group.field(name))))
            return group
        value = self._made(shape.item, path, FactGroup(self, Group(path, {}, {}), path, there))
        self.limits.append(self.terms.same(there, stated(self.terms, value)))
        return value

    def _all_different(self, shape: List, slots: list[Slot]) -> None:
        if isinstance(shape.item, Group | List):
            return  # two items can always differ in a fact that no rule reads, or the check says so
        for one, other in combinations(slots, 2):
            same = equal(self.terms, self.words, one.item, other.item).yes
            self.limits.append(self.terms.opposite(same))

    # what is said once all is encoded

    def text_limits(self) -> list[Bit]:
        """No free text is a word that its fact may not have."""
        terms = self.terms
        limits = []
        for shape, value in self._free_texts():
            assert value.code is not None
            for text, code in self.words.codes.items():
                if not accepts(shape, text):
                    limits.append(
                        terms.implies(value.known, terms.opposite(terms.equals(value.code, code)))
                    )
        return limits

    def _free_texts(self) -> Iterator[tuple[Text, Word]]:
        for unknown in list(self.unknowns.values()):
            if isinstance(unknown.value, Word) and unknown.value.code is not None:
                assert isinstance(unknown.shape, Text)
                yield unknown.shape, unknown.value
            elif isinstance(unknown.value, Listing) and isinstance(unknown.shape, List):
                for slot in unknown.value.slots:
                    if isinstance(slot.item, Word) and slot.item.code is not None:
                        assert isinstance(unknown.shape.item, Text)
                        yield unknown.shape.item, slot.item

    def days(self) -> list[Term]:
        """The evaluation date and the dates of all facts."""
        days = [self.today.value]
        for unknown in self.unknowns.values():
            slots = unknown.value.slots if isinstance(unknown.value, Listing) else ()
            for value in (unknown.value, *(slot.item for slot in slots)):
                if isinstance(value, Moment):
                    days.append(value.value)
        return days

    def pinned(self, facts: Mapping[str, Value]) -> list[Bit]:
        """The conditions that the case is this one: what it does not state is unknown.

        Raises CannotEncode for a case outside the space.
        """
        pins: list[Bit] = []
        for unknown in self.unknowns.values():
            found = _looked_up(facts, unknown.path)
            pins += self._pin(unknown.value, unknown.shape, found, unknown.path)
        return pins

    def _pin(self, value: Symbol, shape: Shape, found: Value, path: str) -> list[Bit]:
        terms = self.terms
        if found is None:
            return [terms.opposite(stated(terms, value))]
        if isinstance(value, Listing) and isinstance(shape, List):
            if isinstance(shape.item, Text) and shape.item.values is not None:
                return [
                    value.known,
                    *(
                        terms.same(slot.there, word in found)
                        for slot, word in zip(value.slots, shape.item.values, strict=True)
                    ),
                ]
            if len(found) > len(value.slots):
                raise CannotEncode(f"`{path}` with more than {len(value.slots)} items")
            pins = [value.known]
            for index, slot in enumerate(value.slots):
                pins.append(terms.same(slot.there, index < len(found)))
                if not isinstance(shape.item, Group) and index < len(found):
                    pins += self._pin(slot.item, shape.item, found[index], path)
            return pins
        if found is NONE:
            return [value.none]  # type: ignore[union-attr]
        return [equal(terms, self.words, value, constant(found)).yes]


def accepts(shape: Text, text: str) -> bool:
    """May a text fact have this value?"""
    if shape.values is not None:
        return text in shape.values
    return not (
        stands_for_nothing(text)
        or len(text) < shape.shortest
        or (shape.longest is not None and len(text) > shape.longest)
        or (shape.pattern is not None and not shape.pattern.search(text))
    )


def _alike(one: Shape, other: Shape) -> bool:
    return type(one) is type(other) and _type_of(one.schema) == _type_of(other.schema)


def _type_of(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {key: schema[key] for key in _OF_TYPE if key in schema}
    if "items" in schema and schema["items"].get("type") != "object":
        found["items"] = _type_of(schema["items"])
    return found


def _nothing(shape: Shape) -> Symbol:
    """The unknown of a fact that nobody reads."""
    if isinstance(shape, List):
        return Listing(False, ())
    if isinstance(shape, Boolean):
        return UNKNOWN_TRUTH
    if isinstance(shape, NumberShape):
        return Number(False, 0, 0)
    if isinstance(shape, Date):
        return Moment("date", False, 0)
    return Word(False, {})


def _looked_up(facts: Any, path: str) -> Value:
    """The value at a concrete path; Python's None where nothing is stated."""
    here: Any = facts
    for name, position in re.findall(r"([A-Za-z_]\w*)|\[(\d+)\]", path):
        if here is None:
            return None
        if name:
            here = here.get(name)
        else:
            here = here[int(position) - 1] if int(position) <= len(here) else None
    return here
