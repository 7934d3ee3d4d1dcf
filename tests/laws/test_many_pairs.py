"""Network and oracle on as many pairs of strategy and case as time allows.

Here the pairs come straight from a random generator, without hypothesis: ten times as many in the
same time, and each unlike the last. A pair that breaks the law is made small by leaving out rules
and facts that do not matter.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace

from accordance.feel.compiling import Names, compile_expression, new_frame
from tests import oracle
from tests.generating.facts import TODAY, leaves, without
from tests.generating.strategies import Strategy

from .engine import engine, naive
from .scale import FACTOR, SEED
from .test_expressions import strictly
from .trials import Facts, Trial, question, trial

START = SEED if FACTOR else 0
STRATEGIES = 400 * max(FACTOR, 1)
QUESTIONS = 2000 * max(FACTOR, 1)


def test_network_and_oracle_agree() -> None:
    pairs = 0
    for number in range(STRATEGIES):
        draw = random.Random(f"{START}/{number}").randrange
        made = trial(draw, evidence=number % 2 == 0, derived=number % 3 == 0)
        with engine(made.strategy) as network, naive(made.strategy) as judge:
            for case in made.cases:
                if network(case) != judge(case):
                    raise AssertionError(report(made.strategy, case))
                pairs += 1
    assert pairs > 4 * STRATEGIES


def test_expressions_have_one_value() -> None:
    for number in range(QUESTIONS):
        asked = question(random.Random(f"{START}/{number}").randrange)
        node, model = asked.expression, asked.model
        code = compile_expression(node, Names(facts=model))
        for case in asked.cases:
            found = strictly(code.value(new_frame(case, TODAY)))
            expected = strictly(oracle.evaluate(node, case, TODAY, types=model.fields))
            assert found == expected, repr(replace(asked, cases=(case,)))


def report(strategy: Strategy, case: Facts) -> str:
    smaller = True
    while smaller:
        smaller = False
        for other, facts in simpler(strategy, case):
            if differ(other, facts):
                strategy, case, smaller = other, facts, True
                break
    with engine(strategy) as network, naive(strategy) as judge:
        return f"{Trial(strategy, (case,))!r}\nnetwork {network(case)}\noracle {judge(case)}"


def differ(strategy: Strategy, case: Facts) -> bool:
    with engine(strategy) as network, naive(strategy) as judge:
        return network(case) != judge(case)


def simpler(strategy: Strategy, case: Facts) -> Iterator[tuple[Strategy, Facts]]:
    """The same with one rule, one clause of a rule or one fact less."""
    for rule in strategy.rules:
        others = tuple(other for other in strategy.rules if other is not rule)
        if others:
            yield replace(strategy, rules=others), case
        shorter = [replace(rule, when=None, when_text=None)] if rule.when else []
        shorter += [replace(rule, severity_when=())] if rule.severity_when else []
        shorter += [
            replace(rule, require=tuple(one for one in rule.require if one is not left_out))
            for left_out in rule.require[1:]
        ]
        for short in shorter:
            changed = tuple(short if other is rule else other for other in strategy.rules)
            yield replace(strategy, rules=changed), case
    if "exceptions" in case:
        yield strategy, without(case, ("exceptions",))
    for leaf in list(leaves(case)):
        yield strategy, without(case, leaf)
