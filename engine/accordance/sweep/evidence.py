"""What rules about evidence read, in columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from ..plan.planning import PlannedRule
from .carriers import Carrier

if TYPE_CHECKING:
    from .relational import Relation


def evidence_lists(
    relation: Relation, table: ibis.Table, rules: list[PlannedRule]
) -> dict[str, Carrier]:
    return {}
