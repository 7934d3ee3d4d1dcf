"""Lint: what is wrong in a strategy, or could be better, beyond what refuses it.

`linting.lint` reads a folder and gives everything that is to say of it. Each concern has a module
of checks (`order`, `meaning`, `expressions`, `wording`); `diagnostics.yaml` is the one table of all
codes, from which the pages and `--explain` are made.
"""
