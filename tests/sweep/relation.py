"""The relational plan on DuckDB, given plain facts, answering in the shape of the oracle."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any

import ibis
import pyarrow as pa

from accordance.facts.shapes import Date, Group, List, NumberShape, Shape
from accordance.feel.values import NONE, Value
from accordance.plan.planning import plan
from accordance.strategy.model import Strategy
from accordance.sweep import answers
from accordance.sweep.columns import NONE_MARK
from accordance.sweep.relational import Relation, facts_schema


class Swept:
    """A strategy as a relational plan for one evaluation date."""

    def __init__(self, strategy: Strategy, today: dt.date) -> None:
        self.strategy = strategy
        planned = plan(strategy)
        self.schema = facts_schema(planned)
        self.connection = ibis.duckdb.connect()
        self.connection.create_table("facts", schema=self.schema)
        self.sql = Relation(planned, today).query("facts", self.connection.compiler)

    def rows(self, cases: list[dict[str, Value]]) -> list[dict[str, Any]]:
        """What the plan says of each case, in their order."""
        root = self.strategy.model.root
        given = [{answers.ROW: row, **_fields(facts, root)} for row, facts in enumerate(cases)]
        table = pa.Table.from_pylist(given, schema=self.schema.to_pyarrow())
        raw = self.connection.con
        raw.execute("delete from facts")
        raw.register("given", table)
        raw.execute("insert into facts by name select * from given")
        found = raw.execute(self.sql).to_arrow_table().to_pylist()
        return sorted(found, key=lambda row: row[answers.ROW])

    def close(self) -> None:
        self.connection.disconnect()


def _fields(facts: dict[str, Value], group: Group) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, shape in group.members.items():
        value = facts.get(name)
        if isinstance(shape, Date):
            found[name] = value if isinstance(value, dt.date) else None
            if shape.may_be_none:
                found[name + NONE_MARK] = True if value is NONE else None
        else:
            found[name] = _value(value, shape)
    return found


def _value(value: Value, shape: Shape) -> Any:
    if value is None:
        return None
    if value is NONE:
        return "none"
    if isinstance(shape, Group):
        return _fields(value, shape)
    if isinstance(shape, List):
        return [_value(item, shape.item) for item in value]
    if isinstance(value, Fraction):
        return Decimal(value.numerator) / Decimal(value.denominator)
    if isinstance(shape, NumberShape) and not shape.whole:
        return Decimal(value)
    return value
