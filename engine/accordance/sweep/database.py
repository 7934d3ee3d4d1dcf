"""DuckDB, in process: records are scanned, and the relational plan answers for those vouched for.

What was vouched for stands in a table of its own before the plan reads it, so that no fact is read
twice.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from time import monotonic
from typing import Any, Final

import duckdb
import pyarrow as pa

from ..plan.planning import Plan
from ..problem import Code, Problem, Refused
from ..strategy import cache
from ..strategy.coding import encode
from .answers import ROW
from .columns import Demands
from .features import Features, feature_query
from .parquet import Rows
from .records import in_batches
from .relational import Relation
from .scanning import Scan, column_types, named, names, quoted, structure, typed_columns, usual
from .typed_rows import TypedColumns

MEMORY: Final = "2GB"
HARMFUL: Final = ("filter_pushdown", "in_clause", "projection_placement", "projection_pullup")
"""Steps of the optimiser that are left out: the first would read each record again for every fact
that the scan looks at, the second makes a join of every list of words, and the others take long
over the many stages of a plan and gain nothing."""
TEXT_REASON: Final = "text"
CLEAR: Final = "$clear"
LEFT: Final = "$left"
FACTS: Final = "facts"
ANSWERS: Final = "answers"
GROUP: Final = 8_192
"""So many rows of facts a processor takes at a time."""
LONG_SECONDS: Final = 2.0
MADE_BY: Final = (".", "feel", "source", "facts", "strategy", "plan", "check", "sweep")
"""The parts of the program on which a query depends."""


class Columns:
    """A plan made ready to answer for many records at once. Not to be shared between threads."""

    def __init__(
        self,
        plan: Plan,
        today: dt.date,
        threads: int | None = None,
        memory: str = MEMORY,
        features: Features | None = None,
    ) -> None:
        self._root = plan.strategy.model.root
        self._scan = Scan(self._root, today)
        self._demands: list[tuple[str, str]] = []
        self._all_json = True
        # What does not fit into memory is put aside here.
        self._aside = tempfile.mkdtemp(prefix="accordance-")
        self._connection = duckdb.connect(
            config={"memory_limit": memory, "temp_directory": self._aside}
        )
        try:
            self._set_up(threads)
            self._prepare(plan, today, features)
        except BaseException:
            Columns.close(self)
            raise

    def _set_up(self, threads: int | None) -> None:
        """Tell the database where facts are held, and how queries are planned."""
        if threads is not None:
            self._connection.execute(f"SET threads = {threads}")
        # A processor takes a group of rows at a time; in memory a group has no fewer than 122,880.
        held = quoted(os.path.join(self._aside, f"{FACTS}.db"))
        with _room():
            self._connection.execute(f"ATTACH {held} AS held (ROW_GROUP_SIZE {GROUP})")
        self._connection.execute("USE held")
        # A table that keeps the order is written by one processor alone; rows know their number.
        self._connection.execute("SET preserve_insertion_order = false")
        self._connection.execute("SET enable_progress_bar = false")  # the commands have their own
        self._connection.execute(f"SET disabled_optimizers = '{','.join(HARMFUL)}'")
        # What is held is never committed: facts that are read but once need not be written to disk.
        self._connection.execute("SET enable_optimistic_write = false")
        self._connection.begin()

    def _prepare(self, plan: Plan, today: dt.date, features: Features | None) -> None:
        """Make the queries ready that say what the plan says."""

        def made() -> str:
            from .dialects import DuckDB

            return Relation(plan, today).query(FACTS, DuckDB(), self._note_demands)

        query = self._kept("query", plan, today, made)
        self._statements = [self._ready(query)]
        if features is not None:
            from .dialects import DuckDB

            found = feature_query(plan, today, features, FACTS, DuckDB())
            if found is not None:
                self._statements.append(self._ready(found.over(f"({found.stages.sql()})")))

    def _ready(self, query: str) -> duckdb.Statement:
        """A long query, read once for all parts. What it says is held in a table: for a result that
        is fetched straight away the database would plan it twice."""
        (found,) = self._connection.extract_statements(
            f"CREATE OR REPLACE TEMP TABLE {named(ANSWERS)} AS {query}"
        )
        return found

    def close(self) -> None:
        self._connection.close()
        shutil.rmtree(self._aside, ignore_errors=True)

    def _kept(self, name: str, plan: Plan, today: dt.date, make: Callable[[], Any]) -> Any:
        """What is made of a plan: where that takes long, what was made before from the same
        strategy for the same day by the same program."""
        # What is asked of one partnership does not hang on the rules over the portfolio.
        alone = replace(plan.strategy, portfolio=())
        said = hashlib.sha256(json.dumps(encode(alone)).encode()).hexdigest()
        versions = map(version, ("duckdb", "ibis-framework", "sqlglot"))
        key = " ".join([name, said, today.isoformat(), cache.program(MADE_BY), *versions])
        kept = cache.find_text(key)
        if kept is not None:
            found = json.loads(kept)
            self._demands = [(name, condition) for name, condition in found["demands"]]
            return found["made"]
        start = monotonic()
        made = make()
        if monotonic() - start > LONG_SECONDS:
            cache.keep_text(key, json.dumps({"made": made, "demands": self._demands}))
        return made

    def _note_demands(self, demands: Demands) -> Mapping[str, str]:
        self._demands = list(self._scan.demands(demands))
        return {}

    # records as typed columns

    def _typed(self, facts: pa.Table | Rows, are_json: bool) -> tuple[dict[str, str], str]:
        """The queries that end in `counted`, a row for each record with its facts; and the
        condition under which `check` takes a record and reads it as the database does. `are_json`
        says that all lines are JSON: the database breaks off where one is not."""
        if isinstance(facts, Rows):
            return self._typed_rows(facts)
        return self._typed_lines(are_json)

    def _typed_lines(self, are_json: bool) -> tuple[dict[str, str], str]:
        scan, row = self._scan, named(ROW)
        made = f"json_transform(line, {quoted(structure(self._root))})"
        made = made if are_json else f"TRY({made})"
        typed = _listed(typed_columns(self._root))
        left = f"{names('line')} - {scan.score()} AS {named(LEFT)}"
        queries = {
            "written": f'SELECT {row}, line, unnest({made}) FROM "records"',
            "typed": f'SELECT {row}, line, {typed} FROM "written"',
            "counted": f'SELECT *, {left} FROM "typed"',
        }
        # Each name has one colon; others stand in texts.
        nothing = f"coalesce({named(LEFT)} = 0 OR {named(LEFT)} = {scan.colons()}, false)"
        return queries, f"({usual(self._root, 'line')} AND {scan.is_whole()} AND {nothing})"

    def _typed_rows(self, rows: Rows) -> tuple[dict[str, str], str]:
        columns = TypedColumns(rows.layout)
        typed = _listed(columns.selected(self._root))
        scan = replace(self._scan, from_json=False)
        # Doubts are about the columns of the file.
        doubts = " AND ".join(f"({one})" for one in columns.doubts) or "true"
        queries = {
            "typed": f'SELECT {named(ROW)}, ({doubts}) AS {named(CLEAR)}, {typed} FROM "records"',
            "counted": f'SELECT *, {scan.score()} AS {named(LEFT)} FROM "typed"',
        }
        return queries, f"({named(CLEAR)} AND {scan.is_whole()} AND {named(LEFT)} = 0)"

    @contextmanager
    def known_as(self, name: str, table: pa.Table) -> Iterator[None]:
        """Let queries read a table by a name."""
        self._connection.register(name, table)
        try:
            yield
        except BaseException:
            # After a query that failed nothing but the end of the transaction is possible.
            self._let_go()
            raise
        finally:
            self._connection.unregister(name)

    def _let_go(self) -> None:
        """Forget the facts that are held, and be ready to hold others."""
        self._connection.rollback()
        self._connection.begin()

    # what the plan says

    def answer(self) -> tuple[pa.Table, pa.Table | None]:
        """The rows of the records that are vouched for, in no order, and what the rules over the
        portfolio need of them, by ROW. Raises Refused where memory or disk do not suffice."""
        with _room():
            return self._answered()

    def _answered(self) -> tuple[pa.Table, pa.Table | None]:
        answers, *features = map(self._fetched, self._statements)
        return answers, features[0] if features else None

    def _fetched(self, query: duckdb.Statement) -> pa.Table:
        """What a query says."""
        self._connection.execute(query)
        found = self._connection.table(ANSWERS).to_arrow_table()
        self._connection.execute(f"DROP TABLE {named(ANSWERS)}")
        return found

    def vouch(self, facts: pa.Table | Rows) -> None:
        """Scan records, and hold the facts of those that the plan can answer for; `facts` are rows
        of Parquet, or a table with the columns ROW and `line`. Raises Refused where memory or disk
        do not suffice."""
        try:
            self._hold(facts, self._all_json)
        except duckdb.InvalidInputException:
            # From here on each record is read with care, which takes longer.
            self._all_json = False
            self._hold(facts, self._all_json)

    def _hold(self, facts: pa.Table | Rows, are_json: bool) -> None:
        self._let_go()
        with _room(), self.known_as("records", _table(facts)):
            self._connection.execute(self._vouched(facts, are_json))

    def vouched(self) -> Any:
        """The numbers of the records whose facts are held, as an array."""
        held = self._connection.table(FACTS).select(named(ROW))
        return held.to_arrow_table()[ROW].to_numpy()

    def _vouched(self, facts: pa.Table | Rows, are_json: bool) -> str:
        """The statement that makes the table of those facts that are vouched for."""
        queries, reads_well = self._typed(facts, are_json)
        columns = (
            named(column)
            for name, member in self._root.members.items()
            for column, _ in column_types(name, member)
        )
        wanted = " AND ".join([reads_well, *(f"({one})" for _, one in self._demands)])
        return (
            f"CREATE TABLE {named(FACTS)} AS {_with(queries)}"
            f' SELECT {named(ROW)}, {", ".join(columns)} FROM "counted" WHERE {wanted}'
        )

    def reasons(self, facts: pa.Table | Rows, rows: Sequence[int]) -> dict[int, str]:
        """Why records are not vouched for, by row; those that are have no entry."""
        queries, reads_well = self._typed(facts, are_json=False)
        branches = [(TEXT_REASON, reads_well), *self._demands]
        cases = " ".join(f"WHEN NOT ({holds}) THEN {quoted(name)}" for name, holds in branches)
        # Only those that are asked for are read again.
        first = next(iter(queries))
        queries[first] += f' WHERE {named(ROW)} IN (SELECT {named(ROW)} FROM "wanted")'
        wanted = pa.table({ROW: pa.array(rows, pa.int64())})
        with (
            _room(),
            self.known_as("records", _table(facts)),
            self.known_as("wanted", wanted),
        ):
            found: Iterable[Any] = self._connection.execute(
                f'{_with(queries)} SELECT {named(ROW)}, CASE {cases} END FROM "counted"'
            ).fetchall()
        return {row: reason for row, reason in found if reason is not None}


def _table(facts: pa.Table | Rows) -> pa.Table:
    """What the queries read as `records`."""
    if not isinstance(facts, Rows):
        return facts
    numbers = pa.array(range(facts.first, facts.first + len(facts)), pa.int64())
    return in_batches(facts.rows.append_column(ROW, numbers))


@contextmanager
def _room() -> Iterator[None]:
    """Let it be said where the database has no room for what it does."""
    try:
        yield
    except (duckdb.IOException, duckdb.OutOfMemoryException) as error:
        said = str(error).strip().splitlines()[0]
        raise Refused(
            Problem(
                Code.ENGINE_LIMIT,
                f"the database broke off: {said}",
                None,
                "give it more memory by `--memory`, or more room for temporary files (TMPDIR)",
            )
        ) from None


def _listed(columns: Iterable[tuple[str, str]]) -> str:
    return ", ".join(f"{expression} AS {named(name)}" for name, expression in columns)


def _with(queries: Mapping[str, str]) -> str:
    return "WITH " + ", ".join(f"{named(name)} AS ({query})" for name, query in queries.items())
