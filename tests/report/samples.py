"""Check reports as the program makes them, written by hand: one of each kind of answer.

Everything in here is invented, except the London 2012 venues, which are public record.
"""

from __future__ import annotations

from typing import Any

from accordance.report.changes import changes

Json = dict[str, Any]

DIGEST = "sha256:4f0c2d1e9a7b3856" + "0" * 48
FACTS_DIGEST = "sha256:b81e6f52c09d7a43" + "0" * 48

TITLES = {
    "REG-01": ("Register and agreement", "The partnership is on the register"),
    "REG-03": ("Register and agreement", "The agreement is signed before the service starts"),
    "REG-04": ("Register and agreement", "The elements of a sound structure exist"),
    "OBJ-01": ("Objectives", "Every partner has agreed the joint objectives"),
    "OBJ-02": ("Objectives", "Objectives are outcomes, not activities"),
    "OBJ-04": ("Objectives", "The partners' aims have not drifted apart"),
    "BC-01": ("Business case", "At least three options were weighed"),
    "BC-08": ("Business case", "Growth beyond the approved value is approved again"),
    "GOV-01": ("Governance", "Each partner names a senior executive with authority"),
    "GOV-04": ("Governance", "The partnership is open to public scrutiny"),
    "RSK-05": ("Risk", "Warnings are closed in time and shared"),
    "DEP-01": ("Dependence", "A single provider has an exit plan and a fallback"),
    "DEP-02": ("Dependence", "No undue concentration on one group"),
    "DEP-05": ("Dependence", "A partner's distress is answered at once"),
    "DEP-07": ("Dependence", "A steep ramp-up is tested before it is relied on"),
    "EXT-01": ("Exit", "The exit plan is agreed together and current"),
    "EXT-02": ("Exit", "The exit plan names what triggers it"),
    "EXT-06": ("Exit", "The renewal decision is taken in time"),
    "REP-01": ("Reputation", "Partners with linked reputations govern risk together"),
    "REP-02": ("Reputation", "A joint protocol for communications and incidents"),
    "LEG-03": ("Law", "A subsidy is assessed before it is given"),
    "EVD-01": ("Evidence", "The facts that a decision needs are stated"),
}


def result(rule: str, outcome: str = "compliant", **more: Any) -> Json:
    """One result; what is not given has the value of a rule without findings."""
    theme, title = TITLES[rule]
    kind = {"non_compliant": "breach", "insufficient_evidence": "gap"}.get(outcome)
    if more.get("moot"):
        kind = None
    found = {
        "id": f"{rule.lower()}-0123456789ab",
        "rule": rule,
        "title": title,
        "theme": theme,
        "outcome": outcome,
        "kind": kind,
        "moot": False,
        "severity": "high" if kind else None,
        "severity_least": None,
        "gate": False,
        "message": None,
        "unmet": [],
        "missing": [],
        "facts": [],
        "actions": [],
        "remedy": [],
        "rests_on": [],
        "because": "",
        "accepted_by": None,
    } | more
    if found["severity_least"] is None:
        found["severity_least"] = found["severity"]
    return found


def action(do: str, owner: str, due: str, due_on: str | None = None) -> Json:
    return {"do": do, "owner": owner, "due": due, "due_on": due_on}


def missing(path: str, question: str, *decides: str) -> Json:
    return {
        "path": path,
        "title": path,
        "question": question,
        "of": None,
        "decides": list(decides),
        "severity": "high",
        "gate": False,
    }


def report(case: Json, results: list[Json], **more: Any) -> Json:
    return {
        "schema": "accordance/check/1",
        "strategy": {
            "name": "public_body",
            "title": "Collaboration strategy of a public body",
            "version": "1.0",
            "digest": DIGEST,
            "status": "approved",
        },
        "case": {
            "id": "case",
            "title": "The partnership",
            "stage": "new",
            "as_of": "2026-01-31",
            "evaluated_on": "2026-01-31",
            "source": "cases/proposals/case.facts.yaml",
            "digest": FACTS_DIGEST,
        }
        | case,
        "verdict": None,
        "opinion": None,
        "opinion_at_worst": None,
        "results": results,
        "missing": [],
        "notices": [],
    } | more


