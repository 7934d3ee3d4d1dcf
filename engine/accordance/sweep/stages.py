"""A relation built stage by stage: each stage adds columns to all those of the stage before.

Every stage is compiled alone and they become one query of common table expressions: Ibis takes
much longer over one deep expression than over many flat ones, and the database computes a column of
a stage once, however often the next stage reads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.schema as sch
from ibis.common.exceptions import IbisError

from .gathering import ASKED, MOST, Gatherer, column_name
from .limits import NotCompiled

if TYPE_CHECKING:
    import sqlglot.expressions as sge

    from .dialects import Dialect


class Stages:
    """Stages over a table of a name and schema, for one kind of database."""

    def __init__(self, name: str, schema: sch.Schema, dialect: Dialect) -> None:
        self._dialect = dialect
        self._names = list(schema.names)
        self._selects: list[tuple[str, sge.Select]] = []
        self.gatherer = Gatherer()
        # The answers to what is gathered are there when they are needed.
        asked = {column_name(number): "int64" for number in range(MOST)}
        self.table: ibis.Table = ibis.table({**dict(schema.items()), **asked}, name=name)

    def add(self, columns: Mapping[str, Any]) -> ibis.Table:
        """The table with more columns; one that is there already is replaced."""
        if not columns:
            return self.table
        select = self._select(columns)
        known = [name for name in columns if name in self.table.columns]
        self._go_on(select, self._names, known)
        self._names = [name for name in self._names if name not in columns] + list(columns)
        schema = dict(self.table.schema().items())
        for name in known:
            del schema[name]
        schema |= {name: column.type() for name, column in columns.items()}
        self._named(select, ibis.schema(schema))
        return self.table

    def keep(self, columns: Mapping[str, Any]) -> None:
        """The last stage: these columns and no others."""
        self._named(self._select(columns), self.table.select(**columns).schema())

    def _select(self, columns: Mapping[str, Any]) -> sge.Select:
        made = self._compiled(columns)
        name: str | None = None
        names = self._names
        for gathered in self.gatherer.columns():
            try:
                before = self._compiled(gathered)
            except NotCompiled as error:
                raise NotCompiled(_reader(made, error.column), error.reason) from None
            self._go_on(before, names)
            names = [*names, *gathered]
            _read_from(before, name)
            name = f"stage{len(self._selects)}"
            self._selects.append((name, before))
        _read_from(made, name)
        return made

    def _compiled(self, columns: Mapping[str, Any]) -> sge.Select:
        try:
            made = self._dialect.select(self.table.select(**columns))
        except IbisError as error:
            for name, column in columns.items() if len(columns) > 1 else ():
                self._compiled({name: column})
            raise NotCompiled(next(iter(columns)), str(error)) from None
        _enclose(made)
        return made

    def _go_on(
        self, select: sge.Select, names: Sequence[str], replaced: Sequence[str] = ()
    ) -> None:
        """Let a stage have the columns of the one before too, but for those that it replaces."""
        others = self._dialect.passed_on(names, replaced)
        select.set("expressions", [*others, *select.expressions])

    def _named(self, select: sge.Select, schema: sch.Schema) -> None:
        name = f"stage{len(self._selects)}"
        self._selects.append((name, select))
        self.table = ibis.table(schema, name=name)

    def sql(self, before: Mapping[str, str] | None = None) -> str:
        """The query for the last stage; `before` are queries by the names that it reads."""
        *earlier, (_, last) = self.queries()
        named = {**(before or {}), **dict(earlier)}
        if not named:
            return last
        quoted = self._dialect.quoted
        parts = ", ".join(f"{quoted(name)} AS ({query})" for name, query in named.items())
        return f"WITH {parts} {last}"

    def queries(self) -> list[tuple[str, str]]:
        """The query of each stage and its name; each reads the stage before."""
        dialect = self._dialect
        return [(name, dialect.text(select)) for name, select in dialect.trimmed(self._selects)]

    def one_by_one(self, stage: str) -> Iterator[tuple[str, str]]:
        """Each column that a stage makes, and the query for it alone. What is gathered goes by the
        name of a column for which it was asked."""
        import sqlglot.expressions as sge

        selects = dict(self._selects)
        after = [select for name, select in self._selects[list(selects).index(stage) + 1 :]]
        for column in selects[stage].expressions:
            if isinstance(column, sge.Column):
                continue  # it only passes
            alone = selects[stage].copy()
            alone.set("expressions", [column.copy()])
            name = column.alias_or_name
            if name.startswith(ASKED):
                name = next((found for one in after if (found := _reader(one, name)) != name), name)
            yield name, self._dialect.text(alone)


def _reader(select: sge.Select, column: str) -> str:
    """A column of a stage that reads another one; that one where none does."""
    import sqlglot.expressions as sge

    for one in select.expressions:
        if one.alias_or_name != column and any(
            read.name == column for read in one.find_all(sge.Column)
        ):
            return str(one.alias_or_name)
    return column


def _read_from(select: sge.Select, name: str | None) -> None:
    """Let a stage read another one than it was made over."""
    import sqlglot.expressions as sge

    if name is not None:
        for table in select.find_all(sge.Table):
            table.set("this", sge.to_identifier(name, quoted=True))


def _enclose(select: sge.Select) -> None:
    """Put `not` in brackets where more is asked of it: Ibis writes `NOT a IS NULL` for what would
    be read as `NOT (a IS NULL)`."""
    import sqlglot.expressions as sge

    for node in list(select.find_all(sge.Not)):
        above = node.parent
        if isinstance(node.this, sge.Null) or isinstance(above, sge.Connector):
            continue  # `IS NOT NULL`, `a AND NOT b`
        if isinstance(above, sge.Binary | sge.In):
            brackets = sge.Paren()
            node.replace(brackets)
            brackets.set("this", node)
