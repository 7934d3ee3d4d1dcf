"""A case that shows an answer: few facts, as a fact file, checked before it is shown."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from ..check.checker import Checker
from ..check.judging import Assessment
from ..facts.case import Case
from ..facts.reading import load_case
from ..facts.shapes import Group, List, Shape
from ..feel.values import NONE, Months, Value, duration_text, number_text, to_decimal
from ..problem import Refused
from .solving import Model, Narrower, Solver, Undecided
from .space import AS_OF, Space
from .terms import Bit
from .values import Group as SymbolGroup
from .values import Listing, Moment, Number, Symbol, Truth, Word

NAMES: Final = ("witness.facts.json", "witness.facts.yaml")
PREFERRED_DAY: Final = dt.date(2026, 1, 31)
"""The evaluation date of a witness wherever any day will do, so that answers repeat."""
_NEAR_DAYS: Final = (0, -1, 1, -31, 31, -400, 400, -800, 800, -1200, 1200, -2000, 2000)
"""How far from the evaluation date a date of a witness lies by preference."""
_KEPT: Final = ("id", "title", "stage", AS_OF)
_STEP: Final = re.compile(r"([A-Za-z_]\w*)|\[(\d+)\]")

Facts = dict[str, Any]
Complete = Callable[[Facts, Model], None]
Shows = Callable[..., bool]
"""Takes what the check of each strategy said, and says whether that is what was asked for."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a witness is wanted for: its conditions, and how it is confirmed by the checks.

    `complete` adds to the facts what stands in no fact of the space, such as exceptions.
    """

    bits: Sequence[Bit]
    title: str
    checkers: Sequence[Checker]
    shows: Shows
    complete: Complete = lambda facts, model: None
    first: Sequence[Bit] = ()
    """What the witness is to be like wherever it can."""


@dataclass(frozen=True, slots=True)
class Witness:
    """A case: its facts in the order of the fact model, its day, and what the checks said."""

    facts: Facts
    evaluated_on: dt.date
    assessments: tuple[Assessment, ...] = field(repr=False)

    @property
    def text(self) -> str:
        """The fact file."""
        return fact_file(self.facts)


class NotConfirmed(Exception):
    """The case that the solver found was not borne out by a check; the text says how."""


def find(solver: Solver, wishes: Sequence[Bit], request: Request) -> Witness | None:
    """A small case of which all the conditions hold, confirmed by the checks; None when there is
    no such case.

    Raises Undecided, and NotConfirmed where a check says otherwise.
    """
    space = solver.space
    first = (*_day_wishes(space), *request.first)
    found = solver.fewest(request.bits, [*wishes, *_unstated(space)], first)
    if found is None:
        return None
    model = _with_plain_values(solver, *found)
    today = dt.date.fromordinal(int(model.number(space.today.value)))
    facts: Facts = {"id": "", "title": "", **stated_in(space, model)}
    facts |= {"id": "witness", "title": request.title}
    request.complete(facts, model)
    confirmed = _confirmed(facts, today, request)
    if isinstance(confirmed, str):
        raise NotConfirmed(confirmed)
    facts = _fewer(facts, today, request)
    facts = in_order(facts, request.checkers[-1].strategy.model.root)
    if isinstance(said := _confirmed(facts, today, request, as_yaml=True), str):
        raise NotConfirmed(said)
    return Witness(facts, today, said)


def _day_wishes(space: Space) -> list[Bit]:
    terms = space.terms
    wishes = [terms.equals(space.today.value, PREFERRED_DAY.toordinal())]
    as_of = space.unknowns.get(AS_OF)
    if as_of is not None and isinstance(as_of.value, Moment):
        same = terms.equals(as_of.value.value, space.today.value)
        wishes.append(terms.both(as_of.value.known, same))
    return wishes


def _unstated(space: Space) -> Iterator[Bit]:
    terms = space.terms
    for unknown in space.unknowns.values():
        if unknown.path in _KEPT:
            continue
        if isinstance(unknown.value, Listing):
            for slot in reversed(unknown.value.slots):
                yield terms.opposite(slot.there)
        yield terms.opposite(unknown.stated)
    for unknown in space.unknowns.values():
        if isinstance(unknown.value, Word | Moment) and unknown.value.none is not False:
            yield terms.opposite(unknown.value.none)


def _with_plain_values(solver: Solver, model: Model, narrower: Narrower) -> Model:
    """The same case with plain numbers, and with dates on the evaluation date where they can be."""
    space, terms = solver.space, solver.space.terms
    today = model.number(space.today.value)
    fixed: list[Bit] = [terms.equals(space.today.value, today)]
    for unknown in list(space.unknowns.values()):
        value = unknown.value
        if not isinstance(value, Number | Moment) or not model.holds(value.known):
            continue
        term = value.low if isinstance(value, Number) else value.value
        now = model.number(term)
        candidates = (
            _plain_numbers(now)
            if isinstance(value, Number)
            else [int(today) + days for days in _NEAR_DAYS]
        )
        for candidate in candidates:
            bits = [*fixed, value.known, terms.equals(term, candidate)]
            try:
                better = model if candidate == now else solver.narrowed(narrower, *bits)
            except Undecided:
                continue
            if better is not None:
                model, now = better, candidate
                break
        fixed += [value.known, terms.equals(term, now)]
    return model


def _plain_numbers(now: Any) -> list[Any]:
    if isinstance(now, int) and abs(now) <= 12:
        return []
    found: list[Any] = []
    for digits in range(7):
        scale = 10**digits
        for whole in ((now * scale).__floor__(), (now * scale).__ceil__()):
            number = Fraction(whole, scale)
            found.append(number.numerator if number.denominator == 1 else number)
    return list(dict.fromkeys(found))


# from an answer of the solver to facts


def stated_in(space: Space, model: Model) -> Facts:
    """The facts that an answer of the solver states, as a case holds them."""
    facts: Facts = {}
    # A list comes before what its items state, since its path is shorter.
    for path in sorted(space.unknowns, key=len):
        unknown = space.unknowns[path]
        if model.holds(unknown.stated):
            _put(facts, path, _value(unknown.value, model))
    return facts


def _value(value: Symbol, model: Model) -> Value:
    if isinstance(value, Truth):
        return model.holds(value.yes)
    if isinstance(value, Listing):
        return [_item(slot.item, model) for slot in value.slots if model.holds(slot.there)]
    assert isinstance(value, Number | Moment | Word)
    if model.holds(value.none):
        return NONE
    if isinstance(value, Number):
        return model.number(value.low)
    if isinstance(value, Moment):
        return dt.date.fromordinal(int(model.number(value.value)))
    return model.text(value)


def _item(value: Symbol, model: Model) -> Value:
    if isinstance(value, Truth | Number | Moment | Word | Listing):
        return _value(value, model)
    _: SymbolGroup = value
    return {}


def _put(facts: Facts, path: str, value: Value) -> None:
    steps = _steps(path)
    here: Any = facts
    for step in steps[:-1]:
        here = here[step] if isinstance(step, int) else here.setdefault(step, {})
    here[steps[-1]] = value


def _steps(path: str) -> list[str | int]:
    return [name or int(position) - 1 for name, position in _STEP.findall(path)]


# checks


def check_facts(
    facts: Facts, today: dt.date, checker: Checker, as_yaml: bool = False
) -> tuple[Case, Assessment]:
    """What the check says of facts. Raises Refused."""
    known = known_to(facts, checker.strategy.model.root)
    # JSON says the same and is read faster.
    text = fact_file(known) if as_yaml else _json(known)
    case = load_case(checker.strategy.model, data=text.encode(), name=NAMES[as_yaml])
    return case, checker.assess(case, today)


def bears_out(
    model: Model, checker: Checker, shows: Shows, complete: Complete | None = None
) -> bool:
    """Does a check bear out what an answer of the solver was asked for?"""
    space = model.space
    facts: Facts = {**stated_in(space, model), "id": "witness", "title": "A partnership"}
    if complete is not None:
        complete(facts, model)
    today = dt.date.fromordinal(int(model.number(space.today.value)))
    return not isinstance(_confirmed(facts, today, Request((), "", [checker], shows)), str)


def _json(value: Any) -> str:
    """Facts as JSON, with numbers as they are."""
    if isinstance(value, Mapping):
        members = (f"{_json(name)}: {_json(part)}" for name, part in value.items())
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_json, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | Fraction):
        return number_text(value)
    return json.dumps("none" if value is NONE else str(value))


def known_to(facts: Any, shape: Shape) -> Any:
    """The facts that a model has."""
    if isinstance(shape, Group) and isinstance(facts, dict):
        return {
            name: known_to(value, shape.members[name])
            for name, value in facts.items()
            if name in shape.members
        }
    if isinstance(shape, List) and isinstance(facts, list):
        return [known_to(item, shape.item) for item in facts]
    return facts


def _confirmed(
    facts: Facts, today: dt.date, request: Request, as_yaml: bool = False
) -> tuple[Assessment, ...] | str:
    """What each check says; or why the case does not do."""
    said: list[Assessment] = []
    for checker in request.checkers:
        try:
            case, assessment = check_facts(facts, today, checker, as_yaml)
        except Refused as refused:
            return f"the fact file is refused: {refused.problems[0].message}"
        if case.contradictions:
            return f"the facts contradict one another about `{case.contradictions[0].path}`"
        said.append(assessment)
    return tuple(said) if request.shows(*said) else "the check says otherwise"


def _fewer(facts: Facts, today: dt.date, request: Request) -> Facts:
    """The facts without those that the checks do not need."""
    for path in [*_leaves(facts)]:
        fewer = without(facts, path)
        if not isinstance(_confirmed(fewer, today, request), str):
            facts = fewer
    return facts


def _leaves(facts: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The ways to what could be left out, from the end, so that positions stay true."""
    if isinstance(facts, dict):
        for name in reversed(facts):
            if path or name not in _KEPT:
                yield from _leaves(facts[name], (*path, name))
                if not isinstance(facts[name], dict):
                    yield (*path, name)
    elif isinstance(facts, list):
        for index in reversed(range(len(facts))):
            yield from _leaves(facts[index], (*path, index))
            yield (*path, index)


