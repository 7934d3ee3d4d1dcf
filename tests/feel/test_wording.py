"""Expressions in plain English."""

from __future__ import annotations

import pytest
from hypothesis import given

from accordance.feel.parsing import parse
from accordance.feel.syntax import Node
from accordance.feel.wording import in_words, list_path
from tests.feel.trees import trees

NAMES = {
    "stage": "Stage",
    "basis": "Basis",
    "forms": "Forms of collaboration",
    "parties": "Parties",
    "parties.sector": "Sector",
    "parties.roles": "Roles",
    "parties.agrees": "Agrees the objectives",
    "parties.cost_share": "Share of cost",
    "parties.benefit_share": "Share of benefit",
    "parties.events": "Distress events",
    "parties.events.date": "Date",
    "service.critical": "Critical service",
    "service.start_date": "Service start",
    "exit_plan": "Exit plan",
    "exit_plan.exists": "Exit plan",
    "exit_plan.reviewed_on": "Reviewed",
    "exit_plan.covers": "Contents",
    "agreement.signed_on": "Signed on",
    "dependence.provider_count": "Providers",
    "value.current": "Current value",
    "value.approved": "Approved value",
    "objectives": "Joint objectives",
    "objectives.joint": "Joint",
    "single_provider": "One provider delivers the service, or replacing it would take too long",
    "is_grant": "The partnership rests on a grant",
    "one_body": "The bodies become one body",
    "by_law": "The law itself requires the partnership, so that nobody can leave",
    "to_publish": "The Act asks for published measures: a large contract without an exemption",
    "through_company": "It works through a company or trust that the body owns",
    "complex": "It shows at least one of the four signs of a complex project",
    "pays_and_owes": "The council pays and owes best value",
    "not_known": "What must be known at this stage and is not stated",
    "open_risks": "The common risks without a treatment; see the register",
    "max_age": "12 months",
    "least": "3",
    "once": "1",
}
QUESTIONS = {
    "parties.agrees": "Has this party formally agreed the joint objectives?",
    "parties.events.date": "When did it happen?",
    "exit_plan.reviewed_on": "On which day was that plan last reviewed? Write `none` if never.",
    "dependence.provider_count": "How many providers deliver this service?",
}
ANSWERED = {**QUESTIONS, "exit_plan.exists": "Is there an exit plan (or exit strategy)?"}


