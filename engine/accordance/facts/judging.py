"""What is wrong with a fact file: all of it, in words for the person who wrote it.

Called only for a file that the fast walk refused. jsonschema finds what does not fit the schema;
what the schema cannot say (placeholders, digits, exceptions) is found here. One value has one
problem.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from ..feel.values import Number, date, too_many_digits
from ..problem import Code, Place, Problem, Refused
from ..source.limits import ProblemList
from ..source.quoting import quoted
from ..source.tree import Located, Mapping, Scalar, Sequence
from .accepted_exceptions import EXCEPTION_FACTS
from .fault_wording import (
    bound_fault,
    choice_fault,
    date_fault,
    missing_fault,
    name_fault,
    type_fault,
)
from .model import FactModel
from .shapes import (
    NONE_WORDS,
    Date,
    Group,
    List,
    NumberShape,
    Shape,
    Text,
    has_twins,
    stands_for_nothing,
)

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

Steps: TypeAlias = tuple[str | int, ...]
"""The way to a value from the top: names, and positions from 0."""


def judge(located: Mapping, model: FactModel) -> list[Problem]:
    """Every problem of a fact file in the order of the file (the first hundred)."""
    found = _Faults()
    try:
        _judge_beyond_schema(located, model.root, (), found)
        for error in validator_for(model).iter_errors(instance_of(located, model.root)):
            _translate(error, located, model, found)
        _judge_exceptions(located, found)
    except Refused:
        pass  # so many that the rest would not help
    if not found.problems:
        # INVARIANT: the two agree, so this is never said; a file is not let through if they do not.
        return [Problem(Code.FACT_VALUE, "the file does not fit the fact model", located.place)]
    return found.problems.in_order()


def instance_of(node: Located, shape: Shape | None) -> Any:
    """The bare values as jsonschema is to see them: a fact that is left blank is not stated."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        item_shape = shape.item if isinstance(shape, List) else None
        return [instance_of(item, item_shape) for item in node.items]
    members = shape.members if isinstance(shape, Group) else {}
    return {
        name: instance_of(entry, members.get(name))
        for name, entry in node.entries.items()
        if name not in members or not _is_blank(entry)
    }


@cache
def _validator_class() -> Any:
    import jsonschema
    from jsonschema.validators import extend

    def is_number(checker: Any, value: Any) -> bool:
        return isinstance(value, Number) and not isinstance(value, bool)

    def is_whole(checker: Any, value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)

    def unique(validator: Any, wanted: bool, values: Any, schema: Any) -> Iterator[Any]:
        # jsonschema compares each pair, which a long list makes endless
        if wanted and isinstance(values, list) and has_twins(values):
            yield jsonschema.ValidationError("twins")

    base = jsonschema.Draft202012Validator
    checker = base.TYPE_CHECKER.redefine_many({"number": is_number, "integer": is_whole})
    return extend(base, {"uniqueItems": unique}, type_checker=checker)


def validator_for(model: FactModel) -> Validator:
    """jsonschema's validator of the model, with our numbers and our dates."""
    import jsonschema

    formats = jsonschema.FormatChecker(formats=())
    formats.checks("date", raises=ValueError)(_is_date)
    validator: Validator = _validator_class()(model.schema, format_checker=formats)
    return validator


def _is_date(value: object) -> bool:
    return not isinstance(value, str) or bool(date(value))


class _Faults:
    """The problems found, at most one for each value."""

    def __init__(self) -> None:
        self.problems = ProblemList()
        self.seen: set[Steps] = set()

    def add(self, steps: Steps, code: Code, words: tuple[str, str | None], place: Place) -> None:
        if steps not in self.seen:
            self.seen.add(steps)
            self.problems.append(Problem(code, words[0], place, words[1]))


# --- what the schema cannot say ---------------------------------------------------------------


