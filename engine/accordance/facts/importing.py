"""What an import makes: fact files, and a list of what could not become one. Nothing is lost: what
came in is the cases and the rejects together.

The folder appears whole or not at all, and the same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from ..problem import Code, Place, Problem, Refused
from .model import FactModel
from .reading import load_case

REJECTS: Final = "rejects"
SCHEMA: Final = "accordance/import/1"
ENDING: Final = ".facts.yaml"
_NAME_LENGTH: Final = 100


@dataclass(frozen=True, slots=True)
class Made:
    """A case: its id, the text of its fact file, and where it came from (releases, a row); `place`
    is where that is, or the latest of it."""

    id: str
    text: str
    sources: tuple[str, ...]
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Reject:
    """What could not become a case, and why, in words and as the problems that they tell;
    `sources` and `place` as in Made."""

    id: str | None
    reasons: tuple[str, ...]
    sources: tuple[str, ...]
    place: Place | None = field(default=None, compare=False)
    problems: tuple[Problem, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something that a source says of a case and its fact file does not, and why."""

    id: str
    path: str
    reason: str
    source: str


@dataclass(slots=True)
class Import:
    """Everything that came of one import. `read` counts what came in, under the name that it has
    there (releases, rows); the sources of cases and rejects add up to it."""

    kind: str
    unit: str
    read: int
    digests: dict[str, str]
    cases: list[Made] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def in_cases(self) -> int:
        """How much of what was read stands in cases."""
        return sum(len(made.sources) for made in self.cases)

    @property
    def in_rejects(self) -> int:
        """How much of what was read stands among the rejects."""
        return sum(len(reject.sources) for reject in self.rejects)


def held_to_model(made: Made, model: FactModel) -> Made | Reject:
    """The case, if its fact file is one of this strategy; else the reject that says why not."""
    try:
        load_case(model, data=made.text.encode("utf-8"), name="facts.yaml")
    except Refused as refused:
        reasons = [
            f"{problem.message}" + (f"; {problem.help}" if problem.help else "")
            for problem in refused.problems
        ]
        problems = tuple(replace(problem, place=made.place) for problem in refused.problems)
        return Reject(made.id, tuple(reasons), made.sources, made.place, problems)
    return made


def write_import(folder: str, done: Import) -> None:
    """Writes the fact files and the list of rejects into a new folder. Raises Refused where there
    is one with something in it."""
    refuse_folder_in_use(folder)
    # INVARIANT: nothing vanishes.
    assert done.in_cases + done.in_rejects == done.read, f"{done.unit} were lost"
    names = _file_names([made.id for made in done.cases])
    parent = os.path.dirname(os.path.abspath(folder))
    os.makedirs(parent, exist_ok=True)
    beside = tempfile.mkdtemp(prefix=f".{os.path.basename(os.path.normpath(folder))}-", dir=parent)
    try:
        for made, name in zip(done.cases, names, strict=True):
            _write(os.path.join(beside, name), made.text)
        document = _document(done, names)
        _write(
            os.path.join(beside, f"{REJECTS}.json"),
            json.dumps(document, ensure_ascii=False, indent=1) + "\n",
        )
        _write(os.path.join(beside, f"{REJECTS}.md"), _page(document, counted(done)))
        os.chmod(beside, 0o777 & ~_umask())
        if os.path.isdir(folder):
            os.rmdir(folder)
        os.rename(beside, folder)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise


def refuse_folder_in_use(folder: str) -> None:
    """Raises Refused unless the folder is new or empty: what stands there may be edited facts."""
    if os.path.isdir(folder) and not os.listdir(folder):
        return
    if os.path.lexists(folder):
        what = "the folder is not empty" if os.path.isdir(folder) else "this is no folder"
        raise Refused(
            Problem(Code.USAGE, what, Place(folder), "name a new folder, so that nothing is lost")
        )


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


def _file_names(ids: Sequence[str]) -> list[str]:
    """A file name for each id: its letters and digits, and a mark where two would be alike."""
    stems = [
        re.sub(r"[^A-Za-z0-9._-]+", "-", one).strip("-.")[:_NAME_LENGTH] or "case" for one in ids
    ]
    folded = [stem.casefold() for stem in stems]
    names = []
    for one, stem in zip(ids, stems, strict=True):
        if folded.count(stem.casefold()) > 1:
            stem += "-" + hashlib.sha256(one.encode("utf-8")).hexdigest()[:8]
        names.append(stem + ENDING)
    return names


def _document(done: Import, names: Sequence[str]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "kind": done.kind,
        "sources": [{"name": name, "digest": digest} for name, digest in done.digests.items()],
        "counts": {
            done.unit: done.read,
            "cases": len(done.cases),
            "rejected": len(done.rejects),
            f"{done.unit}_in_cases": done.in_cases,
            f"{done.unit}_rejected": done.in_rejects,
        },
        "rejected": [
            {"id": one.id, "reasons": list(one.reasons), "from": list(one.sources)}
            for one in done.rejects
        ],
        "left_out": [
            {"id": one.id, "path": one.path, "reason": one.reason, "from": one.source}
            for one in done.left_out
        ],
        "cases": [
            {"id": made.id, "file": name, "from": list(made.sources)}
            for made, name in zip(done.cases, names, strict=True)
        ],
    }


def _page(document: dict[str, Any], said: str) -> str:
    """The same for a person to read, with the counts in one line."""
    lines = ["# What became of the import", "", f"{said}.", ""]
    lines += [f"- {_plain(one['name'])} ({one['digest']})" for one in document["sources"]]
    lines += ["", "## Rejected", ""]
    if document["rejected"]:
        lines += ["| what | why | where |", "|---|---|---|"]
        for one in document["rejected"]:
            parts = (_cell(one["id"] or ""), _lines(one["reasons"]), _lines(one["from"]))
            lines.append(f"| {' | '.join(parts)} |")
    else:
        lines.append("Nothing.")
    lines += ["", "## Not taken over", ""]
    if document["left_out"]:
        lines += ["| case | what | why | where |", "|---|---|---|---|"]
        for one in document["left_out"]:
            cells = [_cell(one[name]) for name in ("id", "path", "reason", "from")]
            lines.append(f"| {' | '.join(cells)} |")
    else:
        lines.append("Nothing.")
    return "\n".join(lines) + "\n"


def _lines(texts: Sequence[str]) -> str:
    return "<br>".join(_cell(text) for text in texts)


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|")


def _plain(text: str) -> str:
    """Someone's words on one line of Markdown, where they are only text; code stays code."""
    words = " ".join(text.split())
    shown = "".join(letter if letter.isprintable() else "?" for letter in words)
    parts = shown.split("`")
    if len(parts) % 2 == 0:  # a quote that is not closed
        parts = ["'".join(parts)]
    return "`".join(
        part if number % 2 else re.sub(r"([\\*_\[\]<>#])", r"\\\1", part)
        for number, part in enumerate(parts)
    )


def counted(done: Import) -> str:
    """What was read and what became of it, such that the parts add up."""
    cases, rejects = len(done.cases), len(done.rejects)
    said = f"{done.read:,} {done.unit}: {cases:,} case{'' if cases == 1 else 's'}"
    said += f" (of {done.in_cases:,} {done.unit})" if done.in_cases != cases else ""
    said += f", {rejects:,} rejected"
    said += f" (of {done.in_rejects:,})" if done.in_rejects != rejects else ""
    if done.left_out:
        said += f"; {len(done.left_out):,} statements not taken over"
    return said
