"""The file of a mapping is read, and everything that is wrong in it found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from ...problem import Code, Place, Problem, Refused
from ...source.limits import ProblemList
from ...source.quoting import listed, nearest, quoted
from ...source.reading import read_leniently
from ...source.tree import Located, Mapping, Scalar, Sequence, kind
from ..model import FactModel
from ..shapes import Date, Reading, Text, Unfit
from .cells import NONE, NOTHING_KNOWN, value_of
from .columns import Column, Steps, column_of, path_of
from .forms import DateForm, FormFault, NumberForm, date_form, number_form
from .mapping import Constant, How, RegisterMapping, Target, words_of

KEYS: Final = ("columns", "ignored", "constants", "header", "sheet", "delimiter")
HOW_KEYS: Final = ("values", "dates", "numbers", "unknown", "none")
OTHERS: Final = "others"
"""Behind `ignored`: every column that the mapping does not name."""
_COLUMNS_ADVICE: Final = (
    "write `columns:`, and below it the name of each column and the fact that it states"
)
DELIMITERS: Final = {"comma": ",", "semicolon": ";", "tab": "\t", ",": ",", ";": ";", "\t": "\t"}


def load_mapping(path: str, model: FactModel) -> RegisterMapping:
    """The mapping of a file. Raises Refused with every problem of it."""
    located, problems = read_leniently(path)
    if not isinstance(located, Mapping):
        problems.append(
            Problem(
                Code.REGISTER_MAPPING,
                f"the mapping is {kind(located)}",
                located.place,
                _COLUMNS_ADVICE,
            )
        )
        raise Refused(problems.in_order())
    reader = _Reader(located, model, problems)
    made = reader.read()
    problems.refuse_if_any()
    return made


class _Reader:
    def __init__(self, located: Mapping, model: FactModel, problems: ProblemList) -> None:
        self.located = located
        self.model = model
        self.problems = problems
        self.stated: dict[Steps, str] = {}
        self.made = RegisterMapping(located.source, located.place)

    def read(self) -> RegisterMapping:
        made, entries = self.made, self.located.entries
        self.check_keys(self.located, (*KEYS, *HOW_KEYS[1:]))
        shared = self.how(self.located, None, How())
        header = entries.get("header")
        if header is not None:
            value = header.value if isinstance(header, Scalar) else None
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                made.header = value
            else:
                self.refuse(header, "`header` is no number of a row", "count rows from 1")
        made.sheet = self.text("sheet")
        delimiter = self.text("delimiter")
        if delimiter is not None:
            made.delimiter = DELIMITERS.get(delimiter)
            if made.delimiter is None:
                self.refuse(
                    entries["delimiter"],
                    f"{quoted(delimiter)} is no delimiter",
                    "write `comma`, `semicolon` or `tab`",
                )
        self.read_ignored(entries.get("ignored"))
        self.read_constants(entries.get("constants"))
        self.read_columns(entries.get("columns"), shared)
        facts = {path_of(steps) for steps in self.stated}
        missing = [name for name in self.model.root.required if name not in facts]
        if missing and not self.problems:
            self.refuse(
                self.located,
                f"nothing states {listed(missing)}",
                "map a column to it, or state it under `constants`",
            )
        return made

    def text(self, name: str) -> str | None:
        node = self.located.entries.get(name)
        if node is None:
            return None
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return node.value
        self.refuse(node, f"`{name}` is {kind(node)}, not text", None)
        return None

    def check_keys(self, node: Mapping, known: tuple[str, ...]) -> None:
        for name in node.entries:
            if name not in known:
                meant = nearest(name, list(known))
                self.problems.append(
                    Problem(
                        Code.FIELD_UNKNOWN,
                        f"{quoted(name)} is nothing that a mapping says here",
                        node.key_place(name),
                        f"did you mean `{meant}`?" if meant else f"it says {listed(list(known))}",
                    )
                )

    def refuse(self, node: Located, message: str, help: str | None) -> None:
        self.problems.append(Problem(Code.REGISTER_MAPPING, message, node.place, help))

    # columns

    def read_columns(self, node: Located | None, shared: How) -> None:
        if not isinstance(node, Mapping):
            self.refuse(
                node or self.located,
                "the mapping names no columns",
                _COLUMNS_ADVICE,
            )
            return
        for key, entry in node.entries.items():
            name = words_of(key)
            targets: list[Target] = []
            parts = entry.items if isinstance(entry, Sequence) else [entry]
            for part in parts:
                target = self.target(part, shared)
                if target is not None and self.is_new(target.steps, part):
                    targets.append(target)
            self.made.columns[name] = targets
            self.made.column_places[name] = node.key_place(key)

    def target(self, node: Located, shared: How) -> Target | None:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            found = self.fact(node.value, node.place)
            return None if found is None else Target(found.steps, found.shape, shared)
        if not isinstance(node, Mapping):
            self.refuse(node, f"a column states {kind(node)}", "write the path of a fact")
            return None
        self.check_keys(node, ("fact", *HOW_KEYS))
        fact = node.entries.get("fact")
        if not isinstance(fact, Scalar) or not isinstance(fact.value, str):
            self.refuse(fact or node, "`fact` is missing", "write `fact:` and the path of the fact")
            return None
        found = self.fact(fact.value, fact.place)
        if found is None:
            return None
        return Target(found.steps, found.shape, self.how(node, found, shared))

    def fact(self, path: str, place: Place) -> Column | None:
        column = column_of(path, 0, self.model.root, self.model, place, mapped=True)
        if isinstance(column, Problem):
            # A mapping speaks of facts, the table of columns.
            message = column.message.replace("the column `", "`", 1)
            self.problems.append(replace(column, message=message))
            return None
        return column

    def is_new(self, steps: Steps, node: Located) -> bool:
        path = path_of(steps)
        if steps in self.stated:
            self.refuse(node, f"{quoted(path)} is stated twice", "keep one of them")
            return False
        self.stated[steps] = path
        return True

    # words and forms

    def how(self, node: Mapping, column: Column | None, shared: How) -> How:
        """The forms that a part of the mapping names, over those that hold for all columns."""
        how = shared
        if (dates := node.entries.get("dates")) is not None:
            how = replace(how, dates=tuple(self.date_forms(dates)))
        if (numbers := node.entries.get("numbers")) is not None:
            how = replace(how, numbers=self.number_form(numbers))
        if (unknown := node.entries.get("unknown")) is not None:
            how = replace(how, unknown=frozenset(self.words(unknown, "unknown")))
        if (none := node.entries.get("none")) is not None:
            how = replace(how, none=frozenset(self.words(none, "none")))
        if column is not None and (values := node.entries.get("values")) is not None:
            how = replace(how, values=self.values(values, column))
        return how

    def date_forms(self, node: Located) -> Iterator[DateForm]:
        for item in node.items if isinstance(node, Sequence) else [node]:
            if not isinstance(item, Scalar) or not isinstance(item.value, str):
                self.refuse(item, f"a form of dates is {kind(item)}", "as in `DD/MM/YYYY`")
                continue
            try:
                yield date_form(item.value)
            except FormFault as fault:
                self.refuse(item, str(fault), fault.help)

    def number_form(self, node: Located) -> NumberForm | None:
        if isinstance(node, Scalar) and node.value is not None:
            try:
                return number_form(node.text)
            except FormFault as fault:
                self.refuse(node, str(fault), fault.help)
        else:
            self.refuse(node, f"`numbers` is {kind(node)}", 'as in `numbers: "£1,234.56"`')
        return None

    def words(self, node: Located, name: str) -> Iterator[str]:
        for item in node.items if isinstance(node, Sequence) else [node]:
            if isinstance(item, Scalar) and item.value is not None:
                yield words_of(item.text).casefold()
            else:
                self.refuse(item, f"`{name}` holds {kind(item)}", "write the words of the register")

    def values(self, node: Located, column: Column) -> dict[str, Scalar | None]:
        found: dict[str, Scalar | None] = {}
        own_words = column.shape.values or () if isinstance(column.shape, Text) else ()
        if not isinstance(node, Mapping):
            self.refuse(
                node,
                f"`values` is {kind(node)}",
                "write each word of the register, a colon, and what it stands for",
            )
            return found
        for key, entry in node.entries.items():
            word = words_of(key).casefold()
            if not isinstance(entry, Scalar):
                self.refuse(entry, f"{quoted(key)} stands for {kind(entry)}", "write one value")
            elif entry.value is None or (
                entry.value == NOTHING_KNOWN and NOTHING_KNOWN not in own_words
            ):
                found[word] = None
            elif self.fits(entry, column):
                found[word] = entry
        return found

    def fits(self, cell: Scalar, column: Column) -> bool:
        """Could this value be the fact's?"""
        path = path_of(column.steps)
        if isinstance(column.shape, Text | Date) and not isinstance(cell.value, str):
            message = f"{quoted(path)} is {quoted(cell.text)}, not text"
            self.refuse(cell, message, f'write it in quotes: `"{cell.text[:40]}"`')
            return False
        node = value_of(cell, column.shape, path)
        if isinstance(node, Problem):
            self.problems.append(node)
            return False
        try:
            column.shape.take(node, path, Reading())
        except Unfit:
            words = column.shape.values if isinstance(column.shape, Text) else None
            self.refuse(
                cell,
                f"{quoted(path)} cannot be {quoted(cell.text)}",
                f"write {listed(list(words), 'or')}" if words and len(words) < 9 else None,
            )
            return False
        return True

    # what is the same everywhere, and what is left out

    def read_constants(self, node: Located | None) -> None:
        if node is None:
            return
        if not isinstance(node, Mapping):
            self.refuse(node, f"`constants` is {kind(node)}", "write `fact: value`, one a line")
            return
        for path, entry in node.entries.items():
            place = node.key_place(path)
            parts = [(path, entry)]
            if isinstance(entry, Sequence):
                parts = [(f"{path}[{n}]", item) for n, item in enumerate(entry.items, 1)]
                if not parts:
                    nothing = Scalar(NONE, NONE, True, entry.start, entry.end, entry.source)
                    parts = [(path, nothing)]
            for one_path, one in parts:
                column = self.fact(one_path, place)
                if column is None:
                    continue
                if not isinstance(one, Scalar) or one.value is None:
                    self.refuse(one, f"{quoted(one_path)} is {kind(one)}", "write one value")
                elif self.is_new(column.steps, one) and self.fits(one, column):
                    self.made.constants.append(Constant(column.steps, column.shape, one))

    def read_ignored(self, node: Located | None) -> None:
        if node is None:
            return
        if isinstance(node, Scalar) and node.value == OTHERS:
            self.made.ignores_others = True
        elif isinstance(node, Sequence) and all(isinstance(one, Scalar) for one in node.items):
            names = (one.text for one in node.items if isinstance(one, Scalar))
            self.made.ignored = frozenset(words_of(name) for name in names)
        else:
            self.refuse(
                node,
                f"`ignored` is {kind(node)}",
                f"list the names of columns, or write `{OTHERS}` for all that are not named",
            )
