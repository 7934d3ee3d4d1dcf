"""The files of a strategy folder: which there are, and their bytes, read with care.

A strategy folder may come from anywhere. Nothing outside of it is read (a link that leads out is
refused), nothing but ordinary files (a pipe would wait for ever), and nothing beyond the limits.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ..problem import Code, Place, Problem, Refused
from ..source.text import MAX_FILE_BYTES

HEADER: Final = "strategy.yaml"
MODEL: Final = "facts.schema.yaml"
RULES: Final = "rules"
CASES: Final = "tests"
APPROVALS: Final = "approvals.yaml"
SHIPPED: Final = "public_body"
MAX_FILES: Final = 500
MAX_TOTAL_BYTES: Final = 4 * MAX_FILE_BYTES

NAME: Final = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)
"""What the name of a strategy looks like, which no path with a slash does."""

UNSAVED: Final[ContextVar[Mapping[str, bytes] | None]] = ContextVar("unsaved", default=None)
"""Files as they stand in an editor, or stood when they were looked at first, by their real path:
they are read instead of what the disk holds now."""

_ENDINGS = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Folder:
    """A strategy folder: where it is, and the name under which its user knows it."""

    path: str
    name: str

    def shown(self, file: str) -> str:
        """The name of a file of the folder for its user."""
        return f"{self.name.rstrip('/')}/{file}"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The bytes of a file, and its name within the folder (`rules/exit.yaml`)."""

    name: str
    data: bytes


def locate(folder: str | None) -> Folder:
    """The folder of that path, or of the strategy of that name; None is the strategy that comes
    with the program.

    Raises Refused where there is none.
    """
    if folder is None:
        return _shipped()
    name = folder.replace(os.sep, "/")
    if not os.path.isdir(folder):
        found = None if os.path.exists(folder) else named(folder)
        if found is not None:
            return found
        if not os.path.exists(folder) and NAME.fullmatch(folder):
            raise Refused(unknown_name(folder, Place(name)))
        what = "is a file, not a folder" if os.path.exists(folder) else "does not exist"
        help = f"name the folder that holds `{HEADER}`"
        raise Refused(Problem(Code.STRATEGY_MISSING, f"the strategy {what}", Place(name), help))
    return Folder(folder, name)


def named(name: str) -> Folder | None:
    """The strategy of that name: the one that comes with the program, else one that an installed
    package offers. Raises Refused where a package offers it but does not have it."""
    if name == SHIPPED:
        return _shipped()
    if not NAME.fullmatch(name):
        return None
    from .packages import installed

    found = installed(name)
    return None if found is None else Folder(*found)


def unknown_name(name: str, place: Place) -> Problem:
    """There is no strategy of that name."""
    from .packages import installed_names

    names = ", ".join(f"`{one}`" for one in [SHIPPED, *installed_names()])
    return Problem(
        Code.STRATEGY_MISSING,
        f"there is no folder and no installed strategy `{name}`",
        place,
        f"name the folder that holds `{HEADER}`; strategies known by name: {names}",
    )


def _shipped() -> Folder:
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    # In a wheel the strategies lie inside the package; in a checkout at the top.
    top = os.path.dirname(os.path.dirname(package))
    for parent in (package, top):
        path = os.path.join(parent, "strategy_rules", SHIPPED)
        if os.path.isfile(os.path.join(path, HEADER)):
            return Folder(path, f"strategy_rules/{SHIPPED}")
    raise Refused(
        Problem(
            Code.STRATEGY_MISSING,
            f"the strategy `{SHIPPED}` that comes with the program is not installed",
            help="name a strategy folder with `--strategy`",
        )
    )


def read_strategy_files(folder: Folder, whole: bool | None = None) -> list[SourceFile]:
    """The header, the fact model, the rule files by name, and the approvals where there are any.

    `whole` says that it extends no other strategy, and so needs a fact model and rules of its own;
    None goes by the header. Raises Refused with all problems.
    """
    reader = _Reader(folder)
    reader.read(HEADER)
    if whole is None:
        whole = not any(may_extend(file.data) for file in reader.files)
    reader.read(MODEL, needed=whole)
    for name in reader.listing(RULES, needed=whole):
        reader.read(name)
    reader.read(APPROVALS, needed=False)
    return reader.finish()


def may_extend(header: bytes) -> bool:
    """Could this header say that the strategy extends another? A cheap question, so that a header
    which cannot is not parsed for it."""
    return b"extends" in header


def read_case_files(folder: Folder) -> list[SourceFile]:
    """The files with the cases of rules, by name; none where there is no such folder."""
    reader = _Reader(folder)
    for name in reader.listing(CASES, needed=False):
        reader.read(name)
    return reader.finish()


