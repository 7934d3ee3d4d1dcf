"""The small portfolios of a strategy that extends another: those of rules that work as before."""

from __future__ import annotations

from pathlib import Path

import pytest

from accordance.strategy.portfolio_cases import changed_portfolio_rules, read_portfolio_cases
from accordance.strategy.reading import load_strategy

HEADER = 'strategy: ours\ntitle: Ours\nversion: "1.0"\nextends: public_body\n'
EVERY = {"REG-05", "GOV-10", "DEP-08", "DEP-09", "EXT-07", "REP-05", "REV-05", "REV-09"}


@pytest.mark.parametrize(
    ("tailored", "changed"),
    [
        ("", set()),
        ("parameters: {endings_per_quarter_max: 5}", {"EXT-07"}),
        # through definitions
        ("parameters: {distress_lookback: P6M}", {"DEP-09", "REV-05"}),
        ("severities: {DEP-08: high}", {"DEP-08"}),
        # the results of a rule that is named, and of all that are ranked
        ("severities: {REV-01: critical}", {"REV-05", "REV-09"}),
        ("off: {GOV-10: {because: There is one officer, on: 2026-01-01}}", {"GOV-10"}),
    ],
)
def test_the_portfolios_of_rules_that_changed_are_left_out(
    tailored: str, changed: set[str], tmp_path: Path
) -> None:
    (tmp_path / "strategy.yaml").write_text(f"{HEADER}tailor: {{{tailored}}}\n")
    strategy = load_strategy(str(tmp_path), cache=False)
    assert changed_portfolio_rules(strategy) == changed - set(strategy.off)
    kept = {case.rule for case in read_portfolio_cases(str(tmp_path), strategy)}
    assert kept == EVERY - changed
