"""Records swept by columns come out as by `check`: the same rows, the same rejects."""

from __future__ import annotations

import datetime as dt
import json
import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accordance.problem import Refused
from accordance.strategy.model import Strategy
from accordance.sweep.reading import lines_in
from accordance.sweep.sweeping import CHECK, DUCKDB, Options, Sweep
from tests.generating.facts import TODAY
from tests.generating.writing import case_text
from tests.laws.scale import law
from tests.laws.trials import Trial, trials

Said = tuple[list[dict[str, Any]], list[tuple[int, list[str]]]]


@pytest.fixture(autouse=True)
def libraries_may_warn() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def said(sweep: Sweep, lines: list[bytes], engine: str) -> Said:
    (block,) = lines_in("cases.ndjson", bytearray(b"\n".join(lines)))
    part = sweep.part(block, engine)
    rejects = [(one.record.row, list(map(str, one.problems))) for one in part.rejected]
    return part.rows.to_pylist(), rejects


def one_line(facts: dict[str, Any]) -> str:
    return json.dumps(json.loads(case_text(facts)))


# What a record is turned into, and what `check` may or may not say of it.
CHANGES = {
    "nothing": lambda line: line,
    "blanks": lambda line: line.replace(":", " : ").replace(",", " ,\t"),
    "an unknown name": lambda line: line.replace("{", '{"no_such_fact": 1, ', 1),
    "an unknown name that is null": lambda line: line.replace("{", '{"no_such_fact": null,', 1),
    "a name twice": lambda line: line.replace("{", '{"stage": "new", ', 1),
    "a name in other letters": lambda line: line.replace('"stage"', r'"\u0073tage"'),
    "true in quotation marks": lambda line: line.replace("true", '"true"'),
    "1 for true": lambda line: line.replace("true", "1"),
    "true for 1": lambda line: line.replace(": 1", ": true"),
    "numbers in quotation marks": lambda line: line.replace(": 2", ': "2"').replace(": 1", ': "1"'),
    "1e400": lambda line: line.replace(": 2", ": 1e400"),
    "2.0 for 2": lambda line: line.replace(": 2", ": 2.0"),
    "2.5 for 2": lambda line: line.replace(": 2,", ": 2.5,"),
    "many digits": lambda line: line.replace(": 2", ": 2.00000000000000000001"),
    "another date form": lambda line: line.replace("2026-01-31", "2026-1-31"),
    "the year 0": lambda line: line.replace("2026-", "0000-"),
    "no such day": lambda line: line.replace("-01-31", "-02-30"),
    "a placeholder": lambda line: line.replace('"title": "', '"title": " TBC "}', 1)[:-1],
    "a blank title": lambda line: line.replace("The partnership", "\\n "),
    "a number for the title": lambda line: line.replace('"The partnership"', "5"),
    "numeral as title": lambda line: line.replace("The partnership", "5"),
    "a null": lambda line: line.replace('"The partnership"', "null"),
    "a colon in the title": lambda line: line.replace("The partnership", '\\"a\\": null, b'),
    "a backslash": lambda line: line.replace("The partnership", "C:\\\\"),
    "half a character": lambda line: line.replace("The partnership", "\\ud800"),
    "a comma too many": lambda line: line.replace("}", ",}", 1),
    "half a record": lambda line: line[: len(line) // 2],
    "more behind it": lambda line: line + " {}",
    "a list": lambda line: f"[{line}]",
    "no number": lambda line: line.replace(": 2", ": NaN"),
    "a number for a group": lambda line: re.sub(r": \{[^{}]*\}", ": 5", line, count=1),
    "a number for an item": lambda line: re.sub(r"\[\{[^{}]*\}", "[5", line, count=1),
    "a list for an item": lambda line: re.sub(r"\[\{[^{}]*\}", "[[]", line, count=1),
    "nothing in a group": lambda line: re.sub(r": \{[^{}]*\}", ": {}", line, count=1),
    "a group for a list": lambda line: line.replace("[", "{").replace("]", "}"),
    "an evaluation before the facts": lambda line: line.replace(
        "{", f'{{"as_of": "{TODAY + dt.timedelta(days=1)}", ', 1
    ),
}


@law(examples=12)
@given(trial=trials(evidence=True), changes=st.lists(st.sampled_from(sorted(CHANGES)), max_size=24))
def test_the_same_rows_and_the_same_rejects(trial: Trial, changes: list[str]) -> None:
    whole = [one_line(facts) for facts in trial.cases]
    lines = [line.encode() for line in whole]
    lines += [
        CHANGES[name](whole[at % len(whole)]).encode("utf-8", "surrogatepass")
        for at, name in enumerate(changes)
    ]
    lines.append(b'{"id": "\xff"}')
    sweep = sweep_of(trial.strategy)
    try:
        try:
            by_columns = said(sweep, lines, DUCKDB)
        except Refused as refused:
            assert "cannot be swept" in str(refused)
            return
        assert by_columns == said(sweep, lines, CHECK)
    finally:
        sweep.close()


def sweep_of(strategy: Strategy) -> Sweep:
    return Sweep(strategy, Options(TODAY, threads=1))
