"""Whether two types can be compared at all, and whether a comparison could go more than one way."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .printing import to_source
from .syntax import Literal, Name, Node, Path
from .types import ANY, NULL, ContextType, ListType, NumberType, TextType, Type
from .values import date, number


class Verdict(Enum):
    """What is the matter with a comparison."""

    KIND = "things of different kinds"
    VALUE = "a value that does not exist"
    NEVER = "never true"
    ALWAYS = "always the same"


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a comparison cannot be meant, with the part that is to blame."""

    verdict: Verdict
    node: Node
    message: str
    help: str | None = None


_KINDS: Final = {
    "boolean": "boolean",
    "date": "date",
    "days duration": "days",
    "months duration": "months",
    "null": "null",
    "any": "any",
}


def is_any(kind: Type) -> bool:
    """Is nothing known of the type?"""
    return kind == ANY


def kind_of(kind: Type) -> str:
    """The kind of a type in one word."""
    if isinstance(kind, NumberType):
        return "number"
    if isinstance(kind, TextType):
        return "text"
    if isinstance(kind, ListType):
        return "list"
    if isinstance(kind, ContextType):
        return "context"
    return _KINDS.get(kind.name, "any")


def described(kind: Type, plural: bool = False) -> str:
    """A type as a message names it."""
    one, many = {
        "boolean": ("true or false", "conditions"),
        "number": ("a number", "numbers"),
        "text": ("a text", "texts"),
        "date": ("a date", "dates"),
        "days": ("a duration in days", "durations in days"),
        "months": ("a duration in months", "durations in months"),
        "context": ("a group of facts", "groups of facts"),
        "list": ("a list", "lists"),
        "null": ("`null`", "`null`"),
        "any": ("something", "things"),
    }[kind_of(kind)]
    if isinstance(kind, ListType) and not plural and not is_any(kind.item):
        return f"a list of {described(kind.item, plural=True)}"
    return many if plural else one


def merged(one: Type, other: Type) -> Type | None:
    """The type of what is of the one or of the other type; None where the kinds differ."""
    if is_any(one) or is_any(other):
        return ANY
    if kind_of(one) != kind_of(other):
        return None
    if isinstance(one, NumberType) and isinstance(other, NumberType):
        low = None if one.low is None or other.low is None else min(one.low, other.low)
        high = None if one.high is None or other.high is None else max(one.high, other.high)
        return NumberType(low=low, high=high, whole=one.whole and other.whole)
    if isinstance(one, TextType) and isinstance(other, TextType):
        if one.values is None or other.values is None:
            return TextType()
        return TextType(values=tuple(dict.fromkeys((*one.values, *other.values))))
    if isinstance(one, ListType) and isinstance(other, ListType):
        item = merged(one.item, other.item)
        return None if item is None else ListType(item=item)
    if isinstance(one, ContextType):
        return one if one is other else ANY
    return one


def compare(
    sign: str,
    left: Node,
    left_type: Type,
    right: Node,
    right_type: Type,
    whole: Node,
    only_never: bool = False,
) -> Doubt | None:
    """What is the matter with `left sign right`; None where nothing is.

    `only_never` keeps quiet about what is always true (one end of a range may well be).
    """
    if right_type == NULL:
        return _with_null(sign, left, left_type, whole)
    if is_any(left_type) or is_any(right_type):
        return None
    one, other = kind_of(left_type), kind_of(right_type)
    if one != other:
        return Doubt(
            Verdict.KIND,
            whole,
            f"{described(left_type)} (`{to_source(left)}`) and {described(right_type)} "
            f"(`{to_source(right)}`) cannot be compared",
            _advice(sign, (left, left_type), (right, right_type)),
        )
    if one == "context" or (sign not in ("=", "!=") and one in ("boolean", "list")):
        return Doubt(
            Verdict.KIND,
            whole,
            f"{described(left_type, plural=True)} cannot be compared with `{sign}`",
            f"compare a fact of it, as in `{to_source(left)}.{_some_field(left_type)}`"
            if one == "context"
            else None,
        )
    if isinstance(left_type, ListType) and isinstance(right_type, ListType):
        if merged(left_type.item, right_type.item) is None:
            return Doubt(
                Verdict.KIND,
                whole,
                f"{described(left_type)} never equals {described(right_type)}",
            )
        return None
    doubt: Doubt | None = None
    if isinstance(left_type, TextType) and isinstance(right_type, TextType):
        doubt = _texts(sign, left, left_type, right, right_type, whole)
    elif isinstance(left_type, NumberType) and isinstance(right_type, NumberType):
        doubt = _numbers(sign, left, left_type, right, right_type, whole)
    elif left == right or (isinstance(left, Literal) and isinstance(right, Literal)):
        doubt = _constant(whole)
    if doubt is not None and only_never and doubt.verdict is Verdict.ALWAYS:
        return None
    return doubt


