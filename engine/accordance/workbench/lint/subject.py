"""What lint looks at: the files of a strategy as they stood at one moment, taken apart and read."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from ...feel.syntax import Name, Node, walk
from ...problem import Code, Level, Place, Problem, Refused
from ...source.reading import KEPT, read
from ...source.tree import Located
from ...strategy.cases import RuleCase, examine_rule_cases
from ...strategy.expressions import PARSED
from ...strategy.folder import (
    CASES,
    UNSAVED,
    Folder,
    SourceFile,
    locate,
    read_case_files,
    read_strategy_files,
)
from ...strategy.model import Rule, Strategy
from ...strategy.reading import examine_strategy
from ..anatomy import Anatomy, Body, Named, Site, Span, dissect
from ..references import Found, Names, names_in, names_of, together
from .finding import Finding, Fix

if TYPE_CHECKING:
    from ...source.text import SourceText


@dataclass(frozen=True)
class Subject:
    """A strategy folder. `strategy` is None where it has an error; `cases` where they could not be
    read for that. What it extends is in `strategy`, and not in `body`."""

    folder: Folder
    files: Mapping[str, bytes]
    trees: Mapping[str, Located]
    strategy: Strategy | None
    cases: tuple[RuleCase, ...] | None
    problems: tuple[Problem, ...]
    parts: Mapping[str, Anatomy] = field(default_factory=dict)
    memory: Memory | None = None
    made: dict[str, object] = field(default_factory=dict)
    """What several checks need and is made once."""

    @cached_property
    def body(self) -> Body:
        return Body(self.parts)

    @cached_property
    def names(self) -> Names:
        return names_of(self.body)

    @cached_property
    def all_names(self) -> Names:
        """The names of this folder and of what it extends."""
        if self.strategy is None:
            return self.names
        model = self.strategy.model
        upstream = Names(
            frozenset((*model.facts, *model.groups)),
            {one.name: one.expression for one in self.strategy.definitions.values()},
            frozenset(self.strategy.parameters),
            frozenset(rule.id for rule in (*self.strategy.rules, *self.strategy.retired)),
        )
        return together(self.names, upstream)

    @cached_property
    def own_rules(self) -> dict[str, Rule]:
        """The rules that stand in this folder, by id."""
        if self.strategy is None:
            return {}
        return {rule.id: rule for rule in self.strategy.rules if rule.id in self.body.rules}

    @cached_property
    def sites(self) -> dict[str, list[Site]]:
        """The expressions of each rule and definition."""
        found: dict[str, list[Site]] = {}
        for site in self.body.expressions:
            found.setdefault(site.owner, []).append(site)
        return found

    def names_at(self, site: Site) -> list[Found]:
        """The names in an expression, of what the strategy extends too."""
        known = self._named.get(id(site))
        if known is None or known[0] is not site:
            known = self._named[id(site)] = (site, names_in(site, self.all_names))
        return known[1]

    @cached_property
    def _named(self) -> dict[int, tuple[Site, list[Found]]]:
        """What was found before, as long as the names mean the same."""
        if self.memory is None:
            return {}
        key = self.all_names.key
        if self.memory.named is None or self.memory.named[0] != key:
            self.memory.named = (key, {})
        return self.memory.named[1]

    def text(self, file: str) -> SourceText:
        """The text of a file that could be read."""
        return self.trees[file].source

    def place(self, span: Span) -> Place:
        return self.text(span.file).place(span.start)

    def found(
        self,
        code: Code,
        message: str,
        span: Span,
        help: str | None = None,
        fix: Fix | None = None,
        level: Level = Level.WARNING,
    ) -> Finding:
        """Something to say about a region of a file."""
        problem = Problem(code, message, self.place(span), help, level)
        return Finding(problem, span.file, span, fix)

    def key(self, owner: Named, name: str) -> Span:
        """Where the name of a field of something stands; the thing itself where it lacks it."""
        starts = getattr(owner.node, "key_starts", {})
        if name not in starts:
            return owner.span
        return Span(owner.file, starts[name], starts[name] + len(name))

    def reads(self, nodes: Collection[Node]) -> set[str]:
        """The names that expressions use, through definitions too."""
        found: set[str] = set()
        waiting = list(nodes)
        while waiting:
            for part in walk(waiting.pop()):
                if isinstance(part, Name) and part.name not in found:
                    found.add(part.name)
                    tree = self._definition(part.name)
                    if tree is not None:
                        waiting.append(tree)
        return found

    def _definition(self, name: str) -> Node | None:
        if self.strategy is not None and name in self.strategy.definitions:
            return self.strategy.definitions[name].expression
        return self.names.definitions.get(name)


@contextmanager
def one_moment(
    folder: Folder, files: Mapping[str, bytes], memory: Memory | None = None
) -> Iterator[None]:
    """Let the files of a folder be read as these bytes say, whatever happens to them meanwhile, and
    none of them parsed twice."""
    memory = memory or Memory()
    held = {os.path.realpath(os.path.join(folder.path, name)): data for name, data in files.items()}
    tokens = (
        UNSAVED.set({**(UNSAVED.get() or {}), **held}),
        KEPT.set(memory.trees),
        PARSED.set(memory.expressions),
    )
    try:
        yield
    finally:
        UNSAVED.reset(tokens[0])
        KEPT.reset(tokens[1])
        PARSED.reset(tokens[2])


@dataclass(slots=True)
class Memory:
    """What was read before, so that only what has changed is read again."""

    trees: dict[tuple[str, bytes], Located] = field(default_factory=dict)
    expressions: dict[str, Node] = field(default_factory=dict)
    parts: dict[str, tuple[Located, Anatomy]] = field(default_factory=dict)
    cases: dict[str, tuple[object, tuple[RuleCase, ...], tuple[Problem, ...]]] = field(
        default_factory=dict
    )

    named: tuple[object, dict[int, tuple[Site, list[Found]]]] | None = None
    by_site: dict[int, tuple[Site, tuple[Finding, ...]]] = field(default_factory=dict)
    """What there is to say of an expression by itself."""
    schema: object = None

    def forget(self, used: Collection[tuple[str, bytes]]) -> None:
        """Keep no more than a few versions of each file."""
        if len(self.trees) > 3 * len(used) + 50:
            self.trees = {key: tree for key, tree in self.trees.items() if key in used}
        if len(self.expressions) > 20_000:
            self.expressions.clear()
        if len(self.by_site) > 20_000:
            self.by_site.clear()
        if self.named is not None and len(self.named[1]) > 20_000:
            self.named = None

    def part(self, name: str, tree: Located) -> Anatomy:
        known = self.parts.get(name)
        if known is not None and known[0] is tree:
            return known[1]
        part = dissect(name, tree)
        self.parts[name] = (tree, part)
        return part


def read_files(folder: Folder) -> list[SourceFile]:
    """All files of a folder as they are now, those with cases too. Raises Refused."""
    return [*read_strategy_files(folder), *read_case_files(folder)]


def read_subject(folder: str | None, memory: Memory | None = None) -> Subject:
    """Read a strategy folder. Raises Refused where there is none, or not all its files can be
    read."""
    memory = memory or Memory()
    place = locate(folder)
    sources = read_files(place)
    files = {file.name: file.data for file in sources}
    with one_moment(place, files, memory):
        reading = examine_strategy(folder)
        problems = list(reading.problems)
        trees = {}
        unread: list[Problem] = []
        for file in sources:
            try:
                trees[file.name] = read(data=file.data, name=place.shown(file.name))
            except Refused as refused:
                unread.extend(refused.problems)
        problems.extend(one for one in unread if one not in problems)
        parts = {name: memory.part(name, tree) for name, tree in trees.items()}
        cases, faults = _cases(reading.strategy, trees, memory)
    problems.extend(faults)
    memory.forget({(place.shown(name), data) for name, data in files.items()})
    return Subject(place, files, trees, reading.strategy, cases, tuple(problems), parts, memory)


def _cases(
    strategy: Strategy | None, trees: Mapping[str, Located], memory: Memory
) -> tuple[tuple[RuleCase, ...] | None, list[Problem]]:
    """The cases of all files, each file read anew only when it or the names it uses changed."""
    if strategy is None:
        return None, []
    rules = tuple((rule.id, rule.theme) for rule in strategy.rules)
    key = (rules, tuple(rule.id for rule in strategy.retired), tuple(strategy.themes.values()))
    # The same object as long as it is equal, so that comparing it costs nothing.
    if memory.schema != strategy.model.owner_schema:
        memory.schema = strategy.model.owner_schema
    schema = memory.schema
    cases: list[RuleCase] = []
    problems: list[Problem] = []
    for name, tree in trees.items():
        if not name.startswith(f"{CASES}/"):
            continue
        basis = (tree, key, schema)
        known = memory.cases.get(name)
        if known is None or known[0] != basis:
            known = (basis, *examine_rule_cases([tree], strategy))
            memory.cases[name] = known
        cases += known[1]
        problems += known[2]
    return tuple(cases), problems
