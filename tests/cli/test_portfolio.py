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
    [accepted] = [one for one in document["results"] if one["accepted_by"]]
    assert (accepted["rule"], accepted["group"]) == ("DEP-08", "Brackenfold Holdings")
    assert (accepted["outcome"], accepted["kind"]) == ("accepted_exception", None)
    assert accepted["message"].startswith("Too much hangs on Brackenfold Holdings")
    assert [one["code"] for one in document["notices"]] == ["exception_expired"]
    assert "! accepted  DEP-08" in done.out
    assert "The exception to GOV-10 for Head of Street Services does not count" in done.out
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


def test_an_exception_to_a_group_is_known_everywhere(call: Caller, tmp_path: Path) -> None:
    granted = tmp_path / "granted.yaml"
    granted.write_text("exceptions: []\n", encoding="utf-8")
    without, with_it = str(tmp_path / "without"), str(tmp_path / "with")
    quiet = (*DAY, "--fail-on", "never")
    call("sweep", PORTFOLIO, *quiet, "--exceptions", str(granted), "--out", without)
    call("sweep", PORTFOLIO, *quiet, "--out", with_it)

    compared = call("compare", without, with_it)
    assert compared.code == 0
    assert "✗ DEP-08  Brackenfold" not in compared.out
    assert "! DEP-08  Brackenfold Holdings: breach (high) → accepted exception" in compared.out
    again = call("compare", with_it, without)
    assert again.code == 1
    assert "✗ DEP-08  Brackenfold Holdings: accepted exception → breach (high)" in again.out

    lighting = f"{PORTFOLIO}/street-lighting.facts.yaml"
    asked = call("check", lighting, *quiet, "--with", with_it)
    assert "! accepted  DEP-08  Too much hangs on Brackenfold Holdings" in asked.out
    page = tmp_path / "page.html"
    call("export", with_it, "--output", str(page))
    assert "Accepted by Cabinet on 14 July 2026 until 30 June 2027" in page.read_text("utf-8")

    for kind, wanted in (("table", "DEP-08 accepted by Cabinet"), ("markdown", "Accepted by Cab")):
        reviewed = call("review", with_it, "--format", kind)
        assert wanted in reviewed.out
        assert wanted not in call("review", without, "--format", kind).out

    assert call("verify", without).code == 0
    assert call("review", with_it, "--earlier", without).code == 0
    granted.write_text("exceptions:  []\n", encoding="utf-8")
    changed = call("verify", without)
    assert changed.code == 1 and "granted.yaml" in changed.out
    refused = call("review", without)
    assert refused.code == 2 and "granted.yaml: these are not the facts" in refused.err
    assert call("review", with_it, "--earlier", without).code == 0


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
    assert "7 cases passed" in done.out
    assert call("rules", "DEP-09", "--format", "json").code == 0
    assert "In FEEL" in call("rules", "DEP-09", "--format", "markdown").out
