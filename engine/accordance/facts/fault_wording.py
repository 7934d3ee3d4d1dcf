"""The words for what does not fit the fact model: what is wrong, and what to write instead.

Each function gives the message and the advice (or None). `path` comes in backticks already.
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, TypeAlias

from ..feel.values import Number, date, number, number_text
from ..source.quoting import listed, nearest, quoted
from ..source.tree import Located, Mapping, Scalar, Sequence, kind
from .model import FactModel
from .shapes import NONE_WORDS, Boolean, Date, Group, List, NumberShape, Shape, Text

Words: TypeAlias = tuple[str, str | None]

_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-./]?(\d{1,2})[-./]?(\d{1,2})(?:[T ].*)?", re.ASCII)
_NUMERAL = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)


def name_fault(
    path: str,
    name: str,
    group: Group,
    model: FactModel,
    otherwise: str = "take it out, or put it into `evidence`",
) -> Words:
    """A name that the model does not have; `otherwise` is the advice where it is like none."""
    siblings = list(group.members)
    meant = nearest(name.casefold().replace(" ", "_").replace("-", "_"), siblings)
    prefix = f"{group.path}." if group.path else ""
    if meant is not None:
        return f"{path} is not a fact of this strategy", f"did you mean {quoted(prefix + meant)}?"
    elsewhere = [fact for fact in model.facts if fact.rpartition(".")[2] == name]
    if 0 < len(elsewhere) <= 3:
        return f"{path} is not a fact of this strategy", f"did you mean {listed(elsewhere, 'or')}?"
    return f"{path} is not a fact of this strategy", otherwise


def missing_fault(path: str, missing: list[str], what: str) -> Words:
    """Names that must be stated and are not."""
    where = f" in {path}" if path else ""
    if len(missing) == 1:
        return f"{listed(missing)} is not stated{where}", f"{what} needs it"
    return f"{listed(missing)} are not stated{where}", f"{what} needs them"


def type_fault(path: str, node: Located, shape: Shape) -> Words:
    """A value of another type than the fact has."""
    found = kind(node)
    if isinstance(node, Scalar) and isinstance(node.value, str):
        found = f"the text {quoted(node.value)}"
    elif isinstance(node, Scalar):
        found = quoted(node.text)
    return f"{path} is {found}, not {_wanted(shape)}", _type_advice(node, shape)


def _wanted(shape: Shape) -> str:
    if isinstance(shape, Group):
        return "a group of facts"
    if isinstance(shape, List):
        return "a list"
    if isinstance(shape, Date):
        return "a date"
    if isinstance(shape, Boolean):
        return "`true` or `false`"
    if isinstance(shape, NumberShape):
        return "a whole number" if shape.whole else "a number"
    return "text"


def _type_advice(node: Located, shape: Shape) -> str | None:
    if isinstance(shape, Group):
        names = list(shape.members)[:2]
        if isinstance(node, Sequence):
            return f"take out the dashes, and write {listed(names)} one a line"
        return f"write {listed(names)} and the like below it, one a line"
    if isinstance(shape, List):
        if isinstance(node, Mapping):
            return "begin each item with a dash"
        if isinstance(node, Scalar) and str(node.value).casefold() in NONE_WORDS:
            return "an empty list, `[]`, says that there is none"
        if isinstance(shape.item, Group):
            return "begin each item with a dash"
        return f"write `[{_short(node)}]`"
    if not isinstance(node, Scalar):
        return "write one value, or leave the fact out"
    if isinstance(shape, Date):
        return "write the day as YYYY-MM-DD"
    if isinstance(shape, Text):
        if shape.values is not None:
            return f"write {listed(list(shape.values), 'or')}" if len(shape.values) < 8 else None
        return f'write it in quotes: `"{_short(node)}"`'
    if isinstance(node.value, str) and node.value.casefold() in NONE_WORDS:
        nothing = "false" if isinstance(shape, Boolean) else "0"
        return f"write `{nothing}` if there is none, or leave the fact out when it is not known"
    if isinstance(shape, Boolean):
        return "write `true` or `false`, without quotes"
    return _number_advice(node, shape)


def _number_advice(node: Scalar, shape: Shape) -> str:
    text = node.text.strip()
    if isinstance(node.value, str):
        digits = text.replace(",", "").replace(" ", "").lstrip("£")
        if digits.endswith("%") and _NUMERAL.fullmatch(digits[:-1]) and len(digits) < 20:
            return f"a share runs from 0 to 1: {_as_share(digits[:-1])}"
        if _NUMERAL.fullmatch(digits) and len(digits) < 40:
            return f"write `{digits}`, without quotes"
        return "write digits, with a decimal point where it needs one"
    if isinstance(node.value, bool):
        return "write digits"
    return "round it to a whole number"


def _as_share(percent: str) -> str:
    if not _NUMERAL.fullmatch(percent) or len(percent) > 9 or float(percent) > 100:
        percent = "25"
    return f"{percent}% is `{number_text(number(percent) / Fraction(100))}`"


def _short(node: Located) -> str:
    return node.text[:40] if isinstance(node, Scalar) and node.text.isprintable() else "..."


def choice_fault(path: str, node: Scalar, shape: Text) -> Words:
    """A text that is none of the words the fact may be."""
    values = list(shape.values or ())
    message = f"{path} cannot be {quoted(node.text)}"
    meant = nearest(node.text.casefold().strip().replace(" ", "_").replace("-", "_"), values)
    if meant is not None:
        return message, f"did you mean `{meant}`?"
    return message, f"write {listed(values, 'or')}"


def date_fault(path: str, node: Scalar, may_be_none: bool) -> Words:
    """A text that is no date."""
    text = node.text.strip()
    message = f"{path} is {quoted(node.text)}, which is not a date"
    year_first = _YEAR_FIRST.fullmatch(text)
    day_first = _DAY_FIRST.fullmatch(text)
    if year_first or (day_first and int(day_first[2]) <= 12):
        parts = year_first.groups() if year_first else day_first.groups()[::-1]  # type: ignore[union-attr]
        year, month, day = (int(part) for part in parts)
        meant = f"{year:04}-{month:02}-{day:02}"
        if not _exists(meant):
            return f"{path} is {quoted(node.text)}, a day that does not exist", "correct the date"
        return message, f"write `{meant}`" + ("" if year_first else ", year first")
    return message, "write the day as YYYY-MM-DD" + (
        ", or `none` if there is none" if may_be_none else ""
    )


def _exists(day: str) -> bool:
    try:
        date(day)
    except ValueError:
        return False
    return True


def bound_fault(path: str, node: Located, shape: Shape, keyword: str, error: Any) -> Words:
    """A value outside the bounds of its fact; `keyword` is the schema's."""
    bound = error.validator_value
    if isinstance(node, Scalar) and isinstance(shape, NumberShape):
        advice = None
        if shape.schema.get("x-unit") == "ratio" and keyword == "maximum":
            advice = f"a share runs from 0 to 1: {_as_share(node.text)}"
        shown = number_text(bound) if isinstance(bound, Number) else str(bound)
        limit = {
            "minimum": f"less than {shown}",
            "maximum": f"more than {shown}",
            "exclusiveMinimum": f"not more than {shown}",
            "exclusiveMaximum": f"not less than {shown}",
        }[keyword]
        return f"{path} is {quoted(node.text)}, {limit}", advice or "correct the number"
    if keyword == "uniqueItems":
        assert isinstance(node, Sequence)
        twin = _first_twin(node)
        return f"{path} names {twin} twice" if twin else f"{path} holds one item twice", (
            "keep one of them"
        )
    length = {
        "minItems": f"has fewer than {bound} items",
        "maxItems": f"has more than {bound} items",
        "minLength": f"has fewer than {bound} characters",
        "maxLength": f"has more than {bound} characters",
        "pattern": f"does not have the form {quoted(bound)}",
    }
    return f"{path} {length.get(keyword, 'does not fit the fact model')}", None


def _first_twin(node: Sequence) -> str | None:
    seen = set()
    for item in node.items:
        if not isinstance(item, Scalar):
            return None
        if item.text in seen:
            return quoted(item.text)
        seen.add(item.text)
    return None
