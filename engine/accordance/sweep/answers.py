"""What a sweep stores of each case: the names of its columns and what their numbers mean."""

from __future__ import annotations

from typing import Final

from ..plan.outcome import SEVERITY_RANK
from ..plan.planning import PlannedRule

ROW: Final = "$row"
"""The number of a record in the whole sweep, from 0."""

SOURCE: Final = "$source"
LINE: Final = "$line"
DIGEST: Final = "$digest"
"""Where a record stands: the file as it was named, the line (1 for a file of one case, the number
of the row for Parquet, none for a cell of a workbook), and the digest of what stands there."""
PLACE: Final = (SOURCE, LINE, DIGEST)
SURE: Final = "$sure"
"""Does the relational plan answer for the row?"""

NOT_APPLICABLE, COMPLIANT, NON_COMPLIANT, INSUFFICIENT, ACCEPTED, MOOT = range(6)
OUTCOMES: Final = {
    "not_applicable": NOT_APPLICABLE,
    "compliant": COMPLIANT,
    "non_compliant": NON_COMPLIANT,
    "insufficient_evidence": INSUFFICIENT,
    "accepted_exception": ACCEPTED,
}
OUTCOME_WORDS: Final = (
    "not_applicable",
    "compliant",
    "non_compliant",
    "insufficient_evidence",
    "accepted_exception",
    "insufficient_evidence (moot)",
)
"""What the number in the column of a rule means."""

SEVERITY_WORDS: Final = tuple(sorted(SEVERITY_RANK, key=SEVERITY_RANK.__getitem__))
"""What the number of a severity means."""

PART_UNKNOWN, PART_FALSE, PART_TRUE, PART_NOT_ASKED = range(4)
PART_WORDS: Final = ("unknown", "false", "true", "not asked")

FACTS: Final = ("id", "title", "stage", "as_of")
"""The facts that are stored with the outcomes."""
ANSWERS: Final = ("verdict", "opinion", "opinion_at_worst")


def severity_column(rule: str) -> str:
    return f"{rule} severity"


def least_column(rule: str) -> str:
    """The lower end of a severity that hangs on an unknown fact."""
    return f"{rule} severity_least"


def parts_column(rule: str) -> str:
    """The states of a rule's `when` and of each thing it requires, as one number: two binary
    digits each, the first part lowest."""
    return f"{rule} parts"


def theme_column(theme: str, kind: str) -> str:
    """The highest severity of a theme's breaches or gaps, as one more than its number; 0 for no
    finding."""
    return f"{theme} {kind}"


def rule_columns(rule: PlannedRule) -> tuple[str, str, str, str]:
    """The columns of a rule: its outcome, the two ends of its severity, and the states of its
    parts."""
    name = rule.rule.id
    return name, severity_column(name), least_column(name), parts_column(name)


def parts_of(packed: int, count: int) -> list[str]:
    """The states of the parts of a rule, in words."""
    return [PART_WORDS[(packed >> 2 * place) & 3] for place in range(count)]
