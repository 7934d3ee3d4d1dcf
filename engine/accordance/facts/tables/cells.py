"""What a cell says as the value of a fact. The fact decides how its cell is read, so that `7` is
text in a text fact and a number in a number fact, and nobody has to write quotes."""

from __future__ import annotations

import re
from typing import Final

from ...feel.values import Number
from ...problem import Code, Problem
from ...source.quoting import quoted
from ...source.scalars import Unclear, decimal
from ...source.tree import Located, Mapping, Scalar, Sequence
from ..shapes import Boolean, Date, Group, List, NumberShape, Shape, Text, stands_for_nothing

YES_AND_NO: Final = {"true": True, "yes": True, "false": False, "no": False}
NONE: Final = "none"
NOTHING_KNOWN: Final = "unknown"
"""In a column that stands for an item as a whole: there is one, and nothing is known of it."""
SEPARATOR: Final = ";"
"""Parts the values of a list that stand in one cell."""

_DEFUSED = re.compile(r"'+[=+\-@\t\r]")
_DANGEROUS = re.compile(r"'*[=+\-@\t\r]")


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula; `plain_text` takes it back."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def plain_text(text: str) -> str:
    """Text without the apostrophe that defused it."""
    return text[1:] if _DEFUSED.match(text) else text


def value_of(cell: Scalar, shape: Shape, path: str) -> Located | Problem:
    """The located value that a cell states of the fact at a path, or what is wrong with it.

    Bounds, words and forms are not looked at: that is the fact model's work, for every format.
    """
    if isinstance(shape, List):
        return _list(cell, shape, path)
    if isinstance(shape, Group):
        if cell.text.strip() == NOTHING_KNOWN:
            return Mapping({}, {}, cell.start, cell.end, cell.source)
        return _fault(
            cell,
            f"{quoted(path)} is a whole item, and the cell holds {quoted(cell.text)}",
            f"give its facts columns of their own, as in `{path}.{next(iter(shape.members))}`",
        )
    value = cell.value
    if isinstance(shape, Boolean):
        return _boolean(cell, path)
    if isinstance(shape, NumberShape):
        return _number(cell, shape, path)
    if not isinstance(value, str):
        if isinstance(shape, Date):
            return _fault(
                cell,
                f"{quoted(path)} is {quoted(cell.text)}, not a date",
                "give the cell the form of a date, or write the day as YYYY-MM-DD",
            )
        return _fault(
            cell,
            f"{quoted(path)} is {quoted(cell.text)} as a number or switch, not text",
            "give the cell the form of text and write it anew: a zero in front may have been lost",
        )
    word = plain_text(value.strip())
    if isinstance(shape, Text) and shape.values is None:
        value = plain_text(value)
        if not stands_for_nothing(value):
            word = value
    return Scalar(word, word, False, cell.start, cell.end, cell.source)


def _list(cell: Scalar, shape: List, path: str) -> Located | Problem:
    if cell.text.strip() == NONE:
        return Sequence([], cell.start, cell.end, cell.source)
    if isinstance(shape.item, Group):
        return _fault(
            cell,
            f"{quoted(path)} is a list, and the cell holds {quoted(cell.text)}",
            f"write `{NONE}` if there are none; else give each item columns, as in "
            f"`{path}[1].{next(iter(shape.item.members))}`, or the list a table of its own",
        )
    items: list[Located] = []
    # Every item points at the cell: a part of it has no place of its own in a sheet.
    for position, part in enumerate(cell.text.split(SEPARATOR), 1):
        if part.strip():
            whole = cell.value if not isinstance(cell.value, str) else part
            one = Scalar(whole, part.strip(), False, cell.start, cell.end, cell.source)
            found = value_of(one, shape.item, f"{path}[{position}]")
            if isinstance(found, Problem):
                return found
            items.append(found)
    return Sequence(items, cell.start, cell.end, cell.source)


def _boolean(cell: Scalar, path: str) -> Located | Problem:
    value = cell.value
    if isinstance(value, str):
        value = YES_AND_NO.get(value.strip().casefold())
    if isinstance(value, bool):
        return Scalar(value, cell.text, True, cell.start, cell.end, cell.source)
    return _fault(
        cell,
        f"{quoted(path)} is {quoted(cell.text)}, neither yes nor no",
        "write `yes` or `no`, or leave the cell empty when it is not known",
    )


def _number(cell: Scalar, shape: NumberShape, path: str) -> Located | Problem:
    value = cell.value
    text = cell.text.strip()
    if isinstance(value, str):
        try:
            value = decimal(text)
        except Unclear as unclear:
            return Problem(unclear.code, unclear.message, cell.place, unclear.help)
    if isinstance(value, Number) and not isinstance(value, bool):
        return Scalar(value, text, True, cell.start, cell.end, cell.source)
    digits = text.replace(",", "").replace(" ", "").lstrip("£")
    try:
        plain = decimal(digits) if len(digits) < 40 else None
    except Unclear:
        plain = None
    wanted = "a whole number" if shape.whole else "a number"
    return _fault(
        cell,
        f"{quoted(path)} is {quoted(cell.text)}, not {wanted}",
        f"write `{digits}`" if plain is not None else "write digits, or leave the cell empty",
    )


def _fault(cell: Scalar, message: str, help: str) -> Problem:
    return Problem(Code.CELL, message, cell.place, help)
