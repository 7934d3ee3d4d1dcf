"""What a compiled expression is, what it reads, and the evidence it gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from . import functions, logic
from .types import ANY, DATE, ContextType, ListType, NumberType, TextType, Type
from .values import UNKNOWN, Value

Frame: TypeAlias = list[Any]
"""What an evaluation reads: the slots below, then the local variables."""

FACTS: Final = 0  # dict of the facts by name
TODAY: Final = 1  # the evaluation date
DEFINED: Final = 2  # dict: definition -> value, filled stratum by stratum
PATHS: Final = 3  # dict: id(item) -> concrete path of the items of lists
CODES: Final = 4  # dict: definition -> Code, for evidence
SUPPLIED: Final = 5  # dict of lists supplied by the program (`results`)
WORK: Final = 6  # how many more items may be looked at
FOUND: Final = 7  # dict: definition -> Evidence, filled when first asked for
RECALLED: Final = 8  # dict: what loops found out for the values of the variables around them
LOCALS: Final = 9  # the first local variable

MAX_LOCALS: Final = 40
MAX_ITEMS_VISITED: Final = 2_000_000
"""An evaluation that looks at more list items than this is refused, not endured."""


class Supplied:
    """An item of a list that the program supplies; the members that `known` does not have are
    computed when an expression asks for them."""

    __slots__ = ("known",)

    def __init__(self, known: dict[str, Value]) -> None:
        self.known = known

    def late(self, name: str) -> Value:
        """A member that is not known beforehand, UNKNOWN where there is none of this name."""
        return UNKNOWN


class TooMuchWork(Exception):
    """An expression looks at more items than MAX_ITEMS_VISITED."""


class Evidence:
    """What a value rests on, in the order it was read.

    `facts`: concrete path -> value; `missing`: concrete paths of unknown facts; `reasons`: why
    something could not be computed. `state` is the value of the condition that is asked for its
    evidence (true, false or UNKNOWN) where that is known beforehand, else None. `rest`: for a loop
    that has run before, its list and the items of which it may still have something to enter.
    """

    __slots__ = ("facts", "missing", "reasons", "rest", "state")

    def __init__(self, state: Value = None) -> None:
        self.state = state
        self.facts: dict[str, Value] = {}
        self.missing: dict[str, None] = {}
        self.reasons: dict[str, None] = {}
        self.rest: dict[str, tuple[list[Value], list[Value]]] | None = None

    def add(self, other: Evidence) -> None:
        """Take over what another evidence holds."""
        if other.facts:
            self.facts.update(other.facts)
        if other.missing:
            self.missing.update(other.missing)
        if other.reasons:
            self.reasons.update(other.reasons)


@dataclass(slots=True, eq=False, repr=False)
class Code:
    """A compiled expression.

    `locate(frame)` is the concrete path of the fact that the value is, or None where the value is
    computed; `locate_items(frame)` likewise for each item of a list. `names` are the steps to a
    fact that lies in no list.
    """

    value: Callable[[Frame], Value]
    evidence: Callable[[Frame, Evidence], None]
    type: Type = ANY
    locate: Callable[[Frame], str | None] | None = None
    names: tuple[str, ...] | None = None
    locate_items: Callable[[Frame], list[str | None]] | None = None
    daily: bool = False
    """Does the value depend on nothing but the evaluation date?"""
    simple: bool = False
    """Does it rest on the same few facts whatever their values?"""
    origin: tuple[Any, ...] = ()
    """What the expression is made of: its kind, and its parts (see generating.py); empty where that
    does not matter."""
    excuse: Callable[[Frame, Evidence], None] | None = None
    """The last part of the evidence: why the value cannot be computed although its parts can."""

    def places(self, frame: Frame) -> list[str | None]:
        """The concrete path of each item of a list, None for an item that is no fact's."""
        if self.locate_items is not None:
            return self.locate_items(frame)
        paths = frame[PATHS]
        return [paths.get(id(item)) for item, _ in functions.pairs_of(self.value(frame)) or ()]


@dataclass(frozen=True, slots=True)
class Names:
    """The names an expression may use; `facts` is None where no fact model is known."""

    facts: ContextType | None = None
    definitions: Mapping[str, Type] = field(default_factory=dict)
    parameters: Mapping[str, Value] = field(default_factory=dict)
    supplied: Mapping[str, Type] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()
    """Definitions that read no fact, so that there is no evidence to collect from them."""


def new_frame(
    facts: dict[str, Value],
    today: Value = UNKNOWN,
    *,
    defined: dict[str, Value] | None = None,
    paths: Mapping[int, str] | None = None,
    codes: Mapping[str, Code] | None = None,
    supplied: Mapping[str, Value] | None = None,
) -> Frame:
    """A frame for one evaluation (or several, one after the other)."""
    return [
        facts,
        today,
        {} if defined is None else defined,
        paths or {},
        codes or {},
        supplied or {},
        MAX_ITEMS_VISITED,
        {},
        {},
        *[UNKNOWN] * MAX_LOCALS,
    ]


