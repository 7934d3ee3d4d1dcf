"""What stands where in the files of a strategy: its names, expressions and messages.

Where the reader of strategies stops at a mistake, this goes on with whatever can be read: an editor
has to answer while a file is half written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from ..feel.errors import FeelError
from ..feel.parsing import parse
from ..feel.syntax import Node
from ..source.offsets import file_offset
from ..source.tree import Located, Scalar, Sequence
from ..source.tree import Mapping as Group
from ..strategy.actions import ACTION_FIELDS
from ..strategy.expressions import PARSED
from ..strategy.folder import CASES, HEADER, MODEL, RULES
from ..strategy.model import EVIDENCE, PARTNERSHIP
from ..strategy.portfolio import PORTFOLIO

FACT: Final = "fact"
DEFINITION: Final = "definition"
PARAMETER: Final = "parameter"
RULE: Final = "rule"
TABLES: Final = ("verdict", "opinion")
OF_ONE_CASE: Final = ("of", "group_by", "mark", "rank")
"""The expressions of a rule over the portfolio that look at one case at a time."""


@dataclass(frozen=True, slots=True)
class Span:
    """A region of a file of the folder; offsets count the characters of its text."""

    file: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Site:
    """An expression where it stands. `role` is the field that holds it (`when`, `require`,
    `severity_when`, `is`, `derive`, `table`, for the portfolio `of`, `figure` and others), `owner`
    the rule, definition or fact that it belongs to, `about` the names it may use. `node` is None
    where it cannot be parsed."""

    file: str
    scalar: Scalar
    node: Node | None
    role: str
    owner: str
    about: str
    stages: tuple[str, ...] | None = None
    hides: tuple[str, ...] = ()
    """Names that mean something of their own here: the figures of a rule over the portfolio."""

    def span(self, start: int, end: int) -> Span:
        """Where a part of the expression stands in the file."""
        return Span(self.file, self.offset(start), self.offset(max(start, end - 1)) + 1)

    def offset(self, offset: int) -> int:
        """Where a character of the expression stands in the file."""
        return offset_of(self.scalar, offset)


@dataclass(frozen=True, slots=True)
class Message:
    """A message where it stands: the field `finding`, or `unmet` of a requirement."""

    file: str
    scalar: Scalar
    role: str
    owner: str


@dataclass(frozen=True, slots=True)
class Named:
    """Something with a name: where the name stands and what stands under it."""

    name: str
    kind: str
    file: str
    start: int
    node: Located

    @property
    def span(self) -> Span:
        """The name itself, without the quotes that it may stand in."""
        text = self.node.source.text
        start = self.start + (text[self.start : self.start + 1] in ('"', "'"))
        return Span(self.file, start, start + len(self.name))


@dataclass(slots=True)
class Anatomy:
    """One file taken apart."""

    file: str
    root: Located
    theme: str | None = None
    definitions: list[Named] = field(default_factory=list)
    parameters: list[Named] = field(default_factory=list)
    rules: list[Named] = field(default_factory=list)
    portfolio: list[Named] = field(default_factory=list)
    """Rules over the portfolio."""
    facts: list[Named] = field(default_factory=list)
    expressions: list[Site] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    fact_paths: list[Scalar] = field(default_factory=list)
    """Texts that name a fact: mandatory ones, and those that a case calls missing."""
    fact_keys: list[Named] = field(default_factory=list)
    """Names of facts and groups in the facts of cases; `name` is the whole path."""
    rule_names: list[Scalar] = field(default_factory=list)
    """Texts that name a rule: in cases, exceptions and the factors of health."""
    tailored: list[Named] = field(default_factory=list)
    """Parameters and rules of the strategy that is extended, where they are tailored."""
    cases: list[Group] = field(default_factory=list)


@dataclass(frozen=True)
class Body:
    """The files of a strategy taken apart, those that can be read, by name."""

    files: Mapping[str, Anatomy]

    @cached_property
    def definitions(self) -> dict[str, Named]:
        return {one.name: one for part in self.files.values() for one in reversed(part.definitions)}

    @cached_property
    def parameters(self) -> dict[str, Named]:
        return {one.name: one for part in self.files.values() for one in part.parameters}

    @cached_property
    def rules(self) -> dict[str, Named]:
        return {one.name: one for part in self.files.values() for one in reversed(part.rules)}

    @cached_property
    def portfolio(self) -> dict[str, Named]:
        """The rules over the portfolio."""
        return {one.name: one for part in self.files.values() for one in part.portfolio}

    @cached_property
    def facts(self) -> dict[str, Named]:
        """Facts and groups of facts by path."""
        return {one.name: one for part in self.files.values() for one in part.facts}

    @property
    def expressions(self) -> Iterator[Site]:
        for part in self.files.values():
            yield from part.expressions


def offset_of(scalar: Scalar, offset: int) -> int:
    """Where in the file the character `offset` of the text of a scalar stands."""
    written = scalar.source.text[scalar.start : scalar.end]
    return scalar.start + file_offset(written, scalar.text, offset)


def dissect(name: str, root: Located) -> Anatomy:
    """Take the file of that name (within the folder) apart."""
    part = Anatomy(name, root)
    if name == HEADER:
        _header(part, root)
    elif name == MODEL:
        _schema(part, root, "")
    elif name.startswith(f"{RULES}/"):
        _rules(part, root)
    elif name.startswith(f"{CASES}/"):
        _cases(part, root)
    return part


# reading what may be anything


def entries(node: Located | None) -> dict[str, Located]:
    """The entries of a group; none where it is no group."""
    return node.entries if isinstance(node, Group) else {}


def items(node: Located | None) -> list[Located]:
    """The items of a list; none where it is no list."""
    return node.items if isinstance(node, Sequence) else []


def text_of(node: Located | None) -> str | None:
    """The text of a scalar that is text."""
    if isinstance(node, Scalar) and isinstance(node.value, str) and node.text.strip():
        return node.text.strip()
    return None


def texts_of(node: Located | None) -> list[Scalar]:
    """The texts of a list."""
    return [one for one in items(node) if isinstance(one, Scalar) and text_of(one)]


def named(node: Located | None, kind: str, file: str, prefix: str = "") -> Iterator[Named]:
    """The entries of a group, each with its name."""
    if isinstance(node, Group):
        for name, entry in node.entries.items():
            yield Named(prefix + name, kind, file, node.key_starts[name], entry)


def _site(
    part: Anatomy,
    node: Located | None,
    role: str,
    owner: str,
    about: str = PARTNERSHIP,
    stages: tuple[str, ...] | None = None,
    hides: tuple[str, ...] = (),
) -> None:
    if not isinstance(node, Scalar) or node.value is None:
        return
    tree = _parsed(node.text)
    part.expressions.append(Site(part.file, node, tree, role, owner, about, stages, hides))


def _parsed(text: str) -> Node | None:
    parsed = PARSED.get()
    known = None if parsed is None else parsed.get(text)
    if known is not None:
        return known
    try:
        node = parse(text)
    except FeelError:
        return None
    if parsed is not None:
        parsed[text] = node
    return node


# the files


def _header(part: Anatomy, root: Located) -> None:
    top = entries(root)
    part.parameters += named(top.get("parameters"), PARAMETER, part.file)
    tailored = entries(top.get("tailor"))
    part.tailored += named(tailored.get("parameters"), PARAMETER, part.file)
    for field_name in ("severities", "gates", "off"):
        part.tailored += named(tailored.get(field_name), RULE, part.file)
    for mandatory in (top.get("mandatory"), tailored.get("not_mandatory")):
        for paths in entries(mandatory).values():
            part.fact_paths += texts_of(paths)
    for name, section in top.items():
        if name in TABLES:
            for row in items(entries(section).get("table")):
                _site(part, entries(row).get("when"), "table", name, name)
        elif name == "spectrum":
            _spectrum(part, section)
        elif name == "health":
            for factor in entries(entries(section).get("factors")).values():
                part.rule_names += texts_of(entries(factor).get("rules"))


def _spectrum(part: Anatomy, section: Located) -> None:
    for level in entries(entries(section).get("levels")).values():
        for criterion in entries(entries(level).get("criteria")).values():
            asked = entries(criterion).get("is") if isinstance(criterion, Group) else criterion
            _site(part, asked, "table", "spectrum")
    for row in items(entries(section).get("justified")):
        _site(part, entries(row).get("when"), "table", "spectrum")


def _schema(part: Anatomy, node: Located, path: str, item: str = "") -> None:
    prefix = f"{path}." if path else ""
    for one in named(entries(node).get("properties"), FACT, part.file, prefix):
        plain = Named(one.name, FACT, part.file, one.start, one.node)
        part.facts.append(plain)
        facts = entries(one.node)
        _site(part, facts.get("x-derive"), "derive", one.name, item or PARTNERSHIP)
        if "properties" in facts:
            _schema(part, one.node, one.name, item)
        elif "items" in facts:
            _schema(part, facts["items"], one.name, one.name)


def _rules(part: Anatomy, root: Located) -> None:
    top = entries(root)
    part.theme = text_of(top.get("theme"))
    for one in named(top.get("definitions"), DEFINITION, part.file):
        part.definitions.append(one)
        fields = entries(one.node)
        _site(part, fields.get("is"), "is", one.name, _about(fields))
    for one in named(top.get("rules"), RULE, part.file):
        part.rules.append(one)
        _rule(part, one)

    for one in named(top.get("portfolio"), RULE, part.file):
        part.portfolio.append(one)
        _portfolio_rule(part, one)


def _portfolio_rule(part: Anatomy, rule: Named) -> None:
    fields = entries(rule.node)
    hides = tuple(entries(fields.get("figures")))
    for role in (*OF_ONE_CASE, "when"):
        _site(part, fields.get(role), role, rule.name, PORTFOLIO, None, hides)
    for figure in entries(fields.get("figures")).values():
        asked = entries(figure).get("is") if isinstance(figure, Group) else figure
        _site(part, asked, "figure", rule.name, PORTFOLIO, None, hides)
    for node in items(fields.get("require")):
        asked = entries(node).get("is") if isinstance(node, Group) else node
        _site(part, asked, "require", rule.name, PORTFOLIO, None, hides)
    for node in entries(fields.get("severity_when")).values():
        _site(part, node, "severity_when", rule.name, PORTFOLIO, None, hides)


def _about(fields: Mapping[str, Located]) -> str:
    return EVIDENCE if text_of(fields.get("about")) == EVIDENCE else PARTNERSHIP


def _rule(part: Anatomy, rule: Named) -> None:
    fields = entries(rule.node)
    about = _about(fields)
    _site(part, fields.get("when"), "when", rule.name, about)
    for node in items(fields.get("require")):
        stages = None
        if isinstance(node, Group):
            if "stages" in node.entries:
                stages = tuple(one.text for one in texts_of(node.entries["stages"]))
            _message(part, node.entries.get("unmet"), "unmet", rule.name)
            asked = node.entries.get("is")
        else:
            asked = node
        _site(part, asked, "require", rule.name, about, stages)
    for node in entries(fields.get("severity_when")).values():
        _site(part, node, "severity_when", rule.name, about)
    _message(part, fields.get("finding"), "finding", rule.name)


def _message(part: Anatomy, node: Located | None, role: str, owner: str) -> None:
    if isinstance(node, Scalar) and text_of(node):
        part.messages.append(Message(part.file, node, role, owner))


def _cases(part: Anatomy, root: Located) -> None:
    top = entries(root)
    part.theme = text_of(top.get("theme"))
    _facts(part, top.get("base"), "")
    for case in (*items(top.get("cases")), *items(top.get(PORTFOLIO))):
        if not isinstance(case, Group):
            continue
        part.cases.append(case)
        rule = case.entries.get("rule")
        if isinstance(rule, Scalar) and text_of(rule):
            part.rule_names.append(rule)
        given = case.entries.get("given")
        if isinstance(given, Group):
            _facts(part, given, "")
        for facts in items(given):
            _facts(part, facts, "")
        part.fact_paths += texts_of(case.entries.get("missing"))


def _facts(part: Anatomy, node: Located | None, path: str) -> None:
    # INVARIANT: no tree is deeper than the reader's MAX_DEPTH, so recursion is safe.
    prefix = f"{path}." if path else ""
    for one in named(node, FACT, part.file, prefix):
        part.fact_keys.append(one)
        if one.name == "exceptions":
            for accepted in items(one.node):
                rule = entries(accepted).get("rule")
                if isinstance(rule, Scalar) and text_of(rule):
                    part.rule_names.append(rule)
        for inner in items(one.node) or [one.node]:
            _facts(part, inner, one.name)


def action_fields(rule: Named) -> list[Group]:
    """The actions of a rule."""
    found = items(entries(rule.node).get("actions"))
    return [
        one for one in found if isinstance(one, Group) and set(ACTION_FIELDS) & set(one.entries)
    ]
