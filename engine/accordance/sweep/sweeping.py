"""Records become rows of outcomes, or rejects with their reasons, block by block."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from ..check.checker import Checker
from ..facts.case import Case
from ..facts.stating import stated_facts
from ..feel.values import NONE, Value
from ..problem import Problem, Refused
from ..strategy.model import Strategy
from . import answers
from .answers import ROW
from .features import Features, schema
from .parquet import Rows
from .records import Block, Lines, Record, lines_table
from .singly import Answered, Rejected, Singly
from .workers import Said, Workers

if TYPE_CHECKING:
    import pyarrow as pa

    from .database import Columns

AUTOMATIC: Final = "auto"
DUCKDB: Final = "duckdb"
SPARK: Final = "spark"
CHECK: Final = "check"
LOCAL_SPARK: Final = "local-spark"
"""Spark on this machine, which is started for the sweep."""
CLUSTER: Final = "spark://"
"""How the address of a cluster of Spark's begins."""
WORTH_IT: Final = 5_000
"""From so many records on the relational plan is quicker than `check` record by record, since it
takes some seconds to make."""
SAMPLE: Final = 200

_ROWS_AT_ONCE: Final = 100

UNDECIDED: Final = "evidence"
TEXT: Final = "text"
ELSEWHERE: Final = "sources"


@dataclass(frozen=True, slots=True)
class Options:
    """How to sweep: the evaluation date, which engine (AUTOMATIC, DUCKDB, CHECK, LOCAL_SPARK or the
    address of a cluster), how many cases are performed again, and what their choice depends on.

    `shared` is a folder that this machine and the workers of the cluster see.
    """

    today: dt.date
    engine: str = AUTOMATIC
    sample: int = SAMPLE
    seed: int = 0
    threads: int | None = None
    memory: str | None = None
    shared: str | None = None


@dataclass(slots=True)
class Part:
    """What came out of a block of records: rows of outcomes in the order of the records, rejects,
    how many the relational plan answered for, and how many were checked singly, by reason.

    `sample` are the rows that may be performed again.
    """

    rows: pa.Table
    rejected: list[Rejected]
    records: int
    by_columns: int = 0
    singly: Counter[str] = field(default_factory=Counter)
    sample: list[int] = field(default_factory=list)


