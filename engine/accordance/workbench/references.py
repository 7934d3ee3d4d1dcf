"""Which fact, definition, parameter or rule each name in a strategy means, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from ..feel.syntax import (
    Call,
    Filter,
    For,
    If,
    Literal,
    Name,
    Node,
    Path,
    Quantified,
    children,
)
from ..source.tree import Scalar
from ..strategy.message import UNMET, placeholders
from ..strategy.portfolio import CASES, GROUP, MARKED, PEERS, PORTFOLIO, POSITION, TITLE
from ..strategy.rules import RULE_ID
from .anatomy import (
    DEFINITION,
    FACT,
    OF_ONE_CASE,
    PARAMETER,
    RULE,
    Anatomy,
    Body,
    Site,
    Span,
    offset_of,
)

Scopes: TypeAlias = tuple[tuple[str | None, str | None], ...]
"""Variables with the path of what they stand for, inner last; one without a name is the item of a
filter. The path of a whole case is empty."""

_OF_GROUP: Final = (GROUP, TITLE, POSITION, PEERS)


@dataclass(frozen=True, slots=True)
class Reference:
    """A name where it stands. `name` is the whole path of a fact, `span` its last part. `declares`
    says that the thing itself stands there; `owner` is the rule, definition or fact that uses it,
    or None."""

    kind: str
    name: str
    span: Span
    declares: bool = False
    owner: str | None = None


@dataclass(frozen=True)
class Names:
    """The names of a strategy: facts and groups of facts by path, the trees of definitions,
    parameters and rules."""

    facts: frozenset[str] = frozenset()
    definitions: Mapping[str, Node | None] = field(default_factory=dict)
    parameters: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[object, ...]:
        """What decides what a name means."""
        return (self.facts, tuple(self.definitions.items()), self.parameters, self.rules)


def names_of(body: Body) -> Names:
    """The names that the files of a strategy declare."""
    trees = {site.owner: site.node for site in body.expressions if site.role == "is"}
    return Names(
        frozenset(body.facts),
        {name: trees.get(name) for name in body.definitions},
        frozenset(body.parameters),
        frozenset((*body.rules, *body.portfolio)),
    )


def together(own: Names, upstream: Names) -> Names:
    """The names of a strategy and of what it extends."""
    return Names(
        own.facts | upstream.facts,
        {**upstream.definitions, **own.definitions},
        own.parameters | upstream.parameters,
        own.rules | upstream.rules,
    )


def references(part: Anatomy, names: Names) -> Iterator[Reference]:
    """Every name in a file that means something of the strategy."""
    for one in (*part.definitions, *part.parameters, *part.rules, *part.portfolio):
        yield Reference(one.kind, one.name, one.span, True, one.name)
    for one in part.facts:
        yield Reference(FACT, one.name, _last(one.span, one.name), True, one.name)
    for one in part.fact_keys:
        if one.name in names.facts:
            yield Reference(FACT, one.name, _last(one.span, one.name))
    for one in part.tailored:
        yield Reference(one.kind, one.name, one.span)
    for scalar in part.rule_names:
        yield Reference(RULE, scalar.text.strip(), _whole(part.file, scalar))
    for scalar in part.fact_paths:
        # A case of the portfolio names the partnership first: `P2 lead_officer`.
        before, _, words = scalar.text.rpartition(" ")
        start = len(before) + 1 if before else 0
        yield from _path(part.file, scalar, start, words, names, None)
    for message in part.messages:
        for word, offset in placeholders(message.scalar.text):
            if word != UNMET:
                yield from _path(part.file, message.scalar, offset, word, names, message.owner)
    for site in part.expressions:
        for found in names_in(site, names):
            yield Reference(
                found.kind, found.name, site.span(found.start, found.end), False, site.owner
            )


def _last(span: Span, name: str) -> Span:
    """The last part of a path, where only that is written."""
    return Span(span.file, span.start, span.start + len(name.rpartition(".")[2]))


def _whole(file: str, scalar: Scalar) -> Span:
    start = offset_of(scalar, len(scalar.text) - len(scalar.text.lstrip()))
    return Span(file, start, start + len(scalar.text.strip()))


def _path(
    file: str, scalar: Scalar, offset: int, words: str, names: Names, owner: str | None
) -> Iterator[Reference]:
    """The names in a dotted path that is written out: each group of facts, then the fact."""
    at, path = offset, ""
    for position, step in enumerate(words.split(".")):
        name = step.partition("[")[0].strip()
        path = f"{path}.{name}" if position else name
        kind = meaning(path, names)
        if kind is not None:
            start = offset_of(scalar, at)
            yield Reference(kind, path, Span(file, start, start + len(name)), False, owner)
        at += len(step) + 1


def meaning(path: str, names: Names) -> str | None:
    """What kind of thing a path or name is; None where there is no such."""
    if path in names.facts:
        return FACT
    if path in names.definitions:
        return DEFINITION
    return PARAMETER if path in names.parameters else None


@dataclass(frozen=True, slots=True)
class Found:
    """A name in an expression; offsets count characters of the expression."""

    kind: str
    name: str
    start: int
    end: int


def names_in(site: Site, names: Names) -> list[Found]:
    """The facts, definitions, parameters and rules that an expression names."""
    if site.node is None:
        return []
    # What is derived inside a list sees the facts of its own item.
    item = site.about if site.role == "derive" and site.about in names.facts else None
    scopes: Scopes = ((None, item),) if item else ()
    if site.about == PORTFOLIO and site.role not in OF_ONE_CASE:
        # The cases of a group are lists whose items hold all facts, from the top.
        hidden = dict.fromkeys((*site.hides, *_OF_GROUP), None)
        scopes = (*hidden.items(), *((name, "") for name in (CASES, MARKED, PORTFOLIO)))
    resolver = Resolver(names)
    resolver.path_of(site.node, scopes)
    return resolver.found


class Resolver:
    """Finds out what names mean, local variables and the items of filters included."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.found: list[Found] = []
        self._within: set[str] = set()

    def path_of(self, node: Node, scopes: Scopes) -> str | None:
        """The path of the fact that a part of an expression gives, or None; notes the names in it.

        `scopes` are the variables with the path of what they stand for, inner last; one without a
        name is the item of a filter.
        """
        # No recursion limit is near: the parser admits 64 levels.
        match node:
            case Name():
                return self._name(node, scopes)
            case Path(base=base, field=member):
                path = self.path_of(base, scopes)
                if path is None:
                    return None
                return self._member(path, member, node.end)
            case Filter(base=base, condition=condition):
                path = self.path_of(base, scopes)
                self.path_of(condition, (*scopes, (None, path)))
                return path
            case For(iterators=iterators) | Quantified(iterators=iterators):
                for name, source in iterators:
                    scopes = (*scopes, (name, self.path_of(source, scopes)))
                if isinstance(node, For):
                    return self.path_of(node.result, scopes)
                self.path_of(node.condition, scopes)
                return None
            case If(condition=condition, then=then, otherwise=otherwise):
                self.path_of(condition, scopes)
                first = self.path_of(then, scopes)
                return self.path_of(otherwise, scopes) or first
            case Call(function=function, arguments=arguments):
                paths = [self.path_of(argument, scopes) for argument in arguments]
                return paths[0] if function == "distinct values" and paths else None
            case Literal(value=value):
                if (
                    isinstance(value, str)
                    and RULE_ID.fullmatch(value)
                    and value in self.names.rules
                ):
                    self.found.append(Found(RULE, value, node.start + 1, node.end - 1))
                return None
        for child in children(node):
            self.path_of(child, scopes)
        return None

    def _name(self, node: Name, scopes: Scopes) -> str | None:
        for name, path in reversed(scopes):
            if name == node.name or (name is None and node.name == "item"):
                return path
            if name is None and path is not None and self._has(path, node.name):
                return self._member(path, node.name, node.end)
        kind = meaning(node.name, self.names)
        if kind is None:
            return None
        self.found.append(Found(kind, node.name, node.start, node.end))
        if kind == FACT:
            return node.name
        return self._given_by(node.name) if kind == DEFINITION else None

    def _has(self, path: str, member: str) -> bool:
        if not path and member in self.names.definitions:
            return True
        return _joined(path, member) in self.names.facts

    def _member(self, path: str, member: str, end: int) -> str | None:
        if not path and member in self.names.definitions:
            self.found.append(Found(DEFINITION, member, end - len(member), end))
            return None
        return self._fact(_joined(path, member), end - len(member), end)

    def _fact(self, path: str, start: int, end: int) -> str | None:
        if path not in self.names.facts:
            return None
        self.found.append(Found(FACT, path, start, end))
        return path

    def _given_by(self, definition: str) -> str | None:
        """The path of the facts that a definition gives, where it gives facts."""
        tree = self.names.definitions.get(definition)
        if tree is None or definition in self._within:
            return None
        inner = Resolver(self.names)
        inner._within = self._within | {definition}
        return inner.path_of(tree, ())


def _joined(path: str, member: str) -> str:
    return f"{path}.{member}" if path else member
