"""Which cases came out otherwise than in a run before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from ..strategy.model import Strategy
from .answers import ANSWERS, ROW
from .run_files import OUTCOMES
from .run_reading import Run

if TYPE_CHECKING:
    import pyarrow as pa

PERFORMED: Final = 200
"""So many of the cases that changed are performed again at most."""


class Against:
    """Compares the cases of a run with those of the same id in a run before: a case changed where
    a rule of both says otherwise, or the verdict or opinion."""

    def __init__(self, before: Run, strategy: Strategy) -> None:
        import duckdb

        self._before = before
        self._connection = duckdb.connect()
        now = {rule.id for rule in strategy.rules}
        rules = [rule["rule"] for rule in before.rules if rule["rule"] in now]
        self._compared = [*ANSWERS, *rules]
        self._columns = ["id", *self._compared]
        before.check_files()
        wanted = ", ".join(map(_name, self._columns))
        self._connection.execute(
            f"CREATE TABLE before AS SELECT {wanted} FROM read_parquet($path)",
            {"path": before.path(OUTCOMES)},
        )
        self._changed: list[int] = []
        self._common = 0
        self._new = 0

    def add(self, table: pa.Table) -> None:
        """More cases of this run."""
        differs = " OR ".join(
            f"now.{_name(name)} IS DISTINCT FROM before.{_name(name)}" for name in self._compared
        )
        self._connection.register("now", table.select([ROW, *self._columns]))
        try:
            found = self._connection.execute(
                f"SELECT now.{_name(ROW)}, before.id IS NULL, {differs}"
                " FROM now LEFT JOIN before ON now.id = before.id"
                f" WHERE before.id IS NULL OR {differs}"
            ).fetchall()
        finally:
            self._connection.unregister("now")
        new = sum(1 for _, is_new, _ in found if is_new)
        self._new += new
        self._common += table.num_rows - new
        self._changed += [row for row, is_new, _ in found if not is_new]

    def changed(self, seed: int) -> list[int]:
        """The rows of cases that changed and are performed again, drawn by lot."""
        import numpy as np

        from .sweeping import drawn

        return sorted(drawn(np.array(self._changed, dtype=np.int64), seed, PERFORMED))

    def found(self, performed: int) -> dict[str, Any]:
        """What the comparison came to, for the manifest."""
        self._connection.close()
        manifest = self._before.manifest
        return {
            "digest": self._before.digest,
            "strategy_digest": manifest["strategy"]["digest"],
            "evaluated_on": manifest["evaluated_on"],
            "cases": manifest["counts"]["cases"],
            "changed": len(self._changed),
            "new": self._new,
            "gone": manifest["counts"]["cases"] - self._common,
            "performed_again": performed,
            "differences": 0,
        }


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
