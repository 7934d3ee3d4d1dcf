"""`accordance check` as a paper, and for the public."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Caller

ENERGY = "cases/portfolio/energy-company.facts.yaml"
LEISURE = "cases/portfolio/leisure-partnership.facts.yaml"


@pytest.mark.parametrize("name", ["paper.html", "paper.htm"])
def test_the_ending_of_the_output_asks_for_a_paper(call: Caller, tmp_path: Path, name: str) -> None:
    paper = tmp_path / name
    assert call("check", LEISURE, "--output", str(paper)) == (0, "", "")
    text = paper.read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>\n") and text.endswith("</html>\n")
    assert call("check", LEISURE, "--format", "html").out == text


def test_only_check_writes_papers(call: Caller, tmp_path: Path) -> None:
    made = call("explain", LEISURE, "EXT-01", "--output", str(tmp_path / "why.html"))
    assert made.code == 2
    assert "this command does not write html" in made.err
    assert call("explain", LEISURE, "EXT-01", "--format", "html").code == 2


def test_what_is_withheld_counts_in_the_exit_code(call: Caller) -> None:
    # The one breach of this severity is of a rule that rests on exempt facts.
    only = ("check", LEISURE, "--set", "parties[2].financial.rating=high_risk", "--format", "json")
    setting = ("--set", "parties[2].financial.red_indicator=true")
    internal, public = call(*only, *setting), call(*only, *setting, "--audience", "public")
    assert internal.code == public.code == 1
    document = json.loads(public.out)
    assert not any(one["kind"] == "breach" for one in document["results"])
    assert document["what_if"]["set"] == [
        "parties[2].financial.rating (value withheld)",
        "parties[2].financial.red_indicator (value withheld)",
    ]
    assert '"high_risk"' not in public.out and "=high_risk" not in public.out


def test_the_table_for_the_public_says_what_it_withholds(call: Caller) -> None:
    out = " ".join(call("check", ENERGY, "--audience", "public").out.split())
    assert "Withheld: 15 facts exempt from publication (14 commercial and 1 investigation)" in out
    assert "■ 4 withheld" in out
