"""The impact of a new strategy on partnerships, as `accordance/impact/1`."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from ...check.answer import PROGRAM, strategy_stamp
from ...portfolio.body_files import find_body_files
from ...problem import Refused
from ...strategy.model import OPINIONS, VERDICTS, Strategy
from ...sweep import answers
from ..edits import Edit
from ..publishing import edits_between
from .between import with_edit
from .causes import touching, touching_groups
from .changes import ANSWERS, KINDS, NOTHING, Comparison, RuleChange, what
from .groups import Group, GroupChange, GroupComparison, differing, rules_of
from .groups import told as told_of_groups
from .sweeping import REJECTS_SHOWN, Swept, sweep, sweep_both

SCHEMA: Final = "accordance/impact/1"
MOST: Final = 100
"""So many partnerships are told one by one."""
TRIED: Final = 6_000
"""Where several edits touch one rule, each is applied alone to at most so many cases in all."""

Progress = Callable[[int], None]


def assess(
    old: Strategy,
    new: Strategy,
    paths: Sequence[str],
    day: dt.date,
    *,
    most: int = MOST,
    sample: int = 200,
    named: Mapping[str, str | None] | None = None,
    progress: Progress = lambda done: None,
) -> dict[str, Any]:
    """What becomes of the findings, verdicts and opinions of all cases of `paths` on a day, and of
    the findings across the portfolio. `named` are files that the body keeps for these (see
    `portfolio.body_files`); they count for both strategies.

    Raises Refused where a strategy or source cannot be used.
    """
    edits = edits_between(old, new)
    renamed, groups_renamed = _renamed(edits, "rule"), _renamed(edits, "portfolio")
    kept = find_body_files(paths, new, named)
    with tempfile.TemporaryDirectory(prefix="accordance-") as folder:

        def swept(strategy: Strategy, name: str, **options: Any) -> Swept:
            place = os.path.join(folder, name)
            return sweep(strategy, paths, day, place, kept=kept, **options)

        first, second = sweep_both(
            *differing(old, new, groups_renamed),
            paths,
            day,
            folder,
            kept=kept,
            sample=sample // 2,
            progress=progress,
        )
        compared = Comparison(old, new, first.read, second.read, renamed)
        changed = compared.changed()
        at = compared.foremost(most, _ranks())
        touched = touching(old, new, edits, renamed)
        across = GroupComparison(
            rules_of(old, new, groups_renamed), first.across, second.across, groups_renamed
        )
        groups = across.changes()
        behind = {change.rule: touched[change.rule] for change in changed}
        touched_groups = touching_groups(old, new, edits, groups_renamed, behind)
        trials = _Trials(old, new, compared, across, second, swept)
        alone = trials.of_rules(changed, touched)
        alone_groups = trials.of_groups(groups, touched_groups)
        told = _partnerships(compared, changed, at, touched, alone, edits)
        rules = _rules(old, new, changed, touched, alone)
        causes = {one.of: _causes(one.of, touched_groups, alone_groups) for one in groups}
        portfolio = told_of_groups(old, new, (first.across, second.across), groups, causes, most)
        return {
            "schema": SCHEMA,
            "program": PROGRAM,
            "old": strategy_stamp(old, day) | {"folder": old.folder},
            "new": strategy_stamp(new, day) | {"folder": new.folder},
            "evaluated_on": day.isoformat(),
            "cases": {
                "sources": list(paths),
                "partnerships": compared.records,
                "rejected": second.manifest["counts"]["rejected"],
                "only_old": compared.only_old,
                "only_new": compared.only_new,
                "rejects": [
                    {
                        "source": one[answers.SOURCE],
                        "line": one[answers.LINE],
                        "message": one["message"],
                        "help": one["help"],
                    }
                    for one in second.rejects[:REJECTS_SHOWN]
                ],
                "engine": second.manifest["engine"]["name"],
            },
            "edits": [
                edit.to_json()
                | {
                    "findings": _caused(edit, rules),
                    "rules": _where(edit, rules),
                    "groups": sum(1 for edits, _ in causes.values() if [edit.id] == edits),
                    "portfolio": _where(edit, portfolio["rules"]),
                }
                for edit in edits
            ],
            "counts": _counts(compared, changed) | {"groups": len(groups)},
            "rules": rules,
            "verdicts": _flips(compared, "verdict", VERDICTS),
            "opinions": _flips(compared, "opinion", OPINIONS),
            "partnerships": told,
            "more": max(0, compared.concerned() - len(told)),
            "portfolio": portfolio,
        }


def _renamed(edits: Sequence[Edit], kind: str) -> dict[str, str]:
    """The ids that rules had before, by their new ones."""
    return {
        edit.name: str(one.old)
        for edit in edits
        if edit.kind == kind
        for one in edit.fields
        if one.field == "id"
    }


def _ranks() -> dict[str, int]:
    """How good an answer is, 0 for the best; no answer counts as that."""
    best = {word: rank for words in (VERDICTS, OPINIONS) for rank, word in enumerate(words)}
    return {"": 0} | best


def _counts(compared: Comparison, changed: Sequence[RuleChange]) -> dict[str, Any]:
    total: dict[str, int] = {}
    for change in changed:
        for name, number in change.tally().items():
            total[name] = total.get(name, 0) + number
    flips = {name: sum(compared.flips(name).values()) for name in ANSWERS}
    return {
        "partnerships": compared.records,
        "concerned": compared.concerned(),
        "rules": len(changed),
        "findings": {
            name: total.get(name, 0)
            for name in ("appears", "vanishes", "turns", "severity", "accepted")
        },
        "verdicts": flips["verdict"],
        "opinions": flips["opinion"],
    }


def _flips(compared: Comparison, name: str, words: Sequence[str]) -> dict[str, Any]:
    before, after = compared.totals(name)
    return {
        "before": {word: before.get(word, 0) for word in words},
        "after": {word: after.get(word, 0) for word in words},
        "flips": [
            {"from": first or None, "to": second or None, "partnerships": number}
            for (first, second), number in compared.flips(name).items()
        ],
    }


def _rules(
    old: Strategy,
    new: Strategy,
    changed: Sequence[RuleChange],
    touched: Mapping[str, Sequence[Edit]],
    alone: Mapping[str, Mapping[int, Sequence[str]]],
) -> list[dict[str, Any]]:
    titles = {rule.id: rule for rule in (*old.rules, *new.rules)}
    found = []
    for change in changed:
        rule = titles[change.rule]
        causes: dict[str, int] = {}
        each = alone.get(change.rule) or {}
        for edits in each.values():
            for edit in edits:
                causes[edit] = causes.get(edit, 0) + 1
        several = [edit.id for edit in touched.get(change.rule, ())]
        explained = len(each) == sum(change.counts.values())
        found.append(
            {
                "rule": change.rule,
                "title": rule.title,
                "theme": rule.theme,
                **change.tally(),
                "changes": [
                    {"from": before.to_json(), "to": after.to_json(), "partnerships": number}
                    for (before, after), number in change.counts.items()
                ],
                "edits": [edit for edit in several if edit in causes] if explained else several,
                "alone": causes or None,
            }
        )
    return found


def _caused(edit: Edit, rules: Sequence[dict[str, Any]]) -> int:
    """How many findings came to be otherwise in rules that this edit alone touches."""
    return sum(_all(rule) for rule in rules if rule["edits"] == [edit.id])


def _where(edit: Edit, rules: Sequence[dict[str, Any]]) -> list[str]:
    return [rule["rule"] for rule in rules if edit.id in rule["edits"]]


def _all(rule: Mapping[str, Any]) -> int:
    return sum(rule[name] for name in ("appears", "vanishes", "turns", "severity", "accepted"))


# which of several edits


class _Trials:
    """Tries each of several edits alone: it is applied to the old strategy and swept. Where that
    would be too much, or an edit cannot stand alone, nothing is said, and the edits count
    together."""

    def __init__(
        self,
        old: Strategy,
        new: Strategy,
        compared: Comparison,
        across: GroupComparison,
        after: Swept,
        swept: Callable[..., Swept],
    ) -> None:
        self._old, self._new = old, new
        self._compared, self._across, self._after = compared, across, after
        self._swept = swept
        self._known: dict[str, Swept | None] = {}

    def of_rules(
        self, changed: Sequence[RuleChange], touched: Mapping[str, Sequence[Edit]]
    ) -> dict[str, dict[int, list[str]]]:
        """For each rule and record of which it says something else the edits that do so alone."""
        compared = self._compared
        several = [change.rule for change in changed if len(touched.get(change.rule, ())) > 1]
        where = {rule: compared.where_changed(rule) for rule in several}
        want = {rule: compared.states(rule, where[rule]) for rule in several}
        found: dict[str, dict[int, list[str]]] = {rule: {} for rule in several}
        for edit, between, run in self._each([touched[rule] for rule in several]):
            renamed = compared.renamed if edit.kind != "rule" else {}
            trial = Comparison(between, self._new, run.read, compared.read_new, renamed)
            if trial.records != compared.records:
                continue
            for rule in several:
                if edit not in touched[rule]:
                    continue
                tried = trial.states(rule, where[rule])
                for at, (_, after), (now, _) in zip(where[rule], want[rule], tried, strict=True):
                    if now == after:
                        found[rule].setdefault(at, []).append(edit.id)
        return found

    def of_groups(
        self, changes: Sequence[GroupChange], touched: Mapping[str, Sequence[Edit]]
    ) -> dict[Group, list[str]]:
        """For each group of which something else is said the edits that do so alone."""
        several = [change for change in changes if len(touched[change.of.rule]) > 1]
        found: dict[Group, list[str]] = {}
        for edit, between, run in self._each([touched[one.of.rule] for one in several]):
            names = [] if edit.kind == "portfolio" else [*self._across.renamed.items()]
            trial = GroupComparison(
                rules_of(between, self._new, dict(names)),
                run.across,
                self._after.across,
                dict(names),
            )
            for change in several:
                now, after = trial.states(change.of)
                if edit in touched[change.of.rule] and now == after:
                    found.setdefault(change.of, []).append(edit.id)
        return found

    def _each(self, touched: Sequence[Sequence[Edit]]) -> Iterator[tuple[Edit, Strategy, Swept]]:
        """The edits that can stand alone, each with the old strategy in which it is made, swept."""
        edits = {edit.id: edit for several in touched for edit in several}
        if self._compared.records * len(edits) > TRIED:
            return
        for edit in edits.values():
            between = with_edit(self._old, self._new, edit)
            if between is None:
                continue
            if edit.id not in self._known:
                name = f"between-{len(self._known)}"
                self._known[edit.id] = None
                with suppress(Refused):
                    self._known[edit.id] = self._swept(between, name, engine="check", sample=0)
            run = self._known[edit.id]
            if run is not None:
                yield edit, between, run


def _causes(
    group: Group, touched: Mapping[str, Sequence[Edit]], alone: Mapping[Group, Sequence[str]]
) -> tuple[list[str], bool]:
    """The edits behind what a rule says of a group, and whether it takes them together."""
    several = [edit.id for edit in touched[group.rule]]
    known = list(alone.get(group, ()))
    return known or several, not known and len(several) > 1


# partnerships


def _partnerships(
    compared: Comparison,
    changed: Sequence[RuleChange],
    at: Sequence[int],
    touched: Mapping[str, Sequence[Edit]],
    alone: Mapping[str, Mapping[int, Sequence[str]]],
    edits: Sequence[Edit],
) -> list[dict[str, Any]]:
    facts = compared.facts(at)
    states = {change.rule: compared.states(change.rule, at) for change in changed}
    gates = [
        edit
        for edit in edits
        if edit.kind == "rule" and any(one.field.startswith("gate") for one in edit.fields)
    ]
    standing = {edit.name: compared.states(edit.name, at) for edit in gates}
    found = []
    for index, (position, row) in enumerate(zip(at, facts, strict=True)):
        changes = []
        causes: dict[str, None] = {}
        for change in changed:
            before, after = states[change.rule][index]
            if before == after:
                continue
            several = [edit.id for edit in touched.get(change.rule, ())]
            known = list((alone.get(change.rule) or {}).get(position, ()))
            causes |= dict.fromkeys(known or several)
            changes.append(
                {
                    "rule": change.rule,
                    "what": what(before, after),
                    "from": before.to_json(),
                    "to": after.to_json(),
                    "edits": known or several,
                    "together": not known and len(several) > 1,
                }
            )
        for name in ANSWERS:
            if row[name][0] != row[name][1]:
                causes |= dict.fromkeys(edit.id for edit in edits if edit.kind == name)
        if row["verdict"][0] != row["verdict"][1]:
            for edit in gates:
                if any(one.kind != KINDS[NOTHING] for one in standing[edit.name][index]):
                    causes[edit.id] = None
        found.append(
            {
                "id": row["id"],
                "title": row["title"],
                "stage": row["stage"],
                "source": row[answers.SOURCE],
                "line": row[answers.LINE],
                "verdict": {"from": row["verdict"][0], "to": row["verdict"][1]},
                "opinion": {"from": row["opinion"][0], "to": row["opinion"][1]},
                "changes": changes,
                "edits": list(causes),
            }
        )
    return found
