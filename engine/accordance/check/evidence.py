"""What outcomes rest on: the facts that decide a condition, and those that are missing."""

from __future__ import annotations

from collections.abc import Mapping

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

    def _collect(self, formula: Formula, found: Evidence) -> None:
        if isinstance(formula, Leaf | Defined):
            found.add(self._atom(formula))
        elif isinstance(formula, Opposite):
            self._collect(formula.part, found)
        elif isinstance(formula, All | Any):
            decisive = isinstance(formula, Any)
            states = [self.state(part) for part in formula.parts]
            result = _connected(states, decisive)
            for part, given in zip(formula.parts, states, strict=True):
                whole = result is (not decisive)
                if whole or given is result or (result is UNKNOWN and given is UNKNOWN):
                    self._collect(part, found)

    def _atom(self, atom: Leaf | Defined) -> Evidence:
        known = self._found.get(atom)
        if known is not None:
            return known
        if isinstance(atom, Leaf):
            found = Evidence()
            self._codes[atom.index].evidence(self._frame, found)
            if self._leaves.get(atom.index, UNKNOWN) is not UNKNOWN:
                # It is decided without them.
                found.missing.clear()
                found.reasons.clear()
        else:
            formula = self._plan.definitions[atom.name].formula
            assert formula is not None
            found = self.of(formula)
        self._found[atom] = found
        return found


def _connected(states: list[Value], decisive: bool) -> Value:
    if any(given is decisive for given in states):
        return decisive
    return not decisive if all(given is (not decisive) for given in states) else UNKNOWN
