"""What was approved: the canonical content of a strategy at each approval, kept in its folder.

The first approval keeps the whole content; each later one only what changed since the one before,
an entry a line, so that the file is small and reads in version control as the change itself. The
digest of the approval is that of the content, so a record that was touched is noticed.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ..problem import Code, Place, Problem, Refused
from ..source.text import read_bytes
from ..strategy.model import Approval

SCHEMA: Final = "accordance/approved-content/1"
_SPLIT: Final = (
    *("rules", "parameters", "definitions", "mandatory", "exceptions", "off", "portfolio"),
)
"""The parts of a content of which each member is an entry of its own."""
_MOST_ENTRIES: Final = 200_000


def digest_of(content: Mapping[str, Any]) -> str:
    """The digest of a canonical content, as `strategy.digest` has it."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def record(content: Mapping[str, Any], before: Mapping[str, Any] | None) -> str:
    """The record of a content: the whole, or what changed since the content `before`."""
    now, was = dict(_entries(content)), dict(_entries(before or {}))
    head = {
        "schema": SCHEMA,
        "digest": digest_of(content),
        "since": None if before is None else digest_of(before),
        "gone": sorted(name for name in was if name not in now),
    }
    lines = [f'"{name}": {_line(value)}' for name, value in head.items()]
    changed = [name for name in sorted(now) if name not in was or was[name] != now[name]]
    entries = [f" {json.dumps(name)}: {_line(now[name])}" for name in changed]
    body = "{\n" + ",\n".join(entries) + "\n}" if entries else "{}"
    return "{" + ",\n".join([*lines, f'"set": {body}']) + "}\n"


def contents(folder: str, shown: str, approvals: Sequence[Approval]) -> list[dict[str, Any] | None]:
    """What each approval approved, None where it keeps no record.

    `shown` is what the user calls the folder. Raises Refused where a record is damaged, or is not
    of what was approved.
    """
    found: list[dict[str, Any] | None] = []
    known: dict[str, dict[str, str | Any]] = {}
    for approval in approvals:
        if approval.content is None:
            found.append(None)
            continue
        name = f"{shown.rstrip('/')}/{approval.content}"
        content = _rebuilt(os.path.join(folder, approval.content), name, known)
        if digest_of(content) != approval.digest:
            raise _damaged(name, "it is not what was approved: its digest is another")
        known[approval.digest] = dict(_entries(content))
        found.append(content)
    return found


def _rebuilt(path: str, name: str, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    if os.path.islink(path):
        raise _damaged(name, "this is a link, not the record itself")
    try:
        document = json.loads(read_bytes(path, name).decode("utf-8"), parse_float=_no_float)
        entries = dict(known[document["since"]]) if document["since"] is not None else {}
        for gone in document["gone"]:
            del entries[gone]
        entries.update(document["set"])
        if document["schema"] != SCHEMA or len(entries) > _MOST_ENTRIES:
            raise ValueError
        return _content(entries)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _damaged(name, "this is not a record that `accordance publish` wrote") from None


def _no_float(text: str) -> Any:
    raise ValueError(text)


def _damaged(name: str, message: str) -> Refused:
    return Refused(
        Problem(
            Code.FILE_UNREADABLE,
            message,
            Place(name),
            "take the file as it was from version control",
        )
    )


def _line(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _entries(content: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """A content as entries by path; an empty group is an entry itself."""
    for name, part in content.items():
        if name in _SPLIT and isinstance(part, Mapping) and part:
            for member, value in part.items():
                yield f"{name}/{member}", value
        elif name == "facts" and isinstance(part, Mapping):
            yield from _facts("facts", part)
        else:
            yield name, part


def _facts(path: str, part: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """A fact model as entries: what is said of each group, and each fact. Lists stay whole."""
    properties = part.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        yield path, dict(part)
        return
    yield path, {key: value for key, value in part.items() if key != "properties"}
    for name, member in properties.items():
        if isinstance(member, Mapping):
            yield from _facts(f"{path}/{name}", member)
        else:
            yield f"{path}/{name}", member


def _content(entries: Mapping[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for path in sorted(entries):  # a group comes before its members
        name, *rest = path.split("/")
        if not rest:
            content[name] = _copied(entries[path])
        elif name in _SPLIT:
            content.setdefault(name, {})["/".join(rest)] = entries[path]
        else:
            group = content[name]
            for part in rest[:-1]:
                group = group["properties"][part]
            group.setdefault("properties", {})[rest[-1]] = _copied(entries[path])
    return content


def _copied(value: Any) -> Any:
    return dict(value) if isinstance(value, dict) else value
