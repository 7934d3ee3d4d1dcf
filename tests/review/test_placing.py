"""Place and health: by evidence, as ranges, under the law of the unknown."""

from __future__ import annotations

import re
from fractions import Fraction
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accordance.check.checker import Checker
from accordance.facts.case import Case
from accordance.facts.setting import with_set
from accordance.plan.reading import FactsRead
from accordance.review.health import HealthPart, health_of, rules_of
from accordance.review.placing import Placement, Placer, findings
from accordance.review.ranges import Range
from accordance.strategy.model import EVIDENCE
from tests.laws.scale import FACTOR, law
from tests.review.small import case_of, checker, portfolio, strategy

PART = 80
"""One fact in so many is taken away from a case to look at its health."""
KEPT = ("id", "title", "stage", "as_of", "exceptions", "evidence")

CO_OPERATIVE = {
    "agreement.signed_by_all": "true",
    "objectives.documented": "true",
    "governance.contract_manager": "true",
    "performance.kpis": "[{name: waiting time, type: outcome}]",
    "governance.outcomes_reported_every_months": "3",
}
CO_ORDINATED = {
    "governance.joint_board": "true",
    "governance.terms_of_reference": "true",
    "parties": "[{name: Us, agrees_objectives: true}]",
    "risks.shared_register": "true",
    "performance.all_measures_agreed": "true",
    "benefits_tracking.owner": "Head of Finance",
}


def place(case: Case) -> Placement:
    found = PLACER.place(case, checker().assess(case))
    assert found is not None
    return found


PLACER = Placer(checker())
EMPTY = case_of("")


def with_facts(facts: dict[str, str]) -> Case:
    return with_set(EMPTY, [f"{path}={value}" for path, value in facts.items()])


@pytest.mark.parametrize(
    ("facts", "low", "high"),
    [
        ({}, 0, 4),
        ({"agreement.signed_by_all": "false"}, 0, 0),
        (CO_OPERATIVE, 1, 4),
        ({**CO_OPERATIVE, "governance.joint_board": "false"}, 1, 1),
        ({**CO_OPERATIVE, **CO_ORDINATED}, 2, 4),
        ({**CO_OPERATIVE, **CO_ORDINATED, "governance.relationship_plan": "false"}, 2, 2),
        # What is met higher up does not make up for what lacks below.
        ({**CO_ORDINATED, "objectives.documented": "false"}, 0, 0),
    ],
)
def test_the_place_is_the_highest_level_that_holds_with_all_below(
    facts: dict[str, str], low: int, high: int
) -> None:
    found = place(with_facts(facts))
    assert (found.low, found.high) == (low, high)


def test_what_would_settle_a_range_and_what_lacks() -> None:
    found = place(with_facts({**CO_OPERATIVE, **CO_ORDINATED, "benefits_tracking.owner": ""}))
    assert (found.low, found.high) == (1, 4)
    assert found.settles[0] == "benefits_tracking.owner"
    stopped = place(with_facts({**CO_OPERATIVE, "governance.joint_board": "false"}))
    assert [one.criterion.factor for one in stopped.lacking] == ["strategy"]
    assert stopped.settles == ()


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"spectrum.claimed": "collaborative"}, ["claims_more"]),
        ({"spectrum.claimed": "co_operative"}, []),
        ({"spectrum.claimed": "transactional"}, ["claims_less"]),
        ({"spectrum.target": "co_ordinated"}, ["target_ahead"]),
        ({"spectrum.target": "co_destiny"}, ["target_above", "target_ahead"]),
        ({"spectrum.target": "transactional"}, []),
        ({"spectrum.target": "transactional", "service.critical": "true"}, ["target_below"]),
    ],
)
def test_claim_and_target_that_do_not_fit_are_findings(
    facts: dict[str, str], codes: list[str]
) -> None:
    plain = {
        **CO_OPERATIVE,
        "governance.joint_board": "false",
        "forms": "[single_supplier_contract]",
        "strategic": "false",
        "value.annual": "100000",
        "service.critical": "false",
        "complexity.run_and_transform": "false",
    }
    spectrum = strategy().spectrum
    assert spectrum is not None
    found = findings(place(with_facts({**plain, **facts})), spectrum)
    assert [one["code"] for one in found] == codes


def test_a_target_that_may_be_justified_is_no_finding() -> None:
    spectrum = strategy().spectrum
    assert spectrum is not None
    facts = {"forms": "[framework]", "strategic": "", "spectrum.target": "transactional"}
    found = place(with_facts(facts))
    assert found.justified is not None
    assert "service.critical" in found.justified.missing
    assert [one["code"] for one in findings(found, spectrum)] == []


