"""SARIF 2.1.0: findings in the form that code hosts, editors and audit tools read.

Whatever found something (lint, a check, a sweep) describes its findings with the classes below;
`sarif` writes them. Every result carries a fingerprint that does not hang on line numbers, so that
a finding is known again after the text around it has moved.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from .. import __version__
from .json import write

VERSION: Final = "2.1.0"
SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS: Final = ("error", "warning", "note", "none")
KINDS: Final = ("fail", "open", "pass", "notApplicable", "review", "informational")
"""`open` is a question that could not be decided: insufficient evidence. Anything but `fail` has
the level `none`."""
FINGERPRINT: Final = "accordance/v1"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a result is an instance of: a diagnostic of lint, or a rule of a strategy.

    `name` is one word for machines, `title` one sentence, `text` what it means and `help` what to
    do (both Markdown); `page` is the address of its page.
    """

    id: str
    title: str
    name: str | None = None
    text: str | None = None
    help: str | None = None
    page: str | None = None
    level: str = "warning"
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file (`file` relative to the root that was given), lines and columns counted
    from 1; `end_column` is the first column behind it. `message` says what is there."""

    file: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    snippet: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Replacement:
    """Text to put in the place of a region of a file; an empty region inserts."""

    location: Location
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A way to mend a result: all of its replacements together."""

    description: str
    replacements: tuple[Replacement, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """One finding. `identity` is what makes it the same finding in another run (its rule apart):
    the text of its line, or the id of a case; equal ones are told apart by their order.

    `suppressed` is the reason for which someone accepted it, or None.
    """

    rule: str
    message: str
    level: str = "warning"
    kind: str = "fail"
    locations: tuple[Location, ...] = ()
    related: tuple[Location, ...] = ()
    identity: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    suppressed: str | None = None
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of one command found. `category` parts runs of different kinds over the same
    files, such as `lint` and `check/public_body`."""

    category: str
    rules: Sequence[Rule]
    results: Sequence[Result]
    properties: Mapping[str, Any] = field(default_factory=dict)


def sarif(*runs: Run) -> str:
    """The SARIF log of some runs. Raises KeyError where a result has a rule that its run lacks."""
    return write({"$schema": SCHEMA, "version": VERSION, "runs": [_run(run) for run in runs]})


def _run(run: Run) -> dict[str, Any]:
    order = {rule.id: position for position, rule in enumerate(run.rules)}
    seen: Counter[str] = Counter()
    return {
        "tool": {
            "driver": {
                "name": "Accordance",
                "version": __version__,
                "semanticVersion": __version__,
                "rules": [_rule(rule) for rule in run.rules],
            }
        },
        "automationDetails": {"id": f"accordance/{run.category}/"},
        "columnKind": "unicodeCodePoints",
        "results": [_result(result, order[result.rule], seen) for result in run.results],
        **_some(properties=dict(run.properties)),
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        **_some(name=rule.name),
        "shortDescription": {"text": rule.title},
        **_some(
            fullDescription=_message(rule.text),
            help=_message(rule.help),
            helpUri=rule.page,
        ),
        "defaultConfiguration": {"level": rule.level},
        **_some(properties={"tags": list(rule.tags)} if rule.tags else None),
    }


def _message(text: str | None) -> dict[str, str] | None:
    return {"text": text, "markdown": text} if text else None


def _result(result: Result, index: int, seen: Counter[str]) -> dict[str, Any]:
    return {
        "ruleId": result.rule,
        "ruleIndex": index,
        "kind": result.kind,
        "level": result.level if result.kind == "fail" else "none",
        "message": {"text": result.message},
        "locations": [_location(place) for place in result.locations],
        **_some(
            relatedLocations=[
                {"id": number, **_location(place)} for number, place in enumerate(result.related, 1)
            ],
        ),
        "partialFingerprints": {FINGERPRINT: fingerprint(result, seen)},
        **_some(fixes=[_fix(fix) for fix in result.fixes]),
        # An empty list says that nobody accepted it, which is more than saying nothing.
        "suppressions": (
            []
            if result.suppressed is None
            else [{"kind": "inSource", "status": "accepted", "justification": result.suppressed}]
        ),
        **_some(properties=dict(result.properties)),
    }


def fingerprint(result: Result, seen: Counter[str]) -> str:
    """What stays the same for a finding from run to run; `seen` counts those that are alike."""
    file = result.locations[0].file if result.locations else ""
    words = "\0".join((result.rule, file, *(" ".join(part.split()) for part in result.identity)))
    seen[words] += 1
    return hashlib.sha256(f"{words}\0{seen[words]}".encode("utf-8", "replace")).hexdigest()


def _location(place: Location) -> dict[str, Any]:
    return {
        "physicalLocation": {
            "artifactLocation": _artifact(place.file),
            **_some(region=_region(place)),
        },
        **_some(message={"text": place.message} if place.message else None),
    }


def _artifact(file: str) -> dict[str, str]:
    return {"uri": quote(file, safe="/-._~", errors="surrogateescape")}


def _region(place: Location) -> dict[str, Any]:
    if place.line is None:
        return {}
    return {
        "startLine": place.line,
        **_some(startColumn=place.column, endLine=place.end_line, endColumn=place.end_column),
        **_some(snippet=None if place.snippet is None else {"text": place.snippet}),
    }


def _fix(fix: Fix) -> dict[str, Any]:
    files = dict.fromkeys(one.location.file for one in fix.replacements)
    return {
        "description": {"text": fix.description},
        "artifactChanges": [
            {
                "artifactLocation": _artifact(file),
                "replacements": [
                    {
                        "deletedRegion": _region(one.location),
                        "insertedContent": {"text": one.text},
                    }
                    for one in fix.replacements
                    if one.location.file == file
                ],
            }
            for file in files
        ],
    }


def _some(**members: Any) -> dict[str, Any]:
    """The members that say something."""
    return {name: value for name, value in members.items() if value not in (None, [], {})}
