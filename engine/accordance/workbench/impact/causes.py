"""Which edits of a strategy can make a rule answer otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ...feel.syntax import Name, Node, walk
from ...plan.planning import plan
from ...plan.reading import FactsRead
from ...strategy.model import EVIDENCE, Rule, Strategy
from ..edits import CHANGED, Edit

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
    if edit.kind == "rule":
        parts = {one.field for one in edit.fields}
        return bool((fields - {"require"}) & set(_RESULT_FIELDS)) or any(
            part.startswith("require") and not part.endswith(".unmet") for part in parts
        )
    if edit.kind in ("parameter", "definition"):
        return bool(fields - {"means"})
    if edit.kind == "fact":
        words = ("title", "description", "$comment", "x-themes", "x-standard", "x-needed-at")
        return bool(fields - set(words))
    return edit.kind not in ("themes", "bank_holidays", "header", "spectrum", "health", "portfolio")


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
        for path in tuple(reading.facts):  # a group counts as read with any of its facts
            parts = path.split(".")
            reading.facts.update(".".join(parts[:end]) for end in range(1, len(parts)))
        found[rule.id] = reading
    return found


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
