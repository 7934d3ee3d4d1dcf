"""What DuckDB and Spark are told differently. The rest of the plan is the same for both.

A dialect compiles an Ibis expression to a query, quotes names, and says which columns of the stage
before a stage goes on with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge
from ibis.backends.sql.compilers import DuckDBCompiler
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

from .carriers import PICKED
from .gathering import JOINED

if TYPE_CHECKING:
    import ibis
    from ibis.backends.sql.compilers.base import SQLGlotCompiler


class Dialect:
    """The language of one kind of database."""

    compiler: SQLGlotCompiler

    def select(self, table: ibis.Table) -> sge.Select:
        """An expression as a query."""
        return self.compiler.to_sqlglot(table)  # type: ignore[no-any-return]

    def text(self, query: sge.Expression) -> str:
        return str(query.sql(self.compiler.dialect))

    def quoted(self, name: str) -> str:
        """A name as it is written in a query."""
        return self.text(sge.to_identifier(name, quoted=True))

    def passed_on(self, names: Sequence[str], replaced: Sequence[str]) -> Sequence[sge.Expression]:
        """What a query selects to go on with the columns of these names, which are all that there
        are but for the ones that it replaces."""
        raise NotImplementedError

    def trimmed(self, queries: list[tuple[str, sge.Select]]) -> list[tuple[str, sge.Select]]:
        """Queries that each read the one before, without columns that nobody reads."""
        return queries


class DuckDB(Dialect):
    """All stages are one query; what is not read is left out by DuckDB itself."""

    compiler = DuckDBCompiler()

    def passed_on(self, names: Sequence[str], replaced: Sequence[str]) -> Sequence[sge.Expression]:
        gone = [sge.to_identifier(name, quoted=True) for name in replaced]
        return [sge.Star(except_=gone) if gone else sge.Star()]


class Spark(Dialect):
    """Each stage is computed and held before the next: Spark takes too long over a plan of many
    stages, and cannot look from one stage to the next then."""

    def __init__(self) -> None:
        self.compiler = _SparkCompiler()

    def passed_on(self, names: Sequence[str], replaced: Sequence[str]) -> Sequence[sge.Expression]:
        return [sge.column(name, quoted=True) for name in names if name not in set(replaced)]

    def trimmed(self, queries: list[tuple[str, sge.Select]]) -> list[tuple[str, sge.Select]]:
        made: list[tuple[str, sge.Select]] = []
        read: set[str] | None = None
        for name, query in reversed(queries):
            wanted = [
                column
                for column in query.expressions
                if read is None or column.alias_or_name in read
            ]
            read = {one.name for column in wanted for one in column.find_all(sge.Column)}
            trimmed = query.copy()
            trimmed.set("expressions", wanted)
            made.append((name, trimmed))
        return made[::-1]


class _SparkCompiler(PySparkCompiler):  # type: ignore[misc]
    """Ibis' compiler for Spark, with what it lacks or what does not mean there what it means in
    DuckDB."""

    __slots__ = ()

    def visit_ScalarUDF(self, op: ops.ScalarUDF, **arguments: Any) -> Any:
        if op.__func_name__ == JOINED:
            (numbers,) = arguments.values()
            return self._folded(numbers, op.dtype, sge.BitwiseOr)
        if op.__func_name__ == PICKED:
            truths, place = arguments.values()
            return self.f.anon.element_at(truths, self.cast(place, dt.int32))
        return super().visit_ScalarUDF(op, **arguments)

    def visit_ArraySum(self, op: ops.ArraySum, *, arg: Any) -> Any:
        return self._folded(arg, op.dtype, sge.Add)

    def _folded(self, array: Any, kind: dt.DataType, joining: type[sge.Binary]) -> Any:
        """The items of a list joined from the first on; null for no items."""
        total, item = sge.to_identifier("total"), sge.to_identifier("item")
        both = self.f.coalesce(joining(this=total, expression=item), item)
        step = sge.Lambda(this=self.cast(both, kind), expressions=[total, item])
        return self.f.anon.aggregate(array, self.cast(sge.Null(), kind), step)

    def visit_ArrayIndex(self, op: ops.ArrayIndex, *, arg: Any, index: Any) -> Any:
        """Ibis counts from 0, and from -1 backwards; Spark from 1, and from -1 backwards."""
        place = self.if_(index < 0, index, index + 1)
        return self.f.anon.element_at(arg, place)

    def visit_Greatest(self, op: ops.Greatest, *, arg: Any) -> Any:
        """Spark's asks for two at least."""
        return super().visit_Greatest(op, arg=arg) if len(arg) > 1 else arg[0]

    def visit_IntervalFromInteger(self, op: ops.IntervalFromInteger, *, arg: Any, unit: Any) -> Any:
        return sge.Interval(this=arg, unit=sge.var(unit.singular))

    def visit_DateAdd(self, op: ops.DateAdd, *, left: Any, right: Any) -> Any:
        add = {"DAY": self.f.anon.date_add, "MONTH": self.f.anon.add_months}
        return add[right.unit.name](left, right.this)

    def visit_DateDelta(self, op: ops.DateDelta, *, part: Any, left: Any, right: Any) -> Any:
        """In days: nothing else is asked for."""
        return self.f.anon.datediff(left, right)
