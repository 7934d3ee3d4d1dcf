"""Where the facts of cases come from: files of every kind that `check` and `import` read."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..facts.importing import REJECTS
from ..facts.model import FactModel
from ..facts.tables.reading import CSV_ENDINGS, TABLE_ENDINGS, companion_of
from ..problem import Code, Place, Problem, Refused
from .run_files import MANIFEST, OUTCOMES, PARTIAL

FILE: Final = "fact file"
LINES: Final = "lines"
ROWS: Final = "parquet"
TABLE: Final = "table"
PACKAGE: Final = "open contracting"

ENDINGS: Final = {
    ".ndjson": LINES,
    ".jsonl": LINES,
    ".ndjson.gz": LINES,
    ".jsonl.gz": LINES,
    ".parquet": ROWS,
    ".yaml": FILE,
    ".yml": FILE,
    ".json": FILE,
    **dict.fromkeys(TABLE_ENDINGS, TABLE),
}
MAPPING_ENDINGS: Final = (".mapping.yaml", ".mapping.yml")
NO_FACTS: Final = (
    *MAPPING_ENDINGS,
    ".mapping.json",
    ".expected.yaml",
    ".expected.yml",
    ".expected.json",
    "aliases.yaml",
    "aliases.yml",
    "exceptions.yaml",
    "exceptions.yml",
)
"""Ends of the names of files that stand beside fact files and are none."""
LISTS_OF_REJECTS: Final = (f"{REJECTS}.json",)
"""What an import leaves beside the fact files that it makes."""

_HEAD_BYTES: Final = 256 * 1024
_PROCESS_KEY: Final = re.compile(rb'"ocid"\s*:')


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was asked for, and its kind.

    `mapping` says what the columns of a table mean. `beside` are files that bring more of the same
    cases: the tables of lists beside a table.
    """

    path: str
    kind: str
    mapping: str | None = None
    beside: tuple[str, ...] = ()

    @property
    def companions(self) -> tuple[str, ...]:
        """Every other file that what this one says depends on."""
        return self.beside if self.mapping is None else (*self.beside, self.mapping)


def find_sources(
    paths: Sequence[str], model: FactModel, mapping: str | None = None
) -> list[Source]:
    """The files to read: those named, and in folders all that may hold facts, in the order of
    their names. `mapping` is for the tables that have none beside them (`register.mapping.yaml`
    beside `register.csv`).

    Raises Refused for what is no source.
    """
    found = _Finding(model, mapping)
    for path in paths:
        found.take(path)
    return found.sources()


