"""The scan: of each record, is it sure that `check` would take it, and what are its facts?

A record is vouched for only where nothing about it can be read in two ways. Every fact is read as
text first, so that nothing is lost before it is looked at: `"7"` for 7, `7.9` for a whole number,
`1e400`. What the database drops without a word shows in the counts: each name and each quotation
mark of the record must be accounted for by a fact. Whatever is not vouched for is read by `check`
itself, which takes it or says what is wrong.

INVARIANT: the scan may doubt a good record, and never vouches for one that `check` refuses or reads
otherwise. Counts over the text of a record never come out too low, so that two mistakes cannot
cancel each other out.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

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

NOTHING_SAID: Final = tuple(sorted(PLACEHOLDERS | NONE_WORDS))
LONGEST_WORD: Final = max(map(len, NOTHING_SAID))

_BLANK: Final = (
    r"(?:[\s\x{0085}\x{00a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}"
    r"\x1c-\x1f]|\\[ntr]|\\u(?:00[aA]0|1680|200[0-9aA]|202[89fF]|205[fF]|3000))*"
)
_NOT_PLAIN: Final = (
    # characters that are no text, and letters that become several in lower case
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
    r"|[\x{0080}-\x{009f}\x{feff}\x{fffe}\x{ffff}\x{fb00}-\x{fb06}]"
)
_UNUSUAL: Final = (
    # numbers that a binary number may not hold exactly, or with an exponent
    r"[:\[,][ \t\r]*-?(?:[0-9]{16}|[0-9]{10,15}\.|[0-9]{1,9}\.[0-9]{7}|[0-9.]+[eE])"
    # a comma before the end, no number, a name apart from its colon
    r"|,[ \t\r]*[\]}]|[:\[,][ \t]*-?(?:[nN][aA][nN]|[iI][nN][fF])|[ \t\r]:"
    # a backslash before a quotation mark that may or may not be escaped, characters by their code
    r"|\\\\|\\u(?:00[0-9]|[dD][89a-fA-F]|[fF][bBeEfF])|\\[bf/]"
    rf"|{_NOT_PLAIN}"
)


def unusual(root: Group) -> str:
    """What makes a record one to be read by `check` (RE2): text that may be read in two ways, and
    blank texts and words for not knowing, which no fact may have."""
    nothing, padded = _nothing_said(root)
    quoted_ = "|".join(f'"(?:{one})"' for one in (nothing, padded))
    return f"{_UNUSUAL}|{quoted_}"


def _nothing_said(root: Group) -> tuple[str, str]:
    """Texts that are blank or stand for not knowing, and `none` between blanks."""
    own = {word for shape in shapes(root) for word in _words_of(shape)}
    words = [word for word in NOTHING_SAID if word != "none" and word not in own]
    # `none` in small letters is the value of many facts, and is looked at fact by fact.
    said = [f"(?i:{_escaped(word)})" for word in words]
    said += ["N[oO][nN][eE]", "n(?:O[nN][eE]|o(?:N[eE]|nE))"]
    nothing = f"{_BLANK}(?:(?:{'|'.join(said)}){_BLANK})?"
    padded = f"{_BLANK[:-1]}+none{_BLANK}|none{_BLANK[:-1]}+"
    return nothing, padded


def odd_text(root: Group) -> str:
    """The same for one free text by itself."""
    nothing, padded = _nothing_said(root)
    return f"{_NOT_PLAIN}|^{nothing}$|^(?:{padded})$"


def _words_of(shape: Shape) -> tuple[str, ...]:
    shape = shape.item if isinstance(shape, List) else shape
    return shape.values or () if isinstance(shape, Text) else ()


def _escaped(word: str) -> str:
    return "".join(one if one.isalnum() or one == " " else f"\\{one}" for one in word)


NUMERAL: Final = r"-?(?:[0-9]{1,15}(?:\.0)?|[0-9]{1,9}\.[0-9]{1,6})"
WHOLE: Final = r"-?[0-9]{1,15}(?:\.0)?"
NOT_QUOTED: Final = (
    r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE].*)?|true|false|null|-?(?i:nan|inf|infinity)|[\[{].*"
)
"""A text that might have been no text in the record."""
_UNQUOTED: Final = re.compile(NOT_QUOTED)
MISFIT: Final = 1 << 40
"""What an item that `check` would refuse adds to the score of a record: more than a record has
names and texts."""


def quoted(text: str) -> str:
    """A text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def named(name: str) -> str:
    """A name as an identifier of SQL."""
    return '"' + name.replace('"', '""') + '"'


