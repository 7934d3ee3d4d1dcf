"""`portfolio:` in tests/*.yaml of a strategy folder: small portfolios that say what a rule over
groups of cases must answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ..problem import Code, Place, Problem, Refused
from ..source.quoting import quoted
from ..source.tree import Located, Mapping, Scalar, plain
from .cases import Expectation, changed_rules, laid_over, tailored_names
from .chain import folders_of
from .fields import Fields, fields_of, in_file_order, suggestion
from .folder import locate, read_case_files
from .model import EVIDENCE, SEVERITIES, Strategy
from .portfolio import RESULT, words_and_texts
from .portfolio_exceptions import GroupException, read_entries
from .supplied import OUTCOMES

if TYPE_CHECKING:
    from ..facts.case import Case

PORTFOLIO: Final = "portfolio"
FILE_FIELDS: Final = ("base", PORTFOLIO)
CASE_FIELDS: Final = (
    "rule",
    "name",
    "given",
    "providers",
    "exceptions",
    "on",
    "group",
    "case",
    "expect",
    "severity",
    "severity_least",
    "moot",
    "message",
    "unmet",
    "missing",
    "cases",
)
UNNAMED: Final = "none"
"""What stands for the group that nobody named."""


@dataclass(frozen=True, slots=True)
class PortfolioCase:
    """A small portfolio and what a rule must say of it: of the group `group` (None: the whole
    portfolio, or with `unnamed` the group that nobody named), or of the case `case` in it. `cases`
    are the ids of those that are certainly in the group, None where that is not asked."""

    rule: str
    name: str
    theme: str
    given: AbstractMapping[str, Any]
    portfolio: tuple[Case, ...]
    providers: AbstractMapping[str, str]
    exceptions: tuple[GroupException, ...]
    evaluated_on: dt.date
    group: str | None
    unnamed: bool
    case: str | None
    expect: Expectation
    cases: tuple[str, ...] | None
    place: Place


def holds_portfolios(node: Located) -> bool:
    """Does a file hold small portfolios, and not the cases of other rules?"""
    return isinstance(node, Mapping) and PORTFOLIO in node.entries


def read_portfolio_cases(folder: str | None, strategy: Strategy) -> tuple[PortfolioCase, ...]:
    """The small portfolios of a strategy folder (None is the one that comes with the program), file
    by file.

    A strategy that extends another also has its portfolios, of those rules that work as they did
    there. Raises Refused with all problems.
    """
    from ..source.reading import read

    if not strategy.portfolio:
        return ()
    folders = folders_of(folder) if strategy.extends else [locate(folder)]
    reader = _Reader(strategy)
    for place in folders:
        for file in read_case_files(place):
            if PORTFOLIO.encode() not in file.data:
                continue
            try:
                node = read(data=file.data, name=place.shown(file.name))
            except Refused:
                continue  # said where the other cases are read
            if holds_portfolios(node):
                reader.read(node)
        if place is folders[0] and len(folders) > 1:
            reader.skipped |= changed_portfolio_rules(strategy)
    if reader.problems:
        raise Refused(in_file_order(reader.problems))
    return tuple(reader.cases)


def changed_portfolio_rules(strategy: Strategy) -> frozenset[str]:
    """The rules over the portfolio of a strategy that is extended which may answer otherwise here:
    they were tailored, read what was, or look at the results of rules that may."""
    changed, rules = tailored_names(strategy), changed_rules(strategy)
    every = {rule.id for rule in strategy.rules if rule.about != EVIDENCE}
    found = set()
    for rule in strategy.portfolio:
        words, texts = words_and_texts(rule)
        # One that names no rule looks at the results of all.
        behind = (texts & every or every) if RESULT in words else set()
        if rule.id in changed or words & changed or behind & rules:
            found.add(rule.id)
    return frozenset(found)


class _Reader:
    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self.rules = {rule.id: rule for rule in strategy.portfolio}
        self.problems: list[Problem] = []
        self.cases: list[PortfolioCase] = []
        self.names: dict[tuple[str, str], Place] = {}
        self.skipped: frozenset[str] = frozenset(strategy.off)
        """Of these rules the portfolios are left out."""

    def read(self, node: Located) -> None:
        """Add the cases of one file."""
        fields = fields_of(node, "a file of portfolios", node.place, FILE_FIELDS, self.problems)
        if fields is None:
            return
        base = fields.group("base")
        for item in fields.items(PORTFOLIO):
            part = fields_of(item, "a portfolio", item.place, CASE_FIELDS, self.problems)
            if part is None or self._is_skipped(part):
                continue
            if part.require("rule", "name", "given", "expect"):
                self._read_case(part, base)

    def _is_skipped(self, fields: Fields) -> bool:
        node = fields.get("rule")
        return isinstance(node, Scalar) and node.text in self.skipped

    def _read_case(self, fields: Fields, base: Mapping | None) -> None:
        before = len(self.problems)
        rule, name = fields.text("rule"), fields.text("name")
        if rule is not None and rule not in self.rules:
            fields.note(
                Code.RULE_UNKNOWN,
                f"{quoted(rule)} is not a rule over the portfolio of this strategy",
                fields.node.entries["rule"].place,
                suggestion(rule, self.rules),
            )
        if rule and name:
            first = self.names.setdefault((rule, name), fields.place)
            if first is not fields.place:
                fields.note(
                    Code.DUPLICATE_ID,
                    f"{rule} has a portfolio {quoted(name)} already, at {first}",
                    fields.node.entries["name"].place,
                    "say what is different about this one",
                )
        given = fields.items("given")
        portfolio = [self._case(item, number, base) for number, item in enumerate(given, 1)]
        known = [case for case in portfolio if case is not None]
        on = fields.date("on") or next((case.as_of for case in known if case.as_of), None)
        if on is None:
            fields.note(
                Code.FIELD_MISSING,
                "nothing says on which day this is evaluated",
                fields.place,
                "state `on`, or `as_of` in the base of the file",
            )
        outcome = fields.choice("expect", OUTCOMES)
        expect = Expectation(
            outcome or "",
            fields.choice("severity", SEVERITIES),
            fields.choice("severity_least", SEVERITIES),
            None,
            fields.boolean("moot"),
            fields.text("message"),
            fields.text("unmet"),
            self._texts(fields, "missing"),
        )
        group = fields.text("group")
        providers = self._providers(fields)
        exceptions = read_entries(fields.items("exceptions"), self.strategy, self.problems)
        case, named = fields.text("case"), self._texts(fields, "cases")
        if len(self.problems) > before or not rule or not name or on is None:
            return
        self.cases.append(
            PortfolioCase(
                rule,
                name,
                self.rules[rule].theme,
                {one.id: plain(item) for one, item in zip(known, given, strict=True)},
                tuple(known),
                providers,
                exceptions,
                on,
                None if group == UNNAMED else group,
                group == UNNAMED,
                case,
                expect,
                named,
                fields.place,
            )
        )

    def _texts(self, fields: Fields, name: str) -> tuple[str, ...] | None:
        if fields.get(name) is None:
            return None
        texts = [fields.text_of(item, f"an entry of `{name}`") for item in fields.distinct(name)]
        return tuple(text for text in texts if text is not None)

    def _providers(self, fields: Fields) -> dict[str, str]:
        """The group of each name, by folded names, as a table of aliases has them."""
        found: dict[str, str] = {}
        for group, node, _ in fields.members("providers"):
            names = [group]
            if hasattr(node, "items"):
                names += [text for item in node.items if (text := fields.text_of(item, "a name"))]
            found |= {" ".join(name.casefold().split()): group for name in names}
        return found

    def _case(self, node: Located, number: int, base: Mapping | None) -> Case | None:
        from ..facts.reading import read_case

        if not isinstance(node, Mapping):
            message = "a case of a portfolio must be a group of facts"
            self.problems.append(Problem(Code.FIELD_TYPE, message, node.place))
            return None
        facts = laid_over(base, node, node)
        if "id" not in node.entries:
            text = f"P{number}"
            facts.entries["id"] = Scalar(text, text, False, node.start, node.start, node.source)
        if "title" not in node.entries:
            text = f"Partnership {number}"
            facts.entries["title"] = Scalar(text, text, False, node.start, node.start, node.source)
        try:
            return read_case(facts, self.strategy.model)
        except Refused as refused:
            self.problems.extend(refused.problems)
            return None
