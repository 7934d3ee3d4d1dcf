"""Expressions: what is always the same, said twice, or could be said more simply."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from ...feel.printing import to_source
from ...feel.syntax import (
    And,
    Arithmetic,
    Between,
    Call,
    Comparison,
    Filter,
    For,
    In,
    ListLiteral,
    Literal,
    Name,
    Node,
    Not,
    Path,
    Quantified,
    Range,
    UnaryTest,
    children,
    walk,
)
from ...problem import Code, Level
from ...source.quoting import quoted
from ...strategy.model import EVIDENCE
from ..anatomy import TABLES, Site
from .finding import Edit, Finding, Fix
from .meaning import States, states_of
from .subject import Subject

_HARMLESS: Final = frozenset((0, 1, 2, -1, 100, 12))
"""Numbers that mean themselves: none, one, a pair, percent, the months of a year."""


def check(subject: Subject) -> Iterator[Finding]:
    """Everything about expressions."""
    for site in subject.body.expressions:
        yield from _by_itself(subject, site)
    yield from _repeated_definitions(subject)
    for rule in subject.body.rules:
        yield from _repeated(subject, subject.sites.get(rule, []))
    if subject.strategy is not None:
        yield from _constant(subject, states_of(subject))


def _by_itself(subject: Subject, site: Site) -> tuple[Finding, ...]:
    """What there is to say of one expression, whatever else the strategy holds: said once."""
    known = subject.memory.by_site.get(id(site)) if subject.memory is not None else None
    if known is not None and known[0] is site:
        return known[1]
    found: tuple[Finding, ...] = ()
    if site.node is not None:
        found = (*_empty(subject, site), *_redundant(subject, site))
        if site.role not in ("table", "derive", "rank"):
            found += tuple(_numbers(subject, site))
    if subject.memory is not None:
        subject.memory.by_site[id(site)] = (site, found)
    return found


# lists with nothing in them


def _empty(subject: Subject, site: Site) -> Iterator[Finding]:
    assert site.node is not None
    for node in walk(site.node):
        for part in _lists_looked_into(node):
            if isinstance(part, ListLiteral) and not part.items:
                yield subject.found(
                    Code.EXPRESSION_EMPTY_LIST,
                    f"`{to_source(node)}` looks into a list that is empty",
                    site.span(part.start, part.end),
                    "write what the list holds; to ask for an empty list write `count(...) = 0`",
                )


def _lists_looked_into(node: Node) -> Iterator[Node]:
    if isinstance(node, In):
        yield from node.tests
    elif isinstance(node, For | Quantified):
        yield from (source for _, source in node.iterators)
    elif isinstance(node, Filter):
        yield node.base
    elif isinstance(node, Call):
        yield from node.arguments
    elif isinstance(node, Comparison):
        yield node.left
        yield node.right


# said in a roundabout way


def _redundant(subject: Subject, site: Site) -> Iterator[Finding]:
    assert site.node is not None
    for node in walk(site.node):
        simple = _simpler(node)
        if simple is not None:
            kept, negated = simple
            text = site.scalar.text[kept.start : kept.end]
            shorter = f"not({text})" if negated else text
            yield subject.found(
                Code.EXPRESSION_REDUNDANT,
                f"`{to_source(node)}` says no more than `{to_source(_wrapped(kept, negated))}`",
                site.span(node.start, node.end),
                f"write `{to_source(_wrapped(kept, negated))}`",
                _replaced(site, node, shorter),
                Level.NOTE,
            )


def _wrapped(node: Node, negated: bool) -> Node:
    return Not(node) if negated else node


def _simpler(node: Node) -> tuple[Node, bool] | None:
    """What a node says in a roundabout way, and whether that is to be negated."""
    if isinstance(node, Comparison) and node.operator in ("=", "!="):
        for one, other in ((node.left, node.right), (node.right, node.left)):
            # Items of a list of true and false are asked for as they are: `list[item = true]`.
            whole = isinstance(one, Path | Call) or (isinstance(one, Name) and one.name != "item")
            if isinstance(other, Literal) and isinstance(other.value, bool) and whole:
                return one, (node.operator == "=") is not other.value
    if isinstance(node, Not) and isinstance(node.operand, Not):
        return node.operand.operand, False
    return None


def _replaced(site: Site, node: Node, text: str) -> Fix | None:
    """A fix that writes a part of an expression anew; None where it is spread over lines or
    escaped, since then what stands in the file is not what was parsed."""
    span = site.span(node.start, node.end)
    written = site.scalar.source.text[span.start : span.end]
    if written != site.scalar.text[node.start : node.end] or "\n" in written:
        return None
    return Fix("say it more simply", (Edit(span, text),))


# numbers that an owner may want to tune


def _numbers(subject: Subject, site: Site) -> Iterator[Finding]:
    assert site.node is not None
    for node in _thresholds(site.node):
        value = node.value
        if isinstance(value, bool) or not isinstance(value, int | Fraction) or value in _HARMLESS:
            continue
        yield subject.found(
            Code.NUMBER_IN_RULE,
            f"the number `{to_source(node)}` stands in an expression",
            site.span(node.start, node.end),
            "give it a name and a meaning under `parameters` in strategy.yaml",
            level=Level.NOTE,
        )


def _thresholds(root: Node) -> Iterator[Literal]:
    """The numbers that something is compared with or calculated by."""
    for node in walk(root):
        if isinstance(node, Comparison | Arithmetic | Between | Range | UnaryTest):
            yield from (part for part in children(node) if isinstance(part, Literal))


# said twice


def _repeated_definitions(subject: Subject) -> Iterator[Finding]:
    seen: dict[Node, str] = {}
    for name in subject.body.definitions:
        for site in subject.sites.get(name, ()):
            if site.node is None or site.role != "is":
                continue
            first = seen.setdefault(site.node, name)
            if first != name:
                yield subject.found(
                    Code.DEFINITION_REPEATED,
                    f"{quoted(name)} means the same as {quoted(first)}",
                    subject.body.definitions[name].span,
                    "keep one of them for both",
                )


def _repeated(subject: Subject, sites: list[Site]) -> Iterator[Finding]:
    """What a rule asks for twice, or asks for where its condition settles it."""
    settled: dict[Node, bool] = {}
    for site in sites:
        if site.role == "when" and site.node is not None:
            parts = site.node.parts if isinstance(site.node, And) else (site.node,)
            for part in parts:
                settled[part] = True
                settled[part.operand if isinstance(part, Not) else Not(part)] = False
    asked: dict[Node, list[Site]] = {}
    for site in sites:
        if site.role != "require" or site.node is None:
            continue
        span = site.span(site.node.start, site.node.end)
        if site.node in settled:
            outcome = "always met" if settled[site.node] else "never met"
            yield subject.found(
                Code.REQUIREMENT_SETTLED,
                f"the requirement is {outcome} where the rule applies: `when` says so already",
                span,
                "require something else, or mend `when`",
            )
        for other in asked.get(site.node, ()):
            if site.stages is None or other.stages is None or set(site.stages) & set(other.stages):
                yield subject.found(
                    Code.REQUIREMENT_REPEATED,
                    f"`{to_source(site.node)}` is required twice",
                    span,
                    "leave one out",
                )
                break
        asked.setdefault(site.node, []).append(site)


# always the same


def _constant(subject: Subject, states: States) -> Iterator[Finding]:
    """Conditions that come out the same whatever the facts are, parameters being what they are."""
    for site in subject.body.expressions:
        if (
            site.node is None
            or site.about in (*TABLES, EVIDENCE)
            or site.role in ("table", "derive")
        ):
            continue
        if site.role == "is" and (
            subject.strategy is None or site.owner not in subject.strategy.definitions
        ):
            continue
        if site.role != "is" and site.owner not in subject.own_rules:
            continue
        value = states.of(site.node, {})
        if isinstance(value, bool):
            yield subject.found(
                Code.EXPRESSION_CONSTANT,
                f"this is {'true' if value else 'false'} whatever the facts are",
                site.span(site.node.start, site.node.end),
                "compare a fact with it, or look at the parameters that it uses",
            )
