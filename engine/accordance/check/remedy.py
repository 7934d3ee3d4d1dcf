"""What would have to change for a rule to pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..feel.syntax import And, Name, Node, Not, Or
from ..plan.formula import All, Any, Defined, Formula, Opposite
from ..plan.outcome import Outcome
from .judging import Judgement
from .prose import joined

if TYPE_CHECKING:
    from .answer import Answer


_PASSED = (Outcome.COMPLIANT, Outcome.NOT_APPLICABLE)


def remedies(answer: Answer, judgement: Judgement) -> list[str]:
    """One phrase for each requirement that is not met or not known to be met: what must be the
    case for it to pass.

    An `or` gives alternatives, an `and` names only the parts that are not true yet.
    """
    if judgement.planned is None or judgement.outcome in _PASSED:
        return []
    return [
        needed(answer, one.formula, one.requirement.expression)
        for one in judgement.planned.requirements_at(answer.assessment.stage)
        if answer.state_of(one.formula) is not True
    ]


def needed(answer: Answer, formula: Formula, node: Node, wanted: bool = True) -> str:
    """What must be the case for a condition to be true (or false), where it is not yet."""
    if isinstance(formula, Opposite) and isinstance(node, Not):
        return needed(answer, formula.part, node.operand, not wanted)
    if isinstance(formula, Defined) and isinstance(node, Name):
        definition = answer.checker.plan.definitions[formula.name]
        if definition.formula is not None and not isinstance(definition.formula, Defined):
            return needed(answer, definition.formula, definition.definition.expression, wanted)
    if isinstance(formula, All | Any) and isinstance(node, And | Or):
        pairs = [
            (part, child)
            for part, child in zip(formula.parts, node.parts, strict=True)
            if answer.state_of(part) is not wanted
        ]
        if isinstance(formula, All) is not wanted:
            # An alternative is worth naming only where someone can bring it about.
            pairs = [pair for pair in pairs if answer.checker.can_change(pair[0])] or pairs
        phrases = list(dict.fromkeys(needed(answer, part, child, wanted) for part, child in pairs))
        if isinstance(formula, All) is wanted:
            return joined(phrases)
        return phrases[0] if len(phrases) == 1 else "either " + ", or ".join(phrases)
    return answer.in_words(node, negated=not wanted)
