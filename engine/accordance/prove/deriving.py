"""Facts that follow from others: a case whose facts contradict one another is no case here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from ..facts.deriving import ROUNDED_PLACES
from ..facts.model import FactModel
from ..facts.shapes import Date, Group, List, NumberShape, Shape, Text
from .calculating import Calculator
from .comparing import equal
from .encoding import Encoder, Names, Scope
from .space import FactGroup, Space, static
from .terms import Bit
from .values import CannotEncode, Number, Symbol, Truth, Word

_STEP = re.compile(r"([A-Za-z_]\w*)(?:\[(\d+)\])?")


@dataclass(slots=True)
class Derivations:
    """What the derivations of a fact model demand of the facts of a space.

    `limits` are the conditions; `exactly` those that a witness should meet too, though a rounded
    figure would do; `obscure` says why a derivation has no constraints, by static path.
    """

    limits: list[Bit]
    exactly: list[Bit]
    obscure: dict[str, str]


def derivations(space: Space, model: FactModel) -> Derivations:
    """The demands on the facts that are read by now. Facts that nobody reads stay unknown: what
    could follow from them can as well be stated."""
    found = Derivations([], [], {})
    space.growing = False
    try:
        deriver = _Deriver(space, model)
        for path in list(space.unknowns):
            if static(path) in model.derivations:
                deriver.derive(path, found)
    finally:
        space.growing = True
    return found


class _Deriver:
    def __init__(self, space: Space, model: FactModel) -> None:
        self.space = space
        self.model = model
        self.root = FactGroup(space, model.root, "")

    def derive(self, path: str, found: Derivations) -> None:
        unknown = self.space.unknowns[path]
        try:
            value = self._value(path)
            demanded = Derivations([], [], {})
            self._demand(unknown.value, unknown.shape, value, demanded)
            implies, there = self.space.terms.implies, unknown.inside
            found.limits += [implies(there, bit) for bit in demanded.limits]
            found.exactly += [implies(there, bit) for bit in demanded.exactly]
        except CannotEncode as reason:
            found.obscure[static(path)] = str(reason)

    def _value(self, path: str) -> Symbol:
        space = self.space
        names = Names(self.root, space.today, {}, lambda name: None, {})
        calculator = Calculator(space.terms, space.calendar)
        encoder = Encoder(space.terms, space.words, calculator, names)
        return encoder.encode_in(self.model.derivations[static(path)], self._scope(path))

    def _scope(self, path: str) -> Scope | None:
        """The item that holds the fact, over the item that holds that one, over all facts."""
        scope: Scope | None = None
        shape: Shape = self.model.root
        here = ""
        for name, position in _STEP.findall(path):
            assert isinstance(shape, Group)
            shape = shape.members[name]
            here = f"{here}.{name}" if here else name
            if position:
                assert isinstance(shape, List)
                here = f"{here}[{position}]"
                shape = shape.item
                if isinstance(shape, Group):
                    scope = Scope(None, FactGroup(self.space, shape, here), scope)
        return scope

    def _demand(self, stated: Symbol, shape: Shape, value: Symbol, found: Derivations) -> None:
        terms, words = self.space.terms, self.space.words
        if isinstance(stated, Truth) and isinstance(value, Truth):
            found.limits += [
                terms.implies(value.yes, stated.yes),
                terms.implies(value.no, stated.no),
            ]
        elif isinstance(stated, Number) and isinstance(value, Number):
            assert isinstance(shape, NumberShape)
            known = terms.both(value.known, terms.equals(value.low, value.high))
            if shape.whole:
                known = terms.both(known, terms.equals(value.low, terms.floor(value.low)))
            slack = Fraction(1, 2 * 10**ROUNDED_PLACES)
            near = terms.both(
                terms.at_most(terms.minus(value.low, slack), stated.low),
                terms.at_most(stated.low, terms.plus(value.low, slack)),
            )
            found.limits.append(terms.implies(known, terms.both(stated.known, near)))
            found.exactly.append(terms.implies(known, terms.equals(stated.low, value.low)))
        elif not isinstance(value, Truth | Number) and not isinstance(stated, Truth | Number):
            assert isinstance(shape, Text | Date)
            same = equal(terms, words, stated, value)
            fits = terms.either(value.known, value.none if shape.may_be_none else False)  # type: ignore[union-attr]
            if isinstance(shape, Text) and shape.values is not None and isinstance(value, Word):
                if value.options is None:
                    raise CannotEncode("a free text that becomes one of several words")
                among = (value.options.get(word, False) for word in shape.values)
                fits = terms.either(*among, value.none if shape.may_be_none else False)
            found.limits.append(terms.implies(fits, same.yes))
        else:
            raise CannotEncode("a value of another kind than the fact")
