"""The facts of rows of Parquet as typed columns (see columns.py), in SQL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyarrow as pa

from ..facts.shapes import Boolean, Date, Group, List, NumberShape, Shape, Text
from .columns import NONE_MARK
from .parquet import Layout, RowsLayout, is_list
from .scanning import (
    FIRST_DAY,
    NO_DAY,
    NO_NUMBER,
    column_types,
    day,
    named,
    quoted,
    says_none,
    sql_type,
    variable,
)

NUMERAL: Final = r"-?(?:[0-9]{1,15}(?:\.0)?|[0-9]{1,9}\.[0-9]{1,6})"
WHOLE: Final = r"-?[0-9]{1,15}(?:\.0)?"
LARGEST: Final = 10**15 - 1
"""A whole number that a binary number holds, as it holds every smaller one."""
LAST_DAY: Final = "DATE '9999-12-31'"


class TypedColumns:
    """SQL for the facts of rows; `doubts` are conditions without which a row is not what it
    seems."""

    def __init__(self, layout: RowsLayout) -> None:
        self._schema = layout.schema
        self._columns = layout.columns
        self.doubts: list[str] = []

    def selected(self, root: Group) -> Iterator[tuple[str, str]]:
        """The columns of a record: name, expression."""
        for name, shape in root.members.items():
            yield from self._facts(name, shape, self._columns.get(name))

    def _facts(
        self, name: str, shape: Shape, column: int | Layout | None
    ) -> Iterator[tuple[str, str]]:
        if isinstance(column, dict):
            assert isinstance(shape, Group)
            members = (
                f"{named(field)} := {expression}"
                for member, one in shape.members.items()
                for field, expression in self._facts(member, one, column.get(member))
            )
            stated = " OR ".join(f"c{at} IS NOT NULL" for at in _leaves(column))
            yield name, f"CASE WHEN {stated} THEN struct_pack({', '.join(members)}) END"
        elif column is None:
            yield from _nothing(name, shape)
        else:
            field = self._schema.field(column)
            if _is_read_as(field.type, shape):
                yield from _typed(name, shape, field.type, field.name, 0)
            else:
                self.doubts.append(f"{field.name} IS NULL")
                yield from _nothing(name, shape)


def _leaves(layout: Layout) -> Iterator[int]:
    for column in layout.values():
        if isinstance(column, dict):
            yield from _leaves(column)
        else:
            yield column


def _is_read_as(kind: pa.DataType, shape: Shape) -> bool:
    """Are values of a type values of a fact, as they stand in JSON?"""
    types = pa.types
    if isinstance(shape, List):
        return is_list(kind) and _is_read_as(kind.value_type, shape.item)
    if isinstance(shape, Group):
        return bool(types.is_struct(kind)) and all(
            _is_read_as(kind.field(at).type, shape.members[kind.field(at).name])
            for at in range(kind.num_fields)
        )
    text = types.is_string(kind) or types.is_large_string(kind)
    if isinstance(shape, Boolean):
        return bool(types.is_boolean(kind))
    if isinstance(shape, NumberShape):
        return bool(types.is_integer(kind) or types.is_float64(kind) or types.is_decimal(kind))
    if isinstance(shape, Date):
        return bool(types.is_date32(kind) or text)
    return isinstance(shape, Text) and bool(text)


def _nothing(name: str, shape: Shape) -> Iterator[tuple[str, str]]:
    for column, kind in column_types(name, shape):
        yield column, f"NULL::{kind}"


def _typed(
    name: str, shape: Shape, kind: pa.DataType, value: str, depth: int
) -> Iterator[tuple[str, str]]:
    """The columns of a fact: name, expression."""
    yield name, _typed_value(shape, kind, value, depth)
    if isinstance(shape, Date) and shape.may_be_none:
        is_day = pa.types.is_date32(kind)
        yield name + NONE_MARK, "NULL::BOOLEAN" if is_day else says_none(value)


def _typed_value(shape: Shape, kind: pa.DataType, value: str, depth: int) -> str:
    if isinstance(shape, List):
        item = variable(depth)
        inner = _typed_value(shape.item, kind.value_type, item, depth + 1)
        return value if inner == item else f"list_transform({value}, lambda {item}: {inner})"
    if isinstance(shape, Group):
        there = {kind.field(at).name: kind.field(at).type for at in range(kind.num_fields)}
        members = (
            f"{named(field)} := {expression}"
            for name, one in shape.members.items()
            for field, expression in (
                _typed(name, one, there[name], f"{value}.{named(name)}", depth)
                if name in there
                else _nothing(name, one)
            )
        )
        made = f"struct_pack({', '.join(members)})"
        # A group that lacks what is required is something else than no group.
        return f"CASE WHEN {value} IS NOT NULL THEN {made} END" if shape.required else made
    if isinstance(shape, NumberShape):
        return _number(shape, pa.types.is_integer(kind), value)
    if isinstance(shape, Date):
        if pa.types.is_date32(kind):
            fits = f"{value} BETWEEN {FIRST_DAY} AND {LAST_DAY}"
            return f"CASE WHEN {fits} THEN {value} WHEN {value} IS NOT NULL THEN {NO_DAY} END"
        no_day = f"CASE WHEN {value} <> 'none' THEN {NO_DAY} END" if shape.may_be_none else NO_DAY
        return f"CASE WHEN {value} IS NOT NULL THEN coalesce({day(value)}, {no_day}) END"
    return value


def _number(shape: NumberShape, is_whole: bool, value: str) -> str:
    if is_whole:
        fits = f"{value} BETWEEN -{LARGEST} AND {LARGEST}"
        number = f"TRY_CAST({value} AS {sql_type(shape)})"
    else:
        # A binary number is the decimal number that it is written as.
        numeral = quoted(WHOLE if shape.whole else NUMERAL)
        fits = f"regexp_full_match({value}::VARCHAR, {numeral})"
        number = f"TRY_CAST({value}::VARCHAR AS {sql_type(shape)})"
    return f"CASE WHEN {fits} THEN {number} WHEN {value} IS NOT NULL THEN {NO_NUMBER} END"
