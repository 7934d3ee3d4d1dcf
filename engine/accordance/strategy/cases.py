"""tests/*.yaml of a strategy folder: cases that say what a rule must answer."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..problem import Code, Place, Problem, Refused
from ..source.quoting import quoted
from ..source.tree import Located, Mapping, Scalar, plain
from .chain import folders_of
from .fields import Fields, fields_of, in_file_order, suggestion
from .folder import locate, read_case_files
from .message import placeholders
from .model import EVIDENCE, SEVERITIES, Strategy
from .portfolio import PORTFOLIO
from .supplied import OUTCOMES

if TYPE_CHECKING:
    from ..facts.case import Case
    from ..feel.syntax import Node

FILE_FIELDS: Final = ("theme", "base", "cases")
CASE_FIELDS: Final = (
    "rule",
    "name",
    "given",
    "on",
    "expect",
    "severity",
    "severity_least",
    "gate",
    "moot",
    "message",
    "unmet",
    "missing",
)
SUPPLIED_FACTS: Final = {"id": "case", "title": "The partnership"}
"""What a fact file must state and a case of a rule may leave out."""

_POSITION = re.compile(r"\[\d+\]", re.ASCII)


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a rule must answer; None is not asked. `message` and `unmet` are parts of the texts."""

    outcome: str
    severity: str | None = None
    severity_least: str | None = None
    gate: bool | None = None
    moot: bool | None = None
    message: str | None = None
    unmet: str | None = None
    missing: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class RuleCase:
    """One case of a rule. `given` are the facts as they were written for it, with the base of the
    file beneath them already in `case`; `evaluated_on` None means the day of the facts."""

    rule: str
    name: str
    theme: str
    given: AbstractMapping[str, Any]
    case: Case
    evaluated_on: dt.date | None
    expect: Expectation
    place: Place


def read_rule_cases(folder: str | None, strategy: Strategy) -> tuple[RuleCase, ...]:
    """The cases of a strategy folder (None is the one that comes with the program), file by file.

    A strategy that extends another also has its cases, of those rules that work as they did there.
    Raises Refused with all problems.
    """
    from ..source.reading import read

    folders = folders_of(folder) if strategy.extends else [locate(folder)]
    reader = _Reader(strategy)
    for place in folders:
        for file in read_case_files(place):
            try:
                reader.read(read(data=file.data, name=place.shown(file.name)))
            except Refused as refused:
                reader.problems.extend(refused.problems)
        if place is folders[0] and len(folders) > 1:
            reader.skip(changed_rules(strategy))
    if reader.problems:
        raise Refused(in_file_order(reader.problems))
    return tuple(reader.cases)


def examine_rule_cases(
    trees: Iterable[Located], strategy: Strategy
) -> tuple[tuple[RuleCase, ...], tuple[Problem, ...]]:
    """The cases of files that were parsed already, and everything that is wrong with them."""
    reader = _Reader(strategy)
    for tree in trees:
        reader.read(tree)
    return tuple(reader.cases), in_file_order(reader.problems)


def cases_of(node: Located, strategy: Strategy) -> tuple[RuleCase, ...]:
    """The cases of one file. Raises Refused with all problems."""
    reader = _Reader(strategy)
    reader.read(node)
    if reader.problems:
        raise Refused(in_file_order(reader.problems))
    return tuple(reader.cases)


