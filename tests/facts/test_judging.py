"""What is wrong with a fact file, in words; one problem for each value, all in one run."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.facts.small import problems

FAULTS = yaml.safe_load((Path(__file__).parent / "faults.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("fault", FAULTS, ids=[fault["facts"] for fault in FAULTS])
def test_problems(fault: dict[str, str]) -> None:
    expected = [] if fault["problem"] == "none" else [fault["problem"]]
    assert problems(fault["facts"]) == expected


def test_all_problems_come_in_one_run_with_those_of_the_yaml() -> None:
    found = problems("organisation: TBC\nplan: {exists: yes, months: x}\nplan: {}\nforms: 3\n", "")
    assert [line.split(": ")[0] + " " + line.split("[")[-1] for line in found] == [
        "1:1 fact-missing]",
        "1:15 fact-placeholder]",
        "2:16 ambiguous-word]",
        "2:29 fact-type]",
        "3:1 duplicate-key]",
        "4:8 fact-type]",
    ]


def test_messages_are_short_and_safe_whatever_was_written() -> None:
    for text in ("x" * 10_000, '"\\u202e' + "y" * 500 + '"'):
        for line in problems(f"rating: {text}\nregime: [{text}]\n? {text}\n: 1\n"):
            assert len(line) < 400 and line.isprintable()
