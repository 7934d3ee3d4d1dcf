"""A whole run: the records of all sources, swept in parts, performed again in part, and stored."""

from __future__ import annotations

import datetime as dt
import getpass
import hashlib
import heapq
import platform
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, Final

from .. import __version__
from ..problem import Code, Place, Problem, Refused
from ..strategy.model import Strategy
from . import answers
from .answers import ROW
from .performing import differences
from .records import Digest, Record, Source, blocks_of, records_of
from .run_folder import MANIFEST, OUTCOMES, REJECTED, RUN, SUMMARY, Stored, Workshop, sealed
from .summary import markdown, summary_of
from .sweeping import DUCKDB, Options, Part, Sweep

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMA: Final = "accordance/sweep/1"
Progress = Callable[[int], None]
"""Told how many records are done."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to: its manifest, its rows and its rejects."""

    manifest: dict[str, Any]
    summary: dict[str, Any]
    rows: pa.Table
    rejected: pa.Table


def run(
    strategy: Strategy,
    sources: Sequence[Source],
    options: Options,
    place: str | None = None,
    resume: bool = False,
    progress: Progress = lambda done: None,
) -> Outcome:
    """Sweep sources and store the run in the folder `place`, or only give it.

    Raises Refused where a source cannot be read or `check` says otherwise than the plan; then
    nothing is stored.
    """
    started, clock = dt.datetime.now(dt.UTC), time.monotonic()
    workshop = None if place is None else Workshop(place, _key(strategy, sources, options), resume)
    sweep = Sweep(strategy, options)
    try:
        making = _Making(sweep, sources, workshop, progress)
        parts = making.parts()
        repeated = making.repeated()
        sample = making.perform_again(parts)
        outcomes, rejected = making.tables(parts, repeated)
    finally:
        sweep.close()
    manifest = _manifest(sweep, sources, making, parts, len(repeated), sample)
    summary = summary_of(strategy, manifest, outcomes, rejected)
    if workshop is not None:
        files = workshop.finish(iter([outcomes]), iter([rejected]), sweep.schema)
        manifest |= {"files": files | {SUMMARY: workshop.write(SUMMARY, markdown(summary))}}
        workshop.write(MANIFEST, sealed(manifest))
        about = _about(started, time.monotonic() - clock, making.engine, options)
        workshop.write(RUN, sealed(about))
        workshop.deliver()
    return Outcome(manifest, summary, outcomes, rejected)


def _key(strategy: Strategy, sources: Sequence[Source], options: Options) -> dict[str, Any]:
    """What a run that goes on must share with the one that was broken off."""
    return {
        "program": __version__,
        "strategy": strategy.digest,
        "evaluated_on": options.today.isoformat(),
        "engine": options.engine,
        "sample": options.sample,
        "seed": options.seed,
        "sources": [source.name for source in sources],
    }


class _Making:
    """A run in the making."""

    def __init__(
        self,
        sweep: Sweep,
        sources: Sequence[Source],
        workshop: Workshop | None,
        progress: Progress,
    ) -> None:
        self.sweep = sweep
        self.sources = sources
        self.workshop = workshop
        self.digests: list[Digest] = []
        self.engine = ""
        self._progress = progress
        self._made: list[Part] = []
        self._ids: dict[str, list[tuple[int, str, int, Any]]] = {}

    def parts(self) -> list[Stored | Part]:
        """Every block of records swept, or found swept before."""
        blocks = blocks_of(records_of(self.sources, self.digests))
        first = next(blocks, None)
        second = next(blocks, None) if first is not None else None
        found: list[Stored | Part] = []
        if first is None:
            self.engine = self.sweep.engine_for(0)
            return found
        self.engine = DUCKDB if second is not None else ""
        self.engine = self.sweep.engine_for(len(first) + (10**9 if second is not None else 0))
        done = 0
        for index, block in enumerate(_chained(first, second, blocks)):
            found.append(self._part(index, block))
            done += len(block)
            self._progress(done)
        return found

    def _part(self, index: int, block: list[Record]) -> Stored | Part:
        if self.workshop is None:
            part = self.sweep.part(block, self.engine)
            self._made.append(part)
            self._note_ids(part.rows)
            return part
        digest = _digest_of(block)
        stored = self.workshop.stored(index, digest)
        if stored is None:
            part = self.sweep.part(block, self.engine)
            stored = self.workshop.store(index, digest, part)
            self._note_ids(part.rows)
        else:
            (rows,) = self.workshop.tables([stored], OUTCOMES)
            self._note_ids(rows)
        return stored

    def _note_ids(self, rows: pa.Table) -> None:
        columns = [rows[name].to_pylist() for name in ("id", ROW, answers.SOURCE, answers.LINE)]
        dates = rows["as_of"].to_pylist()
        for name, row, source, line, date in zip(*columns, dates, strict=True):
            self._ids.setdefault(name, []).append((row, source, line, date))

    def repeated(self) -> dict[int, Problem]:
        """The records whose id another record has too, by row."""
        found: dict[int, Problem] = {}
        for name, places in self._ids.items():
            if len(places) < 2:
                continue
            for row, source, line, date in places:
                others = [one for one in places if one[0] != row]
                _, other_source, other_line, other_date = others[0]
                where = f"{other_source}:{other_line}"
                dated = f", with the facts of {other_date}" if other_date != date else ""
                found[row] = Problem(
                    Code.DUPLICATE_ID,
                    f"`{name}` is the reference of {len(others)} other record"
                    f"{'s' if len(others) > 1 else ''} too, first in {where}{dated}",
                    Place(source, line),
                    "keep one of them, or give each partnership a reference of its own",
                )
        return found

    def perform_again(self, parts: Sequence[Stored | Part]) -> int:
        """Perform a sample of cases again by `check`; how many. Raises Refused on a difference."""
        lots = heapq.nsmallest(
            self.sweep.options.sample,
            (one for part in parts for one in part.sample),
            key=lambda one: one[0],
        )
        wanted = {record.row: record for _, record in lots}
        stored: dict[int, Mapping[str, Any]] = {}
        for part, table in self._tables(parts, OUTCOMES):
            rows = [record.row for _, record in part.sample if record.row in wanted]
            if rows:
                stored |= _rows_of(table, set(rows))
        sample = [(record, stored[row]) for row, record in sorted(wanted.items())]
        found = differences(self.sweep.singly, sample)
        if found:
            raise Refused([one.problem() for one in found])
        return len(sample)

    def tables(
        self, parts: Sequence[Stored | Part], repeated: Mapping[int, Problem]
    ) -> tuple[pa.Table, pa.Table]:
        """Outcomes and rejects of the whole run."""
        import pyarrow as pa
        import pyarrow.compute as pc

        from .run_folder import rejected_schema, rejected_table
        from .singly import Rejected

        gone = pa.array(sorted(repeated), pa.int64())
        outcomes = [self.sweep.schema.empty_table()]
        for _, table in self._tables(parts, OUTCOMES):
            if repeated:
                table = table.filter(pc.invert(pc.is_in(table[ROW], value_set=gone)))
            outcomes.append(table)
        rejected = [rejected_schema().empty_table()]
        rejected += [table for _, table in self._tables(parts, REJECTED)]
        if repeated:
            records = {
                row: Record(row, 0, problem.place.line or 1, problem.place.file)
                for row, problem in repeated.items()
                if problem.place is not None
            }
            more = [Rejected(records[row], (problem,)) for row, problem in repeated.items()]
            rejected.append(rejected_table(more))
        whole = pa.concat_tables(rejected)
        order = pc.sort_indices(whole, sort_keys=[(ROW, "ascending")])
        return pa.concat_tables(outcomes), whole.take(order)

    def _tables(
        self, parts: Sequence[Stored | Part], what: str
    ) -> Iterator[tuple[Stored | Part, pa.Table]]:
        from .run_folder import rejected_table

        for part in parts:
            if isinstance(part, Part):
                yield part, part.rows if what == OUTCOMES else rejected_table(part.rejected)
            else:
                assert self.workshop is not None
                (table,) = self.workshop.tables([part], what)
                yield part, table


