"""Where the partnerships of a run stand, theme by theme: the heat map, read off its outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from ..strategy.model import SEVERITIES
from .answers import (
    ACCEPTED,
    ANSWERS,
    COMPLIANT,
    LINE,
    MOOT,
    NOT_APPLICABLE,
    SEVERITY_WORDS,
    SOURCE,
    theme_column,
)
from .run_files import OUTCOMES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from .run_reading import Run

SCHEMA: Final = "accordance/portfolio/1"
MOST: Final = 200
"""So many partnerships, the worst, are told one by one unless more are asked for."""
_KINDS: Final = ("breaches", "gaps")


def standing(run: Run, most: int | None = MOST) -> dict[str, Any]:
    """The partnerships of a run, the worst first, with the worst finding of each theme; how many
    there are; and for each theme in how many everything that applies is met.

    The worst is the one with most critical breaches, then high ones and so on, then gaps alike.
    """
    import duckdb

    with duckdb.connect() as connection:
        path = run.path(OUTCOMES).replace("'", "''")
        connection.execute(f"CREATE VIEW run AS SELECT * FROM read_parquet('{path}')")
        return _Standing(connection, run.manifest).document(most)


def summary_of_run(run: Run) -> dict[str, Any]:
    """The summary of a stored run, as the sweep that made it gave it."""
    from .across import in_short
    from .summary import Counting

    counting = Counting(run.rules)
    for table in run.tables():
        counting.add(table)
    for table in run.rejected_tables():
        counting.add_rejected(table)
    summary = counting.summary(run.manifest)
    across = run.portfolio()
    if across is not None:
        summary["portfolio"] = in_short(across)
    return summary


class _Standing:
    def __init__(self, connection: DuckDBPyConnection, manifest: Mapping[str, Any]) -> None:
        self._connection = connection
        self._manifest = manifest
        self._themes: dict[str, str] = manifest["themes"]
        self._rules: dict[str, list[str]] = {
            prefix: [one["rule"] for one in manifest["rules"] if one["theme"] == theme]
            for prefix, theme in self._themes.items()
        }

    def document(self, most: int | None) -> dict[str, Any]:
        manifest = self._manifest
        return {
            "schema": SCHEMA,
            "program": manifest["program"],
            "strategy": manifest["strategy"],
            "evaluated_on": manifest["evaluated_on"],
            "themes": list(self._themes.values()),
            "count": manifest["counts"]["cases"],
            "cases": self._cases(most),
            "good_practice": self._good_practice(),
        }

    def _cases(self, most: int | None) -> list[dict[str, Any]]:
        tallies = [f"{kind} {severity}" for kind in _KINDS for severity in SEVERITIES]
        columns = ["id", "title", "stage", "as_of", *ANSWERS, SOURCE, LINE, *tallies]
        wanted = [_name(column) for column in columns]
        for prefix in self._themes:
            wanted += [_name(theme_column(prefix, kind)) for kind in ("breach", "gap")]
            wanted += [self._any(prefix, ACCEPTED), self._any(prefix, COMPLIANT)]
        order = ", ".join(f"{_name(tally)} DESC" for tally in tallies)
        limit = "" if most is None else f" LIMIT {most}"
        rows = self._connection.execute(
            f"SELECT {', '.join(wanted)} FROM run ORDER BY {order}, id{limit}"
        ).fetchall()
        return [
            self._case(dict(zip(columns, row, strict=False)), row[len(columns) :]) for row in rows
        ]

    def _case(self, row: dict[str, Any], themes: tuple[Any, ...]) -> dict[str, Any]:
        states = {}
        for at, theme in enumerate(self._themes.values()):
            breach, gap, accepted, met = themes[4 * at : 4 * at + 4]
            states[theme] = {
                "breach": _severity(breach),
                "gap": _severity(gap),
                "accepted": accepted,
                "met": met,
            }
        return {
            "id": row["id"],
            "title": row["title"],
            "stage": row["stage"],
            "as_of": row["as_of"].isoformat() if row["as_of"] else None,
            **{name: row[name] for name in ANSWERS},
            **{
                kind: {severity: row[f"{kind} {severity}"] for severity in SEVERITIES}
                for kind in _KINDS
            },
            "themes": states,
            "source": row[SOURCE],
            "line": row[LINE],
        }

    def _any(self, prefix: str, code: int) -> str:
        """Does a rule of the theme have this outcome?"""
        return _joined(" OR ", [f"{_name(rule)} = {code}" for rule in self._rules[prefix]])

    def _good_practice(self) -> list[dict[str, Any]]:
        """By theme in how many cases something applies, and in how many all of that is met."""
        if not self._themes:
            return []
        counts = []
        for prefix in self._themes:
            names = [_name(rule) for rule in self._rules[prefix]]
            silent = f"({NOT_APPLICABLE}, {MOOT})"
            applies = _joined(" OR ", [f"{name} NOT IN {silent}" for name in names])
            every = ", ".join(map(str, (NOT_APPLICABLE, MOOT, COMPLIANT)))
            met = _joined(" AND ", [f"{name} IN ({every})" for name in names])
            counts.append(f"count(*) FILTER ({applies})")
            counts.append(f"count(*) FILTER ({applies} AND {met})")
        row = self._connection.execute(f"SELECT {', '.join(counts)} FROM run").fetchone()
        assert row is not None
        return [
            {"theme": theme, "applies": row[2 * at], "met": row[2 * at + 1]}
            for at, theme in enumerate(self._themes.values())
        ]


def _joined(word: str, conditions: list[str]) -> str:
    return f"({word.join(conditions)})" if conditions else "false"


def _severity(code: int) -> str | None:
    """The severity of a theme's worst finding, stored as one more than its number."""
    return SEVERITY_WORDS[code - 1] if code else None


def _name(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