def compare_item(
    value: Node, kind: Type, element: Node, element_type: Type, whole: Node
) -> Doubt | None:
    """What is the matter with asking whether `value` (or an item of it) is `element`."""
    return compare("=", value, kind, element, element_type, whole, only_never=True)


def _with_null(sign: str, left: Node, kind: Type, whole: Node) -> Doubt | None:
    """`x = null` asks whether it is none: of a date, a text without `none` among its values, or a
    list."""
    source = to_source(left)
    if isinstance(kind, TextType) and kind.values is not None and "none" in kind.values:
        if isinstance(left, Literal):
            return _constant(whole)
        return Doubt(
            Verdict.NEVER,
            whole,
            f"`{source}` has a value of its own for `none`",
            f'write `{source} {sign} "none"`',
        )
    if is_any(kind):
        return None
    if kind_of(kind) in ("text", "date", "list") and not isinstance(left, Literal):
        return None
    return Doubt(
        Verdict.NEVER,
        whole,
        f"`{source}` is {described(kind)}, which is never none",
        "`null` asks whether there is none; what is not stated is unknown without asking",
    )


def _constant(whole: Node) -> Doubt:
    return Doubt(Verdict.ALWAYS, whole, f"`{to_source(whole)}` is always the same")


def _texts(
    sign: str, left: Node, left_type: TextType, right: Node, right_type: TextType, whole: Node
) -> Doubt | None:
    if isinstance(left, Literal) and isinstance(right, Literal):
        return _constant(whole)
    if isinstance(left, Literal):
        return _texts(sign, right, right_type, left, left_type, whole)
    if left == right:
        return _constant(whole)
    known = left_type.values
    if sign not in ("=", "!="):
        if known is not None or (right_type.values is not None and not isinstance(right, Literal)):
            return Doubt(
                Verdict.KIND,
                whole,
                f"`{sign}` orders texts by their letters, not by rank",
                f"name the values, as in `{to_source(left)} in (...)`",
            )
        return None
    if not isinstance(right, Literal):
        if known is None or right_type.values is None or set(known) & set(right_type.values):
            return None
        return Doubt(
            Verdict.NEVER,
            whole,
            f"`{to_source(left)}` and `{to_source(right)}` have no value in common",
        )
    text = str(right.value)
    if known is None or (not text.strip() and text not in known):
        return _free_text(sign, left, text, whole)
    if text in known:
        return None
    return Doubt(
        Verdict.VALUE, right, f"`{to_source(left)}` is never `{text}`", _one_of(text, known)
    )


def _free_text(sign: str, left: Node, text: str, whole: Node) -> Doubt | None:
    """A text that a fact never is: blank ones are refused, and `none` states that there is none."""
    if not isinstance(left, Name | Path):
        return None
    source = to_source(left)
    if text == "none":
        return Doubt(
            Verdict.NEVER,
            whole,
            f"`{source}` is never the text `none`",
            f"write `{source} {sign} null` to ask whether it is stated that there is none",
        )
    if not text.strip():
        return Doubt(
            Verdict.ALWAYS if sign == "!=" else Verdict.NEVER,
            whole,
            f"`{source}` is never blank",
            f"write `has value({source})` to ask whether there is one",
        )
    return None


def _one_of(text: str, known: Sequence[str]) -> str:
    import difflib

    plain = {value.lower().replace("_", " "): value for value in known}
    close = difflib.get_close_matches(text.lower().replace("_", " "), plain, 1, 0.6)
    if close:
        return f'did you mean `"{plain[close[0]]}"`?'
    shown = [f'`"{value}"`' for value in known[:12]]
    return "write one of " + ", ".join(shown) + (" ..." if len(known) > 12 else "")