def _judge_beyond_schema(node: Located, shape: Shape, steps: Steps, found: _Faults) -> None:
    if isinstance(shape, Group) and isinstance(node, Mapping):
        for name, entry in node.entries.items():
            if name in shape.members:
                _judge_beyond_schema(entry, shape.members[name], (*steps, name), found)
    elif isinstance(shape, List) and isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            here = (*steps, index)
            if _is_blank(item):
                words = (f"{_path(here)} is blank", "write what is known of it, or take it out")
                found.add(here, Code.FACT_TYPE, words, item.place)
            else:
                _judge_beyond_schema(item, shape.item, here, found)
    elif isinstance(node, Scalar):
        _judge_scalar(node, shape, steps, found)


def _judge_scalar(node: Scalar, shape: Shape, steps: Steps, found: _Faults) -> None:
    value = node.value
    path = _path(steps)
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
                + (", or write `none` if there is none" if _admits_none(shape) else ""),
            )
        elif in_list:
            words = (f"{path} is {quoted(value)}", "an empty list, `[]`, says that there is none")
        elif not _admits_none(shape):
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


def _is_text(node: Located) -> bool:
    return isinstance(node, Scalar) and isinstance(node.value, str)


def _is_blank(node: Located) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _admits_none(shape: Shape) -> bool:
    return bool(getattr(shape, "may_be_none", False))


def _judge_exceptions(located: Mapping, found: _Faults) -> None:
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
                missing_fault(_path(steps), missing, "an exception"),
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
                    f"{_path(steps)} expires on {expires}, before it was approved on {approved}",
                    "correct one of the two dates",
                ),
                item.entries["expires"].place,
            )


def _stated(node: Located | None) -> object:
    if isinstance(node, Scalar):
        return None if node.value == "none" else node.value
    return node


# --- what jsonschema found --------------------------------------------------------------------


def _translate(error: Any, root: Mapping, model: FactModel, found: _Faults) -> None:
    steps: Steps = tuple(error.absolute_path)
    node, shape = _follow(root, model.root, steps)
    path = _path(steps)
    keyword = error.validator
    if keyword == "additionalProperties":
        assert isinstance(node, Mapping) and isinstance(shape, Group)
        for name in node.entries:
            if name not in shape.members:
                found.add(
                    (*steps, name),
                    Code.FACT_UNKNOWN_NAME,
                    name_fault(_path((*steps, name)), name, shape, model),
                    node.key_place(name),
                )
    elif keyword == "required":
        assert isinstance(node, Mapping) and isinstance(shape, Group)
        missing = [name for name in shape.required if _stated(node.entries.get(name)) is None]
        found.add(
            (*steps, "?"),
            Code.FACT_MISSING,
            missing_fault(path if steps else "", missing, "a fact file"),
            node.place,
        )
    elif keyword == "type" or (isinstance(shape, Text | Date) and not _is_text(node)):
        found.add(steps, Code.FACT_TYPE, type_fault(path, node, shape), node.place)
    elif keyword == "enum":
        assert isinstance(node, Scalar) and isinstance(shape, Text)
        found.add(steps, Code.FACT_VALUE, choice_fault(path, node, shape), node.place)
    elif keyword in ("format", "anyOf"):
        assert isinstance(node, Scalar)
        found.add(steps, Code.FACT_DATE, date_fault(path, node, _admits_none(shape)), node.place)
    else:
        found.add(
            steps, Code.FACT_VALUE, bound_fault(path, node, shape, keyword, error), node.place
        )


def _follow(node: Located, shape: Shape, steps: Steps) -> tuple[Located, Shape]:
    for step in steps:
        if isinstance(node, Mapping) and isinstance(shape, Group):
            node, shape = node.entries[str(step)], shape.members[str(step)]
        else:
            assert isinstance(node, Sequence) and isinstance(shape, List)
            node, shape = node.items[int(step)], shape.item
    return node, shape


def _path(steps: Steps) -> str:
    """The concrete path in backticks, positions from 1 as in expressions: `parties[2].name`."""
    path = ""
    for step in steps:
        if isinstance(step, int):
            path += f"[{step + 1}]"
        else:
            path += f".{step}" if path else step
    return quoted(path)
