"""What outcomes rest on: the facts that decide a condition, and those that are missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ..feel.compiling import DEFINED, Code, Evidence, Frame
from ..feel.values import UNKNOWN, Value
from ..plan.formula import All, Any, Constant, Defined, Formula, Leaf, Opposite
from ..plan.planning import Plan

_State: TypeAlias = Callable[["EvidenceReader"], Value]
_Collect: TypeAlias = Callable[["EvidenceReader", Evidence], None]


@dataclass(frozen=True, slots=True)
class _Trace:
    """A formula ready to be read on any case: its state, and what that rests on."""

    state: _State
    collect: _Collect


class Tracer:
    """The formulas of a plan as traces, each made when first needed; one for all cases.

    `codes` are the compiled leaves by index.
    """

    def __init__(self, plan: Plan, codes: Mapping[int, Code]) -> None:
        self._plan = plan
        self._codes = codes
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
        return _Trace(lambda reader: given, lambda reader, found: None)

    def _leaf(self, index: int) -> _Trace:
        codes = self._codes

        def state(reader: EvidenceReader) -> Value:
            return reader.leaves.get(index, UNKNOWN)

        def collect(reader: EvidenceReader, found: Evidence) -> None:
            code = codes[index]
            if code.simple:
                code.evidence(reader.frame, found)
                return
            known = reader.found.get(index)
            if known is None:
                known = reader.found[index] = Evidence()
                code.evidence(reader.frame, known)
                if reader.leaves.get(index, UNKNOWN) is not UNKNOWN:
                    # It is decided without them.
                    known.missing.clear()
                    known.reasons.clear()
            found.add(known)

        return _Trace(state, collect)

    def _definition(self, name: str) -> _Trace:
        formula = self._plan.definitions[name].formula
        assert formula is not None
        trace = self.trace(formula)

        def state(reader: EvidenceReader) -> Value:
            return reader.frame[DEFINED].get(name, UNKNOWN)

        def collect(reader: EvidenceReader, found: Evidence) -> None:
            known = reader.found.get(name)
            if known is None:
                known = reader.found[name] = Evidence()
                trace.collect(reader, known)
            found.add(known)

        return _Trace(state, collect)


def _opposite(part: _Trace) -> _Trace:
    def state(reader: EvidenceReader) -> Value:
        given = part.state(reader)
        return False if given is True else True if given is False else UNKNOWN

    return _Trace(state, part.collect)


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

    def collect(reader: EvidenceReader, found: Evidence) -> None:
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
                part.collect(reader, found)

    return _Trace(state, collect)


class EvidenceReader:
    """Reads the evidence of formulas on one case, each leaf and definition at most once.

    `leaves` holds the state of each leaf that was evaluated, `frame` the case they were evaluated
    on.
    """

    __slots__ = ("_tracer", "found", "frame", "leaves")

    def __init__(self, tracer: Tracer, frame: Frame, leaves: Mapping[int, Value]) -> None:
        self._tracer = tracer
        self.frame = frame
        self.leaves = leaves
        self.found: dict[int | str, Evidence] = {}
        """Leaves by index and definitions by name."""

    def state(self, formula: Formula) -> Value:
        """Whether a formula is true, false or UNKNOWN on this case."""
        return self._tracer.trace(formula).state(self)

    def of(self, *formulas: Formula) -> Evidence:
        """What formulas rest on: their deciding branches where they are true or false, else the
        branches that are unknown."""
        found = Evidence()
        for formula in formulas:
            self._tracer.trace(formula).collect(self, found)
        return found