def _chained(
    first: list[Record], second: list[Record] | None, rest: Iterator[list[Record]]
) -> Iterator[list[Record]]:
    yield first
    if second is not None:
        yield second
        yield from rest


def _digest_of(block: Sequence[Record]) -> str:
    digest = hashlib.sha256()
    for record in block:
        digest.update(f"{record.row} {record.line} {record.name}\n".encode())
        if record.data is not None:
            digest.update(record.data)
    return f"sha256:{digest.hexdigest()}"


def _rows_of(table: pa.Table, rows: set[int]) -> dict[int, Mapping[str, Any]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    wanted = table.filter(pc.is_in(table[ROW], value_set=pa.array(sorted(rows), pa.int64())))
    return {row[ROW]: row for row in wanted.to_pylist()}


# --- what is said of a run --------------------------------------------------------------------


def _manifest(
    sweep: Sweep,
    sources: Sequence[Source],
    making: _Making,
    parts: Sequence[Stored | Part],
    repeated: int,
    sample: int,
) -> dict[str, Any]:
    strategy, options = sweep.strategy, sweep.options
    singly: Counter[str] = sum((part.singly for part in parts), Counter())
    rejected = sum(
        len(part.rejected) if isinstance(part, Part) else part.rejected for part in parts
    )
    records = sum(part.records for part in parts)
    return {
        "schema": SCHEMA,
        "program": {"name": "accordance", "version": __version__, **_versions(making.engine)},
        "strategy": {
            "name": strategy.name,
            "title": strategy.title,
            "version": strategy.version,
            "digest": strategy.digest,
            "source_digest": strategy.source_digest,
            "status": strategy.status,
        },
        "evaluated_on": options.today.isoformat(),
        "sources": [
            {"name": source.name, "bytes": digest.size, "digest": digest.text}
            for source, digest in zip(sources, making.digests, strict=True)
        ],
        "counts": {
            "records": records,
            "cases": records - rejected - repeated,
            "rejected": rejected + repeated,
        },
        "engine": {
            "name": making.engine,
            "by_columns": sum(part.by_columns for part in parts),
            "singly": dict(sorted(singly.items())),
        },
        "performed_again": {
            "seed": options.seed,
            "asked": options.sample,
            "cases": sample,
            "differences": 0,
        },
        "words": {
            "outcome": list(answers.OUTCOME_WORDS),
            "severity": list(answers.SEVERITY_WORDS),
            "part": list(answers.PART_WORDS),
        },
        "themes": dict(strategy.themes),
        "rules": [
            {
                "rule": rule.rule.id,
                "title": rule.rule.title,
                "theme": rule.rule.theme,
                "parts": [
                    rule.rule.when_text,
                    *(one.requirement.text for one in rule.requirements),
                ],
            }
            for rule in sweep.checker.plan.rules
        ],
    }


def _versions(engine: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for package in ("duckdb", "ibis-framework", "pyarrow") if engine == DUCKDB else ("pyarrow",):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found


def _about(started: dt.datetime, seconds: float, engine: str, options: Options) -> dict[str, Any]:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = "unknown"
    return {
        "schema": "accordance/run/1",
        "by": user,
        "started": started.isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "python": platform.python_version(),
        "engine": engine,
        "threads": options.threads,
    }