class Sweep:
    """Sweeps blocks of records. Not to be shared between threads; `close()` frees what it holds."""

    def __init__(self, strategy: Strategy, options: Options) -> None:
        self.strategy = strategy
        self.options = options
        self.checker = Checker(strategy)
        self.singly = Singly(self.checker, options.today)
        self.features: Features | None = None
        """What the rules over the portfolio need of each case; none where `check` tells them."""
        self._columns: Columns | None = None
        self._workers = Workers(strategy, self.singly)

    @cached_property
    def schema(self) -> pa.Schema:
        """The columns of outcomes."""
        return schema_of(self.strategy, self.checker)

    def close(self) -> None:
        self.checker.close()
        self._workers.close()
        if self._columns is not None:
            self._columns.close()
            self._columns = None

    def engine_for(self, records: int) -> str:
        """Which engine sweeps so many records in all: CHECK, DUCKDB or SPARK."""
        engine = self.options.engine
        if engine == AUTOMATIC:
            return CHECK if records < WORTH_IT else DUCKDB
        return SPARK if engine == LOCAL_SPARK or engine.startswith(CLUSTER) else engine

    def part(self, block: Block, engine: str) -> Part:
        """What comes out of a block of records."""
        return self._by_check(block) if engine == CHECK else self._by_columns(block, engine)

    def _by_check(self, block: Block) -> Part:
        rejected: list[Rejected] = []
        rows = _rows(self._answers_of(list(block)), rejected)
        tables: list[pa.Table] = []
        # As columns they take far less memory.
        while some := list(islice(rows, _ROWS_AT_ONCE)):
            tables.append(self._table(some))
        # Imported when the other processes have started, since it starts threads.
        import pyarrow as pa

        whole = pa.concat_tables([self._table([]), *tables])
        return Part(self._placed(whole, block), rejected, len(block))

    def _answers_of(self, records: Sequence[Record]) -> Iterator[Answered | Rejected]:
        """What `check` says of records. Where other processes are worth it, they begin at once."""
        if not self._workers.wanted(records):
            return map(self.singly.answer, records)
        found = zip(records, self._workers.answers(records), strict=True)
        return (_answered(record, said) for record, said in found)

    def _by_columns(self, block: Block, engine: str) -> Part:
        import numpy as np
        import pyarrow as pa
        import pyarrow.compute as pc

        columns = self._relational(engine)
        reading = self._read(block)
        columns.vouch(reading.facts)
        vouched = columns.vouched()
        open_ = np.ones(len(block), dtype=bool)
        open_[vouched - block.first] = False
        for one in reading.rejected:
            open_[one.record.row - block.first] = False
        doubted: list[int] = (np.flatnonzero(open_) + block.first).tolist()
        # Other processes read them while the database plans its query, which keeps one busy.
        begun = self._answers_of([block.record(row) for row in doubted])
        found, needed = columns.answer()
        sure = found.filter(found[answers.SURE])
        answered = sure[ROW].to_numpy()
        undecided: list[int] = np.setdiff1d(vouched, answered).tolist()
        rejected: list[Rejected] = []
        rows = list(_rows(begun, rejected))
        rows += _rows(self._answers_of([block.record(row) for row in undecided]), rejected)
        reasons = dict.fromkeys(reading.singly, ELSEWHERE) | dict.fromkeys(undecided, UNDECIDED)
        unread = [row for row in doubted if row not in reasons]
        reasons |= columns.reasons(reading.facts, unread) if unread else {}
        sure = pa.concat_tables([self._typed(sure), self._table(rows)])
        sure = sure.take(pc.sort_indices(sure, sort_keys=[(ROW, "ascending")]))
        return Part(
            self._with_features(self._placed(sure, block), needed, rows),
            sorted([*reading.rejected, *rejected], key=lambda one: one.record.row),
            records=len(block),
            by_columns=len(answered),
            singly=Counter(reasons.get(row, TEXT) for row in (*doubted, *undecided)),
            sample=drawn(answered, self.options.seed, self.options.sample),
        )

    def _relational(self, engine: str) -> Columns:
        """The relational plan, made when it is first needed."""
        if self._columns is None:
            if self.strategy.portfolio:
                self.features = Features(self.strategy)
            made = self._on_spark if engine == SPARK else self._on_duckdb
            self._columns = made()
            if self.features is not None:
                self.singly.features = self.features.reader(self.checker)
        return self._columns

    def _on_duckdb(self) -> Columns:
        from .database import MEMORY, Columns

        plan, options = self.checker.plan, self.options
        memory = options.memory or MEMORY
        return Columns(plan, options.today, options.threads, memory, self.features)

    def _on_spark(self) -> Columns:
        from .spark import SparkColumns

        plan, options = self.checker.plan, self.options
        return SparkColumns(
            plan,
            options.today,
            options.engine,
            options.shared,
            options.threads,
            options.memory,
            self.features,
        )

    def _read(self, block: Block) -> _Reading:
        """The facts of a block as the database reads them."""
        import pyarrow as pa

        if isinstance(block, Lines):
            table, _ = block.table()
            return _Reading(table)
        if isinstance(block, Rows):
            return _Reading(block)
        found = _Reading(pa.table({}))
        # Which source said what otherwise does not stand in columns.
        found.singly = [record.row for record in block if record.parts]
        records = [record for record in block if not record.parts]
        rows: list[int] = []
        texts: list[str] = []
        for record, said in zip(records, self._lines_of(records), strict=True):
            if isinstance(said, str):
                rows.append(record.row)
                texts.append(said)
            else:
                found.rejected.append(Rejected(record, tuple(said)))
        found.facts = lines_table(rows, texts)
        return found

    def _lines_of(self, records: Sequence[Record]) -> Iterator[str | Sequence[Problem]]:
        if self._workers.wanted(records):
            for said in self._workers.lines(records):
                assert not isinstance(said, dict)
                yield said
            return
        for record in records:
            try:
                yield line_of(self.singly.case(record))
            except Refused as refused:
                yield refused.problems

    # rows

    def _with_features(
        self, table: pa.Table, needed: pa.Table | None, rows: list[Answered]
    ) -> pa.Table:
        """The rows of a part with what the rules over the portfolio need of each case: from
        columns, or from `check` where it answered."""
        import numpy as np
        import pyarrow as pa

        if self.features is None or needed is None:
            return table
        wanted = schema(self.features.columns)
        keyed = pa.schema([pa.field(ROW, pa.int64()), *wanted])
        single = pa.Table.from_pylist(rows, schema=keyed)
        kept = ~np.isin(needed[ROW].to_numpy(), single[ROW].to_numpy())
        needed = needed.select(keyed.names).cast(keyed).filter(pa.array(kept))
        whole = pa.concat_tables([needed, single])
        numbers = whole[ROW].to_numpy()
        order = np.argsort(numbers, kind="stable")
        at = order[np.searchsorted(numbers[order], table[ROW].to_numpy())]
        whole = whole.take(pa.array(at))
        for name in wanted.names:
            table = table.append_column(name, whole[name])
        return table.combine_chunks()

    def _table(self, rows: list[Answered]) -> pa.Table:
        """Rows of `check`, typed."""
        import pyarrow as pa

        return pa.Table.from_pylist(rows, schema=self._answers())

    def _typed(self, table: pa.Table) -> pa.Table:
        """Rows of the relational plan, typed."""
        schema = self._answers()
        return table.select(schema.names).cast(schema)

    def _answers(self) -> pa.Schema:
        """The columns that come out of a check, without those of the place."""
        import pyarrow as pa

        return pa.schema([one for one in self.schema if one.name not in answers.PLACE])

    def _placed(self, table: pa.Table, block: Block) -> pa.Table:
        """The columns that are stored, in their order and with their types."""
        import pyarrow as pa
        import pyarrow.compute as pc

        at = pc.subtract(table[ROW], block.first)
        places = dict(zip(answers.PLACE, block.places(), strict=True))
        made: list[Any] = []
        for one in self.schema:
            if one.name in places:
                made.append(places[one.name].take(at).cast(one.type))
            else:
                made.append(table[one.name].cast(one.type))
        return pa.table(made, schema=self.schema).combine_chunks()


