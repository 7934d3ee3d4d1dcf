"""`exceptions.yaml`: which breaches of rules over the portfolio a body accepts, and until when.

    exceptions:
      - rule: DEP-08
        group: Brackenfold Holdings
        reason: The depots are let to the group until the new contract is awarded
        approver: Cabinet
        approved_on: 2026-09-14
        expires: 2027-06-30

It stands in the folder of the fact files. `group` is the name under which the rule speaks of the
group; `case`, for a rule that ranks, the id of the partnership.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..facts.accepted_exceptions import EXCEPTION_FACTS
from ..feel.values import Value
from ..problem import Code, Place, Problem, Refused
from ..source.quoting import quoted
from .fields import Fields, fields_of, in_file_order
from .model import Strategy
from .portfolio import PortfolioRule

if TYPE_CHECKING:
    from ..source.tree import Located

FILE: Final = "exceptions.yaml"
FIELDS: Final = ("exceptions",)
ENTRY: Final = ("rule", "group", "case", "reason", "approver", "approved_on", "expires")


@dataclass(frozen=True, slots=True)
class GroupException:
    """One exception: its fields by name, those left out absent, and where it stands."""

    item: Mapping[str, Value]
    place: Place


def read_exceptions(node: Located, strategy: Strategy) -> tuple[GroupException, ...]:
    """The exceptions of a file. Raises Refused with all problems."""
    problems: list[Problem] = []
    fields = fields_of(node, "a file of exceptions", node.place, FIELDS, problems)
    items = fields.items("exceptions") if fields is not None else []
    found = read_entries(items, strategy, problems)
    if problems:
        raise Refused(in_file_order(problems))
    return found


def read_entries(
    items: Iterable[Located], strategy: Strategy, problems: list[Problem]
) -> tuple[GroupException, ...]:
    """The exceptions of a list; what is wrong is added to `problems`."""
    found: list[GroupException] = []
    for node in items:
        part = fields_of(node, "an exception", node.place, ENTRY, problems)
        if part is not None and part.require(*EXCEPTION_FACTS):
            found += _read_entry(part, strategy)
    return tuple(found)


def _read_entry(fields: Fields, strategy: Strategy) -> Iterator[GroupException]:
    before = len(fields.problems)
    item: dict[str, Value] = {}
    for name in ENTRY:
        read = fields.date if name in ("approved_on", "expires") else fields.text
        value = read(name)
        if value is not None:
            item[name] = value
    if len(fields.problems) > before:
        return
    approved, expires = item["approved_on"], item["expires"]
    if expires < approved:
        fields.note(
            Code.EXCEPTION_DATES,
            f"an exception expires on {expires}, before it was approved on {approved}",
            fields.node.entries["expires"].place,
            "put right one of the two dates",
        )
    rule = next((one for one in strategy.portfolio if item["rule"] in (one.id, *one.aliases)), None)
    if rule is not None:
        _check_about(fields, item, rule)
    elif strategy.rule(item["rule"]) is not None:
        fields.note(
            Code.RULE_UNKNOWN,
            f"{quoted(item['rule'])} is a rule about one partnership",
            fields.node.entries["rule"].place,
            "state the exception in the facts of that partnership, under `exceptions`",
        )
    if len(fields.problems) == before:
        yield GroupException(item, fields.place)


def _check_about(fields: Fields, item: Mapping[str, Value], rule: PortfolioRule) -> None:
    """Does an exception name what its rule speaks of: a group, a case in it, or neither?"""
    for name, wanted, what in (
        ("group", rule.group_by is not None, "groups"),
        ("case", rule.rank is not None, "the partnerships of a group, one by one"),
    ):
        if wanted and name not in item:
            fields.note(
                Code.EXCEPTION_INCOMPLETE,
                f"{rule.id} is about {what}, and the exception names none",
                fields.place,
                f"add `{name}`, as `portfolio.json` of a sweep has it",
            )
        if not wanted and name in item:
            fields.note(
                Code.FIELD_VALUE,
                f"{rule.id} is not about {what}",
                fields.node.key_place(name),
                f"leave `{name}` out",
            )
