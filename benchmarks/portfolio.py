"""The rules over the portfolio: what they cost on top of the sweep of the same records.

Processor time of a sweep with them and of one without, each in a process of its own, over a small
and a large number of records: the difference is what records cost, the rest is done once however
many there are (making the plans, comparing the names of providers, telling the first findings).
There is about one provider and one officer to ten partnerships.
"""

from __future__ import annotations

import json
import random
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from accordance.facts.model import FactModel
from accordance.strategy.reading import load_strategy
from benchmarks.population import ROOT, TODAY, lines
from benchmarks.timing import doing, python, row

RECORDS = 50_000
FEW = 5
"""The small number is this part of the large one."""
EACH = 10
"""So many partnerships there are to each provider and each officer."""


_WORDS = {"alone": "without them", "whole": "with them"}


def main(records: int = RECORDS) -> None:
    """Print what the rules over the portfolio cost."""
    strategy = load_strategy(None)
    with tempfile.TemporaryDirectory(prefix="accordance-bench-") as folder:
        place = Path(folder)
        with doing("writing the records"):
            for name, count in (("many", records), ("few", records // FEW)):
                write(place / f"{name}.ndjson", strategy.model, count)
        print(f"rules over the portfolio, {records:,} records, {len(strategy.portfolio)} rules")
        more = records - records // FEW
        spent = {}
        for what in ("alone", "whole"):
            # The first sweep of a day makes the plan, which the others find.
            _seconds(what, place / "few.ndjson")
            few, many = (_seconds(what, place / f"{name}.ndjson") for name in ("few", "many"))
            spent[what] = (many - few) / more
            row(f"sweep {_WORDS[what]}, processor time a record", f"{spent[what] * 1e6:,.0f} µs")
            row("and once", f"{many - spent[what] * records:.1f} s")
        row("on top of each record", f"{spent['whole'] / spent['alone'] - 1:.0%}", "at most 20%")


def write(path: Path, model: FactModel, count: int) -> None:
    """A file of records, one a line, of as many providers and officers as there would be."""
    chance = random.Random(0)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines(model, count):
            facts = json.loads(line)
            several = max(1, count // EACH)
            if "lead_officer" in facts:
                facts["lead_officer"] = f"Officer {chance.randrange(several)}"
            for party in facts.get("parties", ()):
                if party.get("ourselves") is not True and "name" in party:
                    party["name"] = f"Provider {chance.randrange(several)}"
                    party.pop("group", None)
            file.write(json.dumps(facts, ensure_ascii=False, separators=(",", ":")) + "\n")


def _seconds(what: str, path: Path) -> float:
    """What a process of its own says of the sweep of a file."""
    with doing(f"sweep, {what}"):
        said = python("-m", "benchmarks.portfolio", what, str(path), cwd=ROOT)
    return float(said.splitlines()[-1])


def sweep(what: str, path: Path) -> float:
    """Sweep a file into a stored run, with the rules over the portfolio (`whole`) or without them
    (`alone`); the processor time in seconds."""
    from dataclasses import replace

    from accordance.sweep.running import Task, run
    from accordance.sweep.sources import find_sources
    from accordance.sweep.sweeping import Options

    strategy: Any = load_strategy(None)
    if what == "alone":
        strategy = replace(strategy, portfolio=())
    task = Task([str(path)], find_sources([str(path)], strategy.model))
    before = _used()
    run(strategy, task, Options(TODAY, "duckdb", sample=0), f"{path}.{time.time_ns()}")
    return _used() - before


def _used() -> float:
    # What records are checked singly may be checked in other processes.
    found = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in found)


if __name__ == "__main__":
    print(sweep(sys.argv[1], Path(sys.argv[2])))
