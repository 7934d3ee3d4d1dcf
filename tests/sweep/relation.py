"""The relational plan on DuckDB, given plain facts, answering in the shape of the oracle."""

from __future__ import annotations

import copy
import datetime as dt
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

import ibis
import pyarrow as pa

from accordance.facts.case import Case
from accordance.facts.shapes import Date, Group, List, NumberShape, Shape
from accordance.feel.values import NONE, Value
from accordance.plan.planning import plan
from accordance.strategy.model import Strategy
from accordance.sweep import answers
from accordance.sweep.columns import NONE_MARK
from accordance.sweep.dialects import DuckDB
from accordance.sweep.relational import Relation, facts_schema


class Facts:
    """The facts of cases in the columns that a strategy reads."""

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self.schema = facts_schema(plan(strategy))
        self.connection = ibis.duckdb.connect()
        self.connection.create_table("facts", schema=self.schema)

    def answers(self, sql: str, cases: list[dict[str, Value]]) -> list[dict[str, Any]]:
        """The rows of a query, one for each case and in their order."""
        table = rows_of(self.strategy, cases)
        raw = self.connection.con
        raw.execute("delete from facts")
        raw.register("given", table)
        raw.execute("insert into facts by name select * from given")
        found = raw.execute(sql).to_arrow_table().to_pylist()
        return sorted(found, key=lambda row: row[answers.ROW])

    def close(self) -> None:
        self.connection.disconnect()


def rows_of(strategy: Strategy, cases: list[dict[str, Value]]) -> pa.Table:
    """The facts of cases as a table."""
    root = strategy.model.root
    given = [{answers.ROW: row, **_fields(facts, root)} for row, facts in enumerate(cases)]
    return pa.Table.from_pylist(given, schema=facts_schema(plan(strategy)).to_pyarrow())


class Swept(Facts):
    """A strategy as a relational plan for one evaluation date."""

    def __init__(self, strategy: Strategy, today: dt.date) -> None:
        super().__init__(strategy)
        self.sql = Relation(plan(strategy), today).query("facts", DuckDB())

    def rows(self, cases: list[dict[str, Value]]) -> list[dict[str, Any]]:
        """What the plan says of each case, in their order."""
        return self.answers(self.sql, cases)


def stated(case: Case) -> dict[str, Any]:
    """The facts of a case without those that follow from others: the plan derives them itself."""
    facts = copy.deepcopy(case.facts)
    for path in case.derived:
        *steps, last = re.findall(r"\w+|\[\d+\]", path)
        group: Any = facts
        for step in steps:
            group = group[int(step[1:-1]) - 1] if step.startswith("[") else group[step]
        del group[last]
    return facts


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