def do_not_proceed() -> Json:
    """A renewal that three rules stop, with facts missing besides."""
    source = "cases/backtest/g4s-olympics-2012-t1-scale-up.facts.yaml"
    return report(
        {
            "id": "g4s-olympics-2012-t1-scale-up",
            "title": "London 2012 venue security",
            "stage": "renewing",
            "as_of": "2011-12-31",
            "evaluated_on": "2011-12-31",
            "source": source,
        },
        [
            result("REG-01"),
            result("REG-03"),
            result("OBJ-01", "insufficient_evidence", gate=True, missing=["objectives.documented"]),
            result("OBJ-04"),
            result(
                "BC-08",
                "insufficient_evidence",
                missing=["value.growth_reapproved"],
                message="The value of London 2012 venue security has grown to 3.3 times the"
                " approved sum, and it is not known whether the growth was approved.",
            ),
            result("GOV-01", "insufficient_evidence", missing=["parties.senior_executive_named"]),
            result(
                "RSK-05",
                "non_compliant",
                severity="high",
                message="A warning of Her Majesty's Inspectorate of Constabulary has stood open"
                " since 30 September 2011, and not every partner has seen it.",
                unmet=["every open warning is younger than 60 days"],
                actions=[
                    action(
                        "Plan what to do about each warning and take it to the joint board",
                        "Senior executives",
                        "10 working days",
                        "2012-01-17",
                    )
                ],
            ),
            result(
                "DEP-01",
                "insufficient_evidence",
                gate=True,
                severity="critical",
                missing=["exit_plan.exists"],
                message="London 2012 venue security depends on one provider, and it is not known"
                " whether an exit plan exists.",
            ),
            result("DEP-02"),
            result("DEP-05"),
            result(
                "DEP-07",
                "non_compliant",
                severity="critical",
                gate=True,
                message="Capacity has to grow from 2,000 to 10,400 in 7 months, and the"
                " mobilisation plan has not been tested.",
                unmet=["the mobilisation plan has been tested"],
                facts=[
                    {
                        "path": "dependence.required_capacity",
                        "value": 10400,
                        "source": source,
                        "line": 20,
                    },
                    {
                        "path": "dependence.mobilisation_plan_tested",
                        "value": False,
                        "source": source,
                        "line": 20,
                    },
                ],
                actions=[
                    action(
                        "Have readiness reviewed from outside, stage the volumes and find a second"
                        " source",
                        "Programme director",
                        "before signature",
                    )
                ],
                remedy=["`dependence.mobilisation_plan_tested` becomes true"],
            ),
            result("EXT-01", "insufficient_evidence", gate=True, missing=["exit_plan.exists"]),
            result("EXT-02", "insufficient_evidence", moot=True),
            result("EXT-06", "not_applicable"),
            result(
                "REP-01",
                "non_compliant",
                severity="critical",
                gate=False,
                message="The reputations of the partners are closely linked, and an open warning"
                " has not been shared with all of them.",
                unmet=["every open warning has been shared with all partners"],
                actions=[
                    action(
                        "Set up a shared risk register, joint escalation and the sharing of"
                        " warnings",
                        "Senior executives",
                        "30 days",
                        "2012-01-30",
                    )
                ],
            ),
            result("REP-02", "insufficient_evidence", severity="medium"),
            result("LEG-03", "not_applicable"),
            result(
                "EVD-01",
                "non_compliant",
                severity="medium",
                message="6 facts are not stated that a decision at this stage needs.",
            ),
        ],
        verdict="do_not_proceed",
        opinion="no_assurance",
        opinion_at_worst="no_assurance",
        missing=[
            missing("exit_plan.exists", "Is there an exit plan?", "DEP-01", "EXT-01"),
            missing("objectives.documented", "Are the joint objectives written down?", "OBJ-01"),
            missing(
                "value.growth_reapproved",
                "Has the growth in value been approved again by whoever approved the first sum?",
                "BC-08",
            ),
            missing(
                "parties.senior_executive_named",
                "Has each party named a senior executive responsible?",
                "GOV-01",
            ),
            missing(
                "reputation.communications_protocol",
                "Is there a joint protocol for communications and incidents?",
                "REP-02",
            ),
        ],
        notices=[
            {
                "code": "facts-stale",
                "message": "the facts are older than 6 months on the day of the evaluation",
                "rule": None,
                "path": None,
            }
        ],
    )


