"""Whether something holds of every partnership: a condition over facts, definitions, verdict.

A property fails where there is a case in which it is false. One that is unknown has not failed; to
speak of what is not known, a property may ask `is defined(...)`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from ..check.judging import Assessment
from ..feel.compiling import DEFINED, SUPPLIED, Code, compile_expression
from ..feel.syntax import Name, Node, walk
from ..feel.types import BOOLEAN, TextType, Type
from ..feel.values import NONE
from ..problem import Code as ProblemCode
from ..problem import Level, Place, Problem, Refused
from ..strategy.model import EVIDENCE, OPINIONS, VERDICTS
from .answers import Answer, Question, Shown, Verdict
from .investigation import Inquiry, Limits, Subject
from .rulings import Encoding
from .solving import Undecided
from .space import Space
from .terms import Bit
from .values import Truth
from .verdicts import OPINION, VERDICT, WORST, Judging
from .witness import NotConfirmed, Request, find

if TYPE_CHECKING:
    from ..feel.checking import Scope

OPTION: Final = "--property"
ANSWERS: Final[dict[str, Type]] = {
    VERDICT: TextType(values=VERDICTS),
    OPINION: TextType(values=OPINIONS),
    WORST: TextType(values=OPINIONS),
}
"""What a property may read beside facts, definitions and parameters. None at a stage at which the
strategy gives no such answer."""


def read_property(text: str, subject: Subject) -> Node:
    """The property as an expression. Raises Refused where it is none, or none of this strategy."""
    from ..feel.checking import check
    from ..feel.parsing import FeelError, parse

    try:
        node = parse(text)
    except FeelError as error:
        place = Place(OPTION, 1, error.start + 1)
        raise Refused(Problem(error.code, error.message, place, error.help)) from None
    kind, faults = check(node, scope(subject), evidence=True)
    errors = [fault for fault in faults if fault.level is Level.ERROR]
    if errors:
        raise Refused(
            Problem(fault.code, fault.message, Place(OPTION, 1, fault.start + 1), fault.help)
            for fault in errors
        )
    if kind != BOOLEAN:
        raise Refused(
            Problem(
                ProblemCode.EXPRESSION_TYPE,
                f"a property must be true or false, but this is a {kind}",
                Place(OPTION, 1, 1),
                'compare it with something, as in `not(verdict = "proceed" and service.critical)`',
            )
        )
    return node


def scope(subject: Subject) -> Scope:
    """The names that a property may use. Facts win over `verdict` and `opinion`."""
    from ..feel.checking import Scope
    from ..strategy.names import type_of_value

    strategy = subject.strategy
    parameters = {
        name: type_of_value(list(one.value) if isinstance(one.value, tuple) else one.value)
        for name, one in strategy.parameters.items()
    }
    definitions = {
        name: one.type for name, one in strategy.definitions.items() if one.about != EVIDENCE
    }
    return Scope({**ANSWERS, **parameters, **definitions, **strategy.model.type.fields})


def prove(subject: Subject, text: str, limits: Limits) -> tuple[Answer, Space]:
    """Whether a property holds, and the space of cases of which it was asked. Raises Refused where
    it cannot be read."""
    node = read_property(text, subject)
    made: list[tuple[Judging | None, Truth]] = []

    def demands(encoding: Encoding) -> list[Bit]:
        asks_for_answer = any(isinstance(one, Name) and one.name in ANSWERS for one in _read(node))
        judging = Judging(encoding) if asks_for_answer else None
        supplied = {} if judging is None else judging.names
        made.append((judging, encoding.condition("property", node, supplied)))
        return []

    def _read(node: Node) -> list[Node]:
        return list(walk(node))

    inquiry = Inquiry(subject, limits, (), more=demands)
    judging, truth = made[0]
    code = _compiled(subject, node)

    def shows(said: Assessment) -> bool:
        return _holds(subject, node, code, said) is False

    request = Request([truth.no], "A partnership that shows it", [subject.checker], shows)
    wishes = list(inquiry.derivations.exactly)
    if judging is not None:
        first = (judging.no_exceptions(), judging.all_left_open())
        request = replace(request, complete=judging.complete, first=first)
        wishes = [*judging.exceptions_apart(), *wishes]
    items = dict(inquiry.space.bounded)
    because = _obscure(inquiry, judging)
    try:
        witness = find(inquiry.solver, wishes, request)
    except (Undecided, NotConfirmed) as reason:
        answer = Answer(
            Question.PROPERTY,
            Verdict.NOT_DECIDED,
            "whether the property holds is not decided",
            items=items,
            because=(str(reason), *because),
            subject=text,
        )
        return answer, inquiry.space
    if witness is None:
        says = "the property holds of every partnership"
        answer = Answer(Question.PROPERTY, Verdict.HOLDS, says, items=items, subject=text)
        return answer, inquiry.space
    concerned = _concerned(subject, node, witness.assessments[0])
    answer = Answer(
        Question.PROPERTY,
        Verdict.FAILS,
        "the property fails",
        shown=(Shown(witness, concerned),),
        subject=text,
    )
    return answer, inquiry.space


def _obscure(inquiry: Inquiry, judging: Judging | None) -> tuple[str, ...]:
    found = [*inquiry.encoding.obscure.values()]
    if judging is not None:
        found += judging.obscure.values()
    found += inquiry.derivations.obscure.values()
    return tuple(f"no constraints for {why}" for why in dict.fromkeys(found))


def _compiled(subject: Subject, node: Node) -> Code:
    names = subject.plan.names
    supplied = {
        name: kind
        for name, kind in ANSWERS.items()
        if name not in subject.strategy.model.type.fields
    }
    return compile_expression(node, replace(names, supplied={**names.supplied, **supplied}))


def _holds(subject: Subject, node: Node, code: Code, said: Assessment) -> object:
    """The property on a case that was checked: true, false or unknown."""
    frame = list(said.frame)
    frame[DEFINED] = dict(frame[DEFINED])
    for part in walk(node):
        if isinstance(part, Name) and part.name in subject.plan.definitions:
            subject.checker.definition(part.name, frame)
    answers = {VERDICT: said.verdict, OPINION: said.opinion, WORST: said.opinion_at_worst}
    frame[SUPPLIED] = {name: NONE if answer is None else answer for name, answer in answers.items()}
    return code.value(frame)


def _concerned(subject: Subject, node: Node, said: Assessment) -> tuple[str, ...]:
    """The gates of the stage that read a fact of the property, else all rules that do and apply."""
    from ..plan.reading import FactsRead

    facts = set(FactsRead(subject.plan).of(node)) - {"stage"}
    reading = [one for one in subject.rules if facts & subject.facts_of(one)]
    gates = [one for one in reading if said.stage in one.rule.gate]
    return tuple(one.rule.id for one in gates or reading)
