"""Spark: the stages of the plan, one after the other, over facts that DuckDB scanned.

Facts and answers go to and fro as Parquet in a folder that this machine and Spark's workers see.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq
from py4j.protocol import Py4JError
from pyspark import SparkContext
from pyspark.errors import AnalysisException, ParseException, PySparkException
from pyspark.sql import DataFrame, SparkSession

from ..problem import Code, Place, Problem, Refused
from .answers import ROW
from .database import FACTS, MEMORY, Columns
from .dialects import Spark
from .features import FeatureQuery, Features, feature_query
from .relational import Relation
from .scanning import named, quoted
from .sweeping import LOCAL_SPARK

if TYPE_CHECKING:
    from ..plan.planning import Plan

LOCAL_MEMORY: Final = "4GB"
PACKED: Final = "packed"

SESSION: Final = {
    # No operation of the plan overflows, divides by zero or reads a text that it has not looked
    # at; where Spark computes a branch that is not taken, that is to be null and no failure.
    "spark.sql.ansi.enabled": "false",
    # A product of decimals keeps all its places.
    "spark.sql.decimalOperations.allowPrecisionLoss": "false",
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
    # Days before 1582 are those of the calendar of today, as in DuckDB.
    "spark.sql.parquet.datetimeRebaseModeInRead": "CORRECTED",
    "spark.sql.parquet.datetimeRebaseModeInWrite": "CORRECTED",
    # The texts and names in queries are as they are written.
    "spark.sql.variable.substitute": "false",
    "spark.sql.parser.escapedStringLiterals": "false",
    "spark.sql.parser.quotedRegexColumnNames": "false",
    "spark.sql.ansi.doubleQuotedIdentifiers": "false",
    # Code is not worth making: it takes longer to compile than to do without. Nor is looking for
    # what is computed twice: each stage is made of what the stage before computed.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.subexpressionElimination.enabled": "false",
}
LOGGING: Final = """\
rootLogger.level = error
rootLogger.appenderRef.stderr.ref = stderr
appender.stderr.type = Console
appender.stderr.name = stderr
appender.stderr.target = SYSTEM_ERR
appender.stderr.layout.type = PatternLayout
appender.stderr.layout.pattern = spark: %m%n
logger.gateway.name = org.apache.spark.api.python.PythonGatewayServer
logger.gateway.level = error
"""


class SparkColumns(Columns):
    """A plan made ready for Spark. DuckDB scans the records, and holds those vouched for."""

    def __init__(
        self,
        plan: Plan,
        today: dt.date,
        master: str,
        shared: str | None = None,
        threads: int | None = None,
        memory: str | None = None,
        features: Features | None = None,
    ) -> None:
        """`master` is LOCAL_SPARK or the address of a cluster; `shared` is a folder that its
        workers see. Raises Refused where Spark cannot be started."""
        self._spark = Session(master, shared, threads, memory)
        try:
            super().__init__(plan, today, threads, memory or MEMORY, features)
        except BaseException:
            self._spark.close()
            raise

    def close(self) -> None:
        try:
            self._spark.close()
        finally:
            super().close()

    def _prepare(self, plan: Plan, today: dt.date, features: Features | None) -> None:
        self._plan, self._today = plan, today

        def made() -> list[tuple[str, str]]:
            return self._relation().stages.queries()

        self._queries: list[tuple[str, str]] = self._kept("spark", plan, today, made)
        self._packed: FeatureQuery | None = None
        if features is not None:
            self._packed = feature_query(plan, today, features, FACTS, Spark())

    def _relation(self) -> Relation:
        relation = Relation(self._plan, self._today)
        relation.query(FACTS, Spark(), self._note_demands)
        return relation

    def _answered(self) -> tuple[pa.Table, pa.Table | None]:
        connection, spark = self._connection, self._spark
        path = os.path.join(spark.folder, f"{FACTS}.parquet")
        connection.execute(f"COPY {named(FACTS)} TO {quoted(path)} (FORMAT parquet)")
        try:
            spark.read(FACTS, path)
            found = spark.computed(self._queries)
            if self._packed is None:
                return found, None
            packed = spark.computed(self._packed.stages.queries())
        except NotAnalysed as error:
            raise self._refusal(error) from None
        finally:
            spark.forget(FACTS)
            os.remove(path)
        with self.known_as(PACKED, packed):
            return found, connection.sql(self._packed.over(named(PACKED))).to_arrow_table()

    def _refusal(self, error: NotAnalysed) -> Refused:
        """Which expression it is that Spark cannot compute."""
        relation = self._relation()
        if error.query in relation.stages.queries():
            for column, query in relation.stages.one_by_one(error.query[0]):
                reason = self._spark.fault(query)
                if reason is not None:
                    return relation.refusal(column, f"Spark cannot compute it: {reason}")
        said = "what the rules over the portfolio ask of each case cannot be swept"
        return Refused(
            Problem(Code.ENGINE_LIMIT, f"{said}: Spark cannot compute it: {error.reason}")
        )


class NotAnalysed(Exception):
    """A stage that Spark has no words for."""

    def __init__(self, query: tuple[str, str], reason: str) -> None:
        super().__init__(reason)
        self.query = query
        self.reason = reason


class Session:
    """A session of Spark, and the folder through which facts come and answers go."""

    def __init__(
        self, master: str, shared: str | None, threads: int | None, memory: str | None
    ) -> None:
        try:
            self.folder = tempfile.mkdtemp(prefix="accordance-spark-", dir=shared)
            if shared is not None:
                # Who may use the folder that was named may use this one.
                os.chmod(self.folder, stat.S_IMODE(os.stat(shared).st_mode))
        except OSError as error:
            said = f"facts cannot be put there for Spark: {error.strerror}"
            raise Refused(
                Problem(Code.FILE_UNWRITABLE, said, Place(shared or tempfile.gettempdir()))
            ) from None
        self._was_there = SparkContext._active_spark_context is not None
        try:
            self._session = _session(master, self.folder, threads, memory)
        except BaseException:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def close(self) -> None:
        if not self._was_there:
            self._session.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def read(self, name: str, path: str) -> None:
        """Let a table of a name have the rows of a file."""
        frame = self._session.read.parquet(path)
        self._hold(name, frame.repartition(self._session.sparkContext.defaultParallelism))

    def forget(self, name: str) -> None:
        self._session.catalog.dropTempView(name)

    def computed(self, queries: Sequence[tuple[str, str]]) -> pa.Table:
        """What the last of some queries comes to, in the order of ROW; each reads the one before.

        Raises NotAnalysed, and Refused where Spark breaks off.
        """
        before: str | None = None
        for name, query in queries:
            try:
                frame = self._session.sql(query)
            except (AnalysisException, ParseException) as error:
                raise NotAnalysed((name, query), _in_short(error)) from None
            except (Py4JError, PySparkException) as error:
                raise _broken_off(error) from None
            self._hold(name, frame)
            if before is not None:
                self.forget(before)
            before = name
        assert before is not None
        try:
            return self._collected(before)
        finally:
            self.forget(before)

    def fault(self, query: str) -> str | None:
        """What Spark has against a query; None for nothing."""
        try:
            self._session.sql(query)
        except (Py4JError, PySparkException) as error:
            return _in_short(error)
        return None

    def _hold(self, name: str, frame: DataFrame) -> None:
        """Compute a table, and let it go by a name."""
        try:
            frame.localCheckpoint().createOrReplaceTempView(name)
        except (Py4JError, PySparkException) as error:
            raise _broken_off(error) from None

    def _collected(self, name: str) -> pa.Table:
        path = os.path.join(self.folder, "answers")
        frame = self._session.table(name)
        try:
            frame.write.parquet(path)
            rows = frame.count()
        except (Py4JError, PySparkException) as error:
            raise _broken_off(error) from None
        found = pq.read_table(path)
        shutil.rmtree(path)
        if found.num_rows != rows:
            said = f"Spark's workers wrote {rows} rows, of which {found.num_rows} are here"
            help_ = "name by `--shared` a folder that this machine and the workers see"
            raise Refused(Problem(Code.USAGE, said, Place(self.folder), help_))
        return found.sort_by(ROW)


def _session(master: str, folder: str, threads: int | None, memory: str | None) -> SparkSession:
    if shutil.which("java", path=_java_path()) is None:
        help_ = (
            "install Java 17 (Debian: apt-get install openjdk-17-jre-headless), or set JAVA_HOME"
        )
        raise Refused(Problem(Code.USAGE, "Spark needs Java, which is not here", None, help_))
    logging = os.path.join(folder, "log4j2.properties")
    with open(logging, "w", encoding="utf-8") as file:
        file.write(LOGGING)
    builder = SparkSession.builder.appName("accordance").config(
        map={
            "spark.master": f"local[{threads or '*'}]" if master == LOCAL_SPARK else master,
            "spark.ui.enabled": "false",
            "spark.ui.showConsoleProgress": "false",
            "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={logging}",
            "spark.driver.memory": re.sub(r"^(\d+) ?([MG])i?B$", r"\1\2", memory or LOCAL_MEMORY),
        }
    )
    try:
        session = builder.getOrCreate().newSession()
    except (Py4JError, PySparkException) as error:
        said = f"Spark did not start on {master}: {_in_short(error)}"
        help_ = "look whether the cluster runs, and runs the version of pyspark that is here"
        raise Refused(Problem(Code.USAGE, said, None, help_)) from None
    for name, value in SESSION.items():
        session.conf.set(name, value)
    return session


def _java_path() -> str | None:
    home = os.environ.get("JAVA_HOME")
    return os.path.join(home, "bin") if home else None


def _broken_off(error: Exception) -> Refused:
    help_ = "where it lacks memory, give it more by `--memory`, or in the settings of the cluster"
    return Refused(Problem(Code.ENGINE_LIMIT, f"Spark broke off: {_in_short(error)}", None, help_))


def _in_short(error: Exception) -> str:
    """The first line of what Spark says, which says most."""
    said: Any = getattr(error, "java_exception", None)
    lines = (said.toString() if said is not None else str(error)).strip().splitlines()
    return lines[0][:300] if lines else type(error).__name__