def source_digest(files: Iterable[SourceFile]) -> str:
    """The digest of the names and bytes of files."""
    import hashlib

    total = hashlib.sha256()
    for file in files:
        name = file.name.encode("utf-8", "surrogateescape")
        # Lengths first, so that no two sets of files give the same stream of bytes.
        total.update(b"%d %d " % (len(name), len(file.data)))
        total.update(name)
        total.update(file.data)
    return f"sha256:{total.hexdigest()}"


class _Reader:
    """Reads the files of one folder and remembers what is wrong with them."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.files: list[SourceFile] = []
        self.problems: list[Problem] = []
        self.total = 0

    def finish(self) -> list[SourceFile]:
        if self.problems:
            raise Refused(self.problems)
        return self.files

    def note(self, code: Code, message: str, name: str, help: str | None = None) -> None:
        self.problems.append(Problem(code, message, Place(self.folder.shown(name)), help))

    def listing(self, part: str, *, needed: bool) -> list[str]:
        """The YAML files in a part of the folder, in the order of their names."""
        path = os.path.join(self.folder.path, part)
        if self._leads_out(part):
            return []
        try:
            with os.scandir(path) as entries:
                found = sorted(entry.name for entry in islice(entries, 4 * MAX_FILES))
        except FileNotFoundError:
            found = []
            if needed:
                self.note(
                    Code.STRATEGY_MISSING,
                    f"the strategy has no folder `{part}`",
                    part,
                    "put one file for each theme there, such as `exit.yaml`",
                )
                return []
        except OSError as error:
            self.note(Code.FILE_UNREADABLE, f"cannot be read: {_reason(error)}", part)
            return []
        names = []
        for name in found:
            if name.startswith((".", "#")) or name.endswith(("~", ".md")):
                continue  # what editors leave behind, and notes to the reader
            if not name.isprintable():
                self.note(
                    Code.FILE_KIND,
                    "the name of this file is not plain text",
                    f"{part}/{name.encode('unicode_escape').decode()}",
                    "rename it",
                )
                continue
            if not name.lower().endswith(_ENDINGS):
                self.note(
                    Code.FILE_KIND,
                    "this is not read, because its name does not end in `.yaml`",
                    f"{part}/{name}",
                    "rename it, or move it out of the strategy",
                )
                continue
            names.append(f"{part}/{name}")
        if needed and not names and not self.problems:
            self.note(Code.STRATEGY_MISSING, "there is no rule file in here", part)
        if len(names) > MAX_FILES:
            self.note(Code.FILE_TOO_LARGE, f"there are more than {MAX_FILES} files in here", part)
            return []
        return names

    def read(self, name: str, *, needed: bool = True) -> None:
        """Read one file; where it is missing, that is a problem if it is `needed`."""
        if self._leads_out(name):
            return
        unsaved = UNSAVED.get()
        if unsaved:
            held = unsaved.get(os.path.realpath(os.path.join(self.folder.path, name)))
            if held is not None:
                self._keep(name, held)
                return
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
        try:
            handle = os.open(os.path.join(self.folder.path, name), flags)
        except FileNotFoundError:
            if needed:
                self.note(Code.STRATEGY_MISSING, "the strategy lacks this file", name)
            return
        except (OSError, ValueError) as error:
            self.note(Code.FILE_UNREADABLE, f"cannot be read: {_reason(error)}", name)
            return
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            self.note(
                Code.FILE_KIND, "this is not an ordinary file", name, "move it out of the strategy"
            )
            return
        with os.fdopen(handle, "rb") as stream:
            try:
                data = stream.read(MAX_FILE_BYTES + 1)
            except OSError as error:
                self.note(Code.FILE_UNREADABLE, f"cannot be read: {_reason(error)}", name)
                return
        self._keep(name, data)

    def _keep(self, name: str, data: bytes) -> None:
        """Take the bytes of a file, within the limits."""
        self.total += len(data)
        if len(data) > MAX_FILE_BYTES or self.total > MAX_TOTAL_BYTES:
            what, limit = ("file", MAX_FILE_BYTES)
            if len(data) <= MAX_FILE_BYTES:
                what, limit = ("strategy", MAX_TOTAL_BYTES)
            self.note(Code.FILE_TOO_LARGE, f"the {what} is larger than {limit // 2**20} MB", name)
            return
        self.files.append(SourceFile(name, data))

    def _leads_out(self, name: str) -> bool:
        """Is it a link to a place outside the folder? Notes the problem."""
        path = os.path.join(self.folder.path, name)
        if not os.path.islink(path):
            return False
        # Links inside are allowed: some systems mount a folder of settings as links into itself.
        root = os.path.realpath(self.folder.path)
        if os.path.realpath(path).startswith(root + os.sep):
            return False
        self.note(
            Code.FILE_UNREADABLE,
            "this is a link that leads out of the strategy folder",
            name,
            "put the file itself there",
        )
        return True


def _reason(error: OSError | ValueError) -> str:
    return ((error.strerror if isinstance(error, OSError) else None) or str(error)).lower()
