"""What outcomes rest on: the facts that decide a condition, and those that are missing.

Which leaves decide a condition hangs on nothing but the states of the leaves below it. So it is
found out once for each way they can stand, and remembered with the judgement (judging.Seen) for all
cases; what is left to do for a case is to read the facts of those leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from operator import itemgetter
from typing import Final, NamedTuple, TypeAlias

from ..feel.codes import CODES, DEFINED, Code, Evidence, Frame, deciding_fact, fact_needed
from ..feel.values import UNKNOWN, Value
from ..plan.formula import All, Any, Constant, Defined, Formula, Leaf, Opposite, atoms
from ..plan.planning import Plan, PlannedRule

_State: TypeAlias = Callable[["EvidenceReader"], Value]
_Choose: TypeAlias = Callable[["EvidenceReader", dict[int, None]], None]

MAX_REMEMBERED: Final = 1024
"""Ways in which the leaves of one rule stand that are remembered, before all are forgotten."""


class Step(NamedTuple):
    """A leaf that decides.

    `fact` is a fact of which just that is to be said that it is missing, if it is: always where
    there is no `value`, else where that is UNKNOWN. A leaf that is `decided`, true or false, may
    have evidence of its own.
    """

    leaf: int
    fact: str | None
    value: Callable[[Frame], Value] | None
    decided: bool


class Basis(NamedTuple):
    """What a judgement rests on wherever the leaves below its rule stand alike.

    `settled` is the evidence itself where nothing of it hangs on the case: where all that decides
    is which facts are missing. `facts` are the static paths of the facts, where these do not hang
    on the case.
    """

    steps: tuple[Step, ...]
    settled: Evidence | None
    facts: list[str] | None


class _Trace(NamedTuple):
    """A formula ready to be read on any case: its state, and the leaves on which that rests."""

    state: _State
    choose: _Choose


class Tracer:
    """The formulas of a plan as traces, each made when first needed; one for all cases.

    `codes` are the compiled leaves by index.
    """

    def __init__(self, plan: Plan, codes: Mapping[int, Code]) -> None:
        self._plan = plan
        self.codes = codes
        # Formulas live as long as the plan, so that their identity will do.
        self._traces: dict[int, _Trace] = {}

    def trace(self, formula: Formula) -> _Trace:
        known = self._traces.get(id(formula))
        if known is None:
            known = self._traces[id(formula)] = self._make(formula)
        return known

    def _make(self, formula: Formula) -> _Trace:
        if isinstance(formula, Leaf):
            return self._leaf(formula.index)
        if isinstance(formula, Defined):
            return self._definition(formula.name)
        if isinstance(formula, Opposite):
            return _opposite(self.trace(formula.part))
        if isinstance(formula, All | Any):
            parts = [self.trace(part) for part in formula.parts]
            return _connected(parts, isinstance(formula, Any))
        given = formula.value if isinstance(formula, Constant) else UNKNOWN
        return _Trace(lambda reader: given, lambda reader, chosen: None)

    def _leaf(self, index: int) -> _Trace:
        def state(reader: EvidenceReader) -> Value:
            return reader.leaves[index]

        def choose(reader: EvidenceReader, chosen: dict[int, None]) -> None:
            chosen[index] = None

        return _Trace(state, choose)

    def _definition(self, name: str) -> _Trace:
        formula = self._plan.definitions[name].formula
        assert formula is not None
        trace = self.trace(formula)

        def state(reader: EvidenceReader) -> Value:
            return reader.frame[DEFINED].get(name, UNKNOWN)

        return _Trace(state, trace.choose)

    # what decides

    def below(self, planned: PlannedRule, stage: str) -> Callable[[list[Value]], Hashable]:
        """What picks the states of all leaves on which a rule may rest at a stage."""
        over = planned.when, *(one.formula for one in planned.requirements_at(stage))
        leaves = dict.fromkeys(leaf for one in over for leaf in self._leaves(one))
        return itemgetter(*leaves) if leaves else _nothing

    def _leaves(self, formula: Formula) -> Iterator[int]:
        """The leaves below a formula, through definitions too."""
        for atom in atoms(formula):
            if isinstance(atom, Leaf):
                yield atom.index
            else:
                inner = self._plan.definitions[atom.name].formula
                if inner is not None:
                    yield from self._leaves(inner)


def _nothing(leaves: list[Value]) -> Hashable:
    return None


def _opposite(part: _Trace) -> _Trace:
    def state(reader: EvidenceReader) -> Value:
        given = part.state(reader)
        return False if given is True else True if given is False else UNKNOWN

    return _Trace(state, part.choose)


def _connected(parts: list[_Trace], decisive: bool) -> _Trace:
    """`or` (a true part decides) or `and` (a false part decides)."""
    other = not decisive

    def state(reader: EvidenceReader) -> Value:
        result: Value = other
        for part in parts:
            given = part.state(reader)
            if given is decisive:
                return decisive
            if given is not other:
                result = UNKNOWN
        return result

    def choose(reader: EvidenceReader, chosen: dict[int, None]) -> None:
        states = [part.state(reader) for part in parts]
        result: Value = other
        for given in states:
            if given is decisive:
                result = decisive
                break
            if given is not other:
                result = UNKNOWN
        for part, given in zip(parts, states, strict=True):
            if given is result:
                part.choose(reader, chosen)

    return _Trace(state, choose)


class EvidenceReader:
    """Reads the evidence of formulas on one case, each leaf at most once.

    `leaves` holds the state of each leaf by its index, UNKNOWN where it was not evaluated; `frame`
    the case they were evaluated on.
    """

    __slots__ = ("_codes", "_facts", "_tracer", "frame", "leaves")

    def __init__(self, tracer: Tracer, frame: Frame, leaves: list[Value]) -> None:
        self._tracer = tracer
        self._codes = tracer.codes
        self.frame = frame
        self.leaves = leaves
        self._facts: dict[int, dict[str, Value]] = {}

    def state(self, formula: Formula) -> Value:
        """Whether a formula is true, false or UNKNOWN on this case."""
        return self._tracer.trace(formula).state(self)

    def of(self, *formulas: Formula) -> Evidence:
        """What formulas rest on: their deciding branches where they are true or false, else the
        branches that are unknown."""
        return self.read(self.basis(formulas))

    def decisive(self, formulas: Iterable[Formula]) -> tuple[int, ...]:
        """The leaves on which formulas rest, in the order they are read; it hangs on nothing but
        the states of the leaves below them."""
        found: dict[int, None] = {}
        for formula in formulas:
            self._tracer.trace(formula).choose(self, found)
        return tuple(found)

    def below(self, planned: PlannedRule | None, stage: str) -> Callable[[list[Value]], Hashable]:
        """What picks the states of all leaves on which a rule may rest at a stage."""
        return _nothing if planned is None else self._tracer.below(planned, stage)

    def basis(self, formulas: Iterable[Formula]) -> Basis:
        """What formulas rest on in all cases in which the leaves below them stand as in this."""
        steps: list[Step] = []
        settled: Evidence | None = Evidence(UNKNOWN)
        facts: dict[str, None] | None = {}
        for index in self.decisive(formulas):
            code, unknown = self._codes[index], self.leaves[index] is UNKNOWN
            fact = deciding_fact(code)
            steps.append(self._step(index, code, fact if unknown else None))
            if fact is None or not unknown:
                settled = None
            elif settled is not None:
                settled.missing[fact] = None
            if fact is None:
                facts = None
            elif facts is not None and not unknown:
                facts[fact] = None
        return Basis(tuple(steps), settled, None if facts is None else list(facts))

    def _step(self, index: int, code: Code, missing: str | None) -> Step:
        unknown = self.leaves[index] is UNKNOWN
        needed = fact_needed(code, self.frame[CODES]) if unknown and missing is None else None
        if needed is not None and needed.names is not None:
            return Step(index, ".".join(needed.names), needed.value, decided=False)
        return Step(index, missing, None, decided=not unknown and not code.simple)

    def read(self, basis: Basis) -> Evidence:
        """The evidence of this case. It is not to be changed: cases alike may share it."""
        if basis.settled is not None:
            return basis.settled
        # Leaves that are decided have evidence of their own.
        found = Evidence(UNKNOWN)
        facts, gaps, frame = found.facts, found.missing, self.frame
        for leaf, fact, value, decided in basis.steps:
            if fact is not None and (value is None or value(frame) is UNKNOWN):
                gaps[fact] = None
            elif decided:
                facts.update(self._decided(leaf))
            else:
                self._codes[leaf].evidence(frame, found)
        return found

    def _decided(self, leaf: int) -> dict[str, Value]:
        """The facts on which a leaf rests that is true or false: whatever is missing, it is
        decided without it."""
        facts = self._facts.get(leaf)
        if facts is None:
            found = Evidence(self.leaves[leaf])
            self._codes[leaf].evidence(self.frame, found)
            facts = self._facts[leaf] = found.facts
        return facts
