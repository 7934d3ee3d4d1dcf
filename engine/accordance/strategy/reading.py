"""A strategy folder becomes a Strategy, or is refused with every problem that is in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..problem import Code, Level, Problem, Refused
from . import cache as strategy_cache
from .folder import HEADER, MODEL, Folder, SourceFile, locate, read_strategy_files, source_digest
from .model import Rule, Strategy

if TYPE_CHECKING:
    from ..facts.model import FactModel
    from ..source.tree import Located
    from .header import Header
    from .model import Definition
    from .rules import RuleFiles


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading a folder: the strategy unless there is an error, and all problems
    (warnings too) in the order of the files."""

    strategy: Strategy | None
    problems: tuple[Problem, ...]


def load_strategy(folder: str | None = None, *, cache: bool = True) -> Strategy:
    """The strategy of a folder; None is the one that comes with the program.

    With `cache`, a strategy whose files have not changed is not parsed and checked again.
    Raises Refused with all problems.
    """
    place = locate(folder)
    files = read_strategy_files(place)
    digest = source_digest(files)
    if cache:
        known = strategy_cache.find(digest, place)
        if known is not None:
            return known
    reading = _read(place, files, digest)
    if reading.strategy is None:
        raise Refused(problem for problem in reading.problems if problem.level is Level.ERROR)
    if cache:
        strategy_cache.keep(reading.strategy, place)
    return reading.strategy


def examine_strategy(folder: str | None = None) -> Reading:
    """Read a folder afresh, for all that can be said of it. Raises Refused where it has no files
    to read."""
    place = locate(folder)
    files = read_strategy_files(place)
    return _read(place, files, source_digest(files))


def _read(folder: Folder, files: Sequence[SourceFile], digest: str) -> Reading:
    from .fields import in_file_order
    from .unused import unused_names

    problems: list[Problem] = []
    strategy = _Reader(folder, problems).read(files, digest)
    if strategy is not None:
        problems.extend(unused_names(strategy))
    return Reading(strategy, in_file_order(problems))


class _Reader:
    """Reads the files of one folder. What cannot be read is noted, and the rest read none the
    less, so that one run shows all problems."""

    def __init__(self, folder: Folder, problems: list[Problem]) -> None:
        self.folder = folder
        self.problems = problems
        self.complete = True

    def read(self, files: Sequence[SourceFile], digest: str) -> Strategy | None:
        from .expressions import Expressions
        from .header import read_header
        from .names import NameTable
        from .rules import RuleFiles

        trees = {file.name: self._tree(file) for file in files}
        model = self._model(trees.pop(MODEL, None))
        expressions = Expressions(self.problems)
        head = trees.pop(HEADER, None)
        header = None if head is None else read_header(head, self.problems, expressions)
        themes = header.themes if header and header.themes_known else None
        rules = RuleFiles(themes, self.problems, expressions)
        for tree in trees.values():
            if tree is not None:
                rules.read(tree)
        rules.check_aliases()
        if header is None or model is None:
            # Without these most names would seem unknown; what they hide shows in the next run.
            return None
        names = NameTable(model, header, rules.definitions, self.problems, complete=self.complete)
        definitions = names.definitions()
        names.check_conditions(expressions.conditions)
        rules.messages.check(names)
        names.check_jurisdictions(rules.jurisdictions)
        names.check_fact_paths([path for paths in header.mandatory.values() for path in paths])
        self._check_versions(header, rules)
        if any(problem.level is Level.ERROR for problem in self.problems):
            return None
        return self._strategy(header, rules, definitions, model, digest)

    def _tree(self, file: SourceFile) -> Located | None:
        from ..source.reading import read

        try:
            return read(data=file.data, name=self.folder.shown(file.name))
        except Refused as refused:
            self.problems.extend(refused.problems)
            self.complete = False
            return None

    def _model(self, tree: Located | None) -> FactModel | None:
        from ..facts.model_reading import read_model

        if tree is None:
            return None
        try:
            return read_model(tree)
        except Refused as refused:
            self.problems.extend(refused.problems)
            return None

    def _check_versions(self, header: Header, rules: RuleFiles) -> None:
        """A rule cannot be in force since a version that is still to come."""
        if header.version is None:
            return
        for rule in rules.rules.values():
            if rule.since and _version(rule.since) > _version(header.version):
                self._note(
                    f"`since` is {rule.since}, but the strategy is only at version "
                    f"{header.version}",
                    rule,
                    f"raise `version` in {HEADER}, or lower `since`",
                )
            if rule.since and rule.until and _version(rule.until) < _version(rule.since):
                self._note("`until` lies before `since`", rule, "write the last version it held in")

    def _note(self, message: str, rule: Rule, help: str) -> None:
        self.problems.append(Problem(Code.FIELD_VALUE, f"`{rule.id}`: {message}", rule.place, help))

    def _strategy(
        self,
        header: Header,
        rules: RuleFiles,
        definitions: dict[str, Definition],
        model: FactModel,
        digest: str,
    ) -> Strategy:
        from .digest import content_digest

        # INVARIANT: what was left out has a problem, so without problems nothing was left out.
        assert rules.rules.keys() == rules.ids.keys()
        assert definitions.keys() == rules.definitions.drafts.keys()
        assert header.name and header.title and header.version
        assert header.verdict and header.opinion
        current = _version(header.version)
        ordered = _ordered(rules.rules.values(), list(header.themes))
        retired = [rule for rule in ordered if rule.until and _version(rule.until) < current]
        gone = {rule.id for rule in retired}
        strategy = Strategy(
            name=header.name,
            title=header.title,
            version=header.version,
            approval=header.approval,
            themes=header.themes,
            parameters=header.parameters,
            definitions=definitions,
            rules=tuple(rule for rule in ordered if rule.id not in gone),
            retired=tuple(retired),
            mandatory={
                stage: tuple(path for path, _ in paths) for stage, paths in header.mandatory.items()
            },
            exceptions=header.exceptions,
            verdict=header.verdict,
            opinion=header.opinion,
            holidays=header.holidays,
            model=model,
            digest="",
            source_digest=digest,
            status="draft",
            folder=self.folder.name,
        )
        content = content_digest(strategy)
        approved = header.approval is not None and header.approval.digest == content
        return replace(strategy, digest=content, status="approved" if approved else "draft")


def _version(text: str) -> tuple[int, ...]:
    """A version to compare by: 1.10 lies after 1.9, and 1.0 is 1."""
    numbers = [int(part) for part in text.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _ordered(rules: Iterable[Rule], prefixes: list[str]) -> list[Rule]:
    """Rules by theme, then by number."""

    def position(rule: Rule) -> tuple[int, int, str]:
        prefix, _, number = rule.id.partition("-")
        return (prefixes.index(prefix), int(number), rule.id)

    return sorted(rules, key=position)