@dataclass(slots=True)
class _Reading:
    """The facts of a block: a table of texts or rows of Parquet; the records that have none, and
    those that `check` is to answer for."""

    facts: pa.Table | Rows
    singly: list[int] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


def _answered(record: Record, said: Said) -> Answered | Rejected:
    if isinstance(said, dict):
        return said
    assert isinstance(said, list)
    return Rejected(record, tuple(said))


def _rows(found: Iterable[Answered | Rejected], rejected: list[Rejected]) -> Iterator[Answered]:
    """The rows; what `check` refuses is put to `rejected`."""
    for one in found:
        if isinstance(one, Rejected):
            rejected.append(one)
        else:
            yield one


def drawn(rows: Any, seed: int, count: int) -> list[int]:
    """The rows of an array that are drawn by lot, those first whose lot is lowest."""
    import numpy as np

    if len(rows) == 0 or count == 0:
        return []
    lots = lots_of(rows, seed)
    if count < len(rows):
        kept = np.argpartition(lots, count - 1)[:count]
        rows, lots = rows[kept], lots[kept]
    return rows[np.argsort(lots, kind="stable")].tolist()  # type: ignore[no-any-return]


def lots_of(rows: Any, seed: int) -> Any:
    """Numbers that look random and depend on nothing but the row and the seed (splitmix64)."""
    import numpy as np

    start = np.uint64((seed + 1) * 0x9E3779B97F4A7C15 & (1 << 64) - 1)
    value = rows.astype(np.uint64) + start
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


def line_of(case: Case) -> str:
    """What a fact file states as one line of JSON, each number as it is."""
    return json.dumps(_plain(stated_facts(case)), ensure_ascii=False, separators=(",", ":"))


def _plain(value: Value) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if value is NONE:
        return "none"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Fraction):
        # With up to 15 digits it is written as it was; with more the scan doubts it.
        return float(value)
    return value


def schema_of(strategy: Strategy, checker: Checker) -> pa.Schema:
    """The columns of outcomes."""
    import pyarrow as pa

    fields = [(ROW, pa.int64()), (answers.SOURCE, pa.string()), (answers.LINE, pa.int64())]
    fields += [(answers.DIGEST, pa.binary())]
    fields += [("id", pa.string()), ("title", pa.string())]
    fields += [("stage", pa.string()), ("as_of", pa.date32())]
    fields += [(name, pa.string()) for name in answers.ANSWERS]
    for kind in ("breaches", "gaps"):
        fields += [(f"{kind} {word}", pa.int32()) for word in reversed(answers.SEVERITY_WORDS)]
    for prefix in strategy.themes:
        fields += [(answers.theme_column(prefix, kind), pa.int8()) for kind in ("breach", "gap")]
    for rule in checker.plan.rules:
        outcome, severity, least, parts = answers.rule_columns(rule)
        fields += [(outcome, pa.int8()), (severity, pa.int8()), (least, pa.int8())]
        wide = len(rule.requirements) + 1 >= 16
        fields.append((parts, pa.int64() if wide else pa.int32()))
    return pa.schema(fields)
