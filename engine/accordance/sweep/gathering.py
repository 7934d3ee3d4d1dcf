"""Questions about the items of a list, gathered so that the list is gone through once.

Going through a list costs the database much more than looking at an item. So the questions that a
stage asks of the items of one list become the digits of one number for each item, these numbers are
joined for the whole list, and the answers are read off. They stand in columns of a stage of their
own, before the one that asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import ibis
import ibis.expr.operations as ops

from .carriers import Column, balanced

MOST: Final = 600
"""Columns for answers that a relation can have; questions beyond are asked one by one."""
TRUTHS: Final = 31
"""Questions of which the answers, true, false or unknown, fit into one column."""
COUNTS: Final = 6
COUNT_DIGITS: Final = 10
"""Binary digits of a count."""
LARGEST_COUNT: Final = 2**COUNT_DIGITS - 1


ASKED: Final = "asked"
"""How the names of columns for answers begin."""


def column_name(number: int) -> str:
    return f"{ASKED} {number}"


JOINED: Final = "list_bit_or"
"""What DuckDB calls the function below."""


@ibis.udf.scalar.builtin(  # type: ignore[untyped-decorator]
    name=JOINED, signature=(("array<int64>",), "int64")
)
def joined(numbers: Any) -> Any:
    """The binary digits that any number of a list has; null for no numbers."""


@dataclass
class _Chunk:
    """Questions that share a column."""

    number: int
    array: Column
    element: Column
    counts: bool
    asked: dict[Any, int] = field(default_factory=dict)
    guards: dict[Any, Column] = field(default_factory=dict)
    always: bool = False
    """Is it asked of all records, whatever its guards?"""

    @property
    def is_full(self) -> bool:
        return len(self.asked) >= (COUNTS if self.counts else TRUTHS)

    def column(self) -> Column:
        digits = COUNT_DIGITS if self.counts else 2
        parts = [
            (code.to_expr().cast("int64") * 2 ** (digits * place)).cast("int64")
            for code, place in self.asked.items()
        ]
        body = balanced(parts, lambda a, b: a + b)
        mapped = ops.ArrayMap(self.array, body.op(), self.element.op(), None).to_expr()
        answer = (mapped.sums() if self.counts else joined(mapped)).cast("int64").fill_null(0)
        if self.always:
            return answer
        wanted = balanced(list(self.guards.values()), lambda a, b: a | b)
        return ibis.cases((wanted, answer), else_=0).cast("int64")


class Gatherer:
    """What a stage asks of lists, by the path of each."""

    def __init__(self) -> None:
        self._used = 0
        self._elements: dict[str, Column] = {}
        self._chunks: dict[tuple[str, bool, str], list[_Chunk]] = {}
        self._guard: Column | None = None
        self._question = ""

    @contextmanager
    def within(self, question: str, condition: Column) -> Iterator[None]:
        """Ask only of records for which a condition holds; others get any answer."""
        before = self._guard, self._question
        self._guard, self._question = condition, question
        try:
            yield
        finally:
            self._guard, self._question = before

    @property
    def guard(self) -> Any:
        """What stands for the condition under which is asked."""
        return None if self._guard is None else self._guard.op()

    def element(self, path: str, array: Column) -> Column:
        """What stands for an item of a list in what is asked of it."""
        known = self._elements.get(path)
        if known is None:
            kind = array.type().value_type
            item = ops.Argument(f"of{len(self._elements)}", array.op().shape, kind)
            known = self._elements[path] = item.to_expr()
        return known

    def truth(self, path: str, array: Column, code: Column) -> tuple[int, int] | None:
        """The column and the first of two digits in which the answers to a question are joined:
        2 for true, 1 for unknown. None where there is no room."""
        found = self._ask(path, array, code, counts=False)
        return None if found is None else (found[0], 2 * found[1])

    def count(self, path: str, array: Column, score: Column) -> tuple[int, int] | None:
        """The column and the first digit of the sum of a number that is 0 or 1 for each item."""
        found = self._ask(path, array, score, counts=True)
        return None if found is None else (found[0], COUNT_DIGITS * found[1])

    def _ask(self, path: str, array: Column, code: Column, counts: bool) -> tuple[int, int] | None:
        question = "" if self._guard is None else self._question
        chunks = self._chunks.setdefault((path, counts, question), [])
        key = code.op()
        chunk = next((one for one in chunks if key in one.asked), None)
        if chunk is None:
            if not chunks or chunks[-1].is_full:
                if self._used >= MOST:
                    return None
                element = self.element(path, array)
                chunks.append(_Chunk(self._used, array, element, counts))
                self._used += 1
            chunk = chunks[-1]
            chunk.asked[key] = len(chunk.asked)
        if self._guard is None:
            chunk.always = True
        else:
            chunk.guards[self._guard.op()] = self._guard
        return chunk.number, chunk.asked[key]

    def columns(self) -> Iterator[dict[str, Column]]:
        """The columns of answers to all that was asked since the last time; conditions under which
        was asked read those that come first."""
        chunks = [chunk for made in self._chunks.values() for chunk in made]
        self._chunks.clear()
        self._elements.clear()
        for always in (True, False):
            here = [chunk for chunk in chunks if chunk.always is always]
            if here:
                yield {column_name(chunk.number): chunk.column() for chunk in here}
