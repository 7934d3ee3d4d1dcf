"""The plan of a strategy as a relational one: facts in columns become outcomes in columns.

Each stage is a table made from the one before, in one query: leaves and definitions stratum by
stratum, outcomes, accepted exceptions, the rules about evidence, and the tables of the strategy.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import ibis

from ..facts.model import FactModel
from ..facts.shapes import Group as GroupShape
from ..feel import syntax
from ..feel.compiling import Names
from ..feel.printing import to_source
from ..feel.syntax import Node
from ..feel.types import ContextType, Type
from ..plan.formula import All, Constant, Defined, Formula, Leaf, Opposite, atoms
from ..plan.formula import Any as AnyOf
from ..plan.outcome import SEVERITY_RANK
from ..plan.planning import Plan, PlannedDefinition, PlannedRule
from ..problem import Code, Place, Problem, Refused
from ..strategy.model import EVIDENCE, PARTNERSHIP, STAGES, Table
from . import answers
from .accepting import OPEN, accept, acceptances
from .answers import (
    COMPLIANT,
    INSUFFICIENT,
    MOOT,
    NON_COMPLIANT,
    NOT_APPLICABLE,
    PART_FALSE,
    PART_NOT_ASKED,
    PART_TRUE,
    PART_UNKNOWN,
    ROW,
)
from .carriers import (
    UNSAID,
    Carrier,
    Column,
    Group,
    Known,
    Listed,
    Truth,
    all_of,
    any_of,
    as_column,
    balanced,
    holds,
    is_definite,
    is_unsaid,
    narrowed,
    numbers_in,
    opposite,
    settled,
)
from .columns import Demands, Reader, Scope, fields_of, with_words
from .compiling import Compiler
from .evidence import differences, evidence_lists, in_no_list
from .in_parts import LISTS, PRESENCES, InParts
from .items import Packing, Source, loaded, stored
from .late import LATE, Paths
from .limits import NUMBER_LIMITS, NotCompiled, NotRelational, TooWide
from .scope import Local
from .stages import Stages
from .tables import answer, result_lists, stage_column, stage_columns

if TYPE_CHECKING:
    from .dialects import Dialect

MAX_PARTS = 31
"""Parts of one rule that fit into the number that holds their states."""


def facts_schema(plan: Plan) -> ibis.Schema:
    """The columns of the facts of cases."""
    return ibis.schema({ROW: "int64", **fields_of(plan.strategy.model.root)})


class _Supply:
    """The lists that the program supplies to expressions, over whichever table they are read."""

    def __init__(self, make: Callable[[ibis.Table], Mapping[str, Carrier]]) -> None:
        self._make = make
        self._made: tuple[ibis.Table | None, Mapping[str, Carrier]] = (None, {})

    def of(self, table: ibis.Table) -> Mapping[str, Carrier]:
        if self._made[0] is not table:
            self._made = table, self._make(table)
        return self._made[1]


NOTHING = _Supply(lambda table: {})


@dataclass
class Relation:
    """A plan made relational for one evaluation date.

    `demands` says, once `query` was called, what a record must be like to be answered for.
    Raises Refused where an expression cannot be said in columns.
    """

    plan: Plan
    today: dt.date
    demands: Demands = field(default_factory=Demands)
    undecided: set[str] = field(default_factory=set)
    """Columns that are null where columns cannot say what results rest on or miss."""
    in_doubt: bool = False
    """Has what is being said read what results rest on or miss where columns cannot say that?"""
    stages: Stages = field(init=False)
    _stored: dict[str, Packing] = field(default_factory=dict)
    """Definitions and derived facts that stand in a column of their own, by its name."""
    _paths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The paths that a definition can have, each of which has a column, by its name."""
    _in_parts: dict[str, InParts] = field(default_factory=dict)
    """Definitions that stand in several columns, by name, with what reads them from there."""
    _doubtful: set[str] = field(default_factory=set)
    """Definitions that were said in doubt."""
    _doubts: list[Carrier] = field(default_factory=list)
    """The records in which what is being said is in doubt."""

    def query(
        self,
        facts: str,
        dialect: Dialect,
        before: Callable[[Demands], Mapping[str, str]] | None = None,
    ) -> str:
        """The query that gives one row for each row of the table `facts`, with the columns of
        answers.py, in the language of a database. `before` gives the queries by which that table
        is made, once it is known what records must be like."""
        try:
            self._compose(facts, dialect)
        except NotCompiled as error:
            raise self.refusal(error.column, error.reason) from None
        return self.stages.sql(None if before is None else before(self.demands))

    def _compose(self, facts: str, dialect: Dialect) -> None:
        about = {
            kind: [rule for rule in self.plan.rules if rule.rule.about == kind]
            for kind in (PARTNERSHIP, EVIDENCE)
        }
        table = self.start(facts, dialect, about[PARTNERSHIP])
        table = self._accepted(table, about[PARTNERSHIP], prepare=True)
        if about[EVIDENCE]:
            table = self.stages.add(differences(self, table))
            lists = _Supply(lambda table: evidence_lists(self, table, about[PARTNERSHIP]))
            table = self._conditions(table, about[EVIDENCE], lists)
            table = self._rulings(table, about[EVIDENCE])
            table = self._accepted(table, about[EVIDENCE], prepare=False)
        self.stages.keep(self._answers(table))

    def start(self, facts: str, dialect: Dialect, rules: list[PlannedRule]) -> ibis.Table:
        """The stages up to what rules about the partnership say, exceptions left aside."""
        self.stages = Stages(facts, facts_schema(self.plan), dialect)
        table = self.stages.table
        words = with_words(table, self.plan.strategy.model.root)
        table = self.stages.add({**stage_columns(table), **words})
        table = self._derivations(table)
        table = self._conditions(table, rules, NOTHING)
        return self._rulings(table, rules)

    @property
    def nothing(self) -> _Supply:
        """No supplied lists."""
        return NOTHING

    # compiling over a table

    def compiler(
        self,
        table: ibis.Table,
        supplied: _Supply,
        most: int = NUMBER_LIMITS[0] - 1,
        inline: bool = False,
    ) -> tuple[Compiler, Reader]:
        """What compiles expressions over the facts of a table; numbers are at most so large.
        `inline` says lists again where they are read, even if they stand in a column."""
        model = self.plan.strategy.model
        reader = Reader(most, derivable=frozenset(model.derivations))
        gatherer = self.stages.gatherer
        reader.source = lambda path: Source(gatherer, path, table.__getitem__)
        known: dict[str, Carrier] = {}
        opened: set[str] = set()

        compiler: Compiler
        deriver: Compiler

        def ready(name: str) -> Carrier | None:
            """What stands in a column of its own already."""
            form = self._stored.get(name)
            if form is None or name not in table.columns or (inline and form.kind is Listed):
                return None
            carrier = loaded(table[name], form)
            if most + 1 == NUMBER_LIMITS[0] or form.low is None:
                return carrier
            reader.columns.add(name)
            return narrowed(carrier, most)

        def fact(name: str) -> Carrier | None:
            shape = model.root.members.get(name)
            return None if shape is None else reader.fact(table, name, shape)

        def definition(name: str) -> Carrier:
            planned = self.plan.definitions[name]
            if planned.formula is not None:
                return Truth(table[f"def {name}"])
            if name in self._paths and _path_column(name, "") in table.columns:
                return self._loaded_paths(table, name)
            if name not in known:
                found = ready(f"value {name}")
                if found is None:
                    found = compiler.carrier(planned.definition.expression)
                    if name in self._in_parts:
                        found = self._in_parts[name].read(found, name, table, gatherer)
                known[name] = found
            return known[name]

        def derive(path: str, scope: Scope) -> Carrier:
            found = ready(f"fact {path}")
            return derived(path, scope) if found is None else found

        def derived(path: str, scope: Scope) -> Carrier:
            found = ready(f"derived {path}")
            if found is not None:
                return found
            if path in opened:
                raise NotRelational(f"`{path}` follows from itself")
            opened.add(path)
            try:
                return self._derived(path, scope, deriver)
            finally:
                opened.discard(path)

        def hoisted(node: Node) -> Carrier | None:
            return ready(f"part {to_source(node)}") if isinstance(node, syntax.Call) else None

        reader.derive = derive
        reader.derived = derived
        compiler = Compiler(
            self.plan.names, self.today, fact, definition, supplied.of(table), hoisted
        )
        compiler.in_doubt = self._note_doubt
        compiler.only_where = lambda condition: gatherer.within(
            "late", ~holds(opposite(condition)).fill_null(False)
        )
        # A derivation sees facts only: no definitions, no parameters.
        deriver = Compiler(Names(facts=model.type), self.today, fact, _nothing, {}, hoisted)
        return compiler, reader

    def _derived(self, path: str, scope: Scope, deriver: Compiler) -> Carrier:
        local: Local | None = None
        for group in scope:
            # The facts of an item hide those outside, known or not.
            fields = dict.fromkeys(group.fields, _ANY)
            local = Local(None, group, _context(fields), local)
        return deriver.carrier(self.plan.strategy.model.derivations[path], local)

    def say(
        self,
        table: ibis.Table,
        supplied: _Supply,
        make: Callable[[Compiler, Reader], Carrier],
        what: Callable[[], str],
        place: Place | None,
        of: str | None = None,
    ) -> Carrier:
        """A value in columns. Numbers are taken to be no larger than their digits allow; where a
        calculation would need more digits then, to be smaller, which becomes a demand. `what`,
        `place` and `of` say what it is where it cannot be said."""
        reason = "it calculates with more digits than the database has"
        for inline, most in itertools.product((False, True), NUMBER_LIMITS):
            compiler, reader = self.compiler(table, supplied, most - 1, inline)
            try:
                carrier = make(compiler, reader)
            except TooWide:
                continue
            except NotRelational as error:
                reason = str(error)
                break
            if most != NUMBER_LIMITS[0]:
                self.demands.add(
                    Demands(
                        numbers=dict.fromkeys(reader.numbers, most),
                        columns=dict.fromkeys(reader.columns, most),
                    )
                )
            self._doubts += compiler.doubts
            if compiler.changes_case:
                self.demands.add(Demands(letters=set(reader.texts)))
            return carrier
        raise _refused(what(), reason, place, of)

    def refusal(self, column: str, reason: str) -> Refused:
        """That a database cannot compute a column, told by what the column stands for."""
        kind, _, what = column.partition(" ")
        if kind in ("leaf", "sure"):
            leaf = self.plan.leaves[int(what)]
            return _refused(to_source(leaf.expression), reason, *self._place_of(leaf.index))
        if kind in ("def", "value"):
            definition = self.plan.definitions[what.partition(" ")[0]].definition
            return _refused(definition.text, reason, definition.place, definition.name)
        if kind in ("fact", "derived"):
            return _refused(self.plan.strategy.model.facts[what].derive or what, reason, None, what)
        return _refused(what if kind == "part" else column, reason, None)

    # leaves and definitions

    def _conditions(
        self, table: ibis.Table, rules: list[PlannedRule], supplied: _Supply
    ) -> ibis.Table:
        leaves, names = self._needed(rules)
        leaves = [index for index in leaves if f"leaf {index}" not in table.columns]
        names = [name for name in names if f"def {name}" not in table.columns]
        level_of = {index: self.plan.leaves[index].level for index in leaves}
        definitions = {name: self.plan.definitions[name] for name in names}
        last = max([*level_of.values(), *(one.level for one in definitions.values())], default=-1)
        for level in range(last + 1):
            for name, one in definitions.items():
                wanted = supplied is not NOTHING or _is_computed(one)
                if one.level == level and one.formula is None and wanted:
                    table = self._store_value(table, name, supplied)
            here = [index for index in leaves if level_of[index] == level]
            roots = [self.plan.leaves[index].expression for index in here]
            table = self._hoist(table, roots, supplied)
            made: dict[str, Column] = {}
            for index in leaves:
                if level_of[index] == level:
                    made |= self._leaf(table, index, supplied)
            if made:
                table = self.stages.add(made)
            made = {
                f"def {name}": holds(self.state(table, one.formula))
                for name, one in definitions.items()
                if one.level == level and one.formula is not None
            }
            if made:
                table = self.stages.add(made)
        return table

    def _store_value(self, table: ibis.Table, name: str, supplied: _Supply) -> ibis.Table:
        """The value of a definition as a column, so that it is computed once."""
        definition = self.plan.definitions[name].definition
        table = self._hoist(table, [definition.expression], supplied)

        def value(compiler: Compiler, _: Reader) -> Carrier:
            return compiler.carrier(definition.expression)

        self.in_doubt = bool(self.plan.definitions[name].reads & self._doubtful)
        self._doubts = []
        carrier = self.say(table, supplied, value, lambda: definition.text, definition.place)
        if isinstance(carrier, Listed) and isinstance(carrier.items, Paths):
            table = self._store_paths(name, carrier.items)
        if self.in_doubt or self._doubts:
            self._doubtful.add(name)
        if name in self._paths:
            return table
        parts = LISTS.columns(carrier, name)
        if parts:
            self._in_parts[name] = LISTS
            return self.stages.add(parts)
        if supplied is not NOTHING:
            parts = PRESENCES.columns(carrier, name)
            if parts:
                self._in_parts[name] = PRESENCES
                return self.stages.add(parts)
        try:
            column, form = stored(carrier)
        except NotRelational:
            return table  # it is said again wherever it is read
        self._stored[f"value {name}"] = form
        return self.stages.add({f"value {name}": column})

    def _store_paths(self, name: str, items: Paths) -> ibis.Table:
        self._paths[name] = items.names
        made: dict[str, Column] = {}
        for path in items.names:
            there = items.possible(path)
            made[_path_column(name, path)] = holds(there)
            if not is_definite(there):
                self.undecided.add(_path_column(name, path))
        made[_path_column(name, "")] = as_column(items.known)
        return self.stages.add(made)

    def _loaded_paths(self, table: ibis.Table, name: str) -> Carrier:
        # Where one is null the record is not answered for.
        return Listed(
            Paths(
                self._paths[name],
                lambda path: Truth(table[_path_column(name, path)], True),
                table[_path_column(name, "")],
            )
        )

    def _hoist(self, table: ibis.Table, roots: Iterable[Node], supplied: _Supply) -> ibis.Table:
        """Aggregates that stand in no loop, as columns, so that each is computed once."""
        made: dict[str, Column] = {}
        for node in dict.fromkeys(part for root in roots for part in _aggregates(root)):
            name = f"part {to_source(node)}"
            if name in table.columns or name in made:
                continue

            def value(compiler: Compiler, _: Reader, node: Node = node) -> Carrier:
                return compiler.carrier(node)

            self.in_doubt, self._doubts = False, []
            try:
                carrier = self.say(table, supplied, value, lambda text=name: text, None)  # type: ignore[misc]
                if not (is_unsaid(carrier) or self.in_doubt or self._doubts):
                    made[name], self._stored[name] = stored(carrier)
            except NotRelational:
                continue  # it is said again where it stands
        return self.stages.add(made) if made else table

    def _derivations(self, table: ibis.Table) -> ibis.Table:
        """Facts that follow from others, as columns; those of list items stay with their items."""
        model = self.plan.strategy.model
        for path in _by_dependence(model):
            table = self._hoist(table, [model.derivations[path]], NOTHING)

            def value(compiler: Compiler, _: Reader, path: str = path) -> Carrier:
                first, *rest = path.split(".")
                carrier = compiler.fact(first)
                for name in rest:
                    assert isinstance(carrier, Group)
                    carrier = carrier.field(name)
                assert carrier is not None
                return carrier

            def derived(_: Compiler, reader: Reader, path: str = path) -> Carrier:
                assert reader.derived is not None
                return reader.derived(path, ())

            text = model.facts[path].derive or path
            carrier = self.say(table, NOTHING, derived, lambda text=text: text, None)  # type: ignore[misc]
            if not is_unsaid(carrier):
                column, self._stored[f"derived {path}"] = stored(carrier)
                table = self.stages.add({f"derived {path}": column})
            carrier = self.say(table, NOTHING, value, lambda text=text: text, None)  # type: ignore[misc]
            column, form = stored(carrier)
            table = self.stages.add({f"fact {path}": column})
            self._stored[f"fact {path}"] = form
        return table

    def _note_doubt(self) -> None:
        self.in_doubt = True

    def _leaf(self, table: ibis.Table, index: int, supplied: _Supply) -> dict[str, Column]:
        leaf = self.plan.leaves[index]
        self.in_doubt, self._doubts = bool(leaf.reads & self._doubtful), []
        carrier = self.say(
            table,
            supplied,
            lambda compiler, _: compiler.carrier(leaf.expression),
            lambda: to_source(leaf.expression),
            *self._place_of(leaf.index),
        )
        if self.in_doubt:
            self.undecided.add(f"leaf {index}")
        made = {f"leaf {index}": holds(carrier).cast("boolean")}
        doubt = any_of(self._doubts)
        if settled(doubt) is not False:
            # Null where it is in doubt.
            made[f"sure {index}"] = holds(doubt) & ibis.null("boolean")
            self.undecided.add(f"sure {index}")
        return made

    def _place_of(self, index: int) -> tuple[Place | None, str | None]:
        """Where a leaf stands, and the rule or definition of which it is a part."""
        for rule in self.plan.rules:
            formulas = [rule.when, *(one.formula for one in rule.requirements)]
            formulas += [formula for _, formula in rule.severity]
            if _stands_in(index, formulas):
                return rule.rule.place, rule.rule.id
        for name, one in self.plan.definitions.items():
            if one.formula is not None and _stands_in(index, [one.formula]):
                return one.definition.place, name
        return None, None

    def _needed(self, rules: Iterable[PlannedRule]) -> tuple[list[int], list[str]]:
        """The leaves and boolean definitions that rules rest on."""
        leaves: dict[int, None] = {}
        names: dict[str, None] = {}

        def want(formula: Formula) -> None:
            for atom in atoms(formula):
                if isinstance(atom, Leaf):
                    if atom.index not in leaves:
                        leaves[atom.index] = None
                        read(self.plan.leaves[atom.index].reads)
                elif isinstance(atom, Defined):
                    read((atom.name,))

        def read(found: Iterable[str]) -> None:
            for name in sorted(found):
                planned = self.plan.definitions[name]
                if name in names:
                    continue
                names[name] = None
                read(planned.reads)
                if planned.formula is not None:
                    want(planned.formula)

        for rule in rules:
            want(rule.when)
            for one in rule.requirements:
                want(one.formula)
            for _, formula in rule.severity:
                want(formula)
        return sorted(leaves), [name for name in self.plan.definitions if name in names]

    def state(self, table: ibis.Table, formula: Formula) -> Carrier:
        """Whether a formula is true, false or unknown, from the columns of its atoms."""
        if isinstance(formula, Leaf):
            return Truth(table[f"leaf {formula.index}"])
        if isinstance(formula, Defined):
            return Truth(table[f"def {formula.name}"])
        if isinstance(formula, Constant):
            return Known(formula.value)
        if isinstance(formula, Opposite):
            return opposite(self.state(table, formula.part))
        assert isinstance(formula, All | AnyOf)
        parts = [self.state(table, part) for part in formula.parts]
        return all_of(parts) if isinstance(formula, All) else any_of(parts)

    # outcomes

    def _rulings(self, table: ibis.Table, rules: list[PlannedRule]) -> ibis.Table:
        states: dict[str, Column] = {}
        for rule in rules:
            states |= self._part_states(table, rule)
        table = self.stages.add(states)
        made: dict[str, Column] = {}
        for rule in rules:
            made |= self._ruling(table, rule)
        return self.stages.add(made)

    def _part_states(self, table: ibis.Table, rule: PlannedRule) -> dict[str, Column]:
        name = rule.rule.id
        made = {f"{name} when": holds(self.state(table, rule.when))}
        for place, one in enumerate(rule.requirements):
            made[f"{name} {place}"] = holds(self.state(table, one.formula))
        return {key: column.cast("boolean") for key, column in made.items()}

    def _ruling(self, table: ibis.Table, rule: PlannedRule) -> dict[str, Column]:
        name = rule.rule.id
        asked = [stage for stage in rule.rule.stages if rule.requirements_at(stage)]
        here = among_stages(table, asked)
        applies = table[f"{name} when"]
        requirements = [
            (among_stages(table, one.stages), table[f"{name} {place}"])
            for place, one in enumerate(rule.requirements)
        ]
        # Where a requirement is not asked, neither is it unmet.
        met = balanced(
            [
                state if set(one.stages) >= set(asked) else state | ~at
                for one, (at, state) in zip(rule.requirements, requirements, strict=True)
            ],
            lambda a, b: a & b,
        )
        outcome = ibis.cases(
            (~applies if here is True else ~here | ~applies, NOT_APPLICABLE),
            (met, ibis.cases((applies, COMPLIANT), else_=MOOT)),
            (applies & ~met, NON_COMPLIANT),
            else_=INSUFFICIENT,
        ).cast("int8")
        highest, least = self._severities(table, rule, here)
        return {
            name: outcome,
            answers.severity_column(name): highest,
            answers.least_column(name): least,
            answers.parts_column(name): _parts(
                here,
                applies,
                [
                    (among_stages(table, set(one.stages) & set(asked)), state)
                    for one, (_, state) in zip(rule.requirements, requirements, strict=True)
                ],
            ),
        }

    def _severities(
        self, table: ibis.Table, rule: PlannedRule, here: Column | bool
    ) -> tuple[Column, Column]:
        """The highest severity that may be and the highest that certainly is."""
        base = SEVERITY_RANK[rule.rule.severity]
        steps = sorted(
            (
                (SEVERITY_RANK[level], self.state(table, formula))
                for level, formula in rule.severity
            ),
            key=lambda step: -step[0],
        )
        may: list[tuple[Column, int]] = []
        sure: list[tuple[Column, int]] = []
        for rank, state in steps:
            if rank > base and settled(state) is not False:
                raised = holds(state)
                inside = raised if here is True else raised & here
                sure.append((inside.fill_null(False), rank))
                possible = raised.fill_null(True)
                may.append((possible if here is True else possible & here, rank))
        made = [
            ibis.cases(*branches, else_=base) if branches else ibis.literal(base)
            for branches in (may, sure)
        ]
        return made[0].cast("int8"), made[1].cast("int8")

    def _accepted(self, table: ibis.Table, rules: list[PlannedRule], prepare: bool) -> ibis.Table:
        root = self.plan.strategy.model.root
        if prepare:
            reader = self.compiler(table, NOTHING)[1]
            made = acceptances(self.plan.strategy, table, reader, self.today)
            if made is None:
                return table
            table = self.stages.add(made)
        if "lead known" not in table.columns:
            return table
        assert isinstance(root, GroupShape)
        made = accept(table, rules, lambda formula: self.state(table, formula))
        if not prepare:
            del made[OPEN]  # it says what rules about evidence may rely on
        return self.stages.add(made)

    # verdict and opinion

    def _answers(self, table: ibis.Table) -> dict[str, Column]:
        strategy = self.plan.strategy
        rules = self.plan.rules
        lists = _Supply(lambda table: result_lists(table, rules, at_worst=False))
        worst = _Supply(lambda table: result_lists(table, rules, at_worst=True))
        made = {
            "verdict": self._table(table, strategy.verdict, lists),
            "opinion": self._table(table, strategy.opinion, lists),
            "opinion_at_worst": self._table(table, strategy.opinion, worst),
        }
        stored_rules = [column for rule in rules for column in answers.rule_columns(rule)]
        facts = [name for name in answers.FACTS if name in table.columns]
        return {
            **{name: table[name] for name in (ROW, *facts)},
            answers.SURE: self._sure(table),
            **made,
            **_counts(table, self.plan),
            **{name: table[name] for name in stored_rules},
        }

    def _sure(self, table: ibis.Table) -> Column:
        """Are the numbers that were calculated on the way no larger than the plan takes them to
        be? Never null."""
        sure = [
            _is_small(loaded(table[name], self._stored[name]), most)
            for name, most in sorted(self.demands.columns.items())
        ]
        sure += [table[name].notnull() for name in sorted(self.undecided)]
        if OPEN in table.columns and self._reads_late():
            sure.append(~table[OPEN])
        return holds(all_of([Truth(one, True) for one in sure]))

    def _reads_late(self) -> bool:
        """Does an expression about evidence read what results rest on or miss?"""
        leaves = [leaf.expression for leaf in self.plan.leaves]
        values = [one.definition.expression for one in self.plan.definitions.values()]
        return any(
            isinstance(part, syntax.Path) and part.field in LATE
            for node in (*leaves, *values)
            for part in syntax.walk(node)
        )

    def _table(self, table: ibis.Table, given: Table, lists: _Supply) -> Column:
        def row(when: Node) -> Carrier:
            return self.say(
                table,
                lists,
                lambda compiler, _: compiler.carrier(when),
                lambda: to_source(when),
                None,
            )

        return answer(table, given, row)


