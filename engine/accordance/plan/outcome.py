"""What a rule can say of a case, and what someone must act on."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Outcome(StrEnum):
    """What one rule says of one case."""

    COMPLIANT = "compliant"
    NON_COMPLIANT = "non_compliant"
    INSUFFICIENT_EVIDENCE = "insufficient_evidence"
    NOT_APPLICABLE = "not_applicable"
    ACCEPTED_EXCEPTION = "accepted_exception"


class Kind(StrEnum):
    """What a finding is: a breach, a gap in the evidence, or a notice."""

    BREACH = "breach"
    GAP = "gap"
    NOTICE = "notice"


SEVERITY_RANK: Final = {"critical": 4, "high": 3, "medium": 2, "low": 1, "advisory": 0}
"""The order of severities; a higher rank is more severe."""


def kind_of(outcome: Outcome, moot: bool) -> Kind | None:
    """Whether an outcome is a finding, and which."""
    if outcome is Outcome.NON_COMPLIANT:
        return Kind.BREACH
    if outcome is Outcome.INSUFFICIENT_EVIDENCE and not moot:
        return Kind.GAP
    return None
