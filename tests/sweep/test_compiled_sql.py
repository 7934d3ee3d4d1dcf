"""The query that the relational plan becomes uses nothing of SQL that means otherwise what is not
known: aggregates over lists that may hold null, membership, division, bare overflow."""

from __future__ import annotations

import datetime as dt
import re
import warnings

import pytest
import sqlglot
from sqlglot import expressions as sge

from accordance.plan.planning import plan
from accordance.strategy.reading import load_strategy
from accordance.sweep.dialects import DuckDB
from accordance.sweep.relational import Relation

AGGREGATES = {"LIST_MAX", "LIST_MIN", "LIST_SUM", "LIST_BIT_OR"}
"""What joins the items of a list; each is used on items of which none is null."""
MEMBERSHIP = {"ARRAY_CONTAINS"}
"""Asked of lists of words, of which none is null, and only for a word that is written out."""
NEVER = {"LIST_BOOL_AND", "LIST_BOOL_OR", "LIST_AVG", "LIST_CONTAINS", "LIST_DISTINCT"}


@pytest.fixture(scope="module")
def query() -> sge.Expression:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        relation = Relation(plan(load_strategy(None)), dt.date(2026, 1, 31))
        text = relation.query("facts", DuckDB())
    return sqlglot.parse_one(text, dialect="duckdb")


def test_nothing_is_divided_and_no_rows_are_joined_or_counted(query: sge.Expression) -> None:
    for kind in (sge.Div, sge.IntDiv, sge.Avg, sge.Sum, sge.Count, sge.Join, sge.Group, sge.In):
        assert query.find(kind) is None, kind


def test_no_function_that_skips_what_is_null(query: sge.Expression) -> None:
    called = set(re.findall(r"\b(LIST_[A-Z_]+|ARRAY_[A-Z_]+)\(", query.sql("duckdb")))
    assert not called & NEVER
    assert called & AGGREGATES


def test_lists_that_are_joined_hold_no_null(query: sge.Expression) -> None:
    """Each is made by a lambda that ends in something that is never null."""
    text = query.sql("duckdb")
    assert "LIST_SUM(LIST_APPLY(" in text
    for name in AGGREGATES:
        for found in re.finditer(rf"\b{name}\((\w+)", text):
            assert found[1] in ("LIST_APPLY", "LIST_FILTER"), text[found.start() :][:200]


def test_membership_is_asked_of_a_written_word_alone(query: sge.Expression) -> None:
    text = query.sql("duckdb")
    for name in MEMBERSHIP:
        for found in re.finditer(rf"\b{name}\(", text):
            assert re.match(r".{0,200}?, '[^']*'\)", text[found.end() :]), text[found.start() :][
                :200
            ]
