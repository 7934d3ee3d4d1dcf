"""`python -m benchmarks`: everything that is measured."""

from benchmarks import checking, sweep

if __name__ == "__main__":
    checking.main()
    sweep.main()
