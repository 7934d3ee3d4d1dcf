"""`python -m benchmarks`: everything that is measured, or the parts that are named."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from benchmarks import checking, impact, portfolio, sweep
from benchmarks.peers import measuring as peers

PARTS: dict[str, Callable[[int | None], None]] = {
    "check": lambda records: checking.main(),
    "sweep": lambda records: sweep.main(records or sweep.RECORDS),
    "portfolio": lambda records: portfolio.main(records or portfolio.RECORDS),
    "impact": lambda records: impact.main(records or impact.RECORDS),
    "peers": lambda records: peers.main(records or peers.SWEPT),
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--records", type=int, help="how many records to sweep")
    given = parser.parse_args()
    unknown = [part for part in given.parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part `{unknown[0]}`; there are {', '.join(PARTS)}")
    for part in given.parts or PARTS:
        start = time.monotonic()
        PARTS[part](given.records)
        print(f"{part}: measured in {time.monotonic() - start:.0f} s\n", flush=True)
