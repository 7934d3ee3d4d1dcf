"""The `x-derive` of a fact: read and checked when the fact model is loaded."""

from __future__ import annotations

from typing import Final

from ..feel.syntax import Call, Node, walk
from ..problem import Code, Level, Problem
from ..source.limits import ProblemList
from ..source.quoting import quoted
from ..source.tree import Scalar
from .deriving import scope_of
from .model import FactModel

_FORBIDDEN: Final = {
    "today": "a fact cannot depend on the day of the check; write `as_of`",
    "is defined": "a fact cannot depend on what is stated; write `has value`",
}


def read_derivation(
    text: Scalar, path: str, model: FactModel, problems: ProblemList
) -> Node | None:
    """The tree of the derivation of the fact at `path`, or None where it cannot be used."""
    # Imported here: the parser is slow to import, and a cached strategy needs neither.
    from ..feel.checking import Scope, check
    from ..feel.comparing import is_any, kind_of
    from ..feel.parsing import FeelError, parse

    def refuse(code: Code, message: str, start: int, help: str | None) -> None:
        problems.append(Problem(code, message, text.place_of(start), help))

    try:
        node = parse(text.text)
    except FeelError as error:
        refuse(error.code, error.message, error.start, error.help)
        return None
    for part in walk(node):
        if isinstance(part, Call) and part.function in _FORBIDDEN:
            refuse(
                Code.EXPRESSION_EVIDENCE,
                f"`{part.function}` cannot stand in `x-derive`",
                part.start,
                _FORBIDDEN[part.function],
            )
            return None
    given, faults = check(node, Scope(scope_of(model, path).fields))
    for fault in faults:
        if fault.level is Level.ERROR:
            refuse(fault.code, fault.message, fault.start, fault.help)
    wanted = model.facts[path].type
    if not faults and not is_any(given) and kind_of(given) != kind_of(wanted):
        refuse(
            Code.EXPRESSION_TYPE,
            f"{quoted(path)} is a {wanted}, and its `x-derive` gives a {given}",
            0,
            None,
        )
    return node
