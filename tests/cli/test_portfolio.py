"""Rules over the portfolio as their users meet them: swept, stored, asked for, tested."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli.conftest import Caller

PORTFOLIO = "cases/portfolio"
ICT = f"{PORTFOLIO}/ict-service.facts.yaml"
DAY = ("--as-of", "2026-12-31")


def found(document: dict[str, Any]) -> dict[tuple[str, str | None], str]:
    return {
        (one["rule"], one["case"] or one["group"]): one["severity"]
        for one in document["results"]
        if one["kind"] == "breach"
    }


def test_northbridge_has_a_finding_of_every_kind(call: Caller, tmp_path: Path) -> None:
    run = tmp_path / "run"
    done = call("sweep", PORTFOLIO, *DAY, "--fail-on", "never", "--out", str(run))
    assert (done.code, done.err) == (0, "")
    assert "Across the portfolio" in done.out
    assert "1 pair of names looks like one provider spelt in two ways" in done.out
    document = json.loads((run / "portfolio.json").read_text(encoding="utf-8"))
    assert found(document) == {
        ("GOV-10", "Head of Street Services"): "high",
        ("DEP-08", "Brackenfold Holdings"): "high",
        ("DEP-08", "Marrowfield Group"): "high",
        ("DEP-09", "Marrowfield Group"): "critical",
        ("EXT-07", "2027 Q1"): "high",
        ("REP-05", "Brackenfold Holdings"): "high",
        ("REP-05", "Marrowfield Group"): "high",
        ("REV-05", "NB-2020-001"): "advisory",
        ("REV-09", None): "medium",
    }
    [register] = [one for one in document["results"] if one["rule"] == "REG-05"]
    assert register["missing"] == [
        {"case": "NB-2018-013", "path": "lead_officer"},
        {"case": "NB-2021-016", "path": "period.end_date"},
    ]
    assert document["providers"]["alike"] == [
        {"names": ["Tallow Mere Digital Limited", "Tallowmere Digital Ltd"], "likeness": 1.0}
    ]
    assert "## Across the portfolio" in (run / "summary.md").read_text(encoding="utf-8")

    asked = call("check", ICT, *DAY, "--fail-on", "never", "--with", str(run))
    assert asked.code == 0
    assert "Among Contracts and alliances Computers and networks is one of the" in asked.out
    asked = call("check", ICT, *DAY, "--fail-on", "never", "--with", str(run), "-f", "json")
    said = json.loads(asked.out)["portfolio"]
    assert {one["rule"] for one in said["results"]} == {"REG-05", "EXT-07", "REV-05", "REV-09"}

    (run / "portfolio.json").write_text("{}")
    changed = call("check", ICT, "--with", str(run))
    assert changed.code == 2 and "not what the run wrote" in changed.err


def test_a_breach_across_the_portfolio_counts(call: Caller) -> None:
    leisure = f"{PORTFOLIO}/leisure-partnership.facts.yaml"
    alone = call("sweep", leisure, "--as-of", "2026-09-30", "--fail-on", "medium")
    assert alone.code == 0
    ten = [f"{PORTFOLIO}/{name}.facts.yaml" for name in ("waste-collection", "highways-alliance")]
    several = call("sweep", *ten, *DAY, "--fail-on-gaps", "critical", "--fail-on", "never")
    assert several.code == 1


def test_the_small_portfolios_of_a_rule(call: Caller) -> None:
    done = call("test", "--rule", "DEP-09")
    assert done.code == 0
    assert "6 cases passed" in done.out
    assert call("rules", "DEP-09", "--format", "json").code == 0
    assert "In FEEL" in call("rules", "DEP-09", "--format", "markdown").out
