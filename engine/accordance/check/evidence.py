"""What outcomes rest on: the facts that decide a condition, and those that are missing."""

from __future__ import annotations

from collections.abc import Mapping

from ..feel import logic
from ..feel.compiling import Code, Evidence, Frame
from ..feel.values import UNKNOWN, Value
from ..plan.formula import All, Any, Atom, Defined, Formula, Leaf, Opposite, state
from ..plan.planning import Plan


class EvidenceReader:
    """Reads the evidence of formulas on one case, each leaf and definition at most once.

    `leaves` holds the state of each leaf that was evaluated, `frame` the case they were evaluated
    on; `codes` are the compiled leaves by index.
    """

    def __init__(
        self, plan: Plan, codes: Mapping[int, Code], frame: Frame, leaves: Mapping[int, Value]
    ) -> None:
        self._plan = plan
        self._codes = codes
        self._frame = frame
        self._leaves = leaves
        self._defined: Mapping[str, Value] = frame[2]
        self._found: dict[Atom, Evidence] = {}

    def state(self, formula: Formula) -> Value:
        """Whether a formula is true, false or UNKNOWN on this case."""
        return state(formula, self._atom_state)

    def of(self, formula: Formula) -> Evidence:
        """What a formula rests on: its deciding branches where it is true or false, else the
        branches that are unknown."""
        found = Evidence()
        self._collect(formula, found)
        return found

    def of_all(self, formulas: list[Formula]) -> Evidence:
        """What several formulas rest on together."""
        found = Evidence()
        for formula in formulas:
            self._collect(formula, found)
        return found

    def _atom_state(self, atom: Atom) -> Value:
        if isinstance(atom, Leaf):
            return self._leaves.get(atom.index, UNKNOWN)
        return self._defined.get(atom.name, UNKNOWN) if isinstance(atom, Defined) else UNKNOWN

    def _collect(self, formula: Formula, found: Evidence) -> Value:
        """Add what a formula rests on, and say whether it is true, false or UNKNOWN."""
        if isinstance(formula, Leaf):
            state = self._leaves.get(formula.index, UNKNOWN)
            code = self._codes[formula.index]
            if code.simple:
                code.evidence(self._frame, found)
            else:
                found.add(self._leaf(formula, code, state))
            return state
        if isinstance(formula, Defined):
            found.add(self._definition(formula))
            return self._atom_state(formula)
        if isinstance(formula, Opposite):
            return logic.negation(self._collect(formula.part, found))
        if isinstance(formula, All | Any):
            decisive = isinstance(formula, Any)
            states = [self.state(part) for part in formula.parts]
            result = _connected(states, decisive)
            for part, given in zip(formula.parts, states, strict=True):
                if given is result:
                    self._collect(part, found)
            return result
        return self.state(formula)

    def _leaf(self, leaf: Leaf, code: Code, state: Value) -> Evidence:
        found = self._found.get(leaf)
        if found is None:
            found = self._found[leaf] = Evidence()
            code.evidence(self._frame, found)
            if state is not UNKNOWN:
                # It is decided without them.
                found.missing.clear()
                found.reasons.clear()
        return found

    def _definition(self, name: Defined) -> Evidence:
        found = self._found.get(name)
        if found is None:
            formula = self._plan.definitions[name.name].formula
            assert formula is not None
            found = self._found[name] = self.of(formula)
        return found


def _connected(states: list[Value], decisive: bool) -> Value:
    if any(given is decisive for given in states):
        return decisive
    return not decisive if all(given is (not decisive) for given in states) else UNKNOWN