def _numbers(
    sign: str, left: Node, one: NumberType, right: Node, other: NumberType, whole: Node
) -> Doubt | None:
    if left == right or (isinstance(left, Literal) and isinstance(right, Literal)):
        return _constant(whole)
    outcome = _settled(sign, one, other)
    if outcome is None:
        return None
    fact, bounds = (right, other) if isinstance(left, Literal) else (left, one)
    message = f"`{to_source(whole)}` is {'always' if outcome else 'never'} true"
    limits = _limits(bounds)
    if limits:
        message = f"{message}: `{to_source(fact)}` is {limits}"
    if not outcome:
        return Doubt(Verdict.NEVER, whole, message)
    source = to_source(fact)
    ask = isinstance(fact, Name | Path)
    help = f"write `has value({source})` to ask whether it is stated" if ask else None
    return Doubt(Verdict.ALWAYS, whole, message, help)


def _limits(kind: NumberType) -> str | None:
    low = None if kind.low is None else to_source(Literal(kind.low))
    high = None if kind.high is None else to_source(Literal(kind.high))
    if low is not None and high is not None:
        return f"between {low} and {high}"
    if low is not None:
        return f"at least {low}"
    if high is not None:
        return f"at most {high}"
    return "a whole number" if kind.whole else None


def _settled(sign: str, one: NumberType, other: NumberType) -> bool | None:
    """What the bounds alone say: true, false or (mostly) nothing."""
    if sign in (">", ">="):
        return _settled("<" if sign == ">" else "<=", other, one)
    below = _less(one.high, other.low)
    if sign == "<":
        return True if below else False if _less(other.high, one.low, or_equal=True) else None
    if sign == "<=":
        if _less(one.high, other.low, or_equal=True):
            return True
        return False if _less(other.high, one.low) else None
    apart = below or _less(other.high, one.low) or _fraction(one, other) or _fraction(other, one)
    if apart:
        return sign == "!="
    same = one.low is not None and one.low == one.high == other.low == other.high
    return sign == "=" if same else None


def _less(one: object, other: object, or_equal: bool = False) -> bool:
    if one is None or other is None:
        return False
    return bool(one <= other if or_equal else one < other)  # type: ignore[operator]


def _fraction(one: NumberType, other: NumberType) -> bool:
    """Is the one a whole number and the other a single one that is not whole?"""
    return one.whole and other.low is not None and other.low == other.high and not other.whole


def _some_field(kind: Type) -> str:
    assert isinstance(kind, ContextType)
    return next(iter(kind.fields), "...")


def _advice(sign: str, one: tuple[Node, Type], other: tuple[Node, Type]) -> str | None:
    """How a comparison of two kinds may have been meant."""
    for (node, kind), (against, against_type) in ((one, other), (other, one)):
        text = against.value if isinstance(against, Literal) else None
        source = to_source(node)
        name = kind_of(kind)
        if isinstance(text, str):
            advice = _unquoted(name, source, sign, text)
            if advice:
                return advice
        if name == "list" and isinstance(kind, ListType):
            if kind_of(kind.item) == kind_of(against_type):
                return (
                    f"write `list contains({source}, {to_source(against)})`, "
                    f"or `some x in {source} satisfies x {sign} {to_source(against)}`"
                )
            if kind_of(against_type) == "number":
                return f"write `count({source}) {sign} {to_source(against)}`"
        if name == "context":
            return f"name a fact of it, as in `{source}.{_some_field(kind)}`"
        if name == "days" and kind_of(against_type) == "months":
            return (
                "a month has no fixed number of days; compare dates, as in "
                '`a <= b - duration("P12M")`, or use `years and months duration(from, to)`'
            )
        if name in ("days", "months") and kind_of(against_type) == "number":
            digits = to_source(against)
            count = digits if digits.isdigit() else "30"
            unit = "D" if name == "days" else "M"
            return f'write the number as a duration, as in `duration("P{count}{unit}")`'
        if name == "date" and kind_of(against_type) in ("days", "months"):
            return f"count from a day, as in `today() - {to_source(against)}`"
    return None


def _unquoted(kind: str, source: str, sign: str, text: str) -> str | None:
    if text.lower() in ("none", "null", "nil", "") and kind in ("date", "list"):
        return f"write `{source} {sign} null`"
    if kind == "boolean" and text.lower() in ("true", "yes", "y", "1"):
        return "write `true`, without quotes"
    if kind == "boolean" and text.lower() in ("false", "no", "n", "0"):
        return "write `false`, without quotes"
    try:
        if kind == "number":
            number(text)
            return f"write `{text}`, without quotes"
        if kind == "date":
            day: dt.date = date(text)
            return f'write `date("{day.isoformat()}")`'
    except ValueError:
        pass
    return None
