"""Approvals are recorded beside the strategy, and its history is told from them."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..check.answer import PROGRAM, approval_stamp, strategy_stamp
from ..problem import Code, Place, Problem, Refused
from ..source.quoting import quoted
from ..strategy.approvals import dates_problem, same_person
from ..strategy.digest import canonical_content
from ..strategy.folder import APPROVALS, Folder
from ..strategy.model import Approval, Strategy
from .approved import contents, record
from .edits import Edit, compare

HISTORY: Final = "accordance/history/1"
DIFF: Final = "accordance/diff/1"
PUBLISHED: Final = "accordance/published/1"
RECORDS: Final = "approvals"
"""The folder, within that of the strategy, of what was approved and what it meant."""

_HEAD: Final = """\
# The approvals of this strategy, the oldest first. `accordance publish` adds one; each names the
# digest of the content that was approved. Any change since makes the strategy a draft.
approvals:
"""


@dataclass(frozen=True, slots=True)
class Form:
    """What an approval states."""

    author: str
    by: str
    on: dt.date
    minute: str | None = None
    starts: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """An approval made ready: the files to write, by their paths within the folder, the header of
    approvals last, and what is told of it."""

    files: Mapping[str, str]
    document: dict[str, Any]


def publication(
    strategy: Strategy, folder: Folder, form: Form, today: dt.date, impact: str | None = None
) -> Publication:
    """The files that record an approval of a strategy as it stands.

    `impact` is the summary of what it means for partnerships (Markdown). Raises Refused where the
    form is wrong, the version was approved with other content, or an earlier record is damaged.
    """
    problems = [*_form_problems(form, today), *_version_problems(strategy)]
    if problems:
        raise Refused(problems)
    known = contents(folder.path, folder.name, strategy.approvals)
    before = next((one for one in reversed(known) if one is not None), None)
    content = canonical_content(strategy)
    stem = _free(folder, f"{form.on.isoformat()}-{strategy.version}")
    files = {f"{RECORDS}/{stem}.json": record(content, before)}
    if impact is not None:
        files[f"{RECORDS}/{stem}.md"] = impact
    files[APPROVALS] = _with_entry(folder, _entry(strategy, form, stem, impact is not None))
    edits = [] if before is None else compare(before, content)
    document = {
        "schema": PUBLISHED,
        "program": PROGRAM,
        "strategy": strategy_stamp(strategy),
        "approval": {
            "version": strategy.version,
            "author": form.author,
            "by": form.by,
            "on": form.on.isoformat(),
            "minute": form.minute,
            "from": (form.starts or form.on).isoformat(),
            "until": form.until.isoformat() if form.until else None,
            "digest": strategy.digest,
        },
        "first": before is None,
        "edits": [edit.to_json() for edit in edits],
        "files": list(files),
    }
    return Publication(files, document)


def write(publication: Publication, folder: Folder) -> None:
    """Write the files of an approval: the records first, so that no approval names one that is not
    there. A record that is there already is never overwritten."""
    os.makedirs(os.path.join(folder.path, RECORDS), exist_ok=True)
    for name, text in publication.files.items():
        path = os.path.join(folder.path, name)
        if name != APPROVALS:
            with open(path, "x", encoding="utf-8", newline="\n") as file:
                file.write(text)
            continue
        beside = f"{path}.{os.getpid()}.new"
        with open(beside, "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(beside, path)


def _form_problems(form: Form, today: dt.date) -> list[Problem]:
    found = []
    for name, text in (("--author", form.author), ("--by", form.by), ("--minute", form.minute)):
        if text is not None and not (text.strip() and text.isprintable() and len(text) <= 300):
            found.append(
                Problem(
                    Code.USAGE,
                    f"{quoted(text)} cannot stand in an approval",
                    None,
                    f"give {name} a line of at most 300 characters",
                )
            )
    if same_person(form.author, form.by):
        found.append(
            Problem(
                Code.USAGE,
                f"{quoted(form.by)} is both author and approver",
                None,
                "who proposed the strategy cannot approve it: give --author and --by two roles",
            )
        )
    if form.on > today:
        found.append(
            Problem(
                Code.USAGE,
                f"{form.on} lies ahead, and nobody approved anything then",
                None,
                "give --on the day of the decision; --from may lie ahead",
            )
        )
    dates = dates_problem(form.on, form.starts, form.until)
    if dates:
        found.append(Problem(Code.USAGE, dates, None, "correct --on, --from or --until"))
    return found


def _version_problems(strategy: Strategy) -> list[Problem]:
    """One version is one content."""
    for one in strategy.approvals:
        if one.version == strategy.version and one.digest != strategy.digest:
            return [
                Problem(
                    Code.FIELD_VALUE,
                    f"version {strategy.version} was approved on {one.on} with other content",
                    Place(f"{strategy.folder.rstrip('/')}/strategy.yaml"),
                    "raise `version`",
                )
            ]
    return []


def _free(folder: Folder, stem: str) -> str:
    """A name for the records that no record has yet."""
    for number in range(1, 1000):
        name = stem if number == 1 else f"{stem}-{number}"
        endings = (".json", ".md")
        if not any(
            os.path.lexists(os.path.join(folder.path, RECORDS, name + end)) for end in endings
        ):
            return name
    raise Refused(Problem(Code.USAGE, "there are too many approvals of one day", None, None))


def _entry(strategy: Strategy, form: Form, stem: str, impact: bool) -> str:
    """An approval as YAML: every text in double quotes, whatever it holds."""
    members = {
        "version": json.dumps(strategy.version),
        "author": _text(form.author),
        "by": _text(form.by),
        "on": form.on.isoformat(),
        "minute": _text(form.minute) if form.minute else None,
        "from": (form.starts or form.on).isoformat(),
        "until": form.until.isoformat() if form.until else None,
        "digest": strategy.digest,
        "content": f"{RECORDS}/{stem}.json",
        "impact": f"{RECORDS}/{stem}.md" if impact else None,
    }
    lines = [f"{name}: {text}" for name, text in members.items() if text is not None]
    return "  - " + "\n    ".join(lines) + "\n"


def _text(words: str) -> str:
    """A text in double quotes, as YAML and JSON have them."""
    return json.dumps(" ".join(words.split()), ensure_ascii=False)


def _with_entry(folder: Folder, entry: str) -> str:
    """The file of approvals with one more at its end, the rest as it was.

    Raises Refused where the file is not written as the program writes it.
    """
    path = os.path.join(folder.path, APPROVALS)
    if not os.path.lexists(path):
        return _HEAD + entry
    from ..source.reading import read
    from ..source.tree import Mapping as Group
    from ..source.tree import Sequence as Items
    from ..source.tree import plain

    name = folder.shown(APPROVALS)
    with open(path, "rb") as file:
        data = file.read()
    text = data.decode("utf-8-sig").rstrip() + "\n"
    if text.endswith("approvals: []\n"):
        text = text.removesuffix(" []\n") + "\n"
    before = plain(read(data=data, name=name))
    made = text + entry
    try:
        tree = read(data=made.encode(), name=name)
    except Refused:
        tree = None
    items = tree.entries.get("approvals") if isinstance(tree, Group) else None
    kept = before.get("approvals") if isinstance(before, dict) else None
    if not isinstance(items, Items) or plain(items)[:-1] != (kept or []):
        raise Refused(
            Problem(
                Code.FILE_KIND,
                "the approvals are not written one below the other, so none can be added",
                Place(name),
                "write each as `  - version: ...`, two spaces in, at the end of the file",
            )
        )
    return made


# history


def difference(old: Strategy, new: Strategy) -> dict[str, Any]:
    """What is changed from one strategy to another, in the form `accordance/diff/1`."""
    return {
        "schema": DIFF,
        "program": PROGRAM,
        "old": strategy_stamp(old),
        "new": strategy_stamp(new),
        "edits": [edit.to_json() for edit in edits_between(old, new)],
    }


def edits_between(old: Strategy, new: Strategy) -> list[Edit]:
    return compare(canonical_content(old), canonical_content(new))


def history(strategy: Strategy, folder: Folder) -> dict[str, Any]:
    """What changed between the approvals of a strategy and since, as `accordance/history/1`.

    Raises Refused where a record is damaged.
    """
    known = contents(folder.path, folder.name, strategy.approvals)
    told = []
    before: Mapping[str, Any] | None = None
    for approval, content in zip(strategy.approvals, known, strict=True):
        told.append(_told(approval, content, before))
        before = content if content is not None else before
    now = canonical_content(strategy)
    approved = {one.digest for one in strategy.approvals}
    since: Sequence[Edit] | None = None
    if strategy.digest not in approved:
        since = [] if before is None else compare(before, now)
    elif before is not None and strategy.approvals[-1].digest != strategy.digest:
        since = compare(before, now)
    return {
        "schema": HISTORY,
        "program": PROGRAM,
        "strategy": strategy_stamp(strategy),
        "approvals": told,
        "since": None if since is None else [edit.to_json() for edit in since],
    }


def _told(
    approval: Approval, content: Mapping[str, Any] | None, before: Mapping[str, Any] | None
) -> dict[str, Any]:
    note, edits = None, None
    if content is None:
        note = "no record of what was approved was kept"
    elif before is None:
        rules = len(content.get("rules", {})) - len(content.get("off", {}))
        note = f"the first that is on record: {rules:,} {'rule' if rules == 1 else 'rules'}"
    else:
        edits = [edit.to_json() for edit in compare(before, content)]
    return approval_stamp(approval) | {"impact": approval.impact, "note": note, "edits": edits}
