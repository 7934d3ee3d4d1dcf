"""What changed against the run before: counted, and performed again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from accordance.problem import Refused
from accordance.strategy.model import Strategy
from accordance.sweep import performing
from accordance.sweep.run_reading import open_run
from tests.sweep.sweeping import facts, sweep, write_lines

OLD = [facts(f"P{n}", a=True, n=1, items=[]) for n in range(20)]


def new() -> list[dict[str, Any]]:
    """Three with other outcomes, one with other facts alone, two gone, one that is new."""
    records = [dict(one) for one in OLD[2:]]
    for one in records[:3]:
        one["a"] = False
    records[3]["n"] = 2
    return [*records, facts("NEW")]


@pytest.mark.usefixtures("libraries_may_warn")
@pytest.mark.parametrize("engine", ["check", "duckdb"])
def test_what_changed(workplace: Path, small: Strategy, engine: str) -> None:
    write_lines("old.ndjson", OLD)
    write_lines("new.ndjson", new())
    before = sweep(small, "old.ndjson", out="before")
    after = sweep(small, "new.ndjson", out="after", engine=engine, sample=2, baseline=before)
    assert after.manifest["baseline"] == {
        "digest": before.digest,
        "strategy_digest": small.digest,
        "evaluated_on": "2026-06-30",
        "cases": 20,
        "changed": 3,
        "new": 1,
        "gone": 2,
        "performed_again": 3,
        "differences": 0,
    }
    assert "3 cases changed, 1 new, 2 gone" in Path("after/summary.md").read_text()


@pytest.mark.usefixtures("libraries_may_warn")
def test_a_changed_case_that_check_sees_otherwise(
    workplace: Path, small: Strategy, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_lines("old.ndjson", OLD)
    write_lines("new.ndjson", new())
    before = sweep(small, "old.ndjson", out="before")
    performed = performing.differences
    seen: list[list[int]] = []

    def noting(singly: Any, sample: Any) -> Any:
        pairs = list(sample)
        seen.append([record.row for record, _ in pairs])
        return performed(singly, [(record, {**row, "verdict": "?"}) for record, row in pairs])

    monkeypatch.setattr("accordance.sweep.running.differences", noting)
    with pytest.raises(Refused, match="nothing of this sweep is to be relied on"):
        sweep(small, "new.ndjson", out="after", engine="duckdb", sample=0, baseline=before)
    assert seen == [[], [0, 1, 2]]
    assert not Path("after").exists()


def test_a_baseline_that_was_changed(workplace: Path, small: Strategy) -> None:
    write_lines("old.ndjson", OLD)
    sweep(small, "old.ndjson", out="before")
    path = Path("before/outcomes.parquet")
    path.write_bytes(path.read_bytes()[:-1] + b"2")
    with pytest.raises(Refused, match="not as it was written"):
        sweep(small, "old.ndjson", out="after", baseline=open_run("before"))
