"""The truth tables of docs/logic.md, made from the functions that the engine runs on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from . import functions, logic
from .values import NONE, UNKNOWN, Months, Span, Uncertain, Value, duration_text, number_text

BEGIN: Final = "<!-- tables: begin (made by `make docs`) -->"
END: Final = "<!-- tables: end -->"

_TRUTHS = (True, False, UNKNOWN)


def truth_tables() -> str:
    """All tables as Markdown."""
    return "\n".join(_sections()) + "\n"


def replace_tables(page: str) -> str:
    """A page with what stands between the marks replaced. Raises ValueError without marks."""
    head, begin, rest = page.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError("the page has no marks for the tables")
    return f"{head}{BEGIN}\n\n{truth_tables()}\n{END}{tail}"


def _sections() -> Iterator[str]:
    yield from _square("and", _TRUTHS, lambda a, b: logic.conjunction((a, b)))
    yield from _square("or", _TRUTHS, lambda a, b: logic.disjunction((a, b)))
    yield from _column("not(x)", _TRUTHS, logic.negation)
    yield "### `if c then a else b`\n"
    yield "| c | a | b | result |\n|---|---|---|---|"
    for condition in _TRUTHS:
        for one, other in ((1, 1), (1, 2), (1, UNKNOWN)):
            if condition is UNKNOWN:
                result: Value = one if logic.equal(one, other) is True else UNKNOWN
            else:
                result = one if condition else other
            yield _row(condition, one, other, result)
    yield ""
    day = dt.date(2026, 1, 31)
    values = (1, 2, "a", day, NONE, UNKNOWN)
    yield from _square("=", values, logic.equal)
    yield from _square("!=", values, lambda a, b: logic.negation(logic.equal(a, b)))
    yield from _square("<", (1, 2, NONE, UNKNOWN), lambda a, b: logic.order("<", a, b))
    yield from _square(">=", (1, 2, NONE, UNKNOWN), lambda a, b: logic.order(">=", a, b))
    yield from _square("+", (1, NONE, UNKNOWN), logic.add)
    yield from _square("/", (1, 0, NONE, UNKNOWN), logic.divide)
    lists: Sequence[Value] = (1, "a", NONE, [], [1], Uncertain(((1, False),)), UNKNOWN)
    yield from _column("x = null", lists, logic.is_none)
    yield from _column("has value(x)", lists, logic.has_value)
    yield from _column("is defined(x)", lists, lambda x: x is not UNKNOWN)
    yield "### Lists with possible items\n"
    yield (
        "`1?` is an item that is only possible, since what it was chosen by is not known; "
        "`2..3` is a number of which only the bounds are known.\n"
    )
    yield from _functions()
    yield "### Dates\n"
    yield "| expression | result |\n|---|---|"
    last = Months(1)
    for left, sign, right in (
        (dt.date(2024, 1, 31), "+", last),
        (dt.date(2026, 3, 31), "-", last),
        (dt.date(2026, 3, 1), "-", dt.date(2026, 1, 31)),
        (dt.date(9999, 12, 31), "+", dt.timedelta(days=1)),
    ):
        result = logic.ARITHMETIC[sign](left, right)
        yield f"| {show(left)} {sign} {show(right)} | {show(result)} |"
    yield ""


def _functions() -> Iterator[str]:
    columns: Sequence[Value] = (
        [],
        [1, 2],
        [1, UNKNOWN],
        Uncertain(((1, True), (2, False))),
        Uncertain(((1, False),)),
        UNKNOWN,
    )
    yield "| | " + " | ".join(show(column) for column in columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for name in ("count", "sum", "min", "max", "mean", "distinct values"):
        function = functions.FUNCTIONS[name]
        results = [functions.apply(function, [column]) for column in columns]
        yield f"| `{name}` | " + " | ".join(show(result) for result in results) + " |"
    contains = functions.FUNCTIONS["list contains"]
    for sought in (1, 2, 3):
        results = [functions.apply(contains, [column, sought]) for column in columns]
        cells = " | ".join(show(result) for result in results)
        yield f"| `list contains(x, {sought})` | {cells} |"
    yield ""
    yield "| | count | count >= 1 | count >= 2 | count >= 3 | count = 1 | count = 3 |"
    yield "|---|---|---|---|---|---|---|"
    uncertain = Uncertain(((1, True), (2, False)))
    count = functions.apply(functions.FUNCTIONS["count"], [uncertain])
    asked = [logic.order(">=", count, number) for number in (1, 2, 3)]
    asked += [logic.equal(count, number) for number in (1, 3)]
    yield f"| {show(uncertain)} | " + " | ".join(show(one) for one in [count, *asked]) + " |"
    yield ""
    truths: Sequence[Value] = (
        [],
        [True, UNKNOWN],
        [False, UNKNOWN],
        Uncertain(((True, False),)),
        Uncertain(((False, False),)),
        UNKNOWN,
    )
    yield "| | " + " | ".join(show(column) for column in truths) + " |"
    yield "|---" * (len(truths) + 1) + "|"
    for name in ("all", "any"):
        function = functions.FUNCTIONS[name]
        results = [functions.apply(function, [column]) for column in truths]
        yield f"| `{name}` | " + " | ".join(show(result) for result in results) + " |"
    yield ""


def _square(
    sign: str, values: Sequence[Value], compute: Callable[[Value, Value], Value]
) -> Iterator[str]:
    yield f"### `{sign}`\n"
    yield "| left \\ right | " + " | ".join(show(value) for value in values) + " |"
    yield "|---" * (len(values) + 1) + "|"
    for left in values:
        yield (
            f"| **{show(left)}** | "
            + " | ".join(show(compute(left, right)) for right in values)
            + " |"
        )
    yield ""


def _column(
    title: str, values: Sequence[Value], compute: Callable[[Value], Value]
) -> Iterator[str]:
    yield f"### `{title}`\n"
    yield "| x | result |\n|---|---|"
    for value in values:
        yield _row(value, compute(value))
    yield ""


def _row(*values: Value) -> str:
    return "| " + " | ".join(show(value) for value in values) + " |"


def show(value: Value) -> str:
    """A value as the tables write it."""
    if value is UNKNOWN:
        return "*unknown*"
    if value is NONE:
        return "none"
    if isinstance(value, bool):
        return "true" if value else "false"
    if logic.is_number(value):
        return number_text(value)
    if isinstance(value, Span):
        return f"{show(value.low)}..{show(value.high)}"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.timedelta | Months):
        return duration_text(value)
    pairs = functions.pairs_of(value) or ()
    return "[" + ", ".join(show(item) + ("" if sure else "?") for item, sure in pairs) + "]"


def main() -> None:
    """Write the tables into the page that is named: `python -m accordance.feel.truth_tables`."""
    import sys
    from pathlib import Path

    page = Path(sys.argv[1])
    page.write_text(replace_tables(page.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
