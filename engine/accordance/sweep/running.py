"""A whole run: the records of all sources, swept in parts, performed again in part, and stored."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import __version__
from ..portfolio.body_files import NOTHING_KEPT, BodyFiles
from ..problem import Code, Place, Problem, Refused
from ..strategy.model import Strategy
from . import answers
from .across import by_check, from_columns, in_short
from .answers import ROW
from .baseline import Against
from .manifest import about_run, manifest_of, rules_of
from .performing import differences
from .reading import Reader
from .records import Block, Record, Several
from .rejects import rejected_schema
from .run_files import MANIFEST, OUTCOMES, PORTFOLIO, REJECTED, RUN, SUMMARY
from .run_folder import Bench, Stored, Workshop
from .run_reading import Run
from .seals import long_text_of, sealed
from .sources import Source
from .summary import Counting, markdown
from .sweeping import CHECK, WORTH_IT, Options, Sweep, drawn
from .together import blocks_of, together

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[int], None]
"""Told how many records are done."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to: its manifest, its summary, and the first cases and rejects to show."""

    manifest: dict[str, Any]
    summary: dict[str, Any]
    cases: list[dict[str, Any]]
    rejects: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Task:
    """What to sweep: the files as they were named and found. `combine` puts records of one id
    together; `baseline` is the run to compare with; `kept` is what the body keeps for the rules
    over the portfolio."""

    given: Sequence[str]
    sources: Sequence[Source]
    mapping: str | None = None
    combine: bool = False
    baseline: Run | None = None
    kept: BodyFiles = NOTHING_KEPT


def run(
    strategy: Strategy,
    task: Task,
    options: Options,
    place: str | None = None,
    resume: bool = False,
    progress: Progress = lambda done: None,
) -> Outcome:
    """Sweep sources and store the run in the folder `place`, or only give what it came to.

    Raises Refused where a source cannot be read or `check` says otherwise than the plan; then
    nothing is stored.
    """
    started, clock = dt.datetime.now(dt.UTC), time.monotonic()
    workshop = None if place is None else Workshop(place, _key(strategy, task, options), resume)
    sweep = Sweep(strategy, options)
    making = _Making(sweep, task, workshop, progress)
    try:
        making.sweep_parts()
        making.perform_sample()
        making.find_repeated()
        rules = rules_of(sweep)
        counting = Counting(rules)
        files = making.write_tables(counting)
        against = making.perform_changed(counting)
        manifest = manifest_of(sweep, task, making.made(), rules, against)
        summary = counting.summary(manifest)
        across = making.across()
        if across is not None:
            summary["portfolio"] = in_short(across)
            manifest["portfolio"] = {**task.kept.said(), "rules": across["rules"]}
        if workshop is not None:
            if across is not None:
                files[PORTFOLIO] = workshop.write(PORTFOLIO, long_text_of(across))
            files[SUMMARY] = workshop.write(SUMMARY, markdown(summary))
            manifest["files"] = files
            workshop.write(MANIFEST, sealed(manifest))
            seconds = time.monotonic() - clock
            workshop.write(RUN, sealed(about_run(started, seconds, making.engine, options)))
            workshop.deliver()
    except Refused:
        if workshop is not None and not making.parts:
            workshop.remove()
        raise
    finally:
        making.close()
    return Outcome(manifest, summary, counting.cases, counting.rejects)


def _key(strategy: Strategy, task: Task, options: Options) -> dict[str, Any]:
    """What a run that goes on must share with the one that was broken off."""
    return {
        "program": __version__,
        "strategy": strategy.digest,
        "evaluated_on": options.today.isoformat(),
        "engine": options.engine,
        "sample": options.sample,
        "seed": options.seed,
        "sources": [[source.path, source.kind, *source.companions] for source in task.sources],
        "combine": task.combine,
        "kept": task.kept.said(),
        "baseline": None if task.baseline is None else task.baseline.digest,
    }


@dataclass(frozen=True, slots=True)
class Made:
    """What is known of a run when all its parts are there. `digests` are of every file that was
    read, by its name."""

    engine: str
    parts: Sequence[Stored]
    digests: Mapping[str, Any]
    records: Mapping[str, int]
    repeated: int
    sample: int
    combined: tuple[int, int]