def _is_computed(planned: PlannedDefinition) -> bool:
    """Is the value of a definition more than a choice among facts?"""
    computed = syntax.For | syntax.If | syntax.Arithmetic | syntax.Call | syntax.ListLiteral
    return any(isinstance(node, computed) for node in syntax.walk(planned.definition.expression))


def _path_column(name: str, path: str) -> str:
    """The column that says whether a path is in the list that a definition is; of no path, whether
    the list is known."""
    return f"value {name} {path}"


AGGREGATES = frozenset(("sum", "min", "max", "mean", "distinct values"))


def _aggregates(node: Node) -> Iterator[Node]:
    """The aggregates of an expression that stand in no loop, the innermost left out."""
    if isinstance(node, syntax.Call) and node.function in AGGREGATES:
        yield node
    elif isinstance(node, syntax.Filter):
        yield from _aggregates(node.base)
    elif not isinstance(node, syntax.Quantified | syntax.For):
        for part in syntax.children(node):
            yield from _aggregates(part)


def _by_dependence(model: FactModel) -> list[str]:
    """The derived facts that stand in no list, each after those it reads."""
    paths = [path for path in model.derivations if in_no_list(model, path)]
    ordered: list[str] = []

    def visit(path: str, above: tuple[str, ...]) -> None:
        if path in ordered or path in above:
            return
        for other in paths:
            if other in _paths_read(model.derivations[path]):
                visit(other, (*above, path))
        ordered.append(path)

    for path in paths:
        visit(path, ())
    return ordered


