"""A stored run, to read: its manifest, its cases and what each rule said of them, its rejects.

    run = open_run("runs/june")          # the manifest was not changed, or Refused
    run.check_files()                    # nor were the other files
    for row in run.cases(["id", "verdict"]): ...
    for result in run.results(row): ...  # with all columns: rule, outcome, severity, parts

What a finding says in full (message, missing facts, actions) is not stored: `check` says it of the
record, see `Run.sources`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from ..problem import Code, Place, Problem, Refused
from . import answers
from .answers import MOOT
from .run_files import MANIFEST, OUTCOMES, PORTFOLIO, REJECTED, RUN, VALUES
from .seals import SEAL, file_digest, seal_of, text_of

if TYPE_CHECKING:
    import pyarrow as pa

SCHEMAS: Final = ("accordance/sweep/1",)
ROWS_AT_ONCE: Final = 10_000


@dataclass(frozen=True, slots=True)
class Result:
    """What one rule said of one case. `parts` are the states of the rule's condition and of each
    thing it requires, in the order of `parts` in the manifest."""

    rule: str
    outcome: str
    moot: bool
    severity: str
    severity_least: str
    parts: tuple[str, ...]

    @property
    def kind(self) -> str | None:
        """`breach` or `gap`; None for no finding."""
        if self.outcome == "non_compliant":
            return "breach"
        return "gap" if self.outcome == "insufficient_evidence" and not self.moot else None


class Run:
    """A run that was stored in a folder."""

    def __init__(self, folder: str, manifest: dict[str, Any]) -> None:
        self.folder = folder
        self.manifest = manifest

    @property
    def digest(self) -> str:
        """The digest by which the whole run is known: that of its manifest, which holds those of
        the other files, of the sources and of the strategy."""
        digest: str = self.manifest[SEAL]
        return digest

    @property
    def rules(self) -> list[dict[str, Any]]:
        """The rules in their order: `rule`, `title`, `theme`, `severity`, `parts`."""
        rules: list[dict[str, Any]] = self.manifest["rules"]
        return rules

    @property
    def sources(self) -> list[dict[str, Any]]:
        """The files that were swept: `name`, `kind`, `records`, `bytes`, `digest`, `with`."""
        sources: list[dict[str, Any]] = self.manifest["sources"]
        return sources

    def path(self, name: str) -> str:
        """Where a file of the run is."""
        return os.path.join(self.folder, name)

    # are the files as they were written?

    def faults(self) -> list[Problem]:
        """What is not as it was written."""
        found = []
        digests = self.manifest["files"]
        for name in sorted(digests):
            try:
                same = file_digest(self.path(name)) == digests[name]
            except OSError as error:
                found.append(_unreadable(self.path(name), error))
                continue
            if not same:
                found.append(_changed(self.path(name)))
        try:
            _sealed_document(self.path(RUN))
        except Refused as refused:
            found += refused.problems
        return found

    def check_files(self) -> None:
        """Raises Refused unless every file is as it was written."""
        found = self.faults()
        if found:
            raise Refused(found)

    # cases

    def tables(self, columns: Sequence[str] | None = None) -> Iterator[pa.Table]:
        """The outcomes, some thousand cases at once. Columns: see docs/sweep.md."""
        yield from self._tables(OUTCOMES, columns)

    def cases(self, columns: Sequence[str] | None = None) -> Iterator[dict[str, Any]]:
        """A row of outcomes for each case, in the order of the sweep."""
        for table in self.tables(columns):
            yield from table.to_pylist()

    def results(self, row: dict[str, Any]) -> list[Result]:
        """What the rules said of a case, in the order of the rules. `row` is one of `cases()` with
        all columns."""
        words = self.manifest["words"]
        return [self._result(rule, row, words) for rule in self.rules]

    def _result(self, rule: dict[str, Any], row: dict[str, Any], words: dict[str, Any]) -> Result:
        name = rule["rule"]
        code = row[name]
        outcome = words["outcome"][code]
        severities = words["severity"]
        return Result(
            rule=name,
            outcome="insufficient_evidence" if code == MOOT else outcome,
            moot=code == MOOT,
            severity=severities[row[answers.severity_column(name)]],
            severity_least=severities[row[answers.least_column(name)]],
            parts=tuple(answers.parts_of(row[answers.parts_column(name)], len(rule["parts"]))),
        )

    def findings(self, row: dict[str, Any]) -> list[Result]:
        """The breaches and gaps of a case."""
        return [result for result in self.results(row) if result.kind is not None]

    def rejected(self) -> Iterator[dict[str, Any]]:
        """Every problem of the records that could not be read."""
        for table in self.rejected_tables():
            yield from table.to_pylist()

    def rejected_tables(self) -> Iterator[pa.Table]:
        """The same as tables, some thousand problems at once."""
        yield from self._tables(REJECTED, None)

    def _tables(self, name: str, columns: Sequence[str] | None) -> Iterator[pa.Table]:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self.path(name)) as file:
                for batch in file.iter_batches(ROWS_AT_ONCE, columns=columns):
                    yield pa.Table.from_batches([batch])
        except (OSError, pa.ArrowException) as error:
            raise Refused(_unreadable(self.path(name), error)) from None

    # over the whole portfolio

    def portfolio(self) -> dict[str, Any] | None:
        """What the rules over the portfolio said; None where the strategy had none."""
        if PORTFOLIO not in self.manifest["files"]:
            return None
        try:
            with open(self.path(PORTFOLIO), encoding="utf-8") as file:
                found: dict[str, Any] = json.load(file)
        except OSError as error:
            raise Refused(_unreadable(self.path(PORTFOLIO), error)) from None
        except ValueError:
            raise Refused(_changed(self.path(PORTFOLIO))) from None
        return found

    @cached_property
    def _values(self) -> dict[str, dict[str, Any]]:
        if VALUES not in self.manifest["files"]:
            return {}
        rows = [row for table in self._tables(VALUES, None) for row in table.to_pylist()]
        return {row.pop("id"): row for row in rows}

    def values_of(self, case_id: str) -> dict[str, Any]:
        """What was found over the whole portfolio for one case (a rank among its peers, say), by
        name; empty where the run has no such values or knows no such case.

        They stand in values.parquet: a column `id`, and one for each value. Whoever performs a case
        of the run again has to use these, since alone it cannot know them.
        """
        return self._values.get(case_id, {})


def open_run(folder: str) -> Run:
    """A run, whose manifest is as it was written. Raises Refused where there is none, or it was
    changed."""
    if not os.path.isdir(folder):
        text = "there is no run of this name"
        raise Refused(
            Problem(Code.FILE_UNREADABLE, text, Place(folder), "name the folder of a run")
        )
    if not os.path.exists(os.path.join(folder, MANIFEST)):
        text = "this folder holds no run of a sweep"
        help_ = "name a folder that `accordance sweep --out` made"
        raise Refused(Problem(Code.FILE_UNREADABLE, text, Place(folder), help_))
    manifest = _sealed_document(os.path.join(folder, MANIFEST))
    if manifest.get("schema") not in SCHEMAS:
        text = f"this is no run that this program reads: `{manifest.get('schema')}`"
        raise Refused(Problem(Code.FILE_KIND, text, Place(os.path.join(folder, MANIFEST))))
    return Run(folder, manifest)


def _sealed_document(path: str) -> dict[str, Any]:
    try:
        with open(path, encoding="utf-8", newline="") as file:
            text = file.read()
        document = json.loads(text)
    except OSError as error:
        raise Refused(_unreadable(path, error)) from None
    except ValueError:
        raise Refused(_changed(path)) from None
    if (
        not isinstance(document, dict)
        or document.get(SEAL) != seal_of(document)
        or text_of(document) != text
    ):
        raise Refused(_changed(path))
    return document


def _changed(path: str) -> Problem:
    text = "this file is not as it was written by the sweep"
    return Problem(Code.RUN_CHANGED, text, Place(path), "do not rely on this run; sweep again")


def _unreadable(path: str, error: Exception) -> Problem:
    reason = getattr(error, "strerror", None) or str(error).split("\n")[0]
    return Problem(Code.FILE_UNREADABLE, f"cannot be read: {reason.lower()}", Place(path))
