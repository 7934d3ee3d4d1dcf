"""Parameters and definitions that nothing uses: often a rule says something else than meant."""

from __future__ import annotations

from collections.abc import Iterator

from ..feel.syntax import Name, Node, walk
from ..problem import Code, Level, Problem
from ..source.quoting import quoted
from .message import placeholders
from .model import Rule, Strategy
from .parameters import FACTS_AGE


def unused_names(strategy: Strategy) -> list[Problem]:
    """A warning for each parameter and definition of a strategy that nothing uses."""
    used = {FACTS_AGE}
    # Of a strategy that is extended nobody need use everything.
    own = f"{strategy.folder.rstrip('/')}/"
    for node in _expressions(strategy):
        # A variable or field of the same name counts too: better no warning than a wrong one.
        used.update(part.name for part in walk(node) if isinstance(part, Name))
    for text in _messages(strategy):
        used.update(name.partition(".")[0] for name, _ in placeholders(text))
    found = [(one.name, "parameter", one.place) for one in strategy.parameters.values()]
    found += [(one.name, "definition", one.place) for one in strategy.definitions.values()]
    return [
        Problem(
            Code.UNUSED,
            f"nothing uses the {what} {quoted(name)}",
            place,
            "use it or take it out",
            Level.WARNING,
        )
        for name, what, place in found
        if name not in used and place.file.startswith(own)
    ]


def _expressions(strategy: Strategy) -> Iterator[Node]:
    for definition in strategy.definitions.values():
        yield definition.expression
    for rule in _rules(strategy):
        if rule.when is not None:
            yield rule.when
        yield from (requirement.expression for requirement in rule.require)
        yield from (step.expression for step in rule.severity_when)
    for over in strategy.portfolio:
        yield from (
            one
            for one in (over.of, over.group_by, over.mark, over.rank, over.when)
            if one is not None
        )
        yield from (figure.expression for figure in over.figures)
        yield from (requirement.expression for requirement in over.require)
        yield from (step.expression for step in over.severity_when)
    for table in (strategy.verdict, strategy.opinion):
        yield from (row.when for row in table.rows if row.when is not None)
    if strategy.spectrum is not None:
        for level in strategy.spectrum.levels:
            yield from (one.expression for one in level.criteria)
        yield from (row.when for row in strategy.spectrum.justified if row.when is not None)


def _messages(strategy: Strategy) -> Iterator[str]:
    for rule in _rules(strategy):
        yield rule.finding
        yield from (requirement.unmet for requirement in rule.require if requirement.unmet)
    for over in strategy.portfolio:
        yield over.finding
        yield from (requirement.unmet for requirement in over.require if requirement.unmet)


def _rules(strategy: Strategy) -> tuple[Rule, ...]:
    return (*strategy.rules, *strategy.retired)
