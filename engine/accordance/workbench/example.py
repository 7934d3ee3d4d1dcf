"""An example of a rule: one of its cases, cut down to the facts that matter, and checked anew.

The facts are written out first and then read and checked as they are written, so that what an
example shows is what the checker said of exactly that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from ..source.tree import plain
from ..strategy.cases import SUPPLIED_FACTS
from ..strategy.model import EVIDENCE, Rule
from .fact_text import fact_text

if TYPE_CHECKING:
    from ..check.checker import Checker
    from ..facts.case import Case
    from ..strategy.cases import RuleCase

ALWAYS: Final = ("title", "stage", "as_of")
LABELS: Final = ("name", "text", "from", "do")
"""What items of a list are called by; kept, so that a reader can tell them apart."""
_SHOWN: Final = ("non_compliant", "insufficient_evidence", "compliant", "not_applicable")
_SAME: Final = ("outcome", "severity", "severity_least", "gate", "message")
_NAME: Final = "example.yaml"
_TITLE: Final = "Northbridge Partnership"
"""Named in the messages of examples."""


def example(
    checker: Checker, rule: Rule, cases: Sequence[RuleCase], paths: Collection[str]
) -> dict[str, Any] | None:
    """The case that shows a rule best, with what the checker says of it; None without cases.

    Of its facts those at `paths` are shown, unless the answer would be another without the rest.
    """
    if not cases or rule not in checker.strategy.rules:
        return None
    case = min(cases, key=lambda one: _rank(one.expect.outcome))
    stated = plain(case.case.located)
    every = {"title": _TITLE} | {
        name: value for name, value in stated.items() if SUPPLIED_FACTS.get(name) != value
    }
    whole = _answer(checker, rule, case, every)
    found = None
    if rule.about != EVIDENCE:
        found = _answer(checker, rule, case, cut(every, frozenset({*ALWAYS, *paths})))
    if found is None or any(found[name] != whole[name] for name in _SAME):
        found = whole
    return found


def _rank(outcome: str) -> int:
    return _SHOWN.index(outcome) if outcome in _SHOWN else len(_SHOWN)


def _answer(
    checker: Checker, rule: Rule, case: RuleCase, facts: Mapping[str, Any]
) -> dict[str, Any]:
    text = fact_text(facts)
    answer = checker.check(_read(checker, text), case.evaluated_on)
    judgement = next(one for one in answer.assessment.judgements if one.rule.id == rule.id)
    result = answer.result(judgement)
    return {
        "case": case.name,
        "evaluated_on": answer.assessment.evaluated_on.isoformat(),
        "facts": text.splitlines(),
        **{name: result[name] for name in (*_SAME, "missing")},
    }


def _read(checker: Checker, text: str) -> Case:
    from ..facts.reading import read_case
    from ..source.reading import read
    from ..source.tree import Mapping as Group
    from ..strategy.cases import laid_over

    tree = read(data=text.encode(), name=_NAME)
    assert isinstance(tree, Group)
    return read_case(laid_over(None, tree, tree), checker.strategy.model)


def cut(facts: Mapping[str, Any], paths: frozenset[str], prefix: str = "") -> dict[str, Any]:
    """The facts at some paths; a list that is read keeps all of its items."""
    kept: dict[str, Any] = {}
    for name, value in facts.items():
        path = f"{prefix}{name}"
        below = any(other.startswith(f"{path}.") for other in paths)
        if isinstance(value, Mapping):
            inner = cut(value, paths, f"{path}.") if below else {}
            if inner or path in paths:
                kept[name] = inner
        elif isinstance(value, list) and all(isinstance(item, Mapping) for item in value):
            if below or path in paths:
                kept[name] = [_item(item, paths, path) for item in value]
        elif path in paths:
            kept[name] = value
    return kept


def _item(item: Mapping[str, Any], paths: frozenset[str], path: str) -> dict[str, Any]:
    labels = frozenset(f"{path}.{label}" for label in LABELS)
    return cut(item, paths | labels, f"{path}.")
