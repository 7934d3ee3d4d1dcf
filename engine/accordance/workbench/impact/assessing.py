"""The impact of a new strategy on partnerships, as `accordance/impact/1`."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ...check.answer import PROGRAM, strategy_stamp
from ...problem import Refused
from ...strategy.model import OPINIONS, VERDICTS, Strategy
from ...sweep import answers
from ..edits import Edit
from ..publishing import edits_between
from .between import with_edit
from .causes import touching
from .changes import ANSWERS, KINDS, NOTHING, Comparison, RuleChange, what
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
    progress: Progress = lambda done: None,
) -> dict[str, Any]:
    """What becomes of the findings, verdicts and opinions of all cases of `paths` on a day.

    Raises Refused where a strategy or source cannot be used.
    """
    edits = edits_between(old, new)
    renamed = _renamed(edits)
    with tempfile.TemporaryDirectory(prefix="accordance-") as folder:

        def swept(strategy: Strategy, name: str, **options: Any) -> Swept:
            place = os.path.join(folder, name)
            return sweep(strategy, paths, day, place, **options)

        first, second = sweep_both(
            old, new, paths, day, folder, sample=sample // 2, progress=progress
        )
        compared = Comparison(old, new, first.read, second.read, renamed)
        changed = compared.changed()
        at = compared.foremost(most, _ranks())
        touched = touching(old, new, edits, renamed)
        alone = _each_alone(old, new, changed, touched, compared, swept)
        told = _partnerships(compared, changed, at, touched, alone, edits)
        rules = _rules(old, new, changed, touched, alone)
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
                edit.to_json() | {"findings": _caused(edit, rules), "rules": _where(edit, rules)}
                for edit in edits
            ],
            "counts": _counts(compared, changed),
            "rules": rules,
            "verdicts": _flips(compared, "verdict", VERDICTS),
            "opinions": _flips(compared, "opinion", OPINIONS),
            "partnerships": told,
            "more": max(0, compared.concerned() - len(told)),
        }


def _renamed(edits: Sequence[Edit]) -> dict[str, str]:
    """The ids that rules had before, by their new ones."""
    return {
        edit.name: str(one.old)
        for edit in edits
        if edit.kind == "rule"
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


def _each_alone(
    old: Strategy,
    new: Strategy,
    changed: Sequence[RuleChange],
    touched: Mapping[str, Sequence[Edit]],
    compared: Comparison,
    swept: Callable[..., Swept],
) -> dict[str, dict[int, list[str]]]:
    """Where several edits touch a rule: for each record of which it says something else the edits
    that do so alone. Each is applied to the old strategy and swept; where that would be too much,
    or an edit cannot stand alone, nothing is said, and the edits count together."""
    several = [change.rule for change in changed if len(touched.get(change.rule, ())) > 1]
    edits = {edit.id: edit for rule in several for edit in touched[rule]}
    if not edits or compared.records * len(edits) > TRIED:
        return {}
    where = {rule: compared.where_changed(rule) for rule in several}
    want = {rule: compared.states(rule, where[rule]) for rule in several}
    found: dict[str, dict[int, list[str]]] = {rule: {} for rule in several}
    for number, edit in enumerate(edits.values()):
        between = with_edit(old, new, edit)
        if between is None:
            continue
        try:
            run = swept(between, f"between-{number}", engine="check", sample=0)
        except Refused:
            continue
        renamed = compared.renamed if edit.kind != "rule" else {}
        trial = Comparison(between, new, run.read, compared.read_new, renamed)
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
