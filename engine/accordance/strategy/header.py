"""strategy.yaml: the name, version and approval of a strategy, and what holds for all its rules."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Final

from ..problem import Code, Place, Problem
from ..source.quoting import listed, quoted
from ..source.tree import Located, Mapping
from .expressions import Expressions
from .fields import Fields, fields_of, suggestion
from .model import (
    OPINIONS,
    SEVERITIES,
    STAGES,
    VERDICTS,
    Acceptance,
    Approval,
    Parameter,
    Table,
)
from .parameters import read_parameters
from .standing import Health, Spectrum
from .standing_reading import read_health, read_spectrum
from .tables import read_table

FIELDS: Final = (
    "strategy",
    "title",
    "version",
    "approval",
    "extends",
    "tailor",
    "themes",
    "parameters",
    "mandatory",
    "exceptions",
    "verdict",
    "opinion",
    "spectrum",
    "health",
    "bank_holidays",
)
_SLUG = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{1,7}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)


@dataclass(slots=True)
class Header:
    """What strategy.yaml states, as far as it could be read."""

    place: Place
    name: str | None = None
    title: str | None = None
    version: str | None = None
    approval: Approval | None = None
    themes: dict[str, str] = field(default_factory=dict)
    themes_known: bool = False
    parameters: dict[str, Parameter] = field(default_factory=dict)
    parameter_names: dict[str, Place] = field(default_factory=dict)
    mandatory: dict[str, list[tuple[str, Place]]] = field(default_factory=dict)
    exceptions: dict[str, Acceptance] = field(default_factory=dict)
    verdict: Table | None = None
    opinion: Table | None = None
    spectrum: Spectrum | None = None
    health: Health | None = None
    health_rules: list[tuple[str, Place]] = field(default_factory=list)
    holidays: frozenset[dt.date] = frozenset()


def read_header(node: Located, problems: list[Problem], expressions: Expressions) -> Header | None:
    """What strategy.yaml states; None where it is not a group of fields at all."""
    fields = fields_of(node, "the strategy", node.place, FIELDS, problems)
    if fields is None:
        return None
    fields.require("strategy", "title", "version", "themes", "verdict", "opinion")
    header = Header(node.place)
    header.name = fields.text("strategy")
    if header.name and not _SLUG.fullmatch(header.name):
        fields.note(
            Code.FIELD_VALUE,
            f"the name {quoted(header.name)} does not fit",
            fields.node.entries["strategy"].place,
            "use lower-case letters, digits and `_`, such as `public_body`",
        )
    header.title = fields.text("title")
    header.version = fields.version("version")
    header.approval = _approval(fields)
    before = len(problems)
    header.themes = _themes(fields)
    header.themes_known = bool(header.themes) and len(problems) == before
    header.parameters, header.parameter_names = read_parameters(fields)
    header.mandatory = _mandatory(fields)
    header.exceptions = _exceptions(fields)
    header.verdict = read_table(fields, "verdict", VERDICTS, expressions)
    header.opinion = read_table(fields, "opinion", OPINIONS, expressions)
    header.spectrum = read_spectrum(fields, expressions)
    header.health, header.health_rules = read_health(fields)
    dates = [fields.date_of(item, "a bank holiday") for item in fields.distinct("bank_holidays")]
    header.holidays = frozenset(date for date in dates if date)
    return header


def _approval(fields: Fields) -> Approval | None:
    part = fields.part("approval", ("by", "on", "minute", "digest"))
    if part is None:
        return None
    part.require("by", "on", "digest")
    by, on, minute, digest = (
        part.text("by"),
        part.date("on"),
        part.text("minute"),
        part.text("digest"),
    )
    if digest and not _DIGEST.fullmatch(digest):
        part.note(
            Code.FIELD_VALUE,
            f"{quoted(digest)} is not a digest",
            part.node.entries["digest"].place,
            "copy the digest that `accordance lint` prints, with its `sha256:`",
        )
    if by and on and digest:
        return Approval(by, on, minute, digest, part.place)
    return None


def _themes(fields: Fields) -> dict[str, str]:
    themes: dict[str, str] = {}
    node = fields.get("themes")
    if isinstance(node, Mapping) and not node.entries:
        fields.note(
            Code.FIELD_VALUE,
            "a strategy needs at least one theme",
            node.place,
            "write it as `DEP: Dependence`",
        )
    for prefix, entry, place in fields.members("themes"):
        if not _PREFIX.fullmatch(prefix):
            fields.note(
                Code.FIELD_VALUE,
                f"{quoted(prefix)} cannot begin the ids of rules",
                place,
                "use two to eight capital letters or digits, such as `DEP`",
            )
        name = fields.text_of(entry, f"the theme {quoted(prefix)}")
        if name in themes.values():
            fields.note(
                Code.DUPLICATE_ID, f"there are two themes called {quoted(name)}", entry.place
            )
        elif name:
            themes[prefix] = name
    return themes


def _mandatory(fields: Fields) -> dict[str, list[tuple[str, Place]]]:
    """The paths of each stage with their places; whether they exist is asked later."""
    part = fields.part("mandatory", STAGES)
    found: dict[str, list[tuple[str, Place]]] = {}
    for stage in STAGES if part else ():
        assert part is not None
        found[stage] = []
        for item in part.distinct(stage):
            path = part.text_of(item, f"a mandatory fact of {quoted(stage)}")
            if path:
                found[stage].append((path, item.place))
    return found


def _exceptions(fields: Fields) -> dict[str, Acceptance]:
    found = {}
    for severity, node, place in fields.members("exceptions"):
        if severity not in SEVERITIES:
            fields.note(
                Code.FIELD_VALUE,
                f"{quoted(severity)} is not a severity",
                place,
                suggestion(severity, SEVERITIES) or f"write {listed(list(SEVERITIES), 'or')}",
            )
            continue
        what = f"the entry {quoted(severity)} of `exceptions`"
        part = fields_of(node, what, place, ("approvers", "longest"), fields.problems)
        if part is None:
            continue
        part.require("approvers")
        approvers = tuple(
            role
            for item in part.distinct("approvers")
            if (role := part.text_of(item, "an approver"))
        )
        if part.get("approvers") is not None and not approvers:
            part.note(
                Code.FIELD_VALUE,
                "an exception needs someone who may approve it",
                part.place,
                f"name a role, or leave out {quoted(severity)}: then nobody may",
            )
        limit = part.get("longest")
        longest = None if limit is None else part.duration_of(limit, "`longest`")
        found[severity] = Acceptance(approvers, longest)
    return found
