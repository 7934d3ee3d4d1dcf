"""What the rules over the portfolio need of each case, in columns of a fixed form.

Each is an expression over one case: whether a rule looks at it, to which groups it belongs, whether
a condition holds of it, what is to be summed. The relational plan says them from the facts of many
records at once; of a record that was checked singly `check`'s own values are taken.

| kind | column | unknown |
|---|---|---|
| truth | true or false | null |
| names | a list of `name` and whether that is `sure`; a name that is not known is null | null |
| number | the `low` and the `high` end, decimals | null |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from ..check.exceptions import LEAD
from ..feel import syntax
from ..feel.compiling import DEFINED, Code, Compiler, new_frame
from ..feel.functions import pairs_of
from ..feel.printing import to_source
from ..feel.syntax import Node
from ..feel.values import NONE, UNKNOWN, Span, Value, to_decimal
from ..plan.formula import All, Defined
from ..plan.planning import Plan
from ..portfolio.aggregates import (
    Aggregate,
    NotAggregated,
    Parts,
    broken_rule,
    reads_result,
    take_apart,
)
from ..problem import Refused
from ..strategy.model import Strategy
from ..strategy.portfolio import PortfolioRule
from .answers import ROW

if TYPE_CHECKING:
    import pyarrow as pa

    from ..check.checker import Checker
    from ..check.judging import Assessment
    from ..facts.case import Case
    from .dialects import Dialect
    from .stages import Stages

TRUTH, NAMES, NUMBER = "truth", "names", "number"
PLACES: Final = 6
DIGITS: Final = 38
NAMES_PATHS: Final = ("parties.name", "parties.group")
"""The facts from which the groups of providers are learned."""


@dataclass(frozen=True)
class Feature:
    """One column: its name, its kind, and the expression."""

    name: str
    kind: str
    node: Node


@dataclass(frozen=True)
class ColumnRule:
    """A rule that can be told from columns: its parts, and the columns of what it needs. Of
    aggregates: the column of the condition, or the rule whose breach it is, and of the value."""

    rule: PortfolioRule
    parts: Parts
    of: str | None
    group_by: str | None
    mark: str | None
    conditions: Mapping[Aggregate, str | None]
    values: Mapping[Aggregate, str]
    listed: Mapping[str, str | None]


BROKEN: Final = "broken:"
"""Before the id of a rule: the condition that a case breaks it."""


class Features:
    """The columns of a strategy, and its rules that can be told from them; the others are told by
    `check`."""

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self._known: dict[tuple[str, Node], Feature] = {}
        self.rules: dict[str, ColumnRule] = {}
        self.others: list[PortfolioRule] = []
        for rule in strategy.portfolio:
            before = dict(self._known)
            try:
                self.rules[rule.id] = self._column_rule(rule)
            except NotAggregated:
                self._known = before
                self.others.append(rule)
        paths = strategy.model.facts
        self.provider_names: tuple[str, str] | None = None
        if any(one.rule.providers for one in self.rules.values()) and all(
            path in paths for path in NAMES_PATHS
        ):
            name, group = (
                self._feature(NAMES, syntax.Path(syntax.Name("parties"), path.split(".")[1]))
                for path in NAMES_PATHS
            )
            self.provider_names = name, group
        self.lead: str | None = None
        """Who leads on a case; None where the strategy has no such fact."""
        if LEAD in strategy.model.root.members:
            self.lead = self._feature(NAMES, syntax.Name(LEAD))

    @property
    def columns(self) -> list[Feature]:
        return list(self._known.values())

    def leave_out(self, names: set[str]) -> None:
        """Let `check` tell the rules that need one of these columns."""
        for rule in [*self.rules.values()]:
            needed = {rule.of, rule.group_by, rule.mark, *rule.conditions.values()}
            needed |= {*rule.values.values(), *rule.listed.values(), self.lead}
            if needed & names:
                del self.rules[rule.rule.id]
                self.others.append(rule.rule)
        self._known = {key: one for key, one in self._known.items() if one.name not in names}

    def _column_rule(self, rule: PortfolioRule) -> ColumnRule:
        parts = take_apart(rule, self.strategy)
        conditions = {one: self._condition(one.condition) for one in parts.aggregates}
        values = {}
        for one in parts.aggregates:
            if one.value is not None:
                values[one] = self._feature(NUMBER, one.value)
        if rule.rank is not None and not _ranks_by_result(rule.rank):
            raise NotAggregated
        return ColumnRule(
            rule,
            parts,
            None if rule.of is None else self._feature(TRUTH, rule.of),
            None if rule.group_by is None else self._feature(NAMES, rule.group_by),
            None if rule.mark is None else self._feature(NAMES, rule.mark),
            conditions,
            values,
            {name: self._condition(condition) for name, (_, condition, _) in parts.listed.items()},
        )

    def _condition(self, node: Node | None) -> str | None:
        if node is None:
            return None
        rule = broken_rule(node)
        if rule is not None and self.strategy.rule(rule) in self.strategy.rules:
            return BROKEN + rule
        return self._feature(TRUTH, node)

    def _feature(self, kind: str, node: Node) -> str:
        if reads_result(node):
            raise NotAggregated
        found = self._known.get((kind, node))
        if found is None:
            found = self._known[kind, node] = Feature(f"~{len(self._known)}", kind, node)
        return found.name

    # of one case

    def reader(self, checker: Checker) -> CaseFeatures:
        """What reads the columns of a case that was checked."""
        return CaseFeatures(self, checker)


def _ranks_by_result(node: Node) -> bool:
    """Is the order one by what the check came to alone?"""
    if isinstance(node, syntax.Path):
        return node.base == syntax.Name("result") and node.field in ("breaches", "serious")
    if isinstance(node, syntax.Name):
        return False
    return all(_ranks_by_result(one) for one in syntax.children(node))


class CaseFeatures:
    """Reads the columns of cases that were checked."""

    def __init__(self, features: Features, checker: Checker) -> None:
        self._checker = checker
        compiler = Compiler(checker.names)
        self._codes: list[tuple[Feature, Code]] = [
            (one, compiler.compile(one.node, None)) for one in features.columns
        ]
        definitions = checker.strategy.definitions
        words = {
            part.name
            for one in features.columns
            for part in syntax.walk(one.node)
            if isinstance(part, syntax.Name)
        }
        self._used = [name for name in definitions if name in words]

    def of(self, case: Case, assessment: Assessment) -> dict[str, Any]:
        """The columns of a case."""
        for name in self._used:
            self._checker.definition(name, assessment.frame)
        frame = new_frame(
            case.facts, assessment.evaluated_on, defined=assessment.frame[DEFINED], paths=case.paths
        )
        return {one.name: plain(one.kind, code.value(frame)) for one, code in self._codes}


def plain(kind: str, value: Value) -> Any:
    """A value as it stands in a column."""
    if kind == TRUTH:
        return value if isinstance(value, bool) else None
    if kind == NUMBER:
        if value is UNKNOWN or value is NONE:
            return None
        low, high = (value.low, value.high) if isinstance(value, Span) else (value, value)
        return {"low": _decimal(low), "high": _decimal(high)}
    if value is UNKNOWN:
        return None
    return [
        {"name": _name(item), "sure": sure}
        for item, sure in pairs_of(value) or ()
        if item is not NONE
    ]


def _name(item: Value) -> str | None:
    if isinstance(item, dt.date):
        return item.isoformat()
    return item if isinstance(item, str) else None


def _decimal(value: int | Fraction) -> Decimal:
    return to_decimal(value).quantize(Decimal(1).scaleb(-PLACES))


def schema(columns: Sequence[Feature]) -> pa.Schema:
    """The types of the columns."""
    import pyarrow as pa

    number = pa.decimal128(DIGITS, PLACES)
    kinds = {
        TRUTH: pa.bool_(),
        NUMBER: pa.struct([("low", number), ("high", number)]),
        NAMES: pa.list_(pa.struct([("name", pa.string()), ("sure", pa.bool_())])),
    }
    return pa.schema([(one.name, kinds[one.kind]) for one in columns])


# --- in columns ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class FeatureQuery:
    """Stages that end in what each column is made of, and how it is made of that, in DuckDB."""

    stages: Stages
    columns: Sequence[str]

    def over(self, packed: str) -> str:
        """The query that gives ROW and the columns; `packed` is what the stages come to."""
        return f"SELECT {', '.join(self.columns)} FROM {packed} AS packed"


def feature_query(
    plan: Plan, today: dt.date, features: Features, facts: str, dialect: Dialect
) -> FeatureQuery | None:
    """The query over the table `facts`; None where there are no columns. What cannot be said in
    columns is left out of `features`."""
    odd: set[str] = set()
    while True:
        columns = features.columns
        if not columns:
            return None
        found = _query(plan, today, columns, facts, dialect, odd)
        if not odd:
            return found
        features.leave_out(odd)
        odd = set()


def _query(
    plan: Plan,
    today: dt.date,
    columns: Sequence[Feature],
    facts: str,
    dialect: Dialect,
    odd: set[str],
) -> FeatureQuery:
    from ..strategy.model import STAGES
    from .columns import Demands
    from .items import Packing, stored
    from .limits import NotCompiled
    from .relational import Relation, facts_schema
    from .stages import Stages

    relation = Relation(plan, today)
    relation.stages = Stages(facts, facts_schema(plan), dialect)
    first = relation.stages.table
    table = relation.stages.add({f"at {stage}": first["stage"] == stage for stage in STAGES})
    table = relation._derivations(table)
    read = {
        part.name
        for one in columns
        for part in syntax.walk(one.node)
        if isinstance(part, syntax.Name) and part.name in plan.definitions
    }
    wanted: Any = SimpleNamespace(
        when=All(tuple(Defined(name) for name in sorted(read))), requirements=(), severity=()
    )
    table = relation._conditions(table, [wanted], relation.nothing)
    made: dict[str, Any] = {ROW: table[ROW]}
    forms: dict[str, Packing] = {}
    for one in columns:
        relation.demands = Demands()
        try:
            carrier = relation.say(
                table,
                relation.nothing,
                partial(_said, one.node),
                partial(to_source, one.node),
                None,
            )
            column, form = stored(carrier)
            _canonical(one, form)
        except (Refused, _Odd):
            odd.add(one.name)
            continue
        if relation.demands != Demands():
            # It holds only for records of a kind, and which these are is not asked here.
            odd.add(one.name)
            continue
        made[one.name], forms[one.name] = column, form
    try:
        relation.stages.keep(made)
    except NotCompiled as error:
        odd.add(error.column)
    said = [f'"{ROW}"']
    said += [
        f'{_canonical(one, forms[one.name])} AS "{one.name}"'
        for one in columns
        if one.name in forms
    ]
    return FeatureQuery(relation.stages, said)


def _said(node: Node, compiler: Any, _: Any) -> Any:
    return compiler.carrier(node)


class _Odd(Exception):
    """A column of a form that is not foreseen."""


def _canonical(one: Feature, form: Any) -> str:
    """What makes a column of the fixed form of a value as the relational plan stores it."""
    from .carriers import Date, Listed, Number, Text, Truth
    from .items import WORDS

    column = f'packed."{one.name}"'
    if one.kind == TRUTH and form.kind is Truth:
        return f"{column}.value"
    if one.kind == NUMBER and form.kind is Number:
        low, high = form.low, form.high or form.low
        if any(end.per is not None or end.places > PLACES for end in (low, high)):
            raise _Odd
        kind = f"DECIMAL({DIGITS},{PLACES})"
        ends = [f"{column}.low", f"{column}.{'high' if form.high is not None else 'low'}"]
        made = ", ".join(
            f"'{name}': CAST({end} AS {kind})"
            for name, end in zip(("low", "high"), ends, strict=True)
        )
        return f"CASE WHEN {ends[0]} IS NOT NULL THEN {{{made}}} END"
    if one.kind != NAMES:
        raise _Odd
    if form is WORDS:
        return f"list_transform({column}, lambda x: {{'name': x, 'sure': true}})"
    if form.kind in (Text, Date):
        none = f"coalesce({column}.none, false)" if form.has_none else "false"
        name = f"CAST({column}.value AS VARCHAR)"
        known = f"[{{'name': {name}, 'sure': true}}]"
        # A text that is not known makes the whole unknown, as it does for the rule.
        return (
            f"CASE WHEN {none} THEN {known}[1:0] WHEN {column}.value IS NOT NULL THEN {known} END"
        )
    if form.kind is Listed and form.inside is not None and form.inside.kind in (Text, Date):
        none = "NOT coalesce(x.none, false)" if form.inside.has_none else "true"
        kept = f"list_filter({column}.list, lambda x: x.there IS DISTINCT FROM false AND {none})"
        name = "CAST(x.value AS VARCHAR)"
        return f"list_transform({kept}, lambda x: {{'name': {name}, 'sure': x.there IS TRUE}})"
    raise _Odd