def _paths_read(node: Node) -> set[str]:
    return {path for part in syntax.walk(node) if (path := syntax.fact_path(part)) is not None}


def _is_small(carrier: Carrier, most: int) -> Column:
    small = [
        (number.column.abs() < most).fill_null(True)
        for number in numbers_in(carrier)
        if number.constant is None
    ]
    return balanced(small, lambda a, b: a & b) if small else ibis.literal(True)


def _stands_in(leaf: int, formulas: Iterable[Formula]) -> bool:
    return any(atom == Leaf(leaf) for formula in formulas for atom in atoms(formula))


def _refused(text: str, reason: str, place: Place | None, of: str | None = None) -> Refused:
    """That an expression, `of` a rule or definition, cannot be said in columns."""
    where = "" if of is None else f" of {of}"
    return Refused(
        Problem(
            Code.ENGINE_LIMIT,
            f"`{text}`{where} cannot be swept: {reason}",
            place,
            "write it otherwise, or check the cases one by one with `accordance check`",
        )
    )


def _nothing(name: str) -> Carrier | None:
    return None


def _context(fields: dict[str, Type]) -> Any:
    return ContextType(fields=fields)


_ANY = Type("any")


def among_stages(table: ibis.Table, stages: Iterable[str]) -> Column | bool:
    """Is the case at one of some stages?"""
    wanted = set(stages)
    if wanted >= set(STAGES):
        return True
    column = stage_column(wanted)
    return ibis.literal(False) if column is None else table[column]