def renewed(frame: Frame) -> Frame:
    """A copy of a frame in which definitions and supplied lists may become others."""
    copy = frame[:]
    copy[DEFINED] = dict(frame[DEFINED])
    copy[RECALLED] = {}
    return copy


def no_evidence(frame: Frame, found: Evidence) -> None:
    return None


def is_silent(code: Code) -> bool:
    """Has a compiled expression no evidence to give, since it reads no fact?"""
    return code.evidence is no_evidence


def deciding_fact(code: Code) -> str | None:
    """The one fact on which an expression rests, by its path, where the expression is unknown just
    when that fact is missing; None where there is none, or that cannot be told from its form."""
    kind, *parts = code.origin or ("called",)
    if kind == "fact":
        names: tuple[str, ...] = parts[0]
        return ".".join(names)
    if kind in ("is none", "has value"):
        return deciding_fact(parts[0])
    if kind == "call" and parts[0].name == "has value":
        return deciding_fact(parts[1][0])
    if kind == "among":
        value, words, _ = parts
        return deciding_fact(value) if words and isinstance(value.type, TextType) else None
    if kind == "compare":
        _, left, right = parts
        constant = bool(right.origin) and right.origin[0] == "constant"
        alike = kind_known(left) is not None and kind_known(left) == kind_known(right)
        return deciding_fact(left) if constant and alike else None
    return None


def fact_needed(code: Code, definitions: Mapping[str, Code]) -> Code | None:
    """The fact that is all an expression lacks where it is missing: the expression is unknown then,
    and its evidence is that alone. None where there is none, or that cannot be told from its form.
    """
    kind, *parts = code.origin or ("called",)
    if kind == "fact":
        return code
    if kind == "definition":
        return fact_needed(definitions[parts[0]], definitions)
    needing: list[Code] = []
    if kind in ("is none", "has value", "among", "not", "member", "filtered"):
        needing = parts[:1]
    elif kind == "quantified":
        needing = parts[1:2]  # its list
    elif kind == "compare":
        needing = [side for side in parts[1:] if not is_silent(side)]
    elif kind == "call":
        needing = [argument for argument in parts[1] if not is_silent(argument)]
        if parts[0].variadic and len(parts[1]) > 1:
            return None
    elif kind == "connected":
        needing = parts[1]
    facts = [fact_needed(one, definitions) for one in needing]
    names = {None if fact is None else fact.names for fact in facts}
    return facts[0] if len(names) == 1 else None


def kind_known(code: Code) -> str | None:
    """The kind of an expression whose values can always be told apart and put in order; none and
    unknown are of every kind. None where that is not known from its form."""
    origin, *parts = code.origin or ("called",)
    if origin == "constant":
        kind = logic.kind_of(parts[0])
        return kind if kind in ("number", "text", "date") else None
    if origin == "apply":
        # Arithmetic.
        return "number" if {*map(kind_known, parts[1])} == {"number"} else None
    if origin == "call" and parts[0].name in ("count", "sum", "mean"):
        return "number"
    if isinstance(code.type, NumberType):
        return "number"
    if isinstance(code.type, TextType):
        return "text"
    return "date" if code.type == DATE else None


def locals_of(*codes: Code, besides: int | None = None) -> dict[int, Type] | None:
    """The slots of the local variables that expressions read, and their types, without the slot
    `besides`; None where that cannot be told from their form."""
    found: dict[int, Type] = {}
    for code in codes:
        if not code.origin:
            return None
        if code.origin[0] == "local":
            found[code.origin[1]] = code.type
            continue
        # A loop has the slot of its own variable before what is evaluated for each item.
        own = next((part for part in code.origin[1:] if type(part) is int), None)
        parts: list[Code] = []
        for part in code.origin[1:]:
            if isinstance(part, Code):
                parts.append(part)
            elif isinstance(part, list | tuple):
                parts += [one for one in part if isinstance(one, Code)]
        inner = locals_of(*parts, besides=own)
        if inner is None:
            return None
        found |= inner
    found.pop(besides, None)  # type: ignore[arg-type]
    return found


def all_of(codes: list[Code]) -> Callable[[Frame, Evidence], None]:
    parts = [code.evidence for code in codes if not is_silent(code)]
    if not parts:
        return no_evidence

    def evidence(frame: Frame, found: Evidence) -> None:
        for part in parts:
            part(frame, found)

    return evidence


def note(found: Evidence, path: str, value: Value) -> None:
    if value is UNKNOWN:
        found.missing[path] = None
    else:
        found.facts[path] = value


def item_type(kind: Type) -> Type:
    return kind.item if isinstance(kind, ListType) else ANY


def spend(frame: Frame, items: int) -> None:
    frame[WORK] -= items
    if frame[WORK] < 0:
        raise TooMuchWork("looks at too many list items")