class _Making:
    """A run in the making."""

    def __init__(
        self, sweep: Sweep, task: Task, workshop: Workshop | None, progress: Progress
    ) -> None:
        self.sweep = sweep
        self.task = task
        self.engine = ""
        self.parts: list[Stored] = []
        self._workshop: Workshop | Bench | None = workshop
        self._aside: tempfile.TemporaryDirectory[str] | None = None
        self._progress = progress
        self._reader = self._new_reader()
        self._drawn: dict[int, Record] = {}
        self._repeated: dict[int, Problem] = {}
        self._sample = 0
        self._combined = (0, 0)

    def close(self) -> None:
        self.sweep.close()
        if self._aside is not None:
            self._aside.cleanup()

    def made(self) -> Made:
        reader = self._reader
        return Made(
            engine=self.engine,
            parts=self.parts,
            digests=reader.digests,
            records=reader.records,
            repeated=len(self._repeated),
            sample=self._sample,
            combined=self._combined,
        )

    def _new_reader(self) -> Reader:
        return Reader(self.task.sources, self.sweep.strategy.model)

    def _blocks(self) -> Iterator[Block]:
        if not self.task.combine:
            return self._reader.blocks()

        def read() -> Iterator[Block]:
            self._reader = self._new_reader()
            return self._reader.blocks()

        return together(read, self.sweep.strategy.model)

    # parts

    def sweep_parts(self) -> None:
        """Sweep every block of records, or find it swept before."""
        blocks = self._blocks()
        held: list[Block] = []
        many = 0
        while many < WORTH_IT and (one := next(blocks, None)) is not None:
            held.append(one)
            many += len(one)
        one = None
        few = many < WORTH_IT
        self.engine = self.sweep.engine_for(many)
        if self._workshop is None:
            self._workshop = Bench() if few else self._set_up_aside()
        done = 0
        for block in _chained(held, blocks):
            self._take(block)
            done += len(block)
            self._progress(done)
            # Nothing holds these records while the next are read.
            del block

    def _set_up_aside(self) -> Workshop:
        """A run that is not stored, and too large for memory."""
        self._aside = tempfile.TemporaryDirectory(prefix="accordance-")
        return Workshop(os.path.join(self._aside.name, "run"), {})

    def _take(self, block: Block) -> None:
        assert self._workshop is not None
        index = len(self.parts)
        stored = self._workshop.stored(index, block.digest)
        if stored is None:
            part = self.sweep.part(block, self.engine)
            stored = self._workshop.store(index, block.digest, part)
        self.parts.append(stored)
        self._drawn |= {row: block.record(row) for row in stored.sample}
        self._drawn = self._fewest(self._drawn)
        for record in block if isinstance(block, Several) else ():
            if record.parts:
                records, cases = self._combined
                self._combined = records + len(record.parts), cases + 1

    def _fewest(self, records: dict[int, Record]) -> dict[int, Record]:
        import numpy as np

        options = self.sweep.options
        rows = np.array(sorted(records), dtype=np.int64)
        return {row: records[row] for row in drawn(rows, options.seed, options.sample)}

    def _table(self, part: Stored, what: str) -> pa.Table:
        assert self._workshop is not None
        return self._workshop.table(part.index, what)

    # performing again

    def perform_sample(self) -> None:
        """Perform a sample of cases again by `check`. Raises Refused on a difference."""
        stored: dict[int, Mapping[str, Any]] = {}
        for part in self.parts:
            rows = [row for row in part.sample if row in self._drawn]
            if rows:
                stored |= rows_of(self._table(part, OUTCOMES), rows)
        sample = [(record, stored[row]) for row, record in sorted(self._drawn.items())]
        found = differences(self.sweep.singly, sample)
        if found:
            raise Refused([one.problem() for one in found])
        self._sample = len(sample)

    def perform_changed(self, counting: Counting) -> dict[str, Any] | None:
        """Compare with the run before, and perform changed cases again. Raises Refused on a
        difference."""
        if self.task.baseline is None:
            return None
        against = Against(self.task.baseline, self.sweep.strategy)
        for part in self.parts:
            against.add(self._kept(self._table(part, OUTCOMES)))
        changed = against.changed(self.sweep.options.seed)
        if self.engine == CHECK:
            # Each was checked by `check` already.
            return against.found(len(changed))
        task = self.task
        blocks = blocks_of(task.sources, self.sweep.strategy.model, task.combine)
        records = records_with(blocks, changed)
        stored: dict[int, Mapping[str, Any]] = {}
        for part in self.parts:
            stored |= rows_of(self._table(part, OUTCOMES), changed)
        sample = [(records[row], stored[row]) for row in changed]
        found = differences(self.sweep.singly, sample)
        if found:
            raise Refused([one.problem() for one in found])
        return against.found(len(sample))

    # what comes out

    def find_repeated(self) -> None:
        """The records whose id another record has too, by row."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self.parts:
            return
        names = ["id", ROW, answers.SOURCE, answers.LINE, "as_of"]
        every = pa.concat_tables([self._table(part, OUTCOMES).select(names) for part in self.parts])
        counts = pc.value_counts(every["id"])
        twice = counts.filter(pc.greater(counts.field("counts"), 1)).field("values")
        if not len(twice):
            return
        found = every.filter(pc.is_in(every["id"], value_set=twice)).to_pylist()
        by_id: dict[str, list[dict[str, Any]]] = {}
        for one in found:
            by_id.setdefault(one["id"], []).append(one)
        for name, places in by_id.items():
            for one in places:
                other = places[1] if one is places[0] else places[0]
                self._repeated[one[ROW]] = _repeated(name, one, other, len(places) - 1)

    def _kept(self, table: pa.Table) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        if not self._repeated:
            return table
        gone = pa.array(sorted(self._repeated), pa.int64())
        return table.filter(pc.invert(pc.is_in(table[ROW], value_set=gone)))

    def write_tables(self, counting: Counting) -> dict[str, str]:
        """Count, and store where there is a place, outcomes and rejects; the digests of files."""

        def outcomes() -> Iterator[pa.Table]:
            for part in self.parts:
                table = self._kept(self._table(part, OUTCOMES)).select(self.sweep.schema.names)
                counting.add(table)
                yield table

        def rejected() -> Iterator[pa.Table]:
            table = self._all_rejected()
            counting.add_rejected(table)
            yield table

        files: dict[str, str] = {}
        for name, tables, schema in (
            (OUTCOMES, outcomes, self.sweep.schema),
            (REJECTED, rejected, rejected_schema()),
        ):
            if isinstance(self._workshop, Workshop) and self._aside is None:
                files[name] = self._workshop.write_table(name, tables(), schema)
            else:
                for _ in tables():
                    pass
        return files

    def across(self) -> dict[str, Any] | None:
        """What the rules over the portfolio say; None where there are none."""
        if not self.sweep.strategy.portfolio:
            return None
        tables = [self._table(part, REJECTED) for part in self.parts]
        gone = frozenset(row for table in tables for row in table[ROW].to_pylist())
        gone |= self._repeated.keys()
        task, sweep = self.task, self.sweep

        def blocks() -> Iterator[Block]:
            return blocks_of(task.sources, sweep.strategy.model, task.combine)

        if self.engine == CHECK or sweep.features is None:
            return by_check(sweep, blocks(), gone, task.kept)
        kept = (self._kept(self._table(part, OUTCOMES)) for part in self.parts)
        return from_columns(sweep, kept, blocks, gone, task.kept)

    def _all_rejected(self) -> pa.Table:
        import pyarrow as pa
        import pyarrow.compute as pc

        tables = [rejected_schema().empty_table()]
        tables += [self._table(part, REJECTED) for part in self.parts]
        tables.append(_repeated_table(self._repeated))
        whole = pa.concat_tables(tables)
        return whole.take(pc.sort_indices(whole, sort_keys=[(ROW, "ascending")]))


def _chained(held: list[Block], rest: Iterator[Block]) -> Iterator[Block]:
    """Blocks that were read ahead, then the others; none is held when it was taken."""
    while held:
        yield held.pop(0)
    yield from rest


def _repeated(name: str, one: dict[str, Any], other: dict[str, Any], others: int) -> Problem:
    where = ":".join(str(at) for at in (other[answers.SOURCE], other[answers.LINE]) if at)
    same_day = other["as_of"] == one["as_of"]
    dated = "" if same_day else f", with the facts of {other['as_of'] or 'no day'}"
    return Problem(
        Code.DUPLICATE_ID,
        f"`{name}` is the reference of {others:,} other record{'s' if others > 1 else ''} too, "
        f"first in {where}{dated}",
        Place(one[answers.SOURCE], one[answers.LINE]),
        "keep one of them, or put them together by `--combine`"
        if same_day
        else "sweep the facts of one day",
    )


def _repeated_table(repeated: Mapping[int, Problem]) -> pa.Table:
    from .rejects import rejected_table
    from .singly import Rejected

    return rejected_table(
        [
            Rejected(Record(row, problem.place or Place(""), b""), (problem,))
            for row, problem in repeated.items()
        ]
    )


def rows_of(table: pa.Table, rows: Sequence[int]) -> dict[int, Mapping[str, Any]]:
    """The rows of a table with these numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = table.filter(pc.is_in(table[ROW], value_set=pa.array(sorted(rows), pa.int64())))
    return {row[ROW]: row for row in wanted.to_pylist()}


def records_with(blocks: Iterator[Block], rows: Sequence[int]) -> dict[int, Record]:
    """The records with these numbers."""
    wanted = sorted(rows)
    found: dict[int, Record] = {}
    for block in blocks:
        inside = [row for row in wanted if block.first <= row < block.first + len(block)]
        found |= {row: block.record(row) for row in inside}
    return found
