"""Verdict and opinion over values not known yet, with every exception that could be accepted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from ..check.exceptions import LEAD
from ..plan.outcome import SEVERITY_RANK, Outcome
from ..plan.planning import PlannedRule
from ..plan.reading import FactsRead, path_node
from ..strategy.model import EVIDENCE, STAGES, Table
from ..strategy.supplied import EVIDENCE_NAMES
from .comparing import stated
from .functions import constant
from .rulings import RANKS, Encoding, Ruling
from .solving import Model
from .terms import Bit
from .values import CannotEncode, Listing, Moment, Number, Slot, Symbol, Truth, Word

EXCEPTIONS: Final = "exceptions"
VERDICT, OPINION, WORST = "verdict", "opinion", "opinion_at_worst"


@dataclass(frozen=True, slots=True)
class Facts:
    """A group whose facts are at hand, or made when they are asked for."""

    fields: Mapping[str, Symbol]
    made: Mapping[str, Callable[[], Symbol]] = field(default_factory=dict)

    @property
    def names(self) -> frozenset[str]:
        return frozenset((*self.fields, *self.made))

    def field(self, name: str) -> Symbol:
        return self.fields[name] if name in self.fields else self.made[name]()


@dataclass(frozen=True, slots=True)
class Result:
    """A ruling with its exception: `accepted`, or `pending` where nobody can tell whether it
    counts, since the lead officer or the severity is not known."""

    ruling: Ruling
    breach: Bit
    gap: Bit
    accepted: Bit
    pending: Bit
    there: Bit
    """Has the rule anything to ask at the stage?"""


@dataclass(slots=True)
class Judging:
    """The results of all rules and the answers of the tables, over one encoding."""

    encoding: Encoding
    results: list[Result] = field(default_factory=list)
    reads: FactsRead = field(init=False)
    names: dict[str, Symbol] = field(default_factory=dict)
    """`verdict`, `opinion` and `opinion_at_worst`; what has no constraints is left out."""
    obscure: dict[str, str] = field(default_factory=dict)
    free: list[Bit] = field(default_factory=list)
    """What is left open of the facts that a rule rests on or misses: any of those that it reads."""
    _listed: dict[tuple[str, str], Listing] = field(default_factory=dict)

    def __post_init__(self) -> None:
        encoding = self.encoding
        self.reads = FactsRead(encoding.plan)
        for planned in encoding.plan.rules:
            if planned.rule.about != EVIDENCE:
                self.results.append(self._result(planned))
        evidence = [one for one in encoding.plan.rules if one.rule.about == EVIDENCE]
        if evidence:
            encoding.supply(self._evidence())
            self.results += [self._result(planned) for planned in evidence]
        order = {one.rule.id: place for place, one in enumerate(encoding.plan.rules)}
        self.results.sort(key=lambda one: order[one.ruling.id])
        strategy = encoding.plan.strategy
        for name, table, worst in (
            (VERDICT, strategy.verdict, False),
            (OPINION, strategy.opinion, False),
            (WORST, strategy.opinion, True),
        ):
            self._answer(name, table, worst)

    # results

    def _result(self, planned: PlannedRule) -> Result:
        encoding = self.encoding
        terms, ruling = encoding.space.terms, encoding.ruling(planned)
        accepted, pending = self._acceptance(ruling)
        there = terms.either(
            *(encoding.at_stage(stage) for stage in STAGES if planned.requirements_at(stage))
        )
        return Result(
            ruling=ruling,
            breach=terms.both(ruling.fails, terms.opposite(accepted), terms.opposite(pending)),
            gap=terms.either(ruling.open, pending),
            accepted=accepted,
            pending=pending,
            there=there,
        )

    def _acceptance(self, ruling: Ruling) -> tuple[Bit, Bit]:
        encoding, strategy = self.encoding, self.encoding.plan.strategy
        terms, space = encoding.space.terms, encoding.space
        if EXCEPTIONS not in strategy.model.root.members:
            return False, False
        levels = self._severity(ruling.severity)
        acceptable = terms.either(
            *(bit for level, bit in levels.items() if level in strategy.exceptions)
        )
        if acceptable is False:
            return False, False
        lead: Bit = False
        if LEAD in strategy.model.root.members:
            lead = stated(terms, encoding.root.field(LEAD))
        unsettled = terms.either(
            *(
                terms.both(bit, terms.opposite(ruling.severity_least[rank]))
                for rank, bit in ruling.severity.items()
            )
        )
        name = f"{encoding.name}{ruling.id}"
        accepted, pending = terms.bit(f"{name} is accepted"), terms.bit(f"{name} is excepted")
        nobody_knows = terms.either(terms.opposite(lead), unsettled)
        space.limits += [
            terms.implies(accepted, terms.both(ruling.fails, acceptable, lead)),
            terms.implies(pending, terms.both(ruling.fails, nobody_knows)),
            terms.either(terms.opposite(accepted), terms.opposite(pending)),
        ]
        return accepted, pending

    def _severity(self, at_least: Mapping[int, Bit]) -> dict[str, Bit]:
        terms = self.encoding.space.terms
        return {
            level: terms.both(at_least[rank], terms.opposite(at_least.get(rank + 1, False)))
            for rank, level in RANKS.items()
        }

    def _raised(self, result: Result, at_least: Mapping[int, Bit]) -> dict[str, Bit]:
        """The severity; where the rule asks for nothing it is what the owner wrote."""
        both = self.encoding.space.terms.both
        return self._severity(
            {
                rank: bit if bit is True else both(bit, result.there)
                for rank, bit in at_least.items()
            }
        )

    def _item(self, result: Result, breach: Bit, gap: Bit) -> Facts:
        ruling, terms = result.ruling, self.encoding.space.terms
        rule = ruling.planned.rule
        moot = ruling.moot
        kinds, found = {"breach": breach, "gap": gap}, terms.either(breach, gap)
        outcomes = {
            Outcome.COMPLIANT.value: ruling.passes,
            Outcome.NON_COMPLIANT.value: breach,
            Outcome.INSUFFICIENT_EVIDENCE.value: terms.either(gap, moot),
            Outcome.NOT_APPLICABLE.value: ruling.excluded,
            Outcome.ACCEPTED_EXCEPTION.value: result.accepted,
        }
        fields: dict[str, Symbol] = {
            "rule": constant(rule.id),
            "theme": constant(rule.theme),
            "outcome": Word(True, outcomes),
            "severity": Word(True, self._raised(result, ruling.severity)),
            "severity_least": Word(True, self._raised(result, ruling.severity_least)),
            "gate": Truth(ruling.gate, terms.opposite(ruling.gate)),
            "moot": Truth(moot, terms.opposite(moot)),
            "kind": Word(found, kinds, None, terms.opposite(found)),
        }
        made = {
            name: partial(self._facts_of, ruling, name, bit)
            for name, bit in (("rests_on", True), ("missing", gap))
        }
        return Facts(fields, made)

    def _facts_of(self, ruling: Ruling, name: str, there: Bit) -> Listing:
        """Some of the facts that a rule reads; which of them is left open."""
        known = self._listed.get((ruling.id, name))
        if known is None:
            terms = self.encoding.space.terms
            paths: dict[str, None] = {LEAD: None} if name == "missing" else {}
            for path in self._paths_read(ruling):
                parts = path.split(".")
                paths.update(dict.fromkeys(".".join(parts[: end + 1]) for end in range(len(parts))))
            slots = []
            for path in paths:
                bit = terms.bit(f"{self.encoding.name}{ruling.id} {name} {path}")
                self.free.append(bit)
                held = terms.both(bit, there)
                slots.append(Slot(constant(path), held, held))
            known = self._listed[ruling.id, name] = Listing(True, tuple(slots))
        return known

    def _paths_read(self, ruling: Ruling) -> tuple[str, ...]:
        planned = ruling.planned
        formulas = (planned.when, *(one.formula for one in planned.requirements))
        return tuple(dict.fromkeys(path for one in formulas for path in self.reads.of_formula(one)))

    # the lists that rules about the evidence and tables read

    def _evidence(self) -> dict[str, Symbol]:
        slots = [Slot(self._item(one, one.breach, one.gap), True, True) for one in self.results]
        supplied: dict[str, Symbol] = {
            "results": Listing(True, tuple(slots)),
            # No case of the space contradicts itself.
            "contradictions": Listing(True, ()),
        }
        try:
            supplied["mandatory"] = self._mandatory()
        except CannotEncode as reason:
            self.obscure["mandatory"] = str(reason)
        return {name: value for name, value in supplied.items() if name in EVIDENCE_NAMES}

    def _mandatory(self) -> Listing:
        encoding = self.encoding
        terms, plan = encoding.space.terms, encoding.plan
        readers: dict[str, list[Result]] = {}
        for result in self.results:
            for path in self._paths_read(result.ruling):
                readers.setdefault(path, []).append(result)
        slots: list[Slot] = []
        for stage, paths in plan.strategy.mandatory.items():
            at_stage = encoding.at_stage(stage)
            for path in paths:
                value = encoding.with_names({}).encode(path_node(path))
                said = _stated_throughout(encoding, value)
                asking = [one for one in readers.get(path, ()) if stage in _stages(one)]
                wanting = [terms.opposite(one.ruling.excluded) for one in asking]
                count: Any = 0
                for bit in wanting:
                    count = terms.plus(count, terms.choose(bit, 1, 0))
                needed = terms.either(*wanting) if asking else True
                fields: dict[str, Symbol] = {
                    "path": constant(path),
                    "stated": Truth(said, terms.opposite(said)),
                    "needed": Truth(needed, terms.opposite(needed)),
                    "decides": Number(True, count, count),
                }
                slots.append(Slot(Facts(fields), at_stage, at_stage))
        return Listing(True, tuple(slots))

    def _lists(self, worst: bool) -> dict[str, Symbol]:
        terms = self.encoding.space.terms
        lists: dict[str, list[Slot]] = {
            name: [] for name in ("breaches", "gaps", "findings", "accepted", "serious")
        }
        high = SEVERITY_RANK["high"]
        for one in self.results:
            breach = terms.either(one.breach, one.gap) if worst else one.breach
            gap: Bit = False if worst else one.gap
            item = self._item(one, breach, gap)
            serious = terms.both(
                one.ruling.severity[high],
                terms.opposite(one.ruling.excluded),
                terms.opposite(one.ruling.moot),
            )
            for name, bit in (
                ("breaches", breach),
                ("gaps", gap),
                ("findings", terms.either(breach, gap)),
                ("accepted", one.accepted),
                ("serious", serious),
            ):
                if bit is not False:
                    lists[name].append(Slot(item, bit, bit))
        return {name: Listing(True, tuple(slots)) for name, slots in lists.items()}

    # tables

    def _answer(self, name: str, table: Table, worst: bool) -> None:
        """The first row that holds; a row that cannot be decided is taken to hold."""
        encoding = self.encoding
        terms = encoding.space.terms
        asked = terms.either(*(encoding.at_stage(stage) for stage in table.stages))
        lists = self._lists(worst)
        options: dict[str, Bit] = {}
        left = asked
        for number, row in enumerate(table.rows):
            holds: Bit = True
            if row.when is not None:
                key = f"{name} row {number + 1}"
                truth = encoding.condition(key, row.when, lists)
                holds = terms.opposite(truth.no)
                if key in encoding.obscure:
                    self.obscure[name] = encoding.obscure[key]
            options[row.answer] = terms.either(
                options.get(row.answer, False), terms.both(left, holds)
            )
            left = terms.both(left, terms.opposite(holds))
        known = terms.both(asked, terms.opposite(left))
        self.names[name] = Word(known, options, None, terms.opposite(known))

    # exceptions of a witness

    def complete(self, facts: dict[str, Any], model: Model) -> None:
        """Add the exceptions that an answer of the solver counts on."""
        strategy = self.encoding.plan.strategy
        today = dt.date.fromordinal(int(model.number(self.encoding.space.today.value)))
        lead = facts.get(LEAD)
        items = []
        for one in self.results:
            if not model.holds(self.encoding.space.terms.either(one.accepted, one.pending)):
                continue
            levels = self._severity(one.ruling.severity)
            level = next(level for level, bit in levels.items() if model.holds(bit))
            if level not in strategy.exceptions:
                continue
            approvers = strategy.exceptions[level].approvers
            other = (
                one
                for one in approvers
                if not isinstance(lead, str) or one.casefold() != lead.casefold()
            )
            items.append(
                {
                    "rule": one.ruling.id,
                    "reason": "accepted for now",
                    "approver": next(other, approvers[0]),
                    "approved_on": today,
                    "expires": today,
                }
            )
        if items:
            facts[EXCEPTIONS] = items

    def exceptions_apart(self) -> list[Bit]:
        """For each rule: nothing of it was excepted."""
        terms = self.encoding.space.terms
        return [terms.opposite(terms.either(one.accepted, one.pending)) for one in self.results]

    def no_exceptions(self) -> Bit:
        """Nothing was excepted."""
        return self.encoding.space.terms.both(*self.exceptions_apart())

    def all_left_open(self) -> Bit:
        """Every rule rests on all facts that it reads, and misses all: the case is sure to do then
        whatever it rests on in truth."""
        return self.encoding.space.terms.both(*self.free)


def _stages(result: Result) -> tuple[str, ...]:
    planned = result.ruling.planned
    return tuple(stage for stage in STAGES if planned.requirements_at(stage))


def _stated_throughout(encoding: Encoding, value: Symbol) -> Bit:
    """Is a fact stated: over a list, for every item of it?"""
    terms = encoding.space.terms
    if not isinstance(value, Listing):
        return stated(terms, value)
    parts = [
        terms.implies(slot.there, _stated_throughout(encoding, slot.item))
        for slot in value.slots
        if isinstance(slot.item, Truth | Number | Moment | Word | Listing)
    ]
    return terms.both(value.known, *parts)
