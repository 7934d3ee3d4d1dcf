"""Themes of which no rule applies to some partnership, though the theme has rules for its stage."""

from __future__ import annotations

from ..check.judging import Assessment
from ..plan.planning import PlannedRule
from ..strategy.model import STAGES
from .answers import Answer, Question, Shown, Verdict, one_of
from .investigation import Inquiry, excluded
from .solving import Undecided
from .witness import NotConfirmed, Request, find


def gaps(inquiry: Inquiry) -> list[Answer]:
    """One answer for each theme that leaves a partnership out, in the order of the strategy."""
    themes: dict[str, list[PlannedRule]] = {}
    for planned in inquiry.subject.rules:
        themes.setdefault(planned.rule.theme, []).append(planned)
    order = [theme for theme in inquiry.subject.strategy.themes.values() if theme in themes]
    return [answer for theme in order if (answer := _gap(inquiry, theme, themes[theme]))]


def _gap(inquiry: Inquiry, theme: str, rules: list[PlannedRule]) -> Answer | None:
    names = tuple(one.rule.id for one in rules)
    encoding = inquiry.encoding
    out = [encoding.ruling(one).excluded for one in rules]
    stages: list[str] = []
    open_: list[str] = []
    for stage in STAGES:
        if not any(one.requirements_at(stage) for one in rules):
            continue
        try:
            if inquiry.solver.possible(encoding.at_stage(stage), *out):
                stages.append(stage)
        except Undecided as reason:
            open_.append(f"at the stage {stage}: {reason}")
    if not stages and not open_:
        return None
    if not stages:
        says = f"whether some rule of “{theme}” always applies is not decided"
        return Answer(Question.GAP, Verdict.NOT_DECIDED, says, names, theme, because=tuple(open_))

    def shows(said: Assessment) -> bool:
        return said.stage == stages[0] and all(excluded(said, name) for name in names)

    title = f"No rule of {theme} applies"
    request = Request([encoding.at_stage(stages[0]), *out], title, [inquiry.subject.checker], shows)
    shown: tuple[Shown, ...] = ()
    because = tuple(open_)
    try:
        witness = find(inquiry.solver, inquiry.derivations.exactly, request)
        if witness is not None:
            shown = (Shown(witness, ()),)
    except (Undecided, NotConfirmed) as reason:
        says = f"whether some rule of “{theme}” always applies is not decided"
        because = (*because, str(reason), *(why for n in names for why in _why(inquiry, n)))
        return Answer(
            Question.GAP, Verdict.NOT_DECIDED, says, names, theme, tuple(stages), because=because
        )
    says = f"a partnership at the stage {one_of(stages)} can have no rule of “{theme}”"
    return Answer(
        Question.GAP,
        Verdict.FOUND,
        says,
        names,
        theme,
        tuple(stages),
        because=because,
        shown=shown,
    )


def _why(inquiry: Inquiry, rule: str) -> tuple[str, ...]:
    return inquiry.rulings[rule].obscure