def _parts(
    here: Column | bool, applies: Column, requirements: list[tuple[Column | bool, Column]]
) -> Column:
    """The states of a rule's parts as one number, two binary digits each. A part is asked `here`,
    or where its own column says so."""
    parts = [(here, applies), *requirements]
    if len(parts) > MAX_PARTS:
        raise Refused(
            Problem(Code.ENGINE_LIMIT, f"a rule with more than {MAX_PARTS - 1} requirements")
        )
    kind = "int32" if len(parts) < 16 else "int64"
    codes: list[Column] = []
    for place, (asked, state) in enumerate(parts):
        weight = 4**place
        true_or_false = state.cast(kind) * ((PART_TRUE - PART_FALSE) * weight) + PART_FALSE * weight
        code = true_or_false.cast(kind).fill_null(PART_UNKNOWN * weight)
        if asked is not True:
            code = ibis.cases((asked, code), else_=PART_NOT_ASKED * weight)
        codes.append(code.cast(kind))
    return balanced(codes, lambda a, b: a + b).cast(kind)


def _counts(table: ibis.Table, plan: Plan) -> dict[str, Column]:
    """Breaches and gaps by severity, and the worst of each theme."""
    made: dict[str, Column] = {}
    for kind, code in (("breaches", NON_COMPLIANT), ("gaps", INSUFFICIENT)):
        for word in reversed(answers.SEVERITY_WORDS):
            rank = SEVERITY_RANK[word]
            ones = []
            for rule in plan.rules:
                if rank in _ranks(rule):
                    severity = table[answers.severity_column(rule.rule.id)]
                    ones.append(((table[rule.rule.id] == code) & (severity == rank)).cast("int32"))
            total = balanced(ones, lambda a, b: a + b) if ones else ibis.literal(0)
            made[f"{kind} {word}"] = total.cast("int32")
    for prefix, theme in plan.strategy.themes.items():
        rules = [rule for rule in plan.rules if rule.rule.theme == theme]
        for kind, code in (("breach", NON_COMPLIANT), ("gap", INSUFFICIENT)):
            heights = [
                ibis.cases(
                    (
                        table[rule.rule.id] == code,
                        (table[answers.severity_column(rule.rule.id)] + 1).cast("int8"),
                    ),
                    else_=ibis.literal(0, type="int8"),
                ).cast("int8")
                for rule in rules
            ]
            # None of them is ever null.
            worst = ibis.greatest(*heights) if heights else ibis.literal(0)
            made[answers.theme_column(prefix, kind)] = worst.cast("int8")
    return made


def _ranks(rule: PlannedRule) -> set[int]:
    levels = {rule.rule.severity, *(level for level, _ in rule.severity)}
    return {SEVERITY_RANK[level] for level in levels}


__all__ = ["UNSAID", "Relation", "among_stages", "facts_schema"]
