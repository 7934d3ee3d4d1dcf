"""A strategy over a space: when each rule applies, is met or fails, and what the tables answer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..feel.syntax import Node
from ..plan.formula import All, Any, Constant, Defined, Formula, Leaf, Opposite, atoms
from ..plan.outcome import SEVERITY_RANK
from ..plan.planning import Plan, PlannedRule
from ..strategy.model import STAGES
from .calculating import Calculator
from .comparing import conjunction, disjunction, equal, negation
from .encoding import Encoder, Names
from .functions import constant
from .space import FactGroup, Space
from .terms import Bit
from .values import FALSE, TRUE, CannotEncode, Symbol, Truth

RANKS = {rank: level for level, rank in SEVERITY_RANK.items()}


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one rule says of every case.

    `applies`, `fails`, `passes`, `open` and `moot` exclude `excluded` and (the last four) one
    another; a breach counts as one here whether it was accepted or not.
    """

    planned: PlannedRule
    applies: Bit
    excluded: Bit
    fails: Bit
    passes: Bit
    open: Bit
    moot: Bit
    gate: Bit
    severity: Mapping[int, Bit]
    """For each rank: may the severity be that high?"""
    severity_least: Mapping[int, Bit]
    """For each rank: is it certainly that high?"""
    obscure: tuple[str, ...]
    """What of it has no constraints, so that it was left open."""

    @property
    def id(self) -> str:
        return self.planned.rule.id


