"""A strategy folder becomes a Strategy, or is refused with every problem that is in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..problem import Code, Level, Problem, Refused
from ..source.tree import Located, Mapping, Scalar
from . import cache as strategy_cache
from .chain import EXTENDS, TAILOR, Chain, Link, read_chain
from .folder import APPROVALS, HEADER, MODEL, Folder, SourceFile
from .model import Approval, Extended, Rule, Strategy

if TYPE_CHECKING:
    from ..facts.model import FactModel
    from .header import Header
    from .model import Definition
    from .portfolio import PortfolioRule
    from .rules import RuleFiles
    from .tailoring import Trees


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
    chain = read_chain(folder)
    digest = chain.digest()
    if cache:
        known = strategy_cache.find(digest, chain.folders)
        if known is not None:
            return known
    reading = _read(chain.own.folder, chain, digest)
    if reading.strategy is None:
        raise Refused(problem for problem in reading.problems if problem.level is Level.ERROR)
    if cache:
        strategy_cache.keep(reading.strategy)
    return reading.strategy


def examine_strategy(folder: str | None = None) -> Reading:
    """Read a folder afresh, for all that can be said of it. Raises Refused where it has no files
    to read."""
    chain = read_chain(folder)
    return _read(chain.own.folder, chain, chain.digest())


def examine_chain(chain: Chain) -> Reading:
    """The same of files that were read already, whatever stands on the disk by now."""
    return _read(chain.own.folder, chain, chain.digest())


def _read(folder: Folder, chain: Chain, digest: str) -> Reading:
    from .fields import in_file_order
    from .unused import unused_names

    problems: list[Problem] = []
    strategy = _Reader(folder, problems).read(chain, digest)
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
        self.extended: list[Extended] = []

    def read(self, chain: Chain, digest: str) -> Strategy | None:
        from .expressions import Expressions
        from .header import read_header
        from .names import NameTable
        from .rules import RuleFiles
        from .standing_reading import check_standing

        trees = self._trees(chain)
        self._check_not_alone(trees, chain)
        model = self._model(trees.model)
        expressions = Expressions(self.problems)
        head = trees.header
        header = None if head is None else read_header(head, self.problems, expressions)
        themes = header.themes if header and header.themes_known else None
        rules = RuleFiles(themes, self.problems, expressions)
        for tree in trees.rules:
            if tree is not None:
                rules.read(tree)
        rules.check_aliases()
        approvals = self._approvals(chain.own)
        if header is None or model is None:
            # Without these most names would seem unknown; what they hide shows in the next run.
            return None
        names = NameTable(model, header, rules.definitions, self.problems, complete=self.complete)
        definitions = names.definitions()
        names.check_conditions(expressions.conditions)
        rules.messages.check(names)
        portfolio = rules.portfolio.check(names, definitions, rules.ids)
        names.check_jurisdictions(rules.jurisdictions)
        names.check_fact_paths([path for paths in header.mandatory.values() for path in paths])
        check_standing(header, header.health_rules, rules.ids, model, self.problems)
        for rule in rules.rules.values():
            self._check_version(rule, self._version_of(rule, header))
        if any(problem.level is Level.ERROR for problem in self.problems):
            return None
        return self._strategy(
            header, rules, definitions, model, digest, trees, approvals, portfolio
        )

    def _trees(self, chain: Chain) -> Trees:
        """The files of a strategy, laid over those of the one that it extends."""
        from .tailoring import Trees, extend

        whole: Trees | None = None
        names: list[str] = []
        for link in reversed(chain.links):
            files = {file.name: self._tree(file, link.folder) for file in link.files}
            files.pop(APPROVALS, None)
            header, model = files.pop(HEADER, None), files.pop(MODEL, None)
            own = Trees(header, model, list(files.values()))
            if header is not None and link is not chain.own:
                self.extended.insert(0, _extended(header, link.folder))
            whole = own if whole is None else extend(whole, own, names[-1], self.problems)
            stated = self.extended[0].name if self.extended else ""
            names.append(stated or link.folder.name)
        assert whole is not None
        return whole

    def _check_not_alone(self, trees: Trees, chain: Chain) -> None:
        """Only what extends another strategy has something to tailor."""
        header = trees.header
        if len(chain.links) > 1 or not isinstance(header, Mapping):
            return
        for name in (EXTENDS, TAILOR):
            if name in header.entries:
                self.problems.append(
                    Problem(
                        Code.FIELD_MISSING,
                        "`tailor` changes a strategy that this one extends, and it extends none"
                        if name == TAILOR
                        else "`extends` cannot be read here",
                        header.key_place(name),
                        "name it, as in `extends: public_body`",
                    )
                )

    def _approvals(self, own: Link) -> tuple[Approval, ...]:
        from .approvals import read_approvals

        found: tuple[Approval, ...] = ()
        for file in own.files:
            tree = self._tree(file, own.folder) if file.name == APPROVALS else None
            if tree is not None:
                found = read_approvals(tree, self.problems)
        return found

    def _tree(self, file: SourceFile, folder: Folder) -> Located | None:
        if file.name == APPROVALS and folder is not self.folder:
            return None
        from ..source.reading import read

        try:
            return read(data=file.data, name=folder.shown(file.name))
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

    def _version_of(self, rule: Rule, header: Header) -> str | None:
        """The version of the strategy in which a rule stands."""
        found, length = header.version, 0
        for one in self.extended:
            prefix = f"{one.folder.rstrip('/')}/"
            if rule.place.file.startswith(prefix) and len(prefix) > length:
                own = f"{self.folder.name.rstrip('/')}/"
                if not (rule.place.file.startswith(own) and len(own) > len(prefix)):
                    found, length = one.version or None, len(prefix)
        return found

    def _check_version(self, rule: Rule, version: str | None) -> None:
        """A rule cannot be in force since a version that is still to come."""
        if version is None:
            return
        if rule.since and _version(rule.since) > _version(version):
            self._note(
                f"`since` is {rule.since}, but the strategy is only at version {version}",
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
        trees: Trees,
        approvals: tuple[Approval, ...],
        portfolio: tuple[PortfolioRule, ...],
    ) -> Strategy:
        from .digest import content_digest

        # INVARIANT: what was left out has a problem, so without problems nothing was left out.
        assert rules.rules.keys() == rules.ids.keys()
        assert definitions.keys() == rules.definitions.drafts.keys()
        assert header.name and header.title and header.version
        assert header.verdict and header.opinion
        ordered = _ordered(rules.rules.values(), list(header.themes))
        retired = [
            rule
            for rule in ordered
            if rule.id in trees.off
            or (rule.until and _version(rule.until) < _version(self._version_of(rule, header)))
        ]
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
            spectrum=header.spectrum,
            health=header.health,
            extends=tuple(self.extended),
            off=trees.off,
            tailored=frozenset(trees.tailored),
            approvals=(*([header.approval] if header.approval else ()), *approvals),
            portfolio=tuple(rule for rule in portfolio if rule.id not in trees.off),
        )
        content = content_digest(strategy)
        approved = any(one.digest == content for one in strategy.approvals)
        return replace(strategy, digest=content, status="approved" if approved else "draft")


def _extended(header: Located, folder: Folder) -> Extended:
    """What the header of a strategy that is extended says of it; the rest is checked elsewhere."""

    def text(name: str) -> str:
        node = header.entries.get(name) if isinstance(header, Mapping) else None
        return node.text.strip() if isinstance(node, Scalar) else ""

    version = text("version")
    numbers = version.split(".")
    known = len(version) <= 20 and all(part.isascii() and part.isdigit() for part in numbers)
    return Extended(text("strategy"), text("title"), version if known else "", folder.name)


def _version(text: str | None) -> tuple[int, ...]:
    """A version to compare by: 1.10 lies after 1.9, and 1.0 is 1."""
    numbers = [int(part) for part in (text or "0").split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _ordered(rules: Iterable[Rule], prefixes: list[str]) -> list[Rule]:
    """Rules by theme, then by number."""

    def position(rule: Rule) -> tuple[int, int, str]:
        prefix, _, number = rule.id.partition("-")
        return (prefixes.index(prefix), int(number), rule.id)

    return sorted(rules, key=position)
