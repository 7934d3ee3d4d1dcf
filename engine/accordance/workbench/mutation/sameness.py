"""When two expressions are certainly one: their canonical form is the same.

Only what holds for every case is used: a whole number above 11 is at least 12, and a number that
the fact model bounds from below by 0 is always at least 0 once it is known. So a change of `> 11`
to `>= 12` is no change, and a change that another one amounts to is made once.
"""

from __future__ import annotations

from typing import Final

from ...feel.syntax import (
    And,
    Call,
    Comparison,
    Filter,
    For,
    Literal,
    Node,
    Not,
    Or,
    Quantified,
    fact_path,
)
from ...feel.types import NumberType
from ...strategy.model import Strategy
from .variants import joined, parts_of, with_fields

_WHOLE_CALLS: Final = ("count", "string length")
_COUNT: Final = NumberType(low=0, whole=True)


class Sameness:
    """Brings the expressions of a strategy into canonical form."""

    def __init__(self, strategy: Strategy) -> None:
        self._facts = strategy.model.facts

    def key(self, node: Node) -> Node:
        """The canonical form of an expression; it stands for the expression in comparisons only."""
        return self._canonical(node, False)

    def _canonical(self, node: Node, local: bool) -> Node:
        # Below a list the names of its items may hide those of facts.
        local = local or isinstance(node, Filter | Quantified | For)
        for index in range(sum(1 for _ in parts_of(node))):
            part, _, put = list(parts_of(node))[index]
            canonical = self._canonical(part, local)
            if canonical is not part:
                node = _put_flat(put, canonical)
        if isinstance(node, Comparison):
            return self._comparison(node, local)
        if isinstance(node, Not):
            return _opposite(node)
        if isinstance(node, And | Or):
            distinct = dict.fromkeys(node.parts)
            if len(distinct) < len(node.parts):
                parts = tuple(distinct)
                return parts[0] if len(parts) == 1 else with_fields(node, parts=parts)
        return node

    def _comparison(self, node: Comparison, local: bool) -> Node:
        kind = self._number(node.left, local)
        if kind is None or not isinstance(node.right, Literal) or type(node.right.value) is not int:
            return node
        limit, sign = node.right.value, node.operator
        if kind.whole and sign == ">":
            sign, limit = ">=", limit + 1
        elif kind.whole and sign == "<":
            sign, limit = "<=", limit - 1
        low, high = kind.low, kind.high
        if low is not None and sign == ">=" and limit <= low and type(low) is int:
            limit = low
        if high is not None and sign == "<=" and limit >= high and type(high) is int:
            limit = high
        if sign == "=" and kind.whole and limit == low:
            sign = "<="
        elif sign == "!=" and kind.whole and limit == low:
            sign, limit = ">=", limit + 1
        return Comparison(sign, node.left, Literal(limit))

    def _number(self, node: Node, local: bool) -> NumberType | None:
        """The type of a number that is stated or counted; of one that is calculated, none."""
        if isinstance(node, Call) and node.function in _WHOLE_CALLS:
            return _COUNT
        path = None if local else fact_path(node)
        fact = None if path is None else self._facts.get(path)
        if fact is None or fact.derivation is not None or fact.may_be_none:
            return None
        return fact.type if isinstance(fact.type, NumberType) else None


def _opposite(node: Not) -> Node:
    inner = node.operand
    if isinstance(inner, Not):
        return inner.operand
    if isinstance(inner, Comparison) and inner.operator in ("=", "!="):
        return Comparison("!=" if inner.operator == "=" else "=", inner.left, inner.right)
    return node


def _put_flat(put: object, node: Node) -> Node:
    whole: Node = put(node)  # type: ignore[operator]
    return joined(type(whole), whole) if isinstance(whole, And | Or) else whole
