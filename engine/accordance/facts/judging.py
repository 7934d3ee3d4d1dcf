"""What is wrong with a fact file: all of it, in words for the person who wrote it.

Called only for a file that the fast walk refused. jsonschema finds what does not fit the schema;
what the schema cannot say (placeholders, digits, exceptions) is found here. One value has one
problem.
"""

from __future__ import annotations

from ..feel.values import Number, date, too_many_digits
from ..problem import Code, Problem, Refused
from ..source.quoting import quoted
from ..source.tree import Located, Mapping, Scalar, Sequence, is_blank
from .accepted_exceptions import EXCEPTION_FACTS
from .fault_list import Faults, Steps, path_of
from .fault_wording import missing_fault
from .model import FactModel
from .schema_judging import judge_by_schema
from .shapes import (
    NONE_WORDS,
    Date,
    Group,
    List,
    NumberShape,
    Shape,
    Text,
    admits_none,
    stands_for_nothing,
)


def judge(located: Mapping, model: FactModel) -> list[Problem]:
    """Every problem of a fact file in the order of the file (the first hundred)."""
    found = Faults()
    try:
        _judge_beyond_schema(located, model.root, (), found)
        judge_by_schema(located, model, found)
        _judge_exceptions(located, found)
    except Refused:
        pass  # so many that the rest would not help
    if not found.problems:
        # INVARIANT: the two agree, so this is never said; a file is not let through if they do not.
        return [Problem(Code.FACT_VALUE, "the file does not fit the fact model", located.place)]
    return found.problems.in_order()


def _judge_beyond_schema(node: Located, shape: Shape, steps: Steps, found: Faults) -> None:
    if isinstance(shape, Group) and isinstance(node, Mapping):
        for name, entry in node.entries.items():
            if name in shape.members:
                _judge_beyond_schema(entry, shape.members[name], (*steps, name), found)
    elif isinstance(shape, List) and isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            here = (*steps, index)
            if is_blank(item):
                words = (f"{path_of(here)} is blank", "write what is known of it, or take it out")
                found.add(here, Code.FACT_TYPE, words, item.place)
            else:
                _judge_beyond_schema(item, shape.item, here, found)
    elif isinstance(node, Scalar):
        _judge_scalar(node, shape, steps, found)


def _judge_scalar(node: Scalar, shape: Shape, steps: Steps, found: Faults) -> None:
    value = node.value
    path = path_of(steps)
    if isinstance(value, str):
        if isinstance(shape, Text) and shape.values is not None and value in shape.values:
            return
        word = value.strip().casefold()
        in_list = bool(steps) and isinstance(steps[-1], int)
        if not word:
            words = (f"{path} is blank text", "leave it out when it is not known")
        elif not stands_for_nothing(value):
            return
        elif word not in NONE_WORDS:
            words = (
                f"{path} is {quoted(value)}, which says that it is not known",
                "leave the fact out"
                + (", or write `none` if there is none" if admits_none(shape) else ""),
            )
        elif in_list:
            words = (f"{path} is {quoted(value)}", "an empty list, `[]`, says that there is none")
        elif not admits_none(shape):
            if not isinstance(shape, Text | Date):
                return  # the type is wrong, and jsonschema's error has the better advice
            needed = isinstance(shape, Text)
            words = (
                f"{path} cannot be none",
                "every partnership has one" if needed else "leave it out when it is not known",
            )
        elif value == "none":
            return
        else:
            words = (f"{path} is {quoted(value)}", "write `none` if there is none")
        found.add(steps, Code.FACT_PLACEHOLDER, words, node.place)
    elif isinstance(shape, NumberShape) and isinstance(value, Number) and too_many_digits(value):
        words = (
            f"{path} is {quoted(node.text)}, with more digits than a fact may have",
            "write at most 18 digits before the decimal point and 6 after it",
        )
        found.add(steps, Code.FACT_DIGITS, words, node.place)


def _judge_exceptions(located: Mapping, found: Faults) -> None:
    exceptions = located.entries.get("exceptions")
    if not isinstance(exceptions, Sequence):
        return
    for index, item in enumerate(exceptions.items):
        if not isinstance(item, Mapping):
            continue
        steps: Steps = ("exceptions", index)
        stated = {name: _stated(item.entries.get(name)) for name in EXCEPTION_FACTS}
        missing = [name for name, value in stated.items() if value is None]
        if missing:
            found.add(
                (*steps, "?"),
                Code.EXCEPTION_INCOMPLETE,
                missing_fault(path_of(steps), missing, "an exception"),
                item.place,
            )
            continue
        try:
            approved, expires = date(str(stated["approved_on"])), date(str(stated["expires"]))
        except ValueError:
            continue  # said already
        if expires < approved:
            found.add(
                (*steps, "expires"),
                Code.EXCEPTION_DATES,
                (
                    f"{path_of(steps)} expires on {expires}, before it was approved on {approved}",
                    "correct one of the two dates",
                ),
                item.entries["expires"].place,
            )


def _stated(node: Located | None) -> object:
    if isinstance(node, Scalar):
        return None if node.value == "none" else node.value
    return node
