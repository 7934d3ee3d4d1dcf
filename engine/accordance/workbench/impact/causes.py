"""Which edits of a strategy can make a rule answer otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...feel.syntax import Name, Node, walk
from ...plan.planning import plan
from ...plan.reading import FactsRead
from ...strategy.model import EVIDENCE, Rule, Strategy
from ..edits import CHANGED, RULES, Edit
from ..portfolio_parts import read_through

_RESULT_FIELDS = (
    "stages",
    "when",
    "require",
    "severity",
    "severity_when",
    "gate",
    "effective",
    "jurisdictions",
    "about",
    "until",
    "id",
)
"""The fields of a rule on which an answer depends; others are words."""
_GROUP_FIELDS = (
    "of",
    "group_by",
    "by",
    "provider_groups",
    "mark",
    "rank",
    "when",
    "require",
    "severity",
    "severity_when",
    "until",
    "id",
)
"""The same of a rule over the portfolio, its figures apart."""


@dataclass(slots=True)
class Reading:
    """What a rule depends on in one strategy, through definitions."""

    names: set[str] = field(default_factory=set)
    facts: set[str] = field(default_factory=set)


def counts(edit: Edit) -> bool:
    """Can an edit change an answer, or does it only change words?"""
    if edit.change != CHANGED:
        return True
    fields = {one.field.partition(".")[0] for one in edit.fields}
    if edit.kind in RULES:
        deciding = _RESULT_FIELDS if edit.kind == "rule" else _GROUP_FIELDS
        return bool((fields - {"require"}) & set(deciding)) or any(
            (one.field.startswith("require") and not one.field.endswith(".unmet"))
            or (one.field == "figures" and _figure(one.old) != _figure(one.new))
            for one in edit.fields
        )
    if edit.kind in ("parameter", "definition"):
        return bool(fields - {"means"})
    if edit.kind == "fact":
        words = ("title", "description", "$comment", "x-themes", "x-standard", "x-needed-at")
        return bool(fields - set(words))
    return edit.kind not in ("themes", "bank_holidays", "header", "spectrum", "health")


def _figure(said: Any) -> Any:
    """The name and the expression of a figure as an edit has it."""
    return said[:2] if isinstance(said, list) else said


def touching(
    old: Strategy, new: Strategy, edits: Sequence[Edit], renamed: Mapping[str, str]
) -> dict[str, list[Edit]]:
    """For each rule of either strategy the edits that can change its answer, in their order.

    A rule about the evidence also depends on what is mandatory, and on what all others say: that
    is not told here.
    """
    weighty = [edit for edit in edits if counts(edit)]
    before, after = _readings(old), _readings(new)
    found: dict[str, list[Edit]] = {}
    about = {rule.id: rule.about for rule in (*old.rules, *new.rules)}
    for name in (*after, *(rule for rule in before if rule not in after)):
        readings = [
            reading
            for reading in (before.get(renamed.get(name, name)), after.get(name))
            if reading is not None
        ]
        found[name] = [
            edit
            for edit in weighty
            if _touches(edit, name, readings)
            or (edit.kind == "mandatory" and about[name] == EVIDENCE)
        ]
        if len(readings) == 1 and not any(edit.kind == "rule" for edit in found[name]):
            # A rule whose last version has passed is retired by the version of the strategy.
            found[name] += [edit for edit in edits if edit.kind == "header"]
        whole = [edit for edit in found[name] if edit.kind == "rule" and edit.change != CHANGED]
        # What a rule that came or went reads came or went with it.
        found[name] = whole or found[name]
    return found


def touching_groups(
    old: Strategy,
    new: Strategy,
    edits: Sequence[Edit],
    renamed: Mapping[str, str],
    touched: Mapping[str, Sequence[Edit]],
) -> dict[str, list[Edit]]:
    """The same for each rule over the portfolio. `touched` are the edits that can change what a
    rule on one partnership says; where a rule over the portfolio asks whether some are broken, it
    is those of these rules too."""
    weighty = [edit for edit in edits if counts(edit)]
    before, after = (
        {rule.id: (strategy, rule) for rule in strategy.portfolio} for strategy in (old, new)
    )
    found: dict[str, list[Edit]] = {}
    for name in (*after, *(one for one in before if one not in after)):
        sides = [before.get(renamed.get(name, name)), after.get(name)]
        through: set[str] = set()
        readings = []
        for strategy, rule in (side for side in sides if side is not None):
            read = read_through(strategy, rule)
            readings.append(Reading({*read.definitions, *read.parameters}, _above(read.facts)))
            if read.results:
                names = read.rules or tuple(touched)
                through |= {edit.id for one in names for edit in touched.get(one, ())}
        own = [edit for edit in weighty if edit.kind == "portfolio" and edit.name == name]
        found[name] = [edit for edit in own if edit.change != CHANGED] or [
            edit
            for edit in weighty
            if edit in own
            or edit.id in through
            or (edit.kind not in RULES and _touches(edit, name, readings))
        ]
        if len(readings) == 1 and not found[name]:
            # A rule whose last version has passed is retired by the version of the strategy.
            found[name] = [edit for edit in edits if edit.kind == "header"]
    return found


def _touches(edit: Edit, rule: str, readings: Iterable[Reading]) -> bool:
    if edit.kind == "rule":
        return edit.name == rule
    if edit.kind in ("parameter", "definition"):
        return any(edit.name in reading.names for reading in readings)
    if edit.kind == "fact":
        return any(edit.name in reading.facts for reading in readings)
    return False


def _readings(strategy: Strategy) -> dict[str, Reading]:
    reads = FactsRead(plan(strategy))
    derived = strategy.model.derivations
    found = {}
    for rule in strategy.rules:
        reading = Reading()
        for node in _expressions(rule):
            _add_names(node, strategy, reading)
            reading.facts.update(reads.of(node))
        for path in tuple(reading.facts):
            if path in derived:
                reading.facts.update(reads.of(derived[path]))
        reading.facts = _above(reading.facts)
        found[rule.id] = reading
    return found


def _above(paths: Iterable[str]) -> set[str]:
    """Facts with the groups in which they stand: a group counts as read with any of its facts."""
    steps = [path.split(".") for path in paths]
    return {".".join(one[:end]) for one in steps for end in range(1, len(one) + 1)}


def _expressions(rule: Rule) -> list[Node]:
    nodes = [] if rule.when is None else [rule.when]
    nodes += [one.expression for one in rule.require]
    return nodes + [step.expression for step in rule.severity_when]


def _add_names(node: Node, strategy: Strategy, reading: Reading) -> None:
    for part in walk(node):
        if isinstance(part, Name) and part.name not in reading.names:
            reading.names.add(part.name)
            definition = strategy.definitions.get(part.name)
            if definition is not None:
                _add_names(definition.expression, strategy, reading)