def undecided() -> Json:
    """A proposal of which too little is known."""
    return report(
        {
            "id": "NB-P-2026-014",
            "title": "Regional waste collection alliance",
            "stage": "new",
            "source": "cases/proposals/waste-alliance.facts.yaml",
        },
        [
            result("REG-01"),
            result("OBJ-01", "insufficient_evidence", gate=True, severity="critical"),
            result("BC-01"),
            result("GOV-01", "insufficient_evidence", severity="medium"),
            result(
                "DEP-01",
                "insufficient_evidence",
                gate=True,
                severity="critical",
                severity_least="high",
            ),
            result("DEP-02"),
            result("EXT-01", "insufficient_evidence", gate=True),
            result("REP-01", "not_applicable"),
            result("LEG-03"),
        ],
        verdict="undecided",
        strategy={
            "name": "public_body",
            "title": "Collaboration strategy of a public body",
            "version": "1.1",
            "digest": DIGEST,
            "status": "draft",
        },
        missing=[
            missing(
                "dependence.provider_count",
                "How many providers could deliver the service from the first day?",
                "DEP-01",
            ),
            missing("exit_plan.exists", "Is there an exit plan?", "DEP-01", "EXT-01"),
            missing("objectives.documented", "Are the joint objectives written down?", "OBJ-01"),
        ],
    )


def with_conditions() -> Json:
    """A renewal that may go ahead once conditions are met, one of them an accepted exception."""
    return report(
        {
            "id": "NB-2021-003",
            "title": "Shared legal service",
            "stage": "renewing",
            "source": "cases/portfolio/shared-legal-service.facts.yaml",
        },
        [
            result("REG-01"),
            result("OBJ-01"),
            result(
                "OBJ-02",
                "non_compliant",
                severity="medium",
                message="Only 1 of 4 joint objectives of Shared legal service is an outcome.",
                actions=[
                    action(
                        "Rewrite the objectives as outcomes", "Lead officer", "at the next board"
                    )
                ],
            ),
            result("DEP-01", "not_applicable"),
            result(
                "EXT-01",
                "accepted_exception",
                severity="high",
                gate=True,
                message="The exit plan of Shared legal service was last reviewed more than 12"
                " months ago.",
                accepted_by={
                    "approver": "Full council",
                    "reason": "The plan is rewritten with the new agreement",
                    "approved_on": "2025-11-20",
                    "expires": "2026-06-30",
                },
            ),
            result("REP-01"),
            result("LEG-03", "not_applicable"),
        ],
        verdict="proceed_with_conditions",
        opinion="reasonable",
        opinion_at_worst="reasonable",
    )


def proceed() -> Json:
    """A proposal with nothing against it."""
    return report(
        {
            "id": "NB-P-2026-020",
            "title": "Debt advice grant",
            "stage": "new",
            "source": "cases/proposals/debt-advice-grant.facts.yaml",
        },
        [
            result("REG-01"),
            result("OBJ-01"),
            result("BC-01"),
            result(
                "GOV-04",
                "non_compliant",
                severity="low",
                message="No public meeting is named at which results are reported.",
                actions=[
                    action(
                        "Name the meeting that hears the results",
                        "Lead officer",
                        "3 months",
                        "2026-04-30",
                    )
                ],
            ),
            result("DEP-01", "not_applicable"),
            result("EXT-01"),
            result("REP-01", "not_applicable"),
            result("LEG-03"),
            result("EVD-01"),
        ],
        verdict="proceed",
    )