def without(facts: Any, path: Sequence[str | int]) -> Any:
    """The facts without the one at the end of the path, and without groups left empty."""
    first, *rest = path
    copy: Any = list(facts) if isinstance(facts, list) else dict(facts)
    if isinstance(copy, dict) and first not in copy:
        return copy
    if isinstance(copy, list) and int(first) >= len(copy):
        return copy
    if rest:
        copy[first] = without(copy[first], rest)
        if copy[first] == {} and isinstance(copy, dict):
            del copy[first]
    else:
        del copy[first]
    return copy


# as text


def in_order(facts: Any, shape: Shape) -> Any:
    """The facts in the order of the fact model."""
    if isinstance(shape, Group) and isinstance(facts, dict):
        return {
            name: in_order(facts[name], member)
            for name, member in shape.members.items()
            if name in facts
        } | {name: value for name, value in facts.items() if name not in shape.members}
    if isinstance(shape, List) and isinstance(facts, list):
        return [in_order(item, shape.item) for item in facts]
    return facts


def fact_file(facts: Mapping[str, Any]) -> str:
    """The facts as a YAML file."""
    import yaml

    class Dumper(yaml.SafeDumper):  # type: ignore[misc]
        def ignore_aliases(self, data: Any) -> bool:
            return True

    def exact(dumper: Any, value: Any) -> Any:
        return dumper.represent_scalar("tag:yaml.org,2002:float", number_text(value))

    def in_lines(dumper: Any, value: Any) -> Any:
        return dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=False)

    Dumper.add_representer(Fraction, exact)
    Dumper.add_representer(_Lines, in_lines)
    text: str = yaml.dump(
        _Lines(_written(facts)),
        Dumper=Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=100,
    )
    return text


class _Lines(dict[str, Any]):
    """A group that is written with a line for each of its facts."""


def _written(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _written(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_written(item) for item in value]
    if value is NONE:
        return "none"
    if isinstance(value, dt.timedelta | Months):
        return duration_text(value)
    return value


def jsonable(value: Any) -> Any:
    """The facts as JSON has them."""
    if isinstance(value, Mapping):
        return {name: jsonable(part) for name, part in value.items()}
    if isinstance(value, list):
        return [jsonable(item) for item in value]
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return to_decimal(value)
    return "none" if value is NONE else value
