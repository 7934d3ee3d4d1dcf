"""Spark says what DuckDB and `check` say: of the whole language, of random expressions and
strategies, of what is told across a portfolio."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from accordance.check.checker import Checker
from accordance.facts.reading import load_case
from accordance.plan.planning import plan
from accordance.problem import Refused
from accordance.strategy.model import Strategy
from accordance.strategy.reading import load_strategy
from accordance.sweep import answers, dialects
from accordance.sweep.carriers import is_unsaid
from accordance.sweep.dialects import Dialect, DuckDB, Spark
from accordance.sweep.items import stored
from accordance.sweep.limits import NotRelational
from accordance.sweep.relational import Relation, facts_schema
from accordance.sweep.singly import RowWriter
from accordance.sweep.stages import Stages
from accordance.sweep.sweeping import LOCAL_SPARK
from tests.generating.expressions import any_expression
from tests.generating.facts import TODAY, case, readable
from tests.generating.strategies import strategy
from tests.generating.writing import case_text
from tests.laws.scale import FACTOR, SEED
from tests.laws.trials import Facts as CaseFacts
from tests.laws.trials import rules_of
from tests.portfolio.random_portfolios import SMALL, random_portfolio
from tests.sweep import features_of_the_language as language
from tests.sweep.relation import Facts, rows_of, stated
from tests.sweep.sweeping import said, sweep, write_lines

if TYPE_CHECKING:
    from accordance.sweep.spark import Session

pytestmark = [
    pytest.mark.needs("spark"),
    # Spark's own: sockets that it leaves to be closed when Python ends.
    pytest.mark.filterwarnings("ignore"),
]
START = SEED if FACTOR else 0
MODELS = 2 * FACTOR or 1
EXPRESSIONS = 30
CASES = 40
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def spark() -> Iterator[Session]:
    from accordance.sweep.spark import Session

    session = Session(LOCAL_SPARK, None, 1, "4GB")
    yield session
    session.close()


def on_spark(session: Session, stages: Stages, table: pa.Table) -> list[dict[str, Any]]:
    """What stages over the table `facts` come to."""
    path = os.path.join(session.folder, "given.parquet")
    pq.write_table(table, path)
    session.read("facts", path)
    try:
        found: list[dict[str, Any]] = session.computed(stages.queries()).to_pylist()
        return found
    finally:
        session.forget("facts")


# --- what databases read and write in their own ways ---------------------------------------------

TEXTS = (
    "",
    "plain",
    "it's",
    '"quoted"',
    "back\\slash",
    "\\n",
    "two\nlines",
    "tab\tand\rreturn",
    "100%_`$1`",
    "${spark.sql.ansi.enabled}",
    "é\u0301 \U0001f600",
    "/* no comment */ -- nor this",
)


def test_texts_and_names_are_written_as_they_are(spark: Session) -> None:
    names = [f"text `{at}` of $it" for at in range(len(TEXTS))]
    stages = Stages("facts", ibis.schema({answers.ROW: "int64", "t": "string"}), Spark())
    table = stages.add(
        {name: stages.table["t"] == text for name, text in zip(names, TEXTS, strict=True)}
    )
    stages.keep({answers.ROW: table[answers.ROW], **{name: table[name] for name in names}})
    rows = [{answers.ROW: at, "t": text} for at, text in enumerate(TEXTS)]
    found = on_spark(spark, stages, pa.Table.from_pylist(rows))
    assert [[name for name in names if row[name]] for row in found] == [[name] for name in names]


# --- the language --------------------------------------------------------------------------------


def test_all_of_the_language(workplace: Path, spark: Session) -> None:
    made = language.strategy(workplace / "strategy")
    write_lines("cases.ndjson", language.records())
    by_check = sweep(made, "cases.ndjson", out="check", engine="check")
    stored_run = sweep(made, "cases.ndjson", out="spark", engine=LOCAL_SPARK)
    assert said(stored_run) == said(by_check)
    engine = stored_run.manifest["engine"]
    assert (engine["name"], engine["by_columns"]) == ("spark", 15)
    by_duckdb = sweep(made, "cases.ndjson", out="duckdb", engine="duckdb")
    assert stored_run.manifest["files"] == by_duckdb.manifest["files"]


def test_random_expressions(spark: Session) -> None:
    compared = 0
    for number in range(MODELS):
        draw = random.Random(f"{START}/spark/{number}").randrange
        made = strategy(draw)
        scope = readable(made.model.type)
        asked = [any_expression(draw, scope) for _ in range(EXPRESSIONS)]
        given = [case(draw, made.model.type, rules_of(made)) for _ in range(CASES)]
        facts = Facts(made)
        on_duckdb = facts.answers(columns(made, asked, DuckDB()).sql(), given)
        found = on_spark(spark, columns(made, asked, Spark()), rows_of(made, given))
        facts.close()
        for expected, row in zip(on_duckdb, found, strict=True):
            differing = [key for key in expected if row[key] != expected[key]]
            assert not differing, (differing, given[row[answers.ROW]])
            compared += len(expected) - 1
    assert compared > EXPRESSIONS // 2 * CASES * MODELS


def columns(made: Strategy, asked: list[Any], dialect: Dialect) -> Stages:
    """The values of expressions, in columns named by the expressions."""
    relation = Relation(plan(made), TODAY)
    relation.stages = stages = Stages("facts", facts_schema(relation.plan), dialect)
    table = stages.table
    found: dict[str, Any] = {answers.ROW: table[answers.ROW]}
    for at, node in enumerate(asked):
        try:
            carrier = relation.say(
                table, relation.nothing, lambda made, _, node=node: made.carrier(node), str, None
            )
            if not is_unsaid(carrier):
                found[f"asked for {at}"] = stored(carrier)[0]
        except (Refused, NotRelational):
            continue
    stages.keep(found)
    return stages


def test_random_strategies(spark: Session) -> None:
    for number in range(MODELS):
        draw = random.Random(f"{START}/spark strategy/{number}").randrange
        made = strategy(draw, evidence=True)
        given = [case(draw, made.model.type, rules_of(made)) for _ in range(CASES)]
        agreeing(spark, made, [facts for facts in given if facts.get("as_of", TODAY) <= TODAY])


def agreeing(session: Session, made: Strategy, given: list[CaseFacts]) -> None:
    relation = Relation(plan(made), TODAY)
    try:
        relation.query("facts", Spark())
    except Refused as refused:
        assert "cannot be swept" in str(refused)
        return
    read = [
        load_case(made.model, data=case_text(facts).encode(), name="case.json") for facts in given
    ]
    rows = on_spark(session, relation.stages, rows_of(made, [stated(one) for one in read]))
    checker = Checker(made)
    sure = 0
    for one, row in zip(read, rows, strict=True):
        if row[answers.SURE]:
            sure += 1
            performed = RowWriter(checker.plan).row(
                one, checker.assess(one, TODAY), row[answers.ROW]
            )
            assert {key: row.get(key, value) for key, value in performed.items()} == performed
    checker.close()
    assert sure > 0.9 * len(given)


# --- whole runs ----------------------------------------------------------------------------------


def test_what_is_told_across_a_portfolio(workplace: Path, spark: Session) -> None:
    made = load_strategy(str(SMALL), cache=False)
    records = [json.loads(case_text(facts)) for facts in random_portfolio(1)]
    write_lines("cases.ndjson", records)
    runs = {
        engine: sweep(made, "cases.ndjson", out=engine, engine=engine)
        for engine in ("duckdb", LOCAL_SPARK)
    }
    assert runs[LOCAL_SPARK].manifest["files"] == runs["duckdb"].manifest["files"]
    assert Path(LOCAL_SPARK, "portfolio.json").is_file()


@pytest.mark.skipif(not FACTOR, reason="takes a minute: make crosscheck")
def test_the_shipped_strategy_on_every_case(workplace: Path, spark: Session) -> None:
    made = load_strategy(None)
    given = [str(path) for path in sorted((ROOT / "cases").rglob("*.facts.yaml"))]
    runs = {
        engine: sweep(made, *given, out=engine, engine=engine) for engine in ("duckdb", LOCAL_SPARK)
    }
    assert runs[LOCAL_SPARK].manifest["files"] == runs["duckdb"].manifest["files"]


def test_no_record_that_columns_answer_for(
    workplace: Path, small: Strategy, spark: Session
) -> None:
    write_lines("cases.ndjson", [{"id": "A"}, "no record"])
    stored_run = sweep(small, "cases.ndjson", engine=LOCAL_SPARK)
    assert stored_run.manifest["counts"] == {"records": 2, "cases": 0, "rejected": 2}


# --- refused -------------------------------------------------------------------------------------


def test_what_spark_cannot_compute_is_refused_by_name(
    workplace: Path, small: Strategy, spark: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCORDANCE_CACHE", "off")
    monkeypatch.setattr(
        dialects._SparkCompiler,
        "visit_Less",
        lambda self, op, *, left, right: self.f.anon.no_such_function(left, right),
        raising=False,
    )
    write_lines("cases.ndjson", [{"id": "A", "title": "A", "stage": "new", "n": 3}])
    with pytest.raises(Refused) as refused:
        sweep(small, "cases.ndjson", engine=LOCAL_SPARK)
    (problem,) = refused.value.problems
    assert problem.message.startswith(
        "`n < 10` of TT-01 cannot be swept: Spark cannot compute it: [UNRESOLVED_ROUTINE]"
    )
    assert str(problem.place) == f"{small.folder}/rules/theme.yaml:3:3"
    assert not Path("run").exists()


def test_workers_that_write_elsewhere(
    workplace: Path, small: Strategy, spark: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = pq.read_table
    monkeypatch.setattr(pq, "read_table", lambda path: read(path).slice(1))
    write_lines("cases.ndjson", [{"id": "A", "title": "A", "stage": "new"}])
    with pytest.raises(Refused, match="wrote 1 rows, of which 0 are here; name by `--shared`"):
        sweep(small, "cases.ndjson", engine=LOCAL_SPARK)
    assert not Path("run").exists()


def test_without_java(
    workplace: Path, small: Strategy, spark: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(workplace))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    write_lines("cases.ndjson", [{"id": "A", "title": "A", "stage": "new"}])
    with pytest.raises(Refused) as refused:
        sweep(small, "cases.ndjson", engine=LOCAL_SPARK)
    assert str(refused.value) == (
        "Spark needs Java, which is not here; install Java 17 (Debian: apt-get install"
        " openjdk-17-jre-headless), or set JAVA_HOME [usage]"
    )
