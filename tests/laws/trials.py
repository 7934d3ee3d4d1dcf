"""What one attempt at breaking a law consists of; it is shown as a person would write it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accordance.feel import syntax as s
from accordance.feel.printing import to_source
from accordance.feel.types import ContextType
from accordance.feel.values import Value
from accordance.strategy.model import Strategy
from tests.generating.expressions import any_expression
from tests.generating.facts import (
    FACTS,
    Draw,
    Stock,
    case,
    choose,
    completed,
    drawn,
    fact_model,
    leaves,
    leaving_out,
    readable,
    without,
)
from tests.generating.large_strategies import large_strategy
from tests.generating.strategies import ALIAS, strategy
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


def trial(
    draw: Draw, evidence: bool = False, derived: bool = False, exceptions: bool = True
) -> Trial:
    made = strategy(draw, evidence=evidence, derived=derived)
    rules = rules_of(made) if exceptions else ()
    count = choose(draw, (1, 6, 6, 6, 6))
    return Trial(made, tuple(case(draw, made.model.type, rules) for _ in range(count)))


def large_trial(draw: Draw) -> Trial:
    made = large_strategy(draw)
    return Trial(made, tuple(case(draw, made.model.type) for _ in range(6)))


# The laws on the unknown range over cases that do not contradict themselves: here what follows from
# other facts is never stated.


def revelation(draw: Draw, derived: bool = True) -> Change:
    """Unknown facts become known."""
    made = strategy(draw, derived=derived)
    model, follows = made.model.type, made.model.derivations
    pairs: list[tuple[Facts, Facts]] = []
    for _ in range(choose(draw, (1, 4, 4, 4))):
        before = leaving_out(case(draw, model, rules_of(made)), follows)
        pairs.append((before, leaving_out(completed(draw, before, model), follows)))
    return Change(made, tuple(pairs))


def loss(draw: Draw) -> Change:
    """One stated fact becomes unknown."""
    made = strategy(draw, derived=True)
    pairs: list[tuple[Facts, Facts]] = []
    for _ in range(choose(draw, (1, 4, 4, 4))):
        before = leaving_out(case(draw, made.model.type, rules_of(made)), made.model.derivations)
        stated: list[Any] = list(leaves(before))
        if stated:
            pairs.append((before, without(before, choose(draw, stated))))
    return Change(made, tuple(pairs))


def question(draw: Draw, item_facts: Stock = FACTS) -> Question:
    model = fact_model(draw, item_facts)
    expression = any_expression(draw, readable(model))
    return Question(model, expression, tuple(case(draw, model) for _ in range(4)))


trials, large_trials = drawn(trial), drawn(large_trial)
revelations, losses = drawn(revelation), drawn(loss)
questions = drawn(question)
