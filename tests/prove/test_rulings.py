"""What the constraints say of rules, verdict and opinion is what a check says.

The case is fixed fact by fact, so the solver has nothing to choose but what was left open.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given, note
from hypothesis import strategies as st

from accordance.check.checker import Checker
from accordance.facts.reading import load_case
from accordance.feel.printing import to_source
from accordance.plan.planning import plan
from accordance.prove.deriving import derivations
from accordance.prove.investigation import Ground, Limits
from accordance.prove.rulings import RANKS, Encoding
from accordance.prove.solving import Model, Solver
from accordance.prove.values import Word
from accordance.prove.verdicts import Judging, Result
from accordance.strategy.model import PARTNERSHIP, Strategy
from tests.generating.facts import TODAY, cases
from tests.generating.strategies import strategies
from tests.generating.writing import case_text, shown
from tests.laws.scale import law

from .test_encoding import settled


class Bench:
    """A strategy over one space, to be read on many cases."""

    def __init__(self, strategy: Strategy) -> None:
        ground = Ground(Limits(items=3, today=TODAY))
        self.space = ground.space
        self.encoding = Encoding(plan(strategy), self.space)
        self.judging = Judging(self.encoding)
        self.demands = derivations(self.space, strategy.model)
        self.solver = Solver(self.space, self.demands.limits)

    def on(self, facts: dict[str, Any]) -> dict[str, Any]:
        """The outcomes and answers of one case; what was left open is not told."""
        model = self.solver.model([*self.space.pinned(facts), self.judging.no_exceptions()])
        assert model is not None, "the case is not in the space"
        clear = not self.encoding.obscure and not self.judging.free
        said = {
            one.ruling.id: outcome(one, model)
            for one in self.judging.results
            # What is left open of one rule is so of those that read what it found.
            if clear or (not one.ruling.obscure and one.ruling.planned.rule.about == PARTNERSHIP)
        }
        if clear:
            said |= {name: word(value, model) for name, value in self.judging.names.items()}
        return said


def outcome(result: Result, model: Model) -> tuple[Any, ...]:
    ruling = result.ruling
    states = {
        "compliant": model.holds(ruling.passes),
        "non_compliant": model.holds(ruling.fails),
        "insufficient_evidence": model.holds(ruling.open) or model.holds(ruling.moot),
        "not_applicable": model.holds(ruling.excluded),
    }
    (name,) = [name for name, holds in states.items() if holds]
    if name == "not_applicable":
        return (name,)
    severities = [
        RANKS[max(rank for rank, bit in at_least.items() if model.holds(bit))]
        for at_least in (ruling.severity, ruling.severity_least)
    ]
    return (name, model.holds(ruling.moot), *severities, model.holds(ruling.gate))


def word(value: Any, model: Model) -> str | None:
    assert isinstance(value, Word)
    return model.text(value) if model.holds(value.known) else None


@law(examples=60)
@given(data=st.data())
def test_constraints_and_check_agree(data: st.DataObject) -> None:
    strategy = data.draw(strategies(evidence=True, derived=True))
    note(shown(strategy))
    for path, node in strategy.model.derivations.items():
        note(f"{path} follows: {to_source(node)}")
    bench, checker = Bench(strategy), Checker(strategy)
    for _ in range(3):
        facts = settled(data.draw(cases(strategy.model.type)), strategy.model.type)
        note(case_text(facts))
        case = load_case(strategy.model, data=case_text(facts).encode(), name="case.json")
        if case.contradictions:
            continue
        answer = checker.check(case, TODAY).to_json()
        expected = {name: answer[name] for name in ("verdict", "opinion", "opinion_at_worst")}
        for result in answer["results"]:
            expected[result["rule"]] = tuple(
                result[name]
                for name in ("outcome", "moot", "severity", "severity_least", "gate")
                if name == "outcome" or result["outcome"] != "not_applicable"
            )
        said = bench.on(case.facts)
        assert said == {name: expected[name] for name in said}