@dataclass(slots=True)
class Encoding:
    """One strategy over a space that may serve several."""

    plan: Plan
    space: Space
    name: str = ""
    """Tells what two encodings of one space leave open apart."""
    root: FactGroup = field(init=False)
    encoder: Encoder = field(init=False)
    obscure: dict[int | str, str] = field(default_factory=dict)
    """Why a leaf (by index), a definition or a table row has no constraints."""
    _leaves: dict[int, Truth] = field(default_factory=dict)
    _definitions: dict[str, Symbol | CannotEncode] = field(default_factory=dict)
    _formulas: dict[str, Truth] = field(default_factory=dict)
    _rulings: dict[str, Ruling] = field(default_factory=dict)

    def __post_init__(self) -> None:
        space = self.space
        self.root = space.root(self.plan.strategy.model)
        names = Names(
            facts=self.root,
            today=space.today,
            parameters=self.plan.names.parameters,
            definition=self.definition,
            supplied={},
        )
        calculator = Calculator(space.terms, space.calendar)
        self.encoder = Encoder(space.terms, space.words, calculator, names)

    def with_names(self, supplied: Mapping[str, Symbol]) -> Encoder:
        """An encoder that knows further names."""
        names = self.encoder.names
        more = Names(names.facts, names.today, names.parameters, names.definition, supplied)
        return Encoder(self.space.terms, self.space.words, self.encoder.calculator, more)

    def supply(self, supplied: Mapping[str, Symbol]) -> None:
        """Let rules about the evidence read what the other rules found. What they read before is
        not encoded anew."""
        self.encoder = self.with_names({**self.encoder.names.supplied, **supplied})

    # conditions

    def definition(self, name: str) -> Symbol | None:
        """The value of a definition. Raises CannotEncode; None where there is none."""
        planned = self.plan.definitions.get(name)
        if planned is None:
            return None
        known = self._definitions.get(name)
        if known is None:
            try:
                if planned.formula is not None:
                    known = self.formula(planned.formula)
                else:
                    # Each expression has its own measure of work.
                    supplied = self.encoder.names.supplied
                    known = self.with_names(supplied).encode(planned.definition.expression)
            except CannotEncode as reason:
                known = reason
                self.obscure[name] = str(reason)
            self._definitions[name] = known
        if isinstance(known, CannotEncode):
            raise known
        return known

    def leaf(self, index: int) -> Truth:
        """The truth of a leaf; what has no constraints is left open."""
        known = self._leaves.get(index)
        if known is None:
            known = self._leaves[index] = self._condition(index, self.plan.leaves[index].expression)
        return known

    def _condition(self, key: int | str, node: Node, encoder: Encoder | None = None) -> Truth:
        try:
            return (encoder or self.encoder).condition(node)
        except CannotEncode as reason:
            self.obscure[key] = str(reason)
            return self.left_open(f"{self.name}open {key}")

    def left_open(self, name: str) -> Truth:
        """A truth of which nothing is said."""
        terms = self.space.terms
        truth = Truth(terms.bit(f"{name} is true"), terms.bit(f"{name} is false"))
        self.space.limits.append(terms.either(terms.opposite(truth.yes), terms.opposite(truth.no)))
        return truth

    def formula(self, formula: Formula) -> Truth:
        """The truth of a formula of the plan."""
        if isinstance(formula, Leaf):
            return self.leaf(formula.index)
        if isinstance(formula, Defined):
            found = self._formulas.get(formula.name)
            if found is None:
                planned = self.plan.definitions[formula.name].formula
                assert planned is not None
                found = self._formulas[formula.name] = self.formula(planned)
            return found
        if isinstance(formula, Constant):
            return TRUE if formula.value else FALSE
        if isinstance(formula, Opposite):
            return negation(self.formula(formula.part))
        assert isinstance(formula, All | Any)
        parts = [self.formula(part) for part in formula.parts]
        combine = conjunction if isinstance(formula, All) else disjunction
        return combine(self.space.terms, parts)

    def reasons(self, *formulas: Formula) -> tuple[str, ...]:
        """What of these formulas was left open, and why."""
        return tuple(dict.fromkeys(self._reasons(formulas)))

    def _reasons(self, formulas: tuple[Formula, ...]) -> Iterator[str]:
        for formula in formulas:
            for atom in atoms(formula):
                if isinstance(atom, Defined):
                    yield from self._reasons_of_definition(atom.name)
                    continue
                if atom.index in self.obscure:
                    yield self.obscure[atom.index]
                for name in sorted(self.plan.leaves[atom.index].reads):
                    yield from self._reasons_of_definition(name)

    def _reasons_of_definition(self, name: str) -> Iterator[str]:
        planned = self.plan.definitions[name]
        if name in self.obscure:
            yield self.obscure[name]
        if planned.formula is not None:
            yield from self._reasons((planned.formula,))
        else:
            for other in sorted(planned.reads):
                yield from self._reasons_of_definition(other)

    # rules

    def at_stage(self, stage: str) -> Bit:
        """Is the case at this stage?"""
        space = self.space
        return equal(space.terms, space.words, self.root.field("stage"), constant(stage)).yes

    def ruling(self, planned: PlannedRule) -> Ruling:
        """What a rule says."""
        known = self._rulings.get(planned.rule.id)
        if known is None:
            known = self._rulings[planned.rule.id] = self._ruling(planned)
        return known

    def _ruling(self, planned: PlannedRule) -> Ruling:
        terms, rule = self.space.terms, planned.rule
        stages = [stage for stage in STAGES if planned.requirements_at(stage)]
        active = terms.either(*(self.at_stage(stage) for stage in stages))
        when = self.formula(planned.when)
        met: list[Bit] = []
        unmet: list[Bit] = []
        for requirement in planned.requirements:
            truth = self.formula(requirement.formula)
            asked = terms.either(
                *(self.at_stage(stage) for stage in STAGES if stage in requirement.stages)
            )
            met.append(terms.implies(asked, truth.yes))
            unmet.append(terms.both(asked, truth.no))
        applies = terms.both(active, when.yes)
        excluded = terms.either(terms.opposite(active), when.no)
        all_met = terms.both(*met)
        fails = terms.both(applies, terms.either(*unmet))
        passes = terms.both(applies, all_met)
        included = terms.opposite(excluded)
        steps = [(SEVERITY_RANK[level], self.formula(of)) for level, of in planned.severity]
        base = SEVERITY_RANK[rule.severity]
        severity = {
            rank: True
            if base >= rank
            else terms.either(*(terms.opposite(of.no) for level, of in steps if level >= rank))
            for rank in RANKS
        }
        least = {
            rank: True
            if base >= rank
            else terms.either(*(of.yes for level, of in steps if level >= rank))
            for rank in RANKS
        }
        formulas = (
            planned.when,
            *(one.formula for one in planned.requirements),
            *(of for _, of in planned.severity),
        )
        return Ruling(
            planned=planned,
            applies=applies,
            excluded=excluded,
            fails=fails,
            passes=passes,
            open=terms.both(included, terms.opposite(fails), terms.opposite(all_met)),
            moot=terms.both(included, terms.opposite(when.yes), all_met),
            gate=terms.either(*(self.at_stage(stage) for stage in STAGES if stage in rule.gate)),
            severity=severity,
            severity_least=least,
            obscure=self.reasons(*formulas),
        )

    def condition(self, key: str, node: Node, supplied: Mapping[str, Symbol]) -> Truth:
        """The truth of an expression that may use further names; left open where it has no
        constraints (then `obscure` has the key)."""
        return self._condition(key, node, self.with_names(supplied))
