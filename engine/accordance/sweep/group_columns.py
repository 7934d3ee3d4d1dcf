"""Rules over the portfolio told from columns, for portfolios of any size.

The database adds up, for every group of a rule, how many of its cases certainly and how many
possibly meet each condition, and the least and the most that a sum can be. What is left of the
rule's expressions is evaluated once for each distinct set of these figures. A case whose group is
not known is a possible member of every group: it is added to each as one sum over all such cases,
less what those contribute that the group has by name.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

import duckdb

from ..check.checker import Checker
from ..check.exceptions import LEAD
from ..check.prose import joined, spoken
from ..feel import logic
from ..feel.compiling import DEFINED, Code, Compiler, Frame, Names, new_frame
from ..feel.syntax import Name, Node, Path, walk
from ..feel.types import ANY, NUMBER, TEXT, ContextType
from ..feel.values import NONE, UNKNOWN, Span, Value
from ..plan.outcome import Kind, kind_of
from ..plan.reading import FactsRead
from ..portfolio.aggregates import COUNT, EVERY, SOME, SUM, Aggregate, aggregate_name
from ..portfolio.answer import (
    MOST_CASES,
    MOST_MISSING,
    MOST_RESULTS,
    UNNAMED,
    accepted_by,
    actions,
    figure,
    in_brief,
    is_listed,
    other_message,
    result_head,
    rule_entry,
    said,
)
from ..portfolio.body_files import BodyFiles
from ..portfolio.exceptions import Accepting
from ..portfolio.judging import Ranking, Said, judge, leads_of
from ..portfolio.members import listed, span_name
from ..portfolio.providers import Providers
from ..strategy.message import UNMET, fill
from ..strategy.model import EVIDENCE, SEVERITIES
from ..strategy.portfolio import (
    CASES,
    GROUP,
    MARKED,
    PEERS,
    PORTFOLIO,
    POSITION,
    TITLE,
    PortfolioRule,
)
from .answers import INSUFFICIENT, NON_COMPLIANT, ROW, least_column, severity_column
from .features import BROKEN, ColumnRule, Features

if TYPE_CHECKING:
    import pyarrow as pa

_RANKED: Final = ("breaches", "serious")
"""The fields of `result` by which a rule may rank."""
_BOUNDS: Final = ("b low", "b high", "s low", "s high")
"""The least and the most that each of them may be."""
_HIGH: Final = len(SEVERITIES) - 1 - SEVERITIES.index("high")


def columns_read(features: Features, checker: Checker) -> list[str]:
    """The columns of outcomes that the rules read."""
    names = {
        column.removeprefix(BROKEN)
        for one in features.rules.values()
        for column in (*one.conditions.values(), *one.listed.values())
        if column is not None and column.startswith(BROKEN)
    }
    found = [ROW, "id", "title", *sorted(names)]
    if any(one.rule.rank is not None for one in features.rules.values()):
        found += [f"{kind} {word}" for kind in ("breaches", "gaps") for word in SEVERITIES]
        for rule in checker.strategy.rules:
            if rule.about == EVIDENCE or _crosses(rule):
                found += [rule.id, severity_column(rule.id), least_column(rule.id)]
    return list(dict.fromkeys(found))


def _crosses(rule: Any) -> bool:
    """May it be unknown whether a breach of a rule is serious?"""
    levels = [
        SEVERITIES.index(level) for level in (rule.severity, *(s.level for s in rule.severity_when))
    ]
    high = SEVERITIES.index("high")
    return max(levels) > high >= min(levels)


@dataclass(frozen=True, slots=True)
class _Told:
    """What a rule says of one group, or of a case in it."""

    group: str | None
    said: Said
    figures: Mapping[str, Value]
    exists: bool

    @property
    def of_case(self) -> str | None:
        """The case that it is about; None where it is about the group."""
        return None


@dataclass(slots=True)
class Answers:
    """The entries of rules, their findings in full and in brief, and the names of providers that
    occur."""

    entries: list[dict[str, Any]] = field(default_factory=list)
    results: list[dict[str, Any]] = field(default_factory=list)
    more: list[dict[str, Any]] = field(default_factory=list)
    providers: set[str] = field(default_factory=set)


class GroupColumns:
    """Tells the rules over the portfolio from a table of columns, one row a case."""

    def __init__(
        self,
        features: Features,
        checker: Checker,
        today: dt.date,
        kept: BodyFiles,
        rows: pa.Table,
        memory: str = "2GB",
    ) -> None:
        self.features = features
        self.checker = checker
        self.today = today
        self._connection = duckdb.connect(config={"memory_limit": memory})
        self._connection.register("given", rows)
        self.cases = rows.num_rows
        self.providers = Providers(kept.table, self._stated())
        self.accepting = Accepting(kept.exceptions, checker.strategy, self.providers, today)
        self._make_rows()
        self._reads = FactsRead(checker.plan)

    def close(self) -> None:
        self._connection.close()

    def _fetch(self, query: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query).fetchall()

    # what is read

    def _stated(self) -> dict[str, frozenset[str]]:
        """The groups that fact files state for the names of parties."""
        if self.features.provider_names is None:
            return {}
        name, group = (f'"{one}"' for one in self.features.provider_names)
        pairs = self._fetch(
            f"SELECT DISTINCT n.name, g.name FROM (SELECT unnest({name}) AS n, unnest({group}) AS g"
            f" FROM given WHERE len({name}) = len({group})) WHERE n.name IS NOT NULL AND"
            " g.name IS NOT NULL"
        )
        found: dict[str, set[str]] = {}
        for one, stated in pairs:
            found.setdefault(one, set()).add(stated)
        return {one: frozenset(groups) for one, groups in found.items()}

    def _make_rows(self) -> None:
        """One row a case with the bounds of what its check came to, where a rule orders by that."""
        ranked = any(one.rule.rank is not None for one in self.features.rules.values())
        bounds = ""
        if ranked:
            made = {
                name: self._bound(kind, serious)
                for name, kind, serious in (
                    ("b low", ("breaches",), False),
                    ("b high", ("breaches", "gaps"), False),
                    ("s low", ("breaches",), True),
                    ("s high", ("breaches", "gaps"), True),
                )
            }
            bounds = "".join(f', {text} AS "{name}"' for name, text in made.items())
        self._connection.execute(f"CREATE TEMP VIEW f AS SELECT *{bounds} FROM given")

    def _bound(self, kinds: Sequence[str], serious: bool) -> str:
        words = ("critical", "high") if serious else SEVERITIES
        terms = [f'"{kind} {word}"' for kind in kinds for word in words]
        for rule in self.checker.strategy.rules:
            code, severity = f'"{rule.id}"', f'"{severity_column(rule.id)}"'
            least = f'"{least_column(rule.id)}"'
            is_high = f" AND {severity} >= {_HIGH}" if serious else ""
            if rule.about == EVIDENCE:
                codes = [NON_COMPLIANT, *([INSUFFICIENT] if len(kinds) > 1 else [])]
                among = ", ".join(map(str, codes))
                terms.append(f"- CAST({code} IN ({among}){is_high} AS INTEGER)")
            elif serious and len(kinds) == 1 and _crosses(rule):
                doubtful = (
                    f"{code} = {NON_COMPLIANT} AND {severity} >= {_HIGH} AND {least} < {_HIGH}"
                )
                terms.append(f"- CAST({doubtful} AS INTEGER)")
        return " + ".join(terms).replace("+ -", "-")

    # rule by rule

    def answers(self) -> Answers:
        """What the rules say."""
        made = Answers()
        for rule in self.checker.strategy.portfolio:
            column = self.features.rules.get(rule.id)
            if column is None:
                continue
            one = _OneRule(self, column)
            counts, found = one.told()
            made.providers |= one.names
            first, others = found[:MOST_RESULTS], found[MOST_RESULTS:]
            made.entries.append(rule_entry(rule, counts) | {"results_more": len(others)})
            made.results += one.results(first)
            made.more += (in_brief(rule, each.group, each.of_case, each.said) for each in others)
        return made


@dataclass(frozen=True, slots=True)
class _Seen:
    """How rows are looked at when they are added up: which of them, and in SQL whether a case is
    certainly in the group, and bears its mark."""

    sure: str = "m.sure"
    mark: str = "m.mark"
    among: str = "true"

    def count(self, condition: str) -> str:
        """How many rows meet a condition."""
        return f"count(*) FILTER (WHERE {self.among} AND ({condition}))"


_NAMED: Final = _Seen()
"""Cases as members of the groups that name them."""
_ANYWHERE: Final = _Seen("false", "CASE WHEN m.markany THEN NULL ELSE false END")
"""Cases that may be in any group, as members of one that neither they nor their marks name."""
_NAMED_ANYWHERE: Final = _Seen(_ANYWHERE.sure, _ANYWHERE.mark, "m.anywhere")
"""The same, of those that a group has by name."""
_UNNAMED: Final = _Seen("false", "m.mark")
"""Cases as members of the group without a name."""


class _OneRule:
    """One rule told from columns."""

    def __init__(self, within: GroupColumns, column: ColumnRule) -> None:
        self.within = within
        self.column = column
        self.rule: PortfolioRule = column.rule
        self.names: set[str] = set()
        self._members: dict[str | None, tuple[list[tuple[Any, ...]], int]] = {}
        self._named: dict[str, dict[str | None, Value]] = {}
        self._missing: dict[str | None, list[dict[str, str]]] = {}
        self._run = within._connection.execute
        self._fetch = within._fetch
        self._memberships()

    # who belongs where

    def _memberships(self) -> None:
        """`m`: a row for each case and group it is or may be in, by name; `a`: the cases that may
        be in any group."""
        column = self.column
        of = "true" if column.of is None else f'f."{column.of}"'
        if column.group_by is None:
            self._run(
                f"CREATE OR REPLACE TEMP TABLE m AS SELECT f.\"{ROW}\" AS row, '' AS grp,"
                f" coalesce({of}, false) AS sure, false AS anywhere, false AS mark,"
                f" false AS markany FROM f WHERE {of} IS DISTINCT FROM false"
            )
            self._run("CREATE OR REPLACE TEMP TABLE a AS SELECT * FROM m WHERE false")
            return
        groups = f'f."{column.group_by}"'
        self._names_of("g", groups, of)
        marks = None if column.mark is None else f'f."{column.mark}"'
        if marks is not None:
            self._names_of("k", marks, of)
        markany = "false" if marks is None else _open(marks)
        marked = (
            "false"
            if marks is None
            else f"CASE WHEN {marks} IS NULL OR len({marks}) > 0 THEN NULL ELSE false END"
        )
        self._run(
            f'CREATE OR REPLACE TEMP TABLE a AS SELECT f."{ROW}" AS row, false AS sure,'
            f" {marked} AS mark, {markany} AS markany FROM f"
            f" WHERE {of} IS DISTINCT FROM false AND {_open(groups)}"
        )
        named = "SELECT row, grp, sure FROM g"
        if marks is not None:
            # Where a case may be in any group, it may be in those that its marks name.
            named += (
                " UNION ALL SELECT k.row, k.grp, false FROM k SEMI JOIN a ON a.row = k.row"
                " SEMI JOIN g ON g.grp = k.grp ANTI JOIN g AS own ON own.row = k.row"
                " AND own.grp = k.grp"
            )
        mark = "false"
        join = ""
        if marks is not None:
            mark = (
                f"CASE WHEN k.sure THEN true WHEN k.row IS NOT NULL OR {markany} THEN NULL"
                " ELSE false END"
            )
            join = "LEFT JOIN k ON k.row = n.row AND k.grp = n.grp"
        self._run(
            "CREATE OR REPLACE TEMP TABLE m AS SELECT n.row, n.grp,"
            f" n.sure AND coalesce({of}, false) AS sure, {_open(groups)} AS anywhere,"
            f" {mark} AS mark, {markany} AS markany"
            f' FROM ({named}) AS n JOIN f ON f."{ROW}" = n.row {join}'
        )

    def _names_of(self, table: str, names: str, of: str) -> None:
        """A table of cases and the groups that a list of names stands for."""
        rule = self.rule
        self._run(
            f'CREATE OR REPLACE TEMP TABLE raw AS SELECT f."{ROW}" AS row,'
            f" unnest({names}, recursive := true) FROM f WHERE {of} IS DISTINCT FROM false"
            f" AND {names} IS NOT NULL"
        )
        if rule.by is not None or rule.providers:
            import pyarrow as pa

            known = [
                one for (one,) in self._fetch("SELECT DISTINCT name FROM raw") if one is not None
            ]
            if rule.providers:
                self.names |= set(known)
                called = [self.within.providers.group(one) for one in known]
            else:
                by = rule.by or ""
                called = [span_name(dt.date.fromisoformat(one), by) for one in known]
            pairs = {"name": pa.array(known, pa.string()), "grp": pa.array(called, pa.string())}
            self.within._connection.register("called", pa.table(pairs))
            source = "raw JOIN called USING (name)"
        else:
            source = "(SELECT *, name AS grp FROM raw WHERE name IS NOT NULL)"
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT row, grp, bool_or(sure) AS sure"
            f" FROM {source} GROUP BY row, grp"
        )

    # what adds up

    def _condition(self, column: str | None) -> str:
        if column is None:
            return "true"
        if column.startswith(BROKEN):
            code = f'f."{column.removeprefix(BROKEN)}"'
            return (
                f"(CASE {code} WHEN {NON_COMPLIANT} THEN true WHEN {INSUFFICIENT} THEN NULL"
                " ELSE false END)"
            )
        return f'f."{column}"'

    def _sums(self, one: Aggregate, index: int, seen: _Seen) -> list[tuple[str, str]]:
        """What is added up for an aggregate, over rows as they are `seen`."""
        condition = self._condition(self.column.conditions[one])
        # Which cases are in the list, and which of these meet the condition.
        listed = seen.mark if one.over == MARKED else "true"
        there = condition if one.kind == EVERY else f"({listed} AND {condition})"
        sure = f"{seen.sure} AND {listed}"
        may = f"{there} IS DISTINCT FROM false"
        name = f"x{index}"
        if one.kind == COUNT:
            return [
                (f"{name}_low", seen.count(f"{sure} AND {there}")),
                (f"{name}_high", seen.count(may)),
            ]
        if one.kind == EVERY:
            within = f"{listed} IS DISTINCT FROM false"
            return [
                (f"{name}_no", seen.count(f"{sure} AND {there} IS FALSE")),
                (f"{name}_open", seen.count(f"{within} AND {there} IS DISTINCT FROM true")),
            ]
        if one.kind == SOME:
            return [
                (f"{name}_yes", seen.count(f"{sure} AND {there}")),
                (f"{name}_open", seen.count(may)),
            ]
        value = f'f."{self.column.values[one]}"'
        return [
            (f"{name}_sure", seen.count(f"{sure} AND {there}")),
            (f"{name}_unknown", seen.count(f"{may} AND {value} IS NULL")),
            *(
                (
                    f"{name}_{end}",
                    f"coalesce(sum(CASE WHEN NOT ({seen.among}) THEN 0 WHEN {sure} AND {there}"
                    f" THEN {value}.{end} WHEN {may} THEN {pick}({value}.{end}, 0) END), 0)",
                )
                for end, pick in (("low", "least"), ("high", "greatest"))
            ),
        ]

    def _added(self, over: Iterable[str], seen: _Seen) -> list[tuple[str, str]]:
        return [
            pair
            for index, one in enumerate(self.column.parts.aggregates)
            if one.over in over
            for pair in self._sums(one, index, seen)
        ]

    @cached_property
    def _portfolio_sums(self) -> dict[str, Any]:
        """What adds up over all cases that the rule looks at."""
        pairs = self._added((PORTFOLIO,), _NAMED)
        if not pairs:
            return {}
        of = "true" if self.column.of is None else f'f."{self.column.of}"'
        texts = ", ".join(f'{text} AS "{name}"' for name, text in pairs)
        (row,) = self._fetch(
            f'SELECT {texts} FROM (SELECT f."{ROW}" AS row, coalesce({of}, false) AS sure FROM f'
            f' WHERE {of} IS DISTINCT FROM false) AS m JOIN f ON f."{ROW}" = m.row'
        )
        return dict(zip((name for name, _ in pairs), row, strict=True))

    def _group_sums(self) -> Iterable[tuple[str | None, bool, dict[str, Any]]]:
        """For each group by name, and at last for that without a name: is a case certainly in it,
        and what adds up."""
        lists = (CASES, MARKED)
        pairs = self._added(lists, _NAMED)
        names = [name for name, _ in pairs]
        own = ["count(*) FILTER (WHERE m.sure)", *(text for _, text in pairs)]
        totals: dict[str, Any] = {}
        ((open_,),) = self._fetch("SELECT count(*) FROM a")
        if open_:
            # What cases that may be in any group add to one that does not have them by name.
            anywhere = ", ".join(text for _, text in self._added(lists, _ANYWHERE)) or "0"
            (found,) = self._fetch(f'SELECT {anywhere} FROM a AS m JOIN f ON f."{ROW}" = m.row')
            totals = dict(zip(names, found, strict=False))
            own += [text for _, text in self._added(lists, _NAMED_ANYWHERE)]
        query = (
            f'SELECT m.grp, {", ".join(own)} FROM m JOIN f ON f."{ROW}" = m.row'
            " GROUP BY m.grp ORDER BY m.grp"
        )
        for grp, members, *values in self._fetch(query):
            sums = dict(zip(names, values[: len(names)], strict=True))
            for name, gone in zip(names, values[len(names) :], strict=False):
                sums[name] += totals[name] - gone
            yield None if self.rule.group_by is None else grp, members > 0, sums
        if open_ and self.rule.group_by is not None:
            texts = ", ".join(text for _, text in self._added(lists, _UNNAMED)) or "0"
            (found,) = self._fetch(f'SELECT {texts} FROM a AS m JOIN f ON f."{ROW}" = m.row')
            yield None, False, dict(zip(names, found, strict=False))

    # what it comes to

    def told(self) -> tuple[Counter[str], list[_Told]]:
        """Of how many groups the rule says what, and what it says of those that are findings."""
        if self.rule.rank is not None:
            return self._ranked()
        counts: Counter[str] = Counter()
        found: list[_Told] = []
        evaluating = _Evaluating(self)
        seen = False
        for group, exists, sums in self._group_sums():
            seen = True
            values = self._values({**sums, **self._portfolio_sums})
            told = evaluating.told(group, exists or self.rule.group_by is None, values)
            told = self._with_exceptions(told)
            counts["moot" if told.said.moot else told.said.outcome.value] += 1
            if is_listed(self.rule, told.said):
                found.append(told)
        if not seen and self.rule.group_by is None:
            values = self._values({**dict.fromkeys(self._zero(), 0), **self._portfolio_sums})
            told = self._with_exceptions(evaluating.told(None, True, values))
            counts["moot" if told.said.moot else told.said.outcome.value] += 1
            found.append(told)
        return counts, found

    def _zero(self) -> list[str]:
        return [name for name, _ in self._added((CASES, MARKED, PORTFOLIO), _NAMED)]

    def _values(self, sums: Mapping[str, Any]) -> tuple[Value, ...]:
        """The aggregates of a group, as the language has them."""
        return tuple(
            _value(one, {short: sums[name] for short, name in names})
            for one, names in self._names_of_sums
        )

    @cached_property
    def _names_of_sums(self) -> list[tuple[Aggregate, list[tuple[str, str]]]]:
        """Each aggregate with the names of what is added up for it, in short and in full."""
        return [
            (one, [(name.partition("_")[2], name) for name, _ in self._sums(one, index, _NAMED)])
            for index, one in enumerate(self.column.parts.aggregates)
        ]

    def _ranked(self) -> tuple[Counter[str], list[_Told]]:
        """The same for every case in each group. Cases of which the same is known stand alike."""
        import pyarrow as pa

        counts: Counter[str] = Counter()
        self._run(
            "CREATE OR REPLACE TEMP VIEW everyone AS SELECT grp, sure, row FROM m UNION ALL"
            " SELECT g.grp, false, a.row FROM a CROSS JOIN (SELECT DISTINCT grp FROM m) AS g"
            " ANTI JOIN m AS own ON own.row = a.row AND own.grp = g.grp UNION ALL"
            " SELECT NULL, false, a.row FROM a"
        )
        ends = ", ".join(f'f."{name}"' for name in _BOUNDS)
        classes = self._fetch(
            f'SELECT m.grp, m.sure, {ends}, count(*) FROM everyone AS m JOIN f ON f."{ROW}" = m.row'
            " GROUP BY ALL"
        )
        evaluating = _Evaluating(self)
        ranks = {one[2:6]: evaluating.rank(one[2:6]) for one in classes}
        groups: dict[str | None, Counter[tuple[Value, bool]]] = {}
        for grp, sure, *bounds, count in classes:
            groups.setdefault(grp, Counter())[ranks[tuple(bounds)], sure] += count
        rankings = {grp: Ranking(numbers) for grp, numbers in groups.items()}
        told: dict[tuple[Any, ...], _Told] = {}
        for grp, sure, *bounds, count in classes:
            rank = ranks[tuple(bounds)]
            one = evaluating.told(grp, sure, (), rankings[grp].place(rank, sure))
            counts["moot" if one.said.moot else one.said.outcome.value] += count
            if kind_of(one.said.outcome, one.said.moot) is not None:
                told[grp, sure, *bounds] = one
        self._meet_exceptions()
        if not told:
            return counts, []
        columns = zip(*told, strict=True)
        names = ("grp", "sure", *_BOUNDS)
        kinds = (pa.string(), pa.bool_(), *[pa.int64()] * len(_BOUNDS))
        wanted = {
            name: pa.array(list(column), kind)
            for name, column, kind in zip(names, columns, kinds, strict=True)
        }
        self.within._connection.register("wanted", pa.table(wanted))
        same = " AND ".join(f'f."{name}" = w."{name}"' for name in _BOUNDS)
        rows = self._fetch(
            f'SELECT m.grp, m.sure, {ends}, f."{ROW}", f.id, f.title FROM everyone AS m JOIN f ON'
            f' f."{ROW}" = m.row JOIN wanted AS w ON w.grp IS NOT DISTINCT FROM m.grp AND'
            f" w.sure = m.sure AND {same} ORDER BY m.grp NULLS LAST, m.row"
        )
        found: list[_Told] = []
        for *key, row, case, title in rows:
            one = told[tuple(key)]
            each = _CaseTold(key[0], one.said, one.figures, one.exists, row, case, title)
            judged = self._with_exceptions(each)
            if judged.said.outcome is not each.said.outcome:
                counts[each.said.outcome.value] -= 1
                counts[judged.said.outcome.value] += 1
            found.append(judged)
        return counts, found

    # the answer

    def results(self, found: Sequence[_Told]) -> list[dict[str, Any]]:
        """What the rule says of groups, in the form of the answer."""
        import pyarrow as pa

        groups = sorted({one.group for one in found if one.group is not None})
        self.within._connection.register("shown", pa.table({"grp": pa.array(groups, pa.string())}))
        self._members = self._members_of_groups()
        self._named = {
            name: self._listed(over, self.column.listed[name], field)
            for name, (over, _, field) in self.column.parts.listed.items()
        }
        gaps = any(kind_of(one.said.outcome, one.said.moot) is Kind.GAP for one in found)
        self._missing = self._missing_of_groups() if gaps else {}
        return [self.result(one) for one in found]

    def _by_group(self, select: str, where: str = "true", most: int = MOST_CASES) -> Any:
        """Columns of the cases of each group that is shown, its first cases only; the whole
        portfolio is None, as is the group without a name."""
        if self.rule.group_by is None:
            return self._fetch(
                f'SELECT NULL, {select} FROM m JOIN f ON f."{ROW}" = m.row WHERE {where}'
                f" ORDER BY m.row LIMIT {most}"
            )
        return self._fetch(
            f"SELECT m.grp, {select} FROM m SEMI JOIN shown ON shown.grp = m.grp JOIN f ON"
            f' f."{ROW}" = m.row WHERE {where} QUALIFY row_number() OVER'
            f" (PARTITION BY m.grp ORDER BY m.row) <= {most} ORDER BY m.grp, m.row"
        )

    def _members_of_groups(self) -> dict[str | None, tuple[list[tuple[Any, ...]], int]]:
        """The first cases of each group (row, id, title, is it certain) and how many there are."""
        anywhere = self._fetch(
            f'SELECT a.row, f.id, f.title, false FROM a JOIN f ON f."{ROW}" = a.row'
            f" ORDER BY a.row LIMIT {MOST_CASES}"
        )
        ((everywhere,),) = self._fetch("SELECT count(*) FROM a")
        sizes: dict[str | None, int] = {None: everywhere}
        if self.rule.group_by is None:
            ((sizes[None],),) = self._fetch("SELECT count(*) FROM m")
        else:
            for grp, count, of_these in self._fetch(
                "SELECT m.grp, count(*), count(*) FILTER (WHERE m.anywhere) FROM m SEMI JOIN shown"
                " ON shown.grp = m.grp GROUP BY m.grp"
            ):
                sizes[grp] = count + everywhere - of_these
        named: dict[str | None, list[tuple[Any, ...]]] = {}
        for grp, *case in self._by_group("m.row, f.id, f.title, m.sure"):
            named.setdefault(grp, []).append(tuple(case))
        found: dict[str | None, tuple[list[tuple[Any, ...]], int]] = {}
        for grp, size in sizes.items():
            own = named.get(grp, [])
            rows = {one[0] for one in own}
            more = [one for one in anywhere if one[0] not in rows]
            found[grp] = (sorted([*own, *more])[:MOST_CASES], size)
        return found

    def result(self, told: _Told) -> dict[str, Any]:
        """What the rule says of one group."""
        rule, outcome = self.rule, told.said.outcome
        kind = kind_of(outcome, told.said.moot)
        rows, size = self._members.get(told.group, ([], 0))
        figures = dict(told.figures)
        figures |= {name: named.get(told.group, []) for name, named in self._named.items()}
        missing = self._missing.get(told.group, []) if kind is Kind.GAP else []
        missing_more = len(missing) > MOST_MISSING
        missing = missing[:MOST_MISSING]
        needs = told.said.acceptance_needs
        if needs:
            missing = self._leads_unknown(told) if LEAD in needs else []
            missing_more = len(missing) > MOST_MISSING
        reasons = self._reasons() if kind is Kind.GAP and not missing and not needs else []
        unmet = self._unmet(told, figures)
        return result_head(rule, told.group, told.of_case) | {
            "outcome": outcome.value,
            "kind": None if kind is None else kind.value,
            "moot": told.said.moot,
            "severity": told.said.severity,
            "severity_least": told.said.severity_least,
            "gate": False,
            "message": self._message(told, unmet, figures, len(missing), missing_more, reasons),
            "unmet": unmet,
            "missing": missing,
            "missing_more": missing_more,
            "reasons": reasons,
            "figures": {
                name: figure(figures[name])
                for name in (
                    *([POSITION, PEERS] if rule.rank is not None else []),
                    *(one.name for one in rule.figures),
                )
                if name in figures
            },
            "cases": [
                {"id": name, "title": title, "certain": sure, "decides": sure}
                for _, name, title, sure in rows
            ],
            "cases_more": size - len(rows),
            "facts": [],
            "actions": actions(rule, self.within.today, self.within.checker.strategy.holidays)
            if kind
            else [],
            "because": rule.because,
            "basis": list(rule.basis),
            "accepted_by": accepted_by(told.said),
        }

    # exceptions

    def _with_exceptions(self, told: _Told) -> _Told:
        """What is said once exceptions are taken into account."""
        accepting = self.within.accepting
        if not accepting.names(self.rule, told.group, told.of_case):
            return told
        leads = leads_of(self.rule, self._leads(told))
        said = accepting.judge(self.rule, told.group, told.of_case, told.said, leads)
        return replace(told, said=said)

    def _meet_exceptions(self) -> None:
        """Note of which exceptions to a ranked case there is such a case."""
        for about in self.within.accepting.abouts(self.rule):
            query = f'SELECT 1 FROM everyone AS m JOIN f ON f."{ROW}" = m.row'
            if self._run(f"{query} WHERE m.grp = ? AND f.id = ?", about[1:]).fetchall():
                self.within.accepting.meet(about)

    def _leads(self, told: _Told) -> list[tuple[Value, bool]]:
        """Who leads on the cases of a group, or on the one case, and whether it is certain that
        they are in it; each pair once."""
        column = self.within.features.lead
        if column is None:
            return [(UNKNOWN, True)]
        pairs = self._fetch(
            f'SELECT DISTINCT f."{column}"[1].name, f."{column}" IS NULL, m.sure'
            f' FROM ({self._about(told)}) AS m JOIN f ON f."{ROW}" = m.row ORDER BY ALL'
        )
        return [
            (UNKNOWN if open_ else NONE if name is None else name, sure)
            for name, open_, sure in pairs
        ]

    def _leads_unknown(self, told: _Told) -> list[dict[str, str]]:
        """The cases of a group of which it is not known who leads on them, and what else is not
        known of cases that may be in it."""
        column = self.within.features.lead
        open_ = "true" if column is None else f'f."{column}" IS NULL'
        rows = self._fetch(
            f'SELECT f.id FROM ({self._about(told)}) AS m JOIN f ON f."{ROW}" = m.row'
            f" WHERE {open_} ORDER BY m.row LIMIT {MOST_MISSING + 1}"
        )
        return [{"case": case, "path": LEAD} for (case,) in rows]

    def _about(self, told: _Told) -> str:
        """The cases that something is said of: each row, and whether it is certain."""
        if isinstance(told, _CaseTold):
            return f"SELECT {told.row} AS row, true AS sure"
        name = (told.group or "").replace("'", "''")
        named = f"SELECT row, sure FROM m WHERE grp = '{name}'"
        return f"{named} UNION ALL SELECT row, false FROM a ANTI JOIN ({named}) AS own USING (row)"

    def _listed(self, over: str, column: str | None, field: str) -> dict[str | None, Value]:
        """The titles or ids of the cases of each group of which a condition holds, those that are
        only possible as such."""
        condition = self._condition(column)
        if over == MARKED:
            condition = f"(m.mark AND {condition})"
        may = f"{condition} IS DISTINCT FROM false"
        found: dict[str | None, list[tuple[int, str, bool]]] = {grp: [] for grp in self._members}
        select = f"m.row, f.{field}, m.sure AND coalesce({condition}, false)"
        for grp, row, name, sure in self._by_group(select, may):
            found.setdefault(grp, []).append((row, name, sure))
        anywhere = self._fetch(
            f'SELECT m.row, f.{field}, false FROM a AS m JOIN f ON f."{ROW}" = m.row WHERE {may}'
            f" ORDER BY m.row LIMIT {MOST_CASES}"
        )
        made: dict[str | None, Value] = {}
        for grp, own in found.items():
            rows = {one[0] for one in own}
            more = [one for one in anywhere if one[0] not in rows]
            listing = sorted([*own, *more])[:MOST_CASES]
            made[grp] = listed([(name, sure) for _, name, sure in listing])
        return made

    def _missing_of_groups(self) -> dict[str | None, list[dict[str, str]]]:
        """Of which cases of each group something is not known that the rule asks, and the facts it
        rests on: so many that it shows whether there are more than are told."""
        features = {one.name: one for one in self.within.features.columns}
        column = self.column
        asked = [column.of, column.group_by, column.mark, *column.conditions.values()]
        asked += column.values.values()
        found: dict[str | None, dict[tuple[str, str], None]] = {}
        everywhere: list[tuple[str, str]] = []
        of = "true" if column.of is None else f'f."{column.of}"'
        for name in dict.fromkeys(asked):
            if name not in features:
                continue
            open_ = f'f."{name}" IS NULL'
            if features[name].kind == "names":
                open_ = _open(f'f."{name}"')
            paths = self.within._reads.of(features[name].node)
            for grp, case in self._by_group("f.id", open_, MOST_MISSING + 1):
                found.setdefault(grp, {}).update({(case, path): None for path in paths})
            reads_all = any(one.over == PORTFOLIO for one in column.parts.aggregates)
            source = "f" if reads_all else f'a JOIN f ON f."{ROW}" = a.row'
            rows = self._fetch(
                f"SELECT f.id FROM {source} WHERE {open_} AND {of} IS DISTINCT FROM false"
                f' ORDER BY f."{ROW}" LIMIT {MOST_MISSING}'
            )
            everywhere += [(case, path) for (case,) in rows for path in paths]
        common = dict.fromkeys(everywhere)
        return {
            grp: [
                {"case": case, "path": path}
                for case, path in islice(chain(found.get(grp, ()), common), MOST_MISSING + 1)
            ]
            for grp in self._members
        }

    def _reasons(self) -> list[str]:
        """Why the rule cannot be decided, where no fact of its own is missing."""
        if self.rule.rank is not None:
            return ["too little is known of the cases to tell their order"]
        rules = [one for one in self.column.conditions.values() if one and one.startswith(BROKEN)]
        return [
            f"of some cases it is not known whether {rule} is broken"
            for rule in dict.fromkeys(one.removeprefix(BROKEN) for one in rules)
        ]

    def _unmet(self, told: _Told, figures: Mapping[str, Value]) -> list[str]:
        found = []
        for index in told.said.unmet:
            one = self.rule.require[index]
            if one.unmet is None:
                found.append(f"it does not hold that {one.text}")
            else:
                found.append(fill(one.unmet, lambda name: self._word(told, name, figures)))
        return found

    def _message(
        self,
        told: _Told,
        unmet: list[str],
        figures: Mapping[str, Value],
        missing: int,
        missing_more: bool,
        reasons: list[str],
    ) -> str:
        if told.said.unmet and not told.said.acceptance_needs:
            phrase = joined(unmet)
            return fill(self.rule.finding, lambda name: self._word(told, name, figures, phrase))
        return other_message(told.said, missing, missing_more, reasons)

    def _word(self, told: _Told, name: str, figures: Mapping[str, Value], unmet: str = "") -> str:
        if name == UNMET:
            return unmet
        first, *steps = name.split(".")
        if first == GROUP:
            return UNNAMED if told.group is None else told.group
        if first == TITLE and isinstance(told, _CaseTold):
            return told.title
        if first in figures:
            units = {one.name: one.unit for one in self.rule.figures}
            return said(figures[first], units.get(first))
        strategy = self.within.checker.strategy
        if first in strategy.parameters:
            given = self.within.checker.names.parameters[first]
            return spoken(given, strategy.parameters[first].unit)
        if first == CASES and steps in (["title"], ["id"]):
            rows, _ = self._members.get(told.group, ([], 0))
            return said([one[2 if steps == ["title"] else 1] for one in rows if one[3]])
        return "(not known)"


@dataclass(frozen=True, slots=True)
class _CaseTold(_Told):
    """What a rule says of one case."""

    row: int
    case: str
    title: str

    @property
    def of_case(self) -> str | None:
        return self.case


class _Evaluating:
    """What is left of a rule's expressions, evaluated over aggregates."""

    def __init__(self, one: _OneRule) -> None:
        self.one = one
        self.rule = one.rule
        parts, checker = one.column.parts, one.within.checker
        facts = {aggregate_name(index): ANY for index in range(len(parts.aggregates))}
        fields = {**facts, GROUP: TEXT, POSITION: NUMBER, PEERS: NUMBER}
        known = {figure.name: figure.type for figure in one.rule.figures}
        names = Names(ContextType(fields=fields), known, checker.names.parameters)
        compiler = Compiler(names)

        def compiled(node: Node) -> Code:
            return compiler.compile(node, None)

        self.figures = {name: compiled(node) for name, node in parts.figures.items()}
        self.when = None if parts.when is None else compiled(parts.when)
        self.require = [compiled(node) for node in parts.require]
        self.steps = [(level, compiled(node)) for level, node in parts.severity_when]
        nodes = [
            *parts.figures.values(),
            *parts.require,
            *(node for _, node in parts.severity_when),
        ]
        nodes += [parts.when] if parts.when is not None else []
        self._reads_group = any(
            isinstance(part, Name) and part.name == GROUP for node in nodes for part in walk(node)
        )
        self._when_reads = self._aggregates_of(parts.when)
        self._known: dict[Any, _Told] = {}
        self._applies: dict[Any, Value] = {}

    def _aggregates_of(self, node: Node | None) -> list[int]:
        """The aggregates that an expression reads, through figures too."""
        figures = self.one.column.parts.figures
        found: set[int] = set()
        pending = [] if node is None else [node]
        while pending:
            for part in walk(pending.pop()):
                if isinstance(part, Name) and part.name.startswith("~"):
                    found.add(int(part.name[1:]))
                elif isinstance(part, Name) and part.name in figures:
                    pending.append(figures[part.name])
        return sorted(found)

    def _frame(
        self, group: str | None, values: Sequence[Value], more: Mapping[str, Value]
    ) -> Frame:
        facts = {
            aggregate_name(index): value
            for index, value in enumerate(values)
            if value is not UNKNOWN
        }
        facts |= {name: value for name, value in more.items() if value is not UNKNOWN}
        if group is not None:
            facts[GROUP] = group
        frame = new_frame(facts, self.one.within.today, codes=self.figures)
        for name, code in self.figures.items():
            frame[DEFINED][name] = code.value(frame)
        return frame

    def told(
        self,
        group: str | None,
        exists: bool,
        values: tuple[Value, ...],
        more: Mapping[str, Value] | None = None,
    ) -> _Told:
        """What the rule says of a group with these aggregates."""
        more = more or {}
        # Nearly all groups are alike in what decides whether the rule applies at all.
        name = group if self._reads_group else None
        place = tuple(sorted(more.items(), key=lambda one: one[0]))
        if self.when is not None:
            key = name, place, tuple(values[index] for index in self._when_reads)
            if key not in self._applies:
                self._applies[key] = self.when.value(self._frame(name, values, more))
            if self._applies[key] is False:
                values = ()
        whole = name, place, exists, values
        known = self._known.get(whole)
        if known is None:
            frame = self._frame(group, values, more)
            applies: Value = True
            if self.when is not None:
                applies = self._applies[key]
            found = judge(
                self.rule,
                applies,
                [code.value(frame) for code in self.require],
                [(level, code.value(frame)) for level, code in self.steps],
                exists,
            )
            figures = {name: more.get(name, UNKNOWN) for name in (POSITION, PEERS) if more}
            known = self._known[whole] = _Told(group, found, {**figures, **frame[DEFINED]}, exists)
        return known if known.group == group else _Told(group, known.said, known.figures, exists)

    def rank(self, bounds: tuple[int, ...]) -> Value:
        """The number by which a case is ordered, from what its check came to."""
        low, high, serious_low, serious_high = bounds
        ends = (low, high), (serious_low, serious_high)
        result = {name: logic.span(*pair) for name, pair in zip(_RANKED, ends, strict=True)}
        return self._rank.value(new_frame({f"~{name}": value for name, value in result.items()}))

    @cached_property
    def _rank(self) -> Code:
        """The expression of the rank, in which each field of `result` is a name of its own."""
        from ..portfolio.aggregates import rebuilt

        def turned(part: Node) -> Node:
            return Name(f"~{part.field}") if isinstance(part, Path) else rebuilt(part, turned)

        assert self.rule.rank is not None
        fields = {f"~{name}": NUMBER for name in _RANKED}
        compiler = Compiler(Names(ContextType(fields=fields)))
        return compiler.compile(turned(self.rule.rank), None)


def _value(one: Aggregate, sums: Mapping[str, Any]) -> Value:
    """An aggregate from what was added up."""
    if one.kind == COUNT:
        return logic.span(sums["low"], sums["high"])
    if one.kind == EVERY:
        return False if sums["no"] else UNKNOWN if sums["open"] else True
    if one.kind == SOME:
        return True if sums["yes"] else UNKNOWN if sums["open"] else False
    assert one.kind == SUM
    if not sums["sure"] or sums["unknown"]:
        return UNKNOWN
    low, high = (logic.exact(Fraction(sums[end])) for end in ("low", "high"))
    return low if low == high else Span(low, high)


def _open(names: str) -> str:
    """May a list of names hold one that is not known?"""
    return f"({names} IS NULL OR len(list_filter({names}, lambda x: x.name IS NULL)) > 0)"
