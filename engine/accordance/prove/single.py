"""Rules that can never apply, never fail or never pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..check.judging import Assessment
from ..plan.planning import PlannedRule
from ..problem import Refused
from ..strategy.cases import RuleCase
from .answers import Answer, Question, Verdict
from .investigation import (
    LONGER,
    Inquiry,
    Subject,
    applies,
    fails,
    passes,
)
from .rulings import Ruling
from .solving import Model, Undecided
from .terms import Bit
from .witness import NotConfirmed, Request, bears_out, find

Shows = Callable[[Assessment, str], bool]
_ASKED: tuple[tuple[Question, Callable[[Ruling], Bit], Shows, str], ...] = (
    (Question.NEVER_FAILS, lambda ruling: ruling.fails, fails, "fail"),
    (Question.NEVER_PASSES, lambda ruling: ruling.passes, passes, "be met"),
    (Question.NEVER_APPLIES, lambda ruling: ruling.applies, applies, "apply"),
)


@dataclass(slots=True)
class Alive:
    """What the questions about single rules found beside their answers."""

    answers: list[Answer] = field(default_factory=list)
    models: list[Model] = field(default_factory=list)
    can: dict[Question, set[str]] = field(default_factory=lambda: {one[0]: set() for one in _ASKED})
    """The rules that do what the question denies, within the lists of the inquiry."""
    longer: dict[Question, dict[str, dict[str, int]]] = field(
        default_factory=lambda: {one[0]: {} for one in _ASKED}
    )
    """The longer lists that a rule needs for it."""


def single(inquiry: Inquiry, rules: Iterable[PlannedRule], cases: Sequence[RuleCase] = ()) -> Alive:
    """Asks of every rule whether it can fail, be met and apply."""
    found = Alive()
    for planned in rules:
        _ask(inquiry, planned, cases, found)
    return found


def lists_read(inquiry: Inquiry, rules: Iterable[PlannedRule]) -> dict[str, int]:
    """The lists of unknown length that rules read, with the items that were looked at."""
    facts = {path for rule in rules for path in inquiry.subject.facts_of(rule)}
    return {
        path: count
        for path, count in inquiry.space.bounded.items()
        if any(fact == path or fact.startswith(f"{path}.") for fact in facts)
    }


def outermost(lists: Mapping[str, int], count: int) -> dict[str, int]:
    """More items for the lists that lie in no other list."""
    return {
        path: count
        for path in lists
        if not any(path.startswith(f"{other}.") for other in lists if other != path)
    }


def _ask(inquiry: Inquiry, planned: PlannedRule, cases: Sequence[RuleCase], found: Alive) -> None:
    rule = planned.rule.id
    dead: list[Answer] = []
    for question, bit_of, shows, word in _ASKED:
        if question is Question.NEVER_APPLIES and len(dead) < 2:
            break
        answer = _never(inquiry, planned, question, bit_of, shows, word, cases, found)
        if answer is not None:
            dead.append(answer)
        elif rule not in found.longer[question]:
            found.can[question].add(rule)
    if len(dead) == 3:
        # A rule that never applies never fails and is never met; that goes without saying.
        dead = dead[2:] if dead[2].verdict is Verdict.FOUND else dead[:2]
    found.answers += dead


def _never(
    inquiry: Inquiry,
    planned: PlannedRule,
    question: Question,
    bit_of: Callable[[Ruling], Bit],
    shows: Shows,
    word: str,
    cases: Sequence[RuleCase],
    found: Alive,
) -> Answer | None:
    """The answer where a rule never does this, or where that is not decided; else None."""
    rule = planned.rule.id
    lists = lists_read(inquiry, [planned])
    here = inquiry
    because: tuple[str, ...] = ()
    try:
        model = here.solver.model([bit_of(here.rulings[rule])])
        for count in LONGER if lists else ():
            if model is not None:
                break
            lists |= outermost(lists, count)
            here = Inquiry(inquiry.subject, inquiry.ground.limits, [planned], lists)
            model = here.solver.model([bit_of(here.rulings[rule])])
            if model is not None:
                found.longer[question][rule] = outermost(lists, count)
        ruling = here.rulings[rule]
        if model is None:
            says = f"{rule} can never {word}"
            return Answer(question, Verdict.FOUND, says, (rule,), planned.rule.theme, items=lists)
        if here is inquiry:
            found.models.append(model)
        because = ruling.obscure
        if bears_out(model, inquiry.subject.checker, lambda said: shows(said, rule)):
            return None
        request = Request(
            [bit_of(ruling)], rule, [inquiry.subject.checker], lambda said: shows(said, rule)
        )
        find(here.solver, here.derivations.exactly, request)
        return None
    except Undecided as reason:
        because = (str(reason),)
    except NotConfirmed:
        pass
    if shown_by(inquiry.subject, cases, (rule,), shows):
        return None
    says = f"whether {rule} can ever {word} is not decided"
    return Answer(
        question, Verdict.NOT_DECIDED, says, (rule,), planned.rule.theme, (), lists, because
    )


def shown_by(
    subject: Subject, cases: Sequence[RuleCase], rules: Sequence[str], shows: Shows
) -> bool:
    """Does a case of the strategy's own show it of all these rules at once?"""
    for case in cases:
        if case.rule not in rules:
            continue
        try:
            said = subject.checker.assess(case.case, case.evaluated_on)
        except Refused:
            continue
        if all(shows(said, rule) for rule in rules):
            return True
    return False