@pytest.mark.parametrize(
    ("text", "true", "false"),
    [
        # a fact that is true or false
        ("exit_plan.exists", "there is an exit plan", "there is no exit plan"),
        ("not(exit_plan.exists)", "there is no exit plan", "there is an exit plan"),
        ("exit_plan.exists = false", "there is no exit plan", "there is an exit plan"),
        (
            "service.critical",
            "“Critical service” is true",
            "“Critical service” is not true",
        ),
        (
            "is_grant",
            "the partnership rests on a grant",
            "the partnership does not rest on a grant",
        ),
        ("one_body", "the bodies become one body", "the bodies do not become one body"),
        (
            "by_law",
            "the law itself requires the partnership, so that nobody can leave",
            "the law itself does not require the partnership",
        ),
        (
            "to_publish",
            "the Act asks for published measures: a large contract without an exemption",
            "the Act does not ask for published measures",
        ),
        (
            "through_company",
            "it works through a company or trust that the body owns",
            "it does not work through a company or trust that the body owns",
        ),
        (
            "complex",
            "it shows at least one of the four signs of a complex project",
            "it does not show any of the four signs of a complex project",
        ),
        (
            "pays_and_owes",
            "the council pays and owes best value",
            "it is not so that the council pays and owes best value",
        ),
        (
            "count(objectives.joint) >= once",
            "there is at least 1 joint objective",
            "there is no joint objective",
        ),
        (
            "count(not_known) = 0",
            "there is nothing that must be known at this stage and is not stated",
            "there is something that must be known at this stage and is not stated",
        ),
        # days
        (
            "exit_plan.reviewed_on >= today() - max_age",
            "the exit plan was last reviewed within the last 12 months",
            "the exit plan was not reviewed within the last 12 months",
        ),
        (
            'exit_plan.reviewed_on < today() - duration("P2Y")',
            "the exit plan was last reviewed more than 2 years ago",
            "the exit plan was not reviewed more than 2 years ago",
        ),
        (
            "exit_plan.reviewed_on >= agreement.signed_on",
            "the exit plan was last reviewed on or after the signed on",
            "the exit plan was not reviewed on or after the signed on",
        ),
        (
            'service.start_date <= today() + duration("P30D")',
            "the service start is within the next 30 days or earlier",
            "the service start is not within the next 30 days or earlier",
        ),
        (
            'service.start_date > date("2026-01-31")',
            "the service start is after 31 January 2026",
            "the service start is not after 31 January 2026",
        ),
        (
            "has value(exit_plan.reviewed_on)",
            "the exit plan was reviewed",
            "the exit plan was not reviewed",
        ),
        ("service.start_date = null", "there is no service start", "the service start is given"),
        # numbers and texts
        (
            "value.current > 5000000",
            "the current value is more than 5,000,000",
            "the current value is at most 5,000,000",
        ),
        (
            "value.current <= value.approved * 1.25",
            "the current value is at most the approved value times 1.25",
            "the current value is more than the approved value times 1.25",
        ),
        (
            "dependence.provider_count = 1",
            "the number of providers is 1",
            "the number of providers is not 1",
        ),
        (
            "dependence.provider_count < least",
            "the number of providers is less than 3",
            "the number of providers is at least 3",
        ),
        ('basis != "grant"', "the basis is not grant", "the basis is grant"),
        (
            'stage in ("new", "renewing")',
            "the stage is new or renewing",
            "the stage is neither new nor renewing",
        ),
        (
            'stage in ("a", "b", "c_d")',
            "the stage is a, b or c d",
            "the stage is none of a, b and c d",
        ),
        (
            "value.current in [1..2)",
            "the current value is between 1 and 2 (2 left out)",
            "the current value is not between 1 and 2 (2 left out)",
        ),
        # lists
        ("count(parties) > 0", "at least one is listed under “parties”", "there are no parties"),
        ("count(parties) >= 2", "there are at least 2 parties", "there are fewer than 2 parties"),
        (
            'count(parties[sector = "public"]) = 0',
            "there are no parties for which the sector is public",
            "there is at least one of the parties for which the sector is public",
        ),
        (
            'list contains(forms, "spin_out")',
            "the forms of collaboration include spin out",
            "the forms of collaboration do not include spin out",
        ),
        (
            'some f in forms satisfies f in ("alliance", "framework")',
            "the forms of collaboration include alliance or framework",
            "the forms of collaboration include none of alliance and framework",
        ),
        (
            "every c in contents satisfies list contains(exit_plan.covers, c)",
            "the contents (exit plan) include all of the contents",
            "the contents (exit plan) do not include all of the contents",
        ),
        (
            'some p in parties satisfies p.sector in ("private", "civil_society")',
            "for at least one of the parties, its sector is private or civil society",
            "for each of the parties, its sector is neither private nor civil society",
        ),
        (
            "every p in parties satisfies p.agrees",
            "for each of the parties, this party has formally agreed the joint objectives",
            "for at least one of the parties, this party has not formally agreed the joint "
            "objectives",
        ),
        (
            "some p in parties satisfies some e in p.events satisfies e.date >= today() - max_age",
            "for at least one of the parties and at least one of its distress events, "
            "it happened within the last 12 months",
            "for each of the parties and each of its distress events, "
            "it did not happen within the last 12 months",
        ),
        (
            "every p in parties satisfies count(p.events) >= 2",
            "for each of the parties, there are at least 2 of its distress events",
            "for at least one of the parties, there are fewer than 2 of its distress events",
        ),
        (
            "every p in parties satisfies abs(p.cost_share - p.benefit_share) <= 0.1",
            "for each of the parties, the difference between its share of cost and its share of "
            "benefit is at most 0.1",
            "for at least one of the parties, the difference between its share of cost and its "
            "share of benefit is more than 0.1",
        ),
        (
            "every a in parties, b in parties satisfies a.cost_share - b.cost_share < 0.1",
            "for each a of the parties and each b of the parties, the share of cost of a minus the "
            "share of cost of b is less than 0.1",
            "for at least one a of the parties and at least one b of the parties, the share of "
            "cost of a minus the share of cost of b is at least 0.1",
        ),
        ("has value(objectives.joint)", "the joint is given", "there is no joint"),
        (
            "count(open_risks) = 0",
            "there are no common risks without a treatment",
            "at least one is listed under “common risks without a treatment”",
        ),
        # connectives
        (
            "exit_plan.exists and service.critical",
            "there is an exit plan and “Critical service” is true",
            "there is no exit plan or “Critical service” is not true",
        ),
        (
            'exit_plan.exists and (basis = "grant" or stage = "new")',
            "there is an exit plan and either the basis is grant or the stage is new",
            "there is no exit plan or both the basis is not grant and the stage is not new",
        ),
        (
            "exit_plan.exists and single_provider",
            "there is an exit plan and (one provider delivers the service, or replacing it would "
            "take too long)",
            "there is no exit plan or (it is not so that one provider delivers the service, or "
            "replacing it would take too long)",
        ),
        (
            'if basis = "grant" then exit_plan.exists else service.critical',
            "if the basis is grant, then there is an exit plan, and otherwise “Critical service” "
            "is true",
            "if the basis is grant, then there is no exit plan, and otherwise “Critical service” "
            "is not true",
        ),
    ],
)
def test_in_words(text: str, true: str, false: str) -> None:
    node = parse(text)
    assert in_words(node, NAMES.get, questions=ANSWERED.get) == true
    assert in_words(node, NAMES.get, negated=True, questions=ANSWERED.get) == false


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("exit_plan.exists", "there is an exit plan"),
        (
            "exit_plan.reviewed_on >= today() - max_age",
            "the reviewed (exit plan) is within the last 12 months",
        ),
        ("risk_register.open = true", "“open” (risk register) is true"),
    ],
)
def test_without_questions_the_titles_serve(text: str, said: str) -> None:
    assert in_words(parse(text), NAMES.get) == said


def test_a_computed_value_is_a_noun() -> None:
    assert in_words(parse("value.current / value.approved"), NAMES.get) == (
        "the current value divided by the approved value"
    )


@pytest.mark.parametrize(
    ("text", "path"),
    [("parties", "parties"), ("a.b[c][d]", "a.b"), ("count(a)", None), ("a[1].b", None)],
)
def test_list_path(text: str, path: str | None) -> None:
    assert list_path(parse(text)) == path


@given(trees())
def test_any_tree_can_be_said(tree: Node) -> None:
    for negated in (False, True):
        for names in (lambda path: None, lambda path: f"The {path} of it all"):
            assert in_words(tree, names, negated, questions=lambda path: f"Is {path} done?")
