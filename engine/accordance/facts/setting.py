"""What if: a case with some facts stated otherwise, as `--set exit_plan.exists=true` asks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Final, TypeAlias

from ..problem import Code, Place, Problem, Refused
from ..source.faults import character_fault
from ..source.limits import ProblemList
from ..source.quoting import quoted
from ..source.scalars import Unclear, plain_value
from ..source.text import SourceText
from ..source.tree import Located, Mapping, Scalar, Sequence
from .case import Case, Places
from .fault_wording import name_fault
from .model import FactModel
from .reading import read_case
from .shapes import Group, List, Shape, Text

OPTION: Final = "--set"

Step: TypeAlias = str | int
"""A name, or a position from 0."""

_STEP = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)((?:\[[0-9]{1,6}\])*)", re.ASCII)
_POSITION = re.compile(r"\[([0-9]+)\]")


def with_set(case: Case, settings: Iterable[str]) -> Case:
    """The case with facts set (`path=value`) or taken away (`path=`, `path=unknown`), in order.

    A path is concrete (`parties[2].name`; the position after the last adds an item), a value is
    written as in a YAML file. What is derived is derived anew. Raises Refused with every problem.
    """
    problems = ProblemList()
    tree: Mapping = case.located
    for setting in settings:
        path, equals, value = setting.partition("=")
        path = path.strip()
        if not equals or not path:
            problems.append(
                Problem(
                    Code.USAGE,
                    f"{quoted(setting)} does not set a fact",
                    Place(OPTION),
                    "write a path, `=` and a value, as in `exit_plan.exists=true`",
                )
            )
            continue
        try:
            tree = _with_one(tree, case.model, path, value.strip())
        except Refused as refused:
            problems.extend(refused.problems)
    try:
        made = read_case(tree, case.model, case.source)
    except Refused as refused:
        problems.extend(refused.problems)
    problems.refuse_if_any()
    places = made.places
    assert isinstance(places, Places)
    elsewhere: dict[str, Place] = {}
    _find_set(tree, "", elsewhere)
    # What sources disagree on is settled by setting it, and by nothing else.
    disputed = tuple(
        one for one in case.contradictions if one.other and not _is_set(one.path, elsewhere)
    )
    return replace(
        made,
        places=places.overlaid(elsewhere),
        contradictions=made.contradictions + disputed,
    )


def _is_set(path: str, elsewhere: dict[str, Place]) -> bool:
    return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in elsewhere)


def _find_set(node: Located, path: str, found: dict[str, Place]) -> bool:
    """Notes the paths of values that come from the call; says whether this one does."""
    is_set = not node.source.has_lines
    if isinstance(node, Mapping):
        prefix = f"{path}." if path else ""
        for name, entry in node.entries.items():
            _find_set(entry, prefix + name, found)
    elif isinstance(node, Sequence):
        for position, item in enumerate(node.items, 1):
            set_here = _find_set(item, f"{path}[{position}]", found)
            # a list of single values is one fact
            is_set = is_set or (set_here and isinstance(item, Scalar))
    if is_set:
        found[path] = Place(OPTION)
    return is_set


def _with_one(tree: Mapping, model: FactModel, path: str, value: str) -> Mapping:
    steps = _steps(path)
    shape = _shape_at(model, steps, path)
    node = _node(path, value, shape)
    if node is None and isinstance(steps[-1], int):
        raise _refusal(f"{quoted(path)} cannot become unknown alone", "set the whole list anew")
    if node is None and len(steps) == 1 and steps[0] in model.root.required:
        raise _refusal(f"{quoted(path)} is needed and cannot become unknown", None)
    made = _replaced(tree, steps, node, path)
    assert isinstance(made, Mapping)
    return made


def _steps(path: str) -> list[Step]:
    steps: list[Step] = []
    for part in path.split("."):
        match = _STEP.fullmatch(part.strip())
        if not match:
            raise _refusal(
                f"{quoted(path)} is not the path of a fact",
                "write names parted by dots, as in `exit_plan.exists` or `parties[2].name`",
            )
        steps.append(match[1])
        for position in _POSITION.findall(match[2]):
            if int(position) == 0:
                raise _refusal(f"{quoted(path)} counts from 0", "count positions from 1")
            steps.append(int(position) - 1)
    return steps


def _shape_at(model: FactModel, steps: list[Step], path: str) -> Shape:
    shape: Shape = model.root
    for step in steps:
        if isinstance(step, int):
            if not isinstance(shape, List):
                raise _refusal(f"{quoted(shape.path)} is not a list", "leave the position out")
            shape = shape.item
        elif isinstance(shape, List):
            raise _refusal(
                f"{quoted(shape.path)} is a list",
                f"say which item, as in `{shape.path}[1].{step}`",
            )
        elif not isinstance(shape, Group):
            raise _refusal(f"{quoted(shape.path)} is one value and has no {quoted(step)}", None)
        elif step not in shape.members:
            message, help = name_fault(quoted(path), step, shape, model)
            raise Refused(Problem(Code.FACT_UNKNOWN_NAME, message, Place(OPTION), help))
        else:
            shape = shape.members[step]
    return shape


def _node(path: str, value: str, shape: Shape) -> Located | None:
    """The value as a located tree, or None where the fact becomes unknown."""
    own_words = shape.values or () if isinstance(shape, Text) else ()
    if value in ("", "~", "null") or (value == "unknown" and value not in own_words):
        return None
    source = SourceText(OPTION, value, has_lines=False)
    fault = character_fault(value, Place(OPTION))
    try:
        if fault:
            raise Refused(fault)
        if value[0] not in "\"'[{":
            return Scalar(plain_value(value), value, True, 0, len(value), source)
        # Imported here: most values are single words.
        from ..source.yaml_reader import read_yaml

        node, problems = read_yaml(source)
        problems.refuse_if_any()
        return node
    except Unclear as unclear:
        found = [Problem(unclear.code, unclear.message, Place(OPTION), unclear.help)]
    except Refused as refused:
        found = list(refused.problems)
    raise Refused(
        replace(problem, message=f"{quoted(path)}: {problem.message}") for problem in found
    )


def _replaced(tree: Located | None, steps: list[Step], node: Located | None, path: str) -> Located:
    """A copy of a tree in which the value at `steps` is `node` (blank where that is None)."""
    nowhere = SourceText(OPTION, "", has_lines=False)
    if not steps:
        return node if node is not None else Scalar(None, "", True, 0, 0, nowhere)
    step, *rest = steps
    if isinstance(step, str):
        if not isinstance(tree, Mapping):
            tree = Mapping({}, {}, 0, 0, nowhere)
        below = _replaced(tree.entries.get(step), rest, node, path)
        return Mapping(
            tree.entries | {step: below},
            tree.key_starts | {step: tree.key_starts.get(step, tree.start)},
            tree.start,
            tree.end,
            tree.source,
        )
    if not isinstance(tree, Sequence):
        tree = Sequence([], 0, 0, nowhere)
    count = len(tree.items)
    if step > count:
        raise _refusal(
            f"{quoted(path)} lies beyond the end of its list, which has {count} items",
            f"write at most [{count + 1}], which adds an item",
        )
    items = list(tree.items)
    items[step : step + 1] = [_replaced(items[step] if step < count else None, rest, node, path)]
    return Sequence(items, tree.start, tree.end, tree.source)


def _refusal(message: str, help: str | None) -> Refused:
    return Refused(Problem(Code.FACT_PATH, message, Place(OPTION), help))