def structure(shape: Shape, leaf: str = "VARCHAR") -> str:
    """The structure of a record for `json_transform`: every fact as text."""
    if isinstance(shape, Group):
        members = (f'"{name}":{structure(one, leaf)}' for name, one in shape.members.items())
        return "{" + ",".join(members) + "}"
    if isinstance(shape, List):
        return f"[{structure(shape.item, leaf)}]"
    return f'"{leaf}"'


def free_texts(shape: Shape) -> str | None:
    """The structure of a record for its free texts alone, as they stand in it, quotation marks
    included."""
    if isinstance(shape, Group):
        members = [
            f'"{name}":{inner}'
            for name, one in shape.members.items()
            if (inner := free_texts(one)) is not None
        ]
        return "{" + ",".join(members) + "}" if members else None
    if isinstance(shape, List):
        inner = free_texts(shape.item)
        return None if inner is None else f"[{inner}]"
    return '"JSON"' if _is_free(shape) else None


def _is_free(shape: Shape) -> bool:
    return isinstance(shape, Text) and shape.values is None


def _variable(depth: int) -> str:
    return f"e{depth}"


@dataclass(frozen=True, slots=True)
class Scan:
    """The expressions of the scan over the columns of a record, each fact a text.

    `from_json` says that the columns were read from JSON, where a group in which nothing is stated
    may have been something else: `"exit_plan": 5` is read like `"exit_plan": {}`.
    """

    root: Group
    today: dt.date
    from_json: bool = True

    def fits(self) -> str:
        """Is every fact what `check` would take, and none missing that is needed? Lists apart."""
        conditions = self._conditions(self.root, None, 0)
        as_of = self.root.members.get("as_of")
        if isinstance(as_of, Date):
            # An evaluation before the date of the facts is refused.
            day = quoted(self.today.isoformat())
            conditions.append(f"coalesce(as_of <= {day}, true)")
        return _all(conditions)

    def score(self) -> str:
        """How many names and texts of the record are accounted for, and MISFIT for each item of a
        list that is not what `check` would take."""
        return _sum(list(self._counts(self.root, None, 0)))

    def expected(self, line: str) -> str:
        """The score that a record has in which nothing else stands, counted in its text: each name
        and each text has two quotation marks."""
        # INVARIANT: nothing scores that has no quotation marks in the record. What stands for a
        # group or list and is none is no fit; so is a text without them, see texts_are_quoted.
        escaped = _occurrences(line, '\\"')
        escaped = f"CASE WHEN contains({line}, '\\') THEN {escaped} ELSE 0 END"
        return f"(({_occurrences(line, chr(34))} - {escaped}) // 2)"

    # conditions on the facts outside lists, and on those of one item

    def _conditions(self, shape: Group, row: str | None, depth: int) -> list[str]:
        found: list[str] = []
        for name, member in shape.members.items():
            column = named(name) if row is None else f"{row}.{named(name)}"
            if isinstance(member, Group):
                if self.from_json:
                    found.append(f"({column} IS NULL OR {_states_something(member, column)})")
                found += self._conditions(member, column, depth)
            elif isinstance(member, List):
                if member.fewest:
                    found.append(f"coalesce(len({column}) >= {member.fewest}, true)")
                if member.most is not None:
                    found.append(f"coalesce(len({column}) <= {member.most}, true)")
                if member.unique:
                    # An item that is null is a misfit anyway.
                    twins = f"len(list_distinct({column})) = len({column})"
                    found.append(f"coalesce({twins}, true)")
            else:
                fits = scalar_fits(member, column, self.from_json)
                found.append(f"({column} IS NULL OR coalesce({fits}, false))")
        for name in shape.required:
            column = named(name) if row is None else f"{row}.{named(name)}"
            there = f"{column} IS NOT NULL"
            found.append(there if row is None or depth else f"({row} IS NULL OR {there})")
        if shape.path == "exceptions":
            found += self._exception(shape, row or "")
        return found

    def _exception(self, shape: Group, row: str) -> Iterator[str]:
        if not set(EXCEPTION_FACTS) <= set(shape.members):
            yield "false"
            return
        for name in EXCEPTION_FACTS:
            yield f"coalesce({row}.{named(name)} <> 'none', false)"
        yield f"coalesce({row}.expires >= {row}.approved_on, false)"

    # what has quotation marks

    def _counts(self, shape: Group, row: str | None, depth: int) -> Iterator[str]:
        for name, member in shape.members.items():
            column = named(name) if row is None else f"{row}.{named(name)}"
            weight = 2 if isinstance(member, Text | Date) else 1
            there = f"({column} IS NOT NULL)::BIGINT"
            yield there if weight == 1 else f"{weight} * {there}"
            if isinstance(member, Group):
                yield from self._counts(member, column, depth)
            elif isinstance(member, List):
                yield self._items(member, column, depth)

    def _items(self, shape: List, value: str, depth: int) -> str:
        item = _variable(depth)
        there = f"{item} IS NOT NULL"
        if isinstance(shape.item, Group):
            conditions = [there, *self._conditions(shape.item, item, depth + 1)]
            if self.from_json:
                conditions.append(_states_something(shape.item, item))
            counted = list(self._counts(shape.item, item, depth + 1))
        elif isinstance(shape.item, List):
            # Such a list has no rule of its own here: the record is doubted.
            conditions, counted = ["false"], []
        else:
            conditions = [f"coalesce({scalar_fits(shape.item, item, self.from_json)}, false)"]
            counted = ["1"] if isinstance(shape.item, Text | Date) else []
        inner = _sum([*counted, f"{MISFIT} * (NOT {_all(conditions)})::BIGINT"])
        # No item gives null, so the sum leaves none out.
        return f"coalesce(list_sum(list_transform({value}, lambda {item}: {inner})), 0)::BIGINT"

    def might_be_no_texts(self) -> str:
        """Does a free text look like something that is written without quotation marks?"""
        return _any(list(self._free(self.root, None, 0, _looks_unquoted)))

    def no_text(self, odd: Callable[[str], str]) -> str:
        """Is there no free text of which `odd` holds?"""
        return f"NOT {_any(list(self._free(self.root, None, 0, odd)))}"

    def texts_are_quoted(self, row: str) -> str:
        """Does every free text of `row`, which holds them as they stand in the record, begin with a
        quotation mark?"""
        unquoted = self._free(self.root, row, 0, lambda value: f"left({value}::VARCHAR, 1) <> '\"'")
        return f"NOT {_any(list(unquoted))}"

    def _free(self, shape: Group, row: str | None, depth: int, odd: object) -> Iterator[str]:
        assert callable(odd)
        for name, member in shape.members.items():
            column = named(name) if row is None else f"{row}.{named(name)}"
            if isinstance(member, Group):
                yield from self._free(member, column, depth, odd)
            elif isinstance(member, List):
                item = _variable(depth)
                if isinstance(member.item, Group):
                    inner = _any(list(self._free(member.item, item, depth + 1, odd)))
                elif _is_free(member.item):
                    inner = f"coalesce({odd(item)}, false)"
                else:
                    continue
                if inner != "false":
                    yield f"coalesce(len(list_filter({column}, lambda {item}: {inner})) > 0, false)"
            elif _is_free(member):
                yield f"coalesce({odd(column)}, false)"

    def demands(self, demands: Demands) -> Iterator[tuple[str, str]]:
        """Conditions that the relational plan asks of a record, each with its reason."""
        yield "lists", _all(list(self._lengths(self.root, None, 0)))
        numbers = [
            self._everywhere(path, lambda value, most=most: _is_smaller(value, most))
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
            column = named(name) if row is None else f"{row}.{named(name)}"
            if isinstance(member, Group):
                yield from self._lengths(member, column, depth)
            elif isinstance(member, List):
                yield f"coalesce(len({column}) <= {LONGEST_LIST}, true)"
                if isinstance(member.item, Group):
                    item = _variable(depth)
                    inner = list(self._lengths(member.item, item, depth + 1))
                    if inner:
                        long = f"list_filter({column}, lambda {item}: NOT ({_all(inner)}))"
                        yield f"coalesce(len({long}) = 0, true)"

    def _everywhere(self, path: str, holds: object) -> str:
        """A condition on every value of a fact."""
        assert callable(holds)

        def inside(shape: Group, row: str | None, steps: list[str], depth: int) -> str:
            first, *rest = steps
            member = shape.members[first]
            column = named(first) if row is None else f"{row}.{named(first)}"
            if isinstance(member, List):
                item = _variable(depth)
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


def _states_something(shape: Group, value: str) -> str:
    return _any([f"{value}.{named(name)} IS NOT NULL" for name in shape.members])


def _sum(parts: list[str]) -> str:
    return "(" + " + ".join(parts) + ")" if parts else "0"


def _occurrences(line: str, part: str) -> str:
    """How often a text stands in another, in bytes."""
    without = f"replace({line}, {quoted(part)}, '')"
    size = len(part.encode())
    count = f"(strlen({line}) - strlen({without}))"
    return count if size == 1 else f"({count} // {size})"


def _all(conditions: list[str]) -> str:
    return "(" + " AND ".join(conditions) + ")" if conditions else "true"


def _any(conditions: list[str]) -> str:
    return "(" + " OR ".join(conditions) + ")" if conditions else "false"


def _is_ascii(value: str) -> str:
    return f"strlen({value}) = length({value})"


def _is_smaller(value: str, most: int) -> str:
    return f"abs(TRY_CAST({value} AS DOUBLE)) < {most}"


def _looks_unquoted(value: str) -> str:
    return f"regexp_full_match({value}, {quoted(NOT_QUOTED)})"


def scalar_fits(shape: Shape, value: str, from_json: bool = True) -> str:
    """Is a text the value of a fact, as `check` would read it? Null where there is none."""
    if isinstance(shape, Boolean):
        return f"({value} = 'true' OR {value} = 'false')"
    if isinstance(shape, NumberShape):
        return _number_fits(shape, value, from_json)
    if isinstance(shape, Date):
        return _date_fits(shape, value)
    assert isinstance(shape, Text)
    if shape.values is not None:
        words = [*shape.values, *(["none"] if shape.may_be_none else [])]
        # A word that looks like something else may have had no quotation marks.
        return _among(value, [word for word in words if not _UNQUOTED.fullmatch(word)])
    return _text_fits(shape, value)


def _number_fits(shape: NumberShape, value: str, from_json: bool) -> str:
    number = f"TRY_CAST({value} AS DECIMAL(24, 6))"
    if from_json:
        # What is no text in JSON is a numeral there, and the whole record was looked through for
        # those with many digits or an exponent.
        parts = [f"NOT contains({value}, '.')"] if shape.whole else []
        parts.append(f"{number} IS NOT NULL")
    else:
        parts = [f"regexp_full_match({value}, {quoted(WHOLE if shape.whole else NUMERAL)})"]
    for sign, bound in (
        (">=", shape.low),
        ("<=", shape.high),
        (">", shape.above),
        ("<", shape.below),
    ):
        if bound is not None:
            parts.append(f"{number} {sign} {number_text(bound)}")
    return _all(parts)


def _date_fits(shape: Date, value: str) -> str:
    # With ten characters and hyphens in these places, nothing but YYYY-MM-DD is a day.
    fits = (
        f"({value} LIKE '____-__-__' AND {value} >= '0001'"
        f" AND TRY_CAST({value} AS DATE) IS NOT NULL)"
    )
    return f"({value} = 'none' OR {fits})" if shape.may_be_none else fits


def _text_fits(shape: Text, value: str) -> str:
    """A free text; blanks and words for not knowing were looked for in the whole record."""
    parts = [f"length({value}) >= {shape.shortest}"] if shape.shortest > 1 else []
    if shape.longest is not None:
        parts.append(f"length({value}) <= {shape.longest}")
    if shape.pattern is not None:
        # What a pattern of a fact model means is Python's to say.
        parts.append("false")
    if not shape.may_be_none:
        parts.append(f"{value} <> 'none'")
    elif parts:
        return f"({value} = 'none' OR {_all(parts)})"
    return _all(parts) if parts else f"{value} IS NOT NULL"


def _among(value: str, words: Iterable[str]) -> str:
    """Is a text that is not null one of some words?"""
    listed = ", ".join(quoted(word) for word in words)
    return f"({value} IN ({listed}))" if listed else "false"


# --- the facts as typed columns ---------------------------------------------------------------


def typed_columns(root: Group) -> Iterator[tuple[str, str]]:
    """The columns of facts (see columns.py) from texts that were vouched for: name, expression."""
    for name, member in root.members.items():
        yield from _typed(name, member, named(name), 0)


def _typed(name: str, shape: Shape, value: str, depth: int) -> Iterator[tuple[str, str]]:
    yield name, _typed_value(shape, value, depth)
    if isinstance(shape, Date) and shape.may_be_none:
        yield name + NONE_MARK, f"CASE WHEN {value} = 'none' THEN true END"


def _typed_value(shape: Shape, value: str, depth: int) -> str:
    if isinstance(shape, Boolean):
        return f"({value} = 'true')"
    if isinstance(shape, NumberShape):
        kind = "BIGINT" if shape.whole else "DECIMAL(24, 6)"
        return f"TRY_CAST({value} AS {kind})"
    if isinstance(shape, Date):
        return f"TRY_CAST({value} AS DATE)"
    if isinstance(shape, Group):
        members = (
            f"{named(name)} := {expression}"
            for member, one in shape.members.items()
            for name, expression in _typed(member, one, f"{value}.{named(member)}", depth)
        )
        return f"struct_pack({', '.join(members)})"
    if isinstance(shape, List):
        if not isinstance(shape.item, Group) and isinstance(shape.item, Text):
            return value
        item = _variable(depth)
        inner = _typed_value(shape.item, item, depth + 1)
        return f"list_transform({value}, lambda {item}: {inner})"
    return value