class _Reader:
    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self.problems: list[Problem] = []
        self.cases: list[RuleCase] = []
        self.names: dict[tuple[str, str], Place] = {}
        self.skipped = frozenset(rule.id for rule in strategy.retired)

    def skip(self, rules: frozenset[str]) -> None:
        """Leave out the cases of these rules in the files to come."""
        self.skipped |= rules

    def read(self, node: Located) -> None:
        """Add the cases of one file; one of small portfolios is read elsewhere."""
        if isinstance(node, Mapping) and PORTFOLIO in node.entries:
            return
        fields = fields_of(node, "a file of cases", node.place, FILE_FIELDS, self.problems)
        if fields is None:
            return
        fields.require("theme", "cases")
        theme = fields.choice("theme", list(self.strategy.themes.values()))
        base = fields.group("base")
        for item in fields.items("cases"):
            part = fields_of(item, "a case", item.place, CASE_FIELDS, self.problems)
            if part is None or self._is_skipped(part):
                continue
            if part.require("rule", "name", "expect"):
                self._read_case(part, base, theme)

    def _is_skipped(self, fields: Fields) -> bool:
        """The cases of a rule that is kept but no longer checked are kept too, and not run."""
        node = fields.get("rule")
        return isinstance(node, Scalar) and node.text in self.skipped

    def _read_case(self, fields: Fields, base: Mapping | None, theme: str | None) -> None:
        before = len(self.problems)
        rule, name = self._rule(fields, theme), fields.text("name")
        given, evaluated_on = fields.group("given"), fields.date("on")
        expect = self._expectation(fields)
        facts = laid_over(base, given, fields.node)
        case = self._case(facts)
        if rule and name:
            first = self.names.setdefault((rule, name), fields.place)
            if first is not fields.place:
                fields.note(
                    Code.DUPLICATE_ID,
                    f"{rule} has a case {quoted(name)} already, at {first}",
                    fields.node.entries["name"].place,
                    "say what is different about this one",
                )
        if len(self.problems) == before and rule and name and case and expect:
            self.cases.append(
                RuleCase(
                    rule,
                    name,
                    theme or "",
                    {} if given is None else plain(given),
                    case,
                    evaluated_on,
                    expect,
                    fields.place,
                )
            )

    def _rule(self, fields: Fields, theme: str | None) -> str | None:
        name = fields.text("rule")
        if name is None:
            return None
        rules = {rule.id: rule for rule in self.strategy.rules}
        place = fields.node.entries["rule"].place
        if name not in rules:
            fields.note(
                Code.RULE_UNKNOWN,
                f"{quoted(name)} is not a rule of this strategy",
                place,
                suggestion(name, rules),
            )
        elif theme and rules[name].theme != theme:
            fields.note(
                Code.FIELD_VALUE,
                f"{quoted(name)} does not belong to the theme {quoted(theme)}",
                place,
                f"move the case to the file of the theme {quoted(rules[name].theme)}",
            )
        return name

    def _expectation(self, fields: Fields) -> Expectation | None:
        outcome = fields.choice("expect", OUTCOMES)
        expectation = Expectation(
            outcome or "",
            fields.choice("severity", SEVERITIES),
            fields.choice("severity_least", SEVERITIES),
            fields.boolean("gate"),
            fields.boolean("moot"),
            fields.text("message"),
            fields.text("unmet"),
            self._missing(fields),
        )
        return expectation if outcome else None

    def _missing(self, fields: Fields) -> tuple[str, ...] | None:
        if fields.get("missing") is None:
            return None
        found = []
        for item in fields.distinct("missing"):
            path = fields.text_of(item, "a missing fact")
            if path is None:
                continue
            found.append(path)
            known = self.strategy.model.facts
            if _POSITION.sub("", path) not in known:
                fields.note(
                    Code.FACT_PATH,
                    f"{quoted(path)} is not a fact of this strategy",
                    item.place,
                    suggestion(path, known),
                )
        return tuple(found)

    def _case(self, facts: Mapping) -> Case | None:
        from ..facts.reading import read_case

        try:
            return read_case(facts, self.strategy.model)
        except Refused as refused:
            self.problems.extend(refused.problems)
            return None


def changed_rules(strategy: Strategy) -> frozenset[str]:
    """The rules of a strategy that is extended which may answer otherwise here: they were tailored,
    or read a parameter that was, or weigh what other rules came to."""
    tailored, changed = strategy.tailored, tailored_names(strategy)

    def touched(node: Node | None) -> bool:
        return node is not None and bool(names_read(node) & changed)

    def said(text: str) -> bool:
        return bool({name for name, _ in placeholders(text)} & changed)

    return frozenset(
        rule.id
        for rule in strategy.rules
        if rule.id in tailored
        or (rule.about == EVIDENCE and tailored)
        or touched(rule.when)
        or any(touched(one.expression) for one in rule.require)
        or any(touched(step.expression) for step in rule.severity_when)
        or said(rule.finding)
        or any(one.unmet and said(one.unmet) for one in rule.require)
    )


def tailored_names(strategy: Strategy) -> frozenset[str]:
    """What was tailored of a strategy that is extended, and the definitions that read it."""
    changed = set(strategy.tailored)
    for name, definition in strategy.definitions.items():  # each after those that it uses
        if names_read(definition.expression) & changed:
            changed.add(name)
    return frozenset(changed)


def names_read(node: Node) -> set[str]:
    """The names that stand in an expression."""
    from ..feel.syntax import Name, walk

    return {part.name for part in walk(node) if isinstance(part, Name)}


def laid_over(base: Mapping | None, given: Mapping | None, case: Mapping) -> Mapping:
    """The facts of a case: what is given over the base of the file, and the name and title that
    may be left out."""
    facts = Mapping({}, {}, case.start, case.end, case.source)
    for part in (base, given):
        if part is not None:
            facts = _merged(facts, part)
    for name, text in SUPPLIED_FACTS.items():
        if name not in facts.entries:
            facts.entries[name] = Scalar(text, text, False, case.start, case.start, case.source)
            facts.key_starts[name] = case.start
    return facts


def _merged(under: Mapping, over: Mapping) -> Mapping:
    """Groups are merged deep; a list or value replaces; a blank removes."""
    entries, key_starts = dict(under.entries), dict(under.key_starts)
    for name, node in over.entries.items():
        below = entries.get(name)
        if isinstance(node, Scalar) and node.value is None:
            entries.pop(name, None)
            key_starts.pop(name, None)
            continue
        if isinstance(node, Mapping) and isinstance(below, Mapping):
            node = _merged(below, node)
        entries[name] = node
        key_starts[name] = over.key_starts[name]
    return Mapping(entries, key_starts, over.start, over.end, over.source)
