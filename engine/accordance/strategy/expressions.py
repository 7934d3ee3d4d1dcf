"""The expressions of a strategy: parsed where they stand, checked once all names are known."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..feel.syntax import Node
from ..problem import Code, Problem
from ..source.tree import Located, Scalar, kind

TABLES: Final = ("verdict", "opinion")
_TABLE_HELP = "a table reads `breaches`, `gaps`, `findings`, `accepted`, `serious` and parameters"

PARSED: Final[ContextVar[dict[str, Node] | None]] = ContextVar("parsed", default=None)
"""The trees of expressions that were parsed already, for whoever reads the same strategy again and
again, such as an editor. Trees from here may be shared; what checks cases wants its own."""

if TYPE_CHECKING:
    from ..feel.checking import Scope
    from ..feel.types import Type


@dataclass(frozen=True, slots=True)
class Expression:
    """An expression and where it stands. `about` says which names it may use: `partnership`,
    `evidence`, `verdict` or `opinion`; `what` is what a message calls it."""

    node: Node
    scalar: Scalar
    what: str
    about: str

    @property
    def text(self) -> str:
        """The expression as written (offsets of its nodes count in this text)."""
        return self.scalar.text.rstrip()


class Expressions:
    """Parses expressions and remembers the conditions among them, which are checked later."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.conditions: list[Expression] = []

    def parse(self, node: Located, what: str, about: str) -> Expression | None:
        """The expression that a node holds; None, and a problem, where it holds none."""
        if not isinstance(node, Scalar) or not node.text.strip():
            self.problems.append(
                Problem(
                    Code.FIELD_TYPE,
                    f"{what} must be an expression, but it is {_found(node)}",
                    node.place,
                    None
                    if isinstance(node, Scalar)
                    else "put an expression that starts with `[`, `{` or a quotation mark, or "
                    "holds `: `, in single quotes",
                )
            )
            return None
        # Imported here: a strategy from the cache is never parsed, and lark takes long to import.
        from ..feel.parsing import FeelError, parse

        parsed = PARSED.get()
        try:
            tree = None if parsed is None else parsed.get(node.text)
            if tree is None:
                tree = parse(node.text)
                if parsed is not None:
                    parsed[node.text] = tree
            return Expression(tree, node, what, about)
        except FeelError as error:
            self.problems.append(
                Problem(error.code, error.message, node.place_of(error.start), error.help)
            )
            return None

    def condition(self, node: Located, what: str, about: str) -> Expression | None:
        """An expression that must be true or false."""
        expression = self.parse(node, what, about)
        if expression:
            self.conditions.append(expression)
        return expression


def check_expression(
    expression: Expression, scope: Scope, problems: list[Problem], *, names_complete: bool = True
) -> Type:
    """The type of an expression; what is wrong with it is added to `problems`.

    Where not all names could be read, a name that is not known says nothing.
    """
    from ..feel.checking import check

    type, faults = check(expression.node, scope, evidence=expression.about == "evidence")
    for fault in faults:
        if names_complete or fault.code is not Code.EXPRESSION_NAME:
            place = expression.scalar.place_of(fault.start)
            help = fault.help or (_TABLE_HELP if expression.about in TABLES else None)
            problems.append(Problem(fault.code, fault.message, place, help, fault.level))
    return type


def check_condition(
    expression: Expression, scope: Scope, problems: list[Problem], *, names_complete: bool = True
) -> None:
    """As `check_expression`, for an expression that must be true or false."""
    from ..feel.types import ANY, BOOLEAN

    type = check_expression(expression, scope, problems, names_complete=names_complete)
    if type not in (BOOLEAN, ANY):
        problems.append(
            Problem(
                Code.EXPRESSION_TYPE,
                f"{expression.what} must be true or false, but this is a {type}",
                expression.scalar.place_of(expression.node.start),
                "compare it with something, as in `value.approved > 5000000`",
            )
        )


def _found(node: Located) -> str:
    return "blank" if isinstance(node, Scalar) else kind(node)
