"""The scan: of each record, is it sure that `check` would take it, and what are its facts?

A record is vouched for only where nothing about it can be read in two ways. In JSON a fact is read
as it is written, so that nothing is lost before it is looked at: `"7"` for 7, `7.9` for a whole
number, `true` for 1. It is then typed, once, and what is no value of its fact becomes null. That,
and what the database drops without a word, shows in the counts: each name of a record has a colon,
and for each colon outside texts there must be a fact that fits. Whatever is not vouched for is read
by `check` itself, which takes it or says what is wrong.

INVARIANT: the scan may doubt a good record, and never vouches for one that `check` refuses or reads
otherwise. The names of a record are never counted too low, nor its facts too high, so that two
mistakes cannot cancel each other out.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, TypeGuard

from ..facts.accepted_exceptions import EXCEPTION_FACTS
from ..facts.model import shapes
from ..facts.shapes import (
    NONE_WORDS,
    PLACEHOLDERS,
    Boolean,
    Date,
    Group,
    List,
    NumberShape,
    Shape,
    Text,
)
from ..feel.values import number_text
from .columns import NONE_MARK, Demands
from .limits import LONGEST_LIST

_BLANK: Final = (
    r"[\s\x1c-\x1f\x{0085}\x{00a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}"
    r"\x{3000}]"
)
_SAID: Final = "|".join(
    f"(?i:{re.escape(word)})" for word in sorted(PLACEHOLDERS | NONE_WORDS - {"none"})
)
_OTHER_NONE: Final = "N[oO][nN][eE]|n(?:O[nN][eE]|o(?:N[eE]|nE))"
_NOTHING: Final = (
    rf"{_BLANK}*(?:(?:{_SAID}|{_OTHER_NONE}){_BLANK}*)?|{_BLANK}+none{_BLANK}*|none{_BLANK}+"
)
"""Texts that are blank or stand for not knowing, and `none` written otherwise (RE2)."""
_NOT_PLAIN: Final = (
    # characters that are no text, and letters that become several in lower case
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
    r"|[\x{0080}-\x{009f}\x{feff}\x{fffe}\x{ffff}\x{fb00}-\x{fb06}]"
)
_ODD: Final = f"{_NOT_PLAIN}|^(?:{_NOTHING})$"
"""Free texts that `check` might not take."""

_LARGE: Final = (
    # numbers that a binary number may not hold exactly, or with an exponent
    r"[ \t\r\n]*-?(?:[0-9]{16}|[0-9]{10,15}\.|[0-9]{1,9}\.[0-9]{7}|[0-9.]+[eE])"
)
_UNUSUAL: Final = (
    # a comma before the end
    r",[ \t\r\n]*[\]}]",
    # characters by their code that are no plain text, or that have another way of writing
    r"\\(?:u(?:00[0-9]|[dD][89a-fA-F]|[fF][bBeEfF])|[bf/])",
    # the one character that is no text and that JSON allows
    r"\x7f",
)
MISFIT: Final = 1 << 40
"""What each thing that `check` would refuse adds to the score of a record: more than a record has
names."""
NUMBER_TYPE: Final = "DECIMAL(24, 6)"
NO_NUMBER: Final = -(10**17)
NO_DAY: Final = "DATE '0000-01-01'"
"""What stands in a column for a value that is none of its fact; it fits no fact."""
FIRST_DAY: Final = "DATE '0001-01-01'"


def quoted(text: str) -> str:
    """A text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def named(name: str) -> str:
    """A name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def structure(shape: Shape) -> str:
    """The structure of a record for `json_transform`. Most facts are taken as they are written, a
    text with its quotation marks. A text that is one of some words is null where it is no text or
    another one; a day is looked at closely later, and nothing without quotation marks is a day."""
    if isinstance(shape, Group):
        members = (f"{json.dumps(name)}:{structure(one)}" for name, one in shape.members.items())
        return "{" + ",".join(members) + "}"
    if isinstance(shape, List):
        return f"[{structure(shape.item)}]"
    if isinstance(shape, Date):
        return '"VARCHAR"'
    return json.dumps(_enumeration(shape)) if _is_enumerated(shape) else '"JSON"'


def _is_enumerated(shape: Shape) -> TypeGuard[Text]:
    return isinstance(shape, Text) and shape.values is not None


def _enumeration(shape: Text) -> str:
    """The type of a text that is one of some words."""
    words = [*(shape.values or ()), *(["none"] if shape.may_be_none else [])]
    return f"ENUM({', '.join(map(quoted, words))})"


def sql_type(shape: Shape) -> str:
    """The type of the column of a fact (see columns.py)."""
    if isinstance(shape, List):
        return f"{sql_type(shape.item)}[]"
    if isinstance(shape, Group):
        members = (
            f"{named(field)} {kind}"
            for name, one in shape.members.items()
            for field, kind in column_types(name, one)
        )
        return f"STRUCT({', '.join(members)})"
    if isinstance(shape, Boolean):
        return "BOOLEAN"
    if isinstance(shape, NumberShape):
        return "BIGINT" if shape.whole else NUMBER_TYPE
    return "DATE" if isinstance(shape, Date) else "VARCHAR"


def column_types(name: str, shape: Shape) -> Iterator[tuple[str, str]]:
    """The columns (or fields) of a fact, with their types."""
    yield name, sql_type(shape)
    if isinstance(shape, Date) and shape.may_be_none:
        yield name + NONE_MARK, "BOOLEAN"


def usual(root: Group, line: str) -> str:
    """Is a record written in a way that cannot be read in two?"""
    lists = (one for one in shapes(root) if isinstance(one, List))
    # A pattern that begins with one certain character is quick to look for.
    before = r"[:\[,]" if any(isinstance(one.item, NumberShape) for one in lists) else ":"
    unusual = [f"regexp_matches({line}, {quoted(one)})" for one in (before + _LARGE, *_UNUSUAL)]
    odd = f"regexp_matches({line}, {quoted(_NOT_PLAIN)})"
    return f"NOT ({_any(unusual)} OR CASE WHEN {_is_ascii(line)} THEN false ELSE {odd} END)"


def names(line: str) -> str:
    """How many names stand in a record, or more: each has one colon, and others stand in texts."""
    return _occurrences(line, ":")


# --- the facts as typed columns ---------------------------------------------------------------


def typed_columns(root: Group) -> Iterator[tuple[str, str]]:
    """The columns of facts (see columns.py) from facts as they are written: name, expression."""
    for name, member in root.members.items():
        yield from _typed(name, member, named(name), 0)


def _typed(name: str, shape: Shape, value: str, depth: int) -> Iterator[tuple[str, str]]:
    yield name, _typed_value(shape, value, depth)
    if isinstance(shape, Date) and shape.may_be_none:
        yield name + NONE_MARK, says_none(value)


def _typed_value(shape: Shape, value: str, depth: int) -> str:
    written = f"{value}::VARCHAR"
    if isinstance(shape, Boolean):
        return f"CASE WHEN {written} = 'true' THEN true WHEN {written} = 'false' THEN false END"
    if isinstance(shape, NumberShape):
        # The whole record was looked through for numerals with many digits or an exponent.
        number = f"TRY_CAST({written} AS {sql_type(shape)})"
        is_whole = f"NOT contains({written}, '.')"
        return f"CASE WHEN {is_whole} THEN {number} END" if shape.whole else number
    if isinstance(shape, Date):
        return day(value)
    if isinstance(shape, Group):
        members = (
            f"{named(name)} := {expression}"
            for member, one in shape.members.items()
            for name, expression in _typed(member, one, f"{value}.{named(member)}", depth)
        )
        return f"struct_pack({', '.join(members)})"
    if isinstance(shape, List):
        item = variable(depth)
        inner = _typed_value(shape.item, item, depth + 1)
        return f"list_transform({value}, lambda {item}: {inner})"
    if _is_enumerated(shape):
        return written
    is_text = f"{written} >= '\"' AND {written} < '#'"
    return f"CASE WHEN {is_text} THEN json_extract_string({value}, '$') END"


def day(text: str) -> str:
    """A text as a day; null where it is none."""
    # With ten characters and hyphens in these places, nothing but YYYY-MM-DD is a day.
    form = f"{text} LIKE '____-__-__' AND {text} >= '0001'"
    return f"CASE WHEN {form} THEN TRY_CAST({text} AS DATE) END"


def says_none(text: str) -> str:
    """True where a text says that there is no such day, else null."""
    return f"CASE WHEN {text} = 'none' THEN true END"


# --- what is asked of the typed columns -------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Scan:
    """What is asked of the typed columns of a record.

    `from_json` says that they were read from JSON, where a name has a colon, and where a group in
    which nothing is stated may have been something else: `"exit_plan": 5` is read like
    `"exit_plan": {}`.
    """

    root: Group
    today: dt.date
    from_json: bool = True

    def score(self) -> str:
        """MISFIT for each value, and each item of a list, that is not what `check` would take. From
        JSON also how many facts fit, groups included."""
        return _sum(list(self._scores(self.root, None, 0)))

    def is_whole(self) -> str:
        """Is every fact stated that must be, and are facts such together as `check` would take
        them? Items of lists apart."""
        conditions = [_is_stated(self.root, None, name) for name in self.root.required]
        conditions += self._conditions(self.root, None, 0)
        if "as_of" in self.root.members:
            # An evaluation before the date of the facts is refused.
            conditions.append(f"coalesce(as_of <= DATE {quoted(self.today.isoformat())}, true)")
        return _all(conditions)

    # conditions on the facts outside lists, and on those of one item

    def _conditions(self, shape: Group, row: str | None, depth: int) -> Iterator[str]:
        for name, member in shape.members.items():
            column = _within(row, name)
            if isinstance(member, Group):
                yield from self._conditions(member, column, depth)
                needed = _all([_is_stated(member, column, one) for one in member.required])
                if member.required:
                    yield f"({needed} OR {self._is_absent(member, column)})"
            elif isinstance(member, List):
                if member.fewest:
                    yield f"coalesce(len({column}) >= {member.fewest}, true)"
                if member.most is not None:
                    yield f"coalesce(len({column}) <= {member.most}, true)"
                if member.unique:
                    # An item that is null is a misfit anyway.
                    yield f"coalesce(len(list_distinct({column})) = len({column}), true)"

    def _is_absent(self, shape: Group, row: str) -> str:
        # In a row of Parquet a group may be there in which nothing is stated.
        return f"NOT {_states_something(shape, row)}" if self.from_json else f"{row} IS NULL"

    def _exception(self, shape: Group, row: str) -> Iterator[str]:
        if not set(EXCEPTION_FACTS) <= set(shape.members):
            yield "false"
            return
        for name in EXCEPTION_FACTS:
            column = _within(row, name)
            is_text = isinstance(shape.members[name], Text)
            yield f"coalesce({column} <> 'none', false)" if is_text else f"{column} IS NOT NULL"
        yield f"coalesce({row}.expires >= {row}.approved_on, false)"

    # facts that fit

    def _scores(self, shape: Group, row: str | None, depth: int) -> Iterator[str]:
        for name, member in shape.members.items():
            column = _within(row, name)
            if isinstance(member, Group):
                if self.from_json:
                    yield f"{_states_something(member, column)}::BIGINT"
                yield from self._scores(member, column, depth)
            elif isinstance(member, List):
                if self.from_json:
                    yield f"({column} IS NOT NULL)::BIGINT"
                yield self._items(member, column, depth)
            else:
                conditions = _all(list(self._conditions_of(member, column)))
                if self.from_json:
                    is_stated = _is_stated(shape, row, name)
                    yield f"({is_stated} AND {conditions})::BIGINT"
                elif conditions != "true":
                    yield f"{MISFIT} * ({column} IS NOT NULL AND NOT {conditions})::BIGINT"

    def _items(self, shape: List, value: str, depth: int) -> str:
        item = variable(depth)
        counted: list[str] = []
        if isinstance(shape.item, Group):
            conditions = [_states_something(shape.item, item)]
            conditions += [_is_stated(shape.item, item, name) for name in shape.item.required]
            conditions += self._conditions(shape.item, item, depth + 1)
            if shape.path == "exceptions":
                conditions += self._exception(shape.item, item)
            counted += self._scores(shape.item, item, depth + 1)
        elif isinstance(shape.item, List):
            # Such a list has no rule of its own here: the record is doubted.
            conditions = ["false"]
        else:
            conditions = [f"{item} IS NOT NULL", *self._conditions_of(shape.item, item)]
        inner = _sum([*counted, f"{MISFIT} * (NOT {_all(conditions)})::BIGINT"])
        # No item gives null, so the sum leaves none out.
        return f"coalesce(list_sum(list_transform({value}, lambda {item}: {inner})), 0)::BIGINT"

    def _conditions_of(self, shape: Shape, value: str) -> Iterator[str]:
        """What holds of a value in a typed column that `check` would take."""
        if isinstance(shape, NumberShape):
            if not self.from_json:
                yield f"{value} > {NO_NUMBER}"
            for sign, bound in (
                (">=", shape.low),
                ("<=", shape.high),
                (">", shape.above),
                ("<", shape.below),
            ):
                if bound is not None:
                    yield f"{value} {sign} {number_text(bound)}"
        elif isinstance(shape, Date):
            if not self.from_json:
                yield f"{value} >= {FIRST_DAY}"
        elif isinstance(shape, Text):
            yield from self._text_conditions(shape, value)

    def _text_conditions(self, shape: Text, value: str) -> Iterator[str]:
        if _is_enumerated(shape):
            if not self.from_json:
                yield f"TRY_CAST({value} AS {_enumeration(shape)}) IS NOT NULL"
            return
        yield f"NOT {self._is_odd(value)}"
        sizes = [f"length({value}) >= {shape.shortest}"] if shape.shortest > 1 else []
        if shape.longest is not None:
            sizes.append(f"length({value}) <= {shape.longest}")
        if shape.pattern is not None:
            # What a pattern of a fact model means is Python's to say.
            sizes.append("false")
        if not shape.may_be_none:
            yield from (f"{value} <> 'none'", *sizes)
        elif sizes:
            yield f"({value} = 'none' OR {_all(sizes)})"

    def _is_odd(self, value: str) -> str:
        """Might `check` not take a free text?"""
        if self.from_json:
            # The rest was looked for in the whole record.
            return f"regexp_full_match({value}, {quoted(_NOTHING)})"
        return f"regexp_matches({value}, {quoted(_ODD)})"

    def colons(self) -> str:
        """How many colons stand in the texts of a record."""
        return _sum(list(self._colons(self.root, None, 0)))

    def _colons(self, shape: Group, row: str | None, depth: int) -> Iterator[str]:
        for name, member in shape.members.items():
            yield from self._colons_of(member, _within(row, name), depth)

    def _colons_of(self, shape: Shape, value: str, depth: int) -> Iterator[str]:
        if isinstance(shape, Group):
            yield from self._colons(shape, value, depth)
        elif isinstance(shape, List):
            item = variable(depth)
            inner = list(self._colons_of(shape.item, item, depth + 1))
            if inner:
                counts = f"list_transform({value}, lambda {item}: {_sum(inner)})"
                yield f"coalesce(list_sum({counts}), 0)::BIGINT"
        elif isinstance(shape, Text) and any(":" in word for word in shape.values or ":"):
            yield f"coalesce({_occurrences(value, ':')}, 0)"

    # what the relational plan asks

    def demands(self, demands: Demands) -> Iterator[tuple[str, str]]:
        """Conditions that the relational plan asks of a record, each with its reason."""
        yield "lists", _all(list(self._lengths(self.root, None, 0)))
        numbers = [
            self._everywhere(path, partial(_is_smaller, most))
            for path, most in sorted(demands.numbers.items())
        ]
        if numbers:
            yield "numbers", _all(numbers)
        letters = [self._everywhere(path, _is_ascii) for path in sorted(demands.letters)]
        letters += list(self._exception_letters())
        if letters:
            yield "letters", _all(letters)

    def _lengths(self, shape: Group, row: str | None, depth: int) -> Iterator[str]:
        for name, member in shape.members.items():
            column = _within(row, name)
            if isinstance(member, Group):
                yield from self._lengths(member, column, depth)
            elif isinstance(member, List):
                yield f"coalesce(len({column}) <= {LONGEST_LIST}, true)"
                if isinstance(member.item, Group):
                    item = variable(depth)
                    inner = list(self._lengths(member.item, item, depth + 1))
                    if inner:
                        long = f"list_filter({column}, lambda {item}: NOT ({_all(inner)}))"
                        yield f"coalesce(len({long}) = 0, true)"

    def _everywhere(self, path: str, holds: Callable[[str], str]) -> str:
        """A condition on every value of a fact."""

        def inside(shape: Group, row: str | None, steps: list[str], depth: int) -> str:
            first, *rest = steps
            member = shape.members[first]
            column = _within(row, first)
            if isinstance(member, List):
                item = variable(depth)
                if rest:
                    assert isinstance(member.item, Group)
                    inner = inside(member.item, item, rest, depth + 1)
                else:
                    inner = f"coalesce({holds(item)}, true)"
                odd = f"list_filter({column}, lambda {item}: NOT ({inner}))"
                return f"coalesce(len({odd}) = 0, true)"
            if rest:
                assert isinstance(member, Group)
                return inside(member, column, rest, depth)
            return f"coalesce({holds(column)}, true)"

        return inside(self.root, None, path.split("."), 0)

    def _exception_letters(self) -> Iterator[str]:
        """Who may accept an exception is compared without regard to capitals."""
        exceptions = self.root.members.get("exceptions")
        if not isinstance(exceptions, List) or not isinstance(exceptions.item, Group):
            return
        parts = []
        if "approver" in exceptions.item.members:
            parts.append(self._everywhere("exceptions.approver", _is_ascii))
        if "lead_officer" in self.root.members:
            parts.append(f"coalesce({_is_ascii('lead_officer')}, true)")
        if parts:
            yield f"(coalesce(len(exceptions), 0) = 0 OR {_all(parts)})"


def variable(depth: int) -> str:
    """The name of an item within so many lists."""
    return f"e{depth}"


def _is_stated(group: Group, row: str | None, name: str) -> str:
    """Is a fact of a group, or of the record itself, stated in its typed columns?"""
    shape = group.members[name]
    if isinstance(shape, Group):
        return _states_something(shape, _within(row, name))
    columns = (column for column, _ in column_types(name, shape))
    return _any([f"{_within(row, column)} IS NOT NULL" for column in columns])


def _states_something(shape: Group, row: str) -> str:
    return _any([_is_stated(shape, row, name) for name in shape.members])


def _within(row: str | None, name: str) -> str:
    """A fact of a group, or of the record itself."""
    return named(name) if row is None else f"{row}.{named(name)}"


def _sum(parts: list[str]) -> str:
    """Numbers added two by two, so that many of them do not become a deep expression."""
    if len(parts) < 3:
        return "(" + " + ".join(parts) + ")" if parts else "0"
    half = len(parts) // 2
    return f"({_sum(parts[:half])} + {_sum(parts[half:])})"


def _occurrences(text: str, character: str) -> str:
    """How often a character of one byte stands in a text."""
    return f"(strlen({text}) - strlen(replace({text}, {quoted(character)}, '')))"


def _all(conditions: list[str]) -> str:
    return "(" + " AND ".join(conditions) + ")" if conditions else "true"


def _any(conditions: list[str]) -> str:
    return "(" + " OR ".join(conditions) + ")" if conditions else "false"


def _is_smaller(most: int, value: str) -> str:
    return f"{value} > -{most} AND {value} < {most}"


def _is_ascii(value: str) -> str:
    return f"strlen({value}) = length({value})"
