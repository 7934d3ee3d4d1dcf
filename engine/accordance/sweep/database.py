"""DuckDB, in process: the relational plan over records that are lines of JSON."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, Final

import duckdb
import pyarrow as pa

from ..plan.planning import Plan
from .answers import ROW
from .columns import Demands
from .relational import Relation
from .scanning import Scan, free_texts, named, quoted, structure, typed_columns, unusual

MEMORY: Final = "2GB"
HARMFUL: Final = ("filter_pushdown", "in_clause")
"""Steps of the optimiser that are left out: the one would read each record again for every fact
that the scan looks at, the other makes a join of every list of words."""
TEXT_REASON: Final = "text"
AS_WRITTEN: Final = "$written"


class Columns:
    """A plan made ready to answer for many records at once. Not to be shared between threads."""

    def __init__(
        self, plan: Plan, today: dt.date, threads: int | None = None, memory: str = MEMORY
    ) -> None:
        from ibis.backends.sql.compilers import DuckDBCompiler

        self._root = plan.strategy.model.root
        self._scan = Scan(self._root, today)
        self._demands: list[tuple[str, str]] = []
        self._connection = duckdb.connect(config={"memory_limit": memory})
        if threads is not None:
            self._connection.execute(f"SET threads = {threads}")
        self._connection.execute("SET preserve_insertion_order = true")
        self._connection.execute(f"SET disabled_optimizers = '{','.join(HARMFUL)}'")
        relation = Relation(plan, today)
        self._query = relation.query("facts", DuckDBCompiler(), self._facts)

    def close(self) -> None:
        self._connection.close()

    def _facts(self, demands: Demands) -> Mapping[str, str]:
        """The queries from lines of JSON to the facts of those records that are vouched for."""
        self._demands = list(self._scan.demands(demands))
        members = ", ".join(named(name) for name in self._root.members)
        wanted = " AND ".join([self._reads_well(), *(f"({one})" for _, one in self._demands)])
        typed = ", ".join(
            f"{expression} AS {named(name)}" for name, expression in typed_columns(self._root)
        )
        return {
            "texts": self._texts(),
            "parsed": self._parsed(),
            "vouched": f'SELECT {named(ROW)}, {members} FROM "parsed" WHERE {wanted}',
            "facts": f'SELECT {named(ROW)}, {typed} FROM "vouched"',
        }

    def _texts(self) -> str:
        """Each record with every fact as text; no facts where the line is no JSON."""
        made = f"TRY(json_transform(line, {quoted(structure(self._root))}))"
        return f'SELECT {named(ROW)}, line, unnest({made}) FROM "lines"'

    def _parsed(self) -> str:
        """The same, with the free texts as they stand in the record where one of them looks as if
        it might be no text."""
        texts = free_texts(self._root)
        written = f"json_transform(line, {quoted(texts)})" if texts is not None else "NULL"
        case = f"CASE WHEN {self._scan.might_be_no_texts()} THEN {written} END"
        return f'SELECT *, {case} AS {named(AS_WRITTEN)} FROM "texts"'

    def _reads_well(self) -> str:
        """Is it sure that `check` takes a record, and reads it as the database does?"""
        scan = self._scan
        whole = f"coalesce({scan.score()} = {scan.expected('line')}, false)"
        usual = f"NOT regexp_matches(line, {quoted(unusual(self._root))})"
        sure = f"coalesce({scan.texts_are_quoted(named(AS_WRITTEN))}, false)"
        return f"({usual} AND {whole} AND ({named(AS_WRITTEN)} IS NULL OR {sure}))"

    def answer(self, lines: pa.Table) -> pa.Table:
        """The rows of the records that the plan answers for, in the order of the records. `lines`
        has the columns ROW and `line`."""
        self._connection.register("lines", lines)
        try:
            return self._connection.sql(self._query).to_arrow_table()
        finally:
            self._connection.unregister("lines")

    def reasons(self, lines: pa.Table) -> dict[int, str]:
        """Why records are not vouched for, by row; those that are have no entry."""
        branches = [(TEXT_REASON, self._reads_well()), *self._demands]
        cases = " ".join(f"WHEN NOT ({holds}) THEN {quoted(name)}" for name, holds in branches)
        query = (
            f'WITH "texts" AS ({self._texts()}), "parsed" AS ({self._parsed()})'
            f' SELECT {named(ROW)}, CASE {cases} END FROM "parsed"'
        )
        self._connection.register("lines", lines)
        try:
            found: Iterable[Any] = self._connection.execute(query).fetchall()
        finally:
            self._connection.unregister("lines")
        return {row: reason for row, reason in found if reason is not None}
