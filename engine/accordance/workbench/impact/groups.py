"""What the rules over the portfolio say of groups of partnerships, in two runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from ...strategy.model import Strategy
from ...strategy.portfolio import PortfolioRule
from ...strategy.rule_digest import portfolio_rule_digests
from .changes import ACCEPTED, KINDS, NOTHING, WHATS, State, what

_NO_FINDING: Final = State(KINDS[NOTHING], None)


class Group(NamedTuple):
    """What a rule says something of: a group by its name (None: the whole portfolio, or those of
    whom nobody knows the group), or with `case` one partnership in it. The rule is named as in the
    new strategy."""

    rule: str
    group: str | None
    case: str | None


@dataclass(frozen=True, slots=True)
class GroupChange:
    """A group of which a rule came to say something else. `before` and `after` are what it says in
    full, where a run has that."""

    of: Group
    states: tuple[State, State]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def what(self) -> str:
        """What becomes of the finding."""
        return what(*self.states)

    @property
    def said(self) -> Mapping[str, Any]:
        """The finding in full, as it is now or else as it was; empty where no run has it so."""
        sides = zip(self.states[::-1], (self.after, self.before), strict=True)
        found = [said for state, said in sides if said is not None and state != _NO_FINDING]
        return found[0] if found else {}


@dataclass(slots=True)
class _Run:
    """The findings of one run by their groups."""

    states: dict[Group, State] = field(default_factory=dict)
    full: dict[Group, Mapping[str, Any]] = field(default_factory=dict)

    @classmethod
    def of(cls, across: Mapping[str, Any] | None, named: Mapping[str, str]) -> _Run:
        """`named` are the new ids of rules that have one."""
        run = cls()
        if across is None:
            return run
        for one in (*across["results"], *across["more"]):
            group = Group(named.get(one["rule"], one["rule"]), one["group"], one["case"])
            if one["kind"] is not None:
                run.states[group] = State(one["kind"], one["severity"])
            elif one["outcome"] == "accepted_exception":
                run.states[group] = State(KINDS[ACCEPTED], one["severity"])
            if "message" in one:
                run.full[group] = one
        return run


class GroupComparison:
    """The findings of two runs of groups, side by side. `renamed` are the ids that rules over the
    portfolio had in the old strategy, by those of the new one."""

    def __init__(
        self,
        rules: Iterable[PortfolioRule],
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
        renamed: Mapping[str, str],
    ) -> None:
        self.renamed = renamed
        self._rules = {rule.id: rule for rule in rules}
        self._old = _Run.of(before, {was: now for now, was in renamed.items()})
        self._new = _Run.of(after, {})

    def states(self, group: Group) -> tuple[State, State]:
        """What is said of a group before and after."""
        return (
            self._old.states.get(group, _NO_FINDING),
            self._new.states.get(group, _NO_FINDING),
        )

    def changes(self) -> list[GroupChange]:
        """The groups of which something else is said, rule by rule, then by their names."""
        order = {name: place for place, name in enumerate(self._rules)}
        groups = dict.fromkeys((*self._new.states, *self._old.states))
        found = [
            GroupChange(group, states, self._old.full.get(group), self._new.full.get(group))
            for group in groups
            for states in [self.states(group)]
            if states[0] != states[1]
        ]
        return sorted(
            found,
            key=lambda one: (order[one.of.rule], one.of.group is None, one.of.group or ""),
        )


def told(
    old: Strategy,
    new: Strategy,
    runs: tuple[Mapping[str, Any] | None, Mapping[str, Any] | None],
    changes: Sequence[GroupChange],
    causes: Mapping[Group, tuple[Sequence[str], bool]],
    most: int,
) -> dict[str, Any]:
    """The groups of which something else is said, for the answer. `causes` are the edits behind
    each change, and whether only together."""
    by_rule: dict[str, list[GroupChange]] = {}
    for one in changes:
        by_rule.setdefault(one.of.rule, []).append(one)
    rules = {rule.id: rule for rule in (*old.portfolio, *new.portfolio)}
    return {
        "rules": [
            {
                "rule": name,
                "title": rules[name].title,
                "theme": rules[name].theme,
                **_tally(of_rule),
                "edits": list(dict.fromkeys(e for one in of_rule for e in causes[one.of][0])),
            }
            for name, of_rule in by_rule.items()
        ],
        "groups": [_group(one, rules[one.of.rule], *causes[one.of]) for one in changes[:most]],
        "more": max(0, len(changes) - most),
        "told_from": [None if run is None else run["told_from"] for run in runs],
    }


def _tally(changes: Iterable[GroupChange]) -> dict[str, int]:
    found = dict.fromkeys(WHATS, 0)
    for one in changes:
        found[one.what] += 1
    return found


def _group(
    change: GroupChange, rule: PortfolioRule, edits: Sequence[str], together: bool
) -> dict[str, Any]:
    said = change.said
    cases = said.get("cases")
    return {
        "rule": change.of.rule,
        "group": change.of.group,
        "grouped": rule.group_by is not None,
        "case": change.of.case,
        "what": change.what,
        "from": change.states[0].to_json(),
        "to": change.states[1].to_json(),
        "message": said.get("message"),
        "cases": None if cases is None else len(cases) + said["cases_more"],
        "decide": [case["id"] for case in cases or () if case["decides"]][:10],
        "edits": list(edits),
        "together": together,
    }


def differing(
    old: Strategy, new: Strategy, renamed: Mapping[str, str]
) -> tuple[Strategy, Strategy]:
    """Both strategies with those rules over the portfolio alone that may say something else: of
    the others nothing has changed that they read, so they need not be asked."""
    if old.model.owner_schema != new.model.owner_schema or old.exceptions != new.exceptions:
        return old, new
    before, after = portfolio_rule_digests(old), portfolio_rule_digests(new)
    same = {name for name, digest in after.items() if before.get(renamed.get(name, name)) == digest}
    gone = {renamed.get(name, name) for name in same}
    return (
        replace(old, portfolio=tuple(rule for rule in old.portfolio if rule.id not in gone)),
        replace(new, portfolio=tuple(rule for rule in new.portfolio if rule.id not in same)),
    )


def rules_of(old: Strategy, new: Strategy, renamed: Mapping[str, str]) -> Iterator[PortfolioRule]:
    """The rules over the portfolio of either strategy, the new one's first, each once."""
    before = set(renamed.values()) | {rule.id for rule in new.portfolio}
    yield from new.portfolio
    yield from (rule for rule in old.portfolio if rule.id not in before)
