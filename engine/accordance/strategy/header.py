"""strategy.yaml: the name, version and approval of a strategy, and what holds for all its rules."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any, Final

from ..feel import values
from ..feel.syntax import Node
from ..problem import Code, Place, Problem
from ..source.quoting import listed, quoted
from ..source.tree import Located, Scalar, Sequence, kind
from .definitions import NAME
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
    TableRow,
)

FIELDS: Final = (
    "strategy",
    "title",
    "version",
    "approval",
    "themes",
    "parameters",
    "mandatory",
    "exceptions",
    "verdict",
    "opinion",
    "bank_holidays",
)
FACTS_AGE: Final = "facts_age_max"
"""The parameter that says how old facts may be; the one that the program itself reads."""

_SLUG = re.compile(r"[a-z][a-z0-9_-]*", re.ASCII)
_PREFIX = re.compile(r"[A-Z][A-Z0-9]{1,7}", re.ASCII)
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}", re.ASCII)
_TABLE_STAGES = {"verdict": ("new", "renewing"), "opinion": ("renewing", "established", "exiting")}


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
    _read_parameters(fields, header)
    header.mandatory = _mandatory(fields)
    header.exceptions = _exceptions(fields)
    header.verdict = _table(fields, "verdict", VERDICTS, expressions)
    header.opinion = _table(fields, "opinion", OPINIONS, expressions)
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


def _read_parameters(fields: Fields, header: Header) -> None:
    for name, node, place in fields.members("parameters"):
        header.parameter_names[name] = place
        if not NAME.fullmatch(name):
            fields.note(
                Code.FIELD_VALUE,
                f"{quoted(name)} cannot name a parameter",
                place,
                "use lower-case letters, digits and `_`",
            )
        what = f"the parameter {quoted(name)}"
        part = fields_of(node, what, place, ("value", "unit", "means"), fields.problems)
        if part is None:
            continue
        complete = part.require("value", "unit", "means")
        unit, means = part.text("unit"), part.text("means")
        if complete and unit and means:
            value = _parameter_value(part, part.node.entries["value"], unit)
            if value is not None:
                header.parameters[name] = Parameter(name, value, unit, means, part.place)
    age = header.parameters.get(FACTS_AGE)
    if age and age.unit != "duration":
        fields.note(
            Code.FIELD_VALUE,
            f"the parameter `{FACTS_AGE}` must be a duration",
            age.place,
            "write `unit: duration` and a value such as `P6M`",
        )


def _parameter_value(part: Fields, node: Located, unit: str) -> Any:
    """The value of a parameter; None, and a problem, where it does not fit its unit."""
    if unit == "duration":
        return part.duration_of(node, "a parameter of unit `duration`")
    if unit == "date":
        return part.date_of(node, "a parameter of unit `date`")
    if unit == "text":
        return part.text_of(node, "a parameter of unit `text`")
    if unit == "list":
        return _parameter_list(part, node)
    value = node.value if isinstance(node, Scalar) else None
    if value is not None and not isinstance(value, bool | str):
        if not values.too_many_digits(value):
            return value
        part.note(
            Code.FIELD_VALUE,
            "the number has too many digits",
            node.place,
            "write at most 18 digits before the decimal point and 6 after it",
        )
        return None
    part.note(
        Code.FIELD_VALUE,
        f"a parameter of unit {quoted(unit)} must be a number, but it is {kind(node)}",
        node.place,
        "write a number, or one of the units `duration`, `date`, `text`, `list`",
    )
    return None


def _parameter_list(part: Fields, node: Located) -> list[Any] | None:
    if not isinstance(node, Sequence) or not node.items:
        part.note(
            Code.FIELD_VALUE,
            f"a parameter of unit `list` must be a list, but it is {kind(node)}"
            if not isinstance(node, Sequence)
            else "a parameter of unit `list` must have at least one entry",
            node.place,
            "write it as `[one, two]`",
        )
        return None
    found = []
    for item in node.items:
        if not isinstance(item, Scalar) or item.value is None or isinstance(item.value, bool):
            part.note(
                Code.FIELD_VALUE,
                f"an entry of a list must be text or a number, but it is {kind(item)}",
                item.place,
            )
            return None
        if isinstance(item.value, str) != isinstance(node.items[0].value, str):  # type: ignore[union-attr]
            part.note(Code.FIELD_VALUE, "a list cannot mix text and numbers", item.place)
            return None
        found.append(item.value)
    return found


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


def _table(
    fields: Fields, name: str, answers: tuple[str, ...], expressions: Expressions
) -> Table | None:
    part = fields.part(name, ("stages", "table"))
    if part is None:
        return None
    part.require("table")
    stages = part.choices("stages", STAGES) or _TABLE_STAGES[name]
    nodes = part.items("table")
    rows = []
    for position, node in enumerate(nodes, 1):
        row = _row(part, name, node, answers, expressions)
        if row:
            rows.append(row)
            if row.when is None and position < len(nodes):
                part.note(
                    Code.FIELD_VALUE,
                    f"row {position} always holds, so no row after it is ever reached",
                    row.place,
                    "give it a `when`, or move it to the end",
                )
            elif row.when is not None and position == len(nodes):
                part.note(
                    Code.FIELD_MISSING,
                    f"the last row of {quoted(name)} may not hold, and then there is no answer",
                    row.place,
                    "end with a row that has no `when`",
                )
    return Table(stages, tuple(rows))


def _row(
    part: Fields, name: str, node: Located, answers: tuple[str, ...], expressions: Expressions
) -> TableRow | None:
    row = fields_of(node, "a row", node.place, ("is", "when", "means"), part.problems)
    if row is None:
        return None
    row.require("is")
    answer = row.choice("is", answers)
    means = row.text("means")
    when: Node | None = None
    text: str | None = None
    if "when" in row.node.entries:
        condition = expressions.condition(row.node.entries["when"], "`when`", name)
        if condition is None:
            return None
        when, text = condition.node, condition.text
    return TableRow(answer, when, text, means, node.place) if answer else None
