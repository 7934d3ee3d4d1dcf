"""What one attempt at breaking a law consists of; it is shown as a person would write it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from accordance.feel import syntax as s
from accordance.feel.printing import to_source
from accordance.feel.types import ContextType
from accordance.feel.values import Value
from accordance.strategy.model import Strategy
from tests.generating.expressions import expressions
from tests.generating.facts import (
    FACTS,
    Draw,
    Stock,
    cases,
    choose,
    completions,
    fact_models,
    leaves,
    leaving_out,
    readable,
    without,
)
from tests.generating.large_strategies import large_strategies
from tests.generating.strategies import ALIAS, strategies
from tests.generating.writing import case_text, shown

Facts = dict[str, Value]


class Shown:
    """Shown by hypothesis as it is by Python."""

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


@dataclass(frozen=True, repr=False)
class Trial(Shown):
    """A strategy and cases to judge by it."""

    strategy: Strategy
    cases: tuple[Facts, ...]

    def __repr__(self) -> str:
        return "\n" + "\n".join((shown(self.strategy), *map(case_text, self.cases)))


@dataclass(frozen=True, repr=False)
class Change(Shown):
    """A strategy, and cases of which more, or less, becomes known."""

    strategy: Strategy
    pairs: tuple[tuple[Facts, Facts], ...]

    def __repr__(self) -> str:
        lines = ["", shown(self.strategy)]
        for before, after in self.pairs:
            lines += [case_text(before), "becomes", case_text(after)]
        return "\n".join(lines)


@dataclass(frozen=True, repr=False)
class Question(Shown):
    """An expression, and facts to ask it of."""

    model: ContextType
    expression: s.Node
    cases: tuple[Facts, ...]

    def __repr__(self) -> str:
        return "\n" + "\n".join((to_source(self.expression), *map(case_text, self.cases)))


def rules_of(strategy: Strategy) -> list[str]:
    """What an exception may name: a rule, a rule by its old name, a rule that is gone."""
    return [*(rule.id for rule in strategy.rules), ALIAS, "GONE-99"]


@st.composite
def trials(
    draw: Draw, evidence: bool = False, derived: bool = False, exceptions: bool = True
) -> Trial:
    strategy = draw(strategies(evidence=evidence, derived=derived))
    case = cases(strategy.model.type, rules_of(strategy) if exceptions else ())
    return Trial(strategy, tuple(draw(case) for _ in range(choose(draw, (1, 6, 6, 6, 6)))))


@st.composite
def large_trials(draw: Draw) -> Trial:
    strategy = draw(large_strategies())
    return Trial(strategy, tuple(draw(cases(strategy.model.type)) for _ in range(6)))


# The laws on the unknown range over cases that do not contradict themselves: here what follows from
# other facts is never stated.


@st.composite
def revelations(draw: Draw, derived: bool = True) -> Change:
    """Unknown facts become known."""
    strategy = draw(strategies(derived=derived))
    model, follows = strategy.model.type, strategy.model.derivations
    pairs: list[tuple[Facts, Facts]] = []
    for _ in range(choose(draw, (1, 4, 4, 4))):
        case = leaving_out(draw(cases(model, rules_of(strategy))), follows)
        pairs.append((case, leaving_out(draw(completions(case, model)), follows)))
    return Change(strategy, tuple(pairs))


@st.composite
def losses(draw: Draw) -> Change:
    """One stated fact becomes unknown."""
    strategy = draw(strategies(derived=True))
    model, follows = strategy.model.type, strategy.model.derivations
    pairs: list[tuple[Facts, Facts]] = []
    for _ in range(choose(draw, (1, 4, 4, 4))):
        case = leaving_out(draw(cases(model, rules_of(strategy))), follows)
        stated: list[Any] = list(leaves(case))
        if stated:
            pairs.append((case, without(case, choose(draw, stated))))
    return Change(strategy, tuple(pairs))


@st.composite
def questions(draw: Draw, item_facts: Stock = FACTS) -> Question:
    model = draw(fact_models(item_facts))
    expression = draw(expressions(readable(model)))
    return Question(
        model, expression, tuple(draw(cases(model)) for _ in range(choose(draw, (1, 5, 5, 5))))
    )
