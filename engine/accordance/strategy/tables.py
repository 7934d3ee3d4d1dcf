"""The verdict and opinion tables of strategy.yaml."""

from __future__ import annotations

from ..feel.syntax import Node
from ..problem import Code
from ..source.quoting import quoted
from ..source.tree import Located, Sequence
from .expressions import Expressions
from .fields import Fields, fields_of
from .model import STAGES, Table, TableRow

_STAGES = {"verdict": ("new", "renewing"), "opinion": ("renewing", "established", "exiting")}


def read_table(
    fields: Fields, name: str, answers: tuple[str, ...], expressions: Expressions
) -> Table | None:
    """The table `verdict` or `opinion`, of which the rows give these answers."""
    part = fields.part(name, ("stages", "table"))
    if part is None:
        return None
    part.require("table")
    stages = part.choices("stages", STAGES, Code.STAGE) or _STAGES[name]
    nodes = part.items("table")
    given = part.get("table")
    if isinstance(given, Sequence) and not nodes:
        part.note(
            Code.FIELD_VALUE,
            f"{quoted(name)} has no row, and then there is no answer",
            given.place,
            "write at least a row that has no `when`",
        )
    rows = []
    for position, node in enumerate(nodes, 1):
        row = _row(part, name, node, answers, expressions)
        if row:
            rows.append(row)
            if row.when is None and position < len(nodes):
                part.note(
                    Code.FIELD_VALUE,
                    f"row {position} always holds, so no row after it is ever reached",
                    row.place,
                    "give it a `when`, or move it to the end",
                )
            elif row.when is not None and position == len(nodes):
                part.note(
                    Code.FIELD_MISSING,
                    f"the last row of {quoted(name)} may not hold, and then there is no answer",
                    row.place,
                    "end with a row that has no `when`",
                )
    return Table(stages, tuple(rows))


def _row(
    part: Fields, name: str, node: Located, answers: tuple[str, ...], expressions: Expressions
) -> TableRow | None:
    row = fields_of(node, "a row", node.place, ("is", "when", "means"), part.problems)
    if row is None:
        return None
    row.require("is")
    answer = row.choice("is", answers)
    means = row.text("means")
    when: Node | None = None
    text: str | None = None
    condition_node = row.get("when")
    if condition_node is not None:
        condition = expressions.condition(condition_node, "`when`", name)
        if condition is None:
            return None
        when, text = condition.node, condition.text
    return TableRow(answer, when, text, means, node.place) if answer else None
