"""The parameters of strategy.yaml: the numbers, durations, dates and lists that an owner tunes."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, Final

from ..feel import values
from ..problem import Code, Place
from ..source.quoting import quoted
from ..source.tree import Located, Scalar, Sequence, kind
from .definitions import NAME
from .fields import Fields, fields_of
from .model import Parameter

FACTS_AGE: Final = "facts_age_max"
"""The parameter that says how old facts may be; the one that the program itself reads."""
PARAMETER_FIELDS: Final = ("value", "unit", "means")
UNITS: Final = ("duration", "date", "text", "list")
"""The units whose values are no numbers."""


def read_parameters(fields: Fields) -> tuple[dict[str, Parameter], dict[str, Place]]:
    """The parameters of strategy.yaml that could be read, and the places of all their names."""
    found: dict[str, Parameter] = {}
    names: dict[str, Place] = {}
    for name, node, place in fields.members("parameters"):
        names[name] = place
        if not NAME.fullmatch(name):
            fields.note(
                Code.FIELD_VALUE,
                f"{quoted(name)} cannot name a parameter",
                place,
                "use lower-case letters, digits and `_`",
            )
        what = f"the parameter {quoted(name)}"
        part = fields_of(node, what, place, PARAMETER_FIELDS, fields.problems)
        if part is None:
            continue
        complete = part.require(*PARAMETER_FIELDS)
        unit, means = part.text("unit"), part.text("means")
        if complete and unit and means:
            value = _parameter_value(part, part.node.entries["value"], unit)
            if value is not None:
                found[name] = Parameter(name, value, unit, means, part.place)
    age = found.get(FACTS_AGE)
    if age and age.unit != "duration":
        fields.note(
            Code.FIELD_VALUE,
            f"the parameter `{FACTS_AGE}` must be a duration",
            age.place,
            "write `unit: duration` and a value such as `P6M`",
        )
    return found, names


def _parameter_value(part: Fields, node: Located, unit: str) -> Any:
    """The value of a parameter; None, and a problem, where it does not fit its unit."""
    if unit == "duration":
        if isinstance(node, Scalar) and isinstance(node.value, int | Fraction):
            part.note(
                Code.FIELD_VALUE,
                f"{quoted(node.text)} does not say whether days, months or years are meant",
                node.place,
                f"write `P{node.text}M` for months, `P{node.text}D` for days or `P{node.text}Y`"
                " for years",
            )
            return None
        return part.duration_of(node, "a parameter of unit `duration`")
    if unit == "date":
        return part.date_of(node, "a parameter of unit `date`")
    if unit == "text":
        return part.text_of(node, "a parameter of unit `text`")
    if unit == "list":
        return _parameter_list(part, node)
    value = node.value if isinstance(node, Scalar) else None
    if value is not None and not isinstance(value, bool | str):
        if not values.too_many_digits(value):
            return value
        part.note(
            Code.FIELD_VALUE,
            "the number has too many digits",
            node.place,
            "write at most 18 digits before the decimal point and 6 after it",
        )
        return None
    part.note(
        Code.FIELD_VALUE,
        f"a parameter of unit {quoted(unit)} must be a number, but it is {kind(node)}",
        node.place,
        _as_a_number(node.text) if isinstance(node, Scalar) else None,
    )
    return None


def _as_a_number(text: str) -> str:
    """How to write what looks like a number, or what there is beside numbers."""
    percent = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) ?%", text.strip(), re.ASCII)
    if percent:
        return f"write {values.number_text(Fraction(percent[1]) / 100)}"
    comma = re.fullmatch(r"([0-9]+),([0-9]+)", text.strip(), re.ASCII)
    if comma:
        thousands = f", or {comma[1]}{comma[2]}" if len(comma[2]) == 3 else ""
        return f"write {comma[1]}.{comma[2]}, with a decimal point{thousands}"
    return "write a number, or one of the units `duration`, `date`, `text`, `list`"


def _parameter_list(part: Fields, node: Located) -> list[Any] | None:
    if not isinstance(node, Sequence) or not node.items:
        part.note(
            Code.FIELD_VALUE,
            f"a parameter of unit `list` must be a list, but it is {kind(node)}"
            if not isinstance(node, Sequence)
            else "a parameter of unit `list` must have at least one entry",
            node.place,
            "write it as `[one, two]`",
        )
        return None
    found = []
    for item in node.items:
        if not isinstance(item, Scalar) or item.value is None or isinstance(item.value, bool):
            part.note(
                Code.FIELD_VALUE,
                f"an entry of a list must be text or a number, but it is {kind(item)}",
                item.place,
            )
            return None
        if isinstance(item.value, str) != isinstance(node.items[0].value, str):  # type: ignore[union-attr]
            part.note(Code.FIELD_VALUE, "a list cannot mix text and numbers", item.place)
            return None
        found.append(item.value)
    return found
