"""Facts as tables: what `reading` reads back as the same facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, TypeAlias

from ...feel.values import NONE, Number, Value, number_text
from ...problem import Code, Place, Problem, Refused
from ...source.faults import character_fault
from ...source.quoting import quoted
from ..model import FactModel
from ..shapes import Group, List, Shape, Text
from .cells import NONE as NONE_WORD
from .cells import NOTHING_KNOWN, SEPARATOR, defused
from .columns import MAX_POSITION
from .layout import ID

Cell: TypeAlias = str | bool | Number | dt.date
"""What stands in a cell; text is the text itself, not yet defused."""

MAIN: Final = ""
"""The key of the table of cases among the tables of lists."""
BYTE_ORDER_MARK: Final = "\ufeff"
"""Begins a CSV file, so that Excel takes it for UTF-8."""
_NEEDS_QUOTES: Final = frozenset('",;\t\r\n')


@dataclass(slots=True)
class Sheet:
    """The names of the columns, and what stands in them, row by row."""

    columns: list[str]
    rows: list[dict[str, Cell]]


def one_table(cases: Sequence[dict[str, Value]], model: FactModel) -> Sheet:
    """Cases as one table: the items of lists stand in numbered columns. Raises Refused."""
    columns = list(_columns(model.root, cases, ""))
    return Sheet(columns, [dict(_cells(model.root, facts, "")) for facts in cases])


def linked_tables(cases: Sequence[dict[str, Value]], model: FactModel) -> dict[str, Sheet]:
    """Cases as tables linked by id: one of the cases (MAIN), one for the items of each list that
    is stated, by its path."""
    found: dict[str, list[_Part]] = {MAIN: []}
    groups: dict[str, Group] = {MAIN: model.root}
    for facts in cases:
        _part(model.root, MAIN, _Part({}, facts), {ID: facts[ID]}, found, groups)
    tables = {}
    for path in (MAIN, *(fact for fact in model.facts if fact in found)):
        links = list(found[path][0].links) if found[path] else []
        columns = _columns(groups[path], [part.facts for part in found[path]], "", True)
        tables[path] = Sheet(
            [*links, *columns],
            [part.links | dict(_cells(groups[path], part.facts, "", True)) for part in found[path]],
        )
    return tables


def csv_text(sheet: Sheet, delimiter: str = ",") -> str:
    """A table as CSV. Raises Refused where a text cannot stand in such a file."""
    lines = [delimiter.join(_quoted(name) for name in sheet.columns)]
    for row in sheet.rows:
        cells = (row.get(name) for name in sheet.columns)
        lines.append(delimiter.join("" if cell is None else _written(cell) for cell in cells))
    return BYTE_ORDER_MARK + "\n".join(lines) + "\n"


def cell_text(cell: Cell) -> str:
    """A cell as text: `yes` and `no`, a date as YYYY-MM-DD, a number in plain digits."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | Fraction):
        return number_text(cell)
    return cell if isinstance(cell, str) else cell.isoformat()


def _written(cell: Cell) -> str:
    return _quoted(defused(cell)) if isinstance(cell, str) else cell_text(cell)


def _quoted(text: str) -> str:
    if BYTE_ORDER_MARK in text or character_fault(text, Place("")):
        raise Refused(
            Problem(Code.CELL, f"the text {quoted(text)} cannot stand in a CSV file", None)
        )
    if _NEEDS_QUOTES.isdisjoint(text) and text == text.strip():
        return text
    return '"' + text.replace('"', '""') + '"'


def fits_one_cell(shape: List) -> bool:
    """Can the values of a list always stand in one cell? A list of free text cannot."""
    words = shape.item.values if isinstance(shape.item, Text) else None
    return words is not None and NONE_WORD not in words and not any(SEPARATOR in w for w in words)


# one table


def _columns(
    group: Group, found: Sequence[dict[str, Value]], prefix: str, apart: bool = False
) -> Iterator[str]:
    """The columns that the facts of a group need, over all cases, in the order of the model.

    Where lists of groups have tables `apart`, the column of a list only says that it is empty.
    """
    for name, shape in group.members.items():
        stated = [facts[name] for facts in found if name in facts]
        if not stated:
            continue
        path = prefix + name
        if isinstance(shape, Group):
            yield from _columns(shape, stated, f"{path}.", apart)
        elif not isinstance(shape, List):
            yield path
        else:
            one_cell = apart and fits_one_cell(shape)
            if one_cell or any(not items for items in stated):
                yield path
            if one_cell or (apart and isinstance(shape.item, Group)):
                continue
            for position in range(max(map(len, stated))):
                item_path = f"{path}[{position + 1}]"
                if position >= MAX_POSITION:
                    raise Refused(
                        Problem(
                            Code.COLUMN,
                            f"{quoted(path)} has more than {MAX_POSITION:,} items, too many for "
                            "columns",
                            help="write a workbook instead",
                        )
                    )
                items = [one[position] for one in stated if len(one) > position]
                if isinstance(shape.item, Group):
                    if any(not item for item in items):
                        yield item_path
                    yield from _columns(shape.item, items, f"{item_path}.")
                else:
                    yield item_path


def _cells(
    group: Group, facts: dict[str, Value], prefix: str, apart: bool = False
) -> Iterator[tuple[str, Cell]]:
    for name, shape in group.members.items():
        if name not in facts:
            continue
        value, path = facts[name], prefix + name
        if isinstance(shape, Group):
            yield from _cells(shape, value, f"{path}.", apart)
        elif not isinstance(shape, List):
            yield path, _cell(value)
        elif not value:
            yield path, NONE_WORD
        elif apart and fits_one_cell(shape):
            yield path, f"{SEPARATOR} ".join(value)
        elif not (apart and isinstance(shape.item, Group)):
            yield from _items(shape.item, value, path)


def _items(item: Shape, values: Iterable[Value], path: str) -> Iterator[tuple[str, Cell]]:
    for position, value in enumerate(values, 1):
        item_path = f"{path}[{position}]"
        if not isinstance(item, Group):
            yield item_path, _cell(value)
        elif value:
            yield from _cells(item, value, f"{item_path}.")
        else:
            yield item_path, NOTHING_KNOWN


def _cell(value: Value) -> Cell:
    if value is NONE:
        return NONE_WORD
    cell: Any = value
    assert isinstance(cell, str | bool | int | Fraction | dt.date)
    return cell


# linked tables


@dataclass(frozen=True, slots=True)
class _Part:
    """A case, or an item of a list with the columns that say where it belongs."""

    links: dict[str, Cell]
    facts: dict[str, Value]


def _part(
    group: Group,
    table: str,
    part: _Part,
    below: dict[str, Cell],
    found: dict[str, list[_Part]],
    groups: dict[str, Group],
) -> None:
    """Takes a case or an item to its table, and the items of its lists, which `below` links to
    it, to theirs."""
    groups[table] = group
    found.setdefault(table, []).append(part)
    for path, item, values in _lists(group, part.facts, table):
        for position, value in enumerate(values, 1):
            deeper = below | {f"{path}[n]": position}
            _part(item, path, _Part(below, value), deeper, found, groups)


def _lists(
    group: Group, facts: dict[str, Value], prefix: str
) -> Iterator[tuple[str, Group, list[dict[str, Value]]]]:
    """The lists of groups that are stated: path, what an item is, the items."""
    for name, shape in group.members.items():
        path = f"{prefix}.{name}" if prefix else name
        if name not in facts:
            continue
        if isinstance(shape, Group):
            yield from _lists(shape, facts[name], path)
        elif isinstance(shape, List) and isinstance(shape.item, Group):
            yield path, shape.item, facts[name]
