"""Syntax tree to text: the one canonical way to write an expression.

INVARIANT: `parse(to_source(node)) == node` for every tree that the parser can make.
"""

from __future__ import annotations

import datetime as dt
import re

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
)
from .values import Months, duration_text, number_text

# How tightly a form holds together: it needs brackets wherever something tighter is asked for.
_REACHING = 0  # if, for, some, every: they reach as far to the right as they can
_OR = 1
_AND = 2
_TEST = 3
_SUM = 4
_TERM = 5
_FACTOR = 6
_STEP = 7


def to_source(node: Node) -> str:
    """The canonical source of an expression."""
    return _write(node, _REACHING)


def _write(node: Node, least: int) -> str:
    text, tightness = _source(node)
    return text if tightness >= least else f"({text})"


def _source(node: Node) -> tuple[str, int]:
    match node:
        case Literal(value=value):
            return _literal(value)
        case Null():
            return "null", _STEP
        case Name(name=name):
            return name, _STEP
        case Path(base=base, field=field):
            return f"{_write(base, _STEP)}.{field}", _STEP
        case Filter(base=base, condition=condition):
            return f"{_write(base, _STEP)}[{to_source(condition)}]", _STEP
        case Call(function=function, arguments=arguments):
            return f"{function}({_listed(arguments)})", _STEP
        case Not(operand=operand):
            return f"not({to_source(operand)})", _STEP
        case ListLiteral(items=items):
            return f"[{_listed(items)}]", _STEP
        case Negate(operand=operand):
            text = _write(operand, _FACTOR)
            # A minus before bare digits would be read as part of the number.
            bare = isinstance(operand, Literal) and re.match(r"-?[\d.]", text)
            return (f"-({text})" if bare else f"-{text}"), _FACTOR
        case Arithmetic(operator=operator, left=left, right=right):
            here = _SUM if operator in "+-" else _TERM
            return f"{_write(left, here)} {operator} {_write(right, here + 1)}", here
        case Comparison(operator=operator, left=left, right=right):
            return f"{_write(left, _SUM)} {operator} {_write(right, _SUM)}", _TEST
        case Between(value=value, low=low, high=high):
            ends = f"{_write(low, _SUM)} and {_write(high, _SUM)}"
            return f"{_write(value, _SUM)} between {ends}", _TEST
        case In(value=value, tests=tests):
            return f"{_write(value, _SUM)} in {_tests(tests)}", _TEST
        case Range() | UnaryTest():
            return _test(node), _TEST
        case And(parts=parts):
            return " and ".join(_write(part, _TEST) for part in parts), _AND
        case Or(parts=parts):
            # The brackets around `and` are for the reader; the parser needs none.
            return " or ".join(_write(part, _TEST) for part in parts), _OR
        case If(condition=condition, then=then, otherwise=otherwise):
            chain = _REACHING if isinstance(otherwise, If) else _OR
            branches = f"then {_write(then, _OR)} else {_write(otherwise, chain)}"
            return f"if {_write(condition, _OR)} {branches}", _REACHING
        case For(iterators=iterators, result=result):
            return f"for {_iterators(iterators)} return {_write(result, _OR)}", _REACHING
        case Quantified(quantifier=quantifier, iterators=iterators, condition=condition):
            head = f"{quantifier} {_iterators(iterators)}"
            return f"{head} satisfies {_write(condition, _OR)}", _REACHING
    raise TypeError(f"{type(node).__name__} is no node of the language")


def _listed(nodes: tuple[Node, ...]) -> str:
    return ", ".join(to_source(node) for node in nodes)


def _literal(value: object) -> tuple[str, int]:
    if isinstance(value, bool):
        return ("true" if value else "false"), _STEP
    if isinstance(value, str):
        return _quoted(value), _STEP
    if isinstance(value, dt.date):
        return f'date("{value.isoformat()}")', _STEP
    if isinstance(value, dt.timedelta | Months):
        return f'duration("{duration_text(value)}")', _STEP
    text = number_text(value)  # type: ignore[arg-type]  # a number is all that is left
    return text, _FACTOR if text.startswith("-") else _STEP


_NAMED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def _quoted(text: str) -> str:
    def escaped(character: str) -> str:
        if character in _NAMED:
            return _NAMED[character]
        if character.isprintable():
            return character
        code = ord(character)
        return f"\\u{code:04X}" if code <= 0xFFFF else f"\\U{code:06X}"

    return '"' + "".join(map(escaped, text)) + '"'


def _tests(tests: tuple[Node, ...]) -> str:
    if len(tests) > 1:
        return "(" + ", ".join(_test(test) for test in tests) + ")"
    [test] = tests
    return _test(test) if isinstance(test, Range | UnaryTest) else _write(test, _SUM)


def _test(test: Node) -> str:
    match test:
        case Range(low=low, high=high, low_open=low_open, high_open=high_open):
            opening, closing = "(" if low_open else "[", ")" if high_open else "]"
            return f"{opening}{to_source(low)}..{_upper_end(high)}{closing}"
        case UnaryTest(operator=operator, operand=operand):
            return f"{operator} {_write(operand, _SUM)}"
    return to_source(test)


def _upper_end(node: Node) -> str:
    """The upper end of a range, in brackets where it holds a filter that the grammar refuses."""
    text = _write(node, _SUM)
    return f"({text})" if _ends_in_filter(node) else text


def _ends_in_filter(node: Node) -> bool:
    match node:
        case Filter():
            return True
        case Path(base=base):
            return _ends_in_filter(base)
        case Negate(operand=operand):
            return _ends_in_filter(operand)
        case Arithmetic(left=left, right=right):
            return _ends_in_filter(left) or _ends_in_filter(right)
    return False


def _iterators(iterators: tuple[tuple[str, Node], ...]) -> str:
    return ", ".join(f"{name} in {_domain(items)}" for name, items in iterators)


def _domain(items: Node) -> str:
    if isinstance(items, Range):
        if not items.low_open and not items.high_open:
            return f"{_write(items.low, _SUM)}..{_write(items.high, _SUM)}"
        return _test(items)
    return _write(items, _OR)
