"""The releases that files of open contracting data hold: packages of releases or of records, single
releases, lists of them, and files with one of these a line."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from ...problem import Code, Place, Problem, Refused
from ...source.json_reader import read_json
from ...source.text import MAX_FILE_BYTES, SourceText, decoded, read_bytes
from ...source.tree import Located, Mapping, Scalar, Sequence, kind

LINE_ENDINGS: Final = (".jsonl", ".ndjson")

_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)? ?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True, eq=False)
class Release:
    """One release: what was published of a process at one moment. `day` is the day in the zone in
    which the publisher wrote the date."""

    ocid: str
    id: str
    moment: dt.datetime
    day: dt.date
    tags: tuple[str, ...]
    node: Mapping
    place: Place


@dataclass(frozen=True, slots=True)
class Unusable:
    """A release or record that belongs to no process, and why."""

    reason: str
    place: Place
    ocid: str | None = None


@dataclass(slots=True)
class Packages:
    """What was read: the releases, those that cannot be used, and the digest of every file."""

    releases: list[Release] = field(default_factory=list)
    unusable: list[Unusable] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)


class _Line(SourceText):
    """One line of a file with one value a line."""

    __slots__ = ("number",)

    def __init__(self, name: str, text: str, number: int) -> None:
        super().__init__(name, text)
        self.number = number

    def place(self, offset: int) -> Place:
        return Place(self.name, self.number, offset + 1)


def read_packages(paths: list[str]) -> Packages:
    """Every release of the files. Raises Refused for a file that cannot be read."""
    found = Packages()
    problems: list[Problem] = []
    for path in paths:
        try:
            _read_file(path, found)
        except Refused as refused:
            problems += refused.problems
    if problems:
        raise Refused(problems)
    return found


def day_and_moment(text: str) -> tuple[dt.date, dt.datetime] | None:
    """The day that a date names in its own zone, and the moment; None for what is no date."""
    match = _MOMENT.fullmatch(text.strip())
    if not match:
        return None
    day_text, hour, minute, second, zone = match.groups()
    try:
        day = dt.date.fromisoformat(day_text)
        time = dt.time(int(hour or 0), int(minute or 0), int(second or 0))
        moment = dt.datetime.combine(day, time, dt.UTC)
        if zone and zone != "Z":
            sign = -1 if zone[0] == "-" else 1
            digits = zone[1:].replace(":", "")
            moment -= sign * dt.timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    except (ValueError, OverflowError):
        return None
    return day, moment


def _read_file(path: str, found: Packages) -> None:
    data = read_bytes(path, path)
    if len(data) > MAX_FILE_BYTES:
        raise Refused(
            Problem(
                Code.FILE_TOO_LARGE,
                f"the file is larger than {MAX_FILE_BYTES // 2**20} MB",
                Place(path),
                "split the package into several",
            )
        )
    found.digests[path] = "sha256:" + hashlib.sha256(data).hexdigest()
    source = decoded(data, path)
    if not path.lower().endswith(LINE_ENDINGS):
        node, problems = read_json(source)
        problems.refuse_if_any()
        _take(node, found)
        return
    for number, line in enumerate(source.text.split("\n"), 1):
        if line.strip():
            node, problems = read_json(_Line(path, line, number))
            problems.refuse_if_any()
            _take(node, found)


def _take(node: Located, found: Packages) -> None:
    if isinstance(node, Sequence):
        for item in node.items:
            _take_release(item, found)
    elif not isinstance(node, Mapping):
        raise _no_package(node)
    elif "releases" in node.entries and "ocid" not in node.entries:
        for item in _items(node.entries["releases"]):
            _take_release(item, found)
    elif "records" in node.entries:
        for item in _items(node.entries["records"]):
            _take_record(item, found)
    elif "compiledRelease" in node.entries:
        _take_record(node, found)
    elif "ocid" in node.entries:
        _take_release(node, found)
    else:
        raise _no_package(node)


def _items(node: Located) -> list[Located]:
    if not isinstance(node, Sequence):
        raise _no_package(node)
    return node.items


def _no_package(node: Located) -> Refused:
    return Refused(
        Problem(
            Code.OPEN_CONTRACTING,
            "this holds no open contracting data",
            node.place,
            "give a package with `releases` or `records`",
        )
    )


def _take_record(node: Located, found: Packages) -> None:
    """The releases of a record where it holds them, else its compiled release."""
    if not isinstance(node, Mapping):
        found.unusable.append(Unusable(f"the record is {kind(node)}", node.place))
        return
    releases = node.entries.get("releases")
    held = releases.items if isinstance(releases, Sequence) else []
    full = [one for one in held if isinstance(one, Mapping) and "url" not in one.entries]
    compiled = node.entries.get("compiledRelease")
    if full and len(full) == len(held):
        for one in full:
            _take_release(one, found)
    elif isinstance(compiled, Mapping):
        _take_release(compiled, found)
    else:
        ocid = text_of(node, "ocid")
        reason = "the record holds links to releases, but no release"
        found.unusable.append(Unusable(reason, node.place, ocid))


def _take_release(node: Located, found: Packages) -> None:
    if not isinstance(node, Mapping):
        found.unusable.append(Unusable(f"the release is {kind(node)}", node.place))
        return
    ocid = text_of(node, "ocid")
    if ocid is None:
        found.unusable.append(Unusable("the release has no `ocid`", node.place))
        return
    date = text_of(node, "date")
    when = day_and_moment(date) if date is not None else None
    if when is None:
        reason = "the release has no date" if date is None else f"`{date[:40]}` is no date"
        found.unusable.append(Unusable(reason, node.place, ocid))
        return
    tags = node.entries.get("tag")
    found.releases.append(
        Release(
            ocid=ocid,
            id=text_of(node, "id") or "",
            moment=when[1],
            day=when[0],
            tags=tuple(_texts(tags)) if isinstance(tags, Sequence) else (),
            node=node,
            place=node.place,
        )
    )


def text_of(node: Mapping, name: str) -> str | None:
    """The text under a name; a number as it was written; None for anything else."""
    entry = node.entries.get(name)
    if isinstance(entry, Scalar) and entry.value is not None and not isinstance(entry.value, bool):
        return entry.text.strip() or None
    return None


def _texts(node: Sequence) -> Iterator[str]:
    for item in node.items:
        if isinstance(item, Scalar) and isinstance(item.value, str):
            yield item.value
