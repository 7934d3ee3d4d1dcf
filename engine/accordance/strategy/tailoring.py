"""A strategy that extends another: both are put together into one, before anything is checked.

What comes of it is read like any strategy, and every part still knows the file in which it stands:
a problem in a value that was tailored points at the line that tailors it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from ..problem import Code, Place, Problem
from ..source.composing import Composition
from ..source.quoting import quoted
from ..source.tree import Located, Mapping, Scalar, Sequence, kind
from .chain import EXTENDS, TAILOR
from .fields import Fields, suggestion
from .model import SEVERITIES, STAGES, SwitchedOff

TAILOR_FIELDS: Final = ("parameters", "severities", "gates", "off", "not_mandatory")
PARAMETER_FIELDS: Final = ("value", "means")
OFF_FIELDS: Final = ("because", "on")
SCHEMA_FIELDS: Final = ("$schema", "$id", "$comment", "title", "description", "type", "properties")
_OWN: Final = ("strategy", "title", "version", "approval")
"""What a strategy never takes over from the one that it extends."""
_ADDED: Final = ("themes", "parameters", "mandatory", "exceptions")
"""What is laid beside what the other has; all else replaces it as a whole."""


@dataclass(slots=True)
class Trees:
    """The files of a strategy as they were read: None for one that could not be."""

    header: Located | None
    model: Located | None
    rules: list[Located | None]
    off: dict[str, SwitchedOff] = field(default_factory=dict)
    tailored: set[str] = field(default_factory=set)
    """The rules and parameters that were tailored, and `mandatory` where that was."""


def extend(base: Trees, own: Trees, name: str, problems: list[Problem]) -> Trees:
    """A strategy laid over the one that it extends, which is called `name`. What cannot be done is
    noted, and the rest done none the less."""
    composer = _Composer(base, own, name, problems)
    return composer.composed()


class _Composer:
    def __init__(self, base: Trees, own: Trees, name: str, problems: list[Problem]) -> None:
        self.base = base
        self.own = own
        self.name = quoted(name)
        self.problems = problems
        self.off = dict(base.off)
        self.tailored = set(base.tailored)
        self.rules = list(base.rules)
        self.known = self._known_rules()

    def note(self, code: Code, message: str, place: Place, help: str | None = None) -> None:
        self.problems.append(Problem(code, message, place, help))

    def composed(self) -> Trees:
        header = self._header()
        model = self._model()
        if any(tree is not None for tree in self.own.rules):
            self.tailored.add("rules")
        return Trees(header, model, [*self.rules, *self.own.rules], self.off, self.tailored)

    # the header

    def _header(self) -> Located | None:
        under, over = self.base.header, self.own.header
        if not isinstance(over, Mapping) or not isinstance(under, Mapping):
            return over
        made = Composition(over)
        for key in under.entries:
            if key not in _OWN:
                made.take(under, key)
        for key in over.entries:
            if key in (EXTENDS, TAILOR):
                continue
            below = under.entries.get(key)
            above = over.entries[key]
            if key in _ADDED and isinstance(below, Mapping) and isinstance(above, Mapping):
                made.take(over, key, self._added(key, below, above))
            else:
                made.take(over, key)
        if TAILOR in over.entries:
            self._tailor(made, over)
        return made.finished()

    def _added(self, key: str, below: Mapping, above: Mapping) -> Mapping:
        """The entries of a group beside those that it has already."""
        group = Composition(above)
        group.take_all(below)
        for name, node in above.entries.items():
            under = below.entries.get(name)
            if under is None or key == "exceptions":
                group.take(above, name)
            elif key == "mandatory" and isinstance(under, Sequence) and isinstance(node, Sequence):
                items = [*under.items, *node.items]
                group.take(above, name, Sequence(items, node.start, node.end, node.source))
                self.tailored.add("mandatory")
            elif key == "parameters":
                self.note(
                    Code.NAME_CLASH,
                    f"{quoted(name)} is a parameter of {self.name} already, at "
                    f"{below.key_place(name)}",
                    above.key_place(name),
                    f"to change its value, write `{name}: VALUE` under `parameters` of `tailor`; "
                    "for another number choose another name",
                )
            elif key == "themes":
                self.note(
                    Code.NAME_CLASH,
                    f"{quoted(name)} is a theme of {self.name} already, at {below.key_place(name)}",
                    above.key_place(name),
                    "leave it out, or choose other letters",
                )
            else:
                group.take(above, name)
        return group.finished()

    # tailor

    def _tailor(self, header: Composition, over: Mapping) -> None:
        node = over.entries[TAILOR]
        place = over.key_place(TAILOR)
        if not isinstance(node, Mapping):
            self.note(
                Code.FIELD_TYPE,
                f"`tailor` must be a group of fields, but it is {kind(node)}",
                node.place,
                f"its fields are {', '.join(TAILOR_FIELDS)}",
            )
            return
        fields = Fields(node, "`tailor`", place, TAILOR_FIELDS, self.problems)
        self._parameters(header, fields)
        for name, value, where in fields.members("severities"):
            self._severity(name, value, where)
        for name, value, where in fields.members("gates"):
            self._gate(name, value, where)
        for name, value, where in fields.members("off"):
            self._switch_off(name, value, where)
        self._not_mandatory(header, fields)

    def _parameters(self, header: Composition, fields: Fields) -> None:
        members = fields.members("parameters")
        group = header.entries.get("parameters")
        if not members or not isinstance(group, Mapping):
            group = Mapping({}, {}, fields.node.start, fields.node.end, fields.node.source)
        below = self.base.header.entries.get("parameters") if self.base.header else None  # type: ignore[union-attr]
        known = below.entries if isinstance(below, Mapping) else {}
        made = Composition(group)
        made.take_all(group)
        for name, node, place in members:
            under = known.get(name)
            if not isinstance(under, Mapping):
                self._gone("parameter", name, place, list(known))
                continue
            self.tailored.add(name)
            changed = Composition(under)
            changed.take_all(under)
            if isinstance(node, Mapping):
                what = f"the parameter {quoted(name)}"
                part = Fields(node, what, place, PARAMETER_FIELDS, self.problems)
                for key in PARAMETER_FIELDS:
                    if part.get(key) is not None:
                        changed.take(node, key)
            elif isinstance(node, Scalar) and node.value is None:
                self.note(
                    Code.FIELD_MISSING,
                    f"the parameter {quoted(name)} of `tailor` is blank",
                    place,
                    "write its value, or take it out",
                )
                continue
            else:
                assert isinstance(fields.node.entries["parameters"], Mapping)
                wrapper = Mapping(
                    {"value": node}, {"value": node.start}, node.start, node.end, node.source
                )
                changed.take(wrapper, "value")
            made.take(group, name, changed.finished())
        if members:
            header.entries["parameters"] = made.finished()

    def _severity(self, name: str, node: Located, place: Place) -> None:
        def change(rule: Mapping) -> Mapping:
            made = Composition(rule)
            made.take_all(rule)
            own = Mapping({"severity": node}, {"severity": node.start}, 0, 0, node.source)
            made.take(own, "severity")
            steps = rule.entries.get("severity_when")
            level = node.text if isinstance(node, Scalar) else ""
            if isinstance(steps, Mapping) and level in SEVERITIES:
                above = SEVERITIES[: SEVERITIES.index(level)]
                # A condition that would raise it no further says nothing any more.
                kept = Composition(steps)
                for step in steps.entries:
                    if step in above or step not in SEVERITIES:
                        kept.take(steps, step)
                if kept.entries:
                    made.take(rule, "severity_when", kept.finished())
                else:
                    made.leave_out("severity_when")
            return made.finished()

        if self._is_known(name, place):
            self._change(name, change)

    def _gate(self, name: str, node: Located, place: Place) -> None:
        def change(rule: Mapping) -> Mapping:
            made = Composition(rule)
            made.take_all(rule)
            if isinstance(node, Sequence) and not node.items:
                made.leave_out("gate")
            else:
                own = Mapping({"gate": node}, {"gate": node.start}, 0, 0, node.source)
                made.take(own, "gate")
            return made.finished()

        if self._is_known(name, place):
            self._change(name, change)

    def _switch_off(self, name: str, node: Located, place: Place) -> None:
        if not self._is_known(name, place):
            return
        what = f"the entry {quoted(name)} of `off`"
        if not isinstance(node, Mapping):
            self.note(
                Code.FIELD_TYPE,
                f"{what} must say `because` and `on`, but it is {kind(node)}",
                node.place,
                "write `{because: REASON, on: YYYY-MM-DD}`, the day since which it is off",
            )
            return
        fields = Fields(node, what, place, OFF_FIELDS, self.problems)
        complete = fields.require(*OFF_FIELDS)
        because, on = fields.text("because"), fields.date("on")
        if name in self.off:
            earlier = self.off[name].place
            self.note(
                Code.DUPLICATE_ID, f"{quoted(name)} is switched off already, at {earlier}", place
            )
        elif complete and because and on:
            self.off[name] = SwitchedOff(because, on, place)
            self.tailored.add(name)

    def _not_mandatory(self, header: Composition, fields: Fields) -> None:
        part = fields.part("not_mandatory", STAGES)
        group = header.entries.get("mandatory")
        if part is None or not isinstance(group, Mapping):
            return
        made = Composition(group)
        made.take_all(group)
        for stage in STAGES:
            listed = group.entries.get(stage)
            items = listed.items if isinstance(listed, Sequence) else []
            for item in part.distinct(stage):
                path = part.text_of(item, f"a fact of {quoted(stage)}")
                if path is None:
                    continue
                kept = [one for one in items if not (isinstance(one, Scalar) and one.text == path)]
                if len(kept) == len(items):
                    words = [one.text for one in items if isinstance(one, Scalar)]
                    self._gone(
                        f"mandatory fact at the stage {quoted(stage)}", path, item.place, words
                    )
                items = kept
            if isinstance(listed, Sequence):
                whole = Sequence(items, listed.start, listed.end, listed.source)
                made.take(group, stage, whole)
        self.tailored.add("mandatory")
        header.entries["mandatory"] = made.finished()

    # rules

    def _known_rules(self) -> dict[str, Place]:
        found: dict[str, Place] = {}
        for tree in self.rules:
            for _, rules in _groups(tree):
                found |= {name: rules.key_place(name) for name in rules.entries}
        return found

    def _is_known(self, name: str, place: Place) -> bool:
        if name in self.known:
            return True
        renamed = self._renamed(name)
        if renamed:
            self._gone("rule", name, place, [], f"it is now called {quoted(renamed)}")
        elif None not in self.rules:
            # Where a file could not be read, a rule that is not known says nothing.
            self._gone("rule", name, place, list(self.known))
        return False

    def _renamed(self, name: str) -> str | None:
        """The rule that had this id before."""
        for tree in self.rules:
            every = [item for _, rules in _groups(tree) for item in rules.entries.items()]
            for rule, node in every:
                aliases = node.entries.get("aliases") if isinstance(node, Mapping) else None
                for alias in aliases.items if isinstance(aliases, Sequence) else ():
                    if isinstance(alias, Scalar) and alias.text == name:
                        return rule
        return None

    def _change(self, name: str, change: Callable[[Mapping], Mapping]) -> None:
        """Put another rule in the place of one of the strategy that is extended."""
        self.tailored.add(name)
        for index, tree in enumerate(self.rules):
            for part, rules in _groups(tree):
                rule = rules.entries.get(name)
                if not isinstance(rule, Mapping):
                    continue
                assert isinstance(tree, Mapping)
                group = Composition(rules)
                group.take_all(rules)
                group.take(rules, name, change(rule))
                file = Composition(tree)
                file.take_all(tree)
                file.take(tree, part, group.finished())
                self.rules[index] = file.finished()

    def _gone(
        self, what: str, name: str, place: Place, known: list[str], help: str | None = None
    ) -> None:
        self.note(
            Code.TAILOR,
            f"{quoted(name)} is no {what} of {self.name}",
            place,
            help or suggestion(name, known) or "leave it out, or look up what it is called now",
        )

    # the fact model

    def _model(self) -> Located | None:
        under, over = self.base.model, self.own.model
        if over is None or under is None:
            return under
        if not isinstance(over, Mapping) or not isinstance(under, Mapping):
            return over
        return self._group(under, over, "", outermost=True)

    def _group(self, under: Mapping, over: Mapping, path: str, outermost: bool = False) -> Mapping:
        """A group of facts with the facts that are added to it."""
        allowed = SCHEMA_FIELDS if outermost else ("type", "properties")
        for key in over.entries:
            if key not in allowed:
                what = "a strategy that extends another" if outermost else quoted(path)
                self.note(
                    Code.MODEL,
                    f"{quoted(key)} of {what} cannot be stated again here",
                    over.key_place(key),
                    f"leave it out: {self.name} states it; only facts can be added, under "
                    "`properties`",
                )
        below, above = under.entries.get("properties"), over.entries.get("properties")
        if not isinstance(below, Mapping) or not isinstance(above, Mapping):
            if outermost and above is None:
                self.note(
                    Code.MODEL,
                    "this adds no fact",
                    over.place,
                    "write the facts to add under `properties`, or take the file away",
                )
            return under
        properties = Composition(below)
        properties.take_all(below)
        for name, node in above.entries.items():
            known = below.entries.get(name)
            inner = f"{path}.{name}" if path else name
            if known is None:
                properties.take(above, name)
            else:
                merged = self._known_fact(known, node, inner, above.key_place(name))
                properties.take(below, name, merged)
        made = Composition(under)
        made.take_all(under)
        made.take(under, "properties", properties.finished())
        return made.finished()

    def _known_fact(self, known: Located, node: Located, path: str, place: Place) -> Located:
        """A fact that is there already: only a group, or a list of groups, can take in more."""
        if isinstance(known, Mapping) and isinstance(node, Mapping):
            if "properties" in known.entries and "properties" in node.entries:
                return self._group(known, node, path)
            items, more = known.entries.get("items"), node.entries.get("items")
            if isinstance(items, Mapping) and isinstance(more, Mapping):
                merged = self._known_fact(items, more, path, place)
                made = Composition(known)
                made.take_all(known)
                made.take(known, "items", merged)
                return made.finished()
        self.note(
            Code.NAME_CLASH,
            f"{quoted(path)} is a fact of {self.name} already",
            place,
            "use it as it is, or choose another name for yours",
        )
        return known


def _groups(tree: Located | None) -> list[tuple[str, Mapping]]:
    """The rules of a file: those of partnerships, and those over the portfolio."""
    found = []
    for part in ("rules", "portfolio"):
        node = tree.entries.get(part) if isinstance(tree, Mapping) else None
        if isinstance(node, Mapping):
            found.append((part, node))
    return found
