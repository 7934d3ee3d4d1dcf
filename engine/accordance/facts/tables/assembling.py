"""Tables become the located facts of cases: a row is a case, or an item of one of its lists.

What is wrong with a row stays with the row, so that an import can refuse it and go on; what is
wrong with a table as a whole (a column that is no fact) refuses the table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping as Mappings
from dataclasses import dataclass, field
from typing import Any

from ...problem import Code, Place, Problem, Refused
from ...source.joined import JoinedSource
from ...source.quoting import listed, nearest, quoted
from ...source.table import Row, Table
from ...source.tree import Mapping, Scalar, Sequence
from ..model import FactModel
from ..shapes import Group, List, Shape
from .cells import plain_text
from .columns import Column
from .layout import ID, Layout, columns_of, header_of
from .placing import Placer, Stated, close_lists


@dataclass(slots=True)
class Assembled:
    """The cases of a table, and the rows of its lists that belong to none of them."""

    stated: list[Stated]
    strays: list[Problem] = field(default_factory=list)


def assemble(
    table: Table,
    layout: Layout,
    header: int,
    model: FactModel,
    lists: Mappings[str, Table] | None = None,
    joined: JoinedSource | None = None,
) -> Assembled:
    """The cases of a table whose column names stand in the row `header`. `lists` are tables of
    the items of lists, by the list's path; `joined` holds the sources of shared facts already.

    Raises Refused for what is wrong with a table as a whole.
    """
    made = _Assembly(table, model, joined or JoinedSource(table.source.name))
    made.read_cases(layout, header)
    for path in sorted(lists or {}, key=lambda path: (path.count("."), path)):
        assert lists is not None
        made.read_list(path, lists[path])
    return made.result()


class _Assembly:
    def __init__(self, table: Table, model: FactModel, joined: JoinedSource) -> None:
        self.table = table
        self.model = model
        self.joined = joined
        self.placer = Placer(joined)
        self.stated: list[Stated] = []
        self.strays: list[Problem] = []
        self.by_id: dict[str, Stated] = {}
        # lists whose items come from tables of their own, by the group that holds them
        self.from_tables: set[tuple[int, str]] = set()

    def result(self) -> Assembled:
        for one in self.stated:
            close_lists(one.tree, "", one)
        return Assembled(self.stated, self.strays)

    # cases

    def read_cases(self, layout: Layout, header: int) -> None:
        table = self.table
        start = self.joined.add(table.source)
        named = set(table.rows[header].cells)
        for row in table.rows[header + 1 :]:
            tree = Mapping({}, {}, row.start + start, row.start + start, self.joined)
            one = Stated(None, tree, table.source.place(row.start))
            for steps, shape, cell in layout.shared:
                # INVARIANT: the source of shared facts is joined already, and they point into it.
                self.placer.put(one, one.tree, steps, cell, shape, 0)
            for column in layout.columns:
                found = row.cells.get(column.number)
                if found is not None:
                    self.put_cell(one, column, found, start, table)
            self.refuse_nameless(one, row, named, table)
            self.stated.append(one)
            self.note_id(one)
        counts = Counter(one.id for one in self.stated if one.id is not None)
        for one in self.stated:
            if one.id is None:
                one.problems.append(
                    Problem(Code.ROW, "the row has no `id`", one.place, "give each case its own")
                )
            elif counts[one.id] > 1:
                # Which of them is meant is not for a program to choose.
                one.problems.append(
                    Problem(
                        Code.DUPLICATE_ID,
                        f"{counts[one.id]} rows have the id {quoted(one.id)}",
                        one.place,
                        "give each partnership one row",
                    )
                )

    def note_id(self, one: Stated) -> None:
        node = one.tree.entries.get(ID)
        if isinstance(node, Scalar) and isinstance(node.value, str):
            one.id = node.value
            self.by_id.setdefault(one.id, one)

    def refuse_nameless(self, one: Stated, row: Row, named: set[int], table: Table) -> None:
        for number, cell in row.cells.items():
            if number not in named:
                one.problems.append(
                    Problem(
                        Code.COLUMN,
                        f"{quoted(cell.text)} stands in a column without a name",
                        cell.place,
                        "name the column after its fact",
                    )
                )

    def put_cell(self, one: Stated, column: Column, cell: Scalar, start: int, table: Table) -> None:
        fault = table.faults.get(cell.start)
        if fault is not None:
            one.problems.append(fault)
            return
        if column.convert is not None:
            converted = column.convert(cell, column.shape)
            if isinstance(converted, Problem):
                one.problems.append(converted)
                return
            if converted is None:
                return
            cell = converted
        self.placer.put(one, one.tree, column.steps, cell, column.shape, start)

    # lists

    def read_list(self, path: str, table: Table) -> None:
        above = [one for one in _prefixes(path) if one in self.model.lists]
        known = [ID, *(f"{one}[n]" for one in above)]
        header_at = header_of(table)
        header = table.rows[header_at]
        links = {cell.text.strip(): number for number, cell in header.cells.items()}
        missing = [name for name in known if name not in links]
        if missing:
            raise Refused(
                Problem(
                    Code.COLUMN,
                    f"the table has no column {listed(missing)}",
                    table.place,
                    "it says which item of the list above a row belongs to, counted from 1",
                )
            )
        item = _shape_at(self.model, path).item
        assert isinstance(item, Group)
        columns = columns_of(table, header, item, self.model, known)
        named = set(header.cells)
        start = self.joined.add(table.source)
        for row in table.rows[header_at + 1 :]:
            place = table.source.place(row.start)
            one = self.owner(row, links[ID], place)
            if one is None:
                continue
            self.refuse_nameless(one, row, named, table)
            holder = self.holder(one, path, above, row, links, place)
            if holder is None:
                continue
            group, prefix, name = holder
            made = Mapping({}, {}, row.start + start, row.start + start, self.joined)
            items = group.entries.get(name)
            key = (id(group), name)
            if items is None:
                items = group.entries[name] = Sequence([], made.start, made.end, self.joined)
                group.key_starts[name] = made.start
                self.from_tables.add(key)
            if not isinstance(items, Sequence) or key not in self.from_tables:
                one.problems.append(
                    Problem(
                        Code.ROW,
                        f"{quoted(prefix + name)} is stated here and in the table of cases",
                        place,
                        "keep one of them",
                    )
                )
                continue
            items.items.append(made)
            item_prefix = f"{prefix}{name}[{len(items.items)}]."
            for column in columns:
                cell = row.cells.get(column.number)
                if cell is None:
                    continue
                fault = table.faults.get(cell.start)
                if fault is not None:
                    one.problems.append(fault)
                    continue
                self.placer.put(one, made, column.steps, cell, column.shape, start, item_prefix)

    def owner(self, row: Row, column: int, place: Place) -> Stated | None:
        cell = row.cells.get(column)
        name = plain_text(cell.text) if cell is not None else ""
        one = self.by_id.get(name) or self.by_id.get(name.strip())
        if one is None:
            near = nearest(name, list(self.by_id)) if name else None
            self.strays.append(
                Problem(
                    Code.ROW,
                    f"no case has the id {quoted(name)}" if name else "the row has no `id`",
                    place if cell is None else cell.place,
                    f"did you mean {quoted(near)}?" if near else "name the case that it belongs to",
                )
            )
        return one

    def holder(
        self,
        one: Stated,
        path: str,
        above: list[str],
        row: Row,
        links: dict[str, int],
        place: Place,
    ) -> tuple[Mapping, str, str] | None:
        """The group that holds the list, its concrete path with a dot, and the list's name."""
        group = one.tree
        concrete = ""
        done = 0
        for list_path in above:
            group, concrete = _down(group, list_path.split(".")[done:-1], concrete, self.joined)
            name = list_path.rpartition(".")[2]
            done = list_path.count(".") + 1
            items = group.entries.get(name)
            cell = row.cells.get(links[f"{list_path}[n]"])
            number = _position(cell)
            found = items.items if isinstance(items, Sequence) else []
            if number is None or number > len(found) or not isinstance(found[number - 1], Mapping):
                said = quoted(cell.text) if cell is not None else "nothing"
                one.problems.append(
                    Problem(
                        Code.ROW,
                        f"the item of {quoted(concrete + name)} is said to be {said}, "
                        f"and there are {len(found)}",
                        place if cell is None else cell.place,
                        "write the number of the item, counted from 1",
                    )
                )
                return None
            into: Any = found[number - 1]
            group = into
            concrete = f"{concrete}{name}[{number}]."
        group, concrete = _down(group, path.split(".")[done:-1], concrete, self.joined)
        return group, concrete, path.rpartition(".")[2]


def _prefixes(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]


def _shape_at(model: FactModel, path: str) -> List:
    shape: Shape = model.root
    for step in path.split("."):
        if isinstance(shape, List):
            shape = shape.item
        assert isinstance(shape, Group)
        shape = shape.members[step]
    assert isinstance(shape, List)
    return shape


def _position(cell: Scalar | None) -> int | None:
    if cell is None:
        return None
    text = cell.text.strip()
    return int(text) if text.isascii() and text.isdecimal() and 0 < len(text) < 7 else None


def _down(
    group: Mapping, names: list[str], concrete: str, joined: JoinedSource
) -> tuple[Mapping, str]:
    for name in names:
        entry = group.entries.get(name)
        if not isinstance(entry, Mapping):
            entry = Mapping({}, {}, group.start, group.end, joined)
            group.entries[name] = entry
            group.key_starts[name] = group.start
        group = entry
        concrete += f"{name}."
    return group, concrete
