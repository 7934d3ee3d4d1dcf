"""What Ibis writes means what was said: three-valued logic as SQL, also around `not` and null."""

from __future__ import annotations

import datetime as dt

import duckdb
import ibis
import pytest
from ibis.backends.sql.compilers import DuckDBCompiler
from ibis.common.exceptions import OperationNotDefinedError

from accordance.plan.planning import plan
from accordance.problem import Code, Refused
from accordance.strategy.model import Strategy
from accordance.sweep import exact
from accordance.sweep.carriers import Column, Truth, is_state, unknown_truth
from accordance.sweep.dialects import DuckDB
from accordance.sweep.items import Unrolled
from accordance.sweep.relational import Relation
from accordance.sweep.stages import Stages

VALUES = (True, False, None)


def said(make: object) -> list[bool | None]:
    """The values of a column made of one that is true, false and null."""
    assert callable(make)
    stages = Stages("given", ibis.schema({"a": "boolean"}), DuckDB())
    stages.keep({"found": make(stages.table["a"])})
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE given (a BOOLEAN)")
        connection.executemany("INSERT INTO given VALUES (?)", [[one] for one in VALUES])
        return [row[0] for row in connection.execute(stages.sql()).fetchall()]


@pytest.mark.parametrize(
    ("make", "found"),
    [
        (lambda a: (~a).isnull(), [False, False, True]),
        (lambda a: (~a).notnull(), [True, True, False]),
        (lambda a: (~a) == a, [False, False, None]),
        (lambda a: is_state(Truth(~a), None).holds, [False, False, True]),
        (lambda a: is_state(Truth(~a), True).holds, [False, True, False]),
        (lambda a: exact.same(unknown_truth(), a), [None, None, None]),
        (lambda a: exact.same(a, ibis.null("boolean").cast("boolean")), [None, None, None]),
        (lambda a: exact.same(a, ibis.literal(True)), [True, False, None]),
    ],
)
def test_not_and_null(make: object, found: list[Column]) -> None:
    assert said(make) == found


def test_a_list_of_nothing_stands_in_a_column() -> None:
    stages = Stages("given", ibis.schema({"a": "boolean"}), DuckDB())
    stages.keep({"found": Unrolled(()).table().array.length()})
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE given AS SELECT true AS a")
        assert connection.execute(stages.sql()).fetchall() == [(0,)]


@pytest.mark.usefixtures("libraries_may_warn")
@pytest.mark.parametrize(
    ("lacking", "said", "line"),
    [
        ("visit_Less", "`n < 10` of TT-01 cannot be swept: no such thing", 3),
        ("visit_ArrayMap", "`every i in items satisfies i.ok` of TT-03 cannot be swept", 38),
    ],
)
def test_what_a_database_lacks_is_refused_by_name(
    small: Strategy, monkeypatch: pytest.MonkeyPatch, lacking: str, said: str, line: int
) -> None:
    def raising(*given: object, **more: object) -> None:
        raise OperationNotDefinedError("no such thing")

    monkeypatch.setattr(DuckDBCompiler, lacking, raising)
    with pytest.raises(Refused) as refused:
        Relation(plan(small), dt.date(2026, 1, 31)).query("facts", DuckDB())
    (problem,) = refused.value.problems
    assert problem.message.startswith(said)
    assert problem.place is not None
    assert (problem.code, problem.place.line) == (Code.ENGINE_LIMIT, line)