class _Finding:
    def __init__(self, model: FactModel, mapping: str | None) -> None:
        self._model = model
        self._mapping = mapping
        self._paths: list[str] = []
        self._problems: list[Problem] = []
        self._knows_ocid = any(fact.rpartition(".")[2] == "ocid" for fact in model.facts)

    def take(self, path: str) -> None:
        if os.path.isdir(path):
            if _is_run(path):
                self._refuse("this is a run of a sweep, not facts", path)
                return
            inside = list(_files_in(path))
            if not inside:
                self._refuse("there is no file of facts in this folder", path)
            self._paths += inside
            return
        if not os.path.exists(path):
            self._refuse("there is no such file", path)
        elif kind_of(path) is None:
            ends = ", ".join(f"`{ending}`" for ending in ENDINGS)
            help_ = f"give a folder, or a file that ends in one of {ends}"
            text = "this is no source of facts"
            self._problems.append(Problem(Code.FILE_KIND, text, Place(path), help_))
        else:
            self._paths.append(path)

    def _refuse(self, text: str, path: str) -> None:
        self._problems.append(Problem(Code.FILE_UNREADABLE, text, Place(path)))

    def sources(self) -> list[Source]:
        """What was found. Raises Refused."""
        self._refuse_twins()
        if self._problems:
            raise Refused(self._problems)
        whole = {path: companion_of(path, self._paths, self._model) for path in self._paths}
        found = [self._source(path) for path in self._paths if whole[path] is None]
        if self._mapping is not None and all(one.mapping != self._mapping for one in found):
            raise Refused(
                Problem(
                    Code.USAGE,
                    "there is no table for this mapping",
                    Place(self._mapping),
                    "`--map` says what the columns of a .csv or .xlsx file mean",
                )
            )
        return found

    def _source(self, path: str) -> Source:
        kind = kind_of(path)
        assert kind is not None
        if kind == TABLE:
            mapping = self._mapping_of(path)
            beside = () if mapping is not None else tuple(self._lists_beside(path))
            return Source(path, kind, mapping, beside)
        if kind in (FILE, LINES) and self._is_open_contracting(path):
            kind = PACKAGE
        return Source(path, kind)

    def _refuse_twins(self) -> None:
        seen: dict[str, str] = {}
        for path in self._paths:
            real = os.path.realpath(path)
            if real in seen:
                text = f"this file is named twice, first as `{seen[real]}`"
                self._problems.append(Problem(Code.USAGE, text, Place(path)))
            seen.setdefault(real, path)

    def _mapping_of(self, path: str) -> str | None:
        for ending in MAPPING_ENDINGS:
            beside = os.path.splitext(path)[0] + ending
            if os.path.exists(beside):
                return beside
        return self._mapping

    def _lists_beside(self, path: str) -> Iterator[str]:
        folder, name = os.path.split(path)
        stem, ending = os.path.splitext(name)
        if ending.lower() not in CSV_ENDINGS:
            return
        for other in sorted(os.listdir(folder or ".")):
            part = other.removeprefix(f"{stem}.").removesuffix(ending)
            if f"{stem}.{part}{ending}" == other and part in self._model.lists:
                yield os.path.join(folder, other)

    def _is_open_contracting(self, path: str) -> bool:
        """Does a file speak of contracting processes, by a name that no fact has?"""
        if self._knows_ocid or path.lower().endswith((".yaml", ".yml", ".gz")):
            return False
        try:
            with open(path, "rb") as file:
                return _PROCESS_KEY.search(file.read(_HEAD_BYTES)) is not None
        except OSError:
            return False


def kind_of(path: str) -> str | None:
    """What kind of source a file is, by the end of its name; None where it is none."""
    name = os.path.basename(path).lower()
    if name.startswith(".") or name.endswith(NO_FACTS):
        return None
    for ending, kind in ENDINGS.items():
        if name.endswith(ending):
            return kind
    return None


def _files_in(folder: str) -> Iterator[str]:
    """The files of a folder that may hold facts; runs and lists of rejects, which may stand there
    too, do not. Folders whose names begin with `.` or `_` are put aside."""
    for here, folders, files in os.walk(folder):
        folders.sort()
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        folders[:] = [name for name in folders if not _is_run(os.path.join(here, name))]
        for name in sorted(files):
            if kind_of(name) is not None and name not in LISTS_OF_REJECTS:
                yield os.path.normpath(os.path.join(here, name))


def _is_run(folder: str) -> bool:
    return folder.endswith(PARTIAL) or all(
        os.path.exists(os.path.join(folder, one)) for one in (OUTCOMES, MANIFEST)
    )


class Digest:
    """The digest of a file, taken while it is read."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.size = 0

    def update(self, data: bytes) -> None:
        self._hash.update(data)
        self.size += len(data)

    @property
    def text(self) -> str:
        return f"sha256:{self._hash.hexdigest()}"

    @property
    def raw(self) -> bytes:
        return self._hash.digest()


def digest_of(path: str) -> Digest:
    """The digest of a whole file. Raises Refused where it cannot be read."""
    digest = Digest()
    try:
        with open(path, "rb") as stream:
            while data := stream.read(1 << 20):
                digest.update(data)
    except OSError as error:
        raise Refused(unreadable(path, error)) from None
    return digest


def unreadable(path: str, error: Exception) -> Problem:
    """The problem of a file that cannot be read to its end."""
    reason = getattr(error, "strerror", None) or str(error)
    return Problem(Code.FILE_UNREADABLE, f"cannot be read: {reason.lower()}", Place(path))
