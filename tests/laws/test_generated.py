"""What is evaluated from generated source says what closures say, of every expression and case."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given

from accordance.check.checker import Checker
from accordance.facts.reading import load_case
from accordance.feel.codes import Evidence
from accordance.feel.compiling import Names, compile_expression, new_frame
from accordance.feel.evidence_source import EvidenceWriter
from accordance.feel.generating import Generator
from accordance.feel.values import Uncertain, Value
from tests.generating.facts import TODAY
from tests.generating.writing import case_text

from .scale import law
from .trials import Question, Trial, questions, trials


def strictly(value: Value) -> Any:
    """A value of which true is not 1."""
    if isinstance(value, Uncertain):
        return ("uncertain", *((strictly(item), sure) for item, sure in value.pairs))
    if isinstance(value, list):
        return [strictly(item) for item in value]
    if isinstance(value, dict):
        return {name: strictly(part) for name, part in value.items()}
    return (type(value), value)


def paths_of(value: Value, path: str = "") -> Iterator[tuple[int, str]]:
    """The path of each group in a list, by its identity."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from paths_of(part, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            if isinstance(item, dict):
                yield id(item), f"{path}[{number}]"
            yield from paths_of(item, f"{path}[{number}]")


def told(found: Evidence) -> list[Any]:
    """What evidence says, in its order."""
    return [list(found.facts), strictly(found.facts), list(found.missing), list(found.reasons)]


@law(examples=500)
@given(question=questions())
def test_expressions(question: Question) -> None:
    names = Names(facts=question.model)
    closures = compile_expression(question.expression, names).value
    generator = Generator(names)
    generated = generator.function(generator.write(generator.compile(question.expression, None)))
    for facts in question.cases:
        expected = strictly(closures(new_frame(facts, TODAY)))
        assert strictly(generated(new_frame(facts, TODAY))) == expected


@law(examples=500)
@given(question=questions())
def test_evidence(question: Question) -> None:
    names = Names(facts=question.model)
    code = compile_expression(question.expression, names)
    generator = Generator(names)
    generated = EvidenceWriter(generator).function(generator.compile(question.expression, None))
    for facts in question.cases:
        state = code.value(new_frame(facts, TODAY))
        expected, found, grounds = Evidence(), Evidence(), Evidence(state)
        for gather, entered in (
            (code.evidence, expected),
            (generated, found),
            (generated, grounds),
        ):
            gather(new_frame(facts, TODAY, paths=dict(paths_of(facts))), entered)
        assert told(found) == told(grounds) == told(expected)


@law(examples=80)
@given(trial=trials(evidence=True))
def test_strategies(trial: Trial) -> None:
    closures, generated = Checker(trial.strategy), Checker(trial.strategy, generate_after=1)
    for facts in trial.cases:
        text = case_text(facts).encode()
        case = load_case(trial.strategy.model, data=text, name="case.json")
        assert generated.check(case, TODAY).to_json() == closures.check(case, TODAY).to_json()
    closures.close()
    generated.close()