def established() -> Json:
    """A running partnership: no verdict, an assurance opinion."""
    return report(
        {
            "id": "NB-2019-001",
            "title": "Revenues and benefits service",
            "stage": "established",
            "as_of": "2025-09-30",
            "evaluated_on": "2026-01-31",
            "source": "cases/portfolio/revenues-benefits.facts.yaml",
        },
        [
            result("REG-01"),
            result("OBJ-01"),
            result(
                "OBJ-04",
                "non_compliant",
                severity="high",
                message="The partners have disagreed in public over the purpose of the service"
                " since 12 May 2025, and nothing has been resolved.",
                actions=[
                    action(
                        "Bring the senior executives together and agree on one purpose, or start"
                        " the exit plan",
                        "Senior executives",
                        "60 days",
                        "2026-04-01",
                    )
                ],
            ),
            result("GOV-01"),
            result("GOV-04"),
            result("RSK-05"),
            result(
                "DEP-01",
                "non_compliant",
                severity="high",
                message="Revenues and benefits service depends on one provider, and no fallback"
                " exists.",
                actions=[
                    action(
                        "Write the exit plan and arrange a fallback",
                        "Contract owner",
                        "30 days",
                        "2026-03-02",
                    )
                ],
            ),
            result("DEP-05", "insufficient_evidence", severity="high"),
            result("EXT-01"),
            result("EXT-02"),
            result("REP-01"),
            result("REP-02"),
            result("LEG-03", "not_applicable"),
            result("EVD-01"),
        ],
        opinion="limited",
        opinion_at_worst="limited",
        missing=[
            missing(
                "parties.distress_events",
                "Which signs of distress has a partner shown in the last year (profit warning, late"
                " accounts, section 114 notice)?",
                "DEP-05",
            )
        ],
        notices=[
            {
                "code": "exception-expired",
                "message": "the exception to EXT-02 expired on 31 December 2025",
                "rule": "EXT-02",
                "path": None,
            }
        ],
    )


ALL = {
    "do_not_proceed": do_not_proceed,
    "undecided": undecided,
    "with_conditions": with_conditions,
    "proceed": proceed,
    "established": established,
}


def fact(path: str, value: Any, line: int | None, title: str) -> Json:
    return {
        "path": path,
        "value": value,
        "source": "cases/portfolio/revenues-benefits.facts.yaml",
        "line": line,
        "title": title,
        "of": None,
    }


def part(kind: str, text: str, words: str, state: bool | None, **more: Any) -> Json:
    return {
        "kind": kind,
        "text": text,
        "words": words,
        "state": state,
        "facts": [],
        "missing": [],
        "reasons": [],
        "means": None,
        "parts": [],
    } | more


def explanation() -> Json:
    """Why DEP-01 came out as a breach, with something not known besides."""
    providers = part(
        "leaf",
        "dependence.provider_count = 1",
        "the number of providers is 1",
        True,
        facts=[fact("dependence.provider_count", 1, 31, "Number of providers")],
    )
    replacement = part(
        "leaf",
        "dependence.substitutability_months > replacement_months_max",
        "the months needed to replace the provider are more than 12",
        None,
        missing=["dependence.substitutability_months"],
    )
    single = part(
        "definition",
        "single_provider",
        "there is a single provider",
        True,
        means="One provider delivers the service, or replacing it would take over a year",
        parts=[
            part(
                "any",
                f"{providers['text']} or {replacement['text']}",
                "at least one of these holds",
                True,
                parts=[providers, replacement],
            )
        ],
    )
    base = established()
    return {
        "schema": "accordance/explain/1",
        "strategy": base["strategy"],
        "case": base["case"],
        "rule": "DEP-01",
        "title": TITLES["DEP-01"][1],
        "theme": "Dependence",
        "outcome": "non_compliant",
        "severity": "high",
        "severity_least": "high",
        "gate": False,
        "because": "Suppliers can fail and leave the public body in limbo.",
        "basis": ["seed R3", "BS 11000 stage 8"],
        "message": "Revenues and benefits service depends on one provider, and no fallback exists.",
        "when": single,
        "require": [
            part(
                "leaf",
                "exit_plan.exists",
                "there is an exit plan",
                True,
                facts=[fact("exit_plan.exists", True, 44, "Exit plan exists")],
            ),
            part(
                "leaf",
                "continuity.fallback_exists",
                "there is no fallback",
                False,
                facts=[fact("continuity.fallback_exists", False, 52, "Fallback exists")],
            ),
        ],
        "severity_when": [
            {
                "level": "critical",
                "part": part(
                    "leaf",
                    "service.critical",
                    "the service is not critical",
                    False,
                    facts=[fact("service.critical", False, 12, "Critical service")],
                ),
            }
        ],
        "remedy": ["`continuity.fallback_exists` becomes true"],
        "missing": [],
        "actions": [
            action(
                "Write the exit plan and arrange a fallback",
                "Contract owner",
                "30 days",
                "2026-03-02",
            )
        ],
        "exception": None,
    }


