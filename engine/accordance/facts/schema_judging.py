"""What jsonschema finds wrong with a fact file, in our words."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from ..feel.values import Number, date
from ..problem import Code
from ..source.tree import Located, Mapping, Scalar, Sequence, is_blank, is_text
from .fault_list import Faults, Steps, path_of
from .fault_wording import (
    bound_fault,
    choice_fault,
    date_fault,
    missing_fault,
    name_fault,
    type_fault,
)
from .model import FactModel
from .shapes import Date, Group, List, Shape, Text, admits_none, has_twins

if TYPE_CHECKING:
    from jsonschema.protocols import Validator


def judge_by_schema(located: Mapping, model: FactModel, found: Faults) -> None:
    """Adds what does not fit the schema of the model."""
    for error in validator_for(model).iter_errors(instance_of(located, model.root)):
        _translate(error, located, model, found)


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
        if name not in members or not is_blank(entry)
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


def _translate(error: Any, root: Mapping, model: FactModel, found: Faults) -> None:
    steps: Steps = tuple(error.absolute_path)
    node, shape = _follow(root, model.root, steps)
    path = path_of(steps)
    if error.validator == "anyOf" and isinstance(shape, Text) and is_text(node):
        error = error.context[0]  # the form of the text; the other choice is `none`
    keyword = error.validator
    if keyword == "additionalProperties":
        assert isinstance(node, Mapping) and isinstance(shape, Group)
        for name in node.entries:
            if name not in shape.members:
                found.add(
                    (*steps, name),
                    Code.FACT_UNKNOWN_NAME,
                    name_fault(path_of((*steps, name)), name, shape, model),
                    node.key_place(name),
                )
    elif keyword == "required":
        assert isinstance(node, Mapping) and isinstance(shape, Group)
        missing = [
            name
            for name in shape.required
            if name not in node.entries or is_blank(node.entries[name])
        ]
        found.add(
            (*steps, "?"),
            Code.FACT_MISSING,
            missing_fault(path if steps else "", missing, "a fact file"),
            node.place,
        )
    elif keyword == "type" or (isinstance(shape, Text | Date) and not is_text(node)):
        found.add(steps, Code.FACT_TYPE, type_fault(path, node, shape), node.place)
    elif keyword == "enum":
        assert isinstance(node, Scalar) and isinstance(shape, Text)
        found.add(steps, Code.FACT_VALUE, choice_fault(path, node, shape), node.place)
    elif keyword in ("format", "anyOf"):
        assert isinstance(node, Scalar)
        found.add(steps, Code.FACT_DATE, date_fault(path, node, admits_none(shape)), node.place)
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