# health


def overall(case: Case) -> HealthPart:
    found = health_of(strategy(), checker().assess(case))
    assert found is not None
    return found.overall


def test_no_number_hides_what_is_unknown() -> None:
    found = overall(EMPTY)
    assert found.range is not None
    assert found.range.low < Fraction(1, 10)
    assert found.range.high > Fraction(9, 10)
    assert not found.range.definite


def test_every_rule_about_the_partnership_speaks_for_one_factor() -> None:
    own = strategy()
    assert own.health is not None
    named = [rule for factor in own.health.factors for rule in rules_of(own, factor)]
    assert len(named) == len(set(named))
    about = {rule.id for rule in own.rules if rule.about != EVIDENCE}
    assert about - set(named) == set()


def test_rules_weigh_by_their_severity() -> None:
    own = strategy()
    assert own.health is not None
    found = overall(portfolio()[0])
    weights = {rule.id: own.health.weights[rule.severity] for rule in own.rules}
    met = sum(weights[rule] for rule in found.met)
    all_ = met + sum(weights[rule] for rule in (*found.broken, *found.open))
    assert found.range is not None
    assert found.range.low == Fraction(met, all_)


def test_an_accepted_breach_is_not_met() -> None:
    for case in portfolio():
        assessment = checker().assess(case)
        accepted = [
            one.rule.id
            for one in assessment.judgements
            if one.outcome == "accepted_exception" and one.rule.about != EVIDENCE
        ]
        assert set(accepted) <= set(overall(case).broken)


# the law


def wider(before: Range | None, after: Range | None) -> bool:
    if before is None:
        return True
    return after is not None and after.covers(before)


def faults(case: Case, less: Case) -> list[str]:
    """What knowing less has moved otherwise than by widening it."""
    said = []
    one, two = checker().assess(case), checker().assess(less)
    old, new = PLACER.place(case, one), PLACER.place(less, two)
    assert old is not None and new is not None
    if not (new.low <= old.low and old.high <= new.high):
        said.append(f"the place {old.low}-{old.high} became {new.low}-{new.high}")
    healthy, weaker = health_of(strategy(), one), health_of(strategy(), two)
    assert healthy is not None and weaker is not None
    for known, unknown in zip(
        (*healthy.factors, healthy.overall), (*weaker.factors, weaker.overall), strict=True
    ):
        if not wider(known.range, unknown.range):
            said.append(f"the health of {known.factor}, {known.range}, became {unknown.range}")
    return said


def stated(case: Case) -> list[str]:
    """The facts, lists and groups that a case states and that may be unknown."""
    items = set(case.paths.values())
    return [
        path
        for path in case.places
        if path not in case.derived
        and path not in items
        and re.split(r"[.\[]", path)[0] not in KEPT
    ]


def read_by_the_spectrum(checker: Checker) -> set[str]:
    spectrum = checker.strategy.spectrum
    assert spectrum is not None
    reads = FactsRead(checker.plan)
    nodes = [one.expression for level in spectrum.levels for one in level.criteria]
    nodes += [row.when for row in spectrum.justified if row.when is not None]
    return {path for node in nodes for path in reads.of(node)}


READ = read_by_the_spectrum(checker())


def chosen(case: Case) -> list[str]:
    """All that the spectrum reads, the lists and groups around it, and a part of the rest."""
    found = []
    for path in stated(case):
        static = re.sub(r"\[\d+\]", "", path)
        near = any(static == one or one.startswith(f"{static}.") for one in READ)
        if near or FACTOR > 1 or crc32(f"{case.id} {path}".encode()) % PART == 0:
            found.append(path)
    return found


@pytest.mark.parametrize("case", portfolio(), ids=lambda case: case.id)
def test_less_known_widens_a_range_and_moves_no_definite_place(case: Case) -> None:
    paths = chosen(case)
    assert paths
    for path in paths:
        assert faults(case, with_set(case, [f"{path}="])) == [], path


@law(20)
@given(st.data())
def test_the_law_holds_for_several_facts_at_once(data: st.DataObject) -> None:
    case = data.draw(st.sampled_from(portfolio()))
    paths = data.draw(st.lists(st.sampled_from(stated(case)), min_size=2, max_size=6, unique=True))
    # What lies in a list or group that is taken away goes with it.
    outer = [
        path
        for path in paths
        if not any(path != one and path.startswith((f"{one}.", f"{one}[")) for one in paths)
    ]
    assert faults(case, with_set(case, [f"{path}=" for path in outer])) == []
