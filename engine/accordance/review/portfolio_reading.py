"""The partnerships to review: a folder of fact files, files one by one, or a stored sweep.

What cannot be read is a problem, and the rest is reviewed without it. Of a sweep the facts are read
anew, and must be those that were swept.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ..check.small_groups import VIEWS
from ..facts.case import Case
from ..facts.model import FactModel
from ..facts.reading import case_of_text, load_case, read_case
from ..portfolio.body_files import FILES
from ..problem import Code, Place, Problem, Refused
from ..source.reading import read_leniently
from ..source.tree import Located, Mapping
from ..source.tree import Sequence as Listed

MANIFEST: Final = "manifest.json"
SWEEP: Final = "accordance/sweep/"
FACT_ENDINGS: Final = (".yaml", ".yml", ".json")
LINE_ENDINGS: Final = (".ndjson", ".jsonl")
TABLE_ENDINGS: Final = (".csv", ".tsv", ".xlsx", ".xlsm")
NO_FACTS: Final = tuple(
    f"{what}{ending}"
    for what in ("aliases", "exceptions", ".expected", ".mapping")
    for ending in FACT_ENDINGS
)
"""Ends of the names of files that stand beside fact files and are none."""
MOST_CASES: Final = 5_000
MAX_MANIFEST_BYTES: Final = 64 * 1024 * 1024


@dataclass(slots=True)
class Portfolio:
    """The cases that could be read, in the order of their files, and what could not; of a sweep
    also its evaluation date, and the files that its body kept: by their kinds, name and digest."""

    cases: list[Case] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    evaluated_on: dt.date | None = None
    kept: dict[str, tuple[str, str]] = field(default_factory=dict)

    def body_files(self, named: AbstractMapping[str, str | None]) -> dict[str, str | None]:
        """The files of the body by their kinds: those `named`, else those that a sweep took.
        Raises Refused where such a file has changed since."""
        found = dict(named)
        for kind, (name, digest) in self.kept.items():
            if found.get(kind) is None:
                _refuse_changed(name, digest)
                found[kind] = name
        return found


def read_portfolio(paths: Sequence[str], model: FactModel) -> Portfolio:
    """The partnerships of folders, files and sweeps.

    Raises Refused for a path that is no source, for a sweep whose facts have changed, and where no
    case at all could be read.
    """
    found = Portfolio()
    for path in paths:
        for file, digest in _files(path, found):
            _read(file, digest, model, found)
    _refuse_twins(found)
    if len(found.cases) > MOST_CASES:
        raise Refused(
            Problem(
                Code.TOO_MANY_VALUES,
                f"a review looks at each partnership closely, and these are {len(found.cases):,}",
                Place(paths[0]),
                f"review at most {MOST_CASES:,} of them at once",
            )
        )
    if not found.cases:
        raise Refused(
            found.problems
            or Problem(Code.FILE_EMPTY, "there is no partnership to review", Place(paths[0]))
        )
    return found


def _files(path: str, found: Portfolio) -> Iterator[tuple[str, str | None]]:
    """The files behind a path, with the digest that each must have (None: any)."""
    if os.path.isdir(path):
        manifest = os.path.join(path, MANIFEST)
        if os.path.exists(manifest):
            yield from _swept(manifest, found)
            return
        inside = list(_files_in(path))
        if not inside:
            text = "there is no fact file in this folder"
            raise Refused(Problem(Code.FILE_UNREADABLE, text, Place(path)))
        yield from ((file, None) for file in inside)
        return
    if not os.path.exists(path):
        raise Refused(Problem(Code.FILE_UNREADABLE, "there is no such file", Place(path)))
    if not path.lower().endswith((*FACT_ENDINGS, *LINE_ENDINGS, *TABLE_ENDINGS)):
        raise Refused(
            Problem(
                Code.FILE_KIND,
                "this is no source of facts",
                Place(path),
                "give a folder of fact files, the folder of a sweep, or a fact file",
            )
        )
    yield path, None


def _files_in(folder: str) -> Iterator[str]:
    for here, folders, files in os.walk(folder):
        folders.sort()
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        for name in sorted(files):
            low = name.lower()
            if low.startswith(".") or low.endswith(NO_FACTS):
                continue
            if low.endswith((*FACT_ENDINGS, *LINE_ENDINGS)):
                yield os.path.join(here, name)


def _swept(manifest: str, found: Portfolio) -> Iterator[tuple[str, str | None]]:
    """The sources of a stored sweep, which must not have changed."""
    try:
        with open(manifest, "rb") as file:
            stated: Any = json.loads(file.read(MAX_MANIFEST_BYTES))
        schema = str(stated["schema"])
        sources = [(str(one["name"]), str(one["digest"])) for one in stated["sources"]]
        found.evaluated_on = dt.date.fromisoformat(stated["evaluated_on"])
        kept = {kind: stated.get("portfolio", {}).get(kind) for kind in FILES}
        found.kept = {
            kind: (str(one["name"]), str(one["digest"]))
            for kind, one in kept.items()
            if one is not None
        }
    except OSError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        schema, sources = "", []
    if not schema.startswith(SWEEP):
        raise Refused(
            Problem(
                Code.FILE_KIND,
                "this is not the manifest of a sweep",
                Place(manifest),
                "give the folder that `accordance sweep --out` made, or a folder of fact files",
            )
        )
    for name, _ in sources:
        if not name.lower().endswith((*FACT_ENDINGS, *LINE_ENDINGS)):
            raise Refused(
                Problem(
                    Code.FILE_KIND,
                    f"the sweep read `{name}`, from which a review cannot take its facts",
                    Place(manifest),
                    "review the fact files themselves",
                )
            )
    yield from sources


def _read(file: str, digest: str | None, model: FactModel, found: Portfolio) -> None:
    if digest is not None:
        _refuse_changed(file, digest)
    low = file.lower()
    try:
        if low.endswith(TABLE_ENDINGS):
            from ..facts.tables.reading import load_table_cases

            found.cases += load_table_cases(model, file)
        elif low.endswith(LINE_ENDINGS):
            _read_lines(file, model, found)
        else:
            found.cases.append(_load(file, model, found))
    except Refused as refused:
        found.problems += refused.problems


def _load(file: str, model: FactModel, found: Portfolio) -> Case:
    """The case of a file; where nothing but some of its views is wrong, without these views."""
    located, problems = read_leniently(file, None, None)
    try:
        return case_of_text(located, problems, model)
    except Refused as refused:
        less = None if problems else _without_views(located, refused.problems)
        if less is None:
            raise
        case = read_case(less, model)
        found.problems += refused.problems
        return case


def _without_views(located: Located, problems: Sequence[Problem]) -> Located | None:
    """The facts without the views that problems lie in; None where a problem lies elsewhere."""
    views = located.entries.get(VIEWS) if isinstance(located, Mapping) else None
    if not isinstance(located, Mapping) or not isinstance(views, Listed):
        return None
    spans = [_span(item) for item in views.items]
    hit = [
        next((at for at, span in enumerate(spans) if _lies_in(one.place, span)), None)
        for one in problems
    ]
    if None in hit:
        return None
    kept = [item for at, item in enumerate(views.items) if at not in hit]
    entries = {**located.entries, VIEWS: replace(views, items=kept)}
    return replace(located, entries=entries)


def _span(item: Located) -> tuple[tuple[int, int], tuple[int, int]]:
    first, last = item.source.place(item.start), item.source.place(item.end)
    return (first.line or 0, first.column or 0), (last.line or 0, last.column or 0)


def _lies_in(place: Place | None, span: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    if place is None or place.line is None:
        return False
    return span[0] <= (place.line, place.column or 0) <= span[1]


def _read_lines(file: str, model: FactModel, found: Portfolio) -> None:
    """One case a line."""
    from ..source.text import read_bytes

    for number, line in enumerate(read_bytes(file, file).split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            found.cases.append(load_case(model, data=line, name=f"{file}:{number}.json"))
        except Refused as refused:
            place = Place(file, number)
            found.problems += [replace(one, place=place) for one in refused.problems]


def _refuse_changed(file: str, digest: str) -> None:
    try:
        with open(file, "rb") as stream:
            now = f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}"
    except OSError:
        now = ""
    if now != digest:
        raise Refused(
            Problem(
                Code.USAGE,
                "these are not the facts that were swept" if now else "the facts are not there",
                Place(file),
                "sweep anew, or review the folder of fact files",
            )
        )


def _refuse_twins(found: Portfolio) -> None:
    """Cases of one id are left out, all of them: which one counts is not ours to say."""
    by_id: dict[str, list[Case]] = {}
    for case in found.cases:
        by_id.setdefault(case.id, []).append(case)
    for case_id, twins in by_id.items():
        for case in twins if len(twins) > 1 else ():
            other = next(one for one in twins if one is not case)
            found.problems.append(
                Problem(
                    Code.DUPLICATE_ID,
                    f"`{case_id}` is the reference of another partnership too, in {other.source}",
                    case.places.get("id", Place(case.source)),
                    "keep one of them, or give each a reference of its own",
                )
            )
    found.cases = [case for case in found.cases if len(by_id[case.id]) == 1]
