"""Names that the program supplies to expressions, beside the facts, and their types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..feel.types import BOOLEAN, NUMBER, TEXT, ContextType, ListType, TextType, Type
from .model import SEVERITIES

OUTCOMES: Final = (
    "compliant",
    "non_compliant",
    "insufficient_evidence",
    "not_applicable",
    "accepted_exception",
)

RESULT_TYPE: Final = ContextType(
    fields={
        "rule": TEXT,
        "theme": TEXT,
        "outcome": TextType(values=OUTCOMES),
        "kind": TextType(values=("breach", "gap")),
        "severity": TextType(values=SEVERITIES),
        "severity_least": TextType(values=SEVERITIES),
        "gate": BOOLEAN,
        "moot": BOOLEAN,
        "rests_on": ListType(item=TEXT),
        "missing": ListType(item=TEXT),
    }
)
"""What one rule said, as rules about evidence and the tables see it."""

MANDATORY_TYPE: Final = ContextType(
    fields={"path": TEXT, "stated": BOOLEAN, "needed": BOOLEAN, "decides": NUMBER}
)
"""A fact that the stage asks for; `needed` when a rule that applies (or may apply) reads it,
`decides` how many such rules."""

EVIDENCE_NAMES: Final[Mapping[str, Type]] = {
    "results": ListType(item=RESULT_TYPE),
    "mandatory": ListType(item=MANDATORY_TYPE),
    "contradictions": ListType(item=TEXT),
}
"""What rules about evidence may read beside the facts."""

TABLE_NAMES: Final[Mapping[str, Type]] = {
    name: ListType(item=RESULT_TYPE)
    for name in ("breaches", "gaps", "findings", "accepted", "serious")
}
"""What the verdict and opinion tables read."""

SUPPLIED: Final = frozenset((*EVIDENCE_NAMES, *TABLE_NAMES, "item", "unmet"))
"""Names that nobody else may use."""
