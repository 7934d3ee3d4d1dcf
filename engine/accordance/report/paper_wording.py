"""The standing words of a committee paper: purpose, decisions sought, implications, glossary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from . import Json
from .wording import OPINIONS, count, day, listed

PRIORITIES: Final = {
    "critical": "must be put right before any commitment",
    "high": "must be put right within 90 days",
    "medium": "should be put right",
    "low": "could be put right",
    "advisory": "should be noted",
}
"""What a severity asks of the reader."""

STAGES: Final = {
    "new": "proposed",
    "renewing": "up for renewal",
    "established": "running",
    "exiting": "being ended",
}

_PURPOSES: Final = {
    "new": "so that a decision can be taken on whether to enter into it",
    "renewing": "so that a decision can be taken on whether to renew it",
    "established": "to give those who answer for it assurance, and to say what has to be done",
    "exiting": "so that it can be ended in good order",
}
_COMMITMENTS: Final = {"new": "entering into the partnership", "renewing": "renewing it"}

IMPLICATIONS: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    (
        "Financial",
        "Chief finance officer",
        (
            *("value", "costs", "business_case", "benefits", "benefits_tracking", "sharing"),
            *("resources", "cost_data", "form_terms.funding_cap", "form_terms.funding_to_date"),
            *("risks.downside_loss", "risks.support_cap", "parties.financial"),
        ),
    ),
    ("Legal", "Monitoring officer", ("legal", "agreement", "regime", "basis", "procurement")),
    (
        "Risk",
        "Risk manager",
        ("risks", "warnings", "continuity", "exit_plan", "dependence", "parties.distress_events"),
    ),
    (
        "Equality",
        "Equality lead",
        ("legal.equality_assessment_done", "legal.best_value_consultation_done"),
    ),
    (
        "Data protection",
        "Data protection officer",
        (
            *("legal.personal_data", "legal.data_agreement", "legal.impact_assessment"),
            "legal.high_risk_processing",
        ),
    ),
    ("Climate", "Climate lead", ()),
    (
        "Workforce",
        "Head of human resources",
        (
            *("legal.staff_transfer", "legal.staff_transferring", "legal.workforce_plan"),
            *("form_terms.shared_staff_agreement", "resources.required_fte"),
            "resources.committed_fte",
        ),
    ),
    ("Reputation", "Head of communications", ("reputation", "parties.reputational_link")),
)
"""Each heading, who writes under it, and the facts whose findings bear on it."""

GLOSSARY: Final = (
    ("Rule", "one thing that the strategy asks for: when it applies, what it requires and why"),
    ("Finding", "what someone must act on: a breach, or a rule without enough evidence"),
    ("Met", "the rule applies, and the facts show that all it asks for is there"),
    ("Breach", "the rule applies, and the facts show that something it asks for is not there"),
    (
        "Not enough evidence",
        "facts are missing, so that nobody can tell whether the rule is met; it does not count as "
        "met, nor as a breach",
    ),
    ("Accepted exception", "a breach that someone entitled to do so has accepted until a date"),
    ("Does not apply", "the rule is not for this stage or this kind of partnership"),
    (
        "Cannot become a breach",
        "whether the rule applies is not known, but all that it asks for is there",
    ),
    ("Withheld", "what rests on facts that are exempt from publication is not told"),
    (
        "Basis",
        "what a rule rests on: statutes, standards, reports; “seed” and a number is a statement of "
        "the article from which the strategy for public bodies grew",
    ),
    ("Gate", "a rule that must be met before the body commits itself"),
    (
        "Severity",
        "how much a breach matters: critical, high, medium, low or advisory; a range where a "
        "missing fact decides",
    ),
    ("None", "it is known that there is none, which is not the same as not known"),
    (
        "Verdict",
        "for a proposal or a renewal: proceed, proceed with conditions, undecided or do not "
        "proceed",
    ),
    (
        "Opinion",
        "how far the partnership can be relied on: substantial, reasonable, limited or no "
        "assurance; proposed by the program and signed by a person",
    ),
    ("Opinion at worst", "the opinion if every rule without enough evidence were a breach"),
    (
        "Digest",
        "a fingerprint of the strategy or the facts: the same digest means the same content",
    ),
)

VERIFIERS: Final = {
    "nobody": "verified by nobody",
    "partner": "verified by the partner alone",
    "lead_officer": "verified by the lead officer",
    "internal_audit": "verified by internal audit",
    "external_audit": "verified by external audit",
    "other_independent": "verified by someone independent",
}


def purpose(report: Json) -> str:
    """Why the paper is written, in one sentence."""
    case, strategy = report["case"], report["strategy"]
    stage = case.get("stage")
    what = "proposed partnership" if stage == "new" else "partnership"
    return (
        f"This paper reports how the {what} “{case['title']}” stands against the strategy "
        f"“{strategy.get('title') or strategy['name']}”, "
        f"{_PURPOSES.get(stage or '', 'for those who answer for it')}."
    )


def decisions_sought(
    report: Json, blocks: int, opens: int, conditions: int, deeds: int, missing: int
) -> list[str]:
    """What the reader is asked to agree to, one sentence each; the counts are of findings."""
    verdict, opinion = report.get("verdict"), report.get("opinion")
    commitment = _COMMITMENTS.get(report["case"].get("stage") or "", "the commitment")
    asked = []
    if verdict == "do_not_proceed":
        stop = "the finding that stops it stands" if blocks == 1 else "what stops it stands"
        asked.append(f"Not to commit to {commitment} while {stop} (section 5).")
    elif verdict == "undecided":
        asked.append(
            f"To defer the decision on {commitment}: what decides is not known, and "
            f"{count(opens, 'rule')} could stop it (section 4)."
        )
    elif verdict == "proceed_with_conditions":
        asked.append(
            f"To agree to {commitment}, on condition that the findings are dealt with by their "
            "dates (sections 5 and 6)."
        )
    elif verdict == "proceed":
        asked.append(f"To agree to {commitment}.")
    elif opinion:
        asked.append(
            f"To note the proposed opinion, {OPINIONS[opinion].lower()}, and who is to sign it."
        )
    if deeds:
        asked.append(
            f"To require what section 6 lists ({count(deeds, 'action')}), with the owners and "
            "dates given there."
        )
    if missing:
        asked.append(
            f"To have what is not known found out ({count(missing, 'fact')}, appendix C), and the "
            "check repeated."
        )
    return asked or ["To note this report."]


def approval_words(strategy: Json) -> str:
    """Whether the strategy is approved, by whom, and if not why not."""
    approval = strategy.get("approval")
    if strategy.get("status") == "approved":
        if not approval:
            return "Approved"
        minute = f" ({approval['minute']})" if approval.get("minute") else ""
        return f"Approved by {approval['by']} on {day(approval['on'])}{minute}"
    if approval and strategy.get("status") == "approved_later":
        return f"Approved by {approval['by']}, in force only from {day(approval['from'])}"
    if approval and strategy.get("status") == "expired":
        ended = f" on {day(approval['until'])}" if approval.get("until") else ""
        return f"No longer in force: the approval by {approval['by']} ended{ended}"
    if approval:
        return f"Draft: changed since {approval['by']} approved it on {day(approval['on'])}"
    return "Draft: no approval is on record"


_WORD: Final = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_DIGITS: Final = re.compile(r"-?[0-9]+\.[0-9]{12,}", re.ASCII)


def told(found: Any, unit: str | None = None) -> str:
    """A fact's value as a committee reads it: `yes`, `31 March 2027`, `58.3%`, `high risk`."""
    if found is None:
        return "not stated"
    if isinstance(found, bool):
        return "yes" if found else "no"
    if isinstance(found, list):
        return listed(told(item, unit) for item in found) or "none (an empty list)"
    if isinstance(found, dict):
        return "; ".join(f"{name} {told(member)}" for name, member in found.items())
    number = _number(found)
    if number is None:
        text = str(found)
        return text.replace("_", " ") if _WORD.fullmatch(text) else day(text)
    if unit == "ratio":
        return f"{_rounded(number * 100, 1)}%"
    text = _rounded(number, 2 if unit == "GBP" else 6)
    if unit == "GBP":
        return f"GBP {text}"
    return f"{text} {unit}" if unit in ("months", "days", "FTE") else text


def _number(found: Any) -> float | int | None:
    if isinstance(found, int | float):
        return found
    # A number that readers of JSON would not get back exactly comes as its decimal text.
    return float(found) if isinstance(found, str) and _DIGITS.fullmatch(found) else None


def _rounded(number: float, places: int) -> str:
    if isinstance(number, int):
        return f"{number:,}"
    text = f"{number:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def those(names: Sequence[str], most: int = 12) -> str:
    """`a, b and c`, and how many more there are."""
    if len(names) <= most:
        return listed(names)
    return f"{', '.join(names[:most])} and {len(names) - most} more"
