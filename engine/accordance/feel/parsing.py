"""Text to syntax tree.

The grammar stands in grammar.lark. The tree is built while the parser reduces (bottom up, no
recursion), so that hostile text can neither exhaust the stack nor leave a half-made tree.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from ..problem import Code
from .advice import KEYWORDS, OTHER_SPELLINGS, refusal, unknown_function
from .errors import FeelError
from .functions import FUNCTIONS
from .syntax import (
    And,
    Arithmetic,
    Between,
    Call,
    Comparison,
    Filter,
    For,
    If,
    In,
    ListLiteral,
    Literal,
    Name,
    Negate,
    Node,
    Not,
    Null,
    Or,
    Path,
    Quantified,
    Range,
    UnaryTest,
    children,
)
from .values import date, duration, number, too_many_digits

if TYPE_CHECKING:
    from lark import Lark

__all__ = ["MAX_EXPRESSION_CHARACTERS", "MAX_EXPRESSION_DEPTH", "FeelError", "parse"]

MAX_EXPRESSION_CHARACTERS: Final = 10_000
MAX_EXPRESSION_DEPTH: Final = 64


def parse(text: str) -> Node:
    """The syntax tree of an expression. Raises FeelError for anything else."""
    if len(text) > MAX_EXPRESSION_CHARACTERS:
        raise FeelError(
            Code.EXPRESSION_SYNTAX,
            f"the expression has more than {MAX_EXPRESSION_CHARACTERS} characters",
            MAX_EXPRESSION_CHARACTERS,
            len(text),
            "split it into definitions",
        )
    if not text.strip():
        raise FeelError(Code.EXPRESSION_SYNTAX, "the expression is empty", 0, len(text))
    from lark.exceptions import UnexpectedInput

    parser = _parser()
    try:
        node: Node = parser.parse(text).node  # type: ignore[attr-defined]  # see _Builder.start
    except UnexpectedInput as unexpected:
        token = getattr(unexpected, "token", None)
        kind = token.type if token is not None else None
        position = len(text) if kind == "$END" else unexpected.pos_in_stream or 0
        expected = getattr(unexpected, "expected", None) or ()
        raise refusal(text, position, kind, frozenset(expected)) from None
    except _Misplaced as misplaced:
        raise refusal(text, misplaced.position, misplaced.kind, frozenset()) from None
    _check_depth(node)
    return node


@cache
def _parser() -> Lark:
    import pkgutil

    from lark import Lark

    grammar = pkgutil.get_data(__package__, "grammar.lark")
    assert grammar is not None
    return Lark(
        grammar.decode(),
        parser="lalr",
        keep_all_tokens=True,  # every part knows where it starts and ends by its tokens
        maybe_placeholders=False,
        transformer=_Builder(),
    )


def _check_depth(root: Node) -> None:
    stack = [(root, 1)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_EXPRESSION_DEPTH:
            raise FeelError(
                Code.EXPRESSION_SYNTAX,
                f"the expression is nested deeper than {MAX_EXPRESSION_DEPTH} levels",
                node.start,
                node.end,
                "split it into definitions",
            )
        stack.extend((child, depth + 1) for child in children(node))


class _Misplaced(Exception):
    """A keyword where the grammar takes a name (a field may be called like a keyword)."""

    def __init__(self, token: Any) -> None:
        self.position = token.start_pos
        self.kind = token.upper()


class _Part:
    """A node with the place of its text; brackets around it belong to the place."""

    __slots__ = ("end_pos", "node", "start_pos")

    def __init__(self, node: Any, start: int, end: int) -> None:
        self.node = node
        self.start_pos = start
        self.end_pos = end


class _Builder:
    """One method for each rule of the grammar; takes the tokens and parts that make it up."""

    def start(self, parts: list[Any]) -> Any:
        return parts[0]

    # connectives and tests

    def disjunction(self, parts: list[Any]) -> _Part:
        return _join(Or, parts)

    def conjunction(self, parts: list[Any]) -> _Part:
        return _join(And, parts)

    def compared(self, parts: list[Any]) -> _Part:
        left, operator, right = parts
        if isinstance(right, str):
            other: Node = Null(start=right.start_pos, end=right.end_pos)  # type: ignore[attr-defined]
        else:
            other = right.node
        return _made(Comparison, parts, str(operator), left.node, other)

    def between(self, parts: list[Any]) -> _Part:
        value, _, low, _, high = parts
        return _made(Between, parts, value.node, low.node, high.node)

    def membership(self, parts: list[Any]) -> _Part:
        return _made(In, parts, parts[0].node, tuple(_nodes(parts[1:])))

    def unary_test(self, parts: list[Any]) -> _Part:
        operator, operand = parts
        return _made(UnaryTest, parts, str(operator), operand.node)

    def limits(self, parts: list[Any]) -> _Part:
        opening, low, _, high, closing = parts
        return _made(Range, parts, low.node, high.node, opening != "[", closing != "]")

    def span(self, parts: list[Any]) -> _Part:
        low, _, high = parts
        return _made(Range, parts, low.node, high.node)

    def negative(self, parts: list[Any]) -> _Part:
        return _made(Not, parts, parts[2].node)

    # arithmetic

    def sum(self, parts: list[Any]) -> _Part:
        left, operator, right = parts
        return _made(Arithmetic, parts, str(operator), left.node, right.node)

    term = sum

    def negation(self, parts: list[Any]) -> _Part:
        _, operand = parts
        node = operand.node
        if _is_bare_number(operand):
            return _made(Literal, parts, -node.value)
        return _made(Negate, parts, node)

    # values

    def number(self, parts: list[Any]) -> _Part:
        [token] = parts
        if re.match(r"0\d", token):
            raise _refused(
                parts,
                f"`{token}` has leading zeros",
                "write the number without them, and without separators for thousands",
            )
        value = number(str(token))
        if too_many_digits(value):
            raise _refused(
                parts,
                f"`{token}` has more than 18 digits before or 6 after the decimal point",
                code=Code.EXPRESSION_OUTSIDE_PROFILE,
            )
        return _made(Literal, parts, value)

    def text(self, parts: list[Any]) -> _Part:
        return _made(Literal, parts, _unescape(parts[0]))

    def at_literal(self, parts: list[Any]) -> _Part:
        text = _unescape(parts[1])
        read = duration if re.match(r"-?P", text) else date
        if read is date and ":" in text:
            raise _refused(
                parts,
                f"`{text}` is a time of day, and times lie outside the language",
                'write a date, as in @"2026-01-31"',
                Code.EXPRESSION_OUTSIDE_PROFILE,
            )
        return _made(Literal, parts, _literal(read, text, parts))

    def true(self, parts: list[Any]) -> _Part:
        return _made(Literal, parts, True)

    def false(self, parts: list[Any]) -> _Part:
        return _made(Literal, parts, False)

    def name(self, parts: list[Any]) -> _Part:
        word = _free_name(parts[0])
        right = OTHER_SPELLINGS.get(word)
        if right:
            raise _refused(parts, f"`{word}` is no word of the language", right)
        return _made(Name, parts, word)

    def path(self, parts: list[Any]) -> _Part:
        base, _, field = parts
        return _made(Path, parts, base.node, str(field))

    def filter(self, parts: list[Any]) -> _Part:
        base, _, condition, _ = parts
        return _made(Filter, parts, base.node, condition.node)

    def listed(self, parts: list[Any]) -> _Part:
        return _made(ListLiteral, parts, tuple(_nodes(parts)))

    def brackets(self, parts: list[Any]) -> _Part:
        return _Part(parts[1].node, parts[0].start_pos, parts[-1].end_pos)

    # forms that reach to the right

    def conditional(self, parts: list[Any]) -> _Part:
        _, condition, _, then, _, otherwise = parts
        return _made(If, parts, condition.node, then.node, otherwise.node)

    def iterator(self, parts: list[Any]) -> _Part:
        variable, _, items = parts
        return _Part((_free_name(variable), items.node), variable.start_pos, items.end_pos)

    def loop(self, parts: list[Any]) -> _Part:
        *iterators, result = _nodes(parts)
        return _made(For, parts, tuple(iterators), result)

    def quantified(self, parts: list[Any]) -> _Part:
        *iterators, condition = _nodes(parts)
        return _made(Quantified, parts, str(parts[0]), tuple(iterators), condition)

    # functions

    def call(self, parts: list[Any]) -> _Part:
        name = " ".join(_free_name(parts[0]).split())
        arguments = tuple(_nodes(parts))
        function = FUNCTIONS.get(name)
        if function is None:
            raise unknown_function(name, parts[0].start_pos, parts[0].end_pos)
        most = len(function.parameters)
        least = most - function.optional
        fits = least <= len(arguments) <= most or (function.variadic and len(arguments) > 1)
        if not fits or (name == "date" and len(arguments) == 2):
            usage = f"{name}({', '.join(function.parameters[:least])})"
            raise _refused(
                parts,
                f"`{name}` does not take {_arguments(len(arguments))}",
                f"write `{usage}`",
            )
        if all(isinstance(argument, Literal) for argument in arguments):
            values = [argument.value for argument in arguments]
            if name == "date" and len(values) == 3:
                return _made(Literal, parts, _date_of(values, parts))
            if name in ("date", "duration") and len(values) == 1 and isinstance(values[0], str):
                read = date if name == "date" else duration
                return _made(Literal, parts, _literal(read, values[0], parts))
        if name == "matches":
            _check_pattern(arguments[1])
        return _made(Call, parts, name, arguments)


def _free_name(token: Any) -> str:
    if token in KEYWORDS:
        raise _Misplaced(token)
    return str(token)


def _made(kind: Any, parts: list[Any], *fields: Any) -> _Part:
    start, end = parts[0].start_pos, parts[-1].end_pos
    return _Part(kind(*fields, start=start, end=end), start, end)


def _nodes(parts: list[Any]) -> list[Any]:
    """The nodes among parts and tokens."""
    return [part.node for part in parts if isinstance(part, _Part)]


def _join(kind: type[And] | type[Or], parts: list[Any]) -> _Part:
    flat: list[Node] = []
    for node in _nodes(parts):
        flat.extend(node.parts if isinstance(node, kind) else (node,))
    return _made(kind, parts, tuple(flat))


def _is_bare_number(part: _Part) -> bool:
    """Is it a number without sign and brackets? Then a minus before it belongs to the number."""
    node = part.node
    return (
        isinstance(node, Literal)
        and not isinstance(node.value, bool)
        and isinstance(node.value, _NUMBERS)
        and part.start_pos == node.start
        and node.value >= 0
    )


_NUMBERS: Final = (int, type(number("0.5")))


def _literal(read: Any, text: str, parts: list[Any]) -> Any:
    try:
        return read(text)
    except ValueError as error:
        raise _refused(parts, str(error), code=Code.EXPRESSION_VALUE) from None


def _date_of(values: list[Any], parts: list[Any]) -> Any:
    if any(type(value) is not int for value in values):
        raise _refused(parts, "`date` takes a text or three whole numbers")
    year, month, day = values
    return _literal(date, f"{year:04}-{month:02}-{day:02}", parts)


def _check_pattern(pattern: Node) -> None:
    from .patterns import compile_pattern

    if not (isinstance(pattern, Literal) and isinstance(pattern.value, str)):
        raise FeelError(
            Code.EXPRESSION_OUTSIDE_PROFILE,
            "`matches` takes its pattern as a text written out",
            pattern.start,
            pattern.end,
            'write it between double quotes, as in matches(service.code, "^[A-Z]{3}$")',
        )
    try:
        compile_pattern(pattern.value)
    except ValueError as error:
        raise FeelError(
            Code.EXPRESSION_OUTSIDE_PROFILE, str(error), pattern.start, pattern.end
        ) from None


def _arguments(count: int) -> str:
    return {0: "no argument", 1: "one argument"}.get(count, f"{count} arguments")


def _refused(
    parts: list[Any], message: str, help: str | None = None, code: Code = Code.EXPRESSION_SYNTAX
) -> FeelError:
    return FeelError(code, message, parts[0].start_pos, parts[-1].end_pos, help)


_ESCAPE = re.compile(r'\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(["\\ntr])|.)', re.DOTALL)
_PLAIN_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\r"}


def _unescape(token: Any) -> str:
    """The text that a text literal states."""
    body = str(token)[1:-1]
    if "\\" not in body:
        return body

    def replaced(match: re.Match[str]) -> str:
        here = token.start_pos + 1 + match.start()
        digits = match[1] or match[2]
        if digits:
            code = int(digits, 16)
            if code <= 0x10FFFF:
                return chr(code)
        elif match[3]:
            return _PLAIN_ESCAPES.get(match[3], match[3])
        raise FeelError(
            Code.EXPRESSION_SYNTAX,
            f"`{match[0]}` is no escape in a text",
            here,
            here + len(match[0]),
            "write `\\\\` for a backslash",
        )

    text = _ESCAPE.sub(replaced, body)
    try:
        # A pair of surrogates written as two escapes is one character; half a pair is none.
        return text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise FeelError(
            Code.EXPRESSION_SYNTAX,
            "the text holds half a character (a lone surrogate)",
            token.start_pos,
            token.end_pos,
            "write `\\U` and six hexadecimal digits",
        ) from None
