"""The impact of a change of one number, against one sweep of the same records in Parquet.

Both are whole processes, so that the plan of each strategy is made in them as it is for a user.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from accordance.strategy.reading import load_strategy
from benchmarks.population import ROOT, TODAY, write
from benchmarks.sweep import figure
from benchmarks.timing import best_of, python, row

RECORDS = 100_000
OLD, NEW = "review_max_age: {value: P36M", "review_max_age: {value: P24M"


def main(records: int = RECORDS) -> None:
    """Print the figure of the impact."""
    with tempfile.TemporaryDirectory(prefix="accordance-bench-") as folder:
        place = Path(folder)
        lines = place / "facts.ndjson"
        write(lines, load_strategy(None).model, records)
        figure("write_parquet", lines)
        changed = changed_strategy(place)
        common = (str(place / "facts.parquet"), "--as-of", TODAY.isoformat())
        sweep = ("-m", "accordance", "sweep", *common, "--fail-on", "never", "--allow-rejected")
        impact = ("-m", "accordance", "impact", "public_body", str(changed), "--cases", *common)
        print(f"impact of one number, {records:,} records in Parquet")
        one = best_of(1, lambda: python(*sweep))
        both = best_of(1, lambda: python(*impact, "--allow-rejected"))
        row("one sweep", f"{one:.2f} s")
        row("impact", f"{both:.2f} s")
        row("ratio", f"{both / one:.2f}", "at most 2")


def changed_strategy(place: Path) -> Path:
    """The shipped strategy with 24 months in the place of 36."""
    folder = shutil.copytree(ROOT / "strategy_rules" / "public_body", place / "changed")
    header = folder / "strategy.yaml"
    text = header.read_text(encoding="utf-8")
    if text.count(OLD) != 1:
        raise SystemExit(f"{OLD!r} is not in the strategy any more")
    header.write_text(text.replace(OLD, NEW), encoding="utf-8")
    return folder


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=RECORDS)
    main(parser.parse_args().records)
