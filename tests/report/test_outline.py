from __future__ import annotations

import pytest

from accordance.report.changes import changes
from accordance.report.outline import outline
from tests.report import samples
from tests.report.samples import Json, action, result


def rules(results: tuple[Json, ...]) -> list[str]:
    return [found["rule"] for found in results]


def test_a_renewal_that_is_stopped() -> None:
    shape = outline(samples.do_not_proceed())
    assert (shape.mark, shape.headline) == ("✗", "Do not proceed")
    assert {
        "blocks": rules(shape.blocks),
        "opens": rules(shape.opens),
        "breaches": rules(shape.breaches),
        "gaps": rules(shape.gaps),
        "compliant": rules(shape.compliant),
        "not_applicable": rules(shape.not_applicable),
        "moot": rules(shape.moot),
    } == {
        "blocks": ["DEP-07", "REP-01"],
        "opens": ["DEP-01", "OBJ-01", "EXT-01"],
        "breaches": ["RSK-05", "EVD-01"],
        "gaps": ["BC-08", "GOV-01", "REP-02"],
        "compliant": ["REG-01", "REG-03", "OBJ-04", "DEP-02", "DEP-05"],
        "not_applicable": ["EXT-06", "LEG-03"],
        "moot": ["EXT-02"],
    }


@pytest.mark.parametrize("name", samples.ALL)
def test_every_result_stands_in_one_place(name: str) -> None:
    report = samples.ALL[name]()
    shape = outline(report)
    places = (
        *(shape.blocks, shape.opens, shape.breaches, shape.gaps),
        *(shape.accepted, shape.compliant, shape.not_applicable, shape.moot),
    )
    shown = sorted(rule for place in places for rule in rules(place))
    assert shown == sorted(found["rule"] for found in report["results"])


@pytest.mark.parametrize(
    ("found", "place"),
    [
        (result("DEP-01", "non_compliant", severity="low", gate=True), "blocks"),
        (result("DEP-01", "non_compliant", severity="critical"), "blocks"),
        (
            result("DEP-01", "non_compliant", severity="critical", severity_least="low"),
            "opens",
        ),
        (result("DEP-01", "non_compliant", severity="high"), "breaches"),
        (result("DEP-01", "insufficient_evidence", severity="low", gate=True), "opens"),
        (result("DEP-01", "insufficient_evidence", severity="critical"), "opens"),
        (result("DEP-01", "insufficient_evidence", severity="high"), "gaps"),
        (result("DEP-01", "insufficient_evidence", severity="critical", moot=True), "moot"),
        (result("DEP-01", "accepted_exception", gate=True), "accepted"),
    ],
)
def test_what_blocks_and_what_could(found: Json, place: str) -> None:
    shape = outline(samples.report({}, [found], verdict="undecided"))
    assert rules(getattr(shape, place)) == ["DEP-01"]


def test_without_a_verdict_nothing_blocks() -> None:
    found = [result("DEP-01", "non_compliant", severity="critical", gate=True)]
    shape = outline(samples.report({"stage": "established"}, found, opinion="no_assurance"))
    assert (shape.headline, rules(shape.blocks), rules(shape.breaches)) == (
        "No assurance",
        [],
        ["DEP-01"],
    )


def test_deeds_stand_once_in_the_order_in_which_they_fall_due() -> None:
    shared = action("Write the exit plan", "Contract owner", "30 days", "2026-03-02")
    found = [
        result(
            "DEP-01",
            "non_compliant",
            actions=[shared, action("Stop", "Lead officer", "before signature")],
        ),
        result(
            "EXT-01", "non_compliant", actions=[shared, action("Tell", "Lead officer", "at once")]
        ),
        result(
            "EXT-02",
            "non_compliant",
            actions=[
                action("Report", "Lead officer", "at the next board"),
                action("Decide", "Lead officer", "before decision"),
                action("Ring", "Lead officer", "10 days", "2026-02-10"),
            ],
        ),
        result("REP-01", "insufficient_evidence", actions=[action("Not yet", "x", "at once")]),
    ]
    deeds = outline(samples.report({}, found, verdict="proceed_with_conditions")).deeds
    assert [(deed.by, deed.what, deed.rules) for deed in deeds] == [
        ("at once", "Tell", ("EXT-01",)),
        ("10 Feb 2026", "Ring", ("EXT-02",)),
        ("2 Mar 2026", "Write the exit plan", ("DEP-01", "EXT-01")),
        ("before decision", "Decide", ("EXT-02",)),
        ("before signature", "Stop", ("DEP-01",)),
        ("at the next board", "Report", ("EXT-02",)),
    ]


def test_changes_of_a_what_if() -> None:
    before, after = samples.undecided(), samples.undecided()
    after["verdict"] = "proceed"
    after["results"][1] |= {"outcome": "compliant", "kind": None}
    after["missing"] = [*after["missing"][1:], samples.missing("x.y", "?", "DEP-01")]
    state = {"severity": "critical", "severity_least": "critical", "gate": True, "moot": False}
    assert changes(before, after) == {
        "verdict": {"from": "undecided", "to": "proceed"},
        "results": [
            {
                "rule": "OBJ-01",
                "title": "Every partner has agreed the joint objectives",
                "from": {"outcome": "insufficient_evidence", **state},
                "to": {"outcome": "compliant", **state},
            }
        ],
        "missing_no_more": ["dependence.provider_count"],
        "newly_missing": ["x.y"],
    }
    assert changes(before, before) == {"results": [], "missing_no_more": [], "newly_missing": []}
