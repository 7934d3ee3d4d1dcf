"""Records become rows of outcomes, or rejects with their reasons, block by block."""

from __future__ import annotations

import datetime as dt
import heapq
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final

from ..check.checker import Checker
from ..facts.case import Case
from ..facts.stating import stated_facts
from ..feel.values import NONE, Value
from ..problem import Refused
from ..strategy.model import Strategy
from . import answers
from .answers import ROW
from .records import Record, placed
from .singly import Answered, Rejected, Singly

if TYPE_CHECKING:
    import pyarrow as pa

    from .database import Columns

AUTOMATIC: Final = "auto"
DUCKDB: Final = "duckdb"
CHECK: Final = "check"
ENGINES: Final = (AUTOMATIC, DUCKDB, CHECK)
WORTH_IT: Final = 5_000
"""From so many records on the relational plan is quicker than `check` record by record, since it
takes some seconds to make."""
SAMPLE: Final = 200

UNDECIDED: Final = "evidence"
TEXT: Final = "text"


@dataclass(frozen=True, slots=True)
class Options:
    """How to sweep: the evaluation date, which engine, how many cases are performed again, and what
    their choice depends on."""

    today: dt.date
    engine: str = AUTOMATIC
    sample: int = SAMPLE
    seed: int = 0
    threads: int | None = None
    memory: str | None = None


@dataclass(slots=True)
class Part:
    """What came out of a block of records: rows of outcomes in the order of the records, rejects,
    how many the relational plan answered for, and how many were checked singly, by reason.

    `sample` holds records that may be performed again, each with its lot.
    """

    rows: pa.Table
    rejected: list[Rejected]
    records: int
    by_columns: int = 0
    singly: Counter[str] = field(default_factory=Counter)
    sample: list[tuple[int, Record]] = field(default_factory=list)


class Sweep:
    """Sweeps blocks of records. Not to be shared between threads; `close()` frees what it holds."""

    def __init__(self, strategy: Strategy, options: Options) -> None:
        self.strategy = strategy
        self.options = options
        self.checker = Checker(strategy)
        self.singly = Singly(self.checker, options.today)
        self.schema = schema_of(strategy, self.checker)
        self._columns: Columns | None = None

    def close(self) -> None:
        self.checker.close()
        if self._columns is not None:
            self._columns.close()
            self._columns = None

    def engine_for(self, records: int) -> str:
        """Which engine sweeps so many records in all."""
        if self.options.engine != AUTOMATIC:
            return self.options.engine
        return CHECK if records < WORTH_IT else DUCKDB

    def part(self, block: Sequence[Record], engine: str) -> Part:
        """What comes out of a block of records."""
        return self._by_check(block) if engine == CHECK else self._by_columns(block)

    def _by_check(self, block: Sequence[Record]) -> Part:
        rows, rejected = self._one_by_one(block)
        return Part(self._table(rows, block), rejected, len(block))

    def _one_by_one(self, records: Sequence[Record]) -> tuple[list[Answered], list[Rejected]]:
        rows: list[Answered] = []
        rejected: list[Rejected] = []
        for record in records:
            found = self.singly.answer(record)
            if isinstance(found, Rejected):
                rejected.append(found)
            else:
                rows.append(found)
        return rows, rejected

    def _by_columns(self, block: Sequence[Record]) -> Part:
        import pyarrow as pa
        import pyarrow.compute as pc

        columns = self._relational()
        reading = self._read(block)
        lines = pa.table(
            {ROW: pa.array(reading.rows, pa.int64()), "line": pa.array(reading.texts, pa.string())}
        )
        found = columns.answer(lines)
        sure = found.filter(found[answers.SURE])
        answered = set(sure[ROW].to_pylist())
        unsure = set(found[ROW].to_pylist()) - answered
        unread = [at for at, row in enumerate(reading.rows) if row not in answered | unsure]
        reasons = dict.fromkeys(reading.broken, TEXT) | dict.fromkeys(unsure, UNDECIDED)
        if unread:
            reasons |= columns.reasons(lines.take(pa.array(unread, pa.int64())))
        refused = {one.record.row for one in reading.rejected}
        by_row = {record.row: record for record in block}
        doubted = [row for row in by_row if row not in answered and row not in refused]
        rows, rejected = self._one_by_one([by_row[row] for row in doubted])
        whole = self._placed(sure, block)
        if rows:
            whole = pa.concat_tables([whole, self._table(rows, block)])
            whole = whole.take(pc.sort_indices(whole, sort_keys=[(ROW, "ascending")]))
        lots = ((lot_of(row, self.options.seed), row) for row in answered)
        sample = heapq.nsmallest(self.options.sample, lots)
        return Part(
            whole,
            sorted([*reading.rejected, *rejected], key=lambda one: one.record.row),
            records=len(block),
            by_columns=len(answered),
            singly=Counter(reasons.get(row, TEXT) for row in doubted),
            sample=[(lot, by_row[row]) for lot, row in sample],
        )

    def _relational(self) -> Columns:
        """The relational plan, made when it is first needed."""
        if self._columns is None:
            from .database import MEMORY, Columns

            options = self.options
            self._columns = Columns(
                self.checker.plan, options.today, options.threads, options.memory or MEMORY
            )
        return self._columns

    def _read(self, block: Sequence[Record]) -> _Reading:
        found = _Reading()
        for record in block:
            if record.data is not None:
                try:
                    found.texts.append(record.data.decode("utf-8"))
                    found.rows.append(record.row)
                except UnicodeDecodeError:
                    found.broken.append(record.row)
                continue
            try:
                found.texts.append(line_of(self.singly.case(record)))
                found.rows.append(record.row)
            except Refused as refused:
                problems = tuple(placed(one, record) for one in refused.problems)
                found.rejected.append(Rejected(record, problems))
        return found

    # rows

    def _table(self, rows: list[Answered], block: Sequence[Record]) -> pa.Table:
        import pyarrow as pa

        by_row = {record.row: record for record in block}
        for row in rows:
            record = by_row[row[ROW]]
            row[answers.SOURCE], row[answers.LINE] = record.name, record.line
        return pa.Table.from_pylist(rows, schema=self.schema)

    def _placed(self, table: pa.Table, block: Sequence[Record]) -> pa.Table:
        """The columns that are stored, in their order and with their types."""
        import pyarrow as pa

        by_row = {record.row: record for record in block}
        records = [by_row[row] for row in table[ROW].to_pylist()]
        made: list[Any] = []
        for one in self.schema:
            if one.name == answers.SOURCE:
                names = pa.array([record.name for record in records], pa.string())
                made.append(names)
            elif one.name == answers.LINE:
                made.append(pa.array([record.line for record in records], pa.int64()))
            elif one.name in table.column_names:
                made.append(table[one.name].cast(one.type))
            else:
                made.append(pa.nulls(table.num_rows, one.type))
        return pa.table(made, schema=self.schema)


@dataclass(slots=True)
class _Reading:
    """The texts of a block, and the records that have none."""

    rows: list[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)


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


def lot_of(row: int, seed: int) -> int:
    """A number that looks random and depends on nothing but the row and the seed (splitmix64)."""
    mask = (1 << 64) - 1
    value = (row + (seed + 1) * 0x9E3779B97F4A7C15) & mask
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & mask
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & mask
    return value ^ (value >> 31)


def schema_of(strategy: Strategy, checker: Checker) -> pa.Schema:
    """The columns of outcomes."""
    import pyarrow as pa

    fields = [(ROW, pa.int64()), (answers.SOURCE, pa.string()), (answers.LINE, pa.int64())]
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
