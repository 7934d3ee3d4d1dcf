"""Forty rules in no engine's language, and cases for them, to give every engine the same.

They have the shape of the shipped strategy's rules (stages, a condition, requirements, a severity
that a fact may raise) over single facts compared with constants: what every engine can say. Left
out is what only some can: lists and their items, dates, arithmetic, definitions, exceptions.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.peers.conditions import (
    All,
    Condition,
    Facts,
    Is,
    above,
    among,
    below,
    both,
    either,
    least,
    most,
    no,
    opposite,
    outside,
    truth,
    written,
    yes,
)


@dataclass(frozen=True)
class Rule:
    """At these stages and under this condition, all of this is required; a breach is critical
    where `critical` holds."""

    id: str
    stages: tuple[str, ...]
    require: tuple[Condition, ...]
    severity: str
    when: Condition | None
    critical: Condition | None

    @property
    def applies(self) -> Condition:
        stage = Is("stage", "in", self.stages)
        return stage if self.when is None else All((stage, self.when))

    @property
    def breach(self) -> Condition:
        return All((self.applies, opposite(All(self.require))))


def asks(
    stages: tuple[str, ...],
    *require: Condition,
    severity: str,
    when: Condition | None = None,
    critical: Condition | None = None,
) -> Callable[[str], Rule]:
    """A rule that has no id yet."""
    return lambda name: Rule(name, stages, require, severity, when, critical)


STAGES = ("new", "renewing", "established", "exiting")
BEFORE, RUNNING, LIVING = STAGES[:2], STAGES[1:3], STAGES[:3]

AS_OF = "2026-12-31"

SWITCHES = """
strategic critical_service service_running decision_taken agreement_signed
joining_and_leaving_rules objectives_documented outcomes_stated authority_minuted
case_approved compared_in_house risks_and_benefits independent_challenge downside_tested
novel piloted formula_agreed sharing_disputed open_book award_justified interests_declared
distress_triggers fallback step_in_rights exit_plan exit_plan_agreed exit_costs_estimated
transition_plan joint_board terms_of_reference escalation_route audit_access dual_roles
conflict_protocol relationship_plan contract_manager shared_risk_register
owners_on_every_side communications_protocol integrity_incident incident_referred
measures_agreed failing remedies perverse_incentive personal_data data_agreement
staff_transfer workforce_plan subsidy_possible subsidy_assessed
"""

FACTS: dict[str, tuple[Any, ...]] = {
    **dict.fromkeys(SWITCHES.split(), (True, True, True, True, False)),
    "stage": STAGES,
    "method": ("open", "open", "selective", "limited", "direct"),
    "route": ("procurement", "vertical", "horizontal", "grant", "statute"),
    "payment_basis": ("outcome", "fixed", "volume", "cost_plus", "mixed"),
    "tier": ("gold", "silver", "bronze"),
    "providers": tuple(range(1, 6)),
    "months_to_replace": tuple(range(19)),
    "options_compared": tuple(range(6)),
    "bids": tuple(range(6)),
    "decision_tiers": tuple(range(1, 6)),
    "report_every_months": tuple(range(1, 6)),
    "group_contracts": tuple(range(15)),
    "exit_plan_age_months": tuple(range(25)),
    "risk_register_age_months": tuple(range(7)),
    "continuity_test_age_months": tuple(range(25)),
    "users_affected": (50, 400, 5_000, 10_000, 80_000),
    "share_of_category": tuple(n / 20 for n in range(13)),
    "share_of_total_spend": tuple(n / 100 for n in range(21)),
    "planned_saving_ratio": tuple(n / 20 for n in range(9)),
    "committed_ratio": tuple(n / 20 for n in range(12, 24)),
    "benefit_realised": tuple(n / 10 for n in range(3, 13)),
    "subcontracted_share": tuple(n / 10 for n in range(9)),
    "annual_value": (20_000.0, 150_000.0, 500_000.0, 2_500_000.5, 40_000_000.0),
}
"""Each fact with the values it takes in the cases: what is more likely stands more often."""

SINGLE_PROVIDER = either(below("providers", 2), above("months_to_replace", 12))
CONTRACT = among("route", "procurement", "vertical", "horizontal")
LARGE = least("annual_value", 500_000.0)

RULES = tuple(
    made(f"RULE-{number:02}")
    for number, made in enumerate(
        (
            asks(
                LIVING, yes("agreement_signed"), yes("joining_and_leaving_rules"), severity="medium"
            ),
            asks(LIVING, yes("objectives_documented"), severity="high", when=yes("strategic")),
            asks(BEFORE, yes("outcomes_stated"), yes("authority_minuted"), severity="medium"),
            asks(
                BEFORE,
                yes("case_approved"),
                least("options_compared", 3),
                severity="high",
                when=LARGE,
            ),
            asks(
                BEFORE,
                yes("compared_in_house"),
                yes("risks_and_benefits"),
                severity="medium",
                when=LARGE,
            ),
            asks(
                BEFORE,
                yes("independent_challenge"),
                yes("downside_tested"),
                severity="high",
                when=least("planned_saving_ratio", 0.2),
            ),
            asks(
                BEFORE,
                either(yes("piloted"), below("annual_value", 150000.0)),
                severity="low",
                when=yes("novel"),
            ),
            asks(LIVING, yes("formula_agreed"), no("sharing_disputed"), severity="medium"),
            asks(RUNNING, yes("open_book"), severity="low", when=above("annual_value", 150000.0)),
            asks(
                BEFORE,
                yes("award_justified"),
                severity="high",
                when=among("method", "direct", "limited"),
                critical=LARGE,
            ),
            asks(
                BEFORE,
                least("bids", 2),
                severity="medium",
                when=among("method", "open", "selective"),
            ),
            asks(LIVING, yes("interests_declared"), severity="high"),
            asks(
                LIVING,
                yes("exit_plan"),
                yes("fallback"),
                severity="high",
                when=both(CONTRACT, SINGLE_PROVIDER),
                critical=yes("critical_service"),
            ),
            asks(
                LIVING,
                below("share_of_category", 0.5),
                below("share_of_total_spend", 0.15),
                most("group_contracts", 10),
                severity="medium",
                when=CONTRACT,
            ),
            asks(STAGES, either(yes("fallback"), yes("step_in_rights")), severity="high"),
            asks(
                RUNNING,
                most("continuity_test_age_months", 12),
                severity="high",
                when=yes("critical_service"),
                critical=among("tier", "gold"),
            ),
            asks(RUNNING, yes("distress_triggers"), severity="medium", when=SINGLE_PROVIDER),
            asks(LIVING, yes("exit_plan"), yes("exit_plan_agreed"), severity="high"),
            asks(
                RUNNING, most("exit_plan_age_months", 12), severity="medium", when=yes("exit_plan")
            ),
            asks(LIVING, yes("exit_costs_estimated"), severity="low", when=both(CONTRACT, LARGE)),
            asks(
                STAGES[3:],
                yes("transition_plan"),
                severity="high",
                critical=yes("critical_service"),
            ),
            asks(LIVING, yes("joint_board"), severity="high", when=outside("route", "grant")),
            asks(
                LIVING,
                yes("terms_of_reference"),
                yes("escalation_route"),
                severity="low",
                when=yes("joint_board"),
            ),
            asks(LIVING, most("decision_tiers", 3), severity="low"),
            asks(RUNNING, most("report_every_months", 3), severity="medium", when=yes("strategic")),
            asks(STAGES, yes("audit_access"), severity="high", when=CONTRACT),
            asks(LIVING, yes("conflict_protocol"), severity="medium", when=yes("dual_roles")),
            asks(RUNNING, yes("relationship_plan"), severity="low", when=yes("strategic")),
            asks(STAGES, yes("contract_manager"), severity="high", critical=LARGE),
            asks(
                LIVING, yes("shared_risk_register"), yes("owners_on_every_side"), severity="medium"
            ),
            asks(
                RUNNING,
                most("risk_register_age_months", 3),
                severity="medium",
                when=yes("shared_risk_register"),
            ),
            asks(
                LIVING,
                yes("communications_protocol"),
                severity="medium",
                when=least("users_affected", 5000),
            ),
            asks(
                STAGES,
                yes("incident_referred"),
                severity="critical",
                when=yes("integrity_incident"),
            ),
            asks(
                LIVING,
                least("committed_ratio", 0.9),
                severity="medium",
                critical=below("committed_ratio", 0.75),
            ),
            asks(RUNNING, yes("measures_agreed"), least("benefit_realised", 0.8), severity="high"),
            asks(
                RUNNING,
                yes("remedies"),
                severity="high",
                when=yes("failing"),
                critical=yes("critical_service"),
            ),
            asks(
                LIVING,
                no("perverse_incentive"),
                severity="medium",
                when=among("payment_basis", "volume", "cost_plus"),
            ),
            asks(STAGES, yes("data_agreement"), severity="high", when=yes("personal_data")),
            asks(
                BEFORE,
                yes("workforce_plan"),
                most("subcontracted_share", 0.6),
                severity="medium",
                when=both(yes("staff_transfer"), outside("tier", "bronze")),
            ),
            asks(
                BEFORE,
                either(yes("subsidy_assessed"), no("service_running")),
                severity="high",
                when=both(yes("subsidy_possible"), no("decision_taken")),
            ),
        ),
        1,
    )
)


def right(facts: Facts) -> dict[str, str]:
    """The breaches of a case with all facts: the severity by rule."""
    found = {}
    for rule in RULES:
        if truth(rule.breach, facts):
            raised = rule.critical is not None and truth(rule.critical, facts)
            found[rule.id] = "critical" if raised else rule.severity
    return found


def cases(count: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """Cases with all facts. The same seed gives the same ones."""
    chance = random.Random(seed)
    for number in range(count):
        named = {"id": f"P{number:06}", "title": f"Partnership {number:,}", "as_of": AS_OF}
        yield named | {name: chance.choice(values) for name, values in FACTS.items()}


def lacking(count: int, share: float, null: bool, seed: int = 1) -> Iterator[dict[str, Any]]:
    """Cases of which some facts, but not the stage, are absent or null."""
    chance = random.Random(seed)
    for case in cases(count, seed):
        kept = {
            name: value
            for name, value in case.items()
            if name in ("id", "title", "as_of", "stage") or chance.random() >= share
        }
        yield dict.fromkeys(case) | kept if null else kept


def line(case: Facts) -> str:
    return json.dumps(case, separators=(",", ":"))


# --- the same as a strategy -------------------------------------------------------------------


def write_strategy(folder: Path, rules: Sequence[Rule] = RULES) -> None:
    """The rules and their facts as a strategy of this program."""
    answers = [{"is": "do_not_proceed", "when": "count(breaches) > 0"}, {"is": "proceed"}]
    opinions = [{"is": "limited", "when": "count(breaches) > 0"}, {"is": "substantial"}]
    header = {
        "strategy": "forty_rules",
        "title": "Forty rules",
        "version": "1.0",
        "themes": {"RULE": "Forty rules"},
        "exceptions": {"high": {"approvers": ["Cabinet"], "longest": "P6M"}},
        "verdict": {"stages": list(BEFORE), "table": answers},
        "opinion": {"stages": list(STAGES[1:]), "table": opinions},
    }
    text = {"type": "string"}
    named = {"id": text, "title": text, "as_of": {**text, "format": "date"}}
    facts = {name: _schema(values) for name, values in FACTS.items()}
    model = {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "title", "stage"],
        "properties": {
            name: {"title": name, "description": f"What is {name}?", **schema}
            for name, schema in (named | facts).items()
        },
    }
    theme = {"theme": "Forty rules", "rules": {rule.id: _in_words(rule) for rule in rules}}
    (folder / "rules").mkdir()
    for name, content in (
        ("strategy.yaml", header),
        ("facts.schema.yaml", model),
        ("rules/forty.yaml", theme),
    ):
        (folder / name).write_text(json.dumps(content, indent=1), encoding="utf-8")


def _schema(values: tuple[Any, ...]) -> dict[str, Any]:
    if isinstance(values[0], str):
        return {"type": "string", "enum": list(dict.fromkeys(values))}
    kinds = {bool: "boolean", int: "integer", float: "number"}
    return {"type": kinds[type(values[0])]}


def _in_words(rule: Rule) -> dict[str, Any]:
    said: dict[str, Any] = {
        "title": rule.id,
        "stages": list(rule.stages),
        "require": [written(one, _feel, "and", "or") for one in rule.require],
        "severity": rule.severity,
        "finding": "{title}: {unmet}.",
        "because": "It is measured.",
        "actions": [{"do": "Mend it", "owner": "Somebody", "due": "30 days"}],
    }
    if rule.when is not None:
        said["when"] = written(rule.when, _feel, "and", "or")
    if rule.critical is not None:
        said["severity_when"] = {"critical": written(rule.critical, _feel, "and", "or")}
    return said


def _feel(one: Is) -> str:
    if isinstance(one.value, bool):
        return one.fact if one.value else f"not({one.fact})"
    if not isinstance(one.value, tuple):
        return f"{one.fact} {one.operator} {one.value}"
    among = f"{one.fact} in ({', '.join(map(json.dumps, one.value))})"
    return among if one.operator == "in" else f"not({among})"
