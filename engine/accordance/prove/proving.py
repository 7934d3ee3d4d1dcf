"""What `accordance prove` is asked, answered in the form `accordance/prove/1`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from ..check.answer import PROGRAM, strategy_stamp
from ..plan.planning import PlannedRule
from ..strategy.cases import RuleCase
from ..strategy.model import Strategy
from .answers import Answer, Question, Verdict
from .dates import FIRST_DAY, FIRST_TODAY, LAST_DAY, LAST_TODAY
from .gaps import gaps
from .investigation import Inquiry, Limits, Subject
from .pairs import Pairs
from .properties import prove, read_property
from .single import single
from .space import Space
from .versions import Comparison, overall

SCHEMA: Final = "accordance/prove/1"
Track = Callable[[Sequence[PlannedRule], str], Iterable[PlannedRule]]

FAULTS: Final = (
    Question.NEVER_APPLIES,
    Question.NEVER_FAILS,
    Question.NEVER_PASSES,
    Question.CONTRADICTION,
)
"""The questions of which a find means that something is wrong with the rules."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What was asked and answered: as a document, and as the answers that it was made from."""

    document: dict[str, Any]
    answers: tuple[Answer, ...]

    @property
    def is_good(self) -> bool:
        """Is nothing wrong with the rules, does every property hold, is the new version the
        same?"""
        return not any(map(_is_fault, self.answers))


def _is_fault(answer: Answer) -> bool:
    if answer.question is Question.PROPERTY:
        return answer.verdict is not Verdict.HOLDS
    if answer.question is Question.VERSION:
        return answer.verdict is not Verdict.EQUIVALENT
    return answer.question in FAULTS and answer.verdict is Verdict.FOUND


def untracked(items: Sequence[PlannedRule], doing: str) -> Iterable[PlannedRule]:
    """Progress that nobody watches."""
    return items


def audit(
    strategy: Strategy,
    limits: Limits,
    rules: Sequence[str] = (),
    cases: Sequence[RuleCase] = (),
    track: Track = untracked,
) -> Proof:
    """Everything that can be asked of the rules of one strategy; with `rules`, only what concerns
    one of these. The strategy's own `cases` help where the solver cannot tell."""
    subject = Subject(strategy)
    inquiry = Inquiry(subject, limits)
    chosen = frozenset(rules) or None
    every = [one for one in subject.plan.rules if chosen is None or one.rule.id in chosen]
    if chosen is None:
        asked = every
    else:
        # A pair is asked about only if either rule does what the question needs.
        asked = list(subject.plan.rules)
    alive = single(inquiry, track(asked, "examining"), cases)
    answers = [one for one in alive.answers if chosen is None or chosen & set(one.rules)]
    answers += Pairs(inquiry, alive, chosen, cases).answers(track)
    if chosen is None:
        answers += gaps(inquiry)
    pairs = len(subject.rules) * (len(subject.rules) - 1) // 2
    if chosen is not None:
        others = len(subject.rules) - len(chosen)
        pairs = len(chosen) * (len(chosen) - 1) // 2 + len(chosen) * others
    aside = [
        f"{name} was left open where it has no constraints: {'; '.join(ruling.obscure)}"
        for name, ruling in inquiry.rulings.items()
        if ruling.obscure and (chosen is None or name in chosen)
    ]
    aside += [
        f"that `{path}` follows from other facts was left out: {why}"
        for path, why in inquiry.derivations.obscure.items()
    ]
    aside += _words_once(inquiry.space)
    if subject.evidence_rules:
        aside.append("pairs and gaps: the rules about the evidence were not asked about")
    if strategy.portfolio and chosen is None:
        names = ", ".join(rule.id for rule in strategy.portfolio)
        aside.append(
            f"the rules over the portfolio, {names}, were not asked about: a proof speaks of one"
            " partnership"
        )
    head = _head("audit", strategy, limits)
    return _proof(head, {"rules": len(every), "pairs": pairs}, answers, aside)


def properties(strategy: Strategy, texts: Sequence[str], limits: Limits) -> Proof:
    """Whether each property holds of every partnership. Raises Refused where one cannot be read."""
    subject = Subject(strategy)
    for text in texts:
        read_property(text, subject)
    proved = [prove(subject, text, limits) for text in texts]
    aside = dict.fromkeys(note for _, space in proved for note in _words_once(space))
    head = _head("properties", strategy, limits)
    return _proof(head, {"properties": len(texts)}, [one for one, _ in proved], list(aside))


def versions(old: Strategy, new: Strategy, limits: Limits, track: Track = untracked) -> Proof:
    """What the new version asks more, and what less."""
    comparison = Comparison(Subject(old), Subject(new), limits)
    answers = list(comparison.answers(track))
    aside = [f"not compared, though it differs: {what}" for what in comparison.elsewhere()]
    aside += _words_once(comparison.ground.space)
    head = _head("versions", new, limits) | {
        "old": strategy_stamp(old),
        "overall": overall(answers).value,
    }
    return _proof(head, {"rules": len(answers)}, answers, aside)


def _proof(
    head: dict[str, Any], asked: dict[str, int], answers: Sequence[Answer], aside: Sequence[str]
) -> Proof:
    document = {
        **head,
        "asked": asked,
        "answers": [answer.to_json() for answer in answers],
        "aside": list(aside),
    }
    return Proof(document, tuple(answers))


def _words_once(space: Space) -> list[str]:
    return [
        f"`{path}` holds each of its words at most once, though nothing binds it to"
        for path in space.words_once
    ]


def _head(kind: str, strategy: Strategy, limits: Limits) -> dict[str, Any]:
    today = limits.today
    return {
        "schema": SCHEMA,
        "program": PROGRAM,
        "kind": kind,
        "strategy": strategy_stamp(strategy),
        "old": None,
        "overall": None,
        "bound": {
            "items": limits.items,
            "evaluated_from": (today or FIRST_TODAY).isoformat(),
            "evaluated_until": (today or LAST_TODAY).isoformat(),
            "dates_from": FIRST_DAY.isoformat(),
            "dates_until": LAST_DAY.isoformat(),
        },
    }
