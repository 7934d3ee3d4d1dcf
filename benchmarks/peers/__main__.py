"""`python -m benchmarks.peers`."""

import argparse

from benchmarks.peers.measuring import SWEPT, main, only

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers")
    parser.add_argument("--records", type=int, default=SWEPT)
    parser.add_argument("--only", nargs=3, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.only:
        only(*given.only)
    else:
        main(given.records)
