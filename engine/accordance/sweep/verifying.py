"""Is a stored run still what it was: its files, its sources, its strategy, and what `check` says?

Each check says what it looked at and every fault it found. Cases are performed again only where
sources and strategy are the same, since nothing else could be expected to come out the same.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from .. import __version__
from ..feel.values import date
from ..portfolio.body_files import FILES, find_body_files
from ..problem import Code, Place, Problem, Refused
from ..strategy.model import Strategy
from .across import by_check, in_short
from .answers import ROW
from .performing import differences
from .records import Record
from .rejects import rejected_table
from .run_files import MANIFEST, PORTFOLIO, SUMMARY
from .run_reading import Run, open_run
from .running import records_with, rows_of
from .seals import long_text_of
from .singly import Rejected, Singly
from .sources import Source, digest_of, find_sources
from .summary import Counting, markdown
from .sweeping import CHECK, Options, Sweep, drawn
from .together import blocks_of

SCHEMA: Final = "accordance/verify/1"
SAMPLE: Final = 200
ACROSS: Final = 5_000
"""Of so many cases at most, the rules over the portfolio are performed again as well."""
REJECTS: Final = 50
"""So many rejects are read again at most."""


def verify(
    folder: str,
    strategy: Strategy,
    root: str | None = None,
    sample: int = SAMPLE,
    seed: int | None = None,
    digest: str | None = None,
) -> dict[str, Any]:
    """What was checked of a run and what was found: `checks`, each with what it looked at and its
    `faults`. Sources are looked for where they were, or below `root`; `digest` is what the run is
    known by elsewhere.

    Raises Refused where there is no run.
    """
    try:
        run = open_run(folder)
    except Refused as refused:
        if refused.problems[0].code is not Code.RUN_CHANGED:
            raise
        return _document(folder, None, [_check("files", "files of the run", refused.problems)])
    seed = run.manifest["performed_again"]["seed"] + 1 if seed is None else seed
    with contextlib.chdir(root) if root is not None else contextlib.nullcontext():
        verifying = _Verifying(run, strategy, root, sample, seed, digest)
        checks = list(verifying.checks())
    return _document(folder, run, checks)


def _document(folder: str, run: Run | None, checks: list[dict[str, Any]]) -> dict[str, Any]:
    manifest = {} if run is None else run.manifest
    return {
        "schema": SCHEMA,
        "run": folder,
        "digest": None if run is None else run.digest,
        "strategy": manifest.get("strategy"),
        "evaluated_on": manifest.get("evaluated_on"),
        "counts": manifest.get("counts"),
        "checks": checks,
        "verified": not any(check["faults"] for check in checks),
    }


def _check(name: str, said: str, faults: Sequence[Problem], done: bool = True) -> dict[str, Any]:
    return {
        "check": name,
        "done": done,
        "said": said,
        "faults": [
            {"place": str(one.place or ""), "message": one.message, "help": one.help}
            for one in faults
        ],
    }


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


class _Verifying:
    def __init__(
        self,
        run: Run,
        strategy: Strategy,
        root: str | None,
        sample: int,
        seed: int,
        digest: str | None,
    ) -> None:
        self._run = run
        self._strategy = strategy
        self._names = _Names(run, moved=root is not None)
        self._sample = sample
        self._seed = seed
        self._digest = digest
        self._sound = True

    def checks(self) -> Iterator[dict[str, Any]]:
        for check in (self._known, self._files, self._sources, self._rules):
            found = check()
            if found is not None:
                self._sound = self._sound and not found["faults"]
                yield found
        if self._sound:
            yield self._performed_again()
        else:
            said = "not performed again, since something above is not as it was"
            yield _check("performed again", said, [], done=False)

    def _known(self) -> dict[str, Any] | None:
        """Is it the run that is known elsewhere?"""
        if self._digest is None:
            return None
        faults = []
        if self._digest != self._run.digest:
            text = f"this is another run: `{self._run.digest}`, not `{self._digest}`"
            faults.append(Problem(Code.RUN_CHANGED, text, Place(self._run.path(MANIFEST))))
        return _check("digest", "digest of the run", faults)

    def _files(self) -> dict[str, Any]:
        run = self._run
        faults = run.faults()
        if not faults:
            faults = self._miscounted()
        count = len(run.manifest["files"]) + 2
        return _check("files", f"{count} files of the run", faults)

    def _miscounted(self) -> list[Problem]:
        """Do the manifest and the summary say what the tables say?"""
        run, counting = self._run, Counting(self._run.rules)
        for table in run.tables():
            counting.add(table)
        rejected: set[int] = set()
        for table in run.rejected_tables():
            counting.add_rejected(table)
            rejected.update(table[ROW].to_pylist())
        counts = run.manifest["counts"]
        found = []
        for what, said, counted in (
            ("cases", counts["cases"], counting.count),
            ("rejected", counts["rejected"], len(rejected)),
        ):
            if said != counted:
                text = f"the manifest counts {said:,} {what}, and there are {counted:,}"
                found.append(Problem(Code.RUN_CHANGED, text, Place(run.path(MANIFEST))))
        summary = counting.summary(run.manifest)
        if (across := run.portfolio()) is not None:
            summary["portfolio"] = in_short(across)
        with open(run.path(SUMMARY), encoding="utf-8") as file:
            if file.read() != markdown(summary):
                text = "the summary says something else than the outcomes"
                found.append(Problem(Code.RUN_CHANGED, text, Place(run.path(SUMMARY))))
        return found

    # sources

    def _sources(self) -> dict[str, Any]:
        known = {}
        for source in self._run.sources:
            for file in (source, *source.get("with", ())):
                known[self._names.now(file["name"])] = file["digest"]
        known |= {one["name"]: one["digest"] for _, one in self._kept()}
        faults = [fault for name in known if (fault := _source_fault(name, known[name]))]
        return _check("sources", _count(len(known), "swept file"), faults + self._others(known))

    def _kept(self) -> Iterator[tuple[str, dict[str, str]]]:
        """What the body kept for the rules over the portfolio: each kind, and its file."""
        said = self._run.manifest.get("portfolio", {})
        for kind in FILES:
            if (one := said.get(kind)) is not None:
                yield kind, {**one, "name": self._names.now(one["name"])}

    def _others(self, known: dict[str, str | None]) -> list[Problem]:
        """Files that a sweep would take today and did not take then."""
        try:
            found = self._find()
        except Refused as refused:
            return list(refused.problems)
        now = [name for source in found for name in (source.path, *source.companions)]
        return [
            Problem(
                Code.RUN_CHANGED,
                "this file is there now and was not swept",
                Place(name),
                "take it away, or sweep again",
            )
            for name in now
            if name not in known
        ]

    def _find(self) -> list[Source]:
        return _sources(self._run, self._strategy, self._names)

    # rules

    def _rules(self) -> dict[str, Any]:
        told, strategy = self._run.manifest["strategy"], self._strategy
        faults = []
        if told["digest"] != strategy.digest:
            faults.append(
                Problem(
                    Code.RUN_CHANGED,
                    f"the run went by `{told['name']}` {told['version']} ({told['digest']}), and "
                    f"this is `{strategy.name}` {strategy.version} ({strategy.digest})",
                    Place(strategy.folder),
                    "name the folder of that version by `--strategy`",
                )
            )
        return _check("strategy", f"strategy `{told['name']}` {told['version']}", faults)

    # performing again

    def _performed_again(self) -> dict[str, Any]:
        run, manifest = self._run, self._run.manifest
        rows, rejects = self._drawn()
        combine = manifest["combined"] is not None
        blocks = blocks_of(self._find(), self._strategy.model, combine)
        records = records_with(blocks, [*rows, *rejects])
        stored: dict[int, Any] = {}
        for table in run.tables():
            stored |= rows_of(table, rows)
        sweep = Sweep(self._strategy, Options(date(manifest["evaluated_on"])))
        try:
            sample = [(records[row], stored[row]) for row in rows if row in records]
            faults = [one.problem() for one in differences(sweep.singly, sample)]
            for row, told in rejects.items():
                faults += _reject_faults(sweep.singly, records.get(row), told)
            if manifest["counts"]["cases"] <= ACROSS:
                faults += self._across_faults(sweep)
        finally:
            sweep.close()
        lost = [row for row in rows if row not in records]
        if lost:
            text = f"{len(lost):,} cases are not in the sources"
            faults.append(Problem(Code.RUN_CHANGED, text, Place(run.folder)))
        said = f"performed again: {_count(len(rows), 'case')}, {_count(len(rejects), 'reject')}"
        said += f" (seed {self._seed})"
        if manifest["program"]["version"] != __version__:
            said += f", {manifest['program']['version']} then, {__version__} now"
        return _check("performed again", said, faults)

    def _across_faults(self, sweep: Sweep) -> list[Problem]:
        """Do the rules over the portfolio say what they said?"""
        told = self._run.portfolio()
        if told is None:
            return []
        manifest, strategy = self._run.manifest, self._strategy
        gone = frozenset(one[ROW] for one in self._run.rejected())
        given = [self._names.now(name) for name in manifest["given"]]
        kept = find_body_files(given, strategy, {kind: one["name"] for kind, one in self._kept()})
        blocks = blocks_of(self._find(), strategy.model, manifest["combined"] is not None)
        now = by_check(sweep, blocks, gone, kept)
        if manifest["engine"]["name"] == CHECK:
            same = long_text_of(now) == long_text_of(told)
        else:
            # How many facts are missing, and which cases decide, columns tell more roughly.
            same = _in_essence(now) == _in_essence(told)
        if same:
            return []
        text = "the rules over the portfolio say something else now"
        return [Problem(Code.ENGINE_DISAGREES, text, Place(self._run.path(PORTFOLIO)))]

    def _drawn(self) -> tuple[list[int], dict[int, list[tuple[str, str]]]]:
        """The rows of cases that are performed again, and rejects with what was said of them."""
        import numpy as np

        rows = [table[ROW].to_numpy() for table in self._run.tables([ROW])]
        cases = drawn(np.concatenate(rows or [np.array([], np.int64)]), self._seed, self._sample)
        told: dict[int, list[tuple[str, str]]] = {}
        for one in self._run.rejected():
            # That an id is there twice shows in no record alone.
            if one["code"] != Code.DUPLICATE_ID:
                told.setdefault(one[ROW], []).append((one["code"], one["message"]))
        rejects = drawn(np.array(sorted(told), np.int64), self._seed, min(self._sample, REJECTS))
        return sorted(cases), {row: told[row] for row in sorted(rejects)}


def sources_of(run: Run, strategy: Strategy, moved: bool = False) -> list[Source]:
    """The files that a run swept, to be read again; `moved` where they are below another root, the
    working folder. Raises Refused where one is not there."""
    return _sources(run, strategy, _Names(run, moved))


def _sources(run: Run, strategy: Strategy, names: _Names) -> list[Source]:
    mapping = run.manifest["mapping"]
    return find_sources(
        [names.now(name) for name in run.manifest["given"]],
        strategy.model,
        None if mapping is None else names.now(mapping),
    )


def _in_essence(across: dict[str, Any]) -> list[tuple[Any, ...]]:
    """What the rules over the portfolio say, without how they come to it and what they miss."""
    notices = [(one["rule"], one["message"]) for one in across["notices"]]
    return notices + [
        (
            one["id"],
            one["outcome"],
            one["severity"],
            one["message"] if one["kind"] != "gap" else None,
            one["accepted_by"],
        )
        for one in across["results"]
    ]


def _source_fault(name: str, digest: str | None) -> Problem | None:
    try:
        now: str | None = digest_of(name).text
    except Refused as refused:
        # What nobody could read then is as it was where nobody can read it now.
        if digest is None:
            return None
        moved = "where it lies elsewhere now, name the folder with `--sources`"
        return replace(refused.problems[0], help=moved)
    if now == digest:
        return None
    text = "this file is not as it was when it was swept"
    return Problem(Code.RUN_CHANGED, text, Place(name), "bring it back, or sweep again")


def _reject_faults(
    singly: Singly, record: Record | None, told: list[tuple[str, str]]
) -> list[Problem]:
    found = None if record is None else singly.answer(record)
    place = None if record is None else record.place
    if not isinstance(found, Rejected):
        text = "this record was rejected and is none now"
        return [Problem(Code.ENGINE_DISAGREES, text, place)]
    now = rejected_table([found]).select(["code", "message"]).to_pylist()
    if [(one["code"], one["message"]) for one in now] == told:
        return []
    return [Problem(Code.ENGINE_DISAGREES, "this record is rejected for other reasons now", place)]


class _Names:
    """What the files of a run are called now: as they were, or below another root. Names from the
    root of the file system are taken from the folder that all of them were in."""

    def __init__(self, run: Run, moved: bool) -> None:
        given = [name for name in run.manifest["given"] if os.path.isabs(name)]
        self._common: str | None = None
        if moved and given:
            self._common = os.path.commonpath([os.path.dirname(name) for name in given])

    def now(self, name: str) -> str:
        if self._common is None or not os.path.isabs(name):
            return name
        return os.path.relpath(name, self._common)