def what_if() -> Json:
    """The renewal of `do_not_proceed`, if an exit plan existed."""
    after = do_not_proceed()
    for found in after["results"]:
        if found["rule"] == "DEP-01":
            found |= {"outcome": "compliant", "kind": None, "missing": [], "message": None}
            found |= {"severity": None, "severity_least": None}
    after["missing"] = after["missing"][1:]
    return after | {
        "what_if": {
            "set": ["exit_plan.exists=true"],
            "changes": changes(do_not_proceed(), after),
        }
    }


def explanation_of_unknown() -> Json:
    """Why EXT-01 could not be told, for a rule with a condition in two parts."""
    base = undecided()
    provider = part(
        "leaf",
        "value.annual / value.approved > 0.5",
        "a year costs more than half of the approved value",
        None,
        reasons=["division by zero"],
        facts=[fact("value.approved", 0, 22, "Approved value")],
    )
    outside = part(
        "leaf",
        'some p in parties satisfies p.sector != "public"',
        "some party is not a public body",
        True,
        facts=[fact("parties[2].sector", "private", 31, "Sector")],
    )
    return {
        "schema": "accordance/explain/1",
        "strategy": base["strategy"],
        "case": base["case"],
        "rule": "EXT-01",
        "title": TITLES["EXT-01"][1],
        "theme": "Exit",
        "outcome": "insufficient_evidence",
        "severity": "high",
        "severity_least": "high",
        "gate": True,
        "because": "Leaving is cheapest when it was agreed at the start.",
        "basis": ["seed S06"],
        "message": None,
        "when": part(
            "all",
            f"{provider['text']} and {outside['text']}",
            "a year costs more than half of the approved value and some party is not public",
            None,
            parts=[provider, outside],
        ),
        "require": [
            part(
                "leaf",
                "exit_plan.exists",
                "there is an exit plan",
                None,
                missing=["exit_plan.exists"],
            )
        ],
        "severity_when": [],
        "remedy": [],
        "missing": [missing("exit_plan.exists", "Is there an exit plan?", "EXT-01")],
        "actions": [],
        "exception": None,
        "what_if": {"set": ["value.approved=0"]},
    }


def rule_cases() -> Json:
    """A run of rule cases with one failure."""
    why = explanation()
    return {
        "schema": "accordance/test/1",
        "strategy": established()["strategy"],
        "passed": 41,
        "failed": 1,
        "themes": [
            {"theme": "Dependence", "source": "tests/dependence.yaml", "passed": 29, "failed": 1},
            {"theme": "Exit", "source": "tests/exit.yaml", "passed": 12, "failed": 0},
        ],
        "failures": [
            {
                "rule": "DEP-01",
                "name": "one provider, no fallback, a critical service",
                "source": "tests/dependence.yaml",
                "line": 14,
                "given": {
                    "stage": "established",
                    "dependence.provider_count": 1,
                    "exit_plan.exists": True,
                    "continuity.fallback_exists": False,
                },
                "on": "2026-01-31",
                "expected": {"outcome": "non_compliant", "severity": "critical"},
                "got": {"outcome": "non_compliant", "severity": "high"},
                "why": why,
            }
        ],
    }
